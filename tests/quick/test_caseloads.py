"""Files read as columns are cut and told as they are row by row: the same children, rows, cases and reasons."""

from __future__ import annotations

import csv
import pickle
import random
import sys
from collections import Counter
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from missingrules.batches.crew import pieces
from missingrules.domain.audit import Rejected
from missingrules.domain.clock import Clock
from missingrules.domain.diagnostics import InvalidInput
from missingrules.quick.caseloads import QuickCaseload, quick_caseload
from missingrules.tables.caseload import caseload_of, tables_in
from tests.quick.rows import AS_OF, PROTOCOLS, WORDS, arrow, caseload, spoilt, typed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from missingrules.tables.layout import Table
    from tests.quick.rows import Rows

CLOCK = Clock()


def told(supplied: Any) -> Any:
    """All that is to be known of one that is supplied: how many rows, where they stand, and what becomes of them."""
    try:
        made: Any = supplied.case(PROTOCOLS, WORDS, AS_OF)
    except Rejected as rejected:
        made = rejected.rejections
    return supplied.rows, list(supplied.places()), made


def both(folder: Path, sizes: Iterable[int]) -> QuickCaseload | None:
    """The tables of a folder read both ways; None where it is not for the quick one."""
    paths = sorted(folder.iterdir())
    tables = [table for together in tables_in(paths) for table in together]
    quick = quick_caseload(tables, WORDS, CLOCK)
    if quick is None:
        return None
    slow = caseload_of(tables, WORDS, CLOCK)
    assert (len(quick), quick.columns, quick.shared_rows) == (len(slow), slow.columns, slow.shared_rows)
    assert quick.calendar == slow.calendar
    wanted = [told(one) for one in slow.children()]
    for size in sizes:
        for begun in (0, size):
            expected = list(pieces(islice(wanted, begun, None), size))
            found = list(quick.pieces(size, begun))
            assert [len(piece) for piece in found] == [len(piece) for piece in expected]
            sent = [pickle.loads(pickle.dumps(piece)) for piece in found]
            for here, there, slowly in zip(found, sent, expected, strict=True):
                assert [told(one) for one in here] == [told(one) for one in there] == list(slowly)
    return quick


# --- files as they come -----------------------------------------------------------------------------------------------


def written(folder: Path, rows: Rows, draw: random.Random) -> None:
    """Tables as CSV or Parquet, in one of the ways in which programs write them."""
    tables = arrow(rows, draw)
    if draw.random() < 0.3:
        for kind, table in (typed(tables, draw) if draw.random() < 0.6 else tables).items():
            pq.write_table(table, folder / f"{kind}.parquet", row_group_size=draw.choice((7, 1000)))
        return
    for kind, table in tables.items():
        out = StringIO()
        how: Any = draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
        end = draw.choice(("\n", "\r\n"))
        writer = csv.writer(out, delimiter=draw.choice(",;\t"), quoting=how, lineterminator=end)
        writer.writerow(table.column_names)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            if draw.random() < 0.02:
                writer.writerow(["", " ", ""] + [""] * (len(row) - 3))
            # Breaks within cells are not for the quick way.
            writer.writerow([cell.replace("\n", " ").replace("\0", " ").replace("\r", " ") for cell in row])
        data = out.getvalue().encode()
        data = data.removesuffix(end.encode()) if draw.random() < 0.3 else data
        (folder / f"{kind}.csv").write_bytes(b"\xef\xbb\xbf" * (draw.random() < 0.3) + data)


def moved(rows: Rows, draw: random.Random) -> None:
    """Rows that are nobody's, and rows in the wrong place."""
    for of in rows.values():
        for _ in range(draw.choice((0, 0, 1, 3))):
            at = draw.randrange(len(of)) if of else 0
            how = draw.random()
            if not of:
                continue
            if how < 0.3:
                of.insert(at, {**of[at], "child": draw.choice(("", " ", "nobody", "C-999999"))})
            elif how < 0.6:
                of.insert(draw.randrange(len(of)), dict(of[at]))
            elif how < 0.8:
                of[at]["child"] = draw.choice(of)["child"]
            else:
                of.insert(at, {"child": "", "at": ""})


