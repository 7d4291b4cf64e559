"""Counting episodes by local date, in windows that end on the date of reading: engine/counts.py over columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Length
from missingrules.engine.columnar import grid as grids
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, place_in_group, ranges, starts_of
from missingrules.engine.columnar.grid import CELL, Column
from missingrules.engine.counts import NO_LIMIT
from missingrules.engine.values import number

if TYPE_CHECKING:
    from missingrules.domain.conditions import Counted, Range
    from missingrules.engine.columnar.arrays import I8, I64, Numbers
    from missingrules.engine.columnar.world import World

_MONTHS = {"calendar month": 1, "calendar quarter": 3, "calendar year": 12}


def leaves_of(world: World, counted: Counted, at: I64) -> I64:
    """From when the window of each date no longer holds what came then."""
    if counted.window is NOT_STATED:
        return np.full(len(at), FOREVER, np.int64)
    days = world.stood.days
    known = at < FOREVER
    found = np.full(len(at), FOREVER, np.int64)
    found[known] = days.midnight(_end(world, counted, days.of(at[known])))
    return found


def whole_of(world: World, counted: Counted) -> I64:
    """Of each child from when a window lies wholly in the history that was supplied; BEFORE_ALL: always."""
    since = world.stood.history_from
    found = np.full(len(since), BEFORE_ALL, np.int64)
    cut = since >= 0
    if counted.window is NOT_STATED:
        found[cut] = FOREVER
    elif cut.any():
        found[cut] = world.stood.days.midnight(_end(world, counted, since[cut] - DAY.days))
    return found


def _end(world: World, counted: Counted, days: I64) -> I64:
    window = counted.window
    if isinstance(window, Length):
        return world.stood.days.date_after(days, window)
    return world.stood.days.window_end(days, _MONTHS[window])


@dataclass(frozen=True, eq=False)
class Tally:
    """The episodes that may be counted, in order of child, instant and id; and how many there are over time."""

    world: World
    counts: Column  # of each episode, whether it is of those that count
    rows: I64  # episodes
    at: I64
    leaves: I64
    whole: I64  # of each child

    @cached_property
    def over_time(self) -> tuple[I64, I64, I64, I64]:
        """Changes in order of child and instant: child, instant, and the least and the most from then on."""
        stood, grid = self.world.stood, self.world.episodes.grid
        rows, at, leaves = self.rows, self.at, self.leaves
        value = grids.at(self.counts, rows, grid.cell(rows, at))
        of, time, held = [rows], [at], [value]
        if self.counts.level == CELL:
            # Where an episode comes to count, or no longer does, while its window holds it.
            begin, end = grid.cell(rows, at) + 1, grid.begins[rows + 1]
            cells = ranges(begin, end - begin)
            whose = np.repeat(np.arange(len(rows)), end - begin)
            inside = grid.times[cells] < leaves[whose]
            of.append(rows[whose[inside]])
            time.append(grid.times[cells[inside]])
            held.append(self.counts.values[cells[inside]])
        ending = leaves < FOREVER
        of.append(rows[ending])
        time.append(leaves[ending])
        held.append(np.zeros(int(ending.sum()), np.int8))
        episode, when, now = np.concatenate(of), np.concatenate(time), np.concatenate(held)
        turn = np.repeat(np.arange(len(of)), [len(one) for one in of])
        order = np.lexsort((turn, when, episode))
        episode, when, now = episode[order], when[order], now[order]
        before = np.concatenate((now[:1] * 0, now[:-1]))
        before[starts_of(episode)] = FALSE
        low = (now == TRUE).astype(np.int64) - (before == TRUE)
        high = (now != FALSE).astype(np.int64) - (before != FALSE)
        child = stood.child[episode]
        cut = np.flatnonzero((self.whole > BEFORE_ALL) & (self.whole < FOREVER))
        child = np.concatenate((child, cut))
        when = np.concatenate((when, self.whole[cut]))
        low = np.concatenate((low, np.zeros(len(cut), np.int64)))
        high = np.concatenate((high, np.full(len(cut), -NO_LIMIT, np.int64)))
        order = np.lexsort((when, child))
        child, when, low, high = child[order], when[order], low[order], high[order]
        if not len(child):
            return child, when, low, high
        # One change for all at one instant.
        begins = starts_of(child * (1 << 35) + np.clip(when, -(1 << 33), 1 << 33))
        low, high = np.add.reduceat(low, begins), np.add.reduceat(high, begins)
        child, when = child[begins], when[begins]
        firsts = starts_of(child)
        sizes = np.diff(np.append(firsts, len(child)))
        base = np.where(self.whole > BEFORE_ALL, NO_LIMIT, 0)[child]
        low, high = np.cumsum(low), np.cumsum(high)
        low -= np.repeat(np.concatenate(([0], low))[firsts], sizes)
        high -= np.repeat(np.concatenate(([0], high))[firsts], sizes)
        return child, when, low, high + base

    def tested(self, test: Range) -> tuple[I8, I64, I64, I8]:
        """Whether the count passes a test: of each child at first, and later by child and instant."""
        child, when, low, high = self.over_time
        none = np.zeros(self.world.stood.children, np.int64)
        first = _in_range(none, np.where(self.whole > BEFORE_ALL, NO_LIMIT, 0), test)
        return first, child, when, _in_range(low, high, test)

    def numbered(self) -> tuple[I64, I64]:
        """Of each row the least and the greatest number that it may be in its own window."""
        stood, grid = self.world.stood, self.world.episodes.grid
        child = stood.child[self.rows]
        place = place_in_group(child)
        mine = np.repeat(np.arange(len(self.rows)), place)
        earlier = ranges(np.arange(len(self.rows)) - place, place)
        inside = self.leaves[earlier] > self.at[mine]
        mine, earlier = mine[inside], earlier[inside]
        held = grids.at(self.counts, self.rows[earlier], grid.cell(self.rows[earlier], self.at[mine]))
        count = len(self.rows)
        low = 1 + np.bincount(mine[held == TRUE], minlength=count)
        high = 1 + np.bincount(mine[held != FALSE], minlength=count)
        return low, high

    def falls(self, at_least: int) -> I64:
        """Of each row the first instant at which the count with itself falls below; FOREVER if it never does."""
        episodes = self.world.episodes
        grid, stood = episodes.grid, self.world.stood
        child, when, _, high = self.over_time
        first = np.where(self.whole > BEFORE_ALL, NO_LIMIT, 0)
        rows, of = stood.episodes_of_children(child)
        order = np.argsort(of, kind="stable")
        most = grids.filled(grid, first[stood.child], of[order], when[rows[order]], high[rows[order]])
        if not (self.counts.level == grids.ALL and self.counts.values == TRUE):
            everyone = len(stood.child)
            at, leaves = np.full(everyone, FOREVER, np.int64), np.full(everyone, FOREVER, np.int64)
            at[self.rows], leaves[self.rows] = self.at, self.leaves
            here = episodes.between(at, leaves)
            out = Column(self.counts.level, np.where(self.counts.values == FALSE, TRUE, FALSE).astype(np.int8))
            left = grids.all_of(grid, [out, here])
            if not (left.level == grids.ALL and left.values == FALSE):
                both = grids.spread(grid, most) + (grids.spread(grid, left) == TRUE)
                most = Column(CELL, both)
        below = Column(most.level, np.where(most.values < at_least, TRUE, FALSE).astype(np.int8))
        cells = grid.cell(self.rows, self.at)
        return grids.first(grid, below, (TRUE,), self.rows, cells, self.at, np.full(len(self.rows), FOREVER, np.int64))


def tally(world: World, counted: Counted) -> Tally:
    """What is counted, episode by episode."""
    stood = world.stood
    at = stood.instants[counted.counted_by]
    rows = np.flatnonzero(at < FOREVER)
    if counted.counted_by != "started":
        ids = stood.histories.episodes.id
        names = np.array([ids[row] for row in stood.rows[rows]], object)
        ranks = np.argsort(np.argsort(names, kind="stable"), kind="stable")
        rows = rows[np.lexsort((ranks, at[rows], stood.child[rows]))]
    at = at[rows]
    return Tally(
        world, world.episodes.counts(counted), rows, at, leaves_of(world, counted, at), whole_of(world, counted)
    )


def _in_range(low: Numbers, high: Numbers, test: Range) -> I8:
    floor = number(test.low) + (not test.low_inside) if test.low is not None else -NO_LIMIT
    ceiling = number(test.high) - (not test.high_inside) if test.high is not None else 2 * NO_LIMIT
    sure = (floor <= low) & (high <= ceiling)
    maybe = (low <= ceiling) & (floor <= high)
    return np.where(sure, TRUE, np.where(maybe, UNKNOWN, FALSE)).astype(np.int8)
