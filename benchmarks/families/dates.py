"""Local dates and ends of days for whole columns, read off tables over the hours and days that a caseload spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.histories import DAY, FOREVER, HOUR

if TYPE_CHECKING:
    from benchmarks.families.words import Calendar
    from benchmarks.histories import Days, Seconds

# Who looks ahead furthest are ten working days after a return, and a week.
MARGIN: Final = 40


class Dates:
    """England's calendar from the day before one instant to some weeks after another."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        self._first_hour = (first // DAY - 1) * 24
        hours = np.arange(self._first_hour, last // HOUR + MARGIN * 24)
        at = np.searchsorted(calendar.changes, hours * HOUR, side="right") - 1
        # London's clocks are whole hours from UTC: no hour of UTC has two dates.
        self._offset = calendar.offsets[at]
        self._date = ((hours * HOUR + self._offset) // DAY).astype(np.int32)
        self.first_day = int(self._date[0])
        days = np.arange(self.first_day, int(self._date[-1]))
        # Clocks change an hour after midnight or two: until then the offset is that of the evening before.
        before = np.searchsorted(calendar.changes, days * DAY - 6 * HOUR, side="right") - 1
        self._midnight = days * DAY - calendar.offsets[before]
        open_ = np.is_busday(days.astype("datetime64[D]"), holidays=calendar.holidays.astype("datetime64[D]"))
        self._working = np.flatnonzero(open_)
        # How many working days there are up to and with each day.
        self._so_far = np.cumsum(open_)

    def of(self, instants: Seconds) -> Days:
        """The date of each, in days since 1970."""
        return self._date[instants // HOUR - self._first_hour]

    def midnight(self, days: Days) -> Seconds:
        """When each begins: of those before all this at the first, of those after it never."""
        at = np.clip(days - self.first_day, 0, len(self._midnight) - 1)
        return np.where(days - self.first_day < len(self._midnight), self._midnight[at], FOREVER)

    def working_days_after(self, days: Days, count: int) -> Seconds:
        """The end of the Nth working day after each date."""
        last = np.minimum(self._so_far + count - 1, len(self._working) - 1)
        following = np.minimum(self._working[last] + 1, len(self._midnight) - 1)
        ends: Seconds = (self._midnight[following] - 1)[days - self.first_day]
        return ends

    def week_after(self, instants: Seconds) -> Seconds:
        """The same time of day a week later; an hour that clocks skip moves on, of one shown twice it is the first."""
        wall = instants + self._offset[instants // HOUR - self._first_hour] + 7 * DAY
        summer = wall - HOUR
        return np.where(self._offset[summer // HOUR - self._first_hour] == HOUR, summer, wall)


def birthdays(born: Days, age: int) -> Days:
    """29 February is 1 March where there is none."""
    dates = born.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    found: Days = ((months + 12 * age).astype("datetime64[D]") + (dates - months)).astype(np.int32)
    return found
