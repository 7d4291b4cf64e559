"""A ledger from a text, or a ledger made anew after its references and lengths were edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.papers.figures import figures_of
from missingrules.papers.text import cut, fingerprint, words_of
from missingrules.reading.yaml_events import flow_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.papers.text import Word
    from missingrules.reading.ledgers import Ledger, Paragraph


# More than any paper has, and fewer than a ledger may have to be read.
MOST_PIECES: Final = 10_000


def new_ledger(text: str, document: str, title: str) -> str:
    """The ledger of a text that has none yet: each piece with a reference to be looked over.

    InvalidInput where the text falls into more pieces than any paper has.
    """
    words = words_of(text)
    lines = []
    pieces = cut(text)
    if len(pieces) > MOST_PIECES:
        message = f"the text falls into {len(pieces):,} pieces, and {MOST_PIECES:,} are the most that a ledger can have"
        raise InvalidInput([Diagnostic("file-too-large", message, hint="give the text of one paper")])
    for piece in pieces:
        own = words[piece.first : piece.last]
        said = _said(own, text)
        entry: dict[str, object] = {"ref": piece.ref, "heading": piece.heading, "words": len(own)}
        entry["fingerprint"] = fingerprint(own)
        if found := _figures(said, piece.is_heading):
            entry["figures"] = list(found)
        if piece.is_heading:
            entry["fate"] = "heading"
        lines.append(entry)
    return _written(document, title, lines)


def renewed(ledger: Ledger, text: str) -> tuple[str, int]:
    """The ledger with fingerprints and figures made anew from its own `words`, and how many words are left over.

    References, headings, fates and reasons stay. Negative: the text has fewer words than the ledger counts.
    """
    lines = [
        _entry(paragraph, fingerprint(own), _figures(_said(own, text), paragraph.fate == "heading"))
        for paragraph, own in _counted(ledger, text)
    ]
    left = len(words_of(text)) - sum(paragraph.words for paragraph in ledger.paragraphs)
    return _written(ledger.document, ledger.title, lines), left


def told(ledger: Ledger, text: str) -> Iterator[tuple[Paragraph, str]]:
    """Each paragraph with what the text says there, by the words that the ledger counts."""
    return ((paragraph, _said(own, text)) for paragraph, own in _counted(ledger, text))


def _counted(ledger: Ledger, text: str) -> Iterator[tuple[Paragraph, list[Word]]]:
    """Each paragraph with as many of the text's words, in order, as it counts."""
    words, at = words_of(text), 0
    for paragraph in ledger.paragraphs:
        yield paragraph, words[at : at + paragraph.words]
        at += paragraph.words


def _said(own: Sequence[Word], text: str) -> str:
    return text[own[0].start : own[-1].end] if own else ""


def _entry(paragraph: Paragraph, mark: str, figures: Sequence[str]) -> dict[str, object]:
    entry: dict[str, object] = {"ref": paragraph.ref, "heading": paragraph.heading, "words": paragraph.words}
    entry["fingerprint"] = mark
    if figures:
        entry["figures"] = list(figures)
    if paragraph.fate:
        entry["fate"] = paragraph.fate
    if paragraph.reason:
        entry["reason"] = paragraph.reason
    return entry


def _figures(said: str, is_heading: bool) -> tuple[str, ...]:
    # The number that a paragraph is printed under is no figure of it, and a heading has only that.
    return () if is_heading else figures_of(said)


def _written(document: str, title: str, entries: Sequence[dict[str, object]]) -> str:
    head = f"format: 1\ndocument: {document}\ntitle: {flow_line(title)}\nparagraphs:\n"
    return head + "".join(f"  - {flow_line(entry)}\n" for entry in entries)
