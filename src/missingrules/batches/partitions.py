"""A partition: its children become cases, are answered together, and come back as the files to be written.

Only the process that has the folder writes in it. So a process that is left over from a run that was stopped can
write nothing, and what comes back is small: files as they will stand, and counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from missingrules.batches import answers as seam
from missingrules.batches import arrow
from missingrules.batches.arrow import Rows, parquet_bytes, rows_of
from missingrules.batches.crew import twice
from missingrules.domain.audit import Rejected
from missingrules.formats.commas import comma_bytes
from missingrules.formats.tables import Column, Table
from missingrules.interface.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.batches.answers import Answers, Question
    from missingrules.batches.crew import Chunk, Spot
    from missingrules.domain.audit import Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

CASES: Final = (
    Column("case"),
    Column("file"),
    Column("row", "number"),
    *map(Column, ("answered_by", "why")),
)
# Every table of the output with its columns.
TABLES: Final[Mapping[str, tuple[Column, ...]]] = {**seam.TABLES, "cases": CASES}


class Kept(StrEnum):
    """How a partition is kept: for a workbook, of which there is one for all, as Parquet too."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a partition. `ids`: what its cases are called, None in the place of one that was not used;
    `files`: a file for each table; `rows`: how many there are in each; `by_evaluator`: how many cases the evaluator
    had to answer, by the reason."""

    ids: tuple[str | None, ...]
    files: Mapping[str, bytes]
    rows: Mapping[str, int]
    rejections: tuple[Rejection, ...]
    rows_used: int
    rows_reported: int
    by_evaluator: Mapping[str, int]


def answerer(protocols: Callable[[], Sequence[Protocol]], question: Question, kept: Kept) -> Answerer:
    """What does partitions, made where it is needed: `protocols` reads the rules."""
    return Answerer(protocols(), question, kept)


class Answerer:
    """Answers partition after partition with the same rules."""

    def __init__(self, protocols: Sequence[Protocol], question: Question, kept: Kept) -> None:
        self.protocols = protocols
        self.question = question
        self.kept = kept
        self.words = words_of(protocols)

    def __call__(self, chunk: Chunk, again: Mapping[int, Spot], /) -> Part:
        """`again`: those of the chunk that are not to be used, with the place of the one that is."""
        ids: list[str | None] = []
        cases: dict[str, tuple[Case, Spot]] = {}
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
            # A second of its name is told where the partitions come back, and this one is then done anew.
            cases.setdefault(case.id, (case, next(supplied.places())))
        answers = seam.answered(self.protocols, [case for case, _ in cases.values()], self.question)
        places = {id_: place for id_, (_, place) in cases.items()}
        tables = {**answers.tables(), "cases": _asked(places, answers)}
        why = Counter(answers.by_evaluator.values())
        return Part(
            ids=tuple(ids),
            files={name: self._file(name, table) for name, table in tables.items()},
            rows={name: table.num_rows for name, table in tables.items()},
            rejections=tuple(rejections),
            rows_used=used,
            rows_reported=reported,
            by_evaluator=dict(sorted(why.items())),
        )

    def _file(self, name: str, table: arrow.Table) -> bytes:
        if self.kept is Kept.PARQUET:
            return parquet_bytes(table)
        return comma_bytes(Table(name, TABLES[name], rows_of(table, self.protocols[0].clock)))


def _asked(places: Mapping[str, Spot], answers: Answers) -> arrow.Table:
    """Which cases were asked about, where each stands, and by what it was answered."""
    rows = Rows(CASES)
    for case, (file, row) in places.items():
        why = answers.by_evaluator.get(case)
        rows.add((case, file, row, "columns" if why is None else "evaluator", why))
    return rows.table()
