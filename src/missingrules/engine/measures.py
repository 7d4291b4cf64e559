"""What is measured and never supplied: the child's age, how long they have been missing, the hours of an office."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Instant
from missingrules.domain.conditions import Is, Known, Range
from missingrules.engine import values
from missingrules.engine.tracks import NO, UNKNOWN, YES, Track, Truth, all_of, any_of, between, negated, steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from missingrules.domain.clock import Clock, Length
    from missingrules.domain.conditions import HoursTest, Test
    from missingrules.domain.protocol import Hours
    from missingrules.engine.seen import Seen, SeenEpisode


def age(seen: Seen, test: Test) -> Track[Truth]:
    """Whether the child's age passes the test, over time; a birthday counts from its 00:00."""
    born = seen.born
    if isinstance(test, Known):
        return NO if born is None else YES
    if born is None:
        return UNKNOWN

    def turns(age: int) -> Instant:
        return seen.clock.birthday(born, age) if age > 0 else BEFORE_ALL

    if isinstance(test, Is):
        return any_of([between(turns(int(v)), turns(int(v) + 1)) for v in test.values])
    assert isinstance(test, Range)
    low = turns(values.number(test.low) + (not test.low_inside)) if test.low is not None else BEFORE_ALL
    high = turns(values.number(test.high) + test.high_inside) if test.high is not None else FOREVER
    return between(low, high)


def missing_for(clock: Clock, episode: SeenEpisode, test: Test) -> Track[Truth]:
    """Whether the child had been missing so long, over time."""
    if isinstance(test, Known):
        return YES
    assert isinstance(test, Range)
    parts = []
    if test.low is not None:
        parts.append(lasted(clock, episode, values.length(test.low), more_than=not test.low_inside))
    if test.high is not None:
        parts.append(negated(lasted(clock, episode, values.length(test.high), more_than=test.high_inside)))
    return all_of(parts)


def lasted(clock: Clock, episode: SeenEpisode, length: Length, *, more_than: bool) -> Track[Truth]:
    """Whether the child has been missing that long; after the return, whether they had."""
    reached = Instant(clock.after(episode.started, length) + more_than)
    return between(reached, FOREVER) if reached <= episode.returned else NO


def hours_track(seen: Seen, hours: Hours, test: HoursTest, horizon: Instant) -> Track[Truth]:
    """Over the whole history and a week past the horizon; beyond that nobody plans by the hour."""
    starts = [e.started for e in seen.episodes] + [seen.as_of]
    starts += [h.at for found in seen.events.values() for h in found]
    starts += [h.at for found in seen.acts.values() for h in found]
    # A fact of the child may begin before anything has happened.
    tracks = (*seen.child.values(), *seen.plan.values())
    starts += [when for track in tracks for when in track.times if when > BEFORE_ALL]
    clock = seen.clock
    begins, last = clock.date_of(min(starts)), clock.date_of(horizon) + timedelta(days=7)
    if seen.organisation:
        # The year or week that holds the earliest record began before it; a history may reach further back.
        begins = min(begins, seen.case.history_from or begins).replace(month=1, day=1) - timedelta(days=7)
    found = edges(clock, hours, Instant(clock.midnight(begins) - 1), clock.end_of(last))
    return steps(test.outside, ((when, opens is not test.outside) for when, opens in zip(found, cycle((True, False)))))


def edges(clock: Clock, hours: Hours, start: Instant, end: Instant) -> Iterator[Instant]:
    """Each opening and closing after `start`, up to `end`, in order."""
    day = clock.date_of(start)
    while clock.midnight(day) <= end:
        if _is_open(clock, hours, day):
            yield from (when for hour in (hours.opens, hours.closes) if start < (when := clock.at(day, hour)) <= end)
        day += DAY


def _is_open(clock: Clock, hours: Hours, day: date) -> bool:
    return day.weekday() in hours.days and not (hours.closed_on_holidays and clock.is_holiday(day))


def hours_at(clock: Clock, hours: Hours, test: HoursTest, when: Instant) -> bool:
    """The same at one instant: most rules ask for no other."""
    day = clock.date_of(when)
    inside = _is_open(clock, hours, day) and clock.at(day, hours.opens) <= when < clock.at(day, hours.closes)
    return inside is not test.outside
