"""An answer as rows, CSV, workbook, page and calendar.

rows_answer.csv and page_answer.md are `tests.answers.full` worked out by hand, as in `test_text.py`. The rows come by
due instant, those without last, then by key: 30 Mar, then twice 31 Mar 23:30 (check before strategy-meeting), then the
earliest of the interview (8 Apr), then plan and press, which have none.
"""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pytest

from missingrules.domain.obligations import Status, Undecided
from missingrules.domain.people import People, Role
from missingrules.formats.commas import comma_bytes
from missingrules.formats.workbook import workbook_bytes
from missingrules.interface.rows import Row, rows_of, titles
from missingrules.reports.by import By
from missingrules.reports.dates import calendar, entries, undated
from missingrules.reports.page import page
from missingrules.reports.tables import duties, tables_of
from tests.answers import POLICE, TEAM_MANAGER, answer, at, duty, full, obligation, part, protocol

ROOT = Path(__file__).parents[2]
CSV = Path(__file__).with_name("rows_answer.csv").read_text(encoding="utf-8")
PAGE = Path(__file__).with_name("page_answer.md").read_text(encoding="utf-8")
COLUMNS = CSV.partition("\n")[0].split(",")
JUNE = datetime(2025, 6, 11, 23, 59, 59)  # noqa: DTZ001 - as Excel has it
AS_OF = datetime(2025, 3, 31, 12, tzinfo=UTC)


def test_the_rows_as_csv() -> None:
    made = comma_bytes(duties(full()))
    assert made.startswith(b"\xef\xbb\xbfcase,key,")
    assert made.decode("utf-8-sig").replace("\r\n", "\n") == CSV
    assert made.count(b"\r\n") == made.count(b"\n") == 7


def test_the_columns_of_a_row_keep_their_order() -> None:
    assert [field.name.rstrip("_") for field in fields(Row)] == COLUMNS


def test_every_duty_has_one_row() -> None:
    whole = full()
    assert [row.key for row in rows_of(whole)] == [line.split(",")[1] for line in CSV.splitlines()[1:]]
    assert {row.key for row in rows_of(whole)} == {one.key for each in whole.protocols for one in each.actions}


def test_instants_have_the_offset_of_their_protocol() -> None:
    first = rows_of(full())[0]
    assert first.triggered is not None
    assert first.triggered.utcoffset() == timedelta(0)
    assert first.due == datetime(2025, 3, 30, 22, 30, tzinfo=UTC)
    assert first.due.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (None, None),
        (People("all", (POLICE, TEAM_MANAGER)), "Police; Team Manager"),
        (People("record_by"), "whoever made the record"),
        (People("record_by", (POLICE,)), "whoever made the record: Police"),
        (Undecided((People("all", (POLICE,)),), silent=True), "undecided: Police; or not stated"),
    ],
)  # fmt: skip
def test_people_in_a_cell(who: Any, told: str | None) -> None:
    assert titles(who) == told


def test_the_page() -> None:
    assert page(full()) == PAGE


def test_a_page_by_role_has_the_duty_of_two_under_both() -> None:
    text = page(full(), By.ROLE)
    assert text.count("| MUST | Hold a strategy meeting |") == 4
    assert "\n## MASH Decision Maker (1 due)\n" in text


def test_a_page_of_nothing() -> None:
    assert page(answer(part())) == (
        "# Case C-1042, as of Mon 31 Mar 2025 12:00 BST\n\n"
        "- Testshire Missing Children Protocol, third edition\n- Nothing is due.\n"
    )


def loaded(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))


def test_the_workbook() -> None:
    book = loaded(workbook_bytes(tables_of(full()), AS_OF))
    assert book.sheetnames == ["duties", "forbidden", "questions", "next", "about"]
    sheet = book["duties"]
    head = [cell.value for cell in sheet[1]]
    assert [name for name in head if not name.endswith("_offset")] == COLUMNS
    told = dict(zip(head, sheet[2], strict=True))
    # Excel has no zones: 23:30 BST is 23:30, and beside it stands the offset.
    assert (told["due"].value, told["due"].is_date) == (datetime(2025, 3, 30, 23, 30), True)  # noqa: DTZ001
    assert (told["due_offset"].value, told["triggered_offset"].value) == ("+01:00", "+00:00")
    assert (sheet.freeze_panes, sheet.tables["duties"].ref, sheet.max_row) == ("A2", "A1:AI7", 7)
    assert sheet.column_dimensions["A"].width == len("C-1042") + 2
    assert [list(row) for row in book["questions"].iter_rows(min_row=2, values_only=True)] == [
        ["C-1042", "testshire", "Is the case allocated to a team?", "child.team_allocated", None, None, 2, None, None,
         "testshire/strategy-meeting/E1/1; testshire/plan/E1/1"],
        ["C-1042", "testshire", "What is the level of risk?", "episode.risk", "E1", None, 1,
         datetime(2025, 4, 2, 9), "+01:00", "testshire/plan/E1/1"],  # noqa: DTZ001
    ]  # fmt: skip
    assert [row[2:7] for row in book["next"].iter_rows(min_row=2, values_only=True)] == [
        ("one more episode by 2025-06-11", "Hold the return interview", "episodes", 1, JUNE),
        ("still missing on 2025-07-01", "Bring the plan up to date", "time", 0, datetime(2025, 7, 1)),  # noqa: DTZ001
    ]  # fmt: skip
    (broken,) = book["forbidden"].iter_rows(min_row=2, values_only=True)
    assert (broken[6], broken[10:12], broken[12]) == ("No locked doors", ("breached", "R3"), datetime(2025, 3, 30, 9))  # noqa: DTZ001
    about = [
        row for row in book["about"].iter_rows(min_row=2, values_only=True) if row[0] not in ("library", "working days")
    ]
    assert about == [
        ("case", "C-1042"),
        ("as of", "2025-03-31T12:00:00+01:00"),
        ("holds until, if nothing is added", "2025-03-31T23:30:00+01:00"),
        ("days looked ahead", 90),
        ("protocol", "testshire"),
        ("title", "Testshire Missing Children Protocol"),
        ("edition", "third edition"),
        ("fingerprint", "sha256:0000"),
        ("conflict", "child.placed cannot be home and care at once [3.1]"),
        ("stands", "risk in episode E1 counts as medium [6.5]"),
        ("another reading", "after-return: still-owed would add Hold a late meeting"),
    ]


