"""Which numbers of the rules are tried: changed by the least that means something, they make a scenario fail.

A scenario is asked of those rules alone that it names and that hang on the number, with all that they need: an answer
about them is the same, and comes much sooner. Where what a scenario expects goes beyond single rules, all are asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from missingrules.analysis.expectations import differences
from missingrules.analysis.numbers import mutant
from missingrules.analysis.scenarios import ask
from missingrules.domain.coverage import Untried
from missingrules.domain.parts import acts_of
from missingrules.engine.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.analysis.numbers import Sited
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.coverage import Number, Side
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Expected, Scenario

Rules = frozenset[str]


class Bench:
    """A protocol and the scenarios that hold, for asking the ones of parts of the other."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.acts = acts_of(protocol)
        self.rule_of: Mapping[str, str] = {id_: rule for rule, ids in self.acts.items() for id_ in (rule, *ids)}
        self.needed = plan_of(protocol).needed
        self._parts: dict[Rules, Protocol] = {}

    def named(self, scenario: Scenario) -> Rules:
        """The rules that the scenario names as there or as absent."""
        return frozenset(self.rule_of[name] for name in scenario.expected.named)

    def part(self, rules: Rules) -> Protocol:
        """The protocol with some rules alone, and all that these need."""
        wanted = frozenset().union(*(self.needed[rule] for rule in rules))
        if wanted not in self._parts:
            families = tuple(family for family in self.protocol.families if family.id in wanted)
            self._parts[wanted] = replace(self.protocol, families=families)
        return self._parts[wanted]

    def about(self, expected: Expected, rules: Rules) -> Expected:
        """What is expected of some rules; what speaks of no rule, or of the whole answer, is left out."""

        def speaks(names: Sequence[str]) -> bool:
            return bool(names) and all(self.rule_of[name] in rules for name in names)

        parts = []
        for part in expected.parts:
            wanted = tuple(each for each in part.wanted if speaks(each.rules))
            if wanted:
                parts.append(part._replace(wanted=wanted))
        return replace(
            expected,
            obligations=tuple(each for each in expected.obligations if speaks(each.rules)),
            absent=tuple(each for each in expected.absent if speaks((each.rule,))),
            parts=tuple(parts),
            valid_until=None,
        )

    def is_whole(self, scenario: Scenario) -> bool:
        """Whether it expects something of the answer as a whole."""
        return self.about(scenario.expected, self.named(scenario)) != scenario.expected

    def asked(self, scenario: Scenario) -> tuple[bool, ProtocolAnswer]:
        """Whether the scenario holds, and the answer about the rules that it names."""
        rules = self.named(scenario)
        answer = ask(self.part(rules), scenario)
        if not differences(answer, self.about(scenario.expected, rules)) and not self.is_whole(scenario):
            return True, answer
        whole = ask(self.protocol, scenario)
        return not differences(whole, scenario.expected), whole


def untried(bench: Bench, scenarios: Sequence[Scenario], numbers: Sequence[Sited]) -> list[Untried]:
    """The sides of numbers that no scenario tries. The scenarios must hold."""
    naming: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        for rule in bench.named(scenario):
            naming.setdefault(rule, []).append(scenario)
    found = []
    for sited in numbers:
        several = {id(each): each for rule in sited.number.rules for each in naming.get(rule, ())}
        # Those that name few rules are answered soonest.
        candidates = sorted(several.values(), key=lambda each: len(each.expected.named))
        found += [
            Untried(sited.number, side) for side in sited.neighbours if not _is_tried(bench, sited, side, candidates)
        ]
    return found


def _is_tried(bench: Bench, sited: Sited, side: Side, scenarios: Sequence[Scenario]) -> bool:
    changed: dict[int, Protocol] = {}
    for scenario in scenarios:
        rules = _hanging(bench, scenario, sited.number)
        part = bench.part(rules)
        if id(part) not in changed:
            changed[id(part)] = mutant(part, sited, side)
        if _fails(bench, scenario, rules, part, changed[id(part)]):
            return True
    whole = [scenario for scenario in scenarios if bench.is_whole(scenario)]
    if not whole:
        return False
    other = mutant(bench.protocol, sited, side)
    return any(differences(ask(other, scenario), scenario.expected) for scenario in whole)


def _hanging(bench: Bench, scenario: Scenario, number: Number) -> Rules:
    """The rules that the scenario names and whose answer may change with the number."""
    changing = frozenset(number.rules)
    return frozenset(rule for rule in bench.named(scenario) if not changing.isdisjoint(bench.needed[rule]))


def _fails(bench: Bench, scenario: Scenario, rules: Rules, part: Protocol, changed: Protocol) -> bool:
    wanted = bench.about(scenario.expected, rules)
    if not differences(ask(changed, scenario), wanted):
        return False
    # A part that does not answer as the whole does proves nothing.
    return not differences(ask(part, scenario), wanted)
