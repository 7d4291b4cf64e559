"""Many children's histories as columns: the cases of domain/case.py, one table for each kind of thing that they hold.

Instants are seconds since 1970 UTC; FOREVER stands for one that has not happened, OPEN for one that is not settled (a
date alone, or left out), NO_DAY for no date. Words stand once in a list, and rows hold their numbers: -1 is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.clock import FOREVER, Instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.case import Value
    from missingrules.engine.columnar.arrays import I32, I64, Bools

OPEN: Final = Instant(FOREVER - 1)
NO_DAY: Final = 0
NONE: Final = -1
NO_SUCH: Final = -2  # an episode that the child does not have


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """The values of one fact: of which child or episode (its row), and from when until when, BEFORE_ALL and FOREVER
    where there is no end on that side. In the order of their owners, and of one owner as the case has them."""

    of: I64
    start: I64
    end: I64
    value: I32
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What stands under one key of events or of records, by row: the number of a value, -1 where nothing does."""

    value: I32
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """In the order of their children, and of one child by start, then id."""

    child: I64
    id: Sequence[str]
    started: I64
    located: I64
    reported: I64
    returned: I64
    last_seen: I64
    facts: Mapping[str, Spans]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """In the order of their children, and of one child by instant, then id. `id` of one without is its instant."""

    child: I64
    name: I32
    names: tuple[str, ...]
    at: I64
    id: Sequence[str]
    episode: I64  # the row of the episode, NONE, or NO_SUCH
    fields: Mapping[str, Said]


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """In the order of their children, and of one child by instant, then id. Lists of roles and acts stand as one value,
    a tuple; `also_of` holds tuples of rows of episodes (NO_SUCH among them)."""

    child: I64
    action: I32
    actions: tuple[str, ...]
    at: I64
    id: Sequence[str]
    episode: I64
    also_of: Said
    included: Said
    outcome: Said
    about: Said
    method: Said
    by: Said
    to: Said
    with_: Said
    answers: Bools
    fields: Mapping[str, Said]


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Some children. `loose` says of which something is not settled that every protocol reads: a start, a return, the
    time of an event, a record or a grading."""

    case: Sequence[str]
    born: I64  # `date.toordinal`
    history_from: I64  # the same
    child: Mapping[str, Spans]
    plan: Mapping[str, Spans]
    episodes: Episodes
    events: Events
    records: Records
    meetings: Sequence[Mapping[str, tuple[Instant, ...]]]  # of each child
    loose: Bools

    def __len__(self) -> int:
        """How many children there are."""
        return len(self.case)

    def span(self) -> tuple[int, int]:
        """The earliest and the latest instant that stands in it; both 0 where there is none."""
        found: list[I64] = [self.events.at, self.records.at]
        e = self.episodes
        found += [e.started, e.located, e.reported, e.returned, e.last_seen]
        for spans in (*self.child.values(), *self.plan.values(), *e.facts.values()):
            found += [spans.start, spans.end]
        low = [int(one.min(initial=OPEN, where=one > -OPEN)) for one in found]
        high = [int(one.max(initial=-OPEN, where=one < OPEN)) for one in found]
        first, last = min(low, default=OPEN), max(high, default=-OPEN)
        return (0, 0) if first >= OPEN or last <= -OPEN else (first, last)
