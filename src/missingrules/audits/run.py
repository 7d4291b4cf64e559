"""A stream of cases -> batches of findings and counts, in the order of the cases, in as many processes as asked.

Only so many batches are in memory as there are processes: a caseload may be of any length.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from missingrules.audits.findings import breaches_of, findings_of
from missingrules.audits.totals import Tally
from missingrules.domain.audit import Rejected, Rejection
from missingrules.engine.evaluate import evaluate
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from missingrules.domain.answers import Answer
    from missingrules.domain.audit import Breach, Finding
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol as Rules
    from missingrules.interface.words import CaseWords

Spot = tuple[str, int | None]  # a file, and in a table the row
NOTHING: Final[Mapping[int, Spot]] = MappingProxyType({})
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

    def places(self) -> Iterator[tuple[str, int | None]]:
        """Where each of its rows stands: the file and, in a table, the row."""
        ...


Chunk = tuple[Supplied, ...]


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

    Of cases that are called the same the first that can be used is, and the others are rejected: one child is not
    counted twice. RuntimeError where a process ends before its work is done.
    """
    chunks = _chunks(cases)
    here = _Here(protocols, question)
    if jobs <= 1:
        yield from _once(((chunk, here.batch(chunk)) for chunk in chunks), here)
        return
    crew = [_Hand(protocols, question) for _ in range(jobs)]
    try:
        yield from _once(_in_turn(crew, chunks), here)
    finally:
        for hand in crew:
            hand.dismiss()


def _in_turn(crew: Sequence[_Hand], chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Batch]]:
    """Each gets a chunk in its turn, and only when its last one is done: so nothing piles up, and order is kept."""
    waiting: list[tuple[Chunk, _Hand]] = []
    for number, chunk in enumerate(chunks):
        hand = crew[number % len(crew)]
        if len(waiting) == len(crew):
            before, same = waiting.pop(0)
            batch = same.result()
            hand.give(chunk)
            waiting.append((chunk, hand))
            yield before, batch
        else:
            hand.give(chunk)
            waiting.append((chunk, hand))
    for before, hand in waiting:
        yield before, hand.result()


def _once(done: Iterator[tuple[Chunk, Batch]], here: _Here) -> Iterator[Batch]:
    """The batches, each case of a name once: a batch in which one comes again is made anew without it."""
    seen: dict[str, Spot] = {}
    for chunk, batch in done:
        again: dict[int, Spot] = {}
        for number, (supplied, id_) in enumerate(zip(chunk, batch.ids, strict=True)):
            if id_ is None:
                continue
            first = next(supplied.places())
            before = seen.setdefault(id_, first)
            if before is not first:
                again[number] = before
        yield here.batch(chunk, again) if again else batch


def _chunks(cases: Iterable[Supplied]) -> Iterator[Chunk]:
    stream = iter(cases)
    while chunk := tuple(islice(stream, CHUNK)):
        yield chunk


class _Auditor:
    """Answers chunk after chunk with the same rules."""

    def __init__(self, protocols: Sequence[Rules], question: Question) -> None:
        self.protocols = protocols
        self.question = question
        self.words = words_of(protocols)

    def batch(self, chunk: Chunk, again: Mapping[int, Spot] = NOTHING) -> Batch:
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
                    raise _twice(supplied, again[number])
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


def _twice(supplied: Supplied, first: Spot) -> Rejected:
    """Each row of a case that is called as one before it."""
    file, row = first
    reason = f"not used, since a case of this name came before: {file}" + (f", row {row}" if row is not None else "")
    hint = "put what belongs to one child into one case, or give each its own name"
    return Rejected(tuple(Rejection(*place, None, "case-again", reason, hint) for place in supplied.places()))


class _Here:
    """The auditor of this process, which reads the rules only if it has something to do."""

    def __init__(self, protocols: Callable[[], Sequence[Rules]], question: Question) -> None:
        self._protocols = protocols
        self._question = question
        self._made: _Auditor | None = None

    def batch(self, chunk: Chunk, again: Mapping[int, Spot] = NOTHING) -> Batch:
        if self._made is None:
            self._made = _Auditor(self._protocols(), self._question)
        return self._made.batch(chunk, again)


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

    def give(self, chunk: Chunk) -> None:
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
