"""Findings as flat rows: one obligation a row, the same columns in every format."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.audit.totals import agencies, roles
from missingrules.domain.audit import Finding, Outcome
from missingrules.domain.clock import Instant
from missingrules.reports.wording import duration, people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.domain.case import Stamp
    from missingrules.domain.clock import Clock

Value = str | int | datetime | date | None


def _moment(clock: Clock, stamp: Stamp | None) -> datetime | date | None:
    return stamp if stamp is None or isinstance(stamp, date) else clock.local(Instant(stamp))


def _between(one: Finding, end: int) -> Value:
    return None if one.due_between is None else _moment(one.clock, one.due_between[end])


def late_text(one: Finding) -> str | None:
    """By how much, in words: whole days where it is a day or more."""
    if one.late_by is None:
        return None
    days = one.late_by // 86400
    said = f"{days} day{'' if days == 1 else 's'}" if days else duration(one.late_by)
    return f"{said} so far" if one.outcome is Outcome.OVERDUE else said


def paragraphs_of(one: Finding) -> str:
    """Every paragraph, each once, with its document where that is not the protocol itself."""
    return "; ".join(
        dict.fromkeys(f"{'' if c.document == one.protocol else f'{c.document} '}{c.paragraph}" for c in one.citations)
    )


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


COLUMNS: Final[Mapping[str, Callable[[Finding], Value]]] = MappingProxyType(
    {
        "child": lambda one: one.case,
        "episode": lambda one: one.episode,
        "duty": lambda one: one.title,
        "who": lambda one: people(one.by),
        "due": lambda one: _moment(one.clock, one.due),
        "status": lambda one: one.status.value,
        "paragraph": paragraphs_of,
        "counted_as": lambda one: one.outcome.value,
        "strength": lambda one: one.modality.value,
        "done_at": lambda one: _moment(one.clock, one.done_at),
        "late_by": late_text,
        "late_by_seconds": lambda one: one.late_by,
        "recorded_at": lambda one: _moment(one.clock, one.recorded),
        "late_recording": lambda one: _yes(one.late_recording),
        "lacks": lambda one: "; ".join(one.lacking) or None,
        "triggered_at": lambda one: _moment(one.clock, one.triggered),
        "due_from": lambda one: _between(one, 0),
        "due_to": lambda one: _between(one, 1),
        "area": lambda one: one.area,
        "roles": lambda one: "; ".join(roles(one.by)) or None,
        "agencies": lambda one: "; ".join(agencies(one.by)) or None,
        "action": lambda one: one.action,
        "called": lambda one: one.called,
        "topic": lambda one: one.topic,
        "effect": lambda one: one.effect,
        "done_by_records": lambda one: "; ".join(one.done_by) or None,
        "protocol": lambda one: one.protocol,
        "edition": lambda one: one.edition,
        "rule": lambda one: one.rule,
        "key": lambda one: one.key,
    }
)


def row_of(one: Finding) -> list[Value]:
    """The cells of a row, in the order of `COLUMNS`; times with the offset of the protocol's zone."""
    return [made(one) for made in COLUMNS.values()]


def as_text(value: Value) -> str:
    """A cell as text: times as ISO 8601, nothing as nothing."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
