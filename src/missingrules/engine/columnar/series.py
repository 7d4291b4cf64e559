"""Series of obligations: engine/instances.py over columns. Firings go through their occurrences in rounds, together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.deadlines import OnDay
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, place_in_group, starts_of
from missingrules.engine.columnar.deadlines import anchor_of
from missingrules.engine.columnar.discharge import Giving, State, pairs_of
from missingrules.engine.columnar.firing import FIRED, FUTURE, UNDECIDED, Firings, lifted, numbered_day
from missingrules.engine.columnar.owed import End, Instances
from missingrules.engine.columnar.points import Unspoken
from missingrules.engine.columnar.search import Opens, first

if TYPE_CHECKING:
    from missingrules.domain.deadlines import Repeat
    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.arrays import I8, I64, Bools
    from missingrules.engine.columnar.discharge import Given
    from missingrules.engine.columnar.world import World


class Slots(NamedTuple):
    """Occurrences: of which firing, their number, when they open and are due, and how they stand."""

    of: I64
    number: I64
    opens: I64
    due: I64
    state: I8
    closes: I64
    closes_maybe: I64
    superseded: Bools
    discharged: I64
    open_act: I64
    open_row: I64


def series(world: World, duty: Duty, found: Firings, end: End, given: Given | None) -> Instances:
    """The occurrences of a repeating duty that opened, and the next one that has not; numbered on within a subject."""
    turn = place_in_group(found.subjects)
    groups = np.cumsum(np.concatenate(([0], found.subjects[1:] != found.subjects[:-1]))) if len(found) else turn
    so_far = np.zeros(len(found) + 1, np.int64)
    every: list[Slots] = []
    for now in range(int(turn.max(initial=-1)) + 1):
        these = np.flatnonzero(turn == now)
        making = _Making(world, duty, found, end, these, so_far[groups[these]] + 1)
        made = making.slots(given)
        np.maximum.at(so_far, groups[made.of], made.number)
        every.append(made)
    slots = Slots(*(np.concatenate(column) for column in zip(*every, strict=True))) if every else None
    if slots is None:
        slots = Slots(*(np.zeros(0, np.int64) for _ in Slots._fields))
    order = np.lexsort((slots.number, turn[slots.of], found.subjects[slots.of]))
    slots = Slots(*(column[order] for column in slots))
    own = replace(
        found.taken(slots.of),
        trigger=slots.opens,
        fired=slots.opens,
        state=slots.state,
        number=slots.number,
        named=False,
        alone=False,
    )
    return Instances(
        own, slots.opens, slots.closes, slots.closes_maybe, slots.superseded, end.doubtful[slots.of], slots.due,
        discharged=slots.discharged, open_act=slots.open_act, open_row=slots.open_row, given=True,
    )  # fmt: skip


class _Making:
    """The occurrences of some firings, no two of one subject."""

    def __init__(self, world: World, duty: Duty, found: Firings, end: End, these: I64, first: I64) -> None:
        assert duty.repeat is not None
        self.world, self.duty, self.repeat = world, duty, duty.repeat
        self.these = these
        self.found = found.taken(these)
        self.end = End(*(column[these] for column in end))
        self.first = first
        self.as_of = world.stood.as_of
        self.days = world.stood.days
        self.made: list[Slots] = []
        base, opens = _anchor(world, self.repeat, self.found)
        self.base, self.opens = base, opens
        self.anchored = base < FOREVER

    def slots(self, given: Given | None) -> Slots:
        undecided = self.found.state == UNDECIDED
        self._first_owed(np.flatnonzero(undecided))
        sure = np.flatnonzero(~undecided & self.anchored)
        if self.repeat.next_from == "last_held":
            self._held(sure, given)
        else:
            self._scheduled(sure)
        if not self.made:
            none = np.zeros(0, np.int64)
            flags = none.astype(np.bool_)
            return Slots(none, none, none, none, none.astype(np.int8), none, none, flags, none, none, none)
        return Slots(*(np.concatenate(column) for column in zip(*self.made, strict=True)))

    def _add(self, of: I64, number: I64, opens: I64, due: I64, state: I8) -> Slots:
        """Occurrences that have opened, or are the next to: with what ends them."""
        lifts = lifted(self.found.reader, self.duty.guard, self.found.rows[of], opens)
        never = np.full(len(of), FOREVER, np.int64)
        end = self.end
        made = Slots(
            self.these[of], number, opens, due, state.astype(np.int8), np.minimum(end.certain[of], lifts),
            np.minimum(end.maybe[of], lifts), end.superseded[of] & (end.certain[of] <= lifts), never,
            never.copy(), never.copy(),
        )  # fmt: skip
        self.made.append(made)
        return made

    def _holds(self, of: I64, at: I64) -> I8:
        points = self.found.reader.at(self.found.rows[of], at)
        return points.each(points.opening(self.duty.guard))

    def _never_again(self, of: I64, at: I64) -> Bools:
        """Whether the guard is false from an instant on."""
        reader, never = self.found.reader, np.full(len(of), FOREVER, np.int64)
        points = reader.at(self.found.rows[of], at)
        found: Bools = first(reader, Opens(self.duty.guard), (UNKNOWN, TRUE), points, never) == FOREVER
        return found

    def _state(self, holds: I8, opens: I64) -> I8:
        return np.where(holds == UNKNOWN, UNDECIDED, np.where(opens > self.as_of, FUTURE, FIRED)).astype(np.int8)

    # --- by schedule ------------------------------------------------------------------------------------------------

    def _scheduled(self, of: I64) -> None:
        rounds = _Rounds(self, of, self.first[of])
        last = np.full((2, len(self.found)), -1, np.int64)  # of each firing its two latest occurrences, if made
        waiting = np.zeros(len(self.found), np.int64)
        made_of: list[Slots] = []
        count = 0
        while len(slot := rounds.next()):
            opens = np.maximum(rounds.opens[slot], self.found.fired[slot])
            due, number = rounds.due[slot], rounds.number[slot]
            good = due >= self.found.fired[slot]
            over = good & (opens > self.end.certain[slot])
            rounds.stop(slot[over])
            kept = good & ~over
            slot, opens, due, number = slot[kept], opens[kept], due[kept], number[kept]
            holds = self._holds(slot, opens)
            self._miss(slot[waiting[slot] > 1], opens[waiting[slot] > 1], last, made_of)
            arises = holds != FALSE
            made = self._add(
                slot[arises], number[arises], opens[arises], due[arises], self._state(holds, opens)[arises]
            )
            last[0, slot] = last[1, slot]
            last[1, slot] = -1
            last[1, slot[arises]] = count + np.arange(int(arises.sum()))
            count += int(arises.sum())
            made_of.append(made)
            waiting[slot] += 1
            ahead = opens > self.as_of
            done = ahead & arises
            silent = np.flatnonzero(ahead & ~arises)
            done[silent] = self._never_again(slot[silent], opens[silent])
            rounds.stop(slot[done])

    def _miss(self, of: I64, opens: I64, last: I64, made: list[Slots]) -> None:
        """One still undone when the next but one opens is missed."""
        number = last[0, of]
        of, opens, number = of[number >= 0], opens[number >= 0], number[number >= 0]
        begins = 0
        for slots in made:
            mine = (number >= begins) & (number < begins + len(slots.of))
            at, when = number[mine] - begins, opens[mine]
            still = when <= slots.closes[at]
            at, when = at[still], when[still]
            slots.closes[at], slots.superseded[at] = when, True
            slots.closes_maybe[at] = np.minimum(slots.closes_maybe[at], when)
            begins += len(slots.of)

    def _first_owed(self, of: I64) -> None:
        """Of firings that are undecided the first occurrence that would be owed."""
        if not len(of):
            return
        found = self.found
        number, opens = np.ones(len(of), np.int64), found.trigger[of].copy()
        due = np.full(len(of), FOREVER, np.int64)
        has = np.flatnonzero(self.anchored[of])
        if self.repeat.next_from == "schedule":
            rounds = _Rounds(self, of[has], np.ones(len(has), np.int64))
            where = np.full(len(found), -1, np.int64)
            where[of] = np.arange(len(of))
            while len(slot := rounds.next()):
                hit = slot[rounds.due[slot] >= found.fired[slot]]
                spot = where[hit]
                number[spot], opens[spot], due[spot] = rounds.number[hit], rounds.opens[hit], rounds.due[hit]
                rounds.stop(hit)
        else:
            self._first_held(of, has, number, opens, due)
        opens = np.maximum(opens, found.trigger[of])
        kept = opens <= self.end.certain[of]
        state = np.full(int(kept.sum()), UNDECIDED, np.int8)
        self._add(of[kept], (self.first[of] + number - 1)[kept], opens[kept], due[kept], state)

    # --- from the last that was held ----------------------------------------------------------------------------------

    def _phase(self, base: I64, opens: I64) -> I64:
        """In which phase an occurrence opens; -1: after the last."""
        phase = np.full(len(base), -1, np.int64)
        todo = np.arange(len(base))
        base = base.copy()
        for n, one in enumerate(self.repeat.phases):
            if one.lasting is None:
                phase[todo] = n
                break
            inside = opens[todo] <= self.days.deadline(base[todo], one.lasting)
            phase[todo[inside]] = n
            todo = todo[~inside]
            base[todo] = self.days.after(base[todo], one.lasting)
        return phase

    def _due(self, phase: I64, base: I64, opens: I64, at_first: Bools) -> I64:
        due = np.full(len(phase), FOREVER, np.int64)
        for n, one in enumerate(self.repeat.phases):
            these = np.flatnonzero(phase == n)
            start = opens if one.every.seconds is not None else np.where(at_first, base, opens)
            due[these] = self.days.deadline(start[these], one.every)
        return due

    def _first_held(self, of: I64, has: I64, number: I64, opens: I64, due: I64) -> None:
        base, at, count = self.base[of], self.opens[of].copy(), np.ones(len(of), np.int64)
        todo = has
        while len(todo):
            phase = self._phase(base[todo], at[todo])
            todo, phase = todo[phase >= 0], phase[phase >= 0]
            then = self._due(phase, base[todo], at[todo], count[todo] == 1)
            good = then >= self.found.fired[of[todo]]
            hit = todo[good]
            number[hit], opens[hit], due[hit] = count[hit], at[hit], then[good]
            at[todo[~good]], count[todo[~good]] = then[~good] + 1, count[todo[~good]] + 1
            todo = todo[~good]

    def _held(self, of: I64, given: Given | None) -> None:
        acts = _Left(self, given)
        number, opens = self.first.copy(), self.opens.copy()
        todo = of
        while len(todo):
            phase = self._phase(self.base[todo], opens[todo])
            alive = (phase >= 0) & (opens[todo] <= self.end.certain[todo])
            todo, phase = todo[alive], phase[alive]
            due = self._due(phase, self.base[todo], opens[todo], number[todo] == self.first[todo])
            begins = np.maximum(opens[todo], self.found.fired[todo])
            holds = self._holds(todo, begins)
            passed = (due < self.found.fired[todo]) | (holds == FALSE)
            waits = np.flatnonzero(passed)
            over = np.zeros(len(todo), np.bool_)
            late = waits[begins[waits] > self.as_of]
            over[late] = self._never_again(todo[late], begins[late])
            on = passed & ~over
            opens[todo[on]], number[todo[on]] = due[on] + 1, number[todo[on]] + 1
            owed = ~passed
            state = self._state(holds, begins)
            made = self._add(todo[owed], number[todo[owed]], begins[owed], due[owed], state[owed])
            fired = np.flatnonzero(made.state == FIRED)
            again = acts.give(made, fired, todo[owed][fired])
            went = todo[owed][fired][again]
            opens[went], number[went] = made.discharged[fired[again]], number[went] + 1
            doubt = fired[~again]
            doubt = doubt[made.open_act[doubt] < FOREVER]
            self._perhaps(todo[owed][doubt], made.number[doubt] + 1, made.open_act[doubt])
            todo = np.sort(np.concatenate((todo[on], went)))

    def _perhaps(self, of: I64, number: I64, opens: I64) -> None:
        """The occurrence that is open if a doubtful record did discharge the one before it."""
        if not len(of):
            return
        phase = self._phase(self.base[of], opens)
        kept = (phase >= 0) & (opens <= self.end.certain[of]) & (self._holds(of, opens) != FALSE)
        of, number, opens, phase = of[kept], number[kept], opens[kept], phase[kept]
        due = self._due(phase, opens, opens, np.zeros(len(of), np.bool_))
        self._add(of, number, opens, due, np.full(len(of), UNDECIDED, np.int8))


class _Left:
    """The acts of each firing's subject that no occurrence has looked at yet."""

    def __init__(self, making: _Making, given: Given | None) -> None:
        self.making = making
        found = making.found
        self.given = given
        self.next = np.zeros(len(found), np.int64)
        self.ends = np.zeros(len(found), np.int64)
        if given is not None and len(given.rows) and len(found):
            self.pairs = pairs_of(making.world, given, found.subjects, of_episodes=found.of_episodes)
            begins = starts_of(self.pairs.subject)
            whose = self.pairs.subject[begins]
            self.next[whose] = begins
            self.ends[whose] = np.append(begins[1:], len(self.pairs.subject))

    def give(self, slots: Slots, fired: I64, of: I64) -> Bools:
        """Gives occurrences that have opened the acts that are left until one is discharged; which ones are."""
        making = self.making
        done = np.zeros(len(fired), np.bool_)
        todo = np.flatnonzero(self.next[of] < self.ends[of])
        if not len(todo):
            return done
        own = replace(making.found.taken(of), state=slots.state[fired])
        one = Instances(
            own, slots.opens[fired], slots.closes[fired], slots.closes_maybe[fired], slots.superseded[fired],
            slots.superseded[fired], slots.due[fired], slots.discharged[fired], slots.open_act[fired], given=True,
        )  # fmt: skip
        giving = Giving(making.world, making.duty, one, np.arange(len(one)), np.ones(len(one), np.int64))
        state = State.empty(len(one))
        covered = giving.nobody()
        while len(todo):
            spots = self.next[of[todo]]
            self.next[of[todo]] += 1
            giving.give(
                type(self.pairs)(todo, self.pairs.act[spots], self.pairs.unsure[spots]), state, covered, most=False
            )
            todo = todo[(state.discharged[todo] == FOREVER) & (self.next[of[todo]] < self.ends[of[todo]])]
        slots.discharged[fired], slots.open_act[fired] = state.discharged, state.open_act
        slots.open_row[fired] = state.open_row
        return state.discharged < FOREVER


