"""Triggers and ends: what sets a rule off, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from missingrules.domain.clock import PERIODS, WEEKDAYS, Unit
from missingrules.domain.conditions import All, FactTest
from missingrules.domain.diagnostics import did_you_mean
from missingrules.domain.rules import UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
)
from missingrules.domain.vocabulary import DONE, NOT_DONE, FactType
from missingrules.reading import words
from missingrules.reading.conditions import condition, counting
from missingrules.reading.forms import (
    AnyTrigger,
    BecomesTrigger,
    Birthday,
    CalendarTrigger,
    CountTrigger,
    LengthFact,
    MissingForTrigger,
    RecordTrigger,
    UndoneTrigger,
    WhileMissingTrigger,
)
from missingrules.reading.located import place
from missingrules.reading.names import canonical
from missingrules.reading.places import Text
from missingrules.reading.shapes import shown

if TYPE_CHECKING:
    from missingrules.domain.rules import Until
    from missingrules.domain.triggers import Trigger
    from missingrules.reading import forms
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench

MOMENTS: Final[dict[str, Literal["started", "reported", "located", "returned", "first_episode"]]] = {
    "started": "started",
    "reported": "reported",
    "located": "located",
    "returned": "returned",
    "first_episode": "first_episode",
}
TRIGGERS: Final = "write started, reported, located, returned, first_episode or missing, or a map such as {event: NAME}"
# Stands for a trigger that could not be read; a mistake has been reported, so it is never handed on.
UNREAD: Final = OnInstant("started")
EVERY: Final = (
    "write every: week, month, quarter, year, day, weekday or working_day, or a day of the week such as monday"
)


def trigger(form: forms.Trigger, bench: Bench) -> Trigger:
    """One trigger, or the first of several."""
    if isinstance(form, AnyTrigger):
        parts: list[Trigger] = []
        for each in form.any:
            found = trigger(each, bench)
            if isinstance(found, OnPeriod):
                assert isinstance(each, CalendarTrigger)
                bench.error(
                    "calendar-with-others",
                    "a duty of the calendar has no other trigger",
                    each.every[0].span,
                    "make two rules of it",
                )
            parts += found.triggers if isinstance(found, FirstOf) else [found]
        return FirstOf(tuple(part for part in parts if not isinstance(part, FirstOf)))
    return _one(form, bench)


def _one(form: forms.Trigger, bench: Bench) -> Trigger:
    match form:
        case Text():
            return _word(form, bench)
        case RecordTrigger():
            return record(form, bench)
        case Birthday():
            return birthday(form, bench)
        case UndoneTrigger():
            return OnUndone(bench.rule(form.undone))
        case WhileMissingTrigger():
            return WhileMissing(_ends(form.ends_with))
        case MissingForTrigger():
            return _missing_for(form, bench)
        case BecomesTrigger():
            return _becomes(form, bench)
        case CountTrigger():
            return _count(form, bench)
        case CalendarTrigger():
            return _calendar(form, bench)
        case dict():
            return _event(form, bench)
    raise AssertionError(form)


def _calendar(form: CalendarTrigger, bench: Bench) -> Trigger:
    known = PERIODS if len(form.every) == 1 else WEEKDAYS
    for word in form.every:
        if word not in known:
            bench.report.unknown("unknown-period", "period of the calendar", word, known, EVERY)
    if any(word not in known for word in form.every):
        return UNREAD
    return OnPeriod(" ".join(dict.fromkeys(map(str, form.every))))


def _word(form: Text, bench: Bench) -> Trigger:
    if form in MOMENTS:
        return OnInstant(MOMENTS[form])
    if form == "missing":
        return WhileMissing()
    words_ = bench.names.words
    written = "event" if form in words_.events else "recorded" if form in words_.actions else None
    otherwise = f"write {{{written}: {form}}}" if written else TRIGGERS
    bench.report.unknown("unknown-trigger", "trigger", form, () if written else [*MOMENTS, "missing"], otherwise)
    return UNREAD


def _ends(word: Text | None) -> Literal["returned", "located"]:
    return "located" if word == "located" else "returned"


def record(form: RecordTrigger, bench: Bench) -> OnRecord:
    """A record of an action, with what is wanted of it."""
    action = bench.action(form.recorded)
    outcomes = outcomes_of(str(form.recorded), bench)
    if form.outcome is not None and action:
        outcome(form.outcome, outcomes, bench)
    return OnRecord(
        str(form.recorded),
        _plain(form.outcome),
        _plain(form.about),
        tuple(bench.role(each).name for each in form.to),
        tuple(bench.role(each).name for each in form.by),
    )


def outcomes_of(action: str, bench: Bench) -> tuple[str, ...]:
    """The outcomes that a record of this action may have."""
    found = bench.names.words.actions.get(action)
    return (*DONE, *NOT_DONE, *(found.done + found.not_done if found else ()))


def outcome(word: Text, known: tuple[str, ...], bench: Bench) -> str:
    if word not in known:
        bench.report.unknown("unknown-outcome", "outcome of this action", word, known, f"one of: {', '.join(known)}")
    return str(word)


def birthday(form: Birthday, bench: Bench) -> OnBirthday:
    age = words.number(form.turns)
    if age is None or not 0 < age < 100:
        bench.error("not-an-age", f"'{form.turns}' is no age", form.turns.span, "write an age in years, such as 18")
    return OnBirthday(age or 0)


def _event(form: dict[Text, Tree], bench: Bench) -> OnEvent:
    name = next(value for key, value in form.items() if key == "event")
    if not isinstance(name, Text):
        message = f"the name of an event is wanted here, found {shown(name)}"
        bench.error("wrong-shape", message, place(name), "write one name; for several, {any: [{event: NAME}, …]}")
        return OnEvent("")
    found = OnEvent(str(name))
    if bench.event(name):
        fields = {_field(key): value for key, value in form.items() if key != "event"}
        outer, bench.trigger = bench.trigger, found
        tests = condition(fields, bench) if fields else All(())
        bench.trigger = outer
        found = OnEvent(str(name), tests)
    return found


def _field(key: Text) -> Text:
    return key.here(f"event.{key}")


def _missing_for(form: MissingForTrigger, bench: Bench) -> Trigger:
    ends = _ends(form.ends_with)
    if isinstance(form.missing_for, LengthFact):
        fact = bench.fact(form.missing_for.set_by)
        if fact and fact.type is not FactType.LENGTH:
            bench.error(
                "not-a-length-fact",
                f"'{form.missing_for.set_by}' is no length of time",
                form.missing_for.set_by.span,
                "name a fact of type length, such as plan.report_after",
            )
        return MissingFor(canonical(form.missing_for.set_by), ends_with=ends)
    text = form.missing_for
    parts = words.compared(text)
    if parts is None or parts[0] not in ("at least", "more than"):
        bench.error(
            "not-a-stretch",
            f"'{text}' does not say how long",
            text.span,
            f"write at least {text} or more than {text}" if words.length(text) else "write at least 24 hours",
        )
        return UNREAD
    length = words.length(parts[1])
    if length is None:
        message, hint = words.why_no_length(parts[1])
        span = text.span
        if span.end_column - span.column == len(text):
            span = replace(span, column=span.end_column - len(parts[1]))
        bench.error("not-a-length", message, span, hint)
        return UNREAD
    if length.unit is Unit.WORKING_DAY:
        bench.error(
            "working-days-pass-nobody",
            "how long a child has been missing cannot be counted in working days",
            text.span,
            "write hours or days; a deadline can count working days",
        )
        return UNREAD
    return MissingFor(length, parts[0] == "more than", ends)


def _becomes(form: BecomesTrigger, bench: Bench) -> Trigger:
    before = bench.report.times
    found = condition(form.becomes, bench)
    if isinstance(found, FactTest):
        return Becomes(found)
    if bench.report.times == before:
        bench.error(
            "becomes-one-fact",
            "'becomes' wants one fact and its value",
            place(form.becomes),
            "write becomes: {risk: high}; further facts belong under when",
        )
    return UNREAD


def _count(form: CountTrigger, bench: Bench) -> Trigger:
    key = form.episodes_reach
    parts = words.compared(key)
    number = words.number(parts[1]) if parts else None
    reach = None
    if parts is None or number is None or parts[0] not in ("at least", "more than"):
        bench.error(
            "not-a-number-reached", f"'{key}' is no number that a count can reach", key.span, "write at least 3"
        )
    else:
        reach = number + (parts[0] == "more than")
        if reach < 1:
            bench.error("not-a-number-reached", "a count reaches at least 1", key.span, "write at least 1")
    said: dict[str, Tree] = {}
    texts = {"in": form.in_, "counted_by": form.counted_by}
    lists = {"kinds": form.kinds, "from": form.from_}
    said.update({name: value for name, value in texts.items() if value is not None})
    said.update({name: list(values) for name, values in lists.items() if values is not None})
    counted = counting(key, said, bench)
    return EpisodesReach(reach, counted) if reach and counted else UNREAD


def until(form: forms.Until, bench: Bench) -> Until:
    """One end: an instant of the episode, a record, a birthday, or a condition that comes true."""
    match form:
        case RecordTrigger():
            return record(form, bench)
        case Birthday():
            return birthday(form, bench)
        case dict():
            return condition(form, bench)
        case Text() if form in ("returned", "located"):
            return UntilInstant(_ends(form))
    bench.error(
        "unknown-until",
        f"{shown(form)} is nothing that ends a duty",
        place(form) if isinstance(form, Text | list) else None,
        (did_you_mean(form, ("returned", "located")) if isinstance(form, Text) else None)
        or "write returned, located, {recorded: ACTION}, {turns: 18} or a condition",
    )
    return UntilInstant("returned")


def _plain(word: Text | None) -> str | None:
    return None if word is None else str(word)
