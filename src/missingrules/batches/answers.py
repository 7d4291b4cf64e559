"""The seam: cases of a partition in, tables of their answers out.

Everything around it (inputs, processes, files, restart) knows these tables and nothing of how they were worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from missingrules.batches.arrow import Rows, Table
from missingrules.domain.protocol import bare
from missingrules.engine.evaluate import evaluate
from missingrules.formats.tables import Column
from missingrules.interface.rows import paragraphs, titles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol

Cells = tuple["str | int | None", ...]

OBLIGATIONS: Final = (
    *map(Column, ("case", "key", "protocol", "edition", "episode", "rule", "item", "occurrence", "action", "title")),
    *map(Column, ("topic", "effect", "modality", "by", "chair", "recipients", "attendees", "with", "status")),
    *(Column(name, "moment") for name in ("triggered", "due", "due_earliest", "due_latest", "done_at")),
    Column("paragraphs"),
)
QUESTIONS: Final = (
    *map(Column, ("case", "protocol", "fact", "question", "episode", "record", "keys")),
    Column("needed_by", "moment"),
)
READINGS: Final = tuple(map(Column, ("case", "protocol", "key", "reading", "option")))
CONCLUSIONS: Final = tuple(
    map(Column, ("case", "protocol", "episode", "what", "recorded", "value", "paragraphs")),
)
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "obligations": OBLIGATIONS,
    "questions": QUESTIONS,
    "readings": READINGS,
    "conclusions": CONCLUSIONS,
}
# Why a case was answered by the evaluator, as long as nothing else was asked.
ALONE: Final = "the evaluator alone was asked"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every case; `horizon_days`: how far ahead."""

    as_of: Instant
    readings: Mapping[str, str] = field(default_factory=dict)
    organisation: bool = False
    horizon_days: int = 90


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, as Arrow tables whose columns are those above; the order of rows says nothing.

    `by_evaluator`: the ids of cases that the evaluator answered, each with the reason why it had to.
    """

    obligations: Table
    questions: Table
    readings: Table
    conclusions: Table
    by_evaluator: Mapping[str, str]

    def tables(self) -> Mapping[str, Table]:
        """By their names."""
        return {name: getattr(self, name) for name in TABLES}


def answered(protocols: Sequence[Protocol], cases: Sequence[Case], question: Question) -> Answers:
    """What the protocols ask for in each of the cases."""
    rows = {name: Rows(columns) for name, columns in TABLES.items()}
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
