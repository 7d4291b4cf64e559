"""The case file: one child's history as it is written down. The published JSON Schema comes from these models.

Facts stand among the other keys under their names without prefix, so that a file reads as a case and not as a database:
what facts, actions and events there are is the protocols' affair, and is checked in `conversion`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, WrapValidator

from missingrules.interface.leaves import (
    Id,
    Ids,
    OptionalDay,
    OptionalId,
    OptionalText,
    OptionalTime,
    OptionalWord,
    OrNothing,
    Text,
    Time,
    Times,
    Word,
    Words,
    is_nothing,
)


class Closed(BaseModel):
    """No key beyond those named; frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Open(BaseModel):
    """Further keys are facts or fields; their names are checked against the protocols at hand."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class DatedStatus(Closed):
    """A value of a status and the span it holds for, `from` inside and `to` outside. Dates alone mean whole days."""

    value: Any = Field(description="The value of the fact.")
    from_: OptionalTime = Field(None, alias="from", description="Since when; left out: always before `to`.")
    to: OptionalTime = Field(None, description="Until when, itself outside; left out: still so.")


class DatedGrading(Closed):
    """A value of a grading or judgement; it holds from `at` until the next one."""

    value: Any = Field(description="The value of the fact.")
    at: Time = Field(description="When it was graded or judged so.")


# What stands here depends on the fact's kind and type, which the protocols know: taken as it is, checked later.
FactInput = Annotated[
    bool | int | float | str | date | datetime | list[DatedStatus] | list[DatedGrading] | None,
    WrapValidator(lambda value, _: value),
]
FieldInput = Annotated[bool | int | float | str | date | datetime | None, WrapValidator(lambda value, _: value)]


class ChildEntry(Open):
    """Facts of the child, by name without prefix: a value, or a list of dated values."""

    __pydantic_extra__: dict[str, FactInput]

    date_of_birth: OptionalDay = Field(None, description="Left out: not known; ages are then not decided.")


class PlanEntry(Open):
    """Facts of the child's own plan, by name without prefix."""

    __pydantic_extra__: dict[str, FactInput]


class EpisodeEntry(Open):
    """One time of going missing or being absent. Of an instant, null is "has not happened", left out "not known".

    Any other key is a fact of the episode.
    """

    __pydantic_extra__: dict[str, FactInput]

    id: Id = Field(description="Unique among the child's episodes; it stands in the keys of obligations.")
    started_at: Time = Field(description="When the child went missing.")
    returned_at: OptionalTime = Field(None, description="null: still missing. Left out: not known.")
    located_at: OptionalTime = Field(None, description="When the child was found, before the return.")
    reported_at: OptionalTime = Field(None, description="When the child was reported missing.")
    last_seen_at: OptionalTime = Field(None, description="When the child was last seen before going missing.")
    missing_from: FactInput = Field(None, description="home, care or education.")
    kind: FactInput = Field(None, description="missing, or absent: away without leave, whereabouts known.")
    risk: FactInput = Field(None, description="The recorded level of risk, as a value or as dated gradings.")


class EventEntry(Open):
    """Something that happened to the child. Any other key is a field of the event."""

    __pydantic_extra__: dict[str, FieldInput]

    id: OptionalId = Field(None, description="Unique among the events; wanted where a record answers this event.")
    event: Word = Field(description="Its name in the vocabulary or the protocol.")
    at: Time = Field(description="When it happened.")
    episode: OptionalId = Field(None, description="The episode it belongs to; left out: the child.")
    recorded_at: OptionalTime = Field(None, description="When it was written down; changes no status.")


class RecordEntry(Open):
    """An act that was done. A key left out: the record does not say. Any other key is a field of the record."""

    __pydantic_extra__: dict[str, FieldInput]

    id: Id = Field(description="Unique among the records.")
    action: Word = Field(description="Its name in the vocabulary or the protocol.")
    at: Time = Field(description="When it was done.")
    episode: Ids = Field((), description="The episode, or episodes, it was done for.")
    outcome: OptionalWord = Field(None, description="Left out: done.")
    about: OptionalWord = Field(None, description="What it was about, where a rule asks.")
    method: OptionalWord = Field(None, description="How it was done, where a rule asks.")
    by: Words = Field((), description="Roles of those who did it.")
    chair: Words = Field((), description="Role of who chaired.")
    attended: Words = Field((), description="Roles of those who attended.")
    to: Words = Field((), description="Roles of those who were told.")
    with_: Words = Field((), alias="with", description="Roles of those it was done with, or who agreed.")
    included: Words = Field((), description="Further actions that were done in the same act.")
    answers: OptionalText = Field(None, description="The key of the obligation, or the id of the event, it answers.")
    recorded_at: OptionalTime = Field(None, description="When it was written down; changes no status.")


def _nothing_is_empty(value: object) -> object:
    return () if is_nothing(value) else value


def _nothing_is_no_facts(value: object) -> object:
    return {} if is_nothing(value) else value


def is_format_one(value: object) -> bool:
    return value == "1" or (value == 1 and not isinstance(value, bool))


class CaseFile(Closed):
    """One child's history. Episodes, events and records are complete lists, save before `history_from`.

    Every time has whole seconds and an offset, or is a date alone where the source has no time.
    """

    format: Annotated[Literal[1], WithJsonSchema({"enum": [1, "1"]})] = Field(description="The version of this format.")
    case: Text = Field(description="What the caller calls this case; it decides nothing.")
    child: Annotated[ChildEntry, BeforeValidator(_nothing_is_no_facts), OrNothing()] = Field(default_factory=ChildEntry)
    plan: Annotated[PlanEntry, BeforeValidator(_nothing_is_no_facts), OrNothing()] = Field(default_factory=PlanEntry)
    episodes: Annotated[tuple[EpisodeEntry, ...], BeforeValidator(_nothing_is_empty), OrNothing()] = ()
    history_from: OptionalDay = Field(None, description="Episodes before it are not listed; left out: all are.")
    events: Annotated[tuple[EventEntry, ...], BeforeValidator(_nothing_is_empty), OrNothing()] = ()
    records: Annotated[tuple[RecordEntry, ...], BeforeValidator(_nothing_is_empty), OrNothing()] = ()
    meetings: Annotated[dict[Word, Times], BeforeValidator(_nothing_is_no_facts), OrNothing()] = Field(
        default_factory=dict, description="The organisation's meetings: when each of a name is held."
    )
