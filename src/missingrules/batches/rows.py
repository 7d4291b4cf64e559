"""What columns answered -> a finding for each obligation, child by child and in the order of the evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from missingrules.batches.counting import LATE, OUTCOMES, OVERDUE, outcomes
from missingrules.batches.looked import between_of, limit_of
from missingrules.domain.audit import Finding
from missingrules.domain.clock import FOREVER
from missingrules.domain.deadlines import Word
from missingrules.engine.columnar.names import episode_ids, occurrences
from missingrules.engine.columnar.status import MET, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.batches.counting import Areas
    from missingrules.batches.entered import Entered
    from missingrules.batches.looked import Looked
    from missingrules.domain.case import Stamp
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.solve import Owed

_CHILD: Final = "child"
# By what findings are ordered: when they are due, how their keys begin, and how they end.
Place = tuple[int, str, str]
# By which records something was done, when the last was written down, and whether that was too late.
Done = tuple[tuple[str, ...], "Stamp | None", "bool | None"]
_NOT_DONE: Final[Done] = ((), None, None)


def findings_of(looked: Looked, kept: Bools, entries: Entered, areas: Areas) -> list[list[Finding]]:
    """The findings of each child; none of those who are not kept."""
    every: list[list[tuple[Place, Finding]]] = [[] for _ in range(len(kept))]
    making = _Making(looked, entries, areas)
    for number, owed in enumerate(looked.owed):
        rows = np.flatnonzero(kept[looked.child(owed)])
        if len(rows):
            for child, place, finding in making.of_duty(number, owed, rows):
                every[child].append((place, finding))
    # No two have one place: their keys differ.
    return [[finding for _, finding in sorted(of, key=_place)] for of in every]


def _place(one: tuple[Place, Finding]) -> Place:
    return one[0]


class _Making:
    """The findings of one protocol."""

    def __init__(self, looked: Looked, entries: Entered, areas: Areas) -> None:
        self.looked = looked
        self.entries = entries
        self.areas = areas
        self.protocol = looked.found.protocol
        self.editions = {layer.name: layer.edition.label for layer in self.protocol.layers}
        self.as_of = looked.stood.as_of
        self.cases = looked.stood.histories.case
        self.records = looked.stood.histories.records.id
        self.episodes = episode_ids(looked.stood)

    def of_duty(self, number: int, owed: Owed, rows: I64) -> Iterator[tuple[int, Place, Finding]]:
        """Some of its obligations, each with its child and its place among the child's."""
        duty, layer, prefix = owed.duty, owed.prefix.partition("/")[0], owed.prefix
        limit, between = limit_of(owed)[rows], between_of(owed)[rows]
        outcome = outcomes(owed, rows, limit, self.as_of)
        child = self.looked.child(owed)[rows]
        at_once, lacking, by = duty.deadline is Word.IMMEDIATELY, self._lacking(number), owed.who["by"]
        for row, of, ending, status, out, triggered, due, last, open_, done, late, told, area in zip(
            rows.tolist(),
            child.tolist(),
            occurrences(self.looked.stood, owed.firings.taken(rows)),
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
                rule=duty.id.rpartition("/")[2],
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
        lacks, facts = self.looked.lacks, self.looked.facts
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
        """Of each by which records it was done."""
        out = [_NOT_DONE] * len(rows)
        every = self.looked.done(owed)
        done = np.flatnonzero(np.isin(rows, every))
        status = owed.status[rows[done]].tolist()
        for place, record, state in zip(done.tolist(), self.looked.record(owed, rows[done]), status, strict=True):
            first, last = int(self.entries.first[record]), int(self.entries.last[record])
            by, late = int(limit[place]), None
            stamp: Stamp | None = None
            if first < FOREVER:
                # Of a date alone the first and the last second are known.
                stamp = first if first == last else self.protocol.clock.date_of(first)  # type: ignore[arg-type,assignment]
                if state == MET and by < FOREVER:
                    late = True if first > by else False if last <= by else None
            out[place] = ((self.records[int(record)],), stamp, late)
        return out


def _plain(numbers: I64) -> list[Any]:
    """As Python has them, None for FOREVER."""
    found: list[Any] = numbers.tolist()
    return [None if one >= FOREVER else one for one in found] if (numbers >= FOREVER).any() else found
