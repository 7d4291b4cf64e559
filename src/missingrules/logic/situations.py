"""When a rule can fire, as conditions: its guard, the file's scope, its kinds of episode and what its trigger says."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.conditions import ALWAYS, All, Any, CountTest, FactTest, Is, Range, leaves
from missingrules.domain.rules import Duty
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnPeriod,
    OnRecord,
    triggers_of,
)
from missingrules.logic.cells import are_bound, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.domain.conditions import Condition, Counted
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision, RuleFamily
    from missingrules.domain.triggers import Trigger


class Variant(NamedTuple):
    """What a rule provides under one choice of the readings that it depends on."""

    family: RuleFamily
    options: Mapping[str, str]
    provisions: tuple[Provision, ...]

    def goes_with(self, other: Variant) -> bool:
        """Whether no reading is taken in two ways by the two."""
        return all(other.options.get(reading, option) == option for reading, option in self.options.items())


def variants_of(family: RuleFamily, protocol: Protocol) -> Iterator[Variant]:
    """A rule under every choice of its readings, that of the defaults first; also where it does not stand."""
    options = []
    for name in family.readings:
        reading = protocol.readings[name]
        options.append([reading.default, *(o.name for o in reading.options if o.name != reading.default)])
    for taken in product(*options):
        yield Variant(family, dict(zip(family.readings, taken, strict=True)), family.variants.get(taken, ()))


class Part(NamedTuple):
    """One thing that must hold, and what says so: `when`, `trigger`, `kinds` or `scope`."""

    said_by: str
    condition: Condition


class Situation(NamedTuple):
    """When a provision holds or fires: all of `parts` known true and none of `unless`."""

    parts: tuple[Part, ...]
    unless: tuple[Condition, ...]

    @property
    def true(self) -> tuple[Condition, ...]:
        return tuple([part.condition for part in self.parts])

    @property
    def every(self) -> tuple[Condition, ...]:
        return (*self.true, *self.unless)


def situation(provision: Provision, protocol: Protocol) -> Situation:
    guard = provision.guard
    parts = [Part("when", each) for each in flat(guard.when)]
    trigger = provision.trigger if isinstance(provision, Duty) else None
    if trigger is not None and (implied := _implied(trigger)) != ALWAYS:
        parts.append(Part("trigger", implied))
    # What belongs to no episode is asked for no kind.
    if guard.kinds and (trigger is None or not _may_be_of_none(trigger)):
        parts.append(Part("kinds", FactTest("episode.kind", Is(guard.kinds))))
    if guard.in_scope:
        parts += [Part("scope", each) for each in flat(protocol.scope)]
    return Situation(tuple(parts), tuple([each.condition for each in guard.unless]))


def keys_of(condition: Condition) -> set[str | Counted]:
    """The facts, counts and hours that a condition tests."""
    return {key_of(leaf) for leaf in leaves(condition)}


def bearing_on(conditions: Iterable[Condition], when: Situation) -> Situation:
    """What of a situation has to do with these conditions: what tests the same facts, and what tests the facts of that.

    The rest holds or not whatever they are.
    """
    known: set[str | Counted] = set().union(*map(keys_of, conditions))
    left = [(each, keys_of(each)) for each in when.every]
    bearing: set[int] = set()
    grows = True
    while grows:
        grows = False
        for at, (_, keys) in enumerate(left):
            if at not in bearing and any(are_bound(key, other) for key in keys for other in known):
                bearing.add(at)
                grows = grows or not keys <= known
                known |= keys
    parts = tuple([part for at, part in enumerate(when.parts) if at in bearing])
    return Situation(parts, tuple([each for at, each in enumerate(when.unless, len(when.parts)) if at in bearing]))


def flat(condition: Condition) -> tuple[Condition, ...]:
    """What must hold one by one."""
    if isinstance(condition, All):
        return tuple([each for part in condition.parts for each in flat(part)])
    return (condition,)


def identity(provision: Provision) -> str:
    """By which id the file knows it: `rule`, or `rule.item`."""
    return provision.id if isinstance(provision, Duty) else provision.rule


def in_order_of(file: Iterable[str], families: Iterable[RuleFamily]) -> list[RuleFamily]:
    """The rules that stand in the file, in its order; what is inherited is checked in the file that it comes from."""
    order = {name: number for number, name in enumerate(file)}
    return sorted((each for each in families if each.id in order), key=lambda each: order[each.id])


def _may_be_of_none(trigger: Trigger) -> bool:
    return any(
        isinstance(each, OnEvent | OnRecord | OnBirthday | OnPeriod)
        or (isinstance(each, Becomes) and not each.test.fact.startswith("episode."))
        for each in triggers_of(trigger)
    )


def _implied(trigger: Trigger) -> Condition:
    """What is so whenever the trigger has set the rule off."""
    match trigger:
        case FirstOf(triggers):
            ways = tuple(_implied(each) for each in triggers)
            return ALWAYS if ALWAYS in ways else Any(ways)
        case Becomes(test):
            return test
        case MissingFor(length, more_than) if not isinstance(length, str):
            return FactTest("episode.missing_for", Range(low=length, low_inside=not more_than))
        case EpisodesReach(at_least, counted):
            return CountTest(counted, Range(low=at_least))
        case OnEvent(_, fields):
            return fields
        case OnBirthday(age):
            return FactTest("child.age", Range(low=age))
    return ALWAYS
