"""Conditions for an editor: which facts may stand in a map, and how each is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.authoring.words import (
    FACT_NAME,
    SCALAR,
    Kinds,
    Schema,
    enum,
    one_of,
    one_of_or,
    ref,
    scalar_or_list,
    taken,
    written,
)
from missingrules.domain.vocabulary import FACTS, FactType
from missingrules.reading.conditions import COUNT_KEYS
from missingrules.reading.fields import LISTS
from missingrules.reading.names import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.vocabulary import FactWord

_KNOWN: Final = {"known": "it is known, whatever it is"}
_COMPARED: Final = "(at least|more than|under|up to) "
_NO_AIM: Final[Schema] = {
    key: {"description": "Beside the rows, not in one of them", "not": {}, "doNotSuggest": True}
    for key in ("aim", "earlier_if")
}
_GROUP_MEANS: Final = {
    "any": "Any of these conditions",
    "all": "All of these conditions",
    "not": "What must not be",
}
# The keys of a row that hold what it gives.
CELLS: Final = ("by", "chair", "attend", "to", "with", "deadline")


def define(kinds: Kinds) -> None:
    """Adds the definitions of facts, tests and conditions."""
    file = kinds.file
    facts: dict[str, FactWord] = dict(FACTS)
    if file:
        facts |= {word.name: word for word in file.facts.values()}
        area = facts["protocol.area"]
        facts["protocol.area"] = type(area)(area.name, area.kind, area.type, area.ask, file.areas, True)
    definitions = kinds.definitions
    tests: dict[str, Schema] = {}
    for name, word in facts.items():
        definitions[f"test.{name}"] = {"description": word.ask, **taken(_test(word))}
        tests[short(name)] = ref(f"test.{name}")
    # The full name of an episode's fact is read too, and not offered twice.
    full = {name: ref(f"test.{name}") for name in facts if name not in tests and not name.startswith("protocol.")}
    any_test = taken(ref("any_test"))
    fields = {
        f"event.{field}": {"description": f"What the trigger's event says of {field.replace('_', ' ')}", **any_test}
        for field in kinds.fields
    }
    groups: dict[str, Schema] = {
        "any": {"description": _GROUP_MEANS["any"], "type": "array", "minItems": 1, "items": ref("condition")},
        "all": {"description": _GROUP_MEANS["all"], "type": "array", "minItems": 1, "items": ref("condition")},
        "not": {"description": _GROUP_MEANS["not"], **ref_in("condition")},
        "hours": {
            "description": "Whether it is inside or outside of named hours",
            "type": "object",
            "properties": {
                "inside": {"description": "While it is within these hours", **ref_in("hours")},
                "outside": {"description": "While it is not within these hours", **ref_in("hours")},
            },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    }
    if_read = {"if_read": {"description": "The readings under which this stands", **ref_in("options")}}
    cite = {"cite": {"description": "The paragraph that says so", **ref_in("references")}}
    written_facts = tests | _hidden(full) | fields
    others: Schema = {"patternProperties": {rf"^record\.(?!({'|'.join(LISTS)})$)[a-z0-9_]+$": any_test}}
    others["additionalProperties"] = False if file else any_test
    if not file:
        others["propertyNames"] = {
            "pattern": rf"^({FACT_NAME}|event\.[a-z0-9_]+|episode\.risk\.recorded|risk\.recorded)$",
            "patternErrorMessage": "a fact has small letters, digits and _, after child., plan. or episode.",
        }
    plain = written_facts | groups | if_read
    # They belong to a count, which begins with 'episodes'.
    astray: dict[str, Schema] = {
        key: {"description": "Only with episodes", "not": {}, "doNotSuggest": True}
        for key in COUNT_KEYS
        if key not in ("episodes", "from")
    }
    offered: dict[str, Schema] = {"episodes": {"description": "A number of episodes: at least 3, more than 3"}}

    def conditions(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
        return {
            "type": "object",
            "minProperties": 1 + len(required),
            "properties": properties | offered,
            "if": {"required": ["episodes"]},
            "then": _count(properties.keys() & {"cite", "if_read"}, cite | if_read),
            "else": {"properties": properties | astray, "required": list(required), **others},
        }

    definitions["condition"] = taken(conditions(plain))
    definitions["exception"] = taken(conditions(plain | cite, ("cite",)))
    definitions["becomes"] = taken(
        {"type": "object", "minProperties": 1, "maxProperties": 1, "properties": tests | _hidden(full), **others}
    )
    definitions["conclusion"] = taken(
        {"type": "object", "minProperties": 1, "properties": _concluded(facts), **({} if file else others)}
        | {"additionalProperties": False if file else any_test}
    )
    people: Schema = {"anyOf": [{}, enum({"not_stated": "the source names nobody"}), ref("who")], **_cell("Roles")}
    deadline: Schema = {"anyOf": [{}, ref("deadline_words")], **_cell("Deadline"), "properties": _NO_AIM}
    cells = {
        key: {"description": f"What the row gives for {key}", **(deadline if key == "deadline" else people)}
        for key in CELLS
    }
    row = {"type": "object", "required": ["cite"], "properties": plain | cells | cite, **others}
    definitions["row"] = taken(row)
    inputs = dict.fromkeys((*file.inputs, *file.gives), "") if file else {}
    told = {key: {"description": f"{key}, as the table takes or gives it"} for key in inputs if key not in cells}
    definitions["table_row"] = taken(row | {"properties": plain | told | cells | cite})
    definitions["event_trigger"] = taken(
        {
            "type": "object",
            "required": ["event"],
            "properties": {
                "event": {"description": "An event, each time that it happens", **taken(ref("event"))},
                **{
                    field: {"description": f"Only where the event says this of {field.replace('_', ' ')}", **any_test}
                    for field in kinds.fields
                },
                **_hidden(if_read),
            },
            "additionalProperties": False if file else any_test,
        }
    )


def ref_in(name: str) -> Schema:
    """A definition that other keys may stand beside."""
    return {"allOf": [ref(name)]}


def _hidden(properties: Mapping[str, Schema]) -> dict[str, Schema]:
    """Keys that are let through and not offered."""
    return {key: {"doNotSuggest": True, "description": "See the key that is offered", "allOf": [each]}
            for key, each in properties.items()}  # fmt: skip


def _cell(of: str) -> Schema:
    return {"if": {"const": "not_stated"}, "else": ref(of)}


def _concluded(facts: Mapping[str, FactWord]) -> dict[str, Schema]:
    """Facts with the one value, or the lowest level, that a conclusion gives them."""
    one: Schema = {"type": SCALAR, "not": {"const": "known"}}
    found: dict[str, Schema] = {}
    for name, word in facts.items():
        if not word.built_in:
            said = {"description": word.ask, "allOf": [ref(f"test.{name}"), taken(one)]}
            found |= {short(name): said} | ({name: {"doNotSuggest": True, **said}} if short(name) != name else {})
    return found


def _count(more: set[str], known: Mapping[str, Schema]) -> Schema:
    """A count of episodes, which stands alone in its map."""
    number = one_of_or(
        {"at least 3": "three or more", "more than 3": "four or more"},
        written(f"({_COMPARED})?[0-9]{{1,6}}", "write at least 3, more than 3, under 3 or up to 3", number=True),
    )
    return {
        "type": "object",
        "required": ["episodes"],
        "properties": {
            "episodes": {"description": "A number of episodes: at least 3, more than 3", **taken(number)},
            "in": {"description": "The window: a length, a calendar period, not_stated", **taken(ref("window"))},
            "kinds": {
                "description": "The kinds of episode that count",
                **taken(scalar_or_list(ref("kind_of_episode"))),
            },
            "from": {"description": "The places they were missing from", **taken(scalar_or_list(ref("place")))},
            "counted_by": {
                "description": "The date an episode counts by",
                **taken(ref("counted_by")),
            },
            **{key: known[key] for key in sorted(more)},
        },
        "additionalProperties": False,
    }


def _test(word: FactWord) -> Schema:
    """How a fact is tested."""
    match word.type:
        case FactType.YES_NO:
            return scalar_or_list(one_of({"true": "it is so", "false": "it is not so"} | _KNOWN))
        case FactType.CHOICE if word.values:
            return scalar_or_list(one_of(dict.fromkeys(word.values, "it is that") | _KNOWN))
        case FactType.SCALE if word.values:
            levels = dict.fromkeys(word.values, "that level")
            levels |= {f"at least {value}": "that level or a higher one" for value in word.values}
            return scalar_or_list(one_of(levels | _KNOWN))
        case FactType.NUMBER:
            number = written(
                f"known|({_COMPARED})?[0-9]{{1,6}}",
                "write a number, or under, up to, at least or more than a number, such as under 18; or known",
                number=True,
            )
            return scalar_or_list(one_of_or(_KNOWN, number))
        case FactType.LENGTH if word.name == "episode.missing_for":
            length = written(
                f"known|{_COMPARED}(?!0+ )[0-9]{{1,5}} (minute|hour|day|week|month|year)s?",
                "write at least, more than, under or up to a length, such as at least 24 hours; or known",
            )
            return scalar_or_list(one_of_or(_KNOWN, length))
        case FactType.LENGTH | FactType.DATE | FactType.INSTANT:
            return one_of(_KNOWN, "only known can be asked of it")
    return scalar_or_list({"type": SCALAR})
