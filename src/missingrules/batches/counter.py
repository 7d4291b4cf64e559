"""Many children, answered in columns -> what they come to, as plain rows that an audit adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from missingrules.batches import entered
from missingrules.batches.answers import alone
from missingrules.batches.counting import Areas, Counting
from missingrules.batches.examined import Examined
from missingrules.batches.findings import findings_of
from missingrules.batches.tables import Question
from missingrules.domain.audit import Counted
from missingrules.engine.columnar.answer import answered, days_for
from missingrules.engine.columnar.gather import graded_by, histories_of
from missingrules.engine.columnar.stood import Stood
from missingrules.engine.evaluate import wording
from missingrules.interface.words import words_of
from missingrules.quick.children import rows_in, taken_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.batches.crew import Supplied
    from missingrules.batches.entered import Entered
    from missingrules.domain.audit import Finding, Lacking, Subtotal
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.histories import Histories
    from missingrules.quick.children import ChildRows


class Counter:
    """Counts the obligations of many children under the same protocols at one instant; `rows`: and has findings."""

    def __init__(
        self, protocols: Sequence[Protocol], as_of: Instant, readings: Mapping[str, str], *, rows: bool
    ) -> None:
        self.protocols = protocols
        self.rows = rows
        self.as_of = as_of
        self.readings = readings
        self.clock = protocols[0].clock
        self.words = words_of(protocols)
        self.graded = graded_by([each.words for each in protocols])
        # Whether columns can be asked of these protocols together at all.
        self.ready = alone(protocols, Question(as_of, readings)) is None

    def of_rows(self, supplied: Sequence[Supplied]) -> tuple[Sequence[ChildRows], Counted | None]:
        """Those of them who are children of tables whose rows are plain, of whom no case needs to be made, and what
        these come to; None of none."""
        rows = rows_in(supplied)
        taken = taken_of(list(rows.values()), self.words, self.clock, self.graded, self.as_of)
        if taken is None or not len(taken.histories):
            return (), None
        children = [rows[name] for name in taken.histories.case]
        return children, self._counted(taken.histories, entered.of_stamps(taken.recorded))

    def of_cases(self, cases: Sequence[Case]) -> Counted:
        """What these cases come to."""
        histories = histories_of(cases, self.clock, self.graded)
        return self._counted(histories, entered.of_cases(cases, histories, self.clock))

    def _counted(self, histories: Histories, entries: Entered) -> Counted:
        protocols, as_of = self.protocols, self.as_of
        stood = Stood(histories, as_of, days_for(histories, as_of, protocols[0]))
        examined = [
            Examined(
                answered(one, histories, as_of, horizon_days=0, readings=self.readings, stood=stood), rows=self.rows
            )
            for one in protocols
        ]
        kept = ~np.logical_or.reduce([one.singly for one in examined])
        subtotals: list[Subtotal] = []
        lacking: dict[tuple[str, str], Lacking] = {}
        not_in_force: dict[tuple[str, str], int] = {}
        findings: list[list[Finding]] = [[] for _ in range(len(histories) if self.rows else 0)]
        areas = Areas(histories)
        for one in examined if kept.any() else ():
            counting = Counting(one, kept, entries, areas)
            subtotals += counting.subtotals()
            lacking |= counting.lacking()
            not_in_force |= counting.not_in_force()
            if self.rows:
                for of, more in zip(findings, findings_of(one, kept, entries, areas), strict=True):
                    of += more
        layers = {layer.name: protocol for protocol in protocols for layer in protocol.layers}
        return Counted(
            singly=tuple(np.flatnonzero(~kept).tolist()),
            cases=int(kept.sum()),
            episodes=int(stood.episodes_of[kept].sum()),
            subtotals=tuple(subtotals),
            lacking=lacking,
            asks={(layer, fact): wording(layers[layer], fact) for layer, fact in lacking},
            not_in_force=not_in_force,
            findings=tuple(map(tuple, findings)),
        )
