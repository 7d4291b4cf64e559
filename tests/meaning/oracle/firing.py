"""When a rule fires, found by looking at every interesting instant one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from missingrules.domain.clock import Instant, Length
from missingrules.domain.deadlines import OnDay
from missingrules.domain.rules import Duty, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    Moment,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    Stretch,
    WhileMissing,
)
from missingrules.domain.vocabulary import DONE
from tests.meaning.oracle.calendar import Span, spans
from tests.meaning.oracle.facts import (
    Truth,
    both,
    brings,
    count,
    fact,
    guard,
    holds,
    is_first,
    passes,
    recorded,
)
from tests.meaning.oracle.world import Ctx, World, as_int

if TYPE_CHECKING:
    from collections.abc import Callable

    from missingrules.domain.case import Episode, Event, Record
    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Guard

NEVER = 1 << 60


def given(truth: Truth) -> Callable[[int], Truth]:
    """A trigger's truth that does not hang on the instant."""

    def told(_: int) -> Truth:
        return truth

    return told


def always(_: int) -> Truth:
    return True


@dataclass
class Chance:
    """A moment, or a stretch of time, at which a rule may fire for a subject."""

    subject: str
    ep: Episode | None
    begin: int
    end: int | None = None  # of a stretch: its last instant
    moment: bool = True
    truth: Callable[[int], Truth] = always  # the trigger itself, where it may be unknown
    name: str | None = None  # the id of the event or record
    event: Event | None = None
    record: Record | None = None
    act: str | None = None  # the act of the record that pulled the trigger
    period: Span | None = None  # of a duty of the calendar


@dataclass
class Firing:
    """`at` is what acts and deadlines count from, `fire` when the guard was true, `arise` when there is a duty."""

    duty: Duty
    subject: str
    ep: Episode | None
    at: int
    fire: int
    arise: int
    undecided: bool
    chance: Chance
    occurrence: str = ""
    ctx: Ctx = field(default_factory=lambda: Ctx(None))


# --- chances ----------------------------------------------------------------------------------------------------------


def chances(world: World, trigger: Moment | Stretch, kinds: tuple[str, ...]) -> list[Chance]:
    match trigger:
        case OnInstant(which):
            return [c for e in world.episodes if (c := on_instant(world, e, which, kinds)) is not None]
        case OnEvent(name, fields):
            found = []
            for n in (x for x in world.case.events if x.event == name):

                def tested(t: int, n: Event = n) -> Truth:
                    return holds(world, fields, Ctx(None, kinds, n), t)

                id_ = n.id or utc(as_int(n.at))
                ep = world.episode(n.episode)
                found.append(Chance(n.episode or "child", ep, as_int(n.at), truth=tested, name=id_, event=n))
            return found
        case OnRecord(act):
            return [
                Chance(r.episode or "child", world.episode(r.episode), as_int(r.at), name=r.id, record=r, act=act)
                for r in world.case.records
                if is_record_of(world, r, trigger)
            ]
        case OnBirthday(age):
            born = recorded(world, "child.date_of_birth", Ctx(None), 0)
            return [] if born is None else [Chance("child", None, world.clock.birthday(born, age))]
        case OnPeriod(every):
            today = world.clock.date_of(Instant(world.as_of))
            some = spans(world.clock, every, world.case, today) if world.organisation else []
            return [Chance("organisation", None, world.clock.midnight(s.first), period=s) for s in some]
        case OnUndone(rule):
            from tests.meaning.oracle.items import undone

            return undone(world, rule)
        case WhileMissing(ends_with):
            return [stretch(e, as_int(e.started), last(e, ends_with)) for e in world.episodes]
        case MissingFor():
            return [c for e in world.episodes for c in missing_long(world, e, trigger)]
        case Becomes():
            return becoming(world, trigger, kinds)
        case EpisodesReach():
            return [c for e in world.episodes for c in reaching(world, e, trigger)]
    raise AssertionError(trigger)


def utc(at: int) -> str:
    from missingrules.domain.clock import utc_text

    return utc_text(Instant(at))


def stretch(ep: Episode, begin: int, end: int | None, truth: Callable[[int], Truth] = always) -> Chance:
    return Chance(ep.id, ep, begin, end, False, truth)


def on_instant(world: World, e: Episode, which: str, kinds: tuple[str, ...]) -> Chance | None:
    if which == "first_episode":
        first = is_first(world, e, kinds)
        return None if first is False else Chance(e.id, e, as_int(e.started), truth=given(first))
    at = getattr(e, which)
    return Chance(e.id, e, at) if isinstance(at, int) else None


def last(e: Episode, ends_with: str) -> int | None:
    ends = [x for x in (e.returned, e.located if ends_with == "located" else None) if isinstance(x, int)]
    return min(ends) if ends else None


