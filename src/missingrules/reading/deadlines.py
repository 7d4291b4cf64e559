"""By when: deadlines in one line or as a map, rows of them, and series."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final, Literal

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import Length, Unit
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    DeadlineRow,
    DeadlineRows,
    EndOfPeriod,
    Note,
    OnDay,
    Phase,
    Repeat,
    SetBy,
    Within,
)
from missingrules.domain.diagnostics import CUTOFF
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
)
from missingrules.domain.vocabulary import FactType
from missingrules.reading import forms, words
from missingrules.reading.conditions import condition
from missingrules.reading.fields import event_field
from missingrules.reading.forms import (
    AtNextForm,
    BeforeForm,
    DeadlineRowsForm,
    DeadlineTable,
    Noted,
    NumberedDay,
    OnDayForm,
    SetByForm,
    WithinForm,
)
from missingrules.reading.located import place
from missingrules.reading.names import canonical, short
from missingrules.reading.places import Text
from missingrules.reading.sayings import deadline_for
from missingrules.reading.tables import cited, rows_for
from missingrules.reading.validate import check_cell

if TYPE_CHECKING:
    from missingrules.domain.citations import NotStated
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.triggers import Trigger
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench

INSTANTS: Final = ("started", "last_seen", "reported", "located", "returned")
# An anchor that only one kind of trigger has, and that trigger as it is written.
OF_TRIGGERS: Final[dict[str, tuple[type, str]]] = {
    "event": (OnEvent, "{event: NAME}"),
    "record": (OnRecord, "{recorded: ACTION}"),
    "birthday": (OnBirthday, "{turns: 18}"),
    "undone": (OnUndone, "{undone: RULE}"),
}
FORMS: Final = (
    "write within 72 hours of started, on day 7 of started, before event.starts_at, at next MEETING, "
    "at_the_same_time, or immediately, promptly, without_delay or as_soon_as_possible"
)
FIELDS: Final = "name a field of the trigger's event or record, or a fact such as plan.report_after"
_WITHIN = re.compile(r"within (\S+ (?:working )?\w+)")
_STRETCHES = (WhileMissing, MissingFor, Becomes, EpisodesReach)
# Stands for a deadline that could not be read; a mistake has been reported, so it is never handed on.
UNREAD: Final = AtTheSameTime()


def deadline(form: forms.Deadline, bench: Bench) -> Deadline:
    match form:
        case Text():
            return _line(form, bench)
        case WithinForm():
            return _within(form.within, form.of, form.same_day_counts, form.within, bench)
        case OnDayForm():
            return _on_day(form.on_day, form.of, form.first_day_is, bench)
        case BeforeForm():
            return Before(anchor(form.before, bench))
        case AtNextForm():
            return _at_next(form.at_next, bench)
        case SetByForm():
            return SetBy(anchor(form.set_by, bench, lengths=True))
        case DeadlineTable() | DeadlineRowsForm():
            return DeadlineRows(
                tuple(
                    DeadlineRow(row.condition, _cell(row.key, row.gives, bench), row.citations)
                    for row in rows_for("deadline", form, bench)
                )
            )
    raise AssertionError(form)


def _cell(key: Text, tree: Tree | None, bench: Bench) -> Deadline | NotStated:
    if tree is None:
        return NOT_STATED
    form = check_cell(forms.DEADLINE_CELL, forms.Deadline, key, tree, bench.report)
    if form is None:
        return NOT_STATED
    if isinstance(form, Noted) and (form.aim or form.earlier_if):
        bench.error(
            "aim-in-a-row",
            "'aim' and 'earlier_if' stand beside the rows, not in one of them",
            place(tree),
            "write deadline: {rows: [...], aim: ...}",
        )
    return deadline(form, bench)


def _line(text: Text, bench: Bench) -> Deadline:
    line = words.deadline(text)
    if line is None:
        bench.error("not-a-deadline", f"'{text}' is no deadline", text.span, _near(text, bench))
        return UNREAD
    part = {name: text.part(value, line.starts[name]) for name, value in line.parts.items()}
    match line.form:
        case "within":
            return _within(part["within"], part["of"], None, text, bench)
        case "on_day":
            return _on_day(part["on_day"], part["of"], None, bench)
        case "before":
            return Before(anchor(part["before"], bench))
        case "at_next":
            return _at_next(part["at_next"], bench)
        case "end_of_period":
            found = next((each for each in bench.triggers() if isinstance(each, OnPeriod)), None)
            if found is not None:
                return EndOfPeriod(found.every)
            bench.error(
                "no-such-anchor",
                f"'{text}' needs a trigger of the calendar",
                text.span,
                "give the rule a trigger such as {every: week}, or name a length: within 7 days of started",
            )
            return UNREAD
        case "word":
            return words.DEADLINE_WORDS[line.parts["word"]]
    return AtTheSameTime()


def _near(text: Text, bench: Bench) -> str:
    if words.length(text):
        return f"say from when: within {text} of started"
    if (within := _WITHIN.match(text)) and words.length(within[1]):
        near = difflib.get_close_matches(text.rpartition(" ")[2], INSTANTS, 1, CUTOFF) or ["started"]
        return f"say from when: within {within[1]} of {near[0]}"
    if (spelt := text.replace(" ", "_").replace("-", "_")) in words.DEADLINE_WORDS:
        return f"write {spelt}"
    parts = bench.triggers()
    start = (_name_of(parts[0]) or "trigger") if parts and not bench.unread else "started"
    return deadline_for(text, start) or FORMS


def _within(length: Text, of: Text, same_day: bool | None, place_: Text, bench: Bench) -> Deadline:
    start = anchor(of, bench)
    found = measured(length, bench)
    if found is None:
        return UNREAD
    if found.unit is Unit.WORKING_DAY:
        if same_day is None:
            days = bench.names.conventions.days
            if days is None:
                bench.error(
                    "same-day-not-said",
                    "nothing says whether the day from which it runs can itself be the first working day",
                    place_.span,
                    f"write {{within: {length}, of: {of}, same_day_counts: false}}, or say it under conventions / days",
                )
            else:
                same_day = days.same_day_counts
                bench.leaned.add("days")
    elif same_day:
        bench.error(
            "same-day-of-working-days",
            "same_day_counts is for working days alone",
            place_.span,
            "leave it out; a numbered day is written on_day, with first_day_is",
        )
    return Within(found, start, bool(same_day))


def measured(text: Text, bench: Bench) -> Length | None:
    """A length, or None with the mistake reported."""
    found = words.length(text)
    if found is None:
        message, hint = words.why_no_length(text)
        bench.error("not-a-length", message, text.span, hint)
    return found


def _on_day(day: Text, of: Text, first: Text | None, bench: Bench) -> OnDay | AtTheSameTime:
    start = anchor(of, bench)
    number = words.number(day)
    if first is None:
        days = bench.names.conventions.days
        if days is None:
            bench.error(
                "first-day-not-said",
                "nothing says which number the day from which it runs has",
                day.span,
                f"write {{on_day: {day}, of: {of}, first_day_is: 1}} (or 0), or say it under conventions / days",
            )
            return UNREAD
        first = days.first_day_is
        bench.leaned.add("days")
    first_day: Literal[0, 1] = 1 if first == "1" else 0
    if number is None or number < first_day or number > 36_500:
        bench.error("not-a-day", f"'{day}' is no number of a day", day.span, "write a number, such as on_day: 7")
        return UNREAD
    return OnDay(number, start, first_day)


def _at_next(meeting: Text, bench: Bench) -> AtNext:
    if meeting not in bench.names.meetings and not bench.is_broken("meetings", meeting):
        bench.report.unknown(
            "unknown-meeting", "meeting", meeting, bench.names.meetings, "introduce it under 'meetings'"
        )
    return AtNext(str(meeting))


def anchor(word: Text, bench: Bench, *, lengths: bool = False) -> str:
    """What a time runs from, or (`lengths`) a field that gives it."""
    if word in INSTANTS and not lengths:
        return str(word)
    parts = bench.triggers()
    if word == "trigger" and not lengths:
        if parts and not bench.unread and not any(isinstance(each, _STRETCHES) for each in parts):
            name = _name_of(parts[0])
            bench.error(
                "anchor-has-a-name",
                "'trigger' is for stretches and counts; the moment this rule waits for has a name",
                word.span,
                f"write {name}" if name else None,
            )
        return "trigger"
    if word in OF_TRIGGERS and not lengths:
        kind, written = OF_TRIGGERS[word]
        if not bench.unread and not any(isinstance(each, kind) for each in parts):
            bench.error("no-such-anchor", f"'{word}' needs the trigger {written}", word.span, _anchors_here(parts))
        return str(word)
    prefix, _, field = word.partition(".")
    wanted = {FactType.DATE, FactType.INSTANT} | ({FactType.LENGTH} if lengths else set())
    if prefix == "record" and field:
        if not any(isinstance(each, OnRecord) for each in parts):
            message = f"'{word}' needs the trigger {{recorded: ACTION}}"
            bench.error("no-such-anchor", message, word.span, FIELDS if lengths else _anchors_here(parts))
        return str(word)
    if prefix == "event" and field:
        type_ = event_field(word, field, bench)
    else:
        fact = bench.names.words.facts.get(canonical(word))
        type_ = fact.type if fact else None
        if fact is None and not bench.is_broken("facts", canonical(word)):
            known = [short(name) for name, each in bench.names.words.facts.items() if each.type in wanted]
            bench.report.unknown(
                "unknown-anchor",
                "instant",
                word,
                [*([] if lengths else [*INSTANTS, "trigger", *OF_TRIGGERS]), *known],
                FIELDS if lengths else _anchors_here(parts),
            )
    if type_ is not None and type_ not in wanted:
        bench.error(
            "not-an-instant",
            f"'{word}' is no {'date, time or length' if lengths else 'date or time'}: its type is {type_}",
            word.span,
            FIELDS if lengths else _anchors_here(parts),
        )
    return canonical(word)


def _name_of(part: Trigger) -> str | None:
    if isinstance(part, OnInstant):
        return "started" if part.which == "first_episode" else part.which
    return next((name for name, (kind, _) in OF_TRIGGERS.items() if isinstance(part, kind)), None)


def _anchors_here(parts: tuple[Trigger, ...]) -> str:
    own = [name for name, (kind, _) in OF_TRIGGERS.items() if any(isinstance(each, kind) for each in parts)]
    if any(isinstance(each, _STRETCHES) for each in parts):
        own.append("trigger")
    return f"here a time can run from {', '.join([*INSTANTS, *own])} or a date fact"


# --- what is shown beside ---------------------------------------------------------------------------------------------


def aim(form: forms.Deadline | forms.RepeatForm, bench: Bench) -> Note | None:
    if not isinstance(form, Noted) or form.aim is None:
        return None
    if words.deadline(form.aim) is None:
        bench.error("not-a-deadline", f"'{form.aim}' is no aim", form.aim.span, _near(form.aim, bench))
    return Note(form.aim.replace("_", " "))


def earlier_if(form: forms.Deadline | forms.RepeatForm, bench: Bench) -> Note | None:
    if not isinstance(form, Noted) or form.earlier_if is None:
        return None
    tests = {key: value for key, value in form.earlier_if.items() if key != "cite"}
    cite = next((value for key, value in form.earlier_if.items() if key == "cite"), None)
    if cite is None:
        bench.error(
            "uncited",
            "this earlier_if has no cite",
            place(form.earlier_if),
            "add cite, with the paragraph that asks for earlier action",
        )
        return None
    holds = condition(tests, bench)
    return Note(f"earlier if {_in_words(tests)}", holds, bench.citations(cited(cite, bench), "deadline"))


def _in_words(tree: Tree) -> str:
    """A condition as somebody reads it aloud."""
    if isinstance(tree, Text):
        return tree.replace("_", " ")
    if isinstance(tree, list):
        return " or ".join(_in_words(each) for each in tree)
    if not isinstance(tree, dict):
        return ""
    return " and ".join(
        _in_words(value) if key in ("any", "all") else f"{_in_words(key)}: {_in_words(value)}"
        for key, value in tree.items()
    )


# --- series -----------------------------------------------------------------------------------------------------------


def repeat(form: forms.RepeatForm, bench: Bench) -> Repeat | None:
    start: str | OnDay | AtTheSameTime
    if isinstance(form.of, NumberedDay):
        start = _on_day(form.of.on_day, form.of.of, form.of.first_day_is, bench)
    else:
        start = anchor(form.of, bench)
    phases: list[Phase] = []
    for number, each in enumerate(form.phases, 1):
        every = measured(each.every, bench)
        lasting = measured(each.for_, bench) if each.for_ is not None else None
        if each.for_ is None and number < len(form.phases):
            bench.error(
                "phase-without-end",
                "this phase never ends, so the next never begins",
                each.every.span,
                "add for: and how long it lasts",
            )
        if every:
            phases.append(Phase(every, lasting))
    if isinstance(start, AtTheSameTime) or len(phases) < len(form.phases):
        return None
    return Repeat(start, "schedule" if form.next_from == "schedule" else "last_held", tuple(phases))
