"""What one protocol file calls its own: read from its nodes as far as they go, so that half a file helps too."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.vocabulary import FactKind, FactType, FactWord
from missingrules.reading.names import canonical
from missingrules.reading.nodes import Mapping, Scalar, Sequence, read_file

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from missingrules.reading.nodes import Node


@dataclass(frozen=True, slots=True)
class FileNames:
    """The names of one file, each with a line that says what it is; empty where the file has none."""

    protocol: str = ""
    areas: tuple[str, ...] = ()
    facts: dict[str, FactWord] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    events: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    # What rows of tables hold beside facts: what is passed in, and what they give.
    inputs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    readings: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    # Of each document, the references with their headings, or None where its ledger cannot be read; the protocol's own
    # stands first.
    paragraphs: dict[str, dict[str, str] | None] = field(default_factory=dict)


def names_of(path: str | os.PathLike[str]) -> FileNames:
    """The names of a protocol file; raises `InvalidInput` where it cannot be read at all."""
    root = read_file(path)
    outcomes: dict[str, None] = {}
    facts: dict[str, FactWord] = {}
    fields: dict[str, str] = {}
    for name, entry in _entries(root, "facts"):
        if (word := _fact(name, entry)) is not None:
            facts[name] = word
    for _, entry in _entries(root, "actions"):
        outcomes |= dict.fromkeys([*_words(entry, "done"), *_words(entry, "not_done")])
    for _, entry in _entries(root, "events"):
        fields |= {field: _text(type_) for field, type_ in _pairs(_get(entry, "fields"))}
    inputs: dict[str, None] = {}
    gives: dict[str, None] = {}
    for _, entry in _entries(root, "tables"):
        inputs |= dict.fromkeys(_words(entry, "inputs"))
        gives |= dict.fromkeys(_words(entry, "gives"))
    return FileNames(
        protocol=_text(_get(root, "protocol")),
        areas=tuple(_words(root, "areas")) or (_text(_get(root, "protocol")),),
        facts=facts,
        actions=_told(root, "actions", "means"),
        outcomes=tuple(outcomes),
        events=_told(root, "events", "means"),
        fields=fields,
        roles=_told(root, "roles", "title"),
        hours=_told(root, "hours", "days"),
        meetings=_told(root, "meetings", "title"),
        tables=_told(root, "tables", "gives"),
        inputs=tuple(inputs),
        gives=tuple(gives),
        readings=_told(root, "readings", "question"),
        options={
            name: {option: _value(found) for option, found in _pairs(_get(entry, "options"))}
            for name, entry in _entries(root, "readings")
        },
        rules=_rules(root),
        paragraphs={label: _ledger(Path(path).parent, entry) for label, entry in _entries(root, "sources")},
    )


def _fact(name: str, entry: Node) -> FactWord | None:
    try:
        kind, type_ = FactKind(_text(_get(entry, "kind"))), FactType(_text(_get(entry, "type")))
    except ValueError:
        # Not written to its end; its name is known all the same.
        return FactWord(canonical(name), FactKind.STATUS, FactType.TEXT, _text(_get(entry, "ask")))
    return FactWord(canonical(name), kind, type_, _text(_get(entry, "ask")), tuple(_words(entry, "values")))


def _rules(root: Node) -> dict[str, str]:
    section = _get(root, "rules")
    items = section.items if isinstance(section, Sequence) else ()
    return {id_: _text(_get(rule, "title")) for rule in items if (id_ := _text(_get(rule, "id")))}


def _ledger(folder: Path, entry: Node) -> dict[str, str] | None:
    """The references of a document's ledger; None where it is not there or cannot be read, which `check` tells."""
    try:
        root = read_file(folder / _text(_get(entry, "ledger")))
    except InvalidInput:
        return None
    section = _get(root, "paragraphs")
    items = section.items if isinstance(section, Sequence) else ()
    return {ref: _text(_get(each, "heading")) for each in items if (ref := _text(_get(each, "ref")))}


def _value(option: Node) -> str:
    """What an option stands for, in a few words."""
    value = _get(option, "value")
    return _text(value) if isinstance(value, Scalar) else ", ".join(_words(option, "value"))


def _told(root: Node, section: str, key: str) -> dict[str, str]:
    return {name: " ".join(_words(entry, key)) for name, entry in _entries(root, section)}


def _entries(root: Node, section: str) -> Iterator[tuple[str, Node]]:
    yield from _pairs(_get(root, section))


def _pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield str(key), value


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _text(node: Node | None) -> str:
    return str(node) if isinstance(node, Scalar) else ""


def _words(node: Node, key: str) -> list[str]:
    found = _get(node, key)
    if isinstance(found, Sequence):
        return [str(each) for each in found.items if isinstance(each, Scalar)]
    return [str(found)] if isinstance(found, Scalar) and found else []