def missing_long(world: World, e: Episode, trigger: MissingFor) -> list[Chance]:
    """From start + length to the end; of a length that a fact gives, wherever that is so."""
    end = last(e, trigger.ends_with)
    more = 1 if trigger.more_than else 0
    if isinstance(trigger.length, Length):
        begin = world.clock.after(Instant(as_int(e.started)), trigger.length) + more
        return [stretch(e, begin, end)] if end is None or begin <= end else []
    name = trigger.length

    def long_enough(t: int) -> Truth:
        length = fact(world, name, Ctx(e), t)
        if not isinstance(length, Length):
            return None
        return t >= world.clock.after(Instant(as_int(e.started)), length) + more

    reached = [t for t in world.instants if t >= as_int(e.started) and long_enough(t) is not False]
    return [stretch(e, min(reached), end, long_enough)] if reached else []


def becoming(world: World, trigger: Becomes, kinds: tuple[str, ...]) -> list[Chance]:
    """Every run of instants at which the fact is known to have the value."""
    name, test = trigger.test.fact, trigger.test.test
    found = []
    if name.startswith("episode."):
        for e in world.episodes:

            def has_it(t: int, e: Episode = e) -> bool:
                return passes(world, name, test, Ctx(e, kinds), t) is True

            start, end = as_int(e.started), e.returned if isinstance(e.returned, int) else world.horizon
            times = sorted({t for t in world.instants if start <= t <= end} | {start, end})
            for a, b in runs(times, has_it):
                began_before = a == start and has_it(a - 1)
                if e.returned is None or a < as_int(e.returned) or began_before:
                    found.append(stretch(e, a, None if e.returned is None and b == world.horizon else b))
        return found
    times = world.instants
    for a, b in runs(times, lambda t: passes(world, name, test, Ctx(None, kinds), t) is True):
        begin: int | None = a
        if a == times[0]:  # without a beginning
            begin = min((as_int(e.started) for e in world.episodes), default=None)
        end_ = None if b == world.horizon else b
        if begin is not None and (end_ is None or begin <= end_):
            found.append(Chance("child", None, begin, end_, moment=False))
    return found


