"""Short ways to write protocols, rules and cases for tests."""

from __future__ import annotations

from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Facts, Held, Record
from missingrules.domain.citations import NOT_STATED, Citation, Citations, Edition
from missingrules.domain.clock import Clock, Instant, Length, instant_of
from missingrules.domain.conditions import (
    ALWAYS,
    AtLeast,
    Condition,
    Counted,
    CountTest,
    FactTest,
    Is,
    Known,
    Range,
    Unless,
)
from missingrules.domain.deadlines import DeadlineRow, Within
from missingrules.domain.people import People, PeopleRow, PeopleRows, Role
from missingrules.domain.protocol import Hours, Protocol, Words
from missingrules.domain.rules import Conclusion, Duty, Effect, Guard, Modality, Prohibition, Provision, RuleFamily
from missingrules.domain.vocabulary import (
    ACTIONS,
    EVENTS,
    FACTS,
    RISK,
    ActionWord,
    EventWord,
    FactKind,
    FactType,
    FactWord,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import NotKnown, Stamp, Value
    from missingrules.domain.citations import NotStated
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.triggers import Trigger

LONDON = ZoneInfo("Europe/London")
CITED: Citations = (Citation("d", "1", "One"),)
ROLES: Mapping[str, Role] = {
    name: Role(name, name, grade, agency)
    for name, grade, agency in [
        ("social_worker", "practitioner", "childrens_social_care"),
        ("team_manager", "team_manager", "childrens_social_care"),
        ("police", None, "police"),
    ]
}
WORDS = Words(
    facts={
        **FACTS,
        "episode.first": FactWord("episode.first", FactKind.JUDGEMENT, FactType.YES_NO, "first?"),
        "episode.second": FactWord("episode.second", FactKind.JUDGEMENT, FactType.YES_NO, "second?"),
        "episode.settled": FactWord("episode.settled", FactKind.JUDGEMENT, FactType.YES_NO, "settled?"),
    },
    actions={
        **ACTIONS,
        "visit": ActionWord("visit", "somebody went there", ("seen",), also=("return_interview",)),
    },
    events={**EVENTS, "sighted": EventWord("sighted", "the child was seen", MappingProxyType({}))},
)
OFFICE = Hours("office", frozenset(range(5)), time(9), time(17), True, CITED)


def at(text: str) -> Instant:
    """A London wall-clock time: `2025-03-28 22:30`."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def day(text: str) -> date:
    return date.fromisoformat(text)


def length(text: str) -> Length:
    found = Length.parse(text)
    assert found is not None, text
    return found


# --- conditions -------------------------------------------------------------------------------------------------------


def fact(name: str, *values: str) -> FactTest:
    return FactTest(name, Is(values or ("true",)))


def known(name: str) -> FactTest:
    return FactTest(name, Known())


def risk(level: str, name: str = "episode.risk") -> FactTest:
    return FactTest(name, AtLeast(level, RISK[RISK.index(level) :]))


def missing_for(text: str, *, more: bool = False) -> FactTest:
    return FactTest("episode.missing_for", Range(low=length(text), low_inside=not more))


def aged(low: int | None = None, high: int | None = None) -> FactTest:
    return FactTest("child.age", Range(low=low, high=high))


def counted(window: str = "90 days", by: Any = "started", kinds: tuple[str, ...] = ("missing",)) -> Counted:
    kept: Any = NOT_STATED if window == "not_stated" else window if window.startswith("calendar") else length(window)
    return Counted(kept, kinds, (), by)


def at_least(n: int, what: Counted) -> CountTest:
    return CountTest(what, Range(low=n))


# --- rules ------------------------------------------------------------------------------------------------------------


def within(text: str, anchor: str = "trigger", *, same_day: bool = False) -> Within:
    return Within(length(text), anchor, same_day)


def row(condition: Condition, deadline: Deadline | NotStated) -> DeadlineRow:
    return DeadlineRow(condition, deadline, CITED)


def people(mode: Any, *names: str) -> People:
    return People(mode, tuple(ROLES[n] for n in names))


def people_rows(*rows: tuple[Condition, People | NotStated], at_firing: bool = False) -> PeopleRows:
    return PeopleRows(tuple(PeopleRow(c, p, CITED) for c, p in rows), at_firing)


def guard(
    when: Condition = ALWAYS,
    *,
    unless: tuple[Condition, ...] = (),
    kinds: tuple[str, ...] = (),
    in_force: tuple[date | None, date | None] = (None, None),
    in_scope: bool = True,
) -> Guard:
    return Guard(when, tuple(Unless(c, CITED) for c in unless), kinds, in_force, in_scope)


def duty(id_: str, trigger: Trigger, action: str = "notify", **more: Any) -> Duty:
    plain: dict[str, Any] = {
        "topic": "notification",
        "title": id_,
        "modality": Modality.MUST,
        "effect": Effect.REQUIRE,
        "guard": Guard(),
        "deadline": NOT_STATED,
        "citations": CITED,
    }
    return Duty(id=id_, rule=id_, action=action, trigger=trigger, **{**plain, **more})


def conclude(
    rule: str, fact_: str, *, value: str | None = None, floor: str | None = None, when: Guard | None = None
) -> Conclusion:
    kept = when or Guard()
    return Conclusion(
        rule=rule, topic="risk_floor", title=rule, fact=fact_, value=value, floor=floor, guard=kept, citations=CITED
    )


def forbid(rule: str, action: str, when: Guard | None = None, **more: Any) -> Prohibition:
    plain: dict[str, Any] = {"topic": "media", "title": rule, "modality": Modality.MUST, "guard": when or Guard()}
    return Prohibition(rule=rule, action=action, citations=CITED, **{**plain, **more})


def protocol(*provisions: Provision, scope: Condition = ALWAYS, name: str = "p") -> Protocol:
    """A protocol of these provisions, each rule in one variant; conclusions come first."""
    ordered = sorted(provisions, key=lambda p: not isinstance(p, Conclusion))
    return Protocol(
        name=name,
        title=name,
        authority=name,
        applies_to="England",
        areas=(),
        edition=Edition("1"),
        clock=Clock(),
        scope=scope,
        scope_citations=CITED,
        hours={"office": OFFICE},
        roles=ROLES,
        words=WORDS,
        readings={},
        families=tuple(RuleFamily(p.rule, (), {(): (p,)}) for p in ordered),
        fingerprint="0",
    )


# --- cases ------------------------------------------------------------------------------------------------------------


def facts(**held: Value | tuple[Held, ...]) -> Facts:
    """Facts by name: a value that always held, or spans and gradings written out."""
    return MappingProxyType({n: v if isinstance(v, tuple) else (Held(v),) for n, v in held.items()})


def graded(*steps: tuple[Stamp | None, Value]) -> tuple[Held, ...]:
    return tuple(Held(value, start) for start, value in steps)


def episode(
    id_: str,
    started: Stamp,
    returned: Stamp | NotKnown | None = None,
    *,
    kind: Value | tuple[Held, ...] = "missing",
    located: Stamp | NotKnown | None = NOT_KNOWN,
    reported: Stamp | NotKnown | None = NOT_KNOWN,
    last_seen: Stamp | NotKnown | None = NOT_KNOWN,
    **more: Any,
) -> Episode:
    return Episode(
        id=id_,
        started=started,
        returned=returned,
        located=located,
        reported=reported,
        last_seen=last_seen,
        facts=facts(kind=kind, **more),
    )


def event(name: str, when: Stamp, **more: Any) -> Event:
    return Event(event=name, at=when, **more)


def record(id_: str, action: str, when: Stamp, **more: Any) -> Record:
    return Record(id=id_, action=action, at=when, **more)


def case(*episodes: Episode, **more: Any) -> Case:
    return Case(id="c", episodes=episodes, **more)
