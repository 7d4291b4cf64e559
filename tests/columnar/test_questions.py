"""Columns ask what the evaluator asks, and the same hangs on it: of generated rules and children, and of the papers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.caseload import YEAR, caseload
from missingrules.domain.clock import instant_of
from missingrules.domain.triggers import Becomes, MissingFor, OnInstant
from missingrules.interface.conversion import case_of
from tests.columnar.asked import asked_of, beside
from tests.columnar.beside import beside as duties_beside
from tests.columnar.spoilt import NAMES, PAPERS, spoilt
from tests.meaning.build import at, case, duty, episode, fact, facts, forbid, guard, length, people, protocol, record

if TYPE_CHECKING:
    from missingrules.domain.case import Case


# --- the papers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS, ids=NAMES)
def test_the_papers_ask_the_same_of_a_caseload_and_leave_nothing_to_the_evaluator(paper: Any) -> None:
    draw = random.Random(paper.name)
    as_of = instant_of(YEAR + timedelta(minutes=draw.randrange(60 * 24 * 150, 60 * 24 * 330)))
    children = [case_of(spoilt(data, draw), PAPERS, as_of) for data in caseload(100, 7)]
    found = beside(paper, children, as_of)
    assert not found.differ, "\n".join(found.differ)
    assert (found.left, found.rules) == (0, {})
    assert found.rows > len(children) * 3


# --- by hand ----------------------------------------------------------------------------------------------------------

NEVER: dict[str, Any] = {"located": None, "reported": None, "last_seen": None}
AS_OF = at("2025-05-09 10:00")
CONCERNS = "episode.serious_concerns"


def the_same(rules: Any, child: Any, as_of: Any = AS_OF) -> None:
    """Columns and evaluator agree on duties and questions."""
    for compare in (beside, duties_beside):
        found = compare(rules, [child], as_of)
        assert not found.differ, "\n".join(found.differ)


def test_a_guard_that_is_open_ahead_says_by_when() -> None:
    """At noon of the first day: a day missing is reached on the 7th at 10:00, by when it must be known."""
    rules = protocol(
        duty("a", MissingFor(length("24 hours")), guard=guard(fact("child.looked_after", "true"), kinds=("missing",))),
        duty("b", OnInstant("started"), guard=guard(fact("child.looked_after", "true"), kinds=("missing",))),
        duty("c", MissingFor(length("24 hours")), guard=guard(fact(CONCERNS, "true"), kinds=("missing",))),
    )
    child = case(episode("e1", at("2025-05-06 10:00"), None, **NEVER))
    asked = asked_of(rules, [child], at("2025-05-06 12:00"))
    by = at("2025-05-07 10:00")
    assert asked == {
        (0, "child.looked_after", None, None): (("p/a/e1/1", "p/b/e1/1"), by),
        (0, CONCERNS, "e1", None): (("p/c/e1/1",), by),
    }
    the_same(rules, child, at("2025-05-06 12:00"))


def test_a_record_that_may_be_of_either_episode_and_one_that_does_not_say_who_was_told() -> None:
    rules = protocol(
        duty("a", OnInstant("started"), "visit", guard=guard(kinds=("missing",))),
        duty("b", OnInstant("returned"), "notify", to=people("all", "police", "team_manager"), guard=guard()),
    )
    child = _of_two(
        {},
        {},
        record("r1", "visit", at("2025-05-08 10:00")),
        record("r2", "notify", at("2025-05-08 11:00"), episode="e2"),
    )
    assert asked_of(rules, [child], AS_OF) == {
        (0, "record.episode", None, "r1"): (("p/a/e1/1", "p/a/e2/1"), None),
        (0, "record.to", None, "r2"): (("p/b/e2/1",), None),
    }
    the_same(rules, child)


def test_an_act_of_two_episodes_of_which_one_may_be_forbidden() -> None:
    """Of what is owed for the child it is one act, as which that of the last episode stands."""
    rules = protocol(
        duty("a", Becomes(fact("child.looked_after", "true")), "notify", guard=guard()),
        forbid("b", "notify", guard(fact(CONCERNS, "true"))),
    )
    act = record("r1", "notify", at("2025-05-08 10:00"), episode="e1", also_of=("e2",))
    first, last = _of_two({}, {"serious_concerns": "false"}, act), _of_two({"serious_concerns": "false"}, {}, act)
    assert asked_of(rules, [first, last], AS_OF) == {
        (0, CONCERNS, "e1", None): (("p/b/e1/r1",), None),
        (1, CONCERNS, "e2", None): (("p/b/e2/r1",), None),
        (1, CONCERNS, "e2", "r1"): (("p/a/child/1",), None),
    }
    the_same(rules, first)
    the_same(rules, last)


def test_a_history_that_begins_long_before_anything_in_it() -> None:
    """Another episode may have been before it all the same: whether this is the first stays open."""
    rules = protocol(duty("a", OnInstant("first_episode"), "notify", guard=guard(kinds=("missing",))))
    child = case(episode("e1", at("2025-05-06 10:00"), None, **NEVER), history_from=date(2010, 1, 1))
    assert asked_of(rules, [child], AS_OF) == {(0, "history", None, None): (("p/a/e1/1",), None)}
    the_same(rules, child)


def test_what_would_set_a_duty_off_is_asked_of_the_newest_episode_alone() -> None:
    rules = protocol(duty("a", Becomes(fact(CONCERNS, "true")), guard=guard(kinds=("missing",))))
    assert asked_of(rules, [_of_two({}, {})], AS_OF) == {(0, CONCERNS, "e2", None): (("p/a",), None)}
    the_same(rules, _of_two({}, {}))


def _of_two(one: dict[str, Any], other: dict[str, Any], *records: Any) -> Case:
    return case(
        episode("e1", at("2025-05-06 10:00"), at("2025-05-06 20:00"), **NEVER, **one),
        episode("e2", at("2025-05-07 10:00"), at("2025-05-07 20:00"), **NEVER, **other),
        child=facts(looked_after="true"),
        records=records,
    )
