"""A ledger made from a text, made anew after editing, held against the text, and held against the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from missingrules.papers.editions import align
from missingrules.papers.impact import impact_of
from missingrules.papers.index import new_ledger, renewed, told
from missingrules.papers.proof import differing, unproven
from missingrules.reading.nodes import Mapping, read_nodes
from missingrules.reading.protocols import read_protocol, with_ledgers
from tests.papers.paper import HERE, PAPER, ledger_of

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.reading.ledgers import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """The ledger beside the paper, with its fingerprints and figures."""
    made, left = renewed(ledger_of(HERE / "ledger.yaml"), PAPER)
    assert left == 0
    path = tmp_path / "ledger.yaml"
    path.write_text(made, encoding="utf-8")
    return ledger_of(path)


def test_figures_and_fates_stand_with_each_paragraph(ledger: Ledger) -> None:
    found = [(p.ref, p.words, p.figures, p.fate) for p in ledger.paragraphs]
    assert found == [
        ("1 heading", 2, (), "heading"),
        ("1.1", 21, ("24", "24 hours", "48 hours", "5 working days"), "encoded"),
        ("1.1 bullet 1", 4, ("2 weeks",), "guidance"),
        ("1.1 bullet 2", 7, ("7",), "encoded"),
        ("1.2", 12, ("3", "90 days"), "encoded"),
    ]


def test_a_new_ledger_gives_account_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(new_ledger(PAPER, "paper", "A paper: the first"), encoding="utf-8")
    made = ledger_of(path)
    assert made.title == "A paper: the first"
    assert [p.ref for p in made.paragraphs] == ["1 heading", "1.1", "1.1 bullet 1", "1.1 bullet 2", "1.2"]
    assert align(made.paragraphs, PAPER).is_whole
    assert differing(made, PAPER) == []


def test_no_sentence_of_the_text_is_in_its_ledger() -> None:
    assert "minutes" not in new_ledger(PAPER, "paper", "A paper")


def test_each_paragraph_is_told_by_its_words(ledger: Ledger) -> None:
    assert {p.ref: said for p, said in told(ledger, PAPER)}["1.1 bullet 2"] == "the chair is told on day 7"


def test_words_left_over_are_counted(ledger: Ledger) -> None:
    assert renewed(ledger, PAPER + "\nAnd two more words.\n")[1] == 4
    assert renewed(ledger, "1. Meetings\n")[1] == 2 - 46


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("five working", "six working", [("paragraph-differs", "'1.1' is not in the text as the ledger has it")]),
        (
            "  • minutes go out fortnightly\n",
            "",
            [("paragraph-differs", "'1.1 bullet 1' is not in the text as the ledger has it")],
        ),
        (
            "\n1.2 The",
            "\nA new line stands here.\n\n1.2 The",
            [("text-without-paragraph", "no paragraph gives account of 5 words of the text after '1.1 bullet 2'")],
        ),
        ("fortnightly", "FORTNIGHTLY;", []),
    ],
)
def test_a_text_that_differs_is_told(ledger: Ledger, old: str, new: str, found: list[tuple[str, str]]) -> None:
    assert [(d.code, d.message) for d in differing(ledger, PAPER.replace(old, new))] == found


def test_a_paragraph_elsewhere_has_moved(ledger: Ledger) -> None:
    last = "1.2 The child is seen after the third episode in 90 days.\n"
    text = PAPER.replace("1. Meetings\n", f"1. Meetings\n{last}").removesuffix(last)
    assert [(d.code, d.message) for d in differing(ledger, text)] == [
        ("paragraph-moved", "'1.2' stands elsewhere in the text"),
    ]


# --- rules against ledgers --------------------------------------------------------------------------------------------


def protocol_in(folder: Path, ledger: Ledger, *changes: tuple[str, str]) -> Path:
    """The rules beside the paper with some changes, and the ledger with its figures."""
    text = (HERE / "paper.yaml").read_text(encoding="utf-8")
    lines = renewed(ledger, PAPER)[0]
    for old, new in changes:
        assert (old in text) != (old in lines)
        text, lines = text.replace(old, new), lines.replace(old, new)
    (folder / "ledger.yaml").write_text(lines, encoding="utf-8")
    (folder / "paper.yaml").write_text(text, encoding="utf-8")
    return folder / "paper.yaml"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("Graded", "Seen and graded"), []),
        (("at least 48 hours", "at least 24 hours"), []),
        (("at least 48 hours", "at least 72 hours"), ["72 hours stands in none of the paragraphs cited: 1.1"]),
        (("within 5 working days", "within 5 days"), ["5 days stands in none of the paragraphs cited: 1.1"]),
        (
            ("cite: [1.2, 1.1 bullet 2]", "cite: 1.1 bullet 2"),
            [
                "3 stands in none of the paragraphs cited: 1.1 bullet 2",
                "90 days stands in none of the paragraphs cited: 1.1 bullet 2",
                "'1.2' is said to be encoded, and nothing cites it",
            ],
        ),
        ((", fate: guidance", ""), ["'1.1 bullet 1' has no fate"]),
        (
            ("figures: ['7'], fate: encoded", "figures: ['7'], fate: context"),
            ["'1.1 bullet 2' is cited, and its fate is context"],
        ),
    ],
)
def test_what_the_paragraphs_do_not_bear_out(
    tmp_path: Path, ledger: Ledger, change: tuple[str, str], found: list[str]
) -> None:
    assert [d.message for d in unproven(*with_ledgers(protocol_in(tmp_path, ledger, change)))] == found


@pytest.mark.parametrize(("key", "found"), [("first_day_is", []), ("other", ["number-not-in-paragraph"] * 2)])
def test_which_day_is_the_first_is_no_figure_of_the_paper(ledger: Ledger, key: str, found: list[str]) -> None:
    root = read_nodes(
        "readings:\n"
        "  first-day: {options: {own: {value: 1, cite: 1.2}, next: {value: 0, cite: 1.2}}}\n"
        "rules:\n"
        f"  - {{cite: [1.1, 1.1 bullet 2], deadline: {{on_day: 7, {key}: {{reading: first-day}}}}}}\n",
        "rules.yaml",
    )
    assert isinstance(root, Mapping)
    assert [d.code for d in unproven(root, {"paper": ledger})] == found


def test_what_a_new_edition_does_to_the_rules(tmp_path: Path, ledger: Ledger) -> None:
    protocol = read_protocol(protocol_in(tmp_path, ledger))
    new = PAPER.replace("five working", "three working").replace("  • minutes go out fortnightly\n", "")
    found = impact_of(protocol, ledger, new)
    assert [(t.what, t.ref, t.rules) for t in found.touched] == [
        ("changed", "1.1", ("meeting",)),
        ("gone", "1.1 bullet 1", ()),
    ]
    assert found.touched[0].figures == ("24", "24 hours", "48 hours", "3 working days")
    assert found.kept == 3
