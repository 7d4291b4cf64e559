"""Obligations in the making: each firing, or each occurrence of a series, with its end and what discharged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.deadlines import OnDay, Phase, Repeat
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People
from missingrules.domain.rules import Effect
from missingrules.engine import acts
from missingrules.engine.deadlines import Due, Said, anchor_at, due_at
from missingrules.engine.firing import Firing, lifted, numbered_day
from missingrules.engine.people import people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.citations import NotStated
    from missingrules.domain.people import WhoEver
    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import State
    from missingrules.engine.seen import Happening
    from missingrules.engine.tracks import Truth


@dataclass(slots=True)
class Instance:
    """One obligation before its status is read; duties that stand alike share it. Instants of FOREVER have not come."""

    firing: Firing
    occurrence: str
    opens: Instant  # acts count from here
    closes: Instant
    closes_maybe: Instant
    superseded: bool = False  # whether it was a superseding rule that closed it
    doubtful: bool = False  # whether one may have, before it closed
    fixed: Due | None = None  # of a series; otherwise the deadline is read
    discharged: Instant | None = None
    by: tuple[Happening, ...] = ()
    open_act: Happening | None = None  # a record that may be its discharge
    covered: frozenset[str] = frozenset()

    @property
    def live(self) -> bool:
        return self.firing.state == "fired"

    def due(self, reader: Reader, duty: Duty, closes: Instant) -> Due:
        return self.fixed or due_at(reader, duty.deadline, self.firing, closes)


class End(NamedTuple):
    """When a firing ends, for certain and perhaps, and whether by a superseding rule."""

    certain: Instant
    maybe: Instant
    superseded: bool
    doubtful: bool = False  # whether an undecided rule may have superseded it before


def single(duty: Duty, firing: Firing, end: End) -> Instance:
    """The instance of a firing of a duty that does not repeat."""
    opens = firing.trigger
    if duty.counts_from == "started" and firing.place.episode:
        opens = min(opens, firing.place.episode.started)
    return Instance(firing, firing.occurrence, opens, *end)


def by_period(reader: Reader, duty: Duty, firings: Sequence[Firing], given: Given) -> list[Instance]:
    """One instance for each period; one still undone when the next but one begins is missed."""
    out = []
    for number, firing in enumerate(firings):
        over = firings[number + 2].trigger if number + 2 < len(firings) else FOREVER
        ends = over <= firing.until
        out.append(
            single(duty, firing, End(min(over, firing.until), min(over, firing.until_maybe), ends and over != FOREVER))
        )
    discharge(reader, duty, out, given)
    return out


class Given(NamedTuple):
    """The acts that may discharge a duty, in order of time; of the doubtful it is open whether they were forbidden."""

    acts: list[Happening]
    doubtful: frozenset[int]


NO_ACTS: Final = Given([], frozenset())


def discharge(reader: Reader, duty: Duty, instances: list[Instance], given: Given) -> None:
    """Gives each act to the instance of one subject that it discharges."""
    for act in given.acts:
        _give(reader, duty, instances, act, given.doubtful)


def of_action(reader: Reader, duty: Duty, barred: Mapping[int, Truth]) -> Given:
    """The acts of its action, or of one that counts as it. One that broke a prohibition discharges nothing."""
    seen = reader.seen.acts
    names = (duty.action, *reader.protocol.words.actions[duty.action].also)
    found = [
        act
        for name in names
        for act in seen.get(name, ())
        if not barred.get(id(act)) and _is_of_kind(reader, duty, act)
    ]
    if len(names) > 1:
        found.sort(key=lambda act: (act.at, act.id))
    return Given(found, frozenset(id(act) for act in found if id(act) in barred))


def _is_of_kind(reader: Reader, duty: Duty, act: Happening) -> bool:
    if duty.about is not None and acts.about(act) != duty.about:
        return False
    if duty.method is not None and acts.method(act) != duty.method:
        return False
    written = acts.outcome(act)
    match duty.effect:
        case Effect.REQUIRE:
            return acts.counts_as_done(act, reader.protocol.words, duty.met_by)
        case Effect.CONSIDER:
            return True
        case Effect.DECIDE:
            return written in ("for", "against")
        case Effect.AGREE:
            return written == "agreed"


def _give(reader: Reader, duty: Duty, instances: list[Instance], act: Happening, doubtful: frozenset[int]) -> bool:
    """Gives an act to the instance that it answers or fits; True if it discharged one."""
    fitting = [
        i
        for i in instances
        if i.live
        and i.discharged is None
        and i.opens <= act.at <= i.closes
        and act is not i.firing.place.happening
        and acts.belongs(act, i.firing.place.episode, reader.seen) is not False
    ]
    if not fitting:
        return False
    answers = act.record.answers if act.record else None
    whole = reader.protocol.key_of(duty.id)
    answered = [i for i in instances if answers and answers in (i.occurrence, _key(whole, i), _key(duty.id, i))]
    if answered:
        fitting = [i for i in fitting if i in answered]
        if not fitting:
            return False
    chosen = _nearest(fitting, act) if duty.repeat else fitting[-1]
    if id(act) in doubtful or acts.belongs(act, chosen.firing.place.episode, reader.seen) is None:
        chosen.open_act = chosen.open_act or act
        return False
    covers = _covers(reader, duty, chosen, act)
    if covers is None:
        chosen.open_act = chosen.open_act or act
    if not covers:
        return False
    chosen.discharged = act.at
    return True


def _key(of: str, instance: Instance) -> str:
    return f"{of}/{instance.firing.subject}/{instance.occurrence}"


def _nearest(fitting: list[Instance], act: Happening) -> Instance:
    """The occurrence due nearest to the act, of two as near the earlier."""
    return min(fitting, key=lambda i: (abs((i.fixed.low if i.fixed else i.opens) - act.at), i.opens))


def _covers(reader: Reader, duty: Duty, instance: Instance, act: Happening) -> Truth:
    """Whether with this act all recipients are covered; None where that is open."""
    agree = duty.effect is Effect.AGREE
    named: tuple[str, ...] = ()
    if act.record:
        named = act.record.with_ if agree else act.record.to
    possible = _recipients(reader, duty.with_ if agree else duty.to, instance, act)
    answers = {_is_covered(who, named, instance.covered) for who in possible}
    if answers == {False} and not any(_names_one(who, named) for who in possible):
        return False
    instance.covered |= frozenset(named)
    if answers != {None}:
        instance.by = (*instance.by, act)
    return answers.pop() if len(answers) == 1 else None


def _recipients(
    reader: Reader, who: WhoEver | None, instance: Instance, act: Happening
) -> tuple[People | NotStated | None, ...]:
    """Everybody whom it may be owed to: as known at the act, or since."""
    place, fired = instance.firing.place, instance.firing.fired
    found, _ = people(reader, who, place, act.at, fired)
    if isinstance(found, Undecided):
        found, _ = people(reader, who, place, reader.seen.as_of, fired)
    if isinstance(found, Undecided):
        return (*found.people, NOT_STATED) if found.silent else found.people
    return (found,)


def _is_covered(who: People | NotStated | None, named: tuple[str, ...], before: frozenset[str]) -> Truth:
    if not isinstance(who, People) or who.mode not in ("all", "any"):
        return True
    needed = {role.name for role in who.roles}
    if not named:
        # A silent record covers a sole recipient.
        return True if len(needed) == 1 else None
    told = needed & (before | set(named))
    return bool(needed & set(named)) if who.mode == "any" else told == needed


def _names_one(who: People | NotStated | None, named: tuple[str, ...]) -> bool:
    return isinstance(who, People) and bool({role.name for role in who.roles} & set(named))


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
    left = list(given.acts)
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
            _give(reader, duty, [instance], left.pop(0), given.doubtful)
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
