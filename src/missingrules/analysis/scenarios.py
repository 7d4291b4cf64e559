"""What officers expect, run: each scenario asked of its protocol, and what did not come as expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.analysis.expectations import differences
from missingrules.domain.coverage import Outcome
from missingrules.engine.evaluate import evaluate

if TYPE_CHECKING:
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario


def ask(protocol: Protocol, scenario: Scenario) -> ProtocolAnswer:
    """What the protocol answers to the scenario's case, at its instant and under its readings."""
    answer = evaluate(
        [protocol],
        scenario.case,
        scenario.as_of,
        readings=scenario.readings,
        organisation=scenario.organisation,
    )
    return answer.protocols[0]


def run(protocol: Protocol, scenario: Scenario) -> Outcome:
    """The scenario held against the whole protocol."""
    return Outcome(scenario, differences(ask(protocol, scenario), scenario.expected, scenario.anchor))
