"""Statuses, and what is the same in every world: the oracle's obligations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.deadlines import OnDay
from missingrules.domain.rules import Modality
from tests.meaning.oracle.dues import Due, Who, who_at
from tests.meaning.oracle.firing import arising
from tests.meaning.oracle.items import Item, scenarios, start_of
from tests.meaning.oracle.world import World, as_int, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol


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
    with_: Who
    modality: str


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
    perhaps = item.undecided or (item.done is None and item.end < item.sure_end)
    when = item.opens if item.opens > now else min(now, item.sure_end) if perhaps else closed
    status = "not_decidable" if item.undecided else status_of(world, item, item.due_by(world, max(closed, item.opens)))
    due = item.due_by(world, when)
    open_ = status in ("upcoming", "not_decidable")
    at_opening = replace(f, fire=start_of(item))
    return Outcome(
        status,
        None if item.undecided else triggered(world, item),
        due.low,
        (due.low, due.high) if due.low is not None and due.high is not None and due.low != due.high else None,
        None if open_ else item.done,
        None if open_ or item.done is not None or item.end > now else item.end,
        f.duty.action,
        who_at(world, f.duty.by, at_opening, when),
        who_at(world, f.duty.chair, at_opening, when),
        who_at(world, f.duty.to, at_opening, when),
        who_at(world, f.duty.with_, at_opening, when),
        str(f.duty.modality),
    )


def triggered(world: World, item: Item) -> int:
    """The moment (of a numbered day its 00:00), of a stretch the firing, in a series the opening."""
    if item.number is not None:
        return item.opens
    if isinstance(item.f.duty.deadline, OnDay):
        return arising(world, item.f.duty, item.f.chance) if item.f.chance.moment else item.f.arise
    return item.f.at


def in_world(world: World) -> dict[str, Outcome]:
    """Every obligation in one world; a rule's scenarios come together as worlds do."""
    found: dict[str, Outcome] = {}
    for duty in world.duties:
        views = [{i.key(world): outcome_of(world, i) for i in shown(world, s)} for s in scenarios(world, duty)]
        sure = {i.key(world) for s in scenarios(world, duty) for i in s if not i.undecided}
        for key in dict.fromkeys(k for v in views for k in v):
            some = [v[key] for v in views if key in v]
            found[key] = open_one(some, len(views) if key in sure else len(some))
    return found


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
    dues = [x for o in some for x in (o.due_between or (o.due, o.due)) if x is not None]
    same_due = len({(o.due, o.due_between) for o in some}) == 1
    everywhere = all(o.due is not None for o in some)
    return Outcome(
        status,
        None if missing else one([o.triggered_at for o in some]),
        one([o.due for o in some]),
        some[0].due_between if same_due else (min(dues), max(dues)) if everywhere and dues else None,
        None if missing else one([o.discharged_at for o in some]),
        None if missing else one([o.ended_at for o in some]),
        some[0].action,
        people([o.by for o in some]),
        people([o.chair for o in some]),
        people([o.recipients for o in some]),
        people([o.with_ for o in some]),
        some[0].modality,
    )


def answer(
    protocol: Protocol,
    case: Case,
    as_of: int,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    *,
    organisation: bool = False,
) -> dict[str, Outcome]:
    """Every obligation by its key."""
    views = timed(protocol, case, as_of, horizon_days, readings, organisation)
    found = {}
    for key in dict.fromkeys(k for v in views for k in v):
        some = [o for v in views if (o := v.get(key)) is not None]
        found[key] = same(some, missing=len(some) < len(views))
    return found


def timed(
    protocol: Protocol,
    case: Case,
    as_of: int,
    horizon_days: int,
    readings: Mapping[str, str] | None,
    organisation: bool,
) -> list[dict[str, Outcome]]:
    """The answer of every way in which the times may have been.

    Where a record leaves it open what it discharges, the due instant is that of the open obligation.
    """
    views: dict[int, list[dict[str, Outcome]]] = {}
    kept = []  # of one time, the case is one object
    for w in worlds(protocol, case, as_of, horizon_days, readings or {}, organisation):
        kept.append(w.case)
        views.setdefault(id(w.case), []).append(in_world(w))
    found = []
    for some in views.values():
        keys = dict.fromkeys(k for v in some for k in v)
        found.append({k: open_one([v[k] for v in some if k in v], len(some)) for k in keys})
    return found


def open_one(some: list[Outcome], of: int) -> Outcome:
    """What is the same; where it may still stand, its due instant and people are those that it has then."""
    found = same(some, missing=len(some) < of)
    open_ = [o for o in some if o.discharged_at is None and o.ended_at is None]
    if not open_:
        return found
    stands = same(open_, missing=False)
    return stands._replace(**{k: getattr(found, k) for k in ("status", "triggered_at", "discharged_at", "ended_at")})
