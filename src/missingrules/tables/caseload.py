"""Tables -> one child after the other. Their rows come in the same order of children, so that memory stays flat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import Rejection
from missingrules.domain.clock import Clock
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.tables.cases import NOT_USED, ChildRows, UnusableRows
from missingrules.tables.cells import is_empty, text_of
from missingrules.tables.commas import comma_table
from missingrules.tables.layout import MEETINGS, TABLES, Strange, head_of, wrong_length
from missingrules.tables.meetings import NO_CALENDAR, Calendar, calendar_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from missingrules.interface.words import CaseWords
    from missingrules.tables.commas import CommaTable
    from missingrules.tables.layout import Head, Row, Table
    from missingrules.tables.parquet import ParquetTable
    from missingrules.tables.workbooks import SheetTable

SORT: Final = "sort every table by child, in the same order"
WORKBOOKS: Final = (".xlsx", ".xlsm")
PARQUET: Final = ".parquet"


@dataclass(frozen=True, slots=True)
class Caseload:
    """The tables of one folder or workbook, looked through once: `order` has the place of each child, `astray` the row
    in which one came that should have come before. `calendar` are the organisation's meetings, which every child has;
    `rows` counts all rows, those of the meetings too."""

    tables: Mapping[str, Table]
    heads: Mapping[str, Head]
    columns: tuple[Rejection, ...]  # that nobody reads
    order: Mapping[str, int]
    astray: Mapping[str, tuple[str, int]]
    rows: int
    calendar: Calendar = NO_CALENDAR

    def __len__(self) -> int:
        """How many children there are."""
        return len(self.order)

    @property
    def shared_rows(self) -> int:
        """How many rows are used that are of no child."""
        return 0 if self.calendar.rejections else self.calendar.rows

    def children(self) -> Iterator[ChildRows | UnusableRows]:
        """Each child with its rows, and the rows that are nobody's or come in the wrong place."""
        if self.calendar.rejections:
            yield UnusableRows(self.calendar.rejections)
        streams = {kind: _Stream(table, self) for kind, table in self.tables.items()}
        for child in self.order:
            rows: dict[str, tuple[Row, ...]] = {}
            unusable: list[Rejection] = []
            for kind, stream in streams.items():
                rows[kind], lost = stream.of(child)
                unusable += lost
            if unusable:
                yield UnusableRows(tuple(unusable))
            found = {kind: of_kind for kind, of_kind in rows.items() if of_kind}
            of = ChildRows(child, found, self.heads, self.calendar.times)
            yield self.refused(of) or of
        rest = [lost for stream in streams.values() for lost in stream.rest()]
        if rest:
            yield UnusableRows(tuple(rest))

    def refused(self, of: ChildRows) -> UnusableRows | None:
        """All rows of a child one of which stands in the wrong place: what is missing might be anywhere. None where
        none does."""
        spot = self.astray.get(of.child)
        if spot is None:
            return None
        first = f"{self.heads[spot[0]].label}, row {spot[1]}"
        reason = f"not used, since another row of this child cannot be: {first}"
        return UnusableRows(
            tuple(
                self.misplaced(*each)
                if each == spot
                else Rejection(self.heads[each[0]].label, each[1], None, NOT_USED, reason)
                for each in of.spots()
            )
        )

    def misplaced(self, kind: str, number: int) -> Rejection:
        """Why a row cannot be used that comes too late."""
        reason = "this child comes again, or comes before another that is first elsewhere"
        return Rejection(self.heads[kind].label, number, "child", "child-again", reason, SORT)

    def wrong(self, kind: str, row: Row) -> Rejection | None:
        """Why a row is nobody's; None where it is a child's."""
        head = self.heads[kind]
        number, cells = row
        if long := wrong_length(head, number, cells):
            return long
        if is_empty(cells[head.child]):
            return Rejection(head.label, number, "child", "no-child", "no child is named here", "fill in the cell")
        if isinstance(cells[head.child], Strange):
            reason = "what stands here is no name of a child"
            return Rejection(head.label, number, "child", "no-child", reason, "write the child's number")
        if text_of(cells[head.child]) not in self.order:
            first = self.heads[_leader(self.tables)].label
            reason = f"no row of {first} is of this child"
            return Rejection(head.label, number, "child", "unknown-child", reason, "add the child there")
        return None

    def lost(self, kind: str, row: Row) -> Rejection:
        """Why a row cannot be used that no child comes with."""
        return self.wrong(kind, row) or self.misplaced(kind, row[0])


