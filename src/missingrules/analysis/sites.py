"""Where something stands in the resolved rules, and the same rules with something else in its place."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.rules import Conclusion, Duty, Prohibition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from missingrules.domain.citations import Citations
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

Steps = tuple[str | int, ...]


class Site(NamedTuple):
    """One place in a resolved protocol: rule, readings, which of its provisions, and the way in it.

    Of the scope the rule is empty.
    """

    rule: str
    options: tuple[str, ...]
    provision: int
    steps: Steps


def changed(protocol: Protocol, places: Iterable[tuple[Site, object]]) -> Protocol:
    """The protocol with other values in some of its places; of rules that it has not, nothing changes."""
    scope = protocol.scope
    of: dict[str, list[tuple[Site, object]]] = {}
    for site, value in places:
        if site.rule:
            of.setdefault(site.rule, []).append((site, value))
        else:
            scope = put(scope, site.steps, value)
    families = []
    for family in protocol.families:
        variants = dict(family.variants)
        for site, value in of.get(family.id, ()):
            provisions = variants[site.options]
            other = put(provisions[site.provision], site.steps, value)
            variants[site.options] = (*provisions[: site.provision], other, *provisions[site.provision + 1 :])
        families.append(replace(family, variants=MappingProxyType(variants)) if family.id in of else family)
    return replace(protocol, scope=scope, families=tuple(families))


def put(part: Any, steps: Steps, value: object) -> Any:
    """The part with a value in the place that steps lead to."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        return (*part[:step], put(part[step], rest, value), *part[step + 1 :])
    return replace(part, **{step: put(getattr(part, step), rest, value)})


def usual(protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """The default options of the readings of each rule."""
    return {family.id: tuple(protocol.readings[r].default for r in family.readings) for family in protocol.families}


def in_scope(protocol: Protocol, options: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The rules that the scope limits, under these options."""
    return tuple(f.id for f in protocol.families if any(p.guard.in_scope for p in f.variants[options[f.id]]))


def citations(provision: Provision, section: str) -> Citations:
    """The paragraphs of a part of a rule: its own, or those of the rule."""
    assert isinstance(provision, Duty | Conclusion | Prohibition)
    return supporting(provision.citations, section) or provision.citations


def supporting(cited: Citations, section: str) -> Citations:
    """Those of some paragraphs that are said to carry a part of a rule."""
    return tuple(each for each in cited if each.supports == section.rstrip("_"))
