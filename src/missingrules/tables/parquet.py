"""Parquet files as tables. Only here does anything ask pyarrow for what comes in; it is an extra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.tables.layout import Strange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from missingrules.tables.layout import Cell, Row

# Rows that are in memory at one time.
_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """One Parquet file, its columns of any type that a cell can have."""

    path: Path
    kind: str
    head: tuple[str, ...]
    alone: bool = True  # no table of another folder stands beside it

    @property
    def label(self) -> str:
        return self.path.name if self.alone else str(self.path)

    @property
    def head_row(self) -> None:
        """Columns have their names elsewhere, so that the first row is row 1."""

    def rows(self) -> Iterator[Row]:
        import pyarrow as pa

        number = 0
        try:
            for batch in batches_of(self.path):
                columns = [cells_of(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    if any(cell is not None and str(cell).strip() for cell in cells):
                        yield number, cells
        except (pa.ArrowException, OSError):
            raise _unreadable(self.path) from None


def parquet_table(path: Path) -> ParquetTable:
    """The file as a table; its head is read. InvalidInput where it cannot be opened, or pyarrow is not installed."""
    try:
        import pyarrow as pa
    except ImportError:
        message = f"{path} is a Parquet file, and reading one needs pyarrow"
        hint = "install missingrules[batch], or save the table as a CSV file"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    try:
        with _opened(path) as file:
            head = tuple(file.schema_arrow.names)
    except (pa.ArrowException, OSError):
        raise _unreadable(path) from None
    return ParquetTable(path, path.stem.casefold(), head)


def batches_of(path: Path) -> Iterator[Any]:
    """Its rows as pyarrow.RecordBatch, some thousands each; one without rows where there are none.

    pyarrow.ArrowException or OSError where it cannot be read.
    """
    import pyarrow as pa

    with _opened(path) as file:
        if not file.metadata.num_rows:
            schema = file.schema_arrow
            yield pa.RecordBatch.from_arrays([pa.nulls(0, one.type) for one in schema], schema=schema)
        yield from file.iter_batches(_AT_ONCE, use_threads=False)


def _opened(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path)


def _unreadable(path: Path) -> InvalidInput:
    message = f"{path} could not be read as a Parquet file"
    hint = "check its name and folder, and that it was written to its end"
    return InvalidInput([Diagnostic("file-unreadable", message, hint=hint)])


def cells_of(column: Any) -> list[Cell]:
    """The cells of a column as those of other tables: lists as one text, and no number that is none."""
    import pyarrow as pa

    type_ = column.type
    if pa.types.is_dictionary(type_):
        column, type_ = column.dictionary_decode(), type_.value_type
    if pa.types.is_timestamp(type_):
        # Python has no nanoseconds.
        return list(column.cast(pa.timestamp("us", type_.tz), safe=False).to_pylist())
    if pa.types.is_decimal(type_):
        return list(column.cast(pa.string()).to_pylist())
    if pa.types.is_floating(type_):
        return [None if cell != cell else cell for cell in column.to_pylist()]
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return [_joined(cell) for cell in column.to_pylist()]
    kinds = pa.types
    is_text = (kinds.is_string, kinds.is_large_string, kinds.is_string_view)
    if any(of(type_) for of in (*is_text, kinds.is_integer, kinds.is_boolean, kinds.is_date, kinds.is_null)):
        return list(column.to_pylist())
    return [Strange.OTHER if there else None for there in column.is_valid().to_pylist()]


def _joined(cell: list[object] | None) -> Cell:
    if cell is None:
        return None
    return "; ".join(str(part) for part in cell) if all(isinstance(part, str) for part in cell) else Strange.OTHER
