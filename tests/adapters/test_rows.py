"""Whatever the order of the rows and whatever is wrong with them: each is used or named, and a child is used whole."""

from __future__ import annotations

import pickle
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missingrules.adapters import rows as limits
from missingrules.adapters.given import Asked, opened
from missingrules.adapters.rows import intake
from missingrules.domain.diagnostics import InvalidInput
from tests.adapters.exports import WORDS, read
from tests.adapters.test_mapping import mapped
from tests.fuzz.commands import examples, folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from missingrules.adapters.layout import Layout
    from missingrules.tables.layout import Row

RETURN = Asked("ssda903", year=2025)
HEAD = "CHILD,DOB,MISSING,MIS_START,MIS_END"

CHILDREN = st.sampled_from(["1", "2", "3", "", " 1 ", "=1+1", "x" * 400])
BIRTHS = st.sampled_from(["01/01/2010", "02/01/2010", "", "1.1.2010", "01/01/2030"])
KINDS = st.sampled_from(["M", "A", "m", "", "Q", "Missing"])
DAYS = st.dates().map(lambda day: f"{day.day % 28 + 1:02}/{day.month:02}/2024") | st.sampled_from(
    ["", "31/02/2024", "2024-06-05", "yesterday", "05/06/2024 12:00", "05/06/24", "27/10/2024 01:30"]
)
ROW = st.tuples(CHILDREN, BIRTHS, KINDS, DAYS, DAYS) | st.lists(CHILDREN | KINDS, max_size=8).map(tuple)


def written(path: Path, rows: list[tuple[str, ...]]) -> Path:
    path.write_text("".join(f"{','.join(row)}\n" for row in (tuple(HEAD.split(",")), *rows)), encoding="utf-8")
    return path


def without_ids(cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Two on one day that end on one day are numbered as the rows come."""
    return {case["case"]: sorted(({**each, "id": ""} for each in case["episodes"]), key=str) for case in cases}


@examples(100)
@given(st.lists(ROW, max_size=30), st.randoms(use_true_random=False))
def test_rows_in_are_rows_used_and_rows_reported_in_any_order(rows: list[tuple[str, ...]], random: Any) -> None:
    with folder() as made:
        # `read` holds the number of rows used and reported against that of the rows.
        found = read(written(made / "missing.csv", rows), RETURN)
        assert found.rows == sum(1 for row in rows if any(cell.strip() for cell in row))
        # A child is used whole or not at all.
        used = {case["case"] for case in found.cases}
        for case in found.cases:
            mine = [row for row in rows if row and row[0].strip() == case["case"] and len(row) == 5]
            assert len(mine) == len(case["episodes"])
        mixed = list(rows)
        random.shuffle(mixed)
        again = read(written(made / "mixed.csv", mixed), RETURN)
        assert {case["case"] for case in again.cases} == used
        assert without_ids(again.cases) == without_ids(found.cases)
        assert (again.rows, again.used) == (found.rows, found.used)


class Invented:
    """Rows that stand in no file, as many as are wanted."""

    label = "invented"
    head = tuple(HEAD.split(","))
    head_row = 1

    def __init__(self, children: int, *, apart: bool) -> None:
        self.children = children
        self.apart = apart

    def rows(self) -> Iterator[Row]:
        pairs = ((at, child) for child in range(self.children) for at in range(2))
        if self.apart:
            pairs = ((at, child) for at in range(2) for child in range(self.children))
        for number, (at, child) in enumerate(pairs, start=2):
            yield number, (f"C{child}", "01/01/2010", "A", f"{at + 1:02}/06/2024", f"{at + 1:02}/06/2024")


def layout() -> Layout:
    from missingrules.adapters.given import layout_of

    return layout_of(RETURN, WORDS)


def peak(children: int, *, apart: bool) -> int:
    """Bytes that the second pass takes at most beyond what the first has left."""
    given = intake(Invented(children, apart=apart), layout())
    tracemalloc.start()
    try:
        for each in given.children():
            assert each.rows == 2
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_flat_where_children_come_one_after_the_other() -> None:
    peak(10, apart=False)  # what is made once and kept
    # Kept until the end they would be a million and a half.
    assert peak(4_000, apart=False) < 400_000


def test_a_hundred_thousand_rows_in_no_order() -> None:
    given = intake(Invented(50_000, apart=True), layout())
    assert (given.rows, len(given)) == (100_000, 50_000)
    assert sum(each.rows for each in given.children()) == 100_000


def test_what_waits_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WAITING", 100)
    assert sum(each.rows for each in intake(Invented(100, apart=True), layout()).children()) == 200
    with pytest.raises(InvalidInput, match="rows-apart"):
        list(intake(Invented(101, apart=True), layout()).children())
    monkeypatch.setattr(limits, "MOST_ROWS", 100)
    with pytest.raises(InvalidInput, match="too-many-rows"):
        intake(Invented(51, apart=False), layout())


def test_children_go_to_other_processes(tmp_path: Path) -> None:
    path = written(tmp_path / "missing.csv", [("1", "", "A", "01/06/2024", ""), ("", "", "A", "01/06/2024", "")])
    for asked in (RETURN, mapped(tmp_path, "format: 1\nmapping: m\ncolumns: {CHILD: child, MIS_START: started_at}\n")):
        for each in opened(path, asked, WORDS).children():
            assert pickle.loads(pickle.dumps(each)) == each


def test_a_file_that_changes_between_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "missing.csv", [("1", "", "A", "01/06/2024", ""), ("2", "", "A", "01/06/2024", "")])
    given = opened(path, RETURN, WORDS)
    written(path, [("1", "", "A", "01/06/2024", ""), ("3", "", "A", "01/06/2024", "")])
    with pytest.raises(InvalidInput, match="was changed while it was read"):
        list(given.children())
