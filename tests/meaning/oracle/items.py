"""Obligations of one rule in one world: when they open, which record discharges them, what ends them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TYPE_CHECKING

from missingrules.domain.rules import Duty, Effect, Prohibition
from tests.meaning.oracle.dues import (
    Due,
    Who,
    due_at,
    held_due,
    moving,
    opening,
    schedule,
    series_anchor,
    who_possible,
)
from tests.meaning.oracle.facts import Truth, guard, holds
from tests.meaning.oracle.firing import (
    NEVER,
    Chance,
    Firing,
    arising,
    counts_as_done,
    firings,
    first_until,
    given,
    of_episode,
)
from tests.meaning.oracle.world import Ctx, TooManyWorlds, World, as_int

if TYPE_CHECKING:
    from missingrules.domain.case import Record
    from missingrules.domain.people import WhoEver

MOST_UNSURE = 6  # undecided firings of one rule, each with and without


@dataclass
class Item:
    """One obligation. `opens` is when it arises; acts count from `since`; `due` is that of a series."""

    f: Firing
    opens: int
    since: int
    number: int | None = None
    due: int | None = None
    undecided: bool = False
    end: int = NEVER
    sure_end: int = NEVER  # without what may have ended it
    superseded: bool = False
    done: int | None = None
    unsure: bool = False
    by_records: tuple[str, ...] = ()
    told: set[str] = field(default_factory=set)
    agreed: set[str] = field(default_factory=set)

    @property
    def occurrence(self) -> str:
        return self.f.occurrence if self.number is None else str(self.number)

    def key(self, world: World) -> str:
        return f"{world.protocol.name}/{self.f.duty.id}/{self.f.subject}/{self.occurrence}"

    def due_by(self, world: World, t: int) -> Due:
        if self.number is not None:
            return Due(self.due, self.due)
        key = ("due", id(self.f), t)
        if key not in world.memo:
            world.memo[key] = due_at(world, self.f.duty.deadline, self.f, t)
        found: Due = world.memo[key]
        return found


Scenario = list[Item]


# --- ends -------------------------------------------------------------------------------------------------------------


def unless_comes(world: World, f: Firing, after: int) -> int:
    for t in world.instants:
        if t > after and any(holds(world, u.condition, f.ctx, t) for u in f.duty.guard.unless):
            return t
    return NEVER


def supersedes(world: World, f: Firing, assume: bool) -> int:
    """The first firing of the rule that takes this one's place; undecided firings only if `assume`."""
    found = [NEVER]
    for other in world.duties:
        if f.duty.superseded_by in (other.rule, other.id) and other.id not in world.busy:
            found += [
                g.arise
                for g in firings(world, other)
                if g.subject == f.subject and g.arise >= f.arise and (assume or not g.undecided)
            ]
    return min(found)


def set_end(world: World, item: Item, assume: bool) -> None:
    f = item.f
    until = first_until(world, f.duty, f.chance, f.chance.begin, f.ctx)
    item.sure_end = min(until, unless_comes(world, f, start_of(item)), supersedes(world, f, assume=False))
    if assume:
        until = min(until, max(item.opens, first_until(world, f.duty, f.chance, f.chance.begin, f.ctx, assume=True)))
    ended = min(until, unless_comes(world, f, start_of(item)))
    over = period_over(world, f)
    item.sure_end = min(over, item.sure_end)
    taken = min(over, supersedes(world, f, assume))
    item.end, item.superseded = min(ended, taken), taken <= ended and taken != NEVER


def period_over(world: World, f: Firing) -> int:
    """When the next period but one begins: what is still undone is missed."""
    period = f.chance.period
    return NEVER if period is None else world.clock.midnight(period.next_but_one)


def start_of(item: Item) -> int:
    return item.f.fire if item.number is None else item.opens


# --- opening ----------------------------------------------------------------------------------------------------------


def items_of(world: World, f: Firing, assume: bool) -> list[Item]:
    duty = f.duty
    if duty.repeat is None:
        since = arising(world, duty, f.chance) if f.chance.moment else f.arise
        if duty.counts_from == "started" and f.ep is not None:
            since = min(since, as_int(f.ep.started))
        item = Item(f, f.arise, since, undecided=f.undecided)
        set_end(world, item, assume)
        # a numbered day that has not come: what has ended before never arises
        if arising(world, duty, f.chance) <= item.end == period_over(world, f):
            return [item]  # known to have been owed when its time was over
        return [] if item.end < item.opens else [item]
    if duty.repeat.next_from == "last_held":
        begin = series_anchor(world, duty.repeat, f)
        first = None if begin is None else next_held(world, f, 1, begin[1], assume, first=True)
        return [first] if first else []
    found: list[Item] = []
    openings: dict[int, int] = {}  # by the calendar, whether or not the guard then holds
    for slot in schedule(world, duty.repeat, f):
        if slot.due < f.arise:
            continue
        openings[slot.number] = max(slot.opens, f.arise)
        item = Item(f, max(slot.opens, f.arise), max(slot.opens, f.arise), slot.number, slot.due)
        truth = opening(world, duty, f, item.opens)
        if truth is False:
            continue
        item.undecided = f.undecided or truth is None
        set_end(world, item, assume)
        if item.end < item.opens:
            break
        found.append(item)
        if item.opens > world.as_of or f.undecided:  # of a series that may not be there its first occurrence
            break
    for item in found:
        later = openings.get(as_int(item.number) + 2, NEVER)
        item.sure_end = min(later, item.sure_end)
        if later < item.end:
            item.end, item.superseded = later, False
    return found


