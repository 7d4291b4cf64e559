"""The workbook of ../caseload; what is overdue in it was worked out by hand in ../pandas/test_overdue.py."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / "duties.xlsx"
    asked = ["--protocol", "../wexcombe/wexcombe.yaml", "--as-of", "2025-06-30T12:00:00+01:00", "--output", file]
    for _ in range(2):  # the second time takes the place of the first
        subprocess.run([sys.executable, "workbook.py", "../caseload", *asked], cwd=HERE, check=True)
    return file


def test_each_sheet_is_one_table_of_its_name(made: Path) -> None:
    sheets = openpyxl.load_workbook(made).worksheets
    assert {"duties", "breaches", "facts that lack", "not used"} <= {sheet.title for sheet in sheets}
    for sheet in sheets:
        assert list(sheet.tables) == [sheet.title.replace(" ", "_")]
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A1:")
        assert not sheet.merged_cells.ranges


def test_every_column_has_one_type(made: Path) -> None:
    duties = pd.read_excel(made, sheet_name="duties")
    for moment in ("due", "done_at", "triggered_at"):
        assert duties[moment].dtype.kind == "M"
    assert duties["late_by_seconds"].dtype.kind == "f"  # with gaps
    sheet = openpyxl.load_workbook(made)["duties"]
    for column in sheet.iter_cols(min_row=2, values_only=True):
        assert len({type(cell) for cell in column} - {type(None)}) <= 1


def test_what_is_overdue(made: Path) -> None:
    duties = pd.read_excel(made, sheet_name="duties")
    late = duties[duties["counted_as"] == "overdue"].set_index(["child", "rule"])
    assert late.groupby("strength").size().to_dict() == {"must": 3, "stated": 4}
    manager = late.loc[("C-02", "tell-team-manager")]
    # 3.1: 4 hours from 01:00, on the clock on the wall in June.
    assert (manager["due"], manager["due_offset"]) == (datetime(2025, 6, 30, 5), "+01:00")  # noqa: DTZ001
    assert manager["late_by_seconds"] == 7 * 3600
    by_strength = pd.read_excel(made, sheet_name="by strength").set_index("strength")
    assert by_strength["overdue"].to_dict() == {"must": 3, "should": 0, "stated": 4}


def test_rows_that_cannot_be_used_are_in_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "episodes.csv").write_text(
        "child,id,started_at\nC-01,E1,2025-06-23T18:00:00+01:00\nC-02,E1,yesterday\n", encoding="utf-8"
    )
    asked = ["--protocol", "../wexcombe/wexcombe.yaml", "--as-of", "2025-06-30T12:00:00+01:00"]
    file = tmp_path / "duties.xlsx"
    done = subprocess.run([sys.executable, "workbook.py", tmp_path, *asked, "--output", file], cwd=HERE, check=False)
    assert done.returncode == 1
    lost = pd.read_excel(file, sheet_name="not used")
    assert lost["row"].tolist() == [3]
