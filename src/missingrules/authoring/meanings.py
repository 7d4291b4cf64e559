"""What the words of the language mean, in a line each, as an editor shows them."""

from __future__ import annotations

from typing import Final

MOMENT_MEANS: Final = {
    "started": "the child went missing",
    "last_seen": "the child was last seen before going missing",
    "reported": "the child was reported missing",
    "located": "the child was found, before the return",
    "returned": "the child came back",
    "first_episode": "the child's first episode began",
    "missing": "all the while that the child is missing",
    "trigger": "what sets the rule off came true; for stretches and counts",
    "event": "the event that sets the rule off happened",
    "record": "the record that sets the rule off was made",
    "birthday": "the birthday that sets the rule off",
    "undone": "the duty that was left undone was due",
}
DEADLINE_MEANS: Final = {
    "immediately": "at once; gives no instant",
    "promptly": "soon; gives no instant",
    "without_delay": "with nothing put before it; gives no instant",
    "as_soon_as_possible": "when it can be done; gives no instant",
    "at_the_same_time": "in the same act as what sets the rule off",
    "by end of period": "when the day, week or month that sets the rule off is over",
}
DEADLINE_EXAMPLES: Final = {
    "within 72 hours of returned": "so long after an instant",
    "within 1 working day of reported": "so long after, counted in working days",
    "on day 7 of started": "at the end of a numbered day",
    "before event.starts_at": "before the instant that a field gives",
    "at next NAME": "at the first meeting of that name after the trigger",
}
PLACE_MEANS: Final = {
    "home": "missing from the family home",
    "care": "missing from a placement",
    "education": "missing from school or college",
}
KIND_MEANS: Final = {
    "missing": "missing",
    "absent": "away without leave, and it is known where",
}
# What words of a closed list mean, by the key under which they stand.
MEANS: Final[dict[str, dict[str, str]]] = {
    "modality": {
        "must": "the source says must, or a word as strong",
        "should": "the source says should",
        "may": "the source says may or can",
        "stated": "the source says that it is done, with no such word; conventions / stated says how it ranks",
    },
    "ranks_as": {"must": "as a must", "should": "as a should", "may": "as a may"},
    "not_stated": {
        "by": "who does it",
        "chair": "who chairs",
        "attend": "who attends",
        "to": "to whom it is addressed",
        "with": "with whom it is done",
        "deadline": "by when",
        "until": "what ends it",
    },
    "kind": {
        "timeless": "it holds always",
        "status": "it holds from a date to a date",
        "grading": "it was graded, and holds until the next grading",
        "judgement": "it was judged so, and holds until judged anew",
    },
    "type": {
        "yes_no": "true or false",
        "choice": "one of its values",
        "scale": "one of its values, lowest first",
        "number": "a whole number",
        "length": "a length of time",
        "date": "a date",
        "instant": "a date and time",
        "text": "any words",
    },
    "hit": {
        "first": "the first row whose facts hold counts",
        "unique": "no two rows may hold at once",
    },
    "next_from": {
        "schedule": "at fixed dates, whatever was done when",
        "last_held": "counted from the one before",
    },
    "counts_from": {
        "trigger": "acts count from what set the rule off",
        "started": "acts count from the start of the episode",
    },
    "ends_with": {"returned": "it ends with the return", "located": "it ends where the child is found"},
    "counted_by": {
        "started": "by the date on which the child went missing",
        "reported": "by the date of the report",
        "returned": "by the date of the return",
    },
    "first_day_is": {"0": "the day itself is day 0", "1": "the day itself is day 1"},
    "closed": {"bank_holidays": "closed on bank holidays"},
    "working_days": {"england": "Monday to Friday without the bank holidays of England"},
    "missing": {"true": "while the child is missing"},
}  # fmt: skip

# In the order of `ledgers.FATES`.
FATE_MEANS: Final = (
    "rules cite it, and nothing of it is left out",
    "rules cite it; the reason says what of it is left out",
    "a heading",
    "it says what a word means",
    "advice that asks for nothing",
    "background",
    "telephone numbers and addresses",
    "it leaves to somebody's judgement what is to be done",
    "it sends the reader to another document; the reason says which",
    "it asks for something that is not encoded; the reason says why",
)
