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


class Group(dict[Text, "Tree"]):
    """A map, with its place."""

    __slots__ = ("span",)
    span: Span


class Series(list["Tree"]):
    """A list, with its place."""

    __slots__ = ("span",)
    span: Span


def located(node: Node) -> Tree:
    """The node as texts, lists and maps."""
    if isinstance(node, Scalar):
        return Text(node.text, node.span) if node.text else Blank(node.span)
    if isinstance(node, Mapping):
        group = Group((Text(key.text, key.span), located(value)) for key, value in node.entries)
        group.span = node.span
        return group
    series = Series(located(item) for item in node.items)
    series.span = node.span
    return series


def place(tree: Tree | None) -> Span | None:
    """Where a tree begins: its own place, that of its first key or of its first item."""
    while not isinstance(tree, Text | Blank):
        if not tree:
            return getattr(tree, "span", None)
        tree = next(iter(tree))
    return tree.span
