"""An audit is the sum of single evaluations, in however many processes and whatever order it is made."""

from __future__ import annotations

import random
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.caseload import AUDITED, caseload, write_tables
from missingrules.audits.findings import findings_of
from missingrules.audits.run import Question, audit
from missingrules.audits.totals import Tally
from missingrules.cli.common import protocols as read_protocols
from missingrules.domain.audit import By, Finding, Outcome, Rejected, Totals
from missingrules.domain.clock import instant_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of, converted
from missingrules.interface.words import words_of
from missingrules.reading.caseloads import cases_in
from missingrules.tables.caseload import caseload_of, tables_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.batches.crew import Supplied
    from missingrules.domain.protocol import Protocol

HAND = str(Path(__file__).with_name("hand") / "rules.yaml")
AS_OF = instant_of(AUDITED)
LOAD = partial(read_protocols, (HAND,))
PROTOCOLS: Sequence[Protocol] = LOAD()
WORDS = words_of(PROTOCOLS)


def totals_of(cases: Sequence[Supplied], jobs: int = 1) -> Totals:
    tally = Tally()
    for batch in audit(cases, LOAD, Question(as_of=AS_OF), jobs=jobs):
        tally.merge(batch.tally)
    return tally.totals()


def tabled(folder: Path, episodes: int, seed: int) -> list[Supplied]:
    write_tables(folder, episodes, seed)
    (tables,) = tables_in(sorted(folder.glob("*.csv")))
    return [*caseload_of(tables, WORDS).children()]


def singly(cases: Sequence[dict[str, Any]]) -> Totals:
    """Each case by the face of the library, and counted plainly."""
    tally = Tally()
    for data in cases:
        case = case_of(data, PROTOCOLS, AS_OF)
        answer = evaluate(PROTOCOLS, case, AS_OF, horizon_days=0)
        tally.add(answer, findings_of(answer, case))
    return tally.totals()


@pytest.mark.parametrize("seed", range(3))
def test_the_totals_of_tables_are_the_sum_of_single_evaluations(tmp_path: Path, seed: int) -> None:
    totals = totals_of(tabled(tmp_path, 120, seed))
    cases = list(caseload(120, seed))
    assert totals == singly(cases)
    begun = [e for case in cases for e in case["episodes"] if datetime.fromisoformat(e["started_at"]) <= AUDITED]
    assert totals.episodes == len(begun)


def test_two_processes_find_what_one_finds_and_in_the_same_order(tmp_path: Path) -> None:
    cases = tabled(tmp_path, 300, 5)
    question = Question(as_of=AS_OF, rows=True)
    one = [f for batch in audit(cases, LOAD, question, jobs=1) for f in batch.findings]
    two = [f for batch in audit(cases, LOAD, question, jobs=2) for f in batch.findings]
    assert one == two
    assert len(one) > 1000
    assert totals_of(cases, jobs=2) == totals_of(cases)


def test_a_mistake_of_the_program_in_another_process_is_told_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(audit([Breaking()], LOAD, Question(as_of=AS_OF), jobs=2))


def test_a_process_that_is_gone_is_told() -> None:
    with pytest.raises(RuntimeError, match="ended before its work was done"):
        list(audit([Leaving()], LOAD, Question(as_of=AS_OF), jobs=2))


def test_what_lacks_is_what_the_questions_of_the_whole_answer_say() -> None:
    protocols = read_protocols(["northamptonshire"])
    for data in caseload(30, 4):
        # Half of what is known of the child, and a return of which the date alone is known.
        known = {name: value for number, (name, value) in enumerate(data["child"].items()) if number % 2}
        first = {**data["episodes"][0], "returned_at": data["episodes"][0]["returned_at"][:10], "located_at": None}
        episodes = [first, *data["episodes"][1:]]
        for changed in ({**data, "child": known}, {**data, "episodes": episodes[:1], "records": []}):
            case = case_of(changed, protocols, AS_OF)
            answer = evaluate(protocols, case, AS_OF, horizon_days=0)
            (part,) = answer.protocols
            for one in findings_of(answer, case):
                whole = {question.fact for question in part.questions if one.key in question.affects}
                assert set(one.lacking) == (whole if one.status == "not_decidable" else set())


