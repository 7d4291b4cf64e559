"""The small languages of one line: lengths, tests, deadlines. A text goes in; its meaning or None comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import Range
from missingrules.domain.deadlines import Word

if TYPE_CHECKING:
    from collections.abc import Callable

# Beyond this a deadline could leave the calendar.
MOST_YEARS: Final = 100
_PER_YEAR = {
    Unit.MINUTE: 525_960,
    Unit.HOUR: 8_766,
    Unit.DAY: 365,
    Unit.WORKING_DAY: 250,
    Unit.WEEK: 52,
    Unit.MONTH: 12,
    Unit.YEAR: 1,
}
LENGTHS: Final = "a length is a number and minutes, hours, days, working days, weeks, months or years, such as 72 hours"
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEADLINE_WORDS: Final = {word.value: word for word in Word}

_COMPARED = re.compile(r"(at least|more than|under|up to) (\S.*)")
_DEADLINES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("within", re.compile(r"within (?P<within>.+?) of (?P<of>\S+)")),
    ("on_day", re.compile(r"on day (?P<on_day>\S+) of (?P<of>\S+)")),
    ("before", re.compile(r"before (?P<before>\S+)")),
    ("at_next", re.compile(r"at next (?P<at_next>\S+)")),
    ("end_of_period", re.compile(r"by end of period")),
    ("at_the_same_time", re.compile(r"at_the_same_time")),
)

Comparison = Literal["at least", "more than", "under", "up to"]


@dataclass(frozen=True, slots=True)
class Line:
    """A one-line deadline: its form, the words that stand in its places, and where in the line each begins."""

    form: str
    parts: dict[str, str]
    starts: dict[str, int]


def number(text: str) -> int | None:
    """A whole number of at most six digits."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def length(text: str) -> Length | None:
    """A length, up to `MOST_YEARS`."""
    found = Length.parse(text)
    return None if found is None or is_too_long(found) else found


def is_too_long(found: Length) -> bool:
    return found.count > MOST_YEARS * _PER_YEAR[found.unit]


def why_no_length(text: str) -> tuple[str, str]:
    """What is wrong with a text that is no length, and what to write instead."""
    found = Length.parse(text)
    if found and is_too_long(found):
        return f"{text} is longer than {MOST_YEARS} years", "write the length that the source gives"
    if re.fullmatch(r"0+ \S.*", text):
        return f"'{text}' is no length: it is nothing", "for what is due at once write immediately or at_the_same_time"
    return f"'{text}' is no length of time", LENGTHS


def compared(text: str) -> tuple[Comparison, str] | None:
    """`at least 3` -> ("at least", "3"): a comparison and what it compares with."""
    match = _COMPARED.fullmatch(text)
    return (match[1], match[2]) if match else None  # type: ignore[return-value]


def span(comparison: Comparison, end: int | Length) -> Range:
    """The range that a comparison leaves."""
    if comparison in ("at least", "more than"):
        return Range(low=end, low_inside=comparison == "at least")
    return Range(high=end, high_inside=comparison == "up to")


def test(text: str, measure: Callable[[str], int | Length | None]) -> Range | None:
    """`under 18`, `up to 14`, `at least 24 hours`, or the number alone."""
    parts = compared(text)
    end = measure(parts[1] if parts else text)
    if end is None:
        return None
    return span(parts[0], end) if parts else Range(low=end, high=end)


def deadline(text: str) -> Line | None:
    """`within 72 hours of started`, `on day 7 of started`, `before event.starts_at` … taken apart."""
    if text in DEADLINE_WORDS:
        return Line("word", {"word": text}, {"word": 0})
    for form, pattern in _DEADLINES:
        if match := pattern.fullmatch(text):
            return Line(form, match.groupdict(), {name: match.start(name) for name in match.groupdict()})
    return None


def weekdays(text: str) -> frozenset[int] | None:
    """`saturday` or `monday to friday` (which may run over the end of the week)."""
    first, _, last = text.partition(" to ")
    if first not in DAYS or (last and last not in DAYS) or (not last and " " in text):
        return None
    if not last:
        return frozenset({DAYS.index(first)})
    start, end = DAYS.index(first), DAYS.index(last)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
