"""What commands tell, as plain data for `--json`: names as in the text, instants with their offset, null for none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain.answers import Forbidden
from missingrules.domain.clock import Instant
from missingrules.reports.mutants import change_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.answers import Explanation
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock
    from missingrules.domain.comparisons import Parted, Searched
    from missingrules.domain.coverage import Change, Changes, Coverage, Outcome, Reason
    from missingrules.domain.impact import Impact
    from missingrules.domain.obligations import Evidence, Obligation
    from missingrules.domain.progress import Left, Progress, Said
    from missingrules.domain.protocol import Protocol

Data = dict[str, Any]


def named(protocol: Protocol) -> Data:
    """Which text of which protocol it is about."""
    return {
        "name": protocol.name,
        "title": protocol.title,
        "edition": protocol.edition.label,
        "fingerprint": protocol.fingerprint,
    }


def cited(citations: Citations) -> list[Data]:
    return [{"document": each.document, "paragraph": each.paragraph, "heading": each.heading} for each in citations]


def explanation_data(one: Explanation, protocol: Protocol) -> Data:
    """Why one act of a rule is or is not asked for."""
    clock = protocol.clock
    return {
        "protocol": protocol.name,
        "act": one.duty,
        "title": one.title,
        "subject": one.subject,
        "citations": cited(one.citations),
        "outcome": one.outcome,
        "steps": [
            {"wants": step.wants, "holds": step.holds, "read": [_read(each, clock) for each in step.read]}
            for step in one.steps
        ],
        "duties": [_duty(each, clock) for each in one.obligations],
        "would_fire_if": list(one.would),
    }


def _read(one: Evidence, clock: Clock) -> Data:
    value: object = one.value
    if one.is_instant and isinstance(value, int):
        value = iso(clock, Instant(value))
    return {"fact": one.fact, "value": None if value is None else str(value), "source": one.source}


def _duty(one: Obligation, clock: Clock) -> Data:
    return {"key": one.key, "status": one.status.value, "due": iso(clock, one.due)}


def iso(clock: Clock, at: Instant | None) -> str | None:
    return None if at is None else clock.local(at).isoformat()


def left_data(one: Left, said: Said | None) -> Data:
    """A paragraph that is still to be accounted for, with its words where the paper is at hand."""
    words = None
    if said is not None:
        words = {
            "text": said.words,
            "line": said.line,
            "belongs_to": said.lead or None,
            "asks": dict(said.asks),
            "actions": [each.name for each in said.acts],
            "topic": said.topic or None,
            "roles": list(said.roles),
        }
    return {
        "document": one.label,
        "ref": one.ref,
        "heading": one.heading,
        "figures": list(one.figures),
        "line": one.line,
        "why": one.why,
        "says": words,
    }


def progress_data(progress: Progress) -> Data:
    """How far a protocol has come through its paper."""
    return {
        "paragraphs": progress.total,
        "left": len(progress.left),
        "cited_without_fate": [each.ref for each in progress.cited],
    }


def impact_data(impact: Impact) -> Data:
    """What a new edition of a paper changes."""
    return {
        "touched": [
            {
                "what": each.what,
                "ref": each.ref,
                "heading": each.heading,
                "figures_before": list(each.before),
                "figures": list(each.figures),
                "rules": list(each.rules),
            }
            for each in impact.touched
        ],
        "new_words": impact.new_words,
        "as_they_were": impact.kept,
    }


def outcome_data(one: Outcome, protocol: str, why: Sequence[Reason], of: Protocol) -> Data:
    """A scenario that does not hold."""
    return {
        "protocol": protocol,
        "scenario": one.scenario.name,
        "at": str(one.scenario.span),
        "why": one.scenario.why,
        "differences": [
            {"what": each.what, "at": str(each.span), "expected": each.expected, "came": each.came}
            for each in one.differences
        ],
        "explained": [_reason(each, of) for each in why],
    }


def _reason(one: Reason, of: Protocol) -> Data:
    return {
        "key": one.key,
        "fields": [each._asdict() for each in one.fields],
        "others": list(one.others),
        "explanations": [explanation_data(each, of) for each in one.explanations],
    }


def coverage_data(one: Coverage) -> Data:
    """What of a protocol is tried, and each thing that is not."""
    return {
        "protocol": one.protocol.name,
        "whole": one.is_whole,
        "scenarios": one.scenarios,
        "failing": [{"scenario": each.name, "at": str(each.span)} for each in one.failing],
        "paragraphs": one.paragraphs,
        "unaccounted": [{"at": str(each.span), "message": each.message} for each in one.unaccounted],
        "acts": one.acts,
        "never_fired": list(one.never_fired),
        "never_absent": list(one.never_absent),
        "stated": one.stated,
        "unasserted": [{"act": act, "says": name} for act, name in one.unasserted],
        "boundaries": one.boundaries,
        "untried": [
            {
                "rules": list(each.number.rules),
                "section": each.number.section,
                "number": each.number.text,
                "row": each.number.row or None,
                "beside": each.number.beside[each.side],
                "citations": cited(each.number.citations),
            }
            for each in one.untried
        ],
    }


def mutants_data(one: Changes, left: Sequence[Change]) -> Data:
    """The small changes of a protocol's rules that were tried; `left` are unnoticed and without a reason."""
    return {
        "protocol": one.protocol.name,
        "scenarios": one.scenarios,
        "changes": one.all,
        "tried": len(one.tried),
        "same": len(one.same),
        "noticed": len(one.tried) - len(one.unnoticed),
        "unnoticed": [
            {"rules": list(each.rules), "change": change_text(each), "citations": cited(each.citations)}
            for each in one.unnoticed
        ],
        "without_reason": [change_text(each) for each in left],
    }


def searched_data(found: Searched, case: Mapping[str, Any] | None, both: tuple[Protocol, Protocol]) -> Data:
    """The smallest case for which two protocols ask for different things, or that there is none, and the bounds."""
    witness = found.witness
    clock = both[0].clock
    return {
        "format": 1,
        "first": named(both[0]),
        "second": named(both[1]),
        "case": case,
        "as_of": None if witness is None else iso(clock, witness.as_of),
        "organisation": witness is not None and witness.organisation,
        "readings": {} if witness is None else dict(witness.readings),
        "parted": [] if witness is None else [_parted(each, clock) for each in witness.parted],
        "tried": found.tried,
        "size": found.size,
        "whole": found.is_whole,
        "unseen": [
            {
                "of": both[0 if each.of_first else 1].name,
                "what": each.what,
                "title": each.provision.title,
                "citations": cited(each.provision.citations),
            }
            for each in found.unseen
        ],
        "read_otherwise": None if found.otherwise is None else found.otherwise._asdict(),
    }


def _parted(one: Parted, clock: Clock) -> Data:
    return {"kind": one.kind, "first": _asked(one.first, clock), "second": _asked(one.second, clock)}


def _asked(one: Obligation | Forbidden | None, clock: Clock) -> Data | None:
    if one is None:
        return None
    if isinstance(one, Forbidden):
        said = one.prohibition
        return {
            "key": one.key,
            "status": one.status,
            "due": None,
            "title": said.title,
            "citations": cited(said.citations),
        }
    return {**_duty(one, clock), "title": one.duty.title, "citations": cited(one.citations)}
