"""Deadlines and triggers on one scale, worked out by hand: earlier is stricter, whatever the calendar makes of them."""

from __future__ import annotations

from typing import Final

import pytest

from missingrules.comparison.timing import DAY, Timing, compare, lasting, span
from missingrules.domain.clock import Length
from missingrules.domain.comparisons import Relation


def length(text: str) -> Length:
    found = Length.parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("72 hours", 3 * DAY, 3 * DAY),
        # The end of the third date after: 72 hours from its last second, four days from its first.
        ("3 days", 3 * DAY, 4 * DAY),
        ("1 week", 7 * DAY, 8 * DAY),
        # From a Friday at midnight over a weekend and a bank holiday it can be long; from a Monday evening it is a day.
        ("1 working day", DAY, 8 * DAY),
        # Five always have a weekend among them.
        ("5 working days", 7 * DAY, 12 * DAY),
        ("1 month", 28 * DAY, 32 * DAY),
    ],
)
def test_a_deadline_lasts_between(text: str, least: int, most: int) -> None:
    assert span(length(text)) == (least, most)


def test_an_absence_of_days_has_lasted_so_many_times_24_hours() -> None:
    assert lasting(length("3 days")) == lasting(length("72 hours")) == (3 * DAY, 3 * DAY)


def within(text: str, moment: str = "returned") -> Timing:
    return Timing(moment, *span(length(text)))


SOON: Final = Timing("returned", None, None, "promptly")
AT_ONCE: Final = Timing("returned", 0, 0)


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        (within("24 hours"), within("72 hours"), Relation.STRICTER),
        (within("5 days"), within("72 hours"), Relation.LOOSER),
        # Three days end with their last date, never before 72 hours have gone.
        (within("72 hours"), within("3 days"), Relation.STRICTER),
        # Over a bank holiday weekend three working days are longer than four days, over a plain week they are not.
        (within("3 working days"), within("4 days"), Relation.DIFFERENT),
        (within("72 hours"), within("72 hours"), Relation.SAME),
        # A report comes no sooner than the child goes.
        (within("24 hours", "started"), within("24 hours", "reported"), Relation.STRICTER),
        (within("24 hours", "reported"), within("72 hours", "started"), Relation.DIFFERENT),
        (within("24 hours", "record strategy_meeting"), within("24 hours", "returned"), Relation.DIFFERENT),
        (AT_ONCE, SOON, Relation.STRICTER),
        (SOON, within("72 hours"), Relation.DIFFERENT),
        (None, within("72 hours"), Relation.SILENT_FIRST),
        (None, None, Relation.SAME),
    ],
)
def test_one_beside_the_other(first: Timing | None, second: Timing | None, relation: Relation) -> None:
    assert compare(first, second) is relation
    assert compare(second, first) is relation.turned
