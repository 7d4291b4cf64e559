"""The paragraph ledger of a document: every reference, with its heading, and never the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.nodes import Mapping, Sequence, read_file
from missingrules.reading.schema import LedgerFile, ParagraphForm
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from pathlib import Path

    from missingrules.domain.source import Span
    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report

FORMAT = "1"


# What may have become of a paragraph. Of the first two, rules cite it; the others say why none does.
FATES = (
    "encoded",
    "partly_encoded",
    "heading",
    "definition",
    "guidance",
    "context",
    "contact",
    "judgement",
    "other_document",
    "not_encoded",
)
CITED = FATES[:2]
# A file has not more words than it has bytes.
_COUNT: Final = re.compile("[0-9]{1,7}")
# Of these a reason is wanted.
REASONED = ("partly_encoded", "not_encoded", "other_document")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of the document, and what became of it. `words` is 0 and `fingerprint` empty before it was indexed."""

    ref: str
    heading: str
    words: int
    fingerprint: str
    figures: tuple[str, ...]
    fate: str | None
    reason: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Ledger:
    """A document's paragraphs. `broken`: the ledger itself is wrong, so that a reference may be missing from it."""

    document: str
    title: str
    file: str
    seen: bool
    headings: Map[str, str]
    broken: bool
    node: Node | None
    paragraphs: tuple[Paragraph, ...] = ()


def read_ledger(path: Path, shown: str, report: Report) -> Ledger:
    """The ledger of a file; its mistakes are reported."""
    try:
        node = read_file(path)
    except InvalidInput as problem:
        report.take(problem)
        return _broken(shown, None)
    if wrong_format(node, FORMAT, "ledger", report):
        return _broken(shown, node)
    before = len(report)
    form = check(LedgerFile, node, report)
    if form is None:
        return _broken(shown, node)
    headings: dict[str, str] = {}
    paragraphs: list[Paragraph] = []
    for paragraph in form.paragraphs:
        paragraphs.append(_paragraph(paragraph, report))
        if paragraph.ref in headings:
            report.error(
                "duplicate-paragraph",
                f"the reference '{paragraph.ref}' stands here twice",
                paragraph.ref.span,
                "where the document prints a number twice, add what tells the two apart",
            )
        headings[str(paragraph.ref)] = str(paragraph.heading)
    broken = len(report) > before
    return Ledger(
        str(form.document),
        str(form.title),
        shown,
        form.seen,
        MappingProxyType(headings),
        broken,
        node,
        tuple(paragraphs),
    )


def _paragraph(form: ParagraphForm, report: Report) -> Paragraph:
    counted = form.words is None or _COUNT.fullmatch(form.words)
    if form.words is not None and not counted:
        report.error("not-a-number", f"'{form.words}' is no number of words", form.words.span, "write words: 57")
    if form.fate is not None and form.fate not in FATES:
        report.unknown("unknown-fate", "fate", form.fate, FATES, f"a fate is one of {', '.join(FATES)}")
    elif form.fate in REASONED and form.reason is None:
        assert form.fate is not None
        report.error(
            "fate-without-reason",
            f"'{form.ref}' is {form.fate}, and nothing says why",
            form.fate.span,
            "write reason: and why, in a line of your own words",
        )
    return Paragraph(
        str(form.ref),
        str(form.heading),
        int(form.words) if form.words is not None and counted else 0,
        "" if form.fingerprint is None else str(form.fingerprint),
        tuple(str(figure) for figure in form.figures),
        None if form.fate is None else str(form.fate),
        None if form.reason is None else str(form.reason),
        form.ref.span,
    )


def wrong_format(node: Node, known: str, what: str, report: Report) -> bool:
    """Whether a file is of another version of its format, or says none; told once, and then nothing else is."""
    if not isinstance(node, Mapping):
        found = "a list" if isinstance(node, Sequence) else "a line of text"
        message = f"a {what} is a map that begins with format: {known}, found {found}"
        report.error(
            "wrong-shape", message, node.span, "write names with values, each on a line of its own, with no dash"
        )
        return True
    given = node.get("format")
    if given is None:
        start = (node if node.first_key is None else node.first_key).span
        report.error("missing-format", f"this {what} does not say its format", start, f"begin it with format: {known}")
        return True
    if getattr(given, "text", None) != known:
        report.error(
            "unknown-format", f"only format {known} of a {what} is known", given.span, f"write format: {known}"
        )
        return True
    return False


def missing_ledger(shown: str) -> Ledger:
    """Stands for a ledger that is not there: told once, and not again at each citation."""
    return _broken(shown, None)


def _broken(shown: str, node: Node | None) -> Ledger:
    return Ledger("", "", shown, True, MappingProxyType({}), True, node)
