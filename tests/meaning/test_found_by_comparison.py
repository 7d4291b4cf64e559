"""What the comparison of engine and oracle has found, each as a small case worked by hand from docs/meaning.md.

A case stays when it is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.case import Held
from missingrules.domain.conditions import All, HoursTest, Not, Unless
from missingrules.domain.deadlines import AtTheSameTime, DeadlineRows, OnDay, Phase, Repeat
from missingrules.domain.rules import Guard
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnRecord,
    WhileMissing,
)
from tests.meaning.build import (
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
    length,
    people,
    protocol,
    record,
    risk,
    row,
    within,
)
from tests.meaning.compare import HORIZON, asked, beside, differences, evaluated, outcomes
from tests.meaning.oracle import answer, forbidden, questions

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from tests.meaning.oracle import Outcome

STARTED = OnInstant("started")


def both(p: Protocol, c: Case, as_of: Instant) -> dict[str, Outcome]:
    """The obligations, on which engine and oracle agree."""
    found = outcomes(evaluated(p, c, as_of))
    assert differences(found, answer(p, c, as_of, HORIZON)) == []
    return found


def statuses(p: Protocol, c: Case, as_of: Instant) -> dict[str, str]:
    return {key: o.status for key, o in both(p, c, as_of).items()}


# --- ends that are not certain ----------------------------------------------------------------------------------------


def test_an_until_that_was_unknown_counts_by_what_it_is_now() -> None:
    """Ungraded for an hour, then high: it is known not to be low, so the duty has not ended (§5 End)."""
    p = protocol(duty("r", STARTED, until=(fact("episode.risk", "low"),)))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((at("2025-05-01 11:00"), "high"))))
    assert outcomes(evaluated(p, c, at("2025-05-01 10:59:59")))["p/r/e/1"].status == "not_decidable"
    assert statuses(p, c, at("2025-05-01 11:00")) == {"p/r/e/1": "due"}


def test_what_may_have_ended_before_it_fires_is_not_upcoming() -> None:
    """Nobody knows when the child turns 16; if it was years ago, day three never comes (§2, §5 status)."""
    p = protocol(duty("r", STARTED, until=(OnBirthday(16),), deadline=OnDay(3, "started", 1)))
    c = case(episode("e", at("2025-05-01 10:00")))
    assert statuses(p, c, at("2025-05-01 12:00")) == {"p/r/e/1": "not_decidable"}


def test_when_it_ended_is_open_where_it_may_have_ended_before() -> None:
    """Back at 10:00:01, which ended it at the latest; nobody knows when the child turns 16 (§5 End)."""
    back = Unless(Not(fact("episode.missing")), ())
    p = protocol(
        duty("r", Becomes(fact("episode.kind", "missing")), guard=Guard(unless=(back,)), until=(OnBirthday(16),))
    )
    c = case(episode("e", at("2025-05-06 10:00"), at("2025-05-06 10:00:01")))
    found = both(p, c, at("2025-05-07 10:00"))["p/r/e/1"]
    assert (found.status, found.ended_at) == ("ceased", None)


def test_hours_after_weeks_are_reckoned_from_where_the_weeks_end() -> None:
    """Weekly for two weeks from 10:00 on the 6th, so from 10:00 on the 20th every 24 hours: 10:00 on the 21st (§3)."""
    phases = (Phase(length("1 week"), length("2 weeks")), Phase(length("24 hours"), None))
    p = protocol(duty("r", STARTED, repeat=Repeat("started", "schedule", phases)))
    found = both(p, case(episode("e1", at("2025-05-06 10:00"))), at("2025-05-21 10:00:01"))
    assert [found[f"p/r/e1/{n}"].due for n in (2, 3, 4)] == [
        at("2025-05-20 23:59:59"), at("2025-05-21 10:00"), at("2025-05-22 10:00")
    ]  # fmt: skip
    # The fourth opens at that second: the second, still undone, is missed.
    assert (found["p/r/e1/2"].status, found["p/r/e1/2"].ended_at) == ("missed", at("2025-05-21 10:00:01"))


def test_a_record_after_an_end_that_is_not_certain_discharges() -> None:
    """Whether there are concerns was never known: the visit of 12:00 was made all the same (§5 End)."""
    p = protocol(duty("r", STARTED, until=(fact("episode.serious_concerns"),)))
    c = case(
        episode("e", at("2025-05-01 10:00")), records=(record("n", "notify", at("2025-05-01 12:00"), episode="e"),)
    )
    assert statuses(p, c, at("2025-05-01 13:00")) == {"p/r/e/1": "met"}


# --- stretches, days and rows -----------------------------------------------------------------------------------------


def test_a_value_that_held_before_an_episode_of_no_length_is_a_stretch() -> None:
    """The kind was always missing, so it began before the return; start and return may be one second (§2 becomes)."""
    p = protocol(duty("r", Becomes(fact("episode.kind", "missing"))))
    moment = at("2025-05-01 10:00")
    assert statuses(p, case(episode("e", moment, moment)), at("2025-05-02 10:00")) == {"p/r/e/1": "due"}
    # and so of a date alone on which it also ended: whatever the second, it fired
    dated = case(episode("e", day("2025-05-01"), moment))
    assert statuses(p, dated, at("2025-05-02 10:00")) == {"p/r/e/1": "due"}


def test_a_numbered_day_is_triggered_at_its_midnight_however_late_the_guard_is_known() -> None:
    """Day three of 1 May is the 3rd; graded on the 4th, it is known then and still the 3rd's (§2 triggered_at)."""
    p = protocol(duty("r", STARTED, guard=guard(risk("high")), deadline=OnDay(3, "started", 1)))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded((at("2025-05-04 10:00"), "high"))))
    found = both(p, c, at("2025-05-05 10:00"))["p/r/e/1"]
    assert (found.triggered_at, found.due) == (at("2025-05-03 00:00"), at("2025-05-04 10:00"))


