"""What is done with a partition, wherever it is: children whose rows are plain by columns, the others one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from missingrules.adapters.spark.chunks import batches_of, chunks
from missingrules.adapters.spark.layout import REJECTED, REJECTIONS
from missingrules.adapters.spark.shipping import unpacked
from missingrules.batches.answers import answered, joined, of_histories
from missingrules.batches.arrow import Rows
from missingrules.batches.crew import lasting
from missingrules.batches.tables import CASES
from missingrules.domain.audit import Rejected
from missingrules.engine.columnar.gather import graded_by
from missingrules.interface.words import words_of
from missingrules.quick.take import quickly
from missingrules.tables.caseload import looked_through
from missingrules.tables.cases import ChildRows
from missingrules.tables.layout import head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from missingrules.adapters.spark.chunks import Batch, Chunk
    from missingrules.batches.tables import Answers, Question, Table
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.words import CaseWords
    from missingrules.tables.cases import UnusableRows
    from missingrules.tables.layout import Head
    from missingrules.tables.meetings import Calendar


@dataclass(frozen=True, slots=True)
class Work:
    """All that a process needs to know: the protocols (`shipping.packed`), what is asked, the organisation's meetings,
    and whether rows have numbers. It can be sent anywhere."""

    protocols: bytes
    question: Question
    calendar: Calendar
    numbered: bool

    def __call__(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The rows of one partition -> what is answered of its children, in the layout of `layout.ALL`."""
        for chunk in chunks(batches, numbered=self.numbered):
            for name, table in _Answerer(_rules(self.protocols), self.question, self.calendar).answered(chunk).items():
                yield from batches_of(name, table)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Protocols, and what follows from all of them together."""

    protocols: tuple[Protocol, ...]
    words: CaseWords
    graded: Callable[[str], bool]


@lru_cache(maxsize=4)
def _rules(data: bytes) -> _Rules:
    """Once in a process, whatever it is given to do."""
    protocols = unpacked(data)
    found = _Rules(protocols, words_of(protocols), graded_by([each.words for each in protocols]))
    lasting()
    return found


class _Answerer:
    """Answers some children; one use each."""

    def __init__(self, rules: _Rules, question: Question, calendar: Calendar) -> None:
        self.protocols, self.words, self.graded = rules.protocols, rules.words, rules.graded
        self.question = question
        self.calendar = calendar
        self.heads: dict[str, Head] = {}

    def answered(self, chunk: Chunk) -> Mapping[str, Table]:
        """The tables of the answers by name, and which rows could not be used."""
        clock, as_of = self.protocols[0].clock, self.question.as_of
        taken = quickly(chunk.tables, self.words, clock, self.graded, as_of=as_of, calendar=self.calendar)
        histories = taken.histories
        cases: list[Case] = []
        names = list(histories.case)
        rejected = Rows(REJECTIONS)
        for child in chunk.named(taken.rest):
            for supplied in self._rows(chunk, child):
                try:
                    cases.append(supplied.case(self.protocols, self.words, as_of))
                    names.append(child)
                except Rejected as error:
                    for one in error.rejections:
                        rejected.add((child or None, *one))

        def case_of(row: int) -> Case:
            (rows,) = (one for one in self._rows(chunk, histories.case[row]) if isinstance(one, ChildRows))
            return rows.case(self.protocols, self.words, as_of)

        parts = [answered(self.protocols, cases, self.question)] if cases or not len(histories) else []
        if len(histories):
            parts.append(of_histories(self.protocols, histories, case_of, self.question))
        answers = joined(parts)
        return {**answers.tables(), "cases": _asked(names, chunk, answers), REJECTED: rejected.table()}

    def _rows(self, chunk: Chunk, child: str) -> Iterator[ChildRows | UnusableRows]:
        """What the slow way makes of the rows of one child; the meetings are read already."""
        tables = {table.kind: table for table in chunk.rows_of(child)}
        if not self.heads:
            self.heads = {kind: head_of(table, self.words)[0] for kind, table in tables.items()}
        yield from replace(looked_through(tables, self.heads), calendar=self.calendar).children()


def _asked(names: Iterable[str], chunk: Chunk, answers: Answers) -> Table:
    """Which cases were asked about, where each stands, and by what it was answered."""
    rows = Rows(CASES)
    for case in names:
        why = answers.by_evaluator.get(case)
        rows.add((case, *chunk.first(case), "columns" if why is None else "evaluator", why))
    return rows.table()
