"""Obligations of one duty in the making: each firing, or occurrence of a series, with its end and its discharge."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.arrays import spread
from missingrules.engine.columnar.firing import FIRED

if TYPE_CHECKING:
    from missingrules.engine.columnar.arrays import I64, Bools, Numbers
    from missingrules.engine.columnar.firing import Firings


class End(NamedTuple):
    """When firings end, for certain and perhaps, and whether by a superseding rule."""

    certain: I64
    maybe: I64
    superseded: Bools
    doubtful: Bools  # whether an undecided rule may have superseded it before


@dataclass(frozen=True, eq=False)
class Instances:
    """Obligations before their status is read, in order of subject; FOREVER is an instant that has not come."""

    firings: Firings
    opens: I64  # acts count from here
    closes: I64
    closes_maybe: I64
    superseded: Bools
    doubtful: Bools
    fixed: I64 | None  # the due instants of a series
    discharged: I64
    open_act: I64  # when an act was recorded that may be its discharge

    given: bool = False  # whether any act was given to any of them
    open_row: I64 | None = None  # which of all acts `open_act` is; FOREVER where none is
    contested: Bools | None = None  # whether an undecided firing, if it is one, takes that act

    def __len__(self) -> int:
        return len(self.firings)

    @property
    def live(self) -> Bools:
        return self.firings.state == FIRED

    def taken(self, which: Numbers) -> Instances:
        """Some of them."""
        part: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "firings"}
        return Instances(
            self.firings.taken(which),
            **{name: value[which] if isinstance(value, np.ndarray) else value for name, value in part.items()},  # type: ignore[arg-type]
        )

    def read_at(self, as_of: int) -> I64:
        """Until when it is read: its firing still to come, its discharge, its end, or `as_of`."""
        trigger = self.firings.trigger
        closed = np.minimum(self.closes, as_of)
        if self.given:
            closed = np.where(self.discharged < FOREVER, self.discharged, closed)
        ahead = trigger > as_of
        return np.where(ahead, trigger, closed) if ahead.any() else closed


def singles(found: Firings, opens: I64, end: End) -> Instances:
    """One obligation for each firing."""
    never = spread(np.int64(FOREVER), len(found))
    return Instances(
        found, opens, end.certain, end.maybe, end.superseded, end.doubtful, None, discharged=never, open_act=never
    )


def ended(found: Firings) -> End:
    """As their `until` says."""
    none = spread(np.False_, len(found))
    return End(found.until, found.until_maybe, none, none)
