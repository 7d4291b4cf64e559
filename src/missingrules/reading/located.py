"""Located text: what an author wrote as plain lists and maps, every word of which still knows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from missingrules.reading.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from missingrules.domain.source import Span
    from missingrules.reading.nodes import Node


class Text(str):
    """A word or phrase of the author, with its place."""

    __slots__ = ("span",)
    span: Span

    def __new__(cls, text: str, span: Span) -> Text:
        made = super().__new__(cls, text)
        made.span = span
        return made

    def __reduce__(self) -> tuple[type[Text], tuple[str, Span]]:
        return Text, (str(self), self.span)


class Blank:
    """Nothing, where something should stand: `key:` or an empty pair of quotes."""

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        self.span = span


Tree: TypeAlias = "Text | Blank | list[Tree] | dict[Text, Tree]"


# What nodes became, by identity; each is kept beside it, so that no other can come to have its id.
Known: TypeAlias = "dict[int, tuple[Node, Tree]]"


class Group(dict[Text, "Tree"]):
    """A map, with its place."""

    __slots__ = ("span",)
    span: Span


class Series(list["Tree"]):
    """A list, with its place."""

    __slots__ = ("span",)
    span: Span


def located(node: Node, known: Known | None = None) -> Tree:
    """The node as texts, lists and maps. What stands in `known` is not made again."""
    if isinstance(node, Scalar):
        return Text(node.text, node.span) if node.text else Blank(node.span)
    if known is not None and (before := known.get(id(node))) is not None:
        return before[1]
    made: Group | Series
    if isinstance(node, Mapping):
        made = Group([(Text(key.text, key.span), located(value, known)) for key, value in node.entries])
    else:
        made = Series([located(item, known) for item in node.items])
    made.span = node.span
    if known is not None:
        known[id(node)] = node, made
    return made


def place(tree: Tree | None) -> Span | None:
    """Where a tree begins: its own place, that of its first key or of its first item."""
    while not isinstance(tree, Text | Blank):
        if not tree:
            return getattr(tree, "span", None)
        tree = next(iter(tree))
    return tree.span
