"""Exactly what an author may write in a scenario file. Only shape is settled here, as in `schema.py`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from missingrules.domain.obligations import Phase, Status
from missingrules.domain.rules import Modality
from missingrules.reading.shapes import TEXT, Anything, Closed, Word, Words, YesNo, form, only, tag

INSTANT = "An instant, or null"
PEOPLE = "People: [role], {any: [role]}, not_stated and so on"


class FileForm(Closed):
    """A whole file; each scenario is looked at by itself."""

    format: Word = Field(description="The version of this format: 1")
    protocol: Word = Field(description="The name of the protocol")
    anchor: Word | None = Field(default=None, description="The date of day 0")
    scenarios: list[Anything] = Field(min_length=1, description="The scenarios")


class ObligationForm(Closed):
    key: Word = Field(description="The key of an obligation, without the protocol")
    status: Annotated[Word, only(*Status)] | None = Field(default=None, description="How it stands")
    phase: Annotated[Word, only(*Phase)] | None = Field(default=None, description="Now, on the return, in planning")
    modality: Annotated[Word, only(*Modality)] | None = Field(default=None, description="The source's own word")
    action: Word | None = Field(default=None, description="The act")
    episode: Word | None = Field(default=None, description="The id of an episode, or null")
    due: Word | None = Field(default=None, description=INSTANT)
    due_between: Anything = Field(default=None, description="The earliest and the latest instant, or null")
    deadline: Word | None = Field(default=None, description="By when in words, as immediately or not stated")
    triggered_at: Word | None = Field(default=None, description=INSTANT)
    discharged_at: Word | None = Field(default=None, description=INSTANT)
    ended_at: Word | None = Field(default=None, description=INSTANT)
    discharged_by: Words | None = Field(default=None, description="The records that discharged it")
    by: Anything = Field(default=None, description=PEOPLE)
    chair: Anything = Field(default=None, description=PEOPLE)
    recipients: Anything = Field(default=None, description=PEOPLE)
    attendees: Anything = Field(default=None, description=PEOPLE)
    with_: Anything = Field(default=None, alias="with", description=PEOPLE)
    differences: Words | None = Field(default=None, description="A record and by, chair or attend, as R1 chair")
    readings: dict[Word, Word] | None = Field(default=None, description="Readings it rests on, with their options")
    cite: Words | None = Field(default=None, description="Paragraphs that are among its citations")


class QuestionForm(Closed):
    fact: Word | None = Field(default=None, description="The fact that is asked for")
    episode: Word | None = Field(default=None, description="The episode, or null")
    record: Word | None = Field(default=None, description="The record, or null")
    by: Word | None = Field(default=None, description=INSTANT)
    affects: Words | None = Field(default=None, description="Keys that are among those that hang on it")


class ConclusionForm(Closed):
    what: Word | None = Field(default=None, description="The fact that is concluded")
    episode: Word | None = Field(default=None, description="The episode, or null")
    recorded: Word | None = Field(default=None, description="The value on record, or null")
    floor: Word | None = Field(default=None, description="The lowest level, or null")
    effective: Word | None = Field(default=None, description="The value that holds")
    rules: Words | None = Field(default=None, description="Rules that are among those that conclude it")
    cite: Words | None = Field(default=None, description="Paragraphs that are among its citations")


class ForbiddenForm(Closed):
    key: Word = Field(description="The key of a prohibition, or its beginning")
    status: Annotated[Word, only("in_force", "breached", "not_decidable")] | None = Field(
        default=None, description="in_force, breached or not_decidable"
    )
    modality: Annotated[Word, only(*Modality)] | None = Field(default=None, description="The source's own word")
    action: Word | None = Field(default=None, description="The act that is forbidden")
    record: Word | None = Field(default=None, description="The record that breaks it, or null")
    at: Word | None = Field(default=None, description=INSTANT)
    cite: Words | None = Field(default=None, description="Paragraphs that are among its citations")


class AmbiguityForm(Closed):
    reading: Word | None = Field(default=None, description="The reading")
    option: Word | None = Field(default=None, description="The option other than the one taken")
    would_add: Words | None = Field(default=None, description="Keys that are among those found under it")


class ConflictForm(Closed):
    what: Word | None = Field(default=None, description="The fact with two values")
    episode: Word | None = Field(default=None, description="The episode, or null")
    values: Words | None = Field(default=None, description="The values")


class NextForm(Closed):
    rule: Word | None = Field(default=None, description="A rule, or rule.item")
    kind: Annotated[Word, only("episodes", "time")] | None = Field(default=None, description="episodes or time")
    count: Word | None = Field(default=None, description="How many more episodes")
    at: Word | None = Field(default=None, description=INSTANT)
    subject: Word | None = Field(default=None, description="The subject")


Asked = Annotated[
    Annotated[Word, Tag(TEXT)] | Annotated[QuestionForm, tag("QuestionForm")],
    form("a question", *((key, "QuestionForm") for key in QuestionForm.model_fields), text=True),
]


class ExpectedForm(Closed):
    """What must and must not come out."""

    expect: list[ObligationForm] | None = Field(default=None, description="Obligations that must be there")
    absent: Words | None = Field(default=None, description="Rules of which nothing may be there")
    questions: list[Asked] | None = Field(default=None, description="What is asked; [] for nothing")
    conclusions: list[ConclusionForm] | None = Field(default=None, description="What is concluded; [] for nothing")
    forbidden: list[ForbiddenForm] | None = Field(default=None, description="What is forbidden; [] for nothing")
    ambiguities: list[AmbiguityForm] | None = Field(default=None, description="What other readings would add")
    conflicts: list[ConflictForm] | None = Field(default=None, description="Answers that cannot both hold")
    next: list[NextForm] | None = Field(default=None, description="What is to come")
    valid_until: Word | None = Field(default=None, description="Until when the answer holds, or null")


class ScenarioForm(ExpectedForm):
    name: Word = Field(description="Its name, unique in the file")
    why: Word = Field(description="The reckoning in words")
    anchor: Word | None = Field(default=None, description="The date of day 0, if not the file's")
    as_of: Word = Field(description="The instant that is asked about")
    case: Anything = Field(description="The case")
    readings: dict[Word, Word] | None = Field(default=None, description="Options other than the defaults, by reading")
    organisation: YesNo = Field(default=False, description="true: what the calendar asks is asked too")
