"""The figures in a text or a rule: numbers and lengths of time, in digits or in words, as a ledger lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)+|[0-9]+|[^\W\d_]+(?:['’][^\W\d_]+)?")
UNITS = {
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "minute"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "hourly"), "hour"),
    **dict.fromkeys(("day", "days", "daily"), "day"),
    **dict.fromkeys(("week", "weeks", "weekly"), "week"),
    **dict.fromkeys(("month", "months", "monthly"), "month"),
    **dict.fromkeys(("year", "years", "yearly"), "year"),
}
ONES = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {
    **{word: i for i, word in enumerate(ONES, 1)},
    **{word: i for i, word in enumerate(ORDINALS, 1)},
    **{word: 10 * i for i, word in enumerate(TENS, 2)},
    "eighteenth": 18,
    "once": 1,
    "twice": 2,
}
# Words that are a length of their own. Two months and half a month: the paper does not say which of the two it means.
LENGTHS = {
    "daily": ("1 day",),
    "weekday": ("1 day",),
    "weekdays": ("1 day",),
    "weekly": ("1 week",),
    "fortnight": ("2 weeks",),
    "fortnightly": ("2 weeks",),
    "monthly": ("1 month",),
    "bimonthly": ("2 months", "15 days"),
    "quarter": ("3 months",),
    "quarterly": ("3 months",),
    "yearly": ("1 year",),
    "annual": ("1 year",),
    "annually": ("1 year",),
}
SINGLE = ("a", "an", "each", "every", "per", "next", "the")
BETWEEN = ("or", "to", "and")
SUFFIXES = ("st", "nd", "rd", "th")
# What a number behind them counts is a part of some document.
PARTS = ("section", "sections", "appendix", "paragraph", "page", "figure", "article", "part", "chapter", "s")
# A longer row of digits counts nothing.
LONGEST = 20
YEARS = range(1900, 2100)


def figures_of(text: str) -> tuple[str, ...]:
    """Each figure once, in order: `72 hours`, `5 working days`; a number without a unit stands bare."""
    tokens = [
        t.lower() for t in TOKEN.findall(text.replace("bi-monthly", "bimonthly").replace("Bi-monthly", "bimonthly"))
    ]
    found: list[str] = []
    waiting: list[int] = []  # bare numbers that may take the unit of the next: `24 or 48 hours`
    i = 0
    while i < len(tokens):
        count, after = _number(tokens, i)
        if count is None:
            token = tokens[i]
            unit, end = _unit(tokens, i + 1)
            if token in LENGTHS:
                found += LENGTHS[token]
            elif token in SINGLE and unit is not None:
                found.append(_length(1, unit))
            if token not in BETWEEN:
                waiting = []
            i += 1
            continue
        unit, end = _unit(tokens, after)
        if unit is None:
            found.append(str(count))
            waiting.append(count)
        else:
            found += [_length(other, unit) for other in waiting]
            found.append(_length(count, unit))
            waiting = []
        i = max(after, end)
    return tuple(dict.fromkeys(found))


def _number(tokens: Sequence[str], i: int) -> tuple[int | None, int]:
    """The number that begins here and where it ends; None for a reference, a year or no number."""
    token = tokens[i]
    if "." in token or len(token) > LONGEST or (i and tokens[i - 1] in PARTS):
        return None, i + 1
    if token.isascii() and token.isdigit():
        if int(token) in YEARS and len(token) == len("2025"):
            return None, i + 1
        ordinal = i + 1 < len(tokens) and tokens[i + 1] in SUFFIXES
        return int(token), i + 1 + ordinal
    count = NUMBERS.get(token)
    if count is None:
        return None, i + 1
    if token in TENS and i + 1 < len(tokens) and tokens[i + 1] in ONES[:9]:
        return count + NUMBERS[tokens[i + 1]], i + 2
    return count, i + 1


def _unit(tokens: Sequence[str], i: int) -> tuple[str | None, int]:
    """The unit of time that stands here, and where it ends."""
    working = i < len(tokens) and tokens[i] in ("working", "business")
    at = i + (1 if i < len(tokens) and tokens[i] in ("working", "business", "calendar", "consecutive", "clear") else 0)
    unit = UNITS.get(tokens[at]) if at < len(tokens) else None
    if unit is None:
        return None, i
    return ("working day" if working and unit == "day" else unit), at + 1


def _length(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def missing_from(wanted: Iterable[str], figures: Iterable[str]) -> tuple[str, ...]:
    """The figures wanted that are not among those of a text; a bare number of the text serves for any unit."""
    there = set(figures)
    bare = {figure.split()[0] for figure in there}
    return tuple(
        figure
        for figure in wanted
        if figure not in there and not (figure.split()[0] in there or (" " not in figure and figure in bare))
    )
