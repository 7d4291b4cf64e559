"""Age bands between which a child falls: rules for the same act that differ by the child's age."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.checks.frame import Finding
from missingrules.domain.conditions import FactTest, Range
from missingrules.domain.rules import Duty
from missingrules.logic.cells import ends
from missingrules.logic.said import said
from missingrules.logic.situations import flat, identity, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.conditions import Condition

AGE: Final = "child.age"
# So many ages are told one by one.
FEW: Final = 3


class Band(NamedTuple):
    """The ages, from the first to before the last, for which an act is asked; `others`: what else must hold."""

    first: int
    last: int
    act: Duty
    test: FactTest
    others: tuple[Condition, ...]


def holes(subject: Subject) -> Iterator[Finding]:
    """An age between two bands. Who acts and by when may differ between them; readings are taken by default."""
    same: dict[Hashable, dict[str, Band]] = {}
    seen: set[str] = set()
    for variant in subject.variants:
        if variant.family.id not in seen:
            seen.add(variant.family.id)
            for act in variant.provisions:
                if isinstance(act, Duty) and (band := _band(act)):
                    guard = act.guard
                    asked = act.effect, act.action, act.about, act.method, act.trigger
                    key = asked, frozenset(band.others), guard.unless, guard.kinds, guard.in_force
                    same.setdefault(key, {})[identity(act)] = band
    for bands in same.values():
        for below, above in pairwise(sorted(bands.values(), key=lambda each: (each.first, each.last))):
            reach = max(band.last for band in bands.values() if band.first < above.first or band is below)
            if reach == below.last < above.first and _is_possible(below.last, above, subject):
                message = (
                    f"no rule for this act is for a child of {_ages(below.last, above.first)}: "
                    f"'{identity(below.act)}' is for {said(below.test)}, this one for {said(above.test)}"
                )
                hint = "let the bands meet, write a rule for the ages between, or accept that the source has none"
                yield Finding(message, subject.where.key(identity(above.act), "when"), hint)


def _band(act: Duty) -> Band | None:
    """The one test of the child's age that must hold."""
    parts = flat(act.guard.when)
    tests = [part for part in parts if isinstance(part, FactTest) and part.fact == AGE]
    if len(tests) != 1 or not isinstance(test := tests[0].test, Range):
        return None
    first, last = ends(test)
    return Band(first[0], last[0], act, tests[0], tuple(part for part in parts if part is not tests[0]))


def _is_possible(first: int, above: Band, subject: Subject) -> bool:
    """Whether the file's scope and whatever else both bands ask for leave the ages between at all."""
    between = FactTest(AGE, Range(low=first, high=above.first, high_inside=False))
    when = situation(above.act, subject.protocol)
    true = (between, *(part.condition for part in when.parts if part.condition is not above.test))
    try:
        return Space((*true, *when.unless), subject.protocol.words.facts).find(true, (), when.unless) is not None
    except TooMany:
        # It is better told than not.
        return True


def _ages(first: int, last: int) -> str:
    ages = [str(each) for each in range(first, last)]
    if len(ages) > FEW:
        return f"{first} to {last - 1}"
    return ages[0] if len(ages) == 1 else f"{', '.join(ages[:-1])} or {ages[-1]}"
