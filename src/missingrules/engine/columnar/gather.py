"""Cases -> columns."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import BEFORE_ALL, FOREVER, Clock
from missingrules.domain.vocabulary import FACTS, FactKind
from missingrules.engine.columnar.histories import (
    NO_DAY,
    NO_SUCH,
    NONE,
    OPEN,
    Episodes,
    Events,
    Histories,
    Records,
    Said,
    Spans,
)
from missingrules.engine.seen import clock_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from missingrules.domain.case import Case, Episode, Facts, Held
    from missingrules.engine.columnar.arrays import I32, I64


class Words:
    """Values by the numbers that stand for them, in the order in which they came."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self.values: list[Any] = []

    def number(self, value: Any) -> int:
        # 1 and True are equal, and not the same value.
        key = (type(value), value)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.values)
            self.values.append(value)
        return found


class _Saying:
    """One `Said` on its way."""

    def __init__(self) -> None:
        self.words = Words()
        self.rows: list[int] = []

    def add(self, value: Any, row: int | None = None) -> None:
        if row is not None:
            self.rows += [NONE] * (row - len(self.rows))
        self.rows.append(NONE if value is None or value == () else self.words.number(value))

    def said(self, rows: int) -> Said:
        self.rows += [NONE] * (rows - len(self.rows))
        return Said(_i32(self.rows), tuple(self.words.values))


class _Spanning:
    """One `Spans` on its way."""

    def __init__(self) -> None:
        self.words = Words()
        self.of: list[int] = []
        self.start: list[int] = []
        self.end: list[int] = []
        self.value: list[int] = []

    def add(self, of: int, start: int, end: int, value: Any) -> None:
        self.of.append(of)
        self.start.append(start)
        self.end.append(end)
        self.value.append(self.words.number(value))

    def spans(self) -> Spans:
        return Spans(_i64(self.of), _i64(self.start), _i64(self.end), _i32(self.value), tuple(self.words.values))


def histories_of(cases: Sequence[Case], clock: Clock, graded: Callable[[str], bool]) -> Histories:
    """The cases as columns. `graded` says whether a fact, by its full name, is a grading or judgement: of these a date
    alone leaves the time of day open, where of a status it means the whole day."""
    return _Gathering(clock, graded).histories(cases)


def graded_by(words: Iterable[Any]) -> Callable[[str], bool]:
    """Whether any of these vocabularies (`Protocol.words`) has a fact as a grading or judgement."""
    kinds = (FactKind.GRADING, FactKind.JUDGEMENT)
    names = {name for each in words for name, word in each.facts.items() if word.kind in kinds}
    names |= {name for name, word in FACTS.items() if word.kind in kinds}
    return names.__contains__


