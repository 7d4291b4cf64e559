"""Conditions of two protocols in one set of words: what each calls by a name of its own is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from missingrules.domain.conditions import All, Any, CountTest, FactTest, HoursTest, Not
from missingrules.logic.situations import Situation, keys_of, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.comparisons import Act
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.vocabulary import FactWord

# In how many ways a case can be none of several situations, before it is said to be too many.
_MOST_WAYS: Final = 256


@dataclass(frozen=True, slots=True)
class Shared:
    """The words of two protocols. A fact that both have and mean otherwise, an area and hours are each one's own."""

    facts: Mapping[str, FactWord]
    own: frozenset[str]
    scopes: tuple[Condition, ...] = ()

    @classmethod
    def of(cls, first: Protocol, second: Protocol) -> Shared:
        facts, own = dict(first.words.facts), {"protocol.area"}
        for name, word in second.words.facts.items():
            before = facts.setdefault(name, word)
            if (before.type, before.kind, before.values) != (word.type, word.kind, word.values):
                own.add(name)
        for protocol in (first, second):
            facts.update(
                {_own(protocol, name): protocol.words.facts[name] for name in own if name in protocol.words.facts}
            )
        words = cls(facts, frozenset(own))
        return cls(facts, words.own, tuple([words.condition(each.scope, each) for each in (first, second)]))

    def condition(self, condition: Condition, protocol: Protocol) -> Condition:
        """The condition, in which what is the protocol's own has its name."""
        match condition:
            case All(parts):
                return All(tuple([self.condition(part, protocol) for part in parts]))
            case Any(parts):
                return Any(tuple([self.condition(part, protocol) for part in parts]))
            case Not(part):
                return Not(self.condition(part, protocol))
            case FactTest(fact, test) if fact in self.own:
                return FactTest(_own(protocol, fact), test)
            case HoursTest(hours, outside):
                return HoursTest(_own(protocol, hours), outside)
            case FactTest() | CountTest() | HoursTest():
                return condition

    def situation(self, act: Act) -> Situation:
        """When a provision can fire for a child whom both protocols are about; after how long is compared as a time."""
        provision, protocol = act.provision, act.protocol
        found = situation(provision, protocol)
        return Situation(
            tuple(
                [
                    part._replace(condition=self.condition(part.condition, protocol))
                    for part in found.parts
                    if part.said_by != "scope"
                    and (part.said_by != "trigger" or "episode.missing_for" not in keys_of(part.condition))
                ]
            ),
            tuple([self.condition(each, protocol) for each in found.unless]),
        )

    def together(self, first: Situation, second: Situation) -> bool:
        """Whether there is a case of both; where that takes too long to find out, there is."""
        return self.holds((*first.true, *second.true), unless=(*first.unless, *second.unless))

    def holds(
        self, true: Sequence[Condition], false: Sequence[Condition] = (), unless: Sequence[Condition] = ()
    ) -> bool:
        """Whether there is a child of both protocols for whom this is so; where nobody can tell in time, yes."""
        space = Space((*true, *false, *unless, *self.scopes), self.facts)
        try:
            return space.find(true=(*true, *self.scopes), false=false, not_true=unless) is not None
        except TooMany:
            return True

    def alone(self, first: Situation, *others: Situation) -> tuple[str, ...] | None:
        """A case of the first that is of none of the others, in words; None: there is none. Raises `TooMany`.

        What all ask for in one word is left out of the words.
        """
        every = [each for one in (first, *others) for each in one.every]
        space = Space((*every, *self.scopes), self.facts)
        common = set(first.every).intersection(*[one.every for one in others])
        telling = {key for each in every if each not in common for key in keys_of(each)}
        if prod(1 + len(one.unless) for one in others) > _MOST_WAYS:
            raise TooMany
        for ways in product(*[_ways_out(one) for one in others]):
            true, false = (tuple([each for way in ways for each in way[at]]) for at in (0, 1))
            found = space.find(true=(*first.true, *true, *self.scopes), false=false, not_true=first.unless)
            if found is not None:
                return tuple([cell.said for key, cell in found.items() if key in telling])
        return None


def _ways_out(other: Situation) -> list[tuple[tuple[Condition, ...], tuple[Condition, ...]]]:
    """How a case is none of this situation: what holds then, and what does not."""
    return [((), (All(other.true),)), *[((each,), ()) for each in other.unless]]


def _own(protocol: Protocol, name: str) -> str:
    return f"{name} of {protocol.name}"
