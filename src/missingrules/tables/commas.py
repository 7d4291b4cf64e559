"""CSV files as tables."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from missingrules.tables.layout import Row

SEPARATORS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class CommaTable:
    """One CSV file, in UTF-8 with or without a byte order mark, its cells apart by comma, semicolon or tab."""

    path: Path
    kind: str
    separator: str
    head: tuple[str, ...]
    alone: bool = True  # no table of another folder stands beside it

    @property
    def label(self) -> str:
        return self.path.name if self.alone else str(self.path)

    def rows(self) -> Iterator[Row]:
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            lines = _lines(file, self.separator, self.path)
            next(lines, None)
            for number, cells in lines:
                if any(cell.strip() for cell in cells):
                    yield number, tuple(cells)


def comma_table(path: Path) -> CommaTable:
    """The file as a table; its head is read. InvalidInput where there is none, or it cannot be opened."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            separator = max(SEPARATORS, key=first.count)
            file.seek(0)
            _, head = next(_lines(file, separator, path), (0, []))
    except OSError as error:
        message = f"{path} could not be read: {(error.strerror or 'no reason given').lower()}"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint="check its name and folder")]) from None
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    if not any(cell.strip() for cell in head):
        message = f"{path} is empty"
        raise InvalidInput([Diagnostic("file-empty", message, hint="its first row names the columns")])
    return CommaTable(path, path.stem.casefold(), separator, tuple(head))


def _lines(file: TextIO, separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number that a spreadsheet would show."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(file, delimiter=separator, strict=True), start=1):
            yield number, cells
    except csv.Error:
        # The module's own words may hold what stands in the file.
        message = f"{path}, row {number + 1}: this is no row of a CSV file"
        hint = 'see that each quotation mark has its other half, and is written "" within quoted text'
        raise InvalidInput([Diagnostic("table-syntax", message, hint=hint)]) from None
    except UnicodeDecodeError:
        raise _not_utf8(path) from None


def _not_utf8(path: Path) -> InvalidInput:
    hint = 'save it again as "CSV UTF-8"'
    return InvalidInput([Diagnostic("file-encoding", f"{path} is not written in UTF-8", hint=hint)])
