"""Tables on their way into a file: named columns of one kind each, and rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# None: nothing to say. Instants carry their offset; a date alone stands where no time is known.
Cell = str | int | date | None
Kind = Literal["text", "number", "moment"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name, and what stands in it."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its name is in small letters, unique in its file. `rows` may be a stream, taken once and never kept."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]
