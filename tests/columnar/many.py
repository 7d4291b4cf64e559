"""Columns beside the evaluator, of as many children as asked: `python -m tests.columnar.many 100000 [--jobs 2]`.

Invented children (benchmarks/caseload.py) of whom much is spoilt: facts that nobody gives, gradings that change or come
late, acts that name no episode or come at the same second, clocks that change, histories that begin late. Under each of
the five protocols every obligation of every child is compared; the counts are printed, and the first differences.
"""

from __future__ import annotations

import argparse
import os
import random
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from benchmarks.caseload import AUDITED, caseload
from missingrules.domain.clock import Instant, instant_of
from missingrules.interface.conversion import converted
from missingrules.interface.words import words_of
from tests.columnar.beside import beside
from tests.columnar.spoilt import PAPERS, spoilt

AT_ONCE = 50


def crowded(case: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The same child, some of it where the clocks change, with kinds that change and things at the same second."""
    _moved(case, timedelta(days=draw.choice((0, 0, 80, 300))))
    for episode in case["episodes"]:
        if draw.random() < 0.1:
            episode["reported_at"] = episode["started_at"]
        if draw.random() < 0.1:
            later = (datetime.fromisoformat(episode["started_at"]) + timedelta(hours=2)).isoformat()
            episode["kind"] = [{"value": "absent", "at": episode["started_at"]}, {"value": "missing", "at": later}]
        if draw.random() < 0.3:
            later = (
                datetime.fromisoformat(episode["risk"][0]["at"]) + timedelta(hours=draw.randrange(1, 90))
            ).isoformat()
            episode["risk"].append({"value": draw.choice(("low", "medium", "high")), "at": later})
    for record in case["records"]:
        if draw.random() < 0.1:
            record["at"] = case["episodes"][0]["started_at"]
    return case


def _moved(case: dict[str, Any], by: timedelta) -> None:
    """Everything so much earlier."""

    def moved(text: str) -> str:
        return (datetime.fromisoformat(text) - by).isoformat()

    for episode in case["episodes"]:
        for name in ("started_at", "reported_at", "located_at", "returned_at"):
            episode[name] = moved(episode[name])
        episode["risk"] = [{**each, "at": moved(each["at"])} for each in episode["risk"]]
    for record in case["records"]:
        record["at"], record["recorded_at"] = moved(record["at"]), moved(record["recorded_at"])


def compared(seed: int) -> tuple[int, int, int, list[str]]:
    """Some children under each protocol: how many, how many were left to the evaluator, rows, and what differs."""
    draw, as_of = random.Random(seed), Instant(instant_of(AUDITED))
    rules = PAPERS
    words = words_of(rules)
    given = (spoilt(crowded(case, draw), draw) for case in caseload(AT_ONCE * 3, seed))
    cases = [converted(case, rules, as_of, words=words) for case in given][:AT_ONCE]
    children = left = rows = 0
    differ: list[str] = []
    for protocol in rules:
        found = beside(protocol, cases, as_of, draw.choice((0, 90)))
        children, left, rows = children + found.children, left + found.left, rows + found.rows
        differ += found.differ
    return children, left, rows, differ


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.columnar.many", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("children", type=int, help="how many, each counted once for every protocol")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    children = left = rows = 0
    differ: list[str] = []
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as crew:
        seed = asked.seed
        while children < asked.children and not differ:
            for found in crew.map(compared, range(seed, seed + asked.jobs * 4)):
                children, left, rows = children + found[0], left + found[1], rows + found[2]
                differ += found[3]
            seed += asked.jobs * 4
    print(f"{children:,} children compared, {rows:,} obligations equal or told; {left:,} left to the evaluator")
    for each in differ[:5]:
        print(each)
    return int(bool(differ))


if __name__ == "__main__":
    raise SystemExit(main())
