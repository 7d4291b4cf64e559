"""Facts, counts and conditions as they stand at one instant of one world. None: unknown."""

from __future__ import annotations

from datetime import date
from itertools import chain, combinations
from math import inf
from typing import TYPE_CHECKING, Any

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import Instant, Length
from missingrules.domain.conditions import (
    All,
    AtLeast,
    Condition,
    Counted,
    CountTest,
    FactTest,
    HoursTest,
    Is,
    Known,
    Not,
    Range,
    Test,
)
from missingrules.domain.conditions import Any as AnyOf
from missingrules.domain.rules import Conclusion, Guard
from missingrules.domain.vocabulary import FactKind, FactType
from tests.meaning.oracle.world import Ctx, World, as_int

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.case import Episode, Held

Truth = bool | None


def both(parts: Iterable[Truth]) -> Truth:
    some = list(parts)
    return False if False in some else None if None in some else True


def either(parts: Iterable[Truth]) -> Truth:
    some = list(parts)
    return True if True in some else None if None in some else False


def opposite(x: Truth) -> Truth:
    return None if x is None else not x


# --- facts ------------------------------------------------------------------------------------------------------------


def running(world: World, t: int) -> Episode | None:
    """The episode that runs at t: from its start, until its return."""
    now = [e for e in world.episodes if as_int(e.started) <= t and (e.returned is None or t < as_int(e.returned))]
    return now[-1] if now else None


def held(some: tuple[Held, ...], kind: FactKind, t: int) -> Any:
    """A value as the case gives it at t."""
    if not some:
        return None
    if kind is FactKind.TIMELESS:
        return some[0].value
    if kind is FactKind.STATUS:
        for h in some:
            if (h.start is None or as_int(h.start) <= t) and (h.end is None or t < as_int(h.end)):
                return h.value
        return "false" if all(h.value == "true" for h in some) else None
    begun = [h for h in some if h.start is None or as_int(h.start) <= t]
    return max(begun, key=lambda h: -1 << 62 if h.start is None else as_int(h.start)).value if begun else None


def recorded(world: World, name: str, ctx: Ctx, t: int) -> Any:
    """The fact's value before anything is concluded."""
    name = "episode.risk" if name == "episode.risk.recorded" else name
    prefix, _, rest = name.partition(".")
    word = world.protocol.words.facts.get(name)
    kind = word.kind if word else FactKind.STATUS
    if name == "child.age":
        return age(world, t)
    if prefix == "child":
        return held(world.case.child.get(rest, ()), kind, t)
    if prefix == "plan":
        return held(world.case.plan.get(rest, ()), kind, t)
    if prefix == "event":
        return None if ctx.event is None else ctx.event.fields.get(rest)
    if prefix == "record":
        r = ctx.record
        return None if r is None else {"outcome": r.outcome, "about": r.about, "method": r.method, **r.fields}.get(rest)
    ep = ctx.ep or running(world, t)
    if name == "episode.missing":
        if ep is None or not as_int(ep.started) <= t or (ep.returned is not None and t >= as_int(ep.returned)):
            return "false"
        kind = fact(world, "episode.kind", Ctx(ep), t)  # absent is not missing
        return None if kind is None else "true" if kind == "missing" else "false"
    if ep is None:
        return None
    if name == "episode.first_episode":
        first = both([kind_in(world, ep, ("missing",), t), is_first(world, ep, ("missing",))])
        return None if first is None else "true" if first else "false"
    return held(ep.facts.get(rest, ()), kind, t)


def age(world: World, t: int) -> int | None:
    for h in world.case.child.get("date_of_birth", ()):
        born = h.value
        if isinstance(born, date) and world.clock.birthday(born, 0) <= t:
            years = 0
            while world.clock.birthday(born, years + 1) <= t:
                years += 1
            return years
    return None


def kind_in(world: World, ep: Episode, kinds: tuple[str, ...], t: int) -> Truth:
    if not kinds:
        return True
    kind = fact(world, "episode.kind", Ctx(ep), t)
    return None if kind is None else kind in kinds


