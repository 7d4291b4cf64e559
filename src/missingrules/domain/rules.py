"""The resolved rule: what a protocol says once every name, unit, reading and reference has been settled.

Reading writes these, the engine reads them; neither knows the other. A value of `NOT_STATED` is the paper's silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.conditions import ALWAYS, Condition
from missingrules.domain.triggers import OnBirthday, OnRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from missingrules.domain.citations import Choice, Citations, NotStated
    from missingrules.domain.conditions import Unless
    from missingrules.domain.deadlines import Deadline, Note, Repeat
    from missingrules.domain.people import WhoEver
    from missingrules.domain.triggers import Trigger


class Effect(StrEnum):
    REQUIRE = "require"
    CONSIDER = "consider"
    DECIDE = "decide"
    AGREE = "agree"


class Modality(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class UntilInstant:
    which: Literal["returned", "located"]


Until = UntilInstant | OnRecord | OnBirthday | Condition


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold for a rule to fire. `kinds` empty: any kind, or no episode."""

    when: Condition = ALWAYS
    unless: tuple[Unless, ...] = ()
    kinds: tuple[str, ...] = ()
    in_force: tuple[date | None, date | None] = (None, None)
    in_scope: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One act that a rule asks for, under one set of readings."""

    id: str  # "rule" or "rule.item", as in keys
    rule: str
    topic: str
    title: str
    modality: Modality
    effect: Effect
    action: str
    trigger: Trigger
    guard: Guard
    until: tuple[Until, ...] = ()
    superseded_by: str | None = None
    about: str | None = None
    method: str | None = None
    by: WhoEver = NOT_STATED
    chair: WhoEver | None = None
    attend: WhoEver | None = None
    to: WhoEver | None = None
    with_: WhoEver | None = None
    deadline: Deadline | NotStated = NOT_STATED
    repeat: Repeat | None = None
    aim: Note | None = None
    earlier_if: Note | None = None
    met_by: tuple[str, ...] = ()
    counts_from: Literal["trigger", "started"] = "trigger"
    citations: Citations
    choices: tuple[Choice, ...] = ()
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A classification that holds whenever its guard is true: a value, or the lowest level a grading may have."""

    rule: str
    topic: str
    title: str
    fact: str
    value: str | None
    floor: str | None
    guard: Guard
    citations: Citations
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition:
    """An act that is forbidden whenever the guard is true; a record of it then is a breach."""

    rule: str
    topic: str
    title: str
    modality: Modality
    action: str
    guard: Guard
    method: str | None = None
    outcome: str | None = None
    to: tuple[str, ...] = ()
    about: str | None = None
    citations: Citations
    choices: tuple[Choice, ...] = ()


Provision = Duty | Conclusion | Prohibition


@dataclass(frozen=True, slots=True)
class RuleFamily:
    """A rule under every combination of the readings it depends on.

    `variants` is keyed by the options in the order of `readings`; a combination under which the rule does not stand
    has no provisions. `shown` are readings that it only rests on.
    """

    id: str
    readings: tuple[str, ...]
    variants: Mapping[tuple[str, ...], tuple[Provision, ...]]
    shown: tuple[Choice, ...] = ()
