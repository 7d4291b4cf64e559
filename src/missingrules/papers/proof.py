"""A protocol held against its ledgers, and a ledger against its text: what is cited, counted and accounted for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import Diagnostic
from missingrules.papers.editions import align
from missingrules.papers.figures import figures_of, missing_from
from missingrules.reading.ledgers import CITED
from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.reading.ledgers import Ledger
    from missingrules.reading.nodes import Node

# Words about the rule, and what a convention and not the paragraph says: no figures of the paper.
NOT_FIGURES = frozenset(
    {
        *("id", "topic", "title", "cite", "cites", "why", "question", "ask", "if_read", "rests_on", "superseded_by"),
        *("first_day_is", "in_force", "about", "default", "grade", "heading", "reading"),
    }
)
# Of a rule of a lower layer too: LAYER/RULE.
NAME = re.compile(r"[a-z][a-z0-9_.-]*(/[a-z][a-z0-9_.-]*)?")
# Times of day and dates.
CLOCK = re.compile(r"\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}")
SHOWN = 12
Ref = tuple[str, str]


def unproven(root: Mapping, ledgers: dict[str, Ledger]) -> list[Diagnostic]:
    """What a protocol's file says that its paragraphs do not bear out; of the ledgers the first is the protocol's own.

    A number that no cited paragraph has, a paragraph without a fate, and one whose fate and citations disagree.
    """
    own = next(iter(ledgers))
    found: list[Diagnostic] = []
    counting = set(_first_days(root))
    of = {label: {p.ref: p.figures for p in ledger.paragraphs} for label, ledger in ledgers.items()}
    cited: set[Ref] = set()
    for name, entry in _entries(root):
        refs: set[Ref] = set()
        _refs(entry, own, refs)
        cited |= refs
        figures = {f for label, ref in refs if label in of for f in of[label].get(ref, ())}
        if name not in counting and refs and all(label in ledgers and ledgers[label].seen for label, _ in refs):
            found += _unfounded(entry, figures, sorted(ref for _, ref in refs))
    return [*found, *_of_ledgers(cited, ledgers)]


def unaccounted(root: Mapping, ledgers: dict[str, Ledger]) -> list[Diagnostic]:
    """The paragraphs, of all documents whose text is at hand, of which nobody says truly what became of them."""
    return _of_ledgers(cited_in(root, ledgers), ledgers)


def _of_ledgers(cited: set[Ref], ledgers: dict[str, Ledger]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for label, ledger in ledgers.items():
        if ledger.seen:
            found += _unaccounted(ledger, {ref for where, ref in cited if where == label})
    return found


def cited_in(root: Mapping, ledgers: dict[str, Ledger]) -> set[Ref]:
    """What a protocol's file cites, as pairs of a document's label and a reference, whatever else is wrong with it."""
    own = next(iter(ledgers))
    found: set[Ref] = set()
    for _, entry in _entries(root):
        _refs(entry, own, found)
    return found


def differing(ledger: Ledger, text: str) -> list[Diagnostic]:
    """Where a ledger and its text do not account for each other."""
    aligned = align(ledger.paragraphs, text)
    found = []
    for gap in aligned.gaps:
        words = gap.last - gap.first
        for paragraph in gap.missing:
            what = "was never indexed" if not paragraph.fingerprint else "is not in the text as the ledger has it"
            found.append(Diagnostic("paragraph-differs", f"'{paragraph.ref}' {what}", paragraph.span, ADVICE))
        if words and not gap.missing:
            before = max((p for p in aligned.places if p.last <= gap.first), key=lambda p: p.last, default=None)
            where = f"after '{before.paragraph.ref}'" if before else "at the beginning"
            message = f"no paragraph gives account of {words} words of the text {where}"
            found.append(
                Diagnostic("text-without-paragraph", message, before.paragraph.span if before else None, ADVICE)
            )
    for place in aligned.places:
        if place.moved:
            message = f"'{place.paragraph.ref}' stands elsewhere in the text"
            found.append(Diagnostic("paragraph-moved", message, place.paragraph.span, ADVICE))
    return found


ADVICE = "look at the text with `sources show`, correct `words`, and make the ledger anew with `sources index`"


# --- what a file cites and counts -------------------------------------------------------------------------------------


def _first_days(node: Node) -> Iterator[str]:
    """The readings that say which day is the first: 0 or 1, which is our way of counting and no figure of the paper."""
    if isinstance(node, Sequence):
        for each in node.items:
            yield from _first_days(each)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            read = value.get("reading") if key == "first_day_is" and isinstance(value, Mapping) else None
            if isinstance(read, Scalar):
                yield str(read)
            yield from _first_days(value)


def _entries(root: Mapping) -> Iterator[tuple[str, Node]]:
    """The pieces of a file that cite for themselves, by name: each rule, each table, each reading, and so on."""
    for key, value in root.entries:
        if key in ("sources", "conventions"):
            continue
        if isinstance(value, Sequence) and key == "rules":
            yield from (("", each) for each in value.items)
        elif isinstance(value, Mapping) and key != "scope":
            yield from ((str(name), each) for name, each in value.entries)
        else:
            yield "", value


def _refs(node: Node, own: str, found: set[Ref]) -> None:
    """Every paragraph that a node cites, with the document's label."""
    if isinstance(node, Sequence):
        for each in node.items:
            _refs(each, own, found)
    elif isinstance(node, Mapping):
        for key, value in node.entries:
            if key == "cite":
                _cited(value, own, found)
            elif key == "cites" and isinstance(value, Mapping):
                for _, each in value.entries:
                    _cited(each, own, found)
            else:
                _refs(value, own, found)