class _Rounds:
    """The occurrences of many firings by schedule: one of each at a time, without end where the last phase has none."""

    def __init__(self, making: _Making, of: I64, first: I64) -> None:
        count = len(making.found)
        self.phases, self.days = making.repeat.phases, making.days
        self.active = of
        self.number = np.zeros(count, np.int64)
        self.number[of] = first
        self.first = self.number.copy()
        self.opens, self.base = making.opens.copy(), making.base.copy()
        self.due = np.full(count, FOREVER, np.int64)
        self._phase, self._count = np.zeros(count, np.int64), np.ones(count, np.int64)
        self._start, self._last = np.zeros(count, np.int64), np.full(count, FOREVER, np.int64)
        self._enter(of)

    def _enter(self, of: I64) -> None:
        """Begins the phase in which firings are."""
        for n, phase in enumerate(self.phases):
            these = of[self._phase[of] == n]
            base = self.base[these]
            if phase.lasting is not None and len(these):
                self._last[these] = self.days.deadline(base, phase.lasting)
            else:
                self._last[these] = FOREVER
            # Elapsed time from a numbered day runs from when it is over; a later phase from where it begins.
            at_first = (self.number[these] == self.first[these]) & (phase.every.seconds is not None)
            self._start[these] = np.where(at_first, np.maximum(base, self.opens[these]), base)
            self._count[these] = 1

    def next(self) -> I64:
        """The firings that have another occurrence, which then stands in `number`, `opens` and `due`."""
        going = self._went
        self.opens[going] = self.due[going] + 1
        self.number[going] += 1
        self._count[going] += 1
        ready: list[I64] = []
        todo = self.active
        while len(todo):
            due = np.full(len(todo), FOREVER, np.int64)
            for n, phase in enumerate(self.phases):
                for count in np.flatnonzero(np.bincount(self._count[todo[self._phase[todo] == n]])):
                    these = np.flatnonzero((self._phase[todo] == n) & (self._count[todo] == count))
                    due[these] = self.days.deadline(self._start[todo[these]], phase.every.times(int(count)))
            inside = due <= self._last[todo]
            hit = todo[inside]
            self.due[hit] = due[inside]
            ready.append(hit)
            todo = todo[~inside]
            for n, phase in enumerate(self.phases):
                these = todo[self._phase[todo] == n]
                if phase.lasting is not None and len(these):
                    self.base[these] = self.days.after(self.base[these], phase.lasting)
            self._phase[todo] += 1
            todo = todo[self._phase[todo] < len(self.phases)]
            self._enter(todo)
        self._went = np.sort(np.concatenate(ready)) if ready else self.active
        self.active = self._went
        return self._went

    _went: I64 = np.zeros(0, np.int64)

    def stop(self, of: I64) -> None:
        """Asks for no more occurrences of these."""
        self.active = np.setdiff1d(self.active, of)
        self._went = self.active


def _anchor(world: World, repeat: Repeat, found: Firings) -> tuple[I64, I64]:
    """From where intervals are reckoned, FOREVER where that has not happened; and where the first occurrence opens."""
    days, as_of = world.stood.days, world.stood.as_of
    name = repeat.anchor.anchor if isinstance(repeat.anchor, OnDay) else repeat.anchor
    if "." in name:
        raise Unspoken(f"a series from {name}")
    at, known = anchor_of(world, name, found)
    if not isinstance(repeat.anchor, OnDay):
        at = np.where(known <= np.maximum(as_of, found.trigger), at, FOREVER)
        return at, at
    at = np.where(known <= as_of, at, FOREVER)
    has = at < FOREVER
    base, opens = at.copy(), at.copy()
    base[has] = numbered_day(world, at[has], repeat.anchor)
    opens[has] = days.end_of(days.of(base[has])) + 1
    return base, opens
