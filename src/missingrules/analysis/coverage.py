"""How much of a protocol is accounted for, seen to fire and to stay silent, asserted, and tried at its boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.analysis.boundaries import Bench, untried
from missingrules.analysis.numbers import numbers_of
from missingrules.analysis.stated import stated, unasserted
from missingrules.domain.coverage import Coverage
from missingrules.domain.protocol import is_inherited
from missingrules.papers.proof import unaccounted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario
    from missingrules.reading import nodes
    from missingrules.reading.ledgers import Ledger

# An obligation of these has not fired.
SILENT: Final = ("upcoming", "not_decidable")


class Seen(NamedTuple):
    """What the scenarios show: which of them hold, which acts fire in one that says so, and which are named absent."""

    holding: tuple[Scenario, ...]
    failing: tuple[Scenario, ...]
    never_fired: tuple[str, ...]
    never_absent: tuple[str, ...]


def seen(bench: Bench, scenarios: Sequence[Scenario]) -> Seen:
    """Every scenario asked. One that does not hold shows nothing."""
    holding: list[Scenario] = []
    failing: list[Scenario] = []
    fired: set[str] = set()
    for scenario in scenarios:
        holds, answer = bench.asked(scenario)
        (holding if holds else failing).append(scenario)
        if holds:
            fired |= expected_to_fire(scenario) & set(_fired(answer))
    own = _own(bench)
    acts = {id_ for ids in own.values() for id_ in ids}
    absent = sorted(_never_absent(own, holding))
    return Seen(tuple(holding), tuple(failing), tuple(sorted(acts - fired)), tuple(absent))


def coverage_of(
    protocol: Protocol, root: nodes.Mapping, ledgers: dict[str, Ledger], scenarios: Sequence[Scenario]
) -> Coverage:
    """The coverage of a protocol by its ledgers and scenarios."""
    bench = Bench(protocol)
    shown = seen(bench, scenarios)
    numbers = numbers_of(protocol)
    return Coverage(
        protocol=protocol,
        scenarios=len(scenarios),
        failing=shown.failing,
        paragraphs=sum(len(ledger.paragraphs) for ledger in ledgers.values() if ledger.seen),
        unaccounted=tuple(unaccounted(root, ledgers)),
        acts=sum(map(len, _own(bench).values())),
        never_fired=shown.never_fired,
        never_absent=shown.never_absent,
        stated=len(stated(protocol)),
        unasserted=unasserted(protocol, shown.holding),
        boundaries=sum(len(sited.neighbours) for sited in numbers),
        untried=tuple(untried(bench, shown.holding, numbers)),
    )


def _own(bench: Bench) -> dict[str, Sequence[str]]:
    """The acts of the protocol's own rules: what it inherits is shown where it stands."""
    return {rule: ids for rule, ids in bench.acts.items() if not is_inherited(rule)}


def expected_to_fire(scenario: Scenario) -> set[str]:
    """The acts that a scenario names as there: obligations, prohibitions and conclusions."""
    expected = scenario.expected
    found = {rule for each in expected.obligations for rule in each.rules}
    for part in expected.parts:
        if part.name in ("forbidden", "conclusions"):
            found |= {rule for each in part.wanted for rule in each.rules}
    return found


def _fired(answer: ProtocolAnswer) -> Iterator[str]:
    for obligation in answer.actions:
        if obligation.status not in SILENT:
            yield obligation.duty.id
    for one in answer.forbidden:
        if one.status != "not_decidable":
            yield one.prohibition.rule
    for concluded in answer.conclusions:
        yield from concluded.rules


def _never_absent(acts: Mapping[str, Sequence[str]], scenarios: Sequence[Scenario]) -> Iterator[str]:
    absent = {each.rule for scenario in scenarios for each in scenario.expected.absent}
    for rule, ids in acts.items():
        if rule not in absent:
            yield from (id_ for id_ in ids if id_ not in absent)
