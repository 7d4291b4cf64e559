"""The case as it may have been: dates given a second, left-out instants filled in, cut at `as_of`. One world each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Facts, Held, Record
from missingrules.domain.clock import Clock, Instant, Length, Unit
from missingrules.domain.conditions import HoursTest, Range
from missingrules.domain.rules import Duty, Provision
from missingrules.domain.triggers import OnBirthday, OnPeriod, OnRecord
from missingrules.domain.vocabulary import FactKind
from tests.meaning.oracle.calendar import first_of_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.protocol import Protocol

INSTANTS = ("started", "located", "returned", "reported", "last_seen")
MOST_WORLDS = 4000


class Ctx(NamedTuple):
    """What a condition speaks of: an episode (none: the child), the trigger's event and record, the rule's kinds."""

    ep: Episode | None
    kinds: tuple[str, ...] = ()
    event: Event | None = None
    record: Record | None = None


@dataclass
class World:
    """One way in which everything happened, seen at `as_of`; every stamp in `case` is an instant."""

    protocol: Protocol
    provisions: tuple[Provision, ...]
    case: Case
    as_of: int
    horizon: int
    order: dict[tuple[str, str], int]  # the instant by which an episode is put in order: of a date, its first second
    belongs: Mapping[str, str]  # to which episode a record without one belongs, where several had started
    covers: Mapping[str, bool]  # whether a record silent on who was told, or agreed, covers everybody
    organisation: bool = False  # whether what the calendar asks of the organisation is asked for
    siblings: list[World] = field(default_factory=list)  # the same times, every record as it may be meant; itself too
    instants: list[int] = field(default_factory=list)
    memo: dict[Any, Any] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)

    @property
    def clock(self) -> Clock:
        return self.protocol.clock

    @property
    def episodes(self) -> tuple[Episode, ...]:
        return self.case.episodes

    @property
    def duties(self) -> list[Duty]:
        return [p for p in self.provisions if isinstance(p, Duty)]

    def episode(self, id_: str | None) -> Episode | None:
        return next((e for e in self.episodes if e.id == id_), None)


class TooManyWorlds(Exception):
    """The case leaves more open than brute force can go through."""


def first_second(clock: Clock, stamp: Any) -> int:
    return clock.midnight(stamp) if isinstance(stamp, date) else int(stamp)


def chosen(protocol: Protocol, readings: Mapping[str, str]) -> tuple[Provision, ...]:
    """The provisions under these options, by default each reading's own."""
    found: list[Provision] = []
    for family in protocol.families:
        options = tuple(readings.get(r, protocol.readings[r].default) for r in family.readings)
        found += family.variants.get(options, ())
    return tuple(found)


