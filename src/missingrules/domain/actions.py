"""The shared acts of all protocols, under the topic where they are first looked for; what areas call them stands in
their files. How a word is chosen: docs/vocabulary.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class ActionWord:
    """An act. A record of it counts as done with no outcome or one in `done`; records of `also` count as it too."""

    name: str
    meaning: str
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


DONE: Final = ("done", "completed", "held")
NOT_DONE: Final = (
    "attempted", "declined", "refused", "cancelled", "unresolved",
    "considered", "for", "against", "agreed", "not_agreed",
)  # fmt: skip


def _act(name: str, meaning: str, *done: str, also: tuple[str, ...] = ()) -> ActionWord:
    return ActionWord(name, meaning, done, also=also)


# ruff: noqa: E501 - one act a line reads better than wrapped ones
ACTIONS_BY_TOPIC: Final = MappingProxyType(
    {
        "agreement": (
            _act("locating_actions", "it was settled what is done to find the child"),
        ),
        "case_closure": (
            _act("close_case", "the case was closed"),
            _act("close_missing_person_file", "the police closed their file on a missing child", "closed"),
            _act("missing_child_meeting", "a formal meeting was held on a young person missing at eighteen"),
            _act("record_reopening_terms", "it was put on record that the case is opened again if need be"),
            _act("reopen_case", "the case was opened again"),
        ),
        "child_protection": (
            _act("child_abduction_warning", "the police gave advice or a warning on child abduction", "given", "served"),
            _act("child_protection_enquiries", "child protection enquiries were made", "made"),
            _act("discourage_washing", "the child was discouraged from washing", "discouraged"),
            _act("follow_child_protection_procedures", "the child protection procedures were set going"),
            _act("national_referral", "the child was referred to the National Referral Mechanism", "sent"),
            _act("negotiate_enquiries", "it was taken up between authorities who goes on with the enquiries"),
            _act("police_protection", "the police took the child into police protection"),
            _act("preserve_evidence", "evidence was kept safe", "secured"),
            _act("recovery_order", "a recovery order was applied for or used", "applied"),
            _act("safeguard_child", "whoever has the child did what is reasonable for their safety and welfare"),
            _act("social_care_referral", "the child was referred to children's social care, at its front door", "sent"),
        ),
        "deployment": (
            _act("appoint_investigating_officer", "an investigating officer was appointed", "appointed"),
            _act("appoint_search_adviser", "a police search adviser was appointed", "appointed"),
            _act("appoint_senior_investigating_officer", "a senior investigating officer was appointed", "appointed"),
            _act("deploy_officer", "an officer was sent", "sent"),
        ),
        "incident_form": (
            _act("complete_missing_forms", "the forms that describe a child who may go missing were filled in"),
            _act("put_photograph_on_file", "photographs of the child were put on the child's file"),
            _act("review_missing_forms", "the forms that describe a child who may go missing were looked at again", "reviewed"),
            _act("update_missing_forms", "the forms that describe a child who may go missing were brought up to date", "updated"),
        ),
        "information_sharing": (
            _act("consult", "somebody's advice was taken"),
            _act("explain_sharing", "it was explained who sees what an interview brought", "explained"),
            _act("liaise", "those concerned were in touch with each other"),
            _act("screen_history", "the safeguarding hub looked into the child's history", "screened"),
            _act("seek_practice_guidance", "practice guidance on the child's circumstances was looked for"),
            _act("send_minutes", "the minutes of a meeting were given to somebody", "sent"),
            _act("share_information", "information was passed on", "sent", "given"),
            _act("share_missing_forms", "the forms that describe a child who may go missing were passed on", "sent"),
        ),
        "level_of_intervention": (
            _act("active_response", "active and measured steps were taken to trace the child"),
            _act("make_enquiries", "enquiries about the child were made", "made"),
            _act("support_reporting_person", "whoever reported the child missing was supported"),
        ),
        "media": (
            _act("contact_outside_agencies", "outside agencies were kept in close contact", "contacted"),
            _act("media_strategy", "a press or media strategy was set up"),
            _act(
                "media_strategy_or_agency_contact",
                "there was a press or media strategy, or close contact with outside agencies, or both",
                also=("media_strategy", "contact_outside_agencies"),
            ),
            _act("publicise", "information on the missing child was given to the media or the public", "publicised"),
            _act("suggest_publicity", "publicity was suggested", "suggested"),
        ),
        "notification": (
            _act("notify", "somebody was told", "sent", "told"),
            _act("report_return", "the police were told that the child is found or back", "reported", "sent", "told"),
        ),
        "placing_authority": (
            _act("work_with_responsible_authority", "the authority in whose area the child is worked with the one responsible"),
        ),
        "plan_update": (
            _act("address_missing_episodes", "a statutory review took up the missing episodes"),
            _act("complete_placement_plan", "a placement plan was drawn up"),
            _act("early_statutory_review", "a statutory review was held early"),
            _act("end_placement", "the placement was ended"),
            _act("plan_contacts", "the placement plan names friends and family and where the child is found", "written"),
            _act("plan_expectations_of_child", "the placement plan says what is expected of the child", "written"),
            _act("plan_expectations_of_provider", "the placement plan says what is expected of the provider", "written"),
            _act("plan_needs_about_missing", "the placement's papers give the child's needs about going missing", "written"),
            _act("plan_overnight_stays", "the placement plan has the rules for nights with friends and for trips", "written"),
            _act("plan_preventive_steps", "the placement plan says how episodes and harm are made less likely", "written"),
            _act("plan_reporting_to_social_worker", "the placement's papers have every episode reported to the social worker", "written"),
            _act("plan_risks", "the placement plan gives the risks before, during and after an episode", "written"),
            _act("plan_trigger_points", "the placement plan says at what points an episode begins", "written"),
            _act("review_placement", "it was reviewed whether the placement is still right for the child"),
            _act("review_plan", "the child's plan was reviewed"),
            _act("update_plan", "the child's plan was brought up to date"),
            _act("weigh_earlier_episodes", "earlier missing episodes were weighed"),
            _act("weigh_likelihood_of_going_missing", "it was weighed how likely the child is to go missing"),
            _act("weigh_risks_in_placement_planning", "all risks to the child were weighed when a placement was planned"),
        ),
        "police_review": (
            _act("approve_staffing", "the staffing was approved", "approved"),
            _act("examine_lines_of_enquiry", "the first lines of enquiry were examined", "examined"),
        ),
        "prevention_interview": (
            _act("prevention_interview", "the police saw the child after the return and interviewed them"),
        ),
        "recording": (
            _act("create_child_record", "a record of the child was opened", "created"),
            _act("flag_record", "a flag was put on the child's electronic record", "flagged", "placed"),
            _act("open_police_record", "the missing child was put on the police's system for missing persons", "created"),
            _act("record_information", "information was put on the child's record"),
            _act("record_missing_episode", "the episode was put on the child's record"),
            _act("record_reasons", "the reasons for a decision were put on record"),
        ),
        "repeat_review": (
            _act("report_episodes_and_responses", "the number of episodes and how well they were answered was reported", "reported"),
            _act("weigh_push_and_pull_factors", "push and pull factors were weighed"),
        ),
        "reporting": (
            _act("report_missing", "the child was reported missing to the police", "reported"),
        ),
        "return": (
            _act("allow_child_to_stay", "the child was allowed to stay for now at the known place"),
            _act("arrange_return", "the child's way back to the home or placement was arranged", "arranged"),
            _act("assist_return", "the police helped with the return", "assisted"),
            _act("plan_for_finding", "it was planned what is done when the child is found"),
            _act("plan_return", "the child's return was planned"),
            _act("return_child", "the child was fetched, or brought back, to the home or placement", "collected"),
        ),
        "return_interview": (
            # One that was held was arranged and offered, whatever was written down of it.
            _act("arrange_return_interview", "the independent return interview was arranged", "arranged", also=("return_interview",)),
            _act("offer_return_interview", "the independent return interview was offered", "offered", also=("return_interview",)),
            _act("refer_for_return_interview", "the child was put forward for the return interview", "referred", "requested"),
            _act("return_interview", "the independent return interview was held"),
        ),
        "risk_assessment": (
            _act("assess_sexual_exploitation", "it was assessed whether the child is or may be sexually exploited"),
            _act("classify_as_missing", "the police put the child in the category missing"),
            _act("establish_background", "it was looked into where an unaccompanied or trafficked child comes from"),
            _act("establish_influence_of_traffickers", "it was looked into how far the child stays under traffickers' influence"),
            _act("establish_reasons_for_coming", "it was looked into why an unaccompanied or trafficked child came"),
            _act("missing_child_risk_assessment", "the authority's own risk assessment of the missing child was made"),
            _act("risk_assessment", "the level of risk was assessed"),
            _act("set_review_time", "a time was set by which the risk is looked at again", "set"),
            _act("settle_risk_disagreement", "a disagreement on the level of risk was settled", "settled"),
        ),
        "search": (
            _act("contact_friends_and_relatives", "friends, relatives and associates were asked for the child", "contacted"),
            _act("initial_checks", "whoever looks after the child made the first checks before a report"),
            _act("police_investigation", "the police investigated where the missing child is", "begun", "started"),
            _act("search_home", "the home or placement of the child was searched", "searched"),
            _act("take_reasonable_steps", "all reasonable steps were taken to find the child"),
            # Trying is the act: an attempt counts.
            _act("try_to_contact_child", "somebody tried to reach the child", "tried", "attempted"),
            _act("visit_known_places", "places where the child may be were visited", "visited"),
        ),
        "senior_notification": (
            _act("need_to_know_briefing", "a need-to-know briefing was sent to senior people", "sent"),
        ),
        "strategy_meeting": (
            _act("arrange_strategy_meeting", "arrangements for a strategy meeting were made", "arranged"),
            _act("request_strategy_meeting", "a strategy meeting or discussion was asked for", "requested"),
            _act("strategy_meeting", "a strategy meeting or discussion was held"),
            _act("target_harbourers", "steps were taken against people who harbour or exploit the child", "targeted"),
        ),
        "support": (
            _act("coordinate_support", "what partner agencies do for the child was brought together"),
            _act("put_support_in_place", "services to support the young person were put in place"),
            _act("support_family", "support for the family was put in place"),
        ),
    }
)  # fmt: skip

ACTIONS: Final = MappingProxyType({word.name: word for words in ACTIONS_BY_TOPIC.values() for word in words})