def runs(times: list[int], true: Callable[[int], bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    open_ = False
    for t in times:
        if true(t):
            found[-1:] = [(found[-1][0], t)] if open_ else [*found[-1:], (t, t)]
        open_ = true(t)
    return found


def reaching(world: World, e: Episode, trigger: EpisodesReach) -> list[Chance]:
    """From the episode that brings the count to N until the count falls below N."""
    n, counted = trigger.at_least, trigger.counted
    truth = brings(world, e, n, counted)
    if truth is False:
        return []
    at = as_int(getattr(e, counted.counted_by))
    end = None
    for t in [x for x in world.instants if x > at]:
        if count(world, counted, t, e)[1] < n:
            end = t - 1
            break

    def still(t: int) -> Truth:
        low = count(world, counted, t, own=e if t == at else None)[0]
        return both([truth, True if low >= n else None])

    return [stretch(e, at, end, still)]


def is_record_of(world: World, r: Record, wanted: OnRecord) -> bool:
    """A record of that act, with that outcome (none written: one that counts as done), and as the rest says."""
    return any(
        is_act_of(world, r, outcome, about, wanted)
        for action, outcome, about in [(r.action, r.outcome, r.about), *((a, None, None) for a in r.included)]
        if action == wanted.action
    )


def is_act_of(world: World, r: Record, said: str | None, of: str | None, wanted: OnRecord) -> bool:
    outcome = counts_as_done(world, wanted.action, said) if wanted.outcome is None else said == wanted.outcome
    about = wanted.about is None or of == wanted.about
    to = not wanted.to or bool(set(wanted.to) & set(r.to))
    return outcome and about and to and (not wanted.by or bool(set(wanted.by) & set(r.by)))


def counts_as_done(world: World, action: str, outcome: str | None) -> bool:
    word = world.protocol.words.actions.get(action)
    return outcome is None or outcome in DONE or (word is not None and outcome in word.done)


# --- firings ----------------------------------------------------------------------------------------------------------


def first_until(world: World, duty: Duty, c: Chance, begin: int, ctx: Ctx, *, assume: bool = False) -> int:
    """The first instant at which an `until` comes: an act or a condition only since the trigger began.

    With `assume` a condition counts as come where it is unknown, and has been until `as_of`.
    """
    found = [NEVER]
    for until in duty.until:
        if isinstance(until, UntilInstant):
            at = getattr(c.ep, until.which) if c.ep else None
            found += [at] if isinstance(at, int) else []
        elif isinstance(until, OnBirthday):
            born = recorded(world, "child.date_of_birth", Ctx(None), 0)
            if born is not None:
                found.append(world.clock.birthday(born, until.age))
            elif assume and begin <= world.as_of:
                found.append(begin)
        elif isinstance(until, OnRecord):
            found += [
                as_int(r.at)
                for r in world.case.records
                if as_int(r.at) >= begin and is_record_of(world, r, until) and of_episode(world, r, c.ep)
            ]
        else:
            times = [t for t in sorted({*world.instants, begin}) if t >= begin]
            found += [t for t in times if holds(world, until, ctx, t)][:1]
            if assume:
                found += unknown_at_last(world, until, ctx, [t for t in times if t <= world.as_of])
    return min(found)


def unknown_at_last(world: World, condition: Condition, ctx: Ctx, times: list[int]) -> list[int]:
    """Where the unknown time begins that reaches to the last of these instants."""
    found: list[int] = []
    for t in reversed(times):
        if holds(world, condition, ctx, t) is not None:
            break
        found = [t]
    return found


def of_episode(world: World, r: Record, ep: Episode | None) -> bool:
    """It names the episode; naming none, the only one started by then (or the one it is taken for here)."""
    if ep is None:
        return True
    if r.episode is not None:
        return r.episode == ep.id
    begun = [e.id for e in world.episodes if as_int(e.started) <= as_int(r.at)]
    return begun == [ep.id] or (len(begun) > 1 and world.belongs.get(r.id) == ep.id)


def arising(world: World, duty: Duty, c: Chance) -> int:
    """Of a numbered day its 00:00, or the trigger if later."""
    if not isinstance(duty.deadline, OnDay):
        return c.begin
    from tests.meaning.oracle.dues import numbered_day

    day = numbered_day(world, duty.deadline, c, c.begin, c.begin)
    return c.begin if day is None else max(c.begin, world.clock.midnight(day))


def guard_for(duty: Duty, subject: str) -> Guard:
    """Of a duty of the organisation the scope, which says which children are meant, is not asked."""
    return replace(duty.guard, in_scope=False) if subject == "organisation" else duty.guard


def try_chance(world: World, duty: Duty, c: Chance) -> Firing | None:
    """The firing that a chance leads to, if any; undecided while the guard or the trigger is."""
    ctx = Ctx(c.ep, duty.guard.kinds, c.event, c.record)
    until = first_until(world, duty, c, c.begin, ctx)
    perhaps = first_until(world, duty, c, c.begin, ctx, assume=True)
    start = arising(world, duty, c)

    def true(t: int) -> Truth:
        return both([c.truth(t), guard(world, guard_for(duty, c.subject), ctx, t)])

    def fired(t: int, *, undecided: bool = False) -> Firing | None:
        at = c.begin if c.moment else t
        arise = max(t, start)
        if arise > until:  # it had come before
            return None
        return Firing(duty, c.subject, c.ep, at, t, arise, undecided or arise > perhaps, c, ctx=ctx)

    if c.begin > world.horizon or start > until:
        return None
    if c.moment:
        times = [c.begin, *(t for t in world.instants if c.begin < t <= world.as_of)]
        for t in times:
            truth = true(t)
            if truth is not None:
                return fired(t) if truth else None
        return fired(c.begin, undecided=True)
    end = min(world.horizon, world.horizon if c.end is None else c.end)
    times = sorted({start, end, *(t for t in world.instants if start <= t <= end)}) if start <= end else []
    unknown: int | None = None
    for t in times:
        truth = true(t)
        if unknown is not None and t > world.as_of and truth is not None:
            return fired(unknown, undecided=True)
        if truth:
            return fired(t)
        unknown = None if truth is False else t if unknown is None else unknown
    return None if unknown is None else fired(unknown, undecided=True)


def firings(world: World, duty: Duty) -> list[Firing]:
    """All firings of a rule, numbered for each subject."""
    key = ("firings", duty.id)
    if key not in world.memo:
        world.busy.add(duty.id)
        found = _firings(world, duty)
        world.busy.discard(duty.id)
        world.memo[key] = found
    some: list[Firing] = world.memo[key]
    return some


def _firings(world: World, duty: Duty) -> list[Firing]:
    kinds = duty.guard.kinds
    if not isinstance(duty.trigger, FirstOf):
        tried = [try_chance(world, duty, c) for c in chances(world, duty.trigger, kinds)]
        return numbered([f for f in tried if f is not None])
    tried = [try_chance(world, duty, c) for t in duty.trigger.triggers for c in chances(world, t, kinds)]
    some = [f for f in tried if f is not None]
    found = []
    for subject in dict.fromkeys(f.subject for f in some):
        mine = [f for f in some if f.subject == subject]
        sure = min((f for f in mine if not f.undecided), key=lambda f: f.fire, default=None)
        unsure = min((f for f in mine if f.undecided), key=lambda f: f.at, default=None)
        first = sure if unsure is None or (sure is not None and sure.fire <= unsure.at) else unsure
        assert first is not None
        found.append(replace(first, occurrence="1"))
    return found


def numbered(some: list[Firing]) -> list[Firing]:
    some = sorted(some, key=lambda f: (f.subject, f.at, f.chance.name or ""))
    count_: dict[str, int] = {}
    for f in some:
        count_[f.subject] = count_.get(f.subject, 0) + 1
        f.occurrence = f.chance.period.key if f.chance.period else f.chance.name or str(count_[f.subject])
    return some


def anchor(world: World, f: Firing | Chance, name: str, at: int, t: int) -> Any:
    """The instant (or date) that a deadline counts from, if it has happened by t."""
    c = f.chance if isinstance(f, Firing) else f
    if name in ("trigger", "event", "record", "birthday", "undone"):
        return at
    if name in ("started", "last_seen", "reported", "located", "returned"):
        stamp = getattr(c.ep, name) if c.ep else None
        return stamp if isinstance(stamp, int) and stamp <= t else None
    return fact(world, name, Ctx(c.ep, (), c.event, c.record), t)
