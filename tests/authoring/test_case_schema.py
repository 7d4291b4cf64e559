"""The schema of a case takes what the reader takes, short forms too, and that of scenarios describes their cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from missingrules.authoring.names import names_of
from missingrules.authoring.schema import schema_of
from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.cases import read_case
from missingrules.reading.nodes import Mapping, at, plain, read_file
from tests.authoring.editor import core, older
from tests.authoring.test_schema import ROOT, SCENARIOS, complaints, named, validator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jsonschema import ValidationError

# --- cases ------------------------------------------------------------------------------------------------------------

BAD_CASES = sorted((ROOT / "tests" / "reading" / "bad_cases").glob("*.yaml"))
CASE = schema_of("case")
SHORT = """
format: 1
case: 1042
child: {date_of_birth: ~, looked_after: true}
plan:
episodes:
  - {id: 1, started_at: 2025-03-28, returned_at: null, located_at: , risk: [{value: high, at: 2025-03-28}]}
events: null
records:
  - {id: 2, action: notify, at: 2025-03-29T10:00:00Z, by: police, to: [team_manager], episode: 1,
     included: share_information}
  - {id: R2, action: notify, at: 2025-03-29, by: ~, chair: , episode: [1], answers: 7, outcome: ~}
meetings: {forum: [2025-04-02]}
"""
# Codes of bad cases that the schema does not see, all or some, and why.
UNSEEN_CASES: dict[str, tuple[int, str]] = {
    "bad-text": (1, "a text of a fact may be of any kind, and its signs are looked at by the reader"),
    "bad-timestamp": (3, "a pattern knows neither the days of a month nor the years that can be meant"),
    "bad-value": (6, "of what type a fact is, a protocol may say"),
    "birth-after-episode": (1, "a schema compares no two values"),
    "built-in-fact": (2, "any name may be a protocol's fact"),
    "duplicate-id": (3, "a schema does not look from one entry of a list to the next"),
    "episode-still-open": (1, "a schema does not look from one entry of a list to the next"),
    "episodes-overlap": (1, "a schema does not look from one entry of a list to the next"),
    "future-birth": (1, "a schema knows nothing of today"),
    "gradings-at-once": (1, "a schema does not look from one entry of a list to the next"),
    "implausible-age": (1, "a schema knows nothing of today"),
    "located-outside": (2, "a schema compares no two values"),
    "missing-key": (1, "of what kind a fact is, a protocol may say: a status has no at"),
    "return-before-start": (2, "a schema compares no two values"),
    "span-ends-before-start": (2, "a schema compares no two values"),
    "spans-overlap": (1, "a schema does not look from one entry of a list to the next"),
    "unknown-action": (2, "any name may be a protocol's act"),
    "unknown-episode": (3, "a schema does not look from one entry of a list to the next"),
    "unknown-event": (2, "any name may be a protocol's event"),
    "unknown-fact": (5, "any name may be a protocol's fact"),
    "unknown-field": (3, "what fields an event or a record has, a protocol may say"),
    "unknown-key": (1, "of what kind a fact is, a protocol may say: a status has from"),
    "unknown-outcome": (1, "what outcomes an act has, a protocol may say"),
    "unknown-role": (2, "roles are free words"),
}


def test_a_case_schema_is_one_that_other_systems_read() -> None:
    Draft202012Validator.check_schema(CASE)


@pytest.mark.parametrize("path", named(sorted((ROOT / "examples").glob("*.yaml"))))
def test_examples_are_taken(path: Path) -> None:
    for tree in (plain(read_file(path)), core(path), older(path)):
        assert complaints(Draft202012Validator(CASE), tree) == []


def test_short_forms_of_a_case_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(SHORT, encoding="utf-8")
    read_case(file)
    for tree in (plain(read_file(file)), core(file), older(file)):
        assert complaints(Draft202012Validator(CASE), tree) == []
    page = (ROOT / "docs" / "case-and-result.md").read_text(encoding="utf-8")
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    for tree in (core(file), older(file)):
        assert complaints(Draft202012Validator(CASE), tree) == []


@pytest.mark.parametrize("wrong", ["by: {police: x}", "by: [[police]]", "by: Team Manager", "episode: child"])
def test_what_is_no_short_form_is_underlined(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(f"format: 1\ncase: C\nrecords: [{{id: R1, action: notify, at: 2025-03-29, {wrong}}}]\n")
    assert complaints(Draft202012Validator(CASE), core(file))
    with pytest.raises(InvalidInput):
        read_case(file)


def test_the_case_schema_sees_what_a_schema_can_see() -> None:
    unseen: dict[str, int] = {}
    for path in BAD_CASES:
        try:
            read_file(path)
        except InvalidInput:
            continue
        lines = lines_of(path, core(path))
        for line, code in re.findall(
            r"^\S+?:(\d+):\d+: error \[(.+?)\]", path.with_suffix(".txt").read_text("utf-8"), re.M
        ):
            unseen[code] = unseen.get(code, 0) + (int(line) not in lines)
    assert {code: number for code, number in unseen.items() if number} == {
        code: number for code, (number, _) in UNSEEN_CASES.items()
    }


def lines_of(path: Path, tree: object) -> set[int]:
    """The lines of a case at which an editor shows a mistake: of several forms, that of the deepest."""
    node, found = read_file(path), set()
    for error in Draft202012Validator(CASE).iter_errors(tree):
        for each in (error, *leaves_of(error)):
            here = at(node, tuple(each.absolute_path))
            if each.validator == "additionalProperties" and isinstance(here, Mapping):
                found |= {key.span.line for key in here.named if f"'{key}'" in each.message}
            found.add(here.span.line)
    return found


def leaves_of(error: ValidationError) -> Iterator[ValidationError]:
    for each in error.context or ():
        yield each
        yield from leaves_of(each)


# --- scenarios --------------------------------------------------------------------------------------------------------


def scenario(**changes: object) -> dict[str, object]:
    case = {"child": {"date_of_birth": "turns 15 on day 1"}, "episodes": [{"id": "E1", "started_at": "day 0 22:30"}]}
    said = {"name": "a", "why": "b", "as_of": "day 1 12:00", "case": case | changes, "absent": ["x"]}
    return {"format": 1, "protocol": "northamptonshire", "anchor": "2025-06-02", "scenarios": [said]}


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, True),
        ({"records": [{"id": "R1", "action": "notify", "at": "end of day 3", "by": "police"}]}, True),
        ({"records": [{"id": "R1", "action": "notify", "at": "tomorrow"}]}, False),
        ({"records": [{"id": "R1", "action": "notify"}]}, False),
        ({"events": [{"event": "risk_disagreement_raised", "at": "day -3 08:00:30 +01:00"}]}, True),
        ({"episodes": [{"id": "E1", "started_at": "day one"}]}, False),
        ({"case": "C"}, False),
        ({"kids": []}, False),
    ],
)
def test_the_case_of_a_scenario_is_described(changes: dict[str, object], right: bool) -> None:
    for path in (None, ROOT / "protocols" / "northamptonshire.yaml"):
        assert (complaints(validator("scenarios", path), scenario(**changes)) == []) is right


@pytest.mark.parametrize("path", named(SCENARIOS))
def test_scenarios_are_taken_with_the_names_of_their_protocol(path: Path) -> None:
    own = validator("scenarios", ROOT / "protocols" / f"{path.parent.name}.yaml")
    assert complaints(own, core(path)) == []


def test_rules_roles_and_readings_are_offered_to_scenarios() -> None:
    schema = schema_of("scenarios", names_of(ROOT / "protocols" / "northamptonshire.yaml"))
    said, duty = (schema["definitions"][f"{name}.plain"]["properties"] for name in ("ScenarioForm", "ObligationForm"))
    assert "abduction-reported" in said["absent"]["anyOf"][1]["enum"]
    assert "abduction-reported/E1/1" in duty["key"]["anyOf"][1]["enum"]
    assert "mash_manager" in duty["chair"]["anyOf"][1]["enum"]
    assert "mash_manager" in schema["definitions"]["Case.RecordEntry"]["properties"]["by"]["anyOf"][0]["enum"]
    assert "five-days" in schema["definitions"]["options"]["properties"]
    assert said["readings"]["allOf"] == [{"$ref": "#/definitions/options"}]
    child = schema["definitions"]["Case.ChildEntry"]["properties"]
    assert child["looked_after"]["description"] == "Is the child looked after?"
    assert "age" not in child
