"""Facts, conclusions, counts and conditions as step functions of time, in the place from which a rule reads them.

What is read of an episode is read of all episodes at once: rules ask it of each, and what is equal is worked out once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain import rules
from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Instant, Length
from missingrules.domain.rules import (
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
from missingrules.engine import values
from missingrules.engine.acts import field
from missingrules.engine.counts import Tally, tally
from missingrules.engine.places import CHILD, Place
from missingrules.engine.plan import plan_of
from missingrules.engine.tracks import (
    NO,
    UNKNOWN,
    YES,
    Track,
    Truth,
    all_each,
    all_of,
    any_each,
    any_of,
    between,
    constant,
    each_of,
    joined,
    mapped,
    negated,
    not_known_true,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from missingrules.domain.rules import Condition
    from missingrules.engine.seen import FactTrack, Seen, SeenEpisode

NOTHING: Final[FactTrack] = constant(None)
MISSING = ("missing",)


class Reader:
    """Everything that can be read of a case under one protocol; each answer is worked out once."""

    def __init__(self, protocol: Protocol, conclusions: Iterable[Conclusion], seen: Seen, horizon: Instant) -> None:
        self.protocol = protocol
        self.plan = plan = plan_of(protocol)
        self._same, self._of_child, self._of_happening = plan.same, plan.of_child, plan.of_happening
        self.seen = seen
        self._horizon = horizon
        self.clock = protocol.clock
        self.places = [Place(episode) for episode in seen.episodes]
        self.conclusions: dict[str, list[Conclusion]] = {}
        for conclusion in conclusions:
            self.conclusions.setdefault(conclusion.fact, []).append(conclusion)
        # By name of the fact, or number of the condition or guard: read for the child, and of each episode.
        self._fact: dict[str, FactTrack] = {}
        self._facts: dict[str, Sequence[FactTrack]] = {}
        self._truth: dict[Hashable, Track[Truth]] = {}
        self._truths: dict[int, Sequence[Track[Truth]]] = {}
        self._openings: dict[int, Sequence[Track[Truth]]] = {}
        self._exceptions: dict[int, Sequence[Track[Truth]]] = {}
        self._kinds: dict[tuple[str, ...], Sequence[Track[Truth]]] = {}
        self._tallies: dict[int, Tally] = {}

    # --- facts --------------------------------------------------------------------------------------------------------

    def fact(self, name: str, place: Place) -> FactTrack:
        """The fact over time; None where unknown. A scale's value is all levels that are possible, by number."""
        prefix, _, rest = name.partition(".")
        if prefix in ("event", "record"):
            return constant(field(place.happening, rest) if place.happening else None)
        if prefix == "episode" and place.episode is not None:
            return self.facts(name)[place.episode.index]
        found = self._fact.get(name)
        if found is None:
            if prefix == "episode":
                found = self._of_running(self.facts(name), "false" if name == "episode.missing" else None)
            else:
                guards = [[self.guard(c.guard, CHILD)] for c in self.conclusions.get(name, ())]
                found = self._concluded(name, [self.recorded(name, CHILD)], guards)[0]
            self._fact[name] = found
        return found

    def facts(self, name: str) -> Sequence[FactTrack]:
        """A fact of an episode over time, of each episode."""
        found = self._facts.get(name)
        if found is None:
            found = self._facts[name] = self._of_each(name)
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

    def _of_each(self, name: str) -> Sequence[FactTrack]:
        episodes = self.seen.episodes
        holds: Sequence[Track[Truth]]
        if name == "episode.missing":
            holds = [between(episode.started, episode.returned) for episode in episodes]
        elif name == "episode.first_episode":
            holds = [constant(self.is_first(episode, MISSING)) for episode in episodes]
        else:
            guards = [self.guards(c.guard) for c in self.conclusions.get(name, ())]
            rest = "risk" if name == "episode.risk.recorded" else name.removeprefix("episode.")
            return self._concluded(name, [episode.facts.get(rest, NOTHING) for episode in episodes], guards)
        holds = all_each((self.of_kind(MISSING), holds), len(episodes))
        return each_of([holds], lambda track: mapped(track, values.yes_no))

    def _of_running(self, tracks: Sequence[Track[Any]], none: Any) -> Track[Any]:
        """What is read of an episode, read for the child: of the one then running; `none` while none runs."""
        changes: list[tuple[Instant, Any]] = []
        for episode, track in zip(self.seen.episodes, tracks, strict=True):
            changes.append((episode.started, track.at(episode.started)))
            changes += [
                (when, value)
                for when, value in zip(track.times, track.values, strict=True)
                if episode.started < when < episode.returned
            ]
            if episode.returned != FOREVER:
                changes.append((episode.returned, none))
        return steps(none, changes)

    def _concluded(
        self, name: str, recorded: Sequence[FactTrack], guards: Sequence[Sequence[Track[Truth]]]
    ) -> Sequence[FactTrack]:
        """What is recorded, and what is concluded of it under the guards of the conclusions; a column for each."""
        word = self.protocol.words.facts.get(name)
        levels = word.values if word and word.type is FactType.SCALE else ()
        if levels:
            every = tuple(range(len(levels)))
            recorded = each_of([recorded], lambda t: mapped(t, lambda v: every if v is None else (levels.index(v),)))
        concluding = self.conclusions.get(name)
        if not concluding:
            return recorded

        def settle(given_and_holds: Sequence[Any]) -> Any:
            given, *holds = given_and_holds
            if levels:
                return values.level(given, levels, concluding, holds)
            return values.concluded(given, concluding, holds)

        return each_of([recorded, *guards], lambda *row: joined(row, settle))

    def is_first(self, episode: SeenEpisode, kinds: tuple[str, ...]) -> Truth:
        """Whether no episode of these kinds started before it; the history may begin later than the child's."""
        answer: Truth = None if self.seen.case.history_from else True
        for earlier, track in zip(self.seen.episodes[: episode.index], self.facts("episode.kind"), strict=False):
            kind = track.at(earlier.started)
            if kind in kinds or not kinds:
                return False
            if kind is None:
                answer = None
        return answer

    def of_kind(self, kinds: tuple[str, ...]) -> Sequence[Track[Truth]]:
        """Of each episode, whether it is of one of these kinds; none given: of any."""
        if not kinds:
            return [YES] * len(self.places)
        found = self._kinds.get(kinds)
        if found is None:
            found = each_of([self.facts("episode.kind")], lambda kind: values.one_of(kind, kinds))
            self._kinds[kinds] = found
        return found

    def number(self, part: object) -> int:
        """One number for all parts of the protocol that are equal."""
        return self._same[id(part)]

    # --- counts -------------------------------------------------------------------------------------------------------

    def tally(self, counted: Counted) -> Tally:
        """The episodes that may be counted, and how many are in the window that ends on each date."""
        key = self._same[id(counted)]
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = tally(self.seen, counted, self._count(counted))
        return found

    def _count(self, counted: Counted) -> Sequence[Track[Truth]]:
        kind = self.of_kind(counted.kinds)
        if not counted.missing_from:
            return kind
        places = each_of([self.facts("episode.from")], lambda place: values.one_of(place, counted.missing_from))
        return all_each((kind, places), len(places))

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition, place: Place) -> Track[Truth]:
        """Whether the condition is known to hold, at each instant."""
        number = self._same[id(condition)]
        if number in self._of_child:
            place = CHILD
        key = self._key(number, place)
        if key is None:
            assert place.episode is not None
            return self.truths(condition)[place.episode.index]
        found = self._truth.get(key)
        if found is None:
            found = self._truth[key] = self._read(condition, [place], lambda part: [self.truth(part, place)])[0]
        return found

    def truths(self, condition: Condition) -> Sequence[Track[Truth]]:
        """Whether the condition is known to hold at each instant, read from each episode."""
        number = self._same[id(condition)]
        found = self._truths.get(number)
        if found is None:
            if number in self._of_child:
                found = [self.truth(condition, CHILD)] * len(self.places)
            else:
                found = self._read(condition, self.places, self.truths)
            self._truths[number] = found
        return found

    def _key(self, number: int, place: Place) -> Hashable | None:
        """By what a reading is remembered that is not one of each episode's; None: it is one of those."""
        episode, happening = place
        if happening is None or number not in self._of_happening:
            return number if episode is None else None
        return number, -1 if episode is None else episode.index, happening.name, happening.id

    def _read(
        self, condition: Condition, places: list[Place], read: Callable[[Condition], Sequence[Track[Truth]]]
    ) -> Sequence[Track[Truth]]:
        """The condition in each place; `read` reads its parts in the same places."""
        if isinstance(condition, FactTest):
            return self._test(condition, places)
        if isinstance(condition, rules.All):
            return all_each(map(read, condition.parts), len(places))
        if isinstance(condition, rules.Any):
            return any_each(map(read, condition.parts), len(places))
        if isinstance(condition, Not):
            return each_of([read(condition.part)], negated)
        if isinstance(condition, CountTest):
            test = condition.test
            track = mapped(self.tally(condition.counted).in_window, lambda count: values.in_range(count, test))
        else:
            track = self._hours(condition)
        return [track] * len(places)

    def _test(self, condition: FactTest, places: list[Place]) -> Sequence[Track[Truth]]:
        name, test = condition.fact, condition.test
        if name == "child.age":
            return [self._age(test)] * len(places)
        if name == "episode.missing_for":
            return [self._missing_for(test, place) for place in places]
        each = places is self.places and name.startswith("episode.")
        tracks = self.facts(name) if each else [self.fact(name, place) for place in places]
        word = self.protocol.words.facts.get(name)
        return each_of([tracks], lambda track: values.passes(track, test, word))

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
        low = turns(values.number(test.low) + (not test.low_inside)) if test.low is not None else BEFORE_ALL
        high = turns(values.number(test.high) + test.high_inside) if test.high is not None else FOREVER
        return between(low, high)

    def _missing_for(self, test: rules.Test, place: Place) -> Track[Truth]:
        episode = place.episode
        if episode is None:
            return self._of_running([self._missing_for(test, each) for each in self.places], None)
        if isinstance(test, Known):
            return YES
        assert isinstance(test, Range)
        parts = []
        if test.low is not None:
            parts.append(self.lasted(episode, values.length(test.low), more_than=not test.low_inside))
        if test.high is not None:
            parts.append(negated(self.lasted(episode, values.length(test.high), more_than=test.high_inside)))
        return all_of(parts)

    def lasted(self, episode: SeenEpisode, length: Length, *, more_than: bool) -> Track[Truth]:
        """Whether the child has been missing that long; after the return, whether they had."""
        reached = Instant(self.clock.after(episode.started, length) + more_than)
        return between(reached, FOREVER) if reached <= episode.returned else NO

    def _hours(self, test: HoursTest) -> Track[Truth]:
        """Over the whole history and a week past the horizon; beyond that nobody plans by the hour."""
        hours = self.protocol.hours[test.hours]
        starts = [e.started for e in self.seen.episodes] + [self.seen.as_of]
        starts += [h.at for found in self.seen.events.values() for h in found]
        starts += [h.at for found in self.seen.acts.values() for h in found]
        # A fact of the child may begin before anything has happened.
        tracks = (*self.seen.child.values(), *self.seen.plan.values())
        starts += [when for track in tracks for when in track.times if when > BEFORE_ALL]
        day, last = self.clock.date_of(min(starts)), self.clock.date_of(self._horizon) + timedelta(days=7)
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
        key = self._key(self._same[id(guard)], place)
        if key is None:
            assert place.episode is not None
            return self.guards(guard)[place.episode.index]
        found = self._truth.get(key)
        if found is None:
            parts = [self.in_force(guard), self.at_opening(guard, place)]
            if guard.in_scope:
                parts.append(self.truth(self.protocol.scope, place))
            found = self._truth[key] = all_of(parts)
        return found

    def guards(self, guard: Guard) -> Sequence[Track[Truth]]:
        """The same, read from each episode."""
        number, rows = self._same[id(guard)], len(self.places)
        found = self._truths.get(number)
        if found is None:
            in_force = self.in_force(guard)
            columns = [] if in_force is YES else [[in_force] * rows]
            if guard.in_scope:
                columns.append(self.truths(self.protocol.scope))  # type: ignore[arg-type]
            found = self._truths[number] = all_each((*columns, self._opening(guard)), rows)
        return found

    def excepted(self, guard: Guard, place: Place) -> Track[Truth]:
        """Whether an exception is known to hold."""
        number = self._same[id(guard)]
        if place.episode is None or self._key(number, place) is not None:
            return any_of([self.truth(exception.condition, place) for exception in guard.unless])
        found = self._exceptions.get(number)
        if found is None:
            columns = [self.truths(exception.condition) for exception in guard.unless]
            found = self._exceptions[number] = any_each(columns, len(self.places))
        return found[place.episode.index]

    def at_opening(self, guard: Guard, place: Place) -> Track[Truth]:
        """The guard as each occurrence of a series reads it: in force and in scope are asked at the firing only."""
        if place.episode is not None and self._key(self._same[id(guard)], place) is None:
            return self._opening(guard)[place.episode.index]
        parts = [self.truth(guard.when, place)]
        parts += [not_known_true(self.truth(u.condition, place)) for u in guard.unless]
        if guard.kinds and place.episode:
            parts.append(self.of_kind(guard.kinds)[place.episode.index])
        return all_of(parts)

    def _opening(self, guard: Guard) -> Sequence[Track[Truth]]:
        number = self._same[id(guard)]
        found = self._openings.get(number)
        if found is None:
            columns = [self.truths(guard.when)]
            columns += [each_of([self.truths(u.condition)], not_known_true) for u in guard.unless]
            if guard.kinds:
                columns.append(self.of_kind(guard.kinds))
            found = self._openings[number] = all_each(columns, len(self.places))
        return found

    def in_force(self, guard: Guard) -> Track[Truth]:
        """The dates from which and until which the rule is in force."""
        start, end = guard.in_force
        if start is None and end is None:
            return YES
        return between(
            self.clock.midnight(start) if start else BEFORE_ALL, self.clock.midnight(end) if end else FOREVER
        )
