"""The rows of an export -> one child after the other, in whatever order they come.

The rows are gone through twice. The first time each is counted with its child, so that the second time a child is whole
with its last row and goes out at once: of rows that come child by child only one child's are ever kept, of others those
of the children that have begun and not ended. What is kept has a limit, and so has every cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from missingrules.adapters.cases import ChildRows, Unusable
from missingrules.adapters.layout import CHILD, ENDED, Empty, same_name
from missingrules.domain.audit import Rejection
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.tables.cells import is_empty, text_of
from missingrules.tables.layout import Strange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.adapters.cases import Kept
    from missingrules.adapters.layout import Layout
    from missingrules.tables.layout import Cell, Row

MOST_ROWS: Final = 5_000_000
# Rows that wait for the others of their child.
MOST_WAITING: Final = 500_000
MOST_COLUMNS: Final = 1_000
# So many columns that nobody reads are named; of more it is said that there are more.
MOST_NAMED: Final = 20
# Longer than any text of a case; what stands there is wrong, whatever it is.
LONGEST: Final = 300
_LONGEST_NAME: Final = 60


class Source(Protocol):
    """The rows of an export, which can be gone through more than once."""

    @property
    def label(self) -> str:
        """What messages call it: the file, and what of it."""
        ...

    @property
    def head(self) -> tuple[str, ...]:
        """The names of its columns as they are written."""
        ...

    @property
    def head_row(self) -> int | None:
        """The number of the row that they stand in; None where they stand in none."""
        ...

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, with its number. InvalidInput where the file cannot be read on."""
        ...


@dataclass(frozen=True, slots=True)
class Intake:
    """An export looked through once: how many rows each child has, and what is to be told of it as a whole."""

    source: Source
    layout: Layout
    places: tuple[int, ...]  # of each column of the layout in a row; -1: it is not there
    counts: Mapping[str, int]
    rows: int
    columns: tuple[Rejection, ...]  # that nobody reads, and what the export as a whole does not say

    def __len__(self) -> int:
        """How many children there are."""
        return len(self.counts)

    def children(self) -> Iterator[ChildRows | Unusable]:
        """Each child with all its rows, and the rows that are nobody's."""
        waiting: dict[str, list[Kept]] = {}
        kept = 0
        for number, cells in self.source.rows():
            wrong = self._wrong(number, cells)
            if wrong is not None:
                yield Unusable((wrong,))
                continue
            child = self._child(cells)
            rows = waiting.setdefault(child, [])
            rows.append((number, tuple(_short(cells[at]) if at >= 0 else None for at in self.places)))
            kept += 1
            if len(rows) == self.counts.get(child):
                kept -= len(rows)
                yield ChildRows(child, tuple(waiting.pop(child)), self.source.label, self.layout)
            elif kept > MOST_WAITING:
                message = f"the rows of one child stand too far apart in {self.source.label}"
                hint = f"sort it by child: more than {MOST_WAITING:,} rows would have to be kept until then"
                raise InvalidInput([Diagnostic("rows-apart", message, hint=hint)])
        if waiting:
            message = f"{self.source.label} was changed while it was read"
            raise InvalidInput([Diagnostic("file-unreadable", message, hint="try it again")])

    def _child(self, cells: Sequence[Cell]) -> str:
        return text_of(_short(cells[self.places[0]]))

    def _wrong(self, number: int, cells: Sequence[Cell]) -> Rejection | None:
        """A row of which it cannot be said whose it is."""
        label, column = self.source.label, self.layout.columns[0].name
        if len(cells) != len(self.source.head):
            reason = f"this row has {len(cells)} cells, and the first row {len(self.source.head)}"
            hint = "see that text with the separator or a line break in it is quoted"
            return Rejection(label, number, None, "row-length", reason, hint)
        cell = cells[self.places[0]]
        if is_empty(cell):
            return Rejection(label, number, column, "no-child", "no child is named here", "fill in the cell")
        if isinstance(cell, Strange | date) or len(text_of(cell)) > LONGEST:
            reason = "what stands here is no name of a child"
            return Rejection(label, number, column, "no-child", reason, "write the child's number")
        return None


def _short(cell: Cell) -> Cell:
    """A cell as it is kept: the rest of one that is far too long says nothing."""
    return cell.strip()[: LONGEST + 1] if isinstance(cell, str) else cell


