"""Columns give what the evaluator gives, under generated rules and for generated children."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.columnar.beside import beside
from tests.meaning.histories import EXACT, OPEN, Draw, cases, questions_
from tests.meaning.strategies import protocols, protocols_read_two_ways

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def several(draw: Draw, profile: Any = EXACT) -> Any:
    """Some children, and the instant at which they are asked about."""
    first, as_of = draw(questions_(profile))
    return [first, *(draw(cases(profile)) for _ in range(draw(st.integers(0, 3))))], as_of


@OFTEN
@given(protocols(), several(), st.sampled_from((0, 90)))
def test_children_with_times(protocol: Any, asked: Any, horizon: int) -> None:
    children, as_of = asked
    found = beside(protocol, children, as_of, horizon)
    assert not found.differ, "\n".join(found.differ)


@OFTEN
@given(protocols(), several(OPEN), st.sampled_from((0, 90)))
def test_children_some_of_whose_times_are_not_known(protocol: Any, asked: Any, horizon: int) -> None:
    children, as_of = asked
    found = beside(protocol, children, as_of, horizon)
    assert not found.differ, "\n".join(found.differ)


@OFTEN
@given(protocols_read_two_ways(), several(), st.sampled_from(("a", "b")), st.sampled_from(("a", "b", "c")))
def test_other_readings(protocol: Any, asked: Any, one: str, two: str) -> None:
    children, as_of = asked
    found = beside(protocol, children, as_of, readings={"one": one, "two": two})
    assert not found.differ, "\n".join(found.differ)
