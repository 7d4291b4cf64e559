"""Editions of one protocol beside the cases of the page: which speaks, and what is silent with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from missingrules.domain.rules import Edition, EpisodesReach, OnInstant, Protocol
from missingrules.engine.editions import chosen
from missingrules.engine.evaluate import evaluate
from tests.answers import at
from tests.meaning.build import case, conclude, counted, duty, episode, fact, forbid, guard, protocol

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
