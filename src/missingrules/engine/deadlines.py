"""By when: a deadline read at an instant, and read again whenever a fact changes while the duty is open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain import rules
from missingrules.domain.clock import DAY, FOREVER, Instant, Length
from missingrules.domain.rules import (
    NOT_STATED,
    AtNext,
    AtTheSameTime,
    Before,
    DeadlineRows,
    OnDay,
    SetBy,
    Within,
    Word,
)
from missingrules.engine.wording import condition_text

if TYPE_CHECKING:
    from missingrules.domain.rules import Citations, Deadline, NotStated
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing
    from missingrules.engine.places import Place


class Due(NamedTuple):
    """A due instant, or the earliest and the latest while facts leave it open. FOREVER: no instant."""

    low: Instant
    high: Instant
    basis: str
    citations: Citations = ()

    @property
    def open(self) -> bool:
        return self.low != self.high


OF_TRIGGER = ("trigger", "birthday", "undone")
NONE = Due(FOREVER, FOREVER, "not stated")


def due_at(reader: Reader, deadline: Deadline | NotStated, firing: Firing, closes: Instant) -> Due:
    """The due instant of a firing as it stands at `closes`: the earliest of all readings so far.

    What a reading at instant u gives counts as the later of itself and u; readings while facts were unknown do not
    count once they are known.
    """
    if deadline is NOT_STATED:
        return NONE
    start = firing.trigger if firing.state != "fired" else firing.fired
    best = first = _read(reader, deadline, firing, start)
    if isinstance(deadline, (Word, AtNext, AtTheSameTime)):
        return best
    best = _not_before(best, start)
    if isinstance(deadline, Within) and best.low != FOREVER and "." not in deadline.anchor:
        # Nothing that it reads can change any more.
        return best
    known = None if best.open else best
    current, raw = best, first
    for u in _moves(reader, deadline, firing, start, closes):
        now = _read(reader, deadline, firing, u)
        if now.open and now == raw:
            # Still open in the same way: nothing moves back because time has passed.
            continue
        raw, current = now, _not_before(now, u)
        if not current.open and (known is None or current.low < known.low):
            known = current
    if current.open:
        if known is None:
            return current
        return Due(min(known.low, current.low), min(known.low, current.high), current.basis, current.citations)
    return known or current


def _not_before(due: Due, start: Instant) -> Due:
    if due.low >= start and due.high >= start:
        return due
    return due._replace(low=max(due.low, start), high=max(due.high, start))


def _moves(
    reader: Reader, deadline: Deadline | NotStated, firing: Firing, start: Instant, closes: Instant
) -> list[Instant]:
    """The instants after `start`, up to `closes`, at which the deadline may read otherwise."""
    found: set[Instant] = set()
    _collect(reader, deadline, firing.place, found)
    return sorted(u for u in found if start < u <= closes)


def _collect(reader: Reader, deadline: Deadline | NotStated, place: Place, found: set[Instant]) -> None:
    if isinstance(deadline, DeadlineRows):
        for row in deadline.rows:
            if not deadline.at_firing:
                found.update(reader.truth(row.condition, place).times)
            _collect(reader, row.deadline, place, found)
    elif isinstance(deadline, SetBy):
        found.update(reader.fact(deadline.fact, place).times)
    elif isinstance(deadline, (Within, Before, OnDay)):
        when = place.episode.instant(deadline.anchor) if place.episode else None
        if when is not None:
            found.add(when)
        elif deadline.anchor.startswith(("child.", "episode.", "plan.")):
            found.update(reader.fact(deadline.anchor, place).times)


def _read(reader: Reader, deadline: Deadline | NotStated, firing: Firing, u: Instant) -> Due:
    """What the deadline gives when it is read at `u`."""
    if isinstance(deadline, DeadlineRows):
        return _rows(reader, deadline, firing, firing.fired if deadline.at_firing else u)
    if isinstance(deadline, rules.NotStated):
        return NONE
    clock = reader.clock
    when: Instant | None = None
    match deadline:
        case Within(length, anchor, same_day_counts):
            at = anchor_at(reader, anchor, firing, u)
            if at is not None:
                start = clock.midnight(at) if isinstance(at, date) else at
                when = clock.deadline(start, length, same_day_counts=same_day_counts)
        case OnDay(day, anchor, first_day_is):
            # The trigger's own date is numbered from, not that of the arising.
            at = firing.began if anchor in OF_TRIGGER else anchor_at(reader, anchor, firing, u)
            if at is not None:
                on = at if isinstance(at, date) else clock.date_of(at)
                when = clock.end_of(on + DAY * (day - first_day_is))
        case Before(anchor):
            at = anchor_at(reader, anchor, firing, u)
            if at is not None:
                when = clock.end_of(at - DAY) if isinstance(at, date) else Instant(at - 1)
        case AtNext(meeting):
            dates = reader.seen.meetings.get(meeting, ())
            when = next((d for d in dates if d > firing.trigger), None)
        case SetBy(fact):
            value = reader.fact(fact, firing.place).at(u)
            if isinstance(value, Length):
                when = clock.deadline(firing.trigger, value)
            elif value is not None:
                when = clock.end_of(value) if isinstance(value, date) else value
        case AtTheSameTime():
            when = clock.end_of(clock.date_of(firing.trigger))
        case Word():
            pass
    return Due(when or FOREVER, when or FOREVER, basis(deadline))


def _rows(reader: Reader, rows: DeadlineRows, firing: Firing, u: Instant) -> Due:
    """The first row that is true, all before it false; with unknown rows before it all that are still possible."""
    possible: list[Due] = []
    for row in rows.rows:
        holds = reader.truth(row.condition, firing.place).at(u)
        if holds is False:
            continue
        due = _read(reader, row.deadline, firing, u)
        why = condition_text(row.condition)
        possible.append(due._replace(basis=f"{due.basis} ({why})" if why else due.basis, citations=row.citations))
        if holds:
            break
    if not possible:
        return NONE
    if len(possible) == 1:
        return possible[0]
    # Every possible row is cited while it is open which one holds.
    return Due(
        min(d.low for d in possible),
        max(d.high for d in possible),
        "; or ".join(dict.fromkeys(d.basis for d in possible)),
        tuple(dict.fromkeys(c for d in possible for c in d.citations)),
    )


def anchor_at(reader: Reader, anchor: str, firing: Firing, u: Instant) -> Instant | date | None:
    """The instant or date of an anchor as it is known at `u`; None while it has not happened."""
    if anchor in OF_TRIGGER:
        return firing.trigger
    happening = firing.place.happening
    if anchor in ("event", "record"):
        return happening.at if happening else None
    if "." in anchor:
        value: Any = reader.fact(anchor, firing.place).at(u)
        if isinstance(value, date):
            return value
        return Instant(value) if isinstance(value, int) else None
    episode = firing.place.episode
    when = episode.instant(anchor) if episode else None
    return None if when is None or when > u else when


def basis(deadline: Deadline) -> str:
    """The deadline in words."""
    match deadline:
        case Within(length, anchor):
            return f"within {length} of {anchor}"
        case OnDay(day, anchor):
            return f"on day {day} of {anchor}"
        case Before(anchor):
            return f"before {anchor}"
        case AtNext(meeting):
            return f"at the next {meeting}"
        case SetBy(fact):
            return f"as {fact} sets"
        case AtTheSameTime():
            return "at the same time"
        case Word():
            return deadline.value.replace("_", " ")
        case _:
            return "not stated"
