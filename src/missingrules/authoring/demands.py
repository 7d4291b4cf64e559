"""What the reader asks of a whole rule or entry, beyond the form of each key, as far as a schema can say it.

Each is said so that the mistake is underlined where `check` would show it: at the key that is too much, or at the entry
from which one is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.authoring.words import one_of
from missingrules.domain.vocabulary import ACTIONS, EVENTS, FACTS
from missingrules.reading.duties import EFFECTS
from missingrules.reading.names import short
from missingrules.reading.rules import OF_FORBID, STANDING
from missingrules.reading.schema import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.authoring.names import FileNames
    from missingrules.authoring.words import Schema

_ALL_EFFECTS: Final = (*EFFECTS, "forbid", "conclude")
_SILENT: Final = ("by", "chair", "attend", "to", "with", "deadline", "until")
_TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}


def of_rule() -> list[Schema]:
    """What is asked of a rule."""
    keys = [info.alias or name for name, info in Rule.model_fields.items()]
    found: list[Schema] = [
        {"if": _has("cases"), "else": {"anyOf": [_has(key) for key in _ALL_EFFECTS]}},
        {"if": {"anyOf": [_has("conclude"), _has("forbid")]}, "else": {"required": ["trigger"]}},
        {"if": _has("conclude"), "then": _without(key for key in keys if key not in STANDING | {"conclude"})},
        {"if": _has("forbid"), "then": _without(key for key in keys if key not in STANDING | OF_FORBID)},
        {"if": _has("forbid"), "else": _without(["outcome"])},
        {"if": _has("deadline"), "then": _without(["repeat"])},
        {
            "if": _has("forbid"),
            "then": {"properties": {"to": {"description": "A role, or a list of roles", "not": {"type": "object"}}}},
        },
    ]
    for effect in _ALL_EFFECTS:
        others = [key for key in _ALL_EFFECTS if key != effect]
        found.append({"if": _has(effect), "then": _without(others)})
    for key in _SILENT:
        # Listed, and yet given.
        said: Schema = {"not": {"const": key}}
        both = {"if": {"type": "array"}, "then": {"items": said}, "else": said, "description": "Not what is given"}
        found.append({"if": _has(key), "then": {"properties": {"not_stated": both}}})
    # Of a rule with several acts or cases each may say it for itself.
    alone: Schema = {
        "not": _has("cases"),
        "anyOf": [{"required": [key], "properties": {key: _TEXT}} for key in EFFECTS],
    }
    whole: list[Schema] = [
        {"required": ["modality"]},
        {"anyOf": [_has("by"), _silent("by")]},
        {"anyOf": [_has("deadline"), _has("repeat"), _silent("deadline")]},
        {"if": _has("until"), "else": _without(["repeat"])},
        {"if": _trigger({"type": "object", "required": ["missing_for"]}), "then": {"required": ["counts_from"]}},
    ]
    lasting: Schema = {
        "anyOf": [{"const": "missing"}, {"type": "object", "anyOf": [_has("missing"), _has("missing_for")]}]
    }
    whole.append({"if": _trigger(lasting), "then": {"anyOf": [_has("until"), _silent("until")]}})
    return [*found, {"if": alone, "then": {"allOf": whole}}]


def add(definitions: dict[str, Schema], properties: dict[str, Schema], file: FileNames | None) -> None:
    """Adds what is asked to the definitions of a protocol and to its sections."""
    definitions["Rule"]["allOf"] = of_rule()
    for name in ("InForce", "InForce.plain"):
        definitions[name]["anyOf"] = [_has("from"), _has("to")]
    definitions["FactForm.plain"] |= {
        "if": {"properties": {"type": {"enum": ["choice", "scale"]}}},
        "then": {"required": ["values"]},
        "else": _without(["values"]),
    }
    definitions["FactForm.plain"]["properties"]["values"]["not"] = {"contains": {"const": "known"}, "type": "array"}
    definitions["WithinForm"] |= {
        "if": {"properties": {"within": {"pattern": "working"}}},
        "else": {
            "properties": {"same_day_counts": {"description": "Of working days alone", "not": {"enum": [True, "true"]}}}
        },
    }
    calendar: Schema = {"if": {"type": "object"}, "then": _without(["every"])}
    any_of = definitions["AnyTrigger"]["properties"]["any"]
    any_of |= {"allOf": [*any_of.get("allOf", ()), {"items": calendar}]}
    # A shared word cannot be introduced anew.
    facts = [spelt for name in FACTS for spelt in dict.fromkeys((short(name), name))]
    for section, words in (("facts", facts), ("actions", [*ACTIONS]), ("events", [*EVENTS])):
        taken: Schema = {"not": {"enum": words}, "errorMessage": "this is a shared word, which every protocol has"}
        properties[section]["propertyNames"] = {"allOf": [properties[section]["propertyNames"], taken]}
    called = properties["called"]
    known = {name: word.meaning for name, word in ACTIONS.items()} | (file.actions if file else {})
    text: Schema = {"allOf": [called["additionalProperties"]]}
    called["properties"] = {name: {"description": meaning or name, **text} for name, meaning in known.items()}
    if file is None:
        return
    called["additionalProperties"] = False
    for name in ("FromTable", "DeadlineTable"):
        inputs = definitions[name]["properties"]["with"]
        inputs["propertyNames"] = {"enum": list(file.inputs)}
    readings = properties["readings"]
    readings["properties"] = {
        name: {
            "description": file.readings[name] or name,
            "allOf": [
                readings["additionalProperties"],
                {"properties": {"default": {"description": "One of its options", **one_of(options)}}},
            ],
        }
        for name, options in file.options.items()
        if options
    }


def _has(key: str) -> Schema:
    return {"required": [key]}


def _without(keys: Iterable[str]) -> Schema:
    return {"properties": {key: {"not": {}, "doNotSuggest": True, "description": "Not here"} for key in keys}}


def _silent(key: str) -> Schema:
    listed = {
        "description": "The keys that the source leaves out",
        "anyOf": [{"const": key}, {"type": "array", "contains": {"const": key}}],
    }
    return {"required": ["not_stated"], "properties": {"not_stated": listed}}


def _trigger(form: Schema) -> Schema:
    return {"required": ["trigger"], "properties": {"trigger": form}}
