"""A part of a protocol, its readings taken: the rules about some topics, and all that these need."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from missingrules.domain.rules import RuleFamily
from missingrules.engine.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision


def part_of(protocol: Protocol, is_wanted: Callable[[Provision], bool], readings: Mapping[str, str]) -> Protocol:
    """The protocol with the rules that have a wanted provision and what they need, read in one way alone."""
    options = protocol.options(readings)
    taken = {
        family.id: family.variants.get(tuple([options[name] for name in family.readings]), ())
        for family in protocol.families
    }
    needed = plan_of(protocol).needed
    wanted = {rule for rule, provisions in taken.items() if any(map(is_wanted, provisions))}
    with_needed = wanted.union(*(needed[rule] for rule in wanted))
    families = tuple(
        RuleFamily(family.id, (), MappingProxyType({(): tuple(map(_settled, taken[family.id]))}))
        for family in protocol.families
        if family.id in with_needed
    )
    return replace(protocol, families=families, readings=MappingProxyType({}))


def _settled(provision: Provision) -> Provision:
    return replace(provision, choices=())
