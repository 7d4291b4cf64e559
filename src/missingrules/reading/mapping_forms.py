"""Exactly what an author may write in a column mapping. Only shape is settled here, as in `schema.py`."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, Tag

from missingrules.reading.shapes import TEXT, Closed, Word, Words, as_list, form, only, tag

ENCODINGS: Final = ("utf-8", "windows-1252")
DATES: Final = ("DD/MM/YYYY", "DD-MM-YYYY", "DD.MM.YYYY", "DD-MON-YYYY", "YYYY-MM-DD", "MM/DD/YYYY")
EMPTY: Final = ("not_known", "not_yet", "refused")


class ColumnTo(Closed):
    """A column that says something of the child or the episode."""

    to: Word = Field(description="Where it goes: child, id, an instant or fact of the episode, or child. and a fact")
    values: dict[Word, Word] | None = Field(
        default=None, description="What each of its codes means, the code first; letters may be small or large"
    )
    empty: Annotated[Word, only(*EMPTY)] | None = Field(
        default=None, description="What an empty cell says: not known, not happened when it was exported, or refused"
    )


class ColumnRecord(Closed):
    """A column with the date of an act."""

    record: Word = Field(description="The act that was done on the date in this column")
    outcome: Word | None = Field(default=None, description="What came of it; left out: done")


Column = Annotated[
    Annotated[Word, Tag(TEXT)] | Annotated[ColumnTo, tag("ColumnTo")] | Annotated[ColumnRecord, tag("ColumnRecord")],
    form("a column", ("to", "ColumnTo"), ("record", "ColumnRecord"), text=True),
]


class MappingFile(Closed):
    """Which column of an export is what of ours; one row is one episode."""

    format: Word = Field(description="The version of this format: 1")
    mapping: Word = Field(description="Its name, for messages")
    columns: dict[Word, Column] = Field(min_length=1, description="Each column by its name, and where it goes")
    dates: Annotated[list[Annotated[Word, only(*DATES)]], as_list] = Field(
        default_factory=list, description="How days are written; left out: DD/MM/YYYY or YYYY-MM-DD"
    )
    midnight: Annotated[Word, only("date", "time")] | None = Field(
        default=None, description="What 00:00 is: a time, or (left out) what the system writes behind a date alone"
    )
    encoding: Annotated[Word, only(*ENCODINGS)] | None = Field(
        default=None, description="What a CSV file is written in; left out: utf-8"
    )
    sheet: Word | None = Field(default=None, description="The sheet of a workbook; left out: the only one")
    history_from: Word | None = Field(
        default=None, description="The day from which it lists episodes; left out: it has all that ever were"
    )
    ignored: Words = Field(default_factory=list, description="Columns that are known and not wanted")
    child: dict[Word, Word] = Field(default_factory=dict, description="Facts that hold for every child in it")
    episode: dict[Word, Word] = Field(default_factory=dict, description="Facts that hold for every episode in it")