class _Stream:
    """The rows of one table, taken child by child."""

    def __init__(self, table: Table, caseload: Caseload) -> None:
        self.kind = table.kind
        self.caseload = caseload
        self.head = caseload.heads[table.kind]
        self._rows = table.rows()
        self._next = next(self._rows, None)

    def of(self, child: str) -> tuple[tuple[Row, ...], list[Rejection]]:
        """The rows of a child that come next; and those before them that cannot be used."""
        found: list[Row] = []
        lost: list[Rejection] = []
        place = self.caseload.order[child]
        while self._next is not None:
            row = self._next
            wrong = self.caseload.wrong(self.kind, row)
            if wrong is None:
                at = self.caseload.order[text_of(row[1][self.head.child])]
                if at > place:
                    break
                if at == place:
                    found.append(row)
                else:
                    wrong = self.caseload.misplaced(self.kind, row[0])
            if wrong is not None:
                lost.append(wrong)
            self._next = next(self._rows, None)
        return tuple(found), lost

    def rest(self) -> Iterator[Rejection]:
        """What is left when all children have come."""
        while self._next is not None:
            yield self.caseload.lost(self.kind, self._next)
            self._next = next(self._rows, None)


def caseload_of(tables: Sequence[Table], words: CaseWords, clock: Clock | None = None) -> Caseload:
    """The tables looked through once. In the zone of `clock` the meetings' times are read; left out: in England's.

    InvalidInput where a table cannot be read to its end, or lacks a column.
    """
    by_kind: dict[str, Table] = {kind: table for kind in TABLES for table in tables if table.kind == kind}
    problems: list[Diagnostic] = []
    for table in tables:
        if by_kind[table.kind] is not table:
            message = f"{table.label} and {by_kind[table.kind].label} are both a table of {table.kind}"
            problems.append(Diagnostic("table-twice", message, hint="give one of the two"))
    if "episodes" not in by_kind:
        names = ", ".join(sorted(table.label for table in tables))
        message = f"there are no episodes beside {names}" if names else "there is no table of episodes"
        problems.append(Diagnostic("table-missing", message, hint="add a table named episodes"))
    heads: dict[str, Head] = {}
    unknown: list[Rejection] = []
    for kind, table in by_kind.items():
        try:
            heads[kind], unread = head_of(table, words)
        except InvalidInput as error:
            problems += error.diagnostics
        else:
            unknown += unread
    if problems:
        raise InvalidInput(problems)
    meetings = by_kind.pop(MEETINGS, None)
    found = looked_through(by_kind, heads, tuple(unknown))
    if meetings is None:
        return found
    calendar = calendar_of(meetings, heads[MEETINGS], words, clock or Clock())
    return replace(found, calendar=calendar, rows=found.rows + calendar.rows)


def looked_through(
    tables: Mapping[str, Table], heads: Mapping[str, Head], unknown: tuple[Rejection, ...] = ()
) -> Caseload:
    """Tables of children whose heads are known already: the order of the children, and who comes where none should."""
    order: dict[str, int] = {}
    astray: dict[str, tuple[str, int]] = {}
    rows = 0
    leader = _leader(tables)
    for kind in (leader, *(kind for kind in tables if kind != leader)):
        last, width, at = -1, len(heads[kind].columns), heads[kind].child
        for number, cells in tables[kind].rows():
            rows += 1
            if len(cells) != width or is_empty(cells[at]) or isinstance(cells[at], Strange):
                continue
            child = text_of(cells[at])
            place = order.setdefault(child, len(order)) if kind == leader else order.get(child)
            if place is None:
                continue
            again = place < last or (place == last and kind == "children")
            if again:
                astray.setdefault(child, (kind, number))
            last = max(last, place)
    return Caseload(tables, heads, unknown, order, astray, rows)


def _leader(tables: Mapping[str, Table]) -> str:
    """The table whose order of children the others follow."""
    return next(kind for kind in TABLES if kind in tables)


def tables_in(paths: Iterable[Path]) -> list[list[Table]]:
    """The tables at these paths: those of a folder together, those of a workbook together.

    InvalidInput for a CSV or Parquet file of another name, or a workbook without a sheet of one of the names.
    """
    found: dict[Path, list[CommaTable | SheetTable | ParquetTable]] = {}
    problems: list[Diagnostic] = []
    for path in paths:
        try:
            if path.suffix.lower() in WORKBOOKS:
                from missingrules.tables.workbooks import sheet_tables

                sheets = sheet_tables(path)
                if not sheets:
                    message = f"{path} has no sheet that is a table of a caseload"
                    raise InvalidInput([Diagnostic("table-missing", message, hint=f"name them {', '.join(TABLES)}")])
                found[path] = [*sheets]
            elif path.stem.casefold() not in TABLES:
                message = f"{path} has not the name of a table"
                ending = path.suffix.lower()
                hint = did_you_mean(path.stem, TABLES) or f"the tables are {', '.join(f'{n}{ending}' for n in TABLES)}"
                raise InvalidInput([Diagnostic("table-unknown", message, hint=hint)])
            elif path.suffix.lower() == PARQUET:
                from missingrules.tables.parquet import parquet_table

                found.setdefault(path.parent, []).append(parquet_table(path))
            else:
                found.setdefault(path.parent, []).append(comma_table(path))
        except InvalidInput as error:
            problems += error.diagnostics
    if problems:
        raise InvalidInput(problems)
    # Two folders may each have an episodes.csv: messages say which.
    alone = len(found) == 1
    return [[replace(table, alone=alone) for table in together] for together in found.values()]
