"""What officers expect of each protocol: every scenario, and every rule seen to fire and seen to stay silent."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.analysis.boundaries import Bench
from missingrules.analysis.coverage import Seen, seen
from missingrules.analysis.scenarios import run
from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.protocols import read_protocol
from missingrules.reading.scenarios import read_scenarios
from missingrules.reports.scenarios import outcome_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario, ScenarioFile

HERE: Final = Path(__file__).parent
PROTOCOLS: Final = HERE.parents[1] / "protocols"
FILES: Final = sorted(HERE.glob("*/*.yaml"))
NAMES: Final = sorted({file.parent.name for file in FILES})


@lru_cache(maxsize=8)
def protocol_of(name: str) -> Protocol:
    return read_protocol(PROTOCOLS / f"{name}.yaml")


@lru_cache(maxsize=256)
def scenarios_of(file: Path) -> ScenarioFile:
    found = read_scenarios(file, protocol_of)
    assert found.protocol == file.parent.name, f"{file.name} is about {found.protocol}"
    return found


def _collected() -> Iterator[Any]:
    for file in FILES:
        folder = f"{file.parent.name}/{file.stem}"
        try:
            scenarios = scenarios_of(file).scenarios
        except (InvalidInput, AssertionError) as wrong:
            # A file that cannot be used fails as a test of its own, and hides no other file's scenarios.
            yield pytest.param(file.parent.name, wrong, id=folder)
            continue
        for each in scenarios:
            yield pytest.param(file.parent.name, each, id=f"{folder}/{each.name}".replace(" ", "-"))


@pytest.mark.parametrize(("name", "scenario"), list(_collected()))
def test_a_scenario(name: str, scenario: Scenario | Exception) -> None:
    if isinstance(scenario, Exception):
        raise scenario
    outcome = run(protocol_of(name), scenario)
    assert not outcome.differences, outcome_text(outcome)


def test_every_protocol_has_scenarios() -> None:
    written = {path.stem for path in PROTOCOLS.glob("*.yaml")}
    assert written, "no protocol was found"
    assert set(NAMES) == written
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(NAMES), "a folder without scenarios"
    strays = [p for p in HERE.rglob("*.y*ml") if p not in FILES]
    assert not strays, f"nobody runs {strays}"


@lru_cache(maxsize=8)
def _seen(name: str) -> Seen:
    scenarios = [each for file in FILES if file.parent.name == name for each in scenarios_of(file).scenarios]
    return seen(Bench(protocol_of(name)), scenarios)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_seen_to_fire(name: str) -> None:
    """That a scenario names it in what it expects, not only that it happens to fire."""
    never = _seen(name).never_fired
    assert not never, f"no scenario of {name} expects and sees these fire: {', '.join(never)}"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_seen_to_stay_silent(name: str) -> None:
    """That a scenario which holds names it, or its rule, as absent."""
    never = _seen(name).never_absent
    assert not never, f"no scenario of {name} has these absent: {', '.join(never)}"
