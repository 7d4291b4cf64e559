"""Pieces of YAML to text in the one layout: two spaces, the keys in their order, rows in brackets where they fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from missingrules.authoring.pieces import Entry, Group, Leaf

if TYPE_CHECKING:
    from missingrules.authoring.pieces import Piece

WIDTH: Final = 120
STEP: Final = 2


class Layout:
    """Prints pieces; `width` is that of rows in brackets."""

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self.lines: list[str] = []
        # How many lines there are after a text that keeps the blank lines at its end.
        self.kept = 0

    def whole(self, before: list[str | None], root: Piece, after: list[str | None]) -> str:
        self.above(before, 0, is_first=True)
        if isinstance(root, Group) and not (root.flow and self.one_line(root) is not None):
            self.group(root, 0)
        elif isinstance(root, Group):
            self.value("", root, 0, Entry(None))
        else:
            self.value("", root, 0, Entry(None))
        self.above([*after], 0)
        text = "\n".join(line.rstrip(" ") if not line.strip(" ") else line for line in self.lines)
        text = re.sub(r"\A\n+", "", text)
        return (text if self.kept == len(self.lines) else text.rstrip("\n")) + "\n"

    # --- blocks -------------------------------------------------------------------------------------------------------

    def group(self, group: Group, indent: int, first: str = "") -> None:
        """A list or map, an entry a line; `first` stands before the first entry: the dash of the list that it is in."""
        for number, entry in enumerate(group.entries):
            lead = first if first and number == 0 else " " * indent
            if not group.is_map:
                self.hoist(entry)
            if not (first and number == 0):
                self.above(entry.above, indent, is_first=number == 0)
            if group.is_map:
                self.value(f"{lead}{entry.key}:", entry.value, indent, entry)
            else:
                self.item(f"{lead}-", entry, indent)
        self.above(group.tail, indent)

    def hoist(self, entry: Entry) -> None:
        """What stands beside a dash, or above what begins in its line, stands above the dash."""
        if not self.begins_at_the_dash(entry.value):
            return
        assert isinstance(entry.value, Group)
        if entry.beside:
            entry.above.append(entry.beside)
            entry.beside = ""
        head = entry.value.entries[0]
        if not entry.value.is_map:
            self.hoist(head)
        entry.above += head.above
        head.above = []

    def begins_at_the_dash(self, value: Piece | None) -> bool:
        """Whether a value of a list is a block whose first entry stands in the line of the dash."""
        is_block = isinstance(value, Group) and self.must_be_block(value)
        return isinstance(value, Group) and is_block and not value.anchor and bool(value.entries)

    def item(self, lead: str, entry: Entry, indent: int) -> None:
        if self.begins_at_the_dash(entry.value):
            assert isinstance(entry.value, Group)
            self.group(entry.value, indent + STEP, f"{lead} ")
            return
        self.value(lead, entry.value, indent, entry)

    def above(self, lines: list[str | None], indent: int, *, is_first: bool = False) -> None:
        for line in lines:
            if line is not None:
                self.lines.append(" " * indent + line)
                is_first = False
            elif not is_first and self.lines and self.lines[-1].strip(" "):
                self.lines.append("")

    def value(self, lead: str, value: Piece | None, indent: int, entry: Entry) -> None:
        """A value after its key or dash."""
        anchor = f" {value.anchor}" if value is not None and value.anchor else ""
        if isinstance(value, Group):
            if self.must_be_block(value):
                self.put(f"{lead}{anchor}", entry)
                self.group(value, indent + STEP)
                return
            start = f"{lead}{anchor} " if lead else anchor
            rows = self.flow(value, len(start), 0)
            rows[0] = start + rows[0]
            self.lines += rows[:-1]
            self.put(rows[-1], entry)
            return
        assert isinstance(value, Leaf)
        if value.header:
            self.put(f"{lead}{anchor} {value.header}" if lead else f"{anchor} {value.header}".lstrip(" "), entry)
            self.lines += [" " * (indent + STEP) + line if line.strip(" ") else line.strip(" ") for line in value.lines]
            self.kept = len(self.lines) if "+" in value.header else self.kept
            return
        text = value.lines[0]
        if len(value.lines) == 1:
            self.put(f"{lead}{anchor}{' ' if text and lead else ''}{text}", entry)
            return
        self.lines.append(f"{lead}{anchor} {text}".lstrip(" ") if not lead else f"{lead}{anchor} {text}")
        middle = [" " * (indent + STEP) + line if line else "" for line in value.lines[1:]]
        self.lines += middle[:-1]
        self.put(middle[-1], entry)

    def put(self, line: str, entry: Entry) -> None:
        """A line with the comment beside it, in its old column where there is room."""
        if entry.beside:
            line += " " * max(2, entry.column - len(line)) + entry.beside
        self.lines.append(line)

    # --- brackets -----------------------------------------------------------------------------------------------------

    def must_be_block(self, piece: Piece | None) -> bool:
        """Whether a list or map has to stand line by line."""
        if not isinstance(piece, Group):
            return isinstance(piece, Leaf) and (bool(piece.header) or flat(piece) is None)
        if not piece.entries and not any(piece.tail):
            return False
        return not piece.flow or self.has_lines(piece)

    def has_lines(self, piece: Piece | None) -> bool:
        """Whether something in it needs a line of its own: a comment, or a text in several paragraphs."""
        if isinstance(piece, Leaf):
            return bool(piece.header) or flat(piece) is None
        if piece is None:
            return False
        inside = any(
            entry.beside or any(line is not None for line in entry.above) or self.has_lines(entry.value)
            for entry in piece.entries
        )
        return inside or any(line is not None for line in piece.tail)

    def one_line(self, piece: Piece | None) -> str | None:
        """A value in one line; None where that cannot be."""
        if isinstance(piece, Leaf):
            text = flat(piece)
            return None if text is None or piece.header else f"{piece.anchor} {text}".strip(" ")
        assert piece is not None
        if self.has_lines(piece):
            return None
        return (f"{piece.anchor} " if piece.anchor else "") + self.bracketed(piece)

    def bracketed(self, group: Group) -> str:
        """A list or map in one line, without its name."""
        parts = [self.lead(entry) + (self.one_line(entry.value) or "") for entry in group.entries]
        opening, closing = "{}" if group.is_map else "[]"
        return f"{opening}{', '.join(parts)}{closing}"

    def lead(self, entry: Entry) -> str:
        return "" if entry.key is None else f"{entry.key}: "

    def flow(self, group: Group, column: int, after: int) -> list[str]:
        """A list or map in brackets that begins in a column, in as many lines as it needs.

        `after`: how many signs must still find room behind it: brackets and a comma.
        """
        opening, closing = "{}" if group.is_map else "[]"
        whole = self.bracketed(group)
        if column + len(whole) + after <= self.width or not group.entries:
            return [whole]
        inner = column + 1
        rows: list[str] = []
        row = opening
        at = column + len(row)
        for number, entry in enumerate(group.entries):
            is_last = number == len(group.entries) - 1
            behind = 1 + (after if is_last else 0)
            lead = self.lead(entry)
            text = lead + (self.one_line(entry.value) or "")
            gap = "" if number == 0 else " "
            if at + len(gap) + len(text) + behind <= self.width:
                row += gap + text
            elif number and inner + len(text) + behind <= self.width:
                rows.append(row)
                row, at = " " * inner + text, inner
                row = " " * inner + text
            elif isinstance(entry.value, Group) and entry.value.entries:
                if number and at + len(gap) + len(lead) + 20 > self.width:
                    rows.append(row)
                    row, gap = " " * inner, ""
                    at = inner
                lead += f"{entry.value.anchor} " if entry.value.anchor else ""
                more = self.flow(entry.value, len(self._strip(row, column, rows)) + len(gap) + len(lead), behind)
                row += gap + lead + more[0]
                if len(more) > 1:
                    rows.append(row)
                    rows += more[1:-1]
                    row = more[-1]
            else:
                if number:
                    rows.append(row)
                    row = " " * inner + text
                else:
                    row += text
            row += closing if is_last else ","
            at = len(self._strip(row, column, rows))
        return [*rows, row]

    def _strip(self, row: str, column: int, rows: list[str]) -> str:
        """The row as far as its length counts: the first begins in the column and not at the margin."""
        return row if rows else " " * column + row


def is_safe_in_brackets(piece: Piece | None) -> bool:
    """Whether nothing in it would be read as another thing between brackets."""
    if isinstance(piece, Leaf):
        text = " ".join(piece.lines)
        return text[:1] in ("'", '"') or not re.search(r"[,\[\]{}?]|:$", text)
    return piece is None or piece.flow or all(is_safe_in_brackets(entry.value) for entry in piece.entries)


def flat(leaf: Leaf) -> str | None:
    """A text in one line; None where it has paragraphs of its own."""
    if len(leaf.lines) == 1:
        return leaf.lines[0]
    if (
        leaf.header
        or not all(line.strip(" ") for line in leaf.lines)
        or any(line.endswith("\\") for line in leaf.lines)
    ):
        return None
    return " ".join(leaf.lines)
