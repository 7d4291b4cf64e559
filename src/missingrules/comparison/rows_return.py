"""Rows of the matrix from the return on: interviews, plans, media, placements elsewhere, closing and oversight."""

from __future__ import annotations

from typing import Final

from missingrules.comparison.picks import Pick, Question, section
from missingrules.domain.comparisons import Aspect, Row
from missingrules.domain.rules import Conclusion, Effect, Prohibition

_BY_WHEN, _BY, _SINCE = Aspect.DEADLINE, Aspect.BY, Aspect.TRIGGER
_WHAT, _CHAIR, _TOLD, _OFTEN = Aspect.EFFECT, Aspect.CHAIR, Aspect.RECIPIENTS, Aspect.SERIES
_INTERVIEW: Final = (Pick(acts=("return_interview", "ensure_return_interview"), effects=(Effect.REQUIRE,)),)
_CHECK: Final = (Pick(acts=("prevention_interview",), effects=(Effect.REQUIRE,)),)
_NOT_HELD: Final = tuple(
    f"record return_interview {each}" for each in ("declined", "refused", "attempted", "unresolved")
)

RETURN: Final = (
    *section(
        "The return",
        Question(
            Row("way-back", "The way back", "Who brings the child back?", "return"),
            (_BY,),
            (Pick(acts=("return_child", "arrange_return", "assist_return", "accompany_recovery")),),
            beside=(_WHAT, _SINCE),
        ),
        Question(
            Row(
                "return-told",
                "Police told of the return",
                "How soon are the police told that the child is back?",
                "notification",
            ),
            (_BY_WHEN,),
            (Pick(acts=("report_return",)),),
            beside=(_BY, _SINCE),
        ),
        Question(
            Row(
                "check-when",
                "Police interview: by when",
                "How soon do the police see the child?",
                "prevention_interview",
            ),
            (_BY_WHEN,),
            _CHECK,
            beside=(_SINCE,),
        ),
        Question(
            Row("check-by", "Police interview: by whom", "Who holds it, and how?", "prevention_interview"),
            (_BY,),
            (*_CHECK, Pick(kind=Prohibition, acts=("prevention_interview",))),
        ),
        Question(
            Row(
                "interview-offered",
                "Return interview: offered",
                "To whom is the interview offered?",
                "return_interview",
            ),
            (_SINCE,),
            (Pick(acts=("offer_return_interview",)),),
            beside=(_BY, _TOLD),
        ),
        Question(
            Row("interview-when", "Return interview: by when", "How soon is it held?", "return_interview"),
            (_BY_WHEN,),
            _INTERVIEW,
        ),
        Question(
            Row("interview-by", "Return interview: by whom", "Who holds it?", "return_interview"),
            (_BY,),
            _INTERVIEW,
        ),
        Question(
            Row(
                "interview-not-held",
                "Return interview: not held",
                "What follows if the child declines?",
                "return_interview",
            ),
            (_WHAT,),
            (
                Pick(since=_NOT_HELD),
                Pick(acts=("interview_by_trusted_adult",)),
                Pick(since=("event interview_still_declined",)),
                Pick(acts=("arrange_advocate",)),
            ),
            beside=(_BY, _TOLD, _SINCE),
        ),
        Question(
            Row("interview-shared", "Return interview: shared", "With whom is it shared?", "information_sharing"),
            (_TOLD,),
            (
                Pick(
                    acts=("share_information",),
                    about=("return_interview", "push_factor"),
                    since=("record return_interview",),
                    # Why there was none is no interview.
                    not_since=_NOT_HELD,
                ),
                Pick(acts=("send_interview_form",)),
                Pick(kind=Prohibition, acts=("share_information",), about=("return_interview",)),
            ),
        ),
    ),
    *section(
        "Plans and placements",
        Question(
            Row(
                "plan-update", "Plan brought up to date", "When is the child's plan brought up to date?", "plan_update"
            ),
            (_SINCE,),
            (Pick(acts=("update_plan", "plan_for_risks", "update_action_plan", "plan_prevention")),),
            beside=(_BY, _WHAT),
        ),
        Question(
            Row("planning", "Going missing in placement planning", "When is the likelihood weighed?", "plan_update"),
            (_SINCE, _BY_WHEN),
            (
                Pick(
                    acts=("weigh_likelihood_of_going_missing", "weigh_risks_in_placement_planning"),
                    topics=("plan_update", "risk_assessment"),
                ),
                Pick(acts=("pre_incident_risk_assessment",)),
                Pick(acts=("risk_assessment",), about=("placement",)),
            ),
            beside=(_BY,),
        ),
        Question(
            Row(
                "forms",
                "Forms for a child who may go missing",
                "When are they filled in and looked at again, and by whom?",
                "incident_form",
            ),
            (_SINCE, _BY_WHEN),
            (
                Pick(acts=("complete_missing_forms", "review_missing_forms", "update_missing_forms")),
                Pick(acts=("philomena_part_2", "philomena_part_3")),
            ),
            beside=(_WHAT, _BY),
        ),
        Question(
            Row("reviews", "Reviews after an episode", "Which reviews take the episode up?", "plan_update"),
            (_WHAT,),
            (
                Pick(
                    acts=(
                        "early_statutory_review",
                        "review_placement",
                        "address_missing_episodes",
                        "consider_absences",
                        "consider_interview_in_review",
                        "ask_for_care_plan_review",
                        "review_risk_assessment_and_plans",
                    )
                ),
                Pick(acts=("report_episodes_and_responses",)),
                Pick(acts=("weigh_push_and_pull_factors", "weigh_adequacy_of_plan"), topics=("plan_update",)),
            ),
            beside=(_SINCE, _BY),
        ),
    ),
    *section(
        "Media",
        Question(
            Row("media-when", "Media: considered", "When is publicity, or a media strategy, considered?", "media"),
            (_SINCE,),
            (
                Pick(acts=("media_strategy", "media_strategy_or_agency_contact", "assess_media_release")),
                Pick(acts=("publicise",), effects=(Effect.CONSIDER, Effect.REQUIRE)),
                Pick(acts=("use_of_media",)),
            ),
            beside=(_WHAT, _BY),
        ),
        Question(
            Row("media-who", "Media: who decides", "Who decides on publicity, and with whom?", "media"),
            (_BY, Aspect.WITH),
            (
                Pick(acts=("publicise", "media_strategy"), effects=(Effect.DECIDE, Effect.AGREE)),
                Pick(acts=("authorise_publicity", "lead_publicity")),
                Pick(acts=("consult",), about=("publicity",), topics=("media",)),
            ),
            beside=(_WHAT, _TOLD),
        ),
    ),
    *section(
        "Placed elsewhere",
        Question(
            Row(
                "host-told",
                "Placement elsewhere: host told",
                "When does the host authority hear of a placement?",
                "placing_authority",
            ),
            (_BY_WHEN,),
            (Pick(acts=("notify",), about=("placement",)), Pick(acts=("liaise_on_placement",))),
            beside=(_BY, _TOLD, _SINCE),
        ),
        Question(
            Row(
                "host-episode",
                "Placement elsewhere: an episode",
                "What do the two authorities owe each other?",
                "placing_authority",
            ),
            (_WHAT,),
            (
                Pick(
                    acts=("notify",),
                    whom=("placing_social_worker", "placing_authority", "placing_head_of_safeguarding"),
                    topics=("placing_authority",),
                ),
                Pick(
                    acts=(
                        "send_compact_reports",
                        "follow_host_protocol",
                        "send_interview_form",
                        "work_with_placing_authority",
                        "work_with_responsible_authority",
                        "advise_on_return_interview",
                        "send_directors_letter",
                        "liaise",
                    ),
                    topics=("placing_authority",),
                ),
                Pick(acts=("involve_both_authorities", "negotiate_enquiries")),
                Pick(acts=("child_protection_enquiries",), topics=("child_protection",)),
            ),
            beside=(_SINCE, _BY, _TOLD),
        ),
    ),
    *section(
        "Unaccompanied and trafficked children",
        Question(
            Row(
                "trafficking",
                "Trafficking: National Referral Mechanism",
                "When is a child referred?",
                "child_protection",
            ),
            (_SINCE,),
            (
                Pick(acts=("national_referral",)),
                Pick(acts=("notify",), topics=("child_protection",), whom=("uk_human_trafficking_centre",)),
            ),
            beside=(_BY,),
        ),
        Question(
            Row(
                "unaccompanied",
                "Unaccompanied children",
                "What is special about a child who came alone, or may not stay?",
                "recording",
            ),
            (_WHAT,),
            (
                Pick(kind=Prohibition, acts=("end_looked_after_status",)),
                Pick(kind=Conclusion, acts=("child.looked_after",)),
                Pick(
                    acts=(
                        "notify",
                        "report_missing",
                        "strategy_meeting",
                        "request_strategy_meeting",
                        "asylum_review_meeting",
                        "review_of_looked_after_status",
                        "regular_contact",
                        "migrant_welfare_check",
                    ),
                    reads=("child.unaccompanied_asylum_seeking", "child.subject_to_restriction"),
                ),
            ),
            beside=(_TOLD, _BY_WHEN, _OFTEN),
        ),
    ),
    *section(
        "Missing for long, and closing",
        Question(
            Row(
                "long",
                "Missing for long",
                "What follows if a child stays missing for weeks or months?",
                "long_missing_review",
            ),
            (_SINCE, _WHAT),
            (
                Pick(
                    topics=("long_missing_review",),
                    since=("missing_for",),
                    not_acts=("urgent_care_review", "open_for_assessment"),
                ),
                Pick(acts=("asylum_review_meeting",)),
            ),
            beside=(_BY, _CHAIR, _OFTEN),
        ),
        Question(
            Row(
                "closing",
                "Eighteenth birthday, and closing the file",
                "When may a case or file be closed?",
                "case_closure",
            ),
            (_WHAT,),
            (
                Pick(kind=Prohibition, acts=("close_case", "close_missing_person_file")),
                Pick(acts=("missing_child_meeting", "close_case", "decide_on_file_closure")),
            ),
            beside=(_SINCE, _BY),
        ),
    ),
    *section(
        "The organisations themselves",
        Question(
            Row(
                "forums", "Panels, forums and lists", "Which meetings and lists are there, and how often?", "oversight"
            ),
            (_SINCE, _WHAT),
            (
                Pick(
                    since=("period",),
                    acts=(
                        "hold_forum",
                        "hold_sub_group",
                        "weekly_missing_meeting",
                        "report_compliance",
                        "contribute_to_annual_report",
                        "report_themes",
                        "share_missing_children",
                        "share_missing_and_found",
                        "send_missing_alert",
                    ),
                ),
            ),
            beside=(_CHAIR, _TOLD),
        ),
    ),
)