def is_first(world: World, ep: Episode, kinds: tuple[str, ...]) -> Truth:
    """None of these kinds before it, as they stood when each episode started; with a history cut off, unknown."""
    older = world.episodes[: world.episodes.index(ep)]
    none_before = both(opposite(kind_in(world, e, kinds, as_int(e.started))) for e in older)
    cut_off = None if world.case.history_from else True
    return both([none_before, cut_off])


def possible(world: World, name: str, ctx: Ctx, t: int) -> set[Any] | None:
    """The values the fact may have at t, conclusions and all; None: nothing is known of it."""
    key = ("possible", name, ctx.ep and ctx.ep.id, ctx.kinds, id(ctx.event), id(ctx.record), t)
    if key not in world.memo:
        world.memo[key] = _possible(world, name, ctx, t)
    found: set[Any] | None = world.memo[key]
    return found


def _possible(world: World, name: str, ctx: Ctx, t: int) -> set[Any] | None:
    said = recorded(world, name, ctx, t)
    sure: list[Conclusion] = []
    maybe: list[Conclusion] = []
    for p in world.provisions:
        if isinstance(p, Conclusion) and p.fact == name:
            ep = (ctx.ep or running(world, t)) if name.startswith("episode.") else None
            if ep is None and name.startswith("episode."):
                continue
            truth = guard(world, p.guard, Ctx(ep, p.guard.kinds), t)
            (sure if truth else maybe if truth is None else []).append(p)
    word = world.protocol.words.facts.get(name)
    if word and word.type is FactType.SCALE and any(p.floor for p in (*sure, *maybe)):
        levels = list(word.values)
        found: set[Any] = set()
        for some in chain.from_iterable(combinations(maybe, n) for n in range(len(maybe) + 1)):
            floors = [levels.index(p.floor) for p in (*sure, *some) if p.floor]
            for level in [levels.index(said)] if said is not None else range(len(levels)):
                found.add(levels[max([level, *floors])])
        return None if said is None and len(found) == len(levels) else found
    values = {p.value for p in sure if p.value is not None} | ({said} if said is not None else set())
    if len(values) != 1 or any(p.value not in values for p in maybe if p.value is not None):
        return None
    return values


def fact(world: World, name: str, ctx: Ctx, t: int) -> Any:
    """The value at t if it is known, otherwise None."""
    some = possible(world, name, ctx, t)
    return next(iter(some)) if some is not None and len(some) == 1 else None


# --- tests ------------------------------------------------------------------------------------------------------------


def passes(world: World, name: str, test: Test, ctx: Ctx, t: int) -> Truth:
    if name == "episode.missing_for":
        return missing_for(world, test, ctx, t)
    some = possible(world, name, ctx, t)
    if isinstance(test, Known):
        return some is not None and len(some) == 1
    if some is None:
        return None
    if isinstance(test, Is):
        truths = {v in test.values for v in some}
    elif isinstance(test, AtLeast):
        truths = {v in test.levels for v in some}
    else:
        truths = {in_range(v, test) for v in some}
    return truths.pop() if len(truths) == 1 else None


def in_range(value: Any, test: Range) -> bool:
    low, high = (x.count if isinstance(x, Length) else x for x in (test.low, test.high))
    number = value.count if isinstance(value, Length) else value
    if low is not None and (number < low or (number == low and not test.low_inside)):
        return False
    return high is None or number < high or (number == high and test.high_inside)


def missing_for(world: World, test: Test, ctx: Ctx, t: int) -> Truth:
    """Time from the start, up to the return at most."""
    ep = ctx.ep or running(world, t)
    if ep is None:
        return False if isinstance(test, Known) else None
    if isinstance(test, Known):
        return True
    assert isinstance(test, Range)
    until = t if ep.returned is None else min(t, as_int(ep.returned))
    if isinstance(test.low, Length):
        low = world.clock.after(Instant(as_int(ep.started)), test.low)
        if until < low or (until == low and not test.low_inside):
            return False
    if isinstance(test.high, Length):
        high = world.clock.after(Instant(as_int(ep.started)), test.high)
        return until < high or (until == high and test.high_inside)
    return True


