"""The three clocks against a wall calendar; no expected value was taken from the program."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from dateutil.easter import easter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from missingrules.domain.clock import Clock, Instant, Length, Unit, instant_of, utc_text, zone_exists

LONDON = Clock()
DAY = timedelta(days=1)
# The first question about a working day loads the calendar, which takes as long as it takes.
untimed = settings(deadline=None)


def at(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text))


def length(text: str) -> Length:
    found = Length.parse(text)
    assert found is not None
    return found


def shown(instant: Instant, clock: Clock = LONDON) -> str:
    return clock.local(instant).isoformat()


# --- lengths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("1 minute", 1, Unit.MINUTE),
        ("72 hours", 72, Unit.HOUR),
        ("1 hour", 1, Unit.HOUR),
        ("5 days", 5, Unit.DAY),
        ("5 working days", 5, Unit.WORKING_DAY),
        ("1 working day", 1, Unit.WORKING_DAY),
        ("6 weeks", 6, Unit.WEEK),
        ("2 months", 2, Unit.MONTH),
        ("1 year", 1, Unit.YEAR),
    ],
)
def test_a_length_is_a_number_and_a_unit(text: str, count: int, unit: Unit) -> None:
    assert Length.parse(text) == Length(count, unit)
    assert str(Length(count, unit)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "72", "hours", "0 hours", "00 days", "-1 days", "1.5 hours", "half a day", "one day", "1 fortnight",
        "2 quarters", "72hours", "72  hours", " 72 hours", "72 hours ", "72 Hours", "1 working week",
        "72 hours of started",
    ],
)  # fmt: skip
def test_what_is_no_length(text: str) -> None:
    assert Length.parse(text) is None


def test_lengths_of_elapsed_time_have_seconds_and_others_have_none() -> None:
    assert length("90 minutes").seconds == 5_400
    assert length("72 hours").seconds == 259_200
    assert [length(text).seconds for text in ("3 days", "3 working days", "1 week", "1 month", "1 year")] == [None] * 5


def test_a_length_can_be_taken_several_times() -> None:
    assert length("2 weeks").times(3) == length("6 weeks")


# --- elapsed time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # 30 March 2025 has 23 hours, 26 October 25
        ("2025-03-28T22:30:00+00:00", 72, "2025-03-31T23:30:00+01:00"),
        ("2025-10-25T09:00:00+01:00", 72, "2025-10-28T08:00:00+00:00"),
        ("2025-03-30T00:59:59+00:00", 1, "2025-03-30T02:59:59+01:00"),
        ("2025-10-26T01:30:00+01:00", 1, "2025-10-26T01:30:00+00:00"),
        ("2025-10-26T01:30:00+01:00", 24, "2025-10-27T00:30:00+00:00"),
        # no change in between, and other years' last Sundays: 28 March 1999, 29 October 2000, 27 March 2050
        ("2025-06-01T12:00:00+01:00", 72, "2025-06-04T12:00:00+01:00"),
        ("1999-03-27T12:00:00+00:00", 24, "1999-03-28T13:00:00+01:00"),
        ("2000-10-28T12:00:00+01:00", 24, "2000-10-29T11:00:00+00:00"),
        ("2050-03-26T12:00:00+00:00", 24, "2050-03-27T13:00:00+01:00"),
        # Britain kept summer time all through the winter of 1969
        ("1969-12-31T12:00:00+01:00", 24, "1970-01-01T12:00:00+01:00"),
        ("2024-12-31T23:00:00+00:00", 2, "2025-01-01T01:00:00+00:00"),
    ],
)
def test_hours_are_elapsed_time(start: str, hours: int, end: str) -> None:
    for found in (
        LONDON.after(at(start), Length(hours, Unit.HOUR)),
        LONDON.deadline(at(start), Length(hours, Unit.HOUR)),
    ):
        assert shown(found) == end


instants = st.integers(at("1972-01-01T00:00:00Z"), at("2070-01-01T00:00:00Z")).map(Instant)
# The calendar has New Year among England's bank holidays from 1975.
dates = st.dates(date(1975, 1, 1), date(2070, 1, 1))


@untimed
@given(instants, st.integers(1, 20_000), st.sampled_from([(Unit.MINUTE, 60), (Unit.HOUR, 3_600)]))
def test_elapsed_time_knows_no_clock_change(start: Instant, count: int, unit: tuple[Unit, int]) -> None:
    wanted = start + count * unit[1]
    assert LONDON.after(start, Length(count, unit[0])) == wanted
    assert LONDON.deadline(start, Length(count, unit[0])) == wanted
    assert LONDON.deadline(start, Length(count, unit[0]), same_day_counts=True) == wanted


# --- the same wall-clock time later -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "lasting", "end"),
    [
        ("2025-03-28T22:30:00+00:00", "3 days", "2025-03-31T22:30:00+01:00"),
        # into the hour that no clock shows: moved on by the gap
        ("2025-03-29T01:30:00+00:00", "1 day", "2025-03-30T02:30:00+01:00"),
        ("2025-03-29T01:00:00+00:00", "1 day", "2025-03-30T02:00:00+01:00"),
        ("2025-03-29T00:59:59+00:00", "1 day", "2025-03-30T00:59:59+00:00"),
        ("2025-03-29T01:59:59+00:00", "1 day", "2025-03-30T02:59:59+01:00"),
        ("2025-03-29T02:00:00+00:00", "1 day", "2025-03-30T02:00:00+01:00"),
        ("2025-03-23T01:30:00+00:00", "1 week", "2025-03-30T02:30:00+01:00"),
        ("2024-03-30T01:30:00+00:00", "1 year", "2025-03-30T02:30:00+01:00"),
        # into the hour that comes twice: the first
        ("2025-10-25T01:30:00+01:00", "1 day", "2025-10-26T01:30:00+01:00"),
        ("2025-10-25T00:59:59+01:00", "1 day", "2025-10-26T00:59:59+01:00"),
        ("2025-10-25T02:00:00+01:00", "1 day", "2025-10-26T02:00:00+00:00"),
        ("2025-09-26T01:30:00+01:00", "1 month", "2025-10-26T01:30:00+01:00"),
        ("2024-10-20T01:30:00+01:00", "1 week", "2024-10-27T01:30:00+01:00"),
        # out of it: both half past ones are a day before the same half past one
        ("2025-10-26T01:30:00+01:00", "1 day", "2025-10-27T01:30:00+00:00"),
        ("2025-10-26T01:30:00+00:00", "1 day", "2025-10-27T01:30:00+00:00"),
        # from one such hour into another: 2025-10-26 and 2031-10-26 both repeat theirs
        ("2025-10-26T01:30:00+00:00", "6 years", "2031-10-26T01:30:00+01:00"),
        # months and years keep the day number or take the month's last day
        ("2025-01-31T10:00:00+00:00", "1 month", "2025-02-28T10:00:00+00:00"),
        ("2024-01-31T10:00:00+00:00", "1 month", "2024-02-29T10:00:00+00:00"),
        ("2025-01-31T10:00:00+00:00", "2 months", "2025-03-31T10:00:00+01:00"),
        ("2024-02-29T10:00:00+00:00", "1 year", "2025-02-28T10:00:00+00:00"),
        ("2024-02-29T10:00:00+00:00", "4 years", "2028-02-29T10:00:00+00:00"),
        ("2025-11-30T10:00:00+00:00", "3 months", "2026-02-28T10:00:00+00:00"),
    ],
)
def test_days_and_longer_keep_the_wall_clock(start: str, lasting: str, end: str) -> None:
    assert shown(LONDON.after(at(start), length(lasting))) == end


@untimed
@given(instants, st.integers(1, 400))
@example(at("2025-03-29T01:30:00Z"), 1)
@example(at("2025-10-26T01:30:00Z"), 1)
def test_days_later_the_clock_shows_the_same_or_the_gap_more(start: Instant, days: int) -> None:
    found = LONDON.local(LONDON.after(start, Length(days, Unit.DAY)))
    wanted = LONDON.local(start).replace(tzinfo=None) + timedelta(days=days)
    moved = found.replace(tzinfo=None) - wanted
    # Only the hour from 01:00 on the last Sunday of March can be skipped, and it moves by an hour.
    in_march_gap = wanted.month == 3 and wanted.day >= 25 and wanted.isoweekday() == 7 and wanted.hour == 1
    assert moved == (timedelta(hours=1) if in_march_gap else timedelta())
    assert found.fold == 0


def test_time_passed_is_not_counted_in_working_days() -> None:
    with pytest.raises(ValueError, match="working days"):
        LONDON.after(at("2025-06-02T09:00:00+01:00"), length("1 working day"))


# --- deadlines in dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "within", "end"),
    [
        ("2025-06-02T00:00:00+01:00", "1 day", "2025-06-03T23:59:59+01:00"),
        ("2025-06-02T23:59:59+01:00", "1 day", "2025-06-03T23:59:59+01:00"),
        ("2025-03-28T22:30:00+00:00", "3 days", "2025-03-31T23:59:59+01:00"),
        ("2025-10-24T12:00:00+01:00", "2 days", "2025-10-26T23:59:59+00:00"),
        ("2025-06-02T12:00:00+01:00", "2 weeks", "2025-06-16T23:59:59+01:00"),
        ("2025-12-30T12:00:00+00:00", "5 days", "2026-01-04T23:59:59+00:00"),
        # the local date counts: 23:30 UTC in summer is the next day's half past midnight
        ("2025-06-02T23:30:00+00:00", "1 day", "2025-06-04T23:59:59+01:00"),
        # months from the 31st, the 30th and the 29th
        ("2025-01-31T10:00:00+00:00", "1 month", "2025-02-28T23:59:59+00:00"),
        ("2025-01-31T10:00:00+00:00", "2 months", "2025-03-31T23:59:59+01:00"),
        ("2025-01-31T10:00:00+00:00", "3 months", "2025-04-30T23:59:59+01:00"),
        ("2025-01-31T10:00:00+00:00", "13 months", "2026-02-28T23:59:59+00:00"),
        ("2023-12-31T10:00:00+00:00", "2 months", "2024-02-29T23:59:59+00:00"),
        ("1999-12-31T10:00:00+00:00", "2 months", "2000-02-29T23:59:59+00:00"),
        ("2025-11-30T10:00:00+00:00", "3 months", "2026-02-28T23:59:59+00:00"),
        ("2025-02-28T10:00:00+00:00", "1 month", "2025-03-28T23:59:59+00:00"),
        ("2024-02-29T10:00:00+00:00", "1 year", "2025-02-28T23:59:59+00:00"),
        ("2096-02-29T10:00:00+00:00", "4 years", "2100-02-28T23:59:59+00:00"),
    ],
)
def test_a_deadline_in_dates_is_the_last_second_of_one(anchor: str, within: str, end: str) -> None:
    assert shown(LONDON.deadline(at(anchor), length(within))) == end


@untimed
@given(instants, st.integers(1, 240))
@example(at("2025-01-31T10:00:00Z"), 1)
def test_months_keep_the_day_number_or_take_the_last(anchor: Instant, months: int) -> None:
    start = LONDON.date_of(anchor)
    found = LONDON.local(LONDON.deadline(anchor, Length(months, Unit.MONTH)))
    assert found.year * 12 + found.month == start.year * 12 + start.month + months
    assert found.day == min(start.day, monthrange(found.year, found.month)[1])
    assert found.time() == time(23, 59, 59)


@untimed
@given(instants, st.integers(1, 1_000), st.sampled_from([(Unit.DAY, 1), (Unit.WEEK, 7)]))
def test_days_and_weeks_count_dates(anchor: Instant, count: int, unit: tuple[Unit, int]) -> None:
    found = LONDON.local(LONDON.deadline(anchor, Length(count, unit[0])))
    assert found.date() == LONDON.date_of(anchor) + count * unit[1] * DAY
    assert found.time() == time(23, 59, 59)


@untimed
@given(instants, instants, st.sampled_from(["3 days", "5 working days", "2 weeks", "1 month", "1 year", "72 hours"]))
def test_a_later_anchor_never_gives_an_earlier_deadline(one: Instant, other: Instant, within: str) -> None:
    first, second = sorted((one, other))
    assert LONDON.deadline(first, length(within)) <= LONDON.deadline(second, length(within))
    assert LONDON.deadline(first, length(within)) > first


# --- working days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count", "end", "if_same_day_counts"),
    [
        # Easter 2025: 18 and 21 April
        ("2025-04-16", 5, "2025-04-25", "2025-04-24"),
        ("2025-04-17", 1, "2025-04-22", "2025-04-17"),
        ("2025-04-18", 1, "2025-04-22", "2025-04-22"),
        # the bank holiday of 25 August 2025, from a Saturday and from the Friday before
        ("2025-08-23", 5, "2025-09-01", "2025-09-01"),
        ("2025-08-22", 1, "2025-08-26", "2025-08-22"),
        ("2025-08-22", 5, "2025-09-01", "2025-08-29"),
        # Christmas and New Year 2025: Thursday, Friday, and Thursday
        ("2025-12-24", 3, "2025-12-31", "2025-12-30"),
        ("2025-12-24", 5, "2026-01-05", "2026-01-02"),
        # Christmas 2021 on a Saturday: kept on Monday and Tuesday
        ("2021-12-24", 1, "2021-12-29", "2021-12-24"),
        # New Year 2022 on a Saturday: kept on Monday 3 January
        ("2021-12-31", 1, "2022-01-04", "2021-12-31"),
        # the jubilee of 2022: Thursday 2 and Friday 3 June in place of Monday 30 May
        ("2022-05-27", 1, "2022-05-30", "2022-05-27"),
        ("2022-06-01", 1, "2022-06-06", "2022-06-01"),
        # the royal wedding of Friday 29 April 2011, a week after Good Friday
        ("2011-04-21", 4, "2011-05-03", "2011-04-28"),
        # plain weeks, long ago and to come
        ("1999-06-07", 5, "1999-06-14", "1999-06-11"),
        ("2040-06-04", 10, "2040-06-18", "2040-06-15"),
        # Easter 2038 is as late as can be: Friday 23 and Monday 26 April
        ("2038-04-22", 1, "2038-04-27", "2038-04-22"),
    ],
)
def test_working_days(day: str, count: int, end: str, if_same_day_counts: str) -> None:
    start = date.fromisoformat(day)
    within = Length(count, Unit.WORKING_DAY)
    assert LONDON.date_after(start, within).isoformat() == end
    assert LONDON.date_after(start, within, same_day_counts=True).isoformat() == if_same_day_counts
    noon = LONDON.at(start, time(12))
    assert LONDON.deadline(noon, within) == LONDON.end_of(date.fromisoformat(end))
    assert LONDON.deadline(noon, within, same_day_counts=True) == LONDON.end_of(date.fromisoformat(if_same_day_counts))


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26",
        "2020-05-08", "2022-09-19", "2023-05-08", "2021-12-28", "2012-06-05",
    ],
)  # fmt: skip
def test_bank_holidays_of_england(day: str) -> None:
    assert LONDON.is_holiday(date.fromisoformat(day))
    assert not LONDON.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-02",  # Scotland's
        "2025-03-17",  # Northern Ireland's
        "2025-08-04",  # Scotland's
        "2020-05-04",  # moved to the Friday in that year
        "2022-05-30",  # moved to that Thursday
        "2025-12-24",
    ],
)
def test_no_bank_holidays_of_england(day: str) -> None:
    assert not LONDON.is_holiday(date.fromisoformat(day))
    assert LONDON.is_working_day(date.fromisoformat(day))


def never_worked(day: date) -> bool:
    """Days that are off by rules known without any calendar of holidays."""
    sunday = easter(day.year)
    return (
        day.isoweekday() > 5
        or (day.month, day.day) in ((12, 25), (12, 26), (1, 1))
        or day in (sunday - 2 * DAY, sunday + DAY)
        or (day.month == 8 and day.day >= 25 and day.isoweekday() == 1)
    )


# New Year's Day is a bank holiday since the middle of the 1970s; the calendar has it from 1975.
@untimed
@given(dates.filter(lambda day: day.year >= 1975), st.integers(1, 60), st.booleans())
def test_working_days_never_end_on_a_day_off(start: date, count: int, same_day: bool) -> None:
    end = LONDON.date_after(start, Length(count, Unit.WORKING_DAY), same_day_counts=same_day)
    assert not never_worked(end)
    assert LONDON.is_working_day(end)
    assert end > start or (same_day and end == start and count == 1)
    first = start if same_day else start + DAY
    days = [first + n * DAY for n in range((end - first).days + 1)]
    assert sum(LONDON.is_working_day(day) for day in days) == count


@untimed
@given(dates, st.integers(1, 60))
def test_the_day_itself_saves_one_if_it_is_worked(start: date, count: int) -> None:
    plain = LONDON.date_after(start, Length(count + 1, Unit.WORKING_DAY), same_day_counts=True)
    if LONDON.is_working_day(start):
        assert plain == LONDON.date_after(start, Length(count, Unit.WORKING_DAY))
    else:
        assert plain == LONDON.date_after(start, Length(count + 1, Unit.WORKING_DAY))


# --- dates and their ends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2025-06-02T22:59:59+00:00", "2025-06-02"),
        ("2025-06-02T23:00:00+00:00", "2025-06-03"),
        ("2025-12-02T23:59:59+00:00", "2025-12-02"),
        ("2025-03-30T00:00:00+00:00", "2025-03-30"),
        ("2025-10-25T23:00:00+00:00", "2025-10-26"),
        ("1970-01-01T23:00:00+00:00", "1970-01-02"),
    ],
)
def test_the_date_is_the_local_one(instant: str, day: str) -> None:
    assert LONDON.date_of(at(instant)).isoformat() == day


@untimed
@given(dates)
@example(date(2025, 3, 30))
@example(date(2025, 10, 26))
def test_a_date_runs_from_midnight_to_its_last_second(day: date) -> None:
    start, end = LONDON.midnight(day), LONDON.end_of(day)
    assert LONDON.local(start).replace(tzinfo=None) == datetime.combine(day, time())
    assert LONDON.local(end).replace(tzinfo=None) == datetime.combine(day, time(23, 59, 59))
    assert end + 1 == LONDON.midnight(day + DAY)
    assert [LONDON.date_of(Instant(each)) for each in (start - 1, start, end, end + 1)] == [
        day - DAY,
        day,
        day,
        day + DAY,
    ]


def test_days_of_23_and_25_hours() -> None:
    for day, hours in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 6, 2), 24)):
        assert LONDON.end_of(day) + 1 - LONDON.midnight(day) == hours * 3_600


def test_a_date_whose_midnight_is_skipped_starts_where_the_clock_goes_on() -> None:
    cairo = Clock(zone="Africa/Cairo")
    assert shown(cairo.midnight(date(2023, 4, 28)), cairo) == "2023-04-28T01:00:00+03:00"
    assert shown(cairo.end_of(date(2023, 4, 27)), cairo) == "2023-04-27T23:59:59+02:00"


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        ("2025-06-02", time(9), "2025-06-02T09:00:00+01:00"),
        ("2025-12-02", time(9), "2025-12-02T09:00:00+00:00"),
        ("2025-03-30", time(1, 30), "2025-03-30T02:30:00+01:00"),
        ("2025-10-26", time(1, 30), "2025-10-26T01:30:00+01:00"),
    ],
)
def test_a_wall_clock_time_of_a_date(day: str, hour: time, instant: str) -> None:
    assert shown(LONDON.at(date.fromisoformat(day), hour)) == instant


# --- birthdays --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "age", "midnight"),
    [
        ("2007-06-10", 18, "2025-06-10T00:00:00+01:00"),
        ("2007-12-31", 18, "2025-12-31T00:00:00+00:00"),
        ("2008-02-29", 17, "2025-03-01T00:00:00+00:00"),
        ("2008-02-29", 18, "2026-03-01T00:00:00+00:00"),
        ("2008-02-29", 16, "2024-02-29T00:00:00+00:00"),
        ("2008-02-28", 18, "2026-02-28T00:00:00+00:00"),
        ("2008-03-01", 18, "2026-03-01T00:00:00+00:00"),
        ("2080-02-29", 20, "2100-03-01T00:00:00+00:00"),
    ],
)
def test_birthdays(born: str, age: int, midnight: str) -> None:
    assert shown(LONDON.birthday(date.fromisoformat(born), age)) == midnight


@untimed
@given(dates, st.integers(1, 25))
def test_birthdays_come_in_order_and_on_their_day(born: date, age: int) -> None:
    day = LONDON.date_of(LONDON.birthday(born, age))
    assert (day.month, day.day) in ((born.month, born.day), (3, 1))
    assert day.year == born.year + age
    assert LONDON.birthday(born, age) == LONDON.midnight(day)
    assert LONDON.birthday(born, age) < LONDON.birthday(born, age + 1)


# --- instants ---------------------------------------------------------------------------------------------------------


def test_an_instant_needs_an_offset() -> None:
    assert instant_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert at("1970-01-02T01:00:00+01:00") == 86_400
    with pytest.raises(ValueError, match="without an offset"):
        instant_of(datetime(2025, 6, 2, 9))  # noqa: DTZ001 - what is refused here


def test_keys_write_instants_in_utc() -> None:
    assert utc_text(at("2025-06-03T10:00:00+01:00")) == "2025-06-03T09:00:00Z"
    assert utc_text(at("1969-12-31T23:59:59Z")) == "1969-12-31T23:59:59Z"


def test_only_known_zones_and_calendars() -> None:
    assert zone_exists("Europe/London")
    assert not any(zone_exists(name) for name in ("Europe/Northampton", "", "../etc/passwd", "/etc/localtime"))
    with pytest.raises(ValueError, match="scotland"):
        Clock(working_days="scotland").is_working_day(date(2025, 6, 2))


@pytest.mark.parametrize(
    ("every", "day", "found"),
    [
        # Monday 30 December 2024 begins the first week of 2025.
        ("week", "2025-01-02", [("2025-W01", "2024-12-30", "2025-01-05"), ("2025-W02", "2025-01-06", "2025-01-12")]),
        ("month", "2024-02-29", [("2024-02", "2024-02-01", "2024-02-29"), ("2024-03", "2024-03-01", "2024-03-31")]),
        ("quarter", "2025-12-31", [("2025-Q4", "2025-10-01", "2025-12-31"), ("2026-Q1", "2026-01-01", "2026-03-31")]),
        ("year", "2025-06-01", [("2025", "2025-01-01", "2025-12-31"), ("2026", "2026-01-01", "2026-12-31")]),
        ("day", "2025-03-30", [("2025-03-30", "2025-03-30", "2025-03-30"), ("2025-03-31", "2025-03-31", "2025-03-31")]),
        # 18 April 2025 is Good Friday, the 21st Easter Monday.
        ("weekday", "2025-04-18", [("2025-04-18",) * 3, ("2025-04-21",) * 3]),
        ("working_day", "2025-04-18", [("2025-04-22",) * 3, ("2025-04-23",) * 3]),
        ("monday friday", "2025-04-18", [("2025-04-18",) * 3, ("2025-04-21",) * 3]),
        (
            "half_month",
            "2024-02-20",
            [("2024-02-H2", "2024-02-16", "2024-02-29"), ("2024-03-H1", "2024-03-01", "2024-03-15")],
        ),
        (
            "two_months",
            "2025-04-18",
            [("2025-M03-04", "2025-03-01", "2025-04-30"), ("2025-M05-06", "2025-05-01", "2025-06-30")],
        ),
        ("monday", "2025-04-18", [("2025-04-21",) * 3, ("2025-04-28",) * 3]),
    ],
)
def test_periods_of_the_calendar(every: str, day: str, found: list[tuple[str, str, str]]) -> None:
    some = islice(Clock().periods(every, date.fromisoformat(day)), 2)
    assert [(p.key, p.first.isoformat(), p.last.isoformat()) for p in some] == found


def test_no_other_periods() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        next(Clock().periods("fortnight", date(2025, 1, 1)))


def test_the_instants_at_which_clocks_show_a_time() -> None:
    clock = Clock()
    assert [clock.local(each).isoformat() for each in clock.instants(date(2025, 6, 2), time(1, 30))] == [
        "2025-06-02T01:30:00+01:00"
    ]
    assert clock.instants(date(2025, 3, 30), time(1, 30)) == ()
    assert [clock.local(each).isoformat() for each in clock.instants(date(2025, 10, 26), time(1, 30))] == [
        "2025-10-26T01:30:00+01:00",
        "2025-10-26T01:30:00+00:00",
    ]


def test_what_stands_next_to_a_month() -> None:
    less, more = Length(1, Unit.MONTH, -1), Length(1, Unit.MONTH, 1)
    assert (str(less), str(more)) == ("1 month less 1 day", "1 month and 1 day")
    # A month from 31 January is the last of February; so is what stands next to it reckoned.
    assert Clock().date_after(date(2025, 1, 31), less) == date(2025, 2, 27)
    assert Clock().date_after(date(2025, 1, 31), more) == date(2025, 3, 1)
    assert Clock().date_after(date(2025, 1, 15), less.times(2)) == date(2025, 3, 13)
    assert less.least == 27 * 86400 - 3600
