"""The words that a case may use: those of the shared vocabulary and of all protocols at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from missingrules.domain import vocabulary
from missingrules.domain.rules import Duty, Prohibition
from missingrules.domain.triggers import FirstOf, OnRecord
from missingrules.domain.vocabulary import ActionWord, EventWord, FactType, FactWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

AREA = "protocol.area"


@dataclass(frozen=True, slots=True)
class CaseWords:
    """`clashing` are facts of which two protocols mean different things; `outcomes` by action."""

    facts: Mapping[str, FactWord]
    clashing: frozenset[str]
    actions: Mapping[str, ActionWord]
    events: Mapping[str, EventWord]
    outcomes: Mapping[str, frozenset[str]]
    roles: frozenset[str]
    about: frozenset[str]
    methods: frozenset[str]

    def outcomes_of(self, action: str) -> frozenset[str]:
        word = self.actions[action]
        shared = (*vocabulary.DONE, *vocabulary.NOT_DONE, *word.done, *word.not_done)
        return self.outcomes.get(action, frozenset()).union(shared)


def words_of(protocols: Sequence[Protocol]) -> CaseWords:
    """The words of all protocols together; of none, the shared vocabulary alone."""
    facts: dict[str, FactWord] = dict(vocabulary.FACTS)
    actions: dict[str, ActionWord] = dict(vocabulary.ACTIONS)
    events: dict[str, EventWord] = dict(vocabulary.EVENTS)
    outcomes: dict[str, set[str]] = {}
    roles = {*vocabulary.LADDER, *vocabulary.POLICE_LADDER}
    about: set[str] = set()
    methods: set[str] = set()
    clashing: set[str] = set()
    own: dict[str, FactWord] = {}
    for protocol in protocols:
        for name, word in protocol.words.facts.items():
            other = own.setdefault(name, word)
            if (word.kind, word.type) != (other.kind, other.type) or (
                word.type is FactType.SCALE and word.values != other.values
            ):
                clashing.add(name)
            # A choice may have values in one area that another does not know.
            facts[name] = replace(word, values=tuple(dict.fromkeys(other.values + word.values)))
            own[name] = facts[name]
        actions |= protocol.words.actions
        events |= protocol.words.events
        roles |= protocol.roles.keys()
        for said in _said(protocol):
            outcomes.setdefault(said.action, set()).update(said.outcomes)
            about.update(said.about)
            methods.update(said.methods)
    areas = tuple(dict.fromkeys(area for protocol in protocols for area in protocol.areas))
    if AREA in facts and areas:
        facts[AREA] = replace(facts[AREA], values=areas)
    return CaseWords(
        facts=MappingProxyType(facts),
        clashing=frozenset(clashing),
        actions=MappingProxyType(actions),
        events=MappingProxyType(events),
        outcomes=MappingProxyType({action: frozenset(words) for action, words in outcomes.items()}),
        roles=frozenset(roles),
        about=frozenset(about),
        methods=frozenset(methods),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    action: str
    outcomes: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def _said(protocol: Protocol) -> Iterator[_Said]:
    """What rules say of records: outcomes, subjects and methods that no vocabulary lists."""
    for family in protocol.families:
        for provisions in family.variants.values():
            for provision in provisions:
                yield from _of_provision(provision)


def _of_provision(provision: Provision) -> Iterator[_Said]:
    if isinstance(provision, Prohibition):
        yield _Said(provision.action, _some(provision.outcome), _some(provision.about), _some(provision.method))
    elif isinstance(provision, Duty):
        yield _Said(provision.action, provision.met_by, _some(provision.about), _some(provision.method))
        triggers = provision.trigger.triggers if isinstance(provision.trigger, FirstOf) else (provision.trigger,)
        for part in _records((*triggers, *provision.until)):
            yield _Said(part.action, _some(part.outcome), _some(part.about))


def _records(parts: Iterable[object]) -> Iterator[OnRecord]:
    return (part for part in parts if isinstance(part, OnRecord))


def _some(word: str | None) -> tuple[str, ...]:
    return () if word is None else (word,)
