"""What stands beside the obligations in the oracle's answers, against cases worked by hand."""

from __future__ import annotations

from dataclasses import replace

from missingrules.domain.case import Held
from missingrules.domain.citations import Reading, ReadingOption
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.rules import RuleFamily
from missingrules.domain.triggers import Becomes, OnInstant
from tests.meaning.build import (
    CITED,
    aged,
    at,
    at_least,
    case,
    conclude,
    counted,
    day,
    duty,
    episode,
    fact,
    forbid,
    graded,
    guard,
    people,
    people_rows,
    protocol,
    record,
    risk,
    row,
    within,
)
from tests.meaning.oracle import Classified, combinations, conclusions, conflicts, forbidden, otherwise, questions

STARTED = OnInstant("started")
NOON = at("2025-05-02 12:00")


def test_a_floor_is_reported_beside_the_lower_level_that_was_recorded() -> None:
    p = protocol(conclude("floor", "episode.risk", floor="medium", when=guard(fact("episode.first"))))
    c = case(episode("e", at("2025-05-01 10:00"), first="true", risk="low"))
    assert conclusions(p, c, NOON) == {
        ("episode.risk", "e"): Classified("low", "medium", "medium", frozenset({"floor"}))
    }
    ungraded = case(episode("e", at("2025-05-01 10:00"), first="true"))
    assert conclusions(p, ungraded, NOON)["episode.risk", "e"].effective == "at least medium"
    assert conclusions(p, case(episode("e", at("2025-05-01 10:00"), risk="low")), NOON) == {}


def test_a_recorded_and_a_concluded_value_that_differ_conflict() -> None:
    p = protocol(conclude("a", "episode.settled", value="true", when=guard(fact("episode.first"))))
    c = case(episode("e", at("2025-05-01 10:00"), first="true", settled="false"))
    assert conflicts(p, c, NOON) == {("episode.settled", "e"): ("false", "true")}
    assert conclusions(p, c, NOON)["episode.settled", "e"].effective == "unknown"


def test_what_holds_at_some_seconds_of_a_date_alone_is_not_concluded() -> None:
    """Known to be settled from some second of the 2nd on: at noon of that day it may not be yet."""
    p = protocol(conclude("a", "episode.settled", value="true", when=guard(fact("episode.first"))))
    c = case(episode("e", at("2025-05-01 10:00"), first=graded((None, "false"), (day("2025-05-02"), "true"))))
    assert conclusions(p, c, NOON) == {}
    assert conclusions(p, c, at("2025-05-03 00:00"))["episode.settled", "e"].effective == "true"


def test_a_breach_is_read_at_its_record_and_what_is_in_force_now() -> None:
    p = protocol(forbid("f", "notify", guard(risk("high"))))
    levels = graded((None, "high"), (at("2025-05-01 12:00"), "low"), (at("2025-05-02 11:00"), "high"))
    records = tuple(
        record(id_, "notify", at(when), episode="e", outcome=outcome)
        for id_, when, outcome in [
            ("r1", "2025-05-01 11:00", None),  # high
            ("r2", "2025-05-01 12:00", None),  # low from that second
            ("r3", "2025-05-02 11:30", "attempted"),  # not done
        ]
    )
    c = case(episode("e", at("2025-05-01 10:00"), risk=levels), records=records)
    found = {f.key: f.status for f in forbidden(p, c, NOON)}
    assert found == {"p/f/e/r1": "breached", "p/f/e": "in_force"}
    assert {f.key for f in forbidden(p, c, at("2025-05-02 10:00"))} == {"p/f/e/r1"}


def test_a_condition_false_for_certain_asks_nothing() -> None:
    p = protocol(duty("r", STARTED, guard=guard(fact("episode.first")), deadline=within("1 hour")))
    both = case(episode("e", at("2025-05-01 10:00")))
    assert questions(p, both, NOON) == {("episode.first", "e"): frozenset({"p/r/e/1"})}
    assert questions(p, case(episode("e", at("2025-05-01 10:00"), first="false")), NOON) == {}


def test_what_is_worked_out_is_asked_for_by_what_it_is_worked_out_from() -> None:
    p = protocol(
        duty("a", STARTED, guard=guard(aged(low=16))),
        duty("b", STARTED, guard=guard(fact("episode.missing"))),
        duty("c", STARTED, guard=guard(at_least(2, counted("90 days")))),
    )
    c = case(episode("e", at("2025-05-01 10:00"), kind=()), history_from=day("2025-04-01"))
    assert questions(p, c, NOON) == {
        ("child.date_of_birth", None): frozenset({"p/a/e/1"}),
        ("episode.kind", "e"): frozenset({"p/b/e/1", "p/c/e/1"}),
        ("history", None): frozenset({"p/c/e/1"}),
    }


def test_rows_are_asked_about_only_where_they_differ() -> None:
    differ = people_rows((fact("episode.first"), people("all", "police")), (risk("low"), people("all", "team_manager")))
    agree = people_rows((fact("episode.first"), people("all", "police")), (risk("low"), people("all", "police")))
    due = DeadlineRows((row(fact("episode.second"), within("1 hour")), row(risk("low"), within("2 hours"))))
    p = protocol(duty("a", STARTED, by=differ), duty("b", STARTED, by=agree), duty("c", STARTED, deadline=due))
    c = case(episode("e", at("2025-05-01 10:00"), risk="low"))
    assert questions(p, c, NOON) == {
        ("episode.first", "e"): frozenset({"p/a/e/1"}),
        ("episode.second", "e"): frozenset({"p/c/e/1"}),
    }


def test_becomes_asks_of_the_newest_episode_alone() -> None:
    p = protocol(duty("r", Becomes(risk("high"))))
    c = case(episode("a", at("2025-05-01 10:00"), at("2025-05-01 11:00")), episode("b", at("2025-05-02 10:00")))
    assert questions(p, c, NOON) == {("episode.risk", "b"): frozenset({"p/r"})}


def test_what_another_option_would_change_or_add() -> None:
    """One rule is due after one hour or two, another stands under the second option alone."""
    first, second = (duty("a", STARTED, deadline=within(x)) for x in ("1 hour", "2 hours"))
    only = duty("b", STARTED)
    readings = {"long": Reading("long", "?", (ReadingOption("x", CITED), ReadingOption("y", CITED)), "x", "invented")}
    families = (
        RuleFamily("a", ("long",), {("x",): (first,), ("y",): (second,)}),
        RuleFamily("b", ("long",), {("x",): (), ("y",): (only,)}),
        RuleFamily("c", (), {(): (duty("c", STARTED),)}),
    )
    p = replace(protocol(first), families=families, readings=readings)
    c = case(episode("e", at("2025-05-01 10:00")))
    found = otherwise(p, c, at("2025-05-01 11:30"))
    assert found.rests == {"p/a/e/1": {"long": {"y": frozenset({"due", "status due"})}}, "p/c/e/1": {}}
    assert found.added == {("long", "y"): frozenset({"p/b/e/1"})}
    assert list(combinations(p, found)) == [{"long": "x"}, {"long": "y"}]


def test_a_conclusion_that_is_open_is_asked_about_with_its_fact() -> None:
    p = protocol(
        conclude("x", "episode.settled", value="true", when=guard(fact("episode.first"))),
        duty("r", STARTED, guard=guard(fact("episode.settled"))),
    )
    c = case(episode("e", at("2025-05-01 10:00"), kind=(Held("missing"),)))
    hangs = frozenset({"p/r/e/1"})
    assert questions(p, c, NOON) == {("episode.first", "e"): hangs, ("episode.settled", "e"): hangs}
