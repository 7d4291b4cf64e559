"""Many children seen by one protocol: the readers of their episodes and of the children themselves."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.conditions import Known, Range
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN
from missingrules.engine.columnar.ground import Ground
from missingrules.engine.columnar.over import Over, lasting, times_of
from missingrules.engine.columnar.points import Coded, all_of, looked_up, negated
from missingrules.engine.columnar.reading import CHILD, EPISODE, MISSING, YES_NO, Of, Turns, each_once, one_of, table_of
from missingrules.engine.columnar.search import over_of
from missingrules.engine.columnar.stood import Steps
from missingrules.engine.relative import OUT, RELATIVE
from missingrules.engine.values import length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Counted, FactTest, Test
    from missingrules.engine.columnar.arrays import I64, Numbers
    from missingrules.engine.columnar.points import Points, Truth

_PLACED: Final = ("placing_authority", "placed_in")


class World(Ground):
    """The same, with what rules read of episodes and of children."""

    @cached_property
    def episodes(self) -> OfEpisodes:
        return OfEpisodes(self, len(self.stood.child))

    @cached_property
    def children(self) -> OfChildren:
        return OfChildren(self, self.stood.children)

    def counts(self, counted: Counted) -> Over:
        """Of each episode whether it is of those that count, over time."""
        if not {"episode.kind", "episode.from"} & set(self.conclusions):
            return super().counts(counted)
        reader = self.episodes
        turns = each_once(reader.turns_of_count(counted))
        return over_of(reader, lambda points: points.each(reader.counts(points, counted)), turns)

    @cached_property
    def stays(self) -> tuple[Turns, ...]:
        """When episodes start and end."""
        stood = self.stood
        return tuple(Turns(EPISODE, self.moments(at)) for at in (stood.started, stood.returned))


class OfEpisodes(Of):
    """The rows are episodes."""

    world: World
    of_episodes = True

    def __init__(self, world: World, size: int) -> None:
        super().__init__(world, size)
        self._first: dict[tuple[str, ...], Numbers] = {}
        self._reaches: dict[tuple[Length, bool], I64] = {}

    def children(self, points: Points) -> I64:
        found: I64 = points.once("child", lambda: self.world.stood.child.take(points.rows))
        return found

    def owners(self, whose: str, rows: I64) -> I64:
        return rows if whose == EPISODE else self.world.stood.child.take(rows) if whose == CHILD else rows * 0

    def over(self, test: FactTest) -> Over:
        return self.world.children.over(test)

    # --- at instants --------------------------------------------------------------------------------------------------

    def tested_of_episode(self, points: Points, test: FactTest) -> Truth:
        name = test.fact
        if name == "episode.missing_for":
            return self._missing_for(points, test.test)
        coded = points.coded(name)
        return looked_up(coded.codes, table_of(coded.values, test.test, self.world.protocol.words.facts.get(name)))

    def kinds(self, points: Points, kinds: tuple[str, ...]) -> Truth:
        return one_of(points.coded("episode.kind"), kinds)

    def counts(self, points: Points, counted: Counted) -> Truth:
        """Whether each episode is of those that count."""
        parts = [points.kinds(counted.kinds)] if counted.kinds else []
        if counted.missing_from:
            parts.append(one_of(points.coded("episode.from"), counted.missing_from))
        return all_of(parts)

    def coded(self, points: Points, name: str) -> Coded:
        stood = self.world.stood
        if name == "episode.missing":
            here = points.between(stood.started.take(points.rows), stood.returned.take(points.rows))
            return _of_truth(all_of([points.kinds(MISSING), here]))
        if name == "episode.first_episode":
            return _of_truth(all_of([points.kinds(MISSING), self.is_first(MISSING).take(points.rows)]))
        return self.concluded(points, name)

    def given(self, points: Points, name: str) -> Coded:
        steps = self._steps(name)
        if steps is None:
            return Coded(-1, ())
        if steps.constant is not None:
            return Coded(steps.constant, steps.values)
        return Coded(steps.at(points.rows, points.when), steps.values)

    def _steps(self, name: str) -> Steps | None:
        rest = "risk" if name == "episode.risk.recorded" else name.removeprefix("episode.")
        return self.world.recorded("episode", rest)

    def _missing_for(self, points: Points, test: Test) -> Truth:
        parts = []
        for limit, more_than, at_least in _limits(test):
            lasted = points.between(self._reached(limit, more_than).take(points.rows), FOREVER)
            parts.append(lasted if at_least else negated(lasted))
        return all_of(parts)

    def _reached(self, limit: Length, more_than: bool) -> I64:
        """When each has lasted so long; FOREVER where it had ended."""
        name = limit, more_than
        found = self._reaches.get(name)
        if found is None:
            stood = self.world.stood
            reached = stood.days.after(stood.started, limit) + more_than
            found = self._reaches[name] = np.where(reached <= stood.returned, reached, FOREVER)
        return found

    def is_first(self, kinds: tuple[str, ...]) -> Numbers:
        """Whether no episode of these kinds started before each; the history may begin later than the child's."""
        found = self._first.get(kinds)
        if found is None:
            found = self._first[kinds] = self._is_first(kinds)
        return found

    def _is_first(self, kinds: tuple[str, ...]) -> Numbers:
        stood = self.world.stood
        starts = self._starts
        of_kind = starts.each(starts.kinds(kinds)) if kinds else np.full(len(self), TRUE, np.int8)
        found = np.where(stood.history_from[stood.child] >= 0, UNKNOWN, TRUE).astype(np.int8)
        for value, answer in ((UNKNOWN, UNKNOWN), (TRUE, FALSE)):
            so_far = np.cumsum(of_kind == value)
            before = so_far - (of_kind == value)
            begins = stood.first[stood.child]
            earlier = before - np.where(begins > 0, so_far[begins - 1], 0)
            found = np.where(earlier > 0, answer, found).astype(np.int8)
        return found

    @cached_property
    def _starts(self) -> Points:
        return self.all_at(self.world.stood.started)

    # --- where they may turn ------------------------------------------------------------------------------------------

    def turns_of_episode(self, test: FactTest) -> Iterator[Turns]:
        if test.fact == "episode.missing_for":
            for limit, more_than, _ in _limits(test.test):
                yield Turns(EPISODE, self.world.moments(self._reached(limit, more_than)))
        else:
            yield from self._turns_of_fact(test.fact)

    def _turns_of_fact(self, name: str) -> Iterator[Turns]:
        if name in ("episode.missing", "episode.first_episode"):
            yield from self.turns_of_kind()
            if name == "episode.missing":
                yield from self.world.stays
            return
        steps = self._steps(name)
        if steps is not None:
            yield Turns(EPISODE, steps.times)
        yield from self.turns_of_concluded(name)

    def turns_of_kind(self) -> Iterator[Turns]:
        yield from self._turns_of_fact("episode.kind")

    def turns_of_count(self, counted: Counted) -> Iterator[Turns]:
        """Where it may turn whether an episode is of those that count."""
        if counted.kinds:
            yield from self.turns_of_kind()
        if counted.missing_from:
            yield from self._turns_of_fact("episode.from")


