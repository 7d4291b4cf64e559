"""Step functions of many rows at once: each row's instants at which anything may change, and values on them.

A column of values has one of three levels: one value for all rows, one for each row, or one for each instant of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.engine.columnar.arrays import FALSE, I64, TRUE, UNKNOWN, ranges, sorted_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from missingrules.engine.columnar.arrays import I8, Bools, Numbers

ALL, ROW, CELL = 0, 1, 2


class Column(NamedTuple):
    """Values of one level."""

    level: int
    values: Numbers


def same(value: int, kind: Any = np.int8) -> Column:
    """One value for all."""
    return Column(ALL, np.array(value, kind))


NO: Final = same(FALSE)
MAYBE: Final = same(UNKNOWN)
YES: Final = same(TRUE)


@dataclass(frozen=True, eq=False)
class Grid:
    """The instants of each row, in order; the first of each is before all others and stands for before all."""

    begins: I64  # where each row's cells begin, and where the last ends
    times: I64
    origin: int
    width: int

    @cached_property
    def counts(self) -> I64:
        return np.diff(self.begins)

    @cached_property
    def _keys(self) -> I64:
        return np.repeat(np.arange(len(self)) * self.width, self.counts) + (self.times - self.origin)

    def __len__(self) -> int:
        return len(self.begins) - 1

    def cell(self, rows: I64, at: I64) -> I64:
        """The cell of each row that holds an instant."""
        wanted = rows * self.width + np.clip(at - self.origin, 0, self.width - 1)
        found: I64 = np.searchsorted(self._keys, wanted, "right") - 1
        return found

    def taken(self, rows: I64) -> tuple[Grid, I64]:
        """The grid of some rows, which may repeat, and the cells of this one that its cells are."""
        counts = self.counts[rows]
        cells = ranges(self.begins[:-1][rows], counts)
        return Grid(np.concatenate(([0], np.cumsum(counts))), self.times[cells], self.origin, self.width), cells


def grid_of(rows: int, parts: Iterable[tuple[I64, I64]], last: int) -> Grid:
    """The grid of so many rows from instants of rows; those after `last` are left out."""
    kept = [(of[at <= last], at[at <= last]) for of, at in parts]
    low = min((int(at.min()) for _, at in kept if len(at)), default=0)
    high = max((int(at.max()) for _, at in kept if len(at)), default=0)
    origin = low - 1
    width = max(high, last, low) - origin + 2
    keys = np.concatenate([np.arange(rows) * width, *(of * width + (at - origin) for of, at in kept)])
    keys = sorted_once(keys)
    row = keys // width
    begins = np.searchsorted(row, np.arange(rows + 1))
    return Grid(begins.astype(np.int64), keys - row * width + origin, origin, width)


def at(column: Column, rows: I64, cells: I64) -> Numbers:
    """The values of some rows in some of their cells."""
    if column.level == ALL:
        return np.broadcast_to(column.values, len(rows))
    return column.values[rows if column.level == ROW else cells]


def spread(grid: Grid, column: Column) -> Numbers:
    """The values on every cell."""
    if column.level == CELL:
        return column.values
    if column.level == ROW:
        return np.repeat(column.values, grid.counts)
    return np.full(len(grid.times), column.values)


def all_of(grid: Grid, columns: Iterable[Column]) -> Column:
    """Kleene's and."""
    return _joined(grid, columns, np.minimum, TRUE, FALSE)


def any_of(grid: Grid, columns: Iterable[Column]) -> Column:
    """Kleene's or."""
    return _joined(grid, columns, np.maximum, FALSE, TRUE)


def _joined(grid: Grid, columns: Iterable[Column], join: Callable[..., I8], idle: int, decides: int) -> Column:
    by_level: list[list[Numbers]] = [[], [], []]
    for level, values in columns:
        if level == ALL and values == decides:
            return same(decides)
        if not (level == ALL and values == idle):
            by_level[level].append(values)
    found: Column | None = None
    for level, values_of in enumerate(by_level):
        for values in values_of:
            if found is None:
                found = Column(level, values)
            elif found.level < level == CELL and found.level == ROW:
                found = Column(level, join(spread(grid, found), values))
            else:
                found = Column(level, join(found.values, values))
        if found is not None and found.level == level == ROW and len(found.values):
            # Rows that are decided alike need no cells.
            first = found.values[0]
            if first == decides and (found.values == first).all():
                return same(decides)
    return same(idle) if found is None else found


def negated(column: Column) -> Column:
    return Column(column.level, (2 - column.values).astype(np.int8))


def looked_up(column: Column, table: Numbers) -> Column:
    """What a table says of each value; unknown, -1, is its last entry."""
    return Column(column.level, table[column.values])


def first(grid: Grid, column: Column, wanted: Sequence[int], rows: I64, cells: I64, start: I64, end: I64) -> I64:
    """The first instant from `start` (in `cells`) to `end`, both inside, whose value is wanted; FOREVER if none is."""
    table = np.zeros(3, np.bool_)
    table[list(wanted)] = True
    now: Bools = table[at(column, rows, cells)]
    found = np.where(now & (start <= end), start, FOREVER)
    if column.level == CELL:
        todo = np.flatnonzero(~now)
        if len(todo):
            marks = np.flatnonzero(table[column.values])
            spots = np.searchsorted(marks, cells[todo] + 1)
            inside = spots < len(marks)
            todo, spots = todo[inside], spots[inside]
            hit = marks[spots]
            when = grid.times[hit]
            good = (hit < grid.begins[rows[todo] + 1]) & (when <= end[todo])
            found[todo[good]] = when[good]
    return found


def since(grid: Grid, column: Column, rows: I64, cells: I64) -> I64:
    """The instant from which the value in a cell has held without a break; long ago where it always has."""
    if column.level != CELL:
        return np.full(len(rows), BEFORE_ALL)
    turns = np.ones(len(column.values), np.bool_)
    turns[1:] = column.values[1:] != column.values[:-1]
    turns[grid.begins[:-1]] = True
    marks = np.flatnonzero(turns)
    begun = marks[np.searchsorted(marks, cells, "right") - 1]
    return np.where(begun == grid.begins[rows], BEFORE_ALL, grid.times[begun])


def filled(grid: Grid, values: Numbers, rows: I64, times: I64, later: Numbers) -> Column:
    """Values by row, and later ones from instants of the grid on, in order of row and instant."""
    if not len(rows):
        return Column(ROW, values)
    inside = times <= grid.origin + grid.width - 2
    rows, times, later = rows[inside], times[inside], later[inside]
    if not len(rows):
        return Column(ROW, values)
    spots = np.concatenate((grid.begins[:-1], grid.cell(rows, times)))
    every = np.concatenate((values, later))
    order = np.argsort(spots, kind="stable")
    spots, every = spots[order], every[order]
    return Column(CELL, np.repeat(every, np.diff(np.append(spots, len(grid.times)))))
