"""What the columns of an export mean: data, made for a known export here or read from a mapping file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from missingrules.adapters.stamps import DateForm

if TYPE_CHECKING:
    from datetime import date

T = TypeVar("T")
CHILD: Final = "child"
BORN: Final = "child.date_of_birth"
# The end as the national guidance has it: of a missing child the finding, of an absent one the return.
ENDED: Final = "ended"
RECORD: Final = "record"
INSTANTS: Final = ("started_at", "returned_at", "located_at", "reported_at", "last_seen_at")
UTF_8: Final = "utf-8"
WINDOWS: Final = "windows-1252"
# Names with values, in a form that goes to another process.
Pairs = tuple[tuple[str, T], ...]


class How(Enum):
    """How the cells of a column are read."""

    TEXT = "text"
    STAMP = "stamp"  # a time, or a date alone
    DATE = "date"
    CODE = "code"  # one of the values that the column has, each with a meaning of ours


class Empty(Enum):
    """What an empty cell says."""

    NOT_KNOWN = "not_known"
    NOT_YET = "not_yet"  # it had not happened when the export was made
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export. `target` is where its cells go: `child` (whose row it is), a key or fact of the episode,
    `child.` and a fact of the child, `ended`, or `record` for the date of an act, which is then in `action`."""

    name: str
    target: str
    how: How = How.TEXT
    empty: Empty = Empty.NOT_KNOWN
    # By the code in small letters.
    codes: Pairs[str] = ()
    action: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What an export holds. `child` and `episode` are what holds for all of them, as a case has it.

    `wanted`: columns without which nothing can be read. `unusable`: columns that are known and say nothing that a case
    can hold, with the reason. `ignored`: columns that nobody wants to hear of. `complete_from` and `complete_to`: the
    first and the last day of which the export tells everything; without the first it tells all that ever was.
    `closed`: no episode can have begun after that last day, or ended outside the two.
    """

    name: str
    columns: tuple[Column, ...]
    wanted: tuple[str, ...]
    dates: tuple[DateForm, ...] = (DateForm.DAY_FIRST, DateForm.YEAR_FIRST)
    midnight: bool = False  # whether 00:00 is a time, and not what a date alone is written as
    child: Pairs[object] = ()
    episode: Pairs[object] = ()
    unusable: Pairs[str] = ()
    ignored: tuple[str, ...] = ()
    complete_from: date | None = None
    complete_to: date | None = None
    closed: bool = False
    # A missing child that was found is taken for one that is back.
    found_is_return: bool = False
    encoding: str = UTF_8
    sheet: str | None = None

    @property
    def has_records(self) -> bool:
        return any(column.target == RECORD for column in self.columns)


def same_name(written: str) -> str:
    """A column's name as it is compared: `Mis start` is MIS_START."""
    return "_".join(written.replace("_", " ").split()).casefold()
