"""A table as CSV for Excel and Power BI: UTF-8 with a byte-order mark, CRLF, and no cell that could be run."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

    from missingrules.formats.tables import Cell, Table

# What spreadsheets take for the beginning of a formula, or skip on the way to one, be it in full width.
BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_APOSTROPHE: Final = "'"
# By it alone Excel knows UTF-8.
MARK: Final = "\ufeff"


def guarded(text: str) -> str:
    """The text with an apostrophe before what could be run.

    One that begins with an apostrophe gets another: whoever reads takes one away, and has the text as it was.
    """
    return _APOSTROPHE + text if text.startswith((*BEGINS, _APOSTROPHE)) else text


def unguarded(cell: str) -> str:
    """The text of a cell that `guarded` has made."""
    return cell.removeprefix(_APOSTROPHE)


def write_commas(table: Table, file: TextIO) -> None:
    """Writes the table as CSV, row by row and without the mark, into a file that leaves line ends as they are."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)


def comma_text(table: Table) -> str:
    """The table as CSV, without the mark."""
    out = StringIO(newline="")
    write_commas(table, out)
    return out.getvalue()


def comma_bytes(table: Table) -> bytes:
    """The table as a CSV file."""
    return (MARK + comma_text(table)).encode("utf-8", "replace")


def _written(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
