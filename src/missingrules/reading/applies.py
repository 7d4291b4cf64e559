"""For which children a file says its paper is: each kind of child with its paragraph, and the whole as a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.applies import CARED, HOME, LOCAL, MEANS, PLACED, PLACING, Applies, Reach, Relation
from missingrules.domain.conditions import ALWAYS, All, Any, Condition, FactTest, Is, Not
from missingrules.reading.nodes import Mapping
from missingrules.reading.schema import AppliesForm, ReachForm
from missingrules.reading.shapes import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.reading.head import Sections
    from missingrules.reading.names import Bench


def whom(sections: Sections, areas: tuple[str, ...], bench: Bench) -> Applies | None:
    """None where the file does not say."""
    form = sections.one("applies", AppliesForm)
    if form is None:
        return None
    said = {relation: each for relation in Relation if (each := getattr(form, relation.value)) is not None}
    _refuse_half_said(form, said, sections, bench)
    reaches = tuple(_reach(relation, each, bench) for relation, each in said.items())
    return Applies(reaches, condition_of(said, areas))


def _reach(relation: Relation, form: ReachForm, bench: Bench) -> Reach:
    also = {None: None, "host": "host", "placing": "placing"}[form.with_]
    return Reach(relation, bench.citations(form.cite), also)  # type: ignore[arg-type]


def _refuse_half_said(form: AppliesForm, said: dict[Relation, ReachForm], sections: Sections, bench: Bench) -> None:
    """A paper for the whole country, or one that says of each kind of child whether it is for it, or says nothing."""
    silent = {str(word): word.span for word in form.not_stated}
    local = [relation.value for relation in said if relation is not Relation.ANYWHERE]
    section = sections.node.get("applies")
    assert isinstance(section, Mapping)
    if Relation.ANYWHERE in said:
        if beside := [*local, *silent]:
            message = f"'anywhere' takes in every child, and beside it something is said of {listed(beside)}"
            bench.error("said-twice", message, section.key_span("anywhere"), "keep one or the other")
        return
    for name in silent.keys() & set(local):
        message = f"'{name}' has a paragraph, and stands under not_stated"
        bench.error("said-twice", message, silent[name], "take it out here, or leave its paragraph out")
    for left in [name for name in LOCAL if name not in (*local, *silent)]:
        message = f"nothing is said of '{left}': {MEANS[Relation(left)]}"
        hint = f"write {left}: {{cite: PARAGRAPH}}, or not_stated: [{left}] where the source says nothing"
        bench.error("child-left-out", message, sections.node.key_span("applies"), hint)


def condition_of(said: Iterable[Relation], areas: tuple[str, ...]) -> Condition:
    """What is known of a child of one of these kinds, as a condition that asks for no more than it needs."""
    of = set(said)
    if Relation.ANYWHERE in of:
        return ALWAYS
    cared_for = FactTest(CARED, Is(("true",)))
    ours, here = FactTest(PLACING, Is(areas)), FactTest(PLACED, Is(areas))
    kinds: dict[Relation, Condition] = {
        Relation.OWN: All((ours, here)),
        Relation.OWN_ELSEWHERE: All((ours, Not(here))),
        Relation.PLACED_HERE: All((Not(ours), here)),
    }
    # Of a child in the authority's care it need not be known where it lives, if the paper is for both.
    if {Relation.OWN, Relation.OWN_ELSEWHERE} <= of:
        kinds[Relation.OWN] = kinds[Relation.OWN_ELSEWHERE] = ours
    if {Relation.OWN, Relation.PLACED_HERE} <= of:
        kinds[Relation.PLACED_HERE] = here
        if Relation.OWN_ELSEWHERE not in of:
            kinds[Relation.OWN] = here
    cared = tuple(dict.fromkeys(condition for relation, condition in kinds.items() if relation in of))
    parts: list[Condition] = []
    if cared:
        parts.append(All((cared_for, cared[0] if len(cared) == 1 else Any(cared))))
    if Relation.LIVING_HERE in of:
        parts.append(All((Not(cared_for), FactTest(HOME, Is(areas)))))
    return parts[0] if len(parts) == 1 else Any(tuple(parts))
