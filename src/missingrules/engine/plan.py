"""What follows from a protocol alone: its provisions under chosen readings, and what hangs on each reading."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from missingrules.domain.clock import Length
from missingrules.domain.conditions import All, Counted, CountTest, FactTest, HoursTest, Not, leaves
from missingrules.domain.conditions import Any as Any_
from missingrules.domain.deadlines import Before, OnDay, Phase, Repeat, Within
from missingrules.domain.rules import Conclusion, Duty, Guard, Prohibition, RuleFamily, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
    triggers_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision


CONDITIONS = (All, Any_, Not, FactTest, CountTest, HoursTest)
TRIGGERS = (
    OnInstant,
    OnEvent,
    OnRecord,
    OnBirthday,
    OnPeriod,
    OnUndone,
    WhileMissing,
    MissingFor,
    Becomes,
    EpisodesReach,
    FirstOf,
)
SHARED = (*CONDITIONS, *TRIGGERS, Guard, Counted)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine needs to know of a protocol before it sees a case."""

    families: Mapping[str, RuleFamily]
    hanging: Mapping[str, frozenset[str]]  # reading -> the rules whose answer it may change
    needed: Mapping[str, frozenset[str]]  # rule -> the rules that have to be worked out with it
    instants: frozenset[str]  # which instants of an episode any rule reads
    lengths: tuple[Length, ...]  # elapsed lengths and lengths of going missing, where a time of day matters
    speech: Mapping[int, int]  # id of a duty -> one number for all that fire together
    ends: Mapping[int, int]  # id of a duty -> one number for all whose `until` is equal
    waits: Mapping[int, frozenset[str]]  # of these numbers, those that only acts and events set off, by their names
    own: frozenset[int]  # of these numbers, those whose firing hangs on what another duty left undone
    of_child: frozenset[int]  # of the numbers below, conditions that read the same from every episode
    particular: frozenset[int]  # triggers that offer one rule other moments than another
    of_happening: frozenset[int]  # conditions and guards that read the event or record of the trigger
    by_hours: frozenset[int]  # guards that read the hours of an office
    same: Mapping[int, int]  # id of a condition, guard, trigger or count -> one number for all that are equal


