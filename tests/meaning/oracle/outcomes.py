"""Statuses, and what is the same in every world: the oracle's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.rules import (
    All,
    Becomes,
    Conclusion,
    Condition,
    CountTest,
    DeadlineRows,
    FactTest,
    Modality,
    Not,
    OnDay,
    PeopleRows,
    Protocol,
)
from missingrules.domain.rules import (
    Any as AnyOf,
)
from tests.meaning.oracle.dues import Due, Who, who_at
from tests.meaning.oracle.facts import holds, possible
from tests.meaning.oracle.firing import NEVER, firings
from tests.meaning.oracle.items import Item, breaches, scenarios, start_of
from tests.meaning.oracle.world import Ctx, World, as_int, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.rules import Duty


class Outcome(NamedTuple):
    status: str
    triggered_at: int | None
    due: int | None
    due_between: tuple[int, int] | None
    discharged_at: int | None
    ended_at: int | None
    action: str
    by: Who
    chair: Who
    recipients: Who


def status_of(world: World, item: Item, due: Due) -> str:
    """The first of the contract's list that applies, of an obligation whose firing is certain."""
    now = world.as_of
    if item.opens > now:
        return "upcoming"
    if item.unsure and item.done is None:
        return "not_decidable"
    ended = item.end <= now
    closed = item.done if item.done is not None else item.end if ended else now
    late = before_or_after(closed, due)
    if item.done is not None:
        return {True: "met_late", False: "met", None: "not_decidable"}[late]
    if ended and item.superseded:
        return "missed"
    if ended:
        return {True: "missed", False: "ceased", None: "not_decidable"}[late]
    if item.f.duty.modality is Modality.MAY:
        return "available"
    return {True: "overdue", False: "due", None: "not_decidable"}[late]


def before_or_after(t: int, due: Due) -> bool | None:
    """Whether t is after the due instant."""
    if due.low is None or t <= due.low:
        return False
    return True if due.high is not None and t > due.high else None


def outcome_of(world: World, item: Item) -> Outcome:
    f, now = item.f, world.as_of
    closed = item.done if item.done is not None else item.end if item.end <= now else now
    when = item.opens if item.opens > now else min(now, item.end) if item.undecided else closed
    due = item.due_by(world, when)
    status = "not_decidable" if item.undecided else status_of(world, item, due)
    open_ = status in ("upcoming", "not_decidable")
    at_opening = replace(f, fire=start_of(item))
    return Outcome(
        status,
        None
        if item.undecided
        else item.opens
        if item.number is not None or isinstance(f.duty.deadline, OnDay)
        else f.at,
        due.low,
        (due.low, due.high) if due.low is not None and due.high is not None and due.low != due.high else None,
        None if open_ else item.done,
        None if open_ or item.done is not None or item.end > now else item.end,
        f.duty.action,
        who_at(world, f.duty.by, at_opening, when),
        who_at(world, f.duty.chair, at_opening, when),
        who_at(world, f.duty.to, at_opening, when),
    )


def in_world(world: World) -> dict[str, Outcome | None]:
    """Every obligation in one world; a rule's scenarios come together as worlds do."""
    found: dict[str, Outcome] = {}
    for duty in world.duties:
        views = [{i.key(world): outcome_of(world, i) for i in shown(world, s)} for s in scenarios(world, duty)]
        sure = {i.key(world) for s in scenarios(world, duty) for i in s if not i.undecided}
        for key in dict.fromkeys(k for v in views for k in v):
            some = [v[key] for v in views if key in v]
            found[key] = same(some, missing=len(some) < len(views) and key in sure)
    return dict(found)


def shown(world: World, items: list[Item]) -> list[Item]:
    """Within the horizon; of a series only the next unopened occurrence."""
    found = [i for i in items if i.opens <= world.horizon]
    unopened = [i for i in found if i.number is not None and i.opens > world.as_of]
    first: dict[str, Item] = {}
    for i in sorted(unopened, key=lambda i: (i.opens, as_int(i.number))):
        first.setdefault(i.f.subject, i)
    return [i for i in found if i not in unopened or i is first[i.f.subject]]


