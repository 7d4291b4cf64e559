"""Gates as the rules of durable_rules: one for each row of each gate, and one that tells each output.

Every message is one node: `{"id", "sid", "layer", "node"}` with its `truth`, or of what is supplied as a value with
`known` (1 or 0) and then `value` or `number`. Of the rules that make a node exactly one fires.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from missingrules.adapters.durable.gates import ALWAYS, ANY, FALSE, NEVER, TRUE, UNKNOWN
from missingrules.adapters.durable.hashes import colliding, is_plain
from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.supplies import ANOTHER, Between, IsKnown, OneOf
from missingrules.adapters.durable.translate import translate
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.engine.plan import provisions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.adapters.durable.gates import Node
    from missingrules.adapters.durable.outputs import Output, Translated
    from missingrules.adapters.durable.supplies import Supply, ValueTest
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

# Its tables have 512 and 256 places, and want some free (NEXT_BUCKET_LENGTH, BETA_LIST_LENGTH in src/rules/rules.h).
MOST_IN_A_LAYER: Final = 500
MOST_OF_A_PATTERN: Final = 250
PROPERTIES: Final = ("id", "sid", "$s", "exception", "layer", "node", "truth", "known", "value", "number")
ANTECEDENTS: Final = ("a", "b", "c")
TELL: Final = "tell"

Pattern = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules that are read from one place. `rules` is what durable_rules takes, with the name of an action each.

    `fixed` are outputs that are the same in every case, and stand in no rule.
    """

    name: str
    place: Place
    rules: Mapping[str, Mapping[str, Any]]
    nodes: tuple[Node, ...]
    supplies: tuple[Supply, ...]
    outputs: tuple[Output, ...]
    fixed: Mapping[str, str]


def rule_sets(protocol: Protocol, readings: Mapping[str, str] | None = None) -> dict[Place, RuleSet]:
    """The rule sets of a protocol, by the place from which they are read; one that would tell nothing is left out.

    Readings are taken as in `evaluate`. InvalidInput names every rule that cannot be said in them: none is left out.
    """
    provisions = provisions_of(protocol, protocol.options(readings or {}), organisation=True)
    every: list[Provision] = [*(d for some in provisions.duties.values() for d in some), *provisions.conclusions]
    every += provisions.prohibitions
    translated = [translate(protocol, every, place) for place in Place]
    refused = dict.fromkeys(each for one in translated for each in one.refused)
    if refused:
        hint = "the engine itself keeps this rule; no rule set is made without it"
        raise InvalidInput(
            [
                Diagnostic("not-for-durable", f"{rule}: no rule set can say it: {why}", hint=hint)
                for rule, why in refused
            ]
        )
    return {one.place: rule_set(f"{protocol.name}.{one.place}", one) for one in translated if one.outputs}


def rule_set(name: str, translated: Translated) -> RuleSet:
    """What was translated, as rules. InvalidInput where durable_rules would take two names for one, or has no room."""
    rules: dict[str, Mapping[str, Any]] = {}
    for node in translated.nodes:
        for number, rule in enumerate(_making(node), start=1):
            rules[f"{node.name} / {number}"] = rule
    told = {output.node.name: output.node for output in translated.outputs}
    fixed = {node.name: TRUE if node is ALWAYS else FALSE for node in (ALWAYS, NEVER) if node.name in told}
    for node in told.values():
        if node.name not in fixed:
            rules[f"{node.name} / {TELL}"] = {"all": [{"a": _of(node)}], "run": TELL}
    if problems := list(_unsafe(translated, rules)):
        raise InvalidInput([Diagnostic("not-for-durable", f"{name}: durable_rules {problem}") for problem in problems])
    return RuleSet(name, translated.place, rules, translated.nodes, translated.supplies, translated.outputs, fixed)


def _unsafe(translated: Translated, rules: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What durable_rules would not keep as it is meant."""
    names = [*(node.name for node in translated.nodes if node.layer), *(s.name for s in translated.supplies)]
    values = [value for supply in translated.supplies for value in supply.values]
    if strange := [text for text in (*names, *values) if not is_plain(text)]:
        yield f"would not read as it is: {', '.join(map(repr, strange))}"
        return
    for one in (names, PROPERTIES):
        if found := colliding(one):
            yield f"takes '{found[0]}' and '{found[1]}' for one"
    if len(set(names)) < len(names) or ANOTHER in values:
        yield f"would be told of two things by one name, or by '{ANOTHER}' of a value that is called so"
    layers = Counter(node.layer for node in translated.nodes if node.layer) + Counter({0: len(translated.supplies)})
    for layer, many in layers.items():
        if many > MOST_IN_A_LAYER:
            yield f"has no room for {many} nodes in layer {layer}: {MOST_IN_A_LAYER} at most"
    patterns = Counter(repr(pattern) for rule in rules.values() for each in rule["all"] for pattern in each.values())
    for pattern, many in patterns.items():
        if many > MOST_OF_A_PATTERN:
            yield f"has no room for {many} rules that all ask for {pattern}: {MOST_OF_A_PATTERN} at most"


def _making(node: Node) -> Iterator[Mapping[str, Any]]:
    """The rules that make a node of what it hangs on; none for what is supplied as a truth."""
    for row in node.rows:
        inputs = zip(ANTECEDENTS, node.inputs, row.inputs, strict=False)
        yield {
            "all": [{name: _of(each, _says(said))} for name, each, said in inputs],
            "run": f"{row.then}: {node.name}",
        }
    if node.test is not None:
        assert node.supply is not None
        for pattern, then in _tested(node.test):
            yield {"all": [{"a": _supplied(node.supply, pattern)}], "run": f"{then}: {node.name}"}


def _of(node: Node, more: list[Pattern] | None = None) -> Pattern:
    return {"$and": [{"layer": node.layer}, {"node": node.name}, *(more or ())]}


def _supplied(name: str, more: list[Pattern]) -> Pattern:
    return {"$and": [{"layer": 0}, {"node": name}, *more]}


def _says(said: frozenset[str]) -> list[Pattern]:
    if len(said) == 1:
        return [{"truth": next(iter(said))}]
    return [{"$neq": {"truth": left}} for left in sorted(ANY - said)]


def _tested(test: ValueTest) -> Iterator[tuple[list[Pattern], str]]:
    """What a supplied value must be, and what a test of it then says."""
    match test:
        case IsKnown():
            yield [{"known": 1}], TRUE
            yield [{"known": 0}], FALSE
            return
        case OneOf(values):
            for value in values:
                yield [{"known": 1}, {"value": value}], TRUE
            yield [{"known": 1}, *({"$neq": {"value": value}} for value in values)], FALSE
        case Between(low, high):
            lower = [] if low is None else [{"$gte": {"number": low}}]
            upper = [] if high is None else [{"$lte": {"number": high}}]
            yield [{"known": 1}, *lower, *upper], TRUE
            if low is not None:
                yield [{"known": 1}, {"$lt": {"number": low}}], FALSE
            if high is not None:
                # Below both ends where they leave nothing between them: said once.
                first = [] if low is None else [{"$gte": {"number": low}}]
                yield [{"known": 1}, *first, {"$gt": {"number": high}}], FALSE
    yield [{"known": 0}], UNKNOWN
