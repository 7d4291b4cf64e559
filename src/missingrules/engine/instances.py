"""Obligations in the making: each firing, or each occurrence of a series, with its end and what discharged it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.deadlines import OnDay, Phase, Repeat
from missingrules.engine.deadlines import Due, Said, anchor_at
from missingrules.engine.discharge import give, of_subject
from missingrules.engine.firing import Firing, lifted, numbered_day
from missingrules.engine.owed import End, Instance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from missingrules.domain.clock import Clock
    from missingrules.domain.rules import Duty
    from missingrules.engine.discharge import Given
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import State


def periods_over(clock: Clock, every: str, firings: Sequence[Firing]) -> Iterator[Instant]:
    """Of each firing of the calendar when its period's time is over: when the next but one begins."""
    first, last = (clock.date_of(firings[n].began) for n in (0, -1))
    begins: list[date] = []
    for period in clock.periods(every, first):
        begins.append(period.first)
        if len(begins) > 2 and begins[-3] >= last:
            break
    over = {begun: clock.midnight(then) for begun, then in zip(begins, begins[2:], strict=False)}
    return (over[clock.date_of(firing.began)] for firing in firings)


def missed_at(end: End, over: Instant) -> End:
    """One still undone when its time is over is missed."""
    if over > end.certain:
        return end
    maybe = min(end.maybe, over)
    return End(over, maybe, True, end.doubtful and maybe < over)


# --- series -----------------------------------------------------------------------------------------------------------


class Slot(NamedTuple):
    number: int
    opens: Instant
    due: Instant
    every: Phase


def series(reader: Reader, duty: Duty, firing: Firing, end: End, first: int, given: Given) -> list[Instance]:
    """The occurrences of a repeating duty that opened, and the next one that has not. Numbers go on from `first`."""
    repeat = duty.repeat
    assert repeat is not None
    if firing.state == "undecided":
        owed = _first_owed(reader, repeat, firing)
        slot = owed._replace(number=first + owed.number - 1, opens=max(owed.opens, firing.trigger))
        return [_occurrence(reader, duty, firing, end, slot, "undecided")] if slot.opens <= end.certain else []
    if repeat.next_from == "last_held":
        return list(_held(reader, duty, repeat, firing, end, first, given))
    return list(_scheduled(reader, duty, repeat, firing, end, first))


def _first_owed(reader: Reader, repeat: Repeat, firing: Firing) -> Slot:
    """The first occurrence that would be owed, were the firing decided; due at no instant while its anchor is none."""
    nothing = Slot(1, firing.trigger, FOREVER, repeat.phases[0])
    if repeat.next_from == "schedule":
        return next((s for s in _slots(reader, repeat, firing, 1) if s.due >= firing.fired), nothing)
    anchor = _anchor(reader, repeat, firing)
    if anchor is None:
        return nothing
    base, opens = anchor
    number = 1
    while (phase := _phase_at(reader, repeat, base, opens)) is not None:
        due = reader.clock.deadline(base if number == 1 and phase.every.seconds is None else opens, phase.every)
        if due >= firing.fired:
            return Slot(number, opens, due, phase)
        opens, number = Instant(due + 1), number + 1
    return nothing


def _anchor(reader: Reader, repeat: Repeat, firing: Firing) -> tuple[Instant, Instant] | None:
    """From where intervals are reckoned, and where the first occurrence opens."""
    if isinstance(repeat.anchor, OnDay):
        on = repeat.anchor
        at = anchor_at(reader, on.anchor, firing, reader.seen.as_of)
        if not isinstance(at, int):
            return None
        day = numbered_day(reader, at, on)
        return day, Instant(reader.clock.end_of(reader.clock.date_of(day)) + 1)
    at = anchor_at(reader, repeat.anchor, firing, max(reader.seen.as_of, firing.trigger))
    return (at, at) if isinstance(at, int) else None


def _slots(reader: Reader, repeat: Repeat, firing: Firing, first: int) -> Iterator[Slot]:
    """Every occurrence by schedule, without end where the last phase has none."""
    anchor = _anchor(reader, repeat, firing)
    if anchor is None:
        return
    base, opens = anchor
    number, clock = first, reader.clock
    for phase in repeat.phases:
        over = clock.after(base, phase.lasting) if phase.lasting else FOREVER
        last = clock.deadline(base, phase.lasting) if phase.lasting else FOREVER
        count = 1
        # Elapsed time from a numbered day runs from when it is over; a later phase is reckoned from where it begins.
        start = max(base, opens) if phase.every.seconds is not None and number == first else base
        while (due := clock.deadline(start, phase.every.times(count))) <= last:
            yield Slot(number, opens, due, phase)
            opens, number, count = Instant(due + 1), number + 1, count + 1
        base = over


