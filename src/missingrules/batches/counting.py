"""What columns answered -> how often obligations stand alike, and on which facts they hang."""

from __future__ import annotations

from datetime import date
from itertools import starmap
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.domain.audit import LATE_BY, MONTH_OPEN, NO_MONTH, Count, Lacking, Outcome, Subtotal, outcome_of
from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import Status
from missingrules.domain.protocol import bare, layer_of
from missingrules.domain.rules import Modality
from missingrules.engine.columnar.arrays import sorted_once, starts_of
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.status import MET, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.batches.entered import Entered
    from missingrules.batches.examined import Examined
    from missingrules.domain.clock import Instant
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.histories import Histories
    from missingrules.engine.columnar.solve import Owed

OUTCOMES: Final = tuple(Outcome)
_PLACE: Final = {outcome: place for place, outcome in enumerate(OUTCOMES)}
IN_TIME, LATE, OVERDUE = (_PLACE[one] for one in (Outcome.IN_TIME, Outcome.LATE, Outcome.OVERDUE))
AHEAD, NO_LIMIT, PERMITTED = (_PLACE[one] for one in (Outcome.DONE_AHEAD, Outcome.DONE_NO_LIMIT, Outcome.PERMITTED))
_RECORDED, _RECORDED_LATE, _LATEST = map(Count._fields.index, ("recorded", "recorded_late", "latest"))
_BANDS: Final = np.array([Count._fields.index(band) for band, _ in LATE_BY], np.int64)
_UP_TO: Final = np.array([most for _, most in LATE_BY], np.int64)


