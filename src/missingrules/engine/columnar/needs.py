"""Which facts of a case a protocol reads under chosen readings: those that its provisions name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from missingrules.domain.conditions import FactTest
from missingrules.domain.deadlines import Before, OnDay, SetBy, Within
from missingrules.domain.triggers import MissingFor
from missingrules.engine.plan import parts_of
from missingrules.engine.relative import RELATIVE

if TYPE_CHECKING:
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.plan import Provisions


# Holds only what follows from its arguments, which are equal only if they are the same.
@lru_cache(maxsize=256)
def facts_of(protocol: Protocol, provisions: Provisions) -> frozenset[str]:
    """Of everything that stands."""
    every = [
        *(d for found in provisions.duties.values() for d in found),
        *provisions.conclusions,
        *provisions.prohibitions,
    ]
    facts: set[str] = {"episode.kind", "episode.from"}
    for part in (part for one in (*every, protocol.scope) for part in parts_of(one)):
        match part:
            case FactTest(fact) | SetBy(fact):
                facts.add(fact)
            case MissingFor(str() as fact):
                facts.add(fact)
            case Within(_, anchor) | OnDay(_, anchor) | Before(anchor) if "." in anchor:
                facts.add(anchor)
    if facts & set(RELATIVE):
        facts |= {"child.placing_authority", "child.placed_in"}
    if "episode.risk.recorded" in facts:
        facts.add("episode.risk")
    return frozenset(facts | {conclusion.fact for conclusion in provisions.conclusions})
