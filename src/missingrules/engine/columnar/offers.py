"""Triggers: the moments and stretches that each offers of all episodes and children: engine/offers.py over columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER, Length
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
)
from missingrules.domain.vocabulary import DONE
from missingrules.engine.columnar.arrays import FALSE, UNKNOWN
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.points import Coded, Unspoken
from missingrules.engine.columnar.reading import Fields, OfHappenings, each_once
from missingrules.engine.columnar.search import YES, Always, Holds, runs
from missingrules.engine.columnar.world import OfEpisodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from missingrules.domain.conditions import Counted
    from missingrules.domain.protocol import Words
    from missingrules.domain.triggers import Moment, Stretch
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.ground import Ground
    from missingrules.engine.columnar.histories import Said
    from missingrules.engine.columnar.points import Points, Truth
    from missingrules.engine.columnar.reading import Reader, Turns
    from missingrules.engine.columnar.search import What
    from missingrules.engine.columnar.world import World


@dataclass(frozen=True, eq=False)
class Chances:
    """Moments (`end` is `start`, and `moment` true) or stretches, both ends inside, in order of their rows."""

    reader: Reader  # of the episodes, of the children, or of what happened to them
    rows: I64  # of the reader
    subjects: I64  # the episodes, or the children
    start: I64
    end: I64
    moment: Bools
    doubt: Bools  # what else must hold is unknown
    extra: What = YES  # what else must hold, read of the reader
    happened: I64 | None = None  # the rows of acts or events; NONE where none
    acts: Bools | None = None  # whether those are acts

    @cached_property
    def parts(self) -> list[tuple[bool, bool, I64 | slice]]:
        """Which are in doubt or not, and moments or stretches: all of them together where they are alike."""
        if not self.doubt.any() and (self.moment.all() or not self.moment.any()):
            return [(False, bool(self.moment.all()), slice(None))]
        every = [
            (d, m, np.flatnonzero((self.doubt == d) & (self.moment == m))) for d in (True, False) for m in (True, False)
        ]
        return [(d, m, these) for d, m, these in every if len(these)]

    @cached_property
    def alone(self) -> bool:
        """Whether no two are of one subject."""
        return bool((self.subjects[1:] != self.subjects[:-1]).all())

    @cached_property
    def from_happenings(self) -> Chances:
        """The same, each a row of its own that reads what happened there."""
        return from_happenings(self)

    @cached_property
    def points(self) -> Points:
        """Each start."""
        return self.reader.at(self.rows, self.start)

    @cached_property
    def span(self) -> Span:
        """Each as a stretch."""
        return span_of(self.points, self.end)

    def __len__(self) -> int:
        return len(self.rows)


class Span(NamedTuple):
    """Stretches: where they start and end, and where what has come of them ends, and what is to come begins."""

    start: Points
    end: I64
    last: Points
    ahead: Points


def span_of(start: Points, end: I64) -> Span:
    """From these to their ends."""
    as_of = start.reader.world.stood.as_of
    last, ahead = np.minimum(end, as_of), np.maximum(start.at, as_of + 1)
    return Span(start, end, start.reader.at(start.rows, last), start.reader.at(start.rows, ahead))


@dataclass(frozen=True)
class Offer:
    """What a trigger offers of episodes and of children; None: nothing."""

    episodes: Chances | None = None
    children: Chances | None = None

    def each(self) -> list[Chances]:
        """Those there are."""
        return [one for one in (self.episodes, self.children) if one is not None and len(one)]


class FieldsOf(Fields):
    """The fields of the acts and events behind some rows."""

    def __init__(self, world: Ground, happened: I64, acts: Bools) -> None:
        self._world = world
        self._happened = happened
        self._acts = acts

    def said(self, name: str) -> Coded | None:
        stood = self._world.stood
        found: list[int] = []
        values: list[object] = []
        numbers = np.full(len(self._happened), -1, np.int64)
        for of_acts, happenings in ((True, stood.acts), (False, stood.events)):
            rows = np.flatnonzero((self._acts == of_acts) & (self._happened >= 0))
            if not len(rows):
                continue
            which = self._happened[rows]
            said = self._said(name, of_acts=of_acts)
            if said is None or not len(said.value):
                continue
            number = said.value[happenings.source[which]].astype(np.int64)
            if of_acts and name in ("outcome", "about", "method"):
                number = np.where(happenings.included[which], -1, number)
            numbers[rows] = np.where(number >= 0, number + len(values), -1)
            values += said.values
            found.append(len(rows))
        return Coded(numbers, tuple(values)) if values else None

    def _said(self, name: str, *, of_acts: bool) -> Said | None:
        h = self._world.stood.histories
        if of_acts and name in ("outcome", "about", "method"):
            said: Said = getattr(h.records, name)
            return said
        return (h.records.fields if of_acts else h.events.fields).get(name)


class Undone:
    """Obligations of a rule whose due instant passed, or will pass, with nothing recorded: the moment after it."""

    def __init__(self, subjects: I64, at: I64, doubt: Bools) -> None:
        self.subjects = subjects
        self.at = at
        self.doubt = doubt


class Offers:
    """What the triggers offer under one protocol; `undone`: what a rule left undone, of episodes and of children."""

    def __init__(self, world: World, undone: Callable[[str], tuple[Undone, Undone]]) -> None:
        self.world = world
        self._undone = undone
        self._known: dict[object, Offer] = {}

    def of(self, trigger: object, kinds: tuple[str, ...]) -> Offer:
        """What a trigger of a rule that speaks of these kinds offers."""
        key = (self.world.number(trigger), kinds if _first_episode(trigger) else ())
        found = self._known.get(key)
        if found is None:
            if isinstance(trigger, FirstOf):
                parts = [self._one(part, kinds) for part in trigger.triggers]
                found = Offer(
                    _together([one.episodes for one in parts if one.episodes is not None and len(one.episodes)]),
                    _together([one.children for one in parts if one.children is not None and len(one.children)]),
                )
            else:
                found = self._one(trigger, kinds)  # type: ignore[arg-type]
            self._known[key] = found
        return found

    def _one(self, trigger: Moment | Stretch, kinds: tuple[str, ...]) -> Offer:
        world, stood = self.world, self.world.stood
        everyone = np.arange(len(stood.child))
        match trigger:
            case OnInstant("first_episode"):
                first = world.episodes.is_first(kinds)
                rows = np.flatnonzero(first != FALSE)
                return Offer(self._moments(rows, stood.started[rows], doubt=first[rows] == UNKNOWN))
            case OnInstant(which):
                when = stood.instants[which]
                rows = np.flatnonzero(when < FOREVER)
                return Offer(self._moments(rows, when[rows]))
            case WhileMissing(ends_with):
                return Offer(self._stretches(everyone, stood.started, self._end(ends_with)))
            case MissingFor(Length() as length, more_than, ends_with):
                start, end = stood.days.after(stood.started, length) + more_than, self._end(ends_with)
                rows = np.flatnonzero(start <= end)
                return Offer(self._stretches(rows, start[rows], end[rows]))
            case MissingFor():
                raise Unspoken("missing for a length that a fact gives")
            case EpisodesReach():
                return Offer(self._reach(trigger))
            case Becomes(test) if test.fact.startswith("episode."):
                rows, start, end, _ = runs(world.episodes, Holds(test))
                kept = start < stood.returned[rows]
                rows, start, end = rows[kept], start[kept], end[kept]
                begins = np.maximum(start, stood.started[rows])
                kept = begins <= end
                rows, begins, end = rows[kept], begins[kept], end[kept]
                return Offer(self._stretches(rows, begins, np.minimum(end, stood.returned[rows])))
            case Becomes(test):
                first = np.full(stood.children, FOREVER, np.int64)
                has = stood.episodes_of > 0
                first[has] = stood.started[stood.first[:-1][has]]
                rows, start, end, undated = runs(world.children, Holds(test))
                start = np.where(undated, first[rows], start)
                kept = (start < FOREVER) & (start <= end)
                return Offer(None, self._of_children(rows[kept], start[kept], end[kept], moment=False))
            case OnBirthday(age):
                when = world.born(age)
                rows = np.flatnonzero(when < FOREVER)
                return Offer(None, self._of_children(rows, when[rows], when[rows], moment=True))
            case OnRecord() | OnEvent():
                return self._happened(trigger)
            case OnUndone(rule):
                of_episodes, of_children = self._undone(rule)
                return Offer(
                    self._moments(of_episodes.subjects, of_episodes.at, doubt=of_episodes.doubt),
                    replace(
                        self._of_children(of_children.subjects, of_children.at, of_children.at, moment=True),
                        doubt=of_children.doubt,
                    ),
                )
            case OnPeriod():
                raise Unspoken("a duty of the calendar")
        raise Unspoken(type(trigger).__name__)

    def _end(self, ends_with: str) -> I64:
        stood = self.world.stood
        return np.minimum(stood.instants["located"], stood.returned) if ends_with == "located" else stood.returned

    def _moments(self, rows: I64, at: I64, doubt: Bools | None = None) -> Chances:
        none = np.zeros(len(rows), np.bool_)
        return Chances(self.world.episodes, rows, rows, at, at, ~none, none if doubt is None else doubt)

    def _stretches(self, rows: I64, start: I64, end: I64) -> Chances:
        none = np.zeros(len(rows), np.bool_)
        return Chances(self.world.episodes, rows, rows, start, end, none, none)

    def _of_children(self, rows: I64, start: I64, end: I64, *, moment: bool) -> Chances:
        none = np.zeros(len(rows), np.bool_)
        return Chances(self.world.children, rows, rows, start, end, ~none if moment else none, none)

    def _reach(self, trigger: EpisodesReach) -> Chances:
        """The episodes that bring the count there, each until the count falls below it."""
        tally = self.world.tally(trigger.counted)
        low, high = tally.numbered
        whole = tally.whole[self.world.stood.child[tally.rows]]
        kept = np.flatnonzero((low <= trigger.at_least) & ((high >= trigger.at_least) | (whole > tally.at)))
        rows, at = tally.rows[kept], tally.at[kept]
        falls = tally.falls(trigger.at_least, kept)
        end = np.where(falls == FOREVER, FOREVER, np.maximum(at, falls - 1))
        order = np.argsort(rows, kind="stable")
        rows, at, end, doubt = rows[order], at[order], end[order], (low[kept] != trigger.at_least)[order]
        none = np.zeros(len(rows), np.bool_)
        return Chances(self.world.episodes, rows, rows, at, end, none, doubt, Counts(trigger.counted))

    def _happened(self, trigger: OnRecord | OnEvent) -> Offer:
        world, stood = self.world, self.world.stood
        if isinstance(trigger, OnRecord):
            happenings, rows = stood.acts, acts_of(world, trigger)
        else:
            happenings = stood.events
            names = stood.histories.events.names
            number = names.index(trigger.event) if trigger.event in names else -1
            rows = np.flatnonzero(happenings.name == number)
        of_episodes = rows[happenings.episode[rows] >= 0]
        of_children = rows[happenings.episode[rows] == NONE]
        of_episodes = of_episodes[np.argsort(happenings.episode[of_episodes], kind="stable")]
        out: list[Chances | None] = []
        for of, reader, subjects in (
            (of_episodes, world.episodes, happenings.episode[of_episodes]),
            (of_children, world.children, happenings.child[of_children]),
        ):
            if not len(of):
                out.append(None)
                continue
            at = happenings.at[of]
            none = np.zeros(len(of), np.bool_)
            acts = np.full(len(of), isinstance(trigger, OnRecord))
            made = Chances(reader, subjects, subjects, at, at, ~none, none, YES, of, acts)
            if isinstance(trigger, OnEvent):
                seen_from = replace(from_happenings(made), extra=Holds(trigger.fields))
                fields = seen_from.points.truth(trigger.fields)
                made = replace(made, extra=Always(fields)) if isinstance(fields, int) else seen_from
            out.append(made)
        return Offer(*out)


def from_happenings(chances: Chances) -> Chances:
    """The same chances, each a row of its own that reads what happened there."""
    if isinstance(chances.reader, OfHappenings):
        return chances
    happened = np.full(len(chances), NONE) if chances.happened is None else chances.happened
    acts = np.zeros(len(chances), np.bool_) if chances.acts is None else chances.acts
    fields = FieldsOf(chances.reader.world, happened, acts)
    reader = OfHappenings(chances.reader, chances.rows, fields)
    rows, extra = np.arange(len(chances)), YES if chances.extra is YES else OfBase(chances.extra)
    made = replace(chances, reader=reader, rows=rows, extra=extra, happened=happened, acts=acts)
    # What is read of the same instants without what happened is read once.
    made.points.once("base", lambda: chances.points)
    return made


class Counts(NamedTuple):
    """Whether episodes are of those that count."""

    counted: Counted

    def read(self, points: Points) -> Truth:
        assert isinstance(points.reader, OfEpisodes)
        return points.reader.counts(points, self.counted)

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        assert isinstance(reader, OfEpisodes)
        return each_once(reader.turns_of_count(self.counted))


class OfBase(NamedTuple):
    """The same, seen from what happened there."""

    what: What

    def read(self, points: Points) -> Truth:
        assert isinstance(points.reader, OfHappenings)
        return self.what.read(points.reader.base_of(points))

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        assert isinstance(reader, OfHappenings)
        return self.what.turns(reader.base)


@dataclass(frozen=True, eq=False)
class EachOwn:
    """What else must hold of the chances of several triggers, each row by its own."""

    parts: tuple[Chances, ...]
    of: I64  # which of them each row is of
    row: I64  # and which row there

    def read(self, points: Points) -> Truth:
        found = np.zeros(len(points), np.int8)
        of, row = self.of[points.rows], self.row[points.rows]
        for n, part in enumerate(self.parts):
            these = np.flatnonzero(of == n)
            found[these] = part.extra.read(part.reader.at(row[these], points.at[these]))
        return found

    def turns(self, reader: Reader) -> tuple[Turns, ...]:
        return each_once(one for part in self.parts for one in part.extra.turns(part.reader))


def _together(parts: Sequence[Chances]) -> Chances | None:
    """The chances of several triggers, by row, and of one row in the order of the triggers."""
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    plain = all(part.extra is YES for part in parts)
    if not plain or any(isinstance(part.reader, OfHappenings) for part in parts):
        return _from_rows(parts)
    order = np.argsort(np.concatenate([part.rows for part in parts]), kind="stable")
    return _joined(parts, parts[0].reader, order, np.concatenate([part.rows for part in parts])[order])


def _from_rows(parts: Sequence[Chances]) -> Chances:
    """The same where one of them wants something else to hold: each chance becomes a row of its own."""
    base = parts[0].reader.base if isinstance(parts[0].reader, OfHappenings) else parts[0].reader
    own = tuple(from_happenings(part) for part in parts)
    subjects = np.concatenate([part.subjects for part in own])
    order = np.argsort(subjects, kind="stable")
    made = from_happenings(_joined(own, base, order, subjects[order]))
    of = np.repeat(np.arange(len(own)), [len(part) for part in own])
    row = np.concatenate([part.rows for part in own])
    return replace(made, extra=EachOwn(own, of[order], row[order]))


def _joined(parts: Sequence[Chances], reader: Reader, order: I64, rows: I64) -> Chances:
    def column(name: str, none: object) -> I64:
        found = [getattr(part, name) for part in parts]
        return np.concatenate([np.full(len(p), none) if f is None else f for p, f in zip(parts, found, strict=True)])[
            order
        ]

    return Chances(
        reader,
        rows,
        column("subjects", 0),
        column("start", 0),
        column("end", 0),
        column("moment", False),
        column("doubt", False),
        YES,
        column("happened", NONE) if any(part.happened is not None for part in parts) else None,
        column("acts", False) if any(part.acts is not None for part in parts) else None,
    )


def _first_episode(trigger: object) -> bool:
    parts = trigger.triggers if isinstance(trigger, FirstOf) else (trigger,)
    return OnInstant("first_episode") in parts


def acts_of(world: World, trigger: OnRecord) -> I64:
    """The acts of which a trigger or an `until` speaks."""
    stood = world.stood
    acts, records = stood.acts, stood.histories.records
    rows = stood.acts_named(trigger.action)
    if not len(rows):
        return rows
    source, included = acts.source[rows], acts.included[rows]
    outcome = np.where(included, -1, records.outcome.value[source])
    if trigger.outcome is None:
        good = done(world.protocol.words, trigger.action, records.outcome, ())[outcome]
    else:
        good = np.array([*(value == trigger.outcome for value in records.outcome.values), False])[outcome]
    if trigger.about is not None:
        about = np.where(included, -1, records.about.value[source])
        good &= np.array([*(value == trigger.about for value in records.about.values), False])[about]
    for wanted, said in ((trigger.to, records.to), (trigger.by, records.by)):
        if wanted:
            good &= np.array([*(set(wanted) <= set(value) for value in said.values), False])[said.value[source]]
    return rows[good]


def done(words: Words, action: str, outcome: Said, met_by: tuple[str, ...]) -> Bools:
    """Of each outcome whether it counts as done; last of none."""
    good = (*DONE, *words.actions[action].done, *met_by)
    return np.array([*(value in good for value in outcome.values), True])
