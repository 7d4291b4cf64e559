"""Many children answered together, in columns: to the byte the audit of each by itself."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.caseload import AUDITED, caseload, write_tables
from missingrules.audits import run as running
from missingrules.audits.run import Question, audit, audited
from missingrules.audits.totals import Tally
from missingrules.calls.caseloads import Filed
from missingrules.domain.audit import MONTH_OPEN, Broken, By, Count
from missingrules.domain.case import Held
from missingrules.domain.citations import Edition
from missingrules.domain.clock import instant_of
from missingrules.domain.conditions import HoursTest, Not
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.triggers import OnEvent, OnInstant
from missingrules.interface.conversion import case_of, converted
from missingrules.interface.words import words_of
from tests.audit.command import run
from tests.columnar.many import crowded
from tests.columnar.spoilt import NAMES, PAPERS, spoilt
from tests.columnar.test_generated import several
from tests.meaning.build import (
    at,
    case,
    day,
    duty,
    episode,
    event,
    forbid,
    guard,
    people,
    protocol,
    record,
    risk,
    row,
    within,
)
from tests.meaning.histories import OPEN
from tests.meaning.strategies import protocols, protocols_read_two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

AS_OF = instant_of(AUDITED)
NEVER = 10**9
STARTS, ENDS = ("last_seen_at", "started_at", "reported_at"), ("located_at", "returned_at")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


class Given:
    """A case that is there already."""

    rows = 1

    def __init__(self, of: Case) -> None:
        self.of = of

    def places(self) -> Iterator[tuple[str, int | None]]:
        yield "given", None

    def case(self, *_: object) -> Case:
        return self.of


def made(rules: Sequence[Protocol], cases: Sequence[Any], question: Question, handful: int) -> tuple[Any, ...]:
    """The whole audit: totals with the order of their groups, findings, breaches, and what was not used."""
    tally, findings, breaches, rest = Tally(), list[Any](), list[Any](), list[Any]()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "HANDFUL", handful)
        for batch in audit(cases, lambda: rules, question, size=50):
            tally.merge(batch.tally)
            findings += batch.findings
            breaches += batch.breaches
            rest.append((batch.ids, batch.rejections, batch.rows_used, batch.rows_reported))
    totals = tally.totals()
    order = [[*groups] for groups in totals.groups.values()], [*totals.lacking], [*totals.broken]
    return totals, order, findings, breaches, rest


def the_same(rules: Sequence[Protocol], cases: Sequence[Any], question: Question) -> tuple[Any, ...]:
    """The audit, if it is the same both ways, with rows and without."""
    rowed = replace(question, rows=True)
    singly, together = (made(rules, cases, rowed, handful) for handful in (NEVER, 1))
    for one, other in zip(singly[2], together[2], strict=False):
        assert one == other
    assert singly == together
    # Without rows fewer have to be evaluated.
    assert made(rules, cases, question, 1)[:2] == singly[:2]
    return singly


def invented(number: int, seed: int) -> Iterator[Given]:
    """Spoilt children as benchmarks have them, some with entries that say a date alone, or nothing, of when they were
    made. Of those with many episodes the evaluator takes long."""
    draw, words = random.Random(seed), words_of(PAPERS)
    few = (data for data in caseload(10_000, seed) if len(data["episodes"]) < 4)
    for data in islice(few, number):
        found = spoilt(crowded(data, draw), draw)
        for one in found["records"]:
            if "recorded_at" in one and draw.random() < 0.4:
                one["recorded_at"] = draw.choice((None, one["recorded_at"][:10]))
        yield Given(converted(found, PAPERS, AS_OF, words=words))


@pytest.mark.parametrize("paper", PAPERS, ids=NAMES)
def test_spoilt_children(paper: Protocol) -> None:
    totals, *_ = the_same([paper], [*invented(12, NAMES.index(paper.name))], Question(AS_OF))
    assert totals.cases == 12
    assert totals.whole.rated > 0


def test_several_protocols_and_other_readings() -> None:
    rules = [paper for paper in PAPERS if paper.name in ("northamptonshire", "national_framework")]
    the_same(rules, [*invented(8, 5)], Question(AS_OF, readings={"five-days": "working-days"}))


@FEW
@given(protocols(), several(), several(OPEN), st.booleans())
def test_generated_rules(rules: Any, exact: Any, open_: Any, area: Any) -> None:
    children, as_of = exact
    children = [replace(one, id=f"c{n}") for n, one in enumerate((*children, *(open_[0] if area else ())))]
    if area:
        half = Held("north", None, as_of - 40 * 86400), Held("south", as_of - 40 * 86400, None)
        children = [replace(one, child={**one.child, "area": half}) for one in children]
    the_same([rules], list(map(Given, children)), Question(as_of))


@FEW
@given(protocols_read_two_ways(), several(), st.sampled_from(("a", "b")))
def test_generated_readings(rules: Any, exact: Any, one: str) -> None:
    children, as_of = exact
    children = [replace(each, id=f"c{n}") for n, each in enumerate(children)]
    the_same([rules], list(map(Given, children)), Question(as_of, readings={"one": one}))


def test_editions_that_are_not_in_force() -> None:
    """Of three episodes one began before the edition did and one when it had lapsed."""
    (paper,) = (paper for paper in PAPERS if paper.name == "barnet")
    edition = replace(paper.edition, in_force=(date(2025, 3, 1), date(2025, 6, 1)))
    days = ("2025-02-28", "2025-03-01", "2025-06-01")
    data = {
        "format": 1,
        "case": "A",
        "child": {"date_of_birth": "2011-02-03", "looked_after": True},
        "episodes": [
            {"id": f"E{n}", "kind": "missing", **dict.fromkeys(STARTS, f"{day}T10:00:00Z"),
             **dict.fromkeys(ENDS, f"{day}T12:00:00Z")}
            for n, day in enumerate(days)
        ],
    }  # fmt: skip
    rules = [replace(paper, edition=edition)]
    child = Given(case_of(data, rules, AS_OF))
    totals, *_ = the_same(rules, [child], Question(AS_OF))
    assert totals.not_in_force["barnet", edition.label] >= 2
    assert evaluated(rules, [child]) == []


def test_of_a_child_an_edition_not_in_force_is_told_once_before_and_once_after() -> None:
    """Two duties without an episode came before it began, one while it was in force and one when it had lapsed."""
    seen = [event("sighted", at(f"{day} 10:00")) for day in ("2025-02-01", "2025-02-10", "2025-04-01", "2025-06-01")]
    edition = Edition("1", in_force=(date(2025, 3, 1), date(2025, 6, 1)))
    rules = replace(protocol(duty("r", OnEvent("sighted"))), edition=edition)
    child = case(episode("e", at("2025-04-05 10:00"), at("2025-04-05 11:00")), events=seen)
    totals, *_ = the_same([rules], [Given(child)], Question(AS_OF))
    assert evaluated([rules], [Given(child)]) == []
    assert totals.whole.all == 4
    assert totals.not_in_force == {("p", "1"): 2}


def test_who_is_evaluated() -> None:
    """The child of whom no time is open is not; the one of whom the date alone of a start is known is."""
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    done = record("r", "visit", at("2025-05-01 12:00"), recorded=day("2025-05-02"))
    timed = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00")), records=[done])
    dated = replace(case(episode("e", day("2025-05-01"), at("2025-05-03 11:00"))), id="dated")
    assert evaluated([rules], [Given(timed), Given(dated)]) == ["dated"]
    _, _, findings, _, _ = the_same([rules], [Given(timed), Given(dated)], Question(AS_OF))
    # It was due at 10:00 on the 2nd, and entered at some time of that day.
    assert [(one.outcome, one.recorded, one.late_recording) for one in findings] == [
        ("in_time", day("2025-05-02"), None), ("overdue", None, None)
    ]  # fmt: skip


def evaluated(rules: Sequence[Protocol], cases: Sequence[Any]) -> list[str]:
    """Who is evaluated, by name."""
    names: list[str] = []

    def told(rules: Any, of: Case, question: Question, **more: Any) -> Any:
        names.append(of.id)
        return audited(rules, of, question, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "audited", told)
        made(rules, cases, Question(AS_OF), 1)
    return names


def test_two_records_at_one_second_are_left_to_the_evaluator() -> None:
    """By which of two visits it was done, and when that one was written down, columns do not say."""
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    start, done = at("2025-05-01 10:00"), at("2025-05-01 12:00")
    entered = at("2025-05-01 13:00"), at("2025-05-03 13:00")
    child = case(
        episode("e", start, at("2025-05-01 11:00")),
        records=[record(f"r{n}", "visit", done, recorded=entry) for n, entry in enumerate(entered)],
    )
    totals, _, findings, _, _ = the_same([rules], [Given(child)], Question(at("2025-05-20 12:00")))
    (one,) = findings
    assert (one.outcome, one.done_by, one.late_recording) == ("in_time", ("r0",), False)
    assert (totals.whole.recorded, totals.whole.recorded_late) == (1, 0)


def test_two_records_that_show_it_together_are_left_to_the_evaluator() -> None:
    """Both people are to be told, and each was told by itself: the later entry counts, which came after the limit."""
    told = people("all", "police", "team_manager")
    rules = protocol(duty("r", OnInstant("started"), "notify", to=told, deadline=within("24 hours")))
    start = at("2025-05-01 10:00")
    records = [
        record("r0", "notify", at("2025-05-01 12:00"), to=("police",), recorded=at("2025-05-03 13:00")),
        record("r1", "notify", at("2025-05-01 13:00"), to=("team_manager",), recorded=at("2025-05-01 13:00")),
    ]
    child = case(episode("e", start, at("2025-05-01 11:00")), records=records)
    totals, _, findings, _, _ = the_same([rules], [Given(child)], Question(at("2025-05-20 12:00")))
    (one,) = findings
    assert (one.outcome, one.done_by, one.late_recording) == ("in_time", ("r0", "r1"), True)
    assert (totals.whole.recorded, totals.whole.recorded_late) == (1, 1)


def test_how_late() -> None:
    """Up to a day and a second more, up to a week and a second more, of what was due as June began."""
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    gone = episode("e", at("2025-05-31 00:00"), at("2025-05-31 01:00"))
    days = "2025-06-01 00:00:01", "2025-06-02 00:00", "2025-06-02 00:00:01", "2025-06-08 00:00", "2025-06-08 00:00:01"
    children = [replace(case(gone, records=[record("r", "visit", at(one))]), id=one) for one in days]
    totals, *_ = the_same([rules], [*map(Given, children)], Question(AS_OF))
    assert evaluated([rules], [*map(Given, children)]) == []
    assert totals.whole == Count(late=5, late_day=2, late_week=2, late_longer=1, latest=7 * 24 * 3600 + 1)
    assert [*totals.groups[By.MONTH]] == [("2025-06",)]


@pytest.mark.parametrize(("as_of", "ahead"), [("2025-05-02 09:59:59", 1), ("2025-05-02 10:00", 0)])
def test_what_was_done_ahead_of_a_limit_that_has_come(as_of: str, ahead: int) -> None:
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    gone = episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00"))
    child = case(gone, records=[record("r", "visit", at("2025-05-01 12:00"))])
    totals, *_ = the_same([rules], [Given(child)], Question(at(as_of)))
    assert totals.whole == Count(in_time=1 - ahead, done_ahead=ahead)


def test_the_month_of_a_limit_that_is_open() -> None:
    """By the risk, which nobody graded, it is due an hour or three days after the start: in one month, or in two."""
    either = DeadlineRows((row(risk("high"), within("1 hour")), row(Not(risk("high")), within("72 hours"))))
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=either))
    days = "2025-05-10", "2025-05-30"
    children = [replace(case(episode("e", at(f"{day} 10:00"), at(f"{day} 11:00"))), id=day) for day in days]
    totals, _, findings, *_ = the_same([rules], [*map(Given, children)], Question(AS_OF))
    assert evaluated([rules], [*map(Given, children)]) == []
    between = [
        (at(f"{start} 11:00"), at(f"{end} 10:00"))
        for start, end in zip(days, ("2025-05-13", "2025-06-02"), strict=True)
    ]
    assert [one.due_between for one in findings] == between
    assert {group: count.all for group, count in totals.groups[By.MONTH].items()} == {("2025-05",): 1, (MONTH_OPEN,): 1}


def test_of_two_areas_at_once_the_first_counts() -> None:
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    child = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00")))
    areas = Held("north", at("2025-01-01 00:00"), None), Held("south", at("2025-04-01 00:00"), None)
    child = replace(child, child=MappingProxyType({**child.child, "area": areas}))
    _, _, findings, *_ = the_same([rules], [Given(child)], Question(AS_OF))
    assert evaluated([rules], [Given(child)]) == []
    assert [one.area for one in findings] == ["north"]


def test_a_prohibition_that_reads_the_hours_of_an_office_leaves_all_to_the_evaluator() -> None:
    """A visit at noon of a Thursday breaks it, one at eleven at night does not."""
    barred = forbid("f", "visit", guard(HoursTest("office", outside=False)))
    rules = protocol(duty("r", OnInstant("started"), deadline=within("24 hours")), barred)
    gone = episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00"))
    times = "2025-05-01 12:00", "2025-05-01 23:00"
    children = [replace(case(gone, records=[record("r", "visit", at(one))]), id=one) for one in times]
    totals, *_ = the_same([rules], [*map(Given, children)], Question(AS_OF))
    assert evaluated([rules], [*map(Given, children)]) == [*times]
    assert totals.all_broken == Broken(breached=1, not_decidable=0, cases=1)


def test_an_act_that_another_record_includes_at_one_second_is_left_to_the_evaluator() -> None:
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    done = at("2025-05-01 12:00")
    records = [record("r0", "notify", done, included=("visit",)), record("r1", "visit", done)]
    child = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00")), records=records)
    _, _, findings, *_ = the_same([rules], [Given(child)], Question(AS_OF))
    assert evaluated([rules], [Given(child)]) == [child.id]
    assert [one.done_by for one in findings] == [("r0",)]


def test_what_may_have_broken_a_prohibition_is_left_to_the_evaluator() -> None:
    """Nobody graded the risk on which it hangs."""
    rules = protocol(duty("r", OnInstant("started")), forbid("f", "visit", guard(risk("high"))))
    visit = record("r", "visit", at("2025-05-01 12:00"), episode="e")
    child = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00")), records=[visit])
    totals, *_ = the_same([rules], [Given(child)], Question(AS_OF))
    assert evaluated([rules], [Given(child)]) == [child.id]
    assert totals.all_broken == Broken(breached=0, not_decidable=1, cases=0)


def test_an_entry_counts_as_late_after_the_limit_alone_and_of_what_was_in_time() -> None:
    """The first was written down at the limit, the second a second later; the third was done too late itself."""
    rules = protocol(duty("r", OnInstant("started"), "visit", deadline=within("24 hours")))
    gone = episode("e", at("2025-05-01 10:00"), at("2025-05-01 11:00"))
    times = (
        ("2025-05-01 12:00", "2025-05-02 10:00"),
        ("2025-05-01 12:00", "2025-05-02 10:00:01"),
        ("2025-05-02 12:00", "2025-05-02 12:00"),
    )
    children = [
        replace(case(gone, records=[record("r", "visit", at(done), recorded=at(entry))]), id=f"c{number}")
        for number, (done, entry) in enumerate(times)
    ]
    totals, _, findings, *_ = the_same([rules], [*map(Given, children)], Question(AS_OF))
    assert evaluated([rules], [*map(Given, children)]) == []
    assert [one.late_recording for one in findings] == [False, True, None]
    assert (totals.whole.recorded, totals.whole.recorded_late) == (2, 1)


# --- from tables, and in every format ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tables of 25 episodes; of the records some say a date alone or nothing of when they were entered, one child has a
    row that cannot be used and one comes again."""
    write_tables(tmp_path, 25, 11)
    draw = random.Random(11)
    file = tmp_path / "records.csv"
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    for cells in rows:
        cells["recorded_at"] = draw.choice((cells["recorded_at"], cells["recorded_at"][:10], "", "null"))
    rows[-1]["at"] = "yesterday"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    (first, *_) = caseload(25, 11)
    (tmp_path / "again.json").write_text(json.dumps(first), encoding="utf-8")
    return tmp_path


