"""An audit of two children worked out by hand, in every format."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.audit.command import run

HAND = Path(__file__).with_name("hand")
ASKED = ("audit", HAND / "cases", "--protocol", HAND / "rules.yaml", "--as-of", "2025-06-30T12:00:00+01:00")

# Of C a record cannot be read, so that nothing of C is used. 72 hours from Tue 3 June 08:00 end on Fri 6 June 08:00,
# 24 from Mon 2 June 20:00 on Tue 3 June 20:00; three days from 2 June with the 5th, from 10 June with the 13th, from
# 29 June with 2 July. From the end of 5 June (a second before midnight) to 30 June 12:00 are 24 days, 12 hours and a
# second.
#  child, episode, rule: status, counted as, due, late by, late recording, done at
ROWS = {
    ("A", "E1", "interview"): ("met", "in_time", "2025-06-06T08:00:00+01:00", "", "yes", "2025-06-05T10:00:00+01:00"),
    ("A", "E1", "tell"): ("met_late", "late", "2025-06-03T20:00:00+01:00", "5400", "", "2025-06-03T21:30:00+01:00"),
    ("A", "E1", "meeting"): ("overdue", "overdue", "2025-06-05T23:59:59+01:00", "2116801", "", ""),
    ("A", "E1", "offer"): ("available", "permitted", "", "", "", ""),
    ("A", "E1", "plan"): ("due", "open", "", "", "", ""),
    # Written down on the day on which it was due at 9: before or after, nobody can tell.
    ("B", "E1", "interview"): ("met", "in_time", "2025-06-14T09:00:00+01:00", "", "", "2025-06-14T09:00:00+01:00"),
    ("B", "E1", "tell"): ("met", "in_time", "2025-06-11T18:00:00+01:00", "", "", "2025-06-11T10:00:00+01:00"),
    ("B", "E1", "meeting"): ("not_decidable", "not_decidable", "2025-06-13T23:59:59+01:00", "", "", ""),
    ("B", "E1", "offer"): ("met", "permitted", "", "", "", "2025-06-12T10:00:00+01:00"),
    ("B", "E1", "plan"): ("met", "done_no_limit", "", "", "", "2025-06-20T10:00:00+01:00"),
    ("B", "E2", "interview"): ("due", "open", "2025-07-02T20:00:00+01:00", "", "", ""),
    ("B", "E2", "tell"): ("overdue", "overdue", "2025-06-30T09:00:00+01:00", "10800", "", ""),
    ("B", "E2", "meeting"): ("not_decidable", "not_decidable", "2025-07-02T23:59:59+01:00", "", "", ""),
    ("B", "E2", "offer"): ("available", "permitted", "", "", "", ""),
    ("B", "E2", "plan"): ("due", "open", "", "", "", ""),
}
WHO = {
    "interview": "Social Worker",
    "tell": "Police",
    "meeting": "Team Manager",
    "offer": "Police",
    "plan": "Social Worker",
}
PARAGRAPH = {"interview": "2", "tell": "3", "meeting": "4", "offer": "5", "plan": "6"}
NOT_USED = """\
children.csv, row 4: [child-not-used] not used, since another row of this child cannot be: records.csv, row 8
episodes.csv, row 5: [child-not-used] not used, since another row of this child cannot be: records.csv, row 8
records.csv, row 8, column action: [unknown-action] no action is named '…'
  = did you mean 'return_interview'?
"""
TEXT = """\
Audit as of Mon 30 Jun 2025 12:00 BST
A protocol for an audit by hand, invented
2 cases with 3 episodes

DUTIES WHOSE TIME IS UP
  in time   3 of 6: 50.0 %
  late      1 (1 by up to a day, 0 by up to a week, 0 by more; the latest by 1
            hour 30 minutes)
  not done  2 (0 missed for good, 2 still to do)
  entered   1 after their limit, of the 1 done in time that say when they were
            written down

