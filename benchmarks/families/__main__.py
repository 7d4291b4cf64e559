"""Four families of rules in eight engines, every row compared before anything is timed: python -m benchmarks.families.

It installs nothing: `make peers` makes the environment that has them all. An engine that is not there is named as not
run. One of which a row differs from the reference is named with that row, is not timed, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import platform
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.families import plain
from benchmarks.families.words import FLOOR, OBLIGATION, Calendar, Rows, first_difference
from benchmarks.histories import made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.histories import Caseload

PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
BEGINS: Final = "<!-- families: made by python -m benchmarks.families --write -->"
ENDS: Final = "<!-- families: end -->"
PART: Final = 20_000


@dataclass
class Engine:
    """One way to work the families out. `most`: of how many children it is asked, so that a round lasts seconds."""

    name: str
    module: str
    package: str
    most: int | None = None
    note: str = ""
    answer: Callable[[Caseload], Rows] | None = None
    trouble: str = ""
    children: int = 0
    obligations: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def called(self) -> str:
        try:
            found = version(self.package) if self.package else platform.python_version()
        except PackageNotFoundError:
            return self.name
        return f"{self.name} {found}"

    @property
    def each(self) -> float:
        """Seconds a child, the median of the rounds."""
        return median(self.seconds) / self.children


def engines() -> list[Engine]:
    return [
        Engine("NumPy by hand", "by_numpy", "numpy"),
        Engine("missingrules", "by_missingrules", "missingrules", None, "the file as officers write it, in columns"),
        Engine("Polars by hand", "by_polars", "polars"),
        Engine("DuckDB by hand", "by_duckdb", "duckdb"),
        Engine("OpenFisca-Core", "by_openfisca", "OpenFisca-Core"),
        Engine("plain Python", "plain", "", 5000, "the reference"),
        Engine("zen-engine", "by_zen", "zen-engine", 2000, "counts, dates and working days supplied"),
        Engine("durable_rules", "by_durable", "durable_rules", 1000,
               "counts, dates and working days supplied; it takes 1,024 contexts, which are children here"),
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares, times and tells; 1 if a row of an engine differs."""
    asked = _parser().parse_args(arguments)
    chosen = [one for one in engines() if not asked.engine or one.module in asked.engine]
    print(f"{asked.children:,} invented children; the reference answers first", flush=True)
    caseload = made(asked.children, asked.seed)
    if asked.whole_hours:
        caseload = caseload.whole_hours()
    calendar = Calendar.of(caseload)
    reference = _reference(caseload, calendar)
    for one in chosen:
        _compare(one, caseload, calendar, reference)
        print(f"  {one.called}: {one.trouble or f'equal in {one.obligations:,} obligations'}", flush=True)
    here = [one for one in chosen if one.answer and not one.trouble]
    if not asked.check:
        for _ in range(asked.rounds):
            for one in here:
                one.seconds.append(_timed(one, caseload))
        table = "\n".join(told(chosen, caseload, asked.rounds))
        print(f"\n{table}")
        if asked.write:
            written(PAGE, table)
    return int(any(one.answer and one.trouble for one in chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.families", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--children", type=int, default=100_000, help="of how many children the quick ones are asked")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed, in turn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", action="append", help="only this one, such as by_numpy; may be said again")
    parser.add_argument("--check", action="store_true", help="compare, and time nothing")
    parser.add_argument("--whole-hours", action="store_true", help="every instant at a full hour: edges are met often")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser


def _reference(caseload: Caseload, calendar: Calendar) -> Rows:
    """Some children at a time, since it makes objects of all."""
    parts = []
    for start in range(0, caseload.children, PART):
        rows = plain.answer(caseload.part(start, start + PART), calendar)
        episodes = int(np.searchsorted(caseload.child, start))
        ahead = {"child": start, "floor_child": start, "episode": episodes, "floor_episode": episodes}
        parts.append({name: getattr(rows, name) + ahead.get(name, 0) for name in (*OBLIGATION, *FLOOR)})
    return Rows(**{name: np.concatenate([part[name] for part in parts]) for name in (*OBLIGATION, *FLOOR)})


def _compare(one: Engine, caseload: Caseload, calendar: Calendar, reference: Rows) -> None:
    """Has an engine answer, and holds every row against the reference."""
    try:
        module = importlib.import_module(f"benchmarks.families.{one.module}")
    except ImportError as error:
        if (error.name or "").partition(".")[0] in ("benchmarks", "missingrules"):
            raise
        one.trouble = f"not run: {error}"
        return
    one.children = min(caseload.children, one.most or caseload.children)
    one.answer = module.ready(calendar)
    try:
        rows = one.answer(caseload.part(0, one.children))
    except Exception as error:
        one.trouble = f"not timed, since it failed: {type(error).__name__}: {error}"
        return
    one.obligations = len(rows.child)
    difference = first_difference(rows, reference.first(one.children))
    if difference:
        one.trouble = f"not timed, since it differs from the reference: {difference}"


def _timed(one: Engine, caseload: Caseload) -> float:
    """Seconds from the columns that go in to those that come out."""
    assert one.answer is not None
    cases = caseload.part(0, one.children)
    gc.collect()
    began = time.perf_counter()
    one.answer(cases)
    return time.perf_counter() - began


def told(chosen: Sequence[Engine], caseload: Caseload, rounds: int) -> list[str]:
    """The table, and what it is of, as lines of Markdown."""
    timed = {one.module: one for one in chosen if one.seconds}
    numpy, zen = timed.get("by_numpy"), timed.get("by_zen")
    lines = [
        f"{cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {caseload.children:,} invented "
        f"children with {caseload.episodes:,} episodes and {len(caseload.episode):,} records, of whom each engine is "
        f"asked the first so many; medians of {rounds} rounds, in each of which every engine has its turn. Every row "
        "of every engine that was timed was equal to the reference.",
        "",
        "| engine | children | ms for 1,000 | obligations a second | speed, NumPy by hand = 1 | zen-engine = 1 | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in chosen:
        if not one.seconds:
            lines.append(f"| {one.called} | | | | | | {one.trouble} |")
            continue
        ratios = [_figure(base.each / one.each) if base else "" for base in (numpy, zen)]
        lines.append(
            f"| {one.called} | {one.children:,} | {_figure(one.each * 1e6)} | "
            f"{one.obligations / median(one.seconds):,.0f} | {ratios[0]} | {ratios[1]} | {one.note} |"
        )
    return lines


def _figure(value: float) -> str:
    """Two figures that say something, or whole numbers."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value >= 0.0001 else f"{value:.1e}"


def written(page: Path, table: str) -> None:
    """Puts the table between its marks; ValueError where they are not on the page."""
    text = page.read_text(encoding="utf-8")
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"{page.name} has no place for the table: {BEGINS} and {ENDS}")
    page.write_text(f"{before}{begins}\n\n{table}\n\n{ends}{after}", encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main())
