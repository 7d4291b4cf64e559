"""Facts, conclusions, counts and conditions as step functions of time, in the place from which a rule reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain import rules
from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Instant, Length
from missingrules.domain.rules import (
    AtLeast,
    Conclusion,
    Counted,
    CountTest,
    FactTest,
    Guard,
    HoursTest,
    Is,
    Known,
    Not,
    Protocol,
    Range,
)
from missingrules.domain.vocabulary import FactType
from missingrules.engine.counts import NO_LIMIT, Tally, tally
from missingrules.engine.places import CHILD, Place, place_key
from missingrules.engine.plan import plan_of
from missingrules.engine.tracks import (
    NO,
    UNKNOWN,
    YES,
    Track,
    Truth,
    all_of,
    any_of,
    between,
    constant,
    joined,
    mapped,
    negated,
    not_known_true,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from missingrules.domain.rules import Condition
    from missingrules.engine.seen import FactTrack, Seen, SeenEpisode

NOTHING: Final[FactTrack] = constant(None)


class Reader:
    """Everything that can be read of a case under one protocol; each answer is worked out once."""

    def __init__(self, protocol: Protocol, conclusions: Iterable[Conclusion], seen: Seen) -> None:
        self.protocol = protocol
        plan = plan_of(protocol)
        self._same, self._of_child = plan.same, plan.of_child
        self.seen = seen
        self.clock = protocol.clock
        self.conclusions: dict[str, list[Conclusion]] = {}
        for conclusion in conclusions:
            self.conclusions.setdefault(conclusion.fact, []).append(conclusion)
        self._truths: dict[tuple[object, ...], Track[Truth]] = {}
        self._facts: dict[tuple[str, int], FactTrack] = {}
        self._kinds: dict[tuple[tuple[str, ...], int], Track[Truth]] = {}
        self._tallies: dict[int, Tally] = {}

    # --- facts --------------------------------------------------------------------------------------------------------

    def fact(self, name: str, place: Place) -> FactTrack:
        """The fact over time; None where unknown. A scale's value is all levels that are possible, by number."""
        prefix, _, rest = name.partition(".")
        if prefix in ("event", "record"):
            return constant(place.happening.fields.get(rest) if place.happening else None)
        episode = place.episode if prefix == "episode" else None
        key = (name, episode.index if episode else -1)
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = self._read(prefix, rest, name, episode)
        return found

    def recorded(self, name: str, place: Place) -> FactTrack:
        """The fact as the case gives it, before conclusions."""
        prefix, _, rest = name.partition(".")
        if name == "episode.risk.recorded":
            rest = "risk"
        if prefix == "plan":
            return self.seen.plan.get(rest, NOTHING)
        if prefix == "protocol":
            areas = self.protocol.areas
            return constant(areas[0]) if len(areas) == 1 else self.seen.child.get(rest, NOTHING)
        if prefix == "child":
            return self.seen.child.get(rest, NOTHING)
        return place.episode.facts.get(rest, NOTHING) if place.episode else NOTHING

    def _read(self, prefix: str, rest: str, name: str, episode: SeenEpisode | None) -> FactTrack:
        if prefix == "episode" and episode is None:
            none = "false" if name == "episode.missing" else None
            return self._of_running(lambda place: self.fact(name, place), none)
        if name == "episode.missing":
            assert episode is not None
            running = between(episode.started, episode.returned)
            kind = mapped(self.fact("episode.kind", Place(episode)), lambda k: None if k is None else k == "missing")
            return mapped(all_of([running, kind]), _yes_no)
        if name == "episode.first_episode":
            assert episode is not None
            first = constant(self.is_first(episode, ("missing",)))
            return mapped(all_of([self.of_kind(episode, ("missing",)), first]), _yes_no)
        return self._concluded(name, Place(episode))

    def _of_running(self, track_of: Callable[[Place], Track[Any]], none: Any) -> Track[Any]:
        """What is read of an episode, read for the child: of the one then running; `none` while none runs."""
        changes: list[tuple[Instant, Any]] = []
        for episode in self.seen.episodes:
            track = track_of(Place(episode))
            changes.append((episode.started, track.at(episode.started)))
            changes += [
                (when, value)
                for when, value in zip(track.times, track.values, strict=True)
                if episode.started < when < episode.returned
            ]
            if episode.returned != FOREVER:
                changes.append((episode.returned, none))
        return steps(none, changes)

    def _concluded(self, name: str, place: Place) -> FactTrack:
        recorded = self.recorded(name, place)
        concluding = self.conclusions.get(name, [])
        word = self.protocol.words.facts.get(name)
        levels = word.values if word and word.type is FactType.SCALE else ()
        if levels:
            every = tuple(range(len(levels)))
            recorded = mapped(recorded, lambda v: every if v is None else (levels.index(v),))
        if not concluding:
            return recorded
        guards: list[FactTrack] = [self.guard(c.guard, place) for c in concluding]

        def settle(values: Sequence[Any]) -> Any:
            given, *holds = values
            if levels:
                return _level(given, levels, concluding, holds)
            certain = {c.value for c, hold in zip(concluding, holds, strict=True) if hold}
            possible = {c.value for c, hold in zip(concluding, holds, strict=True) if hold is None}
            if given is not None:
                certain.add(given)
            if len(certain) == 1 and possible <= certain:
                return next(iter(certain))
            return None

        return joined([recorded, *guards], settle)

    def is_first(self, episode: SeenEpisode, kinds: tuple[str, ...]) -> Truth:
        """Whether no episode of these kinds started before it; the history may begin later than the child's."""
        answer: Truth = None if self.seen.case.history_from else True
        for earlier in self.seen.episodes[: episode.index]:
            kind = self.fact("episode.kind", Place(earlier)).at(earlier.started)
            if kind in kinds or not kinds:
                return False
            if kind is None:
                answer = None
        return answer

    def of_kind(self, episode: SeenEpisode, kinds: tuple[str, ...]) -> Track[Truth]:
        """Whether the episode is of one of these kinds; none given: of any."""
        if not kinds:
            return YES
        key = (kinds, episode.index)
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = _one_of(self.fact("episode.kind", Place(episode)), kinds)
        return found

    # --- counts -------------------------------------------------------------------------------------------------------

    def tally(self, counted: Counted) -> Tally:
        """The episodes that may be counted, and how many are in the window that ends on each date."""
        key = self._same[id(counted)]
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = tally(self.seen, counted, lambda episode: self._counts(episode, counted))
        return found

    def _counts(self, episode: SeenEpisode, counted: Counted) -> Track[Truth]:
        kind = self.of_kind(episode, counted.kinds)
        if not counted.missing_from:
            return kind
        return all_of([kind, _one_of(self.fact("episode.from", Place(episode)), counted.missing_from)])

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition, place: Place) -> Track[Truth]:
        """Whether the condition is known to hold, at each instant."""
        number = self._same[id(condition)]
        if number in self._of_child:
            place = CHILD
        key = place_key(number, place)
        found = self._truths.get(key)
        if found is None:
            found = self._truths[key] = self._truth(condition, place)
        return found

    def _truth(self, condition: Condition, place: Place) -> Track[Truth]:
        if isinstance(condition, FactTest):
            return self._test(condition, place)
        if isinstance(condition, rules.All):
            return all_of([self.truth(part, place) for part in condition.parts])
        if isinstance(condition, rules.Any):
            return any_of([self.truth(part, place) for part in condition.parts])
        if isinstance(condition, Not):
            return negated(self.truth(condition.part, place))
        if isinstance(condition, CountTest):
            test = condition.test
            return mapped(self.tally(condition.counted).in_window, lambda count: _in_range(count, test))
        return self._hours(condition)

    def _test(self, condition: FactTest, place: Place) -> Track[Truth]:
        name, test = condition.fact, condition.test
        if name == "child.age":
            return self._age(test)
        if name == "episode.missing_for":
            return self._missing_for(test, place)
        track = self.fact(name, place)
        word = self.protocol.words.facts.get(name)
        if word and word.type is FactType.SCALE:
            levels = word.values
            if isinstance(test, Known):
                return mapped(track, lambda v: v is not None and len(v) == 1)
            wanted = test.levels if isinstance(test, AtLeast) else test.values if isinstance(test, Is) else ()
            return mapped(track, lambda v: _within(levels, v, wanted))
        if isinstance(test, Known):
            return mapped(track, lambda v: v is not None)
        if isinstance(test, Is):
            return _one_of(track, test.values)
        assert isinstance(test, Range)
        return mapped(track, lambda v: None if v is None else _in_range((v, v), test))

    def _age(self, test: rules.Test) -> Track[Truth]:
        born = self.seen.born
        if isinstance(test, Known):
            return NO if born is None else YES
        if born is None:
            return UNKNOWN

        def turns(age: int) -> Instant:
            return self.clock.birthday(born, age) if age > 0 else BEFORE_ALL

        if isinstance(test, Is):
            return any_of([between(turns(int(v)), turns(int(v) + 1)) for v in test.values])
        assert isinstance(test, Range)
        low = turns(_int(test.low) + (not test.low_inside)) if test.low is not None else BEFORE_ALL
        high = turns(_int(test.high) + test.high_inside) if test.high is not None else FOREVER
        return between(low, high)

    def _missing_for(self, test: rules.Test, place: Place) -> Track[Truth]:
        episode = place.episode
        if episode is None:
            return self._of_running(lambda place: self._missing_for(test, place), None)
        if isinstance(test, Known):
            return YES
        assert isinstance(test, Range)
        parts = []
        if test.low is not None:
            parts.append(self.lasted(episode, _length(test.low), more_than=not test.low_inside))
        if test.high is not None:
            parts.append(negated(self.lasted(episode, _length(test.high), more_than=test.high_inside)))
        return all_of(parts)

    def lasted(self, episode: SeenEpisode, length: Length, *, more_than: bool) -> Track[Truth]:
        """Whether the child has been missing that long; after the return, whether they had."""
        reached = Instant(self.clock.after(episode.started, length) + more_than)
        return between(reached, FOREVER) if reached <= episode.returned else NO

    def _hours(self, test: HoursTest) -> Track[Truth]:
        """Over the whole history and the year after it; beyond that nobody plans by the hour."""
        hours = self.protocol.hours[test.hours]
        starts = [e.started for e in self.seen.episodes] + [self.seen.as_of]
        starts += [h.at for found in self.seen.events.values() for h in found]
        starts += [h.at for found in self.seen.acts.values() for h in found]
        day, last = self.clock.date_of(min(starts)), self.clock.date_of(self.seen.as_of) + timedelta(days=366)
        changes: list[tuple[Instant, Truth]] = []
        while day <= last:
            if day.weekday() in hours.days and not (hours.closed_on_holidays and self.clock.is_holiday(day)):
                changes.append((self.clock.at(day, hours.opens), not test.outside))
                changes.append((self.clock.at(day, hours.closes), test.outside))
            day += DAY
        return steps(test.outside, changes)

    # --- guards -------------------------------------------------------------------------------------------------------

    def guard(self, guard: Guard, place: Place) -> Track[Truth]:
        """Whether a rule may fire: its condition, no known exception, its kinds, in force and in scope."""
        key = place_key(self._same[id(guard)], place)
        found = self._truths.get(key)
        if found is None:
            parts = [self._same_for_all(guard), self.at_opening(guard, place)]
            if guard.in_scope and self._same[id(self.protocol.scope)] not in self._of_child:
                parts.append(self.truth(self.protocol.scope, place))
            found = self._truths[key] = all_of(parts)
        return found

    def at_opening(self, guard: Guard, place: Place) -> Track[Truth]:
        """The guard as each occurrence of a series reads it: in force and in scope are asked at the firing only."""
        parts = [self.truth(guard.when, place)]
        parts += [not_known_true(self.truth(u.condition, place)) for u in guard.unless]
        if guard.kinds and place.episode:
            parts.append(self.of_kind(place.episode, guard.kinds))
        return all_of(parts)

    def _same_for_all(self, guard: Guard) -> Track[Truth]:
        """What a guard asks of the date and of the child, whatever the episode."""
        key = (self._same[id(guard)], -2)
        found = self._truths.get(key)
        if found is None:
            parts = [self.in_force(guard)]
            if guard.in_scope and self._same[id(self.protocol.scope)] in self._of_child:
                parts.append(self.truth(self.protocol.scope, CHILD))
            found = self._truths[key] = all_of(parts)
        return found

    def in_force(self, guard: Guard) -> Track[Truth]:
        """The dates from which and until which the rule is in force."""
        start, end = guard.in_force
        if start is None and end is None:
            return YES
        return between(
            self.clock.midnight(start) if start else BEFORE_ALL, self.clock.midnight(end) if end else FOREVER
        )


