"""What is asked: every unknown fact of an unknown condition, and the keys of what hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.conditions import All, Condition, Counted, CountTest, FactTest, HoursTest, Not
from missingrules.domain.conditions import Any as AnyOf
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Conclusion, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnRecord,
)
from tests.meaning.oracle.dues import who_possible
from tests.meaning.oracle.facts import counted_at, fact, guard, holds, in_window, is_first, recorded, running
from tests.meaning.oracle.firing import first_until, guard_for
from tests.meaning.oracle.items import Item, breaches, scenarios, start_of
from tests.meaning.oracle.outcomes import in_world, outcome_of, shown
from tests.meaning.oracle.world import Ctx, World, as_int, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case, Episode
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty, Guard
    from missingrules.domain.triggers import Moment, Stretch
    from tests.meaning.oracle.firing import Firing

Fact = tuple[str, str | None]  # and the episode, if it is one's
Asked = dict[Fact, frozenset[str]]
HISTORY: Fact = ("history", None)


def questions(
    protocol: Protocol,
    case: Case,
    as_of: int,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    *,
    organisation: bool = False,
) -> Asked:
    """The facts that are asked for, each with what hangs on it. Records and times left open are not among them."""
    found: dict[Fact, set[str]] = {}
    for w in worlds(protocol, case, as_of, horizon_days, readings or {}, organisation):
        for key, some in asked_in(w):
            for one in some:
                found.setdefault(one, set()).add(key)
    return {one: frozenset(keys) for one, keys in found.items()}


def asked_in(world: World) -> list[tuple[str, set[Fact]]]:
    found: list[tuple[str, set[Fact]]] = []
    stand = in_world(world)
    for duty in world.duties:
        found.append((f"{world.protocol.name}/{duty.id}", becoming(world, duty)))
        for i in shown(world, scenarios(world, duty)[0]):
            key = i.key(world)
            found.append((key, hangs(world, i, stand[key].status)))
    for p, r, truth in breaches(world):
        if truth is None:
            ctx = Ctx(world.episode(r.episode), p.guard.kinds, None, r)
            key = f"{world.protocol.name}/{p.rule}/{r.episode or 'child'}/{r.id}"
            found.append((key, of_guard(world, p.guard, ctx, as_int(r.at))))
    return found


def parts(trigger: object) -> tuple[Moment | Stretch, ...]:
    return trigger.triggers if isinstance(trigger, FirstOf) else (trigger,)  # type: ignore[return-value]


def becoming(world: World, duty: Duty) -> set[Fact]:
    """A fact that would trigger and is unknown, of episodes only the newest; not where the guard forbids it anyhow."""
    found: set[Fact] = set()
    newest = world.episodes[-1] if world.episodes else None
    for trigger in parts(duty.trigger):
        if isinstance(trigger, Becomes) and newest is not None:
            ctx = Ctx(newest if trigger.test.fact.startswith("episode.") else None, duty.guard.kinds)
            if guard(world, duty.guard, ctx, world.as_of) is not False:
                found |= unknown(world, trigger.test, ctx, world.as_of)
    return found


def hangs(world: World, item: Item, status: str) -> set[Fact]:
    """What is unknown of one obligation: its trigger and guard, exceptions, end, deadline and people."""
    f, duty, now = item.f, item.f.duty, world.as_of
    found: set[Fact] = set()
    if f.undecided:
        for trigger in parts(duty.trigger):
            found |= of_trigger(world, duty, trigger, f.ctx, f.fire)
        found |= of_guard(world, guard_for(duty, f.subject), f.ctx, still_unknown(world, f))
    one = outcome_of(world, item)
    if status in ("met", "met_late", "ceased", "missed"):
        return found
    # of one that may not be owed, whatever would have discharged it
    closed = min(now, item.sure_end) if item.done is None or item.undecided else item.done
    at = max(item.opens, closed)
    for exception in duty.guard.unless:
        found |= unknown(world, exception.condition, f.ctx, at)
    perhaps, certain = (first_until(world, duty, f.chance, f.chance.begin, f.ctx, assume=x) for x in (True, False))
    if perhaps <= now < certain:
        for until in duty.until:
            if isinstance(until, OnBirthday):
                born = recorded(world, "child.date_of_birth", Ctx(None), 0)
                found |= set() if born else {("child.date_of_birth", None)}
            elif not isinstance(until, (UntilInstant, OnRecord)):
                found |= unknown(world, until, f.ctx, now)
    if one.due_between is not None or one.due != item.due_by(world, at).high:
        found |= of_rows(world, duty.deadline, f.ctx, f.fire if at_firing(duty.deadline) else at)
    for who in (duty.by, duty.chair, duty.to, duty.with_):
        if isinstance(who, PeopleRows) and len(who_possible(world, who, f, at)) > 1:
            found |= of_rows(world, who, f.ctx, start_of(item) if who.at_firing else at)
    return found


def still_unknown(world: World, f: Firing) -> int:
    """The last instant by now of the time, from the firing on, in which the guard is unknown."""
    last = f.fire
    for t in sorted({t for t in world.instants if f.fire < t <= world.as_of} | {max(f.fire, world.as_of)}):
        if guard(world, guard_for(f.duty, f.subject), f.ctx, t) is not None:
            break
        last = t
    return last


def at_firing(rows: object) -> bool:
    return isinstance(rows, (DeadlineRows, PeopleRows)) and rows.at_firing


def of_rows(world: World, rows: object, ctx: Ctx, t: int) -> set[Fact]:
    """The unknown facts of the rows up to the first that is true."""
    found: set[Fact] = set()
    for row in rows.rows if isinstance(rows, (DeadlineRows, PeopleRows)) else ():
        found |= unknown(world, row.condition, ctx, t)
        if holds(world, row.condition, ctx, t):
            break
    return found


def of_guard(world: World, g: Guard, ctx: Ctx, t: int) -> set[Fact]:
    found = unknown(world, g.when, ctx, t)
    if ctx.ep is not None and g.kinds and fact(world, "episode.kind", Ctx(ctx.ep), t) is None:
        found.add(("episode.kind", ctx.ep.id))
    if g.in_scope:
        found |= unknown(world, world.protocol.scope, ctx, t)
    return found


def of_trigger(world: World, duty: Duty, trigger: Moment | Stretch, ctx: Ctx, t: int) -> set[Fact]:
    match trigger:
        case OnInstant("first_episode"):
            return of_first(world, ctx.ep, duty.guard.kinds)
        case EpisodesReach(_, counted):
            return of_count(world, counted, t)
        case MissingFor(str() as name):
            return of_fact(world, name, ctx, t) if fact(world, name, ctx, t) is None else set()
        case OnEvent(_, fields):
            return unknown(world, fields, ctx, t)
    return set()


def of_first(world: World, ep: Episode | None, kinds: tuple[str, ...]) -> set[Fact]:
    """Why it is not known to be the first: the history, or the kind of an earlier one as it started."""
    if ep is None or is_first(world, ep, kinds) is not None:
        return set()
    found: set[Fact] = {HISTORY} if world.case.history_from else set()
    for e in world.episodes[: world.episodes.index(ep)]:
        if kinds and fact(world, "episode.kind", Ctx(e), as_int(e.started)) is None:
            found.add(("episode.kind", e.id))
    return found


def of_count(world: World, counted: Counted, t: int) -> set[Fact]:
    """The history, if the window reaches before it; kinds and places of the episodes inside."""
    found: set[Fact] = set()
    newest = world.clock.date_of(instant(t))
    start = world.case.history_from
    if start is not None and in_window(world, counted, min(start.fromordinal(start.toordinal() - 1), newest), newest):
        found.add(HISTORY)
    for e in world.episodes:
        at = counted_at(e, counted)
        if at is None or at > t or not in_window(world, counted, world.clock.date_of(instant(at)), newest):
            continue
        for name, wanted in (("episode.kind", counted.kinds), ("episode.from", counted.missing_from)):
            if wanted and fact(world, name, Ctx(e), t) is None:
                found.add((name, e.id))
    return found


def instant(t: int) -> Instant:
    from missingrules.domain.clock import Instant

    return Instant(t)


def unknown(world: World, condition: Condition, ctx: Ctx, t: int) -> set[Fact]:
    """The unknown facts of every unknown part."""
    if holds(world, condition, ctx, t) is not None:
        return set()
    match condition:
        case All(some) | AnyOf(some):
            return set().union(*(unknown(world, p, ctx, t) for p in some))
        case Not(part):
            return unknown(world, part, ctx, t)
        case CountTest(counted, _):
            return of_count(world, counted, t)
        case FactTest(name, _):
            return of_fact(world, name, ctx, t)
        case HoursTest():
            return set()
    raise AssertionError(condition)


def of_fact(world: World, name: str, ctx: Ctx, t: int) -> set[Fact]:
    """The fact, or what it is worked out from; also what leaves open whether some rule concludes it."""
    if name == "child.age":
        return {("child.date_of_birth", None)}
    found: set[Fact] = set()
    ep = (ctx.ep or running(world, t)) if name.startswith("episode.") else None
    if name.startswith("episode.") and ep is None:
        return found  # nobody can be asked
    if name == "episode.first_episode":
        kind = {("episode.kind", ep.id)} if ep and fact(world, "episode.kind", Ctx(ep), t) is None else set()
        return of_first(world, ep, ("missing",)) | kind
    for p in world.provisions:
        if isinstance(p, Conclusion) and p.fact == name:
            of = Ctx(ep, p.guard.kinds)
            found |= of_guard(world, p.guard, of, t) if guard(world, p.guard, of, t) is None else set()
    names = {"episode.risk.recorded": "episode.risk", "episode.missing": "episode.kind"}
    return found | {(names.get(name, name), ep.id if ep else None)}
