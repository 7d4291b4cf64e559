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
UTF_8: Final = "utf-8-sig"
# Longer than any row of a caseload: so much is kept of one, and no more.
_LONGEST_LINE: Final = 1_000_000
_LONGEST_CELL: Final = csv.field_size_limit()


@dataclass(frozen=True, slots=True)
class CommaTable:
    """One CSV file, in UTF-8 with or without a byte order mark, its cells apart by comma, semicolon or tab."""

    path: Path
    kind: str
    separator: str
    head: tuple[str, ...]
    alone: bool = True  # no table of another folder stands beside it
    encoding: str = UTF_8

    @property
    def label(self) -> str:
        return self.path.name if self.alone else str(self.path)

    @property
    def head_row(self) -> int:
        return 1

    def rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = _lines(file, self.separator, self.path)
            next(lines, None)
            for number, cells in lines:
                if any(cell.strip() for cell in cells):
                    yield number, tuple(cells)


def comma_table(path: Path, encoding: str = UTF_8) -> CommaTable:
    """The file as a table; its head is read. InvalidInput where there is none, or it cannot be opened."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(_LONGEST_LINE)
            separator = max(SEPARATORS, key=first.count)
            file.seek(0)
            _, head = next(_lines(file, separator, path), (0, []))
    except OSError as error:
        message = f"{path} could not be read: {(error.strerror or 'no reason given').lower()}"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint="check its name and folder")]) from None
    except UnicodeDecodeError:
        raise _not_so(path, encoding) from None
    if not any(cell.strip() for cell in head):
        message = f"{path} is empty"
        raise InvalidInput([Diagnostic("file-empty", message, hint="its first row names the columns")])
    return CommaTable(path, path.stem.casefold(), separator, tuple(head), encoding=encoding)


def _lines(file: TextIO, separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number that a spreadsheet would show."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_bounded(file), delimiter=separator, strict=True), start=1):
            yield number, cells
    except _TooLong:
        raise _too_long(path, number + 1, f"more than {_LONGEST_LINE:,} characters on one line") from None
    except csv.Error as error:
        # The module's own words may hold what stands in the file.
        if str(error).startswith("field larger"):
            raise _too_long(path, number + 1, f"a cell with more than {_LONGEST_CELL:,} characters") from None
        message = f"{path}, row {number + 1}: this is no row of a CSV file"
        hint = 'see that each quotation mark has its other half, and is written "" within quoted text'
        raise InvalidInput([Diagnostic("table-syntax", message, hint=hint)]) from None
    except UnicodeDecodeError:
        raise _not_so(path, file.encoding) from None


class _TooLong(Exception):
    pass


def _bounded(file: TextIO) -> Iterator[str]:
    """Its lines; none is taken into memory that is far longer than a row."""
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise _TooLong
        yield line


def _too_long(path: Path, number: int, what: str) -> InvalidInput:
    hint = 'see that each quotation mark has its other half, and is written "" within quoted text'
    return InvalidInput([Diagnostic("row-too-long", f"{path}, row {number}: {what}", hint=hint)])


def _not_so(path: Path, encoding: str) -> InvalidInput:
    named = "UTF-8" if encoding == UTF_8 else encoding
    hint = 'save it again as "CSV UTF-8"'
    return InvalidInput([Diagnostic("file-encoding", f"{path} is not written in {named}", hint=hint)])
