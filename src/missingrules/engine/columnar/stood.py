"""Histories as they stood at one instant: what had begun by then, acts and events by name, facts as steps of time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.vocabulary import FactKind, FactType
from missingrules.engine.columnar.arrays import ranges, starts_of
from missingrules.engine.columnar.called import Called
from missingrules.engine.columnar.histories import NO_SUCH, NONE
from missingrules.engine.columnar.over import Over, key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.clock import Instant
    from missingrules.domain.vocabulary import FactWord
    from missingrules.engine.columnar.arrays import I32, I64, Bools
    from missingrules.engine.columnar.days import Days
    from missingrules.engine.columnar.histories import Histories, Said, Spans

# Of what an act names no episode, or of one that had not begun.
SHARED: Final = -3  # it may be of several


@dataclass(frozen=True, eq=False)
class Steps(Over):
    """A fact over time: numbers of values, -1 where it is unknown."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Happenings:
    """Acts or events of all names, in order of child, instant and id; one act of several episodes is one of each.

    `own` is the episode that it is of: by name, or because only one had begun; NONE, NO_SUCH, or SHARED.
    """

    child: I64
    name: I32
    at: I64
    episode: I64  # as it is named: a row, NONE or NO_SUCH
    own: I64
    source: I64  # the row in the events or records
    included: Bools


