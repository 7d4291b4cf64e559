"""What comes out of a few rows, worked out by hand; and a whole plain caseload."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pytest

from benchmarks.caseload import write_tables
from missingrules.domain.clock import BEFORE_ALL, FOREVER, Clock
from missingrules.domain.diagnostics import InvalidInput
from missingrules.engine.columnar.histories import OPEN
from missingrules.quick.sheets import ArrowTable
from missingrules.quick.take import quickly, rest_of
from missingrules.tables.meetings import Calendar
from tests.quick.rows import AS_OF, WORDS, graded
from tests.quick.test_quickly import both, read_slowly
from tests.quick.told import told

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.quick.take import Taken

CALENDAR = Calendar({"forum": ("2025-04-09T10:00:00+01:00", "2025-04-01")}, 2)


def table(text: str) -> Any:
    head, *rows = (line.strip().split(",") for line in text.strip().splitlines())
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(head)})


def read(**tables: str) -> Taken:
    made = {kind: table(text) for kind, text in tables.items()}
    return quickly(made, WORDS, Clock(), graded, as_of=AS_OF, calendar=CALENDAR)


def test_two_children_and_one_that_is_left() -> None:
    taken = read(
        children="""
            child,date_of_birth,history_from,area
            A,2010-05-05,2024-01-01,stoke
            B,2011-06-06,,
            C,,null,
        """,
        episodes="""
            child,id,started_at,reported_at,returned_at,kind
            A,E2,2025-06-12T18:00:00Z,,null,absent
            A,E1,2025-06-02T20:00:00+01:00,2025-06-02 21:00,2025-06-03,missing
            B,E1,2025-10-26 01:30,,null,missing
            C,E1,2025-06-02 20:00,null,2025-06-02 20:00,missing
        """,
        records="""
            child,id,action,episode,at,by
            A,R2,notify,E1;E2,2025-06-14,police; social_worker
            A,R1,return_interview,,2025-06-05T10:00:00+01:00,
        """,
        facts="""
            child,episode,fact,value,from,to,at
            A,,looked_after,TRUE,2025-01-01,2025-06-10,
            A,E1,risk,high,,,2025-06-02T22:00:00+01:00
            A,E1,risk,low,,,2025-06-02T21:00:00+01:00
        """,
    )
    # Clocks showed 01:30 twice on 26 October.
    assert taken.left == ("B",)
    assert dict(taken.rows) == {"children": 2, "episodes": 3, "records": 2, "facts": 3}
    assert {kind: rows.tolist() for kind, rows in taken.rest.items()} == {
        "children": [1], "episodes": [2], "records": [], "facts": []
    }  # fmt: skip
    # 2 June 2025, 20:00 BST is 1,748,890,800; the others so many hours and days from it.
    begun = 1_748_890_800
    hour, day = 3600, 86_400
    (a, c) = told(taken.histories)
    assert (a["case"], a["born"]) == ("A", date(2010, 5, 5).toordinal())
    assert a["history_from"] == date(2024, 1, 1).toordinal()
    # The return is a date alone, and so is a record.
    assert a["loose"]
    assert a["child"] == {
        # From midnight in winter, 1 January, until midnight in summer, 10 June.
        "looked_after": [(1_735_689_600, begun + 7 * day + 4 * hour, "str", "true")],
        "area": [(BEFORE_ALL, FOREVER, "str", "stoke")],
    }
    always = BEFORE_ALL, FOREVER, "str"
    assert a["episodes"] == [
        (
            "E1",
            [begun, OPEN, begun + hour, OPEN, OPEN],
            {
                "kind": [(*always, "missing")],
                "risk": [(begun + hour, FOREVER, "str", "low"), (begun + 2 * hour, FOREVER, "str", "high")],
            },
        ),
        ("E2", [begun + 9 * day + 23 * hour, OPEN, OPEN, FOREVER, OPEN], {"kind": [(*always, "absent")]}),
    ]
    assert [(one["id"], one["at"], one["episode"], one["also_of"]) for one in a["records"]] == [
        ("R1", begun + 2 * day + 14 * hour, -1, []),
        ("R2", begun + 11 * day + 4 * hour, 0, [1]),
    ]
    assert a["records"][1]["by"] == ("tuple", ("police", "social_worker"))
    # 1 April from midnight BST, and 9 April at 10:00 BST.
    assert a["meetings"] == c["meetings"] == {"forum": (1_743_462_000, 1_744_189_200)}
    assert (c["born"], c["history_from"], c["loose"]) == (0, 0, False)
    assert c["episodes"] == [("E1", [begun, OPEN, FOREVER, begun, OPEN], {"kind": [(*always, "missing")]})]


BEGUN = "2025-06-02T20:00:00Z"


@pytest.mark.parametrize(
    ("episodes", "facts"),
    [
        (f"A,Z,{BEGUN},{BEGUN},\nA,Y,{BEGUN},null,", ""),
        (f"A,Z,{BEGUN},null,\nA,Y,{BEGUN},{BEGUN},", ""),
        ("A,E1,,,missing", ""),
        ("A,E1,null,,missing", ""),
        (f"A,E1,{BEGUN},,missing", f"A,E1,kind,absent,,,{BEGUN}"),
        (f"A,E1,{BEGUN},,null", "A,E1,kind,absent,,,"),
        (f"A,E1,{BEGUN},,", f"A,,looked_after,true,2025-01-01,{BEGUN},\nA,,looked_after,false,2025-06-02,,"),
        (f"A,E1,{BEGUN},,", "A,,looked_after,true,2025-01-01,2025-02-01,\nA,,looked_after,true,2025-01-02,,"),
        (f"A,E1,{BEGUN},,", "A,,timeless_text,words,2025-01-01,,"),
        (f"A,E1,{BEGUN},,\nB,E1,{BEGUN},,\nA,E2,{BEGUN},,", ""),
    ],
    ids=[
        "two-at-once", "two-at-once-one-open", "no-start", "no-start-said", "fact-twice", "fact-twice-one-null",
        "spans-overlap", "spans-of-one-value-overlap", "timeless-with-dates", "comes-again",
    ],
)  # fmt: skip
def test_who_is_left(episodes: str, facts: str) -> None:
    """Whether the slow way takes them or not."""
    tables = {
        "episodes": table(f"child,id,started_at,returned_at,kind\n{episodes}"),
        "facts": table(f"child,episode,fact,value,from,to,at\n{facts}"),
    }
    counts = Counter[str]()
    both(tables, counts)
    assert counts["taken"] == 0


def test_names_of_a_type_that_is_not_read_quickly_are_left_to_the_slow_way() -> None:
    episodes = table(f"child,id,started_at\n1,E1,{BEGUN}\n2,E1,{BEGUN}")
    odd = episodes.set_column(0, "child", pa.array([Decimal(1), Decimal(2)]))
    named = [ArrowTable("episodes", "episodes", odd)]
    taken = quickly({"episodes": odd}, WORDS, Clock(), graded, as_of=AS_OF)
    assert (len(taken.histories), taken.rest["episodes"].tolist()) == (0, [0, 1])
    cases, said = read_slowly(rest_of(named, taken, WORDS))
    assert ([*cases], said) == (["1", "2"], {})


def test_every_child_of_a_plain_caseload_is_taken(tmp_path: Path) -> None:
    write_tables(tmp_path, 900)
    tables = {}
    for path in tmp_path.glob("*.csv"):
        head = path.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
        options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), null_values=[])
        tables[path.stem] = pyarrow.csv.read_csv(path, convert_options=options)
    counts = Counter[str]()
    both(tables, counts)
    assert counts["taken"] == counts["children"] > 200


def test_a_table_without_a_column_is_refused_as_a_whole() -> None:
    with pytest.raises(InvalidInput, match="has no column started_at"):
        read(episodes="child,id\nA,E1")


def test_meetings_are_no_table_of_children() -> None:
    with pytest.raises(ValueError, match="given as a calendar"):
        read(episodes="child,id,started_at\nA,E1,null", meetings="meeting,at\nforum,2025-04-01")


def test_without_episodes_there_is_nothing_to_read() -> None:
    with pytest.raises(ValueError, match="no table of episodes"):
        read(children="child\nA")
