"""Triggers: the moments and stretches that each offers, of every episode and of the child."""

from __future__ import annotations

from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.clock import BEFORE_ALL, FOREVER, Instant, Length
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
)
from missingrules.engine.acts import pulls
from missingrules.engine.places import CHILD, Place
from missingrules.engine.tracks import NO, UNKNOWN, YES, Track, Truth, all_of, between, joined, mapped, track_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from missingrules.domain import triggers
    from missingrules.domain.rules import Duty
    from missingrules.engine.counts import Row, Tally
    from missingrules.engine.facts import Reader
    from missingrules.engine.seen import Happening, SeenEpisode

# What is offered of no episode sorts after every episode.
OF_CHILD: Final = 1 << 30
OF_ORGANISATION: Final = OF_CHILD + 1


class Undone(NamedTuple):
    """An obligation whose due instant passed, or will pass, with nothing recorded: the moment after it."""

    at: Instant
    place: int  # as of a chance
    open: bool  # whether it was so far neither passed nor decided


class Chance(NamedTuple):
    """A moment (`end` is None) or a stretch, both ends inside, at which a rule may fire."""

    place: int  # the number of the episode, OF_CHILD or OF_ORGANISATION
    start: Instant
    end: Instant | None
    certain: Track[Truth] | None = None  # what else must hold; None: nothing
    happening: Happening | None = None
    period: str | None = None  # the key of the calendar's period


class Offers:
    """What the triggers offer in one case; what several rules wait for is worked out once."""

    def __init__(self, reader: Reader, undone: Callable[[str], list[Undone]]) -> None:
        self._reader = reader
        self._undone = undone
        self._shared: dict[int, list[Chance]] = {}

    def lent(self, undone: Callable[[str], list[Undone]]) -> Offers:
        """The same case, where other duties were left undone."""
        other = Offers(self._reader, undone)
        other._shared = self._shared
        return other

    def of(self, duty: Duty) -> list[Chance]:
        """Every moment and stretch that the trigger offers, episode by episode and then of the child."""
        number = self._reader.number(duty.trigger)
        found = self._shared.get(number)
        if found is not None:
            return found
        trigger = duty.trigger
        if isinstance(trigger, FirstOf):
            parts = [part for part in map(partial(self._one, duty), trigger.triggers) if part]
            found = parts[0] if len(parts) == 1 else sorted(chain(*parts), key=itemgetter(0))
            if number not in self._reader.plan.particular:
                self._shared[number] = found
            return found
        return self._one(duty, trigger)

    def _one(self, duty: Duty, trigger: triggers.Moment | triggers.Stretch) -> list[Chance]:
        number = self._reader.number(trigger)
        found = self._shared.get(number)
        if found is None:
            found = list(_each(self._reader, trigger, duty, self._undone))
            found.sort(key=itemgetter(0))
            if number not in self._reader.plan.particular:
                self._shared[number] = found
        return found


def _each(
    reader: Reader, trigger: triggers.Moment | triggers.Stretch, duty: Duty, undone: Callable[[str], list[Undone]]
) -> Iterator[Chance]:
    """What one trigger offers."""
    seen = reader.seen
    match trigger:
        case OnInstant("first_episode"):
            for episode in seen.episodes:
                first = reader.is_first(episode, duty.guard.kinds)
                if first is not False:
                    yield Chance(episode.index, episode.started, None, UNKNOWN if first is None else None)
        case OnRecord(action):
            for act in seen.acts.get(action, ()):
                if seen.has(act.episode) and pulls(trigger, act, reader.protocol.words):
                    yield Chance(_index(seen.by_id(act.episode)), act.at, None, None, act)
        case OnEvent(name):
            for event in seen.events.get(name, ()):
                if seen.has(event.episode):
                    of = seen.by_id(event.episode)
                    fields = reader.truth(trigger.fields, Place(of, event))
                    yield Chance(_index(of), event.at, None, fields, event)
        case OnUndone(rule):
            for one in undone(rule):
                yield Chance(one.place, one.at, None, UNKNOWN if one.open else None)
        case OnPeriod(every):
            yield from _periods(reader, every)
        case OnBirthday(age):
            if seen.born is not None:
                yield Chance(OF_CHILD, reader.clock.birthday(seen.born, age), None)
        case OnInstant(which):
            for episode in seen.episodes:
                when = episode.instant(which)
                if when is not None:
                    yield Chance(episode.index, when, None)
        case WhileMissing(ends_with):
            for episode in seen.episodes:
                yield Chance(episode.index, episode.started, _end(episode, ends_with))
        case MissingFor():
            for episode in seen.episodes:
                yield from _missing_for(reader, trigger, episode)
        case EpisodesReach():
            yield from _reach(reader, trigger)
        case Becomes(test) if test.fact.startswith("episode."):
            column = reader.truths(test)
            if column is not NO and column is not UNKNOWN:
                for episode in seen.episodes:
                    yield from _runs(episode.index, track_of(column, episode.index), episode.started, episode.returned)
        case Becomes(test):
            first_start = seen.episodes[0].started if seen.episodes else FOREVER
            yield from _runs(OF_CHILD, reader.truth(test, CHILD), BEFORE_ALL, FOREVER, undated_from=first_start)


