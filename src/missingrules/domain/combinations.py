"""What a case's answer would be under every combination of the readings that it touches: what each changes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.obligations import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.domain.answers import Concluded, Forbidden
    from missingrules.domain.obligations import Obligation, Phase
    from missingrules.domain.protocol import Protocol

# What can differ in a duty that stands under both readings, by its name in a result.
COMPARED: Final[Mapping[str, Callable[[Obligation], object]]] = MappingProxyType(
    {
        "due": lambda one: one.due,
        "due_between": lambda one: one.due_between,
        "status": lambda one: one.status,
        "action": lambda one: one.duty.action,
        "effect": lambda one: one.duty.effect,
        "modality": lambda one: one.duty.modality,
        "by": lambda one: one.by,
        "chair": lambda one: one.chair,
        "recipients": lambda one: one.recipients,
        "attendees": lambda one: one.attendees,
        "with": lambda one: one.with_,
    }
)


class Change(NamedTuple):
    """A duty that stands under both, and the names among `COMPARED` of what differs."""

    before: Obligation
    after: Obligation
    fields: tuple[str, ...]


class Restated(NamedTuple):
    """A classification before and after; None: there is none."""

    what: str
    episode: str | None
    before: Concluded | None
    after: Concluded | None


class Differences(NamedTuple):
    """What a combination has otherwise than the answer as it was asked for, each in the order of its answer."""

    added: tuple[Obligation, ...] = ()
    gone: tuple[Obligation, ...] = ()
    changed: tuple[Change, ...] = ()
    concluded: tuple[Restated, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()  # now, and not before
    allowed: tuple[Forbidden, ...] = ()  # before, and not now


class CaseDiff(NamedTuple):
    """What one edition changes for a case, by what the case is called; the phases by the keys of either answer."""

    case: str
    differences: Differences
    phases: Later[Mapping[str, Phase]]


class Combination(NamedTuple):
    """One way to read all that the case touches in one protocol."""

    protocol: Protocol
    readings: Mapping[str, str]  # by id, those touched alone
    otherwise: Mapping[str, str]  # of those, what is read otherwise than asked for; empty: the answer as asked for
    differences: Differences
    phases: Later[Mapping[str, Phase]] = Later.of(MappingProxyType({}))  # by the keys of what is added or changed
