"""The timeline as data: every value worked out from the calendar by hand, none from the program.

`small/`: E1 from Mon 10 Feb 2025 20:00 to Tue 11 Feb 08:00 (12 hours), E2 from Fri 28 Mar 22:30 on, asked on Mon 31 Mar
12:00 BST. The clocks went forward on Sun 30 Mar, which had 23 hours.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import Clock, Instant, Length
from missingrules.domain.conditions import Counted
from missingrules.domain.obligations import Status
from missingrules.domain.triggers import EpisodesReach, FirstOf, MissingFor, OnInstant
from missingrules.pages.drawing import LANE, Lanes, Scale, drawing
from missingrules.pages.timeline import Day, Gap, Timeline, columns, timeline, window_start
from missingrules.reports.brief import Brief
from tests.answers import answer, at, duty, obligation, part, state
from tests.pages.made import small

CLOCK = Clock()


def line() -> Timeline:
    asked = small()
    return timeline(asked, Brief(asked))


def test_days_are_local_dates_and_long_stretches_are_left_out() -> None:
    """30 Dec to 9 Feb: 2 + 31 + 9 days; 12 to 17 Feb: 6; 20 Feb to 27 Mar: 9 + 27; 1 Apr to 9 May: 30 + 9."""
    found = [(each.date.isoformat(), each.hours) if isinstance(each, Day) else each.days for each in line().columns]
    assert found == [
        ("2024-12-29", 24), 42, ("2025-02-10", 24), ("2025-02-11", 24), 6, ("2025-02-18", 24), ("2025-02-19", 24), 36,
        ("2025-03-28", 24), ("2025-03-29", 24), ("2025-03-30", 23), ("2025-03-31", 24), 39, ("2025-05-10", 24),
    ]  # fmt: skip


def test_three_empty_days_are_drawn_and_four_left_out() -> None:
    three = list(columns(CLOCK, [date(2025, 6, 1), date(2025, 6, 5)]))
    four = list(columns(CLOCK, [date(2025, 6, 1), date(2025, 6, 6)]))
    assert [type(each) for each in three] == [Day] * 5
    assert [type(each) for each in four] == [Day, Gap, Day]
    assert four[1] == Gap(date(2025, 6, 2), date(2025, 6, 5), at("2025-06-02T00:00:00+01:00"))


def test_the_day_on_which_the_clocks_go_back_has_25_hours() -> None:
    (day,) = columns(CLOCK, [date(2025, 10, 26)])
    assert day == Day(date(2025, 10, 26), at("2025-10-26T00:00:00+01:00"), 25)


def test_episodes_are_bars_and_the_one_that_goes_on_has_no_end() -> None:
    first, second = line().bars
    assert (first.start, first.end) == (at("2025-02-10T20:00:00+00:00"), at("2025-02-11T08:00:00+00:00"))
    assert (second.start, second.end) == (at("2025-03-28T22:30:00+00:00"), None)
    assert second.shown_to == at("2025-03-31T12:00:00+01:00")
    assert not second.unknown_end


def test_an_episode_with_a_date_alone_begins_with_the_day_and_one_without_return_ends_with_the_next() -> None:
    first = state("E1", "2025-03-03")._replace(over=True)
    asked = answer(part(), episodes=(first, state("E2")))
    bar = timeline(asked, Brief(asked)).bars[0]
    assert bar.by_date
    assert bar.unknown_end
    assert (bar.start, bar.end, bar.shown_to) == (
        at("2025-03-03T00:00:00+00:00"), None, at("2025-03-28T22:30:00+00:00")
    )  # fmt: skip
    assert bar.says == "Episode E1: missing since Mon 3 Mar 2025. No return is recorded."


def test_windows_that_fired_and_that_one_more_episode_would_fill() -> None:
    """90 days that end on 28 Mar begin 89 dates before: 28 Mar, 28 Feb (28), 31 Jan (56), 31 Dec (87), 29 Dec (89).
    E1 of 10 Feb counts for 89 dates more: 28 Feb (18), 31 Mar (49), 30 Apr (79), 10 May (89)."""
    fired, near = line().windows
    assert (fired.first, fired.last, fired.more) == (date(2024, 12, 29), date(2025, 3, 28), 0)
    assert (fired.says, fired.rules) == ("2 episodes in 90 days reached", ("Look at two together [4]",))
    assert (near.first, near.last, near.more) == (date(2025, 2, 10), date(2025, 5, 10), 1)
    assert near.says == "1 more episode would make 3 episodes in 90 days"
    assert near.rules == ("Look at three together [4]",)


@pytest.mark.parametrize(
    ("window", "first"),
    [
        ("1 week", "2025-03-25"),  # seven dates
        ("28 days", "2025-03-04"),  # 27 dates before the 31st
        ("1 month", "2025-03-01"),  # a month after 28 Feb is 28 Mar, before the 31st; after 1 Mar 1 Apr
        ("calendar month", "2025-03-01"),
        ("calendar quarter", "2025-01-01"),
        ("calendar year", "2025-01-01"),
    ],
)
def test_the_first_date_of_a_window_that_ends_on_31_march(window: str, first: str) -> None:
    length = Length.parse(window) or window
    counted = Counted(length, ("missing",), (), "started")  # type: ignore[arg-type]
    assert window_start(CLOCK, counted, date(2025, 3, 31)) == date.fromisoformat(first)


def test_a_count_without_a_window_has_none() -> None:
    assert window_start(CLOCK, Counted(NOT_STATED, (), (), "started"), date(2025, 3, 31)) is None


def test_a_count_that_did_not_set_a_duty_off_has_no_window() -> None:
    """The duty has three in 90 days among its triggers, and fired by the start of the only episode."""
    counted = Counted(Length.parse("90 days"), ("missing",), (), "started")  # type: ignore[arg-type]
    asked = answer(
        part(obligation(duty(trigger=FirstOf((OnInstant("started"), EpisodesReach(3, counted)))))), episodes=(state(),)
    )
    assert timeline(asked, Brief(asked)).windows == ()


def test_thresholds_are_of_episodes_that_lasted_so_long() -> None:
    """E1 lasted 12 hours. 24 hours after Fri 28 Mar 22:30 is Sat 29 Mar 22:30, before the clocks change."""
    (threshold,) = line().thresholds
    assert (threshold.episode, threshold.at) == ("E2", at("2025-03-29T22:30:00+00:00"))
    assert threshold.passed
    assert threshold.rules == ("Tell the director [1]",)


def test_more_than_a_length_is_a_second_later_and_may_lie_ahead() -> None:
    """72 hours from Fri 22:30 GMT end on Mon at 23:30 BST, half a day after noon."""
    length = Length.parse("72 hours")
    assert length is not None
    asked = answer(part(obligation(duty(trigger=MissingFor(length, more_than=True)))), episodes=(state(),))
    (threshold,) = timeline(asked, Brief(asked)).thresholds
    assert (threshold.at, threshold.passed) == (at("2025-03-31T23:30:01+01:00"), False)
    assert threshold.length == "more than 72 hours"


def test_marks_are_where_a_duty_was_done_or_is_due() -> None:
    """Back on Tue 11 Feb: the fifth working day is Tue 18 Feb; done on the 19th at 10:00, ten hours after its end.
    72 hours from Fri 28 Mar 22:30 GMT: Mon 31 Mar 23:30 BST."""
    interview, meeting = line().marks
    assert (interview.status, interview.at) == (Status.MET_LATE, at("2025-02-19T10:00:00+00:00"))
    assert interview.due == at("2025-02-18T23:59:59+00:00")
    assert interview.when == "done Wed 19 Feb 2025 10:00 GMT, 10 hours late: it was due Tue 18 Feb 2025, end of day"
    assert (interview.episode, interview.source) == ("E1", "3")
    assert (meeting.status, meeting.at, meeting.due) == (Status.DUE, at("2025-03-31T23:30:00+01:00"), None)
    assert (meeting.when, meeting.who, meeting.source) == ("due Mon 31 Mar 2025 23:30 BST", "Social Worker", "2")


def test_what_has_no_instant_is_counted_and_not_drawn() -> None:
    """Telling the director and looking at two together have no time; the meeting of E1 ended with its return."""
    assert (line().untimed, line().ceased) == (2, 1)


def test_a_due_instant_between_two_is_drawn_from_the_first_to_the_last() -> None:
    first, last = at("2025-04-08T10:00:00+01:00"), at("2025-04-09T10:00:00+01:00")
    asked = answer(part(obligation(status=Status.NOT_DECIDABLE, due=None, due_between=(first, last))))
    (mark,) = timeline(asked, Brief(asked)).marks
    assert (mark.at, mark.until) == (first, last)
    assert mark.when == "due Tue 8 Apr 2025 10:00 BST or Wed 9 Apr 2025 10:00 BST"


# --- drawn ---


def test_a_place_by_hand() -> None:
    """Ten days of 24 hours less one, 239, and four gaps of 58 share 960 less two margins of 16: 696 / 239 an hour.
    Noon on the 31st is after five whole days, three gaps and 71 + 12 hours: 16 + 174 + 203 * 696 / 239 = 781.16."""
    scale = Scale(line().columns)
    assert scale.x(at("2025-03-31T12:00:00+01:00")) == 781.2
    assert scale.x(at("2024-12-29T00:00:00+00:00")) == 16.0


def test_a_place_never_runs_back() -> None:
    scale = Scale(line().columns)
    start = at("2024-12-29T00:00:00+00:00")
    places = [scale.x(Instant(start + hour * 3600)) for hour in range(0, 24 * 140, 5)]
    assert places == sorted(places)


def test_labels_that_would_cover_each_other_have_lanes_of_their_own() -> None:
    lanes = Lanes()
    assert [lanes.lane(0, 50), lanes.lane(40, 90), lanes.lane(60, 90), lanes.lane(60, 70)] == [0, 1, 0, 2]
    assert lanes.height == 3 * LANE


def test_nothing_is_drawn_outside_the_paper() -> None:
    many = [
        obligation(duty(f"d{number}", title="A duty with a title that is rather long for a label " * (number % 3 + 1)),
                   key=f"testshire/d{number}/E1/1", due=at(f"2025-04-{number + 1:02}T10:00:00+01:00"))
        for number in range(28)
    ]  # fmt: skip
    asked = answer(part(*many), episodes=(state(),))
    drawn = drawing(timeline(asked, Brief(asked)), asked.clock)
    assert len(drawn.marks) == 28
    for one in drawn.marks:
        assert one.box[0] >= 0
        assert one.box[0] + one.box[1] <= drawn.width
        assert one.y + LANE / 2 <= drawn.height
    rows: dict[float, list[tuple[float, float]]] = {}
    for one in drawn.marks:
        rows.setdefault(one.y, []).append((one.box[0], one.box[0] + one.box[1]))
    for spans in rows.values():
        spans.sort()
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_the_data_is_frozen() -> None:
    with pytest.raises(AttributeError):
        line().untimed = 3  # type: ignore[misc]


def test_two_duties_at_one_instant_of_which_one_is_open_to_the_end_of_a_span() -> None:
    first, last = at("2025-04-08T10:00:00+01:00"), at("2025-04-09T10:00:00+01:00")
    asked = answer(
        part(
            obligation(due=first),
            obligation(duty("b"), Status.NOT_DECIDABLE, due=None, due_between=(first, last), key="testshire/b/E1/1"),
        )
    )
    assert [mark.until for mark in timeline(asked, Brief(asked)).marks] == [last, None]
