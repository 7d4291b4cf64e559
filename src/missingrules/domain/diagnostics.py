"""What is wrong with an input, where, and what to write instead.

Every reader collects diagnostics and raises them together as `InvalidInput`: the author sees all mistakes at once.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.source import Span

# Below this likeness a suggestion would send the author astray.
CUTOFF = 0.7
# Longer lines are shown around the place alone.
WIDTH = 120


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable (kebab-case); `message` says what is wrong, `hint` what to write instead."""

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def place(self) -> tuple[str, int, int, str]:
        """By which findings stand in the order of the text."""
        span = self.span
        return (span.source.name, span.line, span.column, self.code) if span else ("", 0, 0, self.code)

    def render(self) -> str:
        """`file:line:column: error [code] message`, the author's line, a caret under the place, the hint."""
        place = f"{self.span}: " if self.span else ""
        out = [f"{place}{self.severity} [{self.code}] {self.message}"]
        if self.span:
            out += excerpt(self.span)
        if self.hint:
            out.append(f"  = {self.hint}")
        return "\n".join(out)


class InvalidInput(ValueError):
    """An input that cannot be used; `diagnostics` has every finding, in the order of the text."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(diagnostics, key=lambda each: each.place))
        super().__init__("\n".join(d.render() for d in self.diagnostics))


def unwritable(path: object, error: OSError, hint: str) -> Diagnostic:
    """That a file could not be written, with the system's reason."""
    message = f"{path} could not be written: {(error.strerror or 'no reason given').lower()}"
    return Diagnostic("file-unwritable", message, hint=hint)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known spelling, both of two that are as near, or None where nothing is near."""
    options = list(known)
    near = difflib.get_close_matches(word, options, n=2, cutoff=CUTOFF)
    if len(near) == 2 and _likeness(word, near[0]) == _likeness(word, near[1]) and near[0] != near[1]:
        return f"did you mean '{near[0]}' or '{near[1]}'?"
    if not near:
        folded = {option.lower().replace("-", "_"): option for option in options}
        near = difflib.get_close_matches(word.lower().replace("-", "_").replace(" ", "_"), folded, 1, CUTOFF)
        near = [folded[near[0]]] if near else []
    return f"did you mean '{near[0]}'?" if near else None


def _likeness(word: str, known: str) -> float:
    # As difflib compares the two when it looks for near words.
    return difflib.SequenceMatcher(None, known, word).ratio()


def excerpt(span: Span) -> list[str]:
    """The author's line, and a caret under the place; nothing of a file whose lines are about children."""
    if span.source.private:
        return []
    line = span.source.line(span.line)
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    left = 0
    if len(line) > WIDTH:
        left = max(0, start - WIDTH // 3)
        line = line[left : left + WIDTH]
    # Tabs and control characters would move the caret or the terminal.
    shown = "".join(c if c.isprintable() else " " for c in line)
    at = min(start - left, len(shown))
    width = max(1, min(end - left, len(shown)) - at)
    return [f"  | {shown}", f"  | {' ' * at}{'^' * width}"]
