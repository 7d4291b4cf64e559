"""A stream of cases -> batches of findings and counts, in the order of the cases, in as many processes as asked."""

from __future__ import annotations

import importlib.util
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

    from missingrules.batches.counter import Counter
    from missingrules.batches.crew import Chunk, Spot, Supplied
    from missingrules.domain.answers import Answer
    from missingrules.domain.audit import Breach, Finding, Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol

# So many cases go to a process at once where each is evaluated by itself: enough that sending them costs little, few
# enough to keep in memory.
CHUNK: Final = 40
# So many where they are answered together, in columns: what that costs for any number of them is shared by many.
TOGETHER: Final = 1000
# Of fewer than these each is evaluated by itself.
HANDFUL: Final = 20


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


def size_for(question: Question, number: int | None, jobs: int) -> int:
    """How many cases go to a process at once; `number`: of so many, None if that is not known."""
    if not in_columns(question):
        return CHUNK
    return TOGETHER if number is None else max(CHUNK, min(TOGETHER, -(-number // max(1, jobs))))


def in_columns(question: Question) -> bool:
    """Whether many cases may be answered together: the extra `batch` is there, and no rows are wanted of each case."""
    if question.rows or question.organisation:
        return False
    return all(importlib.util.find_spec(name) is not None for name in ("numpy", "pyarrow"))


def audit(
    cases: Iterable[Supplied],
    protocols: Callable[[], Sequence[Protocol]],
    question: Question,
    *,
    jobs: int = 1,
    size: int | None = None,
) -> Iterator[Batch]:
    """All of them, one batch after the other. `protocols` reads the rules: each process calls it once. `size`: so many
    cases at a time.

    Of cases that are called the same the first that can be used is, and the others are rejected: one child is not
    counted twice. RuntimeError where a process ends before its work is done.
    """
    return shared(pieces(cases, size or CHUNK), partial(_auditor, protocols, question), jobs=jobs)


def _auditor(protocols: Callable[[], Sequence[Protocol]], question: Question) -> _Auditor:
    return _Auditor(protocols(), question)


class _Auditor:
    """Answers chunk after chunk with the same rules."""

    def __init__(self, protocols: Sequence[Protocol], question: Question) -> None:
        self.protocols = protocols
        self.question = question
        self.words = words_of(protocols)
        self._counter: Counter | None = None

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Batch:
        """`again`: those of the chunk that are not to be used, with the place of the one that is."""
        tally = Tally()
        taken = self._taken([one for number, one in enumerate(chunk) if number not in again], tally)
        ids: list[str | None] = []
        cases: list[Case] = []
        kept: list[Finding] = []
        broken: list[Breach] = []
        rejections: list[Rejection] = []
        used = reported = 0
        for number, supplied in enumerate(chunk):
            try:
                if number in again:
                    raise twice(supplied, again[number])
                name = taken.get(id(supplied))
                if name is None:
                    cases.append(supplied.case(self.protocols, self.words, self.question.as_of))
                    name = cases[-1].id
            except Rejected as rejected:
                rejections += rejected.rejections
                reported += supplied.rows
                ids.append(None)
                continue
            used += supplied.rows
            ids.append(name)
        for case in self._rest(cases, tally):
            answer, findings = self._one(case, tally)
            if self.question.rows:
                kept += findings
                broken += breaches_of(answer, case)
        return Batch(tuple(ids), tally, tuple(kept), tuple(broken), tuple(rejections), used, reported)

    def _one(self, case: Case, tally: Tally) -> tuple[Answer, list[Finding]]:
        answer, findings = audited(self.protocols, case, self.question, cited=self.question.rows)
        tally.add(answer, findings)
        return answer, findings

    def _taken(self, supplied: Sequence[Supplied], tally: Tally) -> Mapping[int, str]:
        """Counts those together of whom no case needs to be made; their names, by what they were supplied as."""
        counter = self._ready(len(supplied))
        taken = counter and counter.taken(supplied)
        found = counter and taken and counter.of_taken(taken)
        if not taken or not found:
            return {}
        tally.count(found)
        for place in found.singly:
            self._one(taken.children[place].case(self.protocols, self.words, self.question.as_of), tally)
        return {id(child): child.child for child in taken.children}

    def _rest(self, cases: list[Case], tally: Tally) -> Iterable[Case]:
        """Counts those together of whom that can be; the others."""
        counter = self._ready(len(cases))
        if counter is None:
            return cases
        found = counter.of_cases(cases)
        tally.count(found)
        return [cases[place] for place in found.singly]

    def _ready(self, number: int) -> Counter | None:
        """What counts so many together, if anything does."""
        if number < HANDFUL or not in_columns(self.question):
            return None
        if self._counter is None:
            # Asked for only here: it needs what is installed with the extra.
            from missingrules.batches.counter import Counter

            self._counter = Counter(self.protocols, self.question.as_of, self.question.readings)
        return self._counter if self._counter.ready else None
