"""What was done though it was forbidden: by hand in every format, and as the sum of single evaluations."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.caseload import AUDITED, caseload
from missingrules.audits import run as running
from missingrules.audits.run import Question, audit
from missingrules.audits.totals import Tally
from missingrules.cli.common import protocols as read_protocols
from missingrules.domain.clock import instant_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of
from missingrules.reading.caseloads import LinedCase
from tests.audit.command import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.audit import Totals

RULES = Path(__file__).with_name("hand") / "forbidding.yaml"
# Of A one call is a breach, since the child is looked after; a case is closed while E2 goes on, and once between both.
# Of B nobody says whether it is looked after; C is not, and one check of it is a visit.
TABLES = {
    "children": "child,date_of_birth,looked_after\nA,2010-05-05,true\nB,2011-06-06,\nC,2011-07-07,false\n",
    "episodes": "child,id,kind,started_at,returned_at\n"
    "A,E1,missing,2025-06-02T20:00:00+01:00,2025-06-03T08:00:00+01:00\n"
    "A,E2,missing,2025-06-10T20:00:00+01:00,null\n"
    "B,E1,missing,2025-06-02T20:00:00+01:00,2025-06-03T08:00:00+01:00\n"
    "C,E1,missing,2025-06-02T20:00:00+01:00,2025-06-03T08:00:00+01:00\n",
    "records": "child,id,action,episode,at,method\n"
    "A,R1,prevention_interview,E1,2025-06-03T10:00:00+01:00,telephone\n"
    "A,R2,close_case,E2,2025-06-12T09:00:00+01:00,\n"
    "A,R3,close_case,E1,2025-06-04T09:00:00+01:00,\n"
    "B,R1,prevention_interview,E1,2025-06-03T10:00:00+01:00,telephone\n"
    "C,R1,prevention_interview,E1,2025-06-03T10:00:00+01:00,telephone\n"
    "C,R2,prevention_interview,E1,2025-06-03T12:00:00+01:00,visit\n",
}
# child, episode, prohibition, status, record, at, paragraph, strength, lacks, rule
ROWS = [
    ("A", "E1", "No check by telephone", "breached", "R1", "2025-06-03T10:00:00+01:00", "2", "must", None, "no-call"),
    ("A", "E2", "No closing while missing", "breached", "R2", "2025-06-12T09:00:00+01:00", "3", "should", None,
     "no-close"),
    ("B", "E1", "No check by telephone", "not_decidable", "R1", "2025-06-03T10:00:00+01:00", "2", "must",
     "child.looked_after", "no-call"),
]  # fmt: skip
COLUMNS = ("child", "episode", "prohibition", "status", "record", "at", "paragraph", "strength", "lacks", "rule")


@pytest.fixture
def asked(tmp_path: Path) -> tuple[str | Path, ...]:
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return "audit", folder, "--protocol", RULES, "--as-of", "2025-06-30T12:00:00+01:00"


def test_json(asked: tuple[str | Path, ...]) -> None:
    told = run(*asked, "--format", "json", "--rows")
    assert (told.code, told.err) == (0, "")
    data = json.loads(told.out)
    assert [tuple(row[name] for name in COLUMNS) for row in data["breaches"]] == ROWS
    assert data["totals"]["prohibitions_broken"] == {
        "all": {"breached": 2, "not_decidable": 1, "cases": 1},
        "by_prohibition": [
            {"protocol": "hand", "rule": "no-call", "title": "No check by telephone",
             "breached": 1, "not_decidable": 1, "cases": 1},
            {"protocol": "hand", "rule": "no-close", "title": "No closing while missing",
             "breached": 1, "not_decidable": 0, "cases": 1},
        ],
    }  # fmt: skip
    # They are among no duties: each of three returns asks for one check; a call that was forbidden is none.
    assert [(row["child"], row["rule"], row["status"]) for row in data["rows"]] == [
        ("A", "offer", "due"), ("B", "offer", "not_decidable"), ("C", "offer", "met")
    ]  # fmt: skip
    assert data["totals"]["all"]["all"] == 3
    assert json.loads(run(*asked, "--format", "json").out)["breaches"] is None


def test_text_and_markdown(asked: tuple[str | Path, ...]) -> None:
    out = run(*asked, "--rows").out
    assert (
        "DONE THOUGH FORBIDDEN\n"
        "  2 breaches in 1 case; 1 more that cannot be decided\n"
        "prohibition                         broken undecided cases\n"
        "No check by telephone (no-call)          1         1     1\n"
        "No closing while missing (no-close)      1         0     1\n"
    ) in out
    flat = " ".join(out.split())
    assert "breached: No check by telephone (Case A, episode E1, record R1, Tue 3 Jun 2025 10:00 BST) [2]" in flat
    assert "not decidable, for lack of child.looked_after: No check by telephone (Case B, episode E1, record R1" in flat
    page = run(*asked, "--format", "md", "--rows").out
    assert "| No check by telephone | no-call | 1 | 1 | 1 |" in page
    assert "| A | E2 | No closing while missing | breached | R2 | 2025-06-12T09:00:00+01:00 | 3 |" in page


def test_a_workbook_has_them_on_sheets_of_their_own_and_csv_says_that_it_has_not(
    asked: tuple[str | Path, ...], tmp_path: Path
) -> None:
    output = tmp_path / "audit.xlsx"
    assert run(*asked, "--output", output).code == 0
    book: Any = openpyxl.load_workbook(output)
    head, *rows = book["breaches"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["child"], row["record"], row["status"], row["lacks"]) for row in found] == [
        (row[0], row[4], row[3], row[8]) for row in ROWS
    ]
    assert [f"{row['at'].isoformat()}{row['at_offset']}" for row in found] == [row[5] for row in ROWS]
    assert list(book["prohibitions"].iter_rows(min_row=2, values_only=True)) == [
        ("hand", "no-call", "No check by telephone", 1, 1, 1),
        ("hand", "no-close", "No closing while missing", 1, 0, 1),
    ]
    told = run(*asked, "--format", "csv")
    assert told.err == (
        "not among these rows, which are duties: 2 breaches of prohibitions and 1 that cannot be decided; "
        "--format xlsx or json has them\n"
    )
    assert {row["rule"] for row in csv.DictReader(io.StringIO(told.out))} == {"offer"}


# --- as the sum of single evaluations ---------------------------------------------------------------------------------

LOAD = partial(read_protocols, (str(RULES),))
PROTOCOLS = LOAD()
AS_OF = instant_of(AUDITED)


def invented(episodes: int, seed: int) -> list[dict[str, Any]]:
    """Children as benchmarks have them, with calls and closed cases, of whom not everything is known."""
    draw = random.Random(seed)
    cases = list(caseload(episodes, seed))
    for case in cases:
        case["child"] = {name: value for name, value in case["child"].items() if draw.random() < 0.7}
        for record in case["records"]:
            if record["action"] == "prevention_interview" and draw.random() < 0.7:
                record["method"] = draw.choice(("telephone", "visit"))
        for episode in case["episodes"]:
            if draw.random() < 0.5:
                at = episode[draw.choice(("started_at", "returned_at", "reported_at"))]
                at = at[:10] if draw.random() < 0.3 else at
                case["records"].append({"id": f"{episode['id']}-C", "action": "close_case", "at": at})
    return cases


def counted(cases: Sequence[dict[str, Any]]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Each case by the face of the library: how often each prohibition was broken, or may have been, in how many."""
    times, children = Counter[tuple[str, str]](), Counter[str]()
    for data in cases:
        answer = evaluate(PROTOCOLS, case_of(data, PROTOCOLS, AS_OF), AS_OF, horizon_days=0)
        broken = [(one.prohibition.rule, one.status) for one in answer.protocols[0].forbidden if one.record is not None]
        times.update(broken)
        children.update({rule for rule, status in broken if status == "breached"})
        children.update(["any"] if any(status == "breached" for _, status in broken) else [])
    return times, children


