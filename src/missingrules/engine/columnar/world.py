"""Many children seen by one protocol: the readers of their episodes and of the children themselves."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.domain.clock import BEFORE_ALL, FOREVER
from missingrules.domain.conditions import Known
from missingrules.engine.columnar import grid as grids
from missingrules.engine.columnar.arrays import FALSE, TRUE, UNKNOWN
from missingrules.engine.columnar.counting import Truths
from missingrules.engine.columnar.grid import ALL, CELL, ROW, Column, Grid, all_of, grid_of, negated, same
from missingrules.engine.columnar.ground import Ground
from missingrules.engine.columnar.reading import YES_NO, Coded, Of, codes_of, table_of
from missingrules.engine.columnar.stood import Steps, tidied, tidied_whole
from missingrules.engine.columnar.turns import of_children, of_episodes
from missingrules.engine.relative import OUT, RELATIVE
from missingrules.engine.values import length

if TYPE_CHECKING:
    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Counted, CountTest, FactTest, Test
    from missingrules.engine.columnar.arrays import I64, Numbers

MISSING: Final = ("missing",)


class World(Ground):
    """The same, with what rules read of episodes and of children."""

    @cached_property
    def episodes(self) -> OfEpisodes:
        return OfEpisodes(self, grid_of(len(self.stood.child), of_episodes(self), self.horizon))

    @cached_property
    def children(self) -> OfChildren:
        return OfChildren(self, grid_of(self.stood.children, of_children(self), self.horizon))

    def counts(self, counted: Counted) -> Truths:
        """Of each episode whether it is of those that count, over time."""
        if not self.needs.concluded_kinds:
            return super().counts(counted)
        return self.episodes.turned(self.episodes.counts(counted))


class OfEpisodes(Of):
    """The rows are episodes."""

    world: World
    of_episodes = True

    def _rows_of(self, of_children: Numbers) -> Numbers:
        return of_children[self.world.stood.child]

    def tested(self, test: FactTest) -> Column:
        key = test.fact, test.test
        found = self._tested.get(key)
        if found is None:
            found = self._tested[key] = self._test(test.fact, test.test)
        return found

    def _test(self, name: str, test: Test) -> Column:
        if name == "child.age":
            return self.age(test)
        if name == "episode.missing_for":
            return self._missing_for(test)
        word = self.world.protocol.words.facts.get(name)
        coded = self.coded(name) if name.startswith("episode.") else self._of_child(name)
        if isinstance(coded, Coded):
            return grids.looked_up(coded.column, table_of(coded.values, test, word))
        return self._stepped(coded, table_of(coded.values, test, word), of_child=not name.startswith("episode."))

    def _of_child(self, name: str) -> Coded | Steps:
        return self.world.children.steps(name)

    def _stepped(self, steps: Steps, table: Numbers, *, of_child: bool) -> Column:
        """What a table says of a fact over time."""
        first = table[steps.first]
        of, time, later = steps.of, steps.time, table[steps.value]
        of, time, later = tidied(first, of, time, later)
        if of_child:
            first = first[self.world.stood.child]
            rows, episodes = self.world.stood.episodes_of_children(of)
            order = np.argsort(episodes, kind="stable")
            of, time, later = episodes[order], time[rows[order]], later[rows[order]]
        return grids.filled(self.grid, first, of, time, later)

    def _made(self, name: str) -> Coded:
        stood = self.world.stood
        if name == "episode.missing":
            here = self.between(stood.started, stood.returned)
            return codes_of(all_of(self.grid, [self.kinds(MISSING), here]))
        if name == "episode.first_episode":
            return codes_of(all_of(self.grid, [self.kinds(MISSING), Column(ROW, self.is_first(MISSING))]))
        return self.concluded(name, self.given(name))

    def given(self, name: str) -> Coded:
        """A fact as the case gives it."""
        rest = "risk" if name == "episode.risk.recorded" else name.removeprefix("episode.")
        steps = self.world.recorded("episode", rest)
        if steps is None:
            return Coded(same(-1, np.int32), ())
        return Coded(grids.filled(self.grid, steps.first, steps.of, steps.time, steps.value), steps.values)

    def _missing_for(self, test: Test) -> Column:
        if isinstance(test, Known):
            return same(TRUE)
        parts = []
        if test.low is not None:  # type: ignore[union-attr]
            parts.append(self._lasted(length(test.low), not test.low_inside))  # type: ignore[union-attr]
        if test.high is not None:  # type: ignore[union-attr]
            parts.append(negated(self._lasted(length(test.high), test.high_inside)))  # type: ignore[union-attr]
        return all_of(self.grid, parts)

    def _lasted(self, length: Length, more_than: bool) -> Column:
        stood = self.world.stood
        reached = stood.days.after(stood.started, length) + more_than
        reached = np.where(reached <= stood.returned, reached, FOREVER)
        return self.between(reached, np.full(len(reached), FOREVER, np.int64))

    def counted(self, test: CountTest) -> Column:
        first, of, time, later = self.world.tally(test.counted).tested(test.test)
        of, time, later = tidied(first, of, time, later)
        rows, episodes = self.world.stood.episodes_of_children(of)
        order = np.argsort(episodes, kind="stable")
        return grids.filled(
            self.grid, first[self.world.stood.child], episodes[order], time[rows[order]], later[rows[order]]
        )

    def kinds(self, kinds: tuple[str, ...]) -> Column:
        found = self._kinds.get(kinds)
        if found is None:
            coded = self.coded("episode.kind")
            found = self._kinds[kinds] = one_of(coded, kinds)
        return found

    def counts(self, counted: Counted) -> Column:
        """Whether each episode is of those that count."""
        parts = [self.kinds(counted.kinds)] if counted.kinds else []
        if counted.missing_from:
            parts.append(one_of(self.coded("episode.from"), counted.missing_from))
        return all_of(self.grid, parts)

    def turned(self, column: Column) -> Truths:
        """The steps of a column."""
        if column.level != CELL:
            none = np.zeros(0, np.int64)
            first = np.broadcast_to(column.values, len(self.grid))
            return Truths(first, none, none, none)
        return Truths(column.values[self.grid.begins[:-1]], *turns_of(self.grid, column.values))

    @cached_property
    def at_start(self) -> I64:
        """The cell of each episode in which it started."""
        return self.grid.cell(np.arange(len(self.grid)), self.world.stood.started)

    def is_first(self, kinds: tuple[str, ...]) -> Numbers:
        """Whether no episode of these kinds started before each; the history may begin later than the child's."""
        stood = self.world.stood
        rows = np.arange(len(stood.child))
        of_kind = grids.at(self.kinds(kinds), rows, self.at_start) if kinds else np.full(len(rows), TRUE, np.int8)
        found = np.where(stood.history_from[stood.child] >= 0, UNKNOWN, TRUE).astype(np.int8)
        for value, answer in ((UNKNOWN, UNKNOWN), (TRUE, FALSE)):
            so_far = np.cumsum(of_kind == value)
            before = so_far - (of_kind == value)
            begins = stood.first[stood.child]
            earlier = before - np.where(begins > 0, so_far[begins - 1], 0)
            found = np.where(earlier > 0, answer, found).astype(np.int8)
        return found


