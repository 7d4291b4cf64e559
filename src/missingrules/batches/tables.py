"""What is asked of many cases, and the tables of what is answered: their names, their columns, and what holds them.

The tables themselves are Arrow's; nothing here needs it, so that the names can be had without.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from missingrules.formats.tables import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Instant

# A pyarrow.Table; pyarrow has no types of its own.
Table = Any

# What tells an obligation from all others; its key is protocol/rule.item/episode/occurrence, `child` for no episode.
NAME: Final = ("case", "protocol", "rule", "item", "episode", "occurrence")
OBLIGATIONS: Final = (
    *map(Column, NAME),
    *map(
        Column,
        (
            "edition",
            "action",
            "title",
            "topic",
            "effect",
            "modality",
            "by",
            "chair",
            "recipients",
            "attendees",
            "with",
            "status",
        ),
    ),
    *(Column(name, "moment") for name in ("triggered", "due", "due_earliest", "due_latest", "done_at")),
    Column("paragraphs"),
)
QUESTIONS: Final = (
    *map(Column, ("case", "protocol", "fact", "question", "episode", "record", "keys")),
    Column("needed_by", "moment"),
)
READINGS: Final = tuple(map(Column, (*NAME, "reading", "option")))
CONCLUSIONS: Final = tuple(
    map(Column, ("case", "protocol", "episode", "what", "recorded", "value", "paragraphs")),
)
# Which cases were asked about, where each stands, and by what it was answered.
CASES: Final = (Column("case"), Column("file"), Column("row", "number"), Column("answered_by"), Column("why"))
ANSWERED: Final[Mapping[str, tuple[Column, ...]]] = MappingProxyType(
    {"obligations": OBLIGATIONS, "questions": QUESTIONS, "readings": READINGS, "conclusions": CONCLUSIONS}
)
# Every table of the output.
TABLES: Final[Mapping[str, tuple[Column, ...]]] = MappingProxyType({**ANSWERED, "cases": CASES})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every case; `horizon_days`: how far ahead; `without`: the names of tables that nobody wants."""

    as_of: Instant
    readings: Mapping[str, str] = field(default_factory=dict)
    organisation: bool = False
    horizon_days: int = 90
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, as Arrow tables whose columns are those above; the order of rows says nothing.

    `by_evaluator`: the ids of cases that the evaluator answered, each with the reason why it had to;
    `rules_by_evaluator` the same of rules, of all cases.
    """

    obligations: Table
    questions: Table
    readings: Table
    conclusions: Table
    by_evaluator: Mapping[str, str]
    rules_by_evaluator: Mapping[str, str]

    def tables(self) -> Mapping[str, Table]:
        """By their names."""
        return {name: getattr(self, name) for name in ANSWERED}


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of many cases, answered: Arrow tables (`pyarrow.Table`) with a row for each obligation, question, reading on
    which one rests, conclusion and case. Instants are seconds, UTC.

    `ids` are what the cases are called, None in the place of one that was not used. `by_evaluator`: how many of them
    the evaluator answered one by one, by the reason why it had to; `rules_by_evaluator`: rules that it was asked of all
    cases (`protocol/rule`), each with the reason. `not_used` has at least one entry for each row, or
    file, that could not be used; rows read are rows used and rows told there.
    """

    ids: tuple[str | None, ...]
    obligations: Table
    questions: Table
    readings: Table
    conclusions: Table
    cases: Table
    by_evaluator: Mapping[str, int]
    rules_by_evaluator: Mapping[str, str]
    not_used: tuple[Rejection, ...]
    rows_read: int
    rows_used: int

    def tables(self) -> Mapping[str, Table]:
        """By their names."""
        return {name: getattr(self, name) for name in TABLES}
