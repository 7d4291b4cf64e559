"""One case answered by the evaluator, as rows of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from missingrules.batches.tables import ANSWERED
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


@dataclass(frozen=True, slots=True)
class Only:
    """What is wanted of the answer: some tables, and beside them the obligations of some rules."""

    tables: frozenset[str] = frozenset(ANSWERED)
    rules: frozenset[str] = frozenset()


def rows_of(protocols: Sequence[Protocol], case: Case, question: Question, only: Only) -> Iterator[tuple[str, Cells]]:
    """Each row of one case with the name of its table."""
    answer = evaluate(
        protocols,
        case,
        question.as_of,
        horizon_days=question.horizon_days,
        readings=question.readings,
        organisation=question.organisation,
    )
    wanted = only.tables - question.without
    for part in answer.protocols:
        editions = {layer.name: layer.edition.label for layer in part.protocol.layers}
        for one in part.actions:
            if "obligations" in wanted or one.duty.rule in only.rules:
                yield "obligations", _obligation(case.id, one, editions[one.protocol])
            if "readings" in wanted:
                for reading, option in dict.fromkeys((each.reading, each.option) for each in one.readings):
                    yield "readings", (*_name(case.id, one), reading, option)
        yield from ((name, row) for name, row in _beside(answer, part, wanted) if name in wanted)


def _name(case: str, one: Obligation) -> Cells:
    """By what an obligation is told from all others."""
    duty, stand = one.duty, one.stand
    item = duty.id.removeprefix(duty.rule).removeprefix(".") or None
    return case, one.protocol, bare(duty.rule), item, stand.episode, stand.occurrence


def _obligation(case: str, one: Obligation, edition: str) -> Cells:
    duty, stand, detail = one.duty, one.stand, one.detail
    first, last = stand.due_between or (None, None)
    return (
        *_name(case, one),
        edition,
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


def _beside(answer: Answer, part: ProtocolAnswer, wanted: frozenset[str]) -> Iterator[tuple[str, Cells]]:
    name, case = part.protocol.name, answer.case
    for asked in part.questions if "questions" in wanted else ():
        keys = "; ".join(dict.fromkeys(asked.affects))
        yield "questions", (case, name, asked.fact, asked.ask, asked.episode, asked.record, keys, asked.by)
    for one in part.conclusions:
        cited = paragraphs(one.citations, name)
        yield "conclusions", (case, name, one.episode, one.what, one.recorded, one.effective, cited)
