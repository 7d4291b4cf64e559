"""A stream of cases -> batches of findings and counts, in the order of the cases, in as many processes as asked."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

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
    from missingrules.domain.audit import Breach, Counted, Finding, Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol

# So many cases go to a process at once where each is evaluated by itself: enough that sending them costs little, few
# enough to keep in memory.
CHUNK: Final = 40
# So many where they are answered together, in columns: what that costs for any number of them is shared by many.
TOGETHER: Final = 1000
# So many where all their findings come back too.
WITH_ROWS: Final = 200
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
    most = WITH_ROWS if question.rows else TOGETHER
    return most if number is None else max(CHUNK, min(most, -(-number // max(1, jobs))))


def in_columns(question: Question) -> bool:
    """Whether many cases may be answered together: the extra `batch` is there."""
    return not question.organisation and all(
        importlib.util.find_spec(name) is not None for name in ("numpy", "pyarrow")
    )


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
        found: dict[int, _Found] = {}  # by place
        taken = self._taken({place: one for place, one in enumerate(chunk) if place not in again}, tally, found)
        ids: list[str | None] = []
        cases: dict[int, Case] = {}
        rejections: list[Rejection] = []
        used = reported = 0
        for place, supplied in enumerate(chunk):
            try:
                if place in again:
                    raise twice(supplied, again[place])
                if place in taken:
                    ids.append(taken[place])
                else:
                    cases[place] = supplied.case(self.protocols, self.words, self.question.as_of)
                    ids.append(cases[place].id)
            except Rejected as rejected:
                rejections += rejected.rejections
                reported += supplied.rows
                ids.append(None)
                continue
            used += supplied.rows
        for place in self._together(cases, tally, found):
            found[place] = self._one(cases[place], tally)
        in_order = [found[place] for place in sorted(found)]
        kept = tuple(finding for one in in_order for finding in one.findings)
        broken = tuple(breach for one in in_order for breach in one.breaches)
        return Batch(tuple(ids), tally, kept, broken, tuple(rejections), used, reported)

    def _one(self, case: Case, tally: Tally) -> _Found:
        """One case by itself."""
        answer, findings = audited(self.protocols, case, self.question, cited=self.question.rows)
        tally.add(answer, findings)
        return _Found(findings, tuple(breaches_of(answer, case))) if self.question.rows else _Found((), ())

    def _taken(self, supplied: Mapping[int, Supplied], tally: Tally, found: dict[int, _Found]) -> Mapping[int, str]:
        """Counts those together of whom no case needs to be made; their names, by place."""
        counter = self._ready(len(supplied))
        if counter is None:
            return {}
        children, counted = counter.of_rows(list(supplied.values()))
        if counted is None:
            return {}
        at = {id(one): place for place, one in supplied.items()}
        places = [at[id(child)] for child in children]
        for n in self._add(counted, places, tally, found):
            case = children[n].case(self.protocols, self.words, self.question.as_of)
            found[places[n]] = self._one(case, tally)
        return {place: child.child for place, child in zip(places, children, strict=True)}

    def _together(self, cases: Mapping[int, Case], tally: Tally, found: dict[int, _Found]) -> Iterable[int]:
        """Counts those together of whom that can be; the places of the others."""
        counter = self._ready(len(cases))
        if counter is None:
            return cases
        places = list(cases)
        return [places[n] for n in self._add(counter.of_cases(list(cases.values())), places, tally, found)]

    def _add(self, counted: Counted, places: Sequence[int], tally: Tally, found: dict[int, _Found]) -> tuple[int, ...]:
        """Adds what was counted together; those who were not."""
        tally.count(counted)
        for place, findings in zip(places, counted.findings, strict=False):
            found[place] = _Found(findings, ())
        return counted.singly

    def _ready(self, number: int) -> Counter | None:
        """What counts so many together, if anything does."""
        if number < HANDFUL or not in_columns(self.question):
            return None
        if self._counter is None:
            # Asked for only here: it needs what is installed with the extra.
            from missingrules.batches.counter import Counter

            question = self.question
            self._counter = Counter(self.protocols, question.as_of, question.readings, rows=question.rows)
        return self._counter if self._counter.ready else None


class _Found(NamedTuple):
    """What one case comes to, where that is wanted."""

    findings: Sequence[Finding]
    breaches: Sequence[Breach]
