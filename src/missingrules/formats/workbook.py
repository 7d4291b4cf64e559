"""Tables as one workbook. Only here does anything ask openpyxl, which is an extra.

openpyxl's own `save` puts each sheet into a file in the system's temporary folder on the way, and the time of day into
the workbook. A child's data is written nowhere but where it was asked for, and the same answer is the same file: so the
parts are put together here, in memory and with fixed times.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from missingrules.domain.diagnostics import Diagnostic, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from missingrules.formats.tables import Cell, Column, Table

WIDEST: Final = 60
_MOMENT: Final = "yyyy-mm-dd hh:mm:ss"
# XML has no place for these.
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel takes it for the sign of that number; escaped, it stays what it is.
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIXED: Final = (1980, 1, 1, 0, 0, 0)


def workbook_bytes(tables: Sequence[Table], made: datetime) -> bytes:
    """A workbook with a sheet for each table: the same bytes for the same tables, on one version of openpyxl.

    `made` is what it says of itself. Raises `InvalidInput` where openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        message = "a workbook needs openpyxl, which is not installed"
        hint = "python -m pip install 'missingrules[excel]', or ask for --format csv"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    book = Workbook()
    book.properties.creator = "missingrules"
    book.properties.created = book.properties.modified = made.astimezone(UTC).replace(tzinfo=None)
    book.remove(book.worksheets[0])
    for table in tables:
        _fill(book.create_sheet(), table)
    return _saved(book)


def _fill(sheet: Worksheet, table: Table) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table as Marked
    from openpyxl.worksheet.table import TableStyleInfo

    sheet.title = table.name
    names = [name for column in table.columns for name in _names(column)]
    widths = [len(name) for name in names]
    _write(sheet, 1, names, widths)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(table.rows, start=2):
        cells = [made for column, cell in zip(table.columns, row, strict=True) for made in _cells(column, cell)]
        _write(sheet, number, cells, widths)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(width, WIDEST) + 2
    sheet.freeze_panes = "A2"
    # Excel mends a file in which a table has a head and no row: an empty one is one row long.
    last = f"{get_column_letter(len(names))}{max(len(table.rows), 1) + 1}"
    marked = Marked(displayName=table.name, ref=f"A1:{last}")
    marked.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(marked)


def _names(column: Column) -> tuple[str, ...]:
    # Excel knows no zones: the time is the zone's, and its offset stands beside it.
    return (column.name, f"{column.name}_offset") if column.kind == "moment" else (column.name,)


def _cells(column: Column, cell: Cell) -> tuple[Cell, ...]:
    if column.kind != "moment":
        return (cell,)
    if not isinstance(cell, datetime):
        return (None, None)
    return cell.replace(tzinfo=None), cell.isoformat()[19:]


def _write(sheet: Worksheet, number: int, cells: Sequence[Cell], widths: list[int]) -> None:
    for place, value in enumerate(cells, start=1):
        if value is None:
            continue
        cell: Any = sheet.cell(number, place)
        if isinstance(value, str):
            # A text is one whatever it begins with, also after somebody has clicked into its cell.
            cell.value = _fit(value)
            cell.data_type = "s"
            cell.quotePrefix = number > 1
        else:
            cell.value = value
            if isinstance(value, datetime):
                cell.number_format = _MOMENT
        widths[place - 1] = max(widths[place - 1], len(str(value)))


def _fit(text: str) -> str:
    # A reader of XML would take the sign for a line feed.
    return _LOOKS_ESCAPED.sub("_x005F_", _UNFIT.sub("\ufffd", text)).replace("\r", "_x000D_")


def _saved(book: Workbook) -> bytes:
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    out = BytesIO()
    archive = _Archive(out, "w", ZIP_DEFLATED)

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            # As openpyxl's own, with memory in the place of its file.
            ws._drawing = SpreadsheetDrawing()
            writer: Any = WorksheetWriter(ws, BytesIO())
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    InMemory(book, archive).save()
    return out.getvalue()


class _Archive(ZipFile):
    """Parts of a workbook, none of which says when or where it was made."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        info = ZipInfo(zinfo_or_arcname, _FIXED)
        info.create_system = 0
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)
