"""The day of docs/live.md, worked by hand, goes through examples/live.py as it is printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.live.keeping import LIVE
from tests.meaning.test_worked_cases import compose, sections_of

PAGE = (Path(__file__).parents[2] / "docs" / "live.md").read_text(encoding="utf-8")


def test_the_day_worked_by_hand(tmp_path: Path) -> None:
    rules, day = re.findall(r"(?ms)^```yaml\n(.*?)^```$", PAGE)
    keeper = LIVE.Keeper([compose(sections_of(rules, "a day"), tmp_path)], tmp_path)
    revisions: dict[str, int] = {}
    sent: dict[str, dict[str, Any]] = {}
    for step in yaml.load(day, yaml.BaseLoader):
        for id_, entry in step.get("entries", {}).items():
            revisions[id_] = revisions.get(id_, 0) + 1
            part = {"c": "child", "E": "episodes", "R": "records"}[id_[0]]
            sent[id_] = {"child": "C1", "part": part, "id": id_ if part != "child" else "", "revision": revisions[id_],
                         "entry": None if entry == "null" else entry}  # fmt: skip
        messages = [sent[id_] for id_ in step.get("entries", ())] + [sent[id_] for id_ in [step.get("again")] if id_]
        told = [each for message in messages for each in keeper.take({**message, "at": step["at"]})]
        assert [_short(each) for each in told] == step.get("told", []), step["at"]


def _short(told: dict[str, Any]) -> dict[str, Any]:
    """What a task system is told, as the page writes it."""
    because = [" ".join(each[n] for n in ("source", "what", "how") if each[n]) for each in told["because"]]
    because = [each if told["because"][n]["kind"] != "time" else f"time {each}" for n, each in enumerate(because)]
    short = {"do": told["do"], "key": told["key"].removeprefix("worked/"), "status": told["status"], "due": told["due"]}
    if told["key_before"]:
        short["key_before"] = told["key_before"].removeprefix("worked/")
    return {**short, "because": because}
