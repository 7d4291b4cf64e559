"""Columns of Arrow tables -> numbers for the texts that stand in them. With stamps.py the door to Arrow of this room.

A text is that of `tables.cells.text_of`; each is read once, however often it stands in a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.histories import NONE, Said
from missingrules.tables.cells import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.engine.columnar.arrays import I32, I64, Bools

# A pyarrow.Array or pyarrow.ChunkedArray; pyarrow has no types of its own.
Array = Any

# In the place of the number of a text: the cell is empty (NONE); nobody here can say what stands in it, or it is wrong.
BAD: Final = -2
_MOST_BYTES: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Which text stands in each row: its number, NONE for an empty cell, BAD for one that is no text. Each text has one
    number, and none is empty or has blanks around it."""

    code: I32
    texts: tuple[str, ...]

    def filled(self) -> Bools:
        """Which cells are not empty."""
        found: Bools = self.code != NONE
        return found

    def read(self, how: Callable[[str], Any]) -> Said:
        """What the texts mean: `how` gives a value, None or () for nothing, or raises ValueError. BAD stays BAD, and is
        put where `how` raised."""
        words, numbers = Words(), []
        for text in self.texts:
            try:
                value = how(text)
            except ValueError:
                numbers.append(BAD)
            else:
                numbers.append(NONE if value is None or value == () else words.number(value))
        return Said(through(numbers, self.code), tuple(words.values))


def through(numbers: Sequence[int] | I64, code: I32) -> I32:
    """The number of each code, where NONE and BAD are their own."""
    found: I32 = np.array([*numbers, BAD, NONE], np.int32)[code]
    return found


def said(what: Said, rows: I64) -> Said:
    """What is said in these rows, without the values that are said in none of them."""
    code = what.value[rows]
    used = np.zeros(len(what.values), np.bool_)
    used[code[code >= 0]] = True
    fresh = np.cumsum(used) - 1
    return Said(through(fresh, code), tuple(value for value, is_used in zip(what.values, used, strict=True) if is_used))


def empty_texts(rows: int) -> Texts:
    """A column that is not there."""
    return Texts(np.full(rows, NONE, np.int32), ())


def texts_of(column: Array) -> Texts:
    """The texts of a column of any type that a cell may have: texts, whole numbers, fractions, truths, dates, times."""
    array = whole(column)
    if pa.types.is_null(array.type):
        return empty_texts(len(array))
    if not pa.types.is_dictionary(array.type):
        if not _is_cell(array.type):
            return _none_of(array)
        array = array.dictionary_encode()
    values = _spoken(array.dictionary)
    if values is None:
        return _none_of(array)
    indices = array.indices.cast(pa.int32()).fill_null(NONE).to_numpy(zero_copy_only=False)
    numbers = dict(zip(values, range(len(values)), strict=True))
    if len(numbers) == len(values) and "" not in numbers:
        return Texts(indices, tuple(values))
    # Without the blanks around them some are the same.
    numbers = {}
    codes = [numbers.setdefault(text, len(numbers)) if text else NONE for text in values]
    return Texts(through(codes, indices), tuple(numbers))


def whole(column: Array) -> Array:
    """A column in one piece."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if pa.types.is_dictionary(column.type):
        return column.unify_dictionaries().combine_chunks()
    if (pa.types.is_string(column.type) and column.nbytes > _MOST_BYTES) or pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    return column.combine_chunks()


def rows_of(table: Any, rows: I64) -> Any:
    """These rows of a pyarrow.Table."""
    for place, column in enumerate(table.columns):
        if pa.types.is_string_view(column.type):
            # Arrow takes no rows of such columns.
            table = table.set_column(place, table.column_names[place], column.cast(pa.large_string()))
    return table.take(rows)


def is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_cell(kind: Any) -> bool:
    """Whether its values are of a type that a cell of `tables.layout` may have."""
    types = pa.types
    if types.is_timestamp(kind):
        return bool(kind.unit != "ns")
    return bool(
        is_text(kind) or types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)
        or types.is_date32(kind)
    )  # fmt: skip


def _spoken(values: Array) -> list[str] | None:
    """The distinct values as texts; None where there is no way to say them."""
    if not _is_cell(values.type):
        return None
    try:
        if is_text(values.type):
            return [value.strip() if value else "" for value in values.to_pylist()]
        # What is no number stands for an empty cell.
        return ["" if value is None or value != value else text_of(value) for value in values.to_pylist()]
    except (UnicodeDecodeError, ValueError, OverflowError):
        return None


def _none_of(array: Array) -> Texts:
    filled = array.is_valid().to_numpy(zero_copy_only=False)
    return Texts(np.where(filled, BAD, NONE).astype(np.int32), ())


class Unfit(Exception):
    """Cells of which Arrow makes no column."""


def table_of(columns: Mapping[str, Sequence[Any] | Array]) -> Any:
    """A table of these cells, or columns as they are. `Unfit` where the cells of one column are of several types, or of
    one of their own."""
    try:
        return pa.table({name: _column(cells) for name, cells in columns.items()})
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise Unfit from error


def _column(cells: Sequence[Any] | Array) -> Any:
    if isinstance(cells, pa.ChunkedArray):
        return cells
    found = pa.array(cells)
    return found.cast(pa.string()) if pa.types.is_null(found.type) else found
