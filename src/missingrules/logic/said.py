"""Conditions, triggers and people in the words in which an author writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.clock import Unit
from missingrules.domain.conditions import (
    All,
    Any,
    AtLeast,
    CountTest,
    FactTest,
    HoursTest,
    Is,
    Known,
    Not,
    Range,
)

if TYPE_CHECKING:
    from missingrules.domain.conditions import Condition, Counted, Test

# Seconds, to put lengths of several units in order; nobody is told them.
LENGTHS: Final = {
    Unit.MINUTE: 60,
    Unit.HOUR: 3_600,
    Unit.DAY: 86_400,
    Unit.WORKING_DAY: 86_400,
    Unit.WEEK: 7 * 86_400,
    Unit.MONTH: 30 * 86_400,
    Unit.YEAR: 365 * 86_400,
}


def fact_said(name: str) -> str:
    """The fact's name as authors write it."""
    return "area" if name == "protocol.area" else name.removeprefix("episode.")


def counted_said(counted: Counted) -> str:
    window = counted.window if isinstance(counted.window, str) else str(counted.window)
    return "episodes in all" if window == "not_stated" else f"episodes in {window}"


def said(condition: Condition) -> str:
    """The condition as an author writes it, without the outer braces."""
    match condition:
        case FactTest(fact, test):
            return f"{fact_said(fact)}: {test_said(test)}"
        case CountTest(counted, test):
            return f"{counted_said(counted)}: {test_said(test)}"
        case HoursTest(hours, outside):
            return f"hours: {{{'outside' if outside else 'inside'}: {hours}}}"
        case All(parts):
            names = [part.fact for part in parts if isinstance(part, FactTest)]
            if len(names) == len(set(names)):
                return ", ".join(_part(part) for part in parts) or "nothing"
            return f"all: [{', '.join(f'{{{said(part)}}}' for part in parts)}]"
        case Any(parts):
            return f"any: [{', '.join(f'{{{said(part)}}}' for part in parts)}]"
        case Not(part):
            return f"not: {{{said(part)}}}"
    raise AssertionError(condition)


def _part(condition: Condition) -> str:
    if isinstance(condition, All):
        return f"all: [{', '.join(f'{{{said(part)}}}' for part in condition.parts)}]"
    return said(condition)


def test_said(test: Test) -> str:
    match test:
        case Is(values):
            return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
        case Known():
            return "known"
        case AtLeast(level, _):
            return f"at least {level}"
        case Range(low, low_inside, high, high_inside):
            if low is not None and low == high:
                return str(low)
            lower = None if low is None else f"{'at least' if low_inside else 'more than'} {low}"
            upper = None if high is None else f"{'up to' if high_inside else 'under'} {high}"
            return " and ".join(each for each in (lower, upper) if each)
    raise AssertionError(test)
