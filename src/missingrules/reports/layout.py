"""How a report is laid out: lines with a label before them, in blocks, under headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

LABELS: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A text with a label before it; without text it is not shown."""

    label: str
    text: str | None
    style: str = ""


def section(title: str, blocks: Iterable[list[Line]], style: str, *, close: bool = False) -> Iterator[RenderableType]:
    """A heading and its blocks, with an empty line between them unless `close`; nothing without blocks."""
    for number, block in enumerate(blocks):
        if not number:
            yield Text(f"\n{title}", style)
        elif not close:
            yield Text("")
        yield indented(block)


def indented(block: Iterable[Line]) -> RenderableType:
    """Lines one under another, with their labels in a column."""
    return Padding(_grid(block), (0, 0, 0, 2))


def _grid(lines: Iterable[Line]) -> Table:
    grid = Table.grid(padding=(0, 0))
    grid.add_column(width=LABELS, no_wrap=True)
    grid.add_column(ratio=1)
    for line in lines:
        if line.text:
            grid.add_row(Text(line.label, line.style or "dim"), Text(line.text, line.style, overflow="fold"))
    return grid


def bullets(rows: Iterable[str], indent: int) -> RenderableType:
    """A list, further lines of a row under the first."""
    grid = Table.grid(padding=(0, 0))
    grid.add_column(width=2, no_wrap=True)
    grid.add_column(ratio=1)
    for row in rows:
        grid.add_row(Text("-"), Text(row, overflow="fold"))
    return Padding(grid, (0, 0, 0, indent))
