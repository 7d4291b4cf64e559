"""One obligation in the making: a firing or an occurrence of a series, with its end and what discharged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from missingrules.engine.deadlines import Due, due_at

if TYPE_CHECKING:
    from missingrules.domain.clock import Instant
    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing
    from missingrules.engine.seen import Happening


@dataclass(slots=True)
class Instance:
    """One obligation before its status is read; duties that stand alike share it. Instants of FOREVER have not come."""

    firing: Firing
    occurrence: str
    opens: Instant  # acts count from here
    closes: Instant
    closes_maybe: Instant
    superseded: bool = False  # whether it was a superseding rule that closed it
    doubtful: bool = False  # whether one may have, before it closed
    fixed: Due | None = None  # of a series; otherwise the deadline is read
    discharged: Instant | None = None
    by: tuple[Happening, ...] = ()
    open_act: Happening | None = None  # a record that may be its discharge
    contested: bool = False  # whether an undecided firing, if it is one, takes that record
    covered: frozenset[str] = frozenset()

    @property
    def live(self) -> bool:
        return self.firing.state == "fired"

    def due(self, reader: Reader, duty: Duty, closes: Instant) -> Due:
        return self.fixed or due_at(reader, duty.deadline, self.firing, closes)


class End(NamedTuple):
    """When a firing ends, for certain and perhaps, and whether by a superseding rule."""

    certain: Instant
    maybe: Instant
    superseded: bool
    doubtful: bool = False  # whether an undecided rule may have superseded it before


def single(duty: Duty, firing: Firing, end: End) -> Instance:
    """The instance of a firing of a duty that does not repeat."""
    opens = firing.trigger
    if duty.counts_from == "started" and firing.place.episode:
        opens = min(opens, firing.place.episode.started)
    return Instance(firing, firing.occurrence, opens, *end)
