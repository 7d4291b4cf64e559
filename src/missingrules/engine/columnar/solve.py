"""One protocol, many children, one instant: what is due of them all, duty by duty: engine/solve.py over columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.deadlines import DeadlineRows
from missingrules.engine.agenda import agenda_of
from missingrules.engine.columnar import discharge as acts_given
from missingrules.engine.columnar.arrays import distinct, sorted_once, starts_of
from missingrules.engine.columnar.conclusions import Concluded, conclusions_of
from missingrules.engine.columnar.firing import UNDECIDED, Firings, firings, lifted, next_of
from missingrules.engine.columnar.names import numbered
from missingrules.engine.columnar.offers import Offers, Undone
from missingrules.engine.columnar.over import key
from missingrules.engine.columnar.owed import End, Instances, ended, singles
from missingrules.engine.columnar.people import people
from missingrules.engine.columnar.points import Unspoken
from missingrules.engine.columnar.series import series
from missingrules.engine.columnar.status import NOT_DECIDABLE, Standing, due_of, stand
from missingrules.engine.columnar.world import World
from missingrules.engine.plan import parts_of
from missingrules.engine.status import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.citations import Citations
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty
    from missingrules.engine.agenda import Agenda, Asked, Bundle
    from missingrules.engine.columnar.arrays import I8, I64, Bools
    from missingrules.engine.columnar.discharge import Given
    from missingrules.engine.columnar.stood import Stood
    from missingrules.engine.plan import Provisions

PEOPLE = ("by", "chair", "attend", "to", "with_")


class Options(NamedTuple):
    """Which of several a row has, by number (None: all have the one), and what each number stands for."""

    numbers: I64 | None
    of: Mapping[int, object]

    def at(self, row: int) -> object:
        """What a row has."""
        return self.of[0 if self.numbers is None else int(self.numbers[row])]

    def taken(self, which: I64) -> Options:
        """Of some rows alone."""
        return self if self.numbers is None else self._replace(numbers=self.numbers[which])


@dataclass(frozen=True, eq=False)
class Owed:
    """The obligations of one duty of all episodes, or of all children. FOREVER is no instant."""

    duty: Duty
    prefix: str  # how their keys begin
    of_episodes: bool
    subjects: I64  # rows of `Stood`: its episodes, or children
    firings: Firings  # by what the occurrence is named
    status: I8
    triggered: I64
    due: I64
    due_latest: I64
    done_at: I64
    who: Mapping[str, Options]  # of `Settled`
    citations: Options  # of `Citations`, the duty's own first

    def __len__(self) -> int:
        return len(self.subjects)

    def between(self) -> Bools:
        """Whether each is due between two instants."""
        found: Bools = (self.due != self.due_latest) & (self.due_latest < FOREVER)
        return found

    def limit(self) -> I64:
        """By when each is due at the latest; FOREVER: there is no limit."""
        return self.due if self.due is self.due_latest else np.where(self.between(), self.due_latest, self.due)


@dataclass(frozen=True, eq=False)
class Found:
    """What was found, and what is left to the evaluator: rules by their ids, and children, with the reasons."""

    owed: tuple[Owed, ...]
    concluded: tuple[Concluded, ...]
    rules: Mapping[str, str]
    children: Mapping[str, Bools]


class Solver:
    """Works one protocol out under one set of readings."""

    def __init__(self, protocol: Protocol, provisions: Provisions, stood: Stood, horizon: int) -> None:
        self.world = World(protocol, provisions, stood, horizon)
        self.provisions = provisions
        self.agenda = agenda_of(protocol, provisions)
        self.offers = Offers(self.world, self._undone)
        self._act_names = frozenset(stood.act_names)
        self._fired: dict[int, list[Firings]] = {}
        self._instances: dict[int, list[Instances]] = {}
        self._left: dict[str, str] = {}
        self._handed: dict[str, Bools] = {}
        self._broken: I8 | None = None
        self._asking: set[int] = set()
        self.standings: list[tuple[Asked, Standing]] = []  # behind all that was found, before each name stands once
        self._happening = _by_happening(self.agenda)

    def solve(self) -> Found:
        """Everything that is due, and what could not be worked out here."""
        found: list[Owed] = []
        often: dict[str, int] = {}
        for group in self.agenda.groups:
            for bundle in group.bundles:
                for asked in bundle.asked:
                    often[asked.duty.id] = often.get(asked.duty.id, 0) + 1
        for group in self.agenda.groups:
            for bundle in group.bundles:
                found += self._bundle(bundle)
        found = [one for one in found if one.duty.rule not in self._left]
        twins = {id_: [one for one in found if one.duty.id == id_] for id_, times in often.items() if times > 1}
        found = [one for one in found if one.duty.id not in twins]
        found += [one for several in twins.values() for one in _apart(self.world, several)]
        return Found(tuple(found), self._concluded(), dict(self._left), dict(self._handed))

    def _concluded(self) -> tuple[Concluded, ...]:
        """What is concluded. Where columns cannot express it whole children are left: no rule stands for it alone."""
        try:
            return tuple(conclusions_of(self.world))
        except Unspoken as shape:
            self._handed[str(shape)] = np.ones(self.world.stood.children, np.bool_)
            return ()

    def _bundle(self, bundle: Bundle) -> Iterator[Owed]:
        alike: list[Standing] | None = None
        for asked in bundle.asked:
            duty = asked.duty
            if duty.rule in self._left:
                continue
            try:
                if asked.acts.isdisjoint(self._act_names):
                    if alike is None:
                        alike = [stand(self.world, duty, one) for one in self._undischarged(duty)]
                    standings = alike
                else:
                    standings = [stand(self.world, duty, one) for one in self.instances(duty)]
                made = [self._owed(asked, standing) for standing in standings if len(standing.status)]
            except Unspoken as shape:
                self._left[duty.rule] = str(shape)
                continue
            self.standings += [(asked, standing) for standing in standings if len(standing.status)]
            yield from made

    def _owed(self, asked: Asked, standing: Standing) -> Owed:
        duty, found = asked.duty, standing.instances
        who: dict[str, Options] = {}
        cited: list[tuple[I64, Mapping[int, Citations]]] = []
        for name, named in zip(PEOPLE, parts(duty), strict=True):
            numbers, options = people(self.world, named, found.firings, standing.at)
            who[name] = Options(numbers, {number: settled for number, (settled, _) in options.items()})
            if numbers is not None:
                cited.append((numbers, {number: citations for number, (_, citations) in options.items()}))
        if standing.due.rows is not None:
            cited.insert(0, _of_rows(duty, standing.due.rows))
        made = Owed(
            duty, asked.prefix, found.firings.of_episodes, found.firings.subjects, found.firings, standing.status,
            found.firings.trigger, standing.due.low, standing.due.high, standing.done_at, who, _cited(duty, cited),
        )  # fmt: skip
        return _once(self.world, made) if asked.twins and found.firings.named else made

    # --- what a duty's rule did -----------------------------------------------------------------------------------

    def firings(self, duty: Duty) -> list[Firings]:
        """Of one trigger, guard and end rules fire together."""
        group = self.agenda.of_duty[id(duty)]
        found = self._fired.get(group.speech)
        if found is None:
            if group.speech in self._asking:
                raise Unspoken("rules that wait for one another")
            self._asking.add(group.speech)
            offer = self.offers.of(group.of.trigger, group.of.guard.kinds)
            found = firings(self.world, group.of, offer, by_happening=group.speech in self._happening)
            self._fired[group.speech] = found
        return found

    def instances(self, duty: Duty) -> list[Instances]:
        """The obligations of a duty, discharged by what was recorded."""
        found = self._instances.get(id(duty))
        if found is None:
            if duty.rule in self._left:
                raise Unspoken(self._left[duty.rule])
            acts = (duty.action, *self.world.protocol.words.actions[duty.action].also)
            some = not self._act_names.isdisjoint(acts)
            given = acts_given.of_action(self.world, duty, self.barred()) if some else None
            made = self._undischarged(duty, given)
            if given is not None and (duty.repeat is None or duty.repeat.next_from == "schedule"):
                made = [acts_given.discharge(self.world, duty, one, given) for one in made]
            found = self._instances[id(duty)] = made
        return found

    def _undischarged(self, duty: Duty, given: Given | None = None) -> list[Instances]:
        out = []
        for found in self.firings(duty):
            opens = found.trigger
            if duty.counts_from == "started" and found.of_episodes:
                opens = np.minimum(opens, self.world.stood.started[found.subjects])
            end = self._end(duty, found)
            if duty.repeat is not None:
                out.append(series(self.world, duty, found, end, given))
            else:
                out.append(singles(found, opens, end))
        return [one for one in out if len(one)]

    def barred(self) -> I8:
        """Of every act whether it broke a prohibition. `Unspoken` where columns do not express one."""
        if self._broken is None:
            self._broken = acts_given.barred(self.world, self.provisions.prohibitions)
        return self._broken

    def _end(self, duty: Duty, found: Firings) -> End:
        """The earliest of `until`, an exception that comes to hold, and the firing of the rule that supersedes."""
        end = ended(found)
        if duty.repeat is None and duty.guard.unless:
            lifts = lifted(found.reader, duty.guard, found.rows, found.fired)
            end = end._replace(certain=np.minimum(end.certain, lifts), maybe=np.minimum(end.maybe, lifts))
        if duty.superseded_by is None:
            return end
        later = [
            one
            for other in self.provisions.duties.get(duty.superseded_by, ())
            for one in self.firings(other)
            if one.of_episodes == found.of_episodes
        ]
        never = np.full(len(found), FOREVER, np.int64)
        sure, perhaps = never, never
        for one in later:
            undecided = one.state == UNDECIDED
            for flags in (undecided, ~undecided):
                when = next_of(one.subjects[flags], one.trigger[flags], found.subjects, found.trigger)
                if flags is undecided:
                    perhaps = np.minimum(perhaps, when)
                else:
                    sure = np.minimum(sure, when)
        superseded = sure < end.certain
        certain = np.minimum(end.certain, sure)
        maybe = np.minimum(end.maybe, np.minimum(np.where(superseded, sure, FOREVER), perhaps))
        # It hangs on the order in which they are looked at whether an undecided one came before.
        torn = superseded & (perhaps > certain) & (perhaps <= end.certain) & (perhaps < FOREVER)
        if torn.any():
            self._hand("a rule that several others may supersede", found.taken(np.flatnonzero(torn)))
        return End(certain, maybe, superseded, (perhaps <= certain) & (perhaps < FOREVER))

    def _hand(self, why: str, found: Firings) -> None:
        """Leaves the children of these to the evaluator."""
        stood = self.world.stood
        flags = self._handed.setdefault(why, np.zeros(stood.children, np.bool_))
        flags[stood.child[found.subjects] if found.of_episodes else found.subjects] = True

    def _undone(self, rule: str) -> tuple[Undone, Undone]:
        """What a rule left undone: of episodes, and of children; of each in order of subject and instant."""
        as_of = self.world.stood.as_of
        out: dict[bool, list[tuple[I64, I64, Bools]]] = {True: [], False: []}
        for duty in self.provisions.duties.get(rule, ()):
            for one in self.instances(duty):
                due = due_of(self.world, duty, one, np.minimum(one.closes, as_of))
                undecided = one.firings.state == UNDECIDED
                at = np.where(due.high < FOREVER, due.high, due.low) + 1
                kept = (due.low < FOREVER) & ~(undecided & (at > as_of))
                kept &= ~(one.discharged < at) & ~(one.closes < at)
                doubt = undecided | (due.low != due.high) | (one.open_act < FOREVER) | (one.closes_maybe < at)
                rows = np.flatnonzero(kept)
                out[one.firings.of_episodes].append((one.firings.subjects[rows], at[rows], doubt[rows]))
        return _sorted(out[True]), _sorted(out[False])


def _sorted(parts_: list[tuple[I64, I64, Bools]]) -> Undone:
    if not parts_:
        none = np.zeros(0, np.int64)
        return Undone(none, none, none.astype(np.bool_))
    subjects, at, doubt = (np.concatenate(column) for column in zip(*parts_, strict=True))
    order = np.lexsort((at, subjects))
    return Undone(subjects[order], at[order], doubt[order])


# Holds only what follows from its argument, which is equal only if it is the same.
@lru_cache(maxsize=256)
def _by_happening(agenda: Agenda) -> frozenset[int]:
    """The groups of which something that decides, or says by whom and when, reads the event or act of the trigger."""
    return frozenset(
        group.speech
        for group in agenda.groups
        if any(
            _reads_happening(part)
            for bundle in group.bundles
            for asked in bundle.asked
            for part in (asked.duty.guard, asked.duty.until, asked.duty.deadline, *parts(asked.duty))
        )
    )


def _reads_happening(part: object) -> bool:
    found = (getattr(one, "fact", "") for one in parts_of(part))
    return any(isinstance(fact, str) and fact.startswith(("event.", "record.")) for fact in found)


def _of_rows(duty: Duty, rows: I64) -> tuple[I64, Mapping[int, Citations]]:
    """Which set of rows of a deadline each stands on, by number, and the paragraphs of each set."""
    assert isinstance(duty.deadline, DeadlineRows)
    sets = distinct(rows)
    every = [[row for n, row in enumerate(duty.deadline.rows) if bits >> n & 1] for bits in sets]
    cited = {n: tuple(dict.fromkeys(c for row in some for c in row.citations)) for n, some in enumerate(every)}
    return np.searchsorted(sets, rows), cited


def _cited(duty: Duty, parts_: list[tuple[I64, Mapping[int, Citations]]]) -> Options:
    """The paragraphs of each obligation: the duty's, its deadline's, its people's."""
    if not parts_:
        return Options(None, {0: tuple(dict.fromkeys(duty.citations))})
    # Each combination by one number; after each part those that there are get the numbers from 0.
    numbers, several = np.zeros(len(parts_[0][0]), np.int64), [tuple(duty.citations)]
    for own, options in parts_:
        place = np.zeros(max(options) + 2, np.int64)
        place[[number + 1 for number in options]] = np.arange(len(options))
        told = list(options.values())
        pairs = numbers * len(told) + place[own + 1]
        there = distinct(pairs)
        numbers = np.searchsorted(there, pairs)
        several = [tuple(dict.fromkeys((*several[pair // len(told)], *told[pair % len(told)]))) for pair in there]
    return Options(numbers, dict(enumerate(several)))


def _once(world: World, made: Owed) -> Owed:
    """Of several of one name the first that is decided: two events may bear the same one."""
    same = np.flatnonzero((made.subjects[1:] == made.subjects[:-1]) & (made.triggered[1:] == made.triggered[:-1]))
    if not len(same):
        return made
    doubtful = np.zeros(len(made), np.bool_)
    doubtful[np.concatenate((same, same + 1))] = True
    return _chosen(world, [(made, doubtful)])[0]


def _apart(world: World, several: list[Owed]) -> list[Owed]:
    """The same of two duties of one name."""
    out: list[Owed] = []
    for of_episodes in (True, False):
        some = [one for one in several if one.of_episodes == of_episodes]
        if len(some) < 2:
            out += some
            continue
        times = np.bincount(np.concatenate([sorted_once(one.subjects) for one in some]))
        out += _chosen(world, [(one, times[one.subjects] > 1) for one in some])
    return out


def _chosen(world: World, several: list[tuple[Owed, Bools]]) -> list[Owed]:
    """Without those that bear the name of another; `several` says of which that is possible."""
    kept = [~doubtful for _, doubtful in several]
    rows = [np.flatnonzero(doubtful) for _, doubtful in several]
    firings = [made.firings.taken(these) for (made, _), these in zip(several, rows, strict=True)]
    names = [table.take(places) for table, places in (numbered(world.stood, one) for one in firings)]
    keys = key(np.concatenate([one.subjects for one in firings]), np.concatenate(names).astype(np.int64))
    status = np.concatenate([made.status.take(these) for (made, _), these in zip(several, rows, strict=True)])
    # The first that is decided, else the first.
    order = np.lexsort((status == NOT_DECIDABLE, keys))
    chosen = np.zeros(len(keys), np.bool_)
    chosen[order.take(starts_of(keys.take(order)))] = True
    ends = np.cumsum([len(these) for these in rows])[:-1]
    for flags, these, good in zip(kept, rows, np.split(chosen, ends), strict=True):
        flags[these] = good
    return [taken(made, np.flatnonzero(flags)) for (made, _), flags in zip(several, kept, strict=True)]


def taken(made: Owed, which: I64) -> Owed:
    """Some of the obligations of a duty."""

    return replace(
        made,
        subjects=made.subjects[which],
        firings=made.firings.taken(which),
        status=made.status[which],
        triggered=made.triggered[which],
        due=made.due[which],
        due_latest=made.due_latest[which],
        done_at=made.done_at[which],
        who={name: options.taken(which) for name, options in made.who.items()},
        citations=made.citations.taken(which),
    )
