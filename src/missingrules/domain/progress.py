"""How far a protocol has come through its paper, and what its next paragraph says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.vocabulary import ActionWord

# new: nothing is said of it; cited: a rule cites it, and it has no fate; uncited: its fate is encoded, and nothing
# cites it; other: a rule cites it, and its fate says that none does; done: it is accounted for.
Why = Literal["new", "cited", "uncited", "other", "done"]


class Left(NamedTuple):
    """A paragraph, and what is still to be said of it. `label` is the document's; `line` is the ledger's, from 1."""

    label: str
    ref: str
    heading: str
    figures: tuple[str, ...]
    line: int
    why: Why


class Progress(NamedTuple):
    """How many paragraphs the documents have whose text is at hand, and what is left of them, in order."""

    total: int
    left: tuple[Left, ...]

    @property
    def next(self) -> Left | None:
        """Where to go on: the first that is more than a fate to be written down."""
        return next((each for each in self.left if each.why != "cited"), None)

    @property
    def cited(self) -> tuple[Left, ...]:
        """Those that rules cite already, and of which only the fate is to be written down."""
        return tuple(each for each in self.left if each.why == "cited")


class Said(NamedTuple):
    """What the paper says in a paragraph, and what of the language may fit: to be looked at, not to be trusted.

    `line` is the text's, from 1; `lead` has, of a bullet or cell, the words of the paragraph that it belongs to; `asks`
    the words that ask for something, as printed, with the modality of each.
    """

    words: str
    line: int
    lead: str
    asks: Mapping[str, str]
    acts: tuple[ActionWord, ...]
    topic: str
    roles: tuple[str, ...]
