"""JSON Schemas for editors: of the language of protocols, ledgers and scenarios, and of what other systems build on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.authoring import conditions, demands
from missingrules.authoring.cases import case_schema, offer_names
from missingrules.authoring.shapes import Shapes, beside
from missingrules.authoring.words import Kinds, Schema, ref
from missingrules.interface.schemas import schemas
from missingrules.reading.forms import CountedBy, Deadline, Roles
from missingrules.reading.mapping_forms import MappingFile
from missingrules.reading.scenario_forms import FileForm, ScenarioForm
from missingrules.reading.schema import LedgerFile, ProtocolFile, Rule, TableForm
from missingrules.reading.shapes import References

if TYPE_CHECKING:
    from missingrules.authoring.names import FileNames

_SHARED: Final = (
    ("Roles", Roles, "Row.by"),
    ("Deadline", Deadline, "Row.deadline"),
    ("references", References, "Row.cite"),
    ("counted_by", CountedBy, "Counting.counted_by"),
)
LATEST: Final = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED: Final = ("protocol", "ledger", "scenarios", "mapping", "case", "result", "changes", "combination")
# The number is that of the format (docs/promise.md).
ID: Final = "urn:missingrules:schema:{}:1"
DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def schema_of(kind: str, file: FileNames | None = None) -> Schema:
    """Of one kind of file; with the names of a protocol's file, of that protocol."""
    made = _schema_of(kind, file)
    # With the names of one file it is of that file alone, and no published shape.
    return made if file else {"$schema": made["$schema"], "$id": ID.format(kind)} | made


def _schema_of(kind: str, file: FileNames | None) -> Schema:
    if kind == "protocol":
        return protocol_schema(file)
    if kind == "scenarios":
        return scenarios_schema(file)
    if kind == "mapping":
        return mapping_schema()
    return ledger_schema() if kind == "ledger" else {"$schema": LATEST, **schemas()[kind]}


def protocol_schema(file: FileNames | None = None) -> Schema:
    """Of a protocol file; with the names of a file, of that file alone."""
    kinds, shapes = Kinds(file), Shapes()
    conditions.define(kinds)
    # What conditions and rows hold beside facts.
    for name, annotation, place in _SHARED:
        kinds.definitions[name] = shapes.value(annotation, place, bound=True)
    kinds.definitions["taken"] = {
        "type": "object",
        "properties": {
            "reading": {"description": "A reading: what its option says stands here", **beside(ref("reading"))}
        },
        "required": ["reading"],
        "additionalProperties": False,
    }
    whole = shapes.map(ProtocolFile, bound=False)
    properties = whole["properties"]
    # In rules and tables a reading may stand wherever a value is wanted.
    properties["rules"]["items"] = shapes.model(Rule, bound=True)
    properties["tables"]["additionalProperties"] = shapes.model(TableForm, bound=True)
    demands.add(shapes.definitions, properties, file)
    return _file("A protocol for missing children", whole, kinds, shapes)


def ledger_schema() -> Schema:
    """Of a ledger."""
    shapes = Shapes()
    return _file("The ledger of a document", shapes.map(LedgerFile, bound=False), Kinds(None), shapes)


def mapping_schema() -> Schema:
    """Of a column mapping."""
    shapes = Shapes()
    return _file("A column mapping of an export", shapes.map(MappingFile, bound=False), Kinds(None), shapes)


def scenarios_schema(file: FileNames | None = None) -> Schema:
    """Of a scenario file."""
    kinds, shapes = Kinds(file), Shapes()
    whole = shapes.map(FileForm, bound=False)
    whole["properties"]["scenarios"]["items"] = shapes.model(ScenarioForm, bound=False)
    case, definitions = case_schema(file)
    said = shapes.definitions["ScenarioForm.plain"]["properties"]["case"]
    said |= {"description": said["description"]} | {key: each for key, each in case.items() if key != "description"}
    shapes.definitions |= definitions
    if file:
        offer_names(shapes.definitions, file)
    return _file("Scenarios of a protocol for missing children", whole, kinds, shapes)


def _file(title: str, whole: Schema, kinds: Kinds, shapes: Shapes) -> Schema:
    definitions = kinds.definitions | shapes.definitions
    return {"$schema": DRAFT, "title": title} | whole | {"definitions": dict(sorted(_used(whole, definitions).items()))}


def _used(whole: Schema, definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions that are needed."""
    found: dict[str, Schema] = {}
    queue: list[object] = [whole]
    while queue:
        each = queue.pop()
        if isinstance(each, list):
            queue += each
        elif isinstance(each, dict):
            name = each.get("$ref")
            if isinstance(name, str):
                name = name.rpartition("/")[2]
                if name not in found:
                    found[name] = definitions[name]
                    queue.append(found[name])
            queue += each.values()
    return found