def test_a_row_chosen_at_firing_counts_from_what_happens_later() -> None:
    """Nothing was due while the child was away; once back, 24 hours from then (§3: once it has, it is read again)."""
    rows = DeadlineRows((row(risk("high"), within("24 hours", "returned")),), at_firing=True)
    p = protocol(duty("r", STARTED, deadline=rows))
    c = case(episode("e", at("2025-05-01 10:00"), at("2025-05-03 10:00"), risk="high"))
    assert outcomes(evaluated(p, c, at("2025-05-02 10:00")))["p/r/e/1"].due is None
    assert both(p, c, at("2025-05-03 11:00"))["p/r/e/1"].due == at("2025-05-04 10:00")


def test_one_open_row_does_not_put_back_what_another_gave() -> None:
    """Two hours from the start, or one from the return: 12:00 or 21:00, also once the child is back (§3)."""
    rows = DeadlineRows(
        (row(fact("episode.first"), within("1 hour", "returned")), row(fact("episode.second"), within("2 hours")))
    )
    p = protocol(duty("r", STARTED, deadline=rows))
    c = case(episode("e", at("2025-05-01 10:00"), at("2025-05-01 20:00")))
    found = both(p, c, at("2025-05-01 20:30"))["p/r/e/1"]
    assert (found.due, found.due_between) == (at("2025-05-01 12:00"), (at("2025-05-01 12:00"), at("2025-05-01 21:00")))


def test_a_start_after_the_child_was_found_is_impossible() -> None:
    """Found at 01:00 on the 16th, so gone by then: no second of the afternoon is a possible start (§1 order)."""
    p = protocol(duty("r", OnInstant("reported"), deadline=within("24 hours")))
    times = {"located": at("2025-04-16 01:00"), "reported": at("2025-04-16 00:30")}
    c = case(episode("e", day("2025-04-16"), **times))
    assert statuses(p, c, at("2025-04-16 02:00")) == {"p/r/e/1": "due"}


# --- series and records -----------------------------------------------------------------------------------------------


def test_of_an_undecided_series_what_was_due_before_it_fires_is_not_owed() -> None:
    """Over 48 hours on 3 May; of daily checks from 1 May the first was due on the 2nd, so it is the second (§3)."""
    series = Repeat("started", "last_held", (Phase(length("1 day")),))
    p = protocol(duty("r", MissingFor(length("48 hours")), guard=guard(risk("high")), repeat=series))
    c = case(episode("e", at("2025-05-01 10:00")))
    found = both(p, c, at("2025-05-01 12:00"))
    assert {k: (o.status, o.due) for k, o in found.items()} == {
        "p/r/e/2": ("not_decidable", at("2025-05-04 23:59:59")),
    }


