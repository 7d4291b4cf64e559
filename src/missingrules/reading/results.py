"""Results as they were stored, for what has changed since.

A result is JSON that a program wrote, and may be large: it is read as such, and its lines are looked up only for a
mistake.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.interface.standings import stored_standings
from missingrules.reading.nodes import Mapping, at, read_nodes

if TYPE_CHECKING:
    from missingrules.domain.changes import Standings
    from missingrules.interface.findings import Path
    from missingrules.reading.nodes import Node

MOST_BYTES: Final = 50_000_000
_WRITTEN_BY: Final = "give a result as `missingrules evaluate --format json` writes it"


def read_standings(path: str | os.PathLike[str]) -> Standings:
    """What is kept of the result in a file, also one of an older version of this library: its duties, by key.

    Raises `InvalidInput` with every mistake at its line and column: `file-unreadable`, `file-too-large`,
    `file-encoding`, `json-syntax`, `unknown-format`, and what a stored result can have wrong (docs/codes.md, Cases).
    Source: docs/live.md.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            # One byte more than allowed shows a file that is too large.
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(f"there is no file {name}", "check the spelling of its name and folder") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "no file can have this name").lower()
        raise _unreadable(f"{name!r} could not be read: {reason}", "check its name and that you may open it") from None
    if len(data) > MOST_BYTES:
        message = f"{name} is larger than {MOST_BYTES // 1_000_000} MB"
        raise InvalidInput([Diagnostic("file-too-large", message, hint=_WRITTEN_BY)])
    try:
        return read_standings_text(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        message = f"{name} is not written in UTF-8"
        raise InvalidInput([Diagnostic("file-encoding", message, hint=_WRITTEN_BY)]) from None


def read_standings_text(text: str, name: str = "result") -> Standings:
    """As `read_standings`, from JSON text; `name` is what messages call it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        span = Span(Source(name, text), error.lineno, error.colno, error.lineno, error.colno + 1)
        message = f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InvalidInput([Diagnostic("json-syntax", message, span, _WRITTEN_BY)]) from None
    except (RecursionError, ValueError):
        message = f"{name} is nested too deep, or has a number too long to be read"
        raise InvalidInput([Diagnostic("json-syntax", message, hint=_WRITTEN_BY)]) from None
    return stored_standings(data, _Places(text, name))


class _Places:
    """Where each value of a result stands; looked up when it is first asked for."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name
        self._node: Node | None = None
        self._tried = False

    def __call__(self, path: Path, *, key: bool = False) -> Span | None:
        if not self._tried:
            self._tried = True
            try:
                self._node = read_nodes(self._text, self._name)
            except InvalidInput:
                # Too large for lines, or JSON that is no YAML: the path has to do.
                self._node = None
        if self._node is None:
            return None
        if key and path:
            owner = at(self._node, path[:-1])
            named = owner.key_span(str(path[-1])) if isinstance(owner, Mapping) else None
            if named:
                return named
        return at(self._node, path).span


def _unreadable(message: str, hint: str) -> InvalidInput:
    return InvalidInput([Diagnostic("file-unreadable", message, hint=hint)])
