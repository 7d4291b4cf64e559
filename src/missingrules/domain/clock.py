"""The three clocks: elapsed time, calendar time in a zone, and England's working days.

An instant is a whole number of seconds since 1970-01-01T00:00:00Z, so that comparing two of them needs no zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NewType
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from collections.abc import Iterator

Instant = NewType("Instant", int)

SECOND = 1
DAY = timedelta(days=1)
# Far beyond any date that a case can hold; stands for "never" in comparisons.
FOREVER = Instant(1 << 60)
BEFORE_ALL = Instant(-(1 << 60))


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600}
_LEAST = {
    **_SECONDS,
    Unit.DAY: 86400,
    Unit.WORKING_DAY: 86400,
    Unit.WEEK: 7 * 86400,
    Unit.MONTH: 28 * 86400,
    Unit.YEAR: 365 * 86400,
}
_LENGTH = re.compile(r"(\d{1,5}) (minute|hour|day|working day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: a whole number of one unit. What it means depends on the clock of its unit.

    `days` more or less than so many months or years: no protocol can write it; it is what stands next to a month.
    """

    count: int
    unit: Unit
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Length | None:
        """`72 hours`, `5 working days`, `1 month`: a length, or None where the text is none."""
        match = _LENGTH.fullmatch(text)
        if not match or not int(match[1]):
            return None
        return cls(int(match[1]), Unit(match[2]))

    @property
    def seconds(self) -> int | None:
        """Its seconds if it is elapsed time (minutes, hours), otherwise None."""
        factor = _SECONDS.get(self.unit)
        return None if factor is None else self.count * factor

    @property
    def least(self) -> int:
        """Seconds that it lasts at the very least, whenever it begins: enough to rule it out without a calendar."""
        # An hour less where the clocks go forward.
        return self.count * _LEAST[self.unit] + self.days * _LEAST[Unit.DAY] - (0 if self.unit in _SECONDS else 3600)

    def times(self, factor: int) -> Length:
        return Length(self.count * factor, self.unit, self.days * factor)

    def __str__(self) -> str:
        text = f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"
        if not self.days:
            return text
        return f"{text} {'and' if self.days > 0 else 'less'} {Length(abs(self.days), Unit.DAY)}"