def _periods(reader: Reader, every: str) -> Iterator[Chance]:
    """Each period of the span that the organisation's records cover, and the next one to come."""
    seen, clock = reader.seen, reader.clock
    since = seen.case.history_from
    if since is None:
        stamps = [h.at for found in (*seen.events.values(), *seen.acts.values()) for h in found]
        if not stamps:
            return
        since = clock.date_of(min(stamps))
    today = clock.date_of(seen.as_of)
    following = next(p.first for p in clock.periods(every, today) if p.first > today)
    for period in clock.periods(every, since):
        if period.first > following:
            return
        if period.first >= since or seen.case.history_from is None:
            yield Chance(OF_ORGANISATION, clock.midnight(period.first), None, None, None, period.key)


def index_of(place: Place) -> int:
    """The number by which a chance names a place."""
    return OF_ORGANISATION if place.organisation else _index(place.episode)


def _index(episode: SeenEpisode | None) -> int:
    return OF_CHILD if episode is None else episode.index


def _end(episode: SeenEpisode, ends_with: str) -> Instant:
    if ends_with == "located" and episode.located is not None:
        return min(episode.located, episode.returned)
    return episode.returned


def _missing_for(reader: Reader, trigger: MissingFor, episode: SeenEpisode) -> list[Chance]:
    end = _end(episode, trigger.ends_with)
    if isinstance(trigger.length, Length):
        if episode.started + trigger.length.least > end:
            return []
        start = Instant(reader.clock.after(episode.started, trigger.length) + trigger.more_than)
        return [Chance(episode.index, start, end)] if start <= end else []
    lengths = reader.fact(trigger.length, Place(episode))
    edges = [*lengths.times[1:], FOREVER]
    out: list[Chance] = []
    for begins, length, stops in zip(lengths.times, lengths.values, edges, strict=True):
        reached = episode.started
        if isinstance(length, Length):
            reached = Instant(reader.clock.after(episode.started, length) + trigger.more_than)
        start, last = max(begins, reached), min(Instant(stops - 1), end)
        if start > last:
            continue
        certain = None if isinstance(length, Length) else UNKNOWN
        if out and out[-1].end == start - 1 and out[-1].certain is certain:
            out[-1] = out[-1]._replace(end=last)
        else:
            out.append(Chance(episode.index, start, last, certain))
    return out


def _runs(
    index: int, track: Track[Truth], start: Instant, end: Instant, undated_from: Instant | None = None
) -> Iterator[Chance]:
    """The stretches in which a track is true, cut to begin at `start` at the earliest and before `end`."""
    edges = [*track.times[1:], FOREVER]
    for begins, value, stops in zip(track.times, track.values, edges, strict=True):
        if begins == BEFORE_ALL and undated_from is not None:
            begins = undated_from
        if value and begins < end and max(begins, start) < stops:
            yield Chance(index, max(begins, start), min(Instant(stops - 1), end))


def _with_itself(tally: Tally, most: Track[int], row: Row) -> Track[int]:
    """The most that the count may be over time, the row itself counted as long as its window holds it."""
    if row.counts is YES:
        return most
    held: Track[Truth] = mapped(row.counts, lambda counts: counts is False)
    left_out = all_of([held, between(row.at, row.leaves)])
    return joined([tally.in_window, left_out], lambda both: both[0][1] + both[1])


def _reach(reader: Reader, trigger: EpisodesReach) -> list[Chance]:
    """The episodes that bring the count there, each until the count falls below it."""
    tally = reader.tally(trigger.counted)
    most: Track[int] = mapped(tally.in_window, itemgetter(1))
    out = []
    for row, low, high in tally.numbered():
        if low > trigger.at_least or (high < trigger.at_least and tally.whole_from <= row.at):
            continue
        falls = _with_itself(tally, most, row).first(lambda count: count < trigger.at_least, row.at)
        certain = row.counts if low == trigger.at_least else all_of([row.counts, UNKNOWN])
        end = FOREVER if falls is None else max(row.at, Instant(falls - 1))
        out.append(Chance(row.episode.index, row.at, end, certain))
    return sorted(out, key=itemgetter(0))
