"""Duties of the calendar in the oracle and in the engine, against cases worked by hand from docs/meaning.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from missingrules.domain.case import Held
from missingrules.domain.conditions import ALWAYS, HoursTest
from missingrules.domain.deadlines import DeadlineRows, EndOfPeriod, OnDay
from missingrules.domain.rules import Modality
from missingrules.domain.triggers import OnPeriod, OnUndone
from tests.meaning.build import (
    at,
    case,
    day,
    duty,
    episode,
    event,
    fact,
    facts,
    forbid,
    guard,
    protocol,
    record,
    risk,
    row,
    within,
)
from tests.meaning.compare import differ_in_questions, differences, evaluated, outcomes
from tests.meaning.oracle import answer, questions

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from tests.meaning.oracle import Outcome

WEEK = EndOfPeriod("week")


def asked(p: Protocol, c: Case, as_of: Instant) -> dict[str, Outcome]:
    """By rule and period, a year ahead, on which engine and oracle agree; nothing where the calendar is not asked."""
    assert answer(p, c, as_of, 400) == outcomes(evaluated(p, c, as_of, 400)) == {}
    found = answer(p, c, as_of, 400, organisation=True)
    assert differences(outcomes(evaluated(p, c, as_of, 400, organisation=True)), found) == []
    return {k.removeprefix("p/"): o for k, o in found.items()}


def weekly(*, when: Condition = ALWAYS, unless: tuple[Condition, ...] = (), **more: Any) -> Protocol:
    """A list to be shared by the end of each week, of whatever child."""
    plain = {"guard": guard(when, unless=unless, in_scope=False), "deadline": WEEK}
    return protocol(duty("r", OnPeriod("week"), **{**plain, **more}))


def at_each(p: Protocol, c: Case, as_of: Instant) -> dict[str, str]:
    """The status of each period of the rule."""
    return {k.removeprefix("r/organisation/"): o.status for k, o in asked(p, c, as_of).items()}


def shared(id_: str, when: str, **more: Any) -> Any:
    return record(id_, "notify", at(when), **more)


def since(text: str, *records: Any, **more: Any) -> Case:
    """The organisation's records from a date on."""
    return case(history_from=day(text), records=records, **more)


# --- which periods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "first", "today", "begun", "following"),
    [
        ("week", "2024-12-30", "2025-01-08", ["2025-W01", "2025-W02"], "2025-W03"),
        ("week", "2024-12-31", "2025-01-12", ["2025-W02"], "2025-W03"),
        ("week", "2026-12-28", "2027-01-03", ["2026-W53"], "2027-W01"),
        ("half_month", "2025-02-02", "2025-03-01", ["2025-02-H2", "2025-03-H1"], "2025-03-H2"),
        ("month", "2025-02-01", "2025-03-31", ["2025-02", "2025-03"], "2025-04"),
        ("two_months", "2025-02-10", "2025-04-15", ["2025-M03-04"], "2025-M05-06"),
        ("quarter", "2024-10-02", "2025-03-31", ["2025-Q1"], "2025-Q2"),
        ("year", "2024-01-01", "2025-12-31", ["2024", "2025"], "2026"),
        ("day", "2025-04-17", "2025-04-18", ["2025-04-17", "2025-04-18"], "2025-04-19"),
        # Good Friday is a weekday and no working day; so is Easter Monday.
        ("weekday", "2025-04-17", "2025-04-20", ["2025-04-17", "2025-04-18"], "2025-04-21"),
        ("working_day", "2025-04-17", "2025-04-20", ["2025-04-17"], "2025-04-22"),
        ("monday friday", "2025-04-15", "2025-04-20", ["2025-04-18"], "2025-04-21"),
    ],
)
def test_each_period_from_the_first_that_begins_to_the_next(
    every: str, first: str, today: str, begun: list[str], following: str
) -> None:
    p = protocol(duty("r", OnPeriod(every), guard=guard(in_scope=False)))
    found = at_each(p, since(first), at(f"{today} 12:00"))
    assert found == {**dict.fromkeys(begun, "due"), following: "upcoming"}


