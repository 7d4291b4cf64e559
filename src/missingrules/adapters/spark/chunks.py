"""Record batches of one partition -> the tables of some children at a time, and answers -> record batches.

The door to Arrow of this room. Rows come in the order of their children, and no child is cut in two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from missingrules.adapters.spark.layout import ALL, CHILD, NUMBER, OUT, TABLE
from missingrules.quick.sheets import ArrowTable
from missingrules.tables.layout import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.batches.tables import Table
    from missingrules.engine.columnar.arrays import I64

# A pyarrow.RecordBatch; pyarrow has no types of its own.
Batch = Any

# Rows that are in memory before they are answered: some thousands of children, who share the work that is one for all.
ROWS: Final = 50_000
# Rows that go back at a time.
_BACK: Final = 20_000
_KINDS: Final = {"moment": pa.timestamp("us", tz="UTC"), "number": pa.int64()}
_SCHEMA: Final = pa.schema([(column.name, _KINDS.get(column.kind, pa.string())) for column in ALL])


class Chunk:
    """Some children with all of their rows: `tables` of the flat layout, all in the same order of children."""

    def __init__(self, rows: Table, *, numbered: bool) -> None:
        self.tables: dict[str, Table] = {}
        self._numbers: dict[str, I64] = {}
        self._runs: dict[str, dict[str, tuple[int, int]]] = {}
        for kind in TABLES:
            if kind in rows.column_names:
                self._take(kind, rows.filter(rows.column(kind).is_valid()), numbered)

    def _take(self, kind: str, rows: Table, numbered: bool) -> None:
        child, cells = _whole(rows.column(CHILD)), _whole(rows.column(kind))
        names = [CHILD, *(field.name for field in cells.type)]
        self.tables[kind] = pa.Table.from_arrays([child, *map(_in_utc, cells.flatten())], names=names)
        codes = child.dictionary_encode().indices.to_numpy()
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        stops = np.append(starts, len(codes))[1:]
        if numbered:
            self._numbers[kind] = _whole(rows.column(NUMBER)).to_numpy()
        else:
            self._numbers[kind] = np.arange(1, len(codes) + 1) - np.repeat(starts, stops - starts)
        runs = zip(starts.tolist(), stops.tolist(), strict=True)
        self._runs[kind] = dict(zip(child.take(pa.array(starts)).to_pylist(), runs, strict=True))

    def named(self, places: Mapping[str, I64]) -> list[str]:
        """The children of the rows at these places of the tables, each once and in their order; empty for none."""
        found: set[str] = set()
        for kind, at in places.items():
            found.update(self.tables[kind].column(CHILD).take(pa.array(at)).unique().to_pylist())
        return sorted(found)

    def rows_of(self, child: str) -> list[ArrowTable]:
        """The tables with the rows of one child alone."""
        found = []
        for kind, table in self.tables.items():
            start, stop = self._runs[kind].get(child, (0, 0))
            numbers = self._numbers[kind][start:stop]
            found.append(ArrowTable(kind, kind, table.slice(start, stop - start), numbers))
        return found

    def first(self, child: str) -> tuple[str, int]:
        """The table and the number of the first row of a child who has one."""
        kind = next(kind for kind, runs in self._runs.items() if child in runs)
        return kind, int(self._numbers[kind][self._runs[kind][child][0]])


def chunks(batches: Iterable[Batch], *, numbered: bool, most: int = ROWS) -> Iterator[Chunk]:
    """The rows of a partition some children at a time. No more than `most` rows, and those of a child and a batch, are
    in memory at once."""
    waiting: list[Batch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows < most:
            continue
        table = pa.Table.from_batches(waiting)
        children = table.column(CHILD)
        # Of the last child there may be more to come.
        cut = pc.index(children, children[-1]).as_py()
        if cut:
            yield Chunk(table.slice(0, cut), numbered=numbered)
            waiting, rows = table.slice(cut).to_batches(), table.num_rows - cut
    if rows:
        yield Chunk(pa.Table.from_batches(waiting), numbered=numbered)


def batches_of(name: str, table: Table) -> Iterator[Batch]:
    """The rows of one of the tables that come out, in the columns of all of them."""
    own = {column.name for column in OUT[name]}
    for begin in range(0, table.num_rows, _BACK):
        part = table.slice(begin, _BACK)
        columns = []
        for field in _SCHEMA:
            if field.name == TABLE:
                columns.append(pa.repeat(name, part.num_rows))
            elif field.name in own:
                columns.append(_whole(part.column(field.name).cast(field.type)))
            else:
                columns.append(pa.nulls(part.num_rows, field.type))
        yield pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def _whole(column: Any) -> Any:
    """A column in one piece."""
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _in_utc(column: Any) -> Any:
    """Whatever the zone of the session is, an instant is read alike."""
    kind = column.type
    return column.cast(pa.timestamp(kind.unit, "UTC")) if pa.types.is_timestamp(kind) and kind.tz else column
