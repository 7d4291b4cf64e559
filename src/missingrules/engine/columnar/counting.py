"""Counting episodes by local date, in windows that end on the date of reading: engine/counts.py over columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Length
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, place_in_group, ranges, starts_of
from missingrules.engine.columnar.over import Over, key, tidied
from missingrules.engine.counts import NO_LIMIT
from missingrules.engine.values import number

if TYPE_CHECKING:
    from missingrules.domain.conditions import Counted, Range
    from missingrules.engine.columnar.arrays import I8, I64, Bools, Numbers
    from missingrules.engine.columnar.stood import Stood

_MONTHS = {"calendar month": 1, "calendar quarter": 3, "calendar year": 12}


def leaves_of(stood: Stood, counted: Counted, at: I64) -> I64:
    """From when the window of each date no longer holds what came then."""
    if counted.window is NOT_STATED:
        return np.full(len(at), FOREVER, np.int64)
    days = stood.days
    known = at < FOREVER
    found = np.full(len(at), FOREVER, np.int64)
    found[known] = days.midnight(_end(stood, counted, days.of(at[known])))
    return found


def whole_of(stood: Stood, counted: Counted) -> I64:
    """Of each child from when a window lies wholly in the history that was supplied; BEFORE_ALL: always."""
    since = stood.history_from
    found = np.full(len(since), BEFORE_ALL, np.int64)
    cut = since >= 0
    if counted.window is NOT_STATED:
        found[cut] = FOREVER
    elif cut.any():
        found[cut] = stood.days.midnight(_end(stood, counted, since[cut] - DAY.days))
    return found


def _end(stood: Stood, counted: Counted, days: I64) -> I64:
    window = counted.window
    if isinstance(window, Length):
        return stood.days.date_after(days, window)
    return stood.days.window_end(days, _MONTHS[window])


def both(one: Over, other: Over) -> Over:
    """Kleene's and."""
    of, time = np.concatenate((one.of, other.of)), np.concatenate((one.time, other.time))
    order = np.lexsort((time, of))
    of, time = of[order], time[order]
    value = np.minimum(one.at(of, time), other.at(of, time))
    return Over(np.minimum(one.first, other.first), *tidied(np.minimum(one.first, other.first), of, time, value))


