"""Every child is read both ways: who is taken is accepted by the slow way and comes out the same, and who is refused by
it is never taken. `python -m tests.quick.test_quickly 200000` reads more."""

from __future__ import annotations

import random
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from missingrules.domain.audit import Rejected
from missingrules.domain.clock import Clock
from missingrules.engine.columnar.gather import histories_of
from missingrules.quick.sheets import ArrowTable
from missingrules.quick.take import quickly, rest_of
from missingrules.tables.caseload import caseload_of
from tests.quick.rows import AS_OF, PROTOCOLS, WORDS, arrow, caseload, graded, one_odd_cell, spoilt, typed
from tests.quick.told import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.tables.caseload import Caseload

CLOCK = Clock()


def read_slowly(of: Caseload, as_of: Any = AS_OF) -> tuple[dict[str, Case], Counter[Any]]:
    """The cases by name, and what is said of the rows of others."""
    cases, said = {}, Counter[Any]()
    for one in of.children():
        try:
            case = one.case(PROTOCOLS, WORDS, as_of)
        except Rejected as rejected:
            said.update(rejected.rejections)
        else:
            cases[case.id] = case
    return cases, said


def both(tables: Mapping[str, Any], counts: Counter[str], as_of: Any = AS_OF) -> None:
    """The tables read both ways, and the rest of the quick way by the slow one."""
    named = [ArrowTable(kind, f"{kind}.csv", table) for kind, table in tables.items()]
    whole = caseload_of(named, WORDS, CLOCK)
    cases, said = read_slowly(whole, as_of)
    taken = quickly(tables, WORDS, CLOCK, graded, as_of=as_of)
    found = told(taken.histories)
    for child in taken.histories.case:
        assert child in cases, f"{child} was taken, and the slow way has it not"
    expected = told(histories_of([cases[child] for child in taken.histories.case], CLOCK, graded))
    for one, other in zip(found, expected, strict=True):
        assert one == other
    assert list(taken.histories.case) == [child for child in whole.order if child in set(taken.histories.case)]
    assert [*taken.left] == [child for child in whole.order if child not in set(taken.histories.case)]
    # What is left comes out by the slow way as it would have with the rest before it.
    left = rest_of(named, taken, WORDS)
    others, told_too = read_slowly(left, as_of)
    assert others == {child: case for child, case in cases.items() if child not in set(taken.histories.case)}
    assert told_too == said, (told_too - said, said - told_too)
    assert sum(taken.rows.values()) + left.rows == whole.rows
    counts["children"] += len(whole)
    counts["taken"] += len(found)
    counts["refused by the slow way"] += len(whole) - len(cases)
    counts["left though accepted"] += len(others)


def rounds(children: int, seed: int, counts: Counter[str]) -> None:
    """Caseloads of forty children, of which some are spoilt in most."""
    number = 0
    while counts["children"] < children:
        number += 1
        draw = random.Random(f"{seed}-{number}")
        rows = caseload(40, draw)
        spoilt(rows, draw, draw.choice((0.0, 0.3, 0.7)))
        if draw.random() < 0.1:
            del rows["children"]
        try:
            tables = arrow(rows, draw, nulls=True)
            both(typed(tables, draw) if draw.random() < 0.3 else tables, counts, draw.choice((AS_OF, None)))
        except AssertionError:
            print(f"seed {seed}, round {number}")
            raise


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_rows(seed: int) -> None:
    counts = Counter[str]()
    rounds(800, seed, counts)
    assert counts["taken"] > 250
    assert counts["refused by the slow way"] > 150
    assert counts["left though accepted"] < counts["taken"] / 10


def cells(share: float, seed: int, counts: Counter[str]) -> None:
    """Of a plain child one cell is another, whichever it is."""
    draw = random.Random(seed)
    both(arrow(one_odd_cell(share, draw), draw), counts)


def test_one_odd_cell() -> None:
    counts = Counter[str]()
    cells(0.1, 1, counts)
    assert counts["taken"] > 300
    assert counts["refused by the slow way"] > 1000
    assert counts["left though accepted"] < counts["taken"] / 10


if __name__ == "__main__":
    asked, seed_ = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    counted = Counter[str]()
    cells(1.0, seed_, counted)
    print("one odd cell", dict(counted), flush=True)
    counted.clear()
    rounds(asked, seed_, counted)
    print("spoilt rows", dict(counted))
