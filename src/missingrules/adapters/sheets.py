"""CSV files and workbooks as sources of rows, through the doors that tables/ has to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile, ZipFile

from missingrules.adapters.layout import UTF_8, WINDOWS
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.tables import commas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from missingrules.tables.commas import CommaTable
    from missingrules.tables.layout import Row

# Unpacked, a workbook of a hundred thousand rows is a tenth of it.
_MOST_UNPACKED: Final = 500_000_000
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CommaSource:
    """One CSV file."""

    table: CommaTable

    @property
    def label(self) -> str:
        return self.table.label

    @property
    def head(self) -> tuple[str, ...]:
        return self.table.head

    @property
    def head_row(self) -> int:
        return 1

    def rows(self) -> Iterator[Row]:
        try:
            yield from self.table.rows()
        except InvalidInput as error:
            raise _told(error, self.table.encoding) from None


def comma_source(path: Path, encoding: str) -> CommaSource:
    """InvalidInput where it cannot be opened, or says of itself that it is written otherwise."""
    try:
        if encoding == WINDOWS and _begins(path) == _MARK:
            message = f"{path} says of itself that it is written in UTF-8"
            raise InvalidInput([Diagnostic("file-encoding", message, hint=f"leave out {WINDOWS}")])
        return CommaSource(commas.comma_table(path, commas.UTF_8 if encoding == UTF_8 else encoding))
    except InvalidInput as error:
        raise _told(error, encoding) from None


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_MARK))
    except OSError:
        # Told where it is opened to be read.
        return b""


def _told(error: InvalidInput, encoding: str) -> InvalidInput:
    """With a way to say what the file is written in, where it is not UTF-8."""
    if encoding == WINDOWS:
        return error
    hint = f'save it again as "CSV UTF-8", or add --encoding {WINDOWS} if it is from an older Windows program'
    return InvalidInput(
        Diagnostic(each.code, each.message, each.span, hint if each.code == "file-encoding" else each.hint)
        for each in error.diagnostics
    )


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet of a workbook."""

    path: Path
    sheet: str
    head: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.path.name}, sheet {self.sheet}"

    @property
    def head_row(self) -> int:
        return 1

    def rows(self) -> Iterator[Row]:
        from missingrules.tables.workbooks import SheetTable

        yield from SheetTable(self.path, self.sheet, "", self.head).rows()


def sheet_source(path: Path, sheet: str | None) -> SheetSource:
    """The sheet of that name, or the only one there is. InvalidInput where it cannot be opened or is not there."""
    from missingrules.tables.workbooks import head_of_sheet, sheet_names

    _refuse_bomb(path)
    names = sheet_names(path)
    if sheet is None and len(names) != 1:
        message = f"{path} has {len(names)} sheets, and nothing says which of them is meant"
        hint = f"save the one that is meant as a CSV file; in a mapping, sheet: {names[0]} says which"
        raise InvalidInput([Diagnostic("table-missing", message, hint=hint)])
    found = names[0] if sheet is None else sheet
    if found not in names:
        hint = did_you_mean(found, names) or f"its sheets are {', '.join(names)}"
        raise InvalidInput([Diagnostic("table-missing", f"{path} has no sheet '{found}'", hint=hint)])
    head = head_of_sheet(path, found)
    if not head:
        hint = "its first row names the columns"
        raise InvalidInput([Diagnostic("file-empty", f"{path}, sheet {found} is empty", hint=hint)])
    return SheetSource(path, found, head)


def _refuse_bomb(path: Path) -> None:
    try:
        with ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except (OSError, BadZipFile, ValueError):
        # Told where it is opened to be read.
        return
    if size > _MOST_UNPACKED:
        message = f"{path} unpacks to {size:,} bytes, and more than {_MOST_UNPACKED:,} are not read"
        raise InvalidInput([Diagnostic("file-too-large", message, hint="save the sheet as a CSV file")])
