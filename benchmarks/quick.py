"""How much quicker whole tables become columns than child by child: `python -m benchmarks.quick 30000`.

The caseload is invented and plain. Seconds are those of the processor, so that other work on the machine counts less.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from benchmarks.caseload import AUDITED, write_tables
from missingrules.domain.clock import Clock, instant_of
from missingrules.engine.columnar.gather import graded_by, histories_of
from missingrules.interface.words import words_of
from missingrules.quick.take import quickly
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol
from missingrules.tables.caseload import caseload_of, tables_in

NAME = "northamptonshire"
# So many episodes are read slowly.
SLOWLY = 3_000


def arrow(path: Path) -> Any:
    """A CSV file, every cell as the text that stands in it."""
    with path.open(encoding="utf-8") as file:
        head = file.readline().strip().split(",")
    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), null_values=[])
    return pyarrow.csv.read_csv(path, convert_options=options)


def measured(episodes: int) -> None:
    protocols = [read_protocol(find(NAME))]
    words, graded, as_of = words_of(protocols), graded_by([each.words for each in protocols]), instant_of(AUDITED)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_tables(folder, episodes)
        tables = {path.stem: arrow(path) for path in folder.glob("*.csv")}
    rows = sum(map(len, tables.values()))
    began = time.process_time()
    taken = quickly(tables, words, Clock(), graded, as_of=as_of)
    quick = rows / (time.process_time() - began)
    with tempfile.TemporaryDirectory() as made:
        write_tables(Path(made), SLOWLY)
        (files,) = tables_in(sorted(Path(made).glob("*.csv")))
        began = time.process_time()
        caseload = caseload_of(files, words)
        histories_of([one.case(protocols, words, as_of) for one in caseload.children()], Clock(), graded)
        slow = caseload.rows / (time.process_time() - began)
    print(f"{len(taken.histories)} children taken, {len(taken.left)} left, {rows} rows")
    print(f"rows a second: {quick:,.0f} quickly, {slow:,.0f} slowly, {quick / slow:.0f} times as many")


if __name__ == "__main__":
    measured(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
