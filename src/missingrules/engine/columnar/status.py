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
    from missingrules.engine.columnar.world import World

STATUSES: Final = tuple(Status)
NOT_DECIDABLE, UPCOMING, MET, MET_LATE, CEASED, MISSED, AVAILABLE, DUE, OVERDUE = range(len(STATUSES))


class Standing(NamedTuple):
    """Obligations that are shown, and how they stand; FOREVER is no instant."""

    instances: Instances
    at: I64  # until when each is read
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
    done_at = np.where(found.open_act == FOREVER, found.discharged, FOREVER)
    return Standing(found, at, due, _status(found, due, as_of, may=duty.modality is MAY), done_at)


def due_of(world: World, duty: Duty, found: Instances, at: I64) -> Due:
    """When they are due, as things stand at an instant of each."""
    if found.fixed is not None:
        return Due(found.fixed, found.fixed)
    return due_at(world, duty.deadline, found.firings, at)


def _status(found: Instances, due: Due, as_of: int, *, may: bool) -> I8:
    low, high = due.low, due.high
    state, trigger = found.firings.state, found.firings.trigger
    still = np.where(as_of > high, OVERDUE, np.where((low < as_of) & (low != high), NOT_DECIDABLE, DUE))
    if may:
        still = np.full(len(found), AVAILABLE)
    status = np.where(found.closes_maybe <= as_of, NOT_DECIDABLE, still)
    ended = np.where(found.closes <= low, CEASED, np.where(found.closes_maybe > high, MISSED, NOT_DECIDABLE))
    ended = np.where(found.doubtful, NOT_DECIDABLE, ended)
    by_other = np.where(found.closes_maybe == found.closes, MISSED, NOT_DECIDABLE)
    ended = np.where(found.superseded, by_other, ended)
    status = np.where(found.closes <= as_of, ended, status)
    status = np.where(found.open_act < FOREVER, NOT_DECIDABLE, status)
    first = np.where(found.open_act < FOREVER, found.open_act, found.discharged)
    done = np.where(found.discharged <= low, MET, np.where(first > high, MET_LATE, NOT_DECIDABLE))
    status = np.where(found.discharged < FOREVER, done, status)
    status = np.where((state != FIRED) & (trigger > as_of), UPCOMING, status)
    return np.where(state == UNDECIDED, NOT_DECIDABLE, status).astype(np.int8)
