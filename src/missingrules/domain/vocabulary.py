"""The shared words of all protocols, with one line of meaning each.

A protocol may add facts, actions and events of its own; topics and grades are closed: areas are compared by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class FactKind(StrEnum):
    """How a fact holds over time (meaning.md, section 1)."""

    TIMELESS = "timeless"
    STATUS = "status"
    GRADING = "grading"
    JUDGEMENT = "judgement"


class FactType(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    SCALE = "scale"
    NUMBER = "number"
    LENGTH = "length"
    DATE = "date"
    INSTANT = "instant"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FactWord:
    """A fact: `ask` is the question when it is unknown; `values` are a choice's or, lowest first, a scale's."""

    name: str
    kind: FactKind
    type: FactType
    ask: str
    values: tuple[str, ...] = ()
    built_in: bool = False


@dataclass(frozen=True, slots=True)
class ActionWord:
    """An act. A record of it counts as done with no outcome or one in `done`; records of `also` count as it too."""

    name: str
    meaning: str
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventWord:
    """Something that happens to a child; `fields` are what a case may say of it."""

    name: str
    meaning: str
    fields: MappingProxyType[str, FactType]


DONE: Final = ("done", "completed", "held")
NOT_DONE: Final = (
    "attempted", "declined", "refused", "cancelled", "unresolved",
    "considered", "for", "against", "agreed", "not_agreed",
)  # fmt: skip

RISK: Final = ("no_apparent_risk", "low", "medium", "high")
KINDS: Final = ("missing", "absent")
PLACES: Final = ("home", "care", "education")

# Lowest first. Agencies and teams have no grade.
LADDER: Final = (
    "practitioner", "senior_practitioner", "practice_manager", "team_manager", "service_manager",
    "strategic_manager", "head_of_service", "assistant_director", "director", "chief_executive",
)  # fmt: skip
POLICE_LADDER: Final = (
    "constable", "sergeant", "inspector", "chief_inspector", "superintendent", "chief_superintendent", "chief_officer",
)  # fmt: skip

TOPICS: Final = MappingProxyType(
    {
        "agreement": "agreeing with somebody before an act",
        "case_closure": "closing a case or a missing person's file",
        "child_protection": "child protection enquiries and referrals",
        "deployment": "sending officers and the first response",
        "escalation": "taking a disagreement or a concern upwards",
        "incident_form": "forms that describe the child before or after going missing",
        "information_sharing": "passing on what is known",
        "intervention_meeting": "meetings after repeated episodes that are not strategy meetings",
        "level_of_intervention": "what a level of the response asks for",
        "long_missing_review": "reviews of children missing for long",
        "media": "publicity",
        "notification": "telling somebody that a child is missing or back",
        "oversight": "meetings, reports and reviews of the organisation itself",
        "plan_update": "bringing the child's plan up to date",
        "placing_authority": "duties towards and of the authority that placed the child",
        "police_review": "the police's own reviews of a case",
        "police_sharing": "lists that the police share",
        "prevention_interview": "the police's check and interview after the return",
        "recording": "making records",
        "repeat_review": "reviewing a child who goes missing repeatedly",
        "reporting": "reporting a child missing",
        "return_interview": "the independent interview after the return",
        "risk_assessment": "grading and reviewing risk",
        "risk_floor": "grades below which a child may not be put",
        "search": "looking for the child",
        "senior_notification": "telling managers and directors",
        "strategy_meeting": "strategy meetings and discussions",
        "strategy_minutes": "minutes of strategy meetings",
        "support": "support for the child and the family",
    }
)


def _fact(name: str, kind: str, type_: str, ask: str, *values: str, built_in: bool = False) -> tuple[str, FactWord]:
    return name, FactWord(name, FactKind(kind), FactType(type_), ask, values, built_in)


# ruff: noqa: E501 - one fact a line reads better than wrapped ones
FACTS: Final = MappingProxyType(
    dict(
        [
            _fact("child.date_of_birth", "timeless", "date", "What is the child's date of birth?"),
            _fact("child.age", "timeless", "number", "What is the child's date of birth?", built_in=True),
            _fact("child.looked_after", "status", "yes_no", "Is the child looked after?"),
            _fact("child.protection_plan", "status", "yes_no", "Is the child on a child protection plan?"),
            _fact("child.child_in_need_plan", "status", "yes_no", "Is the child on a child in need plan?"),
            _fact("child.care_leaver", "status", "yes_no", "Is the young person a care leaver?"),
            _fact("child.former_relevant", "status", "yes_no", "Is the young person a former relevant child?"),
            _fact("child.cse_marker", "status", "yes_no", "Do the police hold a sexual exploitation marker for the child?"),
            _fact("child.registered_sex_offender", "status", "yes_no", "Is the child a registered sex offender?"),
            _fact("child.known_to_social_care", "status", "yes_no", "Is the child known to children's social care?"),
            _fact("child.allocated_to", "status", "text", "To whom is the case allocated?"),
            _fact("child.placing_authority", "status", "text", "Which authority placed the child?"),
            _fact("child.placed_in", "status", "text", "In which authority's area is the child placed?"),
            _fact(
                "child.placed_by_another_authority", "status", "yes_no",
                "Was the child placed here by another local authority?",
            ),
            _fact("child.placed_out_of_county", "status", "yes_no", "Is the child placed outside the authority's area?"),
            _fact("episode.missing", "status", "yes_no", "Is the child missing?", built_in=True),
            _fact("episode.missing_for", "status", "length", "How long has the child been missing?", built_in=True),
            _fact("episode.first_episode", "status", "yes_no", "Is this the child's first missing episode?", built_in=True),
            _fact("episode.kind", "grading", "choice", "Is the child missing, or absent with whereabouts known?", *KINDS),
            _fact("episode.from", "status", "choice", "Was the child missing from home, care or education?", *PLACES),
            _fact("episode.risk", "grading", "scale", "What is the level of risk?", *RISK),
            _fact("episode.risk.recorded", "grading", "scale", "What is the recorded level of risk?", *RISK, built_in=True),
            _fact("episode.exploitation_suspected", "judgement", "yes_no", "Is exploitation suspected?"),
            _fact("episode.harm_or_crime_suspected", "judgement", "yes_no", "Is harm or a crime suspected?"),
            _fact("episode.serious_concerns", "judgement", "yes_no", "Are there serious concerns?"),
            _fact("plan.report_after", "status", "length", "After how long does the child's plan say to report?"),
            _fact("protocol.area", "status", "choice", "In which of the protocol's areas does the child live?"),
        ]
    )
)  # fmt: skip


def _action(name: str, meaning: str, *done: str, also: tuple[str, ...] = ()) -> tuple[str, ActionWord]:
    return name, ActionWord(name, meaning, done, also=also)


ACTIONS: Final = MappingProxyType(
    dict(
        [
            _action("strategy_meeting", "a strategy meeting or discussion was held"),
            _action("return_interview", "the independent return interview was held"),
            _action("prevention_interview", "the police saw the child after the return and interviewed them"),
            _action("notify", "somebody was told", "sent", "told"),
            _action("consult", "somebody's advice was taken"),
            _action("share_information", "information was passed on", "sent"),
            _action("record_information", "information was put on the child's record"),
            _action("record_reasons", "the reasons for a decision were put on record"),
            _action("mash_referral", "the child was referred to the multi-agency safeguarding hub", "sent"),
            _action("settle_risk_disagreement", "a disagreement on the level of risk was settled", "settled"),
            _action("risk_assessment", "the level of risk was assessed"),
            _action("update_plan", "the child's plan was brought up to date"),
            _action("end_placement", "the placement was ended"),
            _action("close_case", "the case was closed"),
        ]
    )
)


def _event(name: str, meaning: str, **fields: FactType) -> tuple[str, EventWord]:
    return name, EventWord(name, meaning, MappingProxyType(fields))


EVENTS: Final = MappingProxyType(
    dict(
        [
            _event("risk_disagreement_raised", "agencies disagree on the level of risk"),
            _event("placement_planned", "a placement is planned", starts_at=FactType.INSTANT),
            _event("placement_started", "a placement began", planned=FactType.YES_NO),
            _event("publicity_proposed", "publicity is proposed", decision_at=FactType.INSTANT),
            _event("publicised", "the case was publicised", agreed=FactType.YES_NO),
        ]
    )
)
