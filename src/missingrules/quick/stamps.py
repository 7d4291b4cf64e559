"""Columns of times -> seconds. What is written in full is worked out for all rows at once; the rest as cells are read.

With columns.py the door to Arrow of this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.histories import OPEN
from missingrules.interface.leaves import EARLIEST_YEAR, LATEST_YEAR, is_nothing, read_stamp, to_domain
from missingrules.quick.columns import Array, is_text, texts_of, whole
from missingrules.tables.cells import Unreadable, read
from missingrules.tables.layout import Column, Kind

if TYPE_CHECKING:
    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I8, I64, Bools, Numbers

# What a cell holds.
ABSENT: Final = 0  # it is empty
NOTHING: Final = 1  # it says null
TIME: Final = 2
DATE: Final = 3  # alone
WRONG: Final = 4

_COLUMN: Final = Column("at", Kind.TIME)
_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
# The first day of each month that a case may speak of, and of one more, as days since 1970.
_MONTHS: Final = (
    np.arange(f"{EARLIEST_YEAR}-01", f"{LATEST_YEAR}-02", dtype="datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)
# Before it zones had offsets with seconds, which cannot be written.
_WHOLE_OFFSETS: Final = int(np.datetime64("1973-01-01", "s").astype(np.int64))
_AT_ONCE: Final = 1 << 16
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock's time


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """What stands in each row: one of the states above, and the first and the last second that it can stand for; both 0
    where it is neither TIME nor DATE."""

    state: I8
    first: I64
    last: I64

    def taken(self, rows: Numbers) -> Stamps:
        """Those of some rows."""
        return Stamps(self.state.take(rows), self.first.take(rows), self.last.take(rows))

    def known(self) -> Bools:
        found: Bools = (self.state == TIME) | (self.state == DATE)
        return found

    def instants(self) -> I64:
        """As `Episodes` has them: FOREVER where it has not happened, OPEN where it is not settled."""
        found: I64 = np.where(self.state == TIME, self.first, np.where(self.state == NOTHING, FOREVER, OPEN))
        return found

    def _put(self, rows: Numbers, state: Any, first: Any, last: Any) -> None:
        self.state[rows], self.first[rows], self.last[rows] = state, first, last


def no_stamps(rows: int) -> Stamps:
    """A column that is not there."""
    return Stamps(np.zeros(rows, np.int8), np.zeros(rows, np.int64), np.zeros(rows, np.int64))


def stamps_of(column: Array, clock: Clock) -> Stamps:
    """The times of a column of texts, timestamps or dates; times without an offset are read in the clock's zone."""
    array = whole(column)
    made = no_stamps(len(array))
    if pa.types.is_dictionary(array.type):
        inner = stamps_of(array.dictionary, clock)
        rows = np.flatnonzero(_valid(array))
        at = array.indices.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)[rows]
        made._put(rows, inner.state[at], inner.first[at], inner.last[at])
    elif pa.types.is_timestamp(array.type):
        _timestamps(array, made, clock)
    elif pa.types.is_date32(array.type):
        _dates(array, made, clock)
    elif is_text(array.type):
        _texts(array, made, clock)
    else:
        made.state[texts_of(array).filled()] = WRONG
    return made


def _valid(array: Array) -> Bools:
    found: Bools = array.is_valid().to_numpy(zero_copy_only=False)
    return found


def _timestamps(array: Array, made: Stamps, clock: Clock) -> None:
    raw = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    seconds, part = np.divmod(raw, _PER_SECOND[array.type.unit])
    made.state[_valid(array)] = WRONG
    days = seconds // 86400
    rows = np.flatnonzero((made.state == WRONG) & (part == 0) & (days >= _MONTHS[0]) & (days < _MONTHS[-1]))
    if array.type.tz is None:
        _local(rows, seconds[rows], made, clock)
        return
    # A day from the last: its year may be another with the offset.
    rows = rows[(seconds[rows] >= _WHOLE_OFFSETS) & (days[rows] < _MONTHS[-2] - 1)]
    made._put(rows, TIME, seconds[rows], seconds[rows])


def _dates(array: Array, made: Stamps, clock: Clock) -> None:
    days = array.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    valid = _valid(array)
    made.state[valid] = WRONG
    rows = np.flatnonzero(valid & (days >= _MONTHS[0]) & (days < _MONTHS[-2]))
    each, back = np.unique(days[rows], return_inverse=True)
    found = [(_EPOCH + timedelta(days=int(day))).date() for day in each]
    firsts = np.array([clock.midnight(day) for day in found], np.int64)
    lasts = np.array([clock.end_of(day) for day in found], np.int64)
    made._put(rows, DATE, firsts[back], lasts[back])