def intake(source: Source, layout: Layout) -> Intake:
    """The export looked through once. InvalidInput where it cannot be read to its end, or lacks a column."""
    # The child first, for who looks whose row it is.
    ordered = sorted(layout.columns, key=lambda column: column.target != CHILD)
    layout = replace(layout, columns=tuple(ordered))
    names = [same_name(written) for written in source.head]
    _refuse_head(source, layout, names)
    places = tuple(names.index(key) if (key := same_name(column.name)) in names else -1 for column in layout.columns)
    half = Intake(source, layout, places, {}, 0, ())
    counts: dict[str, int] = {}
    rows = 0
    open_ends = dict.fromkeys(range(len(places)), 0)
    ends = 0
    ended = next((places[at] for at, column in enumerate(layout.columns) if column.target == ENDED), -1)
    waits = [at for at, column in enumerate(layout.columns) if column.empty is Empty.NOT_YET and places[at] >= 0]
    for number, cells in source.rows():
        rows += 1
        if rows > MOST_ROWS:
            message = f"{source.label} has more than {MOST_ROWS:,} rows"
            raise InvalidInput([Diagnostic("too-many-rows", message, hint="split it, each child in one part")])
        if half._wrong(number, cells) is None:
            child = half._child(cells)
            counts[child] = counts.get(child, 0) + 1
            ends += ended >= 0 and not is_empty(cells[ended])
            for at in waits:
                open_ends[at] += is_empty(cells[places[at]])
    told = (*_unread(source, layout, names), *_of_whole(source, layout, open_ends, ends))
    return Intake(source, layout, places, counts, rows, told)


def _refuse_head(source: Source, layout: Layout, names: Sequence[str]) -> None:
    problems = []
    if len(names) > MOST_COLUMNS:
        message = f"{source.label} has {len(names):,} columns, and more than {MOST_COLUMNS:,} are not read"
        problems.append(Diagnostic("too-many-columns", message, hint="see that it is the file that was meant"))
    else:
        missing = [name for name in layout.wanted if same_name(name) not in names]
        if missing:
            message = f"{source.label} has no column {' and no column '.join(missing)}"
            short = [_shown(name) for name in names]
            known = [each for each in (did_you_mean(same_name(name), short) for name in missing) if each]
            hint = known[0] if len(missing) == 1 and known else f"its first row names the columns: {_listed(layout)}"
            problems.append(Diagnostic("column-missing", message, hint=hint))
        used = {same_name(column.name) for column in layout.columns}
        twice = sorted({name for name in names if name in used and names.count(name) > 1})
        if twice:
            message = f"{source.label} has two columns {' and two columns '.join(twice)}"
            problems.append(Diagnostic("column-twice", message, hint="leave one out"))
    if problems:
        raise InvalidInput(problems)


def _shown(written: str) -> str:
    """A column's name for a message: no sign that would move a terminal, and not all of one that is far too long."""
    return "".join(sign if sign.isprintable() else " " for sign in written.strip()[:_LONGEST_NAME])


def _listed(layout: Layout) -> str:
    return f"{layout.name} has {', '.join(layout.wanted)}"


def _unread(source: Source, layout: Layout, names: Sequence[str]) -> Iterator[Rejection]:
    """Columns of which nothing is used."""
    known = {same_name(column.name): column.name for column in layout.columns}
    unusable = {same_name(name): reason for name, reason in layout.unusable}
    left_out = {same_name(name) for name in layout.ignored}
    strange = []
    for written, name in zip(source.head, names, strict=True):
        if name in unusable:
            yield Rejection(source.label, source.head_row, _shown(written), "column-not-usable", unusable[name], None)
        elif name and name not in known and name not in left_out:
            strange.append(_shown(written))
    for written in strange[:MOST_NAMED]:
        reason = f"{layout.name} has no such column: it is left out, and the rows are used"
        near = did_you_mean(written, [name for key, name in known.items() if key not in names])
        yield Rejection(source.label, source.head_row, written, "unknown-column", reason, near)
    if len(strange) > MOST_NAMED:
        reason = f"{len(strange) - MOST_NAMED:,} more columns are left out"
        yield Rejection(source.label, source.head_row, None, "unknown-column", reason, None)


def _of_whole(source: Source, layout: Layout, open_ends: Mapping[int, int], ends: int) -> Iterator[Rejection]:
    """What the export does not say, however many rows it has."""
    if ends and not layout.found_is_return:
        name = next(column.name for column in layout.columns if column.target == ENDED)
        reason = "of a missing child this is when it was found: when it was back is not in the file, and is not known"
        hint = "--found-is-return takes the one for the other"
        yield Rejection(source.label, None, name, "found-not-back", reason, hint)
    for at, number in open_ends.items():
        if number:
            rows = "1 row has" if number == 1 else f"{number:,} rows have"
            name = layout.columns[at].name
            if layout.complete_to is None:
                reason = (
                    f"{rows} no end here, and when the export was made is not said: whether they ended is not known"
                )
                yield Rejection(source.label, None, name, "no-end", reason, "say when: --complete-to 2025-06-30")
            else:
                to = layout.complete_to.isoformat()
                reason = f"{rows} no end here: not over at the end of {to}, and asked about a later time not known"
                yield Rejection(source.label, None, name, "no-end", reason, None)
    if not layout.has_records:
        reason = "there are no acts in it: a duty that counts as not done may have been done, and is not recorded here"
        yield Rejection(source.label, None, None, "no-records", reason, "read what arises and when, and no rates")
