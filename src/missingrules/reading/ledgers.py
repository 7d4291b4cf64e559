"""The paragraph ledger of a document: every reference, with its heading, and never the text."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.nodes import Mapping, Sequence, read_file
from missingrules.reading.schema import LedgerFile
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from pathlib import Path

    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report

FORMAT = "1"


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
    for paragraph in form.paragraphs:
        if paragraph.ref in headings:
            report.error(
                "duplicate-paragraph",
                f"the reference '{paragraph.ref}' stands here twice",
                paragraph.ref.span,
                "where the document prints a number twice, add what tells the two apart",
            )
        headings[str(paragraph.ref)] = str(paragraph.heading)
    broken = len(report) > before
    return Ledger(str(form.document), str(form.title), shown, form.seen, MappingProxyType(headings), broken, node)


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
