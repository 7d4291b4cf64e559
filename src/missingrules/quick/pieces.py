"""Some children of a caseload with their rows, as Arrow: read as columns where they are plain, row by row where not.

A piece is sent to another process as bytes. As a collection it has what a `Caseload` gives of these children, one after
the other; of whom nothing is asked that is not in the columns, no row is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from missingrules.quick.columns import Unfit, table_of
from missingrules.quick.sheets import ArrowTable
from missingrules.quick.streams import cells_in, chosen, packed, rows_where, unpacked
from missingrules.quick.take import quickly
from missingrules.tables.caseload import Caseload
from missingrules.tables.cases import ChildRows, UnusableRows
from missingrules.tables.layout import Kind
from missingrules.tables.meetings import NO_CALENDAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.histories import Histories
    from missingrules.interface.words import CaseWords
    from missingrules.quick.places import Rows
    from missingrules.quick.streams import Table
    from missingrules.tables.layout import Head, Row


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The rows of one table: `first` is what the first is called, `rows` whose they are, `misplaced` those of a child
    that should have come before."""

    table: Table
    first: int
    rows: Rows
    misplaced: Mapping[int, str]

    @property
    def used(self) -> Bools:
        found = np.ones(len(self.table), np.bool_)
        found[self.rows.lost] = False
        found[self.rows.blank] = False
        return found

    @property
    def owner(self) -> I64:
        """The child with which each row is read."""
        starts = self.rows.starts
        return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


@dataclass(frozen=True, eq=False)
class Piece:
    """These children: `names`, in the order of the caseload. `astray`, as of a caseload, of these and of whom a row has
    come too late. `since`: the first has been told already what is lost before it; `until`: of the last nothing else is
    told here."""

    names: tuple[str, ...]
    parts: Mapping[str, Part]
    heads: Mapping[str, Head]
    astray: Mapping[str, tuple[str, int]]
    meetings: Mapping[str, tuple[str, ...]]
    since: bool = False
    until: bool = False

    def __len__(self) -> int:
        _, lost = self._counts
        told = len(self.names) + int(np.count_nonzero(lost))
        return told - self.since - self.until

    def __iter__(self) -> Iterator[PlainRows | AstrayRows | LostRows]:
        # None is kept here: a piece that can be reached from itself would stay in memory with its tables.
        for place, (name, rows, lost) in enumerate(zip(self.names, *map(np.ndarray.tolist, self._counts), strict=True)):
            if lost and not (self.since and place == 0):
                yield LostRows(self, place, lost)
            if not (self.until and place == len(self.names) - 1):
                yield (AstrayRows if name in self.astray else PlainRows)(self, place, rows)

    def __reduce__(self) -> tuple[Any, ...]:
        bare = {kind: replace(part, table=None) for kind, part in self.parts.items()}
        data = {kind: packed(part.table) for kind, part in self.parts.items()}
        return _opened, (self.names, bare, self.heads, self.astray, self.meetings, self.since, self.until, data)

    @cached_property
    def _counts(self) -> tuple[I64, I64]:
        """How many rows each child has, and how many are lost before it."""
        lost, rows = np.zeros((2, len(self.names)), np.int64)
        for part in self.parts.values():
            starts = part.rows.starts
            gone = np.diff(np.searchsorted(part.rows.lost, starts))
            lost += gone
            rows += np.diff(starts) - gone - np.diff(np.searchsorted(part.rows.blank, starts))
        return rows, lost

    def histories(
        self,
        children: Collection[PlainRows],
        words: CaseWords,
        clock: Clock,
        graded: Callable[[str], bool],
        as_of: Instant,
    ) -> Histories | None:
        """Those of these children whose rows are plain, by name; None where not even the columns are."""
        if not children:
            return None
        wanted = np.zeros(len(self.names), np.bool_)
        wanted[[one.place for one in children]] = True
        tables = {}
        try:
            for kind, part in self.parts.items():
                names = [
                    (place, column.name)
                    for place, column in enumerate(self.heads[kind].columns)
                    if column.kind is not Kind.IGNORED
                ]
                tables[kind] = table_of(chosen(rows_where(part.table, part.used & wanted[part.owner]), names))
        except Unfit:
            return None
        calendar = NO_CALENDAR._replace(times=self.meetings)
        return quickly(tables, words, clock, graded, as_of=as_of, calendar=calendar).histories

    # --- row by row -----------------------------------------------------------------------------------------------

    def child(self, place: int) -> ChildRows:
        """All that is of one child."""
        found = {}
        for kind, part in self.parts.items():
            rows = tuple(self._rows[kind][at] for at in self._of(part, place))
            if rows:
                found[kind] = rows
        return ChildRows(self.names[place], found, self.heads, self.meetings)

    def spots(self, place: int) -> Iterator[tuple[str, int]]:
        """The file and row of each."""
        for kind, part in self.parts.items():
            for at in self._of(part, place):
                yield self.heads[kind].label, part.first + at

    def lost(self, place: int) -> UnusableRows:
        """The rows that are lost before a child."""
        return UnusableRows(
            tuple(
                self._caseload.lost(kind, self._rows[kind][at])
                for kind, part in self.parts.items()
                for at in self._lost(part, place)
            )
        )

    def lost_spots(self, place: int) -> Iterator[tuple[str, int]]:
        """The file and row of each of them."""
        for kind, part in self.parts.items():
            for at in self._lost(part, place):
                yield self.heads[kind].label, part.first + at

    def refused(self, place: int) -> UnusableRows:
        """All rows of a child one of which stands in the wrong place."""
        found = self._caseload.refused(self.child(place))
        assert found is not None
        return found

    def _of(self, part: Part, place: int) -> list[int]:
        start, end = part.rows.starts[place : place + 2]
        found = np.arange(start, end)
        for others in (part.rows.lost, part.rows.blank):
            here = others[np.searchsorted(others, start) : np.searchsorted(others, end)]
            if len(here):
                found = np.setdiff1d(found, here)
        numbers: list[int] = found.tolist()
        return numbers

    def _lost(self, part: Part, place: int) -> list[int]:
        start, end = np.searchsorted(part.rows.lost, part.rows.starts[place : place + 2])
        numbers: list[int] = part.rows.lost[start:end].tolist()
        return numbers

    @cached_property
    def _rows(self) -> Mapping[str, list[Row]]:
        found = {}
        for kind, part in self.parts.items():
            cells = [row for batch in part.table.to_batches() for row in cells_in(batch)]
            found[kind] = list(enumerate(cells, start=part.first))
        return found

    @cached_property
    def _caseload(self) -> Caseload:
        """What says why rows cannot be used."""
        names = (*(name for part in self.parts.values() for name in part.misplaced.values()), *self.names)
        order = {name: place for place, name in enumerate(names)}
        tables = {kind: ArrowTable(kind, self.heads[kind].label, part.table) for kind, part in self.parts.items()}
        return Caseload(tables, self.heads, (), order, self.astray, 0)


