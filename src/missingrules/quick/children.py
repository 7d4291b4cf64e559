"""Children as the tables give them, row by row, taken together: those whose rows are plain, as columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from missingrules.quick.columns import Unfit, table_of
from missingrules.quick.take import quickly
from missingrules.tables.cases import ChildRows as ChildRows
from missingrules.tables.layout import CHILD, MEETINGS, Kind
from missingrules.tables.meetings import NO_CALENDAR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from missingrules.domain.clock import Clock, Instant
    from missingrules.interface.words import CaseWords
    from missingrules.quick.sheets import Table
    from missingrules.quick.take import Taken


def rows_in(supplied: Sequence[object]) -> dict[str, ChildRows]:
    """Those of them that are rows of the tables of one caseload and have a name of their own, by that name."""
    rows = [one for one in supplied if isinstance(one, ChildRows)]
    rows = [one for one in rows if one.heads is rows[0].heads]
    names = Counter(one.child for one in rows)
    return {one.child: one for one in rows if names[one.child] == 1}


def taken_of(
    children: Sequence[ChildRows], words: CaseWords, clock: Clock, graded: Callable[[str], bool], as_of: Instant
) -> Taken | None:
    """Those whose rows are plain, by name; None where not even the columns are."""
    if not children:
        return None
    try:
        tables = {kind: _table(children, kind) for kind in children[0].heads if kind != MEETINGS}
    except Unfit:
        return None
    if "episodes" not in tables:
        return None
    calendar = NO_CALENDAR._replace(times=children[0].meetings)
    return quickly(tables, words, clock, graded, as_of=as_of, calendar=calendar)


def _table(children: Sequence[ChildRows], kind: str) -> Table:
    """The rows of one table, of all of these children."""
    head = children[0].heads[kind]
    names, cells = [], []
    for _, row in (row for child in children for row in child.tables.get(kind, ())):
        cells.append(row)
    for child in children:
        names += [child.child] * len(child.tables.get(kind, ()))
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(head.columns)
    found = {CHILD: names}
    for column, told in zip(head.columns, columns, strict=True):
        if column.name != CHILD and column.kind is not Kind.IGNORED:
            found[column.name] = list(told)
    return table_of(found)
