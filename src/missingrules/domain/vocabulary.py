"""The shared words of all protocols, with one line of meaning each.

A protocol may add facts, actions and events of its own; topics, grades and agencies are closed: areas are compared by
them. The acts stand in `actions.py`. How a word is chosen: docs/vocabulary.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from missingrules.domain.actions import ACTIONS as ACTIONS
from missingrules.domain.actions import ACTIONS_BY_TOPIC as ACTIONS_BY_TOPIC
from missingrules.domain.actions import DONE as DONE
from missingrules.domain.actions import NOT_DONE as NOT_DONE
from missingrules.domain.actions import ActionWord as ActionWord


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
class EventWord:
    """Something that happens to a child; `fields` are what a case may say of it."""

    name: str
    meaning: str
    fields: MappingProxyType[str, FactType]


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

AGENCIES: Final = MappingProxyType(
    {
        "police": "the police of any force, and the police's national desks",
        "childrens_social_care": "the council's social workers, those above them, reviewing officers and front doors",
        "local_authority": "the council as a whole, or beyond its social care: early help, youth service, members",
        "health": "the health service",
        "education": "schools, colleges and the council's education teams",
        "youth_justice": "the youth offending service",
        "placement": "foster carers, children's homes and those who run them",
        "voluntary": "charities and the services that they run",
        "independent": "who interviews or speaks for the child from outside those responsible",
        "partnership": "several agencies together, or whichever of them it is: hubs, boards, groups, professionals",
        "central_government": "the Home Office and other national bodies that are no police",
        "family": "parents, relatives and friends",
        "carers": "who looks after the child, where the paper does not say whether at home or in a placement",
        "child": "the child",
        "public": "anybody else: who reports the child, or has the child with them",
    }
)

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
        "return": "bringing the child back",
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
            _fact("child.home_area", "status", "text", "In which authority's area does the child live, if not placed?"),
            _fact(
                "child.placed_by_another_authority", "status", "yes_no",
                "Was the child placed here by another local authority?",
            ),
            _fact("child.placed_out_of_county", "status", "yes_no", "Is the child placed outside the authority's area?"),
            _fact("child.assessed_as_adult", "status", "yes_no", "Was the young person's age assessed as over 18?"),
            _fact("child.early_help", "status", "yes_no", "Is the child's case open to early help?"),
            _fact("child.in_childrens_home", "status", "yes_no", "Does the child live in a children's home?"),
            _fact("child.located_abroad", "status", "yes_no", "Has the child been located in another country?"),
            _fact("child.may_go_missing", "judgement", "yes_no", "Is it judged that the child may go missing?"),
            _fact("child.open_to_social_care", "status", "yes_no", "Is the child's case open to children's social care?"),
            _fact("child.repeatedly_missing", "judgement", "yes_no", "Is it judged that the child goes missing repeatedly?"),
            _fact("child.section_47_enquiry", "status", "yes_no", "Is the child subject to a section 47 enquiry?"),
            _fact("child.significant_harm", "judgement", "yes_no", "Is significant harm to the child found or feared?"),
            _fact("child.taken_over_by_another_authority", "status", "yes_no", "Has another local authority taken over the case?"),
            _fact("child.trafficking_suspected", "judgement", "yes_no", "Is it suspected that the child was trafficked?"),
            _fact("child.unaccompanied_asylum_seeking", "status", "yes_no", "Is the child an unaccompanied asylum seeking child?"),
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
            _fact("episode.carer_concerned", "judgement", "yes_no", "Is the carer concerned for the child's safety?"),
            _fact("episode.deployment_delayed", "judgement", "yes_no", "Do exceptional circumstances put off the sending of officers?"),
            _fact("episode.family_support_appropriate", "judgement", "yes_no", "Is support for the family appropriate?"),
            _fact("episode.search_unsafe", "judgement", "yes_no", "Would it be unsafe for family or carers to look for the child?"),
            _fact("episode.telling_parents_harmful", "judgement", "yes_no", "Would telling the parents or others with parental responsibility be against the child's welfare?"),
            _fact("plan.report_after", "status", "length", "After how long does the child's plan say to report?"),
            _fact("protocol.area", "status", "choice", "In which of the protocol's areas does the child live?"),
        ]
    )
)  # fmt: skip


def _event(name: str, meaning: str, **fields: FactType) -> tuple[str, EventWord]:
    return name, EventWord(name, meaning, MappingProxyType(fields))


EVENTS: Final = MappingProxyType(
    dict(
        [
            _event(
                "child_presents_elsewhere",
                "a missing child of one authority turned up in another",
                enquiries_needed=FactType.YES_NO,
            ),
            _event("child_with_somebody", "somebody has a missing child without the agreement of those responsible"),
            _event(
                "crime_or_danger_apparent",
                "at the return it showed that the child was a victim of a crime or is in danger",
            ),
            _event(
                "crime_scene_known",
                "a parent or carer learned where a crime against the child happened or evidence lies",
            ),
            _event(
                "found_after_closure", "a young person was located whose case had been closed", in_need=FactType.YES_NO
            ),
            _event("missing_child_unreported", "it came out that a child is missing whom nobody at home had reported"),
            _event("missing_notification", "notice that the child is missing came through to the local authority"),
            _event(
                "out_of_area_placement_planned",
                "a placement outside the authority's area is planned",
                starts_at=FactType.INSTANT,
            ),
            _event(
                "placement_planned",
                "a placement is planned",
                starts_at=FactType.INSTANT,
                initial_meeting=FactType.YES_NO,
            ),
            _event("placement_started", "a placement began", planned=FactType.YES_NO),
            _event("publicised", "the case was publicised", agreed=FactType.YES_NO),
            _event("publicity_proposed", "publicity is proposed", decision_at=FactType.INSTANT),
            _event("referral_criteria_found_met", "it was found that the child is to be referred"),
            _event("risk_disagreement_raised", "agencies disagree on the level of risk"),
            _event("statutory_review_held", "a statutory review of a child in care was held", absences=FactType.YES_NO),
            _event("unexplained_school_absence", "a child did not come to school and nobody explained it"),
            _event("whereabouts_withheld", "whoever has the child did not tell those who had to be told"),
        ]
    )
)
