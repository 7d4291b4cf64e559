"""What officers expect of each protocol: every scenario, and every rule seen to fire and seen to stay silent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.engine.evaluate import evaluate
from missingrules.reading.cases import read_case_text
from missingrules.reading.protocols import read_protocol
from tests.expectations import CHECKS, assert_answer, instant, load, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.obligations import ProtocolAnswer
    from missingrules.domain.rules import Protocol

HERE: Final = Path(__file__).parent
PROTOCOLS: Final = HERE.parents[1] / "protocols"
FILE_KEYS: Final = {"format", "protocol", "scenarios"}
OF_THE_SCENARIO: Final = ("name", "why", "as_of", "case", "readings", "organisation")
SILENT: Final = ("upcoming", "not_decidable")


@dataclass(frozen=True)
class Scenario:
    """One scenario of a file. `text` is the file's own, so that a message can name the place."""

    file: Path
    protocol: str
    name: str
    entry: Mapping[str, Any]

    @property
    def where(self) -> str:
        return f"{self.file.relative_to(HERE)}: {self.name}"


def scenarios_of(file: Path) -> list[Scenario]:
    """The scenarios of a file; a file or scenario of the wrong shape is an assertion that fails."""
    shown = file.relative_to(HERE)
    written = load(file.read_text(encoding="utf-8"))
    assert isinstance(written, dict), f"{shown} is no map"
    assert set(written) == FILE_KEYS, f"{shown} has {sorted(written)}, wanted {sorted(FILE_KEYS)}"
    assert written["format"] == "1", f"{shown}: only format 1 is known"
    assert written["protocol"] == file.parent.name, f"{shown} is about {written['protocol']}"
    assert written["scenarios"], f"{shown} has no scenario"
    found: list[Scenario] = []
    for entry in written["scenarios"]:
        name = entry.get("name")
        assert name, f"{shown}: a scenario without a name: {entry}"
        missing = {"why", "as_of", "case"} - set(entry)
        assert not missing, f"{shown}: '{name}' lacks {sorted(missing)}"
        unknown = set(entry) - {*OF_THE_SCENARIO, *CHECKS}
        assert not unknown, f"{shown}: nobody checks {sorted(unknown)} of '{name}'"
        found.append(Scenario(file, written["protocol"], name, entry))
    names = [each.name for each in found]
    assert len(set(names)) == len(names), f"{shown}: two scenarios of one name"
    return found


FILES: Final = sorted(HERE.glob("*/*.yaml"))
NAMES: Final = sorted({file.parent.name for file in FILES})


def _collected() -> Iterator[Any]:
    for file in FILES:
        try:
            scenarios = scenarios_of(file)
        except AssertionError as wrong:
            # A file that cannot be used fails as a test of its own, and hides no other file's scenarios.
            yield pytest.param(wrong, id=f"{file.parent.name}/{file.stem}")
            continue
        for each in scenarios:
            yield pytest.param(each, id=f"{file.parent.name}/{file.stem}/{each.name}".replace(" ", "-"))


@lru_cache(maxsize=8)
def protocol_of(name: str) -> Protocol:
    return read_protocol(PROTOCOLS / f"{name}.yaml")


@lru_cache(maxsize=1024)
def _answer(
    where: str, protocol: str, as_of: str, written: str, readings: tuple[tuple[str, str], ...], organisation: bool
) -> tuple[Case, ProtocolAnswer]:
    read = protocol_of(protocol)
    at = instant(as_of)
    case = read_case_text(written, where, [read], at)
    answer = evaluate([read], case, at, readings=dict(readings), organisation=organisation)
    return case, answer.protocols[0]


def answer_of(scenario: Scenario) -> tuple[Case, ProtocolAnswer]:
    entry = scenario.entry
    case = json.dumps({"format": "1", "case": "scenario", **entry["case"]}, indent=1)
    readings = tuple(sorted(entry.get("readings", {}).items()))
    return _answer(
        scenario.where, scenario.protocol, entry["as_of"], case, readings, entry.get("organisation") == "true"
    )


@pytest.mark.parametrize("scenario", list(_collected()))
def test_a_scenario(scenario: Scenario | AssertionError) -> None:
    if isinstance(scenario, AssertionError):
        raise scenario
    entry = scenario.entry
    wanted = {key: value for key, value in entry.items() if key in CHECKS}
    case, answer = answer_of(scenario)
    assert_answer(answer, case, wanted, f"{scenario.where}\n  why: {' '.join(entry['why'].split())}")


def test_every_protocol_has_scenarios() -> None:
    written = {path.stem for path in PROTOCOLS.glob("*.yaml")}
    assert written, "no protocol was found"
    assert set(NAMES) == written
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(NAMES), "a folder without scenarios"
    strays = [p for p in HERE.rglob("*.y*ml") if p not in FILES]
    assert not strays, f"nobody runs {strays}"


def _fired(answer: ProtocolAnswer) -> Iterator[str]:
    for obligation in answer.actions:
        if obligation.status not in SILENT:
            yield obligation.duty.id
    for one in answer.forbidden:
        if one.status != "not_decidable":
            yield one.prohibition.rule
    for concluded in answer.conclusions:
        yield from concluded.rules


def _sound(name: str) -> list[Scenario]:
    found: list[Scenario] = []
    for file in FILES:
        if file.parent.name == name:
            found += scenarios_of(file)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_seen_to_fire(name: str) -> None:
    """That a scenario names it in what it expects, not only that it happens to fire."""
    fired: set[str] = set()
    for scenario in _sound(name):
        expected = {each["key"].partition("/")[0] for each in scenario.entry.get("expect", ())}
        expected |= {each["key"].partition("/")[0] for each in scenario.entry.get("forbidden", ())}
        expected |= {rule for each in scenario.entry.get("conclusions", ()) for rule in each.get("rules", ())}
        fired |= expected & set(_fired(answer_of(scenario)[1]))
    acts = {id_ for ids in rules_of(protocol_of(name)).values() for id_ in ids}
    never = sorted(acts - fired)
    assert not never, f"no scenario of {name} expects and sees these fire: {', '.join(never)}"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_seen_to_stay_silent(name: str) -> None:
    """That a scenario names it, or its rule, as absent; whether it is, the scenario's own test says."""
    absent: set[str] = set()
    for scenario in _sound(name):
        absent |= {each.partition("/")[0] for each in scenario.entry.get("absent", ())}
    never = [
        id_
        for rule, ids in rules_of(protocol_of(name)).items()
        for id_ in ids
        if id_ not in absent and rule not in absent
    ]
    assert not never, f"no scenario of {name} has these absent: {', '.join(sorted(never))}"
