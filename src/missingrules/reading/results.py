"""Results as they were stored: for what has changed since, and to be had again.

A result is JSON that a program wrote, and may be large: it is read as such, and its lines are looked up only for a
mistake.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

import pydantic

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.interface.result import Result
from missingrules.interface.standings import stored_standings
from missingrules.reading.nodes import Mapping, at, read_nodes
from missingrules.reading.texts import bytes_from_file

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
    data = bytes_from_file(path, MOST_BYTES)
    try:
        return read_standings_text(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        message = f"{name} is not written in UTF-8"
        raise InvalidInput([Diagnostic("file-encoding", message, hint=_WRITTEN_BY)]) from None


def read_result(path: str | os.PathLike[str]) -> Result:
    """The whole result in a file, as `evaluate --json` or `to_json` wrote it.

    From a text it is `Result.model_validate_json`.

    Raises `InvalidInput`: `file-unreadable`, `file-too-large`, `not-a-result` for what is no result of format 1.
    Source: docs/case-and-result.md, The receipt.
    """
    return read_result_text(bytes_from_file(path, MOST_BYTES), os.fspath(path))


def read_result_text(text: str | bytes, name: str = "result") -> Result:
    """As `read_result`, from JSON text; `name` is what messages call it."""
    try:
        return Result.model_validate_json(text)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{name} is no result of format 1: {first['msg']}{f' at {where}' if where else ''}"
        raise InvalidInput([Diagnostic("not-a-result", message, hint=_WRITTEN_BY)]) from None


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
