"""Rules changed one small step at a time: which changes does a scenario notice, and which does none.

A change is made of what stands under the default readings, and wherever else the same stands: in the other acts of a
rule, under its other readings, in every rule that uses a table.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.analysis.mutations import Mutating, inside
from missingrules.analysis.numbers import leans, numbers_of
from missingrules.analysis.sites import Site, changed, citations, in_scope, usual
from missingrules.domain.conditions import Counted
from missingrules.domain.coverage import Change
from missingrules.domain.deadlines import DeadlineRow
from missingrules.domain.people import PeopleRow
from missingrules.domain.rules import Duty
from missingrules.engine.wording import condition_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.analysis.boundaries import Held
    from missingrules.analysis.mutations import Step
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

# What a rule says once for all of its acts; of all else each act is changed by itself.
OF_RULE: Final = ("trigger", "guard", "until")


class Mutant(NamedTuple):
    """A change, and the values that stand in the places of others."""

    change: Change
    places: tuple[tuple[Site, object], ...]


class _Found(NamedTuple):
    """A small step on its way, with what makes it the same as another."""

    identity: object
    change: Change
    site: Site
    value: object


def mutants_of(protocol: Protocol) -> tuple[Mutant, ...]:
    """Every small step in the rules as they stand under the default readings, rule by rule, the scope first."""
    options = usual(protocol)
    groups: dict[object, list[_Found]] = {}
    for found in _all(protocol):
        groups.setdefault(found.identity, []).append(found)
    made = list(_numbers(protocol))
    for group in groups.values():
        standing = [found for found in group if found.site.options == options.get(found.site.rule, ())]
        if standing:
            rules = tuple(dict.fromkeys(found.site.rule for found in standing))
            change = standing[0].change._replace(rules=rules if rules != ("",) else in_scope(protocol, options))
            made.append(Mutant(change, tuple((found.site, found.value) for found in group)))
    order = {family.id: number for number, family in enumerate(protocol.families)}
    return tuple(
        sorted(made, key=lambda mutant: -1 if mutant.change.section == "scope" else order[mutant.change.rules[0]])
    )


def is_unnoticed(held: Held, mutant: Mutant) -> bool:
    """Whether no scenario notices the change."""
    change = mutant.change
    return held.unnoticed(change.rules, partial(changed, places=mutant.places), change.act)


def _numbers(protocol: Protocol) -> Iterator[Mutant]:
    for number, sites, neighbours in numbers_of(protocol):
        for side, value in neighbours.items():
            rules, section, text, cited, beside, row = (
                number.rules, number.section, number.text, number.citations, number.beside, number.row
            )  # fmt: skip
            change = Change("number", rules, "", section, text, beside[side], cited, row)
            yield Mutant(change, tuple((site, value) for site in sites))


def _all(protocol: Protocol) -> Iterator[_Found]:
    mutating = Mutating(protocol)
    for steps, part, _ in inside(protocol.scope):
        for step in mutating.of(part, None):
            change = Change(step.kind, (), "", "scope", step.before, step.after, protocol.scope_citations)
            yield _Found(("scope", steps, step), change, Site("", (), 0, (*steps, *step.steps)), step.value)
    convention = protocol.conventions.get("counted")
    shared = () if convention is None else (convention.window,)
    for family in protocol.families:
        for options, provisions in family.variants.items():
            for index, provision in enumerate(provisions):
                met: dict[object, int] = {}
                for steps, part, chain in inside(provision):
                    for step in mutating.of(part, provision):
                        identity, change = _found(family.id, provision, steps, (*chain, part), step, shared)
                        # What stands twice in one act is changed at one place at a time; a row of a table is one.
                        times = met[identity] = met.get(identity, 0) + (step.kind != "row")
                        site = Site(family.id, options, index, (*steps, *step.steps))
                        yield _Found((identity, times), change, site, step.value)


def _found(
    rule: str,
    provision: Provision,
    steps: Sequence[str | int],
    chain: Sequence[object],
    step: Step,
    shared: Sequence[object],
) -> tuple[object, Change]:
    """What makes a step the same as another, and how it is told."""
    section = str(steps[0]) if steps else str(step.steps[0])
    act = provision.id if isinstance(provision, Duty) else provision.rule
    row = next((each for each in chain if isinstance(each, DeadlineRow | PeopleRow)), None)
    told = step.kind, step.same, step.after
    if row is None:
        cited = citations(provision, section)
        owner: object = rule if section in OF_RULE else act
        if step.kind == "row":
            # A table's row gives several keys, and several rules.
            owner = "table"
        elif isinstance(counted := chain[-1], Counted) and counted.window in shared and leans(provision):
            owner = "convention"
        text = ""
    else:
        cited = row.citations
        owner = ("row", row.condition, tuple((each.document, each.paragraph) for each in cited), steps[0])
        text = condition_text(row.condition)
    own = act if owner == act else ""
    return (owner, section if owner == rule else "", told), Change(
        step.kind, (rule,), own, section, step.before, step.after, cited, text
    )
