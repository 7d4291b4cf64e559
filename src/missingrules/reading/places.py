"""Words that know where they stand. A place is two counts of characters, of which few are ever asked for their line."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from missingrules.domain.source import Span

if TYPE_CHECKING:
    from missingrules.domain.source import Source


class Page:
    """A source with the places in it, counted in characters from 0."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins."""
        starts = [0]
        for line in self.source.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts[:-1]

    def span(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        column, end_column = start - self._starts[line - 1], end - self._starts[end_line - 1]
        return Span(self.source, line, column + 1, end_line, end_column + 1)


class Text(str):
    """What an author wrote in one place: a name, a word, a phrase, or nothing.

    `quoted` is False only where it is written bare; an empty bare one stands for `key:`.
    """

    __slots__ = ("end", "page", "quoted", "start")
    page: Page
    start: int
    end: int
    quoted: bool

    def __new__(cls, text: str, page: Page, start: int, end: int, quoted: bool = False) -> Text:
        made = super().__new__(cls, text)
        made.page = page
        made.start = start
        made.end = end
        made.quoted = quoted
        return made

    def __reduce__(self) -> tuple[type[Text], tuple[str, Page, int, int, bool]]:
        return Text, (str(self), self.page, self.start, self.end, self.quoted)

    @property
    def text(self) -> str:
        """The text alone, for whoever keeps it."""
        return str(self)

    @property
    def span(self) -> Span:
        return self.page.span(self.start, self.end)

    def here(self, text: str) -> Text:
        """Another text in the same place."""
        return Text(text, self.page, self.start, self.end, self.quoted)

    def part(self, text: str, start: int) -> Text:
        """A part of it, in its own place where it stands in one line as it was written, otherwise in the same place."""
        if self.end - self.start != len(self) or "\n" in self.page.source.text[self.start : self.end]:
            return self.here(text)
        begin = self.start + start
        return Text(text, self.page, begin, begin + len(text))
