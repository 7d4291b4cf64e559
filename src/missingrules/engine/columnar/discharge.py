"""Which act discharges which obligation, and what stays open about it: engine/discharge.py over columns.

Acts are given in rounds: in each, the next act of every subject, so that many subjects go through their acts at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from missingrules.domain.citations import NOT_STATED, NotStated
from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Undecided
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.rules import Effect
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN, place_in_group, ranges, starts_of
from missingrules.engine.columnar.firing import UNDECIDED
from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.offers import Chances, done, from_happenings
from missingrules.engine.columnar.people import rows_at, said_by
from missingrules.engine.columnar.stood import SHARED
from missingrules.engine.discharge import is_covered, names_one

if TYPE_CHECKING:
    from missingrules.domain.rules import Duty, Prohibition
    from missingrules.engine.columnar.arrays import I8, I64, Bools
    from missingrules.engine.columnar.histories import Said
    from missingrules.engine.columnar.owed import Instances
    from missingrules.engine.columnar.world import World

Recipients = tuple[People | NotStated | None, ...]


class Given(NamedTuple):
    """The acts that may discharge a duty: rows of all acts, in order of time; of the doubtful it is open whether they
    were forbidden."""

    rows: I64
    doubtful: Bools


def barred(world: World, prohibitions: tuple[Prohibition, ...]) -> I8:
    """Of every act whether it broke a prohibition, and so discharges nothing."""
    found = np.zeros(len(world.stood.acts.at), np.int8)
    for one in prohibitions:
        rows = forbidden(world, one)
        for of_episodes in (True, False):
            these = rows[(world.stood.acts.episode[rows] >= 0) == of_episodes]
            if not len(these):
                continue
            seen = seen_from(world, these, of_episodes=of_episodes)
            found[these] = np.maximum(found[these], seen.points.guard(one.guard))
    return found


def seen_from(world: World, these: I64, *, of_episodes: bool) -> Chances:
    """Acts that name an episode, or none, each as a row that reads what it says."""
    acts = world.stood.acts
    subjects = acts.episode[these] if of_episodes else acts.child[these]
    at, none = acts.at[these], np.zeros(len(these), np.bool_)
    reader = world.episodes if of_episodes else world.children
    return from_happenings(Chances(reader, subjects, subjects, at, at, ~none, none, happened=these, acts=~none))


def forbidden(world: World, one: Prohibition) -> I64:
    """The acts of which a prohibition speaks."""
    names = (one.action, *world.protocol.words.actions[one.action].also)
    acts, records = world.stood.acts, world.stood.histories.records
    found = []
    for name in names:
        rows = world.stood.acts_named(name)
        source, included = acts.source[rows], acts.included[rows]
        outcome = np.where(included, -1, records.outcome.value[source])
        if one.outcome is None:
            good = done(world.protocol.words, name, records.outcome, ())[outcome]
        else:
            good = np.array([*(v == one.outcome for v in records.outcome.values), False])[outcome]
        for wanted, said in ((one.method, records.method), (one.about, records.about)):
            if wanted is not None:
                value = np.where(included, -1, said.value[source])
                good &= np.array([*(v == wanted for v in said.values), False])[value]
        if one.to:
            to = np.array([*(bool(set(one.to) & set(v)) for v in records.to.values), False])
            good &= to[records.to.value[source]]
        found.append(rows[good])
    return np.concatenate(found)


def of_action(world: World, duty: Duty, broken: I8) -> Given:
    """The acts of its action, or of one that counts as it. One that broke a prohibition discharges nothing."""
    acts, records, words = world.stood.acts, world.stood.histories.records, world.protocol.words
    names = (duty.action, *words.actions[duty.action].also)
    found, some_broken = [], bool(broken.any())
    for name in names:
        rows = world.stood.acts_named(name)
        if some_broken:
            rows = rows[broken[rows] != TRUE]
        source, included = acts.source.take(rows), acts.included.take(rows)
        # What is included in another act has a name, and says nothing else.
        bare = included if included.any() else None
        good = np.ones(len(rows), np.bool_)
        for wanted, said in ((duty.method, records.method), (duty.about, records.about)):
            if wanted is not None:
                good &= np.array([*(v == wanted for v in said.values), False]).take(_said(said, source, bare))
        if duty.effect is not Effect.CONSIDER:
            if duty.effect is Effect.REQUIRE:
                counts = done(words, name, records.outcome, duty.met_by)
            else:
                wanted_ = ("for", "against") if duty.effect is Effect.DECIDE else ("agreed",)
                counts = np.array([*(v in wanted_ for v in records.outcome.values), False])
            good &= counts.take(_said(records.outcome, source, bare))
        found.append(rows[good])
    rows = found[0] if len(found) == 1 else np.sort(np.concatenate(found))
    return Given(rows, broken.take(rows) == UNKNOWN)


def _said(said: Said, source: I64, bare: Bools | None) -> I64:
    """What some acts say by number; -1, the last entry of a table, is nothing."""
    value: I64 = said.value.take(source)
    return value if bare is None else np.where(bare, -1, value)


# --- giving ---------------------------------------------------------------------------------------------------------


class Pairs(NamedTuple):
    """Each act with each subject that it may be of, in order of subject and act."""

    subject: I64  # its number among the subjects at hand
    act: I64
    unsure: Bools  # whether it is of this subject at all, or was forbidden


def discharge(world: World, duty: Duty, found: Instances, given: Given) -> Instances:
    """Gives each act to the instance of a subject that it discharges."""
    if not len(given.rows) or not len(found):
        return found
    subjects = found.firings.subjects
    begins = starts_of(subjects)
    pairs = pairs_of(world, given, subjects[begins], of_episodes=found.firings.of_episodes)
    if not len(pairs.act):
        return found
    sizes = np.diff(np.append(begins, len(subjects)))
    giving = Giving(world, duty, found, begins, sizes)
    sure = giving.all(pairs, most=False)
    found = replace(found, discharged=sure.discharged, open_act=sure.open_act, open_row=sure.open_row, given=True)
    if giving.single:
        return found
    # What an undecided firing would take, if it is one, or another may have taken already, may be the next one's.
    undecided = found.firings.state == UNDECIDED
    whose = np.repeat(np.arange(len(begins)), sizes)
    some_sure = np.bincount(whose[~undecided], minlength=len(begins)) > 0
    doubt = np.bincount(whose[undecided | (found.open_act < FOREVER)], minlength=len(begins)) > 0
    again = (sizes > 1) & some_sure & doubt
    if again.any():
        kept = again[pairs.subject]
        other = giving.all(Pairs(*(part[kept] for part in pairs)), most=True)
        return _compared(found, sure, other, again[whose] & found.live)
    return found


def pairs_of(world: World, given: Given, subjects: I64, *, of_episodes: bool) -> Pairs:
    acts, stood = world.stood.acts, world.stood
    rows, doubtful = given
    if of_episodes:
        own = acts.own.take(rows)
        of, act, unsure = own, rows, doubtful
        if len(own) and int(own.min()) < 0:
            sure = own >= 0
            shared = np.flatnonzero(own == SHARED)
            child = acts.child[rows[shared]]
            counts = stood.begun_by(child, acts.at[rows[shared]])
            of = np.concatenate((own[sure], ranges(stood.first[child], counts)))
            act = np.concatenate((rows[sure], np.repeat(rows[shared], counts)))
            unsure = np.concatenate((doubtful[sure], np.ones(int(counts.sum()), np.bool_)))
    else:
        of, act, unsure = acts.child.take(rows), rows, doubtful
        if (stood.histories.records.also_of.value >= 0).any() and len(act):
            # An act of several episodes is one act of the child, as which the last of them stands.
            one = acts.source[act] * len(stood.act_names) + acts.name[act]
            _, last = np.unique(one[::-1], return_index=True)
            last = len(act) - 1 - last
            of, act, unsure = of[last], act[last], unsure[last]
    place = np.full(len(stood.child) if of_episodes else stood.children, -1, np.int64)
    place[subjects] = np.arange(len(subjects))
    spots = place.take(of)
    good = np.flatnonzero(spots >= 0)
    spots, act, unsure = spots.take(good), act.take(good), unsure.take(good)
    keys = spots * len(acts.at) + act
    if (keys[1:] < keys[:-1]).any():
        order = np.argsort(keys, kind="stable")
        spots, act, unsure = spots.take(order), act.take(order), unsure.take(order)
    return Pairs(spots, act, unsure)


class State(NamedTuple):
    discharged: I64
    open_act: I64
    last_by: I64  # when the last act that counts towards it was recorded
    open_row: I64  # which act that was of `open_act`, and of `last_by`: rows of all acts, or FOREVER
    last_row: I64

    @classmethod
    def empty(cls, count: int) -> State:
        """Before any act."""
        never = np.full(count, FOREVER, np.int64)
        return cls(never, never.copy(), never.copy(), never.copy(), never.copy())


class Giving:
    """The acts of one duty, given to its instances in rounds."""

    def __init__(self, world: World, duty: Duty, found: Instances, begins: I64, sizes: I64) -> None:
        self.world = world
        self.found = found
        self.begins = begins
        self.sizes = sizes
        self.single = len(begins) == len(found)  # no subject has two
        self.live = found.live
        self.agree = duty.effect is Effect.AGREE
        self.who = duty.with_ if self.agree else duty.to
        self.covers = Words()
        self.covers.number(frozenset())
        firings = found.firings
        self.own = firings.happened if firings.happened is not None and firings.acts is not None else None
        self.own_acts = firings.acts

    def all(self, pairs: Pairs, *, most: bool) -> State:
        state, covered = State.empty(len(self.found)), self.nobody()
        turn = place_in_group(pairs.subject)
        order = np.argsort(turn, kind="stable")
        ends = np.cumsum(np.bincount(turn)).tolist() if len(turn) else []
        begun = 0
        for end in ends:
            these = order[begun:end]
            begun = end
            self.give(Pairs(*(part[these] for part in pairs)), state, covered, most=most)
        return state

    def nobody(self) -> Any:
        """Who is covered of each before any act, by number; None where an act cannot leave anybody uncovered."""
        who = self.who
        partial = isinstance(who, PeopleRows) or (isinstance(who, People) and who.mode in ("all", "any"))
        return np.zeros(len(self.found), np.int64) if partial else None

    def give(self, pairs: Pairs, state: State, covered: Any, *, most: bool) -> None:
        """One act to each of these subjects."""
        acts, found = self.world.stood.acts, self.found
        if self.single:
            instances, whose, act = pairs.subject, np.arange(len(pairs.act)), pairs.act
        else:
            counts = self.sizes[pairs.subject]
            instances = ranges(self.begins[pairs.subject], counts)
            whose = np.repeat(np.arange(len(pairs.act)), counts)
            act = pairs.act.take(whose)
        at = acts.at.take(act)
        fits = self.live.take(instances)
        if most:
            fits |= found.firings.state.take(instances) == UNDECIDED
        fits &= state.discharged.take(instances) == FOREVER
        fits &= (found.opens.take(instances) <= at) & (at <= found.closes.take(instances))
        if self.own is not None and self.own_acts is not None:
            fits &= ~(self.own_acts.take(instances) & (self.own.take(instances) == act))
        fitting = np.flatnonzero(fits)
        if not len(fitting):
            return
        last = self._chosen(fitting, whose, instances, at)
        chosen, pair = instances[last], whose[last]
        unsure, at = pairs.unsure[pair], at[last]
        if not most:
            self._open(state, chosen[unsure], at[unsure], pairs.act[pair[unsure]])
            chosen, pair, at, unsure = chosen[~unsure], pair[~unsure], at[~unsure], unsure[~unsure]
        if covered is None:
            if most:
                self._open(state, chosen[unsure], at[unsure], pairs.act[pair[unsure]])
            state.discharged[chosen] = at
            state.last_by[chosen] = at
            state.last_row[chosen] = pairs.act[pair]
            return
        covers, adds = self._covers(chosen, pairs.act[pair], at, covered)
        state.last_by[chosen[adds]] = at[adds]
        state.last_row[chosen[adds]] = pairs.act[pair[adds]]
        doubt = (covers == UNKNOWN) | (unsure & (covers == TRUE))
        self._open(state, chosen[doubt], at[doubt], pairs.act[pair[doubt]])
        done_ = (covers == TRUE) | (most & (covers == UNKNOWN))
        state.discharged[chosen[done_]] = at[done_]

    def _chosen(self, fitting: I64, whose: I64, instances: I64, at: I64) -> I64:
        """Of the instances that an act fits the last; of a series that due nearest, of two as near the earlier."""
        if self.single:
            return fitting
        of = whose[fitting]
        if self.found.fixed is None:
            return fitting[np.append(of[1:] != of[:-1], True)]
        one = instances[fitting]
        away = np.abs(self.found.fixed[one] - at[fitting])
        order = np.lexsort((np.arange(len(fitting)), self.found.opens[one], away, of))
        return fitting[order[starts_of(of[order])]]

    @staticmethod
    def _open(state: State, which: I64, at: I64, act: I64) -> None:
        state.open_act[which] = np.minimum(state.open_act[which], at)
        state.open_row[which] = np.minimum(state.open_row[which], act)  # acts of one subject stand in order of time

    def _covers(self, chosen: I64, act: I64, at: I64, covered: Any) -> tuple[I8, Bools]:
        """Whether with this act all recipients are covered, and whether it counts towards that."""
        records = self.world.stood.histories.records
        said = records.with_ if self.agree else records.to
        names = said.value[self.world.stood.acts.source[act]]
        options, which = self._recipients(chosen, at)
        # Of few different cases each is worked out once: who may be meant, who is named, who was covered before.
        size, named_ = len(options), len(said.values) + 1
        cases, back = np.unique((covered[chosen] * named_ + names + 1) * size + which, return_inverse=True)
        out, adds = np.zeros(len(cases), np.int8), np.zeros(len(cases), np.bool_)
        then = np.zeros(len(cases), np.int64)
        for n, one in enumerate(cases.tolist()):
            rest, option = divmod(one, size)
            before, name = divmod(rest, named_)
            names_ = said.values[name - 1] if name else ()
            had = self.covers.values[before]
            out[n], adds[n] = _cover(options[option], names_, had)
            then[n] = self.covers.number(had | frozenset(names_)) if out[n] != FALSE or adds[n] else before
        covered[chosen] = then[back]
        return out[back], adds[back]

    def _recipients(self, chosen: I64, at: I64) -> tuple[list[Recipients], I64]:
        """Everybody whom it may be owed to: as known at the act, or since."""
        who = self.who
        if not isinstance(who, PeopleRows):
            return [(who,)], np.zeros(len(chosen), np.int64)
        firings = self.found.firings.taken(chosen)
        bits = rows_at(who, firings, firings.reader.at(firings.rows, at))
        numbers, back = np.unique(bits, return_inverse=True)
        open_ = np.array([isinstance(said_by(who, int(one))[0], Undecided) for one in numbers])[back]
        if open_.any() and not who.at_firing:
            now = firings.reader.at(firings.rows, np.full(len(chosen), self.world.stood.as_of))
            bits = np.where(open_, rows_at(who, firings, now), bits)
            numbers, back = np.unique(bits, return_inverse=True)
        return [_everybody(who, int(one)) for one in numbers], back


def _everybody(who: PeopleRows, bits: int) -> Recipients:
    found, _ = said_by(who, bits)
    if isinstance(found, Undecided):
        return (*found.people, NOT_STATED) if found.silent else found.people
    return (found,)


def _cover(possible: Recipients, named_: tuple[str, ...], before: frozenset[str]) -> tuple[int, bool]:
    answers = {is_covered(who, named_, before) for who in possible}
    if answers == {False} and not any(names_one(who, named_) for who in possible):
        return FALSE, False
    one = answers.pop() if len(answers) == 1 else None
    return UNKNOWN if one is None else TRUE if one else FALSE, one is not None or len(answers) > 0


def _compared(found: Instances, sure: State, other: State, which: Bools) -> Instances:
    """What surely discharged it, and what did where every act went to whatever it may be: it is between the two."""
    first = np.where(sure.open_act < FOREVER, sure.open_act, sure.discharged)
    differ = which & (other.discharged != first)
    acts = [sure.open_act, other.open_act]
    acts += [np.where(one.discharged < FOREVER, one.last_by, FOREVER) for one in (sure, other)]
    earliest = np.minimum.reduce(acts)
    rows = [sure.open_row, other.open_row]
    rows += [np.where(one.discharged < FOREVER, one.last_row, FOREVER) for one in (sure, other)]
    both = (sure.discharged < FOREVER) & (other.discharged < FOREVER)
    then = np.where(both, np.maximum(sure.discharged, other.discharged), FOREVER)
    return replace(
        found,
        discharged=np.where(differ, then, found.discharged),
        open_act=np.where(differ, earliest, found.open_act),
        open_row=np.where(differ, np.minimum.reduce(rows), sure.open_row),
        contested=differ & (sure.open_act == FOREVER) & (other.open_act == FOREVER),
    )
