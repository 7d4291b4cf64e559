"""Caseloads as sorted tables whose rows have numbers, and what a batch on one machine makes of them."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

import missingrules
from missingrules.batches.tables import ANSWERED
from missingrules.calls.caseloads import Filed
from tests.quick.rows import AS_OF, arrow, caseload, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

NUMBER: Final = "number_of_row"
NAMES: Final = ("staffordshire", "buckinghamshire")
# The rows of each table that comes out, each so often as it does; instants are seconds.
Told = dict[str, Counter[tuple[Any, ...]]]
MEETINGS: Final = [
    {"meeting": "exploitation_forum", "at": "2025-04-09T10:00:00+01:00"},
    {"meeting": "exploitation_forum", "at": "2026-02-11"},
]


def invented(children: int, seed: int, *, often: float = 0.3) -> dict[str, Any]:
    """Children of whom some are spoilt, as Arrow tables of texts sorted by child, with the numbers of their rows."""
    draw = random.Random(seed)
    rows = caseload(children, draw)
    spoilt(rows, draw, often)
    for of in rows.values():
        of.sort(key=lambda row: row.get("child", "").strip())
    return {kind: numbered(table) for kind, table in arrow(rows, draw, nulls=True).items()}


def numbered(table: Any) -> Any:
    """As rows of a Parquet file are counted."""
    return table.append_column(NUMBER, pa.array(range(1, len(table) + 1), pa.int64()))


def on_one_machine(
    tables: Mapping[str, Any], folder: Path, names: Sequence[Any] = NAMES, as_of: Any = AS_OF, **asked: Any
) -> Told:
    """What `missingrules.batch` makes of the tables as Parquet files, and which columns it does not read."""
    folder.mkdir()
    for kind, table in tables.items():
        pq.write_table(table.drop_columns([NUMBER]), folder / f"{kind}.parquet")
    told: Told = {name: Counter() for name in (*ANSWERED, "cases", "rejected")}
    for part in missingrules.batch(names, [folder], as_of, **asked):
        for name in (*ANSWERED, "cases"):
            told[name].update(rows_of(part.tables()[name]))
        told["rejected"].update(tuple(one) for one in part.not_used)
    columns = Filed([folder], missingrules.load_protocols(*names)).columns
    told["rejected"].update(tuple(one) for one in columns)
    return {name: _called(rows) for name, rows in told.items()}


def rows_of(table: Any) -> Iterable[tuple[Any, ...]]:
    """The rows of an Arrow table."""
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("s", column.type.tz)).cast(pa.int64())
        columns.append(column.to_pylist())
    return zip(*columns, strict=True)


def _called(rows: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Tables are called by their names alone where they are no files."""
    found = Counter[tuple[Any, ...]]()
    for row, many in rows.items():
        found[tuple(cell.replace(".parquet", "") if isinstance(cell, str) else cell for cell in row)] += many
    return found


def same(told: Told, expected: Told) -> None:
    """Whose rejections they are is said on Spark alone."""
    for name, rows in expected.items():
        found = told[name]
        if name == "rejected":
            found = Counter()
            for (_, *row), many in told[name].items():
                found[tuple(row)] += many
        assert found == rows, (name, list((found - rows).items())[:3], list((rows - found).items())[:3])
