"""An answer as flat rows, one for each obligation, for spreadsheets and whatever else wants no nesting.

Columns may be added at the end; those that are here keep their name, meaning and place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import Undecided
from missingrules.domain.protocol import bare
from missingrules.interface.shared import order

if TYPE_CHECKING:
    from datetime import datetime

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.people import People


@dataclass(frozen=True, slots=True)
class Row:
    """One obligation. Instants are in its protocol's zone, with the offset; None is nothing to say.

    `by` to `with_` are local titles joined by `; `: all of them, or after `any of:`, `anybody but:`, `undecided:`;
    `not stated` where the paper is silent. The other fields are as in a result.
    """

    case: str
    key: str
    protocol: str
    edition: str
    episode: str | None
    rule: str
    item: str | None
    action: str
    called: str | None
    title: str
    topic: str
    effect: str
    modality: str
    by: str | None
    chair: str | None
    recipients: str | None
    attendees: str | None
    with_: str | None
    status: str
    phase: str
    triggered: datetime | None
    due: datetime | None
    due_earliest: datetime | None
    due_latest: datetime | None
    due_basis: str
    done_at: datetime | None
    paragraphs: str
    readings: str | None
    as_of: datetime


def rows_of(answer: Answer) -> tuple[Row, ...]:
    """The obligations of an answer as flat rows, each once, in the order of the result's `actions`.

    Times are aware datetimes in the protocol's zone; people and paragraphs are one text each.

    Raises nothing.
    Source: docs/outputs.md.
    """
    found = [(one, part) for part in answer.protocols for one in part.actions]
    found.sort(key=lambda pair: order(pair[0]))
    return tuple(_row(one, part, answer) for one, part in found)


def _row(one: Obligation, part: ProtocolAnswer, answer: Answer) -> Row:
    clock, duty, detail = part.protocol.clock, one.duty, one.detail
    first, last = one.due_between or (None, None)
    edition = next(layer.edition.label for layer in part.protocol.layers if layer.name == one.protocol)
    return Row(
        case=answer.case,
        key=one.key,
        protocol=one.protocol,
        edition=edition,
        episode=one.episode,
        rule=bare(duty.rule),
        item=duty.id.removeprefix(duty.rule).removeprefix(".") or None,
        action=duty.action,
        called=part.protocol.called.get(duty.action),
        title=duty.title,
        topic=duty.topic,
        effect=duty.effect.value,
        modality=duty.modality.value,
        by=titles(detail.by),
        chair=titles(detail.chair),
        recipients=titles(detail.recipients),
        attendees=titles(detail.attendees),
        with_=titles(detail.with_),
        status=one.status.value,
        phase=part.phases.get()[one.key].value,
        triggered=moment(clock, one.triggered_at),
        due=moment(clock, one.due),
        due_earliest=moment(clock, first),
        due_latest=moment(clock, last),
        due_basis=detail.due_basis,
        done_at=moment(clock, one.discharged_at),
        paragraphs=paragraphs(one.citations, one.protocol),
        readings="; ".join(f"{each.reading}: {each.option}" for each in one.readings) or None,
        as_of=clock.local(answer.as_of),
    )


def moment(clock: Clock, instant: Instant | None) -> datetime | None:
    """The instant with the zone's offset."""
    return None if instant is None else clock.local(instant)


def paragraphs(citations: Citations, protocol: str) -> str:
    """Each paragraph once; one of another document than the protocol's own has its name before it."""
    named = (f"{'' if c.document == protocol else f'{c.document} '}{c.paragraph}" for c in citations)
    return "; ".join(dict.fromkeys(named))


def titles(who: People | NotStated | Undecided | None) -> str | None:
    """People by their local titles in one cell; None where there are none to name."""
    if who is None:
        return None
    if isinstance(who, NotStated):
        return "not stated"
    if isinstance(who, Undecided):
        options = [text for text in map(titles, who.people) if text] + ["not stated"] * who.silent
        return f"undecided: {'; or '.join(options)}"
    named = "; ".join(role.title for role in who.roles)
    match who.mode:
        case "all":
            return named or None
        case "any":
            return f"any of: {named}"
        case "other_than":
            return f"anybody but: {named}"
        case "record_by":
            return f"whoever made the record: {named}" if named else "whoever made the record"
