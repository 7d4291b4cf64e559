"""Dates without a time, and instants the case leaves out: every way the case may have been, as cases fully timed.

What all worlds agree on stands; merge.py finds it. Each open instant is tried at the ends of its span and around every
settled instant at which an order or a threshold could turn, together with the others of its episode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.vocabulary import FactKind, FactType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.case import Case, Episode, Facts, Held, Stamp
    from missingrules.domain.clock import Clock, Length
    from missingrules.domain.protocol import Words

# More combinations than this are sampled; a case with so many open instants has hardly a time at all.
TOGETHER = 256


class Spot(NamedTuple):
    """Where in a case an open instant stands: `episodes`, 2, `returned`; `events`, 0, `at` …"""

    part: str
    item: int
    name: str
    sub: int = -1


class Open(NamedTuple):
    """An instant that is not settled, and those it may be. None: it has not happened."""

    spot: Spot
    group: str  # the episode it belongs to
    owner: str | None  # the event or record it is of
    days: frozenset[date]  # the local dates at the ends of its span
    candidates: tuple[Instant | None, ...]  # the first is the earliest, the last the latest


@dataclass(frozen=True, slots=True)
class World:
    """A fully timed case, and which candidate each open instant took."""

    case: Case
    took: tuple[int, ...]


def open_instants(
    case: Case, as_of: Instant, clock: Clock, words: Words, reads: frozenset[str], lengths: tuple[Length, ...]
) -> list[Open]:
    """Every instant of the case that is not settled and that a rule may read."""
    spots = list(_spots(case, words, reads))
    if not spots:
        return []
    # A threshold turns once: the ends of a span find it, save where a settled instant stands inside.
    near = {as_of, *(stamp for stamp in _settled(case) if stamp <= as_of)}
    for mark in tuple(near):
        for length in lengths:
            seconds = length.seconds or clock.after(mark, length) - mark
            near |= {Instant(mark - seconds), Instant(mark + seconds)}
    turning = sorted({Instant(n + d) for n in near for d in (-1, 0, 1)})
    out = []
    for spot, group, stamp in spots:
        if isinstance(stamp, date):
            low, high = clock.midnight(stamp), clock.end_of(stamp)
            never: list[Instant | None] = []
        else:
            low, high = _span(case, spot, as_of, clock)
            never = [None]
        inside = [t for t in turning if low < t < high]
        days = frozenset({clock.date_of(low), clock.date_of(high)})
        out.append(Open(spot, group, _owner(case, spot), days, tuple(dict.fromkeys([low, *inside, high, *never]))))
    return out


def worlds(case: Case, open_: list[Open], as_of: Instant) -> list[World]:
    """The cases to be tried, those that break the order of an episode left out; the first is the earliest of all."""
    tried: dict[tuple[int, ...], None] = {}
    for members, choices in choices_of(open_):
        for taken in choices:
            chosen = dict(zip(members, taken, strict=True))
            tried[tuple(chosen.get(i, 0) for i in range(len(open_)))] = None
    out = []
    for took in tried:
        timed = _settle(case, {o.spot: o.candidates[c] for o, c in zip(open_, took, strict=True)})
        if _in_order(timed, as_of):
            out.append(World(timed, took))
    if not out:
        # Of so many that only some were tried, none of these was possible: one after the other they are.
        took = _one_after_another(case, open_)
        out.append(World(_settle(case, {o.spot: o.candidates[c] for o, c in zip(open_, took, strict=True)}), took))
    return out


def _one_after_another(case: Case, open_: list[Open]) -> tuple[int, ...]:
    """Each instant of the episodes the earliest that is not before what comes before it."""
    spots = {(o.spot.item, o.spot.name): i for i, o in enumerate(open_) if o.spot.part == "episodes" and o.spot.sub < 0}
    took = [0] * len(open_)
    latest = None
    for item in sorted(range(len(case.episodes)), key=lambda n: _ends(case, open_, spots, n)):
        for name in ("started", "located", "returned"):
            i = spots.get((item, name))
            if i is None:
                when = _instant(getattr(case.episodes[item], name))
            else:
                later = ((c, n) for n, c in enumerate(open_[i].candidates) if c is not None)
                when, took[i] = min((c for c in later if latest is None or c[0] >= latest), default=(None, took[i]))
            if when is not None and (latest is None or when > latest):
                latest = when
    return tuple(took)


def _ends(case: Case, open_: list[Open], spots: dict[tuple[int, str], int], item: int) -> tuple[Instant, str]:
    """By what episodes are in order: when each has ended at the latest."""
    i = spots.get((item, "returned"))
    end = _instant(case.episodes[item].returned) if i is None else open_[i].candidates[-1]
    return FOREVER if end is None else end, case.episodes[item].id


def choices_of(open_: list[Open]) -> Iterator[tuple[list[int], list[tuple[int, ...]]]]:
    """Which candidates are tried, in order: some of the open instants, and what they take while all others take their
    first. First of all the earliest of each, then the latest."""
    every = list(range(len(open_)))
    yield every, [tuple(0 for _ in open_), tuple(len(o.candidates) - 1 for o in open_)]
    for members in _together(open_):
        yield members, list(_choices([range(len(open_[i].candidates)) for i in members]))


def _owner(case: Case, spot: Spot) -> str | None:
    if spot.part == "records":
        return case.records[spot.item].id
    if spot.part == "events":
        event = case.events[spot.item]
        return event.id or event.event
    return None


def _together(open_: list[Open]) -> list[list[int]]:
    """Which open instants are tried in every combination: those of one episode, and of others on the same dates."""
    groups: list[tuple[set[str], set[date], list[int]]] = []
    for i, one in enumerate(open_):
        own: tuple[set[str], set[date], list[int]] = ({one.group}, set(one.days), [i])
        for other in [g for g in groups if g[0] & own[0] or g[1] & own[1]]:
            groups.remove(other)
            own = (own[0] | other[0], own[1] | other[1], other[2] + own[2])
        groups.append(own)
    return [sorted(members) for _, _, members in groups]


def _choices(every: list[range]) -> Iterator[tuple[int, ...]]:
    """Every combination; of too many the ends and the middle of each, then each alone."""
    thirds = [tuple(dict.fromkeys((0, len(choice) // 2, len(choice) - 1))) for choice in every]
    for choices in (every, thirds):
        if prod(len(choice) for choice in choices) <= TOGETHER:
            yield from product(*choices)
            return
    for i, choice in enumerate(every):
        for c in choice:
            yield tuple(c if k == i else 0 for k in range(len(every)))
            yield tuple(c if k == i else len(other) - 1 for k, other in enumerate(every))


def begun(case: Case, as_of: Instant, clock: Clock) -> Case:
    """The case without episodes, events and records of which not even the earliest second has come."""

    def has(stamp: Stamp) -> bool:
        return (clock.midnight(stamp) if isinstance(stamp, date) else stamp) <= as_of

    return replace(
        case,
        episodes=tuple(e for e in case.episodes if has(e.started)),
        events=tuple(e for e in case.events if has(e.at)),
        records=tuple(r for r in case.records if has(r.at)),
    )


def _spots(case: Case, words: Words, reads: frozenset[str]) -> Iterator[tuple[Spot, str, Any]]:
    for i, episode in enumerate(case.episodes):
        for name in ("started", "located", "returned", "reported", "last_seen"):
            stamp = getattr(episode, name)
            relevant = name in ("started", "returned") or name in reads
            if relevant and (isinstance(stamp, date) or stamp is NOT_KNOWN):
                yield Spot("episodes", i, name), episode.id, stamp
        for name, held in episode.facts.items():
            for j, one in enumerate(held):
                if isinstance(one.start, date) and _graded(words, "episode." + name):
                    yield Spot("episodes", i, name, j), episode.id, one.start
    for part in ("child", "plan"):
        for name, held in getattr(case, part).items():
            for j, one in enumerate(held):
                if isinstance(one.start, date) and _graded(words, f"{part}.{name}"):
                    yield Spot(part, 0, name, j), part, one.start
    for i, event in enumerate(case.events):
        if isinstance(event.at, date):
            yield Spot("events", i, "at"), event.episode or "events", event.at
        word = words.events.get(event.event)
        for name, value in event.fields.items():
            if isinstance(value, date) and word and word.fields.get(name) is FactType.INSTANT:
                yield Spot("events", i, name), event.episode or "events", value
    for i, record in enumerate(case.records):
        if isinstance(record.at, date):
            of_one = record.episode if not record.also_of else None
            yield Spot("records", i, "at"), of_one or "records", record.at


def _graded(words: Words, name: str) -> bool:
    word = words.facts.get(name)
    return word is not None and word.kind in (FactKind.GRADING, FactKind.JUDGEMENT)


def _settled(case: Case) -> Iterator[Instant]:
    for episode in case.episodes:
        for name in ("started", "located", "returned", "reported", "last_seen"):
            stamp = getattr(episode, name)
            if isinstance(stamp, int):
                yield Instant(stamp)
        yield from _starts(episode.facts)
    yield from _starts(case.child)
    yield from (e.at for e in case.events if not isinstance(e.at, date))
    yield from (r.at for r in case.records if not isinstance(r.at, date))


def _starts(facts: Facts) -> Iterator[Instant]:
    for held in facts.values():
        for one in held:
            for stamp in (one.start, one.end):
                if stamp is not None and not isinstance(stamp, date):
                    yield stamp


def _span(case: Case, spot: Spot, as_of: Instant, clock: Clock) -> tuple[Instant, Instant]:
    """Between what comes before and after an instant that was left out, `as_of` at the latest."""
    episode = case.episodes[spot.item]

    def bound(stamp: Any, *, late: bool) -> Instant | None:
        if isinstance(stamp, date):
            return clock.end_of(stamp) if late else clock.midnight(stamp)
        return stamp if isinstance(stamp, int) else None  # type: ignore[return-value]

    low = bound(episode.started, late=False) or as_of
    starts = [bound(e.started, late=True) for e in case.episodes if e is not episode]
    later = [start for start in starts if start is not None and start > low]
    high = min([as_of, *later])
    if spot.name in ("located", "reported", "last_seen"):
        returned = bound(episode.returned, late=True)
        high = min(high, returned) if returned is not None else high
    return low, max(low, high)


def _settle(case: Case, settled: dict[Spot, Instant | None]) -> Case:
    changed: dict[tuple[str, int], dict[str, Any]] = {}
    for spot, value in settled.items():
        changed.setdefault((spot.part, spot.item), {})[f"{spot.name}/{spot.sub}"] = value
    episodes, events, records = list(case.episodes), list(case.events), list(case.records)
    given: dict[str, Facts] = {"child": case.child, "plan": case.plan}
    for (part, i), values in changed.items():
        plain = {k.partition("/")[0]: v for k, v in values.items() if k.endswith("/-1")}
        subs = {k: v for k, v in values.items() if not k.endswith("/-1")}
        if part == "episodes":
            episode = replace(episodes[i], **plain)
            episodes[i] = replace(episode, facts=_with(episode.facts, subs)) if subs else episode
        elif part == "events":
            at = plain.pop("at", events[i].at)
            events[i] = replace(events[i], at=at, fields=MappingProxyType({**events[i].fields, **plain}))
        elif part == "records":
            records[i] = replace(records[i], at=plain["at"])
        else:
            given[part] = _with(given[part], subs)
    return replace(
        case,
        episodes=tuple(episodes),
        events=tuple(events),
        records=tuple(records),
        child=given["child"],
        plan=given["plan"],
    )


def _with(facts: Facts, subs: dict[str, Instant | None]) -> Facts:
    out: dict[str, tuple[Held, ...]] = dict(facts)
    for key, value in subs.items():
        name, _, index = key.partition("/")
        held = list(out[name])
        held[int(index)] = replace(held[int(index)], start=value)
        out[name] = tuple(held)
    return MappingProxyType(out)


def _in_order(case: Case, as_of: Instant) -> bool:
    """started, located, returned, next start: none before the one before it. What has not begun bounds nothing."""
    latest = None
    for episode in case.episodes:
        later = (_instant(episode.located), _instant(episode.returned))
        if _start(episode) > as_of and any(x is not None and x <= as_of for x in later):
            return False
    for episode in sorted((e for e in case.episodes if _start(e) <= as_of), key=_start):
        started, returned = _start(episode), _instant(episode.returned)
        located = _instant(episode.located)
        if latest is not None and started < latest:
            return False
        if located is not None and not started <= located <= (FOREVER if returned is None else returned):
            return False
        if returned is not None and returned < started:
            return False
        latest = FOREVER if returned is None and episode.returned is not NOT_KNOWN else returned
    return True


def _start(episode: Episode) -> Instant:
    return Instant(episode.started) if isinstance(episode.started, int) else FOREVER


def _instant(stamp: Any) -> Instant | None:
    return Instant(stamp) if isinstance(stamp, int) else None
