"""What must hold: tests of facts, counts and hours, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.clock import Length


# Facts carry their prefix: `child.age`, `episode.risk`, `plan.report_after`, `event.planned`, `record.outcome`.
# Built in: `episode.missing`, `episode.missing_for`, `episode.first_episode`, `episode.kind`, `episode.from`,
# `child.age`, `episode.risk` (the effective level), `episode.risk.recorded`, `protocol.area`.


@dataclass(frozen=True, slots=True)
class Is:
    """One of these values (texts; `yes`/`true` are the text `true`)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The fact is known, whatever it is."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number or length between two ends, each with whether it is itself inside. None: no end."""

    low: int | Length | None = None
    low_inside: bool = True
    high: int | Length | None = None
    high_inside: bool = True


@dataclass(frozen=True, slots=True)
class AtLeast:
    """On a graded fact: this level or higher. `levels` are the scale's levels from here up."""

    level: str
    levels: tuple[str, ...]


Test = Is | Known | Range | AtLeast


@dataclass(frozen=True, slots=True)
class FactTest:
    fact: str
    test: Test


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, and by which date: the window is a length, a calendar period, or not stated (all)."""

    window: Length | Literal["calendar month", "calendar quarter", "calendar year"] | NotStated
    kinds: tuple[str, ...]
    missing_from: tuple[str, ...]
    counted_by: Literal["started", "reported", "returned"]


@dataclass(frozen=True, slots=True)
class CountTest:
    """A count of episodes, its window ending on the date of reading."""

    counted: Counted
    test: Range


@dataclass(frozen=True, slots=True)
class HoursTest:
    """Inside or outside the protocol's named hours."""

    hours: str
    outside: bool


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = FactTest | CountTest | HoursTest | All | Any | Not
ALWAYS: Final = All(())


@dataclass(frozen=True, slots=True)
class Unless:
    """An `unless`: it stops a duty only while known true."""

    condition: Condition
    citations: Citations


def leaves(condition: Condition) -> Iterator[FactTest | CountTest | HoursTest]:
    """The tests of which a condition is made."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition
