"""By when: a length, a day, a word, what somebody sets; and series."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Condition


# An anchor is `trigger`, an instant of the episode (`started`, `last_seen`, `reported`, `located`, `returned`),
# the trigger's own `event`, `record`, `birthday` or `undone`, a field of it (`event.starts_at`), or a date fact.


class Word(StrEnum):
    """Deadline words that give no instant."""

    IMMEDIATELY = "immediately"
    PROMPTLY = "promptly"
    WITHOUT_DELAY = "without_delay"
    AS_SOON_AS_POSSIBLE = "as_soon_as_possible"


@dataclass(frozen=True, slots=True)
class Within:
    length: Length
    anchor: str
    same_day_counts: bool = False


@dataclass(frozen=True, slots=True)
class OnDay:
    """The end of a numbered date, the anchor's own being day `first_day_is`; the duty arises at its 00:00."""

    day: int
    anchor: str
    first_day_is: Literal[0, 1]


@dataclass(frozen=True, slots=True)
class Before:
    anchor: str


@dataclass(frozen=True, slots=True)
class AtNext:
    """At the first meeting of this name after the trigger, if the organisation's calendar is supplied."""

    meeting: str


@dataclass(frozen=True, slots=True)
class SetBy:
    """An instant, or a length after the trigger, read from a record, an event or the plan."""

    fact: str


@dataclass(frozen=True, slots=True)
class EndOfPeriod:
    """The end of the last day of the period that set the rule off."""

    every: str


@dataclass(frozen=True, slots=True)
class AtTheSameTime:
    """By the end of the trigger's date."""


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    condition: Condition
    deadline: Deadline | NotStated
    citations: Citations


@dataclass(frozen=True, slots=True)
class DeadlineRows:
    rows: tuple[DeadlineRow, ...]
    at_firing: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Shown beside a deadline, and changes no due instant: an aim, or when earlier action is asked for."""

    text: str
    condition: Condition | None = None
    citations: Citations = ()


Deadline = Within | OnDay | Before | AtNext | SetBy | EndOfPeriod | AtTheSameTime | Word | DeadlineRows


@dataclass(frozen=True, slots=True)
class Phase:
    every: Length
    lasting: Length | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A series. `anchor` is an anchor as above, or a numbered day, when it is over."""

    anchor: str | OnDay
    next_from: Literal["schedule", "last_held"]
    phases: tuple[Phase, ...]
