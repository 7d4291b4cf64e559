"""Gates, row by row: exactly one fits, whatever the inputs say, and says what Kleene's logic says."""

from __future__ import annotations

from itertools import product

import pytest

from missingrules.adapters.durable.gates import (
    ALWAYS,
    NEVER,
    ROWS_OF_CERTAIN,
    ROWS_OF_NOT,
    ROWS_OF_SETTLED,
    TRUTHS,
    Circuit,
    Row,
    rows_of_all,
    rows_of_any,
)
from missingrules.adapters.durable.supplies import Kind, OfEpisode, Supply, View
from missingrules.engine.tracks import every, some

VALUES = {"true": True, "false": False, "unknown": None}
TEXTS = {value: text for text, value in VALUES.items()}


def said(rows: tuple[Row, ...], inputs: tuple[str, ...]) -> str:
    fitting = [row.then for row in rows if all(i in wanted for i, wanted in zip(inputs, row.inputs, strict=True))]
    assert len(fitting) == 1, (inputs, fitting)
    return fitting[0]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_and_any_are_kleenes(count: int) -> None:
    for inputs in product(TRUTHS, repeat=count):
        values = [VALUES[each] for each in inputs]
        assert said(rows_of_all(count), inputs) == TEXTS[every(values)]
        assert said(rows_of_any(count), inputs) == TEXTS[some(values)]


def test_not_certain_and_settled() -> None:
    assert [said(ROWS_OF_NOT, (each,)) for each in TRUTHS] == ["false", "true", "unknown"]
    assert [said(ROWS_OF_CERTAIN, (each,)) for each in TRUTHS] == ["true", "false", "false"]
    # So, and not so: what is certain, and unknown where neither is.
    wanted = {
        ("true", "false"): "true",
        ("true", "unknown"): "true",
        ("true", "true"): "true",
        ("false", "true"): "false",
        ("unknown", "true"): "false",
        ("false", "false"): "unknown",
        ("false", "unknown"): "unknown",
        ("unknown", "false"): "unknown",
        ("unknown", "unknown"): "unknown",
    }
    assert {inputs: said(ROWS_OF_SETTLED, inputs) for inputs in wanted} == wanted


def test_what_never_changes_stands_in_no_gate() -> None:
    circuit = Circuit()
    one, two = (circuit.supplied(Supply(name, Kind.TRUTH, View.CHILD, OfEpisode("nothing"))) for name in ("one", "two"))
    assert circuit.all_(()) is ALWAYS
    assert circuit.any_(()) is NEVER
    assert circuit.all_((one, ALWAYS)) is one
    assert circuit.all_((one, NEVER)) is NEVER
    assert circuit.any_((one, NEVER)) is one
    assert circuit.any_((one, ALWAYS)) is ALWAYS
    assert circuit.not_(circuit.not_(one)) is one
    assert circuit.not_(ALWAYS) is NEVER
    assert circuit.all_((one, two)) is circuit.all_((two, one, two))
    assert circuit.certain(circuit.certain(one)) is circuit.certain(one)
    assert circuit.settled(NEVER, NEVER, two) is two
    assert circuit.settled(NEVER, ALWAYS, two) is NEVER
