"""missingrules: the protocol of this folder, asked of every child as a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.families.words import CHAIRS, PARAGRAPHS, PROTOCOL, RULES, STATUSES, Rows
from benchmarks.histories import FOREVER, RISKS
from benchmarks.shapes import cases
from missingrules.domain.clock import Instant
from missingrules.domain.people import People
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import converted
from missingrules.interface.rows import paragraphs
from missingrules.interface.words import words_of
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    """The protocol is read once. It has a calendar of its own."""
    return _asked(read_protocol(PROTOCOL))


def answer(protocol_path: Path, caseload: Caseload) -> Rows:
    """Every obligation and every floor of the caseload, from the file and the columns."""
    return _asked(read_protocol(protocol_path))(caseload)


def _asked(protocol: Protocol) -> Callable[[Caseload], Rows]:
    return lambda caseload: _answers(protocol, caseload)


def _answers(protocol: Protocol, caseload: Caseload) -> Rows:
    """By the evaluator, one case after the other."""
    as_of, words = Instant(caseload.as_of), words_of([protocol])
    obligations: list[tuple[int, ...]] = []
    floors: list[tuple[int, int, int]] = []
    for number, case in enumerate(cases(caseload)):
        (part,) = evaluate([protocol], converted(case, [protocol], as_of, words=words), as_of).protocols
        obligations += [(number, *_codes(one)) for one in part.actions]
        floors += [
            (number, int((one.episode or "")[1:]), RISKS.index(one.effective))
            for one in part.conclusions
            if one.what == "risk"
        ]
    return Rows.of(obligations, floors)


def _codes(one: Obligation) -> tuple[int, ...]:
    assert one.triggered_at is not None
    chair = one.chair
    return (
        int(one.subject[1:]),
        RULES.index(one.duty.rule),
        int(one.occurrence),
        STATUSES.index(one.status.value),
        one.triggered_at,
        FOREVER if one.due is None else one.due,
        CHAIRS.index(chair.roles[0].name if isinstance(chair, People) else ""),
        PARAGRAPHS.index(paragraphs(one.citations, one.protocol)),
    )
