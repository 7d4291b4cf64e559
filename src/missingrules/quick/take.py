"""The flat layout as Arrow tables -> the histories of the children whose rows are plain, and who and what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER, Instant
from missingrules.engine.columnar.histories import NO_DAY, NONE, OPEN, Histories
from missingrules.interface.leaves import is_nothing, read_date, read_stamp, read_text, to_domain
from missingrules.interface.order import OLDEST
from missingrules.quick.acts import Reader, events_in, records_in, records_order
from missingrules.quick.columns import BAD
from missingrules.quick.episodes import episodes_in, ids_of, in_order, read_episodes
from missingrules.quick.facts import Facts
from missingrules.quick.sheets import ArrowTable, Sheet, ordered
from missingrules.tables.caseload import Caseload, caseload_of
from missingrules.tables.cells import Unreadable, read
from missingrules.tables.layout import CHILD, MEETINGS, TABLES, Column, Head, Kind, head_of
from missingrules.tables.meetings import NO_CALENDAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I64
    from missingrules.interface.words import CaseWords
    from missingrules.quick.acts import ActRows
    from missingrules.quick.episodes import EpisodeRows
    from missingrules.quick.sheets import Children, Table
    from missingrules.quick.stamps import Stamps
    from missingrules.tables.meetings import Calendar

_DAY: Final = Column("history_from", Kind.TIME)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What was taken: `histories`, in the order of the leading table, and how many rows of each table they were made
    of; `recorded` is when each of their records was written down, which no rule reads. `left` are the other children,
    as far as their names can be read here. `rest` has the places of all other rows of each table, also of those that
    are no child's; `astray`, of each child that comes again or too late, the table and the place at which it does."""

    histories: Histories
    recorded: Stamps
    left: tuple[str, ...]
    rows: Mapping[str, int]
    rest: Mapping[str, I64]
    astray: Mapping[str, tuple[str, int]]


def quickly(
    tables: Mapping[str, Table],
    words: CaseWords,
    clock: Clock,
    graded: Callable[[str], bool],
    *,
    as_of: Instant | None = None,
    calendar: Calendar = NO_CALENDAR,
) -> Taken:
    """The children of these tables (pyarrow.Table by the names of `tables.layout.TABLES`, without the meetings, which
    are read once for all and given as `calendar`).

    Times without an offset are read by `clock`, which is that of the first protocol; `graded` is as for
    `engine.columnar.gather.histories_of`, `as_of` as for `interface.conversion.case_of`. Cells that say null are texts:
    who reads CSV must not let them become empty.

    InvalidInput where a table lacks a column that is wanted, or has one twice; ValueError where there are no episodes,
    or the meetings are among the tables.
    """
    if MEETINGS in tables:
        raise ValueError("the meetings are read once for all, and given as a calendar")
    heads: dict[str, Head] = {
        kind: head_of(ArrowTable(kind, kind, tables[kind]), words)[0] for kind in TABLES if kind in tables
    }
    if "episodes" not in heads:
        raise ValueError("there is no table of episodes")
    found = ordered(tables, heads, clock)
    children, sheets = found.children, found.sheets

    def sheet(kind: str) -> Sheet:
        return sheets[kind] if kind in sheets else Sheet(None, Head(kind, (), -1), np.zeros(0, np.int64), clock)

    children.refused |= np.array([not _is_name(id_) for id_ in children.ids], np.bool_)
    facts = Facts(words, clock, children, graded)
    facts.columns(sheet("children"), CHILD)
    episodes = read_episodes(sheet("episodes"), children)
    facts.columns(sheet("episodes"), "episode")
    facts.table(sheet("facts"), episodes)
    reader = Reader(words, clock, children)
    records, events = reader.records(sheet("records"), episodes), reader.events(sheet("events"), episodes)
    history_from = _history_from(sheet("children"), children, clock)
    born = facts.born()
    _check_birth(born, children, episodes, (records, events), as_of, clock)

    taken = ~children.refused
    number = np.where(taken, np.cumsum(taken) - 1, NONE)
    started = episodes.times["started"].instants()
    order = in_order(episodes.child, started, lambda rows: list(ids_of(episodes.id, np.array(rows, np.int64))))
    order = order[taken[episodes.child[order]]]
    place = np.full(len(episodes.child), NONE, np.int64)
    place[order] = np.arange(len(order))
    unsettled = (episodes.times["returned"].instants() == OPEN) | (started == OPEN)
    children.loose[episodes.child[unsettled]] = True
    in_turn = records_order(records, number)
    named = tuple(id_ for id_, is_taken in zip(children.ids, taken.tolist(), strict=True) if is_taken)
    histories = Histories(
        case=named,
        born=born[taken],
        history_from=history_from[taken],
        child=facts.spans(CHILD, number),
        plan=facts.spans("plan", number),
        episodes=episodes_in(episodes, order, number, facts.spans("episode", place)),
        events=events_in(events, number, place, clock),
        records=records_in(records, in_turn, number, place),
        meetings=(_meetings(calendar, clock),) * len(named),
        loose=children.loose[taken],
    )
    used = {kind: one.at[taken[one.child]] for kind, one in sheets.items()}
    return Taken(
        histories=histories,
        recorded=records.recorded.taken(in_turn),
        left=tuple(id_ for id_, is_taken in zip(children.ids, taken.tolist(), strict=True) if not is_taken),
        rows=MappingProxyType({kind: len(at) for kind, at in used.items()}),
        rest=MappingProxyType({kind: _others(at, len(tables[kind])) for kind, at in used.items()}),
        astray=MappingProxyType(found.astray),
    )


