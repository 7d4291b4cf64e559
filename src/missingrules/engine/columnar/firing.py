"""Firings: whether and when the guard lets a rule fire at what its trigger offers, and when that ends: engine/firing.py
over columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.domain.clock import DAY, FOREVER
from missingrules.domain.conditions import All, HoursTest, leaves
from missingrules.domain.deadlines import OnDay
from missingrules.domain.rules import UntilInstant
from missingrules.domain.triggers import FirstOf, OnBirthday, OnRecord
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, place_in_group, spread, starts_of
from missingrules.engine.columnar.offers import acts_of, span_of
from missingrules.engine.columnar.over import key
from missingrules.engine.columnar.points import Unspoken
from missingrules.engine.columnar.search import YES, Always, Every, Excepts, Holds, Lets, first, since
from missingrules.engine.columnar.stood import SHARED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from missingrules.domain import rules
    from missingrules.domain.rules import Duty, Guard
    from missingrules.engine.columnar.arrays import I8, I64, Bools, Numbers
    from missingrules.engine.columnar.offers import Chances, Offer, Span
    from missingrules.engine.columnar.points import Points, Truth
    from missingrules.engine.columnar.reading import Reader
    from missingrules.engine.columnar.search import What
    from missingrules.engine.columnar.world import World

NOT, FIRED, FUTURE, UNDECIDED = range(4)
# What a guard's value at a moment that has come makes of it.
_SETTLED: Final = np.array([NOT, UNDECIDED, FIRED], np.int8)


@dataclass(frozen=True, eq=False)
class Firings:
    """The times at which rules of one trigger, guard and end fired, will or may have; in order of subject and time."""

    reader: Reader
    rows: I64  # of the reader
    subjects: I64  # episodes or children
    of_episodes: bool
    state: I8
    began: I64
    trigger: I64
    fired: I64
    until: I64
    until_maybe: I64
    number: I64  # the occurrence, from 1
    happened: I64 | None  # the acts or events that set it off, NONE where none did
    acts: Bools | None  # whether those are acts
    named: bool  # whether the occurrence is named by them, and not by its number
    alone: bool  # whether no two are of one subject

    def __len__(self) -> int:
        return len(self.rows)

    def taken(self, which: Numbers) -> Firings:
        """Some of them, by number."""
        # Several of the columns are often the same one.
        found: dict[int, Any] = {}
        part: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                if id(value) not in found:
                    found[id(value)] = value.take(which)
                value = found[id(value)]
            part[one.name] = value
        return Firings(**part)

    @cached_property
    def points(self) -> Points:
        """Each as it fired."""
        return self.reader.at(self.rows, self.fired)


def firings(world: World, duty: Duty, offer: Offer, *, by_happening: bool) -> list[Firings]:
    """Every firing of one duty, of episodes and of children. `by_happening`: something in it reads the act or event."""
    out = []
    for chances in offer.each():
        seen = chances.from_happenings if by_happening else chances
        found = _of_one(world, duty, seen, of_episodes=chances is offer.episodes)
        if len(found):
            out.append(found)
    return out


def _of_one(world: World, duty: Duty, chances: Chances, *, of_episodes: bool) -> Firings:
    reader, as_of = chances.reader, world.stood.as_of
    hours = hours_of(duty.guard)
    lets = Lets(duty.guard, bool(hours))
    guard: What = lets if chances.extra is YES else Every((lets, chances.extra))
    if hours and not chances.moment.all():
        raise Unspoken("hours of an office in a rule that waits for a stretch of time")
    if hours and isinstance(duty.deadline, OnDay):
        raise Unspoken("hours of an office in a rule of a numbered day")
    start, moment = chances.start, chances.moment
    if isinstance(duty.deadline, OnDay):
        arises = _arises(world, duty.deadline, chances)
        start = np.where(moment, start, np.maximum(start, arises))
    moved = start is not chances.start
    count = len(chances)
    state, trigger, fired = np.zeros(count, np.int8), start, start
    for doubt, moments, these in chances.parts:
        asked = Every((guard, Always(UNKNOWN))) if doubt else guard
        if isinstance(these, slice) and (moments or not moved):
            points = chances.points
        else:
            points = reader.at(chances.rows[these], chances.start[these] if moments else start[these])
        value = asked.read(points)
        if isinstance(value, int) and value == FALSE and (moments or not asked.turns(reader)):
            continue
        if moments:
            how, when = _at_moment(reader, asked, points, as_of, world, hours)
        else:
            whole = points is chances.points
            how, when = _in_stretch(
                reader, asked, chances.span if whole else span_of(points, chances.end[these]), as_of
            )
        begins = points.at
        if isinstance(these, slice):
            state, fired, trigger = how, when, begins if moments else when
        else:
            fired, trigger = fired.copy(), trigger.copy()
            state[these], fired[these], trigger[these] = how, when, begins if moments else when
    if isinstance(duty.deadline, OnDay):
        state, trigger, fired = _numbered(reader, duty, chances, arises, state, trigger, fired, as_of)
    made = Firings(
        reader, chances.rows, chances.subjects, of_episodes, state, chances.start, trigger, fired, fired, fired,
        fired, chances.happened, chances.acts, chances.happened is not None, chances.alone,
    )  # fmt: skip
    kept = state != NOT
    return _ended(world, duty, made if kept.all() else made.taken(np.flatnonzero(kept)))


def _ended(world: World, duty: Duty, found: Firings) -> Firings:
    """With their ends and occurrences; without those that ended before they fired."""
    as_of = world.stood.as_of
    certain, maybe = until(world, duty, found)
    kept = certain >= found.fired
    if not kept.all():
        which = np.flatnonzero(kept)
        found, certain, maybe = found.taken(which), certain[which], maybe[which]
    state = found.state
    if maybe is not certain:
        state = np.where((maybe < found.fired) & (maybe <= as_of), np.int8(UNDECIDED), state)
    found = replace(found, state=state, until=certain, until_maybe=maybe)
    if found.alone:
        named = found.named and not isinstance(duty.trigger, FirstOf)
        return replace(found, number=spread(np.int64(1), len(found)), named=named)
    if isinstance(duty.trigger, FirstOf):
        # Of several the one that fired first counts; undecided while an earlier one is.
        keys = key(found.subjects, found.fired) * 2 + (found.state == UNDECIDED)
        order = np.argsort(keys, kind="stable")
        found = found.taken(order.take(starts_of(found.subjects.take(order))))
        return replace(found, number=np.ones(len(found), np.int64), named=False)
    return replace(found, number=place_in_group(found.subjects) + 1)


# --- the guard --------------------------------------------------------------------------------------------------------


def _at_moment(
    reader: Reader, guard: What, points: Points, as_of: int, world: World, hours: Sequence[HoursTest]
) -> tuple[I8, I64]:
    value, moment = guard.read(points), points.at
    fired = moment
    state = _settled(value, len(points))
    past = moment <= as_of
    if not past.all():
        state[~past & (state == FIRED)] = FUTURE
    if hours:
        inside, closes = inside_hours(world, hours, moment)
        state[~inside] = NOT
    open_ = np.flatnonzero((state == UNDECIDED) & past)
    if len(open_):
        among = np.zeros(len(points), np.bool_)
        among[open_] = True
        until_now = spread(np.int64(as_of), len(points))
        known = first(reader, guard, (FALSE, TRUE), points, until_now, among)[open_]
        has = known < FOREVER
        if hours:
            has &= known < closes[open_]
        open_known, known = open_[has], known[has]
        then = reader.at(points.rows[open_known], known)
        state[open_known] = np.where(then.each(guard.read(then)) == TRUE, FIRED, NOT)
        fired = fired.copy()
        fired[open_known] = known
    if hours:
        # Where the hours end before it is known, it can no longer fire.
        still = (state == UNDECIDED) & (moment <= as_of) & (closes <= as_of)
        state[still] = NOT
    return state, fired


def _settled(value: Truth, size: int) -> I8:
    found: I8 = np.take(_SETTLED, spread(np.int8(value), size) if isinstance(value, int) else value)
    return found


def _in_stretch(reader: Reader, guard: What, span: Span, as_of: int) -> tuple[I8, I64]:
    points, end, last, ahead = span
    start, value = points.at, guard.read(points)
    if not guard.turns(reader):
        state = _settled(value, len(points))
        late = start > as_of
        if late.any():
            state[late & (state == FIRED)] = FUTURE
        state[start > end] = NOT
        return state, start
    true = first(reader, guard, (TRUE,), points, last.at)
    state, fired = np.where(true < FOREVER, np.int8(FIRED), np.int8(NOT)), np.where(true < FOREVER, true, start)
    inside = start <= end
    begun = inside & (start <= as_of)
    open_ = np.flatnonzero(begun & (state == NOT) & (last.each(guard.read(last)) == UNKNOWN))
    if len(open_):
        state[open_] = UNDECIDED
        fired[open_] = np.maximum(start[open_], since(reader, guard, last, open_))
    among = inside & (state == NOT) & (ahead.at <= end)
    if among.any():
        when = first(reader, guard, (UNKNOWN, TRUE), ahead, end, among)
        rows = np.flatnonzero(when < FOREVER)
        then = reader.at(ahead.rows[rows], when[rows])
        state[rows] = np.where(then.each(guard.read(then)) == TRUE, FUTURE, UNDECIDED)
        fired[rows] = when[rows]
    return state, fired


def hours_of(guard: Guard) -> tuple[HoursTest, ...]:
    """The hours of an office that a guard asks for beside all else."""
    parts = guard.when.parts if isinstance(guard.when, All) else (guard.when,)
    found = tuple(part for part in parts if isinstance(part, HoursTest))
    rest = [part for part in parts if not isinstance(part, HoursTest)]
    others = [*rest, *(u.condition for u in guard.unless)]
    if any(isinstance(leaf, HoursTest) for part in others for leaf in leaves(part)):
        raise Unspoken("hours of an office inside another condition")
    return found


def inside_hours(world: World, tests: Sequence[HoursTest], moment: I64) -> tuple[Bools, I64]:
    """Whether each moment lies in the hours that are asked for, and when these next end."""
    days = world.stood.days
    inside, ends = np.ones(len(moment), np.bool_), np.full(len(moment), FOREVER, np.int64)
    for test in tests:
        hours = world.protocol.hours[test.hours]
        open_days = world.open_days(test.hours)
        today = days.of(moment)
        opens = days.wall(today, hours.opens)
        closes = days.wall(today, hours.closes)
        within = open_days[today] & (opens <= moment) & (moment < closes)
        following = world.next_open(test.hours)
        next_opening = np.where(open_days[today] & (moment < opens), opens, days.wall(following[today], hours.opens))
        inside &= within != test.outside
        ends = np.minimum(ends, next_opening if test.outside else closes)
    return inside, ends


# --- a numbered day ---------------------------------------------------------------------------------------------------


def _arises(world: World, on: OnDay, chances: Chances) -> I64:
    """00:00 of a numbered day, or the trigger's own start if that is later."""
    start = chances.start
    if on.anchor in ("trigger", "birthday", "undone", "event", "record"):
        return np.maximum(start, numbered_day(world, start, on))
    if "." in on.anchor:
        raise Unspoken(f"a numbered day from {on.anchor}")
    if chances.reader.of_episodes:
        anchor = world.stood.instants[on.anchor][chances.subjects]
        known = anchor < FOREVER
        found = start.copy()
        found[known] = np.maximum(start[known], numbered_day(world, anchor[known], on))
        return found
    return start


