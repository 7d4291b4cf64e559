"""Whose rows are whose in a whole caseload: what `tables.caseload` finds row by row, from one column of each table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.quick.streams import EMPTY, blank, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.engine.columnar.arrays import I64
    from missingrules.quick.streams import Stream

# In the place of the number of a child: the leading table has no such name.
UNKNOWN: Final = -2


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of one table. Those of the child at a place stand from `starts[place]` to before the next, and among
    them those that are read with it though they are not used: `lost` are to be told, in `blank` nothing stands."""

    starts: I64
    lost: I64
    blank: I64


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """All children by name in their order, the rows of each table, and of each child that comes again, or too late, the
    table and the place of the row in which it does. `misplaced`: such children's places by the rows, table by table."""

    names: tuple[str, ...]
    rows: Mapping[str, Rows]
    astray: Mapping[str, tuple[str, int]]
    misplaced: Mapping[str, Mapping[int, str]]


def places_of(streams: Mapping[str, Stream], columns: Mapping[str, int]) -> Places:
    """The children of the first table, whose order the others follow; `columns`: which column names them.

    pyarrow.ArrowException or OSError where a table cannot be read.
    """
    order: dict[str, int] = {}
    leader = next(iter(streams))
    told = {kind: _told(streams[kind], columns[kind], order, leads=kind == leader) for kind in streams}
    names = tuple(order)
    rows: dict[str, Rows] = {}
    astray: dict[str, tuple[str, int]] = {}
    misplaced: dict[str, dict[int, str]] = {}
    for kind, place in told.items():
        latest = np.maximum.accumulate(np.where(place < 0, -1, place)) if len(place) else place
        before = np.concatenate((np.array([-1]), latest[:-1])) if len(place) else place
        wrong = (place >= 0) & (place < before)
        again = wrong | ((place >= 0) & (place == before)) if kind == "children" else wrong
        for row in np.flatnonzero(again).tolist():
            astray.setdefault(names[place[row]], (kind, row))
        misplaced[kind] = {row: names[place[row]] for row in np.flatnonzero(wrong).tolist()}
        nobody = np.flatnonzero(place == EMPTY)
        nothing = blank(streams[kind], nobody) if len(nobody) else nobody
        lost = np.setdiff1d(np.flatnonzero((place < 0) | wrong), nothing)
        # What comes before all children is told with the first.
        starts = np.searchsorted(np.maximum(latest, 0), np.arange(len(names) + 1))
        rows[kind] = Rows(starts, lost, nothing)
    return Places(names, rows, astray, misplaced)


def _told(stream: Stream, column: int, order: dict[str, int], *, leads: bool) -> I64:
    """The place of the child of each row, or EMPTY or UNKNOWN; who leads gives the places."""
    found = [np.zeros(0, np.int64)]
    for batch in stream.batches(column):
        codes, names = names_in(batch.column(0))
        if leads:
            places = [order.setdefault(name, len(order)) if name else EMPTY for name in names]
        else:
            places = [order.get(name, UNKNOWN) if name else EMPTY for name in names]
        found.append(np.array([*places, EMPTY], np.int64)[codes])
    return np.concatenate(found)
