"""Readings, taken one way: the option's value where the reading is named, and nothing that it excludes.

This is done on nodes, before anything is validated, so that every word keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping as Map

    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report


@dataclass(slots=True)
class Survey:
    """What a node names: readings (of an `if_read` with the options wanted) and tables; and where readings stand."""

    node: Node
    readings: list[tuple[Scalar, Node | None]] = field(default_factory=list)
    tables: dict[str, None] = field(default_factory=dict)
    # The nodes that are a reading or have one somewhere inside, by identity, with the names of those readings: all
    # others stay as they are.
    touched: dict[int, tuple[str, ...]] = field(default_factory=dict)
    # What they became, by identity and the options taken of those readings, so that one choice gives one node.
    bound: dict[tuple[int, tuple[str | None, ...]], Node | None] = field(default_factory=dict)


def survey(node: Node) -> Survey:
    found = Survey(node)
    _look(node, found)
    return found


def _look(node: Node, found: Survey) -> bool:
    """Whether a reading is named here or further in."""
    if isinstance(node, Scalar):
        return False
    touched = False
    before = len(found.readings)
    if isinstance(node, Mapping):
        for key, value in node.entries:
            if key == "reading" and isinstance(value, Scalar):
                found.readings.append((value, None))
                touched = True
            elif key == "if_read" and isinstance(value, Mapping):
                found.readings += value.entries
                touched = True
            elif key == "table" and isinstance(value, Scalar):
                found.tables[value.text] = None
            else:
                touched |= _look(value, found)
    else:
        for item in node.items:
            touched |= _look(item, found)
    if touched:
        found.touched[id(node)] = tuple({name.text: None for name, _ in found.readings[before:]})
    return touched


def mentioned(
    start: Survey, values: Map[str, list[Survey]], tables: Map[str, Survey]
) -> tuple[dict[str, None], dict[str, None]]:
    """The readings and the tables that a node depends on, also through tables and through options; in order.

    `values`: what the options of each reading put in its place.
    """
    found_readings: dict[str, None] = {}
    found_tables: dict[str, None] = {}
    queue = [start]
    while queue:
        here = queue.pop()
        for scalar, _ in here.readings:
            if scalar.text not in found_readings:
                found_readings[scalar.text] = None
                queue += values.get(scalar.text, ())
        for name in here.tables:
            if name not in found_tables:
                found_tables[name] = None
                if name in tables:
                    queue.append(tables[name])
    return found_readings, found_tables


def values_of(reading: Mapping) -> list[Survey]:
    """What the options of a reading put in its place."""
    options = reading.get("options")
    if not isinstance(options, Mapping):
        return []
    found = (option.get("value") for _, option in options.entries if isinstance(option, Mapping))
    return [survey(value) for value in found if value is not None]


def bind(surveyed: Survey, options: Map[str, tuple[str, Mapping]], report: Report) -> Node | None:
    """The node with readings taken: `options` has the option's name and entry. None: it does not stand under them."""
    return _bind(surveyed.node, surveyed, options, report)


def _bind(node: Node, surveyed: Survey, options: Map[str, tuple[str, Mapping]], report: Report) -> Node | None:
    names = surveyed.touched.get(id(node))
    if names is None or isinstance(node, Scalar):
        return node
    choice = id(node), tuple([options[name][0] if name in options else None for name in names])
    if choice in surveyed.bound:
        return surveyed.bound[choice]
    before = report.times
    made = _made(node, surveyed, options, report)
    if report.times == before:
        surveyed.bound[choice] = made
    return made


def _made(
    node: Mapping | Sequence, surveyed: Survey, options: Map[str, tuple[str, Mapping]], report: Report
) -> Node | None:
    if isinstance(node, Sequence):
        items = [_bind(item, surveyed, options, report) for item in node.items]
        return node._replace(items=tuple([item for item in items if item is not None]))
    if (value := _taken(node, options, report)) is not None:
        return value
    named: dict[Scalar, Node] = {}
    for key, value in node.entries:
        if key == "if_read":
            if not stands(value, {name: option for name, (option, _) in options.items()}):
                return None
            continue
        bound = _bind(value, surveyed, options, report)
        if bound is None:
            report.error(
                "if-read-not-here",
                "'if_read' can stand in a rule, a case, a row or an entry of a list",
                key.span,
                "where one value differs, write {reading: ID} in its place",
            )
            continue
        named[key] = bound
    return Mapping(named, node.page, node.start, node.end)


def _taken(node: Mapping, options: Map[str, tuple[str, Mapping]], report: Report) -> Node | None:
    """What stands for `{reading: ID}`."""
    name = node.get("reading")
    if len(node.named) != 1 or not isinstance(name, Scalar) or name.text not in options:
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


def stands(condition: Node, options: Map[str, str]) -> bool:
    """Whether what has this `if_read` stands under the options of readings; others than these are not asked."""
    if not isinstance(condition, Mapping):
        return True
    for name, wanted in condition.entries:
        if name.text not in options:
            continue
        allowed = [wanted] if isinstance(wanted, Scalar) else wanted.items if isinstance(wanted, Sequence) else ()
        if options[name.text] not in {each.text for each in allowed if isinstance(each, Scalar)}:
            return False
    return True
