"""What is asked: every fact that nobody gave and something hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.rules import (
    All,
    Becomes,
    Condition,
    CountTest,
    DeadlineRows,
    FactTest,
    Is,
    Not,
    PeopleRows,
)
from missingrules.domain.rules import (
    Any as AnyOf,
)
from tests.meaning.oracle.facts import holds
from tests.meaning.oracle.firing import NEVER, firings
from tests.meaning.oracle.items import scenarios
from tests.meaning.oracle.world import Ctx, World, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.rules import Duty, Protocol


def questions(
    protocol: Protocol,
    case: Case,
    as_of: int,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
) -> set[str]:
    """The facts that are asked for."""
    found: set[str] = set()
    for w in worlds(protocol, case, as_of, horizon_days, readings or {}):
        for duty in w.duties:
            found |= asked_for(w, duty)
    return found


def asked_for(world: World, duty: Duty) -> set[str]:
    found: set[str] = set()
    t = world.as_of
    if isinstance(duty.trigger, Becomes):
        newest = world.episodes[-1] if world.episodes else None
        found |= asked(world, duty.trigger.test, Ctx(newest, duty.guard.kinds), t)
    for f in firings(world, duty):
        if f.undecided:
            found |= asked(world, duty.guard.when, f.ctx, f.at)
            if f.ep is not None and duty.guard.kinds:
                found |= asked(world, kind_test(duty.guard.kinds), f.ctx, f.at)
            if duty.guard.in_scope:
                found |= asked(world, world.protocol.scope, f.ctx, f.at)
    for item in (i for s in scenarios(world, duty) for i in s):
        if item.opens <= t and item.done is None and (item.end > t or item.end == NEVER):
            rows = [
                r.condition
                for who in (duty.deadline, duty.by, duty.chair, duty.to)
                if isinstance(who, (PeopleRows, DeadlineRows))
                for r in who.rows
            ]
            for condition in [u.condition for u in duty.guard.unless] + rows:
                found |= asked(world, condition, item.f.ctx, t)
    return found


def kind_test(kinds: tuple[str, ...]) -> Condition:
    return FactTest("episode.kind", Is(kinds))


def asked(world: World, condition: Condition, ctx: Ctx, t: int) -> set[str]:
    """The unknown facts of an unknown condition."""
    if holds(world, condition, ctx, t) is not None:
        return set()
    match condition:
        case All(parts) | AnyOf(parts):
            return set().union(*(asked(world, p, ctx, t) for p in parts))
        case Not(part):
            return asked(world, part, ctx, t)
        case FactTest(name, _):
            return {name}
        case CountTest():
            return {"episodes"}
    return set()
