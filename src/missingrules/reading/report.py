"""The list of mistakes that the parts of the reader fill together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.source import Span
    from missingrules.reading.places import Text


# Looking for the nearest spelling takes long; whoever has so many unknown names needs no more of it.
MOST_GUESSES: Final = 200


class Report:
    """Collects mistakes; the same mistake found twice (a rule is read once for each reading) is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Diagnostic] = {}
        # How often something was found wrong, the same mistake again included.
        self.times = 0
        self._guesses = 0
        # Where to point for what is empty and so stands nowhere: the rule at hand.
        self.near: Text | None = None

    def __len__(self) -> int:
        return len(self._found)

    def error(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        self.times += 1
        if span is None and self.near is not None:
            span = self.near.span
        self._found.setdefault((code, str(span), message), Diagnostic(code, message, span, hint))

    def take(self, problem: InvalidInput) -> None:
        """The mistakes of a file that could not be read at all."""
        self.times += 1
        for found in problem.diagnostics:
            self._found.setdefault((found.code, str(found.span), found.message), found)

    def unknown(self, code: str, what: str, word: Text, known: Iterable[str], otherwise: str | None = None) -> None:
        """A name that nobody has introduced, with the nearest known spelling or else a list or advice."""
        self._guesses += 1
        options = sorted(known) if self._guesses <= MOST_GUESSES else []
        hint = did_you_mean(word, options)
        if hint is None and otherwise:
            hint = otherwise
        elif hint is None and options and len(options) <= 12:
            hint = f"one of: {', '.join(options)}"
        self.error(code, f"no {what} is named '{word}'", word.span, hint)

    def raise_any(self) -> None:
        if self._found:
            raise InvalidInput(self._found.values())