class Stood:
    """Everything that may be known at `as_of`; rows of episodes are those that had begun."""

    def __init__(self, histories: Histories, as_of: Instant, days: Days) -> None:
        self.histories = histories
        self.as_of = as_of
        self.days = days
        given = histories.episodes
        self.rows = np.flatnonzero(given.started <= as_of)
        self.renumbered = np.full(len(given.started) + 2, NO_SUCH, np.int64)
        self.renumbered[self.rows] = np.arange(len(self.rows))
        self.renumbered[NONE] = NONE
        self.child = given.child[self.rows]
        self.started = given.started[self.rows]
        self.instants = {
            "started": self.started,
            "located": self._known(given.located),
            "reported": self._known(given.reported),
            "returned": self._known(given.returned),
            "last_seen": self._known(given.last_seen),
        }
        self.returned = self.instants["returned"]
        children = len(histories)
        self.first = np.searchsorted(self.child, np.arange(children + 1))  # of each child's episodes
        self.episodes_of = np.diff(self.first)
        self._steps: dict[tuple[str, str], Steps | None] = {}

    def _known(self, instants: I64) -> I64:
        found = instants[self.rows]
        return np.where(found <= self.as_of, found, FOREVER)

    @property
    def children(self) -> int:
        return len(self.histories)

    def born(self, age: int) -> I64:
        """When each child turns so old; FOREVER where no date of birth is known."""
        return self.days.birthday(self.histories.born, age)

    @cached_property
    def history_from(self) -> I64:
        """The day, as the table numbers them, before which the history is not known; -1: all of it is."""
        given = self.histories.history_from
        return np.where(given > 0, given - self.days.first.toordinal(), -1)

    # --- facts ----------------------------------------------------------------------------------------------------

    def steps(self, owner: str, name: str, word: FactWord) -> Steps | None:
        """A fact of `child`, `plan` or `episode` over time; None where no case has it."""
        key = owner, name
        if key not in self._steps:
            spans = getattr(self.histories, owner, None) if owner != "episode" else self.histories.episodes.facts
            given = (spans or {}).get(name)
            self._steps[key] = None if given is None else self._stepped(given, word, of_episodes=owner == "episode")
        return self._steps[key]

    def _stepped(self, spans: Spans, word: FactWord, *, of_episodes: bool) -> Steps:
        of, start, end, value = spans.of, spans.start, spans.end, spans.value
        owners = len(self.histories)
        if of_episodes:
            of = self.renumbered[of]
            owners = len(self.rows)
            begun = of >= 0
            of, start, end, value = of[begun], start[begun], end[begun], value[begun]
        values = list(spans.values)
        first = np.full(owners, -1, np.int32)
        single = bool((of[1:] > of[:-1]).all())
        if single and (word.kind is FactKind.TIMELESS or ((start == BEFORE_ALL) & (end == FOREVER)).all()):
            first[of] = value
            none = np.zeros(0, np.int64)
            return Steps(first, none, none, none.astype(np.int32), tuple(values))
        dated = np.zeros(owners, np.bool_)
        if word.kind is not FactKind.TIMELESS:
            dated[of[(start != BEFORE_ALL) | (end != FOREVER)]] = True
        # Undated: the first that is given holds always.
        still = np.flatnonzero(~dated[of])
        first[of[still[::-1]]] = value[still[::-1]]
        moving = dated[of] & (start <= self.as_of)
        of, start, end, value = (
            of[moving],
            start[moving],
            np.where(end <= self.as_of, end, FOREVER)[moving],
            value[moving],
        )
        if not len(of):
            return _ordered(first, of, start, value, values)
        if word.kind in (FactKind.GRADING, FactKind.JUDGEMENT):
            if not single:
                ranks = np.argsort(np.argsort(np.array([str(v) for v in values])))
                order = np.lexsort((ranks[value], start, of))
                of, start, value = of[order], start[order], value[order]
            return _ordered(first, of, start, value, values)
        outside = np.full(owners, -1, np.int32)
        if word.type is FactType.YES_NO:
            yes = np.array([v == "true" for v in values])
            told, all_yes = np.zeros(owners, np.bool_), np.ones(owners, np.bool_)
            told[of] = True
            all_yes[of[~yes[value]]] = False
            if "false" not in values:
                values.append("false")
            outside[told & all_yes] = values.index("false")
        first = np.where(dated, outside, first).astype(np.int32)
        holds = start < end
        of, start, end, value = of[holds], start[holds], end[holds], value[holds]
        every = np.concatenate((of, of)), np.concatenate((end, start)), np.concatenate((outside[of], value))
        kinds = np.repeat(np.array([0, 1], np.int8), len(of))
        order = np.lexsort((kinds, every[1], every[0]))
        order = order[every[1][order] < FOREVER]
        return _ordered(first, every[0][order], every[1][order], every[2][order], values)

    @cached_property
    def tangled(self) -> Bools:
        """The children two of whose spans of one fact overlap: the first that is given holds, which no step can say."""
        found = np.zeros(self.children, np.bool_)
        h = self.histories
        for spans, child in (
            *((spans, None) for spans in (*h.child.values(), *h.plan.values())),
            *((spans, h.episodes.child) for spans in h.episodes.facts.values()),
        ):
            if (spans.of[1:] > spans.of[:-1]).all():
                continue
            order = np.lexsort((spans.start, spans.of))
            of, start, end = spans.of[order], spans.start[order], spans.end[order]
            crossing = (of[1:] == of[:-1]) & (end[:-1] > start[1:]) & ((end[:-1] != FOREVER) | (end[1:] != FOREVER))
            owners = of[1:][crossing]
            found[owners if child is None else child[owners]] = True
        return found

    # --- acts and events --------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> Happenings:
        given = self.histories.events
        rows = np.flatnonzero(given.at <= self.as_of)
        episode = self.renumbered[given.episode[rows]]
        return self._happenings(given.child[rows], given.name[rows], given.at[rows], episode, rows, None)

    @cached_property
    def act_names(self) -> tuple[str, ...]:
        """The names of the acts by number: of the records, and included in them."""
        given = self.histories.records
        named = [*given.actions, *(name for several in given.included.values for name in several)]
        return tuple(dict.fromkeys(named))

    @cached_property
    def act_numbers(self) -> Mapping[str, int]:
        """The number of the name of each act."""
        return {name: number for number, name in enumerate(self.act_names)}

    @cached_property
    def acts(self) -> Happenings:
        given = self.histories.records
        rows = np.flatnonzero(given.at <= self.as_of)
        name, included = given.action[rows], np.zeros(len(rows), np.bool_)
        more, more_names = _each_of(given.included, rows, lambda word: self.act_numbers[word])
        if not len(more) and not (given.also_of.value[rows] >= 0).any():
            episode = self.renumbered[given.episode[rows]]
            return self._happenings(given.child[rows], name, given.at[rows], episode, rows, included)
        rows, name = np.concatenate((rows, rows[more])), np.concatenate((name, more_names)).astype(np.int32)
        included = np.concatenate((included, np.ones(len(more), np.bool_)))
        places = np.arange(len(rows))
        episode = given.episode[rows]
        also_places, also = _each_of(given.also_of, rows, int)
        of_places = np.concatenate((places, also_places))
        of_episode = np.concatenate((episode, also))
        # In the order in which the evaluator comes upon them: record, act, episode; sorted by instant and id.
        turn = np.concatenate((np.zeros(len(places), np.int64), np.arange(1, len(also) + 1)))
        order = np.lexsort((turn, of_places, included[of_places], rows[of_places]))
        of_places, of_episode = of_places[order], of_episode[order]
        rows, name, included = rows[of_places], name[of_places], included[of_places]
        return self._happenings(given.child[rows], name, given.at[rows], self.renumbered[of_episode], rows, included)

    def acts_named(self, name: str) -> I64:
        """The acts of one name, in their order."""
        order, begins = self._by_name
        number = self.act_numbers.get(name)
        return order[:0] if number is None else order[begins[number] : begins[number + 1]]

    @cached_property
    def _by_name(self) -> tuple[I64, I64]:
        # Short numbers are sorted in a pass or two; there are never thousands of names.
        name = self.acts.name.astype(np.int16) if len(self.act_names) < 1 << 15 else self.acts.name
        order = np.argsort(name, kind="stable")
        return order, np.searchsorted(name.take(order), np.arange(len(self.act_names) + 1))

    def _happenings(
        self, child: I64, name: I32, at: I64, episode: I64, rows: I64, included: Bools | None
    ) -> Happenings:
        own = episode
        unnamed = np.flatnonzero(episode == NONE)
        if len(unnamed):
            begun = self.begun_by(child[unnamed], at[unnamed])
            first = self.first[child[unnamed]]
            own = own.copy()
            own[unnamed] = np.where(begun == 1, first, np.where(begun == 0, NO_SUCH, SHARED))
        none = np.zeros(len(rows), np.bool_)
        return Happenings(child, name, at, episode, own, rows, none if included is None else included)

    def begun_by(self, child: I64, at: I64) -> I64:
        """How many of a child's episodes had started by then."""
        found: I64 = np.searchsorted(self._started, key(child, at), "right") - self.first[child]
        return found

    @cached_property
    def called(self) -> Called:
        """How occurrences are called."""
        return Called(self.histories.records.id, self.histories.events.id)

    @cached_property
    def _started(self) -> I64:
        return key(self.child, self.started)


