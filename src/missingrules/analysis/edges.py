"""The edges of a protocol's numbers as scenarios: one below, on and one above each, made from a scenario that fires.

What they expect is what the engine says now: a proposal, for an officer to accept or correct.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from missingrules.analysis.numbers import mutant
from missingrules.analysis.scenarios import ask
from missingrules.domain.case import Case, Episode, Held
from missingrules.domain.clock import DAY, SECOND, Instant, Length, Unit
from missingrules.domain.conditions import Counted, CountTest, FactTest
from missingrules.domain.deadlines import OnDay, Phase, Within
from missingrules.domain.triggers import EpisodesReach, MissingFor, OnBirthday

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.analysis.boundaries import Bench
    from missingrules.analysis.numbers import Sited
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.clock import Clock
    from missingrules.domain.coverage import Number
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.scenarios import Scenario

WHERE: Final = ("one below", "on the number", "one above")
OPEN: Final = ("due", "overdue", "available")
DAY_SECONDS: Final = 86400


class Edge(NamedTuple):
    """A scenario at an edge of a number: where, its case and instant, and what the engine says of the rule there.

    `base` is the scenario that it is made from; `found` are the obligations, `subject` whom they are of.
    """

    number: Number
    where: str
    base: Scenario
    case: Case
    as_of: Instant
    rule: str
    subject: str
    found: tuple[Obligation, ...]


class Edges(NamedTuple):
    """The edges that could be made, and the numbers of which none could."""

    made: tuple[Edge, ...]
    left: tuple[Number, ...]


class _Base(NamedTuple):
    """A scenario that holds, and an obligation in it that hangs on a number."""

    scenario: Scenario
    of: Obligation


def edges_of(bench: Bench, scenarios: Sequence[Scenario], numbers: Sequence[Sited]) -> Edges:
    """Every edge of some numbers. The scenarios must hold."""
    made: list[Edge] = []
    left: list[Number] = []
    answers: dict[int, ProtocolAnswer] = {}
    for sited in numbers:
        found = next(
            (edges for base in _bases(bench, scenarios, sited, answers) if (edges := _edges(bench, sited, base))), ()
        )
        made += found
        if not found:
            left.append(sited.number)
    return Edges(tuple(made), tuple(left))


def _bases(
    bench: Bench, scenarios: Sequence[Scenario], sited: Sited, answers: dict[int, ProtocolAnswer]
) -> Iterator[_Base]:
    """Scenarios in which a rule of the number has fired; those first in which the number decides when it is due."""
    rules = frozenset(sited.number.rules)
    naming = [each for each in scenarios if not rules.isdisjoint(bench.named(each))]
    later: list[_Base] = []
    for scenario in sorted(naming, key=lambda each: (len(each.case.episodes), len(each.expected.named))):
        answer = answers.get(id(scenario))
        if answer is None:
            answer = answers[id(scenario)] = ask(bench.part(bench.named(scenario)), scenario)
        expected = {wanted.key for wanted in scenario.expected.obligations}
        for one in answer.actions:
            if one.duty.rule in rules and one.status in OPEN and one.key.partition("/")[2] in expected:
                base = _Base(scenario, one)
                if isinstance(_holder(bench.protocol, sited), Within | OnDay | Phase) and not _moves(
                    bench, sited, base
                ):
                    continue
                if one.episode is not None:
                    yield base
                else:
                    later.append(base)
    yield from later


def _moves(bench: Bench, sited: Sited, base: _Base) -> bool:
    """Whether another number there makes it due at another time."""
    part = bench.part(frozenset({base.of.duty.rule}))
    for side in sited.neighbours:
        answer = ask(mutant(part, sited, side), base.scenario)
        if any(one.key == base.of.key and one.due != base.of.due for one in answer.actions):
            return True
    return False


def _holder(protocol: Protocol, sited: Sited) -> object:
    """What the number stands in."""
    site = sited.sites[0]
    part: Any = protocol.scope
    if site.rule:
        family = next(family for family in protocol.families if family.id == site.rule)
        part = family.variants[site.options][site.provision]
    holder: object = part
    for step in site.steps:
        if isinstance(
            part, FactTest | CountTest | Counted | EpisodesReach | MissingFor | OnBirthday | Within | OnDay | Phase
        ):
            holder = part
        part = part[step] if isinstance(step, int) else getattr(part, step)
    return holder


def _edges(bench: Bench, sited: Sited, base: _Base) -> tuple[Edge, ...]:
    """One below, on and one above; nothing where the case cannot be moved there."""
    holder = _holder(bench.protocol, sited)
    moved = list(_moved(bench.protocol.clock, holder, sited, base))
    if len(moved) != len(WHERE) or any(_overlap(case) for case, _ in moved):
        return ()
    rule, subject = base.of.duty.rule, base.of.subject
    part = bench.part(frozenset({rule}))
    found = []
    for where, (case, as_of) in zip(WHERE, moved, strict=True):
        answer = ask(part, replace(base.scenario, case=case, as_of=as_of))
        of = tuple(one for one in answer.actions if one.duty.rule == rule and one.subject == subject)
        found.append(Edge(sited.number, where, base.scenario, case, as_of, rule, subject, of))
    return tuple(found)


def _moved(clock: Clock, holder: object, sited: Sited, base: _Base) -> Iterator[tuple[Case, Instant]]:
    """The case and the instant, one below, on and one above the number."""
    case, as_of, of = base.scenario.case, base.scenario.as_of, base.of
    episode = next((each for each in case.episodes if each.id == of.episode), None)
    match holder:
        case Within() | OnDay() | Phase() if of.due is not None:
            unit = _unit(holder)
            yield from ((case, Instant(at)) for at in (of.due - unit, of.due, of.due + SECOND))
        case MissingFor() | FactTest(fact="episode.missing_for") if episode is not None:
            here = holder.length if isinstance(holder, MissingFor) else _length(sited, holder)
            if isinstance(here, Length) and isinstance(episode.started, int):
                for beside in (_beside(here, -1), here, _beside(here, 1)):
                    yield case, clock.after(Instant(episode.started), beside)
        case OnBirthday() if of.triggered_at is not None:
            day = clock.date_of(of.triggered_at)
            for other in (day - DAY, day, day + DAY):
                yield case, Instant(clock.midnight(other) + DAY_SECONDS // 2)
        case FactTest("child.age", _) if of.triggered_at is not None:
            age = _number(sited)
            day = clock.date_of(of.triggered_at)
            for other in (day + DAY, day, day - DAY):
                born = _born(other, age)
                if born is not None:
                    held = MappingProxyType({**case.child, "date_of_birth": (Held(born),)})
                    yield replace(case, child=held), as_of
        case Counted(window=Length() as window) if episode is not None:
            yield from ((each, as_of) for each in _at_the_window(clock, case, episode, window))
        case EpisodesReach() | CountTest() if episode is not None:
            number = _number(sited)
            yield from ((each, as_of) for each in _so_many(case, episode, number))
        case FactTest(fact, _) if fact.startswith("child."):
            number = _number(sited)
            for near in (number - 1, number, number + 1):
                held = MappingProxyType({**case.child, fact.partition(".")[2]: (Held(near),)})
                yield replace(case, child=held), as_of
        case _:
            return


def _unit(holder: Within | OnDay | Phase) -> int:
    length = holder.length if isinstance(holder, Within) else holder.every if isinstance(holder, Phase) else None
    return 60 if length is not None and length.unit in (Unit.MINUTE, Unit.HOUR) else DAY_SECONDS


def _length(sited: Sited, test: FactTest) -> Length | None:
    ends = (getattr(test.test, "low", None), getattr(test.test, "high", None))
    step = sited.sites[0].steps[-1]
    named = dict(zip(("low", "high"), ends, strict=True)).get(str(step))
    return named if isinstance(named, Length) else next((end for end in ends if isinstance(end, Length)), None)


def _beside(length: Length, by: int) -> Length:
    """A minute, or a day, less or more."""
    if length.unit in (Unit.MINUTE, Unit.HOUR):
        return Length(length.count * (60 if length.unit is Unit.HOUR else 1) + by, Unit.MINUTE)
    return (
        replace(length, days=length.days + by)
        if length.unit in (Unit.MONTH, Unit.YEAR)
        else Length(length.count * (7 if length.unit is Unit.WEEK else 1) + by, Unit.DAY)
    )


def _number(sited: Sited) -> int:
    """The number itself, from what stands next to it."""
    for side, near in sited.neighbours.items():
        value = getattr(near, "low", near)
        if isinstance(value, int):
            return value + (1 if side == "less" else -1)
    raise AssertionError(sited)


def _born(day: date, age: int) -> date | None:
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return None


def _so_many(case: Case, last: Episode, number: int) -> Iterator[Case]:
    """As many episodes as the number, one fewer and one more, the last of them the one that is asked about."""
    others = sorted((e for e in case.episodes if e.id != last.id), key=lambda e: str(e.started))
    earlier = [e for e in others if _is_before(e, last)]
    for wanted in (number - 1, number, number + 1):
        if wanted < 1 or len(earlier) < wanted - 2:
            return
        kept = earlier[max(0, len(earlier) - (wanted - 1)) :] if wanted > 1 else []
        if len(kept) < wanted - 1:
            first = kept[0] if kept else last
            if not isinstance(first.started, int):
                return
            start = Instant(first.started - DAY_SECONDS)
            more = replace(
                last,
                id="one-more",
                started=start,
                reported=start,
                located=None,
                returned=Instant(start + 3600),
                last_seen=start,
            )
            kept = [replace(more, facts=_constant(last)), *kept]
        yield _with_episodes(case, [*kept, last])


def _at_the_window(clock: Clock, case: Case, last: Episode, window: Length) -> Iterator[Case]:
    """The earliest episode moved to one date within the window, to the first outside, and one further."""
    earlier = sorted((e for e in case.episodes if _is_before(e, last)), key=lambda e: str(e.started))
    if not earlier or not isinstance(last.started, int) or not all(isinstance(e.started, int) for e in earlier):
        return
    first = min(earlier, key=lambda e: str(e.started))
    assert isinstance(first.started, int)
    day, of_first = clock.date_of(Instant(last.started)), clock.date_of(Instant(first.started))
    edge = next(
        (day - timedelta(days=n) for n in range(1, 800) if clock.date_after(day - timedelta(days=n), window) <= day),
        None,
    )
    if edge is None:
        return
    for target in (edge + DAY, edge, edge - DAY):
        shift = (target - of_first).days * DAY_SECONDS
        moved = [_shifted(e, shift) if e is first else e for e in case.episodes]
        yield _with_episodes(case, moved)


def _shifted(episode: Episode, seconds: int) -> Episode:
    values: dict[str, Any] = {
        name: Instant(at + seconds)
        for name in ("started", "returned", "located", "reported", "last_seen")
        if isinstance(at := getattr(episode, name), int)
    }
    return replace(episode, **values, facts=_constant(episode))


def _constant(episode: Episode) -> MappingProxyType[str, tuple[Held, ...]]:
    """Facts that hold throughout, as their last value."""
    return MappingProxyType({name: (Held(held[-1].value),) for name, held in episode.facts.items() if held})


def _overlap(case: Case) -> bool:
    """Whether an episode begins before another has ended, which no case may have."""
    spans = sorted(
        (e.started, e.returned) for e in case.episodes if isinstance(e.started, int) and isinstance(e.returned, int)
    )
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))


def _is_before(one: Episode, last: Episode) -> bool:
    return isinstance(one.started, int) and isinstance(last.started, int) and one.started < last.started


def _with_episodes(case: Case, episodes: list[Episode]) -> Case:
    """The case with these episodes, and without what belongs to others."""
    ids = {each.id for each in episodes} | {None}
    return replace(
        case,
        episodes=tuple(sorted(episodes, key=lambda e: str(e.started))),
        events=tuple(each for each in case.events if each.episode in ids),
        records=tuple(each for each in case.records if ids.issuperset((each.episode, *each.also_of))),
    )
