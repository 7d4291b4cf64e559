"""What children cost on Spark in local mode, by how many they are, partitions and cores: `python -m benchmarks.spark`.

In the environment that `tests/spark/run` makes: `.spark/bin/python -m benchmarks.spark`. Invented children
(benchmarks/histories.py) as Parquet files; each run answers all of them in all tables, and what is answered goes to
Spark and no further. Figures are medians of the rounds, in each of which every size has its turn; when `--minutes` are
over, no further run begins. Seconds are without those in which this process stood still, as it may on a machine
that is shared. Bytes of the shuffle are from Spark's own event log, as they are written: compressed. Processor
time is that of Spark (the JVM) and of the Python processes that it starts, read from /proc: it wants Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.county import known
from benchmarks.histories import AS_OF, made
from benchmarks.shapes import write_parquet
from missingrules.domain.clock import Instant
from missingrules.reading.loading import load_protocols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TABLES = ("children", "episodes", "records", "facts")
WARM = (1_000, 4)


class Size(NamedTuple):
    cores: int
    partitions: int
    children: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one run, or the medians of several; seconds and bytes."""

    seconds: float
    jvm: float  # of the processor's time
    python: float
    rows: float = 0.0  # that were shuffled
    bytes: float = 0.0
    spilled: float = 0.0
    longest: float = 0.0  # of the tasks that answer a partition, as how many times their mean
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of whom."""

    folder: str  # of the tables, in a folder for each number of children
    protocols: tuple[str, ...]
    rounds: int
    minutes: float  # for each number of cores


def measured(cores: int, children: Sequence[int], partitions: Sequence[int], ask: Ask) -> dict[Size, Cost]:
    """All runs with so many cores in one session of Spark: the medians of each size."""
    sizes = [Size(cores, some, many) for many in children for some in partitions]
    with tempfile.TemporaryDirectory() as log:
        spark = _session(cores, log)
        _run(spark, Size(cores, WARM[1], WARM[0]), ask, "warm")
        until = time.monotonic() + 60 * ask.minutes
        timed: dict[str, tuple[Size, Cost]] = {}
        for turn in range(ask.rounds):
            for at, size in enumerate(sizes):
                if time.monotonic() < until:
                    timed[f"{turn}/{at}"] = size, _run(spark, size, ask, f"{turn}/{at}")
        spark.stop()
        (path,) = Path(log).iterdir()
        told = _tasks(path)
    found: dict[Size, list[Cost]] = {size: [] for size in sizes}
    for name, (size, cost) in timed.items():
        found[size].append(_with_tasks(cost, told[name]))
    return {size: _medians(costs) for size, costs in found.items() if costs}


def _session(cores: int, log: str) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master(f"local[{cores}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.dir", Path(log).as_uri())
        .config("spark.eventLog.rolling.enabled", "false")
        .config("spark.eventLog.compress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


def _run(spark: Any, size: Size, ask: Ask, name: str) -> Cost:
    from missingrules.adapters.spark import answered

    protocols = load_protocols(*ask.protocols)
    folder = Path(ask.folder) / str(size.children)
    spark.sparkContext.setJobGroup(name, name)
    watch = _Watch()
    watch.start()
    began = time.perf_counter()
    tables = {kind: spark.read.parquet(str(folder / f"{kind}.parquet")) for kind in TABLES}
    found = answered(tables, protocols, Instant(AS_OF), partitions=size.partitions, keep=False)
    found.rows.write.format("noop").mode("overwrite").save()
    seconds = time.perf_counter() - began
    still, jvm, python = watch.end()
    seconds -= still
    print(
        f"{name}: {size}, {seconds:.2f} s and {still:.2f} still, processor {jvm:.2f} + {python:.2f}",
        file=sys.stderr,
        flush=True,
    )
    return Cost(seconds, jvm, python)


def _used() -> dict[tuple[int, bool], int]:
    """Ticks of the processor that each process under this one has had, and whether it is the JVM."""
    parents: dict[int, int] = {}
    stats: dict[tuple[int, bool], int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = path.read_text().rpartition(") ")
        except OSError:
            continue  # it has ended
        fields = tail.split()
        pid = int(path.parent.name)
        parents[pid] = int(fields[1])
        stats[pid, head.endswith("(java")] = int(fields[11]) + int(fields[12])
    found = {}
    for (pid, java), ticks in stats.items():
        above = parents[pid]
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid():
            found[pid, java] = ticks
    return found


def _tasks(log: Path) -> dict[str, list[dict[str, Any]]]:
    """The tasks of each run by its name, as the event log tells them when they end."""
    runs: dict[int, str] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["Event"] == "SparkListenerJobStart":
                name = event["Properties"].get("spark.jobGroup.id", "")
                runs |= dict.fromkeys(event["Stage IDs"], name)
            elif event["Event"] == "SparkListenerTaskEnd":
                found.setdefault(runs[event["Stage ID"]], []).append(event)
    return found


def _with_tasks(cost: Cost, tasks: Sequence[dict[str, Any]]) -> Cost:
    metrics = [each["Task Metrics"] for each in tasks]
    written = [each["Shuffle Write Metrics"] for each in metrics]
    answering = [each["Executor Run Time"] for each in metrics if each["Shuffle Read Metrics"]["Total Records Read"]]
    return replace(
        cost,
        rows=sum(each["Shuffle Records Written"] for each in written),
        bytes=sum(each["Shuffle Bytes Written"] for each in written),
        spilled=sum(each["Disk Bytes Spilled"] for each in metrics),
        longest=max(answering) / mean(answering),
    )


def _medians(costs: Sequence[Cost]) -> Cost:
    rows = [asdict(each) for each in costs]
    return replace(Cost(**{name: median(row[name] for row in rows) for name in rows[0]}), runs=len(costs))


class _Watch(Thread):
    """A clock that wakes often: how long this process was stopped, and what of the processor those under it had.

    Processes that end take with them what they had since they were last seen.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.still = 0.0
        self._over = Event()
        self._first = _used()
        self._last = dict(self._first)

    def run(self) -> None:
        last = time.perf_counter()
        while not self._over.wait(0.2):
            now = time.perf_counter()
            if now - last > 1:
                self.still += now - last
            self._last |= _used()
            last = time.perf_counter()

    def end(self) -> tuple[float, float, float]:
        """Seconds: of standing still, of the processor by the JVM and by Python."""
        self._over.set()
        self.join()
        self._last |= _used()
        tick = os.sysconf("SC_CLK_TCK")
        jvm, python = (
            sum(had - self._first.get(each, 0) for each, had in self._last.items() if each[1] is java) / tick
            for java in (True, False)
        )
        return self.still, jvm, python


