"""What sets a rule off: moments, and stretches of time in which it may fire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from missingrules.domain.conditions import ALWAYS

if TYPE_CHECKING:
    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Condition, Counted, FactTest


@dataclass(frozen=True, slots=True)
class OnInstant:
    """A moment of the episode; `first_episode` is the start of the first."""

    which: Literal["started", "reported", "located", "returned", "first_episode"]


@dataclass(frozen=True, slots=True)
class OnEvent:
    """Each event of this name whose fields pass the tests (fields as `event.NAME`)."""

    event: str
    fields: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Each record of this action; with no outcome, each that counts as done. None: any."""

    action: str
    outcome: str | None = None
    about: str | None = None
    to: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnBirthday:
    age: int


@dataclass(frozen=True, slots=True)
class OnPeriod:
    """The start of each day, week, month and so on (`clock.PERIODS`): a duty of the organisation itself."""

    every: str


@dataclass(frozen=True, slots=True)
class OnUndone:
    """The due instant of a duty of this rule has passed with nothing recorded."""

    rule: str


@dataclass(frozen=True, slots=True)
class WhileMissing:
    """From start to return, or to where the child was located."""

    ends_with: Literal["returned", "located"] = "returned"


@dataclass(frozen=True, slots=True)
class MissingFor:
    """From start + length to the same end. `length` may be the name of a fact of type length."""

    length: Length | str
    more_than: bool = False
    ends_with: Literal["returned", "located"] = "returned"


@dataclass(frozen=True, slots=True)
class Becomes:
    """While the fact is known to pass the test."""

    test: FactTest


@dataclass(frozen=True, slots=True)
class EpisodesReach:
    """From the episode that brings the count to `at_least` until the count falls below it."""

    at_least: int
    counted: Counted


Moment = OnInstant | OnEvent | OnRecord | OnBirthday | OnPeriod | OnUndone
Stretch = WhileMissing | MissingFor | Becomes | EpisodesReach


@dataclass(frozen=True, slots=True)
class FirstOf:
    """`any` of several: fires once per episode, at the first."""

    triggers: tuple[Moment | Stretch, ...]


Trigger = Moment | Stretch | FirstOf


def triggers_of(trigger: Trigger) -> tuple[Moment | Stretch, ...]:
    """The triggers of which it is made: one, or the several of an `any`."""
    return trigger.triggers if isinstance(trigger, FirstOf) else (trigger,)
