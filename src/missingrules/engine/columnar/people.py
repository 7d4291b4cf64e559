"""By whom: the rows of a table of people as they hold at an instant, as bits; and what each set of rows says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People, PeopleRows, Role
from missingrules.engine.columnar.arrays import FALSE, TRUE, distinct

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.points import Points
    from missingrules.engine.columnar.world import World
    from missingrules.engine.people import Settled


def rows_at(who: PeopleRows, found: Firings, at: Points) -> I64:
    """Which rows may hold, as bits: all up to the first that does. `at`: the firings, each at an instant."""
    points = found.points if who.at_firing else at
    bits, decided = np.zeros(len(found), np.int64), np.zeros(len(found), np.bool_)
    for n, row in enumerate(who.rows):
        holds = points.each(points.truth(row.condition))
        bits |= np.where(~decided & (holds != FALSE), 1 << n, 0)
        decided |= holds == TRUE
    return bits


def said_by(who: PeopleRows, bits: int) -> tuple[Settled, Citations]:
    """Whom a set of rows names, and their paragraphs."""
    rows = [row for n, row in enumerate(who.rows) if bits >> n & 1]
    possible = list(dict.fromkeys(row.people for row in rows))
    cited = tuple(dict.fromkeys(c for row in rows for c in row.citations))
    if not possible:
        return NOT_STATED, ()
    if len(possible) == 1:
        return possible[0], cited
    return Undecided(tuple(p for p in possible if isinstance(p, People)), silent=NOT_STATED in possible), cited


def people(
    world: World, who: WhoEver | None, found: Firings, at: Points
) -> tuple[I64 | None, dict[int, tuple[Settled, Citations]]]:
    """Who it is of each firing, as numbers of options (None: the same for all, number 0), and the options."""
    if isinstance(who, PeopleRows):
        bits = rows_at(who, found, at)
        several = distinct(bits)
        return np.searchsorted(several, bits), {n: said_by(who, one) for n, one in enumerate(several)}
    if isinstance(who, People) and who.mode == "record_by":
        records = world.stood.histories.records
        numbers = np.full(len(found), -1, np.int64)
        if found.happened is not None and found.acts is not None:
            rows = np.flatnonzero(found.acts & (found.happened >= 0))
            numbers[rows] = records.by.value[world.stood.acts.source[found.happened[rows]]]
        return numbers, {
            n: (_named(world.protocol, records.by.values[n] if n >= 0 else ()), ()) for n in distinct(numbers)
        }
    return None, {0: (who, ())}


def _named(protocol: Protocol, by: tuple[str, ...]) -> Settled:
    named = tuple(protocol.roles.get(r) or Role(r, r.replace("_", " "), None, None) for r in by)
    return People("all", named) if named else NOT_STATED
