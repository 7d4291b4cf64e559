"""Located text: what an author wrote as plain lists and maps, every word of which still knows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from missingrules.reading.nodes import Mapping
from missingrules.reading.places import Text

if TYPE_CHECKING:
    from missingrules.domain.source import Span
    from missingrules.reading.nodes import Node, Sequence


class Blank:
    """Nothing, where something should stand: `key:` or an empty pair of quotes."""

    __slots__ = ("node",)

    def __init__(self, node: Text) -> None:
        self.node = node

    @property
    def span(self) -> Span:
        return self.node.span


Tree: TypeAlias = "Text | Blank | list[Tree] | dict[Text, Tree]"


# What nodes became, by identity; each is kept beside it, so that no other can come to have its id.
Known: TypeAlias = "dict[int, tuple[Node, Tree]]"


class Group(dict[Text, "Tree"]):
    """A map, with its place."""

    __slots__ = ("node",)
    node: Mapping


class Series(list["Tree"]):
    """A list, with its place."""

    __slots__ = ("node",)
    node: Sequence


def located(node: Node, known: Known | None = None) -> Tree:
    """The node as texts, lists and maps. What stands in `known` is not made again."""
    if isinstance(node, Text):
        return node if node else Blank(node)
    if known is not None and (before := known.get(id(node))) is not None:
        return before[1]
    made: Group | Series
    # Most values are words, which stand for themselves.
    if isinstance(node, Mapping):
        made = Group()
        for key, value in node.named.items():
            made[key] = value if value.__class__ is Text and value else located(value, known)
        made.node = node
    else:
        made = Series([located(item, known) for item in node.items])
        made.node = node
    if known is not None:
        known[id(node)] = node, made
    return made


def place(tree: Tree | None) -> Span | None:
    """Where a tree begins: its own place, that of its first key or of its first item."""
    found = first(tree)
    return found.span if found is not None else None


def first(tree: Tree | None) -> Node | None:
    """The node in whose place a tree begins."""
    while not isinstance(tree, Text | Blank):
        if not tree:
            return tree.node if isinstance(tree, Group | Series) else None
        tree = next(iter(tree))
    return tree.node if isinstance(tree, Blank) else tree