def numbered_day(world: World, anchor: I64, on: OnDay) -> I64:
    """00:00 of day N, the anchor's own date being day `first_day_is`."""
    days = world.stood.days
    return days.midnight(days.of(anchor) + (on.day - on.first_day_is) * DAY.days)


def _numbered(
    reader: Reader, duty: Duty, chances: Chances, arises: I64, state: I8, trigger: I64, fired: I64, as_of: int
) -> tuple[I8, I64, I64]:
    """Of moments: they arise only when the numbered day begins, unless an exception came to hold before."""
    state, trigger, fired = state.copy(), trigger.copy(), fired.copy()
    moments = np.flatnonzero(chances.moment & (state != NOT))
    later = moments[arises[moments] > fired[moments]]
    lifts = lifted(reader, duty.guard, chances.rows[later], fired[later])
    gone = lifts <= arises[later]
    state[later[gone]] = NOT
    later = later[~gone]
    ahead = (state[later] == FIRED) & (arises[later] > as_of)
    state[later[ahead]] = FUTURE
    fired[later] = arises[later]
    trigger[moments] = np.maximum(arises[moments], chances.start[moments])
    return state, trigger, fired


def lifted(reader: Reader, guard: Guard, rows: I64, start: I64) -> I64:
    """The first instant from `start` at which an exception is known to hold; FOREVER if none comes to."""
    never = spread(np.int64(FOREVER), len(rows))
    if not guard.unless or not len(rows):
        return never
    return first(reader, Excepts(guard), (TRUE,), reader.at(rows, start), never)


