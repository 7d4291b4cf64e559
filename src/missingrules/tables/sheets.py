"""Workbooks written row by row, straight into the file that was asked for: nothing is kept, and no other file is made.

Texts are written as texts (`t="inlineStr"`), which no spreadsheet runs; times are times of the zone's wall clock.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from missingrules.tables.guarded import could_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import IO

Value = str | int | datetime | date | None

# What a sheet can hold; beyond it the rows go on in another.
MOST_ROWS: Final = 1_048_576
MOST_BYTES: Final = 1_500_000_000
LONGEST: Final = 32_767

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zones
_DAY: Final = timedelta(days=1)
# Styles: 0 plain, 1 time, 2 date, 3 head, 4 a text that must stay one if somebody edits the cell.
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Workbook:
    """A workbook in the making; its sheets are written one after the other. Close it, or nothing can read it."""

    def __init__(self, file: Path | IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3)
        self._names: list[str] = []

    def sheet(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
        """Writes a sheet, or as many as the rows need, and says how many rows there were."""
        stream = iter(rows)
        written, full, number = 0, True, 1
        while full:
            count, full = self._sheet(name if number == 1 else f"{name} {number}", head, stream)
            written += count
            number += 1
        return written

    def close(self) -> None:
        """What holds the sheets together."""
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name="{_attribute(name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, self._names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        links += f'<Relationship Id="rId{len(self._names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
        )
        self._part(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        )
        self._part(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        )
        self._zip.writestr("xl/styles.xml", _STYLES)
        self._part(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        self._part(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{parts}</Types>',
        )
        self._zip.close()

    def _sheet(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> tuple[int, bool]:
        """How many rows were written, and whether the sheet was full before they ended."""
        self._names.append(name)
        written, size = 0, 0
        with self._zip.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w") as part:
            begin = (
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                f"<sheetData><row>{''.join(_text(title, 3) for title in head)}</row>"
            )
            part.write(begin.encode())
            full = False
            for row in rows:
                line = f"<row>{''.join(map(_cell, row))}</row>".encode()
                part.write(line)
                written += 1
                size += len(line)
                if written == MOST_ROWS - 1 or size > MOST_BYTES:
                    full = True
                    break
            part.write(b"</sheetData></worksheet>")
        return written, full

    def _part(self, name: str, text: str) -> None:
        self._zip.writestr(name, _XML + text)


def _cell(value: Value) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime):
        return f'<c s="1"><v>{_days(value)}</v></c>'
    if isinstance(value, date):
        return f'<c s="2"><v>{(value - _EPOCH.date()).days}</v></c>'
    return _text(value, 4 if could_run(value) else 0)


def _days(value: datetime) -> str:
    """Days since the sheet's epoch, exact to well under a second."""
    return f"{(value.replace(tzinfo=None) - _EPOCH) / _DAY:.9f}"


def _text(text: str, style: int) -> str:
    clean = _ESCAPED.sub("_x005F_", _UNFIT.sub("", text[:LONGEST]))
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
