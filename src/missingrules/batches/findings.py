"""What columns answered -> a finding for each obligation, child by child and in the order of the evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.batches.counting import LATE, OUTCOMES, OVERDUE, outcomes
from missingrules.domain.audit import Finding
from missingrules.domain.clock import FOREVER
from missingrules.domain.deadlines import Word
from missingrules.domain.protocol import bare, layer_of
from missingrules.engine.columnar.names import episode_ids, occurrences
from missingrules.engine.columnar.status import MET, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.batches.counting import Areas
    from missingrules.batches.entered import Entered
    from missingrules.batches.examined import Examined
    from missingrules.domain.case import Stamp
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.solve import Owed

_CHILD: Final = "child"
# By what findings are ordered: when they are due, how their keys begin, and how they end.
Place = tuple[int, str, str]
# By which records something was done, when the last was written down, and whether that was too late.
Done = tuple[tuple[str, ...], "Stamp | None", "bool | None"]
_NOT_DONE: Final[Done] = ((), None, None)


def findings_of(examined: Examined, kept: Bools, entries: Entered, areas: Areas) -> list[list[Finding]]:
    """The findings of each child; none of those who are not kept."""
    every: list[list[tuple[Place, Finding]]] = [[] for _ in range(len(kept))]
    making = _Making(examined, entries, areas)
    for number, owed in enumerate(examined.owed):
        rows = np.flatnonzero(kept[examined.child(owed)])
        if len(rows):
            for child, place, finding in making.of_duty(number, owed, rows):
                every[child].append((place, finding))
    # No two have one place: their keys differ.
    return [[finding for _, finding in sorted(of, key=_place)] for of in every]


def _place(one: tuple[Place, Finding]) -> Place:
    return one[0]


class _Making:
    """The findings of one protocol."""

    def __init__(self, examined: Examined, entries: Entered, areas: Areas) -> None:
        self.examined = examined
        self.entries = entries
        self.areas = areas
        self.protocol = examined.found.protocol
        self.editions = {layer.name: layer.edition.label for layer in self.protocol.layers}
        self.as_of = examined.stood.as_of
        self.cases = examined.stood.histories.case
        self.records = examined.stood.histories.records.id
        self.episodes = episode_ids(examined.stood)

    def of_duty(self, number: int, owed: Owed, rows: I64) -> Iterator[tuple[int, Place, Finding]]:
        """Some of its obligations, each with its child and its place among the child's."""
        duty, layer, prefix = owed.duty, layer_of(owed.prefix), owed.prefix
        limit, between = owed.limit()[rows], owed.between()[rows]
        outcome = outcomes(owed, rows, limit, self.as_of)
        child = self.examined.child(owed)[rows]
        at_once, lacking, by = duty.deadline is Word.IMMEDIATELY, self._lacking(number), owed.who["by"]
        for row, of, ending, status, out, triggered, due, last, open_, done, late, told, area in zip(
            rows.tolist(),
            child.tolist(),
            occurrences(self.examined.stood, owed.firings.taken(rows)),
            owed.status[rows].tolist(),
            outcome.tolist(),
            _plain(owed.triggered[rows]),
            _plain(owed.due[rows]),
            limit.tolist(),
            between.tolist(),
            _plain(owed.done_at[rows]),
            self._late_by(owed, rows, outcome, limit),
            self._done(owed, rows, limit),
            self.areas.of(child, np.where(owed.triggered < FOREVER, owed.triggered, self.as_of)[rows]).tolist(),
            strict=True,
        ):
            episode = self.episodes[int(owed.subjects[row])] if owed.of_episodes else None
            subject = _CHILD if episode is None else episode
            when = due if due is not None else triggered if at_once else FOREVER
            yield of, (when, prefix, f"{subject}/{ending}"), Finding(
                case=self.cases[of],
                key=f"{prefix}{subject}/{ending}",
                protocol=layer,
                edition=self.editions[layer],
                rule=bare(duty.id),
                title=duty.title,
                action=duty.action,
                called=self.protocol.called.get(duty.action),
                topic=duty.topic,
                effect=duty.effect.value,
                modality=duty.modality,
                by=by.at(row),  # type: ignore[arg-type]
                subject=subject,
                episode=episode,
                area=self.areas.name(area),
                clock=self.protocol.clock,
                triggered=triggered,
                due=due,
                due_between=(due, last) if open_ else None,
                status=STATUSES[status],
                outcome=OUTCOMES[out],
                done_at=done,
                done_by=told[0],
                recorded=told[1],
                late_by=late,
                late_recording=told[2],
                lacking=lacking.get(row, ()),
                citations=owed.citations.at(row),  # type: ignore[arg-type]
            )  # fmt: skip

    def _lacking(self, number: int) -> dict[int, tuple[str, ...]]:
        """The facts for lack of which obligations of a duty cannot be decided, by their rows."""
        lacks, facts = self.examined.lacks, self.examined.facts
        begin, end = np.searchsorted(lacks.owed, (number, number + 1)).tolist()
        out: dict[int, tuple[str, ...]] = {}
        for row, fact in zip(lacks.row[begin:end].tolist(), lacks.fact[begin:end].tolist(), strict=True):
            out[row] = (*out.get(row, ()), facts[fact])
        return out

    def _late_by(self, owed: Owed, rows: I64, outcome: I64, limit: I64) -> list[Any]:
        """In seconds, of what was done late, and of what is overdue so far."""
        done = owed.done_at[rows]
        until = np.where(outcome == LATE, done, np.where(outcome == OVERDUE, self.as_of, FOREVER))
        return _plain(np.where((until < FOREVER) & (limit < FOREVER), until - limit, FOREVER))

    def _done(self, owed: Owed, rows: I64, limit: I64) -> list[Done]:
        """Of each by which record it was done."""
        out = [_NOT_DONE] * len(rows)
        done = np.flatnonzero(np.isin(rows, self.examined.done(owed)))
        record = self.examined.record(owed, rows[done])
        known, late = self.entries.late(record, limit[done])
        known &= owed.status[rows[done]] == MET
        # Of a date alone the first and the last second are known.
        first, last = self.entries.first[record].tolist(), self.entries.last[record].tolist()
        every = zip(done.tolist(), record.tolist(), first, last, known.tolist(), late.tolist(), strict=True)
        for place, row, begin, end, is_known, is_late in every:
            stamp: Stamp | None = None
            if begin < FOREVER:
                stamp = begin if begin == end else self.protocol.clock.date_of(begin)
            out[place] = ((self.records[row],), stamp, is_late if is_known else None)
        return out


def _plain(numbers: I64) -> list[Any]:
    """As Python has them, None for FOREVER."""
    found: list[Any] = numbers.tolist()
    return [None if one >= FOREVER else one for one in found] if (numbers >= FOREVER).any() else found
