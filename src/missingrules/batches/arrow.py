"""The door to Arrow: plain rows become tables of columns, tables become Parquet, and rows again.

Texts that repeat are kept once and stand in a column as numbers; instants are whole seconds, UTC. Whoever imports this
without the extra is told which one: `InvalidInput` (`not-installed`). Parquet that comes in is read in
tables/parquet.py.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.diagnostics import Diagnostic, InvalidInput

try:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    _hint: Final = "python -m pip install 'missingrules[batch]'"
    raise InvalidInput(
        [Diagnostic("not-installed", "a batch needs numpy and pyarrow, which are not installed", hint=_hint)]
    ) from None

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from missingrules.batches.tables import Table
    from missingrules.domain.clock import Clock
    from missingrules.formats.tables import Cell, Column

# Texts that are others in every row.
PLAIN: Final = frozenset({"key", "keys"})
# Texts of which there are few, since rules or the engine have them.
FEW: Final = frozenset(
    {"protocol", "rule", "item", "edition", "action", "title", "topic", "effect", "modality", "status", "paragraphs"}
)
MOMENT: Final = pa.timestamp("s", tz="UTC")
CODED: Final = pa.dictionary(pa.int32(), pa.string())
CODED_FEW: Final = pa.dictionary(pa.int16(), pa.string())
# Rows that are plain at one time.
_AT_ONCE: Final = 10_000
_NONE: Final = -(2**63)


@lru_cache(maxsize=64)
def schema_of(columns: tuple[Column, ...]) -> Any:
    """The types of a table's columns, as a pyarrow.Schema."""
    return pa.schema([(column.name, _type_of(column)) for column in columns])


def _type_of(column: Column) -> Any:
    kinds = {"moment": MOMENT, "number": pa.int64()}
    if column.kind in kinds:
        return kinds[column.kind]
    if column.name in PLAIN:
        return pa.string()
    return CODED_FEW if column.name in FEW else CODED


