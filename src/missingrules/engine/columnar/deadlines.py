"""By when: engine/deadlines.py over columns."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import FOREVER, Length
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    DeadlineRows,
    EndOfPeriod,
    OnDay,
    SetBy,
    Within,
    Word,
)
from missingrules.engine.columnar.arrays import FALSE, TRUE, spread
from missingrules.engine.columnar.firing import FIRED
from missingrules.engine.columnar.offers import FieldsOf
from missingrules.engine.columnar.over import in_order
from missingrules.engine.columnar.points import Unspoken
from missingrules.engine.columnar.search import later
from missingrules.engine.deadlines import OF_TRIGGER

if TYPE_CHECKING:
    from missingrules.domain.deadlines import Deadline
    from missingrules.engine.columnar.arrays import I8, I64, Bools
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.world import World


class Due(NamedTuple):
    """Due instants, or the earliest and the latest while facts leave it open; `rows` says, in bits, which rows of the
    deadline's table it stands on (None: it has no table)."""

    low: I64
    high: I64
    rows: I64 | None = None
    some: bool = True  # whether any has a due instant


def due_at(world: World, deadline: Deadline | NotStated, found: Firings, closes: I64) -> Due:
    """The due instants of firings as they stand at `closes`: the earliest of all readings so far."""
    if isinstance(deadline, (NotStated, Word)):
        never = spread(np.int64(FOREVER), len(found))
        return Due(never, never, some=False)
    start = np.where(found.state == FIRED, found.fired, found.trigger)
    if isinstance(deadline, DeadlineRows):
        return _of_rows(world, deadline, found, start, closes)
    when, known_from = _read(world, deadline, found)
    since = np.maximum(start, known_from)
    low = np.where((when < FOREVER) & (known_from <= np.maximum(closes, start)), np.maximum(when, since), FOREVER)
    return Due(low, low)


def _read(world: World, deadline: Deadline | NotStated, found: Firings) -> tuple[I64, I64]:
    """What a deadline without rows gives, and from when it is known."""
    days = world.stood.days
    never = np.full(len(found), FOREVER, np.int64)
    always = np.full(len(found), -FOREVER, np.int64)
    match deadline:
        case NotStated() | Word():
            return never, always
        case Within(length, anchor, same_day_counts):
            at, known = anchor_of(world, anchor, found)
            has = at < FOREVER
            when = never.copy()
            when[has] = days.deadline(at[has], length, same_day_counts=same_day_counts)
            return when, known
        case OnDay(day, anchor, first_day_is):
            if anchor in OF_TRIGGER:
                at, known = found.began, always
            else:
                at, known = anchor_of(world, anchor, found)
            has = at < FOREVER
            when = never.copy()
            when[has] = days.end_of(days.of(at[has]) + (day - first_day_is))
            return when, known
        case Before(anchor):
            at, known = anchor_of(world, anchor, found)
            when = np.where(at < FOREVER, at - 1, FOREVER)
            return when, known
        case AtNext(meeting):
            return _meeting(world, meeting, found), always
        case SetBy(fact):
            return _set_by(world, fact, found), always
        case EndOfPeriod(every):
            on, back = np.unique(days.of(found.trigger), return_inverse=True)
            clock = world.protocol.clock
            ends = [
                clock.end_of(next(clock.periods(every, date.fromordinal(int(day) + days.first.toordinal()))).last)
                for day in on
            ]
            return np.array(ends, np.int64)[back], always
        case AtTheSameTime():
            return days.end_of(days.of(found.trigger)), always
    raise Unspoken(f"the deadline {type(deadline).__name__}")


def anchor_of(world: World, anchor: str, found: Firings) -> tuple[I64, I64]:
    """The instants of an anchor, of a date alone its first second; and from when they are known."""
    always = np.full(len(found), -FOREVER, np.int64)
    if anchor in OF_TRIGGER:
        return found.trigger, always
    if anchor in ("event", "record"):
        return _happened_at(world, found), always
    if "." in anchor:
        return _field(world, anchor, found)[0], always
    if not found.of_episodes:
        return np.full(len(found), FOREVER, np.int64), always
    at = world.stood.instants[anchor][found.subjects]
    return at, at


def _happened_at(world: World, found: Firings) -> I64:
    if found.happened is None or found.acts is None:
        return np.full(len(found), FOREVER, np.int64)
    stood = world.stood
    at = np.full(len(found), FOREVER, np.int64)
    for of_acts, happenings in ((True, stood.acts), (False, stood.events)):
        rows = np.flatnonzero((found.acts == of_acts) & (found.happened >= 0))
        at[rows] = happenings.at[found.happened[rows]]
    return at


def _field(world: World, fact: str, found: Firings) -> tuple[I64, Bools, list[object]]:
    """What the event or record behind each firing says under a key, as instants (of a date its first second), and
    which are dates; the values themselves where some are neither."""
    owner, _, name = fact.partition(".")
    if owner not in ("event", "record"):
        raise Unspoken(f"a deadline from {fact}")
    never, none = np.full(len(found), FOREVER, np.int64), np.zeros(len(found), np.bool_)
    if found.happened is None or found.acts is None:
        return never, none, []
    said = FieldsOf(world, found.happened, found.acts).said(name)
    if said is None:
        return never, none, []
    clock = world.protocol.clock
    instants, dates, others = [], [], []
    for value in said.values:
        of_date = isinstance(value, date)
        dates.append(of_date)
        others.append(value)
        instants.append(clock.midnight(value) if of_date else value if isinstance(value, int) else FOREVER)
    numbers = np.asarray(said.codes)
    return np.array([*instants, FOREVER], np.int64)[numbers], np.array([*dates, False])[numbers], [
        others[n] if n >= 0 else None for n in numbers
    ] if any(isinstance(value, Length) for value in others) else []  # fmt: skip