def _scheduled(reader: Reader, duty: Duty, repeat: Repeat, firing: Firing, end: End, first: int) -> Iterator[Instance]:
    as_of = reader.seen.as_of
    guard = reader.at_opening(duty.guard, firing.place)
    waiting: list[tuple[Slot, Instance | None]] = []
    for slot in _slots(reader, repeat, firing, first):
        opens = max(slot.opens, firing.fired)
        if slot.due < firing.fired:
            continue
        if opens > end.certain:
            break
        holds = guard.at(opens)
        if len(waiting) > 1:
            # One still undone when the next but one opens is missed.
            earlier = waiting[-2][1]
            if earlier and opens <= earlier.closes:
                earlier.closes, earlier.superseded = opens, True
                earlier.closes_maybe = min(earlier.closes_maybe, opens)
        instance = None
        if holds is not False:
            state: State = "undecided" if holds is None else "future" if opens > as_of else "fired"
            instance = _occurrence(reader, duty, firing, end, slot._replace(opens=opens), state)
            yield instance
        waiting.append((slot, instance))
        if opens > as_of and (instance or guard.first(lambda value: value is not False, opens) is None):
            return


def _held(
    reader: Reader, duty: Duty, repeat: Repeat, firing: Firing, end: End, first: int, given: Given
) -> Iterator[Instance]:
    anchor = _anchor(reader, repeat, firing)
    if anchor is None:
        return
    base, opens = anchor
    as_of, clock = reader.seen.as_of, reader.clock
    guard = reader.at_opening(duty.guard, firing.place)
    left = list(of_subject(given, firing.place.episode))
    number = first
    while True:
        phase = _phase_at(reader, repeat, base, opens)
        if phase is None or opens > end.certain:
            return
        due = clock.deadline(base if number == first and phase.every.seconds is None else opens, phase.every)
        begins = max(opens, firing.fired)
        holds = guard.at(begins)
        if due < firing.fired or holds is False:
            if begins > as_of and guard.first(lambda value: value is not False, begins) is None:
                return
            opens, number = Instant(due + 1), number + 1
            continue
        state: State = "undecided" if holds is None else "future" if begins > as_of else "fired"
        instance = _occurrence(reader, duty, firing, end, Slot(number, begins, due, phase), state)
        yield instance
        if state != "fired":
            return
        while left and instance.discharged is None:
            give(reader, duty, [instance], left.pop(0), given.doubtful)
        if instance.discharged is None:
            if instance.open_act is not None:
                yield from _perhaps(reader, duty, repeat, firing, end, base, number + 1, instance.open_act.at)
            return
        opens, number = instance.discharged, number + 1


def _perhaps(
    reader: Reader,
    duty: Duty,
    repeat: Repeat,
    firing: Firing,
    end: End,
    base: Instant,
    number: int,
    opens: Instant,
) -> Iterator[Instance]:
    """The occurrence that is open if a doubtful record did discharge the one before it."""
    phase = _phase_at(reader, repeat, base, opens)
    if phase is None or opens > end.certain or reader.at_opening(duty.guard, firing.place).at(opens) is False:
        return
    due = reader.clock.deadline(opens, phase.every)
    yield _occurrence(reader, duty, firing, end, Slot(number, opens, due, phase), "undecided")


def _phase_at(reader: Reader, repeat: Repeat, base: Instant, opens: Instant) -> Phase | None:
    for phase in repeat.phases:
        if phase.lasting is None:
            return phase
        if opens <= reader.clock.deadline(base, phase.lasting):
            return phase
        base = reader.clock.after(base, phase.lasting)
    return None


def _occurrence(reader: Reader, duty: Duty, firing: Firing, end: End, slot: Slot, state: State) -> Instance:
    number = str(slot.number)
    own = firing._replace(
        trigger=slot.opens,
        fired=slot.opens,
        state=state,
        occurrence=number,
        ending=f"{firing.subject}/{number}",
    )
    due = Due(slot.due, slot.due, (Said(slot.every.every),))
    # An exception ends the occurrence that is open; later openings read the guard again.
    lifts = lifted(reader, duty, firing.place, slot.opens) if duty.guard.unless else FOREVER
    superseded = end.superseded and end.certain <= lifts
    return Instance(
        own,
        own.occurrence,
        slot.opens,
        min(end.certain, lifts),
        min(end.maybe, lifts),
        superseded,
        end.doubtful,
        fixed=due,
    )
