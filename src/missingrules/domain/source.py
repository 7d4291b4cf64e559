"""Where a word was written: a source text and a span of it, so that every message can show the author's line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Source:
    """A text that somebody wrote: its name as the user gave it, and its characters. `private`: its lines are about
    children, and no message shows them."""

    name: str
    text: str = field(repr=False)
    private: bool = False

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; the first is line 1 of a span."""
        return tuple(self.text.split("\n"))

    def line(self, number: int) -> str:
        """The text of a line (counted from 1), or an empty string where there is none."""
        return self.lines[number - 1].rstrip("\r") if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: lines and columns counted from 1, the end column exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"
