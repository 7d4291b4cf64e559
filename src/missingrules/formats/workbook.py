"""Tables as one workbook, written row by row straight into the file that was asked for.

Nothing is kept but the rows from which the columns take their widths, and no other file is made: a child's data is
written nowhere but where it was asked for. The same tables are the same file. Texts are texts (`t="inlineStr"`), which
no spreadsheet runs; times are times of the zone's wall clock.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from missingrules.formats.workbook_parts import (
    STYLES,
    XML,
    begin_sheet,
    content_types,
    properties,
    relationships,
    table_part,
    workbook_part,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO

    from missingrules.formats.tables import Cell, Column, Table

# What a sheet can hold; beyond it the rows go on in another.
MOST_ROWS: Final = 1_048_576
MOST_BYTES: Final = 1_500_000_000
# What a cell can hold, in the units of UTF-16.
LONGEST: Final = 32_767
WIDEST: Final = 60
# Of so many rows the widths of the columns are taken.
MEASURED: Final = 1_000

_FIXED: Final = (1980, 1, 1, 0, 0, 0)
_LEVEL: Final = 3
_TIME, _DATE, _HEAD, _TEXT = 1, 2, 3, 4  # styles
# XML has no place for these.
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel takes it for the sign of that number; escaped, it stays what it is.
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zones
# Before it Excel reckons otherwise, or not at all.
_FIRST: Final = date(1900, 3, 1)
_DAY: Final = timedelta(days=1)


def write_workbook(tables: Iterable[Table], made: datetime, file: IO[bytes]) -> None:
    """Writes a sheet for each table, or as many as its rows need. Tables and rows are taken as they are written: a
    table may be made of what came out while the one before it was read.

    `made` is what the workbook says of itself.
    """
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        book = _Book(archive)
        for table in tables:
            book.add(table)
        book.finish(made)


def workbook_bytes(tables: Iterable[Table], made: datetime) -> bytes:
    """The same, in memory."""
    out = BytesIO()
    write_workbook(tables, made, out)
    return out.getvalue()


class _Book:
    """A workbook in the making."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._names: list[str] = []

    def add(self, table: Table) -> None:
        names = [name for column in table.columns for name in _names(column)]
        letters = [_letters(place) for place in range(1, len(names) + 1)]
        stream = (
            [made for column, cell in zip(table.columns, row, strict=True) for made in _cells(column, cell)]
            for row in table.rows
        )
        first = list(islice(stream, MEASURED))
        begun = begin_sheet(_widths(names, first))
        rest, full, number = chain(first, stream), True, 1
        while full:
            name = table.name if number == 1 else f"{table.name} {number}"
            rows, full = self._sheet(name, begun, letters, names, rest)
            # Excel mends a file in which a table has a head and no row: an empty one is one row long.
            area = f"A1:{letters[-1]}{max(rows, 1) + 1}"
            self._part(f"xl/tables/table{len(self._names)}.xml", table_part(len(self._names), name, area, names))
            number += 1

    def finish(self, made: datetime) -> None:
        """What holds the sheets together."""
        self._part("xl/workbook.xml", workbook_part(self._names))
        sheets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(self._names) + 1)]
        self._part("xl/_rels/workbook.xml.rels", relationships([*sheets, ("styles", "styles.xml")]))
        self._part("xl/styles.xml", STYLES)
        self._part("docProps/core.xml", properties(made.astimezone(UTC)))
        self._part("_rels/.rels", relationships([("officeDocument", "xl/workbook.xml"), ("core", "docProps/core.xml")]))
        self._part("[Content_Types].xml", content_types(len(self._names)))

    def _sheet(
        self, name: str, begun: str, letters: Sequence[str], names: Sequence[str], rows: Iterator[Sequence[Cell]]
    ) -> tuple[int, bool]:
        """How many rows were written, and whether the sheet was full before they ended."""
        self._names.append(name)
        number = len(self._names)
        written, size, full = 0, 0, False
        with self._archive.open(_info(f"xl/worksheets/sheet{number}.xml"), "w") as part:
            part.write(f"{XML}{begun}{_row(1, letters, names, _HEAD)}".encode())
            for row in rows:
                line = _row(written + 2, letters, row, _TEXT).encode()
                part.write(line)
                written += 1
                size += len(line)
                if written >= MOST_ROWS - 1 or size > MOST_BYTES:
                    full = True
                    break
            part.write(b'</sheetData><tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>')
        links = relationships([("table", f"../tables/table{number}.xml")])
        self._part(f"xl/worksheets/_rels/sheet{number}.xml.rels", links)
        return written, full

    def _part(self, name: str, text: str) -> None:
        self._archive.writestr(_info(name), XML + text, ZIP_DEFLATED, _LEVEL)


def _info(name: str) -> ZipInfo:
    """A part that does not say when or where it was made."""
    info = ZipInfo(name, _FIXED)
    info.create_system = 0
    info.compress_type = ZIP_DEFLATED
    return info


def _names(column: Column) -> tuple[str, ...]:
    # Excel knows no zones: the time is the zone's, and its offset stands beside it.
    return (column.name, f"{column.name}_offset") if column.kind == "moment" else (column.name,)


def _cells(column: Column, cell: Cell) -> tuple[Cell, ...]:
    if column.kind != "moment":
        return (cell,)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None), cell.isoformat()[19:]
    return cell, None


def _widths(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[int]:
    widths = [len(name) for name in names]
    for row in rows:
        for place, value in enumerate(row):
            if value is not None:
                widths[place] = max(widths[place], len(str(value)))
    return [min(width, WIDEST) + 2 for width in widths]


def _letters(place: int) -> str:
    """What a sheet calls its column: A to Z, then AA."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _row(number: int, letters: Sequence[str], cells: Sequence[Cell], style: int) -> str:
    written = "".join(
        _cell(f"{letter}{number}", cell, style) for letter, cell in zip(letters, cells, strict=True) if cell is not None
    )
    return f'<row r="{number}">{written}</row>'


def _cell(at: str, value: Cell, style: int) -> str:
    if isinstance(value, int):
        return f'<c r="{at}"><v>{value}</v></c>'
    if isinstance(value, datetime) and value.date() >= _FIRST:
        # Days since the sheet's epoch, exact to well under a second.
        return f'<c r="{at}" s="{_TIME}"><v>{(value - _EPOCH) / _DAY:.9f}</v></c>'
    if isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST:
        return f'<c r="{at}" s="{_DATE}"><v>{(value - _EPOCH.date()).days}</v></c>'
    text = _fit(value if isinstance(value, str) else str(value))
    return f'<c r="{at}" t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


def _fit(text: str) -> str:
    """The text as XML, cut where a cell can hold no more."""
    if len(text) * 2 > LONGEST:
        text = text.encode("utf-16-le", "surrogatepass")[: LONGEST * 2].decode("utf-16-le", "ignore")
    # A reader of XML would take the sign for a line feed.
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _UNFIT.sub("\ufffd", text)), {"\r": "_x000D_"})