def test_children_of_tables(folder: Path) -> None:
    rules = [paper for paper in PAPERS if paper.name == "northamptonshire"]
    _, _, findings, _, rest = the_same(rules, [*Filed([folder], rules).cases()], Question(AS_OF))
    assert {one.late_recording for one in findings} == {None, True, False}
    assert not evaluated(rules, [*Filed([folder], rules).cases()])
    assert {one.code for _, rejections, _, _ in rest for one in rejections} >= {"case-again"}


@pytest.mark.parametrize("words", ["text", "text --rows", "json --rows", "csv", "md --rows", "html", "xlsx"])
def test_every_format_to_the_byte(folder: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = ("--protocol", "buckinghamshire", "--as-of", AUDITED.isoformat(), "--jobs", "1", "--format", *words.split())
    monkeypatch.setattr(running, "HANDFUL", 1)
    together = run("audit", folder, *rest)
    monkeypatch.setattr(running, "HANDFUL", NEVER)
    assert together == run("audit", folder, *rest)
    assert together.code == 1
    assert together.made


# --- where the extra is not installed ---------------------------------------------------------------------------------


def test_without_the_extra_each_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert not running.in_columns(Question(AS_OF))
    assert running.size_for(Question(AS_OF), 10_000, 2) == running.CHUNK


def test_a_few_children_are_audited_without_numpy() -> None:
    words = "import sys; import missingrules.audits.run, missingrules.calls.auditing; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


@pytest.mark.parametrize(
    ("number", "jobs", "rows", "size"), [(30, 2, False, 40), (600, 2, False, 300), (9000, 2, False, 1000),
                                         (9000, 2, True, 200), (None, 1, False, 1000)]
)  # fmt: skip
def test_how_many_go_to_a_process_at_once(number: int | None, jobs: int, rows: bool, size: int) -> None:
    assert running.size_for(Question(AS_OF, rows=rows), number, jobs) == size