def test_a_workbook_of_nothing_can_be_opened() -> None:
    sheet = loaded(workbook_bytes(tables_of(answer(part())), AS_OF))["duties"]
    assert sheet.tables["duties"].ref == "A1:AI2"


def read(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def uid(key: str, case: str = "C-1042", fingerprint: str = "sha256:0000") -> str:
    return sha256(f"{case}\0{key}\0{fingerprint}".encode()).hexdigest()[:40] + "@missingrules"


def test_the_calendar() -> None:
    """Two have an instant and are not over; the interview, the plan and the press office have none."""
    told, meeting = read(calendar(full()))
    assert undated(full()) == 3
    assert (str(told["uid"]), told["dtstart"].dt) == (
        uid("testshire/tell-director.call/E1/1"), datetime(2025, 3, 30, 22, 30, tzinfo=UTC)
    )  # fmt: skip
    assert (str(meeting["uid"]), meeting["dtstart"].dt) == (
        uid("testshire/strategy-meeting/E1/1"), datetime(2025, 3, 31, 22, 30, tzinfo=UTC)
    )  # fmt: skip
    assert str(told["summary"]) == "SHOULD: Tell the Assistant Director"
    assert str(told["description"]) == (
        "Who: nobody is named\nTo: Assistant Director or Team Manager\nParagraph: 7.20\n"
        "Testshire Missing Children Protocol, third edition\nAs of Mon 31 Mar 2025 12:00 BST: overdue"
    )
    # It takes no time, leaves the hour free and rings no bell. 29056980 minutes from 1970 to 31 Mar 2025 11:00 UTC.
    assert (told["duration"].dt, told["transp"], told["status"]) == (timedelta(0), "TRANSPARENT", "CONFIRMED")
    assert (told["dtstamp"].dt, told["sequence"]) == (datetime(2025, 3, 31, 11, tzinfo=UTC), 29056980)
    assert not told.subcomponents


def test_a_calendar_names_no_child_unless_asked() -> None:
    for event in read(calendar(full())):
        assert not any(word in f"{event['summary']} {event['description']}" for word in ("C-1042", "E1"))
        assert "class" not in event
    told, _ = read(calendar(full(), name_case=True))
    assert str(told["summary"]) == "SHOULD: Tell the Assistant Director (case C-1042, episode E1)"
    assert told["class"] == "PRIVATE"


def test_what_may_not_come_to_pass_is_not_said_to_be_sure() -> None:
    found = entries(
        answer(part(*(obligation(duty(str(status)), status, key=f"testshire/{status}") for status in Status)))
    )
    assert {one.summary.partition(":")[0] for one in found if not one.sure} == {"POSSIBLY MUST"}
    assert len(found) == 5
    assert sum(not one.sure for one in found) == 2


def test_a_later_answer_updates_the_entry_and_another_text_or_child_has_its_own() -> None:
    first = obligation()
    later = obligation(due=at("2025-04-01T09:00:00+01:00"))
    (one,), (two,) = (entries(answer(part(each))) for each in (first, later))
    assert (one.uid, one.at < two.at) == (two.uid, True)
    (other_text,) = entries(answer(part(first, protocol=protocol(fingerprint="sha256:1111"))))
    assert other_text.uid == uid(first.key, fingerprint="sha256:1111") != one.uid


def test_the_same_answer_is_the_same_file() -> None:
    assert workbook_bytes(tables_of(full()), AS_OF) == workbook_bytes(tables_of(full()), AS_OF)
    assert calendar(full()) == calendar(full())


def test_no_other_file_is_made_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """openpyxl's own `save` puts every sheet into the system's temporary folder."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", refuse)
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert loaded(workbook_bytes(tables_of(full()), AS_OF)).sheetnames[0] == "duties"


def test_a_role_that_only_a_record_names() -> None:
    assert titles(People("any", (Role("x", "=cmd()", None),))) == "any of: =cmd()"


def test_the_page_on_outputs_has_every_column_in_its_order() -> None:
    text = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    rows = text.partition("| column |")[2].partition("\n\n")[0]
    firsts = [line.split("|")[1] for line in rows.splitlines()[2:]]
    assert [name for first in firsts for name in re.findall(r"`(\w+)`", first)] == COLUMNS
    for sheet in tables_of(full()):
        assert f"`{sheet.name}`" in text
