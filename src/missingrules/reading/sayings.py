"""What papers say in the place of our words, and the words to write for it: hints, and nothing that is ever read."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.vocabulary import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH: Final = r"\d+ (?:minute|hour|day|working day|week|month|year)s?"
_AFTER: Final = re.compile(rf"(?:at|after|by|in|not later than|no later than) (?P<length>{_LENGTH})")
_AT_ONCE: Final = frozenset(
    {"at once", "straight away", "straightaway", "right away", "immediate", "now", "forthwith", "on the spot"}
)
_NEXT_DAY: Final = re.compile(r"(?:by |on )?(?:the )?next (?P<working>working )?day")
_SAME_DAY: Final = re.compile(r"(?:on )?(?:the )?same (?:working )?day")
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap])\.?m\.?")
# Names that are given to shared acts, by the act.
_ACTS: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("inform", "tell", "told", "alert", "notification", "contact", "advise"), "notify")
    | dict.fromkeys(("ring_police", "call_police", "report", "report_to_police"), "report_missing")
    | dict.fromkeys(("grade", "grade_risk", "assess_risk", "grading", "risk_grading"), "risk_assessment")
    | dict.fromkeys(("interview", "return_home_interview", "rhi", "independent_return_interview"), "return_interview")
    | dict.fromkeys(("safe_and_well_check", "safe_and_well", "found_debrief"), "prevention_interview")
    | dict.fromkeys(("strategy_discussion", "meeting", "hold_strategy_meeting"), "strategy_meeting")
    | {"record": "record_information", "share": "share_information", "search": "search_home"}
)
COUNTED: Final = MappingProxyType(
    dict.fromkeys(("absences", "absence", "times_absent"), "absent")
    | dict.fromkeys(("missing_episodes", "times_missing"), "missing")
)


def deadline_for(said: str, start: str) -> str | None:
    """What to write for a time as papers say it, or None; `start`: what the time runs from in this rule."""
    low = " ".join(said.lower().replace("_", " ").split())
    if low in _AT_ONCE:
        return "write immediately"
    if next_day := _NEXT_DAY.fullmatch(low):
        return f"say from when: within 1 {next_day['working'] or ''}day of {start}"
    if _SAME_DAY.fullmatch(low):
        return f"write {{on_day: 0, of: {start}, first_day_is: 0}}: the day of it, to its end"
    if after := _AFTER.fullmatch(low):
        return f"say from when: within {after['length']} of {start}"
    return None


def act_for(word: str) -> str:
    """What to write for the name of an act that nobody has introduced."""
    act = _ACTS.get(word.lower().replace(" ", "_").replace("-", "_"))
    if act:
        return f"the shared word is {act}: {ACTIONS[act].meaning}"
    return f"an act of this area's own is introduced under 'actions': {word}: {{means: …}}, in words of the field"


def clock_for(said: str) -> str:
    """What to write for a time of day."""
    found = _CLOCK.fullmatch(said.lower())
    if found is None or not 1 <= int(found["hour"]) <= 12:
        return 'write hours and minutes, as "09:00"'
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "p" else 0)
    return f'write "{hour:02}:{found["minute"] or "00"}"'
