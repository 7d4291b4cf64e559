"""Spark in local mode, in two processes: the same rows as on one machine, however they are divided."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import missingrules
from missingrules.adapters.spark import answered
from missingrules.adapters.spark.layout import OUT
from missingrules.adapters.spark.packing import BLANKS
from missingrules.domain.diagnostics import InvalidInput
from tests.batch.made import AS_OF as HAND_AS_OF
from tests.batch.made import CASES, HAND, KINDS
from tests.batch.test_by_hand import OBLIGED
from tests.quick.rows import AS_OF, typed
from tests.spark.beside import MEETINGS, NAMES, NUMBER, invented, numbered, on_one_machine, rows_of, same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .config("spark.sql.session.timeZone", "America/St_Johns")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def frames(spark: Any, tables: Mapping[str, Any], folder: Path, draw: random.Random) -> dict[str, Any]:
    """The tables as DataFrames of two files each, whose rows come in any order."""
    found = {}
    for kind, table in tables.items():
        order = list(range(len(table)))
        draw.shuffle(order)
        (folder / kind).mkdir(parents=True)
        for part, half in enumerate((order[::2], order[1::2])):
            pq.write_table(table.take(half), folder / kind / f"{part}.parquet")
        found[kind] = spark.read.parquet(str(folder / kind))
    return found


def told(of: Any) -> dict[str, Counter[tuple[Any, ...]]]:
    assert list(of) == list(OUT)
    assert len(of) == len(OUT)
    try:
        return {name: Counter(rows_of(of[name].toArrow())) for name in of}
    finally:
        of.release()


def test_spoilt_rows_in_one_three_and_eight_partitions(spark: Any, tmp_path: Path) -> None:
    draw = random.Random(7)
    tables = invented(40, 2) | {"meetings": numbered(pa.Table.from_pylist(MEETINGS))}
    expected = on_one_machine(tables, tmp_path / "tables")
    assert len(expected["rejected"]) > 20
    given = frames(spark, tables, tmp_path / "shuffled", draw)
    for partitions in (1, 3, 8, None):
        of = answered(given, NAMES, AS_OF, row=NUMBER, partitions=partitions)
        same(told(of), expected)


def test_columns_of_any_type(spark: Any, tmp_path: Path) -> None:
    draw = random.Random(3)
    tables = invented(30, 5)
    kinds = {kind: table.column(NUMBER) for kind, table in tables.items()}
    bare = {kind: table.drop_columns([NUMBER]) for kind, table in tables.items()}
    tables = {kind: of_spark(table).append_column(NUMBER, kinds[kind]) for kind, table in typed(bare, draw).items()}
    expected = on_one_machine(tables, tmp_path / "tables", questions=True, rests=True)
    given = frames(spark, tables, tmp_path / "shuffled", draw)
    same(told(answered(given, NAMES, AS_OF, row=NUMBER, questions=True, rests=True, partitions=2)), expected)


def of_spark(table: Any) -> Any:
    """With the types that Spark has: it knows no nanoseconds, and one way to keep a text."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp("us", kind.tz and "UTC"), safe=False)
        elif pa.types.is_dictionary(kind) or pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)


def test_children_worked_out_by_hand(spark: Any) -> None:
    given = {kind: spark.read.csv(str(CASES / f"{kind}.csv"), header=True) for kind in KINDS}
    protocols = (missingrules.load_protocols(HAND / "town.yaml")[0], HAND / "shire.yaml")
    of = answered(given, protocols, missingrules.instant_of(HAND_AS_OF), partitions=2, keep=False)
    found = {}
    for row in of["obligations"].collect():
        times = (row.triggered, row.due, row.done_at)
        found[row.case, row.protocol, row.episode, row.rule] = (row.status, *map(_instant, times))
    expected = {
        key: (status, *(None if one is None else datetime.fromisoformat(f"2025-{one}+01:00") for one in times))
        for key, (status, *times) in OBLIGED.items()
    }
    assert found == expected
    rejected = {(row.case, row.file, row.row, row.code) for row in of["rejected"].collect()}
    assert {row[0] for row in rejected} == {"D", "X"}
    assert ("X", "records", 1, "unknown-child") in rejected


def _instant(local: datetime | None) -> datetime | None:
    return None if local is None else local.astimezone(UTC)


TYPED = """
    child string, date_of_birth date, looked_after boolean, known_to_social_care array<string>, area binary,
    history_from decimal(5,1), `nobody.reads this` map<string,string>
"""


