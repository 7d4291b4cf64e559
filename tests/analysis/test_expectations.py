"""The checker itself: it fails on what differs, and what nobody could check is a mistake in the file."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from missingrules.analysis.expectations import differences
from missingrules.domain.citations import Reading, ReadingOption
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.rules import RuleFamily
from missingrules.reading.scenarios import read_scenarios_text
from tests.answers import cite, duty, full, obligation, part, protocol

if TYPE_CHECKING:
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.coverage import Difference

HEAD = """\
format: 1
protocol: testshire
scenarios:
  - name: here
    why: invented
    as_of: 2025-03-31T12:00:00+01:00
    case:
      child: {date_of_birth: 2010-05-05}
      episodes: [{id: E1, started_at: 2025-03-28T22:30:00+00:00, returned_at: null}]
      records: [{id: R3, action: lock_doors, at: 2025-03-30T09:00:00+01:00}]
"""
ANSWER = part(
    obligation(),
    protocol=protocol(
        families=(
            RuleFamily("strategy-meeting", (), {(): (duty(),)}),
            RuleFamily("call", (), {(): (duty("call.first", citations=(cite("7.22 bullet 3"),)), duty("call.second"))}),
        ),
        readings=MappingProxyType(
            {"who-chairs": Reading("who-chairs", "Who?", (ReadingOption("team-manager", ()),), "team-manager", "sure")}
        ),
    ),
)


# A rule of several acts, of which one is owed.
CALLED = replace(ANSWER, actions=(*ANSWER.actions, obligation(duty("call.first"))))


def differs(text: str, answer: ProtocolAnswer = ANSWER) -> tuple[Difference, ...]:
    """What the answer does not keep of the lines of a scenario."""
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    (scenario,) = read_scenarios_text(HEAD + lines, "here.yaml", lambda _: answer.protocol).scenarios
    return differences(answer, scenario.expected, scenario.anchor)


@pytest.mark.parametrize(
    "kept",
    [
        "expect: [{key: strategy-meeting/E1/1, status: due}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00+01:00, due_between: null}]",
        "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T22:30:00Z, by: [childrens_social_care]}]",
        "expect: [{key: strategy-meeting/E1/1, recipients: null, cite: 7.22 bullet 2}]",
        "absent: [call, call.first, call/E1, call.second/E1/2]",
        "questions: []",
        "absent: [call]\nconclusions: []\nconflicts: []\nvalid_until: null",
        "anchor: 2025-03-28\nexpect: [{key: strategy-meeting/E1/1, triggered_at: day 1 22:30, due: day 3 23:30}]",
    ],
)
def test_what_is_kept(kept: str) -> None:
    assert differs(kept) == ()


@pytest.mark.parametrize(
    ("broken", "expected", "came"),
    [
        ("expect: [{key: strategy-meeting/E1/1, status: met}]", "met", "due"),
        (
            "expect: [{key: strategy-meeting/E1/2, status: due}]",
            "strategy-meeting/E1/2, status due",
            "there is no such obligation; of this rule there is strategy-meeting/E1/1 (due)",
        ),
        (
            "expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00+00:00}]",
            "2025-04-01T00:30:00+01:00 (Tuesday)",
            "2025-03-31T23:30:00+01:00 (Monday)",
        ),
        ("expect: [{key: strategy-meeting/E1/1, due: null}]", "none", "2025-03-31T23:30:00+01:00 (Monday)"),
        ("expect: [{key: strategy-meeting/E1/1, by: not_stated}]", "not stated", "childrens_social_care"),
        (
            "expect: [{key: strategy-meeting/E1/1, by: {any: [childrens_social_care]}}]",
            "any of childrens_social_care",
            "childrens_social_care",
        ),
        (
            "expect: [{key: strategy-meeting/E1/1, by: [mash, childrens_social_care]}]",
            "all of childrens_social_care, mash",
            "childrens_social_care",
        ),
        ("expect: [{key: strategy-meeting/E1/1, cite: 7.22 bullet 3}]", "7.22 bullet 3", "7.22 bullet 2"),
        ("absent: [strategy-meeting]", "nothing of it", "strategy-meeting/E1/1 (due)"),
        ("absent: [strategy-meeting/E1]", "nothing of it", "strategy-meeting/E1/1 (due)"),
        ("absent: [strategy-meeting/E1/1]", "nothing of it", "strategy-meeting/E1/1 (due)"),
        ("questions: [child.cse_marker]", "fact child.cse_marker", "none"),
        ("conclusions: [{what: risk}]", "what risk", "none"),
        ("next: [{rule: call}]", "rule call", "none"),
        ("valid_until: 2025-03-31T23:30:00+01:00", "2025-03-31T23:30:00+01:00 (Monday)", "none"),
        (
            "anchor: 2025-03-28\nexpect: [{key: strategy-meeting/E1/1, due: end of day 3}]",
            "end of day 3 (Monday 2025-03-31)",
            "day 3 23:30 (Monday 2025-03-31)",
        ),
    ],
)
def test_what_differs(broken: str, expected: str, came: str) -> None:
    (one,) = differs(broken)
    assert (one.expected, one.came) == (expected, came)
    assert one.span.source.name == "here.yaml"


@pytest.mark.parametrize(
    ("nothing", "code"),
    [
        ("organisation: true", "nothing-expected"),
        ("expect: []", "nothing-expected"),
        ("expect: []\nabsent: []", "nothing-expected"),
        ("expects: [{key: strategy-meeting/E1/1, status: due}]", "unknown-key"),
        ("expect: [{key: strategy-meeting/E1/1}]", "nothing-expected"),
        ("expect: [{status: due}]", "missing-key"),
        ("expect: [{key: strategy-meeting/E1/1, state: due}]", "unknown-key"),
        ("expect: [{key: strategy-meetings/E1/1, status: due}]", "unknown-rule"),
        ("expect: [{key: strategy-meeting/E1/1, status: dew}]", "not-one-of"),
        (
            "expect: [{key: strategy-meeting/E1/1, status: due}, {key: strategy-meeting/E1/1, due: null}]",
            "expected-twice",
        ),
        ("expect: [{key: strategy-meeting/E1/1, by: {some: [mash]}}]", "not-people"),
        ("expect: [{key: strategy-meeting/E1/1, by: mash}]", "not-people"),
        ("expect: [{key: strategy-meeting/E1/1, by: []}]", "not-people"),
        ("expect: [{key: strategy-meeting/E1/1, by: [mush]}]", "unknown-role"),
        ("expect: [{key: strategy-meeting/E1/1, due: 2025-03-31T23:30:00}]", "naive-timestamp"),
        ("expect: [{key: strategy-meeting/E1/1, due: 2025-03-31}]", "not-an-instant"),
        ("expect: [{key: strategy-meeting/E1/1, cite: 7.23}]", "unknown-paragraph"),
        ("expect: [{key: strategy-meeting/E1/1, discharged_by: [R1]}]", "unknown-record"),
        ("expect: [{key: strategy-meeting/E1/1, discharged_by: []}]", "nothing-expected"),
        ("expect: [{key: strategy-meeting/E1/1, readings: {who-sits: nobody}}]", "unknown-reading"),
        ("expect: [{key: strategy-meeting/E1/1, readings: {who-chairs: nobody}}]", "unknown-option"),
        ("expect: [{key: strategy-meeting/E1/1, action: locked_doors}]", "unknown-action"),
        ("absent: [strategy-meetings]", "unknown-rule"),
        ("absent: [call.third]", "unknown-rule"),
        ("absent: [call/E2]", "unknown-subject"),
        ("absent: [call/E1/first]", "not-an-occurrence"),
        ("questions: [{fact: child.cse_marker, asks: x}]", "unknown-key"),
        ("questions: [{affects: [cal/E1/1]}]", "unknown-rule"),
        ("conclusions: [{}]", "nothing-expected"),
        ("forbidden: [{key: strategy-meeting}]", "nothing-expected"),
        ("readings: {who-sits: nobody}\nabsent: [call]", "unknown-reading"),
    ],
)
def test_what_nobody_checks(nothing: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        differs(nothing)
    assert [each.code for each in caught.value.diagnostics] == [code]


def test_all_differences_are_told_at_once() -> None:
    found = differs("expect: [{key: strategy-meeting/E1/1, status: met, due: null}]\nabsent: [strategy-meeting]")
    assert [one.what for one in found] == [
        "strategy-meeting/E1/1, status",
        "strategy-meeting/E1/1, due",
        "strategy-meeting",
    ]
    assert [str(one.span) for one in found] == ["here.yaml:11:51", "here.yaml:11:61", "here.yaml:12:14"]


def test_people_and_the_rest_of_an_answer() -> None:
    rules = ("strategy-meeting", "plan", "no-locking", "meeting", "floor", "return-interview")
    families = tuple(RuleFamily(rule, (), {(): (duty(rule),)}) for rule in rules)
    whole = full().protocols[0]
    reading = Reading("after-return", "Owed?", (ReadingOption("still-owed", ()),), "still-owed", "sure")
    readings = MappingProxyType({**ANSWER.protocol.readings, "after-return": reading})
    known = replace(whole, protocol=protocol(families=families, readings=readings))
    kept = """\
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
    assert differs(kept, known) == ()
    for name in ("conclusions", "conflicts", "ambiguities", "questions", "forbidden", "next"):
        (one,) = differs(f"absent: [meeting]\n{name}: []", known)
        assert one.expected == "none"


@pytest.mark.parametrize("name", ["call", "call/E1", "call/E1/1", "call.first", "call.first/E1"])
def test_a_rule_of_several_acts_is_absent_only_without_any_of_them(name: str) -> None:
    assert [one.came for one in differs(f"absent: [{name}]", CALLED)] == ["call.first/E1/1 (due)"]


@pytest.mark.parametrize("name", ["call.second", "call.second/E1", "call/child", "call/E1/2"])
def test_another_act_or_subject_is_absent_all_the_same(name: str) -> None:
    assert differs(f"absent: [{name}]", replace(CALLED, actions=CALLED.actions[1:])) == ()
