"""Which words stand where: the kind of word of each key, as `words.py` and `conditions.py` define the kinds."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# By `Model.key`, or by the key alone where it means the same everywhere; what is not here is any text.
KINDS: Final = MappingProxyType(
    {
        "format": "format",
        "protocol": "name",
        "areas": "name",
        "id": "name",
        "topic": "topic",
        "cite": "reference",
        "cites": "reference",
        "superseded_by": "rule",
        "undone": "rule",
        "replaces": "rule",
        "rests_on": "reading",
        "kinds": "kind_of_episode",
        # people
        "by": "who",
        "chair": "who",
        "attend": "who",
        "to": "who",
        "with": "who",
        "all": "role",
        "any": "role",
        "other_than": "role",
        # A column goes to a place in a case.
        "ColumnTo.to": "text",
        "ColumnRecord.record": "action",
        "RecordTrigger.by": "role",
        "RecordTrigger.to": "role",
        "agency": "agency",
        "grade": "grade",
        # acts
        "require": "action",
        "consider": "action",
        "decide": "action",
        "agree": "action",
        "forbid": "action",
        "action": "action",
        "recorded": "action",
        "also": "action",
        "outcome": "outcome",
        "met_by": "outcome",
        "done": "name",
        "not_done": "name",
        # triggers and ends
        "trigger": "trigger_word",
        "AnyTrigger.any": "trigger_word",
        "until": "until_word",
        "turns": "age",
        "missing_for": "stretch",
        "episodes_reach": "reach",
        "in": "window",
        "from": "place",
        "CalendarTrigger.every": "period",
        # times
        "deadline": "deadline_line",
        "aim": "deadline_line",
        "within": "length",
        "of": "anchor",
        "before": "anchor",
        "at_next": "meeting",
        "on_day": "day_number",
        "LengthFact.set_by": "length_fact",
        "set_by": "field",
        "PhaseForm.every": "length",
        "for": "length",
        "days": "days",
        "HoursForm.from": "time",
        "HoursForm.to": "time",
        "InForce.from": "date",
        "InForce.to": "date",
        "FromTable.with": "text",
        "DeadlineTable.with": "text",
        "inputs": "name",
        "table": "table",
        "ParagraphForm.words": "count",
        "fate": "fate",
        # scenarios
        "ObligationForm.by": "text",
        "ObligationForm.deadline": "text",
        "ExpectedForm.absent": "text",
        "ObligationForm.episode": "text",
        "ObligationForm.action": "action",
        "ObligationForm.cite": "text",
        "ConclusionForm.cite": "text",
        "ConclusionForm.recorded": "text",
        "QuestionForm.by": "text",
        "ForbiddenForm.cite": "text",
    }
)
# Maps of facts.
CONDITIONS: Final = MappingProxyType(
    {
        "trigger": "event_trigger",
        "AnyTrigger.any": "event_trigger",
        "unless": "exception",
        "earlier_if": "exception",
        "conclude": "conclusion",
        "becomes": "becomes",
        "rows": "row",
        "TableForm.rows": "table_row",
    }
)
# Keys that are always wanted, and that the forms leave to be told in better words.
REQUIRED: Final = MappingProxyType({"Rule": ("cite",), "CaseForm": ("when", "cite")})


def kind_of(place: str, kinds: MappingProxyType[str, str], otherwise: str) -> str:
    """The kind of `Model.key`."""
    return kinds.get(place) or kinds.get(place.partition(".")[2]) or otherwise
