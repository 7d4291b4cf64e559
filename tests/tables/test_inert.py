"""Whatever stands in a case: no spreadsheet runs it, no page shows it as markup, and no message repeats it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import openpyxl

from missingrules.formats.tables import Column, Table
from missingrules.formats.workbook import MOST_ROWS, workbook_bytes
from tests.audit.command import run
from tests.tables.test_bad_tables import ASKED

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AS_OF = datetime(2025, 3, 31, 12, tzinfo=UTC)
EVIL = (
    "=HYPERLINK(\"http://example.org\",\"see\")",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "a|b](http://example.org) **bold** `code`",
    "_x0041_",
    "＝1+1",
)  # fmt: skip


def folder_of(tmp_path: Path, children: tuple[str, ...]) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    with (folder / "episodes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["child", "id", "kind", "started_at", "returned_at"])
        for child in children:
            writer.writerow([child, "E1", "missing", "2025-06-02T20:00:00+01:00", "2025-06-03T08:00:00+01:00"])
    return folder


def test_csv_puts_an_apostrophe_before_what_could_run(tmp_path: Path) -> None:
    told = run("audit", folder_of(tmp_path, EVIL), *ASKED, "--format", "csv")
    assert told.code == 0
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert list(dict.fromkeys(row["child"] for row in rows)) == [
        '\'=HYPERLINK("http://example.org","see")',
        "'+1+1",
        "'-2+3",
        "'@SUM(1)",
        "'=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "a|b](http://example.org) **bold** `code`",
        "_x0041_",
        "'＝1+1",
    ]
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_workbook_has_them_as_texts(tmp_path: Path) -> None:
    output = tmp_path / "out.xlsx"
    run("audit", folder_of(tmp_path, EVIL), *ASKED, "--format", "xlsx", "--output", output)
    book = openpyxl.load_workbook(output)
    cells = [cell for row in book["duties"].iter_rows(min_row=2) for cell in row]
    assert {_read(cell.value) for cell in book["duties"]["A"][1:]} == set(EVIL)
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.data_type == "s" for cell in book["duties"]["A"])
    # A text stays one even if somebody edits its cell.
    assert {cell.quotePrefix for cell in book["duties"]["A"][1:]} == {True}
    with ZipFile(output) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


def test_markdown_has_them_as_text_on_one_line(tmp_path: Path) -> None:
    page = run("audit", folder_of(tmp_path, EVIL), *ASKED, "--format", "md", "--rows").out
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "a\\|b\\](http\\://example.org) \\*\\*bold\\*\\* \\`code\\`" in page
    lines = [line for line in page.partition("## Duty by duty")[2].splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in lines} == {9}


def test_json_and_text_have_them_as_they_are(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, EVIL)
    data: dict[str, Any] = json.loads(run("audit", folder, *ASKED, "--format", "json", "--rows").out)
    assert {row["child"] for row in data["rows"]} == set(EVIL)
    # Rich takes [bold] for markup unless it is told that a text is a text.
    (tmp_path / "two").mkdir()
    marked = folder_of(tmp_path / "two", ("[bold]x[/bold]",))
    assert "Case [bold]x[/bold], episode E1" in run("audit", marked, *ASKED, "--rows").out


def test_a_text_of_a_case_cannot_break_the_layout_of_a_workbook(tmp_path: Path) -> None:
    output = tmp_path / "one.xlsx"
    strange = [
        "</t></is></c><c><f>1+1</f></c>",
        "a\x00b\x0bc",
        "_x000D_",
        " kept ",
        "x" * 40_000,
        "line\nbreak",
        "\ud800",
    ]
    output.write_bytes(workbook_bytes([Table("a & b", (Column("text"),), [[text] for text in strange])], AS_OF))
    sheet = openpyxl.load_workbook(output)["a & b"]
    assert [_read(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "</t></is></c><c><f>1+1</f></c>",
        "a\ufffdb\ufffdc",
        "_x000D_",
        " kept ",
        "x" * 32_767,
        "line\nbreak",
        "\ufffd",
    ]


def _read(value: object) -> str:
    """As Excel reads it: `_x005F_` is how a workbook writes an underscore before what would be a character's number."""
    return str(value).replace("_x005F_", "_")


def test_rows_that_a_sheet_cannot_hold_go_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 1_048_576
    monkeypatch.setattr("missingrules.formats.workbook.MOST_ROWS", 4)
    output = tmp_path / "many.xlsx"
    rows = Table("rows", (Column("number", "number"),), ([number] for number in range(7)))
    output.write_bytes(workbook_bytes([rows, Table("none", (Column("text"),), ())], AS_OF))
    sheets = openpyxl.load_workbook(output)
    found = [[row[0] for row in sheets[name].iter_rows(values_only=True)] for name in sheets.sheetnames]
    assert found == [["number", 0, 1, 2], ["number", 3, 4, 5], ["number", 6], ["text"]]
    marked = [(table.name, table.ref) for sheet in sheets for table in sheet.tables.values()]
    assert marked == [("rows", "A1:A4"), ("rows_2", "A1:A4"), ("rows_3", "A1:A2"), ("none", "A1:A2")]


def test_no_message_repeats_what_stands_in_a_row(tmp_path: Path) -> None:
    """Every cell wrong in turn, each with something of its own to betray."""
    heads = {
        "children": {"child": "G", "date_of_birth": "2010-05-05", "looked_after": "true", "area": "north"},
        "episodes": {
            "child": "G",
            "id": "E1",
            "kind": "missing",
            "missing_from": "care",
            "started_at": "2025-06-02T20:00:00+01:00",
            "returned_at": "2025-06-03T08:00:00+01:00",
        },
        "records": {
            "child": "G",
            "id": "R1",
            "action": "notify",
            "episode": "E1",
            "at": "2025-06-04",
            "by": "police",
            "outcome": "",
            "recorded_at": "",
        },
        "facts": {"child": "G", "episode": "E1", "fact": "risk", "value": "high", "at": "2025-06-02"},
    }
    for number, secret in enumerate(
        ("Erika Mustermann", "erika_mustermann", "14/05/2009", "2009-05-14T99:00", "O'Brien's")
    ):
        for kind, good in heads.items():
            for column in good:
                folder = tmp_path / f"{number}-{kind}-{column}"
                folder.mkdir()
                for name, cells in heads.items():
                    row = {**cells, column: secret} if name == kind else cells
                    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                        writer = csv.DictWriter(file, list(row))
                        writer.writeheader()
                        writer.writerow(row)
                told = run("audit", folder, *ASKED, "--by", "area")
                said = told.out + told.err
                for part in (secret, *secret.replace("_", " ").replace("'", " ").split(), "2009-05-14"):
                    assert len(part) < 3 or part not in said, (column, said)
