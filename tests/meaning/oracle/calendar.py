"""The periods of the calendar, found by naming one day after the other: days of one name are one period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Clock

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE = timedelta(days=1)


class Span(NamedTuple):
    """A period: its name, its first and last date, and the first date of the next but one."""

    key: str
    first: date
    last: date
    next_but_one: date


def named(clock: Clock, every: str, day: date) -> str | None:
    """The name of the period that a day is in; None: of none."""
    year, half = day.year, 1 if day.day <= 15 else 2
    match every:
        case "week":  # of the year in which its Thursday lies, by the number of that Thursday
            thursday = next(d for d in (day + n * ONE for n in range(-3, 4)) if d.weekday() == 3)
            return f"{thursday.year}-W{(thursday - date(thursday.year, 1, 1)).days // 7 + 1:02}"
        case "half_month":
            return f"{year}-{day.month:02}-H{half}"
        case "month":
            return f"{year}-{day.month:02}"
        case "two_months":
            first = (1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11)[day.month - 1]
            return f"{year}-M{first:02}-{first + 1:02}"
        case "quarter":
            return f"{year}-Q{(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)[day.month - 1]}"
        case "year":
            return str(year)
        case "day":
            asked = True
        case "weekday":
            asked = day.weekday() < 5
        case "working_day":
            asked = clock.is_working_day(day)
        case _:
            asked = DAYS[day.weekday()] in every.split()
    return str(day) if asked else None


def begins(clock: Clock, every: str, day: date) -> bool:
    """Whether a period begins on this day."""
    name = named(clock, every, day)
    return name is not None and name != named(clock, every, day - ONE)


def beginning(clock: Clock, every: str, day: date) -> date:
    """The first date from this one on at which a period begins."""
    while not begins(clock, every, day):
        day += ONE
    return day


def first_of_all(clock: Clock, every: str, case: Case) -> date | None:
    """The first date of the span: on or after `history_from`, or of the period of the earliest record or event."""
    if case.history_from is not None:
        return beginning(clock, every, case.history_from)
    stamps = [*(r.at for r in case.records), *(e.at for e in case.events)]
    days = [x if isinstance(x, date) else clock.date_of(x) for x in stamps]
    if not days:
        return None
    day = min(days)
    if named(clock, every, day) is None:
        return beginning(clock, every, day)  # it lies in none: from the next on
    while not begins(clock, every, day):
        day -= ONE
    return day


def spans(clock: Clock, every: str, case: Case, today: date) -> list[Span]:
    """The periods of the organisation's records, to the one that runs on this date, and the next."""
    day = first_of_all(clock, every, case)
    following = beginning(clock, every, today + ONE)
    found: list[Span] = []
    while day is not None and day <= following:
        name, last = named(clock, every, day), day
        assert name is not None
        while named(clock, every, last + ONE) == name:
            last += ONE
        after = beginning(clock, every, day + ONE)
        found.append(Span(name, day, last, beginning(clock, every, after + ONE)))
        day = after
    return found