NOT IN THE RATE
  undecided 2 for lack of a fact
  to do     3, with time left or without a limit
  done      1: 0 before a limit still to come, 1 without a limit
  may       3 that may be done and need not be

BY STRENGTH
strength up in time late not done   rate undecided
must      3       2    0        1 66.6 %         2
should    3       1    1        1 33.3 %         0
and 1 more with time left, without a limit or without need

BY WHO ACTS
who acts      up in time late not done    rate undecided
Police         3       1    1        1  33.3 %         0
Social Worker  2       2    0        0 100.0 %         0
Team Manager   1       0    0        1   0.0 %         2

BY MONTH DUE
month due up in time late not done   rate undecided
2025-06    6       3    1        2 50.0 %         1
2025-07    0       0    0        0      -         1
and 1 more with time left, without a limit or without need

BY AREA
area         up in time late not done   rate undecided
south (hand)  3       2    0        1 66.6 %         2
north (hand)  3       1    1        1 33.3 %         0

MOST OFTEN LATE OR NOT DONE
duty           up in time late not done   rate undecided
Tell (tell)     3       1    1        1 33.3 %         0
Meet (meeting)  1       0    0        1  0.0 %         2

WHAT THE CASES DO NOT SAY
  Is the child looked after? (child.looked_after): 2 duties in 1 case

Rates are of the duties whose time is up and that can be decided: in time, late
or not done. What is not decidable, still has time, has no limit or need not be
done is in none.

