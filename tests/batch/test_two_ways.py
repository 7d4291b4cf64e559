"""A caseload read as columns, and the same read row by row: the same folder, byte for byte, and the same words."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from benchmarks.caseload import write_tables
from missingrules.quick import caseloads
from tests.audit.command import run
from tests.batch import made
from tests.quick.rows import arrow, caseload, spoilt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.audit.command import Told

ASKED = ("--protocol", "staffordshire", "--protocol", "buckinghamshire", "--as-of", "2026-01-31T12:00:00+00:00")
ENTERED = "at,meeting\n2026-02-10T10:00:00+00:00,mace\n"


def both(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> Told:
    """What the command says of the tables, in both ways the same."""
    real, quick = caseloads.quick_caseload, []

    def told(*given: object) -> object:
        quick.append(real(*given))  # type: ignore[arg-type]
        return quick[-1]

    outs = {name: tmp_path / name for name in ("quick", "slow")}
    with monkeypatch.context() as patched:
        patched.setattr(caseloads, "quick_caseload", told)
        found = run("batch", folder, *ASKED, *more, "--output", outs["quick"])
    assert quick[0] is not None
    with monkeypatch.context() as patched:
        patched.setattr(caseloads, "quick_caseload", lambda *given: None)
        slowly = run("batch", folder, *ASKED, *more, "--output", outs["slow"])
    assert slowly.code == found.code
    for here, there in ((found.out, slowly.out), (found.err, slowly.err)):
        assert here == there.replace(str(outs["slow"]), str(outs["quick"]))
    trees = [made.tree(out) for out in outs.values()]
    assert trees[0].keys() == trees[1].keys()
    for name in trees[0]:
        assert trees[0][name] == trees[1][name], name
    return found


@pytest.mark.parametrize("more", [("--jobs", "1", "--partition", "20"), ("--jobs", "2", "--format", "csv")])
def test_plain_children(more: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    assert write_tables(folder, 300) > 100
    assert both(folder, tmp_path, monkeypatch, *more).code == 0


@pytest.mark.parametrize(("seed", "kept"), [(1, "csv"), (2, "csv"), (3, "parquet")])
def test_spoilt_children(seed: int, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, draw = tmp_path / "in", random.Random(seed)
    folder.mkdir()
    rows = caseload(40, draw)
    spoilt(rows, draw, 0.5)
    for of in rows.values():
        of.insert(draw.randrange(len(of)), {"child": "nobody"})
        of.insert(draw.randrange(len(of)), dict(of[draw.randrange(len(of))]))
        of.insert(draw.randrange(len(of)), {"child": ""})
    (folder / "meetings.csv").write_text(ENTERED, encoding="utf-8")
    for kind, table in arrow(rows, draw).items():
        if kept == "parquet":
            pq.write_table(table, folder / f"{kind}.parquet")
            continue
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, delimiter=";")
            out.writerow(table.column_names)
            for row in table.to_pylist():
                # Breaks within a cell are not for the quick way.
                out.writerow([" ".join(str(cell).replace("\0", "").splitlines()) for cell in row.values()])
    more = ("--jobs", "1", "--partition", "7", *(("--questions", "--readings") if seed == 1 else ()))
    assert both(folder, tmp_path, monkeypatch, *more).code == 1
