"""Markdown in which every text that is handed over stays text: no markup, no link, no cell too many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What begins markup within a line, an address that is made a link, and a list or number at the start of a line.
_MARKS: Final = re.compile(
    r"[\\`*_\[\]{}#|~@$^]|(?<!\d):(?=\S)|(?<=\d):(?=[^\s\d])|(?<=\bwww)\.|^[-+](?=\s|$|-)|^\d+[.)](?=\s|$)",
    re.IGNORECASE,
)
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str) -> str:
    """A text on one line in which nothing is markup, for a heading, a paragraph or a cell."""
    return _MARKS.sub(_escaped, " ".join(text.translate(_ENTITIES).split()))


def _escaped(found: re.Match[str]) -> str:
    mark = found[0]
    return f"{mark[:-1]}\\{mark[-1]}"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; all texts are taken for what they are."""
    yield _row(head)
    yield f"|{' --- |' * len(head)}"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(plain, cells))} |"
