"""The list of mistakes that the parts of the reader fill together."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.source import Span
    from missingrules.reading.places import Text


# Looking for the nearest spelling takes long; whoever has so many unknown names needs no more of it.
MOST_GUESSES: Final = 200
# Where a list may stand, several names are often written in a row.
_LISTED: Final = ("unknown-role", "unknown-paragraph", "unknown-reading")
_SEVERAL = re.compile(r"\s*[,;&]\s*|\s+(?:and|or)\s+")
# `child.in_care` and `child.age` are alike only by their beginning.
_OWN_PART: Final = 0.6


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
        hint = _several(code, word, options) or _near(code, word, options)
        if hint is None and otherwise:
            hint = otherwise
        elif hint is None and options and len(options) <= 12:
            hint = f"one of: {', '.join(options)}"
        elif hint is None:
            hint = "write a name as it is spelt where it is introduced"
        self.error(code, f"no {what} is named '{word}'", word.span, hint)

    def raise_any(self) -> None:
        if self._found:
            raise InvalidInput(self._found.values())


def _several(code: str, word: str, known: list[str]) -> str | None:
    """A hint where several known names stand in the place of one."""
    parts = _SEVERAL.split(word)
    if code not in _LISTED or len(parts) < 2 or not set(parts) <= set(known):
        return None
    several = f"[{', '.join(parts)}]"
    return f"write {{any: {several}}}" if " or " in word else f"write a list: {several}"


def _near(code: str, word: str, known: list[str]) -> str | None:
    """The nearest spelling; of names with a prefix, one that is like the word behind it too."""
    if "." not in word or code == "unknown-paragraph":
        return did_you_mean(word, known)
    own = word.rpartition(".")[2]
    likeness = {name: difflib.SequenceMatcher(None, own, name.rpartition(".")[2]).ratio() for name in known}
    same = [name for name, ratio in likeness.items() if ratio == 1]
    return f"did you mean '{same[0]}'?" if same else did_you_mean(word, [n for n in known if likeness[n] >= _OWN_PART])
