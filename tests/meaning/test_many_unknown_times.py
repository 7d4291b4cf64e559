"""So many times that are not known that only some of their combinations are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.triggers import OnInstant
from missingrules.engine.evaluate import evaluate
from tests.meaning.build import at, case, day, duty, episode, protocol

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.clock import Instant


def test_where_no_combination_that_is_tried_is_possible_one_is_made_that_is() -> None:
    # Back at 02:00, 04:00 ... 14:00 of one day, and away again in between: of six starts the date alone is known. With
    # three tries for each there are 729 combinations, so each is tried alone beside the earliest, 00:00, of the others.
    starts: list[Instant | date] = [at("2025-05-06 01:00"), *[day("2025-05-06")] * 6]
    episodes = [episode(f"e{n}", start, at(f"2025-05-06 {2 * n + 2:02}:00")) for n, start in enumerate(starts)]
    found = evaluate([protocol(duty("r", OnInstant("started")))], case(*episodes), at("2025-05-07 12:00"))
    # Each start is the earliest that it may have been: the return before it.
    triggered = {one.key: one.triggered_at for one in found.protocols[0].actions}
    expected = [at("2025-05-06 01:00"), *(at(f"2025-05-06 {2 * n:02}:00") for n in range(1, 7))]
    assert triggered == {f"p/r/e{n}/1": when for n, when in enumerate(expected)}
