"""Whatever stands in a source text, its ledger holds every word once, and nothing that reads it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from missingrules.papers.text import read_paper, words_of
from missingrules.reading.ledgers import read_ledger
from missingrules.reading.report import Report
from tests.fuzz import seeds
from tests.fuzz.commands import examples, folder, run
from tests.fuzz.strategies import PLACE, SPOILT, spoilt
from tests.papers.paper import PAPER

if TYPE_CHECKING:
    from pathlib import Path


# What texts are made of, and what programs that take them apart trip over.
BITS: Final = (
    "1.1 ", "1 ", "2.", "10.3.2 ", "99.999.1.1 ", "(a) ", "a) ", "(iv) ", "2) ", "• ", "- ", "o ", "* ", "\uf0b7 ",
    "# ", "## ", "** ", "<p>", "</p>", "<li>", "\t", "|", " | ", "must ", "The police should be told", 
    "Within 72 hours",
    "Heading", "Contents", "Purpose ..... 3", "…12", "\f", "\v", "\u200b", "\u202e", "\u200f", "\xa0", "\u2028", "\x85",
    "\r", "\r\n", "\x00", "\x1b", "x" * 500, "word " * 100, "24 hours", "five working days", "18th", "½", "٣ hours",
    "１２ days", "a, b: c # d", "'", '"', "{", "[", "- ref", "é", "e\u0301", "ǅ", "ﬁ", "İ", "²",
    "99999999999999999999 hours", "0 hours",
    "\ufeff", "\n", "\n\n", "\n", "\n   ", "A" * 80, "a:b", "true", "null", "~", "1e5", "0x1f", "7.10",
    "2025-01-01", "Front matter", "row 1 cell 1", "1.1 bullet 1", "Heading / Purpose", "(2)", "9" * 5000,
)  # fmt: skip
LINES: Final = st.lists(st.sampled_from(BITS), max_size=50).map("".join)
MUTATED: Final = st.builds(
    lambda base, by, bits, at: spoilt(base[: at % len(base)] + bits + base[at % len(base) :], by),
    st.sampled_from([PAPER, seeds.paper()]),
    SPOILT,
    st.lists(st.sampled_from(BITS), max_size=4).map("".join),
    PLACE,
)
TEXTS: Final = st.one_of(LINES, MUTATED, st.text(max_size=300))


def laid(made: Path, text: str) -> Path:
    path = made / "aldermere.txt"
    path.write_bytes(text.encode(errors="surrogatepass"))
    return path


@examples(200)
@given(text=TEXTS)
def test_a_ledger_holds_every_word_once(text: str) -> None:
    with folder() as made:
        path = laid(made, text)
        told = run("sources", "index", path)
        if told.code:
            return
        assert run("sources", "index", path).out == told.out
        words = len(words_of(read_paper(path)))
        (made / "ledger.yaml").write_text(told.out, encoding="utf-8")
        report = Report()
        ledger = read_ledger(made / "ledger.yaml", "ledger.yaml", report)
        report.raise_any()
        assert sum(paragraph.words for paragraph in ledger.paragraphs) == words
        assert all(paragraph.words > 0 for paragraph in ledger.paragraphs)
        # That no reference stands twice is the reader's to refuse.
        assert not [paragraph.ref for paragraph in ledger.paragraphs if "," in paragraph.ref or not paragraph.ref]
        again = run("sources", "index", path, "--ledger", made / "ledger.yaml")
        assert (again.code, again.out) == (0, told.out)
        assert run("sources", "show", path, made / "ledger.yaml").code == 0


@examples(25)
@given(text=TEXTS)
def test_a_new_area_can_be_gone_on_with(text: str) -> None:
    with folder() as made:
        path = laid(made, text)
        if run("new", "area", "--source", path, "--folder", made / "new").code:
            return
        protocol = made / "new" / "area.yaml"
        told = run("check", protocol)
        # What is still to be filled in, and nothing in the YAML itself.
        assert told.code == 1
        assert "error [yaml-" not in told.out
        assert "error [file-" not in told.out
        assert run("next", protocol, "--texts", path).code == 0
        assert run("fmt", protocol, protocol.parent / "sources").code == 0


@examples(60)
@given(text=TEXTS, which=st.integers(0, 3))
def test_a_text_that_is_not_the_protocols(text: str, which: int) -> None:
    with folder() as made:
        path, protocol = laid(made, text), seeds.tutorial()[0].laid(made / "ours")
        words = (
            ("sources", "check", protocol, "--texts", made),
            ("sources", "impact", protocol, path),
            ("check", protocol, "--texts", made),
            ("next", protocol, "--texts", path),
        )
        run(*words[which])
