"""Where in the file a resolved rule, act, table, row or name stands: the one way back from meaning to text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from missingrules.reading.bind import stands
from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Map

    from missingrules.domain.source import Span
    from missingrules.reading.nodes import Node

EFFECTS = ("require", "consider", "decide", "agree")
# The sections whose entries have names; `called` has none of its own.
NAMED = ("sources", "hours", "meetings", "roles", "facts", "actions", "events", "readings", "tables")


class Rows(NamedTuple):
    """Rows as they stand in the file, and what they are called there: a table by name, or a key of a rule."""

    node: Node
    items: tuple[Node, ...]
    table: str | None
    inputs: Map[str, str]
    hit: str


class Where:
    """An index of one file, made once."""

    def __init__(self, root: Mapping) -> None:
        self.root = root
        section = root.get("rules")
        self.rules: dict[str, Mapping] = {}
        for node in section.items if isinstance(section, Sequence) else ():
            if isinstance(node, Mapping) and isinstance(id_ := node.get("id"), Scalar):
                self.rules[str(id_)] = node

    def rule(self, rule: str) -> Span:
        """The rule's id."""
        found = self.rules[rule].get("id")
        assert found is not None
        return found.span

    def act(self, id_: str) -> Span:
        """The id of an act: of its item, or else of its rule."""
        rule, _, item = id_.partition(".")
        for node in self._items(self.rules[rule], item) if item else ():
            found = node.get("id")
            assert found is not None
            return found.span
        return self.rule(rule)

    def key(self, id_: str, *keys: str) -> Span:
        """The first of these keys that is written for an act; its id where none is."""
        for key in keys:
            for layer in self.layers(id_):
                if (span := layer.key_span(key)) is not None:
                    return span
        return self.act(id_)

    def values(self, id_: str, key: str) -> list[Node]:
        """What is written under a key for an act: several where its cases or the options of a reading differ."""
        return [value for layer in self.layers(id_) if (value := layer.get(key)) is not None]

    def layers(self, id_: str) -> list[Mapping]:
        """The maps that speak of an act, the innermost first: its items, then cases, then the rule."""
        rule, _, item = id_.partition(".")
        node = self.rules[rule]
        return [*(self._items(node, item) if item else ()), *self.cases(rule), node]

    def cases(self, rule: str) -> list[Mapping]:
        found = self.rules[rule].get("cases")
        return [each for each in found.items if isinstance(each, Mapping)] if isinstance(found, Sequence) else []

    def _items(self, rule: Mapping, item: str) -> Iterator[Mapping]:
        cases = rule.get("cases")
        owners = [rule, *(each for each in (cases.items if isinstance(cases, Sequence) else ()))]
        for owner in owners:
            for effect in EFFECTS:
                acts = owner.get(effect) if isinstance(owner, Mapping) else None
                for act in acts.items if isinstance(acts, Sequence) else (acts,):
                    if isinstance(act, Mapping) and act.get("id") == item:
                        yield act

    def rows(self, id_: str, key: str, options: Map[str, str]) -> Rows | None:
        """The rows from which an act takes a key, under these options of readings; None where they are not written
        under the key itself, as in complementary cases."""
        for value in self.values(id_, key):
            node = self._taken(value, options)
            if not isinstance(node, Mapping):
                continue
            table: str | None = None
            inputs: dict[str, str] = {}
            hit = "first"
            if isinstance(name := node.get("table"), Scalar):
                table = str(name)
                given = node.get("with")
                inputs = {str(k): str(v) for k, v in given.entries} if isinstance(given, Mapping) else {}
                found = self.entry("tables", table)
                if not found or not isinstance(found[1], Mapping):
                    continue
                node = found[1]
                hit = str(node.get("hit"))
            rows = node.get("rows")
            if isinstance(rows, Sequence):
                return Rows(node, tuple(self._standing(rows, options, inputs)), table, inputs, hit)
        return None

    def _standing(self, rows: Sequence, options: Map[str, str], inputs: Map[str, str]) -> Iterator[Node]:
        """The rows that the readings and the inputs leave, in order."""
        for row in rows.items:
            node = self._taken(row, options)
            if isinstance(node, Mapping):
                condition = node.get("if_read")
                if condition is not None and not stands(condition, options):
                    continue
                if any(not _gives(node.get(name), given) for name, given in inputs.items()):
                    continue
            yield row

    def _taken(self, node: Node, options: Map[str, str]) -> Node:
        """What stands for `{reading: ID}`."""
        if not (isinstance(node, Mapping) and isinstance(name := node.get("reading"), Scalar) and len(node.named) == 1):
            return node
        found = self.entry("readings", str(name))
        values = found[1].get("options") if found and isinstance(found[1], Mapping) else None
        option = values.get(options.get(str(name), "")) if isinstance(values, Mapping) else None
        value = option.get("value") if isinstance(option, Mapping) else None
        return node if value is None else value

    def entry(self, section: str, name: str) -> tuple[Scalar, Node] | None:
        """The key and the value of an entry of a section."""
        found = self.root.get(section)
        if not isinstance(found, Mapping):
            return None
        return next(((key, value) for key, value in found.entries if key == name), None)

    def entries(self, section: str) -> list[tuple[Scalar, Node]]:
        found = self.root.get(section)
        return list(found.entries) if isinstance(found, Mapping) else []

    @cached_property
    def places(self) -> dict[str, list[tuple[int, int]]]:
        """For each name of the file, from where to where its entries stand: rules and acts, tables, roles and so on."""
        found: dict[str, list[tuple[int, int]]] = {}
        for name, node in self.rules.items():
            found.setdefault(name, []).append((node.start, node.end))
            for owner in (node, *self.cases(name)):
                for effect in EFFECTS:
                    acts = owner.get(effect)
                    for act in acts.items if isinstance(acts, Sequence) else (acts,):
                        if isinstance(act, Mapping) and (id_ := act.get("id")) is not None:
                            found.setdefault(f"{name}.{id_}", []).append((act.start, act.end))
        for section in NAMED:
            for key, value in self.entries(section):
                found.setdefault(str(key), []).append((key.start, max(key.end, value.end)))
        for section in ("scope", "conventions"):
            whole = self.root.get(section)
            if whole is not None:
                found.setdefault(section, []).append((whole.start, whole.end))
        return found


def _gives(cell: Node | None, given: str) -> bool:
    """Whether a row is for an input: one that does not name the input is for any."""
    if cell is None:
        return True
    wanted = cell.items if isinstance(cell, Sequence) else (cell,)
    return given in [str(each) for each in wanted if isinstance(each, Scalar)]


def start_of(node: Node) -> Span:
    """A short place for a whole map or list: its first key or item."""
    if isinstance(node, Mapping) and node.first_key is not None:
        return node.first_key.span
    if isinstance(node, Sequence) and node.items:
        return start_of(node.items[0])
    return node.span
