"""Invented children of whom much is spoilt: facts that nobody gives, gradings that come late, acts of any kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.caseload import YEAR
from missingrules.domain.rules import Duty
from missingrules.domain.triggers import OnEvent, triggers_of
from missingrules.reading.loading import load_protocols

if TYPE_CHECKING:
    import random

NAMES = ("barnet", "buckinghamshire", "national_framework", "northamptonshire", "staffordshire")
PAPERS = load_protocols(*NAMES)
EVERY = [one for paper in PAPERS for family in paper.families for found in family.variants.values() for one in found]
DUTIES = [one for one in EVERY if isinstance(one, Duty)]
ACTS = sorted({one.action for one in DUTIES})
EVENTS = sorted({t.event for one in DUTIES for t in triggers_of(one.trigger) if isinstance(t, OnEvent)})
ROLES = sorted({role for paper in PAPERS for role in paper.roles})


def spoilt(data: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The same child with facts left out or known late, acts of no episode, and a history that begins late."""
    child = {name: value for name, value in data["child"].items() if draw.random() < 0.6}
    if draw.random() < 0.4:
        since = (YEAR + timedelta(days=draw.randrange(200))).date().isoformat()
        child["looked_after"] = [{"value": draw.random() < 0.5, "from": since}]
    episodes = [_spoilt_episode(one, draw) for one in data["episodes"]]
    if draw.random() < 0.4:
        episodes[-1] |= {"returned_at": None, "located_at": None}
    records = [{n: v for n, v in one.items() if n != "episode" or draw.random() < 0.6} for one in data["records"]]
    for number in range(draw.randrange(6)):
        more = {"id": f"X{number}", "action": draw.choice(ACTS), **_some_time(episodes, draw)}
        said = {
            "to": draw.sample(ROLES, draw.randrange(3)),
            "with": draw.sample(ROLES, 1),
            "outcome": draw.choice(("attempted", "considered", "for", "agreed", "held")),
        }
        records.append(more | {name: value for name, value in said.items() if draw.random() < 0.25})
    events = [{"event": draw.choice(EVENTS), **_some_time(episodes, draw)} for _ in range(draw.randrange(3))]
    made = {**data, "child": child, "episodes": episodes, "records": records, "events": events}
    if draw.random() < 0.3:
        before = timedelta(days=draw.choice((0, 10, 60, 200, 4000)))
        made["history_from"] = (datetime.fromisoformat(episodes[0]["started_at"]) - before).date().isoformat()
    return made


def _spoilt_episode(given_: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    made = {n: v for n, v in given_.items() if n not in ("kind", "missing_from", "risk") or draw.random() < 0.7}
    started = datetime.fromisoformat(made["started_at"])
    made |= {name: None for name in ("reported_at", "located_at") if draw.random() < 0.3}
    if "risk" in made and draw.random() < 0.4:
        made["risk"] = [{"value": draw.choice(("low", "medium", "high")), "at": _after(started, 400, draw)}]
    if draw.random() < 0.4:
        made["serious_concerns"] = draw.choice((True, False, [{"value": True, "at": _after(started, 100, draw)}]))
    return made


def _some_time(episodes: list[dict[str, Any]], draw: random.Random) -> dict[str, Any]:
    of = draw.choice(episodes)
    at_ = {"at": _after(datetime.fromisoformat(of["started_at"]), 300, draw)}
    return {**at_, "episode": of["id"]} if draw.random() < 0.6 else at_


def _after(start: datetime, hours: int, draw: random.Random) -> str:
    return (start + timedelta(minutes=draw.randrange(1, 60 * hours))).isoformat()
