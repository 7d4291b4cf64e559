"""From where a rule set reads, worked by hand from docs/meaning.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from missingrules.adapters.durable.moments import Moments
from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.rule_sets import rule_sets
from missingrules.domain.clock import Instant
from missingrules.domain.triggers import OnInstant, OnRecord
from missingrules.engine import places
from tests.adapters.durable.agree import by_tables
from tests.meaning.build import (
    at,
    case,
    conclude,
    day,
    duty,
    episode,
    fact,
    facts,
    graded,
    guard,
    known,
    missing_for,
    protocol,
    record,
    risk,
)

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol

STARTED = OnInstant("started")


def told(rules: Protocol, child: Case, place: int | None, when: str, as_of: str = "2025-05-09 12:00") -> dict[str, str]:
    """What is told of each rule: from an episode by its number, or from the child; and of the last record, if any."""
    moments = Moments(rules, child, at(as_of))
    every = list(moments.places())
    where = every[-1] if child.records else places.CHILD if place is None else moments.reader.places[place]
    rule_set = rule_sets(rules)[Place.EPISODE if where.episode else Place.CHILD]
    says = by_tables(rule_set, moments.supplies(rule_set.supplies, where, at(when)))
    return {one.name + (f" {one.value}" if one.value else ""): says[one.node.name] for one in rule_set.outputs}


def test_a_rule_of_the_child_reads_the_episode_that_runs_and_no_other() -> None:
    # E1: thirty hours, to 16:00 on the 7th. E2 runs from 10:00 on the 8th: two hours at noon, 24 on the 9th at 10:00.
    child = case(
        episode("E1", at("2025-05-06 10:00"), at("2025-05-07 16:00")), episode("E2", at("2025-05-08 10:00"), None)
    )
    rules = protocol(
        conclude("long", "episode.first", value="true", when=guard(missing_for("24 hours"))),
        conclude("often", "child.may_go_missing", value="true", when=guard(fact("episode.first"))),
        duty("plan", STARTED, guard=guard(fact("child.may_go_missing"))),
    )
    # E1 had lasted long; but the child's rule reads the episode that runs, of which nothing is recorded or concluded.
    assert told(rules, child, 0, "2025-05-08 12:00") == {
        "long": "true", "plan": "unknown", "episode.first true": "true"
    }  # fmt: skip
    assert told(rules, child, 0, "2025-05-09 10:00")["plan"] == "true"
    assert told(rules, child, 0, "2025-05-07 12:00")["plan"] == "true"
    # Between the two none runs.
    assert told(rules, child, 0, "2025-05-07 20:00")["plan"] == "unknown"
    assert told(rules, child, None, "2025-05-09 10:00") == {
        "often": "true", "plan": "true", "child.may_go_missing true": "true"
    }  # fmt: skip
    assert told(rules, child, None, "2025-05-09 09:59")["often"] == "unknown"


def test_missing_is_false_while_no_episode_runs_and_all_else_unknown() -> None:
    child = case(episode("E1", at("2025-05-06 10:00"), at("2025-05-07 16:00"), risk="high"))
    rules = protocol(
        *(
            duty(name, STARTED, guard=guard(condition))
            for name, condition in {
                "away": fact("episode.missing"),
                "back": fact("episode.missing", "false"),
                "told": known("episode.missing"),
                "high": risk("high"),
                "graded": known("episode.risk"),
                "long": missing_for("1 hour"),
            }.items()
        )
    )
    assert told(rules, child, None, "2025-05-07 15:59") == {
        "away": "true", "back": "false", "told": "true", "high": "true", "graded": "true", "long": "true"
    }  # fmt: skip
    assert told(rules, child, None, "2025-05-07 16:00") == {
        "away": "false", "back": "true", "told": "true", "high": "unknown", "graded": "false", "long": "unknown"
    }  # fmt: skip


def test_a_duty_reads_the_act_that_set_it_off_and_a_conclusion_does_not() -> None:
    held = fact("record.outcome", "held")
    child = case(
        episode("E1", at("2025-05-06 10:00"), None),
        records=(record("R1", "strategy_meeting", at("2025-05-06 12:00"), episode="E1", outcome="held"),),
    )
    rules = protocol(
        conclude("met", "episode.settled", value="true", when=guard(held)),
        duty("minutes", OnRecord("strategy_meeting"), guard=guard(held)),
    )
    found = told(rules, child, 0, "2025-05-06 12:00")
    assert (found["met"], found["minutes"]) == ("unknown", "true")


def test_floors_that_may_hold_leave_the_levels_open() -> None:
    # Recorded low; a floor of high hangs on what is not known, one of medium holds: at least medium, perhaps high.
    child = case(episode("E1", at("2025-05-06 10:00"), None, risk=graded((Instant(at("2025-05-06 10:00")), "low"))))
    rules = protocol(
        conclude("perhaps", "episode.risk", floor="high", when=guard(fact("child.looked_after"))),
        conclude("surely", "episode.risk", floor="medium", when=guard(fact("episode.missing"))),
        duty("at-medium", STARTED, guard=guard(risk("medium"))),
        duty("at-high", STARTED, guard=guard(risk("high"))),
        duty("low", STARTED, guard=guard(fact("episode.risk", "low"))),
        duty("settled", STARTED, guard=guard(known("episode.risk"))),
    )
    found = told(rules, child, 0, "2025-05-06 12:00")
    levels = {level: found[f"episode.risk {level}"] for level in ("no_apparent_risk", "low", "medium", "high")}
    assert levels == {"no_apparent_risk": "false", "low": "false", "medium": "true", "high": "true"}
    assert {name: found[name] for name in ("at-medium", "at-high", "low", "settled")} == {
        "at-medium": "true", "at-high": "unknown", "low": "false", "settled": "false"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("allocated", "looked_after", "wanted"),
    [
        # Concluded `a` for looked after children, and `b` for those on a plan, which is not known.
        (None, "true", ("unknown", "unknown", "false")),
        (None, "false", ("unknown", "unknown", "false")),
        ("a", "true", ("unknown", "unknown", "false")),
        ("c", "true", ("unknown", "unknown", "false")),
    ],
)
def test_a_value_that_another_may_contradict_is_not_known(
    allocated: str | None, looked_after: str, wanted: tuple[str, str, str]
) -> None:
    given = {"looked_after": looked_after} | ({"allocated_to": allocated} if allocated else {})
    child = case(episode("E1", at("2025-05-06 10:00"), None), child=facts(**given))
    rules = protocol(
        conclude("a", "child.allocated_to", value="a", when=guard(fact("child.looked_after"))),
        conclude("b", "child.allocated_to", value="b", when=guard(fact("child.protection_plan"))),
        duty("with-a", STARTED, guard=guard(fact("child.allocated_to", "a"))),
        duty("with-b", STARTED, guard=guard(fact("child.allocated_to", "b"))),
        duty("known", STARTED, guard=guard(known("child.allocated_to"))),
    )
    found = told(rules, child, 0, "2025-05-06 12:00")
    assert tuple(found[name] for name in ("with-a", "with-b", "known")) == wanted


@pytest.mark.parametrize(
    ("allocated", "looked_after", "on_a_plan", "wanted"),
    [
        (None, "true", "false", ("true", "false", "true")),
        (None, "false", "true", ("false", "true", "true")),
        (None, "false", "false", ("unknown", "unknown", "false")),
        (None, "true", "true", ("unknown", "unknown", "false")),
        ("a", "true", "false", ("true", "false", "true")),
        ("b", "true", "false", ("unknown", "unknown", "false")),
        ("c", "true", "false", ("unknown", "unknown", "false")),
        ("c", "false", "false", ("false", "false", "true")),
    ],
)
def test_a_value_is_known_where_all_agree(
    allocated: str | None, looked_after: str, on_a_plan: str, wanted: tuple[str, str, str]
) -> None:
    given = {"looked_after": looked_after, "protection_plan": on_a_plan}
    given |= {"allocated_to": allocated} if allocated else {}
    child = case(episode("E1", at("2025-05-06 10:00"), None), child=facts(**given))
    rules = protocol(
        conclude("a", "child.allocated_to", value="a", when=guard(fact("child.looked_after"))),
        conclude("b", "child.allocated_to", value="b", when=guard(fact("child.protection_plan"))),
        duty("with-a", STARTED, guard=guard(fact("child.allocated_to", "a"))),
        duty("with-b", STARTED, guard=guard(fact("child.allocated_to", "b"))),
        duty("known", STARTED, guard=guard(known("child.allocated_to"))),
    )
    found = told(rules, child, 0, "2025-05-06 12:00")
    assert tuple(found[name] for name in ("with-a", "with-b", "known")) == wanted


def test_a_case_that_leaves_a_time_open_is_refused() -> None:
    child = case(episode("E1", day("2025-05-06"), None, located=None, reported=None))
    with pytest.raises(ValueError, match="leaves open at what time: started of E1"):
        Moments(protocol(duty("d", STARTED)), child, at("2025-05-09 12:00"))