def same(some: list[Outcome], *, missing: bool) -> Outcome:
    """What is the same for all stands; otherwise the status is not decidable and an instant null."""

    def one(values: list[Any]) -> Any:
        return values[0] if len(set(values)) == 1 else None

    def people(values: list[Who]) -> Who:
        if len(set(values)) == 1:
            return values[0]
        each = [x for v in values for x in (v[1] if isinstance(v, tuple) and v[0] == "undecided" else (v,))]
        return "undecided", tuple(sorted(set(each), key=str))

    statuses = {o.status for o in some}
    status = statuses.pop() if len(statuses) == 1 and not missing else "not_decidable"
    undone = [o for o in some if o.discharged_at is None]
    some_dues = undone or some
    dues = [x for o in some_dues for x in (o.due_between or (o.due, o.due)) if x is not None]
    same_due = len({(o.due, o.due_between) for o in some_dues}) == 1
    everywhere = all(o.due is not None for o in some_dues)
    return Outcome(
        status,
        None if missing else one([o.triggered_at for o in some]),
        one([o.due for o in some_dues]),
        some_dues[0].due_between if same_due else (min(dues), max(dues)) if everywhere and dues else None,
        None if missing else one([o.discharged_at for o in some]),
        None if missing else one([o.ended_at for o in some]),
        some[0].action,
        people([o.by for o in some]),
        people([o.chair for o in some]),
        people([o.recipients for o in some]),
    )


def answer(
    protocol: Protocol, case: Case, as_of: int, horizon_days: int = 90, readings: Mapping[str, str] | None = None
) -> dict[str, Outcome]:
    """Every obligation by its key."""
    views = [in_world(w) for w in worlds(protocol, case, as_of, horizon_days, readings or {})]
    found = {}
    for key in dict.fromkeys(k for v in views for k in v):
        some = [o for v in views if (o := v.get(key)) is not None]
        found[key] = same(some, missing=len(some) < len(views))
    return found


# --- conclusions, breaches, questions ---------------------------------------------------------------------------------


def conclusions(
    protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None = None
) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """The effective value of everything that some rule concludes, by fact and episode."""
    views: list[dict[tuple[str, str | None], tuple[str, ...]]] = []
    for w in worlds(protocol, case, as_of, 0, readings or {}):
        view = {}
        for name in dict.fromkeys(p.fact for p in w.provisions if isinstance(p, Conclusion)):
            for ep in w.episodes if name.startswith("episode.") else (None,):
                view[name, ep.id if ep else None] = effective(w, name, possible(w, name, Ctx(ep), as_of))
        views.append(view)
    keys = dict.fromkeys(k for v in views for k in v)
    return {k: views[0][k] if len({v.get(k) for v in views}) == 1 else ("unknown",) for k in keys}


def effective(world: World, name: str, some: set[Any] | None) -> tuple[str, ...]:
    if some is None:
        return ("unknown",)
    if len(some) == 1:
        return "is", str(next(iter(some)))
    levels = world.protocol.words.facts[name].values
    lowest = min(levels.index(x) for x in some)
    whole = {levels[n] for n in range(lowest, len(levels))}
    return ("at least", levels[lowest]) if some == whole else ("one of", *(x for x in levels if x in some))


def forbidden(
    protocol: Protocol, case: Case, as_of: int, readings: Mapping[str, str] | None = None
) -> set[tuple[str, str, str]]:
    """Breaches: the rule, the record, and `breached` or `not_decidable`."""
    views = [
        {(p.rule, r.id): "breached" if truth else "not_decidable" for p, r, truth in breaches(w)}
        for w in worlds(protocol, case, as_of, 0, readings or {})
    ]
    keys = {k for v in views for k in v}
    return {
        (*k, views[0][k] if all(k in v and v[k] == views[0].get(k) for v in views) else "not_decidable") for k in keys
    }


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
    from missingrules.domain.rules import Is

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
