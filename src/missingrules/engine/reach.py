"""A protocol limited to the children that its paper is for, and whether it is for the child at hand. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from missingrules.domain.answers import Applying
from missingrules.domain.applies import CARED, HOME, PLACED, PLACING, Relation
from missingrules.domain.conditions import All, FactTest, leaves
from missingrules.domain.logs import timed
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.triggers import OnPeriod, triggers_of
from missingrules.engine.evidence import behind, read, unknown
from missingrules.engine.facts import Reader
from missingrules.engine.places import CHILD
from missingrules.engine.plan import provisions_of
from missingrules.engine.seen import see
from missingrules.engine.worlds import begun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.applies import Reach
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision, RuleFamily
    from missingrules.engine.tracks import Truth

# Of each way to be bound to the areas: whether the child is looked after, and which authorities must be among them.
_WANTED: Final = MappingProxyType(
    {
        Relation.LIVING_HERE: {CARED: False, HOME: True},
        Relation.OWN: {CARED: True, PLACING: True, PLACED: True},
        Relation.OWN_ELSEWHERE: {CARED: True, PLACING: True, PLACED: False},
        Relation.PLACED_HERE: {CARED: True, PLACING: False, PLACED: True},
    }
)
_READS: Final = (CARED, PLACING, PLACED, HOME)


# Holds only what follows from its argument.
@lru_cache(maxsize=64)
def reached(protocol: Protocol) -> Protocol:
    """The protocol with its rules for the children whom its paper is for, and for no others; itself, if it is for all
    or does not say."""
    if protocol.applies is None or protocol.applies.is_everywhere:
        return protocol
    limit = _Limit(protocol, protocol.applies.when)
    return replace(
        protocol,
        scope=All((*_parts(protocol.scope), limit.when)),
        families=tuple(limit.family(family) for family in protocol.families),
    )


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, All) else (condition,)


class _Limit:
    """Whom the paper is for, put to each of its provisions."""

    def __init__(self, protocol: Protocol, when: Condition) -> None:
        self.when = when
        self._scope = protocol.scope
        provisions = [p for family in protocol.families for variant in family.variants.values() for p in variant]
        self._decides = _behind([p for p in provisions if isinstance(p, Conclusion)], (when, protocol.scope))

    def family(self, family: RuleFamily) -> RuleFamily:
        variants = {options: tuple(map(self._provision, provisions)) for options, provisions in family.variants.items()}
        return replace(family, variants=MappingProxyType(variants))

    def _provision(self, one: Provision) -> Provision:
        """What the scope limits is limited by it; a duty of the organisation is of no child."""
        if isinstance(one, Conclusion) and one.fact in self._decides:
            # It says whose child this is, so that this cannot be asked before.
            return self._guarded(one, self._scope) if one.guard.in_scope else one
        if one.guard.in_scope:
            return one
        if isinstance(one, Duty) and any(isinstance(trigger, OnPeriod) for trigger in triggers_of(one.trigger)):
            return one
        return self._guarded(one, self.when)

    def _guarded(self, one: Provision, also: Condition) -> Provision:
        when = All((*_parts(one.guard.when), *_parts(also)))
        return replace(one, guard=replace(one.guard, when=when, in_scope=False))


def _behind(conclusions: Sequence[Conclusion], asked: Sequence[Condition]) -> frozenset[str]:
    """The facts that these conditions read, and those that conclusions on them read in turn."""
    found = {leaf.fact for condition in asked for leaf in leaves(condition) if isinstance(leaf, FactTest)}
    while True:
        more = {
            leaf.fact
            for one in conclusions
            if one.fact in found
            for condition in (one.guard.when, *(each.condition for each in one.guard.unless))
            for leaf in leaves(condition)
            if isinstance(leaf, FactTest)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def applying(protocols: Sequence[Protocol], case: Case, as_of: Instant) -> tuple[Applying, ...]:
    """Of each protocol whether it is for the child as the case stands at `as_of`, in the order given.

    `as_of` is in seconds since 1970 UTC. Each says yes, no, not stated or not known, in which way the child is bound to
    its areas, by which paragraphs and which facts of the case, and what would have to be asked.

    Raises nothing.
    Source: docs/meaning.md; each cites the paragraphs by which its paper says for whom it is.
    """
    with timed("whose child asked") as said:
        found = tuple(_applying(protocol, case, as_of) for protocol in protocols)
        said(protocols=len(found))
    return found


def at_any_time(protocol: Protocol, case: Case, as_of: Instant) -> bool:
    """Whether the protocol is known to be for the child at `as_of`, or to have been since the first episode began."""
    if protocol.applies is None:
        return False
    reader = _reader(protocol, case, as_of)
    start = min((episode.started for episode in reader.seen.episodes), default=as_of)
    return reader.truth(reached(protocol).scope, CHILD).first(bool, start, as_of) is not None


def _reader(protocol: Protocol, case: Case, as_of: Instant) -> Reader:
    protocol = reached(protocol)
    options = {reading.id: reading.default for reading in protocol.readings.values()}
    seen = see(begun(case, as_of, protocol.clock), as_of, protocol.clock, protocol.words)
    return Reader(protocol, provisions_of(protocol, options).conclusions, seen, as_of)


class _Bound(NamedTuple):
    """A way in which the child may be bound to the areas: whether it is, and what is not known of it."""

    relation: Relation
    holds: Truth
    reads: tuple[str, ...]
    unknown: tuple[str, ...]


def _bounds(protocol: Protocol, reader: Reader, as_of: Instant) -> Iterator[_Bound]:
    if protocol.applies and protocol.applies.is_everywhere:
        yield _Bound(Relation.ANYWHERE, True, (), ())
        return

    def is_one_of(fact: str, values: tuple[str, ...]) -> Truth:
        value = reader.fact(fact, CHILD).at(as_of)
        return None if value is None else value in values

    known: dict[str, Truth] = {
        CARED: is_one_of(CARED, ("true",)),
        **{fact: is_one_of(fact, protocol.areas) for fact in (PLACING, PLACED, HOME)},
    }
    for relation, wanted in _WANTED.items():
        met = [None if known[fact] is None else known[fact] is want for fact, want in wanted.items()]
        holds = False if False in met else None if None in met else True
        yield _Bound(relation, holds, tuple(wanted), tuple(fact for fact in wanted if known[fact] is None))


def _applying(protocol: Protocol, case: Case, as_of: Instant) -> Applying:
    if protocol.applies is None:
        return Applying(protocol, "not_stated", None, (), ())
    reader = _reader(protocol, case, as_of)
    parts = _parts(protocol.scope)
    scope = [reader.truth(part, CHILD).at(as_of) for part in parts]
    reaches = {reach.relation: reach for reach in protocol.applies.reaches}
    told = [bound for bound in _bounds(protocol, reader, as_of) if bound.holds is not False]
    certain = next((bound for bound in told if bound.holds), None)

    def made(answer: Literal["yes", "no", "not_stated", "not_known"], asks: Iterable[str] = ()) -> Applying:
        reach = reaches.get(certain.relation) if certain else None
        because = [e for fact in (certain.reads if certain else _READS) for e in read(reader, fact, CHILD, as_of)]
        because += [e for part in parts for e in behind(reader, part, CHILD, as_of)]
        return Applying(
            protocol=protocol,
            answer=answer,
            relation=certain.relation if certain else None,
            citations=(*(reach.citations if reach else ()), *protocol.scope_citations),
            because=tuple(dict.fromkeys(because)),
            asks=tuple(sorted(set(asks))),
            also=_beside(reach, reader, as_of) if reach else (),
        )

    if False in scope or not told:
        return made("no")
    if certain and certain.relation not in reaches:
        return made("not_stated")
    if certain and None not in scope:
        return made("yes")
    asks = [fact for part in parts for fact, _ in unknown(reader, part, CHILD, as_of)]
    return made("not_known", [*asks, *(fact for bound in told for fact in bound.unknown if not certain)])


def _beside(reach: Reach, reader: Reader, as_of: Instant) -> tuple[str, ...]:
    """The authority whose protocol holds beside this one, as the paper says and the case names it."""
    name = {"host": PLACED, "placing": PLACING, None: None}[reach.also]
    found = reader.fact(name, CHILD).at(as_of) if name else None
    return () if found is None else (str(found),)
