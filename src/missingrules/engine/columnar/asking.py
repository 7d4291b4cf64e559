"""What to ask of many children: what nobody gave and something hangs on: engine/questions.py over columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.people import PeopleRows
from missingrules.domain.triggers import OnEvent, triggers_of
from missingrules.engine.columnar.arrays import FALSE, UNKNOWN, ranges, spread
from missingrules.engine.columnar.discharge import forbidden, seen_from
from missingrules.engine.columnar.firing import UNDECIDED, hours_of, inside_hours
from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.hung import Hanging, Hung, gathered
from missingrules.engine.columnar.offers import FieldsOf
from missingrules.engine.columnar.points import Unspoken
from missingrules.engine.columnar.reading import OfHappenings
from missingrules.engine.columnar.search import Lets, turned
from missingrules.engine.columnar.status import CEASED, MET, MET_LATE, MISSED
from missingrules.engine.columnar.unknown import Spots, Unknown
from missingrules.engine.evidence import becoming
from missingrules.engine.status import parts

if TYPE_CHECKING:
    from missingrules.domain.rules import Duty, Prohibition
    from missingrules.engine.agenda import Asked
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.hung import Questions
    from missingrules.engine.columnar.solve import Solver
    from missingrules.engine.columnar.status import Standing


def questions(answered: Answered) -> Questions:
    """What to ask of all children, and by all rules, that are not left to the evaluator."""
    asking = _Asking(answered.solver, dict(answered.found.rules))
    asking.breaches()
    for asked, standing in sorted(answered.solver.standings, key=lambda one: one[0].rank):
        asking.obligations(asked, standing)
    for duties in answered.solver.provisions.duties.values():
        for duty in duties:
            asking.becoming(duty)
    return gathered(answered.stood, asking.facts.values, asking.asked, asking.left, answered.left)


class Doubts(NamedTuple):
    """The facts that leave open whether acts broke a prohibition, in order of the acts."""

    act: I64
    fact: I64
    episode: I64


class _Asking:
    """The questions of one protocol on their way. `left`: the rules that are left to the evaluator, and why."""

    def __init__(self, solver: Solver, left: dict[str, str]) -> None:
        self.solver = solver
        self.world = solver.world
        self.facts = Words()
        self.unknown = Unknown(self.world, self.facts)
        self.left = left
        self.asked: list[tuple[Hung, Hanging]] = []
        self._alike: dict[int, Hanging] = {}
        self._doubts = Doubts(*(np.zeros(0, np.int64) for _ in Doubts._fields))

    def _hang(self, hung: Hung, hanging: Hanging) -> None:
        if len(hanging.row):
            self.asked.append((hung, hanging))

    # --- obligations --------------------------------------------------------------------------------------------------

    def obligations(self, asked: Asked, standing: Standing) -> None:
        """What the obligations of a duty hang on: all that stand alike ask the same, save for their people."""
        duty, found = asked.duty, standing.instances.firings
        if duty.rule in self.left:
            return
        try:
            alike = self._alike.get(id(standing))
            if alike is None:
                alike = self._alike[id(standing)] = self._standing(duty, standing)
            hanging = self._and_people(duty, standing, alike)
        except Unspoken as shape:
            self.unknown.gathered()
            self.left[duty.rule] = str(shape)
            return
        of_episodes = spread(np.bool_(found.of_episodes), len(found))
        self._hang(
            Hung(duty.rule, asked.prefix, of_episodes, found.subjects, firings=found, apart=not asked.twins), hanging
        )

    def _standing(self, duty: Duty, standing: Standing) -> Hanging:
        """Why it is undecided, whether an exception holds, of a record, whether it has ended, and by when it is due."""
        found, as_of = standing.instances.firings, self.world.stood.as_of
        out = [self._firing(duty, found)]
        open_ = np.flatnonzero(_open(standing))
        at = _read_at(standing, as_of)
        if duty.guard.unless and len(open_):
            spots = Spots.of_firings(found, open_, at[open_])
            for exception in duty.guard.unless:
                self.unknown.condition(spots, exception.condition)
        perhaps = open_[(found.until_maybe[open_] <= as_of) & (as_of < found.until[open_])]
        if len(perhaps):
            spots = Spots.of_firings(found, perhaps, np.full(len(perhaps), as_of))
            for part in duty.until:
                self.unknown.until(spots, part)
        due = standing.due
        several = open_[due.low[open_] != due.high[open_]] if due.low is not due.high else open_[:0]
        if len(several):
            spots = Spots.of_firings(found, several, at[several])
            self.unknown.deadline(spots, duty.deadline, Spots.of_firings(found, several, found.fired[several]))
        out += [self._gathered(), *self._recorded(standing, open_)]
        return _joined(out)

    def _gathered(self) -> Hanging:
        number, fact, episode = self.unknown.gathered()
        return Hanging(number, fact, episode, np.full(len(number), NONE), np.full(len(number), FOREVER))

    def _firing(self, duty: Duty, found: Firings) -> Hanging:
        """Why it is open whether the rule fired; what has become known since is not asked for again."""
        which, as_of = np.flatnonzero(found.state == UNDECIDED), self.world.stood.as_of
        if len(which):
            spots = Spots.of_firings(found, which, found.fired[which])
            self.unknown.trigger(spots, duty, _from_events(duty, found, spots))
            turns = turned(found.reader, Lets(duty.guard, bool(hours_of(duty.guard))), spots.points)
            still = np.maximum(spots.at, np.minimum(as_of, turns - 1))
            self.unknown.guard(Spots.of_firings(found, which, still), duty.guard)
        hanging = self._gathered()
        trigger = found.trigger[hanging.row]
        return hanging._replace(by=np.where(trigger > as_of, trigger, FOREVER))

    def _recorded(self, standing: Standing, open_: I64) -> list[Hanging]:
        """Of a record that may be the discharge: whether it was forbidden, otherwise who was told, or of what it is."""
        made, acts = standing.instances, self.world.stood.acts
        if made.open_row is None:
            return []
        which = open_[made.open_row[open_] < FOREVER]
        if made.contested is not None:
            which = which[~made.contested[which]]
        if not len(which):
            return []
        act, doubts = made.open_row[which], self._doubts
        begins = np.searchsorted(doubts.act, act)
        sizes = np.searchsorted(doubts.act, act, "right") - begins
        rows, spots = np.repeat(which, sizes), ranges(begins, sizes)
        never, records = np.full(len(rows), FOREVER), acts.source[np.repeat(act, sizes)]
        out = [Hanging(rows, doubts.fact[spots], doubts.episode[spots], records, never)]
        which, act = which[sizes == 0], act[sizes == 0]
        silent = acts.episode[act] != NONE if made.firings.of_episodes else np.ones(len(act), np.bool_)
        fact = np.where(silent, self.facts.number("record.to"), self.facts.number("record.episode"))
        none = np.full(len(which), NONE)
        return [*out, Hanging(which, fact, none, acts.source[act], np.full(len(which), FOREVER))]

    def _and_people(self, duty: Duty, standing: Standing, alike: Hanging) -> Hanging:
        """What leaves open by whom, of a duty that is not closed."""
        tables = [who for who in parts(duty) if isinstance(who, PeopleRows)]
        if not tables:
            return alike
        open_ = np.flatnonzero(_open(standing))
        found = standing.instances.firings.taken(open_)
        at = _read_at(standing, self.world.stood.as_of)[open_]
        for who in dict.fromkeys(tables):
            self.unknown.people(who, found, at)
        more = self._gathered()
        return _joined([alike, more._replace(row=open_[more.row])])

    # --- prohibitions -------------------------------------------------------------------------------------------------

    def breaches(self) -> None:
        """What leaves open whether acts broke prohibitions."""
        every = []
        for one in self.solver.provisions.prohibitions:
            try:
                hung, doubts = self._broken(one)
            except Unspoken as shape:
                self.unknown.gathered()
                self.left[one.rule] = str(shape)
                continue
            none = np.full(len(doubts.row), NONE)
            self._hang(hung, Hanging(doubts.row, doubts.fact, doubts.episode, none, np.full(len(none), FOREVER)))
            assert hung.acts is not None
            every.append((hung.acts[doubts.row], doubts.fact, doubts.episode))
        if every:
            act, fact, episode = (np.concatenate(column) for column in zip(*every, strict=True))
            order = np.argsort(act, kind="stable")
            self._doubts = Doubts(act[order], fact[order], episode[order])

    def _broken(self, one: Prohibition) -> tuple[Hung, Hanging]:
        acts, rows = self.world.stood.acts, forbidden(self.world, one)
        of_episodes = acts.episode[rows] >= 0
        for flags in (True, False):
            these = np.flatnonzero(of_episodes == flags)
            if len(these):
                seen = seen_from(self.world, rows[these], of_episodes=flags)
                spots = Spots(seen.reader, seen.rows, seen.subjects, seen.points, these)
                self.unknown.guard(spots.where(seen.points.guard(one.guard), UNKNOWN), one.guard)
        subjects = np.where(of_episodes, acts.episode[rows], acts.child[rows])
        prefix = f"{self.world.protocol.key_of(one.rule)}/"
        return Hung(one.rule, prefix, of_episodes, subjects, acts=rows, apart=False), self._gathered()

    # --- what has not fired -------------------------------------------------------------------------------------------

    def becoming(self, duty: Duty) -> None:
        """A fact that would trigger but is unknown, of episodes only the newest; not where the guard forbids the duty
        whatever the answer is."""
        tests = becoming(duty.trigger)
        if not tests or duty.rule in self.left:
            return
        world, stood = self.world, self.world.stood
        children = np.flatnonzero(stood.episodes_of > 0)
        now = np.full(len(children), stood.as_of)
        try:
            hours = hours_of(duty.guard)
            if hours:
                within, _ = inside_hours(world, hours, now)
                children, now = children[within], now[within]
            for test in tests:
                of_episode = test.fact.startswith("episode.")
                reader = world.episodes if of_episode else world.children
                subjects = stood.first[children + 1] - 1 if of_episode else children
                spots = Spots.of(reader, subjects, subjects, now, children)
                guard = spots.points.each(spots.points.guard(duty.guard, but_hours=bool(hours)))
                self.unknown.condition(spots.taken(np.flatnonzero(guard != FALSE)), test)
        except Unspoken as shape:
            self.unknown.gathered()
            self.left[duty.rule] = str(shape)
            return
        everyone = np.arange(stood.children)
        hung = Hung(duty.rule, world.protocol.key_of(duty.id), np.zeros(len(everyone), np.bool_), everyone, apart=False)
        self._hang(hung, self._gathered())


def _open(standing: Standing) -> Bools:
    """Which obligations are not closed."""
    status = standing.status
    return ~((status == MET) | (status == MET_LATE) | (status == CEASED) | (status == MISSED))


def _read_at(standing: Standing, as_of: int) -> I64:
    """Until when each is read, but not before it fires."""
    made = standing.instances
    closed = np.where(made.discharged < FOREVER, made.discharged, np.minimum(made.closes, as_of))
    return np.maximum(made.firings.trigger, closed)


def _from_events(duty: Duty, found: Firings, spots: Spots) -> Spots:
    """The same firings seen from the events that set them off, where the trigger asks for what these say."""
    asked = any(isinstance(one, OnEvent) and one.fields != ALWAYS for one in triggers_of(duty.trigger))
    if not asked or found.happened is None or found.acts is None or isinstance(found.reader, OfHappenings):
        return spots
    fields = FieldsOf(found.reader.world, found.happened[spots.number], found.acts[spots.number])
    reader = OfHappenings(found.reader, spots.rows, fields)
    return Spots.of(reader, np.arange(len(spots)), spots.subjects, spots.at, spots.number)


def _joined(parts_: list[Hanging]) -> Hanging:
    """All of them, each question of a row once, the first that asks it before the others."""
    row, fact, episode, record, by = (np.concatenate(column) for column in zip(*parts_, strict=True))
    order = np.lexsort((record, episode, fact, row))
    row, fact, episode, record, by = (column[order] for column in (row, fact, episode, record, by))
    first = np.ones(len(row), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (fact[1:] != fact[:-1])
    first[1:] |= (episode[1:] != episode[:-1]) | (record[1:] != record[:-1])
    return Hanging(row[first], fact[first], episode[first], record[first], by[first])
