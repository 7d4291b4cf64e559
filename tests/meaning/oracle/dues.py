"""By when and by whom: deadlines read again at every instant, rows of people, and the occurrences of a series."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import Instant, Length, Unit
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    Deadline,
    DeadlineRows,
    EndOfPeriod,
    OnDay,
    Phase,
    Repeat,
    SetBy,
    Within,
    Word,
)
from missingrules.domain.people import People, PeopleRows, WhoEver
from tests.meaning.oracle.facts import fact, guard, holds
from tests.meaning.oracle.firing import NEVER, Chance, Firing, anchor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Duty
    from tests.meaning.oracle.world import Ctx, World

# --- deadlines --------------------------------------------------------------------------------------------------------


def numbered_day(world: World, on: OnDay, f: Firing | Chance, at: int, t: int) -> date | None:
    from_ = anchor(world, f, on.anchor, at, t)
    if from_ is None:
        return None
    day = from_ if isinstance(from_, date) else world.clock.date_of(Instant(from_))
    return world.clock.date_after(day, Length(1, Unit.DAY).times(on.day - on.first_day_is))


def rows_possible(world: World, rows: Any, ctx: Ctx, t: int) -> list[Any]:
    """The rows that may be the first true one; None stands for no row, where all are false."""
    found: list[Any] = []
    for row in rows:
        truth = holds(world, row.condition, ctx, t)
        if truth is not False:
            found.append(row)
        if truth:
            return found
    return found or [None]


def read(world: World, deadline: Deadline | NotStated, f: Firing, t: int) -> int | None:
    """What a deadline without rows gives at t."""
    clock = world.clock
    match deadline:
        case Within(length, name, same_day):
            from_ = anchor(world, f, name, f.at, t)
            if from_ is None:
                return None
            from_ = clock.midnight(from_) if isinstance(from_, date) else from_
            return clock.deadline(Instant(from_), length, same_day_counts=same_day)
        case OnDay():
            # read from what the day itself was reckoned from
            day = numbered_day(world, deadline, f, f.chance.begin, max(t, f.chance.begin))
            return None if day is None else clock.end_of(day)
        case Before(name):
            to = anchor(world, f, name, f.at, t)
            if to is None:
                return None
            return clock.midnight(to) - 1 if isinstance(to, date) else int(to) - 1
        case AtNext(meeting):
            dates = [m for m in world.case.meetings.get(meeting, ()) if isinstance(m, int) and m > f.at]
            return min(dates, default=None)
        case SetBy(name):
            value = fact(world, name, f.ctx, t)
            if isinstance(value, Length):
                return clock.deadline(Instant(f.at), value)
            return clock.end_of(value) if isinstance(value, date) else value if isinstance(value, int) else None
        case AtTheSameTime():
            return clock.end_of(clock.date_of(Instant(f.at)))
        case EndOfPeriod():
            return None if f.chance.period is None else clock.end_of(f.chance.period.last)
        case Word() | NotStated() | None:
            return None
    raise AssertionError(deadline)


def read_rows(world: World, deadline: Deadline | NotStated, f: Firing, t: int) -> dict[tuple[int, ...], int | None]:
    """What each row gives that may be the one at t, by its place."""
    if not isinstance(deadline, DeadlineRows):
        return {(): read(world, deadline, f, t)}
    found: dict[tuple[int, ...], int | None] = {}
    for row in rows_possible(world, deadline.rows, f.ctx, f.fire if deadline.at_firing else t):
        if row is None:
            found[-1,] = None
        else:
            for place, due in read_rows(world, row.deadline, f, t).items():
                found[deadline.rows.index(row), *place] = due
    return found


class Due(NamedTuple):
    """The earliest and the latest that a due instant may be; None: none."""

    low: int | None
    high: int | None


def moving(world: World, deadline: Deadline | NotStated, f: Firing) -> Iterator[tuple[int, Due]]:
    """The due instant as it stands from each interesting instant on: the earliest so far."""
    known = NEVER
    unknown: dict[tuple[int, ...], int] = {}  # what each row still possible has given, since nobody knows which
    for t in sorted({f.at, *(t for t in world.instants if t >= f.at)}):
        rows = read_rows(world, deadline, f, t)
        given = {p: NEVER if d is None else max(t, d) for p, d in rows.items()}
        if len(set(rows.values())) == 1:
            known, unknown = min(known, *given.values()), {}
        else:
            unknown = {p: min(d, unknown.get(p, NEVER)) for p, d in given.items()}
        low, high = min(known, *unknown.values(), NEVER), min(known, max(unknown.values(), default=NEVER))
        if f.chance.moment and not f.undecided:  # nothing is overdue before it was known to be owed
            low, high = max(low, f.fire), max(high, f.fire)
        yield t, Due(None if low == NEVER else low, None if high == NEVER else high)


def due_at(world: World, deadline: Deadline | NotStated, f: Firing, t: int) -> Due:
    found = Due(None, None)
    for u, due in moving(world, deadline, f):
        if u > max(t, f.at):
            break
        found = due
    return found


# --- people -----------------------------------------------------------------------------------------------------------

Who = Any  # ("all", roles) and so on, "not_stated", ("undecided", …), None


def one_who(people: People | NotStated | None) -> Who:
    if people is None or isinstance(people, NotStated):
        return "not_stated"
    return people.mode, tuple(r.name for r in people.roles)


def who_possible(world: World, who: WhoEver | None, f: Firing, t: int) -> list[Who]:
    """Everybody it may be at t, each once."""
    if who is None:
        return [None]
    if not isinstance(who, PeopleRows):
        return [one_who(who)]
    rows = rows_possible(world, who.rows, f.ctx, f.fire if who.at_firing else t)
    return list(dict.fromkeys(one_who(None if row is None else row.people) for row in rows))


def who_at(world: World, who: WhoEver | None, f: Firing, t: int) -> Who:
    some = who_possible(world, who, f, t)
    return some[0] if len(some) == 1 else ("undecided", tuple(sorted(some, key=str)))


# --- series -----------------------------------------------------------------------------------------------------------


class Slot(NamedTuple):
    """An occurrence by the calendar alone: its number, when it opens and when it is due."""

    number: int
    opens: int
    due: int


def series_anchor(world: World, repeat: Repeat, f: Firing) -> tuple[int, int] | None:
    """The instant from which intervals are reckoned, and the one at which the first occurrence opens."""
    if isinstance(repeat.anchor, OnDay):
        day = numbered_day(world, repeat.anchor, f, f.at, world.as_of)
        return None if day is None else (world.clock.end_of(day), world.clock.end_of(day) + 1)
    found = anchor(world, f, repeat.anchor, f.at, world.horizon)
    if found is None:
        return None
    start = world.clock.midnight(found) if isinstance(found, date) else found
    return start, start


def lasts(world: World, base: int, phase: Phase, due: int) -> bool:
    return phase.lasting is None or due <= world.clock.deadline(Instant(base), phase.lasting)


def next_base(world: World, base: int, phase: Phase) -> int:
    assert phase.lasting is not None
    if phase.lasting.unit is Unit.WORKING_DAY:
        return world.clock.deadline(Instant(base), phase.lasting)
    return world.clock.after(Instant(base), phase.lasting)


def schedule(world: World, repeat: Repeat, f: Firing) -> Iterator[Slot]:
    """Occurrence k is due k intervals after the anchor and opens one second after the one before was due."""
    begin = series_anchor(world, repeat, f)
    if begin is None:
        return
    base, opens = begin
    number = 0
    for phase in repeat.phases:
        k = 1
        while True:
            start = begin[1] if base == begin[0] and phase.every.seconds is not None else base
            due = world.clock.deadline(Instant(start), phase.every.times(k))
            if not lasts(world, base, phase, due) or opens > world.horizon:
                break
            number += 1
            yield Slot(number, opens, due)
            opens, k = due + 1, k + 1
        if phase.lasting is None or opens > world.horizon:
            return
        base = next_base(world, base, phase)


def held_due(world: World, repeat: Repeat, f: Firing, opens: int, first: bool) -> int | None:
    """Of a series that counts from the last one held: one interval after it opens, in the phase of its opening."""
    begin = series_anchor(world, repeat, f)
    assert begin is not None
    base = begin[0]
    for phase in repeat.phases:
        if phase.lasting is None or opens <= world.clock.deadline(Instant(base), phase.lasting):
            dated = first and phase.every.seconds is None
            return world.clock.deadline(Instant(begin[0] if dated else opens), phase.every)
        base = next_base(world, base, phase)
    return None


def opening(world: World, duty: Duty, f: Firing, t: int) -> bool | None:
    """The guard as read at an opening; unknown, it waits as at any moment."""
    if f.undecided:
        return None
    if t > world.as_of:
        return guard(world, duty.guard, f.ctx, t, firing=False)
    for u in [t, *(x for x in world.instants if t < x <= world.as_of)]:
        truth = guard(world, duty.guard, f.ctx, u, firing=False)
        if truth is not None:
            return truth
    return None


def conditions_of(duty: Duty) -> list[Condition]:
    """Every condition that may be asked of while the duty is open."""
    rows = [
        r
        for who in (duty.by, duty.chair, duty.to, duty.with_, duty.attend)
        if isinstance(who, PeopleRows)
        for r in who.rows
    ]
    found = [r.condition for r in rows]
    if isinstance(duty.deadline, DeadlineRows):
        found += [r.condition for r in duty.deadline.rows]
    return found
