"""The oracle against cases worked by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from missingrules.domain.case import NOT_KNOWN, Held
from missingrules.domain.clock import Instant
from missingrules.domain.deadlines import Before, DeadlineRows, OnDay, Phase, Repeat, Word
from missingrules.domain.rules import Effect, Modality, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnUndone,
    WhileMissing,
)
from tests.meaning.build import (
    aged,
    at,
    at_least,
    case,
    conclude,
    counted,
    day,
    duty,
    episode,
    event,
    fact,
    facts,
    forbid,
    graded,
    guard,
    known,
    length,
    missing_for,
    people,
    people_rows,
    protocol,
    record,
    risk,
    row,
    within,
)
from tests.meaning.oracle import Forbidden, Outcome, answer, conclusions, forbidden, questions

RETURNED = OnInstant("returned")
STARTED = OnInstant("started")


def after(text: str, seconds: int) -> Instant:
    return Instant(at(text) + seconds)


def one(found: dict[str, Outcome]) -> Outcome:
    assert len(found) == 1, found
    return next(iter(found.values()))


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_72_hours_are_elapsed_time_over_the_spring_change() -> None:
    p = protocol(duty("r", RETURNED, "return_interview", deadline=within("72 hours")))
    c = case(episode("e", at("2025-03-28 10:00"), at("2025-03-28 22:30")))
    found = answer(p, c, at("2025-03-29 00:00"))
    assert list(found) == ["p/r/e/1"]
    assert one(found).due == at("2025-03-31 23:30")
    assert one(found).status == "due"


def test_72_hours_are_elapsed_time_over_the_autumn_change() -> None:
    p = protocol(duty("r", RETURNED, deadline=within("72 hours")))
    c = case(episode("e", at("2025-10-24 10:00"), at("2025-10-24 12:00")))
    assert one(answer(p, c, at("2025-10-25 00:00"))).due == at("2025-10-27 11:00")


def test_five_working_days_over_easter() -> None:
    p = protocol(duty("r", RETURNED, deadline=within("5 working days")))
    c = case(episode("e", at("2025-04-16 10:00"), at("2025-04-16 11:00")))  # a Wednesday
    assert one(answer(p, c, at("2025-04-16 12:00"))).due == at("2025-04-25 23:59:59")


def test_five_working_days_over_the_august_holiday_the_day_itself_first() -> None:
    p = protocol(duty("r", RETURNED, deadline=within("5 working days", same_day=True)))
    c = case(episode("e", at("2025-08-21 10:00"), at("2025-08-21 11:00")))  # Thursday; the 25th is a holiday
    assert one(answer(p, c, at("2025-08-21 12:00"))).due == at("2025-08-28 23:59:59")


def test_a_numbered_day_arises_at_midnight() -> None:
    p = protocol(duty("r", STARTED, deadline=OnDay(3, "started", 1)))
    c = case(episode("e", at("2025-05-01 10:00")))
    before = one(answer(p, c, at("2025-05-02 12:00")))
    assert (before.status, before.triggered_at) == ("upcoming", at("2025-05-03 00:00"))
    assert one(answer(p, c, at("2025-05-03 00:00"))).status == "due"
    assert one(answer(p, c, at("2025-05-03 00:00"))).due == at("2025-05-03 23:59:59")


def test_before_an_instant_is_the_second_before() -> None:
    p = protocol(duty("r", OnEvent("placement_planned"), deadline=Before("event.starts_at")))
    c = case(
        events=(event("placement_planned", at("2025-05-01 10:00"), id="x", fields={"starts_at": day("2025-05-09")}),)
    )
    assert answer(p, c, at("2025-05-02 10:00"))["p/r/child/x"].due == at("2025-05-08 23:59:59")


# --- on the second ----------------------------------------------------------------------------------------------------


def test_as_of_on_the_deadline_is_due_and_a_second_later_overdue() -> None:
    p = protocol(duty("r", RETURNED, deadline=within("24 hours")))
    c = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 12:00")))
    assert one(answer(p, c, at("2025-05-02 12:00"))).status == "due"
    assert one(answer(p, c, at("2025-05-02 12:00") + 1)).status == "overdue"


def test_a_record_on_the_deadline_meets_it() -> None:
    p = protocol(duty("r", RETURNED, deadline=within("24 hours")))
    for second, status in [(0, "met"), (1, "met_late")]:
        c = case(
            episode("e", at("2025-05-01 10:00"), at("2025-05-01 12:00")),
            records=(record("a", "notify", after("2025-05-02 12:00", second), episode="e"),),
        )
        assert one(answer(p, c, at("2025-05-09 00:00"))).status == status


def test_a_return_exactly_at_the_threshold_fires() -> None:
    rules = protocol(
        duty("least", MissingFor(length("48 hours"))),
        duty("more", MissingFor(length("48 hours"), more_than=True)),
    )
    c = case(episode("e", at("2025-05-01 10:00"), at("2025-05-03 10:00")))
    assert list(answer(rules, c, at("2025-05-04 00:00"))) == ["p/least/e/1"]


def test_missing_for_days_keeps_the_wall_clock() -> None:
    p = protocol(duty("r", MissingFor(length("2 days"))))
    c = case(episode("e", at("2025-03-29 10:00")))
    found = one(answer(p, c, at("2025-03-30 10:00")))
    assert (found.status, found.triggered_at) == ("upcoming", at("2025-03-31 10:00"))


# --- counts -----------------------------------------------------------------------------------------------------------


def test_89_dates_are_in_a_window_of_90_days_and_90_are_out() -> None:
    p = protocol(duty("r", EpisodesReach(2, counted("90 days"))))
    last = day("2025-06-30")
    for dates, reached in [(89, True), (90, False), (91, False)]:
        first = at(f"{last - timedelta(days=dates)} 12:00")
        c = case(episode("a", first, Instant(first + 60)), episode("b", at(f"{last} 08:00")))
        assert ("p/r/b/1" in answer(p, c, at("2025-06-30 09:00"))) is reached


def test_a_fourth_episode_fires_no_tier_of_three() -> None:
    p = protocol(duty("r", EpisodesReach(3, counted("90 days"))))
    c = case(*(episode(f"e{n}", at(f"2025-05-0{n} 12:00"), at(f"2025-05-0{n} 13:00")) for n in range(1, 5)))
    assert list(answer(p, c, at("2025-05-09 00:00"))) == ["p/r/e3/1"]


def test_a_count_that_reaches_before_the_history_is_undecided() -> None:
    p = protocol(duty("r", STARTED, guard=guard(at_least(3, counted("90 days")))))
    eps = [episode(f"e{n}", at(f"2025-05-0{n} 12:00"), at(f"2025-05-0{n} 13:00")) for n in range(1, 4)]
    c = case(*eps, history_from=day("2025-04-01"))
    early = answer(p, c, at("2025-05-02 14:00"))
    assert {k: o.status for k, o in early.items()} == {"p/r/e1/1": "not_decidable", "p/r/e2/1": "not_decidable"}
    # the third makes the count known, for the two that waited as well
    late = answer(p, c, at("2025-05-09 00:00"))
    assert {k: o.status for k, o in late.items()} == {"p/r/e1/1": "due", "p/r/e2/1": "due", "p/r/e3/1": "due"}


# --- stretches and guards ---------------------------------------------------------------------------------------------


def test_a_stretch_fires_when_its_guard_becomes_true() -> None:
    p = protocol(duty("r", MissingFor(length("48 hours")), guard=guard(risk("medium")), deadline=within("24 hours")))
    c = case(episode("e", at("2025-05-01 00:00"), risk=graded((None, "low"), (at("2025-05-03 12:00"), "medium"))))
    found = one(answer(p, c, at("2025-05-03 13:00")))
    assert (found.status, found.due) == ("due", at("2025-05-04 12:00"))


def test_a_fact_that_changes_after_the_moment_changes_nothing() -> None:
    p = protocol(duty("r", STARTED, guard=guard(risk("high"))))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((None, "high"), (at("2025-05-01 12:00"), "low"))))
    assert one(answer(p, c, at("2025-05-02 00:00"))).status == "due"


def test_an_unknown_guard_waits_and_the_deadline_counts_from_the_moment() -> None:
    p = protocol(duty("r", STARTED, guard=guard(risk("high")), deadline=within("24 hours")))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((at("2025-05-01 12:00"), "high"))))
    early = one(answer(p, c, at("2025-05-01 11:00")))
    assert (early.status, early.due) == ("not_decidable", at("2025-05-02 10:00"))
    assert questions(p, c, at("2025-05-01 11:00")) == {("episode.risk", "e"): frozenset({"p/r/e/1"})}
    late = one(answer(p, c, at("2025-05-01 12:00")))
    assert (late.status, late.due, late.triggered_at) == ("due", at("2025-05-02 10:00"), at("2025-05-01 10:00"))


def test_an_unknown_unless_leaves_the_duty_standing_and_asks() -> None:
    p = protocol(duty("r", STARTED, guard=guard(unless=(fact("episode.settled"),))))
    c = case(episode("e", at("2025-05-01 10:00")))
    assert one(answer(p, c, at("2025-05-02 00:00"))).status == "due"
    assert questions(p, c, at("2025-05-02 00:00")) == {("episode.settled", "e"): frozenset({"p/r/e/1"})}


def test_an_unless_that_comes_true_ends_the_duty() -> None:
    p = protocol(duty("r", STARTED, guard=guard(unless=(fact("episode.settled"),)), deadline=within("24 hours")))
    for when, status in [("2025-05-02 10:00", "ceased"), ("2025-05-02 10:01", "missed")]:
        c = case(episode("e", at("2025-05-01 10:00"), settled=graded((at(when), "true"))))
        found = one(answer(p, c, at("2025-05-03 00:00")))
        assert (found.status, found.ended_at) == (status, at(when))


def test_a_birthday_inside_an_episode() -> None:
    p = protocol(
        duty("young", WhileMissing(), guard=guard(aged(high=15))),
        duty("older", WhileMissing(), guard=guard(aged(low=16)), deadline=within("1 hour")),
        duty("turns", OnBirthday(16), guard=guard(fact("episode.missing"))),
    )
    c = case(episode("e", at("2025-05-01 10:00")), child=facts(date_of_birth=day("2009-05-03")))
    early = answer(p, c, at("2025-05-02 00:00"))
    assert {k: o.status for k, o in early.items()} == {
        "p/young/e/1": "due",
        "p/older/e/1": "upcoming",
        "p/turns/child/1": "upcoming",
    }
    assert answer(p, c, at("2025-05-03 00:00"))["p/older/e/1"].due == at("2025-05-03 01:00")


def test_becomes_fires_again_only_after_the_value_has_gone() -> None:
    p = protocol(duty("r", Becomes(risk("high"))))
    times = ["2025-05-01 11:00", "2025-05-01 12:00", "2025-05-01 13:00", "2025-05-01 14:00"]
    levels = ["high", "high", "low", "high"]
    c = case(
        episode("e", at("2025-05-01 10:00"), risk=graded(*((at(t), v) for t, v in zip(times, levels, strict=True))))
    )
    found = answer(p, c, at("2025-05-02 00:00"))
    assert {k: o.triggered_at for k, o in found.items()} == {
        "p/r/e/1": at("2025-05-01 11:00"),
        "p/r/e/2": at("2025-05-01 14:00"),
    }


def test_any_of_several_fires_once_at_the_first() -> None:
    trigger = FirstOf((MissingFor(length("24 hours")), Becomes(risk("high"))))
    p = protocol(duty("r", trigger, deadline=within("1 hour")))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((None, "low"), (at("2025-05-01 12:00"), "high"))))
    found = answer(p, c, at("2025-05-03 00:00"))
    assert list(found) == ["p/r/e/1"]
    assert one(found).due == at("2025-05-01 13:00")


def test_a_rule_does_not_fire_after_its_until() -> None:
    p = protocol(duty("r", OnEvent("sighted"), until=(UntilInstant("returned"),)))
    e = episode("e", at("2025-05-01 10:00"), at("2025-05-01 12:00"))
    for when, fires in [("2025-05-01 12:00", True), ("2025-05-01 12:01", False)]:
        c = case(e, events=(event("sighted", at(when), id="x", episode="e"),))
        assert bool(answer(p, c, at("2025-05-02 00:00"))) is fires


# --- deadlines that move ----------------------------------------------------------------------------------------------


def by_risk() -> DeadlineRows:
    return DeadlineRows((row(risk("high"), within("1 hour", "started")), row(risk("low"), within("24 hours"))))


def test_a_regrade_brings_a_deadline_forward_and_a_downgrade_never_back() -> None:
    p = protocol(duty("r", STARTED, deadline=by_risk()))
    steps = [(None, "low"), (at("2025-05-01 12:00"), "high"), (at("2025-05-01 14:00"), "low")]
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded(*steps)))
    assert one(answer(p, c, at("2025-05-01 11:00"))).due == at("2025-05-02 10:00")
    assert one(answer(p, c, at("2025-05-01 12:00"))).due == at("2025-05-01 12:00")
    assert one(answer(p, c, at("2025-05-01 15:00"))).due == at("2025-05-01 12:00")


def test_unknown_rows_leave_the_due_instant_between_two() -> None:
    p = protocol(duty("r", STARTED, deadline=by_risk()))
    c = case(episode("e", at("2025-05-01 10:00")))
    ends = (at("2025-05-01 11:00"), at("2025-05-02 10:00"))
    rows = DeadlineRows((*by_risk().rows[:1], row(known("episode.kind"), within("24 hours"))))
    p = protocol(duty("r", STARTED, deadline=rows))
    for when, status in [(ends[0], "due"), (ends[0] + 1, "not_decidable"), (ends[1] + 1, "overdue")]:
        found = one(answer(p, c, when))
        assert (found.status, found.due, found.due_between) == (status, ends[0], ends)


def test_a_deadline_counts_from_an_anchor_once_it_has_happened() -> None:
    p = protocol(duty("r", STARTED, deadline=within("24 hours", "returned")))
    c = case(episode("e", at("2025-05-01 10:00"), at("2025-05-04 10:00")))
    assert one(answer(p, c, at("2025-05-03 00:00"))).due is None
    assert one(answer(p, c, at("2025-05-05 10:00"))).due == at("2025-05-05 10:00")


# --- series -----------------------------------------------------------------------------------------------------------


def test_monthly_occurrences_are_reckoned_from_the_anchor() -> None:
    series = Repeat("started", "schedule", (Phase(length("1 month")),))
    p = protocol(duty("r", WhileMissing(), repeat=series))
    c = case(episode("e", at("2025-01-31 10:00")))
    found = answer(p, c, at("2025-04-01 12:00"))
    assert [(k[-1], o.status, o.due) for k, o in found.items()] == [
        ("1", "missed", at("2025-02-28 23:59:59")),
        ("2", "overdue", at("2025-03-31 23:59:59")),
        ("3", "due", at("2025-04-30 23:59:59")),
        ("4", "upcoming", at("2025-05-31 23:59:59")),
    ]


def test_phases_are_numbered_through() -> None:
    phases = (Phase(length("2 weeks"), length("4 weeks")), Phase(length("1 month")))
    p = protocol(duty("r", WhileMissing(), repeat=Repeat("started", "schedule", phases)))
    c = case(episode("e", at("2025-01-01 10:00")))
    found = answer(p, c, at("2025-01-30 12:00"))
    assert [o.due for o in found.values()] == [
        at("2025-01-15 23:59:59"),
        at("2025-01-29 23:59:59"),
        at("2025-02-28 23:59:59"),  # a month after 29 January
        at("2025-03-29 23:59:59"),
    ]


def test_last_held_counts_from_the_one_before() -> None:
    series = Repeat("started", "last_held", (Phase(length("2 weeks")),))
    p = protocol(duty("r", WhileMissing(), "strategy_meeting", repeat=series))
    e = episode("e", at("2025-01-01 10:00"))
    c = case(e, records=(record("a", "strategy_meeting", at("2025-01-10 09:00"), episode="e"),))
    found = answer(p, c, at("2025-01-11 00:00"))
    assert [(o.status, o.due) for o in found.values()] == [
        ("met", at("2025-01-15 23:59:59")),
        ("due", at("2025-01-24 23:59:59")),
    ]


def test_a_record_discharges_the_occurrence_due_nearest() -> None:
    p = protocol(duty("r", WhileMissing(), repeat=Repeat("started", "schedule", (Phase(length("1 week")),))))
    e = episode("e", at("2025-01-01 10:00"))
    c = case(e, records=(record("a", "notify", at("2025-01-13 09:00"), episode="e"),))
    found = answer(p, c, at("2025-01-14 00:00"))
    assert [o.status for o in found.values()] == ["overdue", "met", "upcoming"]


# --- discharge and ends -----------------------------------------------------------------------------------------------


def test_recipients_may_be_told_by_two_records() -> None:
    p = protocol(
        duty("r", STARTED, to=people("all", "social_worker", "police"), deadline=within("24 hours")),
    )
    one_told = record("a", "notify", at("2025-05-01 12:00"), episode="e", to=("police",))
    both_told = record("b", "notify", at("2025-05-02 12:00"), episode="e", to=("social_worker",))
    silent = record("c", "notify", at("2025-05-01 12:00"), episode="e")
    e = episode("e", at("2025-05-01 10:00"))
    now = at("2025-05-03 00:00")
    assert one(answer(p, case(e, records=(one_told,)), now)).status == "overdue"
    found = one(answer(p, case(e, records=(one_told, both_told)), now))
    assert (found.status, found.discharged_at) == ("met_late", at("2025-05-02 12:00"))
    assert one(answer(p, case(e, records=(silent,)), now)).status == "not_decidable"


def test_a_record_without_an_episode_is_a_question_once_two_have_started() -> None:
    p = protocol(duty("r", STARTED))
    a, b = episode("a", at("2025-05-01 10:00"), at("2025-05-01 11:00")), episode("b", at("2025-05-02 10:00"))
    told = record("n", "notify", at("2025-05-03 10:00"))
    assert one(answer(p, case(b, records=(told,)), at("2025-05-04 00:00"))).status == "met"
    found = answer(p, case(a, b, records=(told,)), at("2025-05-04 00:00"))
    assert {o.status for o in found.values()} == {"not_decidable"}


def test_an_attempt_does_not_discharge_but_an_included_act_does() -> None:
    p = protocol(duty("r", STARTED, "visit"))
    e = episode("e", at("2025-05-01 10:00"))
    for more, status in [
        ({"action": "visit", "outcome": "attempted"}, "due"),
        ({"action": "visit", "outcome": "seen"}, "met"),
        ({"action": "return_interview"}, "met"),
        ({"action": "strategy_meeting", "included": ("visit",)}, "met"),
    ]:
        r = record("n", when=at("2025-05-01 12:00"), episode="e", **more)  # type: ignore[arg-type]
        assert one(answer(p, case(e, records=(r,)), at("2025-05-02 00:00"))).status == status


def test_consider_decide_and_agree() -> None:
    e = episode("e", at("2025-05-01 10:00"))

    def status(effect: Effect, outcome: str | None, *with_: str) -> str:
        p = protocol(duty("r", STARTED, "strategy_meeting", effect=effect, with_=people("all", "police")))
        r = record("n", "strategy_meeting", at("2025-05-01 12:00"), episode="e", outcome=outcome, with_=with_)
        return one(answer(p, case(e, records=(r,)), at("2025-05-02 00:00"))).status

    assert [status(Effect.REQUIRE, x) for x in ("considered", None)] == ["due", "met"]
    assert [status(Effect.CONSIDER, x) for x in ("considered", None, "against")] == ["met", "met", "met"]
    assert [status(Effect.DECIDE, x) for x in ("considered", "held", "against")] == ["due", "due", "met"]
    assert [status(Effect.AGREE, x, "police") for x in ("held", "agreed")] == ["due", "met"]
    assert status(Effect.AGREE, "agreed", "team_manager") == "due"


def test_superseded_is_missed_from_then_on() -> None:
    p = protocol(
        duty("first", STARTED, superseded_by="second", deadline=within("10 days")),
        duty("second", MissingFor(length("24 hours"))),
    )
    found = answer(p, case(episode("e", at("2025-05-01 10:00"))), at("2025-05-02 10:00"))
    assert {k: (o.status, o.ended_at) for k, o in found.items()} == {
        "p/first/e/1": ("missed", at("2025-05-02 10:00")),
        "p/second/e/1": ("due", None),
    }


def test_undone_fires_the_second_after_the_due_instant() -> None:
    p = protocol(duty("a", STARTED, deadline=within("24 hours")), duty("b", OnUndone("a"), "consult"))
    c = case(episode("e", at("2025-05-01 10:00")))
    early = answer(p, c, at("2025-05-02 10:00"))["p/b/e/1"]
    assert (early.status, early.triggered_at) == ("upcoming", at("2025-05-02 10:00") + 1)
    assert answer(p, c, at("2025-05-02 10:00") + 1)["p/b/e/1"].status == "due"
    told = case(c.episodes[0], records=(record("n", "notify", at("2025-05-02 10:00"), episode="e"),))
    assert "p/b/e/1" not in answer(p, told, at("2025-05-03 10:00"))


def test_a_may_is_available_and_a_word_gives_no_due_instant() -> None:
    p = protocol(
        duty("may", STARTED, modality=Modality.MAY), duty("now", STARTED, deadline=Word.IMMEDIATELY, chair=None)
    )
    found = answer(p, case(episode("e", at("2025-05-01 10:00"))), at("2026-05-01 10:00"))
    assert [(o.status, o.due) for o in found.values()] == [("available", None), ("due", None)]


# --- facts, floors, breaches ------------------------------------------------------------------------------------------


def test_a_status_is_false_outside_its_spans_if_all_say_true() -> None:
    p = protocol(duty("r", STARTED, guard=guard(fact("child.looked_after"))))
    held = (Held("true", day("2025-01-01"), day("2025-05-01")),)
    for when, fires in [("2025-04-30 23:00", True), ("2025-05-01 00:00", False)]:
        c = case(episode("e", at(when)), child=facts(looked_after=held))
        assert bool(answer(p, c, at("2025-06-01 00:00"))) is fires


def test_floors_combine_by_maximum() -> None:
    p = protocol(
        conclude("a", "episode.risk", floor="medium", when=guard(fact("episode.first"))),
        conclude("b", "episode.risk", floor="high", when=guard(fact("episode.second"))),
        conclude("always", "episode.risk", floor="no_apparent_risk"),
        duty("r", STARTED, guard=guard(risk("medium"))),
    )
    now = at("2025-05-02 00:00")

    def level(**more: Any) -> str:
        found = conclusions(p, case(episode("e", at("2025-05-01 10:00"), None, **more)), now)
        return found["episode.risk", "e"].effective

    assert level(first="true", second="false") == "at least medium"
    assert level(first="true", second="false", risk="low") == "medium"
    assert level(first="true", second="true", risk="low") == "high"
    assert level(first="true", risk="high") == "high"
    assert level(first="false", risk="low") == "low or high"
    c = case(episode("e", at("2025-05-01 10:00"), first="true"))
    assert one(answer(p, c, now)).status == "due"


def test_two_values_for_one_fact_are_unknown() -> None:
    p = protocol(
        conclude("a", "episode.settled", value="true", when=guard(fact("episode.first"))),
        duty("r", STARTED, guard=guard(fact("episode.settled"))),
    )
    tried: list[tuple[dict[str, Any], list[str]]] = [
        ({"first": "true"}, ["due"]),
        ({"first": "true", "settled": "false"}, ["not_decidable"]),
        ({"first": "false", "settled": "false"}, []),
    ]
    for more, statuses in tried:
        c = case(episode("e", at("2025-05-01 10:00"), None, **more))
        assert [o.status for o in answer(p, c, at("2025-05-02 00:00")).values()] == statuses


def test_a_breach_discharges_nothing() -> None:
    p = protocol(forbid("f", "notify", guard(risk("high")), to=("police",)), duty("r", STARTED))
    r = record("n", "notify", at("2025-05-01 12:00"), episode="e", to=("police",))
    for level, breached in [("high", True), ("low", False)]:
        c = case(episode("e", at("2025-05-01 10:00"), risk=level), records=(r,))
        now = at("2025-05-02 00:00")
        of_it = {
            Forbidden("p/f/e/n", "breached", "n", at("2025-05-01 12:00")),
            Forbidden("p/f/e", "in_force", None, None),
        }
        assert forbidden(p, c, now) == (of_it if breached else set())
        assert one(answer(p, c, now)).status == ("due" if breached else "met")


def test_people_are_read_as_things_stand() -> None:
    rows = people_rows((risk("high"), people("all", "team_manager")), (risk("low"), people("all", "social_worker")))
    p = protocol(duty("r", STARTED, by=rows))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((at("2025-05-01 12:00"), "low"))))
    assert one(answer(p, c, at("2025-05-02 00:00"))).by == ("all", ("social_worker",))
    unknown = one(answer(p, c, at("2025-05-01 11:00"))).by
    assert unknown == ("undecided", (("all", ("social_worker",)), ("all", ("team_manager",))))


# --- dates without a time, instants left out --------------------------------------------------------------------------


def test_a_date_alone_stands_for_every_second_of_the_day() -> None:
    p = protocol(
        duty("hours", RETURNED, deadline=within("24 hours")), duty("days", RETURNED, deadline=within("3 days"))
    )
    c = case(episode("e", at("2025-05-01 10:00"), day("2025-05-01")))
    found = answer(p, c, at("2025-05-02 00:00"))
    assert found["p/hours/e/1"].due is None
    assert found["p/hours/e/1"].due_between == (at("2025-05-02 10:00"), at("2025-05-02 23:59:59"))
    assert found["p/hours/e/1"].status == "due"
    assert found["p/days/e/1"].due == at("2025-05-04 23:59:59")
    assert answer(p, c, at("2025-05-02 12:00"))["p/hours/e/1"].status == "not_decidable"
    assert answer(p, c, at("2025-05-03 12:00"))["p/hours/e/1"].status == "overdue"


def test_a_left_out_return_leaves_open_how_long() -> None:
    p = protocol(duty("r", MissingFor(length("24 hours"))))
    c = case(episode("e", at("2025-05-01 10:00"), NOT_KNOWN), episode("f", at("2025-05-04 10:00")))
    found = answer(p, c, at("2025-05-04 11:00"))
    assert {k: o.status for k, o in found.items()} == {"p/r/e/1": "not_decidable", "p/r/f/1": "upcoming"}


def test_missing_for_in_a_guard_stops_at_the_return() -> None:
    p = protocol(duty("r", RETURNED, guard=guard(missing_for("24 hours"))))
    for hours, fires in [(24, True), (23, False)]:
        begun = at("2025-05-01 10:00")
        c = case(episode("e", begun, Instant(begun + hours * 3600)))
        assert bool(answer(p, c, at("2025-05-09 00:00"))) is fires
