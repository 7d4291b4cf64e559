"""The tables of the flat layout -> one DataFrame, in which the rows of one child can be brought together.

In a row of it one column is filled, that of the row's table, with those of its cells that are read, in their own types.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from missingrules.adapters.spark.layout import CHILD, MORE, NUMBER
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.tables.caseload import caseload_of
from missingrules.tables.layout import MEETINGS, TABLES, Kind

try:
    import numpy as np
    import pandas  # noqa: F401
    import pyarrow  # noqa: F401
    from pyspark.sql import functions as F  # noqa: N812
    from pyspark.sql import types as T  # noqa: N812
except ImportError:
    _hint: Final = "python -m pip install 'missingrules[spark]'"
    _message: Final = "Spark needs pyspark, pandas, numpy and pyarrow, which are not all installed"
    raise InvalidInput([Diagnostic("not-installed", _message, hint=_hint)]) from None

from missingrules.quick.sheets import ArrowTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import Column, DataFrame

    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Clock
    from missingrules.interface.words import CaseWords
    from missingrules.tables.layout import Head, Row
    from missingrules.tables.meetings import Calendar

# What Python takes for blank at the ends of a text.
BLANKS: Final = "".join(one for one in map(chr, range(0x3001)) if one.isspace())
_NAMES: Final = (T.StringType, T.CharType, T.VarcharType, T.IntegralType)
_CELLS: Final = (
    *_NAMES, T.BooleanType, T.FractionalType, T.DateType, T.TimestampType, T.TimestampNTZType,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Named:
    """A table of which only the head is looked at. Its names stand in no row."""

    kind: str
    head: tuple[str, ...]
    head_row: None = None

    @property
    def label(self) -> str:
        return self.kind

    def rows(self) -> Iterator[Row]:
        return iter(())


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """The tables of children with their heads, in the order of the layout; the organisation's meetings; and what is
    wrong with no child's rows: columns that nobody reads, and meetings."""

    frames: Mapping[str, DataFrame]
    heads: Mapping[str, Head]
    calendar: Calendar
    rejections: tuple[Rejection, ...]


def looked_through(tables: Mapping[str, DataFrame], words: CaseWords, clock: Clock, row: str | None) -> Looked:
    """What the tables hold, by their heads alone; the meetings are read. InvalidInput and TypeError as `answered`."""
    strange = [kind for kind in tables if kind not in TABLES]
    if strange:
        hint = f"the tables are {', '.join(TABLES)}"
        raise InvalidInput(
            Diagnostic("table-unknown", f"{one} is not the name of a table", hint=did_you_mean(one, TABLES) or hint)
            for one in strange
        )
    frames = {kind: tables[kind] for kind in TABLES if kind in tables}
    named = [_Named(kind, _head(frame, row)) for kind, frame in frames.items() if kind != MEETINGS]
    meetings = frames.pop(MEETINGS, None)
    found = caseload_of([*named, *([_meetings(meetings, row)] if meetings is not None else [])], words, clock)
    for kind, frame in frames.items():
        _refuse_types(kind, frame, found.heads[kind], row)
    calendar = found.calendar
    return Looked(
        frames=frames,
        heads={kind: found.heads[kind] for kind in frames},
        calendar=calendar._replace(rejections=()),
        rejections=(*found.columns, *calendar.rejections),
    )


def _head(frame: DataFrame, row: str | None) -> tuple[str, ...]:
    return tuple(name for name in frame.columns if name != row)


def _meetings(frame: DataFrame, row: str | None) -> ArrowTable:
    """The organisation's meetings, of which there are few, all here."""
    names = _head(frame, row)
    found = frame.orderBy(*map(column_of, [row] if row else names)).toArrow()
    numbers = np.arange(1, len(found) + 1) if row is None else found.column(row).to_numpy()
    return ArrowTable(MEETINGS, MEETINGS, found.select(list(names)), numbers)


def _refuse_types(kind: str, frame: DataFrame, head: Head, row: str | None) -> None:
    types = {field.name: field.dataType for field in frame.schema}
    child = _head(frame, row)[head.child]
    if not isinstance(types[child], _NAMES):
        raise TypeError(f"{kind}.{child} is {types[child].simpleString()}: a child's name is a text or a whole number")
    if row is not None and not isinstance(types.get(row), T.IntegralType):
        raise TypeError(f"{kind} has no column {row} of whole numbers, by which its rows could be named")


def together(looked: Looked, row: str | None) -> DataFrame:
    """All rows in one DataFrame: `CHILD`, empty for nobody; `NUMBER`, if rows have one; and a column for each table."""
    cells = {kind: _cells(frame, looked.heads[kind], row) for kind, frame in looked.frames.items()}
    types = {kind: frame.select(cells[kind]).schema[0].dataType for kind, frame in looked.frames.items()}
    parts = []
    for kind, frame in looked.frames.items():
        number = [] if row is None else [F.coalesce(column_of(row), F.lit(0)).cast("long").alias(NUMBER)]
        others = [(cells[one] if one == kind else F.lit(None).cast(type_)).alias(one) for one, type_ in types.items()]
        parts.append(frame.select(_name(frame, looked.heads[kind], row), *number, *others))
    return reduce(lambda first, second: first.union(second), parts)


def _name(frame: DataFrame, head: Head, row: str | None) -> Column:
    child = column_of(_head(frame, row)[head.child])
    return F.coalesce(F.btrim(child.cast("string"), F.lit(BLANKS)), F.lit("")).alias(CHILD)


def _cells(frame: DataFrame, head: Head, row: str | None) -> Column:
    """The cells that are read, as one column; of others only whether there are any in a row that is nobody's, since
    without them it might seem to be empty, and nobody would be told of it."""
    types = {field.name: field.dataType for field in frame.schema}
    read, unread = [], []
    for place, (name, column) in enumerate(zip(_head(frame, row), head.columns, strict=True)):
        if column.kind is Kind.IGNORED:
            unread.append(name)
        elif place != head.child:
            read.append(_cell(name, types[name]).alias(name))
    if unread or not read:
        some = reduce(lambda a, b: a | b, (column_of(name).isNotNull() for name in unread), F.lit(False))
        nobody = _name(frame, head, row) == ""
        read.append(F.when(nobody & some, F.lit("x")).alias(MORE))
    return F.struct(*read)


def _cell(name: str, type_: T.DataType) -> Column:
    """A cell as it is; of a type that no cell can have, something that is not read either and can be sorted."""
    listed = isinstance(type_, T.ArrayType) and isinstance(type_.elementType, T.StringType)
    if listed or isinstance(type_, _CELLS):
        return column_of(name)
    return F.when(column_of(name).isNotNull(), F.lit(bytearray(b"?")))


def column_of(name: str) -> Column:
    """A column by a name with anything in it."""
    quoted = name.replace("`", "``")
    return F.col(f"`{quoted}`")