@dataclass(frozen=True, eq=False)
class Tally:
    """The episodes that may be counted, in order of child, instant and id; and how many there are over time."""

    stood: Stood
    counts: Over
    rows: I64  # episodes
    at: I64
    leaves: I64
    whole: I64  # of each child

    @cached_property
    def over_time(self) -> tuple[I64, I64, I64, I64]:
        """Changes in order of child and instant: child, instant, and the least and the most from then on."""
        rows, at, leaves, counts = self.rows, self.at, self.leaves, self.counts
        if not len(counts.of):
            # Each comes and goes once.
            low, high = (counts.first[rows] == TRUE).astype(np.int64), (counts.first[rows] != FALSE).astype(np.int64)
            going = leaves < FOREVER
            child = self.stood.child[rows]
            return self._summed(
                np.concatenate((child, child[going])),
                np.concatenate((at, leaves[going])),
                np.concatenate((low, -low[going])),
                np.concatenate((high, -high[going])),
            )
        of, time, held = [rows], [at], [counts.at(rows, at)]
        # Where an episode comes to count, or no longer does, while its window holds it.
        comes, goes = self._of_episodes(at), self._of_episodes(leaves)
        inside = (counts.time > comes[counts.of]) & (counts.time < goes[counts.of])
        of.append(counts.of[inside])
        time.append(counts.time[inside])
        held.append(counts.value[inside])
        ending = leaves < FOREVER
        of.append(rows[ending])
        time.append(leaves[ending])
        held.append(np.zeros(int(ending.sum()), np.int8))
        episode, when, now = np.concatenate(of), np.concatenate(time), np.concatenate(held)
        order = np.lexsort((when, episode))
        episode, when, now = episode[order], when[order], now[order]
        before = np.concatenate((now[:1] * 0, now[:-1]))
        before[starts_of(episode)] = FALSE
        low = (now == TRUE).astype(np.int64) - (before == TRUE)
        high = (now != FALSE).astype(np.int64) - (before != FALSE)
        return self._summed(self.stood.child[episode], when, low, high)

    def _of_episodes(self, values: I64) -> I64:
        found = np.full(len(self.stood.child), FOREVER, np.int64)
        found[self.rows] = values
        return found

    def _summed(self, child: I64, when: I64, low: I64, high: I64) -> tuple[I64, I64, I64, I64]:
        """The sums so far of each child, one for all changes at one instant."""
        cut = np.flatnonzero((self.whole > BEFORE_ALL) & (self.whole < FOREVER))
        child, when = np.concatenate((child, cut)), np.concatenate((when, self.whole[cut]))
        low = np.concatenate((low, np.zeros(len(cut), np.int64)))
        high = np.concatenate((high, np.full(len(cut), -NO_LIMIT, np.int64)))
        if not len(child):
            return child, when, low, high
        keys = key(child, when)
        order = np.argsort(keys, kind="stable")
        child, when, low, high = child[order], when[order], low[order], high[order]
        begins = starts_of(keys[order])
        low, high = np.add.reduceat(low, begins), np.add.reduceat(high, begins)
        child, when = child[begins], when[begins]
        firsts = starts_of(child)
        sizes = np.diff(np.append(firsts, len(child)))
        low, high = np.cumsum(low), np.cumsum(high)
        low -= np.repeat(np.concatenate(([0], low))[firsts], sizes)
        high -= np.repeat(np.concatenate(([0], high))[firsts], sizes)
        return child, when, low, high + self._unknown[child]

    @cached_property
    def _unknown(self) -> I64:
        """How many more there may be of each child before the history begins."""
        return np.where(self.whole > BEFORE_ALL, NO_LIMIT, 0)

    def tested(self, test: Range) -> Over:
        """Of each child whether the count passes a test."""
        child, when, low, high = self.over_time
        first = _in_range(np.zeros(self.stood.children, np.int64), self._unknown, test)
        return Over(first, *tidied(first, child, when, _in_range(low, high, test)))

    @cached_property
    def numbered(self) -> tuple[I64, I64]:
        """Of each row the least and the greatest number that it may be in its own window."""
        child, places = self.stood.child[self.rows], np.arange(len(self.rows))
        leaving = key(child, self.leaves)
        if not len(self.counts.of) and (leaving[1:] >= leaving[:-1]).all():
            # What never turns is added up; those that left by then are all before those that did not.
            inside = np.minimum(np.searchsorted(leaving, key(child, self.at), "right"), places)
            held = self.counts.first.take(self.rows)
            sure, maybe = _sums(held == TRUE), _sums(held != FALSE)
            return 1 + sure[:-1] - sure.take(inside), 1 + maybe[:-1] - maybe.take(inside)
        place = place_in_group(child)
        mine = np.repeat(places, place)
        earlier = ranges(places - place, place)
        inside = self.leaves[earlier] > self.at[mine]
        mine, earlier = mine[inside], earlier[inside]
        held = self.counts.at(self.rows[earlier], self.at[mine])
        count = len(self.rows)
        low = 1 + np.bincount(mine[held == TRUE], minlength=count)
        high = 1 + np.bincount(mine[held != FALSE], minlength=count)
        return low, high

    def falls(self, at_least: int, which: I64) -> I64:
        """Of some rows the first instant at which the count with itself falls below; FOREVER if it never does."""
        child, when, _, high = self.over_time
        rows, at, leaves = self.rows[which], self.at[which], self.leaves[which]
        own = self.stood.child[rows]
        found = np.full(len(rows), FOREVER, np.int64)
        # Every row that may be counted is a change of its child: there is one at its own instant.
        spot = np.searchsorted(self._changes, key(own, at), "right") - 1
        todo = np.arange(len(rows))
        if self.counts.constant == TRUE:
            marks = np.flatnonzero(high < at_least)
            place = np.searchsorted(marks, spot)
            hit = marks[np.minimum(place, len(marks) - 1)] if len(marks) else spot
            good = (place < len(marks)) & (child[hit] == own)
            found[good] = np.maximum(when[hit[good]], at[good])
            return found
        while len(todo):
            now = np.maximum(when[spot[todo]], at[todo])
            alone = (self.counts.at(rows[todo], now) == FALSE) & (now < leaves[todo])
            below = high[spot[todo]] + alone < at_least
            found[todo[below]] = now[below]
            todo = todo[~below]
            spot[todo] += 1
            todo = todo[spot[todo] < len(child)]
            todo = todo[child[spot[todo]] == own[todo]]
        return found

    @cached_property
    def _changes(self) -> I64:
        child, when, _, _ = self.over_time
        return key(child, when)


def _sums(flags: Bools) -> I64:
    """How many there are before each place, and before the end."""
    found: I64 = np.concatenate(([0], np.cumsum(flags)))
    return found


def tally(stood: Stood, counted: Counted, counts: Over) -> Tally:
    """What is counted, episode by episode; `counts` says which are of those that count."""
    at = stood.instants[counted.counted_by]
    rows = np.flatnonzero(at < FOREVER)
    if counted.counted_by != "started":
        ids = stood.histories.episodes.id
        names = np.array([ids[row] for row in stood.rows[rows]], object)
        ranks = np.argsort(np.argsort(names, kind="stable"), kind="stable")
        rows = rows[np.lexsort((ranks, at[rows], stood.child[rows]))]
    at = at[rows]
    leaves, whole = leaves_of(stood, counted, at), whole_of(stood, counted)
    return Tally(stood, counts, rows, at, leaves, whole)


def _in_range(low: Numbers, high: Numbers, test: Range) -> I8:
    floor = number(test.low) + (not test.low_inside) if test.low is not None else -NO_LIMIT
    ceiling = number(test.high) - (not test.high_inside) if test.high is not None else 2 * NO_LIMIT
    sure = (floor <= low) & (high <= ceiling)
    maybe = (low <= ceiling) & (floor <= high)
    return np.where(sure, TRUE, np.where(maybe, UNKNOWN, FALSE)).astype(np.int8)
