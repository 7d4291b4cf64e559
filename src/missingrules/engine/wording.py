"""Conditions and values in the words of the language, for reasons and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain import citations, conditions, triggers
from missingrules.domain.conditions import AtLeast, CountTest, FactTest, HoursTest, Is, Known, Not, Range

if TYPE_CHECKING:
    from missingrules.domain.conditions import Condition


def condition_text(condition: Condition) -> str:
    """The condition as an author would write it, on one line; empty for one that always holds."""
    match condition:
        case FactTest(fact, test):
            return f"{fact.removeprefix('episode.')}: {test_text(test)}"
        case CountTest(counted, test):
            window = "" if counted.window is citations.NOT_STATED else f" in {counted.window}"
            return f"episodes: {test_text(test)}{window}"
        case HoursTest(hours, outside):
            return f"hours: {'outside' if outside else 'inside'} {hours}"
        case conditions.All(parts):
            return " and ".join(filter(None, map(condition_text, parts)))
        case conditions.Any(parts):
            return "(" + " or ".join(map(condition_text, parts)) + ")"
        case Not(part):
            return f"not ({condition_text(part)})"


def test_text(test: conditions.Test) -> str:
    match test:
        case Is(values):
            return " or ".join(values)
        case Known():
            return "known"
        case AtLeast(level):
            return f"at least {level}"
        case Range(low, low_inside, high, high_inside):
            parts = []
            if low is not None:
                parts.append(f"{'at least' if low_inside else 'more than'} {low}")
            if high is not None:
                parts.append(f"{'up to' if high_inside else 'under'} {high}")
            return " and ".join(parts)


def value_text(value: Any, levels: tuple[str, ...] = ()) -> str | int:
    """A fact's value for people; of a level that is not settled, all that are possible."""
    if isinstance(value, tuple):
        if len(value) > 1 and value == tuple(range(value[0], len(levels))):
            return f"at least {levels[value[0]]}"
        return " or ".join(levels[i] for i in value)
    return value if isinstance(value, (str, int)) else str(value)


def period_text(every: str) -> str:
    """A period of the calendar in words: week, monday and friday."""
    *most, last = every.split()
    return (f"{', '.join(most)} and {last}" if most else last).replace("_", " ")


def trigger_text(trigger: triggers.Trigger) -> str:
    """The trigger as an author would write it."""
    match trigger:
        case triggers.FirstOf(several):
            return "the first of: " + "; ".join(map(trigger_text, several))
        case triggers.OnInstant(which):
            return which.replace("_", " ")
        case triggers.OnEvent(event):
            return f"event {event}"
        case triggers.OnRecord(action, outcome):
            return f"record of {action}" + (f" with outcome {outcome}" if outcome else "")
        case triggers.OnBirthday(age):
            return f"turns {age}"
        case triggers.OnPeriod(every):
            return f"every {period_text(every)}"
        case triggers.OnUndone(rule):
            return f"{rule} undone"
        case triggers.WhileMissing():
            return "missing"
        case triggers.MissingFor(length, more_than):
            return f"missing for {'more than' if more_than else 'at least'} {length}"
        case triggers.Becomes(test):
            return f"becomes {condition_text(test)}"
        case triggers.EpisodesReach(at_least, counted):
            window = "" if counted.window is citations.NOT_STATED else f" in {counted.window}"
            return f"episodes reach at least {at_least}{window}"
