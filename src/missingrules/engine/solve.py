"""One protocol under one set of readings, one case whose instants are settled, one `as_of`: what is due and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import (
    Ahead,
    Concluded,
    Conflict,
    Forbidden,
    Obligation,
    Status,
)
from missingrules.domain.rules import Conclusion, Duty, PeopleRows, Prohibition, Word
from missingrules.engine import evidence
from missingrules.engine.facts import Reader
from missingrules.engine.firing import Firing, Undone, firings
from missingrules.engine.instances import End, Instance, discharge, series, singles
from missingrules.engine.people import differences
from missingrules.engine.places import Place
from missingrules.engine.plan import plan_of
from missingrules.engine.prohibitions import breaches
from missingrules.engine.standing import conclusions_of
from missingrules.engine.status import CLOSED, closed_at, next_change, parts, standing

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from missingrules.domain.rules import Protocol, Provision
    from missingrules.engine.deadlines import Due
    from missingrules.engine.evidence import Unknown
    from missingrules.engine.seen import Seen


@dataclass(slots=True)
class Solved:
    """The answer of one world. `asked` maps an unknown fact to the keys that hang on it and by when it is needed."""

    obligations: dict[str, Obligation] = field(default_factory=dict)
    conclusions: list[Concluded] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    forbidden: list[Forbidden] = field(default_factory=list)
    asked: dict[tuple[Unknown, str | None], dict[str, Instant | None]] = field(default_factory=dict)
    ahead: list[Ahead] = field(default_factory=list)
    changes: Instant = FOREVER  # the first instant at which time alone changes the answer

    def ask(self, facts: Iterable[Unknown], key: str, record: str | None = None, by: Instant | None = None) -> None:
        for fact in facts:
            self.asked.setdefault((fact, record), {}).setdefault(key, by)


class Solver:
    """Works out each duty's instances once; a duty may look at another's (superseded, undone)."""

    def __init__(self, protocol: Protocol, provisions: Iterable[Provision], seen: Seen, horizon: Instant) -> None:
        self.protocol = protocol
        self._plan = plan_of(protocol)
        self.seen = seen
        self.horizon = horizon
        self.duties: dict[str, list[Duty]] = {}
        self.conclusions: list[Conclusion] = []
        self.prohibitions: list[Prohibition] = []
        for provision in provisions:
            if isinstance(provision, Duty):
                self.duties.setdefault(provision.rule, []).append(provision)
            elif isinstance(provision, Conclusion):
                self.conclusions.append(provision)
            else:
                self.prohibitions.append(provision)
        self.reader = Reader(protocol, self.conclusions, seen)
        self._lender: Solver | None = None
        self._differ: Container[str] = ()
        self._shared: dict[int, list[Firing]] = {}  # by what rules say of when (plan.py)
        self._own: dict[int, list[Firing]] = {}
        self._instances: dict[int, list[Instance]] = {}

    def borrow(self, lender: Solver, differ: Container[str]) -> None:
        """Asks another, that was solved under other readings, for all rules but those that may differ."""
        self._lender, self._differ = lender, differ
        if not any(c.rule in differ for c in (*self.conclusions, *lender.conclusions)):
            self.reader, self._shared = lender.reader, lender._shared

    def solve(self, only: Container[str] | None = None) -> Solved:
        """Everything; or of some rules the obligations alone, without evidence, questions and the view ahead."""
        solved = Solved()
        for rule, duties in self.duties.items():
            if only is not None and rule not in only:
                continue
            for duty in duties:
                for instance in self.instances(duty):
                    self._add(solved, instance, brief=only is not None)
                if only is None:
                    self._ask_for_becoming(solved, duty)
        if only is None:
            solved.conclusions, solved.conflicts, change = conclusions_of(self.reader)
            solved.changes = min(solved.changes, change)
            for prohibition in self.prohibitions:
                solved.forbidden += breaches(self.reader, prohibition, solved.ask)
        return solved

    # --- what a duty's rule did -----------------------------------------------------------------------------------

    def firings(self, duty: Duty) -> list[Firing]:
        """Rules of one trigger, guard and end fire together; what another duty left undone is this solver's own."""
        if self._lender and duty.rule not in self._differ:
            return self._lender.firings(duty)
        speech = self._plan.speech[id(duty)]
        known = self._own if speech in self._plan.own else self._shared
        found = known.get(speech)
        if found is None:
            found = known[speech] = firings(self.reader, duty, self.undone)
        return found

    def instances(self, duty: Duty) -> list[Instance]:
        if self._lender and duty.rule not in self._differ:
            return self._lender.instances(duty)
        found = self._instances.get(id(duty))
        if found is None:
            found = self._instances[id(duty)] = self._work_out(duty)
        return found

    def _work_out(self, duty: Duty) -> list[Instance]:
        by_subject: dict[str, list[tuple[Firing, End]]] = {}
        for firing in self.firings(duty):
            by_subject.setdefault(firing.subject, []).append((firing, self._end(duty, firing)))
        out: list[Instance] = []
        for fired in by_subject.values():
            if duty.repeat is None:
                found = singles(self.reader, duty, fired)
                discharge(self.reader, duty, found, self.protocol.name)
            else:
                found = []
                for firing, end in fired:
                    first = int(found[-1].occurrence) + 1 if found else 1
                    found += series(self.reader, duty, firing, end, first)
                if duty.repeat.next_from == "schedule":
                    discharge(self.reader, duty, found, self.protocol.name)
            out += found
        return out

    def _end(self, duty: Duty, firing: Firing) -> End:
        certain, maybe = firing.until, firing.until_maybe
        for exception in duty.guard.unless:
            lifts = self.reader.truth(exception.condition, firing.place).first(bool, firing.fired)
            if lifts is not None:
                certain, maybe = min(certain, lifts), min(maybe, lifts)
        superseded = False
        for other in self.duties.get(duty.superseded_by or "", ()):
            for later in self.firings(other):
                if later.subject != firing.subject or later.trigger < firing.trigger:
                    continue
                if later.state == "undecided":
                    maybe = min(maybe, later.trigger)
                elif later.trigger < certain:
                    certain, maybe, superseded = later.trigger, min(maybe, later.trigger), True
        return End(certain, maybe, superseded)

    def undone(self, rule: str) -> list[Undone]:
        out: list[Undone] = []
        for duty in self.duties.get(rule, ()):
            for instance in self.instances(duty):
                due = instance.due(self.reader, min(instance.closes, self.seen.as_of))
                if due.low == FOREVER:
                    continue
                at = Instant(due.high + 1) if due.high != FOREVER else Instant(due.low + 1)
                if instance.discharged is not None and instance.discharged < at:
                    continue
                if instance.closes < at:
                    continue
                doubtful = not instance.live or due.open or instance.open_act is not None
                episode = instance.firing.place.episode
                out.append(Undone(at, episode.id if episode else None, doubtful and instance.firing.state != "future"))
        return sorted(out, key=lambda u: u.at)

    # --- how it stands --------------------------------------------------------------------------------------------

    def _add(self, solved: Solved, instance: Instance, *, brief: bool) -> None:
        firing, reader, as_of = instance.firing, self.reader, self.seen.as_of
        duty = instance.duty
        if firing.trigger > as_of:
            if firing.trigger > instance.closes:
                return
            if firing.trigger > self.horizon:
                solved.ahead.append(Ahead("time", 0, firing.trigger, firing.subject, duty, duty.citations))
                solved.changes = min(solved.changes, firing.trigger)
                return
        key = f"{self.protocol.name}/{duty.id}/{firing.subject}/{instance.occurrence}"
        now = standing(reader, instance, as_of)
        status, due, who = now
        none = due.low == FOREVER
        held = solved.obligations.get(key)
        if held is None or (held.status is Status.NOT_DECIDABLE and status is not Status.NOT_DECIDABLE):
            solved.obligations[key] = Obligation(
                key=key,
                duty=duty,
                protocol=self.protocol.name,
                subject=firing.subject,
                episode=firing.place.episode.id if firing.place.episode else None,
                occurrence=instance.occurrence,
                status=status,
                triggered_at=firing.trigger,
                due=None if none else due.low,
                due_between=(due.low, due.high) if due.open and due.high != FOREVER else None,
                due_basis=due.basis,
                due_citations=due.citations,
                discharged_at=instance.discharged,
                discharged_by=tuple(dict.fromkeys(act.id for act in instance.by)) if instance.discharged else (),
                ended_at=instance.closes if instance.closes <= as_of and instance.discharged is None else None,
                by=who.by,
                chair=who.chair,
                recipients=who.to,
                attendees=who.attend,
                with_=who.with_,
                people_citations=who.citations,
                because=() if brief else evidence.because(reader, duty, firing),
                notes=() if brief else self._notes(firing, instance),
                differences=tuple(d for act in instance.by for d in differences(who.by, who.chair, who.attend, act)),
                sort_at=firing.trigger if none and duty.deadline is Word.IMMEDIATELY else None,
            )
        if not brief:
            self._ask(solved, instance, due, key, status)
            solved.changes = min(solved.changes, next_change(reader, instance, now, as_of))

    def _notes(self, firing: Firing, instance: Instance) -> tuple[str, ...]:
        duty, out = instance.duty, []
        if duty.aim:
            out.append(f"aim: {duty.aim.text.replace('_', ' ')}")
        if duty.earlier_if and duty.earlier_if.condition is not None:
            at = min(max(firing.fired, self.seen.as_of), instance.closes)
            if self.reader.truth(duty.earlier_if.condition, firing.place).at(at):
                out.append(f"earlier: {duty.earlier_if.text}")
        return tuple(out)

    # --- what to ask, and when the answer changes -----------------------------------------------------------------

    def _ask(self, solved: Solved, instance: Instance, due: Due, key: str, status: Status) -> None:
        firing, reader, as_of = instance.firing, self.reader, self.seen.as_of
        duty, place = instance.duty, firing.place
        if firing.state == "undecided":
            at = firing.fired
            needed = firing.trigger if firing.trigger > as_of else None
            solved.ask(evidence.unknown_in_trigger(reader, duty, place, at), key, by=needed)
            solved.ask(evidence.unknown_in_guard(reader, duty.guard, place, at), key, by=needed)
        if status in CLOSED:
            return
        at = max(firing.trigger, closed_at(instance, as_of))
        for exception in duty.guard.unless:
            solved.ask(evidence.unknown(reader, exception.condition, place, at), key)
        if instance.open_act is not None and instance.open_act.record is not None:
            record = instance.open_act.record
            silent = instance.open_act.episode is not None or not place.episode
            solved.ask([("record.to" if silent else "record.episode", None)], key, record=record.id)
        if firing.until_maybe <= as_of < firing.until:
            for part in duty.until:
                solved.ask(evidence.unknown_in_until(reader, part, place, as_of), key)
        if due.open:
            solved.ask(evidence.unknown_in_deadline(reader, duty.deadline, place, at), key)
        for who in parts(duty):
            if isinstance(who, PeopleRows):
                solved.ask(evidence.unknown_in_rows(reader, who, place, firing.fired if who.at_firing else at), key)

    def _ask_for_becoming(self, solved: Solved, duty: Duty) -> None:
        """A fact that would trigger but is unknown is asked for, of episodes only the newest."""
        newest = self.seen.episodes[-1] if self.seen.episodes else None
        for test in evidence.becoming(duty.trigger):
            place = Place(newest if test.fact.startswith("episode.") else None)
            if newest is not None:
                solved.ask(
                    evidence.unknown(self.reader, test, place, self.seen.as_of), f"{self.protocol.name}/{duty.id}"
                )
