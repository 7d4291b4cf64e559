"""Worked by hand from ../wexcombe/wexcombe.txt, as of Monday 30 June 2025, 12:00 BST.

C-01, low, reported Mon 23 June 19:00, back Tue 24 June 06:00: nobody told the Team Manager (3.1: next working day, to
the end of the 24th) nor the Head of Service (72 hours: 26 June 19:00); no interview (5.2: 72 hours: 27 June 06:00).
C-02, medium, reported today, 01:00, still away: nobody told the Team Manager (3.1: 4 hours: 05:00); all else can wait.
C-03, high, placed by another authority, reported Wed 18 June 18:00, back 19 June 04:00: nobody told the Director (3.1:
12 hours: 19 June 06:00); the placing authority (6.2) held no meeting (4.1: 48 hours: 20 June 18:00) and no interview
(22 June 04:00). That the Head of Service was told at 21:00, an hour late, is over.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import overdue
import pytest

import missingrules

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
NOT_STATED, PLACING, INTERVIEWER = (
    "not stated",
    "the placing authority",
    "somebody who is not involved in the child's care",
)
# Until 12:00 on the 30th: whole days of 24 hours, and what is left.
BY_HAND = [
    ("C-01", "tell-team-manager", NOT_STATED, 5 * 24 + 12),
    ("C-01", "tell-head-of-service", NOT_STATED, 3 * 24 + 17),
    ("C-01", "interview", INTERVIEWER, 3 * 24 + 6),
    ("C-02", "tell-team-manager", NOT_STATED, 7),
    ("C-03", "tell-director", NOT_STATED, 11 * 24 + 6),
    ("C-03", "meeting", PLACING, 9 * 24 + 18),
    ("C-03", "interview", PLACING, 8 * 24 + 8),
]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    protocols = missingrules.load_protocols(HERE.parent / "wexcombe/wexcombe.yaml")
    return overdue.duties(HERE.parent / "caseload", protocols, missingrules.instant_of("2025-06-30T12:00:00+01:00"))


def test_what_is_overdue(frame: pd.DataFrame) -> None:
    late = frame[frame["status"] == "overdue"]
    # The end of a day is its last second.
    assert [(*row, round(hours)) for *row, hours in late[["case", "rule", "by", "hours_late"]].to_numpy()] == BY_HAND


def test_by_role(frame: pd.DataFrame) -> None:
    by_role = overdue.overdue_by_role(frame)
    told = [(role, row.duties, row.children, round(row.hours_late)) for role, row in by_role.iterrows()]
    assert told == [(NOT_STATED, 4, 3, 270), (PLACING, 2, 1, 234), (INTERVIEWER, 1, 1, 78)]


def test_the_columns_have_types(frame: pd.DataFrame) -> None:
    assert {str(frame[name].dtype).split(", ")[1] for name in overdue.MOMENTS} == {"UTC]"}
    assert {str(frame[name].dtype) for name in overdue.WORDS} == {"category"}
    assert {str(frame[name].dtype) for name in ("case", "key", "title", "by", "chair", "with")} <= {"str", "string"}
    assert not frame.duplicated(["case", "key"]).any()
    assert not frame["key"].isna().any()


def test_as_a_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--protocol", str(HERE.parent / "wexcombe/wexcombe.yaml"), "--as-of", "2025-06-30T12:00:00+01:00"]
    monkeypatch.setattr("sys.argv", ["overdue.py", str(HERE.parent / "caseload"), *asked])
    overdue.main()
    told = capsys.readouterr().out
    assert PLACING in told
    readme = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    assert {line.rstrip() for line in told.splitlines()} <= set(readme)
