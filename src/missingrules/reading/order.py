"""The order of rules: what feeds a guard comes before what it guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.conditions import All, Any, CountTest, FactTest, HoursTest, Not
from missingrules.domain.deadlines import DeadlineRows, SetBy
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Conclusion, Duty
from missingrules.domain.triggers import Becomes, MissingFor, OnEvent, OnUndone
from missingrules.reading.conditions import facts_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Provision, RuleFamily
    from missingrules.domain.source import Span
    from missingrules.reading.report import Report


def in_order(
    families: list[RuleFamily], scope: Condition, places: Mapping[str, Span], report: Report
) -> tuple[RuleFamily, ...]:
    """The families, each after all that it waits for; otherwise in the order of the file. A cycle is reported."""
    by_id = {family.id: family for family in families}
    needs = _needs(families, scope)
    done: dict[str, RuleFamily] = {}
    reported: set[str] = set()
    for start in by_id:
        # A stack of its own, since a chain may be longer than Python's.
        path: dict[str, Iterator[str]] = {start: iter(needs[start])} if start not in done else {}
        while path:
            here = next(reversed(path))
            following = next(path[here], None)
            if following is None:
                del path[here]
                done[here] = by_id[here]
            elif following in reported and here in reported:
                continue
            elif following in path:
                ring = [*path][[*path].index(following) :]
                if not reported.intersection(ring):
                    _tell_cycle(ring, places, report)
                reported.update(ring)
            elif following not in done:
                path[following] = iter(needs[following])
    return tuple(done.values())


def _tell_cycle(ring: list[str], places: Mapping[str, Span], report: Report) -> None:
    # What is inherited has no place here, and was in order where it stands: a ring has a rule of this file.
    first = min((name for name in ring if name in places), key=lambda name: (places[name].line, places[name].column))
    turn = ring.index(first)
    ring = ring[turn:] + ring[:turn]
    if len(ring) == 1:
        message = f"the rule '{first}' waits for itself"
    else:
        message = f"these rules wait for one another: {', '.join(ring)}, and again {first}"
    report.error(
        "cycle",
        message,
        places[first],
        "take out one link: {undone: RULE}, superseded_by, or the test of a fact that is concluded "
        "(risk.recorded is the level on record)",
    )


def _needs(families: list[RuleFamily], scope: Condition) -> dict[str, list[str]]:
    """For each rule, those that conclude what it reads, whose undone duty it follows, or to which it gives way."""
    concluded: dict[str, dict[str, None]] = {}
    for family in families:
        for provision in _all(family):
            if isinstance(provision, Conclusion):
                concluded.setdefault(provision.fact, {})[family.id] = None
    known = {family.id for family in families}
    in_scope = set(facts_of(scope))
    of_people: dict[int, frozenset[str]] = {}
    needs: dict[str, list[str]] = {}
    for family in families:
        found: dict[str, None] = {}
        for provision in _all(family):
            if concluded:
                facts = {*_facts(provision, of_people), *(in_scope if provision.guard.in_scope else ())}
                for fact in sorted(facts & concluded.keys()):
                    found.update(concluded[fact])
            if isinstance(provision, Duty):
                found.update((each.rule, None) for each in parts_of(provision.trigger) if isinstance(each, OnUndone))
                if provision.superseded_by:
                    found[provision.superseded_by] = None
        needs[family.id] = [name for name in found if name in known]
    return needs


def _all(family: RuleFamily) -> Iterator[Provision]:
    for provisions in family.variants.values():
        yield from provisions


def _facts(provision: Provision, of_people: dict[int, frozenset[str]]) -> Iterator[str]:
    """Every fact that a provision reads; those of rows, which many share, are kept in `of_people` by identity."""
    yield from facts_of(provision.guard.when)
    for unless in provision.guard.unless:
        yield from facts_of(unless.condition)
    if not isinstance(provision, Duty):
        return
    for trigger in parts_of(provision.trigger):
        match trigger:
            case Becomes(test):
                yield test.fact
            case MissingFor(str() as fact):
                yield fact
            case OnEvent(_, fields):
                yield from facts_of(fields)
    for until in provision.until:
        if isinstance(until, FactTest | CountTest | HoursTest | All | Any | Not):
            yield from facts_of(until)
    for who in (provision.by, provision.chair, provision.attend, provision.to, provision.with_):
        if isinstance(who, PeopleRows):
            if id(who) not in of_people:
                of_people[id(who)] = frozenset(fact for row in who.rows for fact in facts_of(row.condition))
            yield from of_people[id(who)]
    yield from _facts_of_deadline(provision.deadline)


def _facts_of_deadline(deadline: object) -> Iterator[str]:
    if isinstance(deadline, SetBy):
        yield deadline.fact
    elif isinstance(deadline, DeadlineRows):
        for row in deadline.rows:
            yield from facts_of(row.condition)
            yield from _facts_of_deadline(row.deadline)