class _Gathering:
    def __init__(self, clock: Clock, graded: Callable[[str], bool]) -> None:
        self.clock = clock
        self.graded = graded
        self.loose: list[bool] = []

    def histories(self, cases: Sequence[Case]) -> Histories:
        self.loose = [False] * len(cases)
        child: dict[str, _Spanning] = {}
        plan: dict[str, _Spanning] = {}
        born = []
        for row, case in enumerate(cases):
            self._facts(child, "child.", row, row, case.child)
            self._facts(plan, "plan.", row, row, case.plan)
            given = case.child.get("date_of_birth")
            day = given[0].value if given else None
            born.append(day.toordinal() if isinstance(day, date) else NO_DAY)
        episodes, rows = self._episodes(cases)
        return Histories(
            case=tuple(case.id for case in cases),
            born=_i64(born),
            history_from=_i64([case.history_from.toordinal() if case.history_from else NO_DAY for case in cases]),
            child=MappingProxyType({name: one.spans() for name, one in child.items()}),
            plan=MappingProxyType({name: one.spans() for name, one in plan.items()}),
            episodes=episodes,
            events=self._events(cases, rows),
            records=self._records(cases, rows),
            meetings=tuple(
                MappingProxyType(
                    {
                        name: tuple(sorted(self.clock.midnight(s) if isinstance(s, date) else s for s in stamps))
                        for name, stamps in case.meetings.items()
                    }
                )
                for case in cases
            ),
            loose=np.array(self.loose, np.bool_),
        )

    def _facts(self, into: dict[str, _Spanning], prefix: str, row: int, child: int, facts: Facts) -> None:
        for name, spans in facts.items():
            if prefix + name == "child.date_of_birth":
                continue
            graded = self.graded(prefix + name)
            for held in spans:
                start, end = self._ends(held, child, graded=graded)
                into.setdefault(name, _Spanning()).add(row, start, end, held.value)

    def _ends(self, held: Held, child: int, *, graded: bool) -> tuple[int, int]:
        start, end = held.start, held.end
        if graded and isinstance(start, date):
            self.loose[child] = True
        first = BEFORE_ALL if start is None else self.clock.midnight(start) if isinstance(start, date) else start
        last = FOREVER if end is None else self.clock.midnight(end) if isinstance(end, date) else end
        return first, last

    def _instant(self, stamp: Any) -> int:
        if stamp is None:
            return FOREVER
        return OPEN if stamp is NOT_KNOWN or isinstance(stamp, date) else stamp

    def _episodes(self, cases: Sequence[Case]) -> tuple[Episodes, list[dict[str, int]]]:
        facts: dict[str, _Spanning] = {}
        rows: list[dict[str, int]] = []
        every: list[tuple[int, Episode]] = []
        for row, case in enumerate(cases):
            named: dict[str, int] = {}
            for episode in sorted(case.episodes, key=lambda one: (self._instant(one.started), one.id)):
                named[episode.id] = len(every)
                self._facts(facts, "episode.", len(every), row, episode.facts)
                if OPEN in (self._instant(episode.started), self._instant(episode.returned)):
                    self.loose[row] = True
                every.append((row, episode))
            rows.append(named)
        return Episodes(
            child=_i64([row for row, _ in every]),
            id=tuple(episode.id for _, episode in every),
            started=_i64([self._instant(episode.started) for _, episode in every]),
            located=_i64([self._instant(episode.located) for _, episode in every]),
            reported=_i64([self._instant(episode.reported) for _, episode in every]),
            returned=_i64([self._instant(episode.returned) for _, episode in every]),
            last_seen=_i64([self._instant(episode.last_seen) for _, episode in every]),
            facts=MappingProxyType({name: one.spans() for name, one in facts.items()}),
        ), rows

    def _at(self, stamp: Any, child: int) -> int:
        if isinstance(stamp, date):
            self.loose[child] = True
            return self.clock.midnight(stamp)
        return int(stamp)

    def _events(self, cases: Sequence[Case], rows: list[dict[str, int]]) -> Events:
        every = []
        for row, case in enumerate(cases):
            named = [(self._at(event.at, row), event.id or clock_key(event.at), event) for event in case.events]
            every += [(row, at, id_, event) for at, id_, event in sorted(named, key=lambda one: one[:2])]
        names, fields = Words(), dict[str, _Saying]()
        for number, (row, _, _, event) in enumerate(every):
            for name, value in event.fields.items():
                if isinstance(value, date):
                    # Of a field that is an instant it leaves the time open.
                    self.loose[row] = True
                fields.setdefault(name, _Saying()).add(value, number)
        return Events(
            child=_i64([row for row, *_ in every]),
            name=_i32([names.number(event.event) for *_, event in every]),
            names=tuple(names.values),
            at=_i64([at for _, at, _, _ in every]),
            id=tuple(id_ for _, _, id_, _ in every),
            episode=_i64([_of(rows[row], event.episode) for row, _, _, event in every]),
            fields=MappingProxyType({name: one.said(len(every)) for name, one in fields.items()}),
        )

    def _records(self, cases: Sequence[Case], rows: list[dict[str, int]]) -> Records:
        every = []
        for row, case in enumerate(cases):
            named = [(self._at(record.at, row), record.id, record) for record in case.records]
            every += [(row, at, record) for at, _, record in sorted(named, key=lambda one: one[:2])]
        actions, fields = Words(), dict[str, _Saying]()
        said = {name: _Saying() for name in ("also_of", "included", "outcome", "about", "method", "by", "to", "with_")}
        for number, (row, _, record) in enumerate(every):
            for name, saying in said.items():
                value = getattr(record, name)
                saying.add(tuple(_of(rows[row], one) for one in value) if name == "also_of" else value)
            for name, value in record.fields.items():
                fields.setdefault(name, _Saying()).add(value, number)
        return Records(
            child=_i64([row for row, _, _ in every]),
            action=_i32([actions.number(record.action) for _, _, record in every]),
            actions=tuple(actions.values),
            at=_i64([at for _, at, _ in every]),
            id=tuple(record.id for _, _, record in every),
            episode=_i64([_of(rows[row], record.episode) for row, _, record in every]),
            answers=np.array([record.answers is not None for _, _, record in every], np.bool_),
            fields=MappingProxyType({name: one.said(len(every)) for name, one in fields.items()}),
            **{name: saying.said(len(every)) for name, saying in said.items()},
        )


def _of(rows: dict[str, int], episode: str | None) -> int:
    return NONE if episode is None else rows.get(episode, NO_SUCH)


def _i64(values: Sequence[int]) -> I64:
    return np.array(values, np.int64)


def _i32(values: Sequence[int]) -> I32:
    return np.array(values, np.int32)
