"""The caseload in `hand/cases` in every form, and what stands in a folder that a batch has made."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from missingrules.batches.tables import TABLES

HAND: Final = Path(__file__).with_name("hand")
CASES: Final = HAND / "cases"
KINDS: Final = ("children", "episodes", "records")
AS_OF: Final = "2025-06-30T12:00:00+01:00"
ASKED: Final = (
    "--protocol", HAND / "town.yaml", "--protocol", HAND / "shire.yaml", "--as-of", AS_OF, "--questions", "--readings",
)  # fmt: skip

Row = dict[str, Any]


def key_of(row: Row) -> str:
    """The key of an obligation as docs/batch.md puts it together."""
    item = f".{row['item']}" if row["item"] else ""
    return f"{row['protocol']}/{row['rule']}{item}/{row['episode'] or 'child'}/{row['occurrence']}"


def read(kind: str) -> list[dict[str, str]]:
    """A table as its texts."""
    return list(csv.DictReader(io.StringIO((CASES / f"{kind}.csv").read_text(encoding="utf-8"))))


def as_csv(folder: Path) -> Path:
    """The tables themselves."""
    return CASES


def as_parquet(folder: Path) -> Path:
    """As a data frame would write them: dates, truth values, and instants in UTC where all of a column are some."""
    for kind in KINDS:
        rows = read(kind)
        columns: dict[str, Any] = {name: [row[name] or None for row in rows] for name in rows[0]}
        if kind == "children":
            born = pa.array([datetime.fromisoformat(cell).date() for cell in columns["date_of_birth"]])
            truths = pa.array([None if cell is None else cell == "true" for cell in columns["looked_after"]])
            columns |= {"date_of_birth": born, "looked_after": truths}
        elif kind == "records":
            at = [datetime.fromisoformat(cell) for cell in columns["at"]]
            columns["at"] = pa.array(at, pa.timestamp("ms", "Europe/London"))
            columns["action"] = pa.array(columns["action"]).dictionary_encode()
        pq.write_table(pa.table(columns), folder / f"{kind}.parquet")
    return folder


def as_workbook(folder: Path) -> Path:
    """A sheet for each."""
    book = openpyxl.Workbook(write_only=True)
    for kind in KINDS:
        sheet = book.create_sheet(kind)
        rows = read(kind)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([cell or None for cell in row.values()])
    path = folder / "cases.xlsx"
    book.save(path)
    return path


def as_lines(folder: Path) -> Path:
    """A case a line, with the keys that cases have; of X there is nothing but a record, and so no line."""
    children, episodes, records = map(read, KINDS)
    path = folder / "cases.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for child in children:
            own = child["child"]
            data = {
                "format": 1,
                "case": own,
                "child": _said(child),
                "episodes": [_said(row) for row in episodes if row["child"] == own],
                "records": [_said(row) for row in records if row["child"] == own],
            }
            file.write(json.dumps(data) + "\n")
    return path


def _said(row: dict[str, str]) -> dict[str, str | bool | None]:
    words: dict[str, bool | None] = {"true": True, "false": False, "null": None}
    return {key: words.get(cell, cell) for key, cell in row.items() if key != "child" and cell}


class Made(NamedTuple):
    """What a batch has left: the rows of each table with instants as texts, what was rejected, and `batch.json`."""

    rows: dict[str, list[Row]]
    rejected: list[Row]
    whole: Any


def made(folder: Path) -> Made:
    """What stands in the folder, in whatever format."""
    whole = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    read = {"parquet": _parquet, "csv": _commas, "xlsx": _sheet}[whole["asked"]["format"]]
    rejected = _texts(folder / "rejected.csv")
    return Made({table: read(folder, table) for table in TABLES}, rejected, whole)


def _parquet(folder: Path, table: str) -> list[Row]:
    return [
        {key: _local(cell) if isinstance(cell, datetime) else cell for key, cell in row.items()}
        for path in sorted((folder / table).iterdir())
        for row in pq.read_table(path).to_pylist()
    ]


def _local(at: datetime) -> str:
    from missingrules.domain.clock import Clock, instant_of

    return Clock().local(instant_of(at)).isoformat()


def _commas(folder: Path, table: str) -> list[Row]:
    return [row for path in sorted((folder / table).iterdir()) for row in _texts(path, table)]


def _texts(path: Path, table: str = "") -> list[Row]:
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    numbers = {column.name for column in TABLES.get(table, ()) if column.kind == "number"} | {"row"}
    return [
        {key: (int(cell) if key in numbers else cell) if cell else None for key, cell in row.items()} for row in rows
    ]


def _sheet(folder: Path, table: str) -> list[Row]:
    book = openpyxl.load_workbook(folder / "batch.xlsx", read_only=True)
    head, *rows = book[table].iter_rows(values_only=True)
    found = []
    for cells in rows:
        row = dict(zip_longest(map(str, head), cells))
        if not any(cell is not None for cell in cells):
            continue  # an empty table is one row long
        for name in [name for name in row if name.endswith("_offset")]:
            offset, at = row.pop(name), row[name.removesuffix("_offset")]
            if isinstance(at, datetime):
                row[name.removesuffix("_offset")] = f"{at.isoformat()}{offset}"
        found.append(row)
    book.close()
    return found


def unordered(rows: list[Row]) -> list[str]:
    """Rows whose order says nothing."""
    return sorted(json.dumps(row) for row in rows)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file in it, whole."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
