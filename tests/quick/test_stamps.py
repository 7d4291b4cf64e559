"""Times of whole columns are those of single cells, in every shape, zone and year."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from missingrules.domain.clock import Clock, instant_of
from missingrules.interface.leaves import is_nothing, read_stamp
from missingrules.quick.stamps import ABSENT, DATE, NOTHING, TIME, WRONG, stamps_of
from missingrules.tables.cells import Unreadable, is_empty, read
from missingrules.tables.layout import Column, Kind
from tests.quick.rows import ODD

ZONES = ("Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Africa/Monrovia", "Asia/Kathmandu")
SHAPES = (
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d",
)


def by_cell(cell: Any, clock: Clock) -> tuple[int, int, int]:
    if is_empty(cell):
        return ABSENT, 0, 0
    told = read(cell, Column("at", Kind.TIME), clock)
    if isinstance(told, Unreadable):
        return WRONG, 0, 0
    if is_nothing(told):
        return NOTHING, 0, 0
    try:
        stamp = read_stamp(told)
    except ValueError:
        return WRONG, 0, 0
    if isinstance(stamp, datetime):
        return TIME, instant_of(stamp), instant_of(stamp)
    return DATE, clock.midnight(stamp), clock.end_of(stamp)


def same(column: Any, cells: list[Any], clock: Clock) -> None:
    made = stamps_of(column, clock)
    found = [*zip(made.state.tolist(), made.first.tolist(), made.last.tolist(), strict=True)]
    for cell, one in zip(cells, found, strict=True):
        assert one == by_cell(cell, clock), cell


def moments(draw: random.Random) -> list[datetime]:
    """Any, of all years that may be; and every half hour of the days on which London's clocks turned in 2025."""
    first, last = datetime(1849, 12, 30, tzinfo=UTC), datetime(2200, 1, 3, tzinfo=UTC)
    every = int((last - first).total_seconds())
    found = [first + timedelta(seconds=draw.randrange(every)) for _ in range(1500)]
    recent = datetime(2025, 1, 1, tzinfo=UTC)
    found += [recent + timedelta(seconds=draw.randrange(366 * 86400)) for _ in range(500)]
    turns = (datetime(2025, 3, 29, 22, tzinfo=UTC), datetime(2025, 10, 25, 22, tzinfo=UTC), first, last)
    return found + [turn + timedelta(minutes=30 * n) for turn in turns for n in range(60)]


@pytest.mark.parametrize("zone", ZONES)
def test_texts(zone: str) -> None:
    draw, clock = random.Random(zone), Clock(zone=zone)
    cells: list[str | None] = [None, *ODD]
    for at in moments(draw):
        cells.append(at.strftime(draw.choice(SHAPES)))
        away = timedelta(minutes=draw.randrange(-14 * 60, 14 * 60 + 1))
        cells.append((at + away).strftime("%Y-%m-%dT%H:%M:%S") + f"{'-' if away.days < 0 else '+'}{_hours(away)}")
    for kind in (pa.string(), pa.large_string()):
        same(pa.array(cells, kind), cells, clock)
    same(pa.chunked_array([cells[:50], cells[50:]]).dictionary_encode(), cells, clock)
    same(pa.array(cells, pa.string()).slice(7, 2000), cells[7:2007], clock)


def _hours(away: timedelta) -> str:
    minutes = abs(int(away.total_seconds())) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe"])
def test_timestamps_without_an_offset_are_those_of_a_wall_clock(unit: str, zone: str) -> None:
    draw, clock = random.Random(unit), Clock(zone=zone)
    cells = [None, *(at.replace(tzinfo=None) for at in moments(draw))]
    if unit != "s":
        cells += [datetime(2025, 6, 1, 12, 0, 0, 1000)]  # noqa: DTZ001 - a fraction of a second
    same(pa.array(cells, pa.timestamp(unit)), cells, clock)


def test_timestamps_with_an_offset_and_dates() -> None:
    draw, clock = random.Random(1), Clock()
    cells = [at for at in moments(draw) if at.year >= 1973 and at < datetime(2199, 12, 1, tzinfo=UTC)]
    for zone in ("UTC", "Europe/London", "+05:30"):
        column = pa.array(cells, pa.timestamp("us", zone))
        same(column, column.to_pylist(), clock)
    # What was before zones had whole minutes, or is on the edge of the years, is left.
    early = pa.array([datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)], pa.timestamp("s", "UTC"))
    assert stamps_of(early, clock).state.tolist() == [WRONG, WRONG]
    days = [None, *(date(1849, 12, 30) + timedelta(days=draw.randrange(128_000)) for _ in range(500))]
    same(pa.array(days, pa.date32()), days, clock)


def test_what_is_no_time() -> None:
    for column in (pa.array([20250601, None]), pa.array([True, None]), pa.array([1.5, float("nan")])):
        assert stamps_of(column, Clock()).state.tolist() == [WRONG, ABSENT]
    assert stamps_of(pa.nulls(2), Clock()).state.tolist() == [ABSENT, ABSENT]
    assert np.count_nonzero(stamps_of(pa.array([[1], None]), Clock()).state) == 1