def agree(totals: Totals, cases: Sequence[dict[str, Any]]) -> None:
    times, children = counted(cases)
    for (_, rule, _), one in totals.broken.items():
        assert one == (times[rule, "breached"], times[rule, "not_decidable"], children[rule])
    assert {rule for _, rule, _ in totals.broken} == {rule for rule, _ in times}
    by_status = Counter[str]()
    for (_, status), number in times.items():
        by_status[status] += number
    assert totals.all_broken == (by_status["breached"], by_status["not_decidable"], children["any"])


def audited(cases: Sequence[dict[str, Any]], jobs: int) -> tuple[Totals, list[tuple[str, str]]]:
    tally, rows = Tally(), list[tuple[str, str]]()
    lines = [LinedCase("cases", number, json.dumps(case)) for number, case in enumerate(cases)]
    for batch in audit(lines, LOAD, Question(as_of=AS_OF, rows=True), jobs=jobs):
        tally.merge(batch.tally)
        rows += [(one.case, one.key) for one in batch.breaches]
    return tally.totals(), rows


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), chunk=st.integers(1, 60))
def test_however_they_are_chunked_the_totals_are_the_sum_of_single_evaluations(seed: int, chunk: int) -> None:
    cases = invented(25, seed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "CHUNK", chunk)
        totals, rows = audited(cases, 1)
    agree(totals, cases)
    assert len(rows) == len(set(rows)) == totals.all_broken.breached + totals.all_broken.not_decidable
    singly = Tally()
    for data in cases:
        case = case_of(data, PROTOCOLS, AS_OF)
        answer, findings = running.audited(PROTOCOLS, case, Question(as_of=AS_OF))
        singly.add(answer, findings)
    assert totals == singly.totals()


def test_in_however_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = invented(60, 7)
    alone = audited(cases, 1)
    agree(alone[0], cases)
    assert alone[0].all_broken > (0, 0, 0)
    for jobs, chunk in ((2, 7), (3, 3)):
        monkeypatch.setattr(running, "CHUNK", chunk)
        assert audited(cases, jobs) == alone
