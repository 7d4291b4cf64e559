"""Why a scenario does not hold: each obligation that came otherwise, with what its rule looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.analysis.expectations import side_by_side
from missingrules.analysis.scenarios import ask
from missingrules.domain.coverage import Reason
from missingrules.domain.parts import acts_of
from missingrules.engine.explain import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.answers import Explanation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario


def reasons(protocol: Protocol, scenario: Scenario) -> tuple[Reason, ...]:
    """A reason for each obligation that is not as expected, and for each that should be absent and is there."""
    return tuple(_reasons(protocol, scenario))


def _reasons(protocol: Protocol, scenario: Scenario) -> Iterator[Reason]:
    answer = ask(protocol, scenario)
    rule_of = {id_: rule for rule, ids in acts_of(protocol).items() for id_ in (rule, *ids)}
    prefix = f"{protocol.name}/"
    keys = {each.key.removeprefix(prefix): each for each in answer.actions}
    for wanted in scenario.expected.obligations:
        fields = side_by_side(answer, wanted, scenario.anchor)
        if all(each.agrees for each in fields):
            continue
        (act,) = wanted.rules
        subject = wanted.key.split("/")[1]
        others = tuple(key for key, each in keys.items() if each.duty.id == act) if wanted.key not in keys else ()
        yield Reason(wanted.key, fields, others, _explained(protocol, scenario, rule_of[act], act, subject))
    for absent in scenario.expected.absent:
        name = absent.name
        found = [each for key, each in keys.items() if key == name or key.startswith((f"{name}/", f"{name}."))]
        for subject in dict.fromkeys(each.subject for each in found):
            acts = tuple(dict.fromkeys(each.duty.id for each in found if each.subject == subject))
            here = tuple(key for key, each in keys.items() if each in found and each.subject == subject)
            explained = tuple(one for act in acts for one in _explained(protocol, scenario, rule_of[act], act, subject))
            yield Reason(name, (), here, explained)


def _explained(protocol: Protocol, scenario: Scenario, rule: str, act: str, subject: str) -> tuple[Explanation, ...]:
    found = explain(protocol, scenario.case, scenario.as_of, rule, readings=scenario.readings)
    return tuple(one for one in found if one.duty == act and one.subject == subject)