def _opened(*given: Any) -> Piece:
    names, bare, heads, astray, meetings, since, until, data = given
    parts = {kind: replace(part, table=unpacked(data[kind])) for kind, part in bare.items()}
    return Piece(names, parts, heads, astray, meetings, since, until)


@dataclass(frozen=True, slots=True, eq=False)
class _OfChild:
    """All rows of one child."""

    piece: Piece
    place: int
    rows: int

    def places(self) -> Iterator[tuple[str, int | None]]:
        """The file and row of each."""
        return self.piece.spots(self.place)


class PlainRows(_OfChild):
    """Those of which nothing is wrong that is known before they are read."""

    __slots__ = ()

    @property
    def child(self) -> str:
        return self.piece.names[self.place]

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        """The case; `Rejected` with at least one rejection for each row."""
        return self.piece.child(self.place).case(protocols, words, as_of)


class AstrayRows(_OfChild):
    """Those of a child one of which stands in the wrong place."""

    __slots__ = ()

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        """`Rejected`, with a rejection for each row."""
        return self.piece.refused(self.place).case(protocols, words, as_of)


@dataclass(frozen=True, slots=True, eq=False)
class LostRows:
    """Rows before a child that are nobody's, or come too late."""

    piece: Piece
    place: int
    rows: int

    def places(self) -> Iterator[tuple[str, int | None]]:
        """The file and row of each."""
        return self.piece.lost_spots(self.place)

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        """`Rejected`, with a rejection for each row."""
        return self.piece.lost(self.place).case(protocols, words, as_of)