def _is_name(text: str) -> bool:
    """Whether a case can be called so."""
    try:
        return bool(read_text(text))
    except ValueError:
        return False


def _history_from(sheet: Sheet, children: Children, clock: Clock) -> I64:
    def how(text: str) -> int | None:
        told = read(text, _DAY, clock)
        if isinstance(told, Unreadable):
            raise ValueError(told.code)
        return None if is_nothing(told) else read_date(told).toordinal()

    told = sheet.texts("history_from").read(how)
    children.refuse(sheet.child, told.value == BAD)
    found = np.full(len(children.ids), NO_DAY, np.int64)
    found[sheet.child] = np.array([*told.values, NO_DAY, NO_DAY], np.int64)[told.value]
    return found


def _check_birth(
    born: I64,
    children: Children,
    episodes: EpisodeRows,
    acts: Sequence[ActRows],
    as_of: Instant | None,
    clock: Clock,
) -> None:
    """As interface/order.py: nobody is born after what is known of them, or older than people get."""
    if as_of is not None:
        now = np.full(len(born), as_of, np.int64)
    else:
        # Who has nothing at all is of any age.
        now = np.full(len(born), BEFORE_ALL, np.int64)
        for child, at in ((episodes.child, episodes.times["started"]), *((one.child, one.at) for one in acts)):
            np.maximum.at(now, child, at.last)
    days, back = np.unique(born, return_inverse=True)
    begins = _midnights([date.fromordinal(day) if day else None for day in days.tolist()], clock, BEFORE_ALL)[back]
    too_old = [date(date.fromordinal(day).year + OLDEST + 1, 1, 1) if day else None for day in days.tolist()]
    ends = _midnights(too_old, clock, FOREVER)[back]
    children.refused |= (now != BEFORE_ALL) & ((now < begins) | (now >= ends))
    children.refuse(episodes.child, episodes.times["started"].last < begins[episodes.child])


def _midnights(days: Sequence[date | None], clock: Clock, none: Instant) -> I64:
    return np.array([none if day is None else clock.midnight(day) for day in days], np.int64)


def _meetings(calendar: Calendar, clock: Clock) -> Mapping[str, tuple[Instant, ...]]:
    """The organisation's meetings, which every child has."""
    found: dict[str, tuple[Instant, ...]] = {}
    for name, times in calendar.times.items():
        stamps = [to_domain(read_stamp(time)) for time in times]
        found[name] = tuple(sorted(clock.midnight(one) if isinstance(one, date) else one for one in stamps))
    return MappingProxyType(found)


def _others(at: I64, rows: int) -> I64:
    """The places that are not among these."""
    other = np.ones(rows, np.bool_)
    other[at] = False
    return np.flatnonzero(other)


def rest_of(tables: Sequence[ArrowTable], taken: Taken, words: CaseWords, calendar: Calendar = NO_CALENDAR) -> Caseload:
    """The rows that were not taken, for the slow way: it makes cases of their children, or says what is wrong with
    which row, as it would with all rows before it. `rows` counts no meetings."""
    if not taken.histories.case:
        # Then there may be names that only the slow way can read.
        children = [table for table in tables if table.kind != MEETINGS]
        return replace(caseload_of(children, words), calendar=calendar)
    heads, unread = {}, []
    for table in tables:
        heads[table.kind], unknown = head_of(table, words)
        unread += unknown
    by_kind = {table.kind: table for table in tables}
    left: dict[str, Table] = {
        kind: by_kind[kind].at(taken.rest[kind]) for kind in TABLES if kind in by_kind and kind != MEETINGS
    }
    return Caseload(
        tables=left,
        heads=heads,
        columns=tuple(unread),
        order=MappingProxyType({child: place for place, child in enumerate(taken.left)}),
        astray=MappingProxyType(
            {child: (kind, by_kind[kind].number(at)) for child, (kind, at) in taken.astray.items()}
        ),
        rows=sum(1 for table in left.values() for _ in table.rows()),
        calendar=calendar,
    )
