"""What to ask: the facts that leave conditions open, of many rows at once: that half of engine/evidence.py over
columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain import conditions
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Not
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.rules import UntilInstant
from missingrules.domain.triggers import EpisodesReach, OnBirthday, OnEvent, OnInstant, OnRecord, triggers_of
from missingrules.engine.columnar.arrays import TRUE, UNKNOWN, ranges
from missingrules.engine.columnar.firing import hours_of, inside_hours
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.people import rows_at
from missingrules.engine.columnar.points import Unspoken, all_of
from missingrules.engine.columnar.reading import MISSING
from missingrules.engine.evidence import HISTORY

if TYPE_CHECKING:
    from missingrules.domain.citations import NotStated
    from missingrules.domain.conditions import Condition, Counted
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.people import PeopleRows
    from missingrules.domain.rules import Duty, Guard, Until
    from missingrules.engine.columnar.arrays import I64, Bools, Numbers
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.gather import Words
    from missingrules.engine.columnar.points import Points, Truth
    from missingrules.engine.columnar.reading import Reader
    from missingrules.engine.columnar.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Places at instants: rows of a reader, and the number by which whoever asks knows each."""

    reader: Reader
    rows: I64
    subjects: I64  # episodes or children
    points: Points
    number: I64

    @classmethod
    def of(cls, reader: Reader, rows: I64, subjects: I64, at: I64, number: I64) -> Spots:
        """Rows, each at an instant."""
        return cls(reader, rows, subjects, reader.at(rows, at), number)

    @classmethod
    def of_firings(cls, found: Firings, which: I64, at: I64) -> Spots:
        """Some firings, each at an instant, numbered as they stand there."""
        return cls.of(found.reader, found.rows[which], found.subjects[which], at, which)

    @property
    def at(self) -> I64:
        return self.points.at

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, which: Numbers) -> Spots:
        """Some of them."""
        points = self.points.taken(which)
        return Spots(self.reader, points.rows, self.subjects[which], points, self.number[which])

    def where(self, truth: Truth, value: int) -> Spots:
        """Those of which a truth is this."""
        if isinstance(truth, int):
            return self if truth == value else self.taken(np.zeros(0, np.int64))
        return self.taken(np.flatnonzero(truth == value))

    def but_true(self, condition: Condition) -> Spots:
        """Those of which a condition is not known to hold."""
        return self.taken(np.flatnonzero(self.points.each(self.points.truth(condition)) != TRUE))


class Asked(NamedTuple):
    """Facts that are asked for: by the number of a spot, the number of the fact, and the episode that it is of."""

    number: I64
    fact: I64
    episode: I64  # NONE: of none