def test_without_a_beginning_the_period_of_the_earliest_record_or_event_is_the_first() -> None:
    p = protocol(duty("r", OnPeriod("month"), guard=guard(in_scope=False)))
    noon = at("2025-04-02 12:00")
    both = {"2025-03": "due", "2025-04": "due", "2025-05": "upcoming"}
    of_child = case(episode("e", at("2025-03-01 10:00")), records=(record("x", "visit", at("2025-03-31 10:00")),))
    assert at_each(p, of_child, noon) == both
    assert at_each(p, case(events=(event("sighted", at("2025-03-31 23:59")),)), noon) == both
    assert at_each(p, since("2025-04-01", shared("x", "2025-03-31 10:00", outcome="attempted")), noon) == {
        "2025-04": "due",
        "2025-05": "upcoming",
    }
    # What has not happened yet, and an episode, are no records; a beginning still to come is one.
    assert (
        at_each(p, case(episode("e", at("2025-03-01 10:00")), records=(shared("x", "2025-04-02 12:01"),)), noon) == {}
    )
    assert at_each(p, since("2025-04-03"), noon) == {"2025-05": "upcoming"}
    assert at_each(p, since("2025-05-02"), noon) == {}


def test_a_record_in_no_period_begins_with_the_next() -> None:
    """On the Saturday before Easter nobody works; the Tuesday is the next working day."""
    p = protocol(duty("r", OnPeriod("working_day"), guard=guard(in_scope=False)))
    c = case(records=(shared("x", "2025-04-19 10:00", outcome="attempted"),))
    assert at_each(p, c, at("2025-04-23 12:00")) == {
        "2025-04-22": "due",
        "2025-04-23": "due",
        "2025-04-24": "upcoming",
    }


# --- by when, and until when ------------------------------------------------------------------------------------------


def test_one_still_undone_when_the_next_but_one_begins_is_missed() -> None:
    c = since("2025-03-31")
    before = asked(weekly(), c, at("2025-04-13 23:59:59"))["r/organisation/2025-W14"]
    assert (before.status, before.due, before.triggered_at) == (
        "overdue",
        at("2025-04-06 23:59:59"),
        at("2025-03-31 00:00"),
    )
    after = asked(weekly(), c, at("2025-04-14 00:00"))["r/organisation/2025-W14"]
    assert (after.status, after.ended_at) == ("missed", at("2025-04-14 00:00"))
    # Also one that may be left undone, and one that was not yet due.
    for more in ({"modality": Modality.MAY}, {"deadline": within("1 month")}):
        assert at_each(weekly(**more), c, at("2025-04-14 00:00"))["2025-W14"] == "missed"


def test_its_time_is_over_by_the_calendar_whether_or_not_the_next_but_one_is_owed() -> None:
    p = protocol(
        duty("r", OnPeriod("day"), guard=guard(fact("child.looked_after"), in_scope=False), deadline=EndOfPeriod("day"))
    )
    spans = (Held("true", day("2025-05-01"), day("2025-05-03")), Held("false", day("2025-05-03")))
    c = since("2025-05-01", child=facts(looked_after=spans))
    assert at_each(p, c, at("2025-05-03 00:00")) == {"2025-05-01": "missed", "2025-05-02": "overdue"}


def test_a_record_is_given_to_the_latest_undone() -> None:
    p = weekly()
    noon = at("2025-04-10 12:00")
    c = since("2025-03-31", shared("x", "2025-04-09 10:00"), shared("y", "2025-04-10 10:00"))
    assert at_each(p, c, noon) == {"2025-W14": "met_late", "2025-W15": "met", "2025-W16": "upcoming"}
    named = since("2025-03-31", shared("x", "2025-04-09 10:00", answers="p/r/organisation/2025-W14"))
    assert at_each(p, named, noon) == {"2025-W14": "met_late", "2025-W15": "due", "2025-W16": "upcoming"}
    # At the second at which a week begins a record is that week's, and only another one the last week's.
    begun = since("2025-03-31", shared("x", "2025-04-14 00:00"), shared("y", "2025-04-14 00:00"))
    found = at_each(p, begun, at("2025-04-14 00:00"))
    assert found == {"2025-W14": "missed", "2025-W15": "met_late", "2025-W16": "met", "2025-W17": "upcoming"}


def test_a_record_of_an_episode_is_one_of_the_organisation() -> None:
    c = since("2025-03-31", shared("x", "2025-04-01 10:00", episode="e"))
    c = case(episode("e", at("2025-03-31 10:00")), history_from=c.history_from, records=c.records)
    assert at_each(weekly(), c, at("2025-04-01 12:00"))["2025-W14"] == "met"