def rounds(number: int, seed: int, folder: Path) -> Counter[str]:
    counts = Counter[str]()
    for turn in range(number):
        draw = random.Random(f"{seed}-{turn}")
        rows = caseload(draw.choice((1, 6, 12)), draw)
        spoilt(rows, draw, draw.choice((0.0, 0.5)))
        if draw.random() < 0.6:
            moved(rows, draw)
        if draw.random() < 0.1:
            del rows["children"]
        here = folder / f"{seed}-{turn}"
        here.mkdir()
        written(here, rows, draw)
        try:
            found = both(here, draw.sample((1, 2, 3, 5, 50), 2))
        except AssertionError:
            print(f"seed {seed}, turn {turn}: {here}")
            raise
        counts["quick" if found else "slow"] += 1
        if found:
            counts["lost"] += any(len(each.lost) for each in found.places.rows.values())
            counts["blank"] += any(len(each.blank) for each in found.places.rows.values())
            counts["astray"] += bool(found.places.astray)
    return counts


@pytest.mark.parametrize("seed", range(2))
def test_both_ways_cut_and_tell_alike(seed: int, tmp_path: Path) -> None:
    counts = rounds(40, seed, tmp_path)
    assert counts["quick"] > 30
    assert min(counts["lost"], counts["blank"], counts["astray"]) > 5


# --- files as they should not be --------------------------------------------------------------------------------------

PLAIN = (
    "child,id,started_at,kind\n"
    "C-1,E1,2025-03-01T10:00:00+00:00,missing\n"
    'C-1,E2,2025-03-02T10:00:00+00:00,"missing"\n'
    'C-2,E1,2025-03-02T10:00:00+00:00,"mis, ""sing"""\r\n'
    " ,,,\n"
    "C-3,E1,2025-03-02T10:00:00+00:00,é\n"
).encode()
PIECES = (
    b'"', b'""', b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"\0", b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\xef\xbb\xbf",
    b" ", b"\\", b"\x0b", b"\x0c", b"\x1a", b"\x1c", b"\x85", b"\xc2\x85", b"'", b"#", b"C-1", b"child", b"null",
    b"x" * 131_073, b"y" * 99_999, PLAIN[:25], b",,,\n", b"\n\n", b'"a\nb"', b"=1+1", b"\x1b",
    b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
)  # fmt: skip


def bent(draw: random.Random) -> bytes:
    """A file to which something has happened, here or there."""
    data = bytearray(PLAIN * draw.choice((1, 1, 2)))
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at = draw.choice((0, len(data), draw.randrange(len(data) + 1)))
        how = draw.random()
        if how < 0.7:
            data[at:at] = draw.choice(PIECES)
        elif how < 0.8:
            del data[at:]
        else:
            del data[at : at + draw.randrange(1, 9)]
    return bytes(data)


def bent_files(number: int, seed: int, folder: Path) -> Counter[str]:
    """Both ways say the same of what can be read, and the quick one nothing of what cannot."""
    counts = Counter[str]()
    path = folder / "episodes.csv"
    for turn in range(number):
        data = bent(random.Random(f"{seed}-{turn}"))
        path.write_bytes(data)
        tables: list[Table] = []
        try:
            tables = [table for together in tables_in([path]) for table in together]
            caseload_of(tables, WORDS, CLOCK)
        except InvalidInput:
            counts["refused"] += 1
            assert not tables or quick_caseload(tables, WORDS, CLOCK) is None, data[:2000]
            continue
        try:
            counts["quick" if both(folder, (2,)) else "slow"] += 1
        except AssertionError:
            print(f"seed {seed}, turn {turn}: {data[:2000]!r}")
            raise
    return counts


def test_a_file_that_may_be_read_otherwise_is_read_row_by_row(tmp_path: Path) -> None:
    counts = bent_files(600, 1, tmp_path)
    assert min(counts["refused"], counts["slow"], counts["quick"]) > 100


if __name__ == "__main__":
    import tempfile
    from pathlib import Path as Here

    with tempfile.TemporaryDirectory() as made:
        folder_ = Here(made)
        print(dict(bent_files(10 * int(sys.argv[1]), int(sys.argv[2]), folder_)))
        (folder_ / "episodes.csv").unlink()
        print(dict(rounds(int(sys.argv[1]), int(sys.argv[2]), folder_)))
