"""The organisation's meetings as a table: every child has them."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.audit.command import run

LEDGER = Path(__file__).parents[1] / "audit" / "hand" / "ledger.yaml"
RULES = """\
format: 1
protocol: hand
title: A protocol with a panel
authority: Nowhere
applies_to: invented children
sources:
  protocol: {title: A protocol with a panel, edition: {label: invented}, ledger: ledger.yaml}
roles:
  police: {title: Police, agency: police}
scope: {when: {child.age: under 18}, cite: "1"}
meetings:
  panel: {title: The panel, every: two_months, cite: "2"}
rules:
  - {id: to-the-panel, topic: information_sharing, title: Report, cite: "2", modality: must, trigger: returned,
     require: share_information, by: police, deadline: at next panel}
"""
CHILDREN = "child,date_of_birth\nA,2010-05-05\nB,2010-05-05\n"
EPISODES = """\
child,id,kind,started_at,returned_at
A,E1,missing,2025-06-09T20:00:00+01:00,2025-06-10T10:00:00+01:00
B,E1,missing,2025-06-17T20:00:00+01:00,2025-06-18T10:30:00+01:00
"""
# Two names, in no order; a time without its offset is one of the clock on the wall, in June BST.
MEETINGS = (
    "meeting,at\npanel,2025-06-18 10:00\npanel,2025-06-04T10:00:00+01:00\nforum,2025-06-11\npanel,2025-07-16 10:00\n"
)
# A is back on the 10th, before the panel of the 18th at 10; B half an hour after it has begun.
DUE = {"A": "2025-06-18T10:00:00+01:00", "B": "2025-07-16T10:00:00+01:00"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "ledger.yaml").write_bytes(LEDGER.read_bytes())
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    return folder / "rules.yaml"


def tables(folder: Path, meetings: str) -> Path:
    folder.mkdir()
    for name, text in (("children", CHILDREN), ("episodes", EPISODES), ("meetings", meetings)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def due(cases: Path, rules: Path) -> tuple[dict[str, str], str]:
    asked = ("--protocol", rules, "--as-of", "2025-06-20T12:00:00+01:00")
    rows = csv.DictReader(io.StringIO(run("audit", cases, *asked, "--format", "csv").out))
    intake = run("audit", cases, *asked).out.splitlines()[-1]
    return {row["child"]: row["due"] for row in rows}, intake


def test_every_child_has_them(tmp_path: Path, rules: Path) -> None:
    found, intake = due(tables(tmp_path / "cases", MEETINGS), rules)
    assert found == DUE
    assert intake == "8 rows and files read, 8 used, 0 not used"


def test_a_sheet_of_a_workbook(tmp_path: Path, rules: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, text in (("Children", CHILDREN), ("Episodes", EPISODES)):
        sheet = book.create_sheet(name)
        for line in csv.reader(io.StringIO(text)):
            sheet.append(line)
    sheet = book.create_sheet("Meetings")
    sheet.append(["Meeting", "At"])
    for day in (datetime(2025, 6, 18, 10), datetime(2025, 7, 16, 10)):  # noqa: DTZ001
        sheet.append(["panel", day])
    path = tmp_path / "caseload.xlsx"
    book.save(path)
    found, intake = due(path, rules)
    assert found == DUE
    assert intake == "6 rows and files read, 6 used, 0 not used"


def test_of_a_calendar_that_is_not_whole_none_is_used(tmp_path: Path, rules: Path) -> None:
    """Without the 18th, A's next panel would be the 16th of July."""
    found, intake = due(tables(tmp_path / "cases", MEETINGS.replace("2025-06-18 10:00", "18/06/2025")), rules)
    assert found == {"A": "", "B": ""}
    assert intake == "8 rows and files read, 4 used, 4 not used: named above"


def test_it_needs_both_columns(tmp_path: Path, rules: Path) -> None:
    folder = tables(tmp_path / "cases", "meeting,on\npanel,2025-06-18\n")
    told = run("audit", folder, "--protocol", rules, "--as-of", "2025-06-20T12:00:00+01:00")
    assert told.err == (
        "error [column-missing] meetings.csv has no column at\n"
        "  = its first row names the columns; meetings has at least meeting, at\n"
    )