class OfChildren(Of):
    """The rows are children; what is read of an episode is read of the one then running."""

    world: World

    def __init__(self, world: World, grid: Grid) -> None:
        super().__init__(world, grid)
        self._steps: dict[str, Steps] = {}

    def _rows_of(self, of_children: Numbers) -> Numbers:
        return of_children

    def tested(self, test: FactTest) -> Column:
        key = test.fact, test.test
        found = self._tested.get(key)
        if found is None:
            found = self._tested[key] = self._test(test)
        return found

    def _test(self, test: FactTest) -> Column:
        name = test.fact
        if name == "child.age":
            return self.age(test.test)
        word = self.world.protocol.words.facts.get(name)
        if name.startswith("episode."):
            none = "false" if name == "episode.missing" else None
            nothing = table_of(() if none is None else (none,), test.test, word)[0]
            if name == "episode.missing_for":
                nothing = UNKNOWN
            return self._running(self.world.episodes.tested(test), int(nothing))
        steps = self.steps(name)
        table = table_of(steps.values, test.test, word)
        return grids.filled(self.grid, *tidied_whole(table[steps.first], steps.of, steps.time, table[steps.value]))

    def _running(self, column: Column, nothing: int) -> Column:
        """What is read of episodes, read of the child: of the one then running; `nothing` while none runs."""
        if column.level == ALL and column.values == nothing:
            return column
        rows, cells, running = self._now
        found = np.full(len(self.grid.times), nothing, column.values.dtype)
        found[running] = grids.at(column, rows, cells)
        return Column(CELL, found)

    @cached_property
    def _now(self) -> tuple[I64, I64, I64]:
        """In which cells an episode runs: which, in which of its own cells, and these cells here."""
        stood, grid = self.world.stood, self.grid
        rows = np.repeat(np.arange(len(grid)), grid.counts)
        begun = stood.begun_by(rows, grid.times)
        begun[grid.begins[:-1]] = 0
        episode = stood.first[rows] + begun - 1
        ends = np.append(stood.returned, BEFORE_ALL)  # of the last where none has begun
        running = np.flatnonzero((begun > 0) & (grid.times < ends[np.where(begun > 0, episode, -1)]))
        episode = episode[running]
        return episode, self.world.episodes.grid.cell(episode, grid.times[running]), running

    def counted(self, test: CountTest) -> Column:
        return grids.filled(self.grid, *tidied_whole(*self.world.tally(test.counted).tested(test.test)))

    def kinds(self, kinds: tuple[str, ...]) -> Column:
        raise NotImplementedError

    def steps(self, name: str) -> Steps:
        """A fact of the child over time, with what is concluded of it and how the child is placed seen from here."""
        found = self._steps.get(name)
        if found is None:
            found = self._steps[name] = self._stepped(name)
        return found

    def given(self, name: str) -> Coded:
        """A fact of the child as the case gives it, and how the child is placed seen from here."""
        return self._coded_of(self._given(name))

    def _made(self, name: str) -> Coded:
        return self.concluded(name, self.given(name))

    def _stepped(self, name: str) -> Steps:
        given = self._given(name)
        return self._turned(self.coded(name)) if self.world.conclusions.get(name) else given

    def _given(self, name: str) -> Steps:
        world = self.world
        prefix, _, rest = name.partition(".")
        recorded: Steps | None
        if prefix == "protocol":
            areas = world.protocol.areas
            recorded = self._constant(areas[0]) if len(areas) == 1 else world.recorded("child", rest)
        else:
            recorded = world.recorded(prefix, rest)
        recorded = recorded or self._constant(None)
        return self._relative(name, recorded) if name in RELATIVE else recorded

    def _constant(self, value: Any) -> Steps:
        none = np.zeros(0, np.int64)
        first = np.full(self.world.stood.children, -1 if value is None else 0, np.int32)
        return Steps(first, none, none, none.astype(np.int32), () if value is None else (value,))

    def _coded_of(self, steps: Steps) -> Coded:
        return Coded(grids.filled(self.grid, steps.first, steps.of, steps.time, steps.value), steps.values)

    def _turned(self, coded: Coded) -> Steps:
        """The steps of a column."""
        level, values = coded.column
        none = np.zeros(0, np.int64)
        if level != CELL:
            first = np.broadcast_to(values, len(self.grid)).astype(np.int32)
            return Steps(first, none, none, none.astype(np.int32), coded.values)
        first = values[self.grid.begins[:-1]].astype(np.int32)
        of, time, later = turns_of(self.grid, values)
        return Steps(first, of, time, later.astype(np.int32), coded.values)

    def _relative(self, name: str, given: Steps) -> Steps:
        """How a child is placed, by who placed it and where whenever both are known; otherwise as given."""
        world = self.world
        placing, placed = world.recorded("child", "placing_authority"), world.recorded("child", "placed_in")
        if placing is None or placed is None:
            return given
        by, where, said = (self._coded_of(one) for one in (placing, placed, given))
        level = max(by.column.level, where.column.level, said.column.level, ROW)
        b, w, s = (self._on(level, one.column) for one in (by, where, said))
        applies = world.protocol.applies
        if applies is not None and applies.is_everywhere:
            numbers = {value: n for n, value in enumerate(dict.fromkeys((*by.values, *where.values)))}
            of_by = np.array([*(numbers[v] for v in by.values), -1], np.int64)
            of_where = np.array([*(numbers[v] for v in where.values), -1], np.int64)
            yes = of_by[b] != of_where[w]
        else:
            areas = world.protocol.areas
            ours = np.array([*(v in areas for v in by.values), False])[b]
            here = np.array([*(v in areas for v in where.values), False])[w]
            yes = ours & ~here if name == OUT else here & ~ours
        values = tuple(dict.fromkeys((*said.values, *YES_NO)))
        settled = np.where(yes, values.index("true"), values.index("false"))
        found = np.where((b >= 0) & (w >= 0), settled, s).astype(np.int32)
        return self._turned(Coded(Column(level, found), values))


def one_of(coded: Coded, wanted: tuple[str, ...]) -> Column:
    """Whether a value is one of these."""
    table = np.array([*(TRUE if value in wanted else FALSE for value in coded.values), UNKNOWN], np.int8)
    return grids.looked_up(coded.column, table)


def turns_of(grid: Grid, values: Numbers) -> tuple[I64, I64, Numbers]:
    """Where values of cells turn: rows, instants, and the values from there."""
    turns = np.zeros(len(values), np.bool_)
    turns[1:] = values[1:] != values[:-1]
    turns[grid.begins[:-1]] = False
    cells = np.flatnonzero(turns)
    return np.searchsorted(grid.begins, cells, "right") - 1, grid.times[cells], values[cells]
