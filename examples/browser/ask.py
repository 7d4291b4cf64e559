"""What runs inside the page."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import missingrules
from missingrules.interface.shared import library_version
from missingrules.reading.catalogue import available

if TYPE_CHECKING:
    from missingrules import Protocol


def names() -> list[str]:
    return list(dict.fromkeys(each.name for each in available()))


def versions() -> str:
    return f"Python {sys.version.split()[0]}, missingrules {library_version()}"


@cache
def protocols_of(name: str) -> tuple[Protocol, ...]:
    """Every edition, read once: a long protocol takes seconds."""
    return missingrules.load_protocols(name)


def ask(name: str, as_of: str, text: str) -> dict[str, object]:
    """The duties as rows of texts and the whole answer, or every mistake at its place."""
    try:
        now = missingrules.instant_of(as_of)
        case = missingrules.read_case_text(text, "case", protocols_of(name), now)
    except missingrules.InvalidInput as error:
        return {"errors": "\n\n".join(each.render() for each in error.diagnostics)}
    answer = missingrules.evaluate(protocols_of(name), case, now)
    rows = [
        [row.status, str(row.due or row.due_basis), row.title, row.by or "", row.paragraphs]
        for row in missingrules.rows_of(answer)
    ]
    return {"rows": rows, "json": missingrules.to_json(answer)}