class Unknown:
    """Gathers the facts that nobody gave and that leave something open. `facts` numbers their names."""

    def __init__(self, world: World, facts: Words) -> None:
        self.world = world
        self.facts = facts
        self._found: list[Asked] = []

    def gathered(self) -> Asked:
        """What was gathered since the last time."""
        found, self._found = self._found, []
        if not found:
            none = np.zeros(0, np.int64)
            return Asked(none, none, none)
        return Asked(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def ask(self, fact: str, number: I64, episode: I64 | None = None) -> None:
        """A fact of the child, or of these episodes."""
        if len(number):
            of = np.full(len(number), NONE) if episode is None else episode
            self._found.append(Asked(number, np.full(len(number), self.facts.number(fact)), of))

    # --- conditions ---------------------------------------------------------------------------------------------------

    def condition(self, spots: Spots, condition: Condition) -> None:
        """The unknown facts of every unknown part."""
        if not len(spots):
            return
        open_ = spots.where(spots.points.truth(condition), UNKNOWN)
        if not len(open_):
            return
        match condition:
            case conditions.All(parts) | conditions.Any(parts):
                for part in parts:
                    self.condition(open_, part)
            case Not(part):
                self.condition(open_, part)
            case CountTest(counted, _):
                self.count(open_, counted)
            case FactTest(fact, _):
                self.fact(open_, fact)

    def guard(self, spots: Spots, guard: Guard) -> None:
        """The unknown facts that keep a guard open; a known exception or a false condition leaves nothing to ask."""
        if not len(spots):
            return
        hours = hours_of(guard)
        if hours:
            parts = guard.when.parts if isinstance(guard.when, conditions.All) else (guard.when,)
            rest = [part for part in parts if not isinstance(part, HoursTest)]
            within, _ = inside_hours(self.world, hours, spots.at)
            open_ = spots.taken(np.flatnonzero(within))
            open_ = open_.where(all_of(map(open_.points.truth, rest)), UNKNOWN)
            for part in rest:
                self.condition(open_, part)
        else:
            self.condition(spots, guard.when)
        if guard.kinds and spots.reader.of_episodes:
            unkind = spots.where(spots.points.kinds(guard.kinds), UNKNOWN)
            self.ask("episode.kind", unkind.number, unkind.subjects)
        if guard.in_scope:
            self.condition(spots, self.world.protocol.scope)

    def count(self, spots: Spots, counted: Counted) -> None:
        """Episodes in the window of which it is open whether they count, and the history where it begins too late."""
        tally, stood = self.world.tally(counted), self.world.stood
        child = self._children(spots)
        self.ask(HISTORY, spots.number[tally.whole[child] > spots.at])
        own = stood.child[tally.rows]
        begins = np.searchsorted(own, child)
        sizes = np.searchsorted(own, child, "right") - begins
        whose, rows = np.repeat(np.arange(len(spots)), sizes), ranges(begins, sizes)
        at = spots.at[whose]
        held = (tally.at[rows] <= at) & (at < tally.leaves[rows])
        whose, episodes, at = whose[held], tally.rows[rows[held]], at[held]
        for fact, wanted in (("episode.kind", counted.kinds), ("episode.from", counted.missing_from)):
            if wanted:
                unknown = self._unknown(fact, episodes, at)
                self.ask(fact, spots.number[whose[unknown]], episodes[unknown])

    def fact(self, spots: Spots, name: str) -> None:
        """A fact, or what it is worked out from."""
        if name == "child.age":
            self.ask("child.date_of_birth", spots.number)
            return
        if name.startswith("episode."):
            # Where no episode was running there is nothing to ask.
            spots = spots if spots.reader.of_episodes else self._running(spots)
        elif not spots.reader.of_episodes:
            spots = Spots.of(self.world.children, spots.subjects, spots.subjects, spots.at, spots.number)
        if not len(spots):
            return
        if name == "episode.first_episode":
            self._before(spots, MISSING)
            unkind = np.flatnonzero(self._unknown("episode.kind", spots.subjects, spots.at))
            self.ask("episode.kind", spots.number[unkind], spots.subjects[unkind])
            return
        for conclusion in self.world.conclusions.get(name, ()):
            self.guard(spots.where(spots.points.guard(conclusion.guard), UNKNOWN), conclusion.guard)
        named = {"episode.risk.recorded": "episode.risk", "episode.missing": "episode.kind"}.get(name, name)
        self.ask(named, spots.number, spots.subjects if name.startswith("episode.") else None)

    def _running(self, spots: Spots) -> Spots:
        """The same of the episodes that were then running."""
        stood = self.world.stood
        begun = stood.begun_by(spots.subjects, spots.at)
        spots, begun = spots.taken(begun > 0), begun[begun > 0]
        episodes = stood.first[spots.subjects] + begun - 1
        still = spots.at < stood.returned[episodes]
        episodes, at = episodes[still], spots.at[still]
        return Spots.of(self.world.episodes, episodes, episodes, at, spots.number[still])

    def _before(self, spots: Spots, kinds: tuple[str, ...]) -> None:
        """Why episodes are not known to be the first: the history begins later, or an earlier one's kind is unknown."""
        stood, readers = self.world.stood, self.world.episodes
        spots = spots.taken(np.flatnonzero(readers.is_first(kinds)[spots.subjects] == UNKNOWN))
        child = stood.child[spots.subjects]
        self.ask(HISTORY, spots.number[stood.history_from[child] >= 0])
        begins = stood.first[child]
        sizes = spots.subjects - begins
        whose, earlier = np.repeat(np.arange(len(spots)), sizes), ranges(begins, sizes)
        unkind = np.flatnonzero(self._unknown("episode.kind", earlier, stood.started[earlier]))
        self.ask("episode.kind", spots.number[whose[unkind]], earlier[unkind])

    def _unknown(self, fact: str, episodes: I64, at: I64) -> Bools:
        """Of which episodes a fact is unknown at an instant of each."""
        found: Bools = self.world.episodes.at(episodes, at).coded(fact).each(len(episodes)) < 0
        return found

    def _children(self, spots: Spots) -> I64:
        return self.world.stood.child[spots.subjects] if spots.reader.of_episodes else spots.subjects

    # --- triggers, ends, deadlines, people ----------------------------------------------------------------------------

    def trigger(self, spots: Spots, duty: Duty, seen_from: Spots) -> None:
        """What leaves open whether the trigger itself came; `seen_from`: the same, from the event of each."""
        for trigger in triggers_of(duty.trigger):
            match trigger:
                case OnInstant("first_episode") if spots.reader.of_episodes:
                    self._before(spots, duty.guard.kinds)
                case EpisodesReach(_, counted):
                    self.count(spots, counted)
                case OnEvent(_, fields):
                    self.condition(seen_from, fields)

    def until(self, spots: Spots, part: Until) -> None:
        """What leaves open whether a duty has ended."""
        match part:
            case UntilInstant() | OnRecord():
                pass
            case OnBirthday():
                born = self.world.stood.histories.born[self._children(spots)] > 0
                self.ask("child.date_of_birth", spots.number[~born])
            case _:
                self.condition(spots, part)

    def deadline(self, spots: Spots, deadline: Deadline | NotStated, at_firing: Spots) -> None:
        """The rows up to the first that is true."""
        if not isinstance(deadline, DeadlineRows):
            return
        where = at_firing if deadline.at_firing else spots
        for row in deadline.rows:
            if isinstance(row.deadline, DeadlineRows):
                raise Unspoken("a deadline whose rows have rows")
            self.condition(where, row.condition)
            where = where.but_true(row.condition)

    def people(self, who: PeopleRows, found: Firings, at: I64) -> None:
        """What leaves several people possible, of all these firings; nothing where all rows possible name the same."""
        bits = rows_at(who, found, found.reader.at(found.rows, at))
        there = np.flatnonzero(np.bincount(bits)) if len(bits) else bits
        several = [one for one in there.tolist() if len({r.people for n, r in enumerate(who.rows) if one >> n & 1}) > 1]
        open_ = np.flatnonzero(np.isin(bits, several)) if several else np.zeros(0, np.int64)
        if not len(open_):
            return
        spots = Spots.of_firings(found, open_, found.fired[open_] if who.at_firing else at[open_])
        for row in who.rows:
            self.condition(spots, row.condition)
            spots = spots.but_true(row.condition)
