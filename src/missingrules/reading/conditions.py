"""Conditions: a map of facts to tests, joined by `any`, `all` and `not`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import (
    ALWAYS,
    All,
    Any,
    AtLeast,
    Counted,
    CountTest,
    FactTest,
    HoursTest,
    Is,
    Known,
    Not,
    Range,
)
from missingrules.domain.diagnostics import did_you_mean
from missingrules.domain.triggers import FirstOf
from missingrules.domain.vocabulary import KINDS, PLACES, FactType, FactWord
from missingrules.reading import words
from missingrules.reading.fields import tested_fact
from missingrules.reading.located import Blank, place
from missingrules.reading.names import canonical
from missingrules.reading.places import Text
from missingrules.reading.sayings import COUNTED
from missingrules.reading.shapes import WRITTEN_SO, listed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.conditions import Condition, Test
    from missingrules.domain.triggers import Trigger
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench

COUNT_KEYS: Final = ("episodes", "in", "kinds", "from", "counted_by")
PERIODS: Final = ("calendar month", "calendar quarter", "calendar year")

_COLON_LEFT_OUT = re.compile(r"([a-z][a-z0-9_.]*) *[ =] *(\S.*)")
# Stands for what could not be read; a mistake has been reported, so it is never handed on.
UNREAD: Final = All(())


def condition(tree: dict[Text, Tree], bench: Bench) -> Condition:
    """A map of facts and tests; all must hold."""
    if "episodes" in tree:
        return _count_alone(tree, bench)
    if counted := next((key for key in tree if key in COUNTED and canonical(key) not in bench.names.words.facts), None):
        said: dict[str, Tree] = {str(key): value for key, value in tree.items()}
        number = said[counted] if isinstance(said[counted], Text) else "at least 3"
        window = f", in: {said['in']}" if isinstance(said.get("in"), Text) else ""
        bench.error(
            "count-without-episodes",
            f"what is counted are episodes; '{counted}' are those of one kind",
            counted.span,
            f"write {{episodes: {number}{window}, kinds: [{COUNTED[counted]}]}}",
        )
        return ALWAYS
    parts = [part for key, value in tree.items() for part in _entry(key, value, bench)]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def joined(parts: list[Condition]) -> Condition:
    """All of these, without needless wrapping."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else (part,)
    return flat[0] if len(flat) == 1 else All(tuple(flat)) if flat else ALWAYS


def facts_of(part: Condition) -> Iterator[str]:
    """Every fact that a condition reads."""
    match part:
        case FactTest(fact, _):
            yield fact
        case All(parts) | Any(parts):
            for each in parts:
                yield from facts_of(each)
        case Not(inner):
            yield from facts_of(inner)


def _entry(key: Text, value: Tree, bench: Bench) -> Iterator[Condition]:
    if key in ("any", "all"):
        yield _group(key, value, bench)
    elif key == "not":
        if isinstance(value, dict) and value:
            yield Not(condition(value, bench))
        else:
            _wrong_group(key, bench, "a map of facts and tests, such as not: {child.looked_after: true}")
    elif key == "reading":
        bench.error(
            "reading-not-here",
            "a reading is for rules and tables, and cannot stand here",
            key.span,
            "write the condition",
        )
    elif key == "hours":
        yield from _hours(key, value, bench)
    elif key in COUNT_KEYS and key != "from":
        bench.error(
            "count-without-episodes",
            f"'{key}' belongs to a count, which begins with 'episodes'",
            key.span,
            "write {episodes: at least 3, in: 90 days}",
        )
    elif isinstance(value, Blank) and (apart := _COLON_LEFT_OUT.fullmatch(key)):
        bench.error("not-a-test", f"'{key}' has no colon", key.span, f"write {apart[1]}: {apart[2]}")
    elif fact := tested_fact(key, bench):
        yield fact_test(key, fact, value, bench)


def _group(key: Text, value: Tree, bench: Bench) -> Condition:
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) and each for each in value):
        _wrong_group(key, bench, f"a list of maps, such as {key}: [{{child.looked_after: true}}, {{risk: high}}]")
        return UNREAD
    parts = tuple(condition(each, bench) for each in value if isinstance(each, dict))
    return Any(parts) if key == "any" else All(parts)


def _wrong_group(key: Text, bench: Bench, wanted: str) -> None:
    bench.error("wrong-shape", f"'{key}' wants other conditions", key.span, f"write {wanted}")


def _hours(key: Text, value: Tree, bench: Bench) -> Iterator[Condition]:
    if isinstance(value, dict) and len(value) == 1:
        side, name = next(iter(value.items()))
        if side in ("inside", "outside") and isinstance(name, Text):
            if name not in bench.names.hours and not bench.is_broken("hours", name):
                bench.report.unknown(
                    "unknown-hours", "set of hours", name, bench.names.hours, "introduce it under 'hours'"
                )
            yield HoursTest(str(name), side == "outside")
            return
    bench.error(
        "wrong-shape", "'hours' wants one of its two forms", key.span, "write {outside: NAME} or {inside: NAME}"
    )