def test_types_that_no_cell_has_are_told(spark: Any) -> None:
    children = [
        ("A", date(2010, 5, 5), True, ["true"], None, None, {"a": "b"}),
        ("\u2003B\t", date(2010, 5, 5), True, ["true", "false"], None, None, None),
        ("C", date(2010, 5, 5), None, ["true", None], None, None, None),
        ("D", date(2010, 5, 5), None, None, b"stoke", None, None),
        ("E", date(2010, 5, 5), None, None, None, Decimal("1.5"), None),
        (None, None, None, None, None, None, {"a": "b"}),
        (" ", None, None, None, None, None, None),
    ]
    started = datetime(2025, 6, 2, 19, tzinfo=UTC)
    returned = datetime.fromisoformat("2025-06-03 08:00")
    episodes = [(name, "E1", started, returned) for name in ("A", "B", "C", "D", "E", "Z")]
    given = {
        "children": spark.createDataFrame(children, TYPED),
        "episodes": spark.createDataFrame(
            episodes, "child string, id string, started_at timestamp, Returned_at timestamp_ntz"
        ),
    }
    of = answered(given, ["northamptonshire"], missingrules.instant_of("2025-06-30T12:00:00+01:00"))
    # A list of one text is that text.
    assert {row.case for row in of["cases"].collect()} == {"A"}
    rejected = {(row.case, row.file, row.row, row.column, row.code) for row in of["rejected"].collect()}
    # A child is used whole or not at all, so that the episode goes with the child of whom something else is wrong.
    assert rejected == {(name, "episodes", 1, None, "child-not-used") for name in ("B", "C", "D", "E")} | {
        (None, "children", None, "nobody.reads this", "unknown-column"),
        # Two rows are nobody's, and their places are those of their cells in order, empty ones first. The first has
        # nothing in it at all: an empty row, which no table gives. The second has something, if nothing that is read.
        (None, "children", 2, "child", "no-child"),
        # Several texts are these apart by semicolons in one cell, of any table (docs/audit.md). Of this fact one cell
        # has one value: `true; false` is neither yes nor no. Of the types that are read it is, so no cell-type.
        ("B", "children", 1, "known_to_social_care", "bad-value"),
        ("C", "children", 1, "known_to_social_care", "cell-type"),
        ("D", "children", 1, "area", "cell-type"),
        ("E", "children", 1, "history_from", "bad-date"),
        ("Z", "episodes", 1, "child", "unknown-child"),
    }
    of.release()


def test_a_child_with_no_more_than_a_name(spark: Any) -> None:
    given = {
        "children": spark.createDataFrame([(7,)], "child int"),
        "episodes": spark.createDataFrame(
            [("7", "E1", "2025-06-02T20:00:00+01:00")], "child string, id string, started_at string"
        ),
    }
    of = answered(given, ["northamptonshire"], AS_OF, partitions=1)
    # The first row of 7 is the one of the first table. Nothing is known but when E1 began, and of that docs/batch.md
    # says: in columns, across all the ways in which it may have been, save where a record says which duty it answers
    # (there is none) or there are too many ways. Of one episode the five instants are tried together in no more than
    # 256 ways (engine/worlds.py), and the earliest and latest of all: 258 times two rows, far from 400,000 (loose.py).
    assert [tuple(row) for row in of["cases"].collect()] == [("7", "children", 1, "columns", None)]
    of.release()


def test_what_is_wrong_with_the_tables_is_told_before_anything_runs(spark: Any) -> None:
    episodes = spark.createDataFrame([("A", "E1", "2025-06-02")], "child string, id string, started_at string")

    def codes(tables: dict[str, Any], **asked: Any) -> list[str]:
        with pytest.raises(InvalidInput) as error:
            answered(tables, asked.pop("protocols", ["northamptonshire"]), AS_OF, **asked)
        return [one.code for one in error.value.diagnostics]

    assert codes({"episodes": episodes, "recrods": episodes}) == ["table-unknown"]
    assert codes({}) == ["table-missing"]
    assert codes({"children": episodes}) == ["table-missing"]
    assert codes({"episodes": episodes.drop("id")}) == ["column-missing"]
    assert codes({"episodes": episodes.withColumn("Started at", episodes.id)}) == ["column-twice"]
    assert codes({"episodes": episodes}, protocols=[]) == ["no-protocol"]
    assert codes({"episodes": episodes}, readings={"nothing": "at-all"}) == ["bad-reading"]
    with pytest.raises(TypeError, match=r"episodes\.child is double"):
        answered({"episodes": episodes.withColumn("child", episodes.child.cast("double"))}, ["barnet"], AS_OF)
    with pytest.raises(TypeError, match="episodes has no column nr of whole numbers"):
        answered({"episodes": episodes}, ["barnet"], AS_OF, row="nr")
    wrong: tuple[dict[str, Any], ...] = ({"partitions": 0}, {"horizon_days": -1})
    for asked in wrong:
        with pytest.raises(ValueError, match="a partition or more"):
            answered({"episodes": episodes}, ["barnet"], AS_OF, **asked)


def test_blanks_are_those_that_python_cuts_off() -> None:
    assert set(BLANKS) == {chr(one) for one in range(sys.maxunicode + 1) if chr(one).isspace()}
