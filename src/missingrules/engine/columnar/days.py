"""The clocks of domain/clock.py over columns: local dates, midnights and working days from tables made with that clock.

Days are numbers as `date.toordinal` gives them, less the first day of the table.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.domain.clock import FOREVER, Clock, Instant, Length, Unit

if TYPE_CHECKING:
    from missingrules.engine.columnar.arrays import I64

# So many years are in the table beyond the last instant: no length in use reaches further.
AHEAD: Final = 30
# And so many before the first for birthdays, which begin before all else; others are worked out one by one.
GROWN: Final = 18
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, eq=False)
class Days:
    """The dates of some years in one zone. Instants of FOREVER give FOREVER."""

    clock: Clock
    first: date
    midnights: I64  # of each date, and of one more

    @cached_property
    def _before(self) -> int:
        return self.first.toordinal()

    def number(self, day: date) -> int:
        return day.toordinal() - self._before

    def of(self, instants: I64) -> I64:
        """The local date of each instant."""
        midnights = self.midnights
        # A day out at most, by the zone's offset and its changes.
        found: I64 = np.clip((instants - midnights[0]) // 86400, 0, len(midnights) - 2)
        found -= midnights[found] > instants
        found += midnights[found + 1] <= instants
        return found

    def midnight(self, days: I64) -> I64:
        """The first second of each date."""
        found: I64 = self.midnights[days]
        return found

    def end_of(self, days: I64) -> I64:
        """The last second of each date."""
        found: I64 = self.midnights[days + 1] - 1
        return found

    def after(self, starts: I64, length: Length) -> I64:
        """The instants at which something has lasted so long: elapsed time, or the same wall-clock time later."""
        seconds = length.seconds
        if seconds is not None:
            return starts + seconds
        turns, offsets, shown = self._offsets
        local = starts + offsets[np.searchsorted(turns, starts, "right")]
        day = local // 86400
        naive = self._calendar_days(day + _EPOCH - self._before, length) * 86400 + local % 86400
        naive += (self._before - _EPOCH) * 86400
        return naive - offsets[np.searchsorted(shown, naive, "right")]

    def deadline(self, anchors: I64, length: Length, *, same_day_counts: bool = False) -> I64:
        """The last second within the length of each anchor, by the clock of its unit."""
        seconds = length.seconds
        if seconds is not None:
            return anchors + seconds
        return self.end_of(self.date_after(self.of(anchors), length, same_day_counts=same_day_counts))

    def date_after(self, days: I64, length: Length, *, same_day_counts: bool = False) -> I64:
        """The Nth date after each: calendar units, or working days of the calendar."""
        if length.unit is not Unit.WORKING_DAY:
            return self._calendar_days(days, length)
        works, so_far, all_ = self._working
        left = length.count - (works[days] if same_day_counts else np.zeros(len(days), np.int64))
        found: I64 = np.where(left == 0, days, all_[np.minimum(so_far[days] + left - 1, len(all_) - 1)])
        return found

    def birthday(self, born: I64, age: int) -> I64:
        """00:00 of a birthday of each; `born` as `date.toordinal` gives it, 0 where it is not known: FOREVER."""
        found = np.full(len(born), FOREVER, np.int64)
        known = np.flatnonzero(born > 0)
        dates = (born[known] - _EPOCH).astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        # Of 29 February in a common year it is the day after the 28th.
        then = (months + 12 * age).astype("datetime64[D]") + (dates - months.astype("datetime64[D]"))
        days = then.astype(np.int64) + (_EPOCH - self._before)
        earlier = _midnights(self.clock, self.first.replace(year=self.first.year - GROWN), self.first)
        midnights = np.concatenate((earlier[:-1], self.midnights))
        days += len(earlier) - 1
        inside = (days >= 0) & (days < len(midnights))
        found[known[inside]] = midnights[days[inside]]
        outside, back = np.unique(days[~inside], return_inverse=True)
        others = [self.clock.midnight(date.fromordinal(int(day) + self._before - len(earlier) + 1)) for day in outside]
        found[known[~inside]] = np.array(others, np.int64)[back]
        return found

    def _calendar_days(self, days: I64, length: Length) -> I64:
        if length.unit in (Unit.DAY, Unit.WEEK):
            return days + length.count * (7 if length.unit is Unit.WEEK else 1) + length.days
        dates = (days + (self._before - _EPOCH)).astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        inside = (dates - months.astype("datetime64[D]")).astype(np.int64)
        then = months + length.count * (12 if length.unit is Unit.YEAR else 1)
        begins = then.astype("datetime64[D]").astype(np.int64)
        lasts = (then + 1).astype("datetime64[D]").astype(np.int64) - begins - 1
        found: I64 = begins + np.minimum(inside, lasts) + length.days - (self._before - _EPOCH)
        return found

    def window_end(self, days: I64, months: int) -> I64:
        """The first date of the next calendar month, quarter or year."""
        dates = (days + (self._before - _EPOCH)).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        then = (dates // months + 1) * months
        found: I64 = then.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - (self._before - _EPOCH)
        return found

    @cached_property
    def _working(self) -> tuple[I64, I64, I64]:
        """Of each date whether it is a working day, how many there were up to it, and all of them."""
        count = len(self.midnights) - 1
        works = np.array([self.clock.is_working_day(self.first + timedelta(n)) for n in range(count)], np.int64)
        return works, np.cumsum(works), np.flatnonzero(works)

    @cached_property
    def _offsets(self) -> tuple[I64, I64, I64]:
        """When the zone's offset turns; the offsets before and after; and from which wall-clock time on each holds.

        Of a repeated time the first counts, a skipped one moves on by the gap: both are read with the offset before.
        """
        naive = (np.arange(len(self.midnights)) + self._before - _EPOCH) * 86400
        shifts = naive - self.midnights
        turns, offsets = [], [int(shifts[0])]
        for at in np.flatnonzero(shifts[1:] != shifts[:-1]):
            low, high = int(self.midnights[at]), int(self.midnights[at + 1])
            turns.append(low + bisect_right(range(low, high), offsets[-1], key=self._apart(offsets[-1])))
            offsets.append(int(shifts[at + 1]))
        shown = [turn + max(offsets[n], offsets[n + 1]) for n, turn in enumerate(turns)]
        return np.array(turns, np.int64), np.array(offsets, np.int64), np.array(shown, np.int64)

    def _apart(self, before: int):  # type: ignore[no-untyped-def]
        """Sorts the seconds of a day in which the offset turns: those before it first."""

        def key(second: int) -> int:
            offset = self.clock.local(Instant(second)).utcoffset()
            assert offset is not None
            return before if int(offset.total_seconds()) == before else before + 1

        return key

    def wall(self, days: I64, hour: time) -> I64:
        """The instant at which clocks first show an hour of each date; a skipped one moves on by the gap."""
        naive = (days + (self._before - _EPOCH)) * 86400 + hour.hour * 3600 + hour.minute * 60 + hour.second
        _, offsets, shown = self._offsets
        return naive - offsets[np.searchsorted(shown, naive, "right")]


@lru_cache(maxsize=16)
def days_of(clock: Clock, first_year: int, last_year: int) -> Days:
    """The dates of these years and of some beyond. Holds only what follows from its arguments."""
    first, last = date(first_year, 1, 1), date(last_year + AHEAD, 12, 31)
    return Days(clock, first, _midnights(clock, first, last + timedelta(1)))


@lru_cache(maxsize=32)
def _midnights(clock: Clock, first: date, last: date) -> I64:
    """The first second of each date up to the last. Holds only what follows from its arguments."""
    count = last.toordinal() - first.toordinal() + 1
    return np.array([clock.midnight(first + timedelta(n)) for n in range(count)], np.int64)
