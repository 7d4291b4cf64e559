"""What protocols ask for many children, as columns; what columns do not express is answered by the evaluator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.domain.clock import Length, Unit
from missingrules.engine.columnar.days import days_of
from missingrules.engine.columnar.histories import NO_DAY, OPEN
from missingrules.engine.columnar.solve import Found, Solver
from missingrules.engine.columnar.stood import Stood
from missingrules.engine.plan import plan_of, provisions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.arrays import Bools
    from missingrules.engine.columnar.days import Days
    from missingrules.engine.columnar.histories import Histories


# Why a child is left: of these loose.py makes worlds.
OPEN_TIMES: Final = "a time of day is not known"


@dataclass(frozen=True, eq=False)
class Answered:
    """What one protocol asks for some children. `children`: those who are left to the evaluator, with the reasons."""

    protocol: Protocol
    stood: Stood
    found: Found
    left: Bools  # of each child whether it is
    solver: Solver  # what asking.py asks further


def answered(
    protocol: Protocol,
    histories: Histories,
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    stood: Stood | None = None,
) -> Answered:
    """One protocol and many children. `stood` saves working out again what several protocols share."""
    clock = protocol.clock
    stood = stood or Stood(histories, as_of, days_for(histories, as_of, protocol))
    horizon = clock.after(as_of, Length(horizon_days, Unit.DAY))
    provisions = provisions_of(protocol, protocol.options(readings or {}))
    solver = Solver(protocol, provisions, stood, horizon)
    found = solver.solve()
    reasons = {"two values of a fact at once": stood.tangled, OPEN_TIMES: _loose(protocol, stood)}
    reasons |= {"a record that says which duty it answers": _answering(stood)}
    children = {**{why: flags for why, flags in reasons.items() if flags.any()}, **found.children}
    left = np.zeros(stood.children, np.bool_)
    for flags in children.values():
        left |= flags
    return Answered(protocol, stood, replace(found, children=children), left, solver)


def days_for(histories: Histories, as_of: Instant, protocol: Protocol) -> Days:
    """The dates that these histories may reach."""
    low, high = histories.span()
    years = [datetime.fromtimestamp(t, UTC).year for t in (low, high, as_of) if t]
    supplied = histories.history_from[histories.history_from > NO_DAY]
    if len(supplied):
        years.append(date.fromordinal(int(supplied.min())).year)
    return days_of(protocol.clock, min(years) - 2, max(years) + 2)


def _loose(protocol: Protocol, stood: Stood) -> Bools:
    """The children of whom an instant is not settled that a rule may read."""
    found = stood.histories.loose.copy()
    given = stood.histories.episodes
    for name in plan_of(protocol).instants:
        at = getattr(given, name, None)
        if at is not None:
            found[given.child[at == OPEN]] = True
    return found


def _answering(stood: Stood) -> Bools:
    found = np.zeros(stood.children, np.bool_)
    found[stood.histories.records.child[stood.histories.records.answers]] = True
    return found
