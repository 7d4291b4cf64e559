"""Which provisions answer a question: by act, what it is about, what sets it off and who is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from missingrules.domain.conditions import All, CountTest, FactTest, leaves
from missingrules.domain.rules import Conclusion, Duty, Prohibition
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
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
    from collections.abc import Iterator

    from missingrules.domain.comparisons import Aspect, Row
    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import People
    from missingrules.domain.rules import Effect, Provision
    from missingrules.domain.triggers import Moment, Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a provision must be like to answer; what is left out is not looked at.

    `acts` are actions, or of conclusions facts. `since`: one word for what sets it off (`moments`); `not_since`: none
    of these. `whom`: one of those told is, or has the grade of, one of these. `counted`: a number of episodes sets it
    off or is its condition. `reads`: the conditions turn on one of these facts. `of_absent`: it is about absent
    children alone.
    """

    acts: tuple[str, ...] = ()
    not_acts: tuple[str, ...] = ()
    kind: type[Duty | Conclusion | Prohibition] = Duty
    topics: tuple[str, ...] = ()
    about: tuple[str | None, ...] = ()
    effects: tuple[Effect, ...] = ()
    since: tuple[str, ...] = ()
    not_since: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    counted: bool = False
    repeats: bool = False
    reads: tuple[str, ...] = ()
    of_absent: bool = False

    def takes(self, provision: Provision) -> bool:
        """Whether it can answer, whoever is told."""
        if not isinstance(provision, self.kind) or (self.topics and provision.topic not in self.topics):
            return False
        if isinstance(provision, Conclusion):
            return provision.fact in self.acts and (not self.counted or _is_counted(provision.guard.when))
        return (
            (not self.acts or provision.action in self.acts)
            and provision.action not in self.not_acts
            and (not self.about or provision.about in self.about)
            and (not self.of_absent or provision.guard.kinds == ("absent",))
            and self._reads(provision)
            and (not isinstance(provision, Duty) or self._takes_duty(provision))
        )

    def _takes_duty(self, duty: Duty) -> bool:
        since = set(moments(duty))
        return (
            (not self.effects or duty.effect in self.effects)
            and (not self.since or not since.isdisjoint(self.since))
            and since.isdisjoint(self.not_since)
            and (not self.counted or "count" in since or _is_counted(duty.guard.when))
            and (not self.repeats or duty.repeat is not None)
        )

    def _reads(self, provision: Provision) -> bool:
        facts = {leaf.fact for leaf in leaves(provision.guard.when) if isinstance(leaf, FactTest)}
        return not self.reads or not facts.isdisjoint(self.reads)

    def tells(self, people: People | None) -> bool:
        """Whether whoever is told is among those asked for."""
        if not self.whom:
            return True
        return people is not None and any(role.name in self.whom or role.grade in self.whom for role in people.roles)


@dataclass(frozen=True, slots=True)
class Question:
    """A row, what in a provision is its figure, and which provisions answer: those that one of `picks` takes.

    What is said `beside` the figure helps to read it, and is not compared.
    """

    row: Row
    figure: tuple[Aspect, ...]
    picks: tuple[Pick, ...]
    beside: tuple[Aspect, ...] = ()


def section(title: str, *questions: Question) -> tuple[Question, ...]:
    """Questions under one heading."""
    return tuple([replace(each, row=replace(each.row, section=title)) for each in questions])


def moments(duty: Duty) -> Iterator[str]:
    """What sets a duty off, in one word each: `returned`, `missing_for`, `event NAME`, `record ACTION` and so on."""
    for trigger in triggers_of(duty.trigger):
        yield from _moment(trigger)


def _moment(trigger: Moment | Stretch) -> Iterator[str]:
    match trigger:
        case OnInstant(which):
            yield which
        case WhileMissing():
            yield "missing"
        case MissingFor():
            yield "missing_for"
        case Becomes(test):
            yield f"becomes {test.fact}"
        case OnEvent(event):
            yield f"event {event}"
        case OnRecord(action, outcome):
            yield f"record {action}"
            if outcome:
                yield f"record {action} {outcome}"
        case EpisodesReach():
            yield "count"
        case OnPeriod():
            yield "period"
        case OnBirthday():
            yield "birthday"
        case OnUndone():
            yield "undone"


def _is_counted(when: Condition) -> bool:
    """Whether it must hold that there were so many episodes."""
    parts = when.parts if isinstance(when, All) else (when,)
    return any(isinstance(part, CountTest) or (isinstance(part, All) and _is_counted(part)) for part in parts)
