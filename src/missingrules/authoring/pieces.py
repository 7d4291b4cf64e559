"""A YAML text in pieces: its lists and maps with every comment and blank line at the entry that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANCHOR: Final = re.compile(r"&[^\s,\[\]{}]+")
# Space and comments, up to the next thing that is written.
_SPACE: Final = re.compile(r"(?:[ \n]+|#[^\n]*)*")
_BLOCK: Final = re.compile(r"([|>])([-+]?)([1-9]?)([-+]?) *(#[^\n]*)?(?:\n|$)")


class Event(Protocol):
    """What a YAML parser gives, one after another."""

    anchor: str | None
    flow_style: bool | None
    style: str | None


@dataclass(slots=True)
class Leaf:
    """A text as it is written, without its name: one line, or several without their indent."""

    lines: list[str]
    # `>-`, `|` and so on, if the lines stand under one.
    header: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Entry:
    """A value with its key (in lists without), the lines above it (None: a blank one) and the comment beside it."""

    key: str | None
    above: list[str | None] = field(default_factory=list)
    value: Piece | None = None
    beside: str = ""
    # The column in which the comment beside it was written.
    column: int = 0


@dataclass(slots=True)
class Group:
    """A list or a map; `tail` are the lines after its last entry that are still its own."""

    is_map: bool
    flow: bool
    anchor: str = ""
    entries: list[Entry] = field(default_factory=list)
    tail: list[str | None] = field(default_factory=list)
    # The column of its entries, in a block.
    column: int = 0


Piece: TypeAlias = Leaf | Group


@dataclass(slots=True)
class _Line:
    """A comment or (None) a blank line that has found no entry yet."""

    text: str | None
    column: int


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.open: list[Group] = []
        self.waiting: list[_Line] = []
        # Whose value has not come yet, by the group that it is in.
        self.keyed: list[Entry | None] = []
        self.last: Entry | None = None
        self.root: Piece | None = None
        # What stands above a file that is one text.
        self.before: list[str | None] = []

    def column(self, index: int) -> int:
        return index - (self.text.rfind("\n", 0, index) + 1)

    def gap(self, end: int, *, starts: bool = False) -> None:
        """Takes in comments and blank lines up to a place; `starts`: what stood before them was an opening bracket."""
        index = self.pos
        self.pos = max(self.pos, end)
        first = True
        while index < end:
            line_end = self.text.find("\n", index, end)
            stop = end if line_end < 0 else line_end
            piece = self.text[index:stop]
            sign = piece.find("#")
            if sign >= 0:
                comment, column = piece[sign:].rstrip(" "), self.column(index + sign)
                dashed = "-" in piece[:sign]
                if first and not starts and not dashed and self.last is not None and not self.last.beside:
                    self.last.beside, self.last.column = comment, column
                else:
                    self.waiting.append(_Line(comment, column))
            elif not first and line_end >= 0 and not piece.strip(" "):
                self.waiting.append(_Line(None, 0))
            first = False
            index = stop + 1

    def take(self) -> list[str | None]:
        taken, self.waiting = [line.text for line in self.waiting], []
        return taken

    def skip(self, index: int) -> int:
        """Past space and comments."""
        found = _SPACE.match(self.text, index)
        return found.end() if found else index

    def begin(self, index: int, *, is_group: bool) -> tuple[int, str]:
        """Takes in what is before a node and its anchor; where it then begins, and the anchor."""
        self.gap(index)
        anchor = ""
        if found := _ANCHOR.match(self.text, index):
            anchor = found[0]
            self.pos = found.end()
            index = self.skip(found.end())
        return index, anchor

    def entry(self, at: int) -> Entry:
        """The entry that a value belongs to: that of its key or, in a list, a new one."""
        group = self.open[-1]
        if group.is_map:
            found = self.keyed[-1]
            assert found is not None
            self.keyed[-1] = None
            return found
        found = Entry(None)
        if not group.entries and not group.flow:
            # The dash stands before what it begins.
            dash = self.text.rfind("-", 0, at)
            group.column = self.column(dash)
        group.entries.append(found)
        return found

    def put(self, piece: Piece, at: int) -> Entry | None:
        if not self.open:
            self.root = piece
            return None
        entry = self.entry(at)
        entry.value = piece
        return entry

    def scalar(self, start: int, end: int, style: str | None) -> None:
        group = self.open[-1] if self.open else None
        if group is not None and group.is_map and self.keyed[-1] is None:
            self.gap(start)
            if not group.entries and not group.flow:
                group.column = self.column(start)
            named = Entry(_joined(self.text[start:end]), self.take())
            group.entries.append(named)
            self.keyed[-1] = self.last = named
            self.pos = end
            return
        nothing = not style and start >= end
        index, anchor = (start, "") if nothing else self.begin(start, is_group=False)
        if nothing and group is not None and not group.is_map:
            # `- ` with nothing after it: the place that the parser names may lie further on.
            dash = self.skip(self.pos)
            self.gap(dash)
            index = start = end = self.pos = dash + 1
        elif nothing and group is not None and self.text.startswith(":", self.skip(self.pos)):
            self.pos = self.skip(self.pos) + 1
        leaf, finish, comment, column = self.leaf(index, end, style)
        leaf.anchor = anchor
        if anchor and index >= end:
            leaf = Leaf([""], anchor=anchor)
            finish = self.pos
        above = self.take()
        entry = self.put(leaf, index)
        if entry is not None:
            entry.above += above
            self.last = entry
            if comment:
                self._beside(entry, comment, column)
        else:
            self.before = [*above, *([comment] if comment else [])]
        self.pos = max(self.pos, finish) if not nothing else self.pos

    def _beside(self, entry: Entry, comment: str, column: int) -> None:
        if entry.beside:
            entry.above.append(comment)
        else:
            entry.beside, entry.column = comment, column

    def leaf(self, start: int, end: int, style: str | None) -> tuple[Leaf, int, str, int]:
        """A text, where it ends, and the comment in its first line if it is one under `>` or `|`."""
        if style not in ("|", ">"):
            lines = self.text[start:end].split("\n")
            return (
                Leaf([lines[0].rstrip(" ") if len(lines) > 1 else lines[0], *(line.strip(" ") for line in lines[1:])]),
                end,
                "",
                0,
            )
        found = _BLOCK.match(self.text, start)
        assert found is not None
        sign, chomp, digit, late, comment = found.groups(default="")
        under = self.text[found.end() : end]
        raw = under.removesuffix("\n").split("\n") if under else []
        indent = _indent(raw, digit, self.parent_column())
        kept: list[str] = []
        for line in raw:
            if line.strip(" ") and len(line) - len(line.lstrip(" ")) < indent:
                break
            kept.append(line[indent:])
        keep = "+" in chomp + late
        while kept and not kept[-1].strip(" ") and not keep:
            kept.pop()
        finish = self._block_end(found.end(), raw, indent, keep=keep)
        first = next((line for line in kept if line.strip(" ")), "")
        own = "2" if digit or first.startswith(" ") else ""
        column = self.column(start + found[0].find("#")) if comment else 0
        return Leaf(kept, header=f"{sign}{own}{chomp}{late}"), finish, comment.rstrip(" "), column

    def _block_end(self, start: int, raw: list[str], indent: int, *, keep: bool) -> int:
        """The end of the last line that belongs to a text in a block; blank lines after it are of what follows."""
        index, finish = start, start - 1
        for line in raw:
            if line.strip(" ") and len(line) - len(line.lstrip(" ")) < indent:
                break
            if line.strip(" ") or keep:
                finish = index + len(line)
            index += len(line) + 1
        return min(max(finish, 0), len(self.text))

    def parent_column(self) -> int:
        return self.open[-1].column if self.open else 0

    def start(self, start: int, *, is_map: bool, flow: bool) -> None:
        index, anchor = self.begin(start, is_group=True)
        bracketed = flow and self.text[index : index + 1] in ("{", "[")
        group = Group(is_map, flow, anchor, column=0 if flow else self.column(index))
        parent = self.open[-1] if self.open else None
        hoisted = flow or (parent is not None and not parent.is_map)
        above = self.take() if hoisted and parent is not None else []
        entry = self.put(group, index)
        if entry is not None:
            entry.above += above
            self.last = entry
        self.open.append(group)
        self.keyed.append(None)
        if bracketed:
            self.pos = index + 1
            self.gap(self.skip(self.pos), starts=True)

    def end(self, end: int) -> None:
        group = self.open.pop()
        self.keyed.pop()
        if group.flow:
            close = end - 1
            if end > self.pos and self.text[close : close + 1] in ("}", "]"):
                self.gap(close)
                group.tail += self.take()
                self.pos = end
        else:
            self.gap(self.skip(self.pos))
            count = 0
            for number, line in enumerate(self.waiting):
                if line.text is not None and line.column < group.column:
                    break
                count = number + 1 if line.text is not None else count
            if (count and group.column > 0) or (count and not self.open):
                group.tail += [line.text for line in self.waiting[:count]]
                self.waiting = self.waiting[count:]
        # A comment after a closing bracket is of the entry that the brackets are the value of.
        parent = self.open[-1] if self.open else None
        if parent is not None and parent.entries and group.flow:
            self.last = parent.entries[-1]


def _indent(lines: list[str], digit: str, parent: int) -> int:
    """How far the lines of a text in a block are indented."""
    if digit:
        return parent + int(digit)
    first = next((line for line in lines if line.strip(" ")), "")
    return len(first) - len(first.lstrip(" "))


def _joined(raw: str) -> str:
    """A key in one line."""
    return " ".join(raw.split("\n")) if "\n" in raw else raw


def pieces(text: str, events: Iterable[Event]) -> tuple[list[str | None], Piece, list[str | None]]:
    """The lines above a file that is one text, the text in pieces, and the lines that stand after everything."""
    builder = _Builder(text)
    for event in events:
        name = type(event).__name__
        start, end = event.start_mark.index, event.end_mark.index  # type: ignore[attr-defined]
        if name == "ScalarEvent":
            builder.scalar(start, end, event.style)
        elif name == "AliasEvent":
            builder.scalar(start, end, None)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            builder.start(start, is_map=name == "MappingStartEvent", flow=bool(event.flow_style))
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            builder.end(end)
    assert builder.root is not None
    builder.gap(len(text))
    return builder.before, builder.root, builder.take()
