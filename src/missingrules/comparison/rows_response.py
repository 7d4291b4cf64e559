"""Rows of the matrix, while a child is missing: the risk, the search, the report, and who is told by when."""

from __future__ import annotations

from typing import Final

from missingrules.comparison.picks import Pick, Question, section
from missingrules.domain.comparisons import Aspect, Row
from missingrules.domain.rules import Conclusion, Effect, Prohibition

_BY_WHEN, _BY, _SINCE = Aspect.DEADLINE, Aspect.BY, Aspect.TRIGGER
_WHAT, _TOLD = Aspect.EFFECT, Aspect.RECIPIENTS
_TO_SOCIAL_CARE: Final = (
    "childrens_social_care", "local_authority", "mash", "staffordshire_county_council", "stoke_city_council", "chad",
    "missing_process_officer", "emergency_duty_team",
)  # fmt: skip
_MANAGERS: Final = (
    "team_manager", "service_manager", "strategic_manager", "social_workers_manager", "senior_manager",
    "social_care_senior_managers", "district_operational_lead",
)  # fmt: skip


def _told(id_: str, title: str, asks: str, *whom: str, picks: tuple[Pick, ...] = ()) -> Question:
    """When somebody is told that a child is missing: a rung of the ladder."""
    pick = Pick(acts=("notify", "share_information"), topics=("senior_notification", "notification"), whom=whom)
    row = Row(id_, title, asks, "senior_notification")
    return Question(row, (_SINCE, _BY_WHEN), (pick, *picks), beside=(_TOLD,))


