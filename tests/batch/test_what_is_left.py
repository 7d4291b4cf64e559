"""A rule that columns do not express, and a child of whom a time is not known: every row comes once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from missingrules.batches.answers import answered
from missingrules.batches.single import Only, rows_of
from missingrules.batches.tables import Question
from missingrules.domain.case import Held
from missingrules.domain.triggers import MissingFor, OnInstant
from tests.meaning.build import at, case, day, duty, episode, facts, length, protocol

AS_OF = at("2025-05-10 12:00")
WITHOUT = frozenset({"questions", "readings"})
# As long as the plan says: no column knows of it. And one that every column knows.
RULES = protocol(duty("long", MissingFor("plan.report_after")), duty("start", OnInstant("started")))
TIMED = case(episode("e", at("2025-05-01 10:00"), at("2025-05-03 10:00")))
# Away from some time on the 1st, back on the 3rd: 24 hours are over whenever it was.
DATED = case(episode("e", day("2025-05-01"), at("2025-05-03 10:00")))
PLAN = facts(report_after=(Held(length("24 hours")),))


@pytest.mark.parametrize("reason", ["one child", "one rule", "both"])
def test_every_row_comes_once(reason: str) -> None:
    rules = protocol(duty("start", OnInstant("started"))) if reason == "one child" else RULES
    children = [replace(TIMED, id="timed", plan=PLAN)]
    if reason != "one rule":
        children.append(replace(DATED, id="dated", plan=PLAN))
    question = Question(AS_OF, without=WITHOUT)
    found = answered([rules], children, question)
    names = [(row["case"], row["rule"]) for row in found.obligations.to_pylist()]
    every = ("start",) if reason == "one child" else ("long", "start")
    assert sorted(names) == sorted((child.id, rule) for child in children for rule in every)
    single = [
        row for child in children for name, row in rows_of([rules], child, question, Only()) if name == "obligations"
    ]
    assert {row[:6] for row in single} == {
        tuple(row[name] for name in ("case", "protocol", "rule", "item", "episode", "occurrence"))
        for row in found.obligations.to_pylist()
    }
    # What was left to the evaluator is named.
    assert set(found.rules_by_evaluator) == (set() if reason == "one child" else {"p/long"})
    assert set(found.by_evaluator) == ({"dated"} if reason == "both" else set())
