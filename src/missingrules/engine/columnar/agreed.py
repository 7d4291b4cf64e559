"""What all worlds of a child agree on: engine/merge.py over columns, for the obligations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.arrays import distinct, ranges, starts_of
from missingrules.engine.columnar.gather import Words
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.names import sources_of
from missingrules.engine.columnar.solve import PEOPLE, Options
from missingrules.engine.columnar.status import NOT_DECIDABLE
from missingrules.engine.merge import people_of_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.arrays import I8, I64, Bools, Numbers
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.solve import Found, Owed
    from missingrules.engine.columnar.stood import Stood
    from missingrules.engine.columnar.tried import Tried
    from missingrules.engine.columnar.worlds import Worlds


COLUMNS: Final = ("children", "episodes", "status", "triggered", "due", "due_from", "due_latest", "done_at")


@dataclass(frozen=True, eq=False)
class Agreed:
    """The obligations of one duty of children of several worlds. FOREVER is no instant.

    A due instant that stands is `due`; where it is open, or differs, it lies between `due_from` and `due_latest`, which
    are equal, or FOREVER, where nothing is open.
    """

    duty: Duty
    prefix: str  # how their keys begin
    children: I64
    episodes: I64  # rows of the episodes that were tried; NONE: it is of the child
    occurrences: tuple[str, ...]
    status: I8
    triggered: I64
    due: I64
    due_from: I64
    due_latest: I64
    done_at: I64
    who: Mapping[str, Options]  # of `Settled`
    citations: Options

    def __len__(self) -> int:
        return len(self.children)

    def without(self, left: Bools) -> Agreed:
        """Without those of some children."""
        if not left[self.children].any():
            return self
        kept = np.flatnonzero(~left[self.children])

        return replace(
            self,
            occurrences=tuple(self.occurrences[row] for row in kept.tolist()),
            who={name: options.taken(kept) for name, options in self.who.items()},
            citations=self.citations.taken(kept),
            **{one: getattr(self, one)[kept] for one in COLUMNS},
        )


class _Groups(NamedTuple):
    """Rows that are of one key, put together: in the order of their worlds."""

    order: I64
    begins: I64
    first: I64  # the row in the first world in which it is
    child: I64
    episode: I64
    occurrences: tuple[str, ...]
    everywhere: Bools  # whether it is in all worlds


def agreed(found: Found, stood: Stood, worlds: Worlds, tried: Tried) -> list[Agreed]:
    """What was found in the worlds, by child and key."""
    return _Merging(stood, worlds, tried).all(found.owed)


class _Merging:
    """Duties that fire together are put together once, and columns that they share are read once."""

    def __init__(self, stood: Stood, worlds: Worlds, tried: Tried) -> None:
        self._stood = stood
        self._worlds = worlds
        self._tried = tried
        self._counts = np.bincount(worlds.child) if len(worlds.child) else np.zeros(0, np.int64)
        self._of_subject = worlds.episode[stood.rows]
        self._names = Words()
        self._groups: dict[int, tuple[Firings, _Groups]] = {}
        self._ends: dict[tuple[int, int], tuple[Numbers, I64, Numbers, Numbers]] = {}

    def all(self, owed: Sequence[Owed]) -> list[Agreed]:
        by_prefix: dict[str, list[Owed]] = {}
        for one in owed:
            if len(one):
                by_prefix.setdefault(one.prefix, []).append(one)
        return [self._merged(several) for several in by_prefix.values()]

    def _merged(self, several: list[Owed]) -> Agreed:
        if len(several) == 1:
            (one,) = several
            known = self._groups.get(id(one.firings))
            if known is None:
                known = self._groups[id(one.firings)] = one.firings, self._grouped(several)
            groups = known[1]
        else:
            groups = self._grouped(several)

        def column(name: str) -> Numbers:
            parts = [getattr(one, name) for one in several]
            return parts[0] if len(parts) == 1 else np.concatenate(parts)

        low, high = self._span(groups, column("status"))
        status = np.where((low == high) & groups.everywhere, low, NOT_DECIDABLE)
        due, due_from, due_latest = self._due(groups, column("due"), column("due_latest"))
        return Agreed(
            duty=several[0].duty,
            prefix=several[0].prefix,
            children=groups.child,
            episodes=groups.episode,
            occurrences=groups.occurrences,
            status=status,
            triggered=self._same(groups, column("triggered")),
            due=due,
            due_from=due_from,
            due_latest=due_latest,
            done_at=self._same(groups, column("done_at")),
            who={name: self._people(groups, [one.who[name] for one in several], several) for name in PEOPLE},
            citations=_first(groups, [one.citations for one in several], several),
        )

    # --- what is of one key -----------------------------------------------------------------------------------------

    def _grouped(self, several: list[Owed]) -> _Groups:
        of_world, of_episode = [], []
        for one in several:
            subjects = one.subjects
            of_world.append(self._stood.child[subjects] if one.of_episodes else subjects)
            of_episode.append(self._of_subject[subjects] if one.of_episodes else np.full(len(subjects), NONE))
        world, episode = np.concatenate(of_world), np.concatenate(of_episode)
        child = self._worlds.child[world]
        named = any(one.firings.named for one in several)
        if named:
            occurrence = np.concatenate([self._named(one.firings) for one in several])
        else:
            occurrence = np.concatenate([one.firings.number for one in several])
        subject = np.where(episode == NONE, child, len(self._counts) + episode)
        mark = subject * (int(occurrence.max()) + 1) + occurrence
        in_order = len(several) == 1 and bool((world[1:] >= world[:-1]).all())
        order = np.argsort(mark, kind="stable") if in_order else np.lexsort((world, mark))
        marks = mark[order]
        begins = starts_of(marks)
        first = order[begins]
        sizes = np.diff(np.append(begins, len(order)))
        return _Groups(
            order,
            begins,
            first,
            child[first],
            episode[first],
            tuple(self._names.values[number] if named else str(number) for number in occurrence[first].tolist()),
            sizes == self._counts[child[first]],
        )

    def _named(self, found: Firings) -> I64:
        """The names of occurrences by number, also of those that have only a number."""
        sources = sources_of(self._stood, found)
        if sources is None:
            several, back = np.unique(found.number, return_inverse=True)
            return np.array([self._names.number(str(one)) for one in several.tolist()], np.int64)[back]
        return self._ids.take(sources)

    @cached_property
    def _ids(self) -> I64:
        """The names of records, and then of events, by number."""
        given, number = self._tried.histories, self._names.number
        records = np.array([number(id_) for id_ in given.records.id], np.int64)[self._worlds.record]
        events = np.array([number(id_) for id_ in given.events.id], np.int64)[self._worlds.event]
        ids = self._worlds.histories.events.id
        for row in np.flatnonzero(self._tried.unnamed[self._worlds.event]).tolist():
            events[row] = number(ids[row])
        return np.concatenate((records, events))

    # --- what all say of it -----------------------------------------------------------------------------------------

    def _span(self, groups: _Groups, values: Numbers) -> tuple[Numbers, Numbers]:
        """The least and the greatest of each key."""
        if values.strides == (0,):
            return values[groups.first], values[groups.first]
        key = id(values), id(groups.order)
        known = self._ends.get(key)
        if known is None:
            every = values[groups.order]
            low, high = np.minimum.reduceat(every, groups.begins), np.maximum.reduceat(every, groups.begins)
            # They are held as long as their numbers stand for them.
            known = self._ends[key] = values, groups.order, low, high
        return known[2], known[3]

    def _same(self, groups: _Groups, instants: I64) -> I64:
        """The instant on which all agree."""
        low, high = self._span(groups, instants)
        return np.where(low == high, low, FOREVER)

    def _due(self, groups: _Groups, low: I64, high: I64) -> tuple[I64, I64, I64]:
        """When it is due, and between which instants."""
        if high is not low:
            high = np.where((low >= FOREVER) | (high >= FOREVER), low, high)
        (least, most), (least_high, most_high) = self._span(groups, low), self._span(groups, high)
        alike = (least == most) & (least_high == most_high)
        # Without a due instant in every world there is no latest.
        open_ = ~alike & (most >= FOREVER)
        due = np.where(alike, least, FOREVER)
        return due, np.where(open_, FOREVER, least), np.where(open_, FOREVER, most_high)

    def _people(self, groups: _Groups, options: list[Options], several: list[Owed]) -> Options:
        """Whom all name; where they differ, those that any does."""
        if len(options) == 1 and options[0].numbers is None:
            return options[0]
        numbers: dict[object, int] = {}
        every = np.concatenate([_numbered(one, len(of), numbers) for one, of in zip(options, several, strict=True)])
        said = list(numbers)
        low, high = self._span(groups, every)
        found, differ = low.copy(), np.flatnonzero(low != high)
        if len(differ):
            sizes = np.diff(np.append(groups.begins, len(groups.order)))[differ]
            rows = every[groups.order[ranges(groups.begins[differ], sizes)]]
            known: dict[tuple[int, ...], int] = {}
            for place, some in zip(differ.tolist(), np.split(rows, np.cumsum(sizes)[:-1]), strict=True):
                turns, at = np.unique(some, return_index=True)
                named = tuple(turns[np.argsort(at)].tolist())
                if named not in known:
                    who = people_of_all([said[number] for number in named])
                    known[named] = numbers.setdefault(who, len(numbers))
                found[place] = known[named]
        said = list(numbers)
        return Options(found, {number: said[number] for number in distinct(found)})


def _numbered(options: Options, rows: int, numbers: dict[object, int]) -> I64:
    """Which option each row has, equal ones by one number."""
    if options.numbers is None:
        return np.full(rows, numbers.setdefault(options.of[0], len(numbers)))
    own = np.array(sorted(options.of), np.int64)
    to = np.array([numbers.setdefault(options.of[number], len(numbers)) for number in own.tolist()], np.int64)
    return to[np.searchsorted(own, options.numbers)]


def _first(groups: _Groups, options: list[Options], several: list[Owed]) -> Options:
    """What each has in the first world."""
    if len(options) == 1:
        return (
            options[0] if options[0].numbers is None else options[0]._replace(numbers=options[0].numbers[groups.first])
        )
    numbers: dict[object, int] = {}
    every = np.concatenate([_numbered(one, len(of), numbers) for one, of in zip(options, several, strict=True)])
    return Options(every[groups.first], {number: said for said, number in numbers.items()})