def everything_in(thing: Any, seen: list[Any] | None = None) -> list[Any]:
    """Every object inside a rule."""
    seen = [] if seen is None else seen
    seen.append(thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        for f in fields(thing):
            everything_in(getattr(thing, f.name), seen)
    elif isinstance(thing, (tuple, list, frozenset)):
        for part in thing:
            everything_in(part, seen)
    return seen


def worlds(
    protocol: Protocol,
    case: Case,
    as_of: int,
    horizon_days: int,
    readings: Mapping[str, str],
    organisation: bool = False,
) -> Iterator[World]:
    """Every way in which it may have happened, by the seconds that can make a difference."""
    clock = protocol.clock
    provisions = chosen(protocol, readings)
    case = whole_days(protocol, case)
    episodes = tuple(sorted(case.episodes, key=lambda e: (first_second(clock, e.started), e.id)))
    order = {
        (e.id, w): first_second(clock, getattr(e, w))
        for e in episodes
        for w in INSTANTS
        if getattr(e, w) not in (None, NOT_KNOWN)
    }
    case = replace(case, episodes=episodes)
    horizon = clock.after(Instant(as_of), Length(horizon_days, Unit.DAY)) if horizon_days else as_of
    words = set(map(str, filter(lambda x: isinstance(x, str), everything_in(provisions))))
    marks = stamps_of(clock, case)
    base = interesting(protocol, provisions, marks, case, as_of, horizon)
    places = open_places(case, words)
    choices = [candidates(clock, case, place, base, as_of) for place in places]
    size = 1
    for some in choices:
        size *= len(some)
    if size > MOST_WORLDS:
        raise TooManyWorlds
    tried = False
    for values in product(*choices):
        filled = fill(case, dict(zip(places, values, strict=True)))
        line = sorted(filled.episodes, key=lambda e: (as_int(e.started), 1 << 60 if e.returned is None else e.returned))
        filled = replace(filled, episodes=tuple(line))
        if not in_order(filled):
            continue
        tried = True
        cut = seen(protocol, filled, as_of)
        instants = interesting(protocol, provisions, stamps_of(clock, cut), cut, as_of, horizon)
        siblings: list[World] = []
        for belongs, covers in of_records(protocol, cut, provisions):
            world = World(protocol, provisions, cut, as_of, horizon, order, belongs, covers, organisation, siblings)
            world.instants = instants
            siblings.append(world)
        yield from siblings
    if not tried:
        raise TooManyWorlds


# --- what is left open ------------------------------------------------------------------------------------------------


def whole_days(protocol: Protocol, case: Case) -> Case:
    """Dates alone of a status mean whole days: its ends are midnights."""

    def one(prefix: str, facts: Facts) -> Facts:
        out = {}
        for name, held in facts.items():
            word = protocol.words.facts.get(f"{prefix}.{name}")
            dated = word is not None and word.kind in (FactKind.GRADING, FactKind.JUDGEMENT)
            out[name] = held if dated else tuple(replace(h, start=day(h.start), end=day(h.end)) for h in held)
        return MappingProxyType(out)

    def day(stamp: Any) -> Any:
        return protocol.clock.midnight(stamp) if isinstance(stamp, date) else stamp

    return replace(
        case,
        child=one("child", case.child),
        plan=one("plan", case.plan),
        episodes=tuple(replace(e, facts=one("episode", e.facts)) for e in case.episodes),
    )


Place = tuple[Any, ...]


def open_places(case: Case, words: set[str]) -> list[Place]:
    """Every stamp that is a date alone, and every left-out instant that some rule speaks of."""
    found: list[Place] = []
    for i, e in enumerate(case.episodes):
        for which in INSTANTS:
            stamp = getattr(e, which)
            # the return is spoken of by every rule (`missing`, what runs, `missing_for`)
            left_out = stamp is NOT_KNOWN and (which == "returned" or which in words)
            if isinstance(stamp, date) or left_out:
                found.append(("episode", i, which))
        found += [
            ("grade", i, n, j) for n, hs in e.facts.items() for j, h in enumerate(hs) if isinstance(h.start, date)
        ]
    for n, hs in case.child.items():
        found += [("child", n, j) for j, h in enumerate(hs) if isinstance(h.start, date)]
    found += [("event", i) for i, x in enumerate(case.events) if isinstance(x.at, date)]
    found += [("record", i) for i, x in enumerate(case.records) if isinstance(x.at, date)]
    return found


def stamp_at(case: Case, place: Place) -> Any:
    match place:
        case ("episode", i, which):
            return getattr(case.episodes[i], which)
        case ("grade", i, name, j):
            return case.episodes[i].facts[name][j].start
        case ("child", name, j):
            return case.child[name][j].start
        case ("event", i):
            return case.events[i].at
        case ("record", i):
            return case.records[i].at
    raise AssertionError(place)


def candidates(clock: Clock, case: Case, place: Place, base: list[int], as_of: int) -> list[int | None]:
    stamp = stamp_at(case, place)
    if isinstance(stamp, date):
        first, last = clock.midnight(stamp), clock.end_of(stamp)
        near = {x + d for x in base for d in (-1, 0, 1) if first <= x + d <= last}
        return [*sorted({int(first), int(last), *near})]
    _, i, which = place
    here, after = case.episodes[i], case.episodes[i + 1 : i + 2]
    low = first_second(clock, here.started)
    high = first_second(clock, after[0].started) if after else as_of
    if after and isinstance(after[0].started, date):
        high = clock.end_of(after[0].started)
    some: list[int | None] = [x for x in base if low <= x <= min(high, as_of)]
    if high > as_of:
        some.append(high)  # later than anybody can see
    if which != "returned" or not after or high > as_of:
        some.append(None)
    return some


def fill(case: Case, values: Mapping[Place, int | None]) -> Case:
    episodes, events, records = list(case.episodes), list(case.events), list(case.records)
    child = dict(case.child)
    for place, value in values.items():
        new: Any = value
        match place:
            case ("episode", i, which):
                episodes[i] = replace(episodes[i], **{which: new})
            case ("grade", i, name, j):
                facts = dict(episodes[i].facts)
                facts[name] = graded(facts[name], j, new)
                episodes[i] = replace(episodes[i], facts=MappingProxyType(facts))
            case ("child", name, j):
                child[name] = graded(child[name], j, new)
            case ("event", i):
                events[i] = replace(events[i], at=new)
            case ("record", i):
                records[i] = replace(records[i], at=new)
    return replace(
        case, child=MappingProxyType(child), episodes=tuple(episodes), events=tuple(events), records=tuple(records)
    )


def graded(held: tuple[Held, ...], j: int, value: Any) -> tuple[Held, ...]:
    return (*held[:j], replace(held[j], start=value), *held[j + 1 :])


def in_order(case: Case) -> bool:
    """started <= located <= returned <= next start; no two gradings of one fact at one instant."""
    line: list[int] = []
    for n, e in enumerate(case.episodes):
        line += [x for x in (e.started, e.located, e.returned) if isinstance(x, int)]
        if e.returned is None and n + 1 < len(case.episodes):
            return False  # the next began after this one's return
    for e in case.episodes:
        for name, held in e.facts.items():
            starts = [h.start for h in held]
            if name != "from" and len(set(starts)) < len(starts):
                return False
    return line == sorted(line)


def of_records(
    protocol: Protocol, case: Case, provisions: tuple[Provision, ...]
) -> Iterator[tuple[dict[str, str], dict[str, bool]]]:
    """Records that name no episode, or nobody, each as it may be meant."""
    duties = [p for p in provisions if isinstance(p, Duty)]

    def acts_of(d: Duty) -> set[str]:
        word = protocol.words.actions.get(d.action)
        return {d.action, *(word.also if word else ())}

    acts = {u.action for d in duties for u in d.until if isinstance(u, OnRecord)}.union(*map(acts_of, duties))
    told = [d for d in duties if d.to is not None or d.with_ is not None]
    keys: list[tuple[str, str]] = []
    options: list[tuple[Any, ...]] = []
    for r in case.records:
        done = {r.action, *r.included}
        running = tuple(e.id for e in case.episodes if as_int(e.started) <= as_int(r.at))
        if r.episode is None and len(running) > 1 and done & acts:
            keys.append(("belongs", r.id))
            options.append(running)
        silent = [d for d in told if (d.to is not None and not r.to) or (d.with_ is not None and not r.with_)]
        if any(acts_of(d) & done for d in silent):
            keys.append(("covers", r.id))
            options.append((True, False))
    for values in product(*options):
        belongs = {k[1]: v for k, v in zip(keys, values, strict=True) if k[0] == "belongs"}
        covers = {k[1]: v for k, v in zip(keys, values, strict=True) if k[0] == "covers"}
        yield belongs, covers


def as_int(x: Any) -> int:
    assert isinstance(x, int)
    return x


# --- what had happened by as_of ---------------------------------------------------------------------------------------


def seen(protocol: Protocol, case: Case, as_of: int) -> Case:
    def upto(x: Any) -> Any:
        return x if isinstance(x, int) and x <= as_of else None

    def known(facts: Facts) -> Facts:
        out = {}
        for name, held in facts.items():
            begun = [h for h in held if h.start is None or as_int(h.start) <= as_of]
            out[name] = tuple(replace(h, end=upto(h.end)) for h in begun)
        return MappingProxyType(out)

    return replace(
        case,
        child=known(case.child),
        plan=known(case.plan),
        episodes=tuple(
            replace(e, facts=known(e.facts), **{w: upto(getattr(e, w)) for w in INSTANTS[1:]})
            for e in case.episodes
            if as_int(e.started) <= as_of
        ),
        events=tuple(e for e in case.events if as_int(e.at) <= as_of),
        records=tuple(r for r in case.records if as_int(r.at) <= as_of),
    )


# --- where anything can change ----------------------------------------------------------------------------------------


def stamps_of(clock: Clock, case: Case) -> list[int]:
    """Every instant in the case; of a date its first and last second."""
    found: list[Any] = []
    for e in case.episodes:
        found += [getattr(e, w) for w in INSTANTS]
    for facts in (case.child, case.plan, *(e.facts for e in case.episodes)):
        found += [s for hs in facts.values() for h in hs for s in (h.start, h.end)]
    found += [x.at for x in case.events]
    found += [x.at for x in case.records]
    exact = [int(x) for x in found if isinstance(x, int)]
    for d in (x for x in found if isinstance(x, date)):
        exact += [clock.midnight(d), clock.end_of(d)]
    return exact


def interesting(
    protocol: Protocol, provisions: tuple[Provision, ...], marks: list[int], case: Case, as_of: int, horizon: int
) -> list[int]:
    """Every instant, and the seconds beside it, at which a fact, a count or a condition can change."""
    clock = protocol.clock
    inside = everything_in((provisions, protocol.scope))
    lengths = {x for x in inside if isinstance(x, Length)}
    lengths |= {h.value for hs in case.plan.values() for h in hs if isinstance(h.value, Length)}
    bare = replace(case, child=NONE, plan=NONE, events=(), records=())
    starts = stamps_of(clock, bare)
    found = {as_of, horizon, *marks}
    if case.history_from is not None:
        starts.append(clock.midnight(case.history_from))  # what reaches back before it
    for every in {x.every for x in inside if isinstance(x, OnPeriod)}:
        day = first_of_all(clock, every, case)
        found |= set() if day is None else {clock.midnight(day)}
    for s in set(starts):
        for length in lengths:
            if length.unit is not Unit.WORKING_DAY:
                found.add(clock.after(Instant(s), length))
            if length.seconds is None:
                found.add(clock.midnight(clock.date_after(clock.date_of(Instant(s)), length)))
    if any(x in ("calendar month", "calendar quarter", "calendar year") for x in inside if isinstance(x, str)):
        low, high = clock.date_of(Instant(min(found))), clock.date_of(Instant(max(found)))
        found |= {clock.midnight(date(y, m, 1)) for y in range(low.year, high.year + 1) for m in range(1, 13)}
    for x in inside:
        if isinstance(x, HoursTest):
            hours = protocol.hours[x.hours]
            day = clock.date_of(Instant(min(found)))
            while clock.midnight(day) <= horizon:
                found |= {clock.midnight(day), clock.at(day, hours.opens), clock.at(day, hours.closes)}
                day += timedelta(days=1)
        if isinstance(x, date):
            found.add(clock.midnight(x))
    ages = {x.age for x in inside if isinstance(x, OnBirthday)} | {0}
    ages |= {
        n + d for x in inside if isinstance(x, Range) for n in (x.low, x.high) if isinstance(n, int) for d in (0, 1)
    }
    for h in case.child.get("date_of_birth", ()):
        if isinstance(h.value, date):
            found |= {clock.birthday(h.value, age) for age in ages}
    return sorted({x + d for x in found for d in (-1, 0, 1) if x + d <= horizon})


NONE: Facts = MappingProxyType({})
