"""The tables that come out, all in one: its columns are those of every table, and `table` says of which a row is.

One pass over the children gives all tables, and a pass is what costs.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.batches.tables import TABLES
from missingrules.domain.audit import Rejection
from missingrules.formats.tables import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: Final = "table"
REJECTED: Final = "rejected"
# Which rows could not be used: of which child (None: of none), and what `Rejection` has.
REJECTIONS: Final = (
    Column("case"),
    *(Column(name, "number" if name == "row" else "text") for name in Rejection._fields),
)
OUT: Final[Mapping[str, tuple[Column, ...]]] = MappingProxyType({**TABLES, REJECTED: REJECTIONS})
# A column of one name is of one kind in every table.
ALL: Final = (
    Column(TABLE),
    *{column.name: column for columns in OUT.values() for column in columns}.values(),
)
# How rows travel to those who answer: one column for each table, and in a row only that of its own is filled.
CHILD: Final = "child"
NUMBER: Final = "row"
# In the place of the cells that nobody reads, where without them a row would seem to be empty.
MORE: Final = ""
