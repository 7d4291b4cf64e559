"""Three-valued logic as tables: what a rule engine that knows only "it is there" can keep without a mistake.

A node says `true`, `false` or `unknown`, and always says one: that nothing is known is a value, never a silence.
A gate makes a node of others by rows, of which exactly one fits whatever its inputs say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from missingrules.adapters.durable.supplies import Supply, ValueTest

TRUE: Final = "true"
FALSE: Final = "false"
UNKNOWN: Final = "unknown"
TRUTHS: Final = (TRUE, FALSE, UNKNOWN)

# What one input may say for a row to fit.
ANY: Final = frozenset(TRUTHS)
_T: Final = frozenset({TRUE})
_F: Final = frozenset({FALSE})
_U: Final = frozenset({UNKNOWN})
_NOT_T: Final = ANY - _T

# More inputs than this are made into gates of gates: the rows of one grow with their square.
MOST_INPUTS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """If each input says one of these, the node says `then`."""

    inputs: tuple[frozenset[str], ...]
    then: str


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has a truth: made by a gate of other nodes, a test of what is supplied, or supplied as it is."""

    name: str
    layer: int  # one more than the highest of its inputs; what is supplied has 0
    meaning: str
    inputs: tuple[Node, ...] = ()
    rows: tuple[Row, ...] = ()
    supply: str | None = None  # the name of what is tested, or of what the node itself is
    test: ValueTest | None = None
    decided: bool = False  # it never says `unknown`


# The two constants stand in no rule: a gate is made without them, or is one of them itself.
ALWAYS: Final = Node("always", 0, "always", decided=True)
NEVER: Final = Node("never", 0, "never", decided=True)


def rows_of_all(count: int) -> tuple[Row, ...]:
    """Kleene's and: false where one is false, true where all are true."""
    return _rows(count, decides=FALSE, idle=TRUE)


def rows_of_any(count: int) -> tuple[Row, ...]:
    """Kleene's or: true where one is true, false where all are false."""
    return _rows(count, decides=TRUE, idle=FALSE)


def _rows(count: int, decides: str, idle: str) -> tuple[Row, ...]:
    """By the first input that decides, or else the first that is unknown; otherwise all are idle."""
    decided, idling = frozenset({decides}), frozenset({idle})
    found = [Row((idling,) * count, idle)]
    for i in range(count):
        after = count - i - 1
        found.append(Row((ANY - decided,) * i + (decided,) + (ANY,) * after, decides))
        found.append(Row((idling,) * i + (_U,) + (ANY - decided,) * after, UNKNOWN))
    return tuple(found)


ROWS_OF_NOT: Final = (Row((_T,), FALSE), Row((_F,), TRUE), Row((_U,), UNKNOWN))
ROWS_OF_CERTAIN: Final = (Row((_T,), TRUE), Row((_NOT_T,), FALSE))
# Of one input that says "it is so" and one that says "it is not": where neither is certain, it is unknown.
ROWS_OF_SETTLED: Final = (Row((_T, ANY), TRUE), Row((_NOT_T, _T), FALSE), Row((_NOT_T, _NOT_T), UNKNOWN))


@dataclass(slots=True)
class Circuit:
    """Nodes as they are asked for, inputs before what is made of them; what is equal is one node."""

    nodes: list[Node] = field(default_factory=list)
    _known: dict[Hashable, Node] = field(default_factory=dict)

    def supplied(self, supply: Supply) -> Node:
        """What is supplied as a truth."""
        key = ("supplied", supply.name)
        return self._node(key, Node(supply.name, 0, "supplied", supply=supply.name, decided=supply.decided))

    def test(self, supply: Supply, test: ValueTest, meaning: str, *, decided: bool) -> Node:
        """A test of the value that is supplied."""
        node = Node(self._number("test"), 1, meaning, supply=supply.name, test=test, decided=decided)
        return self._node(("test", supply.name, test), node)

    def all_(self, parts: Iterable[Node]) -> Node:
        return self._joined("all", parts, idle=ALWAYS, decides=NEVER)

    def any_(self, parts: Iterable[Node]) -> Node:
        return self._joined("any", parts, idle=NEVER, decides=ALWAYS)

    def not_(self, part: Node) -> Node:
        if part is ALWAYS or part is NEVER:
            return NEVER if part is ALWAYS else ALWAYS
        if part.rows is ROWS_OF_NOT:
            return part.inputs[0]
        return self._gate("not", (part,), ROWS_OF_NOT, decided=part.decided)

    def certain(self, part: Node) -> Node:
        """True where the part is known true, otherwise false."""
        return part if part.decided else self._gate("certain", (part,), ROWS_OF_CERTAIN, decided=True)

    def settled(self, so: Node, not_so: Node, unknown: Node) -> Node:
        """True where `so`, false where `not_so`, otherwise as `unknown`, which always is."""
        if so is ALWAYS or not_so is ALWAYS:
            return ALWAYS if so is ALWAYS else NEVER
        if so is NEVER:
            return unknown if not_so is NEVER else self.all_((self.not_(self.certain(not_so)), unknown))
        if not_so is NEVER:
            return self.any_((self.certain(so), unknown))
        return self._gate("settled", (so, not_so), ROWS_OF_SETTLED)

    def _joined(self, kind: str, parts: Iterable[Node], *, idle: Node, decides: Node) -> Node:
        left: dict[str, Node] = {}
        for part in parts:
            if part is decides:
                return decides
            if part is not idle:
                left[part.name] = part
        # What is near to the facts first: equal beginnings are shared.
        row = sorted(left.values(), key=lambda node: (node.layer, node.name))
        while len(row) > MOST_INPUTS:
            row = [self._join(kind, row[:MOST_INPUTS]), *row[MOST_INPUTS:]]
        if not row:
            return idle
        return row[0] if len(row) == 1 else self._join(kind, row)

    def _join(self, kind: str, row: list[Node]) -> Node:
        rows = rows_of_all(len(row)) if kind == "all" else rows_of_any(len(row))
        return self._gate(kind, tuple(row), rows, decided=all(node.decided for node in row))

    def _gate(self, kind: str, inputs: tuple[Node, ...], rows: tuple[Row, ...], *, decided: bool = False) -> Node:
        layer = 1 + max(node.layer for node in inputs)
        meaning = f"{kind} of: {', '.join(node.name for node in inputs)}"
        node = Node(self._number(kind), layer, meaning, inputs, rows, decided=decided)
        return self._node((kind, *(each.name for each in inputs)), node)

    def _number(self, kind: str) -> str:
        return f"{kind} {len(self.nodes) + 1}"

    def _node(self, key: Hashable, made: Node) -> Node:
        found = self._known.setdefault(key, made)
        if found is made:
            self.nodes.append(made)
        return found
