"""Columns give what the evaluator gives, and ask what it asks, under generated rules and for generated children."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.columnar import asked, beside
from tests.meaning.histories import EXACT, OPEN, Draw, cases, questions_
from tests.meaning.strategies import protocols, protocols_read_two_ways

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

EACH = pytest.mark.parametrize("of", [beside, asked], ids=["obligations", "questions"])


@st.composite
def several(draw: Draw, profile: Any = EXACT) -> Any:
    """Some children, and the instant at which they are asked about."""
    first, as_of = draw(questions_(profile))
    return [first, *(draw(cases(profile)) for _ in range(draw(st.integers(0, 3))))], as_of


@EACH
@OFTEN
@given(protocols(), several(), st.sampled_from((0, 90)))
def test_children_with_times(of: Any, protocol: Any, given_: Any, horizon: int) -> None:
    children, as_of = given_
    found = of.beside(protocol, children, as_of, horizon)
    assert not found.differ, "\n".join(found.differ)


@EACH
@OFTEN
@given(protocols(), several(OPEN), st.sampled_from((0, 90)))
def test_children_some_of_whose_times_are_not_known(of: Any, protocol: Any, given_: Any, horizon: int) -> None:
    children, as_of = given_
    found = of.beside(protocol, children, as_of, horizon)
    assert not found.differ, "\n".join(found.differ)


@EACH
@OFTEN
@given(protocols_read_two_ways(), several(), st.sampled_from(("a", "b")), st.sampled_from(("a", "b", "c")))
def test_other_readings(of: Any, protocol: Any, given_: Any, one: str, two: str) -> None:
    children, as_of = given_
    found = of.beside(protocol, children, as_of, readings={"one": one, "two": two})
    assert not found.differ, "\n".join(found.differ)