def _count_alone(tree: dict[Text, Tree], bench: Bench) -> Condition:
    for key in tree:
        if key not in COUNT_KEYS:
            bench.error(
                "count-stands-alone",
                f"'{key}' cannot stand in the same map as 'episodes'",
                key.span,
                f"join the two: all: [{{episodes: ...}}, {{{key}: ...}}]",
            )
            return UNREAD
    keys = {str(key): (key, value) for key, value in tree.items()}
    key, value = keys["episodes"]
    test = words.test(value, words.number) if isinstance(value, Text) else None
    if test is None:
        _no_test(key, value, bench, "write at least 3, more than 3, under 3 or up to 3")
    counted = counting(key, {name: value for name, (_, value) in keys.items()}, bench)
    return CountTest(counted, test) if test and counted else UNREAD


def counting(key: Text, said: dict[str, Tree], bench: Bench) -> Counted | None:
    """What is counted: said here, or by the convention `counted`."""
    convention = bench.names.conventions.counted
    usual: dict[str, Tree | None] = {}
    if convention:
        usual = {
            "in": convention.in_,
            "kinds": list(convention.kinds) if convention.kinds else None,
            "from": list(convention.from_) if convention.from_ else None,
            "counted_by": convention.counted_by,
        }
    found: dict[str, Tree] = {}
    lacking: list[str] = []
    for name in COUNT_KEYS[1:]:
        if name in said:
            found[name] = said[name]
        elif (value := usual.get(name)) is not None:
            found[name] = value
            bench.leaned.add("counted")
        else:
            lacking.append(name)
    if lacking:
        named = listed([f"'{name}'" for name in lacking])
        bench.error(
            "count-incomplete",
            f"this count does not say {named}",
            key.span,
            f"add {', '.join(_TO_ADD[name] for name in lacking)}{_SAID_ONCE if lacking != ['in'] else ''}",
        )
    if len(found) < 4:
        return None
    window = _window(found["in"], bench)
    kinds = _choices(found["kinds"], KINDS, "kind of episode", bench)
    places = _choices(found["from"], PLACES, "place to go missing from", bench)
    by = found["counted_by"]
    if by not in ("started", "reported", "returned"):
        bench.error("not-one-of", f"{shown(by)} cannot stand here", place(by), "write started, reported or returned")
        return None
    if window is None or not kinds or not places:
        return None
    return Counted(window, kinds, places, _BY[str(by)])


_BY: Final[dict[str, Literal["started", "reported", "returned"]]] = {
    "started": "started",
    "reported": "reported",
    "returned": "returned",
}
_TO_ADD: Final = {
    "in": "in: 90 days (a calendar period, or not_stated)",
    "kinds": "kinds: [missing]",
    "from": "from: [home, care]",
    "counted_by": "counted_by: started",
}
_SAID_ONCE: Final = ", or say it once under conventions / counted"


def _window(
    value: Tree, bench: Bench
) -> Length | Literal["calendar month", "calendar quarter", "calendar year"] | None:
    if isinstance(value, Text):
        if value == "not_stated":
            return NOT_STATED  # type: ignore[return-value]
        if value in PERIODS:
            return str(value)  # type: ignore[return-value]
        found = words.length(value)
        if found is not None and found.seconds is None and found.unit is not Unit.WORKING_DAY:
            return found
        if found is not None:
            bench.error(
                "window-in-dates",
                "a window is counted in dates",
                value.span,
                "write days, weeks, months or years, a calendar period, or not_stated",
            )
            return None
    bench.error(
        "not-a-window",
        f"{shown(value)} is no window of time",
        place(value),
        "write a length such as 90 days, calendar month, calendar quarter, calendar year, or not_stated",
    )
    return None


def _choices(value: Tree, known: tuple[str, ...], what: str, bench: Bench) -> tuple[str, ...]:
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, Text) and each in known:
            found.append(str(each))
        else:
            bench.error("not-one-of", f"{shown(each)} is no {what}", place(each), _some_of(each, known))
    return tuple(found)


def _some_of(value: Tree, known: tuple[str, ...]) -> str:
    parts = value.replace(" ", "").split(",") if isinstance(value, Text) else []
    if len(parts) > 1 and set(parts) <= set(known):
        return f"write a list: [{', '.join(parts)}]"
    return f"write one or more of {', '.join(known)}"


def kinds(value: list[Text], bench: Bench) -> tuple[str, ...]:
    """The kinds of episode a rule speaks of."""
    return _choices(list(value), KINDS, "kind of episode", bench)


