"""Values of many owners over time: what each has at first, and what it has from later instants on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.engine.columnar.arrays import ranges, starts_of

if TYPE_CHECKING:
    from missingrules.engine.columnar.arrays import I64, Bools, Numbers

_BIG: Final = 1 << 34


def key(row: I64, at: I64) -> I64:
    """One number that orders by row, then instant; what lies beyond centuries counts as their end."""
    found: I64 = np.minimum(at, (1 << 33) - 1)
    np.maximum(found, -(1 << 33), out=found)
    found += row * _BIG
    return found


@dataclass(frozen=True, eq=False)
class Times:
    """Instants of owners, in order of owner and instant."""

    owners: int
    of: I64
    time: I64

    @cached_property
    def keys(self) -> I64:
        return key(self.of, self.time)

    @cached_property
    def begins(self) -> I64:
        """Where those of each owner begin, and where the last ends."""
        found: I64 = np.searchsorted(self.of, np.arange(self.owners + 1))
        return found

    @cached_property
    def moves(self) -> Bools:
        """Of each owner whether it has any."""
        found: Bools = self.begins[1:] > self.begins[:-1]
        return found

    def between(self, of: I64, start: I64, end: I64) -> tuple[I64, I64]:
        """Those after `start` and not after `end` of some owners: the place in `of`, and the instant."""
        places = np.flatnonzero(self.moves.take(of))
        of = of.take(places)
        first = np.searchsorted(self.keys, key(of, start.take(places)), "right")
        counts = np.maximum(np.searchsorted(self.keys, key(of, end.take(places)), "right") - first, 0)
        return np.repeat(places, counts), self.time.take(ranges(first, counts))


class Moments(Times):
    """One instant of each owner at most."""

    at: I64

    def __init__(self, at: I64, last: int) -> None:
        """Those that are not after `last`."""
        of = np.flatnonzero(at <= last)
        super().__init__(len(at), of, at[of])
        object.__setattr__(self, "at", at)

    def between(self, of: I64, start: I64, end: I64) -> tuple[I64, I64]:
        at = self.at.take(of)
        places = np.flatnonzero((start < at) & (at <= end))
        return places, at.take(places)


def times_of(owners: int, of: I64, time: I64, last: int) -> Times:
    """Those that are not after `last`, each once."""
    kept = time <= last
    return Times(owners, *in_order(of[kept], time[kept]))


def in_order(of: I64, time: I64) -> tuple[I64, I64]:
    """Rows and their instants, in order of row and instant, each once."""
    keys = key(of, time)
    order = np.argsort(keys, kind="stable")
    order = order[starts_of(keys[order])]
    return of[order], time[order]


@dataclass(frozen=True, eq=False)
class Over:
    """Values over time: of each owner at first, and later ones in order of owner and instant."""

    first: Numbers
    of: I64
    time: I64
    value: Numbers

    @cached_property
    def times(self) -> Times:
        """Where they may turn."""
        return Times(len(self.first), self.of, self.time)

    @cached_property
    def constant(self) -> int | None:
        """The value that all have always; None where they differ."""
        if len(self.of) or not len(self.first):
            return None
        one = self.first[0]
        return int(one) if (self.first == one).all() else None

    def at(self, of: I64, when: I64) -> Numbers:
        """What some owners have, each at an instant."""
        found: Numbers = self.first.take(of)
        if not len(self.of):
            return found
        times = self.times
        todo = np.flatnonzero(times.moves.take(of))
        if len(todo):
            owner = of.take(todo)
            spots = np.searchsorted(times.keys, key(owner, when.take(todo)), "right") - 1
            own = spots >= times.begins.take(owner)
            found[todo[own]] = self.value.take(spots[own])
        return found

    def looked_up(self, table: Numbers) -> Over:
        """What a table says of each value, without turns that change nothing; -1 is its last entry."""
        first = table.take(self.first)
        return Over(first, *tidied(first, self.of, self.time, table.take(self.value)))


def tidied(first: Numbers, of: I64, time: I64, later: Numbers) -> tuple[I64, I64, Numbers]:
    """Later values without those that change nothing."""
    if not len(of):
        return of, time, later
    before = np.concatenate((later[:1], later[:-1]))
    begins = starts_of(of)
    before[begins] = first[of[begins]]
    turns = later != before
    return of[turns], time[turns], later[turns]


def lasting(first: Numbers) -> Over:
    """Values that do not turn."""
    none = np.zeros(0, np.int64)
    return Over(first, none, none, none.astype(first.dtype))
