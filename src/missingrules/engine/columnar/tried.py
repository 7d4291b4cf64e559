"""What is tried of children whose instants are not settled: engine/worlds.py, its choices as rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.gather import histories_of
from missingrules.engine.columnar.histories import OPEN
from missingrules.engine.columnar.needs import facts_of
from missingrules.engine.plan import parts_of, plan_of
from missingrules.engine.seen import CASE_NAMES, clock_key
from missingrules.engine.worlds import begun, choices_of, open_instants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.histories import Histories
    from missingrules.engine.plan import Provisions
    from missingrules.engine.worlds import Open, Spot


class Column(NamedTuple):
    """Where open instants stand: a table of `Histories`, and its column, or the name of a fact or field."""

    table: str  # episodes, facts, child, plan, events, fields, records
    name: str


class Settings(NamedTuple):
    """What stands in one column in some worlds: the row of the table, and the instant."""

    world: I64
    row: I64
    value: I64


@dataclass(frozen=True, eq=False)
class Tried:
    """Some children, and the worlds of each, one child's after the other's and in the order in which they are tried.

    `settings`: by column what stands there; what is not named for a world stands as in `first`.
    """

    histories: Histories  # without what had not begun; its open instants stand for nothing
    child: I64  # of each world
    first: dict[Column, Settings]  # of all worlds of a child; `world` is the child
    settings: dict[Column, Settings]
    unnamed: Bools  # of each event whether its name is its instant
    place: I64  # of each episode its place in the case
    is_open: Bools  # of each child whether anything is open

    @property
    def worlds(self) -> I64:
        """How many each child has."""
        return np.bincount(self.child, minlength=len(self.histories))


def tried(
    protocol: Protocol,
    provisions: Provisions,
    cases: Sequence[Case],
    as_of: Instant,
    graded: Callable[[str], bool],
) -> Tried:
    """Every way in which each of these children's histories may have been, before any is left out.

    Of ways that differ in nothing that these provisions read the first stands for all.
    """
    plan, clock = plan_of(protocol), protocol.clock
    seen = [begun(case, as_of, clock) for case in cases]
    histories = histories_of(seen, clock, graded)
    rows, reads = _Rows(histories), Reads(protocol, provisions)
    making = _Making()
    unnamed, place, is_open = [], [], []
    for number, case in enumerate(seen):
        open_ = open_instants(case, as_of, clock, protocol.words, plan.instants, plan.lengths)
        of_case = rows.of(number, case, clock)
        unnamed += of_case.unnamed
        place += of_case.places
        is_open.append(bool(open_))
        at = [of_case.at(one.spot) for one in open_]
        making.add(number, open_, at, [reads.has(case, one.spot) for one in open_])
    return Tried(
        histories, making.children(), making.first(), making.others(),
        np.array(unnamed, np.bool_), np.array(place, np.int64), np.array(is_open, np.bool_),
    )  # fmt: skip


class Reads:
    """What some provisions read of a case. What they nowhere name may have been at any time."""

    def __init__(self, protocol: Protocol, provisions: Provisions) -> None:
        self._facts = facts_of(protocol, provisions)
        every = (provisions.duties.values(), provisions.conclusions, provisions.prohibitions, protocol.scope)
        self._names = {name for part in parts_of(tuple(map(_whole, every))) for name in _texts(part)}
        for action in self._names & set(protocol.words.actions):
            self._names |= set(protocol.words.actions[action].also)

    def has(self, case: Case, spot: Spot) -> bool:
        """Whether it may matter when this was. The order of an episode's own instants always does."""
        if spot.part == "records":
            record = case.records[spot.item]
            return not self._names.isdisjoint((record.action, *record.included))
        if spot.part == "events":
            return case.events[spot.item].event in self._names
        if spot.sub < 0:
            return True
        name = f"{spot.part.removesuffix('s')}.{spot.name}"
        return CASE_NAMES.get(name, name) in self._facts


def _whole(part: Any) -> Any:
    return part if is_dataclass(part) else tuple(part)


