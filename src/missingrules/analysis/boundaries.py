"""Which numbers of the rules are tried: changed by the least that means something, they make a scenario fail.

A scenario is asked of those rules alone that it names and that hang on the number, with all that they need: an answer
about them is the same, and comes much sooner. Where what a scenario expects goes beyond single rules, all are asked.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from missingrules.analysis.expectations import differences
from missingrules.analysis.numbers import mutant
from missingrules.analysis.scenarios import ask
from missingrules.domain.coverage import Untried
from missingrules.domain.parts import acts_of
from missingrules.engine.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.analysis.numbers import Sited
    from missingrules.domain.answers import ProtocolAnswer
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
    held = Held(bench, scenarios)
    return [
        Untried(sited.number, side)
        for sited in numbers
        for side in sited.neighbours
        if held.unnoticed(sited.number.rules, partial(mutant, sited=sited, side=side))
    ]


class Held:
    """Scenarios that hold, for finding one that does not hold of other rules."""

    def __init__(self, bench: Bench, scenarios: Sequence[Scenario]) -> None:
        self.bench = bench
        self._naming: dict[str, list[Scenario]] = {}
        for scenario in scenarios:
            for rule in bench.named(scenario):
                self._naming.setdefault(rule, []).append(scenario)
        self._whole = {id(each) for each in scenarios if bench.is_whole(each)}
        self._proved: dict[tuple[int, Rules], bool] = {}

    def unnoticed(self, rules: Sequence[str], change: Callable[[Protocol], Protocol], act: str = "") -> bool:
        """Whether all scenarios that name one of some rules still hold where these are changed.

        `change` makes the change in any part of the protocol. Scenarios that name the act that it changes come first.
        """
        several = {id(each): each for rule in rules for each in self._naming.get(rule, ())}
        # Those that name few rules are answered soonest.
        candidates = sorted(
            several.values(), key=lambda each: (act not in each.expected.named, len(each.expected.named))
        )
        changed: dict[int, Protocol] = {}
        for scenario in candidates:
            hanging = self._hanging(scenario, rules)
            part = self.bench.part(hanging)
            if id(part) not in changed:
                changed[id(part)] = change(part)
            if self._fails(scenario, hanging, part, changed[id(part)]):
                return False
        whole = [scenario for scenario in candidates if id(scenario) in self._whole]
        if not whole:
            return True
        other = change(self.bench.protocol)
        return not any(differences(ask(other, scenario), scenario.expected) for scenario in whole)

    def _hanging(self, scenario: Scenario, rules: Sequence[str]) -> Rules:
        """The rules that the scenario names and whose answer may change with some rules."""
        changing = frozenset(rules)
        return frozenset(
            rule for rule in self.bench.named(scenario) if not changing.isdisjoint(self.bench.needed[rule])
        )

    def _fails(self, scenario: Scenario, rules: Rules, part: Protocol, changed: Protocol) -> bool:
        wanted = self.bench.about(scenario.expected, rules)
        if not differences(ask(changed, scenario), wanted):
            return False
        # A part that does not answer as the whole does proves nothing.
        key = id(scenario), rules
        if key not in self._proved:
            self._proved[key] = not differences(ask(part, scenario), wanted)
        return self._proved[key]