def _texts(array: Array, made: Stamps, clock: Clock) -> None:
    array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return
    ends = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(data, np.uint8)
    lengths = np.where(_valid(array), np.diff(ends), 0)
    left = lengths > 0
    local: list[tuple[Numbers, Numbers]] = []
    for width in (25, 20, 19, 16):
        rows = np.flatnonzero(lengths == width)
        for some in np.split(rows, range(_AT_ONCE, len(rows), _AT_ONCE)):
            signs = letters[ends[some] + np.arange(width)[:, None]]
            seconds, fine = _wall(signs)
            if width >= 20:
                away, said = _offset(signs)
                fine &= said & (signs[10] == ord("T"))
                made._put(some[fine], TIME, seconds[fine] - away[fine], seconds[fine] - away[fine])
                left[some[fine]] = False
            else:
                local.append((some[fine], seconds[fine]))
    if local:
        rows = np.concatenate([rows for rows, _ in local])
        _local(rows, np.concatenate([seconds for _, seconds in local]), made, clock)
        left[rows[made.state[rows] == TIME]] = False
    _one_by_one(array, np.flatnonzero(left), made, clock)


def _wall(signs: Numbers) -> tuple[I64, Bools]:
    """The seconds since 1970 that a clock on the wall shows, and whether they are written in full and there is such a
    day."""
    places = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, *((17, 18) if len(signs) > 16 else ())]
    digits = signs[places] - np.uint8(ord("0"))
    fine = (digits < 10).all(axis=0)
    for at, sign in {4: "-", 7: "-", 13: ":", **({16: ":"} if len(signs) > 16 else {})}.items():
        fine &= signs[at] == ord(sign)
    fine &= (signs[10] == ord("T")) | (signs[10] == ord(" "))
    of = digits.astype(np.int64)
    year = of[0] * 1000 + of[1] * 100 + of[2] * 10 + of[3]
    month, day, hour, minute = (of[at] * 10 + of[at + 1] for at in (4, 6, 8, 10))
    second = of[12] * 10 + of[13] if len(of) > 12 else np.zeros(len(year), np.int64)
    fine &= (year >= EARLIEST_YEAR) & (year < LATEST_YEAR) & (month >= 1) & (month <= 12)
    fine &= (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    number = np.where(fine, (year - EARLIEST_YEAR) * 12 + month - 1, 0)
    fine &= day <= _MONTHS[number + 1] - _MONTHS[number]
    return (_MONTHS[number] + day - 1) * 86400 + hour * 3600 + minute * 60 + second, fine


def _offset(signs: Numbers) -> tuple[I64, Bools]:
    """The seconds by which it is ahead of UTC, and whether that is written."""
    if len(signs) == 20:
        return np.zeros(signs.shape[1], np.int64), signs[19] == ord("Z")
    digits = signs[[20, 21, 23, 24]] - np.uint8(ord("0"))
    of = digits.astype(np.int64)
    hours, minutes = of[0] * 10 + of[1], of[2] * 10 + of[3]
    ahead, behind = signs[19] == ord("+"), signs[19] == ord("-")
    fine = (digits < 10).all(axis=0) & (ahead | behind) & (signs[22] == ord(":")) & (hours < 15) & (minutes < 60)
    return np.where(ahead, 1, -1) * (hours * 3600 + minutes * 60), fine


def _local(rows: Numbers, seconds: I64, made: Stamps, clock: Clock) -> None:
    """Times of a wall clock, day by day, and of a day on which the offset turns hour by hour: a stretch that clocks
    showed once, and whole, is so many seconds from UTC. Nothing is put where it was not so."""
    for size in (86400, 3600):
        if not len(rows):
            return
        begins = _begins(seconds // size, size, clock)
        fine = begins != FOREVER
        found = begins[fine] + seconds[fine] % size
        made._put(rows[fine], TIME, found, found)
        rows, seconds = rows[~fine], seconds[~fine]


def _begins(numbers: I64, size: int, clock: Clock) -> I64:
    """The instant at which each stretch of the wall clock begins, by its number since 1970; FOREVER where it is not one
    stretch of time."""
    low = int(numbers.min())
    there = np.zeros(int(numbers.max()) - low + 1, np.bool_)
    there[numbers - low] = True
    begins = np.full(len(there), FOREVER, np.int64)
    for at in np.flatnonzero(there).tolist():
        shown = _EPOCH + timedelta(seconds=(at + low) * size)
        first, last = (_exactly(end.isoformat(), clock) for end in (shown, shown + timedelta(seconds=size - 1)))
        if first[0] == last[0] == TIME and last[1] - first[1] == size - 1:
            begins[at] = first[1]
    found: I64 = begins[numbers - low]
    return found


def _one_by_one(array: Array, rows: Numbers, made: Stamps, clock: Clock) -> None:
    """The texts that are no times in full, each once, as cells of a row are read."""
    if not len(rows):
        return
    told = texts_of(array.take(pa.array(rows)))
    each = [_exactly(text, clock) for text in told.texts] + [(WRONG, 0, 0), (ABSENT, 0, 0)]
    table = np.array(each, np.int64)[told.code]
    made._put(rows, table[:, 0], table[:, 1], table[:, 2])


def _exactly(text: str, clock: Clock) -> tuple[int, int, int]:
    found = read(text, _COLUMN, clock)
    if isinstance(found, Unreadable):
        return WRONG, 0, 0
    if is_nothing(found):
        return NOTHING, 0, 0
    try:
        stamp = to_domain(read_stamp(found))
    except ValueError:
        return WRONG, 0, 0
    if isinstance(stamp, date):
        return DATE, clock.midnight(stamp), clock.end_of(stamp)
    return TIME, stamp, stamp
