"""One protocol on another, beside the cases of the page: it answers as both asked at once, and says whose each is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.analysis.expectations import differences
from missingrules.analysis.numbers import numbers_of
from missingrules.analysis.stated import stated
from missingrules.engine.evaluate import Asked, evaluate
from missingrules.engine.explain import explain
from missingrules.interface.rendering import result_of
from missingrules.reading.cases import read_case_text
from missingrules.reading.protocols import read_protocol
from missingrules.reading.scenarios import read_scenarios, read_scenarios_text, scenario_files
from missingrules.reports.explanation import explanation_report
from missingrules.reports.prose import dropped_report, rule_report
from missingrules.reports.text import as_text, report
from tests.answers import at
from tests.meaning.test_worked_cases import compose, sections_of

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

ROOT: Final = Path(__file__).parents[2]
BELOW: Final = "national_framework"
# Of all scenarios so many are asked, evenly spread.
ASKED: Final = 12


@pytest.mark.parametrize("area", ["barnet", "staffordshire"])
def test_what_replaces_nothing_answers_as_both_asked_at_once(area: str, tmp_path: Path) -> None:
    own = read_protocol(ROOT / "protocols" / f"{area}.yaml")
    below = read_protocol(ROOT / "protocols" / f"{BELOW}.yaml")
    text = (ROOT / "protocols" / f"{area}.yaml").read_text(encoding="utf-8")
    path = tmp_path / "protocols" / f"{area}.yaml"
    path.parent.mkdir()
    (path.parent / "sources").symlink_to(ROOT / "protocols" / "sources")
    path.write_text(text.replace(f"protocol: {area}\n", f"protocol: {area}\nstands_on: {BELOW}\n"), encoding="utf-8")
    both = read_protocol(path)
    assert len(both.families) == len(own.families) + len(below.families)

    known = {area: own, BELOW: below}
    files = [file for name in known for file in scenario_files(ROOT / "tests" / "scenarios" / name)]
    files = files[:: max(1, len(files) // ASKED)]
    asked = 0
    for scenario in (read_scenarios(file, known.__getitem__).scenarios[-1] for file in files):
        # Where times are left open, how many of them are tried hangs on all the rules asked.
        if Asked(both, scenario.case, scenario.as_of, 90).open:
            continue
        how: Any = {"readings": scenario.readings, "organisation": scenario.organisation}
        one = evaluate([both], scenario.case, scenario.as_of, **how)
        two = evaluate([own, below], scenario.case, scenario.as_of, **how)
        assert said(one) == said(two), scenario.name
        asked += 1
    assert asked >= ASKED // 2


def said(answer: Answer) -> dict[str, Any]:
    """All that an answer says, in one order, without which protocol was asked for it."""
    asks: dict[Any, set[str]] = {}
    for one in (one for part in answer.protocols for one in part.questions):
        asks.setdefault((one.fact, one.episode, one.record), set()).update(one.affects)
    return {
        "actions": {one.key: _said(one) for part in answer.protocols for one in part.actions},
        "phases": {key: phase for part in answer.protocols for key, phase in part.phases.get().items()},
        "forbidden": sorted(
            (one.key, one.status, str(one.record)) for part in answer.protocols for one in part.forbidden
        ),
        "conclusions": sorted(
            (one.what, str(one.episode), one.effective) for part in answer.protocols for one in part.conclusions
        ),
        "together": [[one.key for one in group.obligations] for group in answer.together],
        "conflicts": [(one.kind, one.keys, one.values) for one in answer.conflicts],
        "questions": asks,
        "valid_until": answer.valid_until,
    }


def _said(one: Obligation) -> tuple[Any, ...]:
    return (
        one.stand, one.by, one.chair, one.recipients, one.attendees, one.with_, one.due_basis, one.citations,
        one.discharged_by, frozenset(one.because), one.readings,
    )  # fmt: skip


# --- an area on a country, both invented ------------------------------------------------------------------------------

COUNTRY: Final = """\
country:
  rules:
    - {id: meeting, topic: strategy_meeting, title: Meet, cite: "1", modality: must, trigger: started,
       require: strategy_meeting, by: social_worker, chair: team_manager, deadline: within 72 hours of started}
    - {id: tell, topic: notification, title: Tell, cite: "1", modality: must, trigger: started, require: notify,
       by: police, not_stated: [deadline]}
    - {id: ring, topic: notification, title: Ring, cite: "1", modality: must, trigger: started, require: consult,
       by: police, not_stated: [deadline]}
    - {id: never, topic: case_closure, title: Never close, cite: "1", modality: must, when: {missing: true},
       forbid: close_case}
"""
AREA: Final = """\
drops: [{rule: country/ring, cite: "1", why: nobody is rung here}]
rules:
  - {id: meeting, topic: strategy_meeting, title: Meet soon, cite: "1", modality: must, trigger: started,
     require: strategy_meeting, by: social_worker, not_stated: [chair], deadline: within 24 hours of started,
     replaces: country/meeting, why: a day is enough}
  - {id: write, topic: notification, title: Write, cite: "1", modality: should, trigger: started, require: notify,
     by: social_worker, deadline: within 24 hours of started}