# --- until ------------------------------------------------------------------------------------------------------------


def until(world: World, duty: Duty, found: Firings) -> tuple[I64, I64]:
    """When the first `until` of a duty came or comes, for certain and perhaps."""
    never = certain = maybe = spread(np.int64(FOREVER), len(found))
    for part in duty.until:
        one, other = _until(world, part, found)
        certain = one if certain is never else np.minimum(certain, one)
        if other is not None:
            maybe = np.minimum(maybe, other)
    return certain, certain if maybe is never else np.minimum(certain, maybe)


def _until(world: World, part: rules.Until, found: Firings) -> tuple[I64, I64 | None]:
    """When one `until` came or comes, and when it may have; None: at no other time."""
    never: I64 = spread(np.int64(FOREVER), len(found))
    match part:
        case UntilInstant(which):
            return world.stood.instants[which][found.subjects] if found.of_episodes else never, None
        case OnRecord():
            return _recorded(world, part, found)
        case OnBirthday(age):
            child = world.stood.child[found.subjects] if found.of_episodes else found.subjects
            known = world.stood.histories.born[child] > 0
            return np.where(known, world.born(age)[child], FOREVER), np.where(known, FOREVER, found.began)
        case _:
            reader, began, holds = found.reader, found.began, Holds(part)
            sure = first(reader, holds, (TRUE,), reader.at(found.rows, began), never)
            now = reader.at(found.rows, np.maximum(began, world.stood.as_of))
            unknown = now.each(holds.read(now)) == UNKNOWN
            open_ = first(reader, holds, (UNKNOWN, TRUE), now, never)
            rows = np.flatnonzero(unknown)
            if len(rows):
                open_[rows] = np.maximum(began[rows], since(reader, holds, now, rows))
            return sure, open_


