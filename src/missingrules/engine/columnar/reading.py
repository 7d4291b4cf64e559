"""Facts, conditions and guards of many rows at once, as engine/facts.py reads them of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from missingrules.domain import conditions
from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Is, Known, Not, Range
from missingrules.domain.vocabulary import FactType
from missingrules.engine import values
from missingrules.engine.columnar import grid as grids
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN
from missingrules.engine.columnar.grid import ALL, CELL, ROW, YES, Column, all_of, any_of, negated, same
from missingrules.engine.tracks import constant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from missingrules.domain.conditions import Condition, Test
    from missingrules.domain.rules import Guard
    from missingrules.domain.vocabulary import FactWord
    from missingrules.engine.columnar.arrays import I8, I64, Numbers
    from missingrules.engine.columnar.grid import Grid
    from missingrules.engine.columnar.ground import Ground

MISSING: Final = ("missing",)
YES_NO: Final = ("true", "false")


class Coded(NamedTuple):
    """A fact as the numbers of its values, -1 where it is unknown."""

    column: Column
    values: tuple[Any, ...]


class Unspoken(Exception):
    """A shape that columns do not express, in words."""


def codes_of(truth: Column) -> Coded:
    """Truth as the value of a yes/no fact."""
    table = np.array([1, -1, 0], np.int32)
    return Coded(Column(truth.level, table[truth.values]), YES_NO)


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


class Reader:
    """What can be read of some rows; each answer is worked out once."""

    of_episodes = False  # whether its rows are episodes, or happenings of episodes

    def __init__(self, world: Ground, grid: Grid) -> None:
        self.world = world
        self.grid = grid
        self._truths: dict[int, Column] = {}
        self._guards: dict[tuple[int, str], Column] = {}
        self._kinds: dict[tuple[str, ...], Column] = {}

    # --- what each kind of reader knows ---------------------------------------------------------------------------

    def tested(self, test: FactTest) -> Column:
        """Whether a fact passes a test."""
        raise NotImplementedError

    def counted(self, test: CountTest) -> Column:
        """Whether a count passes a test."""
        raise NotImplementedError

    def kinds(self, kinds: tuple[str, ...]) -> Column:
        """Whether the episode is of one of these kinds."""
        raise NotImplementedError

    # --- conditions -----------------------------------------------------------------------------------------------

    def truth(self, condition: Condition) -> Column:
        """Whether the condition is known to hold."""
        number = self.world.number(condition)
        found = self._truths.get(number)
        if found is None:
            found = self._truths[number] = self._read(condition)
        return found

    def _read(self, condition: Condition) -> Column:
        match condition:
            case FactTest():
                return self.tested(condition)
            case CountTest():
                return self.counted(condition)
            case HoursTest():
                raise Unspoken("hours of an office in a condition that is read over time")
            case conditions.All(parts):
                return all_of(self.grid, map(self.truth, parts))
            case conditions.Any(parts):
                return any_of(self.grid, map(self.truth, parts))
            case Not(part):
                return negated(self.truth(part))

    def guard(self, guard: Guard, *, but_hours: bool = False) -> Column:
        """Whether a rule may fire; with `but_hours` apart from the hours of an office that it asks for."""
        key = self.world.number(guard), "but hours" if but_hours else "guard"
        found = self._guards.get(key)
        if found is None:
            parts = [self._in_force(guard)]
            if guard.in_scope:
                parts.append(self.truth(self.world.protocol.scope))
            if but_hours:
                asked = guard.when.parts if isinstance(guard.when, conditions.All) else (guard.when,)
                parts += [self.truth(part) for part in asked if not isinstance(part, HoursTest)]
                parts += self._around(guard)
            else:
                parts.append(self.opening(guard))
            found = self._guards[key] = all_of(self.grid, parts)
        return found

    def opening(self, guard: Guard) -> Column:
        """The guard as each occurrence of a series reads it."""
        key = self.world.number(guard), "opening"
        found = self._guards.get(key)
        if found is None:
            found = self._guards[key] = all_of(self.grid, [self.truth(guard.when), *self._around(guard)])
        return found

    def _around(self, guard: Guard) -> list[Column]:
        out = [self.kinds(guard.kinds)] if guard.kinds and self.of_episodes else []
        for exception in guard.unless:
            holds = self.truth(exception.condition)
            out.append(Column(holds.level, np.where(holds.values == TRUE, FALSE, TRUE).astype(np.int8)))
        return out

    def excepted(self, guard: Guard) -> Column:
        """Whether an exception is known to hold."""
        key = self.world.number(guard), "excepted"
        found = self._guards.get(key)
        if found is None:
            found = self._guards[key] = any_of(self.grid, [self.truth(u.condition) for u in guard.unless])
        return found

    def _in_force(self, guard: Guard) -> Column:
        start, end = guard.in_force
        if start is None and end is None:
            return YES
        return self.between(self._midnight(start, BEFORE_ALL), self._midnight(end, FOREVER))

    def _midnight(self, day: date | None, otherwise: int) -> I64:
        when = otherwise if day is None else self.world.protocol.clock.midnight(day)
        return np.full(len(self.grid), when, np.int64)

    def between(self, start: I64, end: I64) -> Column:
        """True from `start` until `end`, the end outside, of each row."""
        last = self.grid.origin + self.grid.width - 2
        rows = np.flatnonzero(start < end)
        begins, ends = start[rows], end[rows]
        values_ = np.zeros(len(self.grid), np.int8)
        values_[rows[begins == BEFORE_ALL]] = TRUE
        up, down = rows[(begins != BEFORE_ALL) & (begins <= last)], rows[ends <= last]
        of = np.concatenate((up, down))
        times = np.concatenate((start[up], end[down]))
        later = np.repeat(np.array([TRUE, FALSE], np.int8), [len(up), len(down)])
        return grids.filled(self.grid, values_, of, times, later)


class OfHappenings(Reader):
    """The rows of another reader, each seen from an event or act that happened there."""

    def __init__(self, base: Reader, rows: I64, fields: Fields) -> None:
        grid, self._cells = base.grid.taken(rows)
        super().__init__(base.world, grid)
        self.base = base
        self.rows = rows
        self.of_episodes = base.of_episodes
        self._fields = fields

    def tested(self, test: FactTest) -> Column:
        prefix, _, name = test.fact.partition(".")
        if prefix not in ("event", "record"):
            return self._taken(self.base.truth(test))
        word = self.world.protocol.words.facts.get(test.fact)
        said = self._fields.said(name)
        if said is None:
            return same(int(table_of((), test.test, word)[-1]))
        return Column(ROW, table_of(said.values, test.test, word)[said.column.values])

    def counted(self, test: CountTest) -> Column:
        return self._taken(self.base.truth(test))

    def kinds(self, kinds: tuple[str, ...]) -> Column:
        return self._taken(self.base.kinds(kinds))

    def _taken(self, column: Column) -> Column:
        if column.level == ALL:
            return column
        return Column(column.level, column.values[self.rows if column.level == ROW else self._cells])


class Fields:
    """What the event or record behind each row says, by the name of the field."""

    def said(self, name: str) -> Coded | None:
        """None where none of them says anything of it."""
        raise NotImplementedError


class Of(Reader):
    """The rows are episodes, or children."""

    def __init__(self, world: Ground, grid: Grid) -> None:
        super().__init__(world, grid)
        self._coded: dict[str, Coded] = {}
        self._tested: dict[tuple[str, Test], Column] = {}

    def age(self, test: Test) -> Column:
        born = self.world.stood.histories.born > 0
        turns = self._turns
        if isinstance(test, Known):
            return self._of_children(np.where(born, TRUE, FALSE).astype(np.int8))
        if isinstance(test, Is):
            parts = [self.between(turns(int(v)), turns(int(v) + 1)) for v in test.values]
        else:
            assert isinstance(test, Range)
            low = turns(values.number(test.low) + (not test.low_inside)) if test.low is not None else None
            high = turns(values.number(test.high) + test.high_inside) if test.high is not None else None
            rows = len(self.grid)
            parts = [
                self.between(
                    np.full(rows, BEFORE_ALL, np.int64) if low is None else low,
                    np.full(rows, FOREVER, np.int64) if high is None else high,
                )
            ]
        found = any_of(self.grid, parts)
        unknown = self._of_children(np.where(born, TRUE, FALSE).astype(np.int8))
        if unknown.values.all():
            return found
        if found.level == CELL:
            known = grids.spread(self.grid, unknown)
            return Column(CELL, np.where(known == TRUE, found.values, UNKNOWN).astype(np.int8))
        return Column(ROW, np.where(unknown.values == TRUE, found.values, UNKNOWN).astype(np.int8))

    def _turns(self, age: int) -> I64:
        if age <= 0:
            return np.full(len(self.grid), BEFORE_ALL, np.int64)
        return self._rows_of(self.world.born(age))

    def _rows_of(self, of_children: Numbers) -> Numbers:
        """A value of each child, for each row."""
        raise NotImplementedError

    def _of_children(self, of_children: I8) -> Column:
        return Column(ROW, self._rows_of(of_children))

    def coded(self, name: str) -> Coded:
        """A fact over time, with what is concluded of it."""
        found = self._coded.get(name)
        if found is None:
            found = self._coded[name] = self._made(name)
        return found

    def _made(self, name: str) -> Coded:
        raise NotImplementedError

    def concluded(self, name: str, recorded: Coded) -> Coded:
        """What is recorded, and what is concluded of it under the guards of the conclusions."""
        concluding = self.world.conclusions.get(name, ())
        if not concluding:
            return recorded
        return self.settled(name, recorded, [self.guard(one.guard) for one in concluding])

    def settled(self, name: str, recorded: Coded, guards: Sequence[Column]) -> Coded:
        """The same, where the guards hold as given."""
        concluding = self.world.conclusions[name]
        word = self.world.protocol.words.facts.get(name)
        scale = word.values if word and word.type is FactType.SCALE else ()
        level = max((recorded.column.level, *(guard.level for guard in guards)))
        given = self._on(level, recorded.column)
        holds = [self._on(level, guard) for guard in guards]
        if scale:
            return Coded(
                Column(level, _raised(given, recorded.values, scale, concluding, holds)), _possible(len(scale))
            )
        return _settled(level, given, recorded.values, concluding, holds)

    def _on(self, level: int, column: Column) -> Numbers:
        if column.level == level:
            return column.values
        if level == CELL:
            return grids.spread(self.grid, column)
        return np.broadcast_to(column.values, len(self.grid))


def _possible(levels: int) -> tuple[tuple[int, ...], ...]:
    """The levels that a number of bits stands for."""
    return tuple(tuple(i for i in range(levels) if bits >> i & 1) for bits in range(1 << levels))


def _raised(
    given: Numbers, recorded: tuple[Any, ...], scale: tuple[str, ...], concluding: Sequence[Any], holds: list[Numbers]
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
        perhaps = _at_least(start, np.maximum(certain, floor))
        found = np.where(hold == UNKNOWN, found | perhaps, found)
    return found


def _at_least(bits: Numbers, floor: Numbers) -> Numbers:
    """The levels with those below the floor raised to it."""
    below = (1 << floor) - 1
    return np.where(bits & below, (bits & ~below) | (1 << floor), bits)


def _settled(
    level: int, given: Numbers, recorded: tuple[Any, ...], concluding: Sequence[Any], holds: list[Numbers]
) -> Coded:
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
    return Coded(Column(level, number), tuple(every))
