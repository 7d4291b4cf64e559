"""Cases from YAML and JSON.

JSON is read as the YAML it nearly is, so that it has places too. Three things that JSON allows are refused: tabs
between names and values, characters escaped as a pair (`\\ud83d\\ude00`), and a colon on another line than its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.interface.conversion import case_of
from missingrules.reading.nodes import Mapping, at, plain, read_file, read_nodes

if TYPE_CHECKING:
    import os
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
    words: CaseWords | None = None,
) -> Case:
    """The case in a YAML or JSON file, its words checked against those of the protocols.

    `words` are theirs, for who reads many cases with the same ones. Raises `InvalidInput` with every mistake at its
    line and column, also where the file cannot be read.
    """
    return case_in(read_file(path), protocols, as_of, words)


def read_case_text(
    text: str,
    name: str = "case",
    protocols: Sequence[Protocol] = (),
    as_of: Instant | None = None,
    words: CaseWords | None = None,
) -> Case:
    """As `read_case`, from a text; `name` is what messages call it."""
    return case_in(read_nodes(text, name), protocols, as_of, words)


def case_in(node: Node, protocols: Sequence[Protocol], as_of: Instant | None, words: CaseWords | None = None) -> Case:
    """As `read_case`, from nodes that stand in a file of any kind."""

    def place(path: Path, *, key: bool = False) -> Span | None:
        if key and path:
            owner = at(node, path[:-1])
            named = owner.key_span(str(path[-1])) if isinstance(owner, Mapping) else None
            if named:
                return named
        return at(node, path).span

    return case_of(plain(node), protocols, as_of, place=place, words=words)
