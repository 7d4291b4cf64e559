"""DataFrames of the flat layout in, DataFrames of the answers out. What Spark itself is asked for is in packing.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from missingrules.adapters.spark import packing
from missingrules.adapters.spark.layout import ALL, CHILD, NUMBER, OUT, REJECTED, REJECTIONS, TABLE
from missingrules.adapters.spark.packing import column_of
from missingrules.adapters.spark.shipping import packed
from missingrules.adapters.spark.work import Work
from missingrules.batches.tables import Question
from missingrules.domain.choices import readings_of
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.protocol import Protocol
from missingrules.interface.words import words_of
from missingrules.reading.loading import load_protocols

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from pyspark.sql import DataFrame

    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Instant

_KINDS: Final = {"moment": "timestamp", "number": "bigint", "text": "string"}
# As Spark has it in SQL.
_SCHEMA: Final = ", ".join(f"`{column.name}` {_KINDS[column.kind]}" for column in ALL)


class Answered(Mapping[str, "DataFrame"]):
    """What is answered, as DataFrames by the names of their tables: those of docs/batch.md, and `rejected`.

    Nothing runs before one of them is asked for rows; then all children are answered in one pass, and what came of it
    is kept for the others until `release`. `rows` are all tables in one, of which each row says its `table`.
    """

    def __init__(self, rows: DataFrame) -> None:
        self.rows = rows

    def __getitem__(self, name: str) -> DataFrame:
        return self.rows.where(column_of(TABLE) == name).select([column_of(each.name) for each in OUT[name]])

    def __iter__(self) -> Iterator[str]:
        return iter(OUT)

    def __len__(self) -> int:
        return len(OUT)

    def release(self) -> None:
        """Keeps nothing any longer: what is asked for after that is answered anew."""
        self.rows.unpersist()


def answered(
    tables: Mapping[str, DataFrame],
    protocols: Sequence[Protocol | str | os.PathLike[str]],
    as_of: Instant,
    *,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
    horizon_days: int = 90,
    questions: bool = False,
    rests: bool = False,
    row: str | None = None,
    partitions: int | None = None,
    keep: bool = True,
) -> Answered:
    """What protocols ask for in each of many children at `as_of`, on Spark: the tables of `missingrules.batch`, and in
    `rejected` the rows that could not be used. It wants the extra `spark`.

    `tables`: those of the flat layout by name (`episodes` at least), as DataFrames of one session; the order of rows
    says nothing. `protocols`, `readings`, `organisation`, `horizon_days` (in days), `questions` and `rests` are as for
    `missingrules.batch`; protocols are read here, and sent along. `row`: the column that has the number of each row, a
    whole number, by which rejections name it; left out, a row is named by its place among the child's rows of its
    table, as they are sorted by their cells. `partitions`: into how many parts the children are divided; left out, as
    many as Spark works on at once. `keep`: what was answered is kept when the first of the tables is asked for rows, so
    that the others cost nothing.

    Raises `InvalidInput`: what `load_protocols` does, `no-protocol`, `bad-reading`, `not-installed` without the extra,
    `table-unknown`, and what a table's head can have wrong (docs/codes.md, Tables and audits). TypeError for a column
    `child`, or `row`, that has neither texts nor whole numbers; ValueError for a negative horizon or no partitions.
    Source: docs/scale.md.
    """
    if horizon_days < 0 or (partitions is not None and partitions < 1):
        raise ValueError("the horizon is a number of days ahead, zero or more, and there is a partition or more")
    rules = _loaded(protocols)
    without = frozenset(name for name, on in (("questions", questions), ("readings", rests)) if not on)
    question = Question(as_of, readings_of(readings, rules), organisation, horizon_days, without)
    looked = packing.looked_through(tables, words_of(rules), rules[0].clock, row)
    together = packing.together(looked, row)
    partitions = partitions or _at_once(together)
    together = together.repartition(partitions, CHILD) if partitions else together.repartition(CHILD)
    order = [NUMBER] if row is not None else list(looked.heads)
    work = Work(packed(rules), question, looked.calendar, numbered=row is not None)
    rows = together.sortWithinPartitions(CHILD, *order).mapInArrow(work, _SCHEMA)
    if looked.rejections:
        rows = rows.unionByName(_told(rows, looked.rejections))
    return Answered(rows.persist() if keep else rows)


def _loaded(protocols: Sequence[Protocol | str | os.PathLike[str]]) -> tuple[Protocol, ...]:
    if not protocols:
        raise InvalidInput([Diagnostic("no-protocol", "no protocol was given", hint="name one, or load it first")])
    names = [each for each in protocols if not isinstance(each, Protocol)]
    return (*(each for each in protocols if isinstance(each, Protocol)), *(load_protocols(*names) if names else ()))


def _at_once(frame: DataFrame) -> int | None:
    """How many partitions are worked on at once; None where a session does not say it."""
    # Who is connected from elsewhere has none.
    context = getattr(frame.sparkSession, "sparkContext", None)
    return None if context is None else max(1, context.defaultParallelism)


def _told(like: DataFrame, rejections: Sequence[Rejection]) -> DataFrame:
    """What is wrong with no child's rows, as rows of the tables that come out."""
    names = [column.name for column in REJECTIONS]
    told = [{TABLE: REJECTED, **dict(zip(names, (None, *each), strict=True))} for each in rejections]
    cells = [tuple(each.get(column.name) for column in ALL) for each in told]
    return like.sparkSession.createDataFrame(cells, _SCHEMA).coalesce(1)