def _recorded(world: World, part: OnRecord, found: Firings) -> tuple[I64, I64 | None]:
    """The first record that it speaks of from where its trigger began: surely of this subject, and perhaps."""
    acts, rows = world.stood.acts, acts_of(world, part)
    if not found.of_episodes:
        return next_of(acts.child[rows], acts.at[rows], found.subjects, found.began), None
    sure = rows[acts.own[rows] >= 0]
    certain = next_of(acts.own[sure], acts.at[sure], found.subjects, found.began)
    shared = rows[(acts.own[rows] == SHARED)]
    if not len(shared):
        return certain, None
    child, started = world.stood.child[found.subjects], world.stood.started[found.subjects]
    return certain, next_of(acts.child[shared], acts.at[shared], child, np.maximum(found.began, started))


def next_of(of: I64, at: I64, rows: I64, start: I64) -> I64:
    """Of each row the first of its instants that is not before `start`; FOREVER if there is none."""
    if not len(of):
        return np.full(len(rows), FOREVER, np.int64)
    order = np.lexsort((at, of))
    of, at = of[order], at[order]
    spots = np.searchsorted(key(of, at), key(rows, start))
    inside = np.minimum(spots, len(of) - 1)
    good = (spots < len(of)) & (of[inside] == rows)
    return np.where(good, at[inside], FOREVER)
