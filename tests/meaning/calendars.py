"""Rules of the calendar and histories for property tests: what an organisation owes, and what it recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from missingrules.domain.clock import Instant
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.deadlines import DeadlineRows, EndOfPeriod, OnDay
from missingrules.domain.rules import Duty, Effect, Modality, Provision
from missingrules.domain.triggers import OnPeriod, OnUndone
from tests.meaning.build import at, duty, fact, protocol, record, row
from tests.meaning.histories import ACTS, CLOCK, DAYS, EXACT, OUTCOMES, Draw, Profile, cases, maybe, rarely, some
from tests.meaning.oracle.calendar import spans
from tests.meaning.strategies import (
    GRADED,
    PLAIN,
    conclusions_,
    conditions,
    deadlines,
    duties,
    guards,
    prohibitions,
    untils,
    who,
)

if TYPE_CHECKING:
    from missingrules.domain.case import Case, Record
    from missingrules.domain.citations import NotStated
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.protocol import Protocol

# how far the question may lie behind the beginning: a few periods, so that few are owed at once
REACH = {
    "week": 30,
    "day": 5,
    "month": 100,
    "weekday": 6,
    "quarter": 250,
    "working_day": 8,
    "half_month": 60,
    "monday": 24,
    "year": 800,
    "monday friday": 12,
    "two_months": 200,
    "tuesday wednesday sunday": 9,
}


@st.composite
def calendar_deadlines(draw: Draw, trigger: OnPeriod) -> Deadline | NotStated:
    """Most by the end of the period, some in rows of which others say something else."""
    end = EndOfPeriod(trigger.every)
    how = draw(st.integers(0, 7))
    if how <= 3:
        return end
    if how == 4:
        rows = [row(draw(conditions(GRADED + PLAIN)), some(draw, (end, draw(deadlines(trigger)))))]
        if not isinstance(rows[0].deadline, DeadlineRows | OnDay):
            rows.append(row(ALWAYS, end))
            return DeadlineRows(tuple(rows), at_firing=rarely(draw, 3))
    return draw(deadlines(trigger))


@st.composite
def calendar_duties(draw: Draw, id_: str, others: tuple[str, ...]) -> Duty:
    trigger = OnPeriod(some(draw, tuple(REACH)))
    more: dict[str, Any] = {"deadline": draw(calendar_deadlines(trigger))}
    guard_ = draw(guards()) if draw(st.booleans()) else draw(guards((ALWAYS,)))
    more["guard"] = replace(guard_, in_scope=False)  # the scope says which children are meant
    if rarely(draw, 3):
        more["until"] = (draw(untils()),)
    if others and rarely(draw, 5):
        more["superseded_by"] = some(draw, others)
    if rarely(draw, 4):
        more["to"] = draw(who())
    if rarely(draw, 5):
        more["by"] = draw(who(("all", "any", "other_than")))
    more["effect"] = some(draw, (*[Effect.REQUIRE] * 5, Effect.CONSIDER, Effect.DECIDE, Effect.AGREE))
    if more["effect"] is Effect.AGREE:
        more["with_"] = draw(who())
    more["modality"] = some(draw, (Modality.MUST, Modality.SHOULD, Modality.MAY))
    if rarely(draw, 6):
        more["about"] = "risk"
    if rarely(draw, 6):
        more["met_by"] = ("attempted",)
    return duty(id_, trigger, some(draw, ACTS[:2]), **more)


@st.composite
def beside(draw: Draw, id_: str, calendar: tuple[str, ...]) -> Provision:
    """A rule that is not of the calendar, or sets off where one is left undone."""
    how = draw(st.integers(0, 3))
    if how == 0:
        return draw(conclusions_(id_))
    if how == 1:
        return draw(prohibitions(id_))
    found = draw(duties(id_, calendar, calendar))
    if how == 2 and found.repeat is None:
        found = replace(found, trigger=OnUndone(some(draw, calendar)), deadline=draw(deadlines(OnUndone("a"))))
        found = replace(found, counts_from="trigger", superseded_by=None)
    return found


@st.composite
def calendar_protocols(draw: Draw) -> Protocol:
    ids = ("a", "b") if rarely(draw, 2) else ("a",)
    found: list[Provision] = [draw(calendar_duties(id_, tuple(x for x in ids if x != id_))) for id_ in ids]
    if rarely(draw, 2):
        found.append(draw(beside("c", ids)))
    return protocol(*found, scope=fact("child.looked_after") if rarely(draw, 4) else ALWAYS)


@st.composite
def acts_of_organisation(draw: Draw, case: Case, kinds: tuple[str, ...], near: list[int]) -> tuple[Record, ...]:
    found: list[Record] = []
    for n in range(some(draw, (1, 0, 2, 3, 4))):
        more: dict[str, Any] = {"outcome": some(draw, OUTCOMES)} if rarely(draw, 3) else {}
        if rarely(draw, 6):
            more["to"] = ("police",)
        if rarely(draw, 4):
            whole = replace(case, records=(*case.records, *found))
            keys = [s.key for kind in kinds for s in spans(CLOCK, kind, whole, CLOCK.date_of(Instant(max(near))))]
            more["answers"] = f"p/{some(draw, ('a', 'b'))}/organisation/{some(draw, keys)}" if keys else None
        found.append(record(f"o{n}", some(draw, ACTS[:2]), Instant(some(draw, near)), **more))
    return tuple(found)


@st.composite
def calendar_questions(draw: Draw, profile: Profile = EXACT) -> tuple[Protocol, Case, Instant]:
    """Rules, a case and the instant at which it is asked about, often where a period begins or ends."""
    asked = draw(calendar_protocols())
    kinds = tuple(p.trigger.every for p in provisions_of(asked) if isinstance(p.trigger, OnPeriod))
    reach = min(REACH[kind] for kind in kinds)
    case = draw(cases(profile))
    first = case.episodes[0].started if case.episodes else at(f"{some(draw, DAYS)} 10:00")
    base = first if not isinstance(first, int) else CLOCK.date_of(Instant(first))
    days = sorted({base + timedelta(days=n) for n in (0, 1, reach // 3, reach // 2, reach - 1, reach)})
    days += [s.first for kind in kinds for s in spans(CLOCK, kind, replace(case, history_from=days[0]), days[-1])]
    near = [CLOCK.midnight(day) + more for day in days if day <= days[5] for more in (0, -1, 1, 10 * 3600)]
    history = maybe(draw, [base - timedelta(days=n) for n in (0, 1, reach // 4)])
    case = replace(case, history_from=history)
    case = replace(case, records=(*case.records, *draw(acts_of_organisation(case, kinds, near))))
    return asked, case, Instant(some(draw, near))


def provisions_of(p: Protocol) -> list[Duty]:
    return [
        one for family in p.families for some_ in family.variants.values() for one in some_ if isinstance(one, Duty)
    ]
