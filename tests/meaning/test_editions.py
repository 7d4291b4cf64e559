"""Editions of one protocol beside the cases of the page: which speaks, and what is silent with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from missingrules.domain.citations import Edition
from missingrules.domain.obligations import Phase
from missingrules.domain.triggers import EpisodesReach, OnInstant
from missingrules.engine.editions import chosen
from missingrules.engine.evaluate import evaluate
from missingrules.engine.readings import every_combination
from missingrules.reports.combinations import combinations_report
from missingrules.reports.text import as_text
from tests.answers import at
from tests.meaning.build import case, conclude, counted, duty, episode, fact, forbid, guard, protocol
from tests.meaning.test_worked_cases import compose

if TYPE_CHECKING:
    from pathlib import Path

    from missingrules.domain.protocol import Protocol

MISSING = fact("episode.missing", "true")


def edition(rule: str, first: date | None, end: date | None = None) -> Protocol:
    """One duty, one classification and one prohibition, each named after the edition."""
    made = protocol(
        duty(rule, OnInstant("started")),
        conclude(f"{rule}-floor", "episode.risk", floor="medium", when=guard(MISSING)),
        forbid(f"{rule}-forbids", "close_case", guard(MISSING)),
    )
    return replace(made, edition=Edition(rule, in_force=(first, end)))


def test_editions_that_nothing_tells_apart_are_refused() -> None:
    for first in (None, date(2025, 1, 1)):
        with pytest.raises(ValueError, match="two editions of 'p' begin to hold on the same date"):
            evaluate([edition("a", first), edition("b", first)], case(), at("2025-06-01T12:00:00+01:00"))


def test_a_silent_edition_says_nothing_at_all() -> None:
    away = case(episode("E1", at("2025-06-01T09:00:00+01:00")))
    both = [edition("old", None), edition("new", date(2025, 6, 1))]
    old, new = evaluate(both, away, at("2025-06-01T12:00:00+01:00")).protocols
    assert (old.actions, old.conclusions, old.forbidden) == ((), (), ())
    assert [o.duty.rule for o in new.actions] == ["new"]
    assert [one.rules for one in new.conclusions] == [("new-floor",)]
    assert [one.prohibition.rule for one in new.forbidden] == ["new-forbids"]


def test_what_lies_ahead_is_said_by_the_edition_that_speaks() -> None:
    twice = EpisodesReach(2, counted())
    old, new, later = (
        replace(protocol(duty(name, twice)), edition=Edition(name, in_force=(first, None)))
        for name, first in (("old", None), ("new", date(2025, 6, 1)), ("later", date(2025, 8, 1)))
    )
    before = case(episode("E1", at("2025-05-01T09:00:00+01:00"), at("2025-05-01T12:00:00+01:00")))
    parts = evaluate([old, new, later], before, at("2025-05-02T12:00:00+01:00")).protocols
    # One more episode by 29 July, the 90th day from 1 May on: in May the old edition would speak, then the new one.
    assert [[one.duty.rule for one in part.ahead] for part in parts] == [["old"], ["new"], []]


def test_what_a_silent_edition_asks_for_is_not_combined() -> None:
    away = case(episode("E1", at("2025-06-01T09:00:00+01:00")))
    other = replace(protocol(duty("other", OnInstant("started"))), name="q")
    both = [edition("old", None), edition("new", date(2025, 6, 1)), other]
    (group,) = evaluate(both, away, at("2025-06-01T12:00:00+01:00")).together
    assert sorted(one.duty.rule for one in group.obligations) == ["new", "other"]
    # Two editions that both speak, each for an episode, are one paper: nothing stands together.
    earlier = episode("E0", at("2025-05-01T09:00:00+01:00"), at("2025-05-01T12:00:00+01:00"))
    two = case(earlier, episode("E1", at("2025-06-01T09:00:00+01:00")))
    answer = evaluate(both[:2], two, at("2025-06-01T12:00:00+01:00"))
    assert [[o.duty.rule for o in part.actions] for part in answer.protocols] == [["old"], ["new"]]
    assert answer.together == ()


def test_other_readings_of_an_edition_are_told_where_it_speaks(tmp_path: Path) -> None:
    # Two days or three, in both editions; the old one speaks for E0, the new one for E1.
    readings = """\
readings:
  days: {question: "Two days or three?", default: two, why: it is sooner,
         options: {two: {value: 2 days, cite: "1"}, three: {value: 3 days, cite: "1"}}}
"""
    protocols = []
    for name, first in (("old", "2025-01-01"), ("new", "2025-06-01")):
        label = f"edition: {{label: {name}, in_force: {{from: {first}}}}}"
        sources = f"sources: {{protocol: {{title: Rules, {label}, ledger: ledger.yaml}}}}\n"
        rules = (
            f'rules:\n  - {{id: {name}, topic: support, title: Visit, cite: "1", modality: must, trigger: started,\n'
            "     require: update_plan, by: police, deadline: {within: {reading: days}, of: started}}\n"
        )
        protocols.append(compose({"sources": sources, "readings": readings, "rules": rules}, tmp_path))
    away = case(
        episode("E0", at("2025-05-01T09:00:00+01:00"), at("2025-05-01T12:00:00+01:00")),
        episode("E1", at("2025-06-01T09:00:00+01:00")),
    )
    found = every_combination(protocols, away, at("2025-06-01T12:00:00+01:00"))
    assert [[dict(one.otherwise) for one in part] for part in found] == [[{}, {"days": "three"}]] * 2
    changed = [[one.before.key for one in part[1].differences.changed] for part in found]
    assert changed == [["worked/old/E0/1"], ["worked/new/E1/1"]]
    text = as_text(combinations_report("c", at("2025-06-01T12:00:00+01:00"), found))
    assert "\nWorked, old: 1 reading, 2 combinations\n" in text
    assert "\nWorked, new: 1 reading, 2 combinations\n" in text
    # The child is back from E0, and what was left open is owed on the return; E1 runs.
    assert [dict(part[1].phases.get()) for part in found] == [
        {"worked/old/E0/1": Phase.ON_RETURN},
        {"worked/new/E1/1": Phase.NOW},
    ]


@pytest.mark.parametrize(
    ("day", "which"),
    [
        (date(2022, 12, 31), 0),  # before all: the first that will be
        (date(2023, 1, 1), 0),
        (date(2023, 12, 31), 0),
        (date(2024, 6, 1), 0),  # in the gap: the last that was
        (date(2025, 1, 1), 1),
        (date(2026, 1, 1), 2),  # both in force: the newer
    ],
)
def test_which_edition_speaks(day: date, which: int) -> None:
    spans = [(date(2023, 1, 1), date(2024, 1, 1)), (date(2025, 1, 1), None), (date(2026, 1, 1), None)]
    assert chosen([Edition(str(n), in_force=span) for n, span in enumerate(spans)], day) == which
