"""When the records of children who were taken were written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.quick.columns import table_of, texts_of
from missingrules.quick.stamps import DATE, TIME, stamps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.clock import Clock
    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.histories import Histories
    from missingrules.tables.cases import ChildRows


def entries_of(children: Sequence[ChildRows], histories: Histories, clock: Clock) -> tuple[I64, I64]:
    """Of each record of the histories the first and the last second at which it may have been written down, FOREVER
    where it does not say. `children` are those of the histories, in their order."""
    records = histories.records
    never = np.full(len(records.id), FOREVER, np.int64)
    head = children[0].heads.get("records") if children else None
    names = [column.name for column in head.columns] if head is not None else []
    if "recorded_at" not in names or not len(never):
        return never, never
    of = [number for number, child in enumerate(children) for _ in child.tables.get("records", ())]
    cells = [row for child in children for _, row in child.tables.get("records", ())]
    ids, told = (names.index(name) for name in ("id", "recorded_at"))
    table = table_of({"id": [row[ids] for row in cells], "at": [row[told] for row in cells]})
    stamps, texts = stamps_of(table.column("at"), clock), texts_of(table.column("id"))
    named = [texts.texts[code] for code in texts.code.tolist()]
    place = {one: row for row, one in enumerate(zip(of, named, strict=True))}
    order = np.array([place[one] for one in zip(records.child.tolist(), records.id, strict=True)], np.int64)
    known = (stamps.state == TIME) | (stamps.state == DATE)
    first, last = (np.where(known, seconds, FOREVER)[order] for seconds in (stamps.first, stamps.last))
    return first, last
