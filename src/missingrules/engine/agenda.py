"""What a protocol asks under chosen readings, grouped beforehand: what fires together, and what then stands alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from missingrules.domain.deadlines import OnDay
from missingrules.domain.rules import Modality, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    MissingFor,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    WhileMissing,
    triggers_of,
)
from missingrules.engine.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty
    from missingrules.domain.triggers import Trigger
    from missingrules.engine.plan import Plan, Provisions


@dataclass(frozen=True, slots=True)
class Asked:
    """One duty: the start of its keys, its place in the order of keys, and the acts of which one may discharge it."""

    duty: Duty
    prefix: str
    rank: int
    acts: frozenset[str]
    twins: bool  # whether two of its obligations, or one of another duty, may have the same key


@dataclass(frozen=True, slots=True)
class Bundle:
    """Duties that fire, fall due and end together: as long as no act is at hand they stand alike."""

    asked: tuple[Asked, ...]
    of: Duty  # any of them
    number: int  # one for all bundles that stand alike where they fire alike
    plain: bool  # a deadline or none, and no end but `until`


@dataclass(frozen=True, slots=True)
class Group:
    """Duties of one trigger, guard and end: they fire together."""

    speech: int
    of: Duty
    waits: frozenset[str] | None  # the acts and events of which one must have happened; None: it may fire without
    bundles: tuple[Bundle, ...]
    alike: tuple[int, int] | None  # one for all groups that fire alike where their guards hold alike; None: not known
    becomes: str | None  # the fact of an episode without whose being told nothing sets it off


@dataclass(frozen=True, slots=True, eq=False)
class Agenda:
    """The groups of all duties that stand, and the group of each duty, by the duty's identity."""

    groups: tuple[Group, ...]
    of_duty: Mapping[int, Group]

    def waiting_for(self, happened: frozenset[str]) -> list[Group]:
        """The groups that may fire at all, given which acts and events there are."""
        return [group for group in self.groups if group.waits is None or not group.waits.isdisjoint(happened)]


# Holds only what follows from its arguments, which are equal only if they are the same.
@lru_cache(maxsize=256)
def agenda_of(protocol: Protocol, provisions: Provisions) -> Agenda:
    """What stands, grouped."""
    plan = plan_of(protocol)
    duties = [duty for found in provisions.duties.values() for duty in found]
    ranks = {
        id(duty): rank for rank, duty in enumerate(sorted(duties, key=lambda duty: f"{protocol.key_of(duty.id)}/"))
    }
    often = {id_ for id_, times in Counter(duty.id for duty in duties).items() if times > 1}
    concluded = {conclusion.fact for conclusion in provisions.conclusions}
    numbers: dict[Any, int] = {}
    groups: dict[int, list[Duty]] = {}
    for duty in duties:
        groups.setdefault(plan.speech[id(duty)], []).append(duty)
    out = []
    for speech, members in groups.items():
        first = members[0]
        bundles: dict[Any, list[Asked]] = {}
        for duty in members:
            acts = frozenset((duty.action, *protocol.words.actions[duty.action].also))
            twins = duty.id in often or any(isinstance(t, (OnRecord, OnEvent)) for t in triggers_of(duty.trigger))
            asked = Asked(duty, f"{protocol.key_of(duty.id)}/", ranks[id(duty)], acts, twins)
            bundles.setdefault(_alike(duty), []).append(asked)
        out.append(
            Group(
                speech,
                first,
                plan.waits.get(speech),
                tuple(_bundle(asked, numbers.setdefault(key, len(numbers))) for key, asked in bundles.items()),
                _fires_alike(plan, first),
                _becomes(first, concluded),
            )
        )
    of_duty = {id(asked.duty): group for group in out for bundle in group.bundles for asked in bundle.asked}
    return Agenda(tuple(out), MappingProxyType(of_duty))


def _alike(duty: Duty) -> tuple[Any, ...]:
    """All that decides how a firing of a duty stands, acts apart."""
    return duty.deadline, duty.modality is Modality.MAY, duty.repeat, duty.superseded_by, duty.counts_from


def _bundle(asked: list[Asked], number: int) -> Bundle:
    of = asked[0].duty
    plain = not (of.guard.unless or of.superseded_by or of.repeat or isinstance(of.trigger, OnPeriod))
    return Bundle(tuple(asked), of, number, plain)


# Triggers that speak of episodes alone, each the same for every rule.
OF_EPISODES = (OnInstant, WhileMissing, MissingFor, EpisodesReach)


def _fires_alike(plan: Plan, duty: Duty) -> tuple[int, int] | None:
    trigger = plan.same[id(duty.trigger)]
    by_itself = isinstance(duty.deadline, OnDay) or plan.same[id(duty.guard)] in plan.by_hours
    if by_itself or trigger in plan.particular or not all(map(_of_episodes, triggers_of(duty.trigger))):
        return None
    return trigger, plan.ends[id(duty)]


def _of_episodes(trigger: Trigger) -> bool:
    if isinstance(trigger, Becomes):
        return trigger.test.fact.startswith("episode.")
    return isinstance(trigger, OF_EPISODES)


# What is worked out, and not told by the case.
WORKED_OUT = ("episode.missing", "episode.missing_for", "episode.first_episode", "episode.risk.recorded")


def _becomes(duty: Duty, concluded: set[str]) -> str | None:
    if not isinstance(duty.trigger, Becomes):
        return None
    fact = duty.trigger.test.fact
    told = fact.startswith("episode.") and fact not in concluded and fact not in WORKED_OUT
    return fact.removeprefix("episode.") if told else None


def only_instants(duty: Duty) -> tuple[str, ...] | None:
    """The instants of the episode that end it, if nothing else does; otherwise None."""
    names = [part.which for part in duty.until if isinstance(part, UntilInstant)]
    return tuple(names) if len(names) == len(duty.until) else None