def holds(world: World, condition: Condition, ctx: Ctx, t: int) -> Truth:
    match condition:
        case All(parts):
            return both(holds(world, p, ctx, t) for p in parts)
        case AnyOf(parts):
            return either(holds(world, p, ctx, t) for p in parts)
        case Not(part):
            return opposite(holds(world, part, ctx, t))
        case FactTest(name, test):
            return passes(world, name, test, ctx, t)
        case HoursTest(hours, outside):
            return opened(world, hours, t) != outside
        case CountTest(counted, Range() as test):
            low, high = count(world, counted, t)
            return count_passes(low, high, test)
    raise AssertionError(condition)


def guard(world: World, g: Guard, ctx: Ctx, t: int, *, firing: bool = True) -> Truth:
    """What must hold for a rule to fire; an `unless` stops it only while known true."""
    if any(holds(world, u.condition, ctx, t) for u in g.unless):
        return False
    parts: list[Truth] = [holds(world, g.when, ctx, t)]
    if ctx.ep is not None:
        parts.append(kind_in(world, ctx.ep, g.kinds, t))
    if firing:
        day = world.clock.date_of(Instant(t))
        first, end = g.in_force
        parts.append((first is None or first <= day) and (end is None or day < end))
        if g.in_scope:
            parts.append(holds(world, world.protocol.scope, ctx, t))
    return both(parts)


def opened(world: World, name: str, t: int) -> bool:
    hours = world.protocol.hours[name]
    local = world.clock.local(Instant(t))
    if hours.closed_on_holidays and world.clock.is_holiday(local.date()):
        return False
    return local.weekday() in hours.days and hours.opens <= local.time() < hours.closes


# --- counts -----------------------------------------------------------------------------------------------------------


def in_window(world: World, counted: Counted, day: date, newest: date) -> bool:
    """Whether an episode of `day` is in the window of one of `newest`."""
    if day > newest:
        return False
    window = counted.window
    if isinstance(window, NotStated):
        return True
    if isinstance(window, Length):
        return world.clock.date_after(day, window) > newest
    months = {"calendar month": 1, "calendar quarter": 3, "calendar year": 12}[window]
    return day.year == newest.year and (day.month - 1) // months == (newest.month - 1) // months


def counted_at(ep: Episode, counted: Counted) -> int | None:
    stamp = getattr(ep, counted.counted_by)
    return stamp if isinstance(stamp, int) else None


def from_in(world: World, ep: Episode, counted: Counted, t: int) -> Truth:
    if not counted.missing_from:
        return True
    place = fact(world, "episode.from", Ctx(ep), t)
    return None if place is None else place in counted.missing_from


def count(
    world: World,
    counted: Counted,
    t: int,
    own: Episode | None = None,
    only: tuple[Episode, ...] | None = None,
) -> tuple[float, float]:
    """How many at least, and at most, in the window that ends on the date of t. `own` counts as it is."""
    newest = world.clock.date_of(Instant(t))
    low = high = 0.0
    for e in world.episodes if only is None else only:
        at = counted_at(e, counted)
        if at is None or (at > t and only is None):
            continue
        if not in_window(world, counted, world.clock.date_of(Instant(at)), newest):
            continue
        truth = True if e is own else both([kind_in(world, e, counted.kinds, t), from_in(world, e, counted, t)])
        low += truth is True
        high += truth is not False
    start = world.case.history_from
    if start is not None:
        before = min(start.fromordinal(start.toordinal() - 1), newest)
        if in_window(world, counted, before, newest):
            high = inf
    return low, high


def count_passes(low: float, high: float, test: Range) -> Truth:
    """Every number that the count may be, tried one by one."""
    top = int(low) + 40 if high == inf else int(high)
    truths = {in_range(n, test) for n in range(int(low), top + 1)}
    return truths.pop() if len(truths) == 1 else None


def brings(world: World, ep: Episode, n: int, counted: Counted) -> Truth:
    """Whether this episode brings the count to n: its own window, itself included, holds exactly n."""
    at = counted_at(ep, counted)
    if at is None:
        return False
    place = (world.order.get((ep.id, counted.counted_by), at), ep.id)
    upto = tuple(
        e
        for e in world.episodes
        if (c := counted_at(e, counted)) is not None and (world.order.get((e.id, counted.counted_by), c), e.id) <= place
    )
    low, high = count(world, counted, at, own=ep, only=upto)
    mine = from_in(world, ep, counted, at)
    return both([mine, True if low == n else None if low < n <= high else False])
