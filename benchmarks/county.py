"""All protocols over a county's children, or a country's: `python -m benchmarks.county 100000 [--files] [--jobs 2]`.

Invented children (benchmarks/histories.py), every protocol that comes with the package, in columns. Left alone it times
columns in -> Arrow tables out, some thousands of children at a time in as many processes as asked; with `--files` the
command `missingrules batch` from CSV tables to Parquet, in a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.families.by_missingrules import histories
from benchmarks.histories import ACTIONS, Caseload, made
from benchmarks.shapes import write_csv
from missingrules.batches.answers import of_histories
from missingrules.batches.crew import lasting
from missingrules.batches.tables import Question
from missingrules.domain.clock import Instant
from missingrules.interface.leaves import read_instant
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

NAMES = ("barnet", "buckinghamshire", "national_framework", "northamptonshire", "staffordshire")
AT_ONCE = 4_000


@lru_cache(maxsize=1)
def protocols(names: tuple[str, ...]) -> tuple[Protocol, ...]:
    """Read once in every process."""
    found = tuple(read_protocol(find(name)) for name in names)
    lasting()
    return found


def answered(names: tuple[str, ...], part: Caseload) -> tuple[int, int, float]:
    """How many obligations a part has, how much memory it took (kB), and how much of the processor's time."""
    began = time.process_time()
    rules = protocols(names)
    question = Question(Instant(part.as_of), without=frozenset({"questions", "readings"}))
    found = of_histories(rules, histories(part, rules[0]), _nobody, question)
    assert not found.by_evaluator, "some were left to the evaluator"
    assert not found.rules_by_evaluator, "some rules were left to the evaluator"
    rows = found.obligations.num_rows
    del found
    gc.collect()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return rows, used, time.process_time() - began


def _nobody(row: int) -> Case:
    raise AssertionError("nobody is left to the evaluator here")


def in_memory(children: int, jobs: int, names: tuple[str, ...], at_once: int = AT_ONCE) -> str:
    """One line: columns in, Arrow tables out."""
    caseload = made(children, 1)
    parts = [caseload.part(start, min(start + at_once, children)) for start in range(0, children, at_once)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as crew:
        # The processes are there and have read the protocols before time is taken.
        work = partial(answered, names)
        list(crew.map(work, [made(10, 1)] * jobs * 4))
        began = time.perf_counter()
        found = list(crew.map(work, parts))
        seconds = time.perf_counter() - began
    rows, memory, spent = sum(n for n, _, _ in found), max(kb for _, kb, _ in found), sum(s for _, _, s in found)
    memory = memory * jobs + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (
        f"{children:>9} {caseload.episodes:>9} {rows:>12} {seconds:>8.1f} {spent:>8.1f} "
        f"{children / seconds:>10.0f} {memory / 1024:>8.0f}"
    )


def with_files(children: int, jobs: int, names: tuple[str, ...]) -> str:
    """One line: the command, from CSV tables to Parquet."""
    caseload = known(made(children, 1), names)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        write_csv(caseload, folder / "in")
        words = ["batch", str(folder / "in"), *(word for one in names for word in ("--protocol", one))]
        words += [
            "--as-of",
            "2026-01-30T12:00:00+00:00",
            "--output",
            str(folder / "out"),
            "--jobs",
            str(jobs),
            "--quiet",
        ]
        assert read_instant("2026-01-30T12:00:00+00:00") == caseload.as_of
        began = time.perf_counter()
        pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-m", "missingrules", *words])
        _, status, used = os.wait4(pid, 0)
        seconds = time.perf_counter() - began
        assert status == 0, f"the batch ended with {status}"
        written = sum(path.stat().st_size for path in (folder / "out").rglob("*.parquet"))
    return (
        f"{children:>9} {caseload.episodes:>9} {seconds:>8.1f} {used.ru_utime + used.ru_stime:>8.1f} "
        f"{children / seconds:>10.0f} {used.ru_maxrss / 1024:>8.0f} {written / 1e6:>8.0f}"
    )


def known(caseload: Caseload, names: tuple[str, ...]) -> Caseload:
    """Without the records of acts that only the four families of rules have a name for."""
    acts = {act for protocol in protocols(names) for act in protocol.words.actions}
    kept = np.isin(caseload.action, [number for number, act in enumerate(ACTIONS) if act in acts])
    records = {name: getattr(caseload, name)[kept] for name in ("episode", "action", "at", "outcome")}
    return replace(caseload, **records)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.county", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("children", type=int, nargs="+")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--protocol", action="append", help="only this one; may be said again")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="so many children in a partition, without --files")
    parser.add_argument("--files", action="store_true", help="the command, from CSV tables to Parquet")
    asked = parser.parse_args()
    if asked.files:
        print(" children  episodes  seconds      cpu  a second       MB  MB out")
    else:
        print(" children  episodes  obligations  seconds      cpu  a second   MB in all")
    chosen = tuple(asked.protocol or NAMES)
    for size in asked.children:
        if asked.files:
            print(with_files(size, asked.jobs, chosen), flush=True)
        else:
            print(in_memory(size, asked.jobs, chosen, asked.at_once), flush=True)
