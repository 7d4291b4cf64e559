"""Columns of any system by a mapping: what its cells become, and what is wrong with the mapping itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft7Validator

from missingrules.adapters.given import Asked
from missingrules.adapters.mapping import read_mapping
from missingrules.adapters.stamps import DateForm
from missingrules.authoring.schema import schema_of
from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.mapping_forms import DATES
from missingrules.reading.nodes import plain, read_file
from tests.adapters.exports import WORDS, codes, read

BAD = sorted((Path(__file__).parent / "bad_mappings").glob("*.yaml"))
MAPPING = """\
format: 1
mapping: our-system
dates: DD-MON-YYYY
columns:
  Person ID: child
  Born: child.date_of_birth
  Ref: id
  Went: started_at
  Back: {to: returned_at, empty: not_yet}
  Told police: reported_at
  Type: {to: kind, values: {Missing: missing, MFC: missing, UA: absent}}
  From: {to: missing_from, values: {Placement: care, Parents: home}}
  Grade: risk
  Interview held: {record: return_interview}
  Interview refused: {record: return_interview, outcome: declined}
ignored: [Surname]
child: {looked_after: true}
"""
HEAD = [
    "Person ID", "Surname", "Born", "Ref", "Went", "Back", "Told police", "Type", "From", "Grade", "Interview held",
    "Interview refused",
]  # fmt: skip
ROWS = [
    ["7", "X", "02-Jun-2010", "A1", "26-Oct-2025 20:00", "27-Oct-2025 08:30", "", "mfc", "Parents", "high", "", ""],
    ["7", "X", "2-jun-2010", "A2", "1-Nov-2025", "", "1-Nov-2025 21:15:00", "UA", "placement", "", "3-Nov-2025", ""],
    ["8", "Y", "", "B1", "3-Nov-2025 00:00", "3-Nov-2025", "", "", "", "", "", "05-Nov-2025 10:00"],
]  # fmt: skip
CASES: list[dict[str, Any]] = [
    {
        "format": 1,
        "case": "7",
        "child": {"looked_after": "true", "date_of_birth": "2010-06-02"},
        "episodes": [
            # Clocks went back at two in the morning of the 26th: 20:00 is Greenwich time.
            {
                "id": "A1",
                "kind": "missing",
                "missing_from": "home",
                "risk": "high",
                "started_at": "2025-10-26T20:00:00+00:00",
                "returned_at": "2025-10-27T08:30:00+00:00",
            },
            {
                "id": "A2",
                "kind": "absent",
                "missing_from": "care",
                "started_at": "2025-11-01",
                "reported_at": "2025-11-01T21:15:00+00:00",
            },
        ],
        "records": [{"id": "R1", "action": "return_interview", "at": "2025-11-03", "episode": "A2"}],
    },
    {
        "format": 1,
        "case": "8",
        "child": {"looked_after": "true"},
        "episodes": [{"id": "B1", "started_at": "2025-11-03", "returned_at": "2025-11-03"}],
        "records": [
            {
                "id": "R1",
                "action": "return_interview",
                "at": "2025-11-05T10:00:00+00:00",
                "outcome": "declined",
                "episode": "B1",
            }
        ],
    },
]


def mapped(folder: Path, text: str = MAPPING) -> Asked:
    path = folder / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    return Asked(str(path))


def csv_file(folder: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    path = folder / "export.csv"
    path.write_text("".join(",".join(row) + "\n" for row in (HEAD, *rows)), encoding=encoding)
    return path


def test_each_column_goes_where_the_mapping_says(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, ROWS), mapped(tmp_path))
    assert found.cases == CASES
    # Nobody hears of the surnames, and acts are there.
    assert found.told == ["no-end"]


def test_a_workbook_of_one_sheet_with_dates_and_times(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Person ID", "Went", "Back"])
    sheet.append([7, datetime(2025, 6, 2, 20, 0), date(2025, 6, 3)])  # noqa: DTZ001
    sheet.append([7, datetime(2025, 6, 5), None])  # noqa: DTZ001
    sheet.append([8, "=NOW()", None])
    sheet.append([9, 45000, None])
    path = tmp_path / "export.xlsx"
    book.save(path)
    text = "format: 1\nmapping: m\ncolumns: {Person ID: child, Went: started_at, Back: returned_at}\n"
    found = read(path, mapped(tmp_path, text))
    (case,) = found.cases
    assert (case["case"], case["episodes"]) == (
        "7",
        [
            {"id": "E1", "started_at": "2025-06-02T20:00:00+01:00", "returned_at": "2025-06-03"},
            {"id": "E2", "started_at": "2025-06-05"},
        ],
    )
    assert codes(found) == [(4, "Went", "cell-formula"), (5, "Went", "bad-date")]
    assert found.rejections[0].file == "export.xlsx, sheet Sheet"


def test_of_several_sheets_one_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, head in (("Notes", ["x"]), ("Episodes", ["A", "B"])):
        book.create_sheet(name).append(head)
    book.remove(book.worksheets[0])
    path = tmp_path / "export.xlsx"
    book.save(path)
    text = "format: 1\nmapping: m\ncolumns: {A: child, B: started_at}\n"
    with pytest.raises(InvalidInput, match="has 2 sheets, and nothing says which"):
        read(path, mapped(tmp_path, text))
    with pytest.raises(InvalidInput, match="did you mean 'Episodes'"):
        read(path, mapped(tmp_path, text + "sheet: Episode\n"))
    assert read(path, mapped(tmp_path, text + "sheet: Episodes\n")).rows == 0


def test_midnight_may_be_said_to_be_a_time(tmp_path: Path) -> None:
    text = MAPPING.replace("dates:", "midnight: time\ndates:")
    found = read(csv_file(tmp_path, ROWS), mapped(tmp_path, text))
    assert found.cases[1]["episodes"][0]["started_at"] == "2025-11-03T00:00:00+00:00"


def test_an_older_windows_file_is_told_and_read_when_it_is_said_to_be_one(tmp_path: Path) -> None:
    rows = [[*ROWS[0][:1], "Zoë", *ROWS[0][2:]]]
    path = csv_file(tmp_path, rows, "windows-1252")
    asked = mapped(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        read(path, asked)
    assert str(caught.value) == (
        f"error [file-encoding] {path} is not written in UTF-8\n"
        '  = save it again as "CSV UTF-8", or add --encoding windows-1252 if it is from an older Windows program'
    )
    assert read(path, replace(asked, encoding="windows-1252")).used == 1
    assert read(path, mapped(tmp_path, MAPPING + "encoding: windows-1252\n")).used == 1
    path = csv_file(tmp_path, rows, "utf-8-sig")
    with pytest.raises(InvalidInput, match="says of itself that it is written in UTF-8"):
        read(path, replace(asked, encoding="windows-1252"))


def test_what_two_rows_say_of_a_child_must_be_the_same(tmp_path: Path) -> None:
    text = (
        "format: 1\nmapping: m\n"
        "columns: {A: child, B: started_at, C: child.date_of_birth, D: child.unaccompanied_asylum_seeking}\n"
    )
    path = tmp_path / "export.csv"
    path.write_text(
        "A,B,C,D\n1,2025-06-02,2010-01-01,Yes\n1,2025-06-03,2010-01-02,no\n2,2025-06-03,,\n2,2025-06-04,2010-01-02,maybe\n",
        encoding="utf-8",
    )
    assert codes(read(path, mapped(tmp_path, text))) == [
        (2, None, "child-not-used"),
        (3, "C", "two-births"),
        (3, "D", "two-values"),
        (4, None, "child-not-used"),
        (5, "D", "unknown-code"),
    ]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_mapping_is_told_in_exactly_these_words(path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_mapping(path, WORDS)
    said = str(caught.value).replace(str(path), path.name) + "\n"
    assert said == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_editors_take_what_is_read(tmp_path: Path) -> None:
    schema = Draft7Validator(schema_of("mapping"))
    path = Path(mapped(tmp_path).kind)
    assert list(schema.iter_errors(plain(read_file(path)))) == []
    published = Path(__file__).parents[2] / "schemas" / "mapping.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema.schema
    for text in (
        "columns: {A: child}",
        "format: 1\nmapping: m\ncolumns: {A: {to: child, form: x}}\n",
        "dates: DD/MM/YY",
    ):
        path.write_text(text, encoding="utf-8")
        assert list(schema.iter_errors(plain(read_file(path))))


def test_the_forms_of_dates_are_those_that_are_read() -> None:
    assert tuple(DateForm) == DATES
