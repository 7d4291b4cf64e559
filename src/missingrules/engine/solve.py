"""One protocol under one set of readings, one case whose instants are settled, one `as_of`: what is due and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import Behind, Detail, Later, Obligation
from missingrules.domain.triggers import OnPeriod
from missingrules.engine import evidence
from missingrules.engine.agenda import agenda_of
from missingrules.engine.courses import NOTHING, Courses, each_once, stand, stand_plainly
from missingrules.engine.discharge import NO_ACTS, Given, discharge, of_action
from missingrules.engine.facts import Reader
from missingrules.engine.firing import Firing, firings, lifted, make
from missingrules.engine.instances import missed_at, periods_over, series
from missingrules.engine.offers import Offers, Undone, index_of
from missingrules.engine.owed import End, Instance, single
from missingrules.engine.people import differences
from missingrules.engine.plan import plan_of
from missingrules.engine.prohibitions import barred, breaches
from missingrules.engine.standing import conclusions_of
from missingrules.engine.status import people_of
from missingrules.engine.tracks import NO

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from missingrules.domain.answers import Concluded, Conflict, Forbidden
    from missingrules.domain.obligations import Rests
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty
    from missingrules.engine.agenda import Asked, Bundle, Group
    from missingrules.engine.deadlines import Due
    from missingrules.engine.plan import Provisions
    from missingrules.engine.seen import Seen
    from missingrules.engine.tracks import Truth


@dataclass
class Solved:
    """What is due in one world, and what is behind it; what fires beyond the horizon stands apart."""

    ordered: tuple[Obligation, ...]
    conclusions: list[Concluded] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    forbidden: list[Forbidden] = field(default_factory=list)
    rows: list[tuple[Asked, Courses]] = field(default_factory=list)
    beyond: list[tuple[Duty, Firing]] = field(default_factory=list)

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        """By key."""
        return {obligation.key: obligation for obligation in self.ordered}

    def found(self) -> Iterator[tuple[str, Duty, Instance]]:
        """Every obligation by its key, with what it was before its status was read."""
        for asked, courses in self.rows:
            for ending, instance in zip(courses.endings, courses.made(asked.duty), strict=True):
                yield asked.prefix + ending, asked.duty, instance


class Solver:
    """Works out what stands alike once; a duty may look at another's instances (superseded, undone)."""

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
        self.agenda = agenda_of(protocol, provisions)
        self.seen = seen
        self.horizon = horizon
        self.duties = provisions.duties
        self.conclusions = provisions.conclusions
        self.prohibitions = provisions.prohibitions
        self.reader = Reader(protocol, self.conclusions, seen, horizon)
        self.offers = Offers(self.reader, self.undone)
        self._behind = Behind(self._reasons, rests)
        self._broken: Mapping[int, Truth] | None = None
        self._lender: Solver | None = None
        self._differ: Container[str] = ()
        self._acts = frozenset(seen.acts)
        self._shared: dict[Any, list[Firing]] = {}  # by what rules say of when (plan.py)
        self._own: dict[Any, list[Firing]] = {}
        self._courses: dict[tuple[int, int], Courses] = {}  # by the firings, and what is said of how they stand
        self._instances: dict[int, list[Instance]] = {}
        self._by_subject: dict[str, dict[str, list[Firing]]] = {}
        self._solved: Solved | None = None
        self._sources: Mapping[str, tuple[Instance, Due]] | None = None
        self._details: dict[str, Detail] = {}

    def borrow(self, lender: Solver, differ: Container[str]) -> None:
        """Asks another, that was solved under other readings, for all rules but those that may differ."""
        self._lender, self._differ = lender, differ
        if not any(c.rule in differ for c in (*self.conclusions, *lender.conclusions)):
            self.reader, self._shared = lender.reader, lender._shared
            self.offers = lender.offers.lent(self.undone)

    def solve(self, only: Container[str] | None = None) -> Solved:
        """What all rules ask for, or the obligations of some."""
        rows: list[tuple[Asked, Courses]] = []
        for group in self.agenda.waiting_for(self.seen.happened):
            for bundle in group.bundles:
                rows += self._rows(group, bundle, only)
        rows.sort(key=_rank)
        solved = self._obligations(rows)
        if only is None:
            solved.conclusions, solved.conflicts = conclusions_of(self.reader)
            for prohibition in self.prohibitions:
                solved.forbidden += breaches(self.reader, prohibition)
        self._solved = solved
        return solved

    def _rows(self, group: Group, bundle: Bundle, only: Container[str] | None) -> Iterator[tuple[Asked, Courses]]:
        """Each duty of a bundle with how it stands; those stand alike that no act at hand tells apart."""
        alike: Courses | None = None
        for asked in bundle.asked:
            duty = asked.duty
            if only is not None and duty.rule not in only:
                continue
            if self._lender or not asked.acts.isdisjoint(self._acts):
                if instances := self.instances(duty):
                    yield asked, stand(self.reader, duty, instances, self.horizon)
                continue
            if alike is None:
                alike = self._alike(group, bundle)
            if alike.endings or alike.beyond:
                yield asked, alike

    def _alike(self, group: Group, bundle: Bundle) -> Courses:
        firings = self._fired(group)
        if not firings:
            return NOTHING
        if not bundle.plain:
            return stand(self.reader, bundle.of, self._work_out(bundle.of, NO_ACTS), self.horizon)
        key = (id(firings), bundle.number)
        found = self._courses.get(key)
        if found is None:
            found = self._courses[key] = stand_plainly(self.reader, bundle.of, firings, self.horizon)
        return found

    def _obligations(self, rows: list[tuple[Asked, Courses]]) -> Solved:
        made: list[Obligation] = []
        whens: list[Instant] = []
        beyond: list[tuple[Duty, Firing]] = []
        for _, alike in groupby(rows, _prefix):
            together = list(alike)
            for asked, courses in together:
                beyond += [(asked.duty, firing) for firing in courses.beyond]
            asked, courses = together[0]
            if len(together) == 1 and (not asked.twins or len(set(courses.endings)) == len(courses.endings)):
                made += self._named(asked, courses)
                whens += courses.whens
            else:
                once = each_once([one for a, c in together for one in zip(self._named(a, c), c.whens, strict=True)])
                made += [obligation for obligation, _ in once]
                whens += [when for _, when in once]
        ordered = tuple([made[i] for i in sorted(range(len(made)), key=whens.__getitem__)])
        return Solved(ordered, rows=rows, beyond=beyond)

    def _named(self, asked: Asked, courses: Courses) -> list[Obligation]:
        prefix, duty, behind = asked.prefix, asked.duty, self._behind
        return [
            make(Obligation, (prefix + ending, duty, stand, behind))
            for ending, stand in zip(courses.endings, courses.stands, strict=True)
        ]

    # --- what a duty's rule did -----------------------------------------------------------------------------------

    def firings(self, duty: Duty) -> list[Firing]:
        """Rules of one trigger, guard and end fire together; what another duty left undone is this solver's own."""
        if self._lender and duty.rule not in self._differ:
            return self._lender.firings(duty)
        return self._fired(self.agenda.of_duty[id(duty)])

    def _fired(self, group: Group) -> list[Firing]:
        waits = group.waits
        if waits is not None and waits.isdisjoint(self.seen.happened):
            return []
        key: Any = group.speech
        if group.alike is not None:
            if not self.seen.episodes or (group.becomes is not None and group.becomes not in self.seen.told):
                return []
            column = self.reader.guards(group.of.guard)
            if column is NO:
                return []
            if not isinstance(column, list):
                key = (group.alike, id(column))
        known = self._own if group.speech in self._plan.own else self._shared
        found = known.get(key)
        if found is None:
            found = known[key] = firings(self.reader, group.of, self.offers.of(group.of))
        return found

    def instances(self, duty: Duty) -> list[Instance]:
        if self._lender and duty.rule not in self._differ:
            return self._lender.instances(duty)
        found = self._instances.get(id(duty))
        if found is None:
            barred = self._barred() if self.prohibitions else {}
            found = self._instances[id(duty)] = self._work_out(duty, of_action(self.reader, duty, barred))
        return found

    def _work_out(self, duty: Duty, given: Given) -> list[Instance]:
        """The instances of a duty, discharged by the acts that are given."""
        reader = self.reader
        firings = self.firings(duty)
        if not firings:
            return []
        ends = duty.guard.unless or duty.superseded_by
        if isinstance(duty.trigger, OnPeriod):
            return self._by_period(duty, duty.trigger, firings, given)
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

    def _by_period(self, duty: Duty, trigger: OnPeriod, firings: list[Firing], given: Given) -> list[Instance]:
        """One instance for each period, save where its numbered day comes only when its time is over."""
        out = []
        for firing, over in zip(firings, periods_over(self.reader.clock, trigger.every, firings), strict=True):
            if firing.trigger <= over:
                out.append(single(duty, firing, missed_at(self._end(duty, firing), over)))
        discharge(self.reader, duty, out, given)
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
                due = instance.due(self.reader, duty, min(instance.closes, self.seen.as_of))
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
                doubtful = instance.firing.state == "undecided" or due.open or instance.open_act is not None
                place = index_of(instance.firing.place)
                out.append(Undone(at, place, doubtful or instance.closes_maybe < at))
        return sorted(out, key=lambda u: u.at)

    # --- how it stands --------------------------------------------------------------------------------------------

    def _reasons(self, obligation: Obligation) -> Detail:
        """The reasons of one of this solver's obligations, worked out once."""
        key = obligation.key
        found = self._details.get(key)
        if found is None:
            # Two threads may both work it out: they come to the same.
            found = self._details[key] = self._detail(obligation.duty, *self._source(obligation))
        return found

    def _source(self, obligation: Obligation) -> tuple[Instance, Due]:
        """What an obligation was before its status was read."""
        if self._sources is None:
            assert self._solved is not None
            chosen = self._solved.obligations
            self._sources = {
                asked.prefix + ending: (instance, due)
                for asked, courses in self._solved.rows
                for ending, stand, instance, due in zip(
                    courses.endings, courses.stands, courses.made(asked.duty), courses.dues, strict=True
                )
                if chosen[asked.prefix + ending].stand is stand
            }
        return self._sources[obligation.key]

    def _detail(self, duty: Duty, instance: Instance, due: Due) -> Detail:
        who = people_of(self.reader, duty, instance, self.seen.as_of)
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
            because=evidence.because(self.reader, duty, instance.firing),
            notes=self._notes(duty, instance),
            differences=tuple(d for act in instance.by for d in differences(who.by, who.chair, who.attend, act)),
        )

    def _notes(self, duty: Duty, instance: Instance) -> tuple[str, ...]:
        firing, out = instance.firing, []
        if duty.aim:
            out.append(f"aim: {duty.aim.text.replace('_', ' ')}")
        if duty.earlier_if and duty.earlier_if.condition is not None:
            at = min(max(firing.fired, self.seen.as_of), instance.closes)
            if self.reader.truth(duty.earlier_if.condition, firing.place).at(at):
                out.append(f"earlier: {duty.earlier_if.text}")
        return tuple(out)


def _prefix(row: tuple[Asked, Courses]) -> str:
    return row[0].prefix


def _rank(row: tuple[Asked, Courses]) -> int:
    return row[0].rank
