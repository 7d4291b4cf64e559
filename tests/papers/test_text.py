"""A text is cut into pieces that hold every word of it, and the figures in it are found, in digits or in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missingrules.papers.figures import figures_of, missing_from
from missingrules.papers.text import cut, fingerprint, words_of
from tests.papers.paper import PAPER


def test_a_text_is_cut_into_numbers_bullets_and_headings() -> None:
    words = words_of(PAPER)
    found = [(piece.ref, piece.heading, piece.last - piece.first) for piece in cut(PAPER)]
    assert found == [
        ("1 heading", "Meetings", 2),
        ("1.1", "Meetings", 21),
        ("1.1 bullet 1", "Meetings", 4),
        ("1.1 bullet 2", "Meetings", 7),
        ("1.2", "Meetings", 12),
    ]
    assert len(words) == 46


def test_a_number_printed_twice_is_told_apart_by_its_heading() -> None:
    text = "5.12 The police see the child.\n\nReturn interviews\n\n5.12 A worker sees the child.\n"
    assert [piece.ref for piece in cut(text)] == ["5.12", "Heading / Return interviews", "5.12 Return interviews"]


def test_a_line_that_goes_on_in_small_letters_belongs_to_the_paragraph() -> None:
    text = "Scope\n\nThis is for everybody who works\n\nwith children.\n\nIt is short.\n"
    assert [piece.ref for piece in cut(text)] == ["Heading / Scope", "Scope / paragraph 1", "Scope / paragraph 2"]


def test_cells_and_lettered_items_of_a_table_are_pieces() -> None:
    text = "Levels\n\n<p>Carer</p>\t<p>Actions</p> (a) The carer waits. (b) The carer calls.\n"
    assert [piece.last - piece.first for piece in cut(text)] == [1, 1, 1, 4, 4]


TOLD = """3.1 The table says who is told, and by when.

Risk        Team Manager     Director
Low         next working day

