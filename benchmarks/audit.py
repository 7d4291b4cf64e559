"""How long an audit takes, and how much memory: `python -m benchmarks.audit 1000 10000 100000 [--prove]`.

Each caseload is invented, written as tables and audited by the command itself in a process of its own. With `--prove`
its totals are held against the sum of single evaluations of the same cases, which never were tables.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.caseload import AUDITED, caseload, write_tables
from missingrules.audits.run import Question, audited
from missingrules.audits.totals import Tally
from missingrules.domain.clock import instant_of
from missingrules.interface.conversion import converted
from missingrules.interface.words import words_of
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol
from missingrules.reports.audit_data import totals_data

NAME = "northamptonshire"


def measured(episodes: int, *, prove: bool) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        children = write_tables(folder, episodes)
        output = folder / "totals.txt"
        words = ["audit", made, "--protocol", NAME, "--as-of", AUDITED.isoformat(), "--format", "json"]
        began = time.perf_counter()
        pid = os.spawnv(
            os.P_NOWAIT, sys.executable, [sys.executable, "-m", "missingrules", *words, "--output", str(output)]
        )
        # Of the process and of those that it started, the largest.
        _, status, used = os.wait4(pid, 0)
        seconds = time.perf_counter() - began
        assert status == 0, f"the audit ended with {status}"
        line = f"{episodes:>9} {children:>9} {seconds:>8.1f} {episodes / seconds:>10.0f} {used.ru_maxrss / 1024:>8.0f}"
        if prove:
            same = json.loads(output.read_text(encoding="utf-8"))["totals"] == _summed(episodes)
            line += "  totals are the sum of single evaluations" if same else "  TOTALS DIFFER"
        return line


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
    print(" episodes  children  seconds  a second   MB")
    for size in sizes:
        print(measured(size, prove="--prove" in sys.argv), flush=True)