def test_a_phase_lasts_to_the_end_of_its_last_date() -> None:
    """Every day for three days from the 1st: what opens on the 4th at noon is still due a day later (§3)."""
    series = Repeat("started", "last_held", (Phase(length("1 day"), length("3 days")), Phase(length("1 month"))))
    p = protocol(duty("r", STARTED, repeat=series))
    times = ["2025-05-02 12:00", "2025-05-03 12:00", "2025-05-04 12:00"]
    done = [record(f"n{n}", "notify", at(t), episode="e") for n, t in enumerate(times)]
    found = both(p, case(episode("e", at("2025-05-01 10:00")), records=tuple(done)), at("2025-05-04 13:00"))
    assert found["p/r/e/4"].due == at("2025-05-05 23:59:59")


def test_only_the_act_that_pulled_the_trigger_does_not_discharge() -> None:
    """An interview whose record includes the meeting: the meeting pulled the trigger, the interview counts (§5)."""
    p = protocol(duty("r", OnRecord("strategy_meeting"), "return_interview"))
    done = record("n", "return_interview", at("2025-05-01 12:00"), episode="e", included=("strategy_meeting",))
    found = statuses(p, case(episode("e", at("2025-05-01 10:00")), records=(done,)), at("2025-05-02 10:00"))
    assert found == {"p/r/e/n": "met"}


# --- breaches ---------------------------------------------------------------------------------------------------------


def forbidden_by_both(p: Protocol, c: Case, as_of: Instant) -> dict[str, str]:
    """Breaches, on which engine and oracle agree."""
    found = beside(evaluated(p, c, as_of))["forbidden"]
    assert found == {(f.key, f.record): f for f in forbidden(p, c, as_of)}
    return {f.key: f.status for f in forbidden(p, c, as_of) if f.record}


def test_an_act_that_counts_as_the_forbidden_one_breaks_the_rule() -> None:
    """A return interview is a visit, so it breaks the rule against visits, and meets no duty to visit (§4 forbid)."""
    p = protocol(forbid("f", "visit"), duty("r", STARTED, "visit"))
    e = episode("e", at("2025-05-01 10:00"))
    c = case(e, records=(record("n", "return_interview", at("2025-05-01 12:00"), episode="e"),))
    assert forbidden_by_both(p, c, at("2025-05-02 10:00")) == {"p/f/e/n": "breached"}
    assert statuses(p, c, at("2025-05-02 10:00")) == {"p/r/e/1": "due"}


def test_what_was_only_considered_breaks_nothing() -> None:
    """To have considered closing the case is not to have closed it (§4 forbid)."""
    p = protocol(forbid("f", "notify"))
    e = episode("e", at("2025-05-01 10:00"))
    weighed, done = (
        record("n", "notify", at("2025-05-01 12:00"), episode="e", outcome=outcome) for outcome in ("considered", None)
    )
    assert forbidden_by_both(p, case(e, records=(done,)), at("2025-05-02 10:00")) == {"p/f/e/n": "breached"}
    assert forbidden_by_both(p, case(e, records=(weighed,)), at("2025-05-02 10:00")) == {}


def test_what_may_have_been_forbidden_asks_for_what_forbids_it() -> None:
    """Nobody graded the risk, so whether the telling was forbidden is open; who was told is not asked (§4 forbid)."""
    p = protocol(forbid("f", "notify", guard(risk("high"))), duty("r", STARTED))
    c = case(
        episode("e", at("2025-05-01 10:00")), records=(record("n", "notify", at("2025-05-01 12:00"), episode="e"),)
    )
    assert statuses(p, c, at("2025-05-01 13:00")) == {"p/r/e/1": "not_decidable"}
    given = evaluated(p, c, at("2025-05-01 13:00"))
    found = {(q.fact, q.episode, q.record): q.affects for part in given.protocols for q in part.questions}
    assert found == {("episode.risk", "e", None): ("p/f/e/n",), ("episode.risk", "e", "n"): ("p/r/e/1",)}