# Holds only what follows from its argument.
@lru_cache(maxsize=64)
def plan_of(protocol: Protocol) -> Plan:
    families = {family.id: family for family in protocol.families}
    feeds: dict[str, set[str]] = {}
    needs: dict[str, set[str]] = {}
    concluders: dict[str, set[str]] = {}
    forbidders: dict[str, set[str]] = {}
    parts = {family.id: [p for variant in family.variants.values() for p in variant] for family in protocol.families}
    for rule, provisions in parts.items():
        for provision in provisions:
            if isinstance(provision, Prohibition):
                for action in (provision.action, *protocol.words.actions[provision.action].also):
                    forbidders.setdefault(action, set()).add(rule)
            if isinstance(provision, Conclusion):
                concluders.setdefault(provision.fact, set()).add(rule)
    walked = {id(p): tuple(_walk(p)) for provisions in parts.values() for p in provisions}
    of_scope = tuple(_walk(protocol.scope))
    by_kind = concluders.get("episode.kind", set())
    by_scope = {other for part in of_scope if isinstance(part, FactTest) for other in concluders.get(part.fact, ())}
    by_scope |= by_kind if any(isinstance(part, CountTest) for part in of_scope) else set()
    for rule, provisions in parts.items():
        needs[rule] = by_scope - {rule}
        for provision in provisions:
            for part in walked[id(provision)]:
                if isinstance(part, FactTest):
                    needs[rule] |= concluders.get(part.fact, set()) - {rule}
                elif isinstance(part, OnUndone):
                    needs[rule].add(part.rule)
                elif isinstance(part, (CountTest, EpisodesReach)):
                    needs[rule] |= by_kind - {rule}
            if isinstance(provision, Duty):
                # A breach discharges nothing.
                for action in (provision.action, *protocol.words.actions[provision.action].also):
                    needs[rule] |= forbidders.get(action, set())
                if provision.superseded_by:
                    needs[rule].add(provision.superseded_by)
        for other in needs[rule]:
            feeds.setdefault(other, set()).add(rule)
    hanging = {
        reading: _closure({f.id for f in protocol.families if reading in f.readings}, feeds)
        for reading in protocol.readings
    }
    duties = [p for provisions in parts.values() for p in provisions if isinstance(p, Duty)]
    numbers: dict[Any, int] = {}
    speech = {id(duty): numbers.setdefault(_speech(duty), len(numbers)) for duty in duties}
    untils: dict[Any, int] = {}
    everything = [part for found in walked.values() for part in found]
    read = (*everything, *of_scope)
    same = _same(read)
    return Plan(
        families=families,
        hanging=hanging,
        needed={rule: _closure({rule}, needs) for rule in families},
        instants=frozenset(i for part in everything for i in _instants(part)),
        lengths=tuple(dict.fromkeys(length for part in everything for length in _lengths(part))),
        speech=speech,
        ends={id(duty): untils.setdefault(duty.until, len(untils)) for duty in duties},
        waits={speech[id(duty)]: names for duty in duties if (names := _waits(duty))},
        own=frozenset(speech[id(duty)] for duty in duties if any(isinstance(p, OnUndone) for p in _walk(duty.trigger))),
        of_child=frozenset(same[id(part)] for part in read if isinstance(part, CONDITIONS) and _of_child(part)),
        particular=frozenset(same[id(part)] for part in read if isinstance(part, TRIGGERS) and _is_particular(part)),
        of_happening=frozenset(
            same[id(part)] for part in read if isinstance(part, (*CONDITIONS, Guard)) and _of_happening(part)
        ),
        by_hours=frozenset(same[id(part)] for part in read if isinstance(part, Guard) and _by_hours(part, protocol)),
        same=same,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Provisions:
    """What stands under some options: the duties of each rule, what is concluded, what is forbidden.

    Two are equal only if they are the same object, so that what follows from one can be remembered with it.
    """

    duties: Mapping[str, tuple[Duty, ...]]
    conclusions: tuple[Conclusion, ...]
    prohibitions: tuple[Prohibition, ...]


def provisions_of(
    protocol: Protocol, options: Mapping[str, str], only: frozenset[str] | None = None, *, organisation: bool = False
) -> Provisions:
    """The provisions that stand under these options, of all rules or of some; the calendar's if they are asked."""
    return _standing(protocol, tuple(options[reading] for reading in protocol.readings), only, organisation)


# Holds only what follows from its arguments.
@lru_cache(maxsize=256)
def _standing(
    protocol: Protocol, chosen: tuple[str, ...], only: frozenset[str] | None, organisation: bool
) -> Provisions:
    options = dict(zip(protocol.readings, chosen, strict=True))
    found: list[Provision] = []
    for family in protocol.families:
        if only is None or family.id in only:
            found += family.variants[tuple(options[reading] for reading in family.readings)]
    duties: dict[str, list[Duty]] = {}
    for duty in found:
        if isinstance(duty, Duty) and (organisation or not isinstance(duty.trigger, OnPeriod)):
            duties.setdefault(duty.rule, []).append(duty)
    return Provisions(
        MappingProxyType({rule: tuple(some) for rule, some in duties.items()}),
        tuple(each for each in found if isinstance(each, Conclusion)),
        tuple(each for each in found if isinstance(each, Prohibition)),
    )


def _of_child(condition: Condition) -> bool:
    return all(fact.startswith(("child.", "plan.", "protocol.")) for fact in _facts(condition))


def _of_happening(part: Condition | Guard) -> bool:
    return any(fact.startswith(("event.", "record.")) for fact in _facts(part))


def _by_hours(guard: Guard, protocol: Protocol) -> bool:
    read = (guard, protocol.scope) if guard.in_scope else (guard,)
    return any(isinstance(part, HoursTest) for part in _walk(read))


def _waits(duty: Duty) -> frozenset[str] | None:
    """The acts and events of which one must have happened for the duty to fire; None: it may fire without any."""
    parts = triggers_of(duty.trigger)
    if not all(isinstance(part, (OnRecord, OnEvent)) for part in parts):
        return None
    return frozenset(
        part.action if isinstance(part, OnRecord) else part.event
        for part in parts
        if isinstance(part, (OnRecord, OnEvent))
    )


def _is_particular(trigger: Any) -> bool:
    """Whether it hangs on what another duty left undone, or on the kinds of episode that its rule speaks of."""
    parts = triggers_of(trigger)
    return any(isinstance(part, OnUndone) or part == OnInstant("first_episode") for part in parts)


def _facts(part: Condition | Guard) -> list[str]:
    conditions = (part.when, *(u.condition for u in part.unless)) if isinstance(part, Guard) else (part,)
    return [leaf.fact for condition in conditions for leaf in leaves(condition) if isinstance(leaf, FactTest)]


def _speech(duty: Duty) -> tuple[Any, ...]:
    """All that decides when a duty fires; a numbered day also decides when it arises."""
    return duty.trigger, duty.guard, duty.until, duty.deadline if isinstance(duty.deadline, OnDay) else None


def _same(parts: Iterable[Any]) -> dict[int, int]:
    """Equal parts of different rules are worked out once; their ids hold as long as the protocol does."""
    numbers: dict[Any, int] = {}
    return {id(part): numbers.setdefault(part, len(numbers)) for part in parts if isinstance(part, SHARED)}


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> frozenset[str]:
    found, todo = set(start), list(start)
    while todo:
        for other in edges.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return frozenset(found)


# What decides nothing: no condition stands in it.
BESIDE = ("citations", "choices", "roles", "conventions")


def parts_of(part: Any) -> tuple[Any, ...]:
    """Every noun of which a provision or condition is made, itself first."""
    return tuple(_walk(part))


def _walk(part: Any) -> Iterator[Any]:
    """Every dataclass inside a provision, itself first."""
    todo = [part]
    while todo:
        one = todo.pop()
        if type(one) is tuple:
            todo += one[::-1]
        elif names := _names(type(one)):  # type: ignore[arg-type]
            yield one
            todo += [getattr(one, name) for name in names[::-1]]


# Holds only what follows from its argument.
@lru_cache(maxsize=256)
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; of any other type none."""
    return tuple(own.name for own in fields(kind) if own.name not in BESIDE) if is_dataclass(kind) else ()


def _instants(part: Any) -> Iterator[str]:
    match part:
        case OnInstant(which) | UntilInstant(which):
            yield which
        case WhileMissing(ends_with) | MissingFor(_, _, ends_with):
            yield ends_with
        case EpisodesReach(_, counted) | CountTest(counted, _):
            yield counted.counted_by
        case Within(_, anchor) | OnDay(_, anchor) | Before(anchor):
            yield anchor
        case Repeat(str() as anchor):
            yield anchor
        case _:
            pass


def _lengths(part: Any) -> Iterator[Length]:
    match part:
        case MissingFor(Length() as length):
            yield length
        case FactTest("episode.missing_for", test):
            yield from (end for end in (getattr(test, "low", None), getattr(test, "high", None)) if end is not None)
        case Within(length) | Phase(length) if length.seconds is not None:
            yield length
        case _:
            pass
