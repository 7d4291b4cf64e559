"""Facts, conclusions, counts and conditions as step functions of time, in the place from which a rule reads them.

What is read of an episode is read of all episodes at once: rules ask it of each, and what is equal is worked out once.
"""

from __future__ import annotations

from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain import conditions
from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.conditions import Counted, CountTest, FactTest, HoursTest, Known, Not
from missingrules.domain.vocabulary import FactType
from missingrules.engine import measures, values
from missingrules.engine.acts import field
from missingrules.engine.counts import Tally, tally
from missingrules.engine.places import CHILD, Place
from missingrules.engine.plan import plan_of
from missingrules.engine.relative import RELATIVE, relative
from missingrules.engine.tracks import (
    UNKNOWN,
    YES,
    Column,
    Track,
    Truth,
    all_each,
    all_of,
    any_each,
    any_of,
    between,
    column_of,
    constant,
    each_of,
    joined,
    mapped,
    negated,
    not_known_true,
    steps,
    track_of,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from missingrules.domain.clock import Instant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Conclusion, Guard
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
        # The place, its subject, and how the keys of what fires there first end.
        self.heads = [
            (place, episode.id, f"{episode.id}/1") for place, episode in zip(self.places, seen.episodes, strict=True)
        ]
        self.conclusions: dict[str, list[Conclusion]] = {}
        for conclusion in conclusions:
            self.conclusions.setdefault(conclusion.fact, []).append(conclusion)
        # By name of the fact, or number of the condition or guard: read for the child, and of each episode.
        self._fact: dict[str, FactTrack] = {}
        self._facts: dict[str, Column[Any]] = {}
        self._truth: dict[Hashable, Track[Truth]] = {}
        self._truths: dict[int, Column[Truth]] = {}
        self._openings: dict[int, Column[Truth]] = {}
        self._exceptions: dict[int, Column[Truth]] = {}
        self._kinds: dict[tuple[str, ...], Column[Truth]] = {}
        self._tallies: dict[int, Tally] = {}
        self._ends: dict[tuple[str, ...], list[Instant]] = {}

    # --- facts --------------------------------------------------------------------------------------------------------

    def fact(self, name: str, place: Place) -> FactTrack:
        """The fact over time; None where unknown. A scale's value is all levels that are possible, by number."""
        prefix, _, rest = name.partition(".")
        if prefix in ("event", "record"):
            return constant(field(place.happening, rest) if place.happening else None)
        if prefix == "episode" and place.episode is not None:
            return track_of(self.facts(name), place.episode.index)
        found = self._fact.get(name)
        if found is None:
            if prefix == "episode":
                found = self._of_running(self.facts(name), "false" if name == "episode.missing" else None)
            else:
                guards = [self.guard(c.guard, CHILD) for c in self.conclusions.get(name, ())]
                found = self._concluded(name, self.recorded(name, CHILD), guards)
            self._fact[name] = found
        return found

    def facts(self, name: str) -> Column[Any]:
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
            given = self.seen.child.get(rest, NOTHING)
            return relative(self.protocol, self.seen.child, given, name) if name in RELATIVE else given
        return place.episode.facts.get(rest, NOTHING) if place.episode else NOTHING

    def _of_each(self, name: str) -> Column[Any]:
        episodes = self.seen.episodes
        if name == "episode.missing":
            holds = column_of([between(episode.started, episode.returned) for episode in episodes], NOTHING)
        elif name == "episode.first_episode":
            holds = column_of([constant(self.is_first(episode, MISSING)) for episode in episodes], NOTHING)
        else:
            guards = [self.guards(c.guard) for c in self.conclusions.get(name, ())]
            rest = "risk" if name == "episode.risk.recorded" else name.removeprefix("episode.")
            recorded = column_of([episode.facts.get(rest, NOTHING) for episode in episodes], NOTHING)
            settled: Column[Any] = self._concluded(name, recorded, guards)
            return settled
        return each_of([all_each((self.of_kind(MISSING), holds))], lambda track: mapped(track, values.yes_no))

    def _of_running(self, column: Column[Any], none: Any) -> Track[Any]:
        """What is read of an episode, read for the child: of the one then running; `none` while none runs."""
        changes: list[tuple[Instant, Any]] = []
        for episode in self.seen.episodes:
            track = track_of(column, episode.index)
            changes.append((episode.started, track.at(episode.started)))
            changes += [
                (when, value)
                for when, value in zip(track.times, track.values, strict=True)
                if episode.started < when < episode.returned
            ]
            if episode.returned != FOREVER:
                changes.append((episode.returned, none))
        return steps(none, changes)

    def _concluded(self, name: str, recorded: Column[Any], guards: Sequence[Column[Truth]]) -> Any:
        """What is recorded, and what is concluded of it under the guards of the conclusions; of each row."""
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

        return each_of([recorded, *guards], lambda *tracks: joined(tracks, settle))

    def is_first(self, episode: SeenEpisode, kinds: tuple[str, ...]) -> Truth:
        """Whether no episode of these kinds started before it; the history may begin later than the child's."""
        answer: Truth = None if self.seen.case.history_from else True
        column = self.facts("episode.kind")
        for earlier in self.seen.episodes[: episode.index]:
            kind = track_of(column, earlier.index).at(earlier.started)
            if kind in kinds or not kinds:
                return False
            if kind is None:
                answer = None
        return answer

    def of_kind(self, kinds: tuple[str, ...]) -> Column[Truth]:
        """Of each episode, whether it is of one of these kinds; none given: of any."""
        if not kinds:
            return YES
        found = self._kinds.get(kinds)
        if found is None:
            found = each_of([self.facts("episode.kind")], lambda kind: values.one_of(kind, kinds))
            self._kinds[kinds] = found
        return found

    def ends(self, instants: tuple[str, ...]) -> list[Instant]:
        """Of each episode the first of these instants; FOREVER where none has come."""
        found = self._ends.get(instants)
        if found is None:
            every = [[when for name in instants if (when := e.instant(name)) is not None] for e in self.seen.episodes]
            found = self._ends[instants] = [min(whens, default=FOREVER) for whens in every]
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

    def _count(self, counted: Counted) -> Column[Truth]:
        kind = self.of_kind(counted.kinds)
        if not counted.missing_from:
            return kind
        places = each_of([self.facts("episode.from")], lambda place: values.one_of(place, counted.missing_from))
        return all_each((kind, places))

    # --- conditions ---------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition, place: Place) -> Track[Truth]:
        """Whether the condition is known to hold, at each instant."""
        number = self._same[id(condition)]
        if number in self._of_child:
            place = CHILD
        key = self._key(number, place)
        if key is None:
            assert place.episode is not None
            return track_of(self.truths(condition), place.episode.index)
        found = self._truth.get(key)
        if found is None:
            found = self._truth[key] = self._read(condition, place)
        return found

    def truths(self, condition: Condition) -> Column[Truth]:
        """Whether the condition is known to hold at each instant, read from each episode."""
        number = self._same[id(condition)]
        found = self._truths.get(number)
        if found is None:
            found = self.truth(condition, CHILD) if number in self._of_child else self._read_each(condition)
            self._truths[number] = found
        return found

    def _key(self, number: int, place: Place) -> Hashable | None:
        """By what a reading is remembered that is not one of each episode's; None: it is one of those."""
        episode, happening = place.episode, place.happening
        if happening is None or number not in self._of_happening:
            return number if episode is None else None
        return number, -1 if episode is None else episode.index, happening.name, happening.id

    def _read(self, condition: Condition, place: Place) -> Track[Truth]:
        """The condition in one place."""
        if isinstance(condition, FactTest):
            name, test = condition.fact, condition.test
            if name == "child.age":
                return measures.age(self.seen, test)
            if name == "episode.missing_for":
                if place.episode is None:
                    return self._of_running(self._missing_for(test), None)
                return track_of(self._missing_for(test), place.episode.index)
            return self._passes(self.fact(name, place), condition)
        if isinstance(condition, conditions.All):
            return all_of([self.truth(part, place) for part in condition.parts])
        if isinstance(condition, conditions.Any):
            return any_of([self.truth(part, place) for part in condition.parts])
        if isinstance(condition, Not):
            return negated(self.truth(condition.part, place))
        return self._counted_or_hours(condition)

    def _read_each(self, condition: Condition) -> Column[Truth]:
        """The condition, read from each episode."""
        if isinstance(condition, FactTest):
            name, test = condition.fact, condition.test
            if name == "child.age":
                return measures.age(self.seen, test)
            if name == "episode.missing_for":
                return self._missing_for(test)
            column = self.facts(name) if name.startswith("episode.") else self.fact(name, CHILD)
            return each_of([column], lambda track: self._passes(track, condition))
        if isinstance(condition, conditions.All):
            return all_each(map(self.truths, condition.parts))
        if isinstance(condition, conditions.Any):
            return any_each(map(self.truths, condition.parts))
        if isinstance(condition, Not):
            return each_of([self.truths(condition.part)], negated)
        return self._counted_or_hours(condition)

    def _passes(self, track: FactTrack, condition: FactTest) -> Track[Truth]:
        if track is UNKNOWN and not isinstance(condition.test, Known):
            return UNKNOWN
        return values.passes(track, condition.test, self.protocol.words.facts.get(condition.fact))

    def _counted_or_hours(self, condition: CountTest | HoursTest) -> Track[Truth]:
        if isinstance(condition, HoursTest):
            return measures.hours_track(self.seen, self.protocol.hours[condition.hours], condition, self._horizon)
        test = condition.test
        return mapped(self.tally(condition.counted).in_window, lambda count: values.in_range(count, test))

    def _missing_for(self, test: conditions.Test) -> Column[Truth]:
        return column_of([measures.missing_for(self.clock, e, test) for e in self.seen.episodes], NOTHING)

    # --- guards -------------------------------------------------------------------------------------------------------

    def guard(self, guard: Guard, place: Place) -> Track[Truth]:
        """Whether a rule may fire: its condition, no known exception, its kinds, in force and in scope."""
        key = self._key(self._same[id(guard)], place)
        if key is None:
            assert place.episode is not None
            return track_of(self.guards(guard), place.episode.index)
        if place.organisation:
            key = "organisation", key
        found = self._truth.get(key)
        if found is None:
            parts = [self.in_force(guard), self.at_opening(guard, place)]
            if guard.in_scope and not place.organisation:
                parts.append(self.truth(self.protocol.scope, place))
            found = self._truth[key] = all_of(parts)
        return found

    def guards(self, guard: Guard) -> Column[Truth]:
        """The same, read from each episode."""
        number = self._same[id(guard)]
        found = self._truths.get(number)
        if found is None:
            found = self._truths[number] = all_each(self._parts(guard))
        return found

    def _parts(self, guard: Guard) -> Iterator[Column[Truth]]:
        yield self.in_force(guard)
        if guard.in_scope:
            yield self.truths(self.protocol.scope)
        yield self._opening(guard)

    def but_hours(self, guard: Guard) -> tuple[Column[Truth], list[HoursTest]] | None:
        """Such a guard without the hours of an office that it asks for beside all else; None if it does not, or so.

        At a moment the hours are read off the clock, where their track through the whole history would be long.
        """
        number = self._same[id(guard)]
        if number not in self.plan.by_hours:
            return None
        parts = guard.when.parts if isinstance(guard.when, conditions.All) else (guard.when,)
        hours = [part for part in parts if isinstance(part, HoursTest)]
        rest = [part for part in parts if not isinstance(part, HoursTest)]
        others = [*rest, *(u.condition for u in guard.unless), *((self.protocol.scope,) if guard.in_scope else ())]
        if any(isinstance(leaf, HoursTest) for part in others for leaf in conditions.leaves(part)):
            return None
        found = self._openings.get(-number)
        if found is None:
            columns = [self.in_force(guard), *map(self.truths, rest), *self._around(guard)]
            if guard.in_scope:
                columns.append(self.truths(self.protocol.scope))
            found = self._openings[-number] = all_each(columns)
        return found, hours

    def inside(self, tests: Iterable[HoursTest], when: Instant) -> bool:
        """Whether an instant lies in the hours that are asked for."""
        return all(measures.hours_at(self.clock, self.protocol.hours[test.hours], test, when) for test in tests)

    def edges(self, tests: Iterable[HoursTest], start: Instant, end: Instant) -> Iterator[Instant]:
        """The openings and closings of those hours after `start`, up to `end`, in order."""
        return merge(*(measures.edges(self.clock, self.protocol.hours[test.hours], start, end) for test in tests))

    def excepted(self, guard: Guard, place: Place) -> Track[Truth]:
        """Whether an exception is known to hold."""
        number = self._same[id(guard)]
        if place.episode is None or self._key(number, place) is not None:
            return any_of([self.truth(exception.condition, place) for exception in guard.unless])
        found = self._exceptions.get(number)
        if found is None:
            found = self._exceptions[number] = any_each(self.truths(u.condition) for u in guard.unless)
        return track_of(found, place.episode.index)

    def at_opening(self, guard: Guard, place: Place) -> Track[Truth]:
        """The guard as each occurrence of a series reads it: in force and in scope are asked at the firing only."""
        if place.episode is not None and self._key(self._same[id(guard)], place) is None:
            return track_of(self._opening(guard), place.episode.index)
        parts = [self.truth(guard.when, place)]
        parts += [not_known_true(self.truth(u.condition, place)) for u in guard.unless]
        if guard.kinds and place.episode:
            parts.append(track_of(self.of_kind(guard.kinds), place.episode.index))
        return all_of(parts)

    def _opening(self, guard: Guard) -> Column[Truth]:
        number = self._same[id(guard)]
        found = self._openings.get(number)
        if found is None:
            found = self._openings[number] = all_each(chain((self.truths(guard.when),), self._around(guard)))
        return found

    def _around(self, guard: Guard) -> Iterator[Column[Truth]]:
        """What a guard asks beside its condition: its kinds, no known exception."""
        if guard.kinds:
            yield self.of_kind(guard.kinds)
        for exception in guard.unless:
            yield each_of([self.truths(exception.condition)], not_known_true)

    def in_force(self, guard: Guard) -> Track[Truth]:
        """The dates from which and until which the rule is in force."""
        start, end = guard.in_force
        if start is None and end is None:
            return YES
        return between(
            self.clock.midnight(start) if start else BEFORE_ALL, self.clock.midnight(end) if end else FOREVER
        )
