"""`domain.obligations.Answer` -> the result, as models or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydantic_core

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import FOREVER, Instant, calendar_version
from missingrules.domain.logs import timed
from missingrules.domain.obligations import Undecided
from missingrules.domain.protocol import bare, layer_of
from missingrules.interface.result import Result
from missingrules.interface.shared import ahead_condition, iso, library_version, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from missingrules.domain.answers import (
        Ahead,
        Ambiguity,
        Answer,
        Applying,
        Concluded,
        Conflict,
        Forbidden,
        Question,
        Together,
        Warned,
    )
    from missingrules.domain.citations import Citations, Edition
    from missingrules.domain.clock import Clock
    from missingrules.domain.deadlines import Note
    from missingrules.domain.obligations import Evidence, Obligation, Phase
    from missingrules.domain.people import People
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.receipt import Receipt

# Part of a result as plain data; the models say what it holds.
Entry = dict[str, Any]


def result_of(answer: Answer) -> Result:
    """The answer as other systems get it, of format 1: its instants are texts in the protocol's zone, with their
    offset.

    Raises nothing.
    Source: docs/case-and-result.md, Result.
    """
    with timed("result made") as said:
        result = Result.model_validate(plain_of(answer))
        said(duties=len(result.actions))
    return result


def to_json(answer: Answer | Result) -> str:
    """An answer or a result as JSON text, the same bytes for the same answer; it ends with a line break.

    From an answer it is several times faster, since no models are made on the way.

    Raises nothing.
    Source: docs/case-and-result.md, Result; schemas/result.schema.json.
    """
    if isinstance(answer, Result):
        return answer.model_dump_json(by_alias=True, indent=2) + "\n"
    return pydantic_core.to_json(plain_of(answer), indent=2).decode() + "\n"


def plain_of(answer: Answer) -> Entry:
    """The result as plain data, its keys in the order of the models."""
    clock = answer.clock
    parts = [(part, Writer(part.protocol, part.phases.get())) for part in answer.protocols]
    ordered = sorted(
        ((obligation, writer) for part, writer in parts for obligation in part.actions),
        key=lambda one: order(one[0]),
    )
    return _entry(
        format=1,
        case=answer.case,
        as_of=iso(clock, answer.as_of),
        valid_until=None if answer.valid_until is None else iso(clock, answer.valid_until),
        horizon_days=answer.horizon_days,
        protocols=[_protocol(part.protocol) for part in answer.protocols],
        applies=[_applying(one) for one in answer.applies.get()],
        warnings=[_warning(one) for one in answer.warnings],
        library=_entry(version=library_version(), calendar=calendar_version()),
        receipt=None if answer.receipt is None else _receipt(answer.receipt.get()),
        actions=[writer.action(obligation) for obligation, writer in ordered],
        together=[_together(one, clock) for one in answer.together],
        conclusions=[writer.conclusion(one) for part, writer in parts for one in part.conclusions],
        forbidden=[writer.forbidden(one) for part, writer in parts for one in part.forbidden],
        conflicts=[writer.conflict(one) for part, writer in parts for one in part.conflicts]
        + [parts[0][1].conflict(one) for one in answer.conflicts],
        ambiguities=[writer.ambiguity(one) for part, writer in parts for one in part.ambiguities],
        questions=[writer.question(one) for part, writer in parts for one in part.questions],
        next=[writer.ahead(one) for part, writer in parts for one in part.ahead],
    )


def applies_json(found: Sequence[Applying]) -> str:
    """Of each protocol whether it is for the child, as JSON; the same input gives the same bytes."""
    return pydantic_core.to_json([_applying(one) for one in found], indent=2).decode() + "\n"


def cited(citations: Citations) -> list[Entry]:
    return [
        _entry(document=c.document, paragraph=c.paragraph, heading=c.heading, supports=c.supports) for c in citations
    ]


def note_text(note: Note | None) -> str | None:
    return None if note is None else note.text


def _entry(**values: Any) -> Entry:
    return values


def _protocol(protocol: Protocol) -> Entry:
    below = [_layer(layer) for layer in protocol.layers[1:]]
    replaced = [
        _entry(rule=r.rule, by=r.by and f"{layer.name}/{r.by}", why=r.why, citations=cited(r.citations))
        for layer in protocol.layers
        for r in layer.replaced
    ]
    return _entry(**_layer(protocol), stands_on=below, replaced=replaced)


def _layer(protocol: Protocol) -> Entry:
    return _entry(
        name=protocol.name,
        title=protocol.title,
        edition=protocol.edition.label,
        in_force=None if protocol.edition.in_force == (None, None) else _in_force(protocol.edition),
        published=protocol.edition.published,
        checked=protocol.edition.checked,
        fingerprint=protocol.fingerprint,
    )


def _together(one: Together, clock: Clock) -> Entry:
    first = one.obligations[0]
    return _entry(
        action=first.duty.action,
        effect=first.duty.effect.value,
        subject=first.subject,
        episode=first.episode,
        protocols=list(one.protocols),
        due=None if one.due is None else iso(clock, one.due),
        modality=one.modality.value,
        keys=[each.key for each in one.obligations],
    )


def _in_force(edition: Edition) -> Entry:
    first, end = (None if day is None else day.isoformat() for day in edition.in_force)
    return _entry(**{"from": first}, to=end)


def _applying(one: Applying) -> Entry:
    return _entry(
        protocol=one.protocol.name,
        edition=one.protocol.edition.label,
        answer=one.answer,
        relation=one.relation and one.relation.value,
        citations=cited(one.citations),
        because=[_entry(fact=e.fact, value=str(e.value), source=e.source) for e in one.because],
        asks=list(one.asks),
        also=list(one.also),
    )


def _receipt(one: Receipt) -> Entry:
    return _entry(
        case=one.case_hash,
        readings=dict(sorted(one.readings.items())),
        organisation=one.organisation,
        where_applies=one.where_applies,
        protocols=[
            _entry(name=each.name, edition=each.edition.label, fingerprint=each.fingerprint) for each in one.protocols
        ],
    )


def _warning(one: Warned) -> Entry:
    return _entry(
        what=one.what,
        episode=one.episode,
        protocol=one.protocol,
        edition=one.edition.label,
        in_force=_in_force(one.edition),
        on=one.on.isoformat(),
    )


class Writer:
    """Writes what one protocol answered; citations and people of a rule are written once."""

    def __init__(self, protocol: Protocol, phases: Mapping[str, Phase]) -> None:
        self.protocol = protocol
        self.name = protocol.name
        self.editions = {layer.name: layer.edition.label for layer in protocol.layers}
        self.replaces: dict[str, list[Entry]] = {}
        for layer in protocol.layers:
            for one in layer.replaced:
                by = self.replaces.setdefault(f"{layer.name}/{one.by}", [])
                by.append(_entry(rule=one.rule, why=one.why))
        self.clock = protocol.clock
        self.called = protocol.called
        self.phases = phases
        self._cited: dict[Citations, list[Entry]] = {}
        self._people: dict[People, Entry | list[Entry]] = {}
        self._moments: dict[Instant, str] = {}

    def moment(self, instant: Instant | None) -> str | None:
        if instant is None:
            return None
        text = self._moments.get(instant)
        if text is None:
            text = self._moments[instant] = iso(self.clock, instant)
        return text

    def cited(self, citations: Citations) -> list[Entry]:
        made = self._cited.get(citations)
        if made is None:
            made = self._cited[citations] = cited(citations)
        return made

    def people(self, who: People | NotStated | Undecided | None) -> Entry | list[Entry] | str | None:
        if who is None:
            return None
        if isinstance(who, NotStated):
            return "not_stated"
        if isinstance(who, Undecided):
            options = [self._option(people) for people in who.people]
            silence = ["not_stated"] if who.silent else []
            return _entry(undecided=options + silence)
        made = self._people.get(who)
        if made is None:
            made = self._people[who] = self._settled(who)
        return made

    def _settled(self, who: People) -> Entry | list[Entry]:
        roles = [_entry(role=role.name, title=role.title, grade=role.grade, agency=role.agency) for role in who.roles]
        match who.mode:
            case "all":
                return roles
            case "any":
                return _entry(any=roles)
            case "other_than":
                return _entry(other_than=roles)
            case "record_by":
                return _entry(record_by=roles)

    def _option(self, who: People) -> object:
        made = self._settled(who)
        if isinstance(made, list):
            return made[0] if len(made) == 1 else _entry(all=made)
        return made

    def action(self, one: Obligation) -> Entry:
        duty = one.duty
        between = one.due_between
        return _entry(
            key=one.key,
            rule=bare(duty.rule),
            item=duty.id.removeprefix(duty.rule).removeprefix(".") or None,
            protocol=one.protocol,
            edition=self.editions[one.protocol],
            action=duty.action,
            called=self.called.get(duty.action),
            topic=duty.topic,
            title=duty.title,
            effect=duty.effect.value,
            modality=duty.modality.value,
            about=duty.about,
            method=duty.method,
            subject=one.subject,
            episode=one.episode,
            occurrence=one.occurrence,
            triggered_at=self.moment(one.triggered_at),
            due=self.moment(one.due),
            due_between=None if between is None else (self.moment(between[0]), self.moment(between[1])),
            aim=note_text(duty.aim),
            earlier_if=note_text(duty.earlier_if),
            due_basis=one.due_basis,
            status=one.status.value,
            phase=self.phases[one.key].value,
            by=self.people(one.by),
            chair=self.people(one.chair),
            recipients=self.people(one.recipients) or [],
            attendees=self.people(one.attendees) or [],
            **{"with": self.people(one.with_) or []},
            done_at=self.moment(one.discharged_at),
            done_by_records=list(one.discharged_by),
            ended_at=self.moment(one.ended_at),
            differences=[
                _entry(record=d.record, part=d.part, stated=d.stated, recorded=d.recorded) for d in one.differences
            ],
            citations=self.cited(one.citations),
            because=self.evidence(one.because),
            readings=[_entry(id=r.reading, option=r.option, otherwise=r.otherwise) for r in one.readings],
            conventions=list(duty.conventions),
            notes=list(one.notes),
            replaces=self.replaces.get(self.protocol.key_of(duty.rule), []),
        )

    def evidence(self, because: Iterable[Evidence]) -> list[Entry]:
        return [
            _entry(
                fact=e.fact,
                value=self.moment(Instant(e.value)) if e.is_instant and isinstance(e.value, int) else e.value,
                source=e.source,
            )
            for e in because
        ]

    def conclusion(self, one: Concluded) -> Entry:
        return _entry(
            what=one.what,
            episode=one.episode,
            recorded=one.recorded,
            floor=one.floor,
            effective=one.effective,
            protocol=self.name,
            rules=list(one.rules),
            citations=self.cited(one.citations),
        )

    def forbidden(self, one: Forbidden) -> Entry:
        what = one.prohibition
        return _entry(
            key=one.key,
            rule=bare(what.rule),
            protocol=layer_of(one.key),
            action=what.action,
            called=self.called.get(what.action),
            topic=what.topic,
            title=what.title,
            modality=what.modality.value,
            about=what.about,
            method=what.method,
            outcome=what.outcome,
            to=list(what.to),
            episode=one.episode,
            status=one.status,
            record=one.record,
            at=self.moment(one.at),
            citations=self.cited(what.citations),
            because=self.evidence(one.because),
        )

    def conflict(self, one: Conflict) -> Entry:
        protocols = list(one.protocols) or [self.name]
        return _entry(
            what=one.what,
            episode=one.episode,
            values=list(one.values),
            protocol=protocols[0],
            rules=list(one.rules),
            citations=self.cited(one.citations),
            kind=one.kind,
            protocols=protocols,
            keys=list(one.keys),
        )

    def ambiguity(self, one: Ambiguity) -> Entry:
        return _entry(
            reading=one.reading,
            option=one.option,
            protocol=self.name,
            would_add=[key for key, _ in one.would_add],
            titles=[title for _, title in one.would_add],
            citations=self.cited(one.citations),
        )

    def question(self, one: Question) -> Entry:
        return _entry(
            fact=one.fact,
            ask=one.ask,
            episode=one.episode,
            record=one.record,
            protocol=self.name,
            affects=list(one.affects),
            by=self.moment(one.by),
        )

    def ahead(self, one: Ahead) -> Entry:
        return _entry(
            **{"if": ahead_condition(one, self.clock)},
            then=one.duty.title,
            kind=one.kind,
            more_episodes=one.count,
            at=None if one.at >= FOREVER else self.moment(one.at),
            subject=one.subject,
            rule=bare(one.duty.rule),
            protocol=layer_of(self.protocol.key_of(one.duty.rule)),
            action=one.duty.action,
            called=self.called.get(one.duty.action),
            citations=self.cited(one.citations),
        )
