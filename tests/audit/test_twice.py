"""A case of a name is used once, wherever it comes again and however the work is shared out."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from benchmarks.caseload import caseload
from missingrules.audits import run as running
from missingrules.audits.run import Question, audit
from missingrules.audits.totals import Tally
from missingrules.domain.audit import Rejection
from missingrules.reading.caseloads import LinedCase
from tests.audit.command import run
from tests.audit.test_run import AS_OF, HAND, LOAD

if TYPE_CHECKING:
    from pathlib import Path

EPISODES = "child,id,kind,started_at,returned_at\n{},E1,missing,2025-06-02T20:00:00+01:00,2025-06-03T08:00:00+01:00\n"
ASKED = ("--protocol", HAND, "--as-of", "2025-06-30T12:00:00+01:00")


def test_the_second_is_told_and_not_used(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.jsonl"
    (case, other) = list(caseload(30, 1))[:2]
    first.write_text(json.dumps(case), encoding="utf-8")
    second.write_text(json.dumps(other) + "\n" + json.dumps(case) + "\n", encoding="utf-8")
    told = run("audit", tmp_path, *ASKED)
    assert told.err == (
        f"{second}, line 2: [case-again] not used, since a case of this name came before: {first}\n"
        "  = put what belongs to one child into one case, or give each its own name\n"
    )
    assert told.out.endswith("3 rows and files read, 2 used, 1 not used: named above\n")
    assert "\n2 cases with " in told.out
    assert told.code == 1


def test_two_folders_of_tables_are_told_apart(tmp_path: Path) -> None:
    for name, child in (("north", "A"), ("south", "A"), ("west", "B")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "episodes.csv").write_text(EPISODES.format(child), encoding="utf-8")
    told = run("audit", tmp_path, *ASKED)
    assert told.err == (
        f"{tmp_path}/south/episodes.csv, row 2: [case-again] not used, since a case of this name came before: "
        f"{tmp_path}/north/episodes.csv, row 2\n"
        "  = put what belongs to one child into one case, or give each its own name\n"
    )
    assert told.out.endswith("3 rows and files read, 2 used, 1 not used: named above\n")


def test_one_that_cannot_be_used_leaves_its_name_to_the_next(tmp_path: Path) -> None:
    (case,) = list(caseload(1, 1))
    spoilt = {**case, "child": {"date_of_birth": "14/05/2009"}}
    (tmp_path / "a.json").write_text(json.dumps(spoilt), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(case), encoding="utf-8")
    told = run("audit", tmp_path, *ASKED)
    assert "[bad-date]" in told.err
    assert "[case-again]" not in told.err
    assert "\n1 case with " in told.out


@pytest.mark.parametrize(("chunk", "jobs"), [(1, 1), (3, 1), (1000, 1), (4, 2)])
def test_however_the_work_is_shared_out(chunk: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third case comes again further down, the second once more, the last twice more."""
    monkeypatch.setattr(running, "CHUNK", chunk)
    cases = list(caseload(40, 2))
    again = [*cases[::3], cases[1], cases[-1], cases[-1]]
    line = partial(LinedCase, "cases")
    given = [line(number, json.dumps(case)) for number, case in enumerate([*cases, *again], start=1)]
    whole, once = Tally(), Tally()
    rejected, used = list[Rejection](), 0
    for batch in audit(given, LOAD, Question(as_of=AS_OF), jobs=jobs):
        whole.merge(batch.tally)
        rejected += batch.rejections
        used += batch.rows_used
    for batch in audit(given[: len(cases)], LOAD, Question(as_of=AS_OF)):
        once.merge(batch.tally)
    assert whole.totals() == once.totals()
    assert [one.file for one in rejected] == [
        f"cases, line {number}" for number in range(len(cases) + 1, len(given) + 1)
    ]
    assert {one.code for one in rejected} == {"case-again"}
    assert used == len(cases)
