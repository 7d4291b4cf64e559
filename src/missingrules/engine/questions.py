"""What to ask: every fact that nobody gave and something hangs on, with the keys of what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from missingrules.domain.clock import Instant
from missingrules.domain.people import PeopleRows
from missingrules.engine import evidence
from missingrules.engine.places import Place
from missingrules.engine.prohibitions import doubts, unknown_in
from missingrules.engine.status import CLOSED, closed_at, parts, standing

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from missingrules.domain.rules import Duty
    from missingrules.engine.evidence import Unknown
    from missingrules.engine.owed import Instance
    from missingrules.engine.solve import Solved, Solver


@dataclass(slots=True)
class Asking:
    """`asked` maps an unknown fact, and the record that leaves it open, to the keys and by when each needs it."""

    asked: dict[tuple[Unknown, str | None], dict[str, Instant | None]] = field(default_factory=dict)

    def ask(self, facts: Iterable[Unknown], key: str, record: str | None = None, by: Instant | None = None) -> None:
        for fact in facts:
            self.asked.setdefault((fact, record), {}).setdefault(key, by)


def ask_some(solver: Solver, solved: Solved, keys: Container[str]) -> Asking:
    """The questions of one world on which some obligations, or some breaches, hang."""
    asked = Asking()
    for key, duty, instance in solved.found():
        if key in keys:
            _ask(solver, asked, key, duty, instance)
    for prohibition in solver.prohibitions:
        for key, facts in unknown_in(solver.reader, prohibition):
            if key in keys:
                asked.ask(facts, key)
    return asked


def ask_all(solver: Solver, solved: Solved) -> Asking:
    """The questions of one world."""
    asked = Asking()
    for key, duty, instance in solved.found():
        _ask(solver, asked, key, duty, instance)
    for duties in solver.duties.values():
        for duty in duties:
            _ask_for_becoming(solver, asked, duty)
    for prohibition in solver.prohibitions:
        for key, facts in unknown_in(solver.reader, prohibition):
            asked.ask(facts, key)
    return asked


def _ask(solver: Solver, asked: Asking, key: str, duty: Duty, instance: Instance) -> None:
    firing, reader, as_of = instance.firing, solver.reader, solver.seen.as_of
    due, status = standing(reader, duty, instance, as_of)
    place = firing.place
    if firing.state == "undecided":
        at = firing.fired
        needed = firing.trigger if firing.trigger > as_of else None
        asked.ask(evidence.unknown_in_trigger(reader, duty, place, at), key, by=needed)
        # What has become known since is not asked for again.
        last = reader.guard(duty.guard, place).until(at) - 1
        still = max(at, min(as_of, Instant(last)))
        asked.ask(evidence.unknown_in_guard(reader, duty.guard, place, still), key, by=needed)
    if status in CLOSED:
        return
    at = max(firing.trigger, closed_at(instance, as_of))
    for exception in duty.guard.unless:
        asked.ask(evidence.unknown(reader, exception.condition, place, at), key)
    if instance.open_act is not None and instance.open_act.record is not None and not instance.contested:
        act, record = instance.open_act, instance.open_act.record
        forbidden = doubts(reader, solver.prohibitions, act)
        asked.ask(forbidden, key, record=record.id)
        if not forbidden:
            silent = act.episode is not None or not place.episode
            asked.ask([("record.to" if silent else "record.episode", None)], key, record=record.id)
    if firing.until_maybe <= as_of < firing.until:
        for part in duty.until:
            asked.ask(evidence.unknown_in_until(reader, part, place, as_of), key)
    if due.open:
        asked.ask(evidence.unknown_in_deadline(reader, duty.deadline, place, at, firing.fired), key)
    for who in parts(duty):
        if isinstance(who, PeopleRows):
            asked.ask(evidence.unknown_in_rows(reader, who, place, firing.fired if who.at_firing else at), key)


def _ask_for_becoming(solver: Solver, asked: Asking, duty: Duty) -> None:
    """A fact that would trigger but is unknown is asked for, of episodes only the newest."""
    newest = solver.seen.episodes[-1] if solver.seen.episodes else None
    for test in evidence.becoming(duty.trigger):
        place = Place(newest if test.fact.startswith("episode.") else None)
        # Where the guard forbids the duty whatever the answer is, nothing hangs on it.
        if newest is not None and solver.reader.guard(duty.guard, place).at(solver.seen.as_of) is not False:
            asked.ask(evidence.unknown(solver.reader, test, place, solver.seen.as_of), solver.protocol.key_of(duty.id))
