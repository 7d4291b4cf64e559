"""Rows worked out by hand from benchmarks/families/families.txt, docs/meaning.md and a calendar, never by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.families import by_missingrules, by_numpy, plain
from benchmarks.families.words import Calendar
from tests.benchmarks.by_hand import Act, Child, Time, caseload_of, coded, floors, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.families.words import Rows
    from benchmarks.histories import Caseload

ENGINES = pytest.mark.parametrize("answer", [plain, by_numpy, by_missingrules], indirect=True, ids=lambda m: m.__name__)
LONG = ("missing-a-day", "missing-two-days", "missing-three-days", "missing-a-week")
AGAIN = ("third-episode", "fifth-episode", "ninth-episode")
TEAM, SERVICE, DIRECTOR, OFFICER = "team_manager", "service_manager", "assistant_director", "reviewing_officer"


@pytest.fixture
def answer(request: pytest.FixtureRequest) -> Callable[[Caseload], Rows]:
    def asked(caseload: Caseload) -> Rows:
        found: Rows = request.param.ready(Calendar.of(caseload))(caseload)
        return found

    return asked


@ENGINES
def test_one_night(answer: Callable[[Caseload], Rows]) -> None:
    """Back on Tuesday 3 June: the tenth working day after it is Tuesday the 17th. No floor: 15, not looked after."""
    night = Time("2025-06-02T20:00:00+01:00", "2025-06-02T21:00:00+01:00", "2025-06-03T08:00:00+01:00")
    rows = answer(caseload_of("2025-06-05T12:00:00+01:00", Child((night,))))
    back = "2025-06-03T08:00:00+01:00"
    assert said(rows) == coded(
        [
            (0, "planning-meeting", "due", "2025-06-02T21:00:00+01:00", "2025-06-05T21:00:00+01:00", TEAM, "4.1"),
            (0, "prevention-check", "overdue", back, "2025-06-04T08:00:00+01:00", "", "4.4"),
            (0, "return-interview", "due", back, "2025-06-06T08:00:00+01:00", "", "4.5"),
            (0, "plan-update", "available", back, "2025-06-17T23:59:59+01:00", "", "4.7"),
        ]
    )
    assert floors(rows) == {}


@ENGINES
def test_looked_after_and_high_over_easter(answer: Callable[[Caseload], Rows]) -> None:
    """Gone for 43 hours, back on Wednesday 16 April. Thursday is the first working day; after Good Friday and Easter
    Monday Tuesday is the second, and Friday the 25th the fifth. The tenth is Friday 2 May. Done on the last second is
    in time, a second later is not, and an interview that was declined was not held. Recorded high is above the floor.
    """
    acts = (
        Act("planning_meeting", "2025-04-15T20:30:00+01:00"),
        Act("strategy_meeting", "2025-04-16T10:00:00+01:00"),
        Act("prevention_interview", "2025-04-17T15:00:01+01:00"),
        Act("return_interview", "2025-04-18T10:00:00+01:00", "declined"),
        Act("return_interview", "2025-04-22T15:00:00+01:00"),
        Act("review_placement", "2025-04-25T23:59:59+01:00"),
    )
    back = "2025-04-16T15:00:00+01:00"
    gone = Time("2025-04-14T20:00:00+01:00", "2025-04-14T20:30:00+01:00", back, acts, place="care", risk="high")
    rows = answer(caseload_of("2025-06-01T12:00:00+01:00", Child((gone,), care=("2025-01-01", None))))
    cited = "4.1; 4.2; 4.3"
    assert said(rows) == coded(
        [
            (0, "missing-a-day", "met", "2025-04-15T20:00:00+01:00", "2025-04-16T20:00:00+01:00", TEAM, "3.1"),
            (0, "planning-meeting", "met", "2025-04-14T20:30:00+01:00", "2025-04-15T20:30:00+01:00", SERVICE, cited),
            (0, "prevention-check", "met_late", back, "2025-04-17T15:00:00+01:00", "", "4.4"),
            (0, "return-interview", "met_late", back, "2025-04-19T15:00:00+01:00", "", "4.5"),
            (0, "placement-review", "met", back, "2025-04-25T23:59:59+01:00", OFFICER, "4.6"),
            (0, "plan-update", "available", back, "2025-05-02T23:59:59+01:00", "", "4.7"),
        ]
    )
    assert floors(rows) == {0: "high"}


@ENGINES
def test_still_missing_after_four_days(answer: Callable[[Caseload], Rows]) -> None:
    """96 hours after 09:00 on Monday 2 June. The meeting of hour 6 counts for the first day and for nothing later; at
    the very second of a deadline nothing is overdue; the week is up on Monday the 9th, if nothing else happens."""
    acts = (Act("strategy_meeting", "2025-06-02T15:00:00+01:00"),)
    gone = Time("2025-06-02T09:00:00+01:00", "2025-06-02T10:00:00+01:00", None, acts)
    rows = answer(caseload_of("2025-06-06T09:00:00+01:00", Child((gone,))))
    assert said(rows) == coded(
        [
            (0, "missing-a-day", "met", "2025-06-03T09:00:00+01:00", "2025-06-04T09:00:00+01:00", TEAM, "3.1"),
            (0, "missing-two-days", "due", "2025-06-04T09:00:01+01:00", None, "", "3.5"),
            (0, "missing-three-days", "due", "2025-06-05T09:00:00+01:00", "2025-06-06T09:00:00+01:00", TEAM, "3.2"),
            (
                0,
                "missing-a-week",
                "upcoming",
                "2025-06-09T09:00:00+01:00",
                "2025-06-11T23:59:59+01:00",
                DIRECTOR,
                "3.4",
            ),
            (0, "planning-meeting", "overdue", "2025-06-02T10:00:00+01:00", "2025-06-05T10:00:00+01:00", TEAM, "4.1"),
        ]
    )


@ENGINES
def test_back_within_and_after_the_lengths(answer: Callable[[Caseload], Rows]) -> None:
    """24 hours to the second are 24 hours; 48 to the second are not more than 48. Back before the meeting was due, it
    has ceased; back after, it was missed."""
    times = (
        Time("2025-06-02T09:00:00+01:00", "2025-06-02T10:00:00+01:00", "2025-06-03T09:00:00+01:00"),
        Time("2025-06-10T09:00:00+01:00", "2025-06-10T10:00:00+01:00", "2025-06-11T08:59:59+01:00"),
        Time("2025-06-20T09:00:00+01:00", "2025-06-20T10:00:00+01:00", "2025-06-22T09:00:00+01:00"),
        Time("2025-07-01T09:00:00+01:00", "2025-07-01T10:00:00+01:00", "2025-07-03T10:00:00+01:00"),
    )
    rows = answer(caseload_of("2025-08-01T12:00:00+01:00", Child(times)))
    assert said(rows, LONG) == coded(
        [
            (0, "missing-a-day", "ceased", "2025-06-03T09:00:00+01:00", "2025-06-04T09:00:00+01:00", TEAM, "3.1"),
            (2, "missing-a-day", "ceased", "2025-06-21T09:00:00+01:00", "2025-06-22T09:00:00+01:00", TEAM, "3.1"),
            (3, "missing-a-day", "missed", "2025-07-02T09:00:00+01:00", "2025-07-03T09:00:00+01:00", TEAM, "3.1"),
            (3, "missing-two-days", "ceased", "2025-07-03T09:00:01+01:00", None, "", "3.5"),
        ]
    )


@ENGINES
def test_counted_by_dates(answer: Callable[[Caseload], Rows]) -> None:
    """From 1 January to 1 April are 90 dates, which is out; from 1 February to 1 May 89, which is in, and to 2 May 90.
    So the third comes on 1 May and again on the 2nd; one from school and an absence do not count; then a fourth, which
    sets nothing off, and a fifth. Thursday 1 May and Friday 2 May are before a bank holiday on the 5th: five working
    days end on the 9th and the 12th. On 7 May five have begun since 7 February."""
    acts = (Act("repeat_meeting", "2025-05-06T10:00:00+01:00"),)
    times = (
        Time("2025-01-01T00:10:00+00:00", "2025-01-01T01:00:00+00:00", "2025-01-01T09:00:00+00:00"),
        Time("2025-02-01T20:00:00+00:00", "2025-02-01T21:00:00+00:00", "2025-02-02T09:00:00+00:00"),
        Time("2025-04-01T23:50:00+01:00", "2025-04-02T00:30:00+01:00", "2025-04-02T09:00:00+01:00"),
        Time("2025-05-01T20:00:00+01:00", "2025-05-01T21:00:00+01:00", "2025-05-01T23:00:00+01:00"),
        Time("2025-05-02T20:00:00+01:00", "2025-05-02T21:00:00+01:00", "2025-05-02T23:00:00+01:00", acts),
        Time("2025-05-03T20:00:00+01:00", "2025-05-03T21:00:00+01:00", "2025-05-03T23:00:00+01:00", place="education"),
        Time("2025-05-04T20:00:00+01:00", "2025-05-04T21:00:00+01:00", "2025-05-04T23:00:00+01:00", kind="absent"),
        Time("2025-05-05T20:00:00+01:00", "2025-05-05T21:00:00+01:00", "2025-05-05T23:00:00+01:00"),
        Time("2025-05-06T20:00:00+01:00", "2025-05-06T21:00:00+01:00", "2025-05-06T23:00:00+01:00"),
    )
    rows = answer(caseload_of("2025-05-07T12:00:00+01:00", Child(times)))
    assert said(rows, AGAIN) == coded(
        [
            (3, "third-episode", "due", "2025-05-01T20:00:00+01:00", "2025-05-09T23:59:59+01:00", TEAM, "2.2"),
            (4, "third-episode", "met", "2025-05-02T20:00:00+01:00", "2025-05-12T23:59:59+01:00", TEAM, "2.2"),
            (8, "fifth-episode", "due", "2025-05-06T20:00:00+01:00", "2025-05-09T20:00:00+01:00", TEAM, "2.3"),
        ]
    )
    assert floors(rows) == dict.fromkeys((0, 1, 2, 3, 4, 5, 7, 8), "medium")


SEPTEMBER = tuple(range(1, 18, 2))


@ENGINES
@pytest.mark.parametrize("held", [False, True])
def test_nine_times_in_september_and_care_begins(answer: Callable[[Caseload], Rows], held: bool) -> None:
    """Every second day from 1 September, looked after from the 10th. The fifth time is on the 9th: who chairs its
    meeting is read when it is held, or else now. The ninth is on Wednesday the 17th: two working days end on Friday."""

    def evening(day: int) -> Time:
        meeting = (Act("strategy_meeting", "2025-09-09T21:00:00+01:00"),) if held and day == 9 else ()
        night = f"2025-09-{day:02}T"
        return Time(f"{night}20:00:00+01:00", f"{night}20:30:00+01:00", f"{night}23:00:00+01:00", meeting)

    child = Child(tuple(map(evening, SEPTEMBER)), care=("2025-09-10", None))
    rows = answer(caseload_of("2025-09-18T12:00:00+01:00", child))
    status, chair, cited = ("met", TEAM, "2.3") if held else ("overdue", SERVICE, "2.3; 2.4")
    assert said(rows, AGAIN) == coded(
        [
            (2, "third-episode", "overdue", "2025-09-05T20:00:00+01:00", "2025-09-12T23:59:59+01:00", TEAM, "2.2"),
            (4, "fifth-episode", status, "2025-09-09T20:00:00+01:00", "2025-09-12T20:00:00+01:00", chair, cited),
            (8, "ninth-episode", "due", "2025-09-17T20:00:00+01:00", "2025-09-19T23:59:59+01:00", DIRECTOR, "2.5"),
        ]
    )
    # Looked after, and five in 90 days.
    assert floors(rows) == dict.fromkeys(range(9), "high")


@ENGINES
def test_eighteen_while_missing(answer: Callable[[Caseload], Rows]) -> None:
    """18 on 10 June: what arose on the 9th is still owed, what would arise at noon on the 10th never is."""
    gone = Time("2025-06-08T12:00:00+01:00", "2025-06-08T12:30:00+01:00", exploitation=True)
    rows = answer(caseload_of("2025-06-12T12:00:00+01:00", Child((gone,), born="2007-06-10")))
    assert said(rows) == coded(
        [
            (0, "missing-a-day", "overdue", "2025-06-09T12:00:00+01:00", "2025-06-10T12:00:00+01:00", TEAM, "3.1"),
            (0, "planning-meeting", "overdue", "2025-06-08T12:30:00+01:00", "2025-06-11T12:30:00+01:00", TEAM, "4.1"),
        ]
    )
    assert floors(rows) == {}


@ENGINES
def test_born_on_29_february(answer: Callable[[Caseload], Rows]) -> None:
    """18 at midnight on 1 March: back an hour before it, and back at it. Saturday 28 February is no working day, and
    Friday 13 March the tenth after it."""

    def until(back: str) -> Child:
        return Child((Time("2026-02-27T20:00:00+00:00", "2026-02-27T21:00:00+00:00", back),), born="2008-02-29")

    before, at = "2026-02-28T23:00:00+00:00", "2026-03-01T00:00:00+00:00"
    rows = answer(caseload_of("2026-03-05T12:00:00+00:00", until(before), until(at)))
    both = [
        row
        for number in (0, 1)
        for row in [
            (number, "missing-a-day", "ceased", "2026-02-28T20:00:00+00:00", "2026-03-01T20:00:00+00:00", TEAM, "3.1"),
            (
                number,
                "planning-meeting",
                "overdue",
                "2026-02-27T21:00:00+00:00",
                "2026-03-02T21:00:00+00:00",
                TEAM,
                "4.1",
            ),
        ]
    ]
    assert said(rows) == coded(
        [
            *both,
            (0, "prevention-check", "overdue", before, "2026-03-01T23:00:00+00:00", "", "4.4"),
            (0, "return-interview", "overdue", before, "2026-03-03T23:00:00+00:00", "", "4.5"),
            (0, "plan-update", "available", before, "2026-03-13T23:59:59+00:00", "", "4.7"),
        ]
    )


@ENGINES
@pytest.mark.parametrize(
    ("started", "triggered", "due"),
    [
        # Clocks went forward in between: the same time of day comes an hour sooner.
        ("2025-03-24T10:00:00+00:00", "2025-03-31T10:00:00+01:00", "2025-04-02T23:59:59+01:00"),
        # No clock showed 01:30 on the 30th: it is 02:30.
        ("2025-03-23T01:30:00+00:00", "2025-03-30T02:30:00+01:00", "2025-04-01T23:59:59+01:00"),
        # 01:30 on 26 October comes twice, and the first counts.
        ("2025-10-19T01:30:00+01:00", "2025-10-26T01:30:00+01:00", "2025-10-28T23:59:59+00:00"),
        # Clocks went back in between: it comes an hour later.
        ("2025-10-20T10:00:00+01:00", "2025-10-27T10:00:00+00:00", "2025-10-29T23:59:59+00:00"),
    ],
)
def test_a_week_when_clocks_change(answer: Callable[[Caseload], Rows], started: str, triggered: str, due: str) -> None:
    gone = Time(started, started)
    rows = answer(caseload_of(triggered, Child((gone,))))
    assert said(rows, ("missing-a-week",)) == coded([(0, "missing-a-week", "due", triggered, due, DIRECTOR, "3.4")])


@ENGINES
def test_an_absence_has_an_interview_alone(answer: Callable[[Caseload], Rows]) -> None:
    back = "2025-06-03T22:00:00+01:00"
    acts = (Act("return_interview", "2025-06-05T10:00:00+01:00"),)
    away = Time("2025-06-02T20:00:00+01:00", "2025-06-02T21:00:00+01:00", back, acts, kind="absent", place="care")
    rows = answer(caseload_of("2025-06-09T12:00:00+01:00", Child((away,), "2013-05-05", ("2025-01-01", None))))
    assert said(rows) == coded([(0, "return-interview", "met", back, "2025-06-06T22:00:00+01:00", "", "4.5")])
    assert floors(rows) == {}


@ENGINES
@pytest.mark.parametrize(("as_of", "levels"), [("2025-06-30", {0: "medium", 1: "high"}), ("2025-07-01", {1: "high"})])
def test_floors_until_a_birthday(answer: Callable[[Caseload], Rows], as_of: str, levels: dict[int, str]) -> None:
    """13 on 1 July, and exploitation suspected the second time."""
    times = (
        Time("2025-06-02T20:00:00+01:00", "2025-06-02T21:00:00+01:00", "2025-06-03T08:00:00+01:00"),
        Time("2025-06-12T20:00:00+01:00", "2025-06-12T21:00:00+01:00", "2025-06-13T08:00:00+01:00", exploitation=True),
    )
    rows = answer(caseload_of(f"{as_of}T12:00:00+01:00", Child(times, "2012-07-01")))
    assert floors(rows) == levels


@ENGINES
def test_care_ends(answer: Callable[[Caseload], Rows]) -> None:
    """Looked after to the end of 2 June, back at 23:00 of that day, 75 hours after Friday evening: who would have
    chaired what has ceased is read there, what is open now. A second child is back an hour after midnight."""
    care = ("2025-01-01", "2025-06-03")

    def until(back: str) -> Child:
        gone = Time("2025-05-30T20:00:00+01:00", "2025-05-30T21:00:00+01:00", back, place="care")
        return Child((gone,), care=care)

    first, second = "2025-06-02T23:00:00+01:00", "2025-06-03T01:00:00+01:00"
    rows = answer(caseload_of("2025-06-05T12:00:00+01:00", until(first), until(second)))
    three, due = "2025-06-02T20:00:00+01:00", "2025-06-03T20:00:00+01:00"
    reported, planned = "2025-05-30T21:00:00+01:00", "2025-06-02T21:00:00+01:00"
    assert said(rows, ("missing-three-days", "planning-meeting", "placement-review")) == coded(
        [
            (0, "missing-three-days", "ceased", three, due, SERVICE, "3.2; 3.3"),
            (1, "missing-three-days", "ceased", three, due, TEAM, "3.2"),
            (0, "planning-meeting", "overdue", reported, planned, TEAM, "4.1"),
            (1, "planning-meeting", "overdue", reported, planned, TEAM, "4.1"),
            (0, "placement-review", "due", first, "2025-06-09T23:59:59+01:00", OFFICER, "4.6"),
        ]
    )
