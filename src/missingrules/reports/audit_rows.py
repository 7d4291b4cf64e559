"""Findings and breaches as flat rows: one obligation, or one record, a row; the same columns in every format."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.audits.totals import agencies, roles
from missingrules.domain.audit import Finding, Outcome
from missingrules.domain.clock import Instant
from missingrules.formats.tables import Column, Table
from missingrules.reports.wording import duration, people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from missingrules.domain.audit import Breach
    from missingrules.domain.case import Stamp
    from missingrules.domain.clock import Clock
    from missingrules.formats.tables import Cell, Kind


def _moment(clock: Clock, stamp: Stamp | None) -> date | None:
    return stamp if stamp is None or isinstance(stamp, date) else clock.local(Instant(stamp))


def _between(one: Finding, end: int) -> Cell:
    return None if one.due_between is None else _moment(one.clock, one.due_between[end])


def late_text(one: Finding) -> str | None:
    """By how much, in words: whole days where it is a day or more."""
    if one.late_by is None:
        return None
    days = one.late_by // 86400
    said = f"{days} day{'' if days == 1 else 's'}" if days else duration(one.late_by)
    return f"{said} so far" if one.outcome is Outcome.OVERDUE else said


def paragraphs_of(one: Finding | Breach) -> str:
    """Every paragraph, each once, with its document where that is not the protocol itself."""
    return "; ".join(
        dict.fromkeys(f"{'' if c.document == one.protocol else f'{c.document} '}{c.paragraph}" for c in one.citations)
    )


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


COLUMNS: Final[Mapping[str, Callable[[Finding], Cell]]] = MappingProxyType(
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


BREACHES: Final[Mapping[str, Callable[[Breach], Cell]]] = MappingProxyType(
    {
        "child": lambda one: one.case,
        "episode": lambda one: one.episode,
        "prohibition": lambda one: one.title,
        "status": lambda one: one.status,
        "record": lambda one: one.record,
        "at": lambda one: _moment(one.clock, one.at),
        "paragraph": paragraphs_of,
        "strength": lambda one: one.modality.value,
        "lacks": lambda one: "; ".join(one.lacking) or None,
        "area": lambda one: one.area,
        "action": lambda one: one.action,
        "called": lambda one: one.called,
        "topic": lambda one: one.topic,
        "protocol": lambda one: one.protocol,
        "edition": lambda one: one.edition,
        "rule": lambda one: one.rule,
        "key": lambda one: one.key,
    }
)
_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **dict.fromkeys(("due", "done_at", "recorded_at", "triggered_at", "due_from", "due_to", "at"), "moment"),
        "late_by_seconds": "number",
    }
)


def duties_table(findings: Iterable[Finding]) -> Table:
    """A row for each finding, as it comes."""
    return Table("duties", _columns(COLUMNS), map(row_of, findings))


def breaches_table(breaches: Iterable[Breach]) -> Table:
    """A row for each record that broke a prohibition, or may have."""
    return Table("breaches", _columns(BREACHES), map(breach_row, breaches))


def _columns(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(name, _KINDS.get(name, "text")) for name in names)


def row_of(one: Finding) -> list[Cell]:
    """The cells of a row, in the order of `COLUMNS`; times with the offset of the protocol's zone."""
    return [made(one) for made in COLUMNS.values()]


def breach_row(one: Breach) -> list[Cell]:
    """The same, in the order of `BREACHES`."""
    return [made(one) for made in BREACHES.values()]


def as_text(value: Cell) -> str:
    """A cell as text: times as ISO 8601, nothing as nothing."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
