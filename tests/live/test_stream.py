"""A case system's days, simulated: whatever the order, the tasks are in the end those of one evaluation at the end."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

import missingrules
from missingrules.reading.results import read_standings_text
from tests.live.keeping import LIVE
from tests.live.stream import RULES, stream
from tests.meaning.test_worked_cases import compose, sections_of

if TYPE_CHECKING:
    from missingrules import Protocol
    from tests.live.stream import Stream


@cache
def invented() -> Protocol:
    with tempfile.TemporaryDirectory() as folder:
        return compose(sections_of(RULES, "a stream"), Path(folder))


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**32))
def test_the_tasks_at_the_end_are_those_of_one_evaluation(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(stream(Random(seed), 2), Path(folder))


def run(messages: Stream, folder: Path) -> Counter[str]:
    """Sends all messages, and after them each child's clock; fails unless all is as it must be. What was counted."""
    keeper = LIVE.Keeper([invented()], folder)
    told: dict[str, list[dict[str, Any]]] = {}
    counts: Counter[str] = Counter()
    for message in messages.messages:
        told.setdefault(message["child"], []).extend(keeper.take(message))
        counts["messages"] += 1
    for child, of_child in told.items():
        of_child += keeper.take({"child": child, "part": "clock", "at": messages.end})
        counts["children"] += 1
        counts["told"] += len(of_child)
        counts["tasks"] += _as_evaluated_once(keeper, child, messages.end)
        counts.update(each["do"] for each in of_child)
        _nothing_twice(of_child, keeper.load(child))
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for message in messages.messages:
        assert keeper.take(message) == []
    # Of a message that is known already not even the instant counts.
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before
    return counts


def _as_evaluated_once(keeper: Any, child: str, end: str) -> int:
    """The tasks that are kept are the duties of the final case, asked once; how many."""
    state = keeper.load(child)
    assert state["waits"] == []
    case = missingrules.case_of(LIVE._case(child, state["entries"]), [invented()])
    once = missingrules.standings_of(missingrules.evaluate([invented()], case, missingrules.instant_of(end)))
    kept = read_standings_text(json.dumps(state["tasks"]))
    assert dict(kept.duties) == dict(once.duties)
    assert kept.mark == once.mark
    return len(once.duties)


def _nothing_twice(told: list[dict[str, Any]], state: dict[str, Any]) -> None:
    """Taken one by one as a task system takes them: raised once, never closed unraised, and at the end what stands."""
    stands: dict[str, str] = {}
    for number, each in enumerate(told, 1):
        assert each["number"] == number
        key, before = each["key"], each["key_before"]
        match each["do"]:
            case "raise":
                assert key not in stands, each
            case "withdraw":
                assert stands.pop(key, None) is not None, each
                continue
            case "rename":
                assert key not in stands, each
                assert stands.pop(before, None) is not None, each
            case _:
                assert key in stands, each
        stands[key] = each["status"]
    assert told == state["told"]
    assert stands == {each["key"]: each["status"] for each in state["tasks"]["actions"]}


def whole_day(*, lean: bool) -> Counter[str]:
    """The day at its full size, 300 children."""
    with tempfile.TemporaryDirectory() as folder:
        return run(stream(Random(300), 300, lean=lean), Path(folder))


if __name__ == "__main__":
    # python -m tests.live.test_stream: some minutes, of which the second stream takes most.
    for lean in (True, False):
        print(dict(whole_day(lean=lean)))