"""
CASE: Final = {
    "format": "1",
    "case": "c",
    "child": {"date_of_birth": "2010-05-05"},
    "episodes": [
        {"id": "E1", "kind": "missing", "started_at": "2025-06-02T09:00:00+01:00", "returned_at": None,
         "located_at": None, "reported_at": None, "last_seen_at": None}
    ],
}  # fmt: skip
NOON: Final = at("2025-06-02T12:00:00+01:00")


def area_of(folder: Path, text: str = AREA) -> Protocol:
    return compose(sections_of(COUNTRY + text, "area"), folder)


def ask(*protocols: Protocol) -> Answer:
    return evaluate(protocols, read_case_text(json.dumps(CASE), "case", protocols), NOON)


def test_a_result_says_whose_each_duty_is_and_what_was_replaced(tmp_path: Path) -> None:
    result = result_of(ask(area_of(tmp_path)))
    assert {(one.protocol, one.rule, one.citations[0].document) for one in result.actions} == {
        ("worked", "meeting", "worked"),
        ("worked", "write", "worked"),
        ("country", "tell", "country"),
    }
    (meeting,) = (one for one in result.actions if one.rule == "meeting")
    assert meeting.chair == "not_stated"
    assert [(one.rule, one.why) for one in meeting.replaces] == [("country/meeting", "a day is enough")]
    (asked,) = result.protocols
    assert [layer.name for layer in asked.stands_on] == ["country"]
    assert [(one.rule, one.by) for one in asked.replaced] == [
        ("country/ring", None),
        ("country/meeting", "worked/meeting"),
    ]
    (never,) = result.forbidden
    assert (never.key, never.rule, never.protocol) == ("country/never/E1", "never", "country")
    # The layers are two papers: what both ask for stands together.
    assert [one.keys for one in result.together] == [["worked/write/E1/1", "country/tell/E1/1"]]
    assert result.together[0].protocols == ["worked", "country"]


def test_the_text_says_it_too(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    text = as_text(report(ask(area), full=True))
    assert "standing on Country: Rules for the worked cases, invented" in text
    assert "replaces  country/meeting, because a day is enough" in text
    assert "paper     Country" in text
    shown = {family.id: as_text(rule_report(area, family, {})) for family in area.families}
    assert "Replaces country/meeting, because a day is enough." in shown["meeting"]
    assert "Inherited from country: Rules for the worked cases, invented." in shown["country/tell"]
    dropped = dropped_report(area)
    assert dropped is not None
    assert "country/ring, because nobody is rung here [1]" in as_text(dropped)
    assert dropped_report(area.layers[1]) is None


def test_an_inherited_rule_is_explained_under_its_name(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    (found,) = explain(area, read_case_text(json.dumps(CASE), "case", [area]), NOON, "country/tell")
    assert found.outcome == "fired"
    assert [one.key for one in found.obligations] == ["country/tell/E1/1"]
    assert "country/tell: Tell" in as_text(explanation_report(area, [found], NOON))


def test_what_two_inherit_alike_is_said_once(tmp_path: Path) -> None:
    home = area_of(tmp_path)
    country = home.layers[1]
    keys = [one.key for part in ask(home, country).protocols for one in part.actions]
    assert sorted(keys) == [
        "country/meeting/E1/1",  # replaced for the area, and asked for by the country itself
        "country/ring/E1/1",
        "country/tell/E1/1",
        "worked/meeting/E1/1",
        "worked/write/E1/1",
    ]
    first, second = ask(country, home).protocols
    assert [one.key for one in second.actions if one.protocol == "country"] == []
    assert [one.key for one in first.forbidden] == ["country/never/E1"]
    assert second.forbidden == ()


def test_what_stands_otherwise_above_is_said_of_both(tmp_path: Path) -> None:
    # Above, the country's duty of high risk is owed, since the area sets the floor; asked alone, the level is unknown.
    below = COUNTRY.replace(
        "trigger: started, require: notify", "trigger: started, when: {risk: high}, require: notify"
    )
    floor = (
        "rules:\n"
        '  - {id: floor, topic: risk_floor, title: Floor, cite: "1", modality: must, when: {child.age: under 18},\n'
        "     conclude: {risk: at least high}}\n"
    )
    area = compose(sections_of(below + floor, "area"), tmp_path)
    found = [
        (one.key, one.status) for part in ask(area, area.layers[1]).protocols for one in part.actions
        if one.duty.action == "notify"
    ]  # fmt: skip
    assert found == [("country/tell/E1/1", "due"), ("country/tell/E1/1", "not_decidable")]


def test_only_its_own_rules_are_a_protocols_to_try(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    assert {rule for rule, _ in stated(area)} == {"meeting", "write"}
    assert {rule for sited in numbers_of(area) for rule in sited.number.rules} == {"meeting", "write"}


def test_a_scenario_names_an_inherited_rule_with_its_layer(tmp_path: Path) -> None:
    area = area_of(tmp_path)
    case = {key: value for key, value in CASE.items() if key not in ("format", "case")}
    one = {"name": "a", "why": "b", "as_of": "2025-06-02T12:00:00+01:00", "case": case}
    expected = {"expect": [{"key": "country/tell/E1/1", "status": "due"}], "absent": ["country/tell/child", "write"]}
    text = json.dumps({"format": "1", "protocol": "worked", "scenarios": [{**one, **expected}]}, indent=1)
    (scenario,) = read_scenarios_text(text, "here", lambda _: area).scenarios
    found = differences(ask(area).protocols[0], scenario.expected)
    assert [one.came for one in found] == ["write/E1/1 (due)"]
