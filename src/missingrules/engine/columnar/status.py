"""How obligations stand: engine/status.py over columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Status
from missingrules.engine.columnar.deadlines import Due, due_at
from missingrules.engine.columnar.firing import FIRED, UNDECIDED
from missingrules.engine.status import MAY

if TYPE_CHECKING:
    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.arrays import I8, I64
    from missingrules.engine.columnar.owed import Instances
    from missingrules.engine.columnar.points import Points
    from missingrules.engine.columnar.world import World

STATUSES: Final = tuple(Status)
NOT_DECIDABLE, UPCOMING, MET, MET_LATE, CEASED, MISSED, AVAILABLE, DUE, OVERDUE = map(np.int8, range(len(STATUSES)))


class Standing(NamedTuple):
    """Obligations that are shown, and how they stand; FOREVER is no instant."""

    instances: Instances
    at: Points  # until when each is read
    due: Due
    status: I8
    done_at: I64


def stand(world: World, duty: Duty, found: Instances) -> Standing:
    """The obligations that have arisen, or will before the horizon, and how they stand."""
    as_of, trigger = world.stood.as_of, found.firings.trigger
    shown = (trigger <= as_of) | ((trigger <= found.closes) & (trigger <= world.horizon))
    if not shown.all():
        found = found.taken(np.flatnonzero(shown))
    at = found.read_at(as_of)
    due = due_of(world, duty, found, at)
    done_at = np.where(found.open_act == FOREVER, found.discharged, FOREVER) if found.given else found.discharged
    firings = found.firings
    return Standing(
        found, firings.reader.at(firings.rows, at), due, _status(found, due, as_of, may=duty.modality is MAY), done_at
    )


def due_of(world: World, duty: Duty, found: Instances, at: I64) -> Due:
    """When they are due, as things stand at an instant of each."""
    if found.fixed is not None:
        return Due(found.fixed, found.fixed, some=True)
    return due_at(world, duty.deadline, found.firings, at)


def _status(found: Instances, due: Due, as_of: int, *, may: bool) -> I8:
    low, high = due.low, due.high
    state, trigger = found.firings.state, found.firings.trigger
    status: I8 = np.full(len(found), AVAILABLE if may else DUE, np.int8)
    if not may and due.some:
        status[as_of > high] = OVERDUE
        if low is not high:
            status[(as_of <= high) & (low < as_of) & (low != high)] = NOT_DECIDABLE
    if found.closes_maybe is not found.closes:
        status[found.closes_maybe <= as_of] = NOT_DECIDABLE
    over = np.flatnonzero(found.closes <= as_of)
    if len(over):
        status[over] = _ended(found.taken(over), low[over], high[over])
    if found.given:
        status[found.open_act < FOREVER] = NOT_DECIDABLE
        done = np.flatnonzero(found.discharged < FOREVER)
        first = np.minimum(found.open_act, found.discharged)[done]
        first = np.where(found.open_act[done] < FOREVER, found.open_act[done], first)
        late = np.where(first > high[done], MET_LATE, NOT_DECIDABLE)
        status[done] = np.where(found.discharged[done] <= low[done], MET, late)
    ahead = trigger > as_of
    if ahead.any():
        status[ahead & (state != FIRED)] = UPCOMING
    status[state == UNDECIDED] = NOT_DECIDABLE
    return status


def _ended(found: Instances, low: I64, high: I64) -> I8:
    """Of those that ended undone."""
    ended = np.where(found.closes <= low, CEASED, np.where(found.closes_maybe > high, MISSED, NOT_DECIDABLE))
    ended = np.where(found.doubtful, NOT_DECIDABLE, ended)
    by_other = np.where(found.closes_maybe == found.closes, MISSED, NOT_DECIDABLE)
    return np.where(found.superseded, by_other, ended)