class Rows:
    """Rows on their way into a table; of a text that repeats only its number is kept."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.schema = schema_of(columns)
        self._columns = [_kept(field.type) for field in self.schema]

    def add(self, row: Sequence[str | int | None]) -> None:
        """One row; instants are seconds since 1970 UTC."""
        for column, cell in zip(self._columns, row, strict=True):
            column.add(cell)

    def table(self) -> Table:
        """All rows so far."""
        return pa.Table.from_arrays([column.made() for column in self._columns], schema=self.schema)


def numbers_of(column: Column, sizes: Sequence[int], parts: Sequence[Any]) -> Any:
    """One column as an array of Arrow, from parts of so many rows: one number for all of them, an array, or a table
    with the numbers of its entries. Instants, FOREVER where there is none; or numbers of texts, -1 where there is none.
    """
    moment = column.kind == "moment"
    type_ = MOMENT if moment else _type_of(column).index_type
    none = FOREVER if moment else -1
    kind = np.dtype(np.int64 if moment else type_.to_pandas_dtype())
    if all(isinstance(part, int) for part in parts):
        if all(part == none for part in parts):
            return _nothing(sum(sizes), type_, kind)
        return _masked(np.repeat(np.array(parts, kind), sizes), type_, none)
    found = np.empty(sum(sizes), kind)
    begin = 0
    for size, part in zip(sizes, parts, strict=True):
        here = found[begin : begin + size]
        begin += size
        if isinstance(part, int):
            here.fill(part)
        elif isinstance(part, tuple):
            table, numbers = part
            # The last entry stands for -1.
            np.take(table.astype(kind, copy=False), numbers, out=here, mode="wrap")
        else:
            here[:] = part
    return _masked(found, type_, none)


def _nothing(size: int, type_: Any, kind: Any) -> Any:
    """As `pa.nulls`, of zeros that take no memory until somebody reads them."""
    bits, zeros = np.zeros(-(-size // 8), np.uint8), np.zeros(size, kind)
    return pa.Array.from_buffers(type_, size, [pa.py_buffer(bits), pa.py_buffer(zeros)])


def _masked(found: Any, type_: Any, none: int) -> Any:
    """Whole numbers as an array of Arrow, which has them as they stand: nothing is copied."""
    there = found != none
    bits = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(type_, len(found), [bits, pa.py_buffer(found)])


def table_of(
    columns: tuple[Column, ...], chunks: Sequence[Mapping[str, Any]], texts: Mapping[str, Sequence[str]]
) -> Table:
    """A table of chunks that `numbers_of` made; `texts` stand for the numbers in all of them."""
    schema = schema_of(columns)
    made = []
    for field in schema:
        arrays = [chunk[field.name] for chunk in chunks]
        if field.type != MOMENT:
            if len(texts.get(field.name, ())) > 1 << field.type.index_type.bit_width - 1:
                raise OverflowError(f"too many different texts in {field.name}")
            told = pa.array(texts.get(field.name, ()), pa.string())
            arrays = [pa.DictionaryArray.from_arrays(one, told, safe=False) for one in arrays]
        made.append(pa.chunked_array(arrays, field.type))
    return pa.Table.from_arrays(made, schema=schema)


def together(tables: Sequence[Table]) -> Table:
    """One table of the rows of all, each text once."""
    some = [table for table in tables if table.num_rows] or list(tables[:1])
    return some[0] if len(some) == 1 else pa.concat_tables(some).unify_dictionaries()


class _Texts:
    """Each text as it stands."""

    def __init__(self) -> None:
        self._cells: list[Any] = []

    def add(self, cell: Any) -> None:
        self._cells.append(cell)

    def made(self) -> Any:
        return pa.array(self._cells, pa.string())


class _Coded:
    """Each text once, numbered as they come."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._numbers: dict[str, int] = {}
        self._cells = array("i")

    def add(self, cell: Any) -> None:
        self._cells.append(-1 if cell is None else self._numbers.setdefault(cell, len(self._numbers)))

    def made(self) -> Any:
        cells = np.array(self._cells, dtype=self._index.to_pandas_dtype())
        numbers = pa.array(cells, mask=cells < 0)
        return pa.DictionaryArray.from_arrays(numbers, pa.array(self._numbers, pa.string()))


class _Numbers:
    """Whole numbers and instants."""

    def __init__(self, type_: Any) -> None:
        self._type = type_
        self._cells = array("q")

    def add(self, cell: Any) -> None:
        self._cells.append(_NONE if cell is None else cell)

    def made(self) -> Any:
        cells = np.array(self._cells, dtype=np.int64)
        return pa.array(cells, mask=cells == _NONE).cast(self._type)


def _kept(type_: Any) -> _Texts | _Coded | _Numbers:
    if type_ in (CODED, CODED_FEW):
        return _Coded(type_.index_type)
    return _Texts() if type_ == pa.string() else _Numbers(type_)


def parquet_bytes(table: Table) -> bytes:
    """The table as a Parquet file; the same table is the same bytes."""
    sink = pa.BufferOutputStream()
    # The least and the greatest of each column would cost as much as all the rest.
    pq.write_table(table, sink, write_statistics=False)
    return bytes(sink.getvalue())


def parquet_rows(path: Path, clock: Clock) -> Iterator[tuple[Cell, ...]]:
    """The rows of a file that `parquet_bytes` made, instants in the clock's zone; few of them are in memory at once."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_AT_ONCE, use_threads=False):
            yield from _plain(batch, clock)


def rows_of(table: Table, clock: Clock) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table, instants in the clock's zone."""
    for batch in table.to_batches(_AT_ONCE):
        yield from _plain(batch, clock)


def _plain(batch: Any, clock: Clock) -> Iterator[tuple[Cell, ...]]:
    columns = [_cells(column, clock) for column in batch.columns]
    yield from zip(*columns, strict=True)


def _cells(column: Any, clock: Clock) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # Parquet has no whole seconds, and gives back thousandths.
        seconds = column.cast(MOMENT).cast(pa.int64()).to_pylist()
        return [None if one is None else clock.local(Instant(one)) for one in seconds]
    return list(column.to_pylist())
