"""The answer to one case -> a finding for each obligation, and a breach for each record of what was forbidden."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from missingrules.domain.audit import Breach, Finding, outcome_of
from missingrules.domain.clock import Instant
from missingrules.domain.obligations import Status
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.protocol import bare, layer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case, Held, Record, Stamp
    from missingrules.domain.citations import NotStated
    from missingrules.domain.clock import Clock
    from missingrules.domain.obligations import Obligation, Undecided

DONE = (Status.MET, Status.MET_LATE)


def findings_of(answer: Answer, case: Case, *, cited: bool = True) -> Iterator[Finding]:
    """One for each obligation, protocol by protocol in the order of the answer.

    `cited` False leaves the paragraphs out, which are slow to gather: totals do not ask for them.
    """
    records = {record.id: record for record in case.records}
    areas = case.child.get("area", ())
    for part in answer.protocols:
        lacking = _lacking(part)
        editions = {layer.name: layer.edition.label for layer in part.protocol.layers}
        for o in part.actions:
            yield _finding(o, part, answer, records, areas, lacking.get(o.key, ()), editions, cited=cited)


def breaches_of(answer: Answer, case: Case) -> Iterator[Breach]:
    """One for each record that broke a prohibition, or may have, protocol by protocol in the order of the answer."""
    areas = case.child.get("area", ())
    for part in answer.protocols:
        editions = {layer.name: layer.edition.label for layer in part.protocol.layers}
        lacking = _asked(part, {one.key for one in part.forbidden if one.record and one.status == "not_decidable"})
        for one in part.forbidden:
            if one.record is None or one.status == "in_force":
                continue
            what, protocol, clock = one.prohibition, layer_of(one.key), part.protocol.clock
            yield Breach(
                case=answer.case,
                key=one.key,
                protocol=protocol,
                edition=editions[protocol],
                rule=bare(what.rule),
                title=what.title,
                action=what.action,
                called=part.protocol.called.get(what.action),
                topic=what.topic,
                modality=what.modality,
                episode=one.episode,
                area=_area(areas, answer.as_of if one.at is None else one.at, clock) if areas else None,
                clock=clock,
                at=one.at,
                record=one.record,
                status=one.status,
                lacking=lacking.get(one.key, ()),
                citations=what.citations,
            )


def _finding(
    o: Obligation,
    part: ProtocolAnswer,
    answer: Answer,
    records: Mapping[str, Record],
    areas: tuple[Held, ...],
    lacking: tuple[str, ...],
    editions: Mapping[str, str],
    *,
    cited: bool,
) -> Finding:
    duty, stand, clock = o.duty, o.stand, part.protocol.clock
    status, between, due = stand.status, stand.due_between, stand.due
    limit = due if between is None else between[1]
    done = stand.discharged_at
    done_by = o.discharged_by if status in DONE else ()
    recorded = _last([records[id_].recorded for id_ in done_by if id_ in records], clock) if done_by else None
    return Finding(
        case=answer.case,
        key=o.key,
        protocol=o.protocol,
        edition=editions[o.protocol],
        rule=duty.id.rpartition("/")[2],
        title=duty.title,
        action=duty.action,
        called=part.protocol.called.get(duty.action),
        topic=duty.topic,
        effect=duty.effect.value,
        modality=duty.modality,
        by=by_of(o),
        subject=stand.subject,
        episode=stand.episode,
        area=_area(areas, answer.as_of if stand.triggered_at is None else stand.triggered_at, clock) if areas else None,
        clock=clock,
        triggered=stand.triggered_at,
        due=due,
        due_between=between,
        status=status,
        outcome=outcome_of(status, duty.modality, limit, answer.as_of),
        done_at=done,
        done_by=done_by,
        recorded=recorded,
        late_by=_late_by(status, limit, done, answer.as_of),
        late_recording=_late_recording(recorded, limit, clock) if status is Status.MET else None,
        lacking=lacking,
        citations=o.citations if cited else (),
    )


def by_of(o: Obligation) -> People | NotStated | Undecided | None:
    """Who does it; the reasons are not worked out where the rule alone says it."""
    who = o.duty.by
    if isinstance(who, PeopleRows) or (isinstance(who, People) and who.mode == "record_by"):
        return o.by
    return who


def _lacking(part: ProtocolAnswer) -> dict[str, tuple[str, ...]]:
    """The facts on which each obligation hangs that cannot be decided."""
    return _asked(part, {o.key for o in part.actions if o.status is Status.NOT_DECIDABLE})


def _asked(part: ProtocolAnswer, open_: set[str]) -> dict[str, tuple[str, ...]]:
    """The facts on which each of these hangs, by their keys."""
    if not open_:
        return {}
    found: dict[str, dict[str, None]] = {}
    for question in part.asking_of(open_):
        for key in open_.intersection(question.affects):
            found.setdefault(key, {}).setdefault(question.fact)
    return {key: tuple(facts) for key, facts in found.items()}


def _late_by(status: Status, limit: Instant | None, done: Instant | None, as_of: Instant) -> int | None:
    until = done if status is Status.MET_LATE else as_of if status is Status.OVERDUE else None
    return None if until is None or limit is None else until - limit


def _late_recording(recorded: Stamp | None, limit: Instant | None, clock: Clock) -> bool | None:
    """Whether the entry came after the limit; a date alone may leave it open."""
    if recorded is None or limit is None:
        return None
    if not isinstance(recorded, date):
        return recorded > limit
    return True if clock.midnight(recorded) > limit else False if clock.end_of(recorded) <= limit else None


def _last(stamps: list[Stamp | None], clock: Clock) -> Stamp | None:
    """The last of the entries that together show the act; None if one of them does not say when it was made."""
    known = [stamp for stamp in stamps if stamp is not None]
    if not known or len(known) < len(stamps):
        return None
    return max(known, key=lambda stamp: _end(stamp, clock))


def _end(stamp: Stamp, clock: Clock) -> Instant:
    return clock.end_of(stamp) if isinstance(stamp, date) else stamp


def _area(areas: tuple[Held, ...], at: Instant, clock: Clock) -> str | None:
    """In which of the protocol's areas the child lived then, as far as the case says."""
    for held in areas:
        start = None if held.start is None else _begin(held.start, clock)
        end = None if held.end is None else _begin(held.end, clock)
        if (start is None or start <= at) and (end is None or at < end):
            return str(held.value)
    return None


def _begin(stamp: Stamp, clock: Clock) -> Instant:
    return clock.midnight(stamp) if isinstance(stamp, date) else Instant(stamp)
