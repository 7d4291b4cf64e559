"""Tables on their way into a file: named columns of one kind each, and rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# None: nothing to say. Instants carry their offset.
Cell = str | int | datetime | None
Kind = Literal["text", "number", "moment"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name, and what stands in it."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its name is one word in small letters, unique in its file."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
