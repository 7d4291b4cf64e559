"""One process, twenty threads, thousands of evaluations of different children: each gets what it would get alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Final

from benchmarks.caseload import AUDITED, caseload
from missingrules.domain.clock import instant_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of
from missingrules.interface.rendering import to_json
from missingrules.interface.rows import rows_of
from missingrules.reading.protocols import read_protocol

THREADS: Final = 20
EACH: Final = 100
CHILDREN: Final = 60
WHOLE: Final = 3  # of so many children also the whole result, with evidence, questions and the view ahead


def test_twenty_threads_answer_as_one() -> None:
    protocol = read_protocol(Path(__file__).parents[2] / "protocols" / "national_framework.yaml")
    now = instant_of(AUDITED)
    # The framework is for children in care.
    written = [one for one in caseload(6 * CHILDREN) if one["child"]["looked_after"][0]["value"] is True][:CHILDREN]
    cases = [case_of(one, [protocol], now) for one in written]

    def answered(number: int) -> tuple[str, ...]:
        answer = evaluate([protocol], cases[number], now)
        stand = [(one.key, one.status, one.triggered_at, one.due) for one in answer.protocols[0].actions]
        return (repr(stand), *([repr(rows_of(answer)), to_json(answer)] if number < WHOLE else []))

    alone = [answered(number) for number in range(CHILDREN)]
    assert len(set(alone)) == CHILDREN
    # What follows from the protocol alone is worked out anew, by all threads at once.
    protocol = read_protocol(Path(__file__).parents[2] / "protocols" / "national_framework.yaml")
    together = Barrier(THREADS)

    def work(thread: int) -> list[int]:
        order = [Random(thread).randrange(CHILDREN) for _ in range(EACH)]
        together.wait()
        return [number for number in order if answered(number) != alone[number]]

    with ThreadPoolExecutor(THREADS) as pool:
        differing = list(pool.map(work, range(THREADS)))
    assert differing == [[]] * THREADS
