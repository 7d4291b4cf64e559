"""A batch from its first partition to its last, or on from where one was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from missingrules.batches.arrow import parquet_rows
from missingrules.batches.crew import shared
from missingrules.batches.folder import BOOK, PARTS, REJECTED
from missingrules.batches.partitions import Kept, filer
from missingrules.batches.tables import TABLES
from missingrules.domain.audit import Rejection
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.formats.commas import comma_bytes
from missingrules.formats.tables import Column, Table
from missingrules.formats.whole import whole
from missingrules.formats.workbook import MOST_ROWS, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from missingrules.batches.crew import Chunk, Spot
    from missingrules.batches.folder import Folder
    from missingrules.batches.partitions import Part
    from missingrules.batches.tables import Question
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.formats.tables import Cell

XLSX: Final = "xlsx"
# The first row of a sheet names the columns.
MOST: Final = MOST_ROWS - 1


@dataclass(frozen=True, slots=True)
class Finished:
    """A partition that is finished: how many children were looked at, and what could not be used of them."""

    children: int
    not_used: tuple[Rejection, ...]


def run(
    folder: Folder,
    chunks: Iterator[Chunk],
    protocols: Callable[[], Sequence[Protocol]],
    question: Question,
    *,
    format: str,
    jobs: int,
) -> Iterator[Finished]:
    """The partitions that are not finished yet, one after the other, each in the folder when it comes out.

    `chunks` are those that are not finished, cut as they were before. `protocols` reads the rules: each process calls
    it once. InvalidInput where a workbook cannot hold the rows, or nothing can be written; RuntimeError where a process
    ends before its work is done.
    """
    kept, under = (Kept.PARQUET, PARTS) if format == XLSX else (Kept(format), "")
    begun = len(folder.finished)
    seen: dict[str, Spot] = {id_: (file, row) for line in folder.finished for id_, file, row in line["cases"]}
    _refuse_full(folder, format)
    parts = shared(chunks, partial(filer, protocols, question, kept), jobs=jobs, seen=seen)
    for number, part in enumerate(parts, start=begun):
        files = {folder.file(table, number, kept, under=under): data for table, data in part.files.items()}
        folder.finish(number, _line(part, seen), files)
        _refuse_full(folder, format)
        yield Finished(len(part.ids), part.not_used)


def _line(part: Part, seen: dict[str, Spot]) -> dict[str, object]:
    named = [id_ for id_ in part.ids if id_ is not None]
    return {
        "children": len(part.ids),
        "rows_read": part.rows_read,
        "rows_used": part.rows_used,
        "rows_not_used": part.rows_read - part.rows_used,
        "rows": dict(part.rows),
        "by_evaluator": dict(part.by_evaluator),
        "rules_by_evaluator": dict(part.rules_by_evaluator),
        "cases": [(id_, *seen[id_]) for id_ in named],
        "rejections": part.not_used,
    }


def _refuse_full(folder: Folder, format: str) -> None:
    if format != XLSX:
        return
    for table in TABLES:
        rows = sum(line["rows"][table] for line in folder.finished)
        if rows > MOST:
            message = f"a sheet of a workbook has {MOST:,} rows, and there are more {table}"
            hint = "write --format parquet or csv, with --force or to another folder"
            raise InvalidInput([Diagnostic("sheet-full", message, hint=hint)])


def assemble(folder: Folder, columns: Iterable[Rejection], format: str, clock: Clock, made: Instant) -> None:
    """What is one for all partitions: what could not be used, and a workbook where one is asked for."""
    names = tuple(Column(name, "number" if name == "row" else "text") for name in Rejection._fields)
    folder.write(REJECTED, comma_bytes(Table("not_used", names, (*columns, *folder.rejections()))))
    if format != XLSX or folder.assembled:
        return
    sheets = (Table(name, columns, _rows(folder, name, clock)) for name, columns in TABLES.items())
    with whole(folder.path / BOOK) as file:
        write_workbook(sheets, clock.local(made), file)
    folder.has_assembled()


def _rows(folder: Folder, table: str, clock: Clock) -> Iterator[Sequence[Cell]]:
    for number in range(len(folder.finished)):
        yield from parquet_rows(folder.file(table, number, Kept.PARQUET, under=PARTS), clock)