def fitted(costs: dict[Size, Cost], what: Callable[[Cost], float]) -> str:
    """A fixed part, one for each thousand of children and one for each partition, that come nearest by ratio."""
    has = np.array([[1.0, size.children / 1_000, size.partitions] for size in costs])
    wanted = np.array([what(cost) for cost in costs.values()])
    parts = np.linalg.lstsq(has / wanted[:, None], np.ones(len(wanted)), rcond=None)[0]
    told = has @ parts / wanted
    fixed, children, partitions = parts.tolist()
    return (
        f"{fixed:.2f} s + {children:.2f} s a thousand children + {partitions:.3f} s a partition, "
        f"from {told.min():.2f} to {told.max():.2f} times what was measured"
    )


def report(costs: dict[Size, Cost]) -> Iterator[str]:
    """The table, and the models."""
    heads = (
        "cores",
        "partitions",
        "children",
        "rows",
        "s",
        "s of Spark",
        "s of Python",
        "MB",
        "bytes a child",
        "slowest",
        "runs",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for size, cost in costs.items():
        yield (
            f"| {size.cores} | {size.partitions} | {size.children:,} | {cost.rows:,.0f} | {cost.seconds:.1f} | "
            f"{cost.jvm:.1f} | {cost.python:.1f} | {cost.bytes / 1e6:.2f} | {cost.bytes / size.children:.0f} | "
            f"{cost.longest:.2f} | {cost.runs} |"
        )
    yield ""
    yield f"spilled to disk: {sum(cost.spilled for cost in costs.values()):,.0f} bytes"
    for cores in sorted({size.cores for size in costs}):
        of = {size: cost for size, cost in costs.items() if size.cores == cores}
        yield f"{cores} cores, seconds: {fitted(of, lambda cost: cost.seconds)}"
        yield f"{cores} cores, processor: {fitted(of, lambda cost: cost.jvm + cost.python)}"
        yield f"{cores} cores, processor of Python: {fitted(of, lambda cost: cost.python)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--children", type=int, nargs="+", default=[1_000, 10_000, 30_000])
    parser.add_argument("--partitions", type=int, nargs="+", default=[4, 8, 32])
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10.0, help="for each number of cores")
    parser.add_argument("--protocol", action="append", help="another than Northamptonshire; may be said again")
    asked = parser.parse_args()
    names = tuple(asked.protocol or ["northamptonshire"])
    with tempfile.TemporaryDirectory() as name:
        for many in {WARM[0], *asked.children}:
            (Path(name) / str(many)).mkdir()
            write_parquet(known(made(many, 1), names), Path(name) / str(many))
        ask = Ask(name, names, asked.rounds, asked.minutes)
        costs: dict[Size, Cost] = {}
        for cores in asked.cores:
            # A process has one Spark, whose cores are said when it starts.
            with ProcessPoolExecutor(1, get_context("spawn")) as own:
                costs |= own.submit(measured, cores, asked.children, asked.partitions, ask).result()
    print("\n".join(report(costs)))
