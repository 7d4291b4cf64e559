"""Scenario files: with mistakes, each with the exact words that refuse it, and days that become dates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.reading.protocols import read_protocol
from missingrules.reading.scenarios import protocol_named, read_scenarios, read_scenarios_text, scenario_files
from missingrules.reading.unnoticed import read_unnoticed
from tests.answers import at
from tests.reading.codes import READING, codes

if TYPE_CHECKING:
    from missingrules.domain.protocol import Protocol

INVENTED: Final = Path(__file__).with_name("invented")
HERE: Final = Path(__file__).with_name("bad_scenarios")
BAD: Final = sorted(path.stem for path in HERE.glob("*.yaml"))
MODULES: Final = ("days", "expected", "scenario_forms", "scenarios")
REASONS: Final = Path(__file__).with_name("bad_reasons")
PROTOCOL: Final = read_protocol(INVENTED / "invented.yaml")


def find(name: str) -> Protocol:
    if name == PROTOCOL.name:
        return PROTOCOL
    message = f"no protocol is named '{name}'"
    raise InvalidInput([Diagnostic("unknown-protocol", message, None, did_you_mean(name, [PROTOCOL.name]))])


@pytest.mark.parametrize("name", BAD)
def test_a_bad_scenario_file_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    with pytest.raises(InvalidInput) as caught:
        read_scenarios(f"{name}.yaml", find)
    assert f"{caught.value}\n" == (HERE / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.stem for path in REASONS.glob("*.yaml")))
def test_a_bad_file_of_reasons_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REASONS)
    with pytest.raises(InvalidInput) as caught:
        read_unnoticed(Path(f"{name}.yaml"))
    assert f"{caught.value}\n" == (REASONS / f"{name}.txt").read_text(encoding="utf-8")


def test_every_code_is_shown_by_a_bad_file_and_listed() -> None:
    shown = {code for name in BAD for code in re.findall(r"\[([a-z-]+)\] ", (HERE / f"{name}.txt").read_text("utf-8"))}
    assert codes(*MODULES) - shown == set()
    page = (READING.parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
    part = page.partition("## Scenarios")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", part, re.MULTILINE))
    assert codes(*MODULES) - listed == set()
    # All others may come of a case, or of the shape of any file.
    assert listed <= shown | {"no-scenario"}


HEAD = "format: 1\nprotocol: invented\nanchor: 2025-10-26\nscenarios:\n  - name: n\n    why: w\n    absent: [repeat]\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # Clocks go back on day 0: at midnight it is still summer, by the end of the day it is not.
        ("day 0 00:00", "2025-10-26T00:00:00+01:00"),
        ("day 0 01:30 +01:00", "2025-10-26T01:30:00+01:00"),
        ("day 0 01:30 Z", "2025-10-26T01:30:00+00:00"),
        ("day 0 02:00", "2025-10-26T02:00:00+00:00"),
        ("end of day 0", "2025-10-26T23:59:59+00:00"),
        ("day -1 22:30:15", "2025-10-25T22:30:15+01:00"),
        # 65 days of which six are left of October, thirty are November's: 30 December.
        ("day 65 09:00", "2025-12-30T09:00:00+00:00"),
        ("2025-10-26T01:30:00+00:00", "2025-10-26T01:30:00+00:00"),
    ],
)
def test_a_day_is_an_instant(written: str, meant: str) -> None:
    text = f"{HEAD}    as_of: {written}\n    case: {{child: {{date_of_birth: 2010-05-05}}}}\n"
    (scenario,) = read_scenarios_text(text, "days.yaml", find).scenarios
    assert scenario.as_of == at(meant)


def test_days_stand_wherever_dates_do() -> None:
    text = f"""{HEAD}    as_of: end of day 9
    case:
      child: {{date_of_birth: turns 15 on day 6, looked_after: [{{value: true, from: day -100, to: day 2 10:00}}]}}
      history_from: day -200
      episodes: [{{id: E1, started_at: day 1, located_at: null, returned_at: day 2 08:00}}]
      meetings: {{}}
"""
    (scenario,) = read_scenarios_text(text, "days.yaml", find).scenarios
    case = scenario.case
    # Day 6 is 1 November; 100 days before 26 October is 18 July, 200 is 9 April.
    assert str(case.child["date_of_birth"][0].value) == "2010-11-01"
    (held,) = case.child["looked_after"]
    assert (str(held.start), held.end) == ("2025-07-18", at("2025-10-28T10:00:00+00:00"))
    assert str(case.history_from) == "2025-04-09"
    (episode,) = case.episodes
    assert (str(episode.started), episode.located, episode.reported) == ("2025-10-27", None, NOT_KNOWN)
    assert episode.returned == at("2025-10-28T08:00:00+00:00")


def test_keys_are_written_in_days_too() -> None:
    text = f"""{HEAD}    as_of: day 1 12:00
    case: {{child: {{date_of_birth: 2010-05-05}}}}
    expect: [{{key: meeting/organisation/day 1, status: due}}, {{key: plan/child/day 0 01:30 +01:00, status: due}}]
"""
    (scenario,) = read_scenarios_text(text, "days.yaml", find).scenarios
    assert [each.key for each in scenario.expected.obligations] == [
        "meeting/organisation/2025-10-27",
        "plan/child/2025-10-26T00:30:00Z",
    ]


def test_an_anchor_of_its_own() -> None:
    text = HEAD.replace("why: w\n", "why: w\n    anchor: 2025-06-02\n")
    text += "    as_of: day 0 12:00\n    case: {child: {date_of_birth: 2010-05-05}}\n"
    (scenario,) = read_scenarios_text(text, "days.yaml", find).scenarios
    assert scenario.as_of == at("2025-06-02T12:00:00+01:00")


def test_which_files_of_a_folder_hold_scenarios() -> None:
    found = scenario_files(INVENTED)
    assert [path.name for path in found] == ["all.yaml"]
    assert protocol_named(found[0]) == "invented"
    assert scenario_files(INVENTED / "ledger.yaml") == [INVENTED / "ledger.yaml"]
    # With or without mistakes, each of these is taken for a file of scenarios.
    assert [path.stem for path in scenario_files(HERE)] == BAD
