"""The forms in which people, triggers, ends and deadlines may be written; schema.py puts them into rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Discriminator, Field, Tag, TypeAdapter

from missingrules.reading.shapes import (
    LIST,
    TAG,
    TEXT,
    Closed,
    Condition,
    Number,
    Word,
    Words,
    YesNo,
    form,
    only,
    tag,
)

Ends = Annotated[Word, only("returned", "located")]
CountedBy = Annotated[Word, only("started", "reported", "returned")]
Inputs = dict[Word, Word]

# --- people -----------------------------------------------------------------------------------------------------------


class AllOfThem(Closed):
    all: list[Word] = Field(min_length=1, description="Roles, all of whom act")


class AnyOfThem(Closed):
    any: list[Word] = Field(min_length=1, description="Roles, any one of whom acts")


class OtherThan(Closed):
    other_than: list[Word] = Field(min_length=1, description="Anybody who is none of these roles")


class FromTable(Closed):
    table: Word = Field(description="The name of a table")
    with_: Inputs = Field(default_factory=dict, alias="with", description="What the table's inputs are here")


class Rows(Closed):
    rows: list[Condition] = Field(min_length=1, description="Rows; the first whose facts hold")


_ROLES = [("all", "AllOfThem"), ("any", "AnyOfThem"), ("other_than", "OtherThan")]

Roles = Annotated[
    Annotated[Word, Tag(TEXT)]
    | Annotated[list[Word], Field(min_length=1), Tag(LIST)]
    | Annotated[AllOfThem, tag("AllOfThem")]
    | Annotated[AnyOfThem, tag("AnyOfThem")]
    | Annotated[OtherThan, tag("OtherThan")],
    form("people", *_ROLES, text=True, list_=True),
]

People = Annotated[
    Annotated[Word, Tag(TEXT)]
    | Annotated[list[Word], Field(min_length=1), Tag(LIST)]
    | Annotated[AllOfThem, tag("AllOfThem")]
    | Annotated[AnyOfThem, tag("AnyOfThem")]
    | Annotated[OtherThan, tag("OtherThan")]
    | Annotated[FromTable, tag("FromTable")]
    | Annotated[Rows, tag("Rows")],
    form(
        "people",
        *_ROLES,
        ("table", "FromTable"),
        ("rows", "Rows"),
        text=True,
        list_=True,
    ),
]

# --- triggers ---------------------------------------------------------------------------------------------------------


class RecordTrigger(Closed):
    recorded: Word = Field(description="An action of which a record is made")
    outcome: Word | None = Field(default=None, description="The record's outcome; left out, any that counts as done")
    about: Word | None = Field(default=None, description="What the record is about")
    to: Words = Field(default_factory=list, description="Roles that the record is addressed to")
    by: Words = Field(default_factory=list, description="Roles that made the record")


class Birthday(Closed):
    turns: Number = Field(description="The age that the child reaches")


class UndoneTrigger(Closed):
    undone: Word = Field(description="A rule whose due instant has passed with nothing recorded")


class WhileMissingTrigger(Closed):
    missing: Annotated[Word, only("true")] = Field(description="true: while the child is missing")
    ends_with: Ends = Field(description="located, where the source lets the stretch end there")


class LengthFact(Closed):
    set_by: Word = Field(description="A fact of type length, such as plan.report_after")


class MissingForTrigger(Closed):
    missing_for: Annotated[
        Annotated[Word, Tag(TEXT)] | Annotated[LengthFact, tag("LengthFact")],
        form("the length of time missing", ("set_by", "LengthFact"), text=True),
    ] = Field(description="at least or more than a length, or {set_by: FACT}")
    ends_with: Ends | None = Field(default=None, description="located, where the source says so")


class BecomesTrigger(Closed):
    becomes: Condition = Field(description="One fact and the value that it comes to have")


class Counting(Closed):
    in_: Word | None = Field(
        default=None, alias="in", description="The window: a length, a calendar period, not_stated"
    )
    kinds: Words | None = Field(default=None, description="The kinds of episode that count")
    from_: Words | None = Field(default=None, alias="from", description="The places they were missing from")
    counted_by: CountedBy | None = Field(default=None, description="The date an episode counts by")


class CountTrigger(Counting):
    episodes_reach: Word = Field(description="at least or more than a number of episodes")


class CalendarTrigger(Closed):
    every: Words = Field(description="A calendar period, or days of the week", min_length=1)


class AnyTrigger(Closed):
    any: list[Trigger] = Field(min_length=2, description="Triggers, the first of which sets the rule off")


Trigger = Annotated[
    Annotated[Word, Tag(TEXT)]
    | Annotated[Condition, tag("Condition")]
    | Annotated[RecordTrigger, tag("RecordTrigger")]
    | Annotated[Birthday, tag("Birthday")]
    | Annotated[UndoneTrigger, tag("UndoneTrigger")]
    | Annotated[WhileMissingTrigger, tag("WhileMissingTrigger")]
    | Annotated[MissingForTrigger, tag("MissingForTrigger")]
    | Annotated[BecomesTrigger, tag("BecomesTrigger")]
    | Annotated[CountTrigger, tag("CountTrigger")]
    | Annotated[CalendarTrigger, tag("CalendarTrigger")]
    | Annotated[AnyTrigger, tag("AnyTrigger")],
    form(
        "a trigger",
        ("event", "Condition"),
        ("recorded", "RecordTrigger"),
        ("turns", "Birthday"),
        ("undone", "UndoneTrigger"),
        ("missing_for", "MissingForTrigger"),
        ("becomes", "BecomesTrigger"),
        ("episodes_reach", "CountTrigger"),
        ("every", "CalendarTrigger"),
        ("any", "AnyTrigger"),
        ("missing", "WhileMissingTrigger"),
        text=True,
    ),
]


def _until_form(value: object) -> str:
    if isinstance(value, dict):
        return TAG + ("RecordTrigger" if "recorded" in value else "Birthday" if "turns" in value else "Condition")
    return TEXT


Until = Annotated[
    Annotated[Word, Tag(TEXT)]
    | Annotated[RecordTrigger, tag("RecordTrigger")]
    | Annotated[Birthday, tag("Birthday")]
    | Annotated[Condition, tag("Condition")],
    Discriminator(_until_form),
]

# --- deadlines --------------------------------------------------------------------------------------------------------


class Noted(Closed):
    aim: Word | None = Field(default=None, description="What is aimed at; shown, and changes no due instant")
    earlier_if: Condition | None = Field(
        default=None, description="When the source asks for earlier action, with its cite; shown only"
    )


class WithinForm(Noted):
    within: Word = Field(description="A length")
    of: Word = Field(description="What the length runs from")
    same_day_counts: YesNo | None = Field(
        default=None,
        description="true or false: whether the day from which it runs can itself be the first working day",
    )


class OnDayForm(Noted):
    on_day: Number = Field(description="The number of a day")
    of: Word = Field(description="What the days are counted from")
    first_day_is: Annotated[Number, only("0", "1")] | None = Field(
        default=None, description="0 or 1: the number of the day from which it runs"
    )


class BeforeForm(Noted):
    before: Word = Field(description="The instant before which the act is due")


class AtNextForm(Noted):
    at_next: Word = Field(description="A meeting of the organisation")


class SetByForm(Noted):
    set_by: Word = Field(description="A field or fact that gives the instant, case by case")


class DeadlineTable(Noted, FromTable):
    pass


class DeadlineRowsForm(Noted, Rows):
    pass


Deadline = Annotated[
    Annotated[Word, Tag(TEXT)]
    | Annotated[WithinForm, tag("WithinForm")]
    | Annotated[OnDayForm, tag("OnDayForm")]
    | Annotated[BeforeForm, tag("BeforeForm")]
    | Annotated[AtNextForm, tag("AtNextForm")]
    | Annotated[SetByForm, tag("SetByForm")]
    | Annotated[DeadlineTable, tag("DeadlineTable")]
    | Annotated[DeadlineRowsForm, tag("DeadlineRowsForm")],
    form(
        "a deadline",
        ("within", "WithinForm"),
        ("on_day", "OnDayForm"),
        ("before", "BeforeForm"),
        ("at_next", "AtNextForm"),
        ("set_by", "SetByForm"),
        ("table", "DeadlineTable"),
        ("rows", "DeadlineRowsForm"),
        text=True,
    ),
]


class NumberedDay(Closed):
    on_day: Number = Field(description="The number of a day")
    of: Word = Field(description="What the days are counted from")
    first_day_is: Annotated[Number, only("0", "1")] | None = Field(
        default=None, description="0 or 1: the number of the day from which it runs"
    )


class PhaseForm(Closed):
    every: Word = Field(description="The interval")
    for_: Word | None = Field(default=None, alias="for", description="How long the phase lasts; the last has none")


class RepeatForm(Noted):
    of: Annotated[
        Annotated[Word, Tag(TEXT)] | Annotated[NumberedDay, tag("NumberedDay")],
        form("the start of a series", ("on_day", "NumberedDay"), text=True),
    ] = Field(description="What the series runs from: an anchor, or a numbered day, when it is over")
    next_from: Annotated[Word, only("schedule", "last_held")] = Field(
        description="schedule: fixed dates; last_held: counted from the one before"
    )
    phases: list[PhaseForm] = Field(min_length=1, description="The intervals, one phase after another")


# What a cell of a table row may hold; a column of times holds any deadline.
ROLES_CELL: TypeAdapter[Roles] = TypeAdapter(Roles, config=ConfigDict(defer_build=True))
DEADLINE_CELL: TypeAdapter[Deadline] = TypeAdapter(Deadline, config=ConfigDict(defer_build=True))
