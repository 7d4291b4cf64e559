"""How an obligation stands at an instant: status, due, people; and when time alone will change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.obligations import Status
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Modality
from missingrules.engine.people import Settled, people

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.people import WhoEver
    from missingrules.domain.rules import Duty
    from missingrules.engine.deadlines import Due
    from missingrules.engine.facts import Reader
    from missingrules.engine.owed import Instance
    from missingrules.engine.places import Place
    from missingrules.engine.tracks import Track, Truth

# Named once: a member of an enumeration is slow to reach.
NOT_DECIDABLE, UPCOMING, MET, MET_LATE, CEASED, MISSED, AVAILABLE, DUE, OVERDUE = Status
MAY = Modality.MAY
CLOSED = (MET, MET_LATE, CEASED, MISSED)


class Who(NamedTuple):
    """The people of an obligation, each part settled, and the paragraphs of the rows that settled them."""

    by: Settled
    chair: Settled
    attend: Settled
    to: Settled
    with_: Settled
    citations: Citations


def standing(reader: Reader, duty: Duty, instance: Instance, as_of: Instant) -> tuple[Due, Status]:
    """How the obligation stands at `as_of` with what has been recorded so far."""
    due = instance.due(reader, duty, read_at(instance, as_of))
    return due, status_of(duty, instance, due, as_of)


def people_of(reader: Reader, duty: Duty, instance: Instance, as_of: Instant) -> Who:
    """Its people as things stand at `as_of`, at its closing, or at its firing still to come."""
    return _who(reader, duty, instance, read_at(instance, as_of))


def read_at(instance: Instance, as_of: Instant) -> Instant:
    trigger = instance.firing.trigger
    return trigger if trigger > as_of else closed_at(instance, as_of)


def closed_at(instance: Instance, as_of: Instant) -> Instant:
    """Until when it is read: its discharge, its end, or `as_of`."""
    return min(instance.closes, as_of) if instance.discharged is None else instance.discharged


def status_of(duty: Duty, instance: Instance, due: Due, as_of: Instant) -> Status:
    """The first of meaning.md's list that applies."""
    firing = instance.firing
    if firing.state != "fired":
        if firing.state == "undecided":
            return NOT_DECIDABLE
        if firing.trigger > as_of:
            return UPCOMING
    if instance.discharged is not None:
        if instance.discharged <= due.low:
            return MET
        # A record before it may have been the one.
        first = instance.discharged if instance.open_act is None else instance.open_act.at
        return MET_LATE if first > due.high else NOT_DECIDABLE
    if instance.open_act is not None:
        return NOT_DECIDABLE
    if instance.closes <= as_of:
        return _ended(instance, due)
    return open_status(due, instance.closes_maybe, as_of, may=duty.modality is MAY)


def open_status(due: Due, closes_maybe: Instant, as_of: Instant, *, may: bool) -> Status:
    """Of one that fired, is not discharged and has not ended for certain."""
    if closes_maybe <= as_of:
        return NOT_DECIDABLE
    if may:
        return AVAILABLE
    if as_of > due.high:
        return OVERDUE
    return NOT_DECIDABLE if due.low < as_of and due.low != due.high else DUE


def _ended(instance: Instance, due: Due) -> Status:
    if instance.superseded:
        return MISSED if instance.closes_maybe == instance.closes else NOT_DECIDABLE
    if instance.doubtful:
        return NOT_DECIDABLE
    return ended_status(due, instance.closes, instance.closes_maybe)


def ended_status(due: Due, closes: Instant, closes_maybe: Instant) -> Status:
    """Of one that ended undone, by its `until` or an exception."""
    if closes <= due.low:
        return CEASED
    return MISSED if closes_maybe > due.high else NOT_DECIDABLE


def _who(reader: Reader, duty: Duty, instance: Instance, at: Instant) -> Who:
    place, fired = instance.firing.place, instance.firing.fired
    found = [people(reader, who, place, at, fired) for who in parts(duty)]
    citations = tuple(c for _, cited in found for c in cited)
    by, chair, attend, to, with_ = (who for who, _ in found)
    return Who(by, chair, attend, to, with_, citations)


def parts(duty: Duty) -> tuple[WhoEver | None, ...]:
    return duty.by, duty.chair, duty.attend, duty.to, duty.with_


def next_change(reader: Reader, duty: Duty, instance: Instance, as_of: Instant) -> Instant:
    """The first instant at which time alone changes how it stands; FOREVER if never."""
    firing = instance.firing
    if firing.trigger > as_of:
        return firing.trigger
    due, status = standing(reader, duty, instance, as_of)
    if status in CLOSED:
        return FOREVER
    if firing.state == "undecided":
        guard = reader.guard(duty.guard, firing.place)
        known = guard.first(lambda value: value is not None, Instant(as_of + 1))
        return FOREVER if known is None or known > instance.closes else known
    candidates = {Instant(due.low + 1), Instant(due.high + 1), instance.closes, instance.closes_maybe}
    candidates.update(t for track in _tracks(reader, duty, firing.place) for t in track.times)
    who = people_of(reader, duty, instance, as_of)
    for when in sorted(c for c in candidates if as_of < c < FOREVER):
        then, how = standing(reader, duty, instance, when)
        if (how, then.low, then.high) != (status, due.low, due.high):
            return when
        if people_of(reader, duty, instance, when) != who:
            return when
    return FOREVER


def _tracks(reader: Reader, duty: Duty, place: Place) -> list[Track[Truth]]:
    """Every condition on which its people or its deadline hang."""
    out = [reader.truth(row.condition, place) for who in parts(duty) if isinstance(who, PeopleRows) for row in who.rows]
    return out + _of_deadline(reader, duty.deadline, place)


def _of_deadline(reader: Reader, deadline: Deadline | NotStated, place: Place) -> list[Track[Truth]]:
    if not isinstance(deadline, DeadlineRows):
        return []
    out = [reader.truth(row.condition, place) for row in deadline.rows]
    for row in deadline.rows:
        out += _of_deadline(reader, row.deadline, place)
    return out