def test_an_exception_or_an_until_ends_it_and_a_return_does_not() -> None:
    spans = (Held("false", None, day("2025-04-02")), Held("true", day("2025-04-02")))
    c = since("2025-03-31", child=facts(looked_after=spans))
    found = asked(weekly(unless=(fact("child.looked_after"),)), c, at("2025-04-02 00:00"))["r/organisation/2025-W14"]
    assert (found.status, found.ended_at) == ("ceased", at("2025-04-02 00:00"))
    assert at_each(weekly(until=(fact("child.looked_after"),)), c, at("2025-04-01 00:00"))["2025-W14"] == "due"
    # While the exception holds no week is owed.
    assert at_each(weekly(unless=(fact("child.looked_after"),)), c, at("2025-04-07 00:00")) == {"2025-W14": "ceased"}


def test_a_numbered_day_of_the_period() -> None:
    """The third day of week 14 is Wednesday 2 April."""
    p = weekly(deadline=OnDay(3, "trigger", 1))
    found = asked(p, since("2025-03-31", shared("x", "2025-04-01 10:00")), at("2025-04-01 12:00"))
    assert found["r/organisation/2025-W14"].status == "upcoming"
    assert found["r/organisation/2025-W14"].triggered_at == at("2025-04-02 00:00")
    assert found["r/organisation/2025-W15"].due == at("2025-04-09 23:59:59")
    # The third day of a period of one day comes when its time is over: it is never owed.
    p = protocol(duty("r", OnPeriod("day"), guard=guard(in_scope=False), deadline=OnDay(4, "trigger", 1)))
    assert at_each(p, since("2025-05-01"), at("2025-05-02 12:00")) == {}


# --- guards -----------------------------------------------------------------------------------------------------------


def test_neither_scope_nor_kinds_are_asked() -> None:
    p = protocol(duty("r", OnPeriod("week"), guard=guard(kinds=("absent",))), scope=fact("child.looked_after"))
    found = at_each(p, since("2025-03-31", child=facts(looked_after="false")), at("2025-03-31 12:00"))
    assert found == {"2025-W14": "due", "2025-W15": "upcoming"}


def test_a_guard_known_later_fires_then_and_counts_from_the_beginning() -> None:
    """Whether the child was looked after is known from 2 April on; before, and after 6 April, it is not."""
    spans = (Held("false", day("2025-01-01"), day("2025-02-01")), Held("true", day("2025-04-02"), day("2025-04-07")))
    p = weekly(when=fact("child.looked_after"), deadline=within("1 day"))
    c = since("2025-03-31", child=facts(looked_after=spans))
    assert at_each(p, c, at("2025-04-01 23:59:59")) == {"2025-W14": "not_decidable", "2025-W15": "not_decidable"}
    found = asked(p, c, at("2025-04-02 00:00"))["r/organisation/2025-W14"]
    assert (found.status, found.due, found.triggered_at) == ("due", at("2025-04-02 00:00"), at("2025-03-31 00:00"))
    done = since("2025-03-31", shared("x", "2025-04-01 10:00"), child=facts(looked_after=spans))
    assert at_each(p, done, at("2025-04-02 12:00"))["2025-W14"] == "met"
    key = "p/r/organisation/2025-W15"
    assert questions(p, c, at("2025-04-08 12:00"), organisation=True) == {
        ("child.looked_after", None): frozenset({key, "p/r/organisation/2025-W16"})
    }


def test_one_known_to_be_owed_only_when_its_time_was_over_is_missed() -> None:
    """Known from 16 April: week 14 was over on the 14th, week 15 will be on the 21st."""
    spans = (Held("false", day("2025-01-01"), day("2025-02-01")), Held("true", day("2025-04-16")))
    c = since("2025-03-31", child=facts(looked_after=spans))
    found = asked(weekly(when=fact("child.looked_after")), c, at("2025-04-16 12:00"))
    assert (found["r/organisation/2025-W14"].status, found["r/organisation/2025-W14"].ended_at) == (
        "missed",
        at("2025-04-14 00:00"),
    )
    assert (found["r/organisation/2025-W15"].status, found["r/organisation/2025-W15"].due) == (
        "overdue",
        at("2025-04-16 00:00"),
    )


def test_what_an_undecided_week_would_take_may_be_another_weeks() -> None:
    """Week 14 was owed; of week 15 nobody knows."""
    spans = (Held("false", day("2025-01-01"), day("2025-02-01")), Held("true", day("2025-03-31"), day("2025-04-07")))
    p = weekly(when=fact("child.looked_after"))
    noon = at("2025-04-10 12:00")
    child = facts(looked_after=spans)
    once = since("2025-03-31", shared("x", "2025-04-09 10:00"), child=child)
    assert at_each(p, once, noon) == dict.fromkeys(("2025-W14", "2025-W15", "2025-W16"), "not_decidable")
    twice = since("2025-03-31", shared("x", "2025-04-09 10:00"), shared("y", "2025-04-10 10:00"), child=child)
    found = asked(p, twice, noon)["r/organisation/2025-W14"]
    assert (found.status, found.discharged_at) == ("met_late", None)


