"""Deadlines and triggers on one scale: seconds after a moment, the least and the most that calendars make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import Length, Unit
from missingrules.domain.comparisons import Relation
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    EndOfPeriod,
    OnDay,
    SetBy,
    Within,
    Word,
)
from missingrules.domain.triggers import (
    EpisodesReach,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
    triggers_of,
)
from missingrules.engine.wording import trigger_text

if TYPE_CHECKING:
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.rules import Duty
    from missingrules.domain.triggers import Moment, Stretch

DAY: Final = 86_400
# Moments of an episode in the order in which they come.
IN_ORDER: Final = ("last_seen", "started", "reported", "located", "returned")
# Days that are no working days in a row: a weekend between two bank holidays, and a day more.
_MOST_CLOSED: Final = 5


class Timing(NamedTuple):
    """So long after a moment: between `low` and `high` seconds, as the calendar falls; None: the paper has no figure.

    `moment` is an instant of the episode, or another moment in words; `word`: how soon, where it is no figure.
    """

    moment: str
    low: int | None
    high: int | None
    word: str = ""


def starts(duty: Duty) -> Timing:
    """When a duty arises."""
    found = [_start(each) for each in triggers_of(duty.trigger)]
    if len(found) == 1:
        return found[0]
    if len({each.moment for each in found}) == 1 and all(each.low is not None for each in found):
        return min(found, key=lambda each: each.low or 0)
    return Timing(trigger_text(duty.trigger), 0, 0)


def _start(trigger: Moment | Stretch) -> Timing:
    match trigger:
        case OnInstant("first_episode") | WhileMissing():
            return Timing("started", 0, 0)
        case OnInstant(which):
            return Timing(which, 0, 0)
        case MissingFor(Length() as length):
            return Timing("started", *lasting(length))
        case EpisodesReach(_, counted):
            return Timing(counted.counted_by, 0, 0)
        case OnEvent(event):
            return Timing(f"event {event}", 0, 0)
        case OnRecord(action):
            return Timing(f"record {action}", 0, 0)
        case OnBirthday(age):
            return Timing(f"birthday {age}", 0, 0)
        case OnPeriod(every):
            return Timing(f"period {every}", 0, 0)
        case OnUndone(rule):
            return Timing(f"undone {rule}", 0, 0)
    return Timing(trigger_text(trigger), 0, 0)


def due(duty: Duty, deadline: Deadline | NotStated) -> Timing | None:
    """By when an act of a duty is due under one deadline; None: the paper does not say."""
    since = starts(duty)
    match deadline:
        case NotStated():
            return None
        case Within(length, anchor, same_day_counts):
            return _after(_anchored(since, anchor), span(length, same_day_counts=same_day_counts))
        case OnDay(day, anchor, first_day_is):
            days = day - first_day_is
            return _after(_anchored(since, anchor), (days * DAY, (days + 1) * DAY))
        case AtTheSameTime():
            return _after(since, (0, DAY))
        case Word():
            if deadline is Word.IMMEDIATELY:
                return since
            return Timing(since.moment, None, None, deadline.value)
        case Before(anchor):
            return Timing(f"before {anchor}", 0, 0)
        case AtNext(meeting):
            return Timing(f"the next {meeting}", 0, 0)
        case SetBy(fact):
            return Timing(f"as set in {fact}", 0, 0)
        case EndOfPeriod(every):
            return Timing(f"the end of the {every}", 0, 0)
    raise AssertionError(deadline)


def series_over(duty: Duty) -> Timing | None:
    """When the last stretch of a series is over; None where there is no series, or it goes on for ever."""
    if duty.repeat is None or duty.repeat.phases[-1].lasting is None:
        return None
    anchor, since = duty.repeat.anchor, starts(duty)
    if isinstance(anchor, OnDay):
        days = anchor.day - anchor.first_day_is
        begins = _after(_anchored(since, anchor.anchor), (days * DAY, (days + 1) * DAY))
    else:
        begins = _anchored(since, anchor)
    lengths = [span(phase.lasting) for phase in duty.repeat.phases if phase.lasting is not None]
    return _after(begins, (sum(each[0] for each in lengths), sum(each[1] for each in lengths)))


def _anchored(since: Timing, anchor: str) -> Timing:
    if anchor in IN_ORDER:
        return Timing(anchor, 0, 0)
    if anchor in ("trigger", "event", "record", "birthday", "undone"):
        return since
    return Timing(anchor, 0, 0)


def _after(since: Timing, more: tuple[int, int]) -> Timing:
    if since.low is None or since.high is None:
        return since
    return Timing(since.moment, since.low + more[0], since.high + more[1])


def lasting(length: Length) -> tuple[int, int]:
    """The least and the most seconds for which something has lasted that long; the hour of a clock change left out."""
    if length.unit in (Unit.DAY, Unit.WEEK):
        days = length.count * (7 if length.unit is Unit.WEEK else 1)
        return days * DAY, days * DAY
    return span(length)


def span(length: Length, *, same_day_counts: bool = False) -> tuple[int, int]:
    """The least and the most seconds until a deadline of this length, whenever it begins.

    Days, weeks and months end with their last date, so that one that begins at midnight lasts a day longer.
    """
    match length.unit:
        case Unit.MINUTE | Unit.HOUR:
            assert length.seconds is not None
            return length.seconds, length.seconds
        case Unit.DAY | Unit.WEEK:
            days = length.count * (7 if length.unit is Unit.WEEK else 1)
            return days * DAY, (days + 1) * DAY
        case Unit.WORKING_DAY:
            # Every five of them have a weekend at least, and bank holidays may come on top of it.
            count = length.count - same_day_counts
            weeks, rest = divmod(count, 5)
            return (count + 2 * weeks) * DAY, (count + 2 * weeks + (2 if rest else 0) + _MOST_CLOSED) * DAY
        case Unit.MONTH:
            months = length.count
            return (28 + 30 * (months - 1)) * DAY, 31 * months * DAY + DAY
        case Unit.YEAR:
            return 365 * length.count * DAY, 366 * length.count * DAY + DAY
    raise AssertionError(length)


def compare(first: Timing | None, second: Timing | None) -> Relation:
    """What the first says beside the second: earlier is stricter, whatever the calendar makes of the two."""
    if first is None or second is None:
        return _silent(first is None, second is None)
    if first == second:
        return Relation.SAME
    order = _order(first.moment, second.moment)
    if order is None or first.low is None or second.low is None:
        # No figure beside a figure, or two moments of which nobody knows which comes first.
        at_once = order is not None and order <= 0 and first.high == 0 and second.low is None
        other = order is not None and order >= 0 and second.high == 0 and first.low is None
        return Relation.STRICTER if at_once else Relation.LOOSER if other else Relation.DIFFERENT
    assert first.high is not None
    assert second.high is not None
    if order <= 0 and first.high <= second.low:
        return Relation.STRICTER
    if order >= 0 and second.high <= first.low:
        return Relation.LOOSER
    if order == 0 and first.low == second.low and first.high == second.high:
        return Relation.SAME
    return Relation.DIFFERENT


def _silent(first: bool, second: bool) -> Relation:
    if first and second:
        return Relation.SAME
    return Relation.SILENT_FIRST if first else Relation.SILENT_SECOND


def _order(one: str, other: str) -> int | None:
    """Below 0 where the first moment never comes after the second; None where that is not known."""
    if one == other:
        return 0
    if one in IN_ORDER and other in IN_ORDER:
        return IN_ORDER.index(one) - IN_ORDER.index(other)
    return None
