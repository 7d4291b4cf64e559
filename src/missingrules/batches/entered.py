"""When records were written down, which no rule reads and an audit does: beside the histories, record for record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.clock import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.histories import Histories
    from missingrules.quick.stamps import Stamps


@dataclass(frozen=True, eq=False)
class Entered:
    """The first and the last second at which each may have been; FOREVER where it does not say."""

    first: I64
    last: I64

    def late(self, record: I64, limit: I64) -> tuple[Bools, Bools]:
        """Of some records whether it is known that they were written down by a limit or after it; and whether after."""
        first, last, some = self.first[record], self.last[record], limit < FOREVER
        late = some & (first > limit) & (first < FOREVER)
        return late | (some & (last <= limit)), late


def of_cases(cases: Sequence[Case], histories: Histories, clock: Clock) -> Entered:
    """Of the records of these cases."""
    known = [{record.id: record.recorded for record in case.records} for case in cases]
    rows = zip(histories.records.child.tolist(), histories.records.id, strict=True)
    stamps = [known[child][id_] for child, id_ in rows]
    first = [FOREVER if s is None else clock.midnight(s) if isinstance(s, date) else s for s in stamps]
    last = [FOREVER if s is None else clock.end_of(s) if isinstance(s, date) else s for s in stamps]
    return Entered(np.array(first, np.int64), np.array(last, np.int64))


def of_stamps(recorded: Stamps) -> Entered:
    """Of records whose times were read as columns."""
    known = recorded.known()
    return Entered(*(np.where(known, seconds, FOREVER) for seconds in (recorded.first, recorded.last)))
