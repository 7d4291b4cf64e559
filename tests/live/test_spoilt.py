"""Stored results with anything in any place: refused in words, or told; never a traceback."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import missingrules
from missingrules.formats.commas import comma_bytes
from missingrules.reading.protocols import read_protocol
from missingrules.reading.results import read_standings_text
from missingrules.reports.changes import changes_report, changes_table
from missingrules.reports.text import as_text

ROOT = Path(__file__).parents[2]
ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 10**40, 1.5, "", "x", "\x1b[31m", "2025-06-02", "2025-06-02T12:00:00", [], [[]], {}, [None],
     {"any": [None]}, {"undecided": ["x", {"any": []}]}, [{"role": {}}], {"role": 1}, "not_stated", "met", ["x"]]
)  # fmt: skip


@cache
def whole() -> tuple[missingrules.Standings, Any]:
    protocol = read_protocol(ROOT / "examples" / "wexcombe" / "wexcombe.yaml")
    episode = {
        "id": "E1", "kind": "missing", "missing_from": "care", "started_at": "2025-06-10T21:15:00+01:00",
        "reported_at": "2025-06-10T23:05:00+01:00", "returned_at": "2025-06-11T14:30:00+01:00",
        "risk": [{"value": "high", "at": "2025-06-11T01:00:00+01:00"}],
    }  # fmt: skip
    record = {"id": "R1", "action": "strategy_meeting", "at": "2025-06-11T10:00:00+01:00", "chair": "team_manager"}
    child = {"date_of_birth": "2011-01-23"}
    data = {"format": 1, "case": "C1", "child": child, "episodes": [episode], "records": [record]}
    case = missingrules.case_of(data, [protocol])
    answers = [
        missingrules.evaluate([protocol], case, missingrules.instant_of(at))
        for at in ("2025-06-11T09:00:00+01:00", "2025-06-12T09:00:00+01:00")
    ]
    result = json.loads(missingrules.to_json(answers[1]))
    result["actions"] = result["actions"][::6]
    return missingrules.standings_of(answers[0]), result


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_spoilt_result_is_refused_or_told(data: st.DataObject) -> None:
    before, result = whole()
    spoilt = deepcopy(result)
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(data, spoilt)
    try:
        after = read_standings_text(json.dumps(spoilt))
    except missingrules.InvalidInput:
        return
    if after.case != before.case:
        return
    for found in (missingrules.changes(before, after), missingrules.changes(after, before)):
        as_text(changes_report(found))
        comma_bytes(changes_table(found))
        json.loads(missingrules.to_json(found))
        if found.after.as_of >= before.as_of and found.before == before.mark:
            assert missingrules.Tasks(after.case, before).apply(found).mark == after.mark


def _spoil(data: st.DataObject, node: Any) -> None:
    """Puts anything in the place of something, however deep."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            # A copy: another place may be spoilt within it.
            node[key] = deepcopy(data.draw(ANYTHING))
            return
        node = inner
