"""Cells as the border of cases takes them: texts, with the times of a wall clock put into the zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.vocabulary import FactType
from missingrules.tables.layout import Kind, Strange

if TYPE_CHECKING:
    from missingrules.domain.clock import Clock
    from missingrules.tables.layout import Cell, Column

_LOCAL: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?")
_TRUTHS: Final = ("true", "false", "yes", "no")
_APART: Final = re.compile(r"\s*[;,]\s*")
OFFSET: Final = "write it with its offset: +00:00 in winter, +01:00 in summer"


class Unreadable(NamedTuple):
    """A cell that means nothing, or two things."""

    code: str
    reason: str
    hint: str


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Cell) -> str:
    """The cell as one would read it aloud."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


def read(cell: Cell, column: Column, clock: Clock) -> str | list[str] | Unreadable:
    """What stands in a cell that is not empty."""
    if cell is Strange.OTHER:
        reason = "what stands here is of a type that is not read"
        return Unreadable("cell-type", reason, "write texts, numbers, truth values, dates or times")
    if isinstance(cell, Strange):
        return Unreadable("cell-formula", "a formula stands here, and formulas are not run", "write the value itself")
    if column.kind is Kind.TIME or column.type is FactType.INSTANT:
        return _time(cell, clock)
    text = text_of(cell)
    if column.kind is Kind.LIST:
        parts = [part for part in _APART.split(text) if part]
        return parts if len(parts) > 1 else text
    return value_of(text, column.type)


def value_of(text: str, type_: FactType | None) -> str:
    """A value as the border spells it: spreadsheets write TRUE."""
    return text.casefold() if type_ is FactType.YES_NO and text.casefold() in _TRUTHS else text


def _time(cell: Cell, clock: Clock) -> str | Unreadable:
    """A time of a wall clock is read in the zone where clocks showed it once; everything else as it stands."""
    if isinstance(cell, datetime):
        text = cell.isoformat(sep="T")
    elif isinstance(cell, date):
        return cell.isoformat()
    else:
        text = text_of(cell)
    shape = _LOCAL.fullmatch(text)
    if shape is None:
        return text
    try:
        day, hour = date.fromisoformat(shape[1]), time.fromisoformat(shape[2] + (shape[3] or ""))
    except ValueError:
        # The border says what is wrong with it.
        return text
    if not 1850 <= day.year < 2200:
        return text
    found = clock.instants(day, hour)
    if len(found) == 1:
        return clock.local(found[0]).isoformat()
    if found:
        reason = "clocks showed this time twice, and nothing says which of the two it was"
        return Unreadable("local-time-twice", reason, OFFSET)
    return Unreadable("local-time-skipped", "no clock showed this time: the hour was skipped", OFFSET)