RESPONSE: Final = (
    *section(
        "Risk",
        Question(
            Row(
                "lowest-grade",
                "Lowest grade of risk",
                "Below which grade may a missing child not be put?",
                "risk_floor",
            ),
            (Aspect.LEVEL,),
            (Pick(kind=Conclusion, acts=("episode.risk",)),),
        ),
        Question(
            Row(
                "who-grades",
                "Who grades the risk",
                "Which police officer grades the risk, at the report and on the visit?",
                "risk_assessment",
            ),
            (_BY,),
            (
                Pick(
                    acts=("risk_assessment", "endorse_risk_assessment"),
                    topics=("risk_assessment", "police_review"),
                    since=("reported", "record classify_as_missing"),
                    about=(None, "first_report"),
                ),
                Pick(acts=("risk_assessment",), about=("visit",)),
                Pick(acts=("full_risk_assessment",)),
            ),
            beside=(_WHAT,),
        ),
        Question(
            Row(
                "authority-assesses",
                "The authority's own assessment",
                "By when does the authority itself assess a missing child, or the risk to the child?",
                "risk_assessment",
            ),
            (_BY_WHEN,),
            (
                Pick(acts=("missing_child_risk_assessment", "open_for_assessment"), effects=(Effect.REQUIRE,)),
                Pick(acts=("assess_partner_information", "reassess_needs")),
                # An assessment of a child of whom it was found that the criteria or the threshold are met.
                Pick(acts=("child_and_family_assessment", "assess_best_course", "assess_threshold")),
            ),
            beside=(_WHAT, _SINCE, _BY),
        ),
        Question(
            Row(
                "risk-again",
                "Risk looked at again",
                "When do the police look at the risk again while the child is missing?",
                "risk_assessment",
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=("set_review_time", "call_back_review", "review_risk", "review_risk_assessment", "review_case")
                ),
                Pick(acts=("duty_inspector_review", "police_case_review", "detective_inspector_review")),
                Pick(acts=("risk_assessment",), since=("event new_information", "record strategy_meeting")),
                Pick(acts=("risk_assessment",), of_absent=True),
            ),
            beside=(_WHAT, _BY),
        ),
        Question(
            Row(
                "disagreement",
                "Disagreement between agencies",
                "What happens if agencies disagree, on the risk or on what is done, and how soon?",
                "escalation",
            ),
            (_BY_WHEN,),
            (
                Pick(acts=("settle_risk_disagreement", "review_disputed_risk", "escalate_to_senior_officer")),
                Pick(
                    acts=("consult",),
                    topics=("escalation",),
                    since=("event risk_disagreement_raised", "record settle_risk_disagreement"),
                ),
                Pick(acts=("liaise_with_chief_officers", "settle_intervention_disagreement")),
                Pick(since=("event report_questioned",)),
                Pick(acts=("arrange_follow_up", "escalate_to_partnership")),
            ),
            beside=(_WHAT, _SINCE, _BY, _TOLD),
        ),
    ),
    *section(
        "Looking for the child, and reporting",
        Question(
            Row("first-search", "First search", "Who looks for the child first, and how soon?", "search"),
            (_BY_WHEN,),
            (
                Pick(
                    acts=("search_home", "take_reasonable_steps", "initial_checks", "set_limit_for_checks"),
                    topics=("search", "reporting", "level_of_intervention"),
                ),
            ),
            beside=(_WHAT, _BY, _SINCE),
        ),
        Question(
            Row(
                "report", "Report to the police", "When, how soon and by whom is a child reported missing?", "reporting"
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(acts=("report_missing", "report_abduction")),
                Pick(acts=("notify",), whom=("police",), topics=("notification",), since=("started",)),
            ),
            beside=(_BY,),
        ),
        Question(
            Row(
                "known-whereabouts",
                "Child at a known place",
                "What is done about a child whose whereabouts are known, but who is not where they should be?",
                "reporting",
            ),
            (_WHAT,),
            (
                Pick(kind=Prohibition, acts=("report_missing", "classify_as_missing")),
                Pick(acts=("allow_child_to_stay", "agree_way_to_proceed", "treat_as_missing")),
                Pick(acts=("notify",), about=("known_location",)),
                Pick(acts=("record_missing_episode", "start_episode_log"), reads=("episode.carer_concerned",)),
                Pick(
                    of_absent=True,
                    topics=(
                        "reporting",
                        "notification",
                        "risk_assessment",
                        "support",
                        "child_protection",
                        "strategy_meeting",
                    ),
                ),
            ),
            beside=(_SINCE, _BY, _BY_WHEN),
        ),
        Question(
            Row(
                "first-response",
                "First response of the police",
                "When do the police send somebody, and how soon?",
                "deployment",
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=(
                        "deploy_officer",
                        "active_police_response",
                        "visit_reporting_person",
                        "respond_to_report",
                        "respond_to_concerns",
                        "take_charge_of_locating",
                        "delay_response",
                    ),
                ),
            ),
            beside=(_WHAT,),
        ),
    ),
    *section(
        "Who is told",
        Question(
            Row(
                "social-care-told",
                "Social care told by the police",
                "When does children's social care hear of it?",
                "notification",
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=("notify", "social_care_referral", "share_information", "ask_about_vulnerability"),
                    topics=("notification", "police_sharing", "police_review"),
                    whom=_TO_SOCIAL_CARE,
                    since=(
                        "reported",
                        "record classify_as_missing",
                        "becomes episode.risk",
                        "event merlin_received",
                        "missing_for",
                    ),
                ),
            ),
            beside=(_TOLD,),
        ),
        Question(
            Row(
                "social-worker-told",
                "Social worker told",
                "When is the child's social worker, or the authority that is responsible, told?",
                "notification",
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=("notify",),
                    topics=("notification", "reporting"),
                    whom=("social_worker", "responsible_authority", "out_of_hours_service"),
                ),
                Pick(acts=("notify",), about=("missing_report",)),
                Pick(acts=("share_information",), about=("missing_episode",), since=("started",)),
                Pick(acts=("share_information",), about=("progress",), whom=("social_worker",)),
            ),
            beside=(_WHAT, _BY, _TOLD),
        ),
        Question(
            Row("out-of-hours", "Out of hours", "Who is told of a missing child outside office hours?", "notification"),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=("notify",),
                    topics=("notification",),
                    whom=("emergency_duty_team", "host_emergency_duty_team", "out_of_hours_service"),
                ),
                Pick(acts=("social_care_referral",), whom=("emergency_duty_team", "emergency_duty_service")),
            ),
            beside=(_BY, _TOLD),
        ),
        _told(
            "managers-told",
            "Managers told",
            "After how long do the line manager and the service or strategic manager hear of a missing child?",
            *_MANAGERS,
            picks=(Pick(acts=("send_missing_alert",), whom=("managers",)),),
        ),
        _told(
            "assistant-director-told",
            "Head of service or Assistant Director told",
            "After how long does a head of service or an Assistant Director hear of a missing child?",
            "head_of_service",
            "assistant_director",
        ),
        _told(
            "director-told",
            "Director told",
            "After how long does the Director of Children's Services hear of a missing child?",
            "director",
        ),
        _told(
            "member-told",
            "Lead Member told, need-to-know briefing",
            "After how long do elected members hear of a missing child, and when does a briefing go round?",
            "lead_member",
            picks=(Pick(acts=("need_to_know_briefing",)),),
        ),
        _told(
            "reviewing-officer-told",
            "Independent Reviewing Officer told",
            "When does the Independent Reviewing Officer hear of the episode or of the return?",
            "independent_reviewing_officer",
        ),
        _told(
            "parents-told",
            "Parents told",
            "When are the parents told that a child in the authority's care is missing?",
            "parents",
            "holders_of_parental_responsibility",
            picks=(Pick(acts=("outline_family_contact", "agree_who_tells_of_return")),),
        ),
        _told(
            "health-told",
            "Health told",
            "When does the health service hear of a missing child?",
            "designated_nurse",
            "designated_health_professional",
            "health",
            picks=(
                Pick(acts=("raise_health_alert",)),
                Pick(acts=("notify",), whom=("health",)),
                Pick(acts=("share_missing_and_found",), whom=("health",)),
            ),
        ),
        _told(
            "bureau-told",
            "Missing Persons Bureau, national alerts",
            "When does the national bureau, or every other authority, hear of a missing child?",
            "missing_persons_bureau",
            "other_local_authorities",
            picks=(
                Pick(
                    acts=(
                        "alert_national_missing_persons_desk",
                        "missing_alert",
                        "implement_london_notification_procedure",
                    )
                ),
                Pick(acts=("notify",), topics=("child_protection",), whom=("missing_persons_unit",)),
            ),
        ),
    ),
)
