"""Looking for a case over cells finds one exactly where trying every value does."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    Counted,
    CountTest,
    FactTest,
    Is,
    Known,
    Not,
    Range,
)
from missingrules.domain.vocabulary import FACTS, RISK
from missingrules.logic.cells import cut
from missingrules.logic.space import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES: dict[str, tuple[str | int | None, ...]] = {
    "child.looked_after": ("true", "false", None),
    "child.protection_plan": ("true", "false", None),
    "episode.risk": (*RISK, None),
    "child.age": (*range(6), None),
}


def leaf_of(fact: str) -> st.SearchStrategy[Condition]:
    values = VALUES[fact][:-1]
    if fact == "child.age":
        ends = st.sampled_from([None, 1, 2, 4])
        ranges = st.builds(Range, ends, st.booleans(), ends, st.booleans())
        return st.builds(FactTest, st.just(fact), ranges | st.just(Known()))
    some = st.lists(st.sampled_from([str(each) for each in values]), min_size=1, max_size=3, unique=True)
    plain: st.SearchStrategy[Is | Known | AtLeast] = some.map(lambda each: Is(tuple(each))) | st.just(Known())
    if fact == "episode.risk":
        plain |= st.sampled_from(RISK).map(lambda level: AtLeast(level, RISK[RISK.index(level) :]))
    return st.builds(FactTest, st.just(fact), plain)


leaves = st.sampled_from(sorted(VALUES)).flatmap(leaf_of)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)


def holds(condition: Condition, case: Mapping[str, str | int | None]) -> bool | None:
    """As docs/meaning.md has it: three values, save for `known`."""
    match condition:
        case FactTest(fact, Known()):
            return case[fact] is not None
        case FactTest(fact, test):
            value = case[fact]
            if value is None:
                return None
            match test:
                case Is(values):
                    return value in values
                case AtLeast(_, levels):
                    return value in levels
                case Range(low, low_inside, high, high_inside):
                    assert isinstance(value, int)
                    above = low is None or (value >= low if low_inside else value > low)  # type: ignore[operator]
                    return above and (high is None or (value <= high if high_inside else value < high))  # type: ignore[operator]
        case All(parts):
            found = [holds(part, case) for part in parts]
            return False if False in found else None if None in found else True
        case Any(parts):
            found = [holds(part, case) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part):
            inner = holds(part, case)
            return None if inner is None else not inner
    raise AssertionError(condition)


@settings(max_examples=300, deadline=None)
@given(st.lists(conditions, max_size=3), st.lists(conditions, max_size=2), st.lists(conditions, max_size=2))
def test_a_case_is_found_exactly_where_there_is_one(
    true: list[Condition], false: list[Condition], not_true: list[Condition]
) -> None:
    found = Space((*true, *false, *not_true), FACTS).find(true, false, not_true)
    cases = [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())]
    there_is = any(
        all(holds(each, case) is True for each in true)
        and all(holds(each, case) is False for each in false)
        and not any(holds(each, case) is True for each in not_true)
        for case in cases
    )
    assert (found is not None) == there_is


def count(window: Length, *, more_than: int | None = None, under: int | None = None) -> CountTest:
    counted = Counted(window, ("missing",), ("home",), "started")
    return CountTest(counted, Range(low=more_than, low_inside=False, high=under, high_inside=False))


@pytest.mark.parametrize(
    ("less", "more", "possible"),
    [
        (Length(30, Unit.DAY), Length(90, Unit.DAY), False),
        (Length(3, Unit.MONTH), Length(30, Unit.DAY), True),
        (Length(90, Unit.DAY), Length(90, Unit.DAY), False),
    ],
)
def test_episodes_of_a_month_are_episodes_of_a_quarter(less: Length, more: Length, possible: bool) -> None:
    both = (count(less, more_than=4), count(more, under=5))
    assert (Space(both, {}).find(both) is not None) is possible


def test_the_level_of_risk_is_never_below_the_one_on_record() -> None:
    recorded = FactTest("episode.risk.recorded", Is(("high",)))
    for level, possible in (("medium", False), ("high", True)):
        both = (recorded, FactTest("episode.risk", Is((level,))))
        assert (Space(both, FACTS).find(both) is not None) is possible


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ((Range(low=14), Range(high=12, high_inside=False)), ["under 12", "[12, 13]", "at least 14"]),
        ((Range(low=3, high=3),), ["[0, 1, 2]", "3", "at least 4"]),
        (
            (Range(low=Length(24, Unit.HOUR)), Range(high=Length(2, Unit.DAY))),
            ["under 24 hours", "at least 24 hours and up to 2 days", "more than 2 days"],
        ),
        (
            (Range(low=Length(24, Unit.HOUR)), Range(low=Length(1, Unit.DAY), low_inside=False)),
            ["under 24 hours", "exactly 24 hours", "more than 1 day"],
        ),
    ],
)
def test_stretches_are_said_as_authors_write_them(tests: tuple[Range, ...], said: list[str]) -> None:
    fact = "child.age" if isinstance(tests[0].low, int) else "episode.missing_for"
    conditions = [FactTest(fact, test) for test in tests]
    cells = [cell.said.partition(": ")[2] for cell in cut(fact, conditions, FACTS).cells]
    assert cells == [*said, "not known"]
