"""Complementary cases that leave something out, so that the rule does not fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.checks.frame import Finding, unanswered
from missingrules.domain.conditions import leaves
from missingrules.domain.rules import Duty
from missingrules.logic.cells import key_of
from missingrules.logic.situations import flat, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.conditions import Condition
    from missingrules.logic.cells import Cell


def gaps(subject: Subject) -> Iterator[Finding]:
    """A case for which no case of a rule holds, though all that the cases share does."""
    for variant in subject.variants:
        rule = variant.family.id
        if not subject.where.cases(rule):
            continue
        duties = [each for each in variant.provisions if isinstance(each, Duty)]
        guards = [duty.guard.when for duty in duties]
        span = subject.where.key(rule, "cases")
        try:
            found = _left_out(duties, guards, subject)
        except TooMany:
            yield unanswered("whether the cases leave something out", span)
            continue
        if found:
            what = ", ".join(cell.said for cell in found)
            hint = "write a case for it; where the source gives nothing there, accept it under 'accepts'"
            yield Finding(f"no case of this rule is for {what}", span, hint)


def _left_out(duties: list[Duty], guards: list[Condition], subject: Subject) -> tuple[Cell, ...]:
    whens = [flat(each) for each in guards]
    shared = tuple(part for part in whens[0] if all(part in when for when in whens))
    if any(len(when) == len(shared) for when in whens):
        # One duty stands whatever the case: what turns on it are its people and deadline.
        return ()
    when = situation(duties[0], subject.protocol)
    true = [*shared, *(part.condition for part in when.parts if part.said_by != "when")]
    space = Space((*guards, *true, *when.unless), subject.protocol.words.facts)
    found = space.find(true, guards, when.unless) or {}
    tested = {key_of(leaf) for guard in guards for leaf in leaves(guard)}
    return tuple(cell for key, cell in found.items() if key in tested)
