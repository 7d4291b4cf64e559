"""The tables of a caseload that are read alike in both ways, looked through as columns and cut into pieces of Arrow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.diagnostics import InvalidInput
from missingrules.quick.pieces import Part, Piece
from missingrules.quick.places import Rows, places_of
from missingrules.quick.streams import UNREADABLE, Cutter, stream_of
from missingrules.tables.layout import MEETINGS, TABLES, head_of
from missingrules.tables.meetings import NO_CALENDAR, calendar_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I64
    from missingrules.interface.words import CaseWords
    from missingrules.quick.places import Places
    from missingrules.quick.streams import Stream
    from missingrules.tables.layout import Head, Table
    from missingrules.tables.meetings import Calendar


@dataclass(frozen=True, eq=False)
class QuickCaseload:
    """As `tables.caseload.Caseload`, and it is cut into the same children, and the same lost rows between them."""

    streams: Mapping[str, Stream]
    heads: Mapping[str, Head]
    columns: tuple[Rejection, ...]  # that nobody reads
    places: Places
    calendar: Calendar

    def __len__(self) -> int:
        """How many children there are."""
        return len(self.places.names)

    @property
    def shared_rows(self) -> int:
        """How many rows are used that are of no child."""
        return self.calendar.rows

    @cached_property
    def _ends(self) -> I64:
        """How many have come with each child: it is one, and what is lost before it is another."""
        lost = np.zeros(len(self), np.bool_)
        for rows in self.places.rows.values():
            lost |= np.diff(np.searchsorted(rows.lost, rows.starts)) > 0
        return np.cumsum(1 + lost)

    def pieces(self, size: int, begun: int = 0) -> Iterator[Piece]:
        """So many at a time, from that place on. InvalidInput or OSError where a file is not as it was."""
        ends = self._ends
        cutters = {kind: Cutter(stream) for kind, stream in self.streams.items()}
        for start in range(begun, int(ends[-1]), size):
            end = min(start + size, int(ends[-1]))
            first = int(np.searchsorted(ends, start, side="right"))
            last = int(np.searchsorted(ends, end, side="left"))
            before = int(ends[first - 1]) if first else 0
            yield self._piece(cutters, first, last + 1, since=start > before, until=end < int(ends[last]))

    def _piece(self, cutters: Mapping[str, Cutter], first: int, stop: int, *, since: bool, until: bool) -> Piece:
        names = self.places.names[first:stop]
        parts = {}
        for kind, cutter in cutters.items():
            rows = self.places.rows[kind]
            starts = rows.starts[first : stop + 1]
            start, end = int(starts[0]), int(starts[-1])
            here = Rows(starts - start, *(_within(each, start, end) for each in (rows.lost, rows.blank)))
            late = {
                at: self.places.misplaced[kind][at + start]
                for at in here.lost.tolist()
                if at + start in self.places.misplaced[kind]
            }
            parts[kind] = Part(cutter.between(start, end), self.streams[kind].first + start, here, late)
        astray = {}
        for child in {*names, *(name for part in parts.values() for name in part.misplaced.values())}:
            if child in self.places.astray:
                kind, at = self.places.astray[child]
                astray[child] = (kind, self.streams[kind].first + at)
        return Piece(names, parts, self.heads, astray, self.calendar.times, since, until)


def _within(rows: I64, start: int, end: int) -> I64:
    """Those from one place to before another, counted from there."""
    return rows[np.searchsorted(rows, start) : np.searchsorted(rows, end)] - start


def quick_caseload(tables: Sequence[Table], words: CaseWords, clock: Clock) -> QuickCaseload | None:
    """The tables of one caseload looked through once; None where that is for `tables.caseload.caseload_of`: where one
    may be read otherwise there, or where there is something to say of them as a whole."""
    by_kind = {kind: table for kind in TABLES for table in tables if table.kind == kind}
    if len(by_kind) < len(tables) or "episodes" not in by_kind:
        return None
    heads: dict[str, Head] = {}
    unread: list[Rejection] = []
    try:
        for kind, table in by_kind.items():
            heads[kind], unknown = head_of(table, words)
            unread += unknown
        meetings = by_kind.pop(MEETINGS, None)
        calendar = NO_CALENDAR if meetings is None else calendar_of(meetings, heads[MEETINGS], words, clock)
        streams: dict[str, Stream] = {}
        for kind, table in by_kind.items():
            stream = stream_of(table, heads[kind].child)
            if stream is None:
                return None
            streams[kind] = stream
        places = places_of(streams, {kind: heads[kind].child for kind in streams})
    except (InvalidInput, *UNREADABLE):
        return None
    if calendar.rejections or not places.names:
        return None
    return QuickCaseload(streams, heads, tuple(unread), places, calendar)
