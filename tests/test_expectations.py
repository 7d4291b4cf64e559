"""The checker itself: it fails on what differs and on what nobody checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from missingrules.domain.case import Case, Episode
from missingrules.domain.rules import RuleFamily
from tests.answers import answer, at, duty, full, obligation, part, protocol
from tests.expectations import NotAnExpectation, assert_answer, differences, load

CASE = Case(id="C", episodes=(Episode(id="E1", started=at("2025-03-28T22:30:00+00:00"), returned=None),))
ANSWER = answer(
    part(
        obligation(),
        protocol=protocol(
            families=(
                RuleFamily("strategy-meeting", (), {(): (duty(),)}),
                RuleFamily("call", (), {(): (duty("call.first"), duty("call.second"))}),
            )
        ),
    )
)


def differs(text: str) -> list[str]:
    entry: dict[str, Any] = load(text)
    return differences(ANSWER, CASE, entry)


@pytest.mark.parametrize(
    "kept",
    [
        "expect: [{key: strategy-meeting/E1/1, status: due}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00+01:00, due_between: null}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T22:30:00Z, by: [childrens_social_care]}]",
        "expect: [{key: strategy-meeting/E1/1, recipients: null, cite: 7.22 bullet 2}]",
        "absent: [call, call.first, call/E1, call.second/E1/2]",
        "questions: []",
        "{absent: [call], conclusions: [], conflicts: [], valid_until: null}",
    ],
)
def test_what_is_kept(kept: str) -> None:
    assert differs(kept) == []


@pytest.mark.parametrize(
    "broken",
    [
        "expect: [{key: strategy-meeting/E1/1, status: met}]",
        "expect: [{key: strategy-meeting/E1/2, status: due}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00+00:00}]",
        "expect: [{key: strategy-meeting/E1/1, due: null}]",
        "expect: [{key: strategy-meeting/E1/1, by: not_stated}]",
        "expect: [{key: strategy-meeting/E1/1, by: {any: [childrens_social_care]}}]",
        "expect: [{key: strategy-meeting/E1/1, by: [childrens_social_care, mash]}]",
        "expect: [{key: strategy-meeting/E1/1, cite: 7.22 bullet 3}]",
        "absent: [strategy-meeting]",
        "absent: [strategy-meeting/E1]",
        "absent: [strategy-meeting/E1/1]",
        "questions: [child.cse_marker]",
        "conclusions: [{what: risk}]",
        "next: [{rule: call}]",
        "valid_until: 2025-03-31T23:30:00+01:00",
    ],
)
def test_what_differs(broken: str) -> None:
    problems = differs(broken)
    assert len(problems) == 1
    assert "expected" in problems[0]
    assert "found" in problems[0]


@pytest.mark.parametrize(
    "nothing",
    [
        "{}",
        "expect: []",
        "{expect: [], absent: []}",
        "expects: [{key: strategy-meeting/E1/1, status: due}]",
        "expect: [{key: strategy-meeting/E1/1}]",
        "expect: [{status: due}]",
        "expect: [{key: strategy-meeting/E1/1, state: due}]",
        "expect: [{key: strategy-meetings/E1/1, status: due}]",
        "expect: [{key: strategy-meeting/E1/1, status: due}, {key: strategy-meeting/E1/1, due: null}]",
        "expect: [{key: strategy-meeting/E1/1, by: {some: [mash]}}]",
        "expect: [{key: strategy-meeting/E1/1, by: mash}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00}]",
        "absent: [strategy-meetings]",
        "absent: [call.third]",
        "absent: [call/E2]",
        "absent: [call/E1/first]",
        "questions: [{fact: child.cse_marker, asks: x}]",
        "questions: [{affects: [cal/E1/1]}]",
        "conclusions: [{}]",
        "forbidden: [{key: strategy-meeting}]",
    ],
)
def test_what_nobody_checks(nothing: str) -> None:
    with pytest.raises(NotAnExpectation):
        differs(nothing)


def test_all_differences_are_told_at_once() -> None:
    wanted = load("expect: [{key: strategy-meeting/E1/1, status: met, due: null}]\nabsent: [strategy-meeting]")
    with pytest.raises(AssertionError, match=r"(?s)here.*status.*met.*due.*23:30:00\+01:00.*absent"):
        assert_answer(ANSWER, CASE, wanted, "here")


def test_people_and_the_rest_of_an_answer() -> None:
    rules = ("strategy-meeting", "plan", "no-locking", "meeting", "tell-director", "floor", "return-interview")
    families = tuple(RuleFamily(rule, (), {(): (duty(rule),)}) for rule in rules)
    families += (RuleFamily("tell-director", (), {(): (duty("tell-director.call"),)}),)
    whole = full().protocols[0]
    kept = load(
        """
        expect:
          - {key: strategy-meeting/E1/1, chair: {undecided: [[mash_decision_maker], [team_manager]]},
             attendees: [parents, police], readings: {who-chairs: team-manager}}
        questions:
          - child.team_allocated
          - {fact: risk, episode: E1, by: 2025-04-02T09:00:00+01:00, affects: [plan/E1/1]}
        conclusions: [{what: risk, episode: E1, recorded: low, floor: medium, effective: medium, rules: [floor]}]
        forbidden: [{key: no-locking, status: breached, record: R3, at: 2025-03-30T09:00:00+01:00}]
        conflicts: [{what: child.placed, values: [care, home]}]
        ambiguities: [{reading: after-return, option: still-owed}]
        next: [{rule: return-interview, kind: episodes, count: 1}, {rule: plan, kind: time}]
        valid_until: 2025-03-31T23:30:00+01:00
        """
    )
    known = replace(whole, protocol=protocol(families=families))
    assert differences(known, CASE, kept) == []
    for part_ in ("conclusions", "conflicts", "ambiguities", "questions", "forbidden", "next"):
        assert differences(known, CASE, {"absent": ["meeting"], part_: []})
