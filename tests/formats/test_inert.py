"""Whatever a text says, it is a text in every file: what is read back is what was put in, and nothing can be run."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import icalendar
import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from missingrules.domain.answers import Question
from missingrules.domain.people import People, Role
from missingrules.formats.commas import comma_bytes, guarded, unguarded
from missingrules.formats.markdown import grid, plain
from missingrules.formats.workbook import workbook_bytes
from missingrules.reports.dates import calendar, entries
from missingrules.reports.page import page
from missingrules.reports.tables import duties, tables_of
from tests.answers import answer, duty, obligation, part, protocol

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer

HOSTILE = (
    '=HYPERLINK("http://example.org/?"&A1,"x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "'=1+1",
    "''",
    'a,"b";c\r\nd',
    "#N/A",
    "TRUE",
    "2025-03-28",
    "_x0041__x000D_",
    "\x00\x07\x1b[31m￾",
    "<script>alert(1)</script>&lt;b>&amp;",
    "<!-- a",
    "<script src=x",
    "[a](javascript:alert(1)) ![b](http://example.org/c.png) <http://example.org>",
    "http://example.org www.example.org a@example.org :smile: #12",
    "| a | b |\n| --- | --- |",
    "`a` **b** __c__ ~~d~~ \\*e $f$ {: .g}",
    "- a",
    "1. a",
    "---",
    "# a",
    "&#61;1",
    "END:VEVENT\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM",
    "\\n\\, a\\;b",
    "ATTENDEE:mailto:a@example.org",
    "é" * 90 + "\u2028\u202e\x85",
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(min_size=1, max_size=60),
    st.text("=+-@'\"\t\r\n,;|<>[]()`*_~#&\\: a1.:!wBEGIN", min_size=1, max_size=30),
    st.builds(lambda a, b: a + b, st.sampled_from(HOSTILE), st.text(max_size=10)),
)
AS_OF = datetime(2025, 3, 31, 11, tzinfo=UTC)
quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def said(text: str) -> Answer:
    """An answer in which all that anybody writes freely is the text."""
    who = People("all", (Role("somebody", text, None),))
    of = duty(title=text, action=text)
    asked = Question("child.name", text, None, None, ("k",))
    one = obligation(of, by=who, chair=who, due_basis=text)
    return replace(answer(part(one, protocol=protocol(title=text), questions=(asked,))), case=text)


def everywhere(test: Any) -> Any:
    for text in HOSTILE:
        test = example(text)(test)
    return quick(given(TEXTS)(test))


@everywhere
def test_a_csv_file(text: str) -> None:
    made = comma_bytes(duties(said(text))).decode("utf-8-sig")
    head, row = csv.reader(StringIO(made, newline=""), strict=True)
    cells = dict(zip(head, row, strict=True))
    for name in ("case", "title", "action", "by", "chair", "due_basis"):
        assert unguarded(cells[name]) == text
    assert not any(re.match("[=+@\t\r\n＝＋－＠-]", cell) for cell in row)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t", "\r", "\n"])
def test_what_could_be_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"


def as_excel_reads(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@everywhere
def test_a_workbook(text: str) -> None:
    wanted = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(tables_of(said(text)), AS_OF)))
    head, (row,) = [cell.value for cell in book["duties"][1]], book["duties"].iter_rows(min_row=2)
    cells = dict(zip(head, row, strict=True))
    for name in ("case", "title", "action", "by", "chair", "due_basis"):
        assert as_excel_reads(cells[name].value) == wanted
        assert (cells[name].data_type, cells[name].quotePrefix) == ("s", True)
    assert as_excel_reads(book["questions"]["C2"].value) == wanted
    found = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in found)


TEXT_ALONE = {"text", "text_special", "softbreak"}


def on_one_line(text: str) -> str:
    # Markdown has no sign for nothing, and turns what it cannot have into the sign of a replacement.
    return " ".join(re.sub("\x00", "\ufffd", text).split())


def read(text: str) -> list[Any]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def words(inline: Any) -> str:
    return "".join(child.content for child in inline.children)


@everywhere
def test_markdown(text: str) -> None:
    lines = ["# " + plain(text), "", "- " + plain(text), "", *grid(("a", "b"), [(text, "c"), ("d", text)])]
    tokens = read("\n".join(lines))
    inline = [token for token in tokens if token.type == "inline"]
    assert {child.type for token in inline for child in token.children} <= TEXT_ALONE
    wanted = on_one_line(text)
    assert [words(token).strip() for token in inline] == [w for w in (wanted, wanted) if w] + [
        "a",
        "b",
        wanted,
        "c",
        "d",
        wanted,
    ]
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "blockquote_open", "hr"}
    assert [token.type for token in tokens].count("bullet_list_open") == 1


@everywhere
def test_a_page(text: str) -> None:
    tokens = read(page(said(text)))
    inline = [token for token in tokens if token.type == "inline"]
    # The hint at the end names an option.
    assert {child.type for token in inline for child in token.children} <= {*TEXT_ALONE, "code_inline"}
    rows = [token.type for token in tokens]
    assert (rows.count("tr_open"), rows.count("td_open"), rows.count("heading_open")) == (4, 7, 3)


@everywhere
def test_a_calendar(text: str) -> None:
    answered = said(text)
    data = calendar(answered, name_case=True)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    (wanted,) = entries(answered, name_case=True)
    book = icalendar.Calendar.from_ical(data)
    (event,) = book.subcomponents
    assert (event.name, event.subcomponents, event.errors) == ("VEVENT", [], [])
    shown = "".join(c if c == "\n" or c.isprintable() else " " for c in wanted.summary)
    assert str(event["summary"]) == shown
    assert set(event) == {
        "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DURATION", "SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "CLASS"
    }  # fmt: skip
