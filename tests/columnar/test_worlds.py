"""Children of whom an instant is not settled: columns give what the evaluator makes of all their worlds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.caseload import AUDITED, caseload
from missingrules.domain.clock import FOREVER, instant_of
from missingrules.domain.conditions import HoursTest
from missingrules.domain.triggers import OnInstant
from missingrules.engine.columnar import loose
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.loose import across
from missingrules.engine.columnar.status import STATUSES
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of
from missingrules.reading import catalogue
from missingrules.reading.protocols import read_protocol
from tests.columnar.test_generated import OFTEN, several
from tests.meaning.build import at, case, conclude, day, duty, episode, guard, within
from tests.meaning.build import protocol as protocol_of
from tests.meaning.histories import OPEN
from tests.meaning.strategies import protocols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.loose import Across

PAPERS = [path.stem for path in sorted(catalogue.find("northamptonshire").parent.glob("*.yaml"))]

Rows = dict[tuple[int, str], tuple[Any, ...]]


def differences(protocol: Protocol, cases: Sequence[Case], as_of: Instant, horizon_days: int = 90) -> list[str]:
    """Where the columns differ from the evaluator."""
    found = across(protocol, cases, as_of, horizon_days=horizon_days)
    mine, theirs = _rows(found), Rows()
    for number, child in enumerate(cases):
        if found.left[number]:
            continue
        for one in evaluate([protocol], child, as_of, horizon_days=horizon_days).protocols[0].actions:
            if one.duty.rule not in found.rules:
                who = one.by, one.chair, one.attendees, one.recipients, one.with_
                theirs[number, one.key] = (
                    one.status, one.triggered_at, one.due, one.due_between, one.discharged_at, who, one.citations
                )  # fmt: skip
    return [
        f"{cases[n].id} {key}\n  columns:   {mine.get((n, key))}\n  evaluator: {theirs.get((n, key))}"
        for n, key in sorted({*mine, *theirs})
        if mine.get((n, key)) != theirs.get((n, key))
    ]


def _rows(found: Across) -> Rows:
    out: Rows = {}
    ids = found.histories.episodes.id
    for one in found.agreed:
        for row in range(len(one)):
            child, episode = int(one.children[row]), int(one.episodes[row])
            key = f"{one.prefix}{'child' if episode == NONE else ids[episode]}/{one.occurrences[row]}"
            first, last = int(one.due_from[row]), int(one.due_latest[row])
            assert (child, key) not in out, f"{key} comes twice"
            out[child, key] = (
                STATUSES[one.status[row]],
                _instant(one.triggered[row]),
                _instant(one.due[row]),
                (first, last) if first != last else None,
                _instant(one.done_at[row]),
                tuple(options.at(row) for options in one.who.values()),
                one.citations.at(row),
            )
    return out


def _instant(value: Any) -> int | None:
    return None if value >= FOREVER else int(value)


def test_a_start_of_which_only_the_date_is_known() -> None:
    """From 00:00 to 23:59:59 on the 6th: 24 hours later is some time on the 7th, and over on the 20th either way."""
    rules = protocol_of(duty("r", OnInstant("started"), deadline=within("24 hours")))
    child = case(episode("e1", day("2025-05-06"), at("2025-05-08 10:00")))
    (found,) = across(rules, [child], at("2025-05-20 12:00")).agreed
    assert (len(found), STATUSES[found.status[0]], found.triggered[0], found.due[0]) == (1, "overdue", FOREVER, FOREVER)
    assert (found.due_from[0], found.due_latest[0]) == (at("2025-05-07 00:00"), at("2025-05-07 23:59:59"))


def test_children_who_are_left_to_the_evaluator_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = protocol_of(duty("r", OnInstant("started")))
    children = [case(episode("e1", day("2025-05-06"), at("2025-05-08 10:00")))]
    monkeypatch.setattr(loose, "TOO_MANY", 1)
    found = across(rules, children, at("2025-05-20 12:00"))
    assert [*found.children] == ["too many ways in which its times may have been"]
    assert found.left.all()
    assert not found.agreed


def test_a_conclusion_that_reads_the_hours_of_an_office() -> None:
    """It is read over time, which columns do not: whole children are left, and named."""
    hours = HoursTest("office", outside=False)
    rules = protocol_of(conclude("c", "episode.risk", floor="high", when=guard(hours)), duty("r", OnInstant("started")))
    found = across(rules, [case(episode("e1", day("2025-05-06"), None))], at("2025-05-20 12:00"))
    assert found.left.all()
    assert not found.agreed


@OFTEN
@given(protocols(), several(OPEN), st.sampled_from((0, 90)))
def test_generated_children(protocol: Any, asked: Any, horizon: int) -> None:
    children, as_of = asked
    found = differences(protocol, children, as_of, horizon)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", PAPERS)
def test_children_with_dates_alone(name: str) -> None:
    protocol = read_protocol(catalogue.find(name))
    # The evaluator takes seconds for each: one of one episode and one of two.
    few = [one for one in islice(caseload(10_000, 3), 60) if len(one["episodes"]) <= 2]
    cases = [case_of(dated(one), [protocol]) for one in (few[0], few[6])]
    found = differences(protocol, cases, instant_of(AUDITED))
    assert not found, "\n".join(found[:5])


def dated(part: Any) -> Any:
    """The same with every time cut to its date."""
    if isinstance(part, dict):
        return {key: dated(one) for key, one in part.items()}
    if isinstance(part, list):
        return [dated(one) for one in part]
    return part[:10] if isinstance(part, str) and part[10:11] == "T" else part