def next_held(world: World, f: Firing, number: int, opens: int, assume: bool, *, first: bool = False) -> Item | None:
    """The occurrence that opens then, or the next one whose guard holds and that is still owed."""
    assert f.duty.repeat is not None
    while opens <= world.horizon:
        due = held_due(world, f.duty.repeat, f, opens, first)
        if due is None:
            return None
        if due >= f.arise:
            item = Item(f, max(opens, f.arise), max(opens, f.arise), number, due)
            truth = opening(world, f.duty, f, item.opens)
            if truth is not False:
                item.undecided = f.undecided or truth is None
                set_end(world, item, assume)
                return None if item.end < item.opens else item
        number, opens, first = number + 1, due + 1, False
    return None


# --- discharge --------------------------------------------------------------------------------------------------------


def acts_of(r: Record) -> list[tuple[str, str | None, str | None, str | None]]:
    """The act itself and those it included, with outcome, about and method."""
    return [(r.action, r.outcome, r.about, r.method), *((a, None, None, None) for a in r.included)]


def forbidden_acts(world: World, p: Prohibition) -> tuple[str, ...]:
    """The action that is forbidden, and those that count as it."""
    word = world.protocol.words.actions.get(p.action)
    return (p.action, *(word.also if word else ()))


def is_forbidden(world: World, p: Prohibition, r: Record) -> bool:
    """Whether one of the record's acts is the forbidden one."""
    for action, outcome, about, method in acts_of(r):
        done = counts_as_done(world, action, outcome) if p.outcome is None else outcome == p.outcome
        if action in forbidden_acts(world, p) and done and p.method in (None, method) and p.about in (None, about):
            return True
    return False


def breaches(world: World) -> list[tuple[Prohibition, Record, Truth]]:
    """Every record of a forbidden act while its guard holds, or may."""
    found: list[tuple[Prohibition, Record, Truth]] = []
    for p in world.provisions:
        if not isinstance(p, Prohibition):
            continue
        for r in world.case.records:
            if is_forbidden(world, p, r) and (not p.to or set(p.to) & set(r.to)):
                ep = world.episode(r.episode)
                truth = guard(world, p.guard, Ctx(ep, p.guard.kinds, None, r), as_int(r.at))
                if truth is not False:
                    found.append((p, r, truth))
    return found


def pulled(item: Item) -> set[tuple[str, str]]:
    """The act that pulled the trigger."""
    c = item.f.chance
    return {(c.record.id, c.act)} if c.record is not None and c.act is not None else set()


def is_the_act(world: World, duty: Duty, r: Record, *, void: set[tuple[str, str]]) -> bool:
    """The same act, or one that counts as it, with an outcome that will do; acts that are `void` do not count."""
    word = world.protocol.words.actions.get(duty.action)
    also = word.also if word else ()
    for action, outcome, about, method in acts_of(r):
        if (r.id, action) in void:
            continue
        if action != duty.action and action not in also:
            continue
        if duty.about not in (None, about) or duty.method not in (None, method):
            continue
        if duty.effect is Effect.CONSIDER:
            return True
        if duty.effect is Effect.DECIDE:
            good = outcome in ("for", "against")
        elif duty.effect is Effect.AGREE:
            good = outcome == "agreed"
        else:
            good = counts_as_done(world, action, outcome) or outcome in duty.met_by
        if good:
            return True
    return False


def covered(world: World, who: WhoEver | None, item: Item, told: set[str], silent: bool, r: Record) -> Truth:
    """Whether everybody who must be is among those told so far."""
    answers = {
        is_covered(world, some, told, silent, r)
        for some in who_possible(world, who, replace(item.f, fire=start_of(item)), as_int(r.at))
    }
    return answers.pop() if len(answers) == 1 else None


def is_covered(world: World, some: Who, told: set[str], silent: bool, r: Record) -> bool:
    if some is None or some == "not_stated":
        return True
    mode, roles = some
    if silent and (world.covers[r.id] if len(roles) != 1 or mode == "other_than" else True):
        return True
    if mode == "all":
        return set(roles) <= told
    if mode == "any":
        return bool(set(roles) & told)
    return bool(told - set(roles))