class OfChildren(Of):
    """The rows are children; what is read of an episode is read of the one then running."""

    world: World

    def __init__(self, world: World, size: int) -> None:
        super().__init__(world, size)
        self._steps: dict[str, Steps] = {}
        self._overs: dict[tuple[str, Test], Over] = {}

    def children(self, points: Points) -> I64:
        return points.rows

    def owners(self, whose: str, rows: I64) -> I64:
        return rows if whose == CHILD else rows * 0

    # --- at instants --------------------------------------------------------------------------------------------------

    def tested_of_episode(self, points: Points, test: FactTest) -> Truth:
        name = test.fact
        none = "false" if name == "episode.missing" else None
        word = self.world.protocol.words.facts.get(name)
        nothing = table_of(() if none is None else (none,), test.test, word)[0]
        if name == "episode.missing_for":
            nothing = np.int8(UNKNOWN)
        places, running = self._running(points)
        truth = running.truth(test)
        if isinstance(truth, int) and truth == nothing:
            return truth
        found = np.full(len(points), nothing, np.int8)
        found[places] = truth
        return found

    def _running(self, points: Points) -> tuple[I64, Points]:
        """Which of them have an episode running then, and these episodes."""

        def made() -> tuple[I64, Points]:
            stood = self.world.stood
            begun = stood.begun_by(points.rows, points.when)
            places = np.flatnonzero(begun > 0)
            episodes = stood.first[points.rows[places]] + begun[places] - 1
            still = points.when[places] < stood.returned[episodes]
            places, episodes = places[still], episodes[still]
            return places, self.world.episodes.at(episodes, points.when[places])

        found: tuple[I64, Points] = points.once("running", made)
        return found

    def kinds(self, points: Points, kinds: tuple[str, ...]) -> Truth:
        raise NotImplementedError

    def coded(self, points: Points, name: str) -> Coded:
        return self.concluded(points, name)

    def given(self, points: Points, name: str) -> Coded:
        """A fact of the child as the case gives it, and how the child is placed seen from here."""
        steps = self._recorded(name)
        said = Coded(steps.at(points.rows, points.when), steps.values)
        return self._relative(points, name, said) if name in RELATIVE else said

    # --- over time ----------------------------------------------------------------------------------------------------

    def over(self, test: FactTest) -> Over:
        name = test.fact, test.test
        found = self._overs.get(name)
        if found is None:
            steps, word = self.steps(test.fact), self.world.protocol.words.facts.get(test.fact)
            found = self._overs[name] = steps.looked_up(table_of(steps.values, test.test, word))
        return found

    def steps(self, name: str) -> Steps:
        """A fact of the child over time, with what is concluded of it and how the child is placed seen from here."""
        found = self._steps.get(name)
        if found is None:
            found = self._steps[name] = self._stepped(name)
        return found

    def _stepped(self, name: str) -> Steps:
        if name not in RELATIVE and not self.world.conclusions.get(name):
            return self._recorded(name)
        kept: list[Coded] = []

        def codes(points: Points) -> Numbers:
            kept.append(points.coded(name))
            return kept[-1].each(len(points))

        over = over_of(self, codes, tuple(self._turns_of_fact(name)))
        return Steps(over.first, over.of, over.time, over.value, kept[0].values)

    def _recorded(self, name: str) -> Steps:
        world = self.world
        prefix, _, rest = name.partition(".")
        recorded: Steps | None
        if prefix == "protocol":
            areas = world.protocol.areas
            recorded = self._constant(areas[0]) if len(areas) == 1 else world.recorded("child", rest)
        else:
            recorded = world.recorded(prefix, rest)
        return recorded or self._constant(None)

    def _constant(self, value: Any) -> Steps:
        over = lasting(np.full(len(self), -1 if value is None else 0, np.int32))
        return Steps(over.first, over.of, over.time, over.value, () if value is None else (value,))

    def _relative(self, points: Points, name: str, said: Coded) -> Coded:
        """How a child is placed, by who placed it and where whenever both are known; otherwise as given."""
        world = self.world
        placing, placed = (world.recorded("child", one) for one in _PLACED)
        if placing is None or placed is None:
            return said
        b, w = placing.at(points.rows, points.when), placed.at(points.rows, points.when)
        applies = world.protocol.applies
        if applies is not None and applies.is_everywhere:
            numbers = {value: n for n, value in enumerate(dict.fromkeys((*placing.values, *placed.values)))}
            of_by = np.array([*(numbers[v] for v in placing.values), -1], np.int64)
            of_where = np.array([*(numbers[v] for v in placed.values), -1], np.int64)
            yes = of_by[b] != of_where[w]
        else:
            areas = world.protocol.areas
            ours = np.array([*(v in areas for v in placing.values), False])[b]
            here = np.array([*(v in areas for v in placed.values), False])[w]
            yes = ours & ~here if name == OUT else here & ~ours
        values = tuple(dict.fromkeys((*said.values, *YES_NO)))
        settled = np.where(yes, values.index("true"), values.index("false"))
        found = np.where((b >= 0) & (w >= 0), settled, said.codes).astype(np.int32)
        return Coded(found, values)

    # --- where they may turn ------------------------------------------------------------------------------------------

    def turns_of_episode(self, test: FactTest) -> Iterator[Turns]:
        return self._of_episodes(self.world.episodes.turns(test))

    def _turns_of_fact(self, name: str) -> Iterator[Turns]:
        yield Turns(CHILD, self._recorded(name).times)
        if name in RELATIVE:
            for one in _PLACED:
                steps = self.world.recorded("child", one)
                if steps is not None:
                    yield Turns(CHILD, steps.times)
        yield from self.turns_of_concluded(name)

    def turns_of_kind(self) -> Iterator[Turns]:
        return iter(())

    def _of_episodes(self, turns: tuple[Turns, ...]) -> Iterator[Turns]:
        """Where something that is read of the episode then running may turn, of its child."""
        of_child = self.world.stood.child
        for whose, times in each_once((*turns, *self.world.stays)):
            if whose == EPISODE:
                yield Turns(CHILD, times_of(len(self), of_child.take(times.of), times.time, self.world.horizon))
            else:
                yield Turns(whose, times)


def _of_truth(truth: Truth) -> Coded:
    """Truth as the value of a yes/no fact."""
    return Coded(looked_up(truth, np.array([1, -1, 0], np.int32)), YES_NO)


def _limits(test: Test) -> Iterator[tuple[Length, bool, bool]]:
    """The lengths that a test compares with: each with whether more than that is asked, and whether it is the least."""
    if isinstance(test, Known):
        return
    assert isinstance(test, Range)
    if test.low is not None:
        yield length(test.low), not test.low_inside, True
    if test.high is not None:
        yield length(test.high), test.high_inside, False