def _set_by(world: World, fact: str, found: Firings) -> I64:
    at, dates, others = _field(world, fact, found)
    days = world.stood.days
    when = at.copy()
    when[dates] = days.end_of(days.of(at[dates]))
    for row, value in enumerate(others):
        if isinstance(value, Length):
            when[row] = days.deadline(found.trigger[row : row + 1], value)[0]
    return when


def _meeting(world: World, meeting: str, found: Firings) -> I64:
    """The first meeting of this name after the trigger, by each child's calendar; most have the same."""
    stood = world.stood
    child = stood.child[found.subjects] if found.of_episodes else found.subjects
    when = np.full(len(found), FOREVER, np.int64)
    numbers: dict[tuple[int, ...], int] = {}
    calendar = np.array(
        [numbers.setdefault(of.get(meeting, ()), len(numbers)) for of in stood.histories.meetings], np.int64
    )
    for stamps, number in numbers.items():
        rows = np.flatnonzero(calendar[child] == number)
        if stamps and len(rows):
            held = np.array([*stamps, FOREVER], np.int64)
            when[rows] = held[np.searchsorted(held, found.trigger[rows], "right")]
    return when


# --- rows -------------------------------------------------------------------------------------------------------------


def _of_rows(world: World, deadline: DeadlineRows, found: Firings, start: I64, closes: I64) -> Due:
    """Rows are read at the start and again wherever something may have changed since. While it is open which of them
    holds, each keeps the earliest that it has given; once that is known, what the others gave does not count."""
    if any(isinstance(row.deadline, DeadlineRows) for row in deadline.rows):
        raise Unspoken("a deadline whose rows have rows")
    reads = [_read(world, row.deadline, found) for row in deadline.rows]
    count, size = len(found), len(reads)
    known, known_rows = np.full(count, FOREVER, np.int64), np.zeros(count, np.int64)
    is_known = np.zeros(count, np.bool_)
    still, kept = np.full((size, count), FOREVER, np.int64), np.zeros((size, count), np.bool_)
    begins, time, truths = _over_time(world, deadline, found, start, closes)
    active = np.arange(count)
    spots = begins[:-1].copy()
    while len(active):
        here = spots[active]
        u = time[here]
        possible = np.zeros((size, len(active)), np.bool_)
        raw, given = np.full((size, len(active)), FOREVER, np.int64), np.full((size, len(active)), FOREVER, np.int64)
        decided = np.zeros(len(active), np.bool_)
        for n, (truth, (when, since)) in enumerate(zip(truths, reads, strict=True)):
            holds = truth[active if deadline.at_firing else here]
            possible[n] = ~decided & (holds != FALSE)
            decided |= holds == TRUE
            raw[n] = np.where(since[active] <= u, when[active], FOREVER)
            given[n] = np.maximum(raw[n], u)
        low = np.where(possible, raw, FOREVER).min(axis=0)
        high = np.where(possible, raw, -FOREVER).max(axis=0)
        alike = (low == high) | ~possible.any(axis=0)
        value = np.where(possible, given, FOREVER).min(axis=0)
        better = alike & (~is_known[active] | (value < known[active]))
        bits = (possible * (1 << np.arange(size))[:, None]).sum(axis=0)
        hit = active[better]
        known[hit], known_rows[hit], is_known[hit] = value[better], bits[better], True
        kept[:, active[alike]] = False
        still[:, active[alike]] = FOREVER
        open_ = ~alike
        these = active[open_]
        now = np.where(possible[:, open_], given[:, open_], FOREVER)
        still[:, these] = np.where(kept[:, these] & possible[:, open_], np.minimum(still[:, these], now), now)
        kept[:, these] = possible[:, open_]
        # On to where something that is read may turn.
        spots[active] += 1
        active = active[spots[active] < begins[active + 1]]
    unsettled = kept.any(axis=0)
    low = np.where(kept, still, FOREVER).min(axis=0)
    high = np.where(kept, still, -FOREVER).max(axis=0)
    bits = (kept * (1 << np.arange(size))[:, None]).sum(axis=0)
    both = unsettled & is_known
    low, high = np.where(both, np.minimum(known, low), low), np.where(both, np.minimum(known, high), high)
    return Due(np.where(unsettled, low, known), np.where(unsettled, high, known), np.where(unsettled, bits, known_rows))


def _over_time(
    world: World, deadline: DeadlineRows, found: Firings, start: I64, closes: I64
) -> tuple[I64, I64, list[I8]]:
    """The instants at which rows are read, those of each firing from `begins` on: its start, and later ones at which a
    row may come to hold, or no longer does, or what it reckons from comes; and what each row's condition is there, or
    where the firing is read alone, at each firing."""
    reader, end = found.reader, np.maximum(closes, start)
    turns = [] if deadline.at_firing else [one for row in deadline.rows for one in reader.turns(row.condition)]
    after = later(reader, turns, found.rows, start, end)
    which, time = [np.arange(len(found)), after.which], [start, after.time]
    for row in deadline.rows:
        anchor = getattr(row.deadline, "anchor", "")
        if found.of_episodes and anchor in world.stood.instants:
            at = world.stood.instants[anchor][found.subjects]
            inside = np.flatnonzero((start < at) & (at <= end))
            which.append(inside)
            time.append(at[inside])
    which_, time_ = in_order(np.concatenate(which), np.concatenate(time))
    points = found.points if deadline.at_firing else reader.at(found.rows.take(which_), time_)
    truths = [points.each(points.truth(row.condition)) for row in deadline.rows]
    return np.searchsorted(which_, np.arange(len(found) + 1)), time_, truths
