"""Caseloads written out: a child with its episodes, and what was done of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES
from benchmarks.histories import ACTIONS, FOREVER, KINDS, NO_DAY, OUTCOMES, PLACES, RISKS, Caseload

if TYPE_CHECKING:
    from benchmarks.families.words import Rows


@dataclass(frozen=True)
class Act:
    action: str
    at: str
    outcome: str = ""


@dataclass(frozen=True)
class Time:
    """A time missing or absent."""

    started: str
    reported: str
    returned: str | None = None
    acts: tuple[Act, ...] = ()
    kind: str = "missing"
    place: str = "home"
    risk: str = "low"
    exploitation: bool = False


@dataclass(frozen=True)
class Child:
    """`care`: looked after from inside, to outside."""

    episodes: tuple[Time, ...]
    born: str = "2010-05-05"
    care: tuple[str, str | None] | None = None


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def caseload_of(as_of: str, *children: Child) -> Caseload:
    episodes = [(number, each) for number, child in enumerate(children) for each in child.episodes]
    acts = [
        (number, act)
        for number, (_, each) in enumerate(episodes)
        for act in sorted(each.acts, key=lambda a: seconds(a.at))
    ]
    care = [child.care or (None, None) for child in children]
    return Caseload(
        as_of=seconds(as_of),
        born=_days([child.born for child in children]),
        care_from=_days([since for since, _ in care]),
        care_to=_days([until for _, until in care]),
        child=np.array([number for number, _ in episodes], np.int32),
        kind=np.array([KINDS.index(each.kind) for _, each in episodes], np.int8),
        place=np.array([PLACES.index(each.place) for _, each in episodes], np.int8),
        started=np.array([seconds(each.started) for _, each in episodes], np.int64),
        reported=np.array([seconds(each.reported) for _, each in episodes], np.int64),
        returned=np.array([seconds(each.returned) if each.returned else FOREVER for _, each in episodes], np.int64),
        risk=np.array([RISKS.index(each.risk) for _, each in episodes], np.int8),
        exploitation=np.array([each.exploitation for _, each in episodes], bool),
        episode=np.array([number for number, _ in acts], np.int32),
        action=np.array([ACTIONS.index(act.action) for _, act in acts], np.int8),
        outcome=np.array([OUTCOMES.index(act.outcome) for _, act in acts], np.int8),
        at=np.array([seconds(act.at) for _, act in acts], np.int64),
    )


def _days(written: list[str | None] | list[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    first = date(1970, 1, 1)
    days = [NO_DAY if text is None else (date.fromisoformat(text) - first).days for text in written]
    return np.array(days, np.int32)


Expected = tuple[int, str, str, str, str | None, str, str]


def coded(rows: list[Expected]) -> set[tuple[int | str, ...]]:
    """Expected rows, with instants as seconds."""
    return {
        (episode, rule, status, seconds(triggered), FOREVER if due is None else seconds(due), chair, cited)
        for episode, rule, status, triggered, due, chair, cited in rows
    }


def said(rows: Rows, rules: tuple[str, ...] = RULES) -> set[tuple[int | str, ...]]:
    """What came out of these rules, in the same form."""
    found = zip(
        rows.episode, rows.rule, rows.status, rows.triggered, rows.due, rows.chair, rows.paragraphs, strict=True
    )
    return {
        (int(e), RULES[r], STATUSES[s], int(t), int(d), CHAIRS[c], PARAGRAPHS[p])
        for e, r, s, t, d, c, p in found
        if RULES[r] in rules
    }


def floors(rows: Rows) -> dict[int, str]:
    found = zip(rows.floor_episode, rows.floor_risk, strict=True)
    return {int(episode): RISKS[risk] for episode, risk in found}
