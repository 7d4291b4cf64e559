"""By when: a deadline read at an instant, and read again whenever a fact changes while the duty is open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain import citations
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import DAY, FOREVER, WEEKDAYS, Instant, Length
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    DeadlineRows,
    EndOfPeriod,
    OnDay,
    SetBy,
    Within,
    Word,
)
from missingrules.engine.wording import condition_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.conditions import Condition
    from missingrules.domain.deadlines import Deadline
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing
    from missingrules.engine.places import Place


class Said(NamedTuple):
    """A deadline, or the interval of a series, and the conditions of the rows in which it stands."""

    deadline: Deadline | NotStated | Length
    rows: tuple[Condition, ...] = ()

    def text(self) -> str:
        said = f"every {self.deadline}" if isinstance(self.deadline, Length) else basis(self.deadline)
        return " ".join((said, *(f"({why})" for row in self.rows if (why := condition_text(row)))))


class Due(NamedTuple):
    """A due instant, or the earliest and the latest while facts leave it open. FOREVER: no instant."""

    low: Instant
    high: Instant
    said: tuple[Said, ...]
    citations: Citations = ()

    @property
    def open(self) -> bool:
        return self.low != self.high

    @property
    def basis(self) -> str:
        """The deadline in words."""
        return "; or ".join(dict.fromkeys(said.text() for said in self.said))


# The row, and in it the row of its own rows.
Path = tuple[int, ...]

OF_TRIGGER = ("trigger", "birthday", "undone")
NONE = Due(FOREVER, FOREVER, (Said(NOT_STATED),))


def due_at(reader: Reader, deadline: Deadline | NotStated, firing: Firing, closes: Instant) -> Due:
    """The due instant of a firing as it stands at `closes`: the earliest of all readings so far.

    What a reading at instant u gives counts as the later of itself and u. While it is open which row holds, each row
    keeps the earliest that it has given; once that is known, what the others gave does not count.
    """
    if deadline is NOT_STATED:
        return NONE
    start = firing.trigger if firing.state != "fired" else firing.fired
    if isinstance(deadline, Within) and deadline.length.seconds is not None:
        # The commonest first: elapsed time from what can no longer change.
        at = anchor_at(reader, deadline.anchor, firing, start)
        if isinstance(at, int):
            when = Instant(max(at + deadline.length.seconds, start))
            if "." not in deadline.anchor:
                return Due(when, when, (Said(deadline),))
    if not isinstance(deadline, DeadlineRows):
        best = _read(reader, deadline, firing, start)
        settled = isinstance(deadline, Within) and best.low != FOREVER and "." not in deadline.anchor
        if settled or isinstance(deadline, (Word, AtNext, EndOfPeriod, AtTheSameTime)):
            # Nothing that it reads can change any more.
            return _not_before(best, start)
    known: Due | None = None
    still: dict[Path, Due] = {}
    for u in (start, *_moves(reader, deadline, firing, start, closes)):
        rows = _possible(reader, deadline, firing, u)
        given = {path: _not_before(due, u) for path, due in rows.items()}
        if len({due.low for due in rows.values()}) == 1:
            found = _together(given.values())
            known, still = found if known is None or found.low < known.low else known, {}
        else:
            still = {p: due if p not in still else min(still[p], due, key=_low) for p, due in given.items()}
    if not still:
        return known or NONE
    found = _together(still.values())
    if known is None:
        return found
    return found._replace(low=min(known.low, found.low), high=min(known.low, found.high))


def _low(due: Due) -> Instant:
    return due.low


def _together(possible: Collection[Due]) -> Due:
    """One of several: the earliest and the latest, and every paragraph while it is open which row holds."""
    if len(possible) == 1:
        return next(iter(possible))
    return Due(
        min(due.low for due in possible),
        max(due.high for due in possible),
        tuple(dict.fromkeys(said for due in possible for said in due.said)),
        tuple(dict.fromkeys(c for due in possible for c in due.citations)),
    )


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


def _possible(reader: Reader, deadline: Deadline | NotStated, firing: Firing, u: Instant) -> dict[Path, Due]:
    """What the deadline may give when it is read at `u`: by row where it has rows, of which several may hold."""
    if not isinstance(deadline, DeadlineRows):
        return {(): _read(reader, deadline, firing, u)}
    found: dict[Path, Due] = {}
    for number, row in enumerate(deadline.rows):
        holds = reader.truth(row.condition, firing.place).at(firing.fired if deadline.at_firing else u)
        if holds is False:
            continue
        for path, due in _possible(reader, row.deadline, firing, u).items():
            said = tuple(Said(one.deadline, (*one.rows, row.condition)) for one in due.said)
            found[number, *path] = Due(due.low, due.high, said, row.citations)
        if holds:
            break
    return found or {(): NONE}


def _read(reader: Reader, deadline: Deadline | NotStated, firing: Firing, u: Instant) -> Due:
    """What a deadline without rows gives when it is read at `u`."""
    if isinstance(deadline, citations.NotStated):
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
        case EndOfPeriod(every):
            period = next(clock.periods(every, clock.date_of(firing.trigger)))
            when = clock.end_of(period.last)
        case AtTheSameTime():
            when = clock.end_of(clock.date_of(firing.trigger))
        case Word():
            pass
    return Due(when or FOREVER, when or FOREVER, (Said(deadline),))


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


def basis(deadline: Deadline | NotStated) -> str:
    """The deadline in words."""
    match deadline:
        case Within(length, anchor):
            return f"within {length} of {anchor}"
        case OnDay(day, anchor):
            return f"on day {day} of {anchor}"
        case Before(anchor):
            return f"before {anchor}"
        case AtNext(meeting):
            return f"at the next {meeting.replace('_', ' ')}"
        case SetBy(fact):
            return f"as {fact} sets"
        case EndOfPeriod(every):
            return "by the end of the " + ("day" if every.split()[0] in WEEKDAYS else every.replace("_", " "))
        case AtTheSameTime():
            return "at the same time"
        case Word():
            return deadline.value.replace("_", " ")
        case _:
            return "not stated"
