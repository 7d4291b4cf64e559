"""A partition: its children become cases and are answered together, and where it is to be kept, files.

Only the process that has the folder writes in it. So a process that is left over from a run that was stopped can
write nothing, and what comes back is small: files as they will stand, and counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from missingrules.batches.answers import answered, joined, of_histories
from missingrules.batches.arrow import Rows, parquet_bytes, rows_of
from missingrules.batches.crew import twice
from missingrules.batches.tables import CASES, TABLES, Batch
from missingrules.domain.audit import Rejected
from missingrules.domain.logs import timed
from missingrules.engine.columnar.gather import graded_by
from missingrules.formats.commas import comma_bytes
from missingrules.formats.tables import Table
from missingrules.interface.words import words_of
from missingrules.quick.children import rows_in, taken_of
from missingrules.quick.pieces import Piece, PlainRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.batches import tables
    from missingrules.batches.crew import Chunk, Spot, Supplied
    from missingrules.batches.tables import Answers, Question
    from missingrules.domain.audit import Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.histories import Histories


class Kept(StrEnum):
    """How a partition is kept: for a workbook, of which there is one for all, as Parquet too."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Part:
    """A partition to be kept: a file for each table, and what `Batch` has of it beside them. `rows`: how many there are
    in each table."""

    ids: tuple[str | None, ...]
    files: Mapping[str, bytes]
    rows: Mapping[str, int]
    by_evaluator: Mapping[str, int]
    rules_by_evaluator: Mapping[str, str]
    not_used: tuple[Rejection, ...]
    rows_read: int
    rows_used: int


def answerer(protocols: Callable[[], Sequence[Protocol]], question: Question) -> Answerer:
    """What answers partitions, made where it is needed: `protocols` reads the rules."""
    return Answerer(protocols(), question)


def filer(protocols: Callable[[], Sequence[Protocol]], question: Question, kept: Kept) -> Filer:
    """The same, and makes files of them."""
    return Filer(protocols(), question, kept)


class Answerer:
    """Answers partition after partition with the same rules."""

    def __init__(self, protocols: Sequence[Protocol], question: Question) -> None:
        self.protocols = protocols
        self.question = question
        self.words = words_of(protocols)
        self.graded = graded_by([each.words for each in protocols])

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Batch:
        """`again`: those of the chunk that are not to be used, with the place of the one that is."""
        ids: list[str | None] = []
        cases: dict[str, Case] = {}
        places: dict[str, Spot] = {}
        rejections: list[Rejection] = []
        read = used = 0
        several = list(chunk)
        quick, quickly = self._quick(chunk, [one for number, one in enumerate(several) if number not in again])
        for number, supplied in enumerate(several):
            read += supplied.rows
            try:
                if number in again:
                    raise twice(supplied, again[number])
                name = getattr(supplied, "child", None)
                if name is None or quickly.get(name) is not supplied:
                    case = supplied.case(self.protocols, self.words, self.question.as_of)
                    name = case.id
                    # A second of its name is told where the partitions come back, and this one is then done anew.
                    if name not in places:
                        cases[name] = case
            except Rejected as rejected:
                rejections += rejected.rejections
                ids.append(None)
                continue
            used += supplied.rows
            ids.append(name)
            places.setdefault(name, next(supplied.places()))
        with timed("partition answered") as said:
            answers = self._answers(quick, quickly, cases)
            said(cases=len(places), by_evaluator=len(answers.by_evaluator), rows_not_used=read - used)
        why = Counter(answers.by_evaluator.values())
        return Batch(
            ids=tuple(ids),
            **answers.tables(),
            cases=_asked(places, answers),
            by_evaluator=dict(sorted(why.items())),
            rules_by_evaluator=answers.rules_by_evaluator,
            not_used=tuple(rejections),
            rows_read=read,
            rows_used=used,
        )

    def _quick(self, chunk: Chunk, supplied: Sequence[Supplied]) -> tuple[Histories | None, Mapping[str, Supplied]]:
        """Of those supplied by a chunk the children of tables whose rows are plain, as columns at once; and where each
        stands."""
        asked = self.words, self.protocols[0].clock, self.graded, self.question.as_of
        rows: Mapping[str, Supplied]
        if isinstance(chunk, Piece):
            plain = [one for one in supplied if isinstance(one, PlainRows)]
            rows, found = {one.child: one for one in plain}, chunk.histories(plain, *asked)
        else:
            rows = told = rows_in(supplied)
            taken = taken_of(list(told.values()), *asked)
            found = None if taken is None else taken.histories
        return found, {} if found is None else {name: rows[name] for name in found.case}

    def _answers(self, quick: Histories | None, rows: Mapping[str, Supplied], cases: Mapping[str, Case]) -> Answers:
        protocols, question = self.protocols, self.question
        parts = [answered(protocols, list(cases.values()), question)] if cases or quick is None else []
        if quick is not None and len(quick):
            names = list(quick.case)

            def case_of(row: int) -> Case:
                return rows[names[row]].case(protocols, self.words, question.as_of)

            parts.append(of_histories(protocols, quick, case_of, question))
        return joined(parts) if parts else answered(protocols, [], question)


class Filer:
    """Makes files of what is answered."""

    def __init__(self, protocols: Sequence[Protocol], question: Question, kept: Kept) -> None:
        self.answerer = Answerer(protocols, question)
        self.kept = kept

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Part:
        found = self.answerer(chunk, again)
        return Part(
            ids=found.ids,
            files={name: self._file(name, table) for name, table in found.tables().items()},
            rows={name: table.num_rows for name, table in found.tables().items()},
            by_evaluator=found.by_evaluator,
            rules_by_evaluator=found.rules_by_evaluator,
            not_used=found.not_used,
            rows_read=found.rows_read,
            rows_used=found.rows_used,
        )

    def _file(self, name: str, table: tables.Table) -> bytes:
        if self.kept is Kept.PARQUET:
            return parquet_bytes(table)
        return comma_bytes(Table(name, TABLES[name], rows_of(table, self.answerer.protocols[0].clock)))


def _asked(places: Mapping[str, Spot], answers: Answers) -> tables.Table:
    """Which cases were asked about, where each stands, and by what it was answered."""
    rows = Rows(CASES)
    for case, (file, row) in places.items():
        why = answers.by_evaluator.get(case)
        rows.add((case, file, row, "columns" if why is None else "evaluator", why))
    return rows.table()
