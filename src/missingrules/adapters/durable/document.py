"""Rule sets as JSON for hosts of their own, with all that a host has to supply and is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from missingrules.adapters.durable.hashes import hash_of
from missingrules.adapters.durable.supplies import ANOTHER, Kind, Measured, OfEpisode, Recorded
from missingrules.logic.said import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.adapters.durable.outputs import Output, Place
    from missingrules.adapters.durable.rule_sets import RuleSet
    from missingrules.adapters.durable.supplies import Ask, Supply
    from missingrules.domain.protocol import Protocol

FORMAT: Final = "missingrules-durable"
VERSION: Final = 1
# A host that reads no page reads these.
WARNINGS: Final = (
    "No answer of missingrules depends on these rules. They say whether a guard lets a rule fire, and never by when, "
    "by whom or whether it was done.",
    "durable_rules takes two ids, or two contexts, of one 32-bit hash for one thing, and gives no error. Give every "
    "context a rule set of its own, and compare the hashes of all ids before it sees them.",
    "It keeps an error inside an action under 'exception' in the state of the context, and tells nobody. Look there "
    "each time.",
    "Every fact is supplied always: what is not known is supplied as not known. What is left out is never told.",
)
_OF_EPISODE: Final = {
    "away": "true from the episode's start until its return",
    "first": "whether no episode of the kind missing began before it; unknown where the history may begin later",
    "runs": "whether any episode has begun and has not ended",
    "nothing": "always unknown",
}


def document(protocol: Protocol, sets: Mapping[Place, RuleSet], readings: Mapping[str, str]) -> str:
    """The rule sets of one protocol as JSON text, the same every time; docs/durable.md says what each key means."""
    made = {
        "format": FORMAT,
        "version": VERSION,
        "protocol": {
            "name": protocol.name,
            "title": protocol.title,
            "edition": protocol.edition.label,
            "fingerprint": protocol.fingerprint,
        },
        "readings": protocol.options(readings),
        "warnings": WARNINGS,
        "rule_sets": {one.name: _rule_set(one) for one in sets.values()},
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _rule_set(one: RuleSet) -> dict[str, Any]:
    return {
        "place": one.place,
        "supply": [_supply(each) for each in one.supplies],
        "nodes": {
            node.name: {"layer": node.layer, "hash": hash_of(node.name), "means": node.meaning} for node in one.nodes
        },
        "tells": [_output(each) for each in one.outputs],
        "fixed": dict(one.fixed),
        "rules": one.rules,
    }


def _supply(supply: Supply) -> dict[str, Any]:
    out: dict[str, Any] = {"name": supply.name, "kind": supply.kind, "of": supply.view, "is": _asked(supply.ask)}
    if supply.kind is Kind.VALUE:
        out["values"] = [*supply.values, ANOTHER]
    if supply.kind is Kind.TRUTH:
        out["values"] = ["true", "false"] if supply.decided else ["true", "false", "unknown"]
    return out


def _asked(ask: Ask) -> str:
    match ask:
        case Recorded(fact):
            return f"{fact} as it is recorded, before any conclusion"
        case Measured(condition):
            return f"whether this holds: {said(condition)}"
        case OfEpisode(what):
            return _OF_EPISODE[what]
    start, end = ask.dates
    parts = (f"from {start}" if start else "", f"until {end}, that date no longer" if end else "")
    return f"whether it is a date {' '.join(filter(None, parts))}"


def _output(output: Output) -> dict[str, Any]:
    out: dict[str, Any] = {"node": output.node.name, "kind": output.kind, "name": output.name}
    if output.value is not None:
        out["value"] = output.value
    if output.trigger is not None:
        out["trigger"] = output.trigger
    cited = dict.fromkeys((c.document, c.paragraph, c.heading) for c in output.citations)
    out["citations"] = [{"document": d, "paragraph": p, "heading": h} for d, p, h in cited]
    return out
