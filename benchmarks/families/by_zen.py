"""zen-engine: one decision graph, compiled once, asked of every episode in batches.

Counts, dates and working days are a host's to supply, and are worked out as columns; what arises, how it stands, who
chairs and which paragraphs say so is decided by tables.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import zen

from benchmarks.families.dates import Dates, birthdays
from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, DAY, FOREVER, KINDS, PLACES, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

NEVER: Final = 10**12
BATCH: Final = 2000
GRAPH: Final = "families"
SERVICE_MANAGER: Final = CHAIRS.index("service_manager")

# What an episode may set off: when it arises, by field; the trigger; the limit; when it ends; from when acts count.
_MISSING, _BACK, _COUNTED = {"missing": "true"}, {"back": "true"}, {"counted": "true"}
_FOUND = {**_MISSING, **_BACK}
_OWED: Final[tuple[tuple[str, str, dict[str, str], dict[str, str]], ...]] = (
    ("third-episode", "repeat_meeting", {**_COUNTED, "count": "3", "adult_at - started": "> 0"},
     {"triggered": "started", "due": "started_in_5", "chair": "team_manager", "cited": "2.2"}),
    ("fifth-episode", "strategy_meeting", {**_COUNTED, "count": "5", "adult_at - started": "> 0"},
     {"triggered": "started", "due": f"started + {3 * DAY}", "chair": "team_manager", "cited": "2.3", "in_care": "1"}),
    ("ninth-episode", "strategy_meeting", {**_COUNTED, "count": "9", "adult_at - started": "> 0"},
     {"triggered": "started", "due": "started_in_2", "chair": "assistant_director", "cited": "2.5"}),
    ("missing-a-day", "strategy_meeting",
     {**_MISSING, "returned - started": f">= {DAY}", "adult_at - started": f"> {DAY}"},
     {"triggered": f"started + {DAY}", "due": f"started + {2 * DAY}", "chair": "team_manager", "cited": "3.1",
      "ends": "returned", "since": "started"}),
    ("missing-two-days", "risk_assessment",
     {**_MISSING, "returned - started": f"> {2 * DAY}", "adult_at - started": f"> {2 * DAY + 1}"},
     {"triggered": f"started + {2 * DAY + 1}", "due": str(NEVER), "cited": "3.5", "ends": "returned"}),
    ("missing-three-days", "strategy_meeting",
     {**_MISSING, "returned - started": f">= {3 * DAY}", "adult_at - started": f"> {3 * DAY}"},
     {"triggered": f"started + {3 * DAY}", "due": f"started + {4 * DAY}", "chair": "team_manager", "cited": "3.2",
      "ends": "returned", "in_care": "1"}),
    ("missing-a-week", "strategy_meeting", {**_MISSING, "returned - week": ">= 0", "adult_at - week": "> 0"},
     {"triggered": "week", "due": "week_in_2", "chair": "assistant_director", "cited": "3.4", "ends": "returned"}),
    ("planning-meeting", "planning_meeting",
     {**_MISSING, "risk": str(RISKS.index("high")), "adult_at - reported": "> 0"},
     {"triggered": "reported", "due": f"reported + {DAY}", "chair": "team_manager", "cited": "4.1; 4.2",
      "in_care": "2"}),
    ("planning-meeting", "planning_meeting",
     {**_MISSING, "risk": f"< {RISKS.index('high')}", "adult_at - reported": "> 0"},
     {"triggered": "reported", "due": f"reported + {3 * DAY}", "chair": "team_manager", "cited": "4.1",
      "in_care": "2"}),
    ("prevention-check", "prevention_interview", {**_FOUND, "adult_at - returned": "> 0"},
     {"triggered": "returned", "due": f"returned + {DAY}", "cited": "4.4"}),
    ("return-interview", "return_interview", {**_BACK, "adult_at - returned": "> 0"},
     {"triggered": "returned", "due": f"returned + {3 * DAY}", "cited": "4.5"}),
    ("placement-review", "review_placement",
     {**_FOUND, "adult_at - returned": "> 0", "returned - care_since": ">= 0", "care_until - returned": "> 0"},
     {"triggered": "returned", "due": "returned_in_5", "chair": "reviewing_officer", "cited": "4.6"}),
    ("plan-update", "update_plan", {**_FOUND, "adult_at - returned": "> 0"},
     {"triggered": "returned", "due": "returned_in_10", "cited": "4.7", "may": "true"}),
)  # fmt: skip

# How it stands: the first row that holds.
_STANDS: Final[tuple[tuple[dict[str, str], str], ...]] = (
    ({"triggered - as_of": "> 0"}, "upcoming"),
    ({"done": f"< {NEVER}", "due - done": ">= 0"}, "met"),
    ({"done": f"< {NEVER}"}, "met_late"),
    ({"ends": f"< {NEVER}", "due - ends": ">= 0"}, "ceased"),
    ({"ends": f"< {NEVER}"}, "missed"),
    ({"may": "true"}, "available"),
    ({"as_of - due": "> 0"}, "overdue"),
    ({}, "due"),
)
_FLOORS: Final = (
    ({"exploitation": "true"}, "high"),
    ({"recent": ">= 5", "cared_for": "true"}, "high"),
    ({"recent": ">= 3"}, "medium"),
    ({"cared_for": "true"}, "medium"),
    ({"thirteen_at - as_of": "> 0"}, "medium"),
)


def _table(
    name: str, rows: list[tuple[dict[str, str], dict[str, str]]], hit: str, path: str = "", **more: object
) -> dict[str, Any]:
    """A decision table whose columns are the fields that its rows test, and those that they give."""
    tested = list(dict.fromkeys(field for tests, _ in rows for field in tests))
    given = list(dict.fromkeys(field for _, gives in rows for field in gives))
    return {
        "id": name,
        "name": name,
        "type": "decisionTableNode",
        "position": {"x": 0, "y": 0},
        "content": {
            "hitPolicy": hit,
            "inputs": [{"id": f"i{at}", "name": field, "field": field} for at, field in enumerate(tested)],
            "outputs": [{"id": f"o{at}", "name": field, "field": field} for at, field in enumerate(given)],
            "rules": [
                {
                    "_id": f"{name}-{number}",
                    **{f"i{at}": tests.get(field, "") for at, field in enumerate(tested)},
                    **{f"o{at}": gives.get(field, "") for at, field in enumerate(given)},
                }
                for number, (tests, gives) in enumerate(rows)
            ],
            "passThrough": True,
            "executionMode": "single",
            "outputPath": path or None,
            "inputField": None,
            **more,
        },
    }


def graph() -> dict[str, Any]:
    """The paper as a decision graph."""
    owed = [
        (
            tests,
            {
                "rule": str(RULES.index(rule)),
                "acts": f"acts.{action}",
                "triggered": gives["triggered"],
                "since": gives.get("since", gives["triggered"]),
                "due": gives["due"],
                "ends": gives.get("ends", str(NEVER)),
                "may": gives.get("may", "false"),
                "chair": str(CHAIRS.index(gives.get("chair", ""))),
                "cited": str(PARAGRAPHS.index(gives["cited"])),
                "in_care": gives.get("in_care", "0"),
                "as_of": "as_of",
                "care_since": "care_since",
                "care_until": "care_until",
            },
        )
        for rule, action, tests, gives in _OWED
    ]
    asked = {"missing": "true", "adult_at - as_of": "> 0"}
    floors = [({**asked, **tests}, {"floor": str(RISKS.index(level))}) for tests, level in _FLOORS]
    stands = [(tests, {"status": str(STATUSES.index(status))}) for tests, status in _STANDS]
    kept = {name: name for name in ("rule", "status", "triggered", "due")}
    chairs = [
        ({"in_care": "> 0", "read_at - care_since": ">= 0", "care_until - read_at": "> 0"},
         {**kept, "chaired_by": str(SERVICE_MANAGER), "paragraphs": "cited + in_care"}),
        ({}, {**kept, "chaired_by": "chair", "paragraphs": "cited"}),
    ]  # fmt: skip
    loop = {"inputField": "owed", "executionMode": "loop"}
    done = {
        "id": "done",
        "name": "done",
        "type": "expressionNode",
        "position": {"x": 0, "y": 0},
        "content": {
            "expressions": [
                {"id": "d1", "key": "counted", "value": "filter(acts, # >= since and # <= ends and # <= as_of)"},
                {"id": "d2", "key": "done", "value": f"len($.counted) > 0 ? $.counted[0] : {NEVER}"},
                {"id": "d3", "key": "read_at",
                 "value": "triggered > as_of ? triggered : min([$.done, ends, as_of])"},
            ],
            "passThrough": True,
            "outputPath": "owed",
            **loop,
        },
    }  # fmt: skip
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        _table("owed", owed, "collect", "owed"),
        done,
        _table("stands", stands, "first", "owed", **loop),
        _table("chairs", chairs, "first", "owed", **{**loop, "passThrough": False}),
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}},
    ]
    chain = [str(node["id"]) for node in nodes]
    ways = [*pairwise(chain), ("in", "floors"), ("floors", "out")]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in ways]
    return {"nodes": [*nodes, _table("floors", floors, "first", passThrough=False)], "edges": edges}


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    """An engine with the compiled graph."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {GRAPH: graph()}}})
    return lambda caseload: answer(engine, caseload, calendar)


