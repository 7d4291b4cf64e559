"""Invented caseloads as columns: as many children as wanted, the same for the same seed, a million in seconds.

Of looked-after children who go missing more than half do so three times or more, and of all episodes nine in ten are
over within two days; `tests/benchmarks/test_histories.py` holds it to that. `benchmarks/shapes.py` gives the same
caseload as cases and tables, `benchmarks/families/plain.py` as objects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.int32]  # since 1970-01-01
    Seconds = NDArray[np.int64]  # since 1970-01-01T00:00:00Z
    Codes = NDArray[np.int8]  # places in the lists below
    Numbers = NDArray[np.int32]
    Draw = np.random.Generator

# What has not happened, and a day that has not come.
FOREVER: Final = int(np.iinfo(np.int64).max)
NO_DAY: Final = int(np.iinfo(np.int32).max)

KINDS: Final = ("missing", "absent")
PLACES: Final = ("home", "care", "education")
RISKS: Final = ("low", "medium", "high")
ACTIONS: Final = (
    "strategy_meeting",
    "repeat_meeting",
    "planning_meeting",
    "risk_assessment",
    "prevention_interview",
    "return_interview",
    "review_placement",
    "update_plan",
)
OUTCOMES: Final = ("", "attempted", "declined")  # the first: none given, it was done

AS_OF: Final = int(datetime(2026, 1, 30, 12, 0, tzinfo=UTC).timestamp())
BEGINS: Final = int(datetime(2024, 12, 2, tzinfo=UTC).timestamp())

HOUR, DAY = 3600, 86400
# How often, from how many hours to how many: nine in ten are over within two days.
LASTED: Final = ((0.62, 1, 12), (0.28, 12, 47), (0.08, 48, 168), (0.02, 168, 700))
# How often, from how many episodes to how many, before those are left out that had not begun by `AS_OF`.
LOOKED_AFTER: Final = ((0.20, 1, 1), (0.15, 2, 2), (0.45, 3, 5), (0.20, 6, 14))
AT_HOME: Final = ((0.66, 1, 1), (0.20, 2, 2), (0.14, 3, 6))
# Hours from one return to the next start: now and then the same night, mostly days or weeks.
APART: Final = ((0.05, 1, 12), (0.45, 12, 240), (0.50, 240, 1600))
# What is done: the act, after which instant, how often, in how many hours.
DONE: Final = (
    ("strategy_meeting", "started", 0.30, 72),
    ("strategy_meeting", "started", 0.12, 200),
    ("repeat_meeting", "started", 0.20, 160),
    ("planning_meeting", "reported", 0.70, 60),
    ("risk_assessment", "started", 0.35, 90),
    ("prevention_interview", "returned", 0.80, 24),
    ("return_interview", "returned", 0.50, 72),
    ("return_interview", "returned", 0.35, 110),
    ("review_placement", "returned", 0.45, 140),
    ("update_plan", "returned", 0.25, 260),
)
# Of the acts with the child, some are tried in vain or refused.
IN_VAIN: Final = {"prevention_interview": 1, "return_interview": 2}


CHILDREN: Final = ("born", "care_from", "care_to")
EPISODES: Final = ("child", "kind", "place", "started", "reported", "returned", "risk", "exploitation")
RECORDS: Final = ("episode", "action", "outcome", "at")


@dataclass(frozen=True, slots=True)
class Caseload:
    """Children, the episodes of each in the order of their starts, the records of each episode in order of time.

    Instants are seconds since 1970 UTC, `FOREVER` where something has not happened; days are counted from 1970-01-01,
    `NO_DAY` where there is none. A child is a place in the columns of children, an episode one in those of episodes.
    """

    as_of: int
    # children
    born: Days
    care_from: Days  # inside; looked after before it: no
    care_to: Days  # outside
    # episodes
    child: Numbers
    kind: Codes
    place: Codes  # missing from
    started: Seconds
    reported: Seconds
    returned: Seconds
    risk: Codes  # as recorded when the child was reported
    exploitation: NDArray[np.bool_]
    # records
    episode: Numbers
    action: Codes
    outcome: Codes
    at: Seconds

    @property
    def children(self) -> int:
        return len(self.born)

    @property
    def episodes(self) -> int:
        return len(self.child)

    def part(self, start: int, stop: int) -> Caseload:
        """The children from one place to before another, with all of theirs, as a caseload of their own."""
        of, to = (int(at) for at in np.searchsorted(self.child, [start, stop]))
        since, until = (int(at) for at in np.searchsorted(self.episode, [of, to]))
        children, episodes, records = slice(start, stop), slice(of, to), slice(since, until)
        return Caseload(
            self.as_of,
            **{name: getattr(self, name)[children] for name in CHILDREN},
            child=self.child[episodes] - np.int32(start),
            **{name: getattr(self, name)[episodes] for name in EPISODES if name != "child"},
            episode=self.episode[records] - np.int32(of),
            **{name: getattr(self, name)[records] for name in RECORDS if name != "episode"},
        )

    def whole_hours(self) -> Caseload:
        """The same with every instant at a full hour, so that many things come at the very second of another."""

        def floor(instants: Seconds) -> Seconds:
            return np.where(instants == FOREVER, instants, instants // HOUR * HOUR)

        return replace(
            self,
            started=floor(self.started),
            reported=floor(self.reported),
            returned=floor(self.returned),
            at=floor(self.at),
        )


def made(children: int, seed: int = 1, as_of: int = AS_OF) -> Caseload:
    """An invented caseload of so many children, each with an episode at least; the same for the same seed."""
    draw = np.random.default_rng(seed)
    born, care_from, care_to = _people(children, draw)
    ever = care_from != NO_DAY
    many = np.where(ever, _drawn(LOOKED_AFTER, children, draw), _drawn(AT_HOME, children, draw))
    child = np.repeat(np.arange(children, dtype=np.int32), many)
    started, returned = _spans(child, many, as_of, draw)
    reported = started + (np.minimum((returned - started) / 4, 12 * HOUR) * draw.random(len(child))).astype(np.int64)
    # Of what nobody has reported yet nobody knows. The first of a child is always known.
    known = reported < as_of
    child, started, reported, returned = child[known], started[known], reported[known], returned[known]
    returned[returned > as_of] = FOREVER
    count = len(child)
    day = (started // DAY).astype(np.int32)
    in_care = (care_from[child] <= day) & (day < care_to[child])
    at_school = draw.random(count) < 0.03
    place = np.where(at_school, PLACES.index("education"), in_care).astype(np.int8)
    risk = draw.choice(len(RISKS), count, p=(0.3, 0.5, 0.2)).astype(np.int8)
    kind = (draw.random(count) < 0.1).astype(np.int8)
    exploitation = draw.random(count) < 0.07
    episode, action, outcome, at = _records(started, reported, returned, as_of, draw)
    columns = (child, kind, place, started, reported, returned, risk, exploitation, episode, action, outcome, at)
    return Caseload(as_of, born, care_from, care_to, *columns)


def _people(children: int, draw: Draw) -> tuple[Days, Days, Days]:
    """When each was born, and from when to when looked after: two in five never."""
    first = BEGINS // DAY
    born = (first - draw.integers(10 * 365, int(17.7 * 365), children)).astype(np.int32)
    dice = draw.random(children)
    # Most came into care before; some in these months, and of all some have left it.
    care_from = first + np.where(dice < 0.48, draw.integers(-900, 0, children), draw.integers(0, 400, children))
    care_from = np.where(dice < 0.6, care_from, NO_DAY).astype(np.int32)
    left = (draw.random(children) < 0.08) & (dice < 0.48)
    care_to = np.where(left, first + draw.integers(30, 400, children), NO_DAY).astype(np.int32)
    return born, care_from, care_to


def _spans(child: Numbers, many: Numbers, as_of: int, draw: Draw) -> tuple[Seconds, Seconds]:
    """Starts and returns, one episode of a child after the other."""
    count = len(child)
    lasted = _drawn(LASTED, count, draw) * HOUR + draw.integers(0, HOUR, count)
    apart = _drawn(APART, count, draw) * HOUR + draw.integers(0, HOUR, count)
    # Every child's first has been reported by `as_of`.
    first = draw.integers(BEGINS, as_of - 13 * HOUR, len(many))
    # Who goes missing often began earlier, so that most of it has been.
    first -= (np.minimum(many - 1, 8) / 8 * (first - BEGINS) * 0.7).astype(np.int64)
    heads = np.cumsum(many) - many
    tails = heads + many - 1
    steps = lasted + apart
    before = np.cumsum(steps) - steps
    # Of some the last goes on at `as_of`, a third of it or more gone.
    goes_on = draw.random(len(many)) < 0.03
    until_now = before[tails] - before[heads] + (lasted[tails] * draw.uniform(0.34, 0.99, len(many))).astype(np.int64)
    first = np.where(goes_on, as_of - until_now, first)
    started = first[child] + before - before[heads][child]
    return started, started + lasted


def _records(
    started: Seconds, reported: Seconds, returned: Seconds, as_of: int, draw: Draw
) -> tuple[Numbers, Codes, Codes, Seconds]:
    """Most acts in their time, some late, none after `as_of`."""
    since = {"started": started, "reported": reported, "returned": returned}
    rows: list[tuple[Numbers, Codes, Codes, Seconds]] = []
    for action, after, often, hours in DONE:
        found = np.flatnonzero((draw.random(len(started)) < often) & (since[after] <= as_of)).astype(np.int32)
        late = np.where(draw.random(len(found)) < 0.2, 3.0, 1.0)
        at = since[after][found] + (draw.random(len(found)) * late * hours * HOUR).astype(np.int64)
        vain = np.where(draw.random(len(found)) < 0.12, IN_VAIN.get(action, 0), 0).astype(np.int8)
        rows.append((found, np.full(len(found), ACTIONS.index(action), np.int8), vain, at))
    episode, action_, outcome, at = (np.concatenate(column) for column in zip(*rows, strict=True))
    known = at <= as_of
    order = np.lexsort((action_[known], at[known], episode[known]))
    return episode[known][order], action_[known][order], outcome[known][order], at[known][order]


def _drawn(table: tuple[tuple[float, int, int], ...], count: int, draw: Draw) -> NDArray[np.int64]:
    """Whole numbers, each from the row of a table on which the dice fall, both ends included."""
    often, low, high = (np.array(column) for column in zip(*table, strict=True))
    row = np.searchsorted(np.cumsum(often)[:-1], draw.random(count), side="right")
    return draw.integers(low[row], high[row], endpoint=True)