class Counting:
    """One protocol's obligations of the children that are kept."""

    def __init__(self, examined: Examined, kept: Bools, entries: Entered, areas: Areas) -> None:
        self.examined = examined
        self.kept = kept
        self.entries = entries
        self.areas = areas
        self.as_of = examined.stood.as_of
        self.months = Months(examined)

    def subtotals(self) -> Iterator[Subtotal]:
        """What the obligations of each duty come to, by people, month and area."""
        for owed in self.examined.owed:
            child = self.examined.child(owed)
            rows = np.flatnonzero(self.kept[child])
            if len(rows):
                yield from self._of_duty(owed, child, rows)

    def _of_duty(self, owed: Owed, child: I64, rows: I64) -> Iterator[Subtotal]:
        by, month = owed.who["by"], self.months.of(owed, rows)
        who = np.zeros(len(rows), np.int64) if by.numbers is None else by.numbers[rows]
        area = self.areas.of(child[rows], np.where(owed.triggered < FOREVER, owed.triggered, self.as_of)[rows])
        order = np.lexsort((area, month, who))
        begins = starts_of(who[order], month[order], area[order])
        group = np.empty(len(rows), np.int64)
        group[order] = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(rows))))
        duty, first = owed.duty, order[begins]
        for n, count in enumerate(self._counts(owed, rows, group, len(begins))):
            yield Subtotal(
                protocol=layer_of(owed.prefix),
                rule=bare(duty.id),
                title=duty.title,
                modality=duty.modality,
                by=by.of[int(who[first[n]])],  # type: ignore[arg-type]
                month=self.months.name(int(month[first[n]])),
                area=self.areas.name(int(area[first[n]])),
                counts=count,
            )

    def _counts(self, owed: Owed, rows: I64, group: I64, groups: int) -> Iterator[Count]:
        """What each group of rows comes to."""
        limit, done = owed.limit()[rows], owed.done_at[rows]
        outcome = outcomes(owed, rows, limit, self.as_of)
        table = np.zeros((groups, len(Count._fields)), np.int64)
        np.add.at(table, (group, outcome), 1)
        late = np.flatnonzero((outcome == LATE) & (done < FOREVER))
        by = done[late] - limit[late]
        np.add.at(table, (group[late], _BANDS[np.searchsorted(_UP_TO, by)]), 1)
        np.maximum.at(table[:, _LATEST], group[late], by)
        for place, told in zip((_RECORDED, _RECORDED_LATE), self._recorded(owed, rows, outcome, limit), strict=True):
            table[:, place] = np.bincount(group[told], minlength=groups)
        return starmap(Count, table.tolist())

    def _recorded(self, owed: Owed, rows: I64, outcome: I64, limit: I64) -> tuple[I64, I64]:
        """Of what was done in time that of which it is known whether it was written down in time; and what was not."""
        done = np.flatnonzero((outcome == IN_TIME) | (outcome == AHEAD))
        known, late = self.entries.late(self.examined.record(owed, rows[done]), limit[done])
        return done[known], done[late]

    def lacking(self) -> dict[tuple[str, str], Lacking]:
        """On which facts obligations hang, by how many and in how many cases."""
        lacks = self.examined.lacks
        layers = [layer_of(owed.prefix) for owed in self.examined.owed]
        out: dict[tuple[str, str], Lacking] = {}
        counts = np.array([owed.duty.modality is not Modality.MAY for owed in self.examined.owed], np.bool_)
        child = np.full(len(lacks.row), NONE, np.int64)
        begins = np.searchsorted(lacks.owed, np.arange(len(layers) + 1)).tolist()
        for number in np.flatnonzero(counts).tolist():
            these = slice(begins[number], begins[number + 1])
            if begins[number] < begins[number + 1]:
                owner = self.examined.child(self.examined.owed[number])[lacks.row[these]]
                child[these] = np.where(self.kept[owner], owner, NONE)
        names = sorted(set(layers))
        layer = np.array([names.index(one) for one in layers], np.int64)[lacks.owed]
        some = np.flatnonzero(child != NONE)
        facts, size = self.examined.facts, len(self.kept)
        of = layer[some] * len(facts) + lacks.fact[some]
        every, times = np.unique(of, return_counts=True)
        cases = np.bincount(np.searchsorted(every, sorted_once(of * size + child[some]) // size), minlength=len(every))
        for one, obligations, several in zip(every.tolist(), times.tolist(), cases.tolist(), strict=True):
            place, fact = divmod(one, len(facts))
            out[names[place], facts[fact]] = Lacking(obligations, several)
        return out

    def not_in_force(self) -> dict[tuple[str, str], int]:
        """How often each edition was applied on a date on which it is not in force: by episode; and of a child at most
        once before and once after."""
        out: dict[tuple[str, str], int] = {}
        stood = self.examined.stood
        for layer in self.examined.found.protocol.layers:
            if layer.edition.in_force == (None, None):
                continue
            begun, lapsed = layer.edition.in_force
            start = 0 if begun is None else stood.days.number(begun)
            end = len(stood.days.midnights) if lapsed is None else stood.days.number(lapsed)
            of_none = [o for o in self.examined.owed if not o.of_episodes and layer_of(o.prefix) == layer.name]
            children = np.concatenate([np.zeros(0, np.int64), *(one.subjects for one in of_none)])
            whens = np.concatenate([np.zeros(0, np.int64), *(one.triggered for one in of_none)])
            days = stood.days.of(np.where(whens < FOREVER, whens, self.as_of)[self.kept[children]])
            children = children[self.kept[children]]
            episodes = stood.days.of(stood.started[self.kept[stood.child]])
            number = int(((episodes < start) | (episodes >= end)).sum())
            number += sum(len(sorted_once(children[out_of])) for out_of in (days < start, days >= end))
            if number:
                of = layer.name, layer.edition.label
                out[of] = out.get(of, 0) + number
        return out


def outcomes(owed: Owed, rows: I64, limit: I64, as_of: Instant) -> I64:
    """What some obligations are counted as: places in `OUTCOMES`."""
    if owed.duty.modality is Modality.MAY:
        return np.full(len(rows), PERMITTED, np.int64)
    status = owed.status[rows]
    table = _of_status(owed.duty.modality, as_of)
    met = np.where(limit == FOREVER, NO_LIMIT, np.where(limit <= as_of, IN_TIME, AHEAD))
    return np.where(status == MET, met, table[status])


def _of_status(modality: Modality, as_of: Instant) -> I64:
    # What is available is a `may`, and never comes here.
    every = [PERMITTED if s is Status.AVAILABLE else _PLACE[outcome_of(s, modality, None, as_of)] for s in STATUSES]
    return np.array(every, np.int64)


class Months:
    """The months of limits, in local time, by number."""

    OPEN: Final = -2

    def __init__(self, examined: Examined) -> None:
        clock = examined.found.protocol.clock
        every = [instants[instants < FOREVER] for o in examined.owed for instants in (o.due, o.due_latest)]
        some = [(int(one.min()), int(one.max())) for one in every if len(one)]
        self._names: list[str] = []
        begins = []
        if some:
            first = clock.date_of(min(low for low, _ in some))  # type: ignore[arg-type]
            last = clock.date_of(max(high for _, high in some))  # type: ignore[arg-type]
            for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
                year, month = divmod(number, 12)
                begins.append(clock.midnight(date(year, month + 1, 1)))
                self._names.append(f"{year:04}-{month + 1:02}")
        self._begins = np.array(begins, np.int64)

    def of(self, owed: Owed, rows: I64) -> I64:
        """The number of each obligation's month."""
        due, between = owed.due[rows], owed.between()[rows]
        found = np.where(due < FOREVER, np.searchsorted(self._begins, due, "right") - 1, NONE)
        last = np.searchsorted(self._begins, owed.due_latest[rows], "right") - 1
        return np.where(between & (last != found), self.OPEN, found)

    def name(self, number: int) -> str:
        return NO_MONTH if number == NONE else MONTH_OPEN if number == self.OPEN else self._names[number]


class Areas:
    """In which of a protocol's areas children lived, as far as their cases say."""

    def __init__(self, histories: Histories) -> None:
        self._spans = histories.child.get("area")
        self._children = len(histories)
        numbers: dict[str, int] = {}
        values = () if self._spans is None else self._spans.values
        self._number = np.array([numbers.setdefault(str(value), len(numbers)) for value in values], np.int64)
        self._names = list(numbers)

    def of(self, child: I64, at: I64) -> I64:
        """The number of the area of each child at an instant; NONE where it is not said. Of several the first."""
        found = np.full(len(child), NONE, np.int64)
        spans = self._spans
        if spans is None or not len(spans.of):
            return found
        begins = np.searchsorted(spans.of, np.arange(self._children + 1))
        counts = np.diff(begins)
        for turn in range(int(counts.max())):
            open_ = np.flatnonzero((found == NONE) & (counts[child] > turn))
            span = begins[child[open_]] + turn
            holds = (spans.start[span] <= at[open_]) & (at[open_] < spans.end[span])
            found[open_[holds]] = self._number[spans.value[span[holds]]]
        return found

    def name(self, number: int) -> str | None:
        return None if number == NONE else self._names[number]
