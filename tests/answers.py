"""A protocol and an answer made by hand, for tests of what stands between the engine and people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from missingrules.domain import vocabulary
from missingrules.domain.answers import (
    Ahead,
    Ambiguity,
    Answer,
    Concluded,
    Conflict,
    EpisodeState,
    Forbidden,
    Outlook,
    ProtocolAnswer,
    Question,
)
from missingrules.domain.citations import NOT_STATED, Citation, Edition
from missingrules.domain.clock import Clock, Instant, Length, Unit, instant_of
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.deadlines import Note, Within
from missingrules.domain.obligations import (
    Behind,
    Detail,
    Difference,
    Evidence,
    Later,
    Obligation,
    Phase,
    Rests,
    Stand,
    Status,
    Undecided,
)
from missingrules.domain.people import People, Role
from missingrules.domain.protocol import Protocol, Words
from missingrules.domain.rules import Duty, Effect, Guard, Modality, Prohibition
from missingrules.domain.triggers import OnInstant
from missingrules.domain.vocabulary import ActionWord, FactKind, FactType, FactWord

TEAM_MANAGER = Role("team_manager", "Team Manager", "team_manager", "childrens_social_care")
MASH = Role("mash", "Multi-Agency Safeguarding Hub", None, "partnership")
MASH_DECISION_MAKER = Role("mash_decision_maker", "MASH Decision Maker", "team_manager", "partnership")
SOCIAL_CARE = Role("childrens_social_care", "Children's Social Care", None, "childrens_social_care")
POLICE = Role("police", "Police", None, "police")
PARENTS = Role("parents", "Parents", None, "family")
DIRECTOR = Role("assistant_director", "Assistant Director", "assistant_director", "childrens_social_care")
ROLES = (TEAM_MANAGER, MASH, MASH_DECISION_MAKER, SOCIAL_CARE, POLICE, PARENTS, DIRECTOR)


def at(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text))


def cite(paragraph: str, heading: str = "A heading", supports: str = "duty") -> Citation:
    return Citation("testshire", paragraph, heading, supports)


def protocol(name: str = "testshire", **changes: Any) -> Protocol:
    facts = dict(vocabulary.FACTS)
    facts["child.team_allocated"] = FactWord(
        "child.team_allocated", FactKind.STATUS, FactType.YES_NO, "Is the case allocated to a team?"
    )
    facts["child.siblings"] = FactWord("child.siblings", FactKind.STATUS, FactType.NUMBER, "How many siblings?")
    facts["record.call_back_at"] = FactWord(
        "record.call_back_at", FactKind.TIMELESS, FactType.INSTANT, "When is the call back?"
    )
    actions = {**vocabulary.ACTIONS, "lock_doors": ActionWord("lock_doors", "the doors were locked")}
    whole = Protocol(
        name=name,
        title="Testshire Missing Children Protocol",
        authority="Testshire",
        applies_to="children living in Testshire",
        areas=(name,),
        edition=Edition("third edition", published="2024-01"),
        clock=Clock(),
        scope=ALWAYS,
        scope_citations=(cite("1.1"),),
        hours=MappingProxyType({}),
        roles=MappingProxyType({role.name: role for role in ROLES}),
        words=Words(MappingProxyType(facts), MappingProxyType(actions), vocabulary.EVENTS),
        readings=MappingProxyType({}),
        families=(),
        fingerprint="sha256:0000",
    )
    return replace(whole, **changes)


def duty(id_: str = "strategy-meeting", **changes: Any) -> Duty:
    whole = Duty(
        id=id_,
        rule=id_.partition(".")[0],
        topic="strategy_meeting",
        title="Hold a strategy meeting",
        modality=Modality.MUST,
        effect=Effect.REQUIRE,
        action="strategy_meeting",
        trigger=OnInstant("started"),
        guard=Guard(),
        deadline=Within(Length(72, Unit.HOUR), "started"),
        citations=(cite("7.22 bullet 2", "Strategy meetings"),),
    )
    return replace(whole, **changes)


def obligation(of: Duty | None = None, status: Status = Status.DUE, **changes: Any) -> Obligation:
    of = of or duty()
    detail = Detail(
        due_basis="72 hours from started",
        due_citations=(),
        discharged_by=(),
        by=People("all", (SOCIAL_CARE,)),
        chair=People("all", (TEAM_MANAGER,)),
        recipients=None,
        attendees=None,
        with_=None,
        people_citations=(),
        because=(Evidence("episode.started", at("2025-03-28T22:30:00+00:00"), "E1", True),),
    )
    detail = detail._replace(**{k: v for k, v in changes.items() if k in Detail._fields})
    key = changes.get("key", f"testshire/{of.id}/E1/1")
    rests = {key: changes["readings"]} if "readings" in changes else {}
    stand = Stand(
        subject="E1",
        episode="E1",
        occurrence="1",
        status=status,
        triggered_at=at("2025-03-29T22:30:00+00:00"),
        due=at("2025-03-31T23:30:00+01:00"),
    )
    stand = stand._replace(**{k: v for k, v in changes.items() if k in Stand._fields})
    return Obligation(key, of, stand, Behind(lambda _: detail, Later.of(rests)))


def part(*actions: Obligation, **changes: Any) -> ProtocolAnswer:
    """`phases` of the duties that are not `now`, by rule."""
    phases: dict[str, Phase] = changes.pop("phases", {})
    questions = changes.pop("questions", ())
    outlook = Outlook(ambiguities=(), ahead=(), valid_until=None)
    whole = ProtocolAnswer(
        protocol=protocol(),
        actions=actions,
        conclusions=(),
        forbidden=(),
        conflicts=(),
        phases=Later.of({o.key: phases.get(o.duty.rule, Phase.NOW) for o in actions}),
        outlook=Later.of(outlook._replace(**{k: v for k, v in changes.items() if k in Outlook._fields})),
        asking=Later.of(questions),
    )
    return replace(whole, **{k: v for k, v in changes.items() if k not in Outlook._fields})


def state(id_: str = "E1", started: str = "2025-03-28T22:30:00+00:00", returned: str | None = None) -> EpisodeState:
    back = None if returned is None else at(returned)
    day, begun = date.fromisoformat(started[:10]), at(started) if "T" in started else None
    lasted = None if back is None or begun is None else back - begun
    return EpisodeState(id_, "missing", day, begun, None, back, lasted, back is not None)


def answer(*parts: ProtocolAnswer, episodes: tuple[EpisodeState, ...] = (), **more: Any) -> Answer:
    return Answer("C-1042", at("2025-03-31T12:00:00+01:00"), 90, Clock(), parts, episodes, **more)


def full() -> Answer:
    """Every kind of thing that an answer can hold, once at least."""
    meeting = obligation(
        due_citations=(cite("7.22 bullet 2", "Strategy meetings", "deadline"),),
        by=Undecided((People("all", (SOCIAL_CARE,)), People("all", (MASH,)))),
        chair=Undecided((People("all", (TEAM_MANAGER,)), People("all", (MASH_DECISION_MAKER,)))),
        attendees=People("all", (POLICE, PARENTS)),
        readings=(Rests("who-chairs", "team-manager", "chaired by a practice manager"),),
    )
    notify = duty(
        "tell-director.call",
        action="notify",
        topic="senior_notification",
        title="Tell the Assistant Director",
        modality=Modality.SHOULD,
        aim=Note("as_soon_as_possible"),
        citations=(cite("7.20", "Telling managers"),),
    )
    told = obligation(
        notify,
        Status.OVERDUE,
        due=at("2025-03-30T23:30:00+01:00"),
        due_basis="48 hours from started",
        by=NOT_STATED,
        chair=None,
        recipients=People("any", (DIRECTOR, TEAM_MANAGER)),
    )
    interview = duty(
        "return-interview",
        action="return_interview",
        topic="return_interview",
        title="Hold the return interview",
        citations=(cite("5.12", "Return interviews"),),
    )
    upcoming = obligation(
        interview,
        Status.UPCOMING,
        triggered_at=at("2025-04-05T10:00:00+01:00"),
        due=None,
        due_between=(at("2025-04-08T10:00:00+01:00"), at("2025-04-09T10:00:00+01:00")),
        sort_at=at("2025-04-08T10:00:00+01:00"),
        chair=NOT_STATED,
    )
    press = duty("press", action="consult", title="Consult the press office", modality=Modality.MAY, topic="media")
    may = obligation(
        press,
        Status.AVAILABLE,
        due=None,
        due_basis="not stated",
        by=People("other_than", (PARENTS,)),
        chair=None,
        with_=People("all", (POLICE,)),
    )
    check = duty("check", action="risk_assessment", title="Assess the risk", topic="risk_assessment")
    met = obligation(
        check,
        Status.MET,
        discharged_at=at("2025-03-29T09:00:00+00:00"),
        discharged_by=("R1",),
        chair=None,
        differences=(Difference("R1", "by", "Children's Social Care", "police"),),
        notes=("a note",),
    )
    plan = duty("plan", action="update_plan", title="Bring the plan up to date", topic="plan_update")
    unclear = obligation(
        plan, Status.NOT_DECIDABLE, due=None, due_basis="within 5 working days of returned", chair=None
    )
    doors = Prohibition(
        rule="no-locking",
        topic="prevention_interview",
        title="No locked doors",
        modality=Modality.MUST,
        action="lock_doors",
        guard=Guard(),
        citations=(cite("9.9"),),
    )
    broken = at("2025-03-30T09:00:00+01:00")
    return answer(
        part(
            told,
            meeting,
            upcoming,
            unclear,
            met,
            may,
            conclusions=(Concluded("risk", "E1", "low", "medium", "medium", (cite("6.5", "Risk"),), ("floor",)),),
            forbidden=(
                Forbidden("testshire/no-locking/E1/1", doors, "E1", "breached", "R3", broken, ()),
            ),
            conflicts=(Conflict("child.placed", None, ("home", "care"), ("a", "b"), (cite("3.1"),)),),
            ambiguities=(
                Ambiguity(
                    "after-return", "still-owed", (("testshire/meeting/E0/1", "Hold a late meeting"),), (cite("7.17"),)
                ),
            ),
            questions=(
                Question(
                    "child.team_allocated", "Is the case allocated to a team?", None, None,
                    ("testshire/strategy-meeting/E1/1", "testshire/plan/E1/1"),
                ),
                Question(
                    "episode.risk", "What is the level of risk?", "E1", None, ("testshire/plan/E1/1",),
                    at("2025-04-02T09:00:00+01:00"),
                ),
            ),
            ahead=(
                Ahead("episodes", 1, at("2025-06-11T23:59:59+01:00"), "child", interview, (cite("7.19"),)),
                Ahead("time", 0, at("2025-07-01T00:00:00+01:00"), "E1", plan, (cite("7.23"),)),
            ),
            valid_until=at("2025-03-31T23:30:00+01:00"),
            phases={"return-interview": Phase.ON_RETURN, "plan": Phase.PLANNING},
        ),
        episodes=(state(),),
    )  # fmt: skip
