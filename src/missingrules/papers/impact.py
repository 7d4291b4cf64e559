"""What a new edition of a paper does to its ledger, and to the rules that stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from missingrules.domain.impact import Impact, Touched
from missingrules.papers.editions import align
from missingrules.papers.figures import figures_of
from missingrules.papers.text import cut

if TYPE_CHECKING:
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision
    from missingrules.reading.ledgers import Ledger


def impact_of(protocol: Protocol, ledger: Ledger, text: str) -> Impact:
    """The new text held against the ledger of the edition that was encoded."""
    aligned = align(ledger.paragraphs, text)
    new_pieces = cut(text)
    rules = _citing(protocol, ledger.document)
    found: dict[str, Touched] = {}
    new_words = 0
    for gap in aligned.gaps:
        words = gap.last - gap.first
        if not gap.missing:
            new_words += words
        pieces = {p.ref for p in new_pieces if words and gap.first <= p.first and p.last <= gap.last}
        said = text[aligned.words[gap.first].start : aligned.words[gap.last - 1].end] if words else ""
        for old in gap.missing:
            what: Literal["changed", "gone"] = (
                "changed" if words and (len(gap.missing) == 1 or old.ref in pieces) else "gone"
            )
            figures = figures_of(said)
            found[old.ref] = Touched(what, old.ref, old.heading, old.figures, figures, rules.get(old.ref, ()))
    for place in aligned.places:
        old = place.paragraph
        if place.moved:
            found[old.ref] = Touched("moved", old.ref, old.heading, old.figures, old.figures, rules.get(old.ref, ()))
    in_order = tuple(found[p.ref] for p in ledger.paragraphs if p.ref in found)
    return Impact(in_order, new_words, len(aligned.places) - sum(p.moved for p in aligned.places))


def _citing(protocol: Protocol, document: str) -> dict[str, tuple[str, ...]]:
    """The rules that cite each paragraph, under any reading."""
    out: dict[str, dict[str, None]] = {}
    for family in protocol.families:
        for provision in (p for variant in family.variants.values() for p in variant):
            for ref in _cited(provision, document):
                out.setdefault(ref, {})[family.id] = None
    return {ref: tuple(found) for ref, found in out.items()}


def _cited(provision: Provision, document: str) -> set[str]:
    return {citation.paragraph for citation in provision.citations if citation.document == document}