def _yes_no(value: Truth) -> str | None:
    return None if value is None else "true" if value else "false"


def _one_of(track: FactTrack, values: tuple[str, ...]) -> Track[Truth]:
    return mapped(track, lambda v: None if v is None else v in values)


def _within(levels: tuple[str, ...], value: tuple[int, ...] | None, wanted: tuple[str, ...]) -> Truth:
    """Whether a level, of which some are possible, is one of those wanted."""
    if value is None:
        return None
    inside = sum(1 for i in value if levels[i] in wanted)
    return True if inside == len(value) else None if inside else False


def _level(
    given: tuple[int, ...], levels: tuple[str, ...], concluding: list[Conclusion], holds: list[Truth]
) -> tuple[int, ...]:
    """The effective level: the recorded one, raised by every floor that holds, and by any that may hold."""
    floors = [levels.index(c.floor or c.value or levels[0]) for c in concluding]
    certain = max((f for f, hold in zip(floors, holds, strict=True) if hold), default=0)
    perhaps = {certain, *(f for f, hold in zip(floors, holds, strict=True) if hold is None)}
    return tuple(sorted({max(level, certain, floor) for level in given for floor in perhaps}))


def _in_range(count: tuple[int, int], test: Range) -> Truth:
    """Whether a number known to lie between two ends passes the test."""
    low, high = count
    floor = _int(test.low) + (not test.low_inside) if test.low is not None else -NO_LIMIT
    ceiling = _int(test.high) - (not test.high_inside) if test.high is not None else 2 * NO_LIMIT
    if floor <= low and high <= ceiling:
        return True
    return None if low <= ceiling and floor <= high else False


def _int(value: Any) -> int:
    assert isinstance(value, int)
    return value


def _length(value: Any) -> Length:
    assert isinstance(value, Length)
    return value
