"""The rows of which rules read: what can be read of them at an instant, and at which instants it may turn."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from missingrules.domain import conditions
from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.conditions import CountTest, FactTest, Is, Known, Range, leaves
from missingrules.domain.vocabulary import FactType
from missingrules.engine import values
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, among
from missingrules.engine.columnar.over import Over, Times
from missingrules.engine.columnar.points import Coded, Points, Unspoken, any_of, known_true, looked_up
from missingrules.engine.tracks import constant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.conditions import Condition, Test
    from missingrules.domain.rules import Guard
    from missingrules.domain.vocabulary import FactWord
    from missingrules.engine.columnar.arrays import I8, I64, Numbers
    from missingrules.engine.columnar.ground import Ground
    from missingrules.engine.columnar.points import Truth

MISSING: Final = ("missing",)
YES_NO: Final = ("true", "false")
# Whose instants are meant: of a row's episode, of its child, or the same for all.
EPISODE, CHILD, ALL = "episode", "child", "all"


class Turns(NamedTuple):
    """Instants at which something may turn."""

    whose: str
    times: Times


def table_of(values_: Sequence[Any], test: Test, word: FactWord | None) -> I8:
    """Whether each value passes the test; last what is unknown. A level of a scale stands as all that are possible."""
    scale = word.values if word and word.type is FactType.SCALE else ()
    out = []
    for value in (*values_, None):
        if scale and not isinstance(value, tuple):
            value = tuple(range(len(scale))) if value is None else (scale.index(value),)
        found = values.passes(constant(value), test, word).values[0]
        out.append(UNKNOWN if found is None else TRUE if found else FALSE)
    return np.array(out, np.int8)


def one_of(coded: Coded, wanted: tuple[str, ...]) -> Truth:
    """Whether a value is one of these."""
    return looked_up(coded.codes, among(coded.values, wanted))


class Reader:
    """Some rows of which rules read."""

    of_episodes = False  # whether its rows are episodes, or happenings of episodes

    def __init__(self, world: Ground, size: int) -> None:
        self.world = world
        self.size = size
        self._turns: dict[Any, tuple[Turns, ...]] = {}

    def __len__(self) -> int:
        return self.size

    def at(self, rows: I64, when: I64) -> Points:
        """Some rows, each at an instant."""
        return Points(self, rows, when)

    def all_at(self, when: I64 | int) -> Points:
        """All rows, each at an instant, or all at one."""
        return self.at(np.arange(self.size), np.broadcast_to(np.asarray(when, np.int64), self.size))

    @cached_property
    def before(self) -> Points:
        """All rows before all."""
        return self.all_at(BEFORE_ALL)

    # --- what each kind of reader knows ---------------------------------------------------------------------------

    def tested(self, points: Points, test: FactTest) -> Truth:
        """Whether a fact passes a test."""
        raise NotImplementedError

    def counted(self, points: Points, test: CountTest) -> Truth:
        """Whether a count passes a test."""
        raise NotImplementedError

    def kinds(self, points: Points, kinds: tuple[str, ...]) -> Truth:
        """Whether the episode is of one of these kinds."""
        raise NotImplementedError

    def coded(self, points: Points, name: str) -> Coded:
        """A fact, with what is concluded of it."""
        raise NotImplementedError

    def owners(self, whose: str, rows: I64) -> I64:
        """Whose instants those of some rows are."""
        raise NotImplementedError

    def turns_of_leaf(self, leaf: Condition) -> Iterator[Turns]:
        """The instants at which a test may turn."""
        raise NotImplementedError

    def turns_of_kind(self) -> Iterator[Turns]:
        """Those at which the kind of the episode may turn."""
        raise NotImplementedError

    # --- where it may turn ----------------------------------------------------------------------------------------

    def turns(self, condition: Condition) -> tuple[Turns, ...]:
        """The instants at which a condition may turn."""
        name = self.world.number(condition)
        found = self._turns.get(name)
        if found is None:
            if isinstance(condition, (conditions.All, conditions.Any, conditions.Not)):
                parts = [one for leaf in leaves(condition) for one in self.turns(leaf)]
            else:
                parts = list(self.turns_of_leaf(condition))
            found = self._turns[name] = each_once(parts)
        return found

    def turns_of_guard(self, guard: Guard) -> tuple[Turns, ...]:
        """Those at which a guard may turn."""
        name = "guard", self.world.number(guard)
        found = self._turns.get(name)
        if found is None:
            found = self._turns[name] = each_once(self._of_guard(guard))
        return found

    def _of_guard(self, guard: Guard) -> Iterator[Turns]:
        dates = [self.world.protocol.clock.midnight(day) for day in guard.in_force if day]
        if dates:
            yield Turns(ALL, Times(1, np.zeros(len(dates), np.int64), np.array(sorted(dates), np.int64)))
        if guard.in_scope:
            yield from self.turns(self.world.protocol.scope)
        yield from self.turns(guard.when)
        if guard.kinds and self.of_episodes:
            yield from self.turns_of_kind()
        yield from self.turns_of_exceptions(guard)

    def turns_of_exceptions(self, guard: Guard) -> tuple[Turns, ...]:
        """Those at which an exception may come to hold."""
        return each_once(one for exception in guard.unless for one in self.turns(exception.condition))


def each_once(turns: Iterable[Turns]) -> tuple[Turns, ...]:
    """Those of which there are any, each once."""
    return tuple({id(one.times): one for one in turns if len(one.times.of)}.values())


class OfHappenings(Reader):
    """The rows of another reader, each seen from an event or act that happened there."""

    def __init__(self, base: Reader, rows: I64, fields: Fields) -> None:
        super().__init__(base.world, len(rows))
        self.base = base
        self.rows = rows
        self.of_episodes = base.of_episodes
        self._fields = fields

    def tested(self, points: Points, test: FactTest) -> Truth:
        prefix, _, name = test.fact.partition(".")
        if prefix not in ("event", "record"):
            return self.base_of(points).truth(test)
        word = self.world.protocol.words.facts.get(test.fact)
        said = self._fields.said(name)
        if said is None:
            return int(table_of((), test.test, word)[-1])
        assert not isinstance(said.codes, int)
        return table_of(said.values, test.test, word)[said.codes[points.rows]]

    def counted(self, points: Points, test: CountTest) -> Truth:
        return self.base_of(points).truth(test)

    def kinds(self, points: Points, kinds: tuple[str, ...]) -> Truth:
        return self.base_of(points).kinds(kinds)

    def base_of(self, points: Points) -> Points:
        """The same without what happened."""
        found: Points = points.once("base", lambda: self.base.at(self.rows[points.rows], points.when))
        return found

    def owners(self, whose: str, rows: I64) -> I64:
        return self.base.owners(whose, self.rows[rows])

    def turns_of_leaf(self, leaf: Condition) -> Iterator[Turns]:
        if not (isinstance(leaf, FactTest) and leaf.fact.startswith(("event.", "record."))):
            yield from self.base.turns(leaf)

    def turns_of_kind(self) -> Iterator[Turns]:
        yield from self.base.turns_of_kind()


class Fields:
    """What the event or record behind each row says, by the name of the field."""

    def said(self, name: str) -> Coded | None:
        """Of each row; None where none of them says anything of it."""
        raise NotImplementedError


class Of(Reader):
    """The rows are episodes, or children."""

    def children(self, points: Points) -> I64:
        """Of which child each is."""
        raise NotImplementedError

    def over(self, test: FactTest) -> Over:
        """Whether a fact of the child passes a test, over time, of each child."""
        raise NotImplementedError

    def tested_of_episode(self, points: Points, test: FactTest) -> Truth:
        """Whether a fact of the episode passes a test."""
        raise NotImplementedError

    def turns_of_episode(self, test: FactTest) -> Iterator[Turns]:
        """Where that may turn."""
        raise NotImplementedError

    # --- what is the same of both ---------------------------------------------------------------------------------

    def tested(self, points: Points, test: FactTest) -> Truth:
        if test.fact == "child.age":
            return self.age(points, test.test)
        if test.fact.startswith("episode."):
            return self.tested_of_episode(points, test)
        over = self.over(test)
        return over.constant if over.constant is not None else over.at(self.children(points), points.when)

    def counted(self, points: Points, test: CountTest) -> Truth:
        return self.world.counted(test).at(self.children(points), points.when)

    def turns_of_leaf(self, leaf: Condition) -> Iterator[Turns]:
        if isinstance(leaf, CountTest):
            yield Turns(CHILD, self.world.counted(leaf).times)
        elif isinstance(leaf, FactTest):
            if leaf.fact == "child.age":
                yield from self.turns_of_age(leaf.test)
            elif leaf.fact.startswith("episode."):
                yield from self.turns_of_episode(leaf)
            else:
                yield Turns(CHILD, self.over(leaf).times)

    # --- ages -----------------------------------------------------------------------------------------------------

    def age(self, points: Points, test: Test) -> Truth:
        """Whether the age passes a test."""
        if isinstance(test, Known):
            return known_true(self._born(points, TRUE))
        spans = [(int(v), int(v) + 1) for v in test.values] if isinstance(test, Is) else [_ages(test)]
        return self._born(points, any_of(self._of_age(points, low, high) for low, high in spans))

    def _of_age(self, points: Points, low: int | None, high: int | None) -> Truth:
        begins = BEFORE_ALL if low is None else self._turns_to(points, low)
        return points.between(begins, FOREVER if high is None else self._turns_to(points, high))

    def _turns_to(self, points: Points, age: int) -> I64 | int:
        """When the child of each turns so old."""
        if age <= 0:
            return BEFORE_ALL
        found: I64 = points.once(("age", age), lambda: self.world.born(age).take(self.children(points)))
        return found

    def _born(self, points: Points, truth: Truth) -> Truth:
        """A truth of children whose date of birth is known, and unknown of others."""
        known = self.world.known_birth
        if known is None:
            return truth
        return np.where(
            known.take(self.children(points)), np.int8(truth) if isinstance(truth, int) else truth, np.int8(UNKNOWN)
        )

    def turns_of_age(self, test: Test) -> Iterator[Turns]:
        ages = {age for v in test.values for age in (int(v), int(v) + 1)} if isinstance(test, Is) else set()
        if isinstance(test, Range):
            ages = {age for age in _ages(test) if age is not None}
        for age in ages:
            yield Turns(CHILD, self.world.birthdays(age))

    # --- conclusions ----------------------------------------------------------------------------------------------

    def given(self, points: Points, name: str) -> Coded:
        """A fact as the case gives it."""
        raise NotImplementedError

    def concluded(self, points: Points, name: str) -> Coded:
        """What is recorded, and what is concluded of it under the guards of the conclusions."""
        recorded, concluding = self.given(points, name), self.world.conclusions.get(name, ())
        if not concluding:
            return recorded
        return self.settled(points, name, recorded, [points.guard(one.guard) for one in concluding])

    def settled(self, points: Points, name: str, recorded: Coded, guards: Sequence[Truth]) -> Coded:
        """The same, where the guards hold as given."""
        concluding = self.world.conclusions[name]
        word = self.world.protocol.words.facts.get(name)
        scale = word.values if word and word.type is FactType.SCALE else ()
        given, size = recorded.codes, len(points)
        if isinstance(given, int) and not all(isinstance(guard, int) for guard in guards):
            given = np.full(size, given, np.int32)
        codes = np.atleast_1d(np.asarray(given))
        holds = [np.asarray(guard, np.int8) for guard in guards]
        if scale:
            every, found = _possible(len(scale)), _raised(codes, recorded.values, scale, concluding, holds)
        else:
            every, found = _settled(codes, recorded.values, concluding, holds)
        return Coded(int(found[0]) if isinstance(given, int) else found, every)

    def turns_of_concluded(self, name: str) -> Iterator[Turns]:
        """Where what is concluded of a fact may turn."""
        for one in self.world.conclusions.get(name, ()):
            yield from self.turns_of_guard(one.guard)


def _ages(test: Test) -> tuple[int | None, int | None]:
    """From which birthday on, and before which one, a range of ages holds."""
    assert isinstance(test, Range)
    low = values.number(test.low) + (not test.low_inside) if test.low is not None else None
    high = values.number(test.high) + test.high_inside if test.high is not None else None
    return low, high


def _possible(levels: int) -> tuple[tuple[int, ...], ...]:
    """The levels that a number of bits stands for."""
    return tuple(tuple(i for i in range(levels) if bits >> i & 1) for bits in range(1 << levels))


def _raised(
    given: Numbers,
    recorded: tuple[Any, ...],
    scale: tuple[str, ...],
    concluding: Sequence[Any],
    holds: list[Numbers],
) -> Numbers:
    """The levels that are possible, as bits: recorded, raised by every floor that holds, and by any that may hold."""
    every = (1 << len(scale)) - 1
    start = np.array([*(1 << scale.index(value) for value in recorded), every], np.int32)[given]
    floors = [scale.index(one.floor or one.value or scale[0]) for one in concluding]
    certain = np.zeros(start.shape, np.int32)
    for floor, hold in zip(floors, holds, strict=True):
        certain = np.maximum(certain, np.where(hold == TRUE, floor, 0))
    found = _at_least(start, certain)
    for floor, hold in zip(floors, holds, strict=True):
        if (hold == UNKNOWN).any():
            perhaps = _at_least(start, np.maximum(certain, floor))
            found = np.where(hold == UNKNOWN, found | perhaps, found)
    return found


def _at_least(bits: Numbers, floor: Numbers) -> Numbers:
    """The levels with those below the floor raised to it."""
    below = (1 << floor) - 1
    return np.where(bits & below, (bits & ~below) | (1 << floor), bits)


def _settled(
    given: Numbers, recorded: tuple[Any, ...], concluding: Sequence[Any], holds: list[Numbers]
) -> tuple[tuple[Any, ...], Numbers]:
    """The one value that is recorded or concluded; unknown where there is none, or several are possible."""
    every = list(recorded)
    for one in concluding:
        if one.value not in every:
            every.append(one.value)
    if len(every) > 60:
        raise Unspoken("a conclusion of a fact with many values")
    bits = np.array([*(1 << n for n in range(len(recorded))), 0], np.int64)
    certain, possible = bits[given], np.zeros(given.shape, np.int64)
    for one, hold in zip(concluding, holds, strict=True):
        bit = np.int64(1 << every.index(one.value))
        certain = np.where(hold == TRUE, certain | bit, certain)
        possible = np.where(hold == UNKNOWN, possible | bit, possible)
    one_alone = (certain != 0) & (certain & (certain - 1) == 0) & (possible & ~certain == 0)
    number = np.where(one_alone, np.log2(np.where(one_alone, certain, 1)).astype(np.int32), -1).astype(np.int32)
    return tuple(every), number
