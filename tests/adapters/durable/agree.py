"""What the engine says of guards and concluded facts, held against what rule sets say of what they are supplied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from missingrules.adapters.durable.moments import Moments
from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.supplies import ANOTHER, Between, IsKnown, OneOf
from missingrules.engine import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.adapters.durable.gates import Node
    from missingrules.adapters.durable.outputs import Output
    from missingrules.adapters.durable.rule_sets import RuleSet
    from missingrules.adapters.durable.supplies import Value
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.facts import Reader

TEXTS = {True: "true", False: "false", None: "unknown"}

# What a rule set says of what it is supplied.
Tell = Callable[["RuleSet", "Mapping[str, Value]"], "Mapping[str, str]"]


def instants(case: Case, as_of: Instant, most: int) -> list[Instant]:
    """Some instants at which something may change: starts, returns and the second before, and one asked about."""
    from missingrules.domain.clock import Instant

    found = {as_of}
    for episode in case.episodes:
        for stamp in (episode.started, episode.returned):
            if isinstance(stamp, int):
                found |= {stamp, Instant(stamp - 1), Instant(stamp + 24 * 3600)}
    ordered = sorted(found)
    # From all over the history, not from its beginning alone.
    step = max(1, len(ordered) // most)
    return ordered[::step][:most]


def expected(reader: Reader, output: Output, place: places.Place, when: Instant) -> str:
    """What our own engine says."""
    plain = places.Place(place.episode)
    if output.guard is not None:
        return TEXTS[reader.guard(output.guard, plain if output.kind == "conclusion" else place).at(when)]
    found = reader.fact(output.name, plain).at(when)
    word = reader.protocol.words.facts[output.name]
    if word.type == "scale":
        return TEXTS[word.values.index(output.value or "") in found]
    return TEXTS[found == output.value]


def differences(
    protocol: Protocol, case: Case, as_of: Instant, sets: Mapping[Place, RuleSet], tell: Tell, *, most: int = 6
) -> Iterator[str]:
    """Every output that a rule set tells otherwise than the engine."""
    moments = Moments(protocol, case, as_of)
    for place in [*moments.places(), places.ORGANISATION]:
        which = Place.ORGANISATION if place.organisation else Place.EPISODE if place.episode else Place.CHILD
        if (rule_set := sets.get(which)) is None:
            continue
        for when in instants(case, as_of, most):
            told = tell(rule_set, moments.supplies(rule_set.supplies, place, when))
            for output in rule_set.outputs:
                wanted = expected(moments.reader, output, place, when)
                if told[output.node.name] != wanted:
                    of = f"{output.kind} {output.name} {output.value}"
                    yield f"{of} from {place} at {when}: {wanted} and not {told[output.node.name]}"


def by_tables(rule_set: RuleSet, supplied: Mapping[str, Value]) -> Mapping[str, str]:
    """What every node says by its rows alone, without an engine of others."""
    says: dict[str, str] = {"always": "true", "never": "false"}
    for node in rule_set.nodes:
        says[node.name] = _says(node, says, supplied)
    return says


def _says(node: Node, says: Mapping[str, str], supplied: Mapping[str, Value]) -> str:
    if node.test is not None:
        value = supplied[node.supply or ""]
        match node.test:
            case IsKnown():
                return TEXTS[value is not None]
            case OneOf(values):
                return TEXTS[None if value is None else value in values and value != ANOTHER]
            case Between(low, high):
                if value is None:
                    return "unknown"
                assert isinstance(value, int)
                return TEXTS[(low is None or low <= value) and (high is None or value <= high)]
    if not node.rows:
        return str(supplied[node.name])
    inputs = [says[each.name] for each in node.inputs]
    fitting = [row.then for row in node.rows if all(i in row_in for i, row_in in zip(inputs, row.inputs, strict=True))]
    assert len(fitting) == 1, node
    return fitting[0]
