"""One protocol under one set of readings, one case whose instants are settled, one `as_of`: what is due and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import Concluded, Conflict, Detail, Forbidden, Later, Obligation
from missingrules.domain.rules import NOT_STATED, Duty, OnPeriod, Word
from missingrules.engine import evidence
from missingrules.engine.deadlines import NONE
from missingrules.engine.facts import Reader
from missingrules.engine.firing import Firing, firings, lifted
from missingrules.engine.instances import End, Instance, by_period, discharge, of_action, series, single
from missingrules.engine.offers import Offers, Undone
from missingrules.engine.people import differences
from missingrules.engine.plan import plan_of
from missingrules.engine.prohibitions import barred, breaches
from missingrules.engine.standing import conclusions_of
from missingrules.engine.status import NOT_DECIDABLE, people_of, read_at, status_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from missingrules.domain.obligations import Rests
    from missingrules.domain.rules import Protocol
    from missingrules.engine.deadlines import Due
    from missingrules.engine.plan import Provisions
    from missingrules.engine.seen import Seen
    from missingrules.engine.tracks import Truth


@dataclass(slots=True)
class Solved:
    """What is due in one world, and the instances behind it; those that fire beyond the horizon stand apart."""

    obligations: dict[str, Obligation] = field(default_factory=dict)
    conclusions: list[Concluded] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    forbidden: list[Forbidden] = field(default_factory=list)
    found: list[tuple[str, Instance]] = field(default_factory=list)
    beyond: list[Instance] = field(default_factory=list)


class Solver:
    """Works out each duty's instances once; a duty may look at another's (superseded, undone)."""

    def __init__(
        self,
        protocol: Protocol,
        provisions: Provisions,
        seen: Seen,
        horizon: Instant,
        rests: Later[Mapping[str, tuple[Rests, ...]]] | None = None,
    ) -> None:
        self.protocol = protocol
        self._plan = plan_of(protocol)
        self.seen = seen
        self.horizon = horizon
        self.rests = rests
        self.duties = provisions.duties
        self.conclusions = provisions.conclusions
        self.prohibitions = provisions.prohibitions
        self.reader = Reader(protocol, self.conclusions, seen, horizon)
        self.offers = Offers(self.reader, self.undone)
        self._broken: Mapping[int, Truth] | None = None
        self._lender: Solver | None = None
        self._differ: Container[str] = ()
        self._shared: dict[int, list[Firing]] = {}  # by what rules say of when (plan.py)
        self._own: dict[int, list[Firing]] = {}
        self._instances: dict[int, list[Instance]] = {}
        self._by_subject: dict[str, dict[str, list[Firing]]] = {}

    def borrow(self, lender: Solver, differ: Container[str]) -> None:
        """Asks another, that was solved under other readings, for all rules but those that may differ."""
        self._lender, self._differ = lender, differ
        if not any(c.rule in differ for c in (*self.conclusions, *lender.conclusions)):
            self.reader, self._shared = lender.reader, lender._shared
            self.offers = lender.offers.lent(self.undone)

    def solve(self, only: Container[str] | None = None) -> Solved:
        """What all rules ask for, or the obligations of some."""
        solved = Solved()
        for rule, duties in self.duties.items():
            if only is None or rule in only:
                for duty in duties:
                    if found := self.instances(duty):
                        self._add(solved, duty, found)
        if only is None:
            solved.conclusions, solved.conflicts = conclusions_of(self.reader)
            for prohibition in self.prohibitions:
                solved.forbidden += breaches(self.reader, prohibition)
        return solved

    # --- what a duty's rule did -----------------------------------------------------------------------------------

    def firings(self, duty: Duty) -> list[Firing]:
        """Rules of one trigger, guard and end fire together; what another duty left undone is this solver's own."""
        if self._lender and duty.rule not in self._differ:
            return self._lender.firings(duty)
        speech = self._plan.speech[id(duty)]
        waits = self._plan.waits.get(speech)
        if waits is not None and waits.isdisjoint(self.seen.happened):
            return []
        known = self._own if speech in self._plan.own else self._shared
        found = known.get(speech)
        if found is None:
            found = known[speech] = firings(self.reader, duty, self.offers)
        return found

    def instances(self, duty: Duty) -> list[Instance]:
        if self._lender and duty.rule not in self._differ:
            return self._lender.instances(duty)
        found = self._instances.get(id(duty))
        if found is None:
            found = self._instances[id(duty)] = self._work_out(duty)
        return found

    def _work_out(self, duty: Duty) -> list[Instance]:
        reader = self.reader
        firings = self.firings(duty)
        if not firings:
            return []
        if isinstance(duty.trigger, OnPeriod):
            return by_period(reader, duty, firings, of_action(reader, duty, {}))
        given = of_action(reader, duty, self._barred() if self.prohibitions else {})
        ends = duty.guard.unless or duty.superseded_by
        if not (ends or duty.repeat or given.acts):
            return [single(duty, firing, End(firing.until, firing.until_maybe, False)) for firing in firings]
        out: list[Instance] = []
        for _, fired in groupby(firings, attrgetter("subject")):
            found: list[Instance] = []
            for firing in fired:
                end = self._end(duty, firing) if ends else End(firing.until, firing.until_maybe, False)
                if duty.repeat is None:
                    found.append(single(duty, firing, end))
                else:
                    first = int(found[-1].occurrence) + 1 if found else 1
                    found += series(reader, duty, firing, end, first, given)
            if given.acts and (duty.repeat is None or duty.repeat.next_from == "schedule"):
                discharge(reader, duty, found, given)
            out += found
        return out

    def _barred(self) -> Mapping[int, Truth]:
        if self._broken is None:
            self._broken = barred(self.reader, self.prohibitions)
        return self._broken

    def _end(self, duty: Duty, firing: Firing) -> End:
        """The earliest of its `until`, an exception that comes to hold, and the firing of the rule that supersedes."""
        certain, maybe = firing.until, firing.until_maybe
        if duty.repeat is None and duty.guard.unless:
            lifts = lifted(self.reader, duty, firing.place, firing.fired)
            certain, maybe = min(certain, lifts), min(maybe, lifts)
        superseded = doubtful = False
        if duty.superseded_by is not None:
            for later in self._firings_of(duty.superseded_by, firing.subject):
                if later.trigger < firing.trigger:
                    continue
                if later.state == "undecided":
                    maybe = min(maybe, later.trigger)
                    doubtful = doubtful or later.trigger <= certain
                elif later.trigger < certain:
                    certain, maybe, superseded = later.trigger, min(maybe, later.trigger), True
        return End(certain, maybe, superseded, doubtful)

    def _firings_of(self, rule: str, subject: str) -> list[Firing]:
        """Every firing of any of a rule's duties for one subject."""
        found = self._by_subject.get(rule)
        if found is None:
            found = self._by_subject[rule] = {}
            for duty in self.duties.get(rule, ()):
                for firing in self.firings(duty):
                    found.setdefault(firing.subject, []).append(firing)
        return found.get(subject, [])

    def undone(self, rule: str) -> list[Undone]:
        out: list[Undone] = []
        for duty in self.duties.get(rule, ()):
            for instance in self.instances(duty):
                due = instance.due(self.reader, min(instance.closes, self.seen.as_of))
                if due.low == FOREVER:
                    continue
                at = Instant(due.high + 1) if due.high != FOREVER else Instant(due.low + 1)
                if instance.firing.state == "undecided" and at > self.seen.as_of:
                    # Whether it is owed at all comes first.
                    continue
                if instance.discharged is not None and instance.discharged < at:
                    continue
                if instance.closes < at:
                    continue
                doubtful = not instance.live or due.open or instance.open_act is not None or instance.closes_maybe < at
                episode = instance.firing.place.episode
                out.append(Undone(at, episode.id if episode else None, doubtful and instance.firing.state != "future"))
        return sorted(out, key=lambda u: u.at)

    # --- how it stands --------------------------------------------------------------------------------------------

    def _add(self, solved: Solved, duty: Duty, instances: list[Instance]) -> None:
        reader, as_of, name, rests = self.reader, self.seen.as_of, self.protocol.name, self.rests
        obligations, found = solved.obligations, solved.found
        # Most have no deadline: nothing is read for them.
        silent = duty.deadline is NOT_STATED and duty.repeat is None
        at_once = duty.deadline is Word.IMMEDIATELY
        for instance in instances:
            firing, closes, discharged = instance.firing, instance.closes, instance.discharged
            trigger = firing.trigger
            if trigger > as_of:
                if trigger > closes:
                    continue
                if trigger > self.horizon:
                    solved.beyond.append(instance)
                    continue
            due = NONE if silent else instance.due(reader, read_at(instance, as_of))
            status = status_of(instance, due, as_of)
            key = f"{name}/{duty.id}/{firing.subject}/{instance.occurrence}"
            found.append((key, instance))
            if key in obligations and (obligations[key].status is not NOT_DECIDABLE or status is NOT_DECIDABLE):
                continue
            low, high = due.low, due.high
            none = low == FOREVER
            episode = firing.place.episode
            obligations[key] = Obligation(
                key,
                duty,
                name,
                firing.subject,
                None if episode is None else episode.id,
                instance.occurrence,
                status,
                trigger,
                None if none else low,
                (low, high) if low != high and high != FOREVER else None,
                discharged if instance.open_act is None else None,
                closes if discharged is None and closes <= as_of else None,
                trigger if none and at_once else None,
                Later(partial(self._detail, instance, due)),
                rests,
            )

    def _detail(self, instance: Instance, due: Due) -> Detail:
        who = people_of(self.reader, instance, self.seen.as_of)
        return Detail(
            due_basis=due.basis,
            due_citations=due.citations,
            discharged_by=tuple(dict.fromkeys(act.id for act in instance.by)) if instance.discharged else (),
            by=who.by,
            chair=who.chair,
            recipients=who.to,
            attendees=who.attend,
            with_=who.with_,
            people_citations=who.citations,
            because=evidence.because(self.reader, instance.duty, instance.firing),
            notes=self._notes(instance),
            differences=tuple(d for act in instance.by for d in differences(who.by, who.chair, who.attend, act)),
        )

    def _notes(self, instance: Instance) -> tuple[str, ...]:
        duty, firing, out = instance.duty, instance.firing, []
        if duty.aim:
            out.append(f"aim: {duty.aim.text.replace('_', ' ')}")
        if duty.earlier_if and duty.earlier_if.condition is not None:
            at = min(max(firing.fired, self.seen.as_of), instance.closes)
            if self.reader.truth(duty.earlier_if.condition, firing.place).at(at):
                out.append(f"earlier: {duty.earlier_if.text}")
        return tuple(out)
