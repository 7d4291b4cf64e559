"""Workbooks as tables: one sheet each. Only here does anything ask openpyxl, which is an extra."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.tables.layout import TABLES, Strange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from missingrules.tables.layout import Cell, Row

_BARELY: Final = timedelta(milliseconds=5)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One sheet of a workbook."""

    path: Path
    sheet: str
    kind: str
    head: tuple[str, ...]
    alone: bool = True  # no table of another file stands beside it

    @property
    def label(self) -> str:
        return f"{self.path.name if self.alone else self.path}, sheet {self.sheet}"

    @property
    def head_row(self) -> int:
        return 1

    def rows(self) -> Iterator[Row]:
        for number, cells in _rows(self.path, self.sheet):
            if number > 1 and any(cell is not None and str(cell).strip() for cell in cells):
                width = len(self.head)
                # Rows of a sheet have no length of their own.
                filled = cells + (None,) * (width - len(cells))
                yield number, filled if any(c is not None for c in filled[width:]) else filled[:width]


def sheet_tables(path: Path) -> list[SheetTable]:
    """The sheets that are tables of a caseload, by their names. InvalidInput where it cannot be opened."""
    named = {sheet: sheet.strip().casefold() for sheet in sheet_names(path)}
    return [
        SheetTable(path, sheet, kind, head_of_sheet(path, sheet)) for sheet, kind in named.items() if kind in TABLES
    ]


def head_of_sheet(path: Path, sheet: str) -> tuple[str, ...]:
    """The names in its first row, up to the last that is not empty."""
    first = next(_rows(path, sheet), (1, ()))
    head = tuple("" if cell is None else str(cell) for cell in (first[1] if first[0] == 1 else ()))
    while head and not head[-1].strip():
        head = head[:-1]
    return head


def sheet_names(path: Path) -> list[str]:
    """The names of its sheets. InvalidInput where it cannot be opened."""
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        message = f"{path} is a workbook, and reading one needs openpyxl"
        hint = "install missingrules[excel], or save each sheet as a CSV file"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    try:
        book = load_workbook(path, read_only=True)
        try:
            return list(book.sheetnames)
        finally:
            book.close()
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError):
        message = f"{path} could not be read as a workbook"
        hint = "check its name and folder, that it is an .xlsx file, and that it has no password"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint=hint)]) from None


def _rows(path: Path, sheet: str) -> Iterator[Row]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        for number, cells in enumerate(book[sheet].iter_rows(), start=1):
            yield number, tuple(_value(cell) for cell in cells)
    finally:
        book.close()


def _value(cell: object) -> Cell:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", None) == "f":
        return Strange.FORMULA
    if isinstance(value, datetime):
        # Days are kept as fractions, so that seconds come back a little off.
        near = (value + _SECOND / 2).replace(microsecond=0)
        value = near if abs(near - value) < _BARELY else value
        shows_hours = "h" in str(getattr(cell, "number_format", "h")).lower()
        return value if shows_hours or value.time() != time() else value.date()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
