"""A stream of cases -> batches of findings and counts, in the order of the cases, in as many processes as asked.

Only so many batches are in memory as there are processes: a caseload may be of any length.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from missingrules.audit.findings import findings_of
from missingrules.audit.totals import Tally
from missingrules.domain.audit import Rejected
from missingrules.engine.evaluate import evaluate
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from missingrules.domain.answers import Answer
    from missingrules.domain.audit import Finding, Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol as Rules
    from missingrules.interface.words import CaseWords

# So many cases go to a process at once: enough that sending them costs little, few enough to keep in memory.
CHUNK: Final = 40


class Supplied(Protocol):
    """What a case can be made of, wherever it was written; it can be sent to another process."""

    @property
    def rows(self) -> int:
        """How many rows, or files, it was written in."""
        ...

    def case(self, protocols: Sequence[Rules], words: CaseWords, as_of: Instant) -> Case:
        """The case; raises `Rejected` with at least one rejection for each row."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every case. `rows`: the findings themselves are wanted, and not only what they come to."""

    as_of: Instant
    readings: Mapping[str, str] = field(default_factory=dict)
    organisation: bool = False
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases in a row: what they come to, their findings if these were wanted, and what could not be used."""

    given: int
    tally: Tally
    findings: tuple[Finding, ...]
    rejections: tuple[Rejection, ...]
    rows_used: int
    rows_reported: int


def audited(
    protocols: Sequence[Rules], case: Case, question: Question, *, cited: bool = True
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
    cases: Iterable[Supplied], protocols: Callable[[], Sequence[Rules]], question: Question, *, jobs: int = 1
) -> Iterator[Batch]:
    """All of them, one batch after the other. `protocols` reads the rules: each process calls it once.

    RuntimeError where a process ends before its work is done.
    """
    chunks = _chunks(cases)
    if jobs <= 1:
        auditor = _Auditor(protocols(), question)
        for chunk in chunks:
            yield auditor.batch(chunk)
        return
    crew = [_Hand(protocols, question) for _ in range(jobs)]
    try:
        yield from _in_turn(crew, chunks)
    finally:
        for hand in crew:
            hand.dismiss()


def _in_turn(crew: Sequence[_Hand], chunks: Iterator[tuple[Supplied, ...]]) -> Iterator[Batch]:
    """Each gets a chunk in its turn, and only when its last one is done: so nothing piles up, and order is kept."""
    waiting: list[_Hand] = []
    for number, chunk in enumerate(chunks):
        hand = crew[number % len(crew)]
        if len(waiting) == len(crew):
            batch = waiting.pop(0).result()
            hand.give(chunk)
            waiting.append(hand)
            yield batch
        else:
            hand.give(chunk)
            waiting.append(hand)
    for hand in waiting:
        yield hand.result()


def _chunks(cases: Iterable[Supplied]) -> Iterator[tuple[Supplied, ...]]:
    stream = iter(cases)
    while chunk := tuple(islice(stream, CHUNK)):
        yield chunk


class _Auditor:
    """Answers chunk after chunk with the same rules."""

    def __init__(self, protocols: Sequence[Rules], question: Question) -> None:
        self.protocols = protocols
        self.question = question
        self.words = words_of(protocols)

    def batch(self, chunk: Sequence[Supplied]) -> Batch:
        tally = Tally()
        kept: list[Finding] = []
        rejections: list[Rejection] = []
        used = reported = 0
        for supplied in chunk:
            try:
                case = supplied.case(self.protocols, self.words, self.question.as_of)
            except Rejected as rejected:
                rejections += rejected.rejections
                reported += supplied.rows
                continue
            used += supplied.rows
            answer, findings = audited(self.protocols, case, self.question, cited=self.question.rows)
            tally.add(answer, findings)
            if self.question.rows:
                kept += findings
        return Batch(len(chunk), tally, tuple(kept), tuple(rejections), used, reported)


class _Hand:
    """A process that audits chunks, one at a time."""

    def __init__(self, protocols: Callable[[], Sequence[Rules]], question: Question) -> None:
        # A fresh interpreter on every system: a copy of this one could hold what its threads hold.
        context = multiprocessing.get_context("spawn")
        self._line: Connection
        self._line, other = context.Pipe()
        self._process: BaseProcess = context.Process(target=_work, args=(other, protocols, question), daemon=True)
        self._process.start()
        other.close()

    def give(self, chunk: tuple[Supplied, ...]) -> None:
        try:
            self._line.send(chunk)
        except BrokenPipeError:
            raise self._gone() from None

    def result(self) -> Batch:
        try:
            found: Batch | Exception = self._line.recv()
        except EOFError:
            raise self._gone() from None
        if isinstance(found, Exception):
            raise found
        return found

    def dismiss(self) -> None:
        self._line.close()
        self._process.terminate()
        self._process.join()

    def _gone(self) -> RuntimeError:
        return RuntimeError("a process of the audit ended before its work was done; try it with fewer jobs")


def _work(line: Connection, protocols: Callable[[], Sequence[Rules]], question: Question) -> None:
    """What a process does: it reads the rules, then answers each chunk that it is given until there is no more."""
    try:
        auditor = _Auditor(protocols(), question)
        while True:
            line.send(auditor.batch(line.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:
        # Told where the work was asked for, with its cause.
        line.send(error)