def _texts(part: Any) -> Iterator[str]:
    """Every text that stands in a noun itself."""
    for one in fields(part):
        value = getattr(part, one.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                yield text


class _Rows:
    """At which rows of the histories the things of a case stand."""

    def __init__(self, histories: Histories) -> None:
        self.histories = histories
        everyone = np.arange(len(histories) + 1)
        self.episodes = np.searchsorted(histories.episodes.child, everyone).tolist()
        self.events = np.searchsorted(histories.events.child, everyone).tolist()
        self.records = np.searchsorted(histories.records.child, everyone).tolist()
        e = histories.episodes
        owners = np.arange(len(e.child) + 1)
        self.facts = {name: np.searchsorted(spans.of, owners).tolist() for name, spans in e.facts.items()}
        self.given = {
            "child": {name: np.searchsorted(spans.of, everyone).tolist() for name, spans in histories.child.items()},
            "plan": {name: np.searchsorted(spans.of, everyone).tolist() for name, spans in histories.plan.items()},
        }

    def of(self, child: int, case: Case, clock: Clock) -> _OfCase:
        return _OfCase(self, child, case, clock)


class _OfCase:
    """The rows of one case: the tables are in another order than its own, as gather.py puts them."""

    def __init__(self, rows: _Rows, child: int, case: Case, clock: Clock) -> None:
        def at(stamp: Any) -> int:
            return clock.midnight(stamp) if isinstance(stamp, date) else stamp

        self._rows = rows
        self._child = child
        episodes = [(OPEN if isinstance(e.started, date) else e.started, e.id) for e in case.episodes]
        events = [(at(e.at), e.id or clock_key(e.at)) for e in case.events]
        self.places, order = _sorted(episodes), _sorted(events)
        self._episodes = _rows_of(self.places, rows.episodes[child])
        self._events = _rows_of(order, rows.events[child])
        self._records = _rows_of(_sorted([(at(r.at), r.id) for r in case.records]), rows.records[child])
        self.unnamed = [not case.events[n].id for n in order]

    def at(self, spot: Spot) -> tuple[Column, int]:
        """The column and row of an open instant."""
        rows, part, name = self._rows, spot.part, spot.name
        if part == "episodes":
            row = self._episodes[spot.item]
            if spot.sub < 0:
                return Column("episodes", name), row
            return Column("facts", name), rows.facts[name][row] + spot.sub
        if part in ("child", "plan"):
            return Column(part, name), rows.given[part][name][self._child] + spot.sub
        if part == "events":
            row = self._events[spot.item]
            return (Column("events", "at") if name == "at" else Column("fields", name)), row
        return Column("records", "at"), self._records[spot.item]


def _sorted(keys: Sequence[tuple[int, str]]) -> list[int]:
    return sorted(range(len(keys)), key=keys.__getitem__)


def _rows_of(order: list[int], first: int) -> list[int]:
    """The row of each thing of a case, of which these come one after the other."""
    rows = [0] * len(order)
    for row, place in enumerate(order):
        rows[place] = first + row
    return rows


class _Making:
    """The choices of all children on their way into columns."""

    def __init__(self) -> None:
        self._columns: dict[Column, int] = {}
        self._of_spot: list[int] = []  # the column of each open instant
        self._row_of_spot: list[int] = []
        self._child_of_spot: list[int] = []
        self._begins: list[int] = []  # where the candidates of each begin
        self._candidates: list[int] = []
        self._counts: list[int] = []  # of worlds
        self._worlds = 0
        self._world: list[I64] = []
        self._spot: list[I64] = []
        self._take: list[I64] = []

    def add(self, child: int, open_: list[Open], at: list[tuple[Column, int]], read: list[bool]) -> None:
        """The worlds of one child. `read` says of each open instant whether it may matter."""
        before = len(self._of_spot)
        for one, (column, row) in zip(open_, at, strict=True):
            self._of_spot.append(self._columns.setdefault(column, len(self._columns)))
            self._row_of_spot.append(row)
            self._child_of_spot.append(child)
            self._begins.append(len(self._candidates))
            self._candidates += [FOREVER if c is None else c for c in one.candidates]
        count = 0
        last = [(len(one.candidates) - 1) * matters for one, matters in zip(open_, read, strict=True)]
        every: Iterable[tuple[list[int], list[tuple[int, ...]]]] = choices_of(open_) if open_ else [([], [()])]
        for number, (members, choices) in enumerate(every):
            places = [place for place, spot in enumerate(members) if read[spot]]
            kept = [members[place] for place in places]
            if len(kept) < len(members):
                choices = [tuple([choice[place] for place in places]) for choice in choices]
            chosen = dict.fromkeys(choices)
            if number:
                # The earliest and the latest of all are tried already.
                chosen.pop(tuple(0 for _ in kept), None)
                if sum(map(bool, last)) == sum(bool(last[spot]) for spot in kept):
                    chosen.pop(tuple(last[spot] for spot in kept), None)
            if not chosen:
                continue
            taken = np.array(list(chosen), np.int64).reshape(len(chosen), len(kept))
            which, spots = np.nonzero(taken)
            self._world.append(which + (self._worlds + count))
            self._spot.append(np.array(kept, np.int64)[spots] + before)
            self._take.append(taken[which, spots])
            count += len(chosen)
        self._counts.append(count)
        self._worlds += count

    def children(self) -> I64:
        return np.repeat(np.arange(len(self._counts)), self._counts)

    def first(self) -> dict[Column, Settings]:
        """What each open instant is in the first world."""
        child, begins = np.array(self._child_of_spot, np.int64), np.array(self._begins, np.int64)
        every = np.arange(len(begins))
        return self._by_column(child, every, np.zeros(len(begins), np.int64))

    def others(self) -> dict[Column, Settings]:
        """What they are where they are anything else."""
        none = [np.zeros(0, np.int64)]
        return self._by_column(*(np.concatenate(some or none) for some in (self._world, self._spot, self._take)))

    def _by_column(self, world: I64, spot: I64, take: I64) -> dict[Column, Settings]:
        of, rows = np.array(self._of_spot, np.int64), np.array(self._row_of_spot, np.int64)
        begins, candidates = np.array(self._begins, np.int64), np.array(self._candidates, np.int64)
        value = candidates[begins[spot] + take]
        out = {}
        for column, number in self._columns.items():
            own = np.flatnonzero(of[spot] == number)
            out[column] = Settings(world[own], rows[spot[own]], value[own])
        return out
