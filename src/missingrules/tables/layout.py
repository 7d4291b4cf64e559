"""The project's own flat layout: which tables there are, and what may stand in their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from missingrules.domain.audit import Rejection
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.vocabulary import FactType
from missingrules.interface.case import EventEntry, RecordEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.vocabulary import FactWord
    from missingrules.interface.words import CaseWords

# The last is the organisation's own calendar, and no child's.
TABLES: Final = ("children", "episodes", "records", "events", "facts", "meetings")
CHILD: Final = "child"
MEETINGS: Final = "meetings"


class Strange(Enum):
    """A cell that has no value that could be read."""

    FORMULA = "formula"
    TWICE = "twice"  # two values in the place of one
    OTHER = "other"  # of a type that no cell here can have


Cell = str | int | float | bool | datetime | date | Strange | None
Row = tuple[int, tuple[Cell, ...]]  # its number as a spreadsheet shows it, the head, where there is one, being row 1


class Table(Protocol):
    """One table of a caseload, which can be read more than once."""

    @property
    def kind(self) -> str:
        """One of `TABLES`."""
        ...

    @property
    def label(self) -> str:
        """What messages call it: the file, and of a workbook the sheet."""
        ...

    @property
    def head(self) -> tuple[str, ...]:
        """The names of its columns as they are written."""
        ...

    @property
    def head_row(self) -> int | None:
        """The number of the row that they stand in; None where they stand in none."""
        ...

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty."""
        ...


class Kind(Enum):
    """How the cells of a column are read."""

    PLAIN = "plain"
    TIME = "time"
    LIST = "list"
    VALUE = "value"  # of a fact or a field: by its type
    IGNORED = "ignored"


class Column(NamedTuple):
    name: str
    kind: Kind
    type: FactType | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in which column of one table."""

    label: str
    columns: tuple[Column, ...]
    child: int  # the place of the column `child`; -1 where there is none


_PLAIN, _TIME, _LIST = Kind.PLAIN, Kind.TIME, Kind.LIST
_KEYS: Final[Mapping[str, Mapping[str, Kind]]] = MappingProxyType(
    {
        "children": {CHILD: _PLAIN, "history_from": _TIME},
        "episodes": {
            CHILD: _PLAIN,
            "id": _PLAIN,
            **dict.fromkeys(("started_at", "returned_at", "located_at", "reported_at", "last_seen_at"), _TIME),
        },
        "records": {
            CHILD: _PLAIN,
            **dict.fromkeys(("id", "action", "outcome", "about", "method", "answers"), _PLAIN),
            **dict.fromkeys(("at", "recorded_at"), _TIME),
            **dict.fromkeys(("episode", "by", "chair", "attended", "to", "with", "included"), _LIST),
        },
        "events": {
            CHILD: _PLAIN,
            **dict.fromkeys(("id", "event", "episode"), _PLAIN),
            **dict.fromkeys(("at", "recorded_at"), _TIME),
        },
        "facts": {
            CHILD: _PLAIN,
            **dict.fromkeys(("episode", "fact", "value"), _PLAIN),
            **dict.fromkeys(("from", "at", "to"), _TIME),
        },
        MEETINGS: {"meeting": _PLAIN, "at": _TIME},
    }
)
_WANTED: Final = MappingProxyType(
    {
        "children": (CHILD,),
        "episodes": (CHILD, "id", "started_at"),
        "records": (CHILD, "id", "action", "at"),
        "events": (CHILD, "event", "at"),
        "facts": (CHILD, "fact", "value"),
        MEETINGS: ("meeting", "at"),
    }
)
# Facts whose column has another name than the vocabulary.
_RENAMED: Final = MappingProxyType({"child.area": "protocol.area", "episode.missing_from": "episode.from"})
_HIDDEN: Final = frozenset(_RENAMED.values())


def fact_word(words: CaseWords, owner: str, name: str) -> FactWord | None:
    """The fact that a name stands for in `child`, `plan` or `episode`; None where there is none to be given."""
    full = f"{owner}.{name}"
    if full in _HIDDEN:
        return None
    word = words.facts.get(_RENAMED.get(full, full))
    return None if word is None or word.built_in else word


def head_of(table: Table, words: CaseWords) -> tuple[Head, list[Rejection]]:
    """What its columns hold, and those that nobody reads. InvalidInput where one that is wanted is not there."""
    names = [_name(written) for written in table.head]
    problems = []
    missing = [name for name in _WANTED[table.kind] if name not in names]
    if missing:
        message = f"{table.label} has no column {' and no column '.join(missing)}"
        hint = f"its first row names the columns; {table.kind} has at least {', '.join(_WANTED[table.kind])}"
        problems.append(Diagnostic("column-missing", message, hint=hint))
    twice = sorted({name for name in names if name and names.count(name) > 1}) if not missing else []
    if twice:
        message = f"{table.label} has two columns {' and two columns '.join(twice)}"
        problems.append(Diagnostic("column-twice", message, hint="leave one out"))
    if problems:
        raise InvalidInput(problems)
    known = _known(table.kind, words)
    columns = tuple(known.get(name) or Column(name, Kind.IGNORED) for name in names)
    child = names.index(CHILD) if CHILD in known else -1
    return Head(table.label, columns, child), _unknown(table, columns, known)


def wrong_length(head: Head, number: int, cells: Sequence[Cell]) -> Rejection | None:
    """What is wrong with a row that has more or fewer cells than its head."""
    if len(cells) == len(head.columns):
        return None
    reason = f"this row has {len(cells)} cells, and the first row {len(head.columns)}"
    hint = "see that text with the separator or a line break in it is quoted"
    return Rejection(head.label, number, None, "row-length", reason, hint)


def _unknown(table: Table, columns: Sequence[Column], known: Mapping[str, Column]) -> list[Rejection]:
    reason = "nobody reads this column: neither the layout nor a protocol given has it"
    return [
        Rejection(
            table.label,
            table.head_row,
            written.strip(),
            "unknown-column",
            reason,
            did_you_mean(column.name, sorted(known)),
        )
        for written, column in zip(table.head, columns, strict=True)
        if column.kind is Kind.IGNORED and column.name
    ]


def _known(kind: str, words: CaseWords) -> dict[str, Column]:
    """Every column that a table of this kind may have."""
    found = {name: Column(name, of) for name, of in _KEYS[kind].items()}
    if kind in ("facts", MEETINGS):
        return found
    for owner, prefix in {"children": {"child": "", "plan": "plan."}, "episodes": {"episode": ""}}.get(
        kind, {}
    ).items():
        for full in (*words.facts, *_RENAMED):
            of, _, name = full.partition(".")
            fact = fact_word(words, owner, name) if of == owner else None
            if fact is not None:
                found.setdefault(f"{prefix}{name}", Column(f"{prefix}{name}", Kind.VALUE, fact.type))
    fields = dict[str, FactType]()
    start = {"records": "record.", "events": "event."}.get(kind)
    for full, word in words.facts.items():
        if start and full.startswith(start):
            fields[full.removeprefix(start)] = word.type
    if kind == "events":
        for event in words.events.values():
            fields |= event.fields
    model = EventEntry if kind == "events" else RecordEntry
    for name, type_ in fields.items():
        if name not in model.model_fields:
            found.setdefault(name, Column(name, Kind.VALUE, type_))
    return found


def _name(written: str) -> str:
    """As the layout has it: `Started at` is started_at."""
    return re.sub(r"\s+", "_", written.strip()).casefold()
