"""Tables of files as Arrow, some thousands of rows at a time. The door to Arrow's reader of CSV, and to its bytes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.quick.alike import read_alike
from missingrules.tables.cells import is_empty, text_of
from missingrules.tables.commas import UTF_8, CommaTable
from missingrules.tables.parquet import ParquetTable, batches_of, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.engine.columnar.arrays import I64
    from missingrules.tables.layout import Cell
    from missingrules.tables.layout import Table as RowTable

# A pyarrow.RecordBatch, and a pyarrow.Table; pyarrow has no types of its own.
Batch = Any
Table = Any
_BLOCK: Final = 1 << 22
EMPTY: Final = -1
# What is raised where a table cannot be read.
UNREADABLE: Final = (pa.ArrowException, OSError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Commas:
    """A CSV file of which each cell is a text. `first`: what its first row is called."""

    table: CommaTable
    first: int = 2

    def batches(self, column: int | None = None) -> Iterator[Batch]:
        """All of its rows, or one column of them. pyarrow.ArrowException where it is no such table."""
        # Their places are the names: the file's own may be twice.
        names = [str(place) for place in range(len(self.table.head))]
        with self.table.path.open("rb") as file:
            rows = csv.open_csv(
                file,
                csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
                csv.ParseOptions(delimiter=self.table.separator, ignore_empty_lines=False),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    include_columns=names if column is None else [names[column]],
                ),
            )
            head = True
            for batch in rows:
                if not batch.num_rows:
                    continue
                yield batch.slice(1) if head else batch
                head = False


@dataclass(frozen=True, slots=True)
class Columns:
    """A Parquet file whose columns are of types that Arrow takes rows of."""

    table: ParquetTable
    first: int = 1

    def batches(self, column: int | None = None) -> Iterator[Batch]:
        """As of a CSV file."""
        for batch in batches_of(self.table.path):
            # All are read, so that what cannot be read is known the first time.
            columns = [_plain(one) for one in (batch.columns if column is None else [batch.column(column)])]
            yield pa.RecordBatch.from_arrays(columns, names=[str(place) for place in range(len(columns))])


Stream = Commas | Columns


def stream_of(table: RowTable, child: int) -> Stream | None:
    """The table, where it is one that is read alike in both ways; `child`: the place of the column that names them.

    OSError or pyarrow.ArrowException where it cannot be read.
    """
    if isinstance(table, CommaTable):
        return Commas(table) if table.encoding == UTF_8 and read_alike(table.path, table.separator) else None
    if not isinstance(table, ParquetTable):
        return None
    types = [column.type for column in next(batches_of(table.path)).columns]
    named = _is_text(types[child]) or pa.types.is_integer(types[child])
    return Columns(table) if named and all(map(_is_taken, types)) else None


def _is_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_taken(kind: Any) -> bool:
    types = pa.types
    plain = (
        types.is_integer, types.is_floating, types.is_boolean, types.is_date, types.is_timestamp, types.is_decimal,
        types.is_null,
    )  # fmt: skip
    return _is_text(kind) or any(of(kind) for of in plain) or (types.is_list(kind) and _is_text(kind.value_type))


def _plain(column: Any) -> Any:
    """As Arrow can take rows of it."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column.cast(pa.large_string()) if pa.types.is_string_view(column.type) else column


def names_in(column: Any) -> tuple[I64, list[str]]:
    """Which child stands in each row of a column, EMPTY where none does; and the names, in the order of the rows."""
    found = column.dictionary_encode()
    names = [text_of(cell) for cell in found.dictionary.to_pylist()]
    codes = found.indices.fill_null(EMPTY).to_numpy(zero_copy_only=False).astype(np.int64)
    if "" in names:
        codes = np.array([*(EMPTY if not name else place for place, name in enumerate(names)), EMPTY], np.int64)[codes]
    return codes, names


def cells_in(batch: Batch) -> list[tuple[Cell, ...]]:
    """Its rows, as those of other tables."""
    return list(zip(*map(cells_of, batch.columns), strict=True))


def blank(stream: Stream, rows: I64) -> I64:
    """Those of these rows in which nothing stands at all."""
    found: list[int] = []
    start = 0
    for batch in stream.batches():
        here = rows[np.searchsorted(rows, start) : np.searchsorted(rows, start + batch.num_rows)]
        if len(here):
            cells = cells_in(batch.take(pa.array(here - start)))
            found += [row for row, each in zip(here.tolist(), cells, strict=True) if all(map(is_empty, each))]
        start += batch.num_rows
    return np.array(found, np.int64)


class Cutter:
    """Cuts a table into pieces from its beginning to its end; in memory is what the next piece needs. One use."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._batches = stream.batches()
        self._waiting: list[Batch] = []
        self._start = self._end = 0

    def between(self, start: int, end: int) -> Table:
        """The rows from one place to before another; no place goes back. InvalidInput where they are gone."""
        while self._end < end or not self._waiting:
            with _unchanged(self._stream):
                batch = next(self._batches, None)
            if batch is None:
                raise _changed(self._stream)
            self._waiting.append(batch)
            self._end += batch.num_rows
            self._forget(start)
        self._forget(start)
        return pa.Table.from_batches(self._waiting).slice(start - self._start, end - start)

    def _forget(self, start: int) -> None:
        while len(self._waiting) > 1 and self._start + self._waiting[0].num_rows <= start:
            self._start += self._waiting.pop(0).num_rows


@contextmanager
def _unchanged(stream: Stream) -> Iterator[None]:
    try:
        yield
    except pa.ArrowException:
        raise _changed(stream) from None


def _changed(stream: Stream) -> InvalidInput:
    message = f"{stream.table.path} was changed while it was read"
    return InvalidInput([Diagnostic("input-changed", message, hint="begin anew with --force")])


def packed(table: Table) -> bytes:
    """These rows, and no others, to be sent to another process."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as file:
        file.write_table(table)
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> Table:
    """What was packed."""
    return pa.ipc.open_stream(data).read_all()


def rows_where(table: Table, wanted: Any) -> Table:
    """The rows that are wanted."""
    return table if wanted.all() else table.filter(pa.array(wanted))


def chosen(table: Table, columns: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """These columns of a table by the names that they are to have: texts as they stand, others as their cells."""
    found = {}
    for place, name in columns:
        column = table.column(place)
        found[name] = column if _is_text(column.type) else _cells(column)
    return found


def _cells(column: Any) -> list[Cell]:
    return [cell for chunk in column.chunks for cell in cells_of(chunk)]
