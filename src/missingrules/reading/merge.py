"""Complementary cases: one duty whose details turn on the case, where the cases leave nothing out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.conditions import FactTest, Is, Known, Not
from missingrules.domain.deadlines import DeadlineRow, DeadlineRows
from missingrules.domain.people import PeopleRow, PeopleRows
from missingrules.reading.conditions import joined, values_of

if TYPE_CHECKING:
    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Duty
    from missingrules.reading import schema
    from missingrules.reading.names import Bench

PEOPLE: Final = ("by", "chair", "attend", "to", "with_")
# In these, duties of one key may differ from case to case and still be one duty.
TURNING: Final = frozenset({*PEOPLE, "deadline", "citations", "conventions"})


@dataclass(frozen=True, slots=True)
class CaseDuties:
    """One case: its own condition, that condition with no earlier case true, and its duties without either."""

    own: Condition
    when: Condition
    form: schema.CaseForm
    duties: tuple[Duty, ...]


def merge_cases(cases: list[CaseDuties], bench: Bench) -> tuple[Duty, ...]:
    """The duties of all cases, those of one key made one where the cases leave nothing out."""
    covered = _leave_nothing_out([case.own for case in cases], bench)
    done: list[Duty] = []
    merged: set[str] = set()
    for case in cases:
        for duty in case.duties:
            if duty.id in merged:
                continue
            turned = _as_one(duty.id, cases, bench) if covered else None
            if turned:
                merged.add(duty.id)
                done.append(turned)
            else:
                done.append(replace(duty, guard=replace(duty.guard, when=joined([duty.guard.when, case.when]))))
    return tuple(done)


def _leave_nothing_out(conditions: list[Condition], bench: Bench) -> bool:
    """Whether conditions on one fact name all its values, or it known and not known."""
    facts: set[str] = set()
    values: set[str] = set()
    known: set[bool] = set()
    for each in conditions:
        match each:
            case FactTest(fact, Is(some)):
                values.update(some)
            case FactTest(fact, Known()):
                known.add(True)
            case Not(FactTest(fact, Known())):
                known.add(False)
            case _:
                return False
        facts.add(fact)
    if len(facts) != 1:
        return False
    word = bench.names.words.facts.get(facts.pop())
    closed = set(values_of(word, bench)) if word else {"true", "false"}
    return len(known) == 2 or (bool(closed) and values >= closed)


def _as_one(id_: str, cases: list[CaseDuties], bench: Bench) -> Duty | None:
    """One duty whose people and deadline turn on the case; None where more than that differs."""
    halves = [(case, duty) for case in cases for duty in case.duties if duty.id == id_]
    first = halves[0][1]
    if len(halves) != len(cases) or not all(_alike(first, duty) for _, duty in halves):
        return None
    turned: dict[str, Any] = {}
    for key in PEOPLE:
        given = [getattr(duty, key) for _, duty in halves]
        if all(each == given[0] for each in given):
            continue
        if any(each is None or isinstance(each, PeopleRows) for each in given):
            return None
        supports = key.rstrip("_")
        turned[key] = PeopleRows(
            tuple(
                PeopleRow(case.own, who, bench.citations(case.form.cite, supports))
                for (case, _), who in zip(halves, given, strict=True)
            ),
            at_firing=True,
        )
    if any(duty.deadline != first.deadline for _, duty in halves):
        turned["deadline"] = DeadlineRows(
            tuple(
                DeadlineRow(case.own, duty.deadline, bench.citations(case.form.cite, "deadline"))
                for case, duty in halves
            ),
            at_firing=True,
        )
    every = dict.fromkeys(each for _, duty in halves for each in duty.citations)
    # Where rows carry each case's paragraph, the duty keeps those that all cases share.
    shared = [each for each in every if all(each in duty.citations for _, duty in halves)] if turned else []
    return replace(
        first,
        **turned,
        citations=tuple(shared or every),
        conventions=tuple(sorted({each for _, duty in halves for each in duty.conventions})),
    )


def _alike(one: Duty, other: Duty) -> bool:
    return all(getattr(one, each.name) == getattr(other, each.name) for each in fields(one) if each.name not in TURNING)
