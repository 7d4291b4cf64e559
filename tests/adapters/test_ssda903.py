"""The table Missing of the return, as CSV and as XML. Every case is worked out by hand from docs/import.md."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from missingrules.adapters.given import Asked
from missingrules.domain.clock import instant_of
from missingrules.domain.diagnostics import InvalidInput
from tests.adapters.exports import codes, read

if TYPE_CHECKING:
    from pathlib import Path

RETURN = Asked("ssda903", year=2025)
# The last second of the year, and the first of the next.
AT_THE_END = instant_of(datetime.fromisoformat("2025-03-31T23:59:59+01:00"))
LATER = instant_of(datetime.fromisoformat("2025-04-01T00:00:00+01:00"))
ROWS = (
    ("1001", "14/05/2009", "M", "28/03/2025", "30/03/2025"),
    ("1002", "01/01/2010", "A", "05/06/2024", "05/06/2024"),
    ("1001", "14/05/2009", "A", "02/04/2024", "3/4/2024"),
    ("1003", "09/09/2011", "M", "30/03/2025", ""),
    ("1004", "09/09/2012", "A", "30/03/2025", ""),
)
CASES = [
    {
        "format": 1,
        "case": "1001",
        "history_from": "2024-04-01",
        "child": {"looked_after": True, "date_of_birth": "2009-05-14"},
        "episodes": [
            # Away, whereabouts known: the end is the return. The first of the two by its start, and so E1.
            {
                "id": "E1",
                "missing_from": "care",
                "kind": "absent",
                "started_at": "2024-04-02",
                "returned_at": "2024-04-03",
            },
            # Missing: the end is when it was found; when it was back is not in the return.
            {
                "id": "E2",
                "missing_from": "care",
                "kind": "missing",
                "started_at": "2025-03-28",
                "located_at": "2025-03-30",
            },
        ],
    },
    {
        "format": 1,
        "case": "1002",
        "history_from": "2024-04-01",
        "child": {"looked_after": True, "date_of_birth": "2010-01-01"},
        "episodes": [
            {
                "id": "E1",
                "missing_from": "care",
                "kind": "absent",
                "started_at": "2024-06-05",
                "returned_at": "2024-06-05",
            }
        ],
    },
]


def csv_of(rows: tuple[tuple[str, ...], ...], head: str = "CHILD,DOB,MISSING,MIS_START,MIS_END") -> str:
    return "".join(f"{line}\n" for line in (head, *(",".join(row) for row in rows)))


def xml_of(rows: tuple[tuple[str, ...], ...]) -> str:
    """Each child with all its rows, as the return has them: a CHILD with one HEADER, in it its AMISSING."""
    children = {row[0]: [each for each in rows if each[0] == row[0]] for row in rows}
    text = ""
    for child, of_child in children.items():
        spells = "".join(
            f"<AMISSING><MISSING>{kind}</MISSING><MIS_START>{start}</MIS_START>"
            + (f"<MIS_END>{end}</MIS_END>" if end else "<MIS_END />")
            + "</AMISSING>"
            for _, _, kind, start, end in of_child
        )
        header = f"<HEADER><CHILDID>{child}</CHILDID><SEX>1</SEX><DOB>{of_child[0][1]}</DOB>{spells}<MOTHER /></HEADER>"
        text += f"<CHILD>{header}<EPISODE><DECOM>01/01/2020</DECOM><DEC /></EPISODE></CHILD>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<EXPSSDA903>{text}</EXPSSDA903>'


@pytest.mark.parametrize("ending", ["csv", "xml"])
def test_dates_alone_stay_dates_and_what_is_not_in_the_return_is_left_out(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"missing.{ending}"
    path.write_text(csv_of(ROWS[:3]) if ending == "csv" else xml_of(ROWS[:3]), encoding="utf-8")
    found = read(path, RETURN)
    # A child comes with its last row: in CSV the second row is the only one of its child.
    assert sorted(found.cases, key=lambda case: case["case"]) == CASES
    assert (found.rows, found.used, found.rejections) == (3, 3, [])
    assert found.told == ["found-not-back", "no-records"]


def test_taken_for_the_return_the_finding_is_both(tmp_path: Path) -> None:
    path = tmp_path / "missing.csv"
    path.write_text(csv_of(ROWS[:1]), encoding="utf-8")
    found = read(path, Asked("ssda903", year=2025, found_is_return=True))
    (episode,) = found.cases[0]["episodes"]
    assert (episode["located_at"], episode["returned_at"]) == ("2025-03-30", "2025-03-30")
    assert found.told == ["no-records"]


@pytest.mark.parametrize("ending", ["csv", "xml"])
def test_a_blank_end_is_not_over_up_to_the_31_of_march_and_not_known_later(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"missing.{ending}"
    path.write_text(csv_of(ROWS[3:]) if ending == "csv" else xml_of(ROWS[3:]), encoding="utf-8")
    within = read(path, RETURN, AT_THE_END)
    assert [case["episodes"][0].get("returned_at", "?") for case in within.cases] == [None, None]
    # Not found: so neither found nor back. Of a child that is away nobody asks whether it was found.
    assert [case["episodes"][0].get("located_at", "?") for case in within.cases] == [None, "?"]
    for as_of in (LATER, None):
        later = read(path, RETURN, as_of)
        assert [case["episodes"][0].get("returned_at", "?") for case in later.cases] == ["?", "?"]
        assert later.told == ["no-end", "no-records"]


@pytest.mark.parametrize(
    ("head", "separator"),
    [
        ("\ufeffCHILD,DOB,MISSING,MIS_START,MIS_END", ","),
        ("child,dob,missing,mis_start,mis_end", ","),
        (" Child , DOB ,Missing,Mis Start,Mis  End", ","),
        ('"CHILD","DOB","MISSING","MIS_START","MIS_END"', ","),
        ("CHILD;DOB;MISSING;MIS_START;MIS_END", ";"),
    ],
    ids=["byte-order-mark", "small-letters", "spaces", "quoted", "semicolons"],
)
def test_the_head_as_systems_spell_it(tmp_path: Path, head: str, separator: str) -> None:
    path = tmp_path / "missing.csv"
    text = csv_of(ROWS[:3], head).replace("\n", "\r\n")
    path.write_bytes((text if separator == "," else text.replace(",", separator)).encode())
    assert sorted(read(path, RETURN).cases, key=lambda case: case["case"]) == CASES


def test_columns_in_another_order_and_codes_in_small_letters(tmp_path: Path) -> None:
    path = tmp_path / "missing.csv"
    path.write_text('MIS_END,MIS_START,MISSING,CHILD\n"30/03/2025","2025-03-28",m,"1,001"\n', encoding="utf-8")
    (case,) = read(path, RETURN).cases
    assert case["case"] == "1,001"
    assert case["child"] == {"looked_after": True}
    assert case["episodes"][0]["started_at"] == "2025-03-28"


@pytest.mark.parametrize("ending", ["csv", "xml"])
def test_each_mistake_has_its_own_code_and_none_of_its_child_is_used(tmp_path: Path, ending: str) -> None:
    rows = (
        ("1", "01/01/2010", "M", "05/06/2024", "07/06/2024"),
        ("1", "01/01/2010", "A", "06/06/2024", "08/06/2024"),  # starts before the first has ended
        ("2", "01/01/2010", "M", "05/06/2024", "07/06/2024"),
        ("2", "01/01/2010", "M", "05/06/2024", "07/06/2024"),  # the same again
        ("3", "01/01/2010", "M", "07/06/2024", "05/06/2024"),
        ("4", "01/01/2010", "Q", "07/06/2024", "08/06/2024"),
        ("5", "01/01/2010", "M", "31/06/2024", "08/07/2024"),
        ("6", "01/01/2010", "M", "07/06/2024", ""),
        ("6", "01/01/2010", "M", "08/06/2024", "08/06/2024"),
        ("7", "01/01/2010", "M", "01/04/2025", ""),  # after the year
        ("8", "01/01/2010", "M", "01/03/2024", "31/03/2024"),  # over before it
        ("9", "01/01/2010", "M", "01/03/2024", "01/04/2024"),  # over on its first day: in it
        ("10", "01/01/2010", "", "01/03/2025", "02/03/2025"),
        ("11", "01/01/2010", "M", "", "02/03/2025"),
        ("12", "02/03/2025", "M", "01/03/2025", "02/03/2025"),  # away on the day before it was born
        ("12", "02/03/2025", "M", "05/03/2025", "05/03/2025"),
    )
    path = tmp_path / f"missing.{ending}"
    path.write_text(csv_of(rows) if ending == "csv" else xml_of(rows), encoding="utf-8")
    found = read(path, RETURN)
    first = 2 if ending == "csv" else 1
    assert [case["case"] for case in found.cases] == ["9"]
    assert codes(found) == [
        (first + 0, None, "child-not-used"),
        (first + 1, "MIS_START", "episodes-overlap"),
        (first + 2, None, "child-not-used"),
        (first + 3, "MIS_START", "duplicate-episode"),
        (first + 4, "MIS_END", "end-before-start"),
        (first + 5, "MISSING", "unknown-code"),
        (first + 6, "MIS_START", "bad-date"),
        (first + 7, None, "child-not-used"),
        (first + 8, "MIS_START", "episode-still-open"),
        (first + 9, "MIS_START", "outside-return"),
        (first + 10, "MIS_END", "outside-return"),
        (first + 12, "MISSING", "missing-key"),
        (first + 13, "MIS_START", "missing-key"),
        (first + 14, "MIS_START", "birth-after-episode"),
        (first + 15, None, "child-not-used"),
    ]


def test_two_dates_of_birth_of_one_child(tmp_path: Path) -> None:
    path = tmp_path / "missing.csv"
    rows = (ROWS[0], ("1001", "15/05/2009", "A", "02/04/2024", "03/04/2024"))
    path.write_text(csv_of(rows), encoding="utf-8")
    found = read(path, RETURN)
    assert codes(found) == [(2, None, "child-not-used"), (3, "DOB", "two-births")]
    assert all("2009" not in one.render() for one in found.rejections)


def test_one_ends_on_the_day_on_which_the_next_starts(tmp_path: Path) -> None:
    rows = (
        ("1", "01/01/2010", "M", "05/06/2024", "07/06/2024"),
        ("1", "01/01/2010", "M", "07/06/2024", "07/06/2024"),
        ("1", "01/01/2010", "M", "07/06/2024", "09/06/2024"),
    )
    path = tmp_path / "missing.csv"
    path.write_text(csv_of(rows), encoding="utf-8")
    (case,) = read(path, RETURN).cases
    assert [each["started_at"] for each in case["episodes"]] == ["2024-06-05", "2024-06-07", "2024-06-07"]
    assert [each["id"] for each in case["episodes"]] == ["E1", "E2", "E3"]


def refused(path: Path, asked: Asked = RETURN) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(path, asked)
    return str(caught.value).replace(str(path), "FILE")


XML = "<EXPSSDA903><CHILD><HEADER><CHILDID>1</CHILDID><AMISSING><MISSING>M</MISSING>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"{XML}\n<MIS_START>28/03",
            "FILE:2:17: error [xml-cut-off] the file ends here, in the middle\n"
            "  = export it again: the rest is not there",
        ),
        (
            f"{XML}</CHILD>",
            "FILE:1:80: error [xml-syntax] this is no XML: mismatched tag\n  = export it again, or mend this place",
        ),
        (
            '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>',
            "FILE:1:13: error [xml-doctype] a document type is declared here\n"
            "  = take the line <!DOCTYPE …> out: a return has none, and nothing that one could ask for is read",
        ),
        (
            f"{XML[:-10]}&a;",
            "FILE:1:68: error [xml-syntax] this is no XML: undefined entity\n  = export it again, or mend this place",
        ),
        (
            '<?xml version="1.0" encoding="zip"?><r/>',
            "error [file-encoding] FILE says that it is written in an encoding that is not read\n"
            '  = save it as UTF-8, with encoding="UTF-8" in its first line',
        ),
        (
            "<html><body>Sign in</body></html>",
            "error [not-a-return] FILE has no CHILD with a HEADER in it\n"
            "  = see that it is the return as it is uploaded: CHILD, in it HEADER, in that AMISSING",
        ),
    ],
    ids=["cut-off", "mismatched", "document-type", "entity", "encoding", "page"],
)
def test_xml_that_is_no_return(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "return.xml"
    path.write_text(text, encoding="utf-8")
    assert refused(path) == expected


def test_a_value_that_stands_twice_is_none(tmp_path: Path) -> None:
    path = tmp_path / "return.xml"
    text = xml_of(ROWS[:1]).replace("<MISSING>M</MISSING>", "<MISSING>M</MISSING><MISSING>A</MISSING>")
    path.write_text(text, encoding="utf-8")
    assert codes(read(path, RETURN)) == [(1, "MISSING", "element-twice")]


def test_spells_without_anything_in_them_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "return.xml"
    empty = "<AMISSING><MISSING /><MIS_START></MIS_START><MIS_END> </MIS_END></AMISSING>"
    path.write_text(xml_of(ROWS[:1]).replace("<AMISSING>", f"{empty}<AMISSING>", 1), encoding="utf-8")
    found = read(path, RETURN)
    assert (found.rows, found.used) == (1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_xml_in_the_encoding_that_it_says(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "return.xml"
    text = xml_of(ROWS[:1]).replace("UTF-8", "utf-8" if encoding == "utf-8-sig" else encoding)
    path.write_bytes(text.replace("<SEX>1", "<SEX>é").encode(encoding))
    assert read(path, RETURN).used == 1