def test_hours_before_the_earliest_record_are_read_too() -> None:
    """The first record is of 10:00; an hour before the office had opened, and the week had begun on Monday."""
    p = weekly(unless=(HoursTest("office", outside=False),))
    found = asked(p, case(records=(record("x", "visit", at("2025-04-01 10:00")),)), at("2025-04-01 12:00"))
    assert found["r/organisation/2025-W14"].ended_at == at("2025-03-31 09:00")


def test_rows_read_once_for_all_are_asked_for_as_they_were_then() -> None:
    """At the beginning of the week nobody was missing: of whom could it be asked what the risk was?"""
    rows = DeadlineRows((row(risk("high"), within("1 day")), row(ALWAYS, WEEK)), at_firing=True)
    p = weekly(deadline=rows)
    c = case(episode("e", at("2025-04-01 10:00")), history_from=day("2025-03-31"))
    noon = at("2025-04-01 12:00")
    assert asked(p, c, noon)["r/organisation/2025-W14"].due_between == (
        at("2025-04-01 23:59:59"),
        at("2025-04-06 23:59:59"),
    )
    assert differ_in_questions(p, c, noon, organisation=True) == []
    # It can be asked for the week to come, in which the child may still be missing.
    assert questions(p, c, noon, organisation=True) == {("episode.risk", "e"): frozenset({"p/r/organisation/2025-W15"})}


def test_the_horizon_is_the_same_time_of_day_so_many_days_on() -> None:
    """40 days from 00:00 on 22 September end at 00:00 on 1 November, an hour more than 40 times 24 hours."""
    p = protocol(duty("r", OnPeriod("two_months"), guard=guard(in_scope=False)))
    c, as_of = since("2025-09-01"), at("2025-09-22 00:00")
    runs, following = "p/r/organisation/2025-M09-10", "p/r/organisation/2025-M11-12"
    for days, keys in ((39, {runs}), (40, {runs, following})):
        assert answer(p, c, as_of, days, organisation=True).keys() == keys
        assert outcomes(evaluated(p, c, as_of, days, organisation=True)).keys() == keys


# --- beside other rules -----------------------------------------------------------------------------------------------


def test_what_the_organisation_left_undone_is_its_own_to_answer_for() -> None:
    p = protocol(
        duty("r", OnPeriod("week"), guard=guard(in_scope=False), deadline=WEEK),
        duty("u", OnUndone("r"), "visit"),
        scope=fact("child.looked_after"),
    )
    c = since("2025-03-31", child=facts(looked_after="false"))
    found = asked(p, c, at("2025-04-07 00:00"))
    assert {k: o.triggered_at for k, o in found.items() if k.startswith("u/") and o.status == "due"} == {
        "u/organisation/1": at("2025-04-07 00:00")
    }
    assert found["u/organisation/2"].status == "upcoming"


def test_one_rule_of_the_calendar_takes_the_place_of_another() -> None:
    """Week 14 begins on 31 March, the month on 1 April: from then on the week's duty is the month's."""
    weekly_, monthly = OnPeriod("week"), OnPeriod("month")
    p = protocol(
        duty("r", weekly_, guard=guard(in_scope=False), deadline=WEEK, superseded_by="m"),
        duty("m", monthly, guard=guard(in_scope=False)),
    )
    found = asked(p, since("2025-03-31"), at("2025-04-08 12:00"))
    ends = {k: (o.status, o.ended_at) for k, o in found.items()}
    assert ends["r/organisation/2025-W14"] == ("missed", at("2025-04-01 00:00"))
    assert ends["r/organisation/2025-W15"] == ("due", None)
    assert ends["m/organisation/2025-04"] == ("due", None)


def test_a_breach_discharges_no_duty_of_the_calendar() -> None:
    p = protocol(
        duty("r", OnPeriod("week"), guard=guard(in_scope=False), deadline=WEEK),
        forbid("f", "notify"),
    )
    c = since("2025-03-31", shared("x", "2025-04-01 10:00"))
    assert at_each(p, c, at("2025-04-01 12:00")) == {"2025-W14": "due", "2025-W15": "upcoming"}