class Breaking:
    rows = 1

    def places(self) -> Any:
        raise NotImplementedError

    def case(self, *_: object) -> Any:
        raise ZeroDivisionError


class Leaving:
    rows = 1

    def places(self) -> Any:
        raise NotImplementedError

    def case(self, *_: object) -> Any:
        import os

        os._exit(3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), cut=st.integers(0, 20))
def test_what_the_parts_come_to_is_what_the_whole_does(seed: int, cut: int) -> None:
    cases = list(caseload(25, seed))
    answers = []
    for data in cases:
        case = converted(data, PROTOCOLS, AS_OF, words=WORDS)
        answer = evaluate(PROTOCOLS, case, AS_OF, horizon_days=0)
        answers.append((answer, list(findings_of(answer, case))))
    whole, first, second = Tally(), Tally(), Tally()
    for number, (answer, findings) in enumerate(answers):
        whole.add(answer, findings)
        (first if number < cut else second).add(answer, findings)
    random.Random(seed).shuffle(answers)
    shuffled = Tally()
    for answer, findings in answers:
        shuffled.add(answer, findings)
    first.merge(second)
    assert first.totals() == whole.totals() == shuffled.totals()
    consistent(whole.totals(), [f for _, findings in answers for f in findings])


def consistent(totals: Totals, findings: Sequence[Finding]) -> None:
    """Each obligation is counted once in the whole, and once in each kind of group."""
    for outcome in Outcome:
        number = sum(one.outcome is outcome for one in findings)
        assert getattr(totals.whole, outcome.value) == number
        for by in By:
            assert sum(getattr(count, outcome.value) for count in totals.groups[by].values()) == number
    assert totals.whole.all == len(findings)
    assert totals.whole.recorded_late == sum(one.late_recording is True for one in findings)
    late = [one.late_by for one in findings if one.outcome is Outcome.LATE and one.late_by is not None]
    assert totals.whole.latest == max(late, default=0)
    assert totals.whole.late_day + totals.whole.late_week + totals.whole.late_longer == len(late)


def test_case_files_and_lines_are_read_as_tables_are(tmp_path: Path) -> None:
    import json

    cases = list(caseload(40, 3))
    lines = tmp_path / "cases.jsonl"
    lines.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    for case in cases:
        (tmp_path / f"{case['case']}.json").write_text(json.dumps(case), encoding="utf-8")
    whole = singly(cases)
    assert totals_of([*cases_in([lines])]) == whole
    assert totals_of([*cases_in(sorted(tmp_path.glob("*.json")))]) == whole


def test_a_case_file_that_is_wrong_is_named_without_a_word_of_what_it_says(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "format: 1\ncase: Erika Mustermann\nchild: {date_of_birth: 14/05/2009}\n"
        "episodes: [{id: E1, started_at: 2025-01-01T10:00:00}]\n"
        "records: [{id: R1, action: Gespraech, at: 2025-01-02}]\n",
        encoding="utf-8",
    )
    with pytest.raises(Rejected) as caught:
        next(iter(cases_in([bad]))).case(PROTOCOLS, WORDS, AS_OF)
    told = "\n".join(one.render() for one in caught.value.rejections)
    assert told == (
        f"{bad}:3:24: [bad-date] this is not written as a date\n"
        "  = write year, month and day: 2025-03-28 is 28 March 2025\n"
        f"{bad}:4:33: [naive-timestamp] this time has no offset, so it could be one of two hours\n"
        "  = write it with its offset: 2025-03-28T22:30:00+00:00\n"
        f"{bad}:5:28: [bad-word] a word here has small letters, digits and _ only\n"
        "  = write it as it is spelt in the vocabulary: small letters, digits and _"
    )
