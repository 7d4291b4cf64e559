"""A batch of three children under two protocols, worked out by hand; the same rows in whatever form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from missingrules.batches.tables import CONCLUSIONS, OBLIGATIONS, QUESTIONS, READINGS
from tests.audit.command import run
from tests.batch import made
from tests.batch.made import AS_OF, ASKED, CASES, HAND, Made, key_of, unordered

if TYPE_CHECKING:
    from collections.abc import Callable

# Of D a date does not exist, so that nothing of D is used, and of X there is no child. Missing from home or care, and
# three days of 24 hours: 72 hours from Tue 3 June 08:00 end on Fri 6 June 08:00, from Wed 11 June 09:00 on Sat 14 June
# 09:00, from Fri 20 June 23:30 on Mon 23 June 23:30. Three days from 2 June end with the 5th, from 10 June with the
# 13th, from 29 June with 2 July. Whether B is looked after nobody says; C is not, and has no meeting.
#  case, protocol, episode, rule: status, triggered, due, done at
OBLIGED = {
    ("A", "town", "E1", "interview"): ("met", "06-03T08:00:00", "06-06T08:00:00", "06-05T10:00:00"),
    ("A", "town", "E1", "meeting"): ("overdue", "06-02T20:00:00", "06-05T23:59:59", None),
    ("A", "shire", "E1", "tell"): ("overdue", "06-02T20:00:00", "06-03T20:00:00", None),
    ("B", "town", "E1", "interview"): ("overdue", "06-11T09:00:00", "06-14T09:00:00", None),
    ("B", "town", "E1", "meeting"): ("not_decidable", "06-10T18:00:00", "06-13T23:59:59", None),
    ("B", "town", "E2", "meeting"): ("not_decidable", "06-29T09:00:00", "07-02T23:59:59", None),
    ("B", "shire", "E1", "tell"): ("overdue", "06-10T18:00:00", "06-11T18:00:00", None),
    ("B", "shire", "E2", "tell"): ("overdue", "06-29T09:00:00", "06-30T09:00:00", None),
    ("C", "town", "E1", "interview"): ("met_late", "06-20T23:30:00", "06-23T23:30:00", "06-24T10:00:00"),
    ("C", "shire", "E1", "tell"): ("overdue", "06-20T10:00:00", "06-21T10:00:00", None),
}
# What every duty of a rule says: edition, action, title, topic, modality, by, chair, recipients, attendees, paragraph.
SAID = {
    "interview": (
        "first", "return_interview", "Interview", "return_interview", "must", "Social Worker", None, None, None, "2",
    ),
    "meeting": (
        "first", "strategy_meeting", "Meet", "strategy_meeting", "must", "Social Worker", "Team Manager", None,
        "Police; Social Worker", "3",
    ),
    "tell": ("second", "notify", "Tell", "notification", "should", "Police", None, "Social Worker", None, "2"),
}  # fmt: skip
ABOUT = ("edition", "action", "title", "topic", "modality", "by", "chair", "recipients", "attendees", "paragraphs")


def answered(folder: Path, cases: Path, *words: str | Path, code: int = 1) -> Made:
    told = run("batch", cases, *ASKED, "--output", folder, "--jobs", "1", *words)
    assert told.code == code, told.err
    return made.made(folder)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return answered(tmp_path_factory.mktemp("out") / "batch", CASES)


def _instant(short: str | None) -> str | None:
    return None if short is None else f"2025-{short}+01:00"


def test_every_obligation_is_a_row_as_it_was_worked_out(parquet: Made) -> None:
    rows = {(row["case"], row["protocol"], row["episode"], row["rule"]): row for row in parquet.rows["obligations"]}
    assert len(rows) == len(parquet.rows["obligations"]) == len(OBLIGED)
    for key, (status, triggered, due, done) in OBLIGED.items():
        row = rows[key]
        assert list(row) == [column.name for column in OBLIGATIONS]
        _, protocol, episode, rule = key
        assert key_of(row) == f"{protocol}/{rule}/{episode}/1"
        told = (row["status"], row["triggered"], row["due"], row["done_at"])
        assert told == (status, *map(_instant, (triggered, due, done))), key
        assert tuple(row[name] for name in ABOUT) == SAID[rule], key
        rest = ("item", "occurrence", "effect", "with", "due_earliest", "due_latest")
        assert [row[name] for name in rest] == [None, "1", "require", None, None, None]


def test_what_stands_beside_the_obligations(parquet: Made) -> None:
    def values(table: str, columns: Any) -> list[tuple[Any, ...]]:
        assert all(list(row) == [column.name for column in columns] for row in parquet.rows[table])
        return [tuple(row.values()) for row in parquet.rows[table]]

    asks = ("B", "town", "child.looked_after", "Is the child looked after?", None, None)
    assert values("questions", QUESTIONS) == [(*asks, "town/meeting/E1/1; town/meeting/E2/1", None)]
    rests = [(case, "town", "interview", None, "E1", "1", "how-long", "three") for case in "ABC"]
    assert values("readings", READINGS) == rests
    assert values("conclusions", CONCLUSIONS) == [("A", "town", "E1", "risk", None, "at least medium", "4")]


def test_what_could_not_be_used_is_named_and_all_rows_are_accounted_for(parquet: Made) -> None:
    named = [(each["file"], each["row"], each["column"], each["code"]) for each in parquet.rejected]
    assert sorted(named, key=str) == [
        ("children.csv", 5, None, "child-not-used"),
        ("episodes.csv", 6, "started_at", "bad-timestamp"),
        ("records.csv", 4, "child", "unknown-child"),
    ]
    # 4 children, 5 episodes and 3 records; a row of D in two tables, and one of X, are not used.
    totals = parquet.whole["totals"]
    assert [totals[name] for name in ("cases", "rows_read", "rows_used", "rows_not_used")] == [3, 12, 9, 3]
    assert totals["rows"] == {"obligations": 10, "questions": 1, "readings": 3, "conclusions": 1, "cases": 3}
    told = run("audit", CASES, *ASKED[:-2], "--jobs", "1", "--json")
    assert [{**each, "row": each["row"]} for each in json.loads(told.out)["not_used"]] == parquet.rejected


def test_the_receipt_says_what_was_asked_of_what(parquet: Made) -> None:
    asked, receipt = parquet.whole["asked"], parquet.whole["receipt"]
    assert (asked["as_of"], asked["horizon_days"], asked["readings"], asked["from"]) == (AS_OF, 90, {}, None)
    assert [Path(each["file"]).name for each in asked["inputs"]] == ["children.csv", "episodes.csv", "records.csv"]
    assert [each["bytes"] for each in asked["inputs"]] == [path.stat().st_size for path in sorted(CASES.iterdir())]
    shown = json.loads(run("show", HAND / "town.yaml", "--json").out)
    assert receipt["protocols"][0] == {"name": "town", "edition": "first", "fingerprint": shown["fingerprint"]}
    # Every case, and why it was not answered in columns.
    by = parquet.whole["by_evaluator"]
    assert by["cases"] == sum(by["because"].values()) == sum(row["why"] is not None for row in parquet.rows["cases"])
    assert [(row["case"], row["file"], row["row"]) for row in parquet.rows["cases"]] == [
        ("A", "children.csv", 2), ("B", "children.csv", 3), ("C", "children.csv", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("form", [made.as_csv, made.as_parquet, made.as_workbook, made.as_lines])
def test_the_same_caseload_in_another_form_gives_the_same_rows(
    form: Callable[[Path], Path], parquet: Made, tmp_path: Path
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    found = answered(tmp_path / "out", form(cases))
    for table in ("obligations", "questions", "readings", "conclusions"):
        assert unordered(found.rows[table]) == unordered(parquet.rows[table])
    totals = found.whole["totals"]
    assert totals["rows_read"] == totals["rows_used"] + totals["rows_not_used"]
    if form is not made.as_lines:
        # In Parquet the first row is row 1, for no row names the columns.
        less = 1 if form is made.as_parquet else 0
        told = {(each["row"], each["column"], each["code"]) for each in found.rejected}
        assert told == {(each["row"] - less, each["column"], each["code"]) for each in parquet.rejected}


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_same_rows_in_every_format(format: str, parquet: Made, tmp_path: Path) -> None:
    found = answered(tmp_path / "out", CASES, "--format", format)
    assert (found.rows, found.rejected) == (parquet.rows, parquet.rejected)
    assert found.whole["totals"] == parquet.whole["totals"]


@pytest.mark.parametrize(("children", "parts"), [(5, 1), (3, 2), (1, 5)])
def test_however_it_is_cut_the_rows_are_the_same(children: int, parts: int, parquet: Made, tmp_path: Path) -> None:
    # Five go through: the four children, and the row that is nobody's.
    found = answered(tmp_path / "out", CASES, "--partition", str(children))
    assert len(found.whole["partitions"]) == parts
    assert {table: unordered(rows) for table, rows in found.rows.items()} == {
        table: unordered(rows) for table, rows in parquet.rows.items()
    }
    assert (found.rejected, found.whole["totals"]) == (parquet.rejected, parquet.whole["totals"])
    for line in found.whole["partitions"]:
        assert line["rows_read"] == line["rows_used"] + line["rows_not_used"]


def test_two_processes_write_what_one_writes(tmp_path: Path) -> None:
    answered(tmp_path / "one", CASES, "--partition", "1")
    told = run("batch", CASES, *ASKED, "--output", tmp_path / "two", "--jobs", "2", "--partition", "1")
    assert told.code == 1
    assert made.tree(tmp_path / "one") == made.tree(tmp_path / "two")


def test_json_is_what_stands_in_the_folder(tmp_path: Path) -> None:
    told = run("batch", CASES, *ASKED, "--output", tmp_path / "out", "--jobs", "1", "--json")
    assert (told.code, json.loads(told.out)) == (1, made.made(tmp_path / "out").whole)
    assert "[bad-timestamp]" in told.err


def test_nothing_that_could_be_used(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{}\n", encoding="utf-8")
    found = answered(tmp_path / "out", bad, code=2)
    assert found.whole["totals"]["rows_not_used"] == 1
    assert all(rows == [] for rows in found.rows.values())
