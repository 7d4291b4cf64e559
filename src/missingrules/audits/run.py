"""A stream of cases -> batches of findings and counts, in the order of the cases, in as many processes as asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from missingrules.audits.findings import breaches_of, findings_of
from missingrules.audits.totals import Tally
from missingrules.batches.crew import pieces, shared, twice
from missingrules.domain.audit import Rejected
from missingrules.engine.evaluate import evaluate
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from missingrules.batches.crew import Chunk, Spot, Supplied
    from missingrules.domain.answers import Answer
    from missingrules.domain.audit import Breach, Finding, Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol

# So many cases go to a process at once: enough that sending them costs little, few enough to keep in memory.
CHUNK: Final = 40


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every case. `rows`: the findings themselves are wanted, and not only what they come to."""

    as_of: Instant
    readings: Mapping[str, str] = field(default_factory=dict)
    organisation: bool = False
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases in a row: what they come to, their findings and breaches if these were wanted, and what could not be
    used. `ids` are what the cases are called, None in the place of one that was not used."""

    ids: tuple[str | None, ...]
    tally: Tally
    findings: tuple[Finding, ...]
    breaches: tuple[Breach, ...]
    rejections: tuple[Rejection, ...]
    rows_used: int
    rows_reported: int


def audited(
    protocols: Sequence[Protocol], case: Case, question: Question, *, cited: bool = True
) -> tuple[Answer, list[Finding]]:
    """One case. An audit looks back: what is still to come is no part of it."""
    answer = evaluate(
        protocols,
        case,
        question.as_of,
        horizon_days=0,
        readings=question.readings,
        organisation=question.organisation,
    )
    return answer, list(findings_of(answer, case, cited=cited))


def audit(
    cases: Iterable[Supplied], protocols: Callable[[], Sequence[Protocol]], question: Question, *, jobs: int = 1
) -> Iterator[Batch]:
    """All of them, one batch after the other. `protocols` reads the rules: each process calls it once.

    Of cases that are called the same the first that can be used is, and the others are rejected: one child is not
    counted twice. RuntimeError where a process ends before its work is done.
    """
    return shared(pieces(cases, CHUNK), partial(_auditor, protocols, question), jobs=jobs)


def _auditor(protocols: Callable[[], Sequence[Protocol]], question: Question) -> _Auditor:
    return _Auditor(protocols(), question)


class _Auditor:
    """Answers chunk after chunk with the same rules."""

    def __init__(self, protocols: Sequence[Protocol], question: Question) -> None:
        self.protocols = protocols
        self.question = question
        self.words = words_of(protocols)

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Batch:
        """`again`: those of the chunk that are not to be used, with the place of the one that is."""
        tally = Tally()
        ids: list[str | None] = []
        kept: list[Finding] = []
        broken: list[Breach] = []
        rejections: list[Rejection] = []
        used = reported = 0
        for number, supplied in enumerate(chunk):
            try:
                if number in again:
                    raise twice(supplied, again[number])
                case = supplied.case(self.protocols, self.words, self.question.as_of)
            except Rejected as rejected:
                rejections += rejected.rejections
                reported += supplied.rows
                ids.append(None)
                continue
            used += supplied.rows
            ids.append(case.id)
            answer, findings = audited(self.protocols, case, self.question, cited=self.question.rows)
            tally.add(answer, findings)
            if self.question.rows:
                kept += findings
                broken += breaches_of(answer, case)
        return Batch(tuple(ids), tally, tuple(kept), tuple(broken), tuple(rejections), used, reported)
