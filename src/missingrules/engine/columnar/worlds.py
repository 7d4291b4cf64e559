"""The worlds of children whose instants are not settled, as histories of their own: engine/worlds.py over columns."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER, Instant
from missingrules.engine.columnar.arrays import ranges
from missingrules.engine.columnar.histories import OPEN, Episodes, Events, Histories, Records, Said, Spans
from missingrules.engine.columnar.tried import Column
from missingrules.engine.seen import clock_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.engine.columnar.arrays import I64, Bools, Numbers
    from missingrules.engine.columnar.tried import Settings, Tried

INSTANTS = ("started", "located", "reported", "returned", "last_seen")


class Worlds(NamedTuple):
    """Each world as a child of its own, and which row of what was tried each row of its tables is."""

    histories: Histories
    child: I64
    episode: I64
    event: I64
    record: I64


class Copies:
    """The rows of a table, once for each world of the child that they are of; those of one world stand together."""

    def __init__(self, child: I64, of: I64) -> None:
        """`child` of each row of the table, in order; `of` is the child of each world."""
        count = int(of.max()) + 1 if len(of) else 0
        self.first = np.searchsorted(child, np.arange(count + 1))
        sizes = np.diff(self.first)[of] if len(of) else np.zeros(0, np.int64)
        self.rows = ranges(self.first[:-1][of], sizes)
        self.world = np.repeat(np.arange(len(of)), sizes)
        self.begins = np.concatenate(([0], np.cumsum(sizes)))
        self._of = of

    def at(self, world: I64, row: I64) -> I64:
        """Where the copy of a row stands."""
        return self.begins[world] + row - self.first[self._of[world]]


def worlds_of(tried: Tried, children: Bools, as_of: Instant) -> Worlds:
    """The worlds of some children, those that break the order of an episode left out."""
    kept = _in_order(tried, np.flatnonzero(children[tried.child]), as_of)
    h, of = tried.histories, tried.child[kept]
    number = np.full(len(tried.child), -1, np.int64)
    number[kept] = np.arange(len(kept))
    making = _Making(tried, of, number)
    episodes, own_episodes, row_of = making.episodes()
    events, own_events = making.events(row_of)
    records, own_records = making.records(row_of)
    return Worlds(
        Histories(
            case=tuple(np.array(h.case, object)[of].tolist()),
            born=h.born[of],
            history_from=h.history_from[of],
            child=making.given("child", h.child),
            plan=making.given("plan", h.plan),
            episodes=episodes,
            events=events,
            records=records,
            meetings=tuple(np.fromiter(h.meetings, object, len(h.meetings))[of].tolist()),
            loose=np.zeros(len(of), np.bool_),
        ),
        of,
        own_episodes,
        own_events,
        own_records,
    )


def _in_order(tried: Tried, some: I64, as_of: Instant) -> I64:
    """Those of some worlds in which none of started, located, returned, next start is before the one before it."""
    number = np.full(len(tried.child), -1, np.int64)
    number[some] = np.arange(len(some))
    making = _Making(tried, tried.child[some], number)
    e, copies = tried.histories.episodes, making.copies(tried.histories.episodes.child)
    started, located, returned = (
        making.settled("episodes", name, getattr(e, name), copies) for name in ("started", "located", "returned")
    )
    located = np.where(located == OPEN, FOREVER, located)
    bad = (started > as_of) & ((located <= as_of) | (returned <= as_of))
    bad |= (started <= as_of) & (located < FOREVER) & ((located < started) | (located > returned))
    bad |= (started <= as_of) & (returned < started)
    begun = np.flatnonzero(started <= as_of)
    begun = begun[np.lexsort((tried.place[copies.rows[begun]], started[begun], copies.world[begun]))]
    following = (copies.world[begun][1:] == copies.world[begun][:-1]) & (started[begun][1:] < returned[begun][:-1])
    bad[begun[1:][following]] = True
    broken = np.zeros(len(some), np.bool_)
    broken[copies.world[bad]] = True
    return some[~broken | ~tried.is_open[tried.child[some]]]


class _Making:
    """The tables of some worlds."""

    def __init__(self, tried: Tried, of: I64, number: I64) -> None:
        """`of`: the child of each world; `number`: which of them each that is tried is, -1 where it is none."""
        self.tried = tried
        self.of = of
        self.number = number
        some = np.flatnonzero(number >= 0)
        self._span = (some[0], some[-1] + 1) if len(some) else (0, 0)
        self._tables: dict[int, Copies] = {}

    def copies(self, child: I64) -> Copies:
        found = self._tables.get(id(child))
        if found is None:
            found = self._tables[id(child)] = Copies(child, self.of)
        return found

    def settled(self, table: str, name: str, values: I64, copies: Copies) -> I64:
        """A column of instants, copied, with what each world takes."""
        column = Column(table, name)
        first, others = self.tried.first.get(column), self.tried.settings.get(column)
        if first is not None:
            values = values.copy()
            values[first.row] = first.value
        found = values[copies.rows]
        if others is not None:
            world, row, value = self._here(others)
            found[copies.at(world, row)] = value
        return found

    def _here(self, others: Settings) -> tuple[I64, I64, I64]:
        # Settings are in the order of their worlds.
        low, high = np.searchsorted(others.world, self._span)
        world, row, value = (part[low:high] for part in others)
        world = self.number[world]
        here = world >= 0
        return world[here], row[here], value[here]

    # --- tables ---------------------------------------------------------------------------------------------------

    def episodes(self) -> tuple[Episodes, I64, I64]:
        """The episodes, which row each is, and where each copy came to stand."""
        e = self.tried.histories.episodes
        copies = self.copies(e.child)
        instants = {name: self.settled("episodes", name, getattr(e, name), copies) for name in INSTANTS}
        order = np.lexsort((_ranks(e.id)[copies.rows], instants["started"], copies.world))
        where = np.empty(len(order), np.int64)
        where[order] = np.arange(len(order))
        rows = copies.rows[order]
        facts = {name: self._facts(name, spans, rows, copies, where) for name, spans in e.facts.items()}
        made = Episodes(
            child=copies.world[order],
            id=tuple(np.array(e.id, object)[rows].tolist()),
            facts=MappingProxyType(facts),
            **{name: values[order] for name, values in instants.items()},
        )
        return made, rows, where

    def _facts(self, name: str, spans: Spans, rows: I64, copies: Copies, where: I64) -> Spans:
        owners = len(self.tried.histories.episodes.child)
        begins = np.searchsorted(spans.of, np.arange(owners + 1))
        sizes = np.diff(begins)[rows]
        taken = ranges(begins[:-1][rows], sizes)
        starts = np.concatenate(([0], np.cumsum(sizes)))
        start = self._first(Column("facts", name), spans.start)[taken]
        others = self.tried.settings.get(Column("facts", name))
        if others is not None:
            world, row, value = self._here(others)
            episode = spans.of[row]
            start[starts[where[copies.at(world, episode)]] + row - begins[episode]] = value
        return Spans(np.repeat(np.arange(len(rows)), sizes), start, spans.end[taken], spans.value[taken], spans.values)

    def _first(self, column: Column, values: I64) -> I64:
        first = self.tried.first.get(column)
        if first is None:
            return values
        values = values.copy()
        values[first.row] = first.value
        return values

    def given(self, table: str, facts: Mapping[str, Spans]) -> Mapping[str, Spans]:
        """The facts of the child or its plan."""
        out = {}
        for name, spans in facts.items():
            copies = self.copies(spans.of)
            start = self.settled(table, name, spans.start, copies)
            end, value = spans.end[copies.rows], spans.value[copies.rows]
            out[name] = Spans(copies.world, start, end, value, spans.values)
        return MappingProxyType(out)

    def _episode(self, episode: I64, world: I64, row_of: I64) -> I64:
        """The row of the copy of an episode in a world; what is no row stays."""
        copies = self.copies(self.tried.histories.episodes.child)
        found = episode.copy()
        named = np.flatnonzero(episode >= 0)
        found[named] = row_of[copies.at(world[named], episode[named])]
        return found

    def events(self, row_of: I64) -> tuple[Events, I64]:
        """The events, and which row each is."""
        e = self.tried.histories.events
        copies = self.copies(e.child)
        at = self.settled("events", "at", e.at, copies)
        names, ranks = np.array(e.id, object)[copies.rows], _ranks(e.id)[copies.rows]
        unnamed = np.flatnonzero(self.tried.unnamed[copies.rows])
        if len(unnamed):
            several, back = np.unique(at[unnamed], return_inverse=True)
            names[unnamed] = np.array([clock_key(Instant(int(one))) for one in several], object)[back]
            ranks = _ranks(tuple(names.tolist()))
        order = np.lexsort((ranks, at, copies.world))
        rows = copies.rows[order]
        fields = {}
        for name, said in e.fields.items():
            value, values = said.value[copies.rows], list(said.values)
            for settings in (self._firsts(name), self._others(name)):
                if settings is not None and len(settings[0]):
                    world, row, instants = settings
                    several, back = np.unique(instants, return_inverse=True)
                    numbers = len(values) + np.arange(len(several))
                    values += several.tolist()
                    value[copies.at(world, row)] = numbers[back]
            fields[name] = Said(value[order], tuple(values))
        made = Events(
            child=copies.world[order],
            name=e.name[rows],
            names=e.names,
            at=at[order],
            id=tuple(names[order].tolist()),
            episode=self._episode(e.episode[rows], copies.world[order], row_of),
            fields=MappingProxyType(fields),
        )
        return made, rows

    def _firsts(self, field: str) -> tuple[I64, I64, I64] | None:
        """What a field is at first, in every world."""
        first = self.tried.first.get(Column("fields", field))
        if first is None:
            return None
        worlds = np.argsort(self.of, kind="stable")
        begins = np.searchsorted(self.of[worlds], np.arange(len(self.tried.histories) + 1))
        sizes = np.diff(begins)[first.world]
        return (
            worlds[ranges(begins[:-1][first.world], sizes)],
            np.repeat(first.row, sizes),
            np.repeat(first.value, sizes),
        )

    def _others(self, field: str) -> tuple[I64, I64, I64] | None:
        others = self.tried.settings.get(Column("fields", field))
        return None if others is None else self._here(others)

    def records(self, row_of: I64) -> tuple[Records, I64]:
        """The records, and which row each is."""
        r = self.tried.histories.records
        copies = self.copies(r.child)
        at = self.settled("records", "at", r.at, copies)
        order = np.lexsort((_ranks(r.id)[copies.rows], at, copies.world))
        rows, world = copies.rows[order], copies.world[order]

        def of(said: Said) -> Said:
            return Said(said.value[rows], said.values)

        made = replace(
            r,
            child=world,
            action=r.action[rows],
            at=at[order],
            id=tuple(np.array(r.id, object)[rows].tolist()),
            episode=self._episode(r.episode[rows], world, row_of),
            also_of=self._also(of(r.also_of), world, row_of),
            included=of(r.included),
            outcome=of(r.outcome),
            about=of(r.about),
            method=of(r.method),
            by=of(r.by),
            to=of(r.to),
            with_=of(r.with_),
            answers=r.answers[rows],
            fields=MappingProxyType({name: of(said) for name, said in r.fields.items()}),
        )
        return made, rows

    def _also(self, said: Said, world: I64, row_of: I64) -> Said:
        """The further episodes of one record: those of each world."""
        some = np.flatnonzero(said.value >= 0)
        if not len(some):
            return said
        value = said.value.copy()
        values: list[tuple[int, ...]] = []
        for place in some.tolist():
            episodes = np.array(said.values[said.value[place]], np.int64)
            value[place] = len(values)
            values.append(tuple(self._episode(episodes, np.full(len(episodes), world[place]), row_of).tolist()))
        return Said(value, tuple(values))


def _ranks(names: Sequence[str]) -> Numbers:
    """Of each name its place in the order of all."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return np.array([places[name] for name in names], np.int64)
