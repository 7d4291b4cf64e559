"""When something that is read begins, ends or turns: it is read where it may turn, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.engine.columnar.arrays import TRUE, spread, starts_of
from missingrules.engine.columnar.over import Over, in_order, tidied
from missingrules.engine.columnar.points import all_of
from missingrules.engine.columnar.reading import each_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Guard
    from missingrules.engine.columnar.arrays import I8, I64, Bools, Numbers
    from missingrules.engine.columnar.points import Points, Truth
    from missingrules.engine.columnar.reading import Reader, Turns

    class What(Protocol):
        """Something that may be read of rows, and the instants at which it may turn."""

        def read(self, points: Points) -> Truth: ...
        def turns(self, reader: Reader) -> tuple[Turns, ...]: ...


class Holds(NamedTuple):
    """Whether a condition holds."""

    condition: Condition

    def read(self, points: Points) -> Truth:
        return points.truth(self.condition)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return reader.turns(self.condition)


class Lets(NamedTuple):
    """Whether a guard lets a rule fire, apart from the hours of an office or not."""

    guard: Guard
    but_hours: bool = False

    def read(self, points: Points) -> Truth:
        return points.guard(self.guard, but_hours=self.but_hours)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return reader.turns_of_guard(self.guard)


class Opens(NamedTuple):
    """Whether a guard lets an occurrence of a series open."""

    guard: Guard

    def read(self, points: Points) -> Truth:
        return points.opening(self.guard)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return reader.turns_of_guard(self.guard)


class Excepts(NamedTuple):
    """Whether an exception of a guard is known to hold."""

    guard: Guard

    def read(self, points: Points) -> Truth:
        return points.excepted(self.guard)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return reader.turns_of_exceptions(self.guard)


class Always(NamedTuple):
    """The same always."""

    truth: Truth

    def read(self, points: Points) -> Truth:
        return self.truth

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return ()


YES = Always(TRUE)


class Every(NamedTuple):
    """Whether several hold."""

    parts: tuple[What, ...]

    def read(self, points: Points) -> Truth:
        return all_of(part.read(points) for part in self.parts)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return each_once(one for part in self.parts for one in part.turns(reader))


class Later(NamedTuple):
    """The instants after a start at which something may turn, in order of row and instant."""

    which: I64  # the place among the rows that were asked about
    time: I64


def later(reader: Reader, turns: Sequence[Turns], rows: I64, start: I64, end: I64) -> Later:
    """Those after `start` and not after `end` of each of some rows; none after the horizon."""
    end = np.minimum(end, reader.world.horizon)
    found = [times.between(reader.owners(whose, rows), start, end) for whose, times in turns]
    found = [one for one in found if len(one[0])]
    if not found:
        none = np.zeros(0, np.int64)
        return Later(none, none)
    if len(found) == 1:
        return Later(*found[0])
    return Later(*in_order(*(np.concatenate([one[n] for one in found]) for n in (0, 1))))


def first(
    reader: Reader, what: What, wanted: Sequence[int], points: Points, end: I64, among: Bools | None = None
) -> I64:
    """The first instant from each point to `end`, both inside, at which the value is wanted; FOREVER if none is.
    `among`: of which points it is asked for; None: of all."""
    table = np.zeros(3, np.bool_)
    table[list(wanted)] = True
    start = points.at
    now: Bools = table.take(points.each(what.read(points)))
    inside = start <= end
    if among is not None:
        inside &= among
    now &= inside
    found = np.where(now, start, FOREVER)
    todo = np.flatnonzero(inside & ~now)
    if len(todo):
        ahead = later(reader, what.turns(reader), points.rows.take(todo), start.take(todo), end.take(todo))
        hit, when = _wanted(reader, what, table, points.rows.take(todo), ahead)
        found[todo[hit]] = when
    return found


def _wanted(reader: Reader, what: What, table: Bools, rows: I64, ahead: Later) -> tuple[I64, I64]:
    """The first of these instants of each row at which the value is wanted: the row's place, and the instant."""
    if not len(ahead.which):
        return ahead
    values = what.read(reader.at(rows.take(ahead.which), ahead.time))
    if isinstance(values, int):
        good = np.arange(len(ahead.which)) if table[values] else np.zeros(0, np.int64)
    else:
        good = np.flatnonzero(table.take(values))
    which = ahead.which.take(good)
    begins = starts_of(which)
    return which[begins], ahead.time.take(good)[begins]


def turned(reader: Reader, what: What, points: Points) -> I64:
    """The first instant after each point at which it says something else; FOREVER if it never does."""
    found = np.full(len(points), FOREVER, np.int64)
    ahead = later(reader, what.turns(reader), points.rows, points.at, found)
    if len(ahead.which):
        values = what.read(reader.at(points.rows.take(ahead.which), ahead.time))
        other = np.flatnonzero(points.each(what.read(points)).take(ahead.which) != values)
        begins = starts_of(ahead.which[other])
        found[ahead.which[other][begins]] = ahead.time[other][begins]
    return found


def since(reader: Reader, what: What, points: Points, which: I64) -> I64:
    """The instant from which the value of some points has held without a break; long ago where it always has."""
    rows, found = points.rows.take(which), np.full(len(which), BEFORE_ALL, np.int64)
    before = later(reader, what.turns(reader), rows, found, points.at.take(which))
    if not len(before.which):
        return found
    now = points.each(what.read(points)).take(which)
    some = before.which[starts_of(before.which)]
    early = reader.at(rows[some], found[some])
    # Of each row the value before all, and then at each turn.
    of = np.concatenate((some, before.which))
    time = np.concatenate((early.at, before.time))
    values = np.concatenate((early.each(what.read(early)), _each(reader, what, rows.take(before.which), before.time)))
    order = np.argsort(of, kind="stable")
    of, time, values = of[order], time[order], values[order]
    other = np.where(values != now.take(of), np.arange(len(of)), -1)
    last = np.maximum.reduceat(other, starts_of(of))
    held = last >= 0
    found[some[held]] = time[last[held] + 1]
    return found


def _each(reader: Reader, what: What, rows: I64, at: I64) -> I8:
    points = reader.at(rows, at)
    return points.each(what.read(points))


def over_of(reader: Reader, read: Callable[[Points], Numbers], turns: tuple[Turns, ...]) -> Over:
    """What is read of all rows, over time."""
    before = reader.before
    first_ = read(before)
    ahead = later(reader, turns, before.rows, before.at, spread(np.int64(FOREVER), len(before)))
    value = read(reader.at(ahead.which, ahead.time))
    return Over(first_, *tidied(first_, ahead.which, ahead.time, value))


def runs(reader: Reader, what: What) -> tuple[I64, I64, I64, Bools]:
    """The stretches in which something is true of any row: row, from when, the last second, and whether it is true
    before all."""
    over = over_of(reader, lambda points: points.each(what.read(points)), what.turns(reader))
    at_first = np.flatnonzero(over.first == TRUE)
    up = np.flatnonzero(over.value == TRUE)
    rows = np.concatenate((at_first, over.of[up]))
    start = np.concatenate((np.full(len(at_first), BEFORE_ALL, np.int64), over.time[up]))
    # It ends with the next turn of its row.
    spots = np.concatenate((over.times.begins[at_first], up + 1))
    inside = spots < over.times.begins[rows + 1]
    end = np.full(len(rows), FOREVER - 1, np.int64)
    end[inside] = over.time[spots[inside]] - 1
    order = np.argsort(rows, kind="stable")
    return rows[order], start[order], end[order], start[order] == BEFORE_ALL
