"""What `check --fix` may write by itself: slips whose one right spelling is known, and values that need quotes.

Only the words that are wrong change; every other byte of the file stays. A paragraph's reference is never guessed: a
citation that is nearly another would send a reader to the wrong place.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from missingrules.domain.diagnostics import Diagnostic

NEVER: Final = frozenset({"unknown-paragraph", "unknown-source", "cites-nothing"})
# Below this likeness a spelling is offered, and not put in its place.
LIKE: Final = 0.8
_NEAR: Final = re.compile(r"did you mean '([^']+)'\?")
_WRITE: Final = re.compile(r"write (true|false)")
_TITLE: Final = re.compile(r"write ([a-z0-9_-]+): the title is for people")
_WORD: Final = re.compile(r"write ([a-z_]+)")
_SPACE: Final = ("a space is missing after this colon", "a space is missing after this dash")
_IN_QUOTES: Final = re.compile("put the whole value in (?:double|single) quotes")
# A line of a block that has one name and its value; a value in brackets or quotes is another matter.
_LINE: Final = re.compile(r"""(\s*(?:- +)*[A-Za-z_][\w.-]*: +)([^\s'"\[{|>&*!#].*?)(\s+#.*|\s*)""")
_ENDS: Final = re.compile("(\r\n|\r|\n)")


class Edit(NamedTuple):
    """In a line (from 1), what stands between two columns (from 0) and what comes in its place."""

    line: int
    start: int
    end: int
    old: str
    new: str


def edits(found: Iterable[Diagnostic], path: Path) -> list[Edit]:
    """What can be put right in a file, in the order of the text; of two in one place the first."""
    made: dict[tuple[int, int], Edit] = {}
    for diagnostic in found:
        if diagnostic.span is not None and diagnostic.span.source.name == str(path):
            edit = _edit(diagnostic)
            if edit is not None:
                made.setdefault((edit.line, edit.start), edit)
    in_order = [made[place] for place in sorted(made)]
    return [
        each
        for number, each in enumerate(in_order)
        if not number or in_order[number - 1].line < each.line or in_order[number - 1].end <= each.start
    ]


def _edit(diagnostic: Diagnostic) -> Edit | None:
    span, hint = diagnostic.span, diagnostic.hint or ""
    assert span is not None
    line = span.source.line(span.line)
    start = span.column - 1
    if diagnostic.code == "yaml-syntax":
        if diagnostic.message in _SPACE:
            return Edit(span.line, start, start + 1, line[start], f"{line[start]} ")
        return _quoted(span.line, line) if _IN_QUOTES.search(hint) else None
    new = _instead(diagnostic)
    if new is None or span.end_line != span.line:
        return None
    end = span.end_column - 1
    if line[start : start + 1] in ("'", '"') and line[end - 1 : end] == line[start]:
        start, end = start + 1, end - 1
    old = line[start:end]
    # The place must be the very word that the message is about.
    if f"'{old}'" not in diagnostic.message or not old or not _is_like(old, new, diagnostic):
        return None
    return Edit(span.line, start, end, old, new)


def _instead(diagnostic: Diagnostic) -> str | None:
    """The one word to write, where the finding names it."""
    code, hint = diagnostic.code, diagnostic.hint or ""
    if near := _NEAR.fullmatch(hint):
        return None if code in NEVER else near[1]
    if code == "not-true-or-false":
        found = _WRITE.fullmatch(hint)
    elif code == "unknown-role":
        found = _TITLE.fullmatch(hint)
    elif code in ("not-a-deadline", "anchor-has-a-name"):
        found = _WORD.fullmatch(hint)
    else:
        found = None
    return found[1] if found else None


def _is_like(old: str, new: str, diagnostic: Diagnostic) -> bool:
    if not _NEAR.fullmatch(diagnostic.hint or ""):
        return True
    plain = [re.sub(r"[-\s]", "_", word.lower()) for word in (old, new)]
    return difflib.SequenceMatcher(None, plain[0], plain[1]).ratio() >= LIKE


def _quoted(number: int, line: str) -> Edit | None:
    """The value of a line in quotes."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    value = match[2]
    if '"' in value or "\\" in value:
        doubled = value.replace("'", "''")
        new = f"'{doubled}'"
    else:
        new = f'"{value}"'
    return Edit(number, match.start(2), match.end(2), value, new)


def mended(data: bytes, made: Iterable[Edit]) -> bytes:
    """The bytes of a file with the edits in it, and nothing else changed."""
    text = data.decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    # Lines and what ends them, by turns.
    parts = _ENDS.split(text.removeprefix(mark))
    for edit in sorted(made, reverse=True):
        at = (edit.line - 1) * 2
        line = parts[at]
        assert line[edit.start : edit.end] == edit.old, edit
        parts[at] = line[: edit.start] + edit.new + line[edit.end :]
    return (mark + "".join(parts)).encode()
