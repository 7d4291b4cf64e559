"""Readings, taken one way: the option's value where the reading is named, and nothing that it excludes.

This is done on nodes, before anything is validated, so that every word keeps its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Map

    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report


def mentioned(
    node: Node, readings: Map[str, Mapping], tables: Map[str, Node]
) -> tuple[dict[str, None], dict[str, None]]:
    """The readings and the tables that a node depends on, also through tables and through options; in order."""
    found_readings: dict[str, None] = {}
    found_tables: dict[str, None] = {}
    queue = [node]
    while queue:
        for kind, scalar, _ in names_in(queue.pop()):
            name = scalar.text
            seen = found_readings if kind == "reading" else found_tables
            if name in seen:
                continue
            seen[name] = None
            if kind == "table" and name in tables:
                queue.append(tables[name])
            elif kind == "reading" and name in readings:
                queue += _values(readings[name])
    return found_readings, found_tables


def names_in(node: Node) -> Iterator[tuple[str, Scalar, Node | None]]:
    """Every reading and table that a node names; of an `if_read`, also the options."""
    if isinstance(node, Mapping):
        for key, value in node.entries:
            if key.text in ("reading", "table") and isinstance(value, Scalar):
                yield key.text, value, None
            elif key.text == "if_read" and isinstance(value, Mapping):
                yield from (("reading", name, wanted) for name, wanted in value.entries)
            else:
                yield from names_in(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from names_in(item)


def _values(reading: Mapping) -> list[Node]:
    options = reading.get("options")
    if not isinstance(options, Mapping):
        return []
    found = (option.get("value") for _, option in options.entries if isinstance(option, Mapping))
    return [value for value in found if value is not None]


def bind(node: Node, options: Map[str, tuple[str, Mapping]], report: Report) -> Node | None:
    """The node with readings taken: `options` has the option's name and entry. None: it does not stand under them."""
    if isinstance(node, Scalar):
        return node
    if isinstance(node, Sequence):
        items = tuple(bound for item in node.items if (bound := bind(item, options, report)) is not None)
        return node if _same(items, node.items) else Sequence(items, node.span)
    if (value := _taken(node, options, report)) is not None:
        return value
    entries: list[tuple[Scalar, Node]] = []
    for key, value in node.entries:
        if key.text == "if_read":
            if not _stands(value, options):
                return None
            continue
        bound = bind(value, options, report)
        if bound is None:
            report.error(
                "if-read-not-here",
                "'if_read' can stand in a rule, a case, a row or an entry of a list",
                key.span,
                "where one value differs, write {reading: ID} in its place",
            )
            continue
        entries.append((key, bound))
    if _same(tuple(value for _, value in entries), tuple(value for _, value in node.entries)):
        return node
    return Mapping(tuple(entries), node.span)


def _same(bound: tuple[Node, ...], nodes: tuple[Node, ...]) -> bool:
    """Whether nothing changed: what has not changed is not made again."""
    return len(bound) == len(nodes) and all(one is other for one, other in zip(bound, nodes, strict=True))


def _taken(node: Mapping, options: Map[str, tuple[str, Mapping]], report: Report) -> Node | None:
    """What stands for `{reading: ID}`."""
    name = node.get("reading")
    if len(node.entries) != 1 or not isinstance(name, Scalar) or name.text not in options:
        return None
    option, entry = options[name.text]
    value = entry.get("value")
    if value is None:
        report.error(
            "reading-without-value",
            f"the option '{option}' of the reading '{name.text}' has no value to put here",
            name.span,
            "give the option a value, or write different rules or rows with if_read",
        )
    return value


def _stands(condition: Node, options: Map[str, tuple[str, Mapping]]) -> bool:
    if not isinstance(condition, Mapping):
        return True
    for name, wanted in condition.entries:
        if name.text not in options:
            continue
        allowed = [wanted] if isinstance(wanted, Scalar) else wanted.items if isinstance(wanted, Sequence) else ()
        if options[name.text][0] not in {each.text for each in allowed if isinstance(each, Scalar)}:
            return False
    return True
