"""What scenarios show of a protocol: what did not come as expected, and what no scenario tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.citations import Citations
    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario
    from missingrules.domain.source import Span

Side = Literal["less", "more"]


class Difference(NamedTuple):
    """What did not come as expected: of what, where that stands, what was expected and what came, in words."""

    what: str
    span: Span
    expected: str
    came: str


class Outcome(NamedTuple):
    """A scenario and what did not come as it expects: nothing, if it holds."""

    scenario: Scenario
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a rule has it: whose it is, in which part of a rule, in words, and the paragraphs.

    `beside` is how it reads with its neighbour on either side; a side where nothing means anything else is not there.
    `row` is the condition of the row it stands in, if it stands in one.
    """

    rules: tuple[str, ...]
    section: str
    text: str
    citations: Citations
    beside: Mapping[Side, str]
    row: str = ""


class Untried(NamedTuple):
    """A number of which one side makes no scenario fail."""

    number: Number
    side: Side


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one protocol: how many there are of each, and what is missing."""

    protocol: Protocol
    scenarios: int
    failing: tuple[Scenario, ...]
    paragraphs: int
    unaccounted: tuple[Diagnostic, ...]
    # The acts of all rules; a rule without items is its own act.
    acts: int
    never_fired: tuple[str, ...]
    never_absent: tuple[str, ...]
    # What the rules state of their acts: an act and the name of what is said, as a scenario has it.
    stated: int
    unasserted: tuple[tuple[str, str], ...]
    # The sides of all numbers.
    boundaries: int
    untried: tuple[Untried, ...]

    @property
    def is_whole(self) -> bool:
        missing = (self.failing, self.unaccounted, self.never_fired, self.never_absent, self.unasserted, self.untried)
        return not any(missing)
