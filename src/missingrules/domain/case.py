"""One child's history as it was supplied: facts, episodes, events, records of acts.

A stamp is an instant, or a date alone where the source has no time. `None` says that it has not happened;
`NOT_KNOWN` that the case does not say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from missingrules.domain.clock import Instant, Length


class NotKnown(Enum):
    NOT_KNOWN = "not_known"


NOT_KNOWN: Final = NotKnown.NOT_KNOWN

Stamp: TypeAlias = Instant | date
# yes/no facts hold the texts `true` and `false`; choices and grades their word.
Value: TypeAlias = str | int | date | Length


@dataclass(frozen=True, slots=True)
class Held:
    """A value of a fact and when it held: `start` inside, `end` outside; None: no end on that side.

    A grading or judgement has only a start: it holds until the next.
    """

    value: Value
    start: Stamp | None = None
    end: Stamp | None = None


Facts: TypeAlias = MappingProxyType[str, tuple[Held, ...]]


def no_facts() -> Facts:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One time of going missing. `facts` has `kind`, `from`, `risk` and any other, by name without prefix."""

    id: str
    started: Stamp
    returned: Stamp | NotKnown | None
    located: Stamp | NotKnown | None = NOT_KNOWN
    reported: Stamp | NotKnown | None = NOT_KNOWN
    last_seen: Stamp | NotKnown | None = NOT_KNOWN
    facts: Facts = field(default_factory=no_facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `fields` are values of the types that the vocabulary gives them."""

    event: str
    at: Stamp
    id: str | None = None
    episode: str | None = None
    fields: Mapping[str, Value | Stamp] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An act that somebody recorded. Empty tuples: the record does not say.

    One act may be of several episodes, as an interview on two of them: the first is `episode`, the rest `also_of`.
    """

    id: str
    action: str
    at: Stamp
    episode: str | None = None
    also_of: tuple[str, ...] = ()
    outcome: str | None = None
    about: str | None = None
    method: str | None = None
    by: tuple[str, ...] = ()
    chair: tuple[str, ...] = ()
    attended: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    answers: str | None = None
    recorded: Stamp | None = None  # when it was written down; changes no status
    fields: Mapping[str, Value | Stamp] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A child's whole history. Episodes, events and records are complete, save before `history_from`."""

    id: str
    child: Facts = field(
        default_factory=no_facts
    )  # by name without prefix; `date_of_birth` is a date that holds always
    plan: Facts = field(default_factory=no_facts)
    episodes: tuple[Episode, ...] = ()
    events: tuple[Event, ...] = ()
    records: tuple[Record, ...] = ()
    history_from: date | None = None
    meetings: Mapping[str, tuple[Stamp, ...]] = field(default_factory=lambda: MappingProxyType({}))


def digest_of(case: Case) -> str:
    """The same for two cases that say the same, in whatever order of episodes, events, records and facts."""
    whole = replace(
        case,
        episodes=tuple(sorted(case.episodes, key=lambda each: each.id)),
        events=tuple(sorted(case.events, key=_told)),
        records=tuple(sorted(case.records, key=lambda each: each.id)),
    )
    return f"sha256:{hashlib.sha256(_told(whole).encode()).hexdigest()}"


def _told(value: object) -> str:
    """Everything in a value, with what kind of value it is."""
    if is_dataclass(value):
        parts = ",".join(f"{each.name}={_told(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({parts})"
    if isinstance(value, Mapping):
        return f"map({','.join(f'{name}={_told(value[name])}' for name in sorted(value))})"
    if isinstance(value, tuple):
        return f"list({','.join(map(_told, value))})"
    return repr(value)


EpisodeInstant = Literal["started", "located", "returned", "reported", "last_seen"]
