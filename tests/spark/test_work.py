"""What is done with a partition, without Spark: rows as they come from it, in batches of any size."""

from __future__ import annotations

import pickle
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import missingrules
from missingrules.adapters.spark.chunks import chunks
from missingrules.adapters.spark.layout import CHILD, NUMBER, OUT, TABLE
from missingrules.adapters.spark.shipping import packed, unpacked
from missingrules.adapters.spark.work import Work
from missingrules.batches.tables import Question
from missingrules.domain.diagnostics import InvalidInput
from missingrules.tables.meetings import NO_CALENDAR
from tests.quick.rows import AS_OF
from tests.spark.beside import NAMES, invented, on_one_machine, rows_of, same
from tests.spark.beside import NUMBER as GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


def together(tables: Mapping[str, Any]) -> Any:
    """The tables as one, as packing.py makes it."""
    structs = {}
    for kind, table in tables.items():
        cells = table.drop_columns(["child", GIVEN])
        structs[kind] = pa.StructArray.from_arrays([one.combine_chunks() for one in cells.columns], cells.column_names)
    parts = []
    for kind, table in tables.items():
        names = [(name or "").strip() for name in table.column("child").to_pylist()]
        columns = {CHILD: pa.array(names), NUMBER: table.column(GIVEN)}
        columns |= {
            other: struct if other == kind else pa.nulls(len(table), struct.type) for other, struct in structs.items()
        }
        parts.append(pa.table(columns))
    return pa.concat_tables(parts).sort_by([(CHILD, "ascending"), (NUMBER, "ascending")])


def cut(table: Any, draw: random.Random) -> Iterator[Any]:
    """A table in batches of any size."""
    at = 0
    while at < len(table):
        size = draw.choice((1, 7, 300))
        yield from table.slice(at, size).combine_chunks().to_batches()
        at += size


def told(batches: Iterable[Any]) -> dict[str, Counter[tuple[Any, ...]]]:
    found = {name: Counter[tuple[Any, ...]]() for name in OUT}
    for batch in batches:
        (name,) = set(batch.column(TABLE).to_pylist())
        found[name].update(rows_of(pa.table(batch).select([column.name for column in OUT[name]])))
    return found


def work(names: tuple[str, ...] = NAMES, **asked: Any) -> Work:
    return Work(packed(missingrules.load_protocols(*names)), Question(AS_OF, **asked), NO_CALENDAR, numbered=True)


def test_spoilt_rows_come_out_as_on_one_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = invented(30, 1)
    expected = on_one_machine(tables, tmp_path / "tables", questions=True, rests=True)
    assert len(expected["rejected"]) > 20
    assert all(expected.values())
    # Some children at a time, and no child is cut in two.
    monkeypatch.setattr("missingrules.adapters.spark.chunks.chunks.__kwdefaults__", {"most": 150})
    found = told(work()(cut(together(tables), random.Random(1))))
    unread = Counter({row: many for row, many in expected["rejected"].items() if row[3] == "unknown-column"})
    expected["rejected"] -= unread
    assert unread
    same(found, expected)


def test_children_are_never_cut_in_two() -> None:
    whole = together(invented(40, 3))
    for most in (1, 50, 10_000):
        seen: list[str] = []
        rows = 0
        for chunk in chunks(cut(whole, random.Random(most)), numbered=True, most=most):
            names = {name for table in chunk.tables.values() for name in table.column("child").to_pylist()}
            assert not names & set(seen)
            seen += sorted(names)
            rows += sum(map(len, chunk.tables.values()))
        assert rows == len(whole)
        assert seen == sorted(seen)
    assert not list(chunks(iter(whole.schema.empty_table().to_batches()), numbered=True))


def test_rows_without_numbers_are_counted_by_child() -> None:
    (chunk,) = chunks(together(invented(5, 3)).to_batches(), numbered=False)
    for table in chunk.rows_of("C-000002"):
        assert [number for number, _ in table.rows()] == list(range(1, len(table.table) + 1))
    assert chunk.first("C-000002") == ("children", 1)


def test_protocols_come_out_of_the_bytes_as_they_were() -> None:
    protocols = missingrules.load_protocols("northamptonshire", "barnet")
    data = packed(protocols)
    found = unpacked(data)
    for one, other in zip(protocols, found, strict=True):
        assert vars(one) == vars(other)
        with pytest.raises(TypeError):
            other.readings["another"] = None  # type: ignore[index]
    assert len(data) < 100_000
    assert pickle.loads(pickle.dumps(work())) == work()


def test_without_spark_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith("missingrules.adapters.spark"):
            monkeypatch.delitem(sys.modules, name)
    for name in ["pyspark", *(each for each in sys.modules if each.startswith("pyspark."))]:
        monkeypatch.setitem(sys.modules, name, None)
    from missingrules.adapters import spark

    with pytest.raises(InvalidInput) as told:
        _ = spark.answered
    (one,) = told.value.diagnostics
    assert one.code == "not-installed"
    assert one.hint == "python -m pip install 'missingrules[spark]'"
    with pytest.raises(AttributeError, match="nothing"):
        _ = spark.nothing  # type: ignore[attr-defined]