# --- tests ------------------------------------------------------------------------------------------------------------


def parts_of(trigger: Trigger | None) -> tuple[Trigger, ...]:
    """The triggers of an `any`, or the one."""
    if trigger is None:
        return ()
    return trigger.triggers if isinstance(trigger, FirstOf) else (trigger,)


def fact_test(key: Text, fact: FactWord, value: Tree, bench: Bench) -> Condition:
    """A fact and its test. A list is one of its values."""
    if value == "known":
        return FactTest(fact.name, Known())
    if isinstance(value, dict) or not value:
        _no_test(key, value, bench, _tests_of(fact, bench))
        return UNREAD
    if fact.type is FactType.LENGTH and fact.name != "episode.missing_for":
        # Two days and 48 hours are not the same length, nor is one the shorter.
        bench.error("not-a-test", f"'{key}' is a length, and lengths are not compared", key.span, f"write {key}: known")
        return UNREAD
    if fact.type in (FactType.NUMBER, FactType.LENGTH):
        parts = [_measured(key, fact, each, bench) for each in (value if isinstance(value, list) else [value])]
        return parts[0] if len(parts) == 1 else Any(tuple(parts))
    if fact.type is FactType.SCALE and isinstance(value, Text) and words.compared(value):
        return _graded(key, fact, value, bench)
    values: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, Text) or not _is_value(each, fact, bench):
            _no_value(key, fact, each, bench)
        else:
            values.append(str(each))
    return FactTest(fact.name, Is(tuple(values)))


def _measured(key: Text, fact: FactWord, value: Tree, bench: Bench) -> Condition:
    measure = words.number if fact.type is FactType.NUMBER else words.length
    test: Test | None = words.test(value, measure) if isinstance(value, Text) else None
    if test is None:
        _no_test(key, value, bench, _tests_of(fact, bench))
        return UNREAD
    if fact.type is FactType.LENGTH and isinstance(test, Range):
        ends = [end for end in (test.low, test.high) if isinstance(end, Length)]
        if any(end.unit is Unit.WORKING_DAY for end in ends):
            bench.error(
                "working-days-pass-nobody",
                "how long something has lasted cannot be counted in working days",
                place(value),
                "write hours or days",
            )
    return FactTest(fact.name, test)


def _graded(key: Text, fact: FactWord, value: Text, bench: Bench) -> Condition:
    parts = words.compared(value)
    values = values_of(fact, bench)
    if parts is None or parts[0] != "at least" or parts[1] not in values:
        _no_value(key, fact, value, bench)
        return UNREAD
    return FactTest(fact.name, AtLeast(parts[1], values[values.index(parts[1]) :]))


def values_of(fact: FactWord, bench: Bench) -> tuple[str, ...]:
    """The closed values of a fact; none where any text may stand."""
    return ("true", "false") if fact.type is FactType.YES_NO else fact.values


def _is_value(text: Text, fact: FactWord, bench: Bench) -> bool:
    values = values_of(fact, bench)
    if fact.type in (FactType.DATE, FactType.INSTANT):
        return False
    return text in values if values else bool(text)


def _no_value(key: Text, fact: FactWord, value: Tree, bench: Bench) -> None:
    if fact.type is FactType.YES_NO and isinstance(value, Text) and (hint := WRITTEN_SO.get(value.lower())):
        bench.error("not-true-or-false", f"'{key}' is true or false, not {shown(value)}", value.span, hint)
        return
    if isinstance(value, Text) and words.compared(value):
        _no_test(key, value, bench, _tests_of(fact, bench))
        return
    near = did_you_mean(value, values_of(fact, bench)) if isinstance(value, Text) else None
    bench.error(
        "not-a-value",
        f"{shown(value)} is no value of '{key}'",
        place(value) or key.span,
        near or _tests_of(fact, bench),
    )


def _no_test(key: Text, value: Tree, bench: Bench, hint: str) -> None:
    bench.error("not-a-test", f"{shown(value)} is no test of '{key}'", place(value) or key.span, hint)


def _tests_of(fact: FactWord, bench: Bench) -> str:
    values = values_of(fact, bench)
    match fact.type:
        case FactType.NUMBER:
            return "write a number, or under, up to, at least or more than a number, such as under 18; or known"
        case FactType.LENGTH:
            return "write at least, more than, under or up to a length, such as at least 24 hours; or known"
        case FactType.DATE | FactType.INSTANT:
            return "a date can only be tested with known"
        case FactType.SCALE:
            return f"write {listed(values)}, at least LEVEL for that or a higher one, or known"
        case _ if values:
            return f"write {listed([*values, 'known'])}"
    return "write a word, a list of words, or known"
