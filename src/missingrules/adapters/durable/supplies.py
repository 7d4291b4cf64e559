"""What has to be supplied before rules say anything: facts as the case has them, and what a calendar can tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.conditions import CountTest, FactTest, HoursTest

# A word, a whole number, or None: not known. Of a truth one of `true`, `false` and `unknown`.
Value = str | int | None
# A value that is known, and is none of those that any rule asks for: what it is, is nobody's business here.
ANOTHER: Final = "(another)"


class View(StrEnum):
    """From where a fact is read."""

    CHILD = "the child"
    EPISODE = "the episode"
    RUNNING = "the episode then running"  # how the child's own rules read an episode


class Kind(StrEnum):
    """What is supplied: one of a few values, or a whole number, or that neither is known; or a truth as it is."""

    VALUE = "value"
    NUMBER = "number"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fact as the case gives it, before conclusions; of an event or record what it says."""

    fact: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A test of age, of time missing, of a count or of an office's hours."""

    condition: FactTest | CountTest | HoursTest


@dataclass(frozen=True, slots=True)
class InForce:
    """Whether the rules of these dates are in force: the first date inside, the last outside; None: no end."""

    dates: tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class OfEpisode:
    """Of the episode: that its child is away, that none of the kind `missing` came before it, that there is one."""

    what: Literal["away", "first", "runs", "nothing"]


Ask = Recorded | Measured | InForce | OfEpisode


@dataclass(frozen=True, slots=True)
class Supply:
    """One thing to be supplied, under its name. `values` are those that rules ask for, of a value alone."""

    name: str
    kind: Kind
    view: View
    ask: Ask
    values: tuple[str, ...] = ()
    decided: bool = False  # never unknown


# --- tests ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these; unknown where it is not known."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The number lies between the two, both inside; None: no end."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Something is known, whatever it is: never itself unknown."""


ValueTest = OneOf | Between | IsKnown