def discharge(world: World, items: list[Item], assume: bool, strict: bool) -> None:
    """Every record in its order, each to at most one obligation of the rule for one subject.

    With `strict` what may be a breach discharges nothing, as what is one.
    """
    broken = [(p, r) for p, r, truth in breaches(world) if truth or strict]
    void = {(r.id, action) for p, r in broken for action in forbidden_acts(world, p)}
    for r in sorted(world.case.records, key=lambda r: (as_int(r.at), r.id)):
        at = as_int(r.at)
        open_ = [
            i
            for i in items
            if i.done is None
            and i.since <= at <= i.sure_end
            and is_the_act(world, i.f.duty, r, void=void | pulled(i))
            and of_episode(world, r, i.f.ep)
        ]
        if not open_:
            continue
        named = [i for i in items if r.answers is not None and r.answers in (i.key(world), i.f.chance.name)]
        if named:
            chosen = next((i for i in named if i in open_), None)
        elif open_[0].number is not None:
            chosen = min(open_, key=lambda i: (abs(as_int(i.due) - at), i.opens))
        else:
            chosen = max(open_, key=lambda i: (i.f.at, items.index(i)))
        if chosen is None:
            continue
        give(world, chosen, r)
        repeat = chosen.f.duty.repeat
        last_held = repeat is not None and repeat.next_from == "last_held"
        if chosen.done is not None and last_held and not chosen.f.undecided:
            after = next_held(world, chosen.f, as_int(chosen.number) + 1, at, assume)
            items += [after] if after else []


def give(world: World, item: Item, r: Record) -> None:
    duty = item.f.duty
    item.told |= set(r.to)
    item.agreed |= set(r.with_)
    parts = [covered(world, duty.to, item, item.told, not r.to, r)]
    if duty.effect is Effect.AGREE:
        parts.append(covered(world, duty.with_, item, item.agreed, not r.with_, r))
    item.by_records += (r.id,)
    if all(parts):
        item.done = as_int(r.at)
    elif False not in parts:
        item.unsure = True


def scenarios(world: World, duty: Duty) -> list[Scenario]:
    """The rule's obligations, with and without each undecided firing, and with and without undecided ends."""
    key = ("scenarios", duty.id)
    if key in world.memo:
        known: list[Scenario] = world.memo[key]
        return known
    some = firings(world, duty)
    unsure = [f for f in some if f.undecided]
    if len(unsure) > MOST_UNSURE:
        raise TooManyWorlds
    found: list[Scenario] = []
    for assume, strict in product((False, True), repeat=2):
        for n in range(len(unsure) + 1):
            for without in combinations(unsure, n):
                scenario: list[Item] = []
                for subject in dict.fromkeys(f.subject for f in some):
                    items: list[Item] = []
                    for f in some:
                        if f.subject == subject and f not in without:
                            items += items_of(world, f, assume)
                    discharge(world, items, assume, strict)
                    scenario += items
                found.append(scenario)
    if not world.busy:
        world.memo[key] = found
    return found


# --- undone -----------------------------------------------------------------------------------------------------------


def undone(world: World, rule: str) -> list[Chance]:
    """For each obligation of that rule the first second after its due instant, if nothing was recorded by then."""
    found: list[Chance] = []
    for duty in [d for d in world.duties if rule in (d.rule, d.id)]:
        some = as_they_may_be_meant(world, duty)
        keys = dict.fromkeys(i.key(world) for s in some for i in s)
        for key in keys:
            mine = [next((i for i in s if i.key(world) == key), None) for s in some]
            passed = {None if i is None else passing(world, i) for i in mine}
            times = [p for p in passed if p is not None]
            if not times:
                continue
            f = next(i for i in mine if i is not None).f
            sure = len(passed) == 1 and times[0][1] and not any(i is None or i.undecided for i in mine)
            at = min(t for t, _ in times)
            if at > world.as_of and any(i is None or i.undecided for i in mine):
                continue  # whether it is owed at all comes first
            found.append(Chance(f.subject, f.ep, at, truth=given(True if sure else None)))
    return found


def as_they_may_be_meant(world: World, duty: Duty) -> list[Scenario]:
    """The rule's scenarios, however the records are meant: an undone one that hangs on that is undecided."""
    found = []
    for sibling in world.siblings or [world]:
        busy, sibling.busy = sibling.busy, sibling.busy | world.busy
        found += scenarios(sibling, duty)
        sibling.busy = busy
    return found


def passing(world: World, item: Item) -> tuple[int, bool] | None:
    """When the due instant has passed undone, and whether that is certain."""
    f = item.f
    if item.number is not None:
        steps = [(item.opens, Due(item.due, item.due))]
    else:
        steps = list(moving(world, f.duty.deadline, f))
    for n, (_, due) in enumerate(steps):
        until = steps[n + 1][0] if n + 1 < len(steps) else NEVER
        if due.low is not None and due.low < until:
            if (item.done is not None and item.done <= due.low) or item.end <= due.low:
                return None
            return due.low + 1, due.low == due.high and not item.unsure
    return None