def test_a_breach_at_some_seconds_alone_cannot_be_decided() -> None:
    """Done on the 1st, high from noon: forbidden only if it was in the afternoon (§1 a date without a time)."""
    p = protocol(forbid("f", "notify", guard(risk("high"))))
    e = episode("e", at("2025-05-01 00:00"), risk=graded((None, "low"), (at("2025-05-01 12:00"), "high")))
    c = case(e, records=(record("n", "notify", day("2025-05-01"), episode="e"),))
    assert forbidden_by_both(p, c, at("2025-05-02 10:00")) == {"p/f/e/n": "not_decidable"}


def test_a_record_that_names_no_episode_breaks_a_rule_for_the_child() -> None:
    """It belongs to no episode: its subject is the child, with the facts of the episode then running (§2)."""
    p = protocol(forbid("f", "notify", guard(risk("high"))))
    c = case(
        episode("e", at("2025-05-01 10:00"), risk="high"), records=(record("n", "notify", at("2025-05-01 12:00")),)
    )
    assert forbidden_by_both(p, c, at("2025-05-02 10:00")) == {"p/f/child/n": "breached"}


def test_when_it_was_done_is_open_while_an_earlier_record_may_have_done_it() -> None:
    """R1 is of e1 or of e2, R2 of e1: done in time either way, at 12:00 or at 13:00 nobody can say (§5 discharge)."""
    p = protocol(duty("r", STARTED, deadline=within("1 day")))
    c = case(
        episode("e1", at("2025-05-01 09:00"), at("2025-05-01 10:00")),
        episode("e2", at("2025-05-01 11:00")),
        records=(
            record("r1", "notify", at("2025-05-01 12:00")),
            record("r2", "notify", at("2025-05-01 13:00"), episode="e1"),
        ),
    )
    found = both(p, c, at("2025-05-01 14:00"))["p/r/e1/1"]
    assert (found.status, found.discharged_at) == ("met", None)


def test_hours_are_known_before_anything_has_happened() -> None:
    """In care on 6 May alone, no episode: what the kind is nobody can say, and from 9 to 5 the office is open (§2).

    So the time of not knowing that reaches to the end of the stretch begins at 17:00; a day later is 17:00 on the 7th.
    """
    closed = guard(fact("episode.kind", "missing"), unless=(HoursTest("office", outside=False),))
    p = protocol(duty("r", Becomes(fact("child.looked_after")), guard=closed, deadline=within("24 hours")))
    spell = Held("true", start=at("2025-05-06 00:00"), end=at("2025-05-07 00:00"))
    c = case(child=facts(looked_after=(spell,)))
    found = both(p, c, at("2025-06-05 10:00"))
    assert {key: o.due for key, o in found.items()} == {"p/r/child/1": at("2025-05-07 17:00")}


def test_a_condition_reads_the_outcome_of_the_record_that_pulled_the_trigger() -> None:
    """R1 was held, R2 declined; only after the first is anybody told (§2, conditions on `record.outcome`)."""
    p = protocol(duty("r", OnRecord("strategy_meeting", "held"), guard=guard(fact("record.outcome", "held"))))
    q = protocol(duty("r", OnRecord("strategy_meeting", "declined"), guard=guard(fact("record.outcome", "held"))))
    c = case(
        episode("e", at("2025-05-01 09:00")),
        records=(
            record("r1", "strategy_meeting", at("2025-05-01 12:00"), episode="e", outcome="held"),
            record("r2", "strategy_meeting", at("2025-05-01 13:00"), episode="e", outcome="declined"),
        ),
    )
    assert statuses(p, c, at("2025-05-01 14:00")) == {"p/r/e/r1": "due"}
    assert statuses(q, c, at("2025-05-01 14:00")) == {}


# --- questions --------------------------------------------------------------------------------------------------------


def test_whether_it_was_the_first_hangs_on_the_kind_of_the_one_before() -> None:
    """The list is whole; what is not known is whether e1 was a missing episode (§2 first_episode, questions)."""
    p = protocol(duty("r", OnInstant("first_episode"), guard=guard(kinds=("missing",))))
    c = case(
        episode("e1", at("2025-05-01 10:00"), at("2025-05-01 12:00"), kind=()),
        episode("e2", at("2025-05-02 10:00")),
    )
    found = asked(evaluated(p, c, at("2025-05-03 10:00")))
    assert found == {("episode.kind", "e1"): frozenset({"p/r/e1/1", "p/r/e2/1"})}
    assert found == questions(p, c, at("2025-05-03 10:00"))


