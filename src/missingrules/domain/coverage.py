"""What scenarios show of a protocol: what did not come as expected, and what no scenario tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.answers import Explanation
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


class Compared(NamedTuple):
    """One field that is expected of an obligation, beside what came, in words; `came` is empty where there is none."""

    name: str
    expected: str
    came: str
    agrees: bool


class Reason(NamedTuple):
    """Why an obligation did not come as expected: its fields side by side, and what its rule looked at."""

    key: str
    fields: tuple[Compared, ...]
    others: tuple[str, ...]
    explanations: tuple[Explanation, ...]


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


class Change(NamedTuple):
    """One small step by which rules differ: of what kind, whose, in which part of a rule, what was and what would be.

    `act` is the one act that it changes, where it is not the whole rule; `row` the condition of the row it stands in.
    `after` is empty where something is left out.
    """

    kind: str
    rules: tuple[str, ...]
    act: str
    section: str
    before: str
    after: str
    citations: Citations
    row: str = ""


class Known(NamedTuple):
    """A change that is known to go unnoticed: of which rule, in the words of `--mutants`, and why."""

    rule: str
    change: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one protocol's rules that were tried, in the order of the rules, and those that none notices.

    `all` is how many changes there are, `scenarios` how many scenarios were asked, `seconds` how long it took. What
    changes nothing in any case is the `same`, and is not among those tried.
    """

    protocol: Protocol
    scenarios: int
    all: int
    same: tuple[Change, ...]
    tried: tuple[Change, ...]
    unnoticed: tuple[Change, ...]
    seconds: float

    @property
    def score(self) -> float:
        """The share of the changes that were noticed, in per cent."""
        return 100 * (1 - len(self.unnoticed) / len(self.tried)) if self.tried else 100


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
