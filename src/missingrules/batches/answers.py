"""The seam: cases of a partition in, tables of their answers out.

Everything around it (inputs, processes, files, restart) knows these tables and nothing of how they were worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.batches.arrow import Rows
from missingrules.batches.tables import ANSWERED, Answers
from missingrules.domain.protocol import bare
from missingrules.engine.evaluate import evaluate
from missingrules.interface.rows import paragraphs, titles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.batches.tables import Question
    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

Cells = tuple["str | int | None", ...]

# Why a case was answered by the evaluator, as long as nothing else was asked.
ALONE: Final = "the evaluator alone was asked"


def answered(protocols: Sequence[Protocol], cases: Sequence[Case], question: Question) -> Answers:
    """What the protocols ask for in each of the cases."""
    rows = {name: Rows(columns) for name, columns in ANSWERED.items()}
    for case in cases:
        answer = evaluate(
            protocols,
            case,
            question.as_of,
            horizon_days=question.horizon_days,
            readings=question.readings,
            organisation=question.organisation,
        )
        for name, row in _rows(answer):
            rows[name].add(row)
    tables = {name: found.table() for name, found in rows.items()}
    return Answers(**tables, by_evaluator={case.id: ALONE for case in cases})


def _rows(answer: Answer) -> Iterator[tuple[str, Cells]]:
    """Each row of one case with the name of its table."""
    case = answer.case
    for part in answer.protocols:
        editions = {layer.name: layer.edition.label for layer in part.protocol.layers}
        for one in part.actions:
            yield "obligations", _obligation(case, one, editions[one.protocol])
            for reading, option in dict.fromkeys((each.reading, each.option) for each in one.readings):
                yield "readings", (case, one.protocol, one.key, reading, option)
        yield from _beside(case, part)


def _obligation(case: str, one: Obligation, edition: str) -> Cells:
    duty, stand, detail = one.duty, one.stand, one.detail
    first, last = stand.due_between or (None, None)
    return (
        case,
        one.key,
        one.protocol,
        edition,
        stand.episode,
        bare(duty.rule),
        duty.id.removeprefix(duty.rule).removeprefix(".") or None,
        stand.occurrence,
        duty.action,
        duty.title,
        duty.topic,
        duty.effect.value,
        duty.modality.value,
        titles(detail.by),
        titles(detail.chair),
        titles(detail.recipients),
        titles(detail.attendees),
        titles(detail.with_),
        stand.status.value,
        stand.triggered_at,
        stand.due,
        first,
        last,
        stand.discharged_at,
        paragraphs(one.citations, one.protocol),
    )


def _beside(case: str, part: ProtocolAnswer) -> Iterator[tuple[str, Cells]]:
    name = part.protocol.name
    for asked in part.questions:
        keys = "; ".join(dict.fromkeys(asked.affects))
        yield "questions", (case, name, asked.fact, asked.ask, asked.episode, asked.record, keys, asked.by)
    for one in part.conclusions:
        cited = paragraphs(one.citations, name)
        yield "conclusions", (case, name, one.episode, one.what, one.recorded, one.effective, cited)
