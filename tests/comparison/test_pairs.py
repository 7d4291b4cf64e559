"""Generated rules beside the same with one small step: a witness replays, and where there is none, no case within the
bounds that were named parts the two either. `python -m tests.comparison.pairs 320` counts many more.
"""

from __future__ import annotations

from tests.comparison.pairs import counts


def test_whatever_the_search_says_of_a_small_step_holds() -> None:
    found = counts(25, 60)
    assert not found["FAILED"]
    assert sum(found.values()) == 25
    assert found["found, and replays"] >= 10