def test_an_absence_regraded_to_missing_brings_the_count_then() -> None:
    """The second in 90 days began as an absence; from 12:00 it is missing, and that brings the count to two (§2)."""
    p = protocol(duty("r", EpisodesReach(2, counted("90 days")), guard=guard(kinds=("missing",))))
    c = case(
        episode("e1", at("2025-05-01 10:00"), at("2025-05-01 12:00")),
        episode(
            "e2",
            at("2025-05-10 10:00"),
            kind=graded((at("2025-05-10 10:00"), "absent"), (at("2025-05-10 12:00"), "missing")),
        ),
    )
    assert statuses(p, c, at("2025-05-10 11:00")) == {}
    assert {k: o.triggered_at for k, o in both(p, c, at("2025-05-10 13:00")).items()} == {
        "p/r/e2/1": at("2025-05-10 12:00")
    }


def test_what_has_become_known_since_is_not_asked_for_again() -> None:
    """At the start nobody had graded it or judged the harm; it was graded an hour later, so only the harm is open."""
    p = protocol(duty("r", OnInstant("started"), guard=guard(All((risk("high"), fact("episode.serious_concerns"))))))
    graded_later = graded((at("2025-05-01 11:00"), "high"))
    c = case(episode("e", at("2025-05-01 10:00"), risk=graded_later))
    now = at("2025-05-01 12:00")
    assert statuses(p, c, now) == {"p/r/e/1": "not_decidable"}
    found = asked(evaluated(p, c, now))
    assert found == questions(p, c, now) == {("episode.serious_concerns", "e"): frozenset({"p/r/e/1"})}


def test_an_until_not_known_is_asked_for() -> None:
    """The date of birth would say whether the duty has ended."""
    p = protocol(duty("r", WhileMissing(), until=(OnBirthday(16),)))
    now = at("2025-05-02 10:00")
    c = case(episode("e", at("2025-05-01 10:00")))
    assert statuses(p, c, now) == {"p/r/e/1": "not_decidable"}
    found = asked(evaluated(p, c, now))
    assert found == questions(p, c, now) == {("child.date_of_birth", None): frozenset({"p/r/e/1"})}


def test_nothing_is_overdue_before_it_was_known_to_be_owed_also_at_the_same_time() -> None:
    """Of a start on the 1st that is known to count only at 10:00 on the 2nd."""
    p = protocol(duty("r", STARTED, guard=guard(fact("episode.serious_concerns")), deadline=AtTheSameTime()))
    c = case(episode("e", at("2025-05-01 10:00"), serious_concerns=graded((at("2025-05-02 10:00"), "true"))))
    found = both(p, c, at("2025-05-02 10:00"))["p/r/e/1"]
    assert (found.status, found.due) == ("due", at("2025-05-02 10:00"))


def test_a_second_record_may_be_of_the_earlier_event_if_the_first_was_of_the_later() -> None:
    """Neither record says who was told, of two who had to be: either may have been enough."""
    told = people("all", "police", "team_manager")
    p = protocol(duty("r", OnEvent("risk_disagreement_raised"), to=told))
    events = tuple(event("risk_disagreement_raised", at(f"2025-05-0{n} 10:00"), id=f"v{n}") for n in (1, 2))
    first, second = (record(id_, "notify", at(f"2025-05-03 1{n}:00")) for n, id_ in enumerate("xy"))
    as_of = at("2025-05-04 10:00")
    assert statuses(p, case(events=events, records=(first,)), as_of) == {
        "p/r/child/v1": "due",
        "p/r/child/v2": "not_decidable",
    }
    assert set(statuses(p, case(events=events, records=(first, second)), as_of).values()) == {"not_decidable"}


def test_of_a_conclusion_about_an_episode_nobody_can_be_asked_while_none_runs() -> None:
    """Whether the level is raised hangs on a history that is cut off, but there is no episode whose level it were."""
    p = protocol(
        conclude("f", "episode.risk", floor="high", when=guard(at_least(2, counted()))),
        duty("r", OnBirthday(16), guard=guard(risk("medium"))),
    )
    c = case(child=facts(date_of_birth=day("2009-05-01")), history_from=day("2025-04-30"))
    assert asked(evaluated(p, c, at("2025-05-02 10:00"))) == questions(p, c, at("2025-05-02 10:00"), HORIZON) == {}
