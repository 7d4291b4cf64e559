"""Rules changed one small step at a time: which steps there are, which a scenario notices, which change nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.analysis.boundaries import Bench, Held
from missingrules.analysis.mutants import is_unnoticed, mutants_of
from missingrules.analysis.same import is_same
from missingrules.analysis.scenarios import ask
from missingrules.analysis.sites import changed
from missingrules.domain.conditions import All, FactTest, Is, Range
from missingrules.domain.rules import Duty
from missingrules.reading.protocols import read_protocol
from missingrules.reading.scenarios import read_scenarios

if TYPE_CHECKING:
    from missingrules.analysis.mutants import Mutant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario

HERE: Final = Path(__file__).with_name("invented")
PROTOCOL: Final = read_protocol(HERE / "invented.yaml")
SCENARIOS: Final = read_scenarios(HERE / "scenarios" / "all.yaml", lambda _: PROTOCOL).scenarios
MUTANTS: Final = mutants_of(PROTOCOL)


def told(mutant: Mutant) -> tuple[str, str, str]:
    change = mutant.change
    return change.kind, change.before, change.after


def of(rule: str, *kinds: str) -> set[tuple[str, str]]:
    return {
        (each.change.before, each.change.after)
        for each in MUTANTS
        if rule in each.change.rules and each.change.kind in kinds
    }


def test_the_small_steps_in_a_rule() -> None:
    assert of("meeting", "action") == {("require: strategy_meeting", "require: update_plan")}
    assert of("older", "role") == {("social_worker", "team_manager")}
    assert of("older", "modality") == {("modality: must", "modality: should")}
    assert of("older", "dropped") >= {("child.age: at least 16", "")}
    assert of("visit", "moment") == {("returned", "located")}
    assert of("visit", "clock") == {
        ("within 5 working days of returned", "within 5 days of returned"),
        ("the day itself does not count", "the day itself counts"),
    }
    assert of("visit", "anchor") == {("within 5 working days of returned", "within 5 working days of located")}
    assert of("monthly", "end") == {("until returned", "")}
    assert of("monthly", "series") == {("next_from: schedule", "next_from: last_held")}


def test_what_several_rules_share_is_changed_at_once() -> None:
    rows = [each for each in MUTANTS if each.change.kind == "row"]
    assert [each.change.before for each in rows] == [
        "the row child.looked_after: true",
        "the row child.looked_after: false",
    ]
    assert {each.change.rules for each in rows} == {("meeting", "plan")}
    counted = [each.change for each in MUTANTS if each.change.kind == "counted"]
    assert {change.rules for change in counted} == {("repeat", "alert")}


def test_numbers_are_those_of_coverage() -> None:
    assert len([each for each in MUTANTS if each.change.kind == "number"]) == 20


def test_every_change_is_asked_without_trouble() -> None:
    for mutant in MUTANTS:
        other = changed(PROTOCOL, mutant.places)
        for scenario in SCENARIOS[:3]:
            ask(other, scenario)


def test_what_no_scenario_notices() -> None:
    held = Held(Bench(PROTOCOL), SCENARIOS)
    left = {(*told(each)[1:], each.change.rules[0]) for each in MUTANTS if is_unnoticed(held, each)}
    # Nobody expects a modality, nobody asks after a return, and all episodes are missing ones, from home.
    assert left == {
        *(
            ("modality: must", "modality: should", rule)
            for rule in ("meeting", "plan", "repeat", "alert", "visit", "day-seven", "monthly", "older")
        ),
        ("until returned", "", "day-seven"),
        ("until returned", "", "monthly"),
        ("next_from: schedule", "next_from: last_held", "monthly"),
        ("counted: missing", "counted: missing, absent", "repeat"),
        ("counted: home, care, education", "counted: home, education", "repeat"),
        ("counted: home, care, education", "counted: home, care", "repeat"),
    }


@pytest.mark.parametrize(
    ("gone", "step"),
    [
        ("gone from care", ("row", "the row child.looked_after: true", "")),
        ("back on a Friday", ("clock", "within 5 working days of returned", "within 5 days of returned")),
    ],
)
def test_what_is_not_noticed_without_a_scenario(gone: str, step: tuple[str, str, str]) -> None:
    (mutant,) = [each for each in MUTANTS if told(each) == step]
    less = tuple(each for each in SCENARIOS if each.name != gone)
    assert len(less) == len(SCENARIOS) - 1
    assert not is_unnoticed(Held(Bench(PROTOCOL), SCENARIOS), mutant)
    assert is_unnoticed(Held(Bench(PROTOCOL), less), mutant)


# --- what changes nothing ---------------------------------------------------------------------------------------------

LOOKED_AFTER: Final = FactTest("child.looked_after", Is(("true",)))
AT_HOME: Final = FactTest("episode.from", Is(("home",)))
ELSEWHERE: Final = FactTest("episode.from", Is(("care", "education")))
MINOR: Final = FactTest("child.age", Range(high=18, high_inside=False))


def guarded(when: Condition) -> Protocol:
    """The protocol, its rule `older` with another condition."""
    families = []
    for family in PROTOCOL.families:
        variants = dict(family.variants)
        if family.id == "older":
            (duty,) = variants[()]
            assert isinstance(duty, Duty)
            variants[()] = (replace(duty, guard=replace(duty.guard, when=when)),)
        families.append(replace(family, variants=MappingProxyType(variants)))
    return replace(PROTOCOL, families=tuple(families))


def same_in(when: Condition) -> set[str]:
    """What may be left out of a condition without any difference."""
    protocol = guarded(when)
    dropped = [m for m in mutants_of(protocol) if m.change.kind == "dropped" and "older" in m.change.rules]
    return {m.change.before for m in dropped if m.change.section == "guard" and is_same(protocol, m)}


def test_what_stands_twice_or_in_the_scope_may_go() -> None:
    assert same_in(All((LOOKED_AFTER, LOOKED_AFTER))) == {"child.looked_after: true"}
    assert same_in(All((LOOKED_AFTER, MINOR))) == {"child.age: under 18"}


def test_what_differs_only_where_something_is_unknown_is_not_the_same() -> None:
    assert same_in(All((LOOKED_AFTER, AT_HOME))) == set()
    # Of the two one always holds, if it is known from where the child went; if it is not, the rule is open.
    from missingrules.domain.conditions import Any

    assert same_in(All((LOOKED_AFTER, Any((AT_HOME, ELSEWHERE))))) == set()


def test_no_scenario_is_needed_to_see_that_nothing_changes() -> None:
    protocol = guarded(All((LOOKED_AFTER, LOOKED_AFTER)))
    scenarios: tuple[Scenario, ...] = ()
    held = Held(Bench(protocol), scenarios)
    assert all(is_unnoticed(held, each) for each in mutants_of(protocol)[:3])
