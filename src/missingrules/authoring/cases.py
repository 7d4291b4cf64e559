"""A case as scenarios write it: as it is published, with days counted from the anchor, and the words to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from missingrules.authoring.shapes import beside
from missingrules.authoring.words import Schema, ref, scalar_or_list
from missingrules.domain.vocabulary import FACTS, FactType
from missingrules.interface.leaves import NOTHING
from missingrules.interface.schemas import schemas

if TYPE_CHECKING:
    from missingrules.authoring.names import FileNames
    from missingrules.domain.vocabulary import FactWord

# What a scenario says for the case, or does not need.
_HEAD: Final = ("format", "case")
_DAY: Final = "day -?[0-9]{1,5}"
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?( (Z|[+-][0-9]{2}:[0-9]{2}))?"
DAYS: Final[Schema] = {
    "type": "string",
    "pattern": rf"^({_DAY}( {_CLOCK})?|end of {_DAY}|turns [0-9]{{1,3}} on {_DAY})$",
    "patternErrorMessage": "write day 3, day 3 22:30, end of day 3, turns 15 on day 1, or a date or time in full",
}
_OWNERS: Final = (("child", "ChildEntry"), ("plan", "PlanEntry"), ("episode", "EpisodeEntry"))
_PEOPLE: Final = ("by", "chair", "attended", "to", "with")
_EXPECTED_PEOPLE: Final = ("by", "chair", "recipients", "attendees", "with")


def case_schema(file: FileNames | None) -> tuple[Schema, dict[str, Schema]]:
    """The `case` of a scenario, and the definitions it needs besides those of `words.Kinds`."""
    published: dict[str, Any] = dict(schemas()["case"])
    made = {f"Case.{name}": _dated(each) for name, each in published.pop("$defs").items()}
    whole = _dated(published)
    for key in _HEAD:
        del whole["properties"][key]
    del whole["required"]
    for prefix, name in _OWNERS:
        entry = made[f"Case.{name}"]
        facts = _facts(prefix, FACTS.values()) | (_facts(prefix, file.facts.values()) if file else {})
        value = entry["additionalProperties"]
        for fact, word in facts.items():
            entry["properties"].setdefault(fact, {"description": word.ask, **_offered(value, word)})
    record, event = made["Case.RecordEntry"]["properties"], made["Case.EventEntry"]["properties"]
    record["action"] = {"description": record["action"]["description"]} | beside(ref("action"))
    record["included"] = _or_nothing(record["included"]["description"], scalar_or_list(ref("action")))
    event["event"] = {"description": event["event"]["description"]} | beside(ref("event"))
    for key in _PEOPLE if file else ():
        record[key]["anyOf"] = [*_roles(file), *record[key]["anyOf"]]
    for name in ("child", "plan", "episodes", "events", "records"):
        whole["properties"][name].setdefault("description", _ABOUT[name])
    return whole, made


_ABOUT: Final = {
    "child": "Facts of the child",
    "plan": "Facts of the child's own plan",
    "episodes": "Each time of going missing or being absent",
    "events": "What happened to the child",
    "records": "What was done",
}


def offer_names(definitions: dict[str, Schema], file: FileNames) -> None:
    """Puts a protocol's rules, roles and readings before whoever writes what is expected; refuses nothing else."""
    expected, obligation = (
        definitions["ScenarioForm.plain"]["properties"],
        definitions["ObligationForm.plain"]["properties"],
    )
    rules = {"enum": list(file.rules), "enumDescriptions": list(file.rules.values())}
    keys = {"enum": [f"{rule}/E1/1" for rule in file.rules], "enumDescriptions": list(file.rules.values())}
    if file.rules:
        expected["absent"]["anyOf"] = [{}, rules, {"type": "array", "items": {"anyOf": [{}, rules]}}]
        obligation["key"]["anyOf"] = [{}, keys]
    for key in _EXPECTED_PEOPLE if file.roles else ():
        obligation[key]["anyOf"] = [{}, *_roles(file)]
    for properties in (expected, obligation) if file.readings else ():
        properties["readings"] = {"description": properties["readings"]["description"]} | beside(ref("options"))


def _roles(file: FileNames | None) -> list[Schema]:
    roles = file.roles if file else {}
    words = {"enum": list(roles), "enumDescriptions": list(roles.values())}
    return [words, {"type": "array", "items": {"anyOf": [{}, words]}}] if roles else []


def _or_nothing(about: str, schema: Schema) -> Schema:
    return {"description": about, "if": {"enum": [None, *NOTHING]}, "else": schema}


def _facts(prefix: str, words: Any) -> dict[str, FactWord]:
    """The facts that a case may give, by the names under which it does."""
    start = f"{prefix}."
    return {
        word.name.removeprefix(start): word
        for word in words
        if word.name.startswith(start) and not word.built_in and word.name != "episode.from"
    }


def _offered(value: Schema, word: FactWord) -> Schema:
    """What may stand for a fact, its values first."""
    values = ["true", "false"] if word.type is FactType.YES_NO else list(word.values)
    seen: list[object] = [True, False] if word.type is FactType.YES_NO else list(values)
    return {"anyOf": [{"enum": seen}, *value["anyOf"]]} if values else dict(value)


def _dated(tree: Any) -> Any:
    """A schema with draft 7's references and, wherever a date or an instant may stand, days counted from the anchor."""
    if isinstance(tree, list):
        return [_dated(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    made = {
        key: each.replace("#/$defs/", "#/definitions/Case.") if key == "$ref" else _dated(each)
        for key, each in tree.items()
        if key not in ("title", "default") or isinstance(each, dict)
    }
    if any(isinstance(each, dict) and "format" in each for each in made.get("anyOf", ())):
        made["anyOf"] = [*made["anyOf"], dict(DAYS)]
    return made
