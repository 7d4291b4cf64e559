"""Arrow tables by the flat layout: each as a table like any other, and as columns with the child of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.quick.columns import BAD, Texts, empty_texts, rows_of, texts_of, through
from missingrules.quick.stamps import Stamps, no_stamps, stamps_of
from missingrules.tables.cells import is_empty
from missingrules.tables.layout import TABLES, Kind
from missingrules.tables.parquet import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.tables.layout import Head, Row

# A pyarrow.Table; pyarrow has no types of its own.
Table = Any
# So many rows are plain at one time.
_AT_ONCE: Final = 1 << 12
NOBODY: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class ArrowTable:
    """An Arrow table as those of `tables.layout`. `numbers` are what its rows are called in messages; left out: as a
    spreadsheet would count them under one row of names."""

    kind: str
    label: str
    table: Table
    numbers: I64 | None = None

    @property
    def head(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    @property
    def head_row(self) -> int:
        """In which row its names stand."""
        return 1

    def number(self, at: int) -> int:
        """What messages call the row at this place."""
        return at + 2 if self.numbers is None else int(self.numbers[at])

    def rows(self) -> Iterator[Row]:
        at = 0
        for batch in self.table.to_batches(_AT_ONCE):
            for cells in zip(*map(cells_of, batch.columns), strict=True):
                if not all(map(is_empty, cells)):
                    yield self.number(at), cells
                at += 1

    def at(self, rows: I64) -> ArrowTable:
        """These rows alone, called as they are."""
        numbers = rows + 2 if self.numbers is None else self.numbers[rows]
        return ArrowTable(self.kind, self.label, rows_of(self.table, rows), numbers)


class Sheet:
    """The columns of one table by name, of the rows alone that are of a child. `child` is the number of each row's;
    `at` where it stands in the table."""

    def __init__(self, table: Table, head: Head, child: I64, clock: Clock) -> None:
        self.at = np.flatnonzero(child != NOBODY)
        self.child = child[self.at]
        self._table = table if len(self.at) == len(child) else rows_of(table, self.at)
        self._places = {column.name: place for place, column in enumerate(head.columns)}
        self._clock = clock
        self.values = tuple(column for column in head.columns if column.kind is Kind.VALUE)

    def __len__(self) -> int:
        return len(self.at)

    def texts(self, name: str) -> Texts:
        place = self._places.get(name)
        return empty_texts(len(self)) if place is None else texts_of(self._table.column(place))

    def stamps(self, name: str) -> Stamps:
        place = self._places.get(name)
        return no_stamps(len(self)) if place is None else stamps_of(self._table.column(place), self._clock)


class Children:
    """The children of a caseload in its order, and which of them are not taken."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        self.refused = np.zeros(len(ids), np.bool_)
        self.loose = np.zeros(len(ids), np.bool_)

    def refuse(self, child: I64, wrong: Bools) -> None:
        """None of these rows' children is taken where the row is wrong."""
        self.refused[child[wrong]] = True


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Whose rows are whose. `astray`: of each child that comes again, or too late, the table and the place of the row
    in which it does."""

    children: Children
    sheets: Mapping[str, Sheet]
    astray: Mapping[str, tuple[str, int]]


def ordered(tables: Mapping[str, Table], heads: Mapping[str, Head], clock: Clock) -> Ordered:
    """The rows by their children, in the order of the first table; who comes again further down is refused, and
    everybody where a name is of a type that is not read here."""
    kinds = [kind for kind in TABLES if kind in heads]
    numbers: dict[str, int] = {}
    placed: dict[str, I64] = {}
    unnamed = False
    for kind in kinds:
        told = texts_of(tables[kind].column(heads[kind].child))
        if kind == kinds[0]:
            # The texts stand in the order in which they first come, save for those that were numbered elsewhere.
            each, first = np.unique(told.code, return_index=True)
            in_turn = each[np.argsort(first)].tolist()
            numbers = {told.texts[code]: place for place, code in enumerate(code for code in in_turn if code >= 0)}
        same = told.texts == tuple(numbers)
        codes = told.code if same else through([numbers.get(text, NOBODY) for text in told.texts], told.code)
        unnamed |= bool((told.code == BAD).any())
        placed[kind] = np.where(codes == BAD, NOBODY, codes).astype(np.int64)
    children = Children(tuple(numbers))
    # Whose rows these are only the slow way can tell: they may be anybody's.
    children.refused[:] = unnamed
    astray: dict[str, tuple[str, int]] = {}
    for kind, place in placed.items():
        at = np.flatnonzero(place != NOBODY)
        of = place[at]
        latest = np.maximum.accumulate(of) if len(of) else of
        again = of < latest
        if kind == "children":
            again[1:] |= of[1:] == latest[:-1]
        children.refuse(of, again)
        # Also who stood before them: the slow way tells the one by the other.
        children.refuse(latest, again)
        for row in at[again].tolist():
            astray.setdefault(children.ids[place[row]], (kind, row))
    return Ordered(children, {kind: Sheet(tables[kind], heads[kind], placed[kind], clock) for kind in kinds}, astray)
