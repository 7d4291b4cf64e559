"""The matrix as text for a terminal, as Markdown, JSON and CSV, all made from the same words."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.formats.markdown import plain
from missingrules.formats.tables import Column
from missingrules.formats.tables import Table as Rows
from missingrules.reports.matrix import NOTHING, legend, overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from missingrules.formats.tables import Cell
    from missingrules.reports.matrix import CellText, MatrixText, RowText

_COLUMNS: Final = (
    "row", "title", "topic", "protocol", "strength", "figure", "context", "table", "row_of_table", "where",
    "paragraphs", "read_with", "standing", "because",
)  # fmt: skip


def matrix_report(text: MatrixText) -> RenderableType:
    """A block a row, in it the areas one after the other."""
    parts: list[RenderableType] = [Text(line, "dim") for line in legend(text)]
    for section, of_section in groupby(text.rows, key=lambda row: row.row.section):
        parts.append(Text(f"\n{section.upper()}", "bold"))
        for row in of_section:
            parts.append(Text.assemble(("\n" + row.row.title, "bold"), f". {row.row.asks}"))
            parts.append(Padding(_table(row), (0, 0, 0, 2)))
    return Group(*parts)


def _table(row: RowText) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=max(len(cell.protocol) for cell in row.cells))
    table.add_column(ratio=1)
    for cell in row.cells:
        beside = [f"Beside the framework: {cell.beside}"] * bool(cell.beside)
        mark = "- " if len(cell.lines) > 1 else ""
        lines = [
            *[Text(f"{mark}{line}") for line in cell.lines],
            *[Text(line, "dim") for line in (*cell.otherwise, *beside)],
        ]
        table.add_row(Text(cell.protocol), Group(*lines))
    return table


def matrix_markdown(text: MatrixText, level: int = 2) -> str:
    """Tables, topic by topic, with one column an area; before them one of how the areas stand beside the framework."""
    head = "#" * level
    parts = ["\n\n".join(legend(text)) + "\n"]
    if text.framework:
        areas = [name for name in text.names if name != text.framework]
        rows = [[plain(row.title), *map(plain, cells)] for row, cells in overview(text)]
        parts.append(f"{head} In short: beside {text.framework}\n\n{_markdown(['', *areas], rows)}")
    for section, of_section in groupby(text.rows, key=lambda row: row.row.section):
        rows = [
            [f"**{plain(row.row.title)}** {plain(row.row.asks)}", *["<br>".join(_lines(cell)) for cell in row.cells]]
            for row in of_section
        ]
        parts.append(f"{head} {section}\n\n{_markdown(['', *text.names], rows)}")
    return "\n".join(parts)


def _lines(cell: CellText) -> Iterator[str]:
    yield from map(plain, cell.lines)
    for line in cell.otherwise:
        yield f"<small>{plain(line)}</small>"
    if cell.beside:
        yield f"*{plain(cell.beside)}*"


def _markdown(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def matrix_json(text: MatrixText) -> str:
    """Everything, cell by cell."""
    rows = [{**asdict(row.row), "cells": [_as_json(cell) for cell in row.cells]} for row in text.rows]
    found = {"protocols": list(text.names), "against": text.framework, "rows": rows}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _as_json(cell: CellText) -> dict[str, object]:
    entries = [
        {name: list(value) if isinstance(value, tuple) else value for name, value in one._asdict().items()}
        for one in cell.entries
    ]
    return {
        "protocol": cell.protocol,
        "entries": entries,
        "otherwise": list(cell.otherwise),
        "standing": cell.standing,
        "because": list(cell.because),
    }


def matrix_table(text: MatrixText) -> Rows:
    """One row an entry, and one for each cell without any; paragraphs are kept apart by `; `."""
    rows = (line for row in text.rows for cell in row.cells for line in _lines_of(row, cell))
    return Rows("matrix", tuple(map(Column, _COLUMNS)), rows)


def _lines_of(row: RowText, cell: CellText) -> Iterator[list[Cell]]:
    head = [row.row.id, row.row.title, row.row.topic, cell.protocol]
    tail = [cell.standing or "", "; ".join(cell.because)]
    for one in cell.entries:
        told: list[Cell] = [one.strength, one.figure, one.context, one.table, one.row, one.where]
        yield [*head, *told, "; ".join(one.cited), "; ".join(one.read_with), *tail]
    if not cell.entries:
        yield [*head, "", NOTHING, *[""] * (len(_COLUMNS) - len(head) - len(tail) - 2), *tail]
