"""An export in a file, and what comes of it, without the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.adapters.cases import ChildRows
from missingrules.adapters.given import Asked, opened
from missingrules.domain.audit import Rejected
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Instant

WORDS = words_of(())


class Read(NamedTuple):
    cases: list[dict[str, Any]]
    rejections: list[Rejection]
    told: list[str]  # codes of what is said of the whole
    rows: int
    used: int


def read(path: Path, asked: Asked, as_of: Instant | None = None) -> Read:
    """All cases of an export, and all that could not be used. AssertionError where a row is neither."""
    given = opened(path, asked, WORDS)
    cases: list[dict[str, Any]] = []
    named: list[tuple[int, int]] = []
    rejections: list[Rejection] = []
    used = reported = 0
    for each in given.children():
        try:
            if not isinstance(each, ChildRows):
                raise Rejected(each.rejections)
            data, _ = each.both((), WORDS, as_of)
        except Rejected as rejected:
            rejections += rejected.rejections
            reported += each.rows
            named.append((len({one.row for one in rejected.rejections}), each.rows))
            continue
        cases.append(dict(data))
        used += each.rows
    # Each row that is not used is named.
    assert all(rows == of for rows, of in named)
    assert used + reported == given.rows
    return Read(cases, rejections, [one.code for one in given.columns], given.rows, used)


def codes(found: Read) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each rejection, in the order of the rows."""
    return sorted(((one.row, one.column, one.code) for one in found.rejections), key=lambda one: (one[0] or 0, one[2]))
