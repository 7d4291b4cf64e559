"""Exports in a batch, doubles wherever they stand, and rows that are those of single evaluations."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import missingrules
from benchmarks.caseload import AUDITED, caseload
from missingrules.batches import run as running
from missingrules.cli.rates import rate
from tests.audit.command import run
from tests.batch import made
from tests.batch.made import AS_OF, ASKED, HAND, key_of, unordered

if TYPE_CHECKING:
    from collections.abc import Sequence

RETURN = """\
CHILD,DOB,MISSING,MIS_START,MIS_END
1001,14/05/2009,A,28/03/2025,30/03/2025
1002,02/01/2010,M,05/06/2024,05/06/2024
1003,09/09/2011,A,31/04/2024,02/05/2024
1003,09/09/2011,A,06/05/2024,07/05/2024
"""
EXTRACT = """\
miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,miss_missing_episode_end_date
88,P1,2025-03-28 22:30:00.000,M,2025-03-30T09:05:17.997
89,P2,02/06/2025 20:00,Away from placement without authorisation,03/06/2025 08:00:30
90,P3,,M,
"""
MAPPED = "Nr;Who;Away\n1;K1;2025-06-02T20:00\n2;K2;never\n"
MAPPING = """\
format: 1
mapping: own
dates: YYYY-MM-DD
columns: {Who: child, Away: started_at}
child: {date_of_birth: 2011-01-23}
episode: {kind: missing}
"""
SSD = ("--from", "ssd_missing", "--history-from", "2019-07-01", "--complete-to", "2025-06-30")


@pytest.mark.parametrize(
    ("name", "text", "kind", "rows", "bad"),
    [
        ("missing.csv", RETURN, ("--from", "ssda903", "--year", "2025"), 4, {4, 5}),
        ("missing.csv", RETURN, ("--from", "ssda903", "--year", "2025", "--found-is-return"), 4, {4, 5}),
        ("ssd_missing.csv", EXTRACT, SSD, 3, {4}),
        ("own.csv", MAPPED, ("--from", "mapping.yaml"), 2, {3}),
    ],
)
def test_an_export_is_answered_as_the_cases_that_import_makes_of_it(
    name: str,
    text: str,
    kind: Sequence[str],
    rows: int,
    bad: set[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text, encoding="utf-8")
    Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
    told = run("import", name, *kind, "--as-of", AS_OF, "--output", "cases.jsonl")
    assert told.code == 1, told.err
    assert run("batch", "cases.jsonl", *ASKED, "--output", "one", "--jobs", "1").code == 0
    told = run("batch", name, *kind, *ASKED, "--output", "two", "--jobs", "1", "--partition", "1")
    assert told.code == 1, told.err
    one, two = made.made(Path("one")), made.made(Path("two"))
    for table in ("obligations", "questions", "readings", "conclusions"):
        assert unordered(one.rows[table]) == unordered(two.rows[table])
    assert len(two.rows["obligations"]) > 0
    totals = two.whole["totals"]
    assert (totals["rows_read"], totals["rows_used"]) == (rows, rows - len(bad))
    assert {each["row"] for each in two.rejected if each["row"] and each["code"] != "unknown-column"} == bad
    inputs = [each["file"] for each in two.whole["asked"]["inputs"]]
    assert inputs == [name, "mapping.yaml"][: 2 if name == "own.csv" else 1]
    # And what stands behind a row is found again in the export.
    row = two.rows["obligations"][0]
    words = ("--protocol", HAND / "town.yaml", "--protocol", HAND / "shire.yaml", "--case", row["case"])
    told = run("evidence", "two", *words, "--key", key_of(row), "--json")
    (action,) = json.loads(told.out)["actions"]
    assert (action["key"], action["status"]) == (key_of(row), row["status"])


# --- doubles ----------------------------------------------------------------------------------------------------------


def _lines(path: Path, names: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, name in enumerate(names):
            data: dict[str, Any] = {"format": 1, "case": name, "child": {"date_of_birth": "2010-05-05"}}
            at = f"2025-06-{number + 1:02}T20:00:00+01:00"
            data["episodes"] = [{"id": "E1", "kind": "missing", "started_at": at, "returned_at": None}]
            file.write(json.dumps(data if name != "!" else {}) + "\n")


@pytest.mark.parametrize("partition", ["1", "2", "9"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_of_one_name_the_first_is_used_wherever_the_parts_are_cut(partition: str, jobs: str, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    _lines(cases, "AABCA!B")
    out = tmp_path / "out"
    told = run("batch", cases, *ASKED, "--output", out, "--jobs", jobs, "--partition", partition)
    assert told.code == 1, told.err
    found = made.made(out)
    assert [(row["case"], row["file"]) for row in found.rows["cases"]] == [
        (name, f"{cases}, line {line}") for name, line in (("A", 1), ("B", 3), ("C", 4))
    ]
    # Missing since the evening of the day that its line has: the call was due a day later.
    due = {row["case"]: row["due"] for row in found.rows["obligations"] if row["rule"] == "tell"}
    assert due == {name: f"2025-06-{day:02}T20:00:00+01:00" for name, day in (("A", 2), ("B", 4), ("C", 5))}
    again = {each["file"]: each["reason"] for each in found.rejected if each["code"] == "case-again"}
    assert {name.removeprefix(f"{cases}, "): reason[-6:] for name, reason in again.items()} == {
        "line 2": "line 1",
        "line 5": "line 1",
        "line 7": "line 3",
    }
    assert found.whole["totals"]["rows_used"] == 3
    assert found.whole["totals"]["rows_not_used"] == 4


def test_a_double_of_a_child_that_was_finished_before_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = tmp_path / "cases.jsonl"
    _lines(cases, "ABA")
    words: list[str | Path] = ["batch", cases, *ASKED, "--jobs", "1", "--partition", "1", "--output"]
    assert run(*words, tmp_path / "whole").code == 1
    real, seen = running.Finished, []

    def twice(*given: Any) -> Any:
        seen.append(given)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(running, "Finished", twice)
        assert run(*words, tmp_path / "out").code not in (0, 1, 2)
    assert run(*words, tmp_path / "out").code == 1
    assert made.tree(tmp_path / "out") == made.tree(tmp_path / "whole")


# --- the sum of single evaluations ------------------------------------------------------------------------------------

NAMES = ("northamptonshire", "national_framework")
COLUMNS = {
    "rule", "item", "edition", "episode", "action", "title", "topic", "effect", "modality", "by", "chair", "recipients",
    "attendees", "status", "paragraphs",
}  # fmt: skip


def test_rows_are_those_of_single_evaluations(tmp_path: Path) -> None:
    protocols = missingrules.load_protocols(*NAMES)
    now = missingrules.instant_of(AUDITED)
    cases = [missingrules.case_of(data, protocols, now) for data in caseload(30, 7)]
    parts = list(missingrules.batch(protocols, iter(cases), now, questions=True, rests=True, partition=5))
    assert [id_ for part in parts for id_ in part.ids] == [case.id for case in cases]
    assert len(parts) > 1
    rows = {(row["case"], key_of(row)): row for part in parts for row in part.obligations.to_pylist()}
    rests: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        for row in part.readings.to_pylist():
            rests.setdefault((row["case"], key_of(row)), []).append(f"{row['reading']}: {row['option']}")
    number = 0
    for case in cases:
        answer = missingrules.evaluate(protocols, case, now)
        for wanted in missingrules.rows_of(answer):
            number += 1
            row = rows[case.id, wanted.key]
            assert {name: row[name] for name in COLUMNS} == {name: getattr(wanted, name) for name in COLUMNS}
            assert row["with"] == wanted.with_
            for name in ("triggered", "due", "due_earliest", "due_latest", "done_at"):
                assert row[name] == getattr(wanted, name)
            told = (wanted.readings or "").split("; ") if wanted.readings else []
            assert rests.get((case.id, wanted.key), []) == list(dict.fromkeys(told))
    assert number == sum(part.obligations.num_rows for part in parts)
    asked = [(row["case"], row["fact"]) for part in parts for row in part.questions.to_pylist()]
    answers = {case.id: missingrules.evaluate(protocols, case, now) for case in cases}
    assert sorted(asked) == sorted(
        (case, question.fact)
        for case, answer in answers.items()
        for each in answer.protocols
        for question in each.questions
    )


def test_in_python_in_two_processes_as_in_one(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in caseload(20, 3)), encoding="utf-8")
    now = missingrules.instant_of(AUDITED)
    one, two = (list(missingrules.batch(["northamptonshire"], [path], now, partition=3, jobs=jobs)) for jobs in (1, 2))
    assert [part.ids for part in one] == [part.ids for part in two]
    for here, there in zip(one, two, strict=True):
        assert all(here.tables()[name].equals(there.tables()[name]) for name in here.tables())


@pytest.mark.parametrize("wrong", [{"partition": 0}, {"horizon_days": -1}])
def test_numbers_that_are_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a partition has a case or more"):
        missingrules.batch(["barnet"], [], missingrules.instant_of(datetime.fromisoformat(AS_OF)), **wrong)


# --- how quick --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "left", "seconds", "told"),
    [
        (0, 100, 3.0, ""),
        (10, 100, None, ""),
        (2000, 28000, 10.0, "200 a second, 0:02:20 left"),
        (5, 95, 10.0, "0.5 a second, 0:03:10 left"),
        (100, 0, 2.0, "50 a second, 0:00:00 left"),
    ],
)
def test_the_rate_since_it_began_and_what_is_left_by_it(done: int, left: int, seconds: float | None, told: str) -> None:
    assert rate(done, left, seconds) == told


def test_a_bar_shows_it_on_a_terminal() -> None:
    import io

    from rich.console import Console
    from rich.progress import Progress

    from missingrules.cli.rates import RateColumn

    out = io.StringIO()
    with Progress(RateColumn(), console=Console(file=out, force_terminal=True, width=60), auto_refresh=False) as bar:
        task = bar.add_task("children", total=100, completed=60, begun=60)
        bar.tasks[0].start_time = bar.get_time() - 10
        bar.advance(task, 20)
        bar.refresh()
    assert "2.0 a second, 0:00:10 left" in out.getvalue()
