"""Cases from YAML and JSON.

JSON is read as the YAML it nearly is, so that it has places too. Three things that JSON allows are refused: tabs
between names and values, characters escaped as a pair (`\\ud83d\\ude00`), and a colon on another line than its name.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from missingrules.domain.logs import timed
from missingrules.interface.conversion import converted
from missingrules.reading.nodes import Mapping, at, plain, read_file, read_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.source import Span
    from missingrules.interface.findings import Path
    from missingrules.interface.words import CaseWords
    from missingrules.reading.nodes import Node


def read_case(
    path: str | os.PathLike[str],
    protocols: Sequence[Protocol] = (),
    as_of: Instant | None = None,
) -> Case:
    """The case in a YAML or JSON file, its words checked against those of the protocols, or the shared ones if none.

    Times have whole seconds and an offset, or are dates alone. With `as_of`, in seconds since 1970 UTC, a date of birth
    after it is refused.

    Raises `InvalidInput` with every mistake (the first 100) at its line and column: `file-unreadable`, and what a case
    can have wrong (docs/codes.md, Cases).
    Source: docs/case-and-result.md, Case; schemas/case.schema.json.
    """
    return case_in_file(path, protocols, as_of)


def case_in_file(
    path: str | os.PathLike[str],
    protocols: Sequence[Protocol],
    as_of: Instant | None,
    words: CaseWords | None = None,
) -> Case:
    """As `read_case`; `words` are `words_of(protocols)`, for who reads many cases with the same ones."""
    with timed("case read", os.path.splitext(path)[1] or "none") as said:
        case = case_in(read_file(path), protocols, as_of, words)
        said(episodes=len(case.episodes), events=len(case.events), records=len(case.records))
    return case


def read_case_text(
    text: str, name: str = "case", protocols: Sequence[Protocol] = (), as_of: Instant | None = None
) -> Case:
    """The case in a YAML or JSON text, as `read_case` reads it from a file; `name` is what messages call the text.

    `as_of`: in seconds since 1970 UTC.

    Raises `InvalidInput` with every mistake (the first 100) at its line and column: what a case can have wrong
    (docs/codes.md, Cases).
    Source: docs/case-and-result.md, Case; schemas/case.schema.json.
    """
    with timed("case read from a text") as said:
        case = case_in(read_nodes(text, name), protocols, as_of)
        said(episodes=len(case.episodes), events=len(case.events), records=len(case.records))
    return case


def case_in(node: Node, protocols: Sequence[Protocol], as_of: Instant | None, words: CaseWords | None = None) -> Case:
    """As `read_case`, from nodes that stand in a file of any kind."""

    def place(path: Path, *, key: bool = False) -> Span | None:
        if key and path:
            owner = at(node, path[:-1])
            named = owner.key_span(str(path[-1])) if isinstance(owner, Mapping) else None
            if named:
                return named
        return at(node, path).span

    return converted(plain(node), protocols, as_of, place=place, words=words)