High        at once          12 hours
3.2 In addition the Lead Member may be told.  It is the
Director who asks.  The Lead Member answers.
"""


def test_a_table_laid_out_by_spaces_has_cells_and_no_headings() -> None:
    assert [(piece.ref, piece.heading, piece.last - piece.first) for piece in cut(TOLD)] == [
        ("3.1", "Front matter", 10),
        ("3.1 row 1 cell 1", "Front matter", 1),
        ("3.1 row 1 cell 2", "Front matter", 2),
        ("3.1 row 1 cell 3", "Front matter", 1),
        ("3.1 row 2 cell 1", "Front matter", 1),
        ("3.1 row 2 cell 2", "Front matter", 3),
        ("3.1 row 3 cell 1", "Front matter", 1),
        ("3.1 row 3 cell 2", "Front matter", 2),
        ("3.1 row 3 cell 3", "Front matter", 2),
        ("3.2", "Front matter", 19),
    ]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("1.  Who is told\n2.  Who meets\n", ["1 heading", "2 heading"]),
        ("a)  the police\nb)  the carer\n", ["Front matter / (a)", "Front matter / (b)"]),
        ("He waits  here, and\nhe comes  back, and\n", ["Front matter / paragraph 1"]),
        ("He waits.  He calls.\nHe comes.  He goes..\nHe rests.  He works.\n", ["Front matter / paragraph 1"]),
        (
            "3  Low     told\n5  High    told\n",
            [f"Front matter / row {row} cell {cell}" for row in (1, 2) for cell in (1, 2)],
        ),
    ],
)
def test_odd_spaces_make_no_table(text: str, refs: list[str]) -> None:
    assert [piece.ref for piece in cut(text)] == refs


@given(st.text(alphabet="Ab1. \n\t-•#<p>,", max_size=200))
def test_the_pieces_hold_every_word_in_order(text: str) -> None:
    at = 0
    for piece in cut(text):
        assert piece.first == at < piece.last
        assert "," not in piece.ref
        at = piece.last
    assert at == len(words_of(text))


def test_references_are_told_apart() -> None:
    refs = [piece.ref for piece in cut("1.1 One.\n1.1 Two.\n1.1 Three.\n\nNotes\n\n- a\n\nNotes\n\n- b\n")]
    assert len(set(refs)) == len(refs)


def test_no_reference_holds_an_invisible_character() -> None:
    refs = [(piece.ref, piece.heading) for piece in cut("Ri\x8dsk\x1b and\x7f care\n\nThe child is seen.\n")]
    assert refs == [
        ("Heading / Ri sk and care", "Ri sk and care"),
        ("Ri sk and care / paragraph 1", "Ri sk and care"),
    ]


@pytest.mark.parametrize(
    "other",
    ["**Within** 72 hours", "<p>within 72 hours</p>", "within\n72 hours.", "• Within 72 hours;"],
)
def test_markup_and_line_breaks_leave_the_fingerprint(other: str) -> None:
    assert fingerprint(words_of(other)) == fingerprint(words_of("Within 72 hours"))
    assert fingerprint(words_of(other)) != fingerprint(words_of("Within 48 hours"))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("within 72 hours (48 hours if high)", ("72 hours", "48 hours")),
        ("on day 7 from the start", ("7",)),
        ("fortnightly for eight weeks and then bi-monthly", ("2 weeks", "8 weeks", "2 months", "15 days")),
        ("within 24 or 48 hours", ("24", "24 hours", "48 hours")),
        ("the next working day", ("1 working day",)),
        ("five working days", ("5 working days",)),
        ("three or more times in 90 days", ("3", "90 days")),
        ("their 18th birthday", ("18",)),
        ("under section 47 of the Act of 1989", ()),
        ("7.22 within 24hours", ("24 hours",)),
        ("aged 16/17", ("16", "17")),
        ("a three-month review, six-weekly after", ("3 months", "6 weeks")),
        ("twenty-four hours", ("24 hours",)),
        ("every quarter, and once a year", ("3 months", "1", "1 year")),
        ("a footnote¹ and 2 children", ("2",)),
        pytest.param(f"{'9' * 5000} hours and 2 children", ("2",), id="a row of digits"),
    ],
)
def test_figures(text: str, figures: tuple[str, ...]) -> None:
    assert figures_of(text) == figures


def test_a_bare_number_serves_for_any_unit_and_none_other() -> None:
    assert missing_from(["24 hours", "7", "3 days"], ["24", "7 days", "72 hours"]) == ("3 days",)


def test_a_text_of_whole_lines_is_cut_at_each_of_them() -> None:
    """As out of a word processor: no empty lines, lists with letters, a table with bars, a list of contents."""
    text = (
        "Contents\n1 Purpose ....... 1\n2 What to do ....... 2\n\n"
        "1 Purpose\nThis is for everybody who works with children and young people who go missing from home or care, "
        "wherever they live and whoever looks after them.\nAbsent: elsewhere than expected.\n"
        "2 What to do\n2.1 Reporting\na) Carers will search.\n(ii) Staff shall call.\n"
        "Table 1: who is told\nTime | Who\n24 hours | Manager\n"
        "2.2 Risk\nThe police must grade it\n"
    )
    assert [(piece.ref, piece.is_heading) for piece in cut(text)] == [
        ("Heading / Contents", True),
        ("Contents / list", False),
        ("1 heading", True),
        ("1 paragraph 1", False),
        ("1 paragraph 2", False),
        ("2 heading", True),
        ("2.1 heading", True),
        ("2.1 (a)", False),
        ("2.1 (ii)", False),
        ("Heading / Table 1 who is told", True),
        ("Table 1 who is told / row 1 cell 1", False),
        ("Table 1 who is told / row 1 cell 2", False),
        ("Table 1 who is told / row 2 cell 1", False),
        ("Table 1 who is told / row 2 cell 2", False),
        ("2.2 heading", True),
        ("2.2 paragraph 1", False),
    ]


def test_what_asks_for_something_is_no_heading() -> None:
    """What is taken for a heading is never looked at again: a duty would be lost."""
    refs = [(piece.ref, piece.is_heading) for piece in cut("2.1 The police must be told\n\nStaff should wait\n")]
    assert refs == [("2.1", False)]


@pytest.mark.parametrize(
    "piece", ["\n", "<", "a ", "1.1 a\n", "a\t", "| ", ".", "a) ", "<p>a", " ", "…1", "a  ", "a  b  c\n"]
)
def test_no_text_takes_for_ever(piece: str) -> None:
    assert cut(piece * 100_000) is not None
