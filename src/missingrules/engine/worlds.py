"""Dates without a time, and instants the case leaves out: every way the case may have been, as cases fully timed.

What all worlds agree on stands; merge.py finds it. Each open instant is tried at the ends of its span and around every
instant at which an order or a threshold could turn, alone and together with the others of its episode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.vocabulary import FactKind, FactType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.case import Case, Episode, Facts, Held
    from missingrules.domain.clock import Clock, Length
    from missingrules.domain.rules import Words

# Together more combinations than this are sampled by ends only; a case with so many open instants has no times at all.
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
    candidates: tuple[Instant | None, ...]  # the first is the earliest, the last the latest

    @property
    def ends(self) -> tuple[Instant | None, ...]:
        return tuple(dict.fromkeys((self.candidates[0], self.candidates[-1])))


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
    marks = {as_of, *_settled(case, words)}
    for _, _, stamp in spots:
        if isinstance(stamp, date):
            marks |= {clock.midnight(stamp), clock.end_of(stamp)}
    near = set(marks)
    for length in lengths:
        seconds = length.seconds
        for mark in marks:
            if seconds is not None:
                near |= {Instant(mark - seconds), Instant(mark + seconds)}
            else:
                reached = clock.after(mark, length)
                near |= {reached, Instant(mark - (reached - mark))}
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
        out.append(Open(spot, group, tuple(dict.fromkeys([low, *inside, high, *never]))))
    return out


def worlds(case: Case, open_: list[Open]) -> list[World]:
    """The cases to be tried, those that break the order of an episode left out; the first is the earliest of all."""
    last = tuple(len(o.candidates) - 1 for o in open_)
    first = tuple(0 for _ in open_)
    tried: dict[tuple[int, ...], None] = {first: None, last: None}
    for base in (first, last):
        for i, one in enumerate(open_):
            for c in range(len(one.candidates)):
                tried[(*base[:i], c, *base[i + 1 :])] = None
        for group in dict.fromkeys(o.group for o in open_):
            members = [i for i, o in enumerate(open_) if o.group == group]
            choices: list[range | tuple[int, ...]] = [range(len(open_[i].candidates)) for i in members]
            total = 1
            for choice in choices:
                total *= len(choice)
            if total > TOGETHER:
                choices = [tuple(dict.fromkeys((0, last[i] // 2, last[i]))) for i in members]
            for together in islice(product(*choices), 4 * TOGETHER):
                taken = list(base)
                for i, c in zip(members, together, strict=True):
                    taken[i] = c
                tried[tuple(taken)] = None
    out = []
    for took in tried:
        settled = {o.spot: o.candidates[c] for o, c in zip(open_, took, strict=True)}
        timed = _settle(case, settled)
        if _in_order(timed):
            out.append(World(timed, took))
    return out


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
            yield Spot("records", i, "at"), record.episode or "records", record.at


def _graded(words: Words, name: str) -> bool:
    word = words.facts.get(name)
    return word is not None and word.kind in (FactKind.GRADING, FactKind.JUDGEMENT)


def _settled(case: Case, words: Words) -> Iterator[Instant]:
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
    later = [b for e in case.episodes if (b := bound(e.started, late=True)) is not None and b > low]
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


def _in_order(case: Case) -> bool:
    """started, located, returned, next start: none before the one before it."""
    latest = None
    for episode in sorted(case.episodes, key=_start):
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
