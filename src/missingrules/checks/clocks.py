"""Deadlines that no clock reaches: from a moment that does not come, after the duty's end, before it begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from missingrules.checks.frame import Finding
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import Length
from missingrules.domain.deadlines import Before, DeadlineRows, OnDay, SetBy, Within
from missingrules.domain.rules import Duty, UntilInstant
from missingrules.domain.triggers import (
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    triggers_of,
)
from missingrules.logic.said import LENGTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.citations import NotStated
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.triggers import Moment, Stretch

LENGTH: Final = re.compile(r"\b([0-9]+) ((?:working )?(?:minute|hour|day|week|month|year)s?)\b")
COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)
# The moments of an episode, which what belongs to no episode cannot have.
OF_EPISODES: Final = ("started", "last_seen", "reported", "located", "returned")
_OWN: Final[dict[str, type]] = {"event": OnEvent, "record": OnRecord, "birthday": OnBirthday, "undone": OnUndone}
_MOMENTS: Final = {"first_episode": "the first episode"}


def without_a_clock(subject: Subject) -> Iterator[Finding]:
    """A time that runs from what one of the rule's triggers cannot have."""
    for duty in _duties(subject):
        anchors = list(_anchors(duty.deadline))
        if duty.repeat is not None:
            start = duty.repeat.anchor
            anchors.append(start.anchor if isinstance(start, OnDay) else start)
        for anchor in anchors:
            lacking = [each for each in triggers_of(duty.trigger) if not _has(each, anchor)]
            if lacking:
                message = f"this runs from '{anchor}', and there is none where {_told(lacking[0])} sets the rule off"
                hint = "name a moment that is always there, or make a rule of each trigger"
                yield Finding(message, subject.where.key(duty.id, "deadline", "repeat"), hint)


def after_the_end(subject: Subject) -> Iterator[Finding]:
    """A time that runs from the moment at which the duty ends, so that it is never due."""
    for duty in _duties(subject):
        ends = {each.which for each in duty.until if isinstance(each, UntilInstant)}
        for anchor in _anchors(duty.deadline):
            if anchor in ends:
                message = f"this runs from '{anchor}', at which the duty has ended already: it is never due"
                hint = "leave that out of 'until', or let the time run from another moment"
                yield Finding(message, subject.where.key(duty.id, "deadline"), hint)


def before_it_begins(subject: Subject) -> Iterator[Finding]:
    """A time from the start that is over before the child has been missing for as long as the trigger asks."""
    for duty in _duties(subject):
        waits = [
            each.length
            for each in triggers_of(duty.trigger)
            if isinstance(each, MissingFor) and isinstance(each.length, Length)
        ]
        for time in _times(duty.deadline):
            if isinstance(time, Within) and time.anchor == "started" and waits:
                shortest = min(waits, key=_seconds)
                if _seconds(time.length) < _seconds(shortest):
                    message = (
                        f"within {time.length} of started is over before the child has been missing for {shortest}: "
                        "the duty is overdue when it begins"
                    )
                    hint = f"write within {time.length} of trigger, or trigger: started"
                    yield Finding(message, subject.where.key(duty.id, "deadline"), hint)


def waits_without_deadline(subject: Subject) -> Iterator[Finding]:
    """A duty that begins after a length of time and has no deadline, though its paragraph has another length."""
    waiting = []
    for duty in _duties(subject):
        waits = [each.length for each in triggers_of(duty.trigger) if isinstance(each, MissingFor)]
        if waits and duty.deadline is NOT_STATED and duty.repeat is None:
            waiting.append((duty, waits))
    if not waiting:
        return
    figures = {
        (ledger.document, paragraph.ref): {figure for figure in paragraph.figures if " " in figure}
        for ledger in subject.ledgers.values()
        for paragraph in ledger.paragraphs
        if paragraph.figures
    }
    said = _lengths(subject)
    for duty, waits in waiting:
        cited = {f for c in duty.citations for f in figures.get((c.document, c.paragraph), ())}
        if left := sorted(cited - said):
            message = (
                f"this begins {waits[0]} after the start and has no deadline of its own, "
                f"and a paragraph that it cites has {' and '.join(left)}"
            )
            hint = "if that is by when, write it as the deadline; if it is another matter, accept it under 'accepts'"
            yield Finding(message, subject.where.key(duty.id, "trigger"), hint)


def _lengths(subject: Subject) -> set[str]:
    """Every length that the file has: what other rules take of a paragraph is no deadline of this one."""
    text = COMMENT.sub("", subject.root.page.source.text)
    return {f"{number} {unit}" for number, unit in LENGTH.findall(text)}


def _duties(subject: Subject) -> Iterator[Duty]:
    for variant in subject.variants:
        for provision in variant.provisions:
            if isinstance(provision, Duty):
                yield provision


def _times(deadline: Deadline | NotStated) -> Iterator[Deadline | NotStated]:
    if isinstance(deadline, DeadlineRows):
        for row in deadline.rows:
            yield from _times(row.deadline)
    else:
        yield deadline


def _anchors(deadline: Deadline | NotStated) -> Iterator[str]:
    for time in _times(deadline):
        if isinstance(time, Within | OnDay | Before):
            yield time.anchor
        elif isinstance(time, SetBy):
            yield time.fact


def _has(trigger: Moment | Stretch, anchor: str) -> bool:
    """Whether what sets the rule off in this way has the moment from which the time runs."""
    if anchor in OF_EPISODES:
        return not isinstance(trigger, OnPeriod | OnBirthday)
    own = _OWN.get(anchor.partition(".")[0])
    return own is None or isinstance(trigger, own)


def _told(trigger: Moment | Stretch) -> str:
    match trigger:
        case OnInstant(which):
            return _MOMENTS.get(which, f"'{which}'")
        case OnEvent(event):
            return f"the event '{event}'"
        case OnRecord(action):
            return f"a record of '{action}'"
        case OnBirthday(age):
            return f"the birthday at {age}"
        case OnPeriod():
            return "the calendar"
        case OnUndone(rule):
            return f"'{rule}' left undone"
    return "a stretch of time"


def _seconds(length: Length) -> int:
    return length.count * LENGTHS[length.unit]
