"""Dates and times as exports write them -> dates, or instants of the zone. No form is guessed: the layout has it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.clock import Instant, instant_of
from missingrules.interface.leaves import EARLIEST_YEAR, LATEST_YEAR
from missingrules.tables.layout import Strange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.clock import Clock
    from missingrules.tables.layout import Cell

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HOUR: Final = (
    r"(?:(?:T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_OFFSET: Final = "write it with its offset: +00:00 in winter, +01:00 in summer"
_SHOWN: Final = 24


class DateForm(StrEnum):
    """How days are written. After the day a time may stand: 22:30 or 22:30:00."""

    DAY_FIRST = "DD/MM/YYYY"
    DAY_FIRST_DASH = "DD-MM-YYYY"
    DAY_FIRST_DOT = "DD.MM.YYYY"
    DAY_MONTH = "DD-MON-YYYY"
    YEAR_FIRST = "YYYY-MM-DD"
    MONTH_FIRST = "MM/DD/YYYY"


_DAYS: Final = {
    DateForm.DAY_FIRST: r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})",
    DateForm.DAY_FIRST_DASH: r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})",
    DateForm.DAY_FIRST_DOT: r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    DateForm.DAY_MONTH: r"(?P<day>\d{1,2})[- ](?P<month>[A-Za-z]{3})[- ](?P<year>\d{4})",
    DateForm.YEAR_FIRST: r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
    DateForm.MONTH_FIRST: r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
}
_WHOLE: Final = {form: re.compile(day + _HOUR, re.ASCII) for form, day in _DAYS.items()}


class Unreadable(NamedTuple):
    """A cell that means nothing, or two things."""

    code: str
    reason: str
    hint: str


Read = date | Instant | Unreadable


def read_stamp(cell: Cell, forms: Sequence[DateForm], clock: Clock, *, midnight: bool) -> Read:
    """The date or the instant in a cell that is not empty.

    Without an offset a time is one of the zone's wall clock, and must be one that clocks showed once. With `midnight`
    00:00 is a time; otherwise, where a system writes it behind every date, it says nothing and the date stands alone.
    """
    if isinstance(cell, Strange):
        return Unreadable("cell-formula", "a formula stands here, and formulas are not run", "write the value itself")
    if isinstance(cell, datetime):
        return _placed(cell.date(), cell.time().replace(microsecond=0), None, clock, midnight)
    if isinstance(cell, date):
        return _placed(cell, None, None, clock, midnight)
    text = str(cell).strip()
    found = next((match for form in forms if (match := _WHOLE[form].fullmatch(text))), None)
    if found is None:
        return _no_date(text, forms)
    month = found["month"]
    number = _MONTHS.index(month.lower()) + 1 if month.lower() in _MONTHS else int(month) if month.isdigit() else 0
    try:
        day = date(int(found["year"]), number, int(found["day"]))
        hour = (
            None if found["hour"] is None else time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
        )
        return _placed(day, hour, found["offset"], clock, midnight)
    except ValueError:
        return Unreadable("bad-date", "there is no such date or time", "check the day, the month and the hour")


def read_day(cell: Cell, forms: Sequence[DateForm], clock: Clock) -> date | Unreadable:
    """The date in a cell; midnight behind it says nothing."""
    found = read_stamp(cell, forms, clock, midnight=False)
    if isinstance(found, date | Unreadable):
        return found
    return Unreadable("bad-date", "a date alone is wanted here, without a time", "leave the time out")


def _placed(day: date, hour: time | None, offset: str | None, clock: Clock, midnight: bool) -> Read:
    if not EARLIEST_YEAR <= day.year < LATEST_YEAR:
        return Unreadable("bad-date", f"the year is not between {EARLIEST_YEAR} and {LATEST_YEAR}", "check the year")
    if hour is None or (hour == time() and not midnight and offset is None):
        return day
    if offset is not None:
        return instant_of(datetime.fromisoformat(f"{day.isoformat()}T{hour.isoformat()}{offset}"))
    found = clock.instants(day, hour)
    if len(found) == 1:
        return found[0]
    if found:
        reason = "clocks showed this time twice, and nothing says which of the two it was"
        return Unreadable("local-time-twice", reason, _OFFSET)
    return Unreadable("local-time-skipped", "no clock showed this time: the hour was skipped", _OFFSET)


def _no_date(text: str, forms: Sequence[DateForm]) -> Unreadable:
    """Its form is told, with 9 for every figure and A for every letter, and never what it says."""
    shape = re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))
    seen = f", but {shape}" if len(shape) <= _SHOWN and shape.isprintable() else ""
    wanted = " or ".join(forms)
    return Unreadable(
        "bad-date", f"this is not written as {wanted}{seen}", f"write 2 June 2025 as {_example(forms[0])}"
    )


def _example(form: DateForm) -> str:
    return form.replace("MON", "Jun").replace("DD", "02").replace("MM", "06").replace("YYYY", "2025")
