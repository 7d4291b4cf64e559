"""What could not be used of an export, as a table for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.formats.commas import comma_text
from missingrules.formats.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.audit import Rejection


def rejection_table(rejections: Iterable[Rejection]) -> str:
    """A row for each, as CSV."""
    names = ("file", "row", "column", "code", "reason", "hint")
    columns = tuple(Column(name, "number" if name == "row" else "text") for name in names)
    return comma_text(Table("not_used", columns, tuple(tuple(one) for one in rejections)))