14 rows and files read, 11 used, 3 not used: named above
"""


def test_the_text() -> None:
    told = run(*ASKED)
    assert told.out == TEXT
    assert told.err == NOT_USED
    assert told.code == 1


def test_the_rows_of_csv() -> None:
    told = run(*ASKED, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.out)))
    found = {
        (row["child"], row["episode"], row["rule"]): (
            row["status"],
            row["counted_as"],
            row["due"],
            row["late_by_seconds"],
            row["late_recording"],
            row["done_at"],
        )
        for row in rows
    }
    assert found == ROWS
    assert len(rows) == len(ROWS)
    assert {row["rule"]: row["who"] for row in rows} == WHO
    assert {row["rule"]: row["paragraph"] for row in rows} == PARAGRAPH
    (meeting,) = (row for row in rows if row["rule"] == "meeting" and row["episode"] == "E2")
    assert (meeting["lacks"], meeting["area"], meeting["agencies"]) == (
        "child.looked_after",
        "south",
        "childrens_social_care",
    )


def test_a_workbook_has_the_same_rows_with_times_that_are_times(tmp_path: Path) -> None:
    output = tmp_path / "audit.xlsx"
    told = run(*ASKED, "--format", "xlsx", "--output", output)
    assert (told.code, told.out) == (
        1,
        f"{output} was written: 14 rows and files read, 11 used, 3 not used: named above\n",
    )
    book = openpyxl.load_workbook(output)
    head, *rows = book["duties"].iter_rows(values_only=True)
    names = {str(name): place for place, name in enumerate(head)}
    for row in rows:
        key = (str(row[names["child"]]), str(row[names["episode"]]), str(row[names["rule"]]))
        status, counted, due, late_by, late_recording, done = ROWS[key]
        assert row[names["status"]] == status
        assert row[names["counted_as"]] == counted
        assert row[names["due"]] == _wall(due)
        assert row[names["done_at"]] == _wall(done)
        assert row[names["late_by_seconds"]] == (int(late_by) if late_by else None)
        assert row[names["late_recording"]] == (late_recording or None)
    assert len(rows) == len(ROWS)
    months = list(book["by month due"].iter_rows(values_only=True))
    assert [row[:5] for row in months[1:]] == [
        ("2025-06", 7, 6, 500, 3),
        ("2025-07", 2, 0, None, 0),
        ("no limit", 6, 0, None, 0),
    ]
    assert [row[0] for row in book["not used"].iter_rows(values_only=True)][1:] == [
        "children.csv",
        "episodes.csv",
        "records.csv",
    ]


def _wall(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def test_json_has_totals_and_rows_if_asked() -> None:
    data = json.loads(run(*ASKED, "--format", "json").out)
    assert data["rows"] is None
    assert data["input"] == {"rows_read": 14, "rows_used": 11, "rows_not_used": 3}
    assert (data["totals"]["cases"], data["totals"]["episodes"]) == (2, 3)
    counted = {name: number for name, number in data["totals"]["all"].items() if number}
    assert counted == {
        "all": 15,
        "rated": 6,
        "rate_in_time": 50.0,
        "in_time": 3,
        "late": 1,
        "overdue": 2,
        "not_decidable": 2,
        "done_no_limit": 1,
        "open": 3,
        "permitted": 3,
        "late_day": 1,
        "recorded": 1,
        "recorded_late": 1,
        "latest": 5400,
    }
    assert data["totals"]["lacking"] == [
        {
            "protocol": "hand",
            "fact": "child.looked_after",
            "ask": "Is the child looked after?",
            "obligations": 2,
            "cases": 1,
        }
    ]
    whole = json.loads(run(*ASKED, "--format", "json", "--rows").out)
    assert {(row["child"], row["episode"], row["rule"]): row["status"] for row in whole["rows"]} == {
        key: row[0] for key, row in ROWS.items()
    }
    assert [each["code"] for each in whole["not_used"]] == ["child-not-used", "child-not-used", "unknown-action"]


def test_markdown_has_the_same_numbers() -> None:
    page = run(*ASKED, "--format", "md", "--rows").out
    assert "| all duties | 6 | 3 | 1 | 2 | 50.0 % | 2 |" in page
    assert "| Social Worker | 2 | 2 | 0 | 0 | 100.0 % | 0 |" in page
    assert "| A | E1 | Tell | Police | 2025-06-03T20:00:00+01:00 | met\\_late | 1 hour 30 minutes | 3 |" in page


@pytest.mark.parametrize("by", ["duty", "role", "agency", "month", "area", "modality"])
def test_what_is_asked_for_is_all_that_is_shown(by: str) -> None:
    out = run(*ASKED, "--by", by).out
    assert [line for line in out.splitlines() if line.startswith("BY ")] == [
        {
            "duty": "BY DUTY",
            "role": "BY WHO ACTS",
            "agency": "BY AGENCY",
            "month": "BY MONTH DUE",
            "area": "BY AREA",
            "modality": "BY STRENGTH",
        }[by]
    ]


def test_rows_as_text_say_how_each_stands() -> None:
    out = run(*ASKED, "--rows").out
    assert "Case A, episode E1" in out
    flat = " ".join(out.split())
    assert "met late, by 1 hour 30 minutes: Tell (Police, due Tue 3 Jun 2025 20:00 BST) [3]" in flat
    assert "met, written down after it was due: Interview (Social Worker, due Fri 6 Jun 2025 08:00 BST) [2]" in flat
    assert "overdue, by 24 days so far: Meet (Team Manager, due Thu 5 Jun 2025, end of day) [4]" in flat
    assert "not decidable, for lack of child.looked_after: Meet" in flat


def test_who_is_not_named_has_no_agency(tmp_path: Path) -> None:
    """The paper that names nobody: its duties are under nobody's name in every kind of group."""
    for name in ("rules.yaml", "ledger.yaml"):
        text = (HAND / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("by: team_manager,", "not_stated: [by],"), encoding="utf-8")
    asked = ("audit", HAND / "cases", "--protocol", tmp_path / "rules.yaml", *ASKED[4:])
    for by in ("role", "agency"):
        out = run(*asked, "--by", by).out
        assert "nobody named" in out
        assert " ".join(next(line for line in out.splitlines() if line.startswith("nobody named")).split()) == (
            "nobody named 1 0 0 1 0.0 % 2"
        )