def _cited(node: Node, own: str, found: set[Ref]) -> None:
    if isinstance(node, Mapping):
        for label, value in node.entries:
            _cited(value, str(label), found)
    elif isinstance(node, Sequence):
        for each in node.items:
            _cited(each, own, found)
    else:
        found.add((own, str(node)))


def _unfounded(node: Node, figures: set[str], refs: list[str]) -> Iterator[Diagnostic]:
    for scalar in _figures_said(node):
        for figure in missing_from(figures_of(CLOCK.sub(" ", scalar)), figures):
            shown = ", ".join(refs[:SHOWN])
            message = f"{figure} stands in none of the paragraphs cited: {shown}"
            hint = "cite the paragraph that has it, or correct the number"
            yield Diagnostic("number-not-in-paragraph", message, scalar.span, hint)


def _figures_said(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if not NAME.fullmatch(node):
            yield node
    elif isinstance(node, Sequence):
        for each in node.items:
            yield from _figures_said(each)
    else:
        for key, value in node.entries:
            # Day 0 is the day itself, which no paper numbers.
            if key not in NOT_FIGURES and not (key == "on_day" and value == "0"):
                yield from _figures_said(value)


# --- what a ledger gives account of -----------------------------------------------------------------------------------


def _unaccounted(ledger: Ledger, cited: set[str]) -> Iterator[Diagnostic]:
    for paragraph in ledger.paragraphs:
        ref, fate = paragraph.ref, paragraph.fate
        if fate is None:
            hint = "encode it and write fate: encoded, or say what it is: definition, guidance, context and so on"
            yield Diagnostic("paragraph-not-accounted-for", f"'{ref}' has no fate", paragraph.span, hint)
        elif fate in CITED and ref not in cited:
            message = f"'{ref}' is said to be {fate}, and nothing cites it"
            hint = "cite it where it is encoded, or give it another fate"
            yield Diagnostic("encoded-and-not-cited", message, paragraph.span, hint)
        elif fate not in CITED and ref in cited:
            message = f"'{ref}' is cited, and its fate is {fate}"
            hint = "write fate: encoded, or partly_encoded with a reason"
            yield Diagnostic("cited-and-not-encoded", message, paragraph.span, hint)