class Period(NamedTuple):
    """A period of the calendar (`2025-04-07`, `2025-W14`, `2025-04`, `2025-Q2`, `2025`), its first and last date."""

    key: str
    first: date
    last: date


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY_PERIODS = ("day", "weekday", "working_day", *WEEKDAYS)
PERIODS = (*DAILY_PERIODS, "week", "half_month", "month", "two_months", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Clock:
    """Dates and deadlines in one zone. `working_days` names the calendar; only `england` exists."""

    zone: str = "Europe/London"
    working_days: str = "england"

    def date_of(self, instant: Instant) -> date:
        return _date_of(self.zone, instant)

    def local(self, instant: Instant) -> datetime:
        """The instant with the zone's offset, for people and for results."""
        return datetime.fromtimestamp(instant, _zone(self.zone))

    def midnight(self, day: date) -> Instant:
        """The first second of a local date."""
        return _midnight(self.zone, day)

    def end_of(self, day: date) -> Instant:
        """The last second of a local date (23:59:59)."""
        return Instant(_midnight(self.zone, day + DAY) - SECOND)

    def at(self, day: date, hour: time) -> Instant:
        """A wall-clock time; of a repeated one the first, a skipped one moved on by the gap."""
        return _at(self.zone, day, hour)

    def instants(self, day: date, hour: time) -> tuple[Instant, ...]:
        """The instants at which clocks show this: one; none in an hour that is skipped, two in one that repeats."""
        shown = datetime.combine(day, hour, _zone(self.zone))
        either = dict.fromkeys(instant_of(shown.replace(fold=fold)) for fold in (0, 1))
        return tuple(each for each in either if self.local(each).replace(tzinfo=None) == shown.replace(tzinfo=None))

    def after(self, start: Instant, length: Length) -> Instant:
        """The instant at which something has lasted `length`: elapsed time, or the same wall-clock time later.

        Working days have no wall-clock meaning here: ValueError.
        """
        seconds = length.seconds
        if seconds is not None:
            return Instant(start + seconds)
        if length.unit is Unit.WORKING_DAY:
            raise ValueError("a length of time passed cannot be counted in working days")
        local = self.local(start)
        naive = datetime.combine(local.date(), local.time().replace(tzinfo=None, fold=0))
        return instant_of((naive + _calendar(length)).replace(tzinfo=_zone(self.zone)))

    def deadline(self, anchor: Instant, length: Length, *, same_day_counts: bool = False) -> Instant:
        """The last second within `length` of the anchor, by the clock of its unit."""
        seconds = length.seconds
        if seconds is not None:
            return Instant(anchor + seconds)
        return self.end_of(self.date_after(self.date_of(anchor), length, same_day_counts=same_day_counts))

    def date_after(self, day: date, length: Length, *, same_day_counts: bool = False) -> date:
        """The Nth date after a date: calendar units, or working days of the calendar."""
        if length.unit is Unit.WORKING_DAY:
            return _working_day_after(self.working_days, day, length.count, same_day_counts)
        if length.unit is Unit.DAY or length.unit is Unit.WEEK:
            return day + timedelta(days=length.count * (7 if length.unit is Unit.WEEK else 1))
        return day + _calendar(length)

    def is_working_day(self, day: date) -> bool:
        return _is_working_day(self.working_days, day)

    def is_holiday(self, day: date) -> bool:
        """A bank holiday of the calendar."""
        return day in _holidays(self.working_days, day.year)

    def periods(self, every: str, day: date) -> Iterator[Period]:
        """The periods of a kind without end, from the one that holds `day`, or else the next.

        `every` is one of `PERIODS`, or several days of the week. Two months are January and February, and so on; half a
        month goes to the 15th, or from the 16th. ValueError for any other word.
        """
        # Loaded on first use: few questions are about the calendar of an organisation.
        from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule

        named = every.split()
        if all(word in DAILY_PERIODS for word in named):
            days = [WEEKDAYS.index(word) for word in named if word in WEEKDAYS]
            for found in rrule(DAILY, dtstart=day, byweekday=days or list(range(5 if every == "weekday" else 7))):
                on = found.date()
                if every != "working_day" or self.is_working_day(on):
                    yield Period(on.isoformat(), on, on)
            return
        rules: dict[str, dict[str, Any]] = {
            "week": {"freq": WEEKLY},
            "half_month": {"freq": MONTHLY, "bymonthday": (1, 16)},
            "month": {"freq": MONTHLY},
            "two_months": {"freq": MONTHLY, "interval": 2},
            "quarter": {"freq": MONTHLY, "interval": 3},
            "year": {"freq": YEARLY},
        }
        if every not in rules:
            raise ValueError(f"no period of the calendar is named {every!r}")
        begun: date | None = None
        for found in rrule(dtstart=_begins(every, day), **rules[every]):
            if begun is not None:
                yield Period(_period_key(every, begun), begun, found.date() - DAY)
            begun = found.date()

    def birthday(self, born: date, age: int) -> Instant:
        """00:00 on the birthday; of 29 February in a common year, 1 March."""
        year = born.year + age
        try:
            day = born.replace(year=year)
        except ValueError:
            day = date(year, 3, 1)
        return self.midnight(day)


def instant_of(when: datetime) -> Instant:
    """The instant of an aware datetime. ValueError for one without an offset."""
    if when.tzinfo is None:
        raise ValueError("a time without an offset is no instant")
    return Instant(int(when.timestamp()))


def utc_text(instant: Instant) -> str:
    """The instant in UTC, as keys write it: 2025-03-28T22:30:00Z."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=1)
def calendar_version() -> str:
    """Which working-day calendar answers, for results that must be reproducible."""
    from importlib.metadata import version

    return f"england (holidays {version('holidays')})"


def zone_exists(name: str) -> bool:
    try:
        _zone(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _begins(every: str, day: date) -> date:
    """The first date of the week, month, quarter or year that holds a date."""
    match every:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "half_month":
            return day.replace(day=1 if day.day < 16 else 16)
        case "two_months":
            return day.replace(month=(day.month - 1) // 2 * 2 + 1, day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case _:
            return day.replace(month=1, day=1)


def _period_key(every: str, first: date) -> str:
    match every:
        case "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}"
        case "half_month":
            return f"{first:%Y-%m}-H{1 if first.day == 1 else 2}"
        case "month":
            return f"{first:%Y-%m}"
        case "two_months":
            return f"{first.year}-M{first.month:02}-{first.month + 1:02}"
        case "quarter":
            return f"{first.year}-Q{(first.month - 1) // 3 + 1}"
        case _:
            return f"{first.year}"


# The caches below hold only what follows from their arguments.


@lru_cache(maxsize=1 << 8)
def _calendar(length: Length) -> relativedelta:
    if length.unit is Unit.DAY:
        return relativedelta(days=length.count)
    if length.unit is Unit.WEEK:
        return relativedelta(weeks=length.count)
    # Months keep the day number or take the month's last day: relativedelta clips.
    return relativedelta(months=length.count * (12 if length.unit is Unit.YEAR else 1), days=length.days)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1 << 14)
def _midnight(zone: str, day: date) -> Instant:
    return instant_of(datetime.combine(day, time(), _zone(zone)))


@lru_cache(maxsize=1 << 14)
def _at(zone: str, day: date, hour: time) -> Instant:
    return instant_of(datetime.combine(day, hour, _zone(zone)))


@lru_cache(maxsize=1 << 14)
def _date_of(zone: str, instant: Instant) -> date:
    return datetime.fromtimestamp(instant, _zone(zone)).date()


@lru_cache(maxsize=1 << 10)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    if calendar != "england":
        raise ValueError(f"no working-day calendar is named {calendar!r}")
    # Loaded on first use: most questions need no holiday.
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


@lru_cache(maxsize=1 << 14)
def _is_working_day(calendar: str, day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(calendar, day.year)


@lru_cache(maxsize=1 << 14)
def _working_day_after(calendar: str, day: date, count: int, same_day_counts: bool) -> date:
    left = count
    if same_day_counts and _is_working_day(calendar, day):
        left -= 1
    while left:
        day += DAY
        left -= _is_working_day(calendar, day)
    return day