def _each_of(said: Said, rows: I64, number: Any) -> tuple[I64, I64]:
    """Of rows whose value is a tuple, every part: its place among the rows, and its number; `rows` may repeat."""
    places = np.flatnonzero(said.value[rows] >= 0) if len(said.value) else np.zeros(0, np.int64)
    if not len(places):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    parts = [np.array([number(one) for one in several], np.int64) for several in said.values]
    sizes = np.array([len(one) for one in parts], np.int64)
    flat, begins = np.concatenate(parts), np.concatenate(([0], np.cumsum(sizes)[:-1]))
    which = said.value[rows][places]
    return np.repeat(places, sizes[which]), flat[ranges(begins[which], sizes[which])]


def _ordered(first: I32, of: I64, time: I64, value: I32, values: list[Any]) -> Steps:
    """Of several at one instant the last; what holds before all is the first; what changes nothing left out."""
    first = first.copy()
    if len(of):
        last = np.append((of[1:] != of[:-1]) | (time[1:] != time[:-1]), True)
        of, time, value = of[last], time[last], value[last]
        at_once = time == BEFORE_ALL
        first[of[at_once]] = value[at_once]
        of, time, value = of[~at_once], time[~at_once], value[~at_once]
        before = np.concatenate(([-9], value[:-1]))
        begins = starts_of(of)
        before[begins] = first[of[begins]]
        turns = value != before
        of, time, value = of[turns], time[turns], value[turns]
    return Steps(first, of, time, value.astype(np.int32), tuple(values))