def answer(engine: zen.ZenEngine, caseload: Caseload, calendar: Calendar) -> Rows:
    """Every obligation and every floor of the caseload."""
    obligations: list[tuple[int, ...]] = []
    floors: list[tuple[int, ...]] = []
    child, risk = caseload.child.tolist(), caseload.risk.tolist()
    requests: list[Any] = []
    begun = 0
    for context in contexts(caseload, calendar):
        requests.append({"key": GRAPH, "context": context})
        if len(requests) == BATCH or begun + len(requests) == len(child):
            for number, said in enumerate(engine.evaluate_batch(requests), begun):
                if not said["success"]:
                    raise RuntimeError(f"episode {number}: {said['error']}")
                found = said["data"]["result"]
                for one in found["owed"]:
                    due = FOREVER if one["due"] == NEVER else one["due"]
                    obligations.append((child[number], number, one["rule"], 1, one["status"], one["triggered"], due,
                                        one["chaired_by"], one["paragraphs"]))  # fmt: skip
                if found.get("floor") is not None:
                    floors.append((child[number], number, max(found["floor"], risk[number])))
            begun += len(requests)
            requests = []
    return Rows.of(obligations, floors)


def contexts(caseload: Caseload, calendar: Calendar) -> Iterator[dict[str, Any]]:
    """What the graph is asked of each episode."""
    dates = Dates(calendar, int(caseload.started.min()), caseload.as_of)
    child, as_of = caseload.child, caseload.as_of
    missing = caseload.kind == KINDS.index("missing")
    counted = missing & (caseload.place != PLACES.index("education"))
    day, today = dates.of(caseload.started), int(dates.of(np.array([as_of]))[0])
    recent = np.bincount(child[counted & (day > today - 90)], minlength=caseload.children)
    care_since, care_until = dates.midnight(caseload.care_from), dates.midnight(caseload.care_to)
    week = dates.week_after(caseload.started)
    back = caseload.returned != FOREVER
    back_on, week_on = dates.of(np.where(back, caseload.returned, as_of)), dates.of(week)
    columns = {
        "missing": missing,
        "counted": counted,
        "count": _counts(child, counted, day),
        "started": caseload.started,
        "reported": caseload.reported,
        "returned": np.minimum(caseload.returned, NEVER),
        "back": back,
        "week": week,
        "risk": caseload.risk,
        "exploitation": caseload.exploitation,
        "adult_at": np.minimum(dates.midnight(birthdays(caseload.born, 18)), NEVER)[child],
        "thirteen_at": np.minimum(dates.midnight(birthdays(caseload.born, 13)), NEVER)[child],
        "care_since": np.minimum(care_since, NEVER)[child],
        "care_until": np.minimum(care_until, NEVER)[child],
        "cared_for": ((care_since <= as_of) & (as_of < care_until))[child],
        "recent": recent[child],
        "started_in_2": dates.working_days_after(day, 2),
        "started_in_5": dates.working_days_after(day, 5),
        "returned_in_5": dates.working_days_after(back_on, 5),
        "returned_in_10": dates.working_days_after(back_on, 10),
        "week_in_2": dates.working_days_after(week_on, 2),
    }
    done = np.flatnonzero(caseload.outcome == 0)
    of, action, at = caseload.episode[done].tolist(), caseload.action[done].tolist(), caseload.at[done].tolist()
    place, last = 0, len(of)
    for number, values in enumerate(zip(*(column.tolist() for column in columns.values()), strict=True)):
        acts: dict[str, list[int]] = {name: [] for name in ACTIONS}
        while place < last and of[place] == number:
            acts[ACTIONS[action[place]]].append(at[place])
            place += 1
        yield {**dict(zip(columns, values, strict=True)), "acts": acts, "as_of": as_of}


def _counts(child: Any, counted: Any, day: Any) -> Any:
    """How many of the child's there are in the 90 days that end with each, itself included."""
    many = np.zeros(len(child), np.int64)
    here = np.flatnonzero(counted)
    spread = child[here] * np.int64(100_000) + day[here]
    many[here] = np.arange(len(here)) - np.searchsorted(spread, spread - 90, side="right") + 1
    return many
