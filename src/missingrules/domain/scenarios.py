"""What officers expect of a protocol: a case, an instant, and what must and must not come of them.

Everything here knows where it was written, so that what does not come out as expected can be shown at its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.source import Span


class Moment(NamedTuple):
    """An instant, or none."""

    at: Instant | None


class Between(NamedTuple):
    """The two instants between which something is due, or none."""

    ends: tuple[Instant, Instant] | None


class Who(NamedTuple):
    """People by the names of their roles. `undecided`: all who are still possible stand in `options`."""

    mode: Literal["all", "any", "other_than", "record_by", "undecided", "not_stated", "none"]
    roles: frozenset[str] = frozenset()
    options: frozenset[Who] = frozenset()


class Texts(NamedTuple):
    """Several words, in no order."""

    words: frozenset[str]


# A text of None is `null`: there is none.
Value = str | None | Moment | Between | Who | Texts


class Detail(NamedTuple):
    """One field that matters, the value that is expected of it, and where that stands."""

    name: str
    value: Value
    span: Span


class Wanted(NamedTuple):
    """One thing that must be there: with a key (an obligation, a prohibition) or without, and what it must say.

    `rules` are the rules, or their acts, that it speaks of.
    """

    key: str
    rules: tuple[str, ...]
    details: tuple[Detail, ...]
    span: Span


class Part(NamedTuple):
    """What is expected of one list of the answer; with nothing in it, that there is none at all."""

    name: str
    wanted: tuple[Wanted, ...]
    span: Span


class Absent(NamedTuple):
    """`rule`, `rule.item`, `rule/SUBJECT` or a whole key, of which nothing may be there."""

    name: str
    rule: str
    span: Span


# The lists of an answer besides its obligations, by the names that they have in a scenario.
PARTS: Final = ("questions", "conclusions", "forbidden", "ambiguities", "conflicts", "next")


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out, and what must not."""

    obligations: tuple[Wanted, ...] = ()
    absent: tuple[Absent, ...] = ()
    parts: tuple[Part, ...] = ()
    valid_until: Detail | None = None

    @property
    def named(self) -> frozenset[str]:
        """The rules, and the acts of rules, that are named as there or as absent."""
        there = (*self.obligations, *(each for part in self.parts for each in part.wanted))
        return frozenset(rule for each in there for rule in each.rules) | {each.rule for each in self.absent}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case, what is asked of it, and what must come out. `anchor` is day 0 of the days it is written in."""

    name: str
    why: str
    span: Span
    as_of: Instant
    case: Case
    expected: Expected
    readings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    organisation: bool = False
    anchor: date | None = None


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """The scenarios of one file, and the name of the protocol that they are about."""

    file: str
    protocol: str
    scenarios: tuple[Scenario, ...]
