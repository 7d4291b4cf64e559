"""Parquet files as tables: what a column of each type says, and what cannot be read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from missingrules.domain.diagnostics import InvalidInput
from missingrules.tables.caseload import tables_in
from missingrules.tables.layout import Strange
from missingrules.tables.parquet import parquet_table
from tests.audit.command import run

RULES = Path(__file__).parents[1] / "audit" / "hand" / "rules.yaml"
ASKED = ("--protocol", RULES, "--as-of", "2025-06-30T12:00:00+01:00", "--jobs", "1")
EVENING = datetime(2025, 6, 2, 20, 0)  # noqa: DTZ001 - a clock on the wall


def cells(column: Any, folder: Path) -> list[Any]:
    path = folder / "facts.parquet"
    pq.write_table(pa.table({"child": pa.array(range(len(column))), "value": column}), path)
    return [row[1][1] for row in parquet_table(path).rows()]


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (pa.array(["a", None, ""]), ["a", None, ""]),
        (pa.array(["a", "a"], pa.large_string()).dictionary_encode(), ["a", "a"]),
        (pa.array([1001, None]), [1001, None]),
        (pa.array([1.5, float("nan"), None]), [1.5, None, None]),
        (pa.array([True, None]), [True, None]),
        (pa.array([Decimal("1001"), None], pa.decimal128(10, 0)), ["1001", None]),
        (pa.array([date(2025, 6, 2)]), [date(2025, 6, 2)]),
        (pa.array([date(2025, 6, 2)], pa.date64()), [date(2025, 6, 2)]),
        (pa.array([EVENING], pa.timestamp("ns")), [EVENING]),
        (pa.array([EVENING], pa.timestamp("s", "UTC")), [EVENING.replace(tzinfo=UTC)]),
        (pa.array([["E1", "E2"], ["E1"], None, []]), ["E1; E2", "E1", None, ""]),
        (pa.array([[1, 2]]), [Strange.OTHER]),
        (pa.array([{"a": 1}, None]), [Strange.OTHER, None]),
        (pa.array([b"a"]), [Strange.OTHER]),
        (pa.nulls(1), [None]),
    ],
)
def test_what_a_column_of_each_type_says(column: Any, read: list[Any], tmp_path: Path) -> None:
    assert cells(column, tmp_path) == read


def test_rows_are_counted_from_one_and_an_empty_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    pq.write_table(pa.table({"child": ["a", None, "b"], "id": ["R1", " ", None]}), path)
    table = parquet_table(path)
    assert (table.kind, table.label, table.head, table.head_row) == ("records", path.name, ("child", "id"), None)
    assert list(table.rows()) == [(1, ("a", "R1")), (3, ("b", None))]


def test_times_are_read_as_in_every_table_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    # With a zone it is that instant; without one it is a clock's on the wall, which showed 01:30 twice.
    starts = [EVENING, datetime(2025, 10, 26, 1, 30)]  # noqa: DTZ001
    columns = {
        "child": [7, 8],
        "id": ["E1", "E1"],
        "kind": ["missing", "missing"],
        "started_at": pa.array(starts, pa.timestamp("us")),
        "returned_at": pa.array([datetime(2025, 6, 3, 7, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        "risk": pa.array([None, {"value": "high"}]),
        "colour": ["red", "blue"],
    }
    pq.write_table(pa.table(columns), tmp_path / "episodes.parquet")
    told = run("audit", tmp_path, *ASKED, "--format", "csv")
    assert told.code == 1
    assert told.err == (
        "episodes.parquet, column colour: [unknown-column] nobody reads this column: neither the layout nor a protocol "
        "given has it\n"
        "episodes.parquet, row 2, column started_at: [local-time-twice] clocks showed this time twice, and nothing "
        "says which of the two it was\n"
        "  = write it with its offset: +00:00 in winter, +01:00 in summer\n"
        "episodes.parquet, row 2, column risk: [cell-type] what stands here is of a type that is not read\n"
        "  = write texts, numbers, truth values, dates or times\n"
    )
    # Back at 07:00 UTC, which is 08:00 in summer: 72 hours end on 6 June at 08:00.
    assert "2025-06-06T08:00:00+01:00" in told.out


def test_a_child_whose_name_is_none_is_named(tmp_path: Path) -> None:
    columns = {"child": [{"a": 1}], "id": ["E1"], "started_at": ["2025-06-02T20:00:00+01:00"]}
    pq.write_table(pa.table(columns), tmp_path / "episodes.parquet")
    told = run("audit", tmp_path, *ASKED)
    assert told.code == 2
    assert "episodes.parquet, row 1, column child: [no-child] what stands here is no name of a child\n" in told.err


def test_what_is_no_parquet_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "episodes.parquet"
    for data in (b"", b"PAR1 and nothing more", b"child,id\n"):
        path.write_bytes(data)
        with pytest.raises(InvalidInput) as error:
            parquet_table(path)
        assert str(error.value) == (
            f"error [file-unreadable] {path} could not be read as a Parquet file\n"
            "  = check its name and folder, and that it was written to its end"
        )


def test_what_is_spoilt_within_is_told(tmp_path: Path) -> None:
    path = tmp_path / "episodes.parquet"
    columns = {"child": [f"C{n}" for n in range(99)], "id": ["E1"] * 99, "started_at": ["2025-06-02"] * 99}
    pq.write_table(pa.table(columns), path, compression="gzip")
    data = bytearray(path.read_bytes())
    data[20:200] = bytes(180)
    path.write_bytes(data)
    told = run("audit", tmp_path, *ASKED)
    assert told.code == 2
    assert told.err.startswith(f"error [file-unreadable] {path} could not be read as a Parquet file\n")


def test_of_another_name_it_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "children-2025.parquet"
    pq.write_table(pa.table({"child": ["a"]}), path)
    with pytest.raises(InvalidInput) as error:
        tables_in([path])
    assert "[table-unknown]" in str(error.value)


def test_without_pyarrow_it_says_which_extra(tmp_path: Path) -> None:
    path = tmp_path / "episodes.parquet"
    path.write_bytes(b"")
    code = (
        "import sys; sys.modules['pyarrow'] = None; from missingrules.cli import main; "
        f"sys.argv[1:] = ['audit', {str(path)!r}, '--protocol', {str(RULES)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(
        f"error [not-installed] {path} is a Parquet file, and reading one needs pyarrow\n"
        "  = install missingrules[batch], or save the table as a CSV file\n"
    )
