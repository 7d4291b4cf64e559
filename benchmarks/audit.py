"""How long an audit takes, and how much memory: `python -m benchmarks.audit 1000 10000 [--prove | --beside]`.

Each caseload is invented, written as tables and audited by the command itself in a process of its own. With `--prove`
its totals are held against the sum of single evaluations of the same cases, which never were tables. With `--beside`
one process audits in columns and another child by child, three times in turn: medians, the seconds the processor's,
start included.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.caseload import AUDITED, caseload, write_tables
from missingrules.audits.run import Question, audited
from missingrules.audits.totals import Tally
from missingrules.domain.clock import instant_of
from missingrules.interface.conversion import converted
from missingrules.interface.words import words_of
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol
from missingrules.reports.audit_data import totals_data

if TYPE_CHECKING:
    from resource import struct_rusage

NAME = "northamptonshire"
COMMAND = ("-m", "missingrules")
# As if the extra were not installed.
SINGLY = ("-c", "import sys; sys.modules['pyarrow'] = None; from missingrules.cli import main; main()")


def measured(episodes: int, *, prove: bool) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        children = write_tables(folder, episodes)
        output = folder / "totals.txt"
        began = time.perf_counter()
        used = _audited(COMMAND, folder, output)
        seconds = time.perf_counter() - began
        line = f"{episodes:>9} {children:>9} {seconds:>8.1f} {episodes / seconds:>10.0f} {used.ru_maxrss / 1024:>8.0f}"
        if prove:
            same = json.loads(output.read_text(encoding="utf-8"))["totals"] == _summed(episodes)
            line += "  totals are the sum of single evaluations" if same else "  TOTALS DIFFER"
        return line


def beside(episodes: int, times: int = 3) -> str:
    """One line of the table: medians, in columns and child by child."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        children = write_tables(folder, episodes)
        outputs = {name: folder / f"{name}.txt" for name in ("columns", "singly")}
        ways = {"columns": COMMAND, "singly": SINGLY}
        used = [
            {name: _audited(way, folder, outputs[name], "--jobs", "1") for name, way in ways.items()}
            for _ in range(times)
        ]
        assert outputs["columns"].read_bytes() == outputs["singly"].read_bytes(), "the audits differ"
        seconds = {name: median(one[name].ru_utime + one[name].ru_stime for one in used) for name in ways}
        memory = {name: median(one[name].ru_maxrss / 1024 for one in used) for name in ways}
        columns, singly = seconds["columns"], seconds["singly"]
        line = f"{episodes:>9} {children:>9} {columns:>8.1f} {singly:>8.1f} {singly / columns:>6.1f}"
        return line + f" {memory['columns']:>8.0f} {memory['singly']:>8.0f}"


def _audited(way: tuple[str, ...], folder: Path, output: Path, *more: str) -> struct_rusage:
    """What the command used: its time, and the memory of the largest of the process and those that it started."""
    words = [
        "audit",
        str(folder),
        "--protocol",
        NAME,
        "--as-of",
        AUDITED.isoformat(),
        "--format",
        "json",
        "--force",
        *more,
    ]
    pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *way, *words, "--output", str(output)])
    _, status, used = os.wait4(pid, 0)
    assert status == 0, f"the audit ended with {status}"
    return used


def _summed(episodes: int) -> object:
    protocols = [read_protocol(find(NAME))]
    words, question, tally = words_of(protocols), Question(as_of=instant_of(AUDITED)), Tally()
    for case in caseload(episodes):
        answer, findings = audited(
            protocols, converted(case, protocols, question.as_of, words=words), question, cited=False
        )
        tally.add(answer, findings)
    return json.loads(json.dumps(totals_data(tally.totals(), protocols)))


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or [1000]
    if "--beside" in sys.argv:
        print(" episodes  children  columns   singly  ratio       MB       MB")
        for size in sizes:
            print(beside(size), flush=True)
    else:
        print(" episodes  children  seconds  a second   MB")
        for size in sizes:
            print(measured(size, prove="--prove" in sys.argv), flush=True)
