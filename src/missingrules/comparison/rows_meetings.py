"""Rows of the matrix: meetings on a missing child, and what follows when a child goes missing several times."""

from __future__ import annotations

from typing import Final

from missingrules.comparison.picks import Pick, Question, section
from missingrules.domain.comparisons import Aspect, Row
from missingrules.domain.rules import Conclusion, Effect

_BY_WHEN, _BY, _SINCE = Aspect.DEADLINE, Aspect.BY, Aspect.TRIGGER
_WHAT, _CHAIR, _TOLD, _OFTEN = Aspect.EFFECT, Aspect.CHAIR, Aspect.RECIPIENTS, Aspect.SERIES
# A meeting on one child who is missing, under the names that areas give it.
_MEETING: Final = ("strategy_meeting", "urgent_care_review")
_MEETINGS: Final = (*_MEETING, "strategy_review", "multi_agency_meeting", "asylum_review_meeting")
_AFTER_SEVERAL: Final = ("count", "becomes child.repeatedly_missing")
_REPEATED: Final = (
    Pick(acts=("intervention_meeting", "missing_case_review"), effects=(Effect.REQUIRE,)),
    Pick(acts=("strategy_meeting",), since=_AFTER_SEVERAL),
    Pick(acts=("strategy_meeting",), counted=True),
    # The meeting on which the review decided.
    Pick(acts=("strategy_meeting",), since=("record call_strategy_meeting",)),
)

MEETINGS: Final = (
    *section(
        "Meetings",
        Question(
            Row(
                "meeting",
                "Strategy meeting: when",
                "What sets a strategy meeting off, and by when is it?",
                "strategy_meeting",
            ),
            (_SINCE, _BY_WHEN),
            (Pick(acts=(*_MEETING, "request_strategy_meeting", "call_strategy_meeting", "arrange_strategy_meeting")),),
            beside=(_WHAT,),
        ),
        Question(
            Row("meeting-chair", "Strategy meeting: chair", "Who takes the chair?", "strategy_meeting"),
            (_CHAIR,),
            (Pick(acts=_MEETING, effects=(Effect.REQUIRE,)),),
            beside=(_BY_WHEN,),
        ),
        Question(
            Row("meeting-attend", "Strategy meeting: who attends", "Who comes?", "strategy_meeting"),
            (Aspect.ATTENDEES,),
            (Pick(acts=_MEETING, effects=(Effect.REQUIRE,)),),
        ),
        Question(
            Row(
                "meeting-again",
                "Meetings that repeat",
                "How often does a meeting follow while it goes on?",
                "strategy_meeting",
            ),
            (_OFTEN,),
            (Pick(acts=_MEETINGS, repeats=True),),
            beside=(_WHAT, _SINCE),
        ),
        Question(
            Row("minutes", "Minutes", "Who gets the minutes of a meeting, and how soon?", "strategy_minutes"),
            (_BY_WHEN,),
            (Pick(acts=("send_minutes",)),),
            beside=(_TOLD, _SINCE),
        ),
    ),
    *section(
        "Repeated episodes",
        Question(
            Row(
                "threshold",
                "Repeat threshold",
                "After how many episodes in how long does something follow?",
                "repeat_review",
            ),
            (_SINCE, _WHAT),
            (
                Pick(
                    counted=True,
                    topics=(
                        "repeat_review",
                        "strategy_meeting",
                        "intervention_meeting",
                        "plan_update",
                        "placing_authority",
                    ),
                    acts=(
                        "update_plan",
                        "hub_referral",
                        "review_earlier_actions",
                        "alternative_strategies",
                        "missing_case_review",
                        "strategy_meeting",
                        "intervention_meeting",
                        "social_care_referral",
                        "notify",
                    ),
                ),
                Pick(kind=Conclusion, acts=("child.repeat_missing",)),
            ),
        ),
        Question(
            Row(
                "repeatedly",
                "A child judged to go missing repeatedly",
                "What follows, whatever the number, or where a pattern is developing?",
                "repeat_review",
            ),
            (_WHAT,),
            (
                Pick(
                    since=(
                        "becomes child.repeatedly_missing",
                        "becomes child.pattern_developing",
                        "becomes child.quick_succession",
                    ),
                    not_acts=("invite_to_strategy_meeting",),
                    topics=("repeat_review", "strategy_meeting", "plan_update", "support", "intervention_meeting"),
                ),
                # After the return, of a child of whom that was judged before.
                Pick(acts=("strategy_meeting",), since=("returned",), reads=("child.pattern_developing",)),
            ),
            beside=(_BY_WHEN, _OFTEN),
        ),
        Question(
            Row(
                "repeat-chair",
                "After several episodes: chair",
                "Who chairs, or who holds the review?",
                "intervention_meeting",
            ),
            (_CHAIR, _BY),
            _REPEATED,
            beside=(_WHAT, _SINCE),
        ),
        Question(
            Row(
                "repeat-when",
                "After several episodes: by when",
                "How soon is the meeting or review?",
                "intervention_meeting",
            ),
            (_BY_WHEN, _OFTEN),
            (*_REPEATED, Pick(acts=("intervention_meeting",), effects=(Effect.CONSIDER,))),
            beside=(_WHAT, _SINCE),
        ),
    ),
)
