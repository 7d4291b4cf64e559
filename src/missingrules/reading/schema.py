"""Exactly what an author may write in a protocol file. The JSON Schema for editors comes from here.

Only shape is settled here. What depends on the file's own words (facts, roles, tables) is read, from the located texts
that these models hold, by the modules that resolve it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from missingrules.domain.applies import LOCAL, MEANS, Relation

# pydantic reads these annotations at run time.
from missingrules.reading.forms import CountedBy, Deadline, People, RepeatForm, Trigger, Until  # noqa: TC001
from missingrules.reading.shapes import (
    LIST,
    TEXT,
    Anything,
    Closed,
    Condition,
    Number,
    References,
    Word,
    Words,
    YesNo,
    as_list,
    form,
    one_map,
    only,
    tag,
)

Silence = Annotated[Word, only("by", "chair", "attend", "to", "with", "deadline", "until")]

# --- rules ------------------------------------------------------------------------------------------------------------


class Said(Closed):
    """What a rule, a case or an item may say of an act."""

    title: Word | None = Field(default=None, description="Plain words of your own")
    cite: References = Field(default_factory=list, description="The paragraph or paragraphs it rests on")
    cites: dict[Word, References] = Field(default_factory=dict, description="For keys that rest on other paragraphs")
    modality: Annotated[Word, only("must", "should", "may", "stated")] | None = Field(
        default=None, description="The source's own word"
    )
    if_read: dict[Word, Words] | None = Field(
        default=None, description="A reading and the option under which it stands"
    )
    when: Condition | None = Field(default=None, description="What must be known true")
    unless: Annotated[list[Condition], one_map] | None = Field(
        default=None, description="Exceptions, each with its cite"
    )
    until: Annotated[list[Until], one_map] | None = Field(default=None, description="What ends it")
    superseded_by: Word | None = Field(default=None, description="A rule that, once it fires, replaces this one")
    by: People | None = Field(default=None, description="Who does it")
    chair: People | None = Field(default=None, description="Who chairs it")
    attend: People | None = Field(default=None, description="Who attends")
    to: People | None = Field(default=None, description="To whom it is addressed")
    with_: People | None = Field(default=None, alias="with", description="With whom it is done")
    about: Word | None = Field(default=None, description="What it is about")
    method: Word | None = Field(default=None, description="How it is done")
    deadline: Deadline | None = Field(default=None, description="By when")
    repeat: RepeatForm | None = Field(default=None, description="A series, in place of a deadline")
    met_by: Words | None = Field(default=None, description="Outcomes that count as done")
    counts_from: Annotated[Word, only("trigger", "started")] | None = Field(
        default=None, description="From when acts count: the trigger, or the start of the episode"
    )
    not_stated: Annotated[list[Silence], as_list] = Field(
        default_factory=list, description="The keys that the source leaves out"
    )


class Item(Said):
    id: Word = Field(description="Its name within the rule")
    action: Word = Field(description="The act")


Act = Annotated[
    Annotated[Word, Tag(TEXT)] | Annotated[list[Item], Field(min_length=1), Tag(LIST)] | Annotated[Item, tag("Item")],
    form("an act", ("action", "Item"), text=True, list_=True),
]


class Acting(Said):
    require: Act | None = Field(default=None, description="An act that is wanted")
    consider: Act | None = Field(default=None, description="An act that must at least be considered")
    decide: Act | None = Field(default=None, description="An act on which a decision either way is wanted")
    agree: Act | None = Field(default=None, description="An act that must be agreed")


class CaseForm(Acting):
    """One of several complementary halves."""


class Forbidden(Closed):
    grading: Word | None = Field(default=None, description="A grading that may not be made")
    change: Word | None = Field(default=None, description="A fact that may not be changed")


class InForce(Closed):
    from_: Word | None = Field(default=None, alias="from", description="The first day")
    to: Word | None = Field(default=None, description="The day after the last")


class Rule(Acting):
    id: Word = Field(description="Its name, unique in the file")
    topic: Word = Field(description="The shared topic it is compared under")
    rests_on: Words = Field(default_factory=list, description="Readings that are shown but change nothing here")
    in_force: InForce | None = Field(default=None, description="When it goes live and lapses")
    kinds: Words | None = Field(default=None, description="The kinds of episode it speaks of")
    outside_scope: YesNo = Field(default=False, description="true: the file's scope does not limit it")
    trigger: Trigger | None = Field(default=None, description="What sets it off")
    forbid: (
        Annotated[
            Annotated[Word, Tag(TEXT)] | Annotated[Forbidden, tag("Forbidden")],
            form("a prohibition", ("grading", "Forbidden"), ("change", "Forbidden"), text=True),
        ]
        | None
    ) = Field(default=None, description="An act that is forbidden")
    outcome: Word | None = Field(default=None, description="Only with forbid: the outcome that is forbidden")
    conclude: Condition | None = Field(default=None, description="A fact that follows, or its lowest level")
    cases: list[CaseForm] | None = Field(default=None, min_length=2, description="Complementary halves")
    replaces: Words | None = Field(default=None, description="Rules of a lower layer whose place it takes")
    why: Word | None = Field(default=None, description="Only with replaces: why it does")


# --- the file ---------------------------------------------------------------------------------------------------------


class EditionForm(Closed):
    label: Word = Field(description="What the edition calls itself")
    published: Word | None = Field(default=None, description="When it was published")
    checked: Word | None = Field(default=None, description="When somebody last checked that it is current")
    in_force: InForce | None = Field(default=None, description="From when it holds, and until when")


class SourceForm(Closed):
    title: Word = Field(description="The document's title")
    edition: EditionForm = Field(description="Which edition was encoded")
    ledger: Word = Field(description="The file that lists its paragraphs, from this file's folder")


class ScopeForm(Closed):
    when: Condition = Field(description="What must hold for any rule to fire")
    cite: References = Field(min_length=1, description="Where the source says so")


class ReachForm(Closed):
    cite: References = Field(min_length=1, description="Where the source says so")
    with_: Annotated[Word, only("host", "placing")] | None = Field(
        default=None,
        alias="with",
        description="Whose protocol holds as well, if the source says so: the host's, or that of who placed the child",
    )


class AppliesForm(Closed):
    living_here: ReachForm | None = Field(default=None, description=MEANS[Relation.LIVING_HERE])
    own: ReachForm | None = Field(default=None, description=MEANS[Relation.OWN])
    own_elsewhere: ReachForm | None = Field(default=None, description=MEANS[Relation.OWN_ELSEWHERE])
    placed_here: ReachForm | None = Field(default=None, description=MEANS[Relation.PLACED_HERE])
    anywhere: ReachForm | None = Field(default=None, description=MEANS[Relation.ANYWHERE])
    not_stated: Annotated[list[Annotated[Word, only(*LOCAL)]], as_list] = Field(
        default_factory=list, description="Of which of these the source says nothing"
    )


class HoursForm(Closed):
    days: Words = Field(description="Days of the week: a list, or monday to friday")
    from_: Word = Field(alias="from", description="The opening time, as 09:00")
    to: Word = Field(description="The closing time, as 17:30")
    closed: Annotated[Word, only("bank_holidays")] | None = Field(default=None, description="bank_holidays")
    cite: References = Field(min_length=1, description="Where the source says so")


class MeetingForm(Closed):
    title: Word | None = Field(default=None, description="What people call it")
    every: Word | None = Field(default=None, description="How often it is held")
    cite: References = Field(default_factory=list, description="Where the source says so")


class RoleForm(Closed):
    title: Word = Field(description="The local title")
    agency: Word = Field(description="Of which agency it is: police, childrens_social_care, health, family and so on")
    grade: Word | None = Field(default=None, description="Its place on the shared ladder; agencies and teams have none")


class FactForm(Closed):
    kind: Annotated[Word, only("timeless", "status", "grading", "judgement")] = Field(
        description="How it holds over time"
    )
    type: Annotated[Word, only("yes_no", "choice", "scale", "number", "length", "date", "instant", "text")] = Field(
        description="What values it has"
    )
    ask: Word = Field(description="The question that is asked when it is not known")
    values: Words | None = Field(default=None, description="The values of a choice, or of a scale, lowest first")


class ActionForm(Closed):
    means: Word = Field(description="What it is, in one line")
    done: Words = Field(default_factory=list, description="Outcomes of its own that count as done")
    not_done: Words = Field(default_factory=list, description="Outcomes of its own that do not")
    also: Words = Field(default_factory=list, description="Other actions, a record of which counts as this one")


class CalledForm(Closed):
    called: dict[Word, Word] = Field(description="Actions, each with the area's own name for it")


class EventForm(Closed):
    means: Word = Field(description="What it is, in one line")
    fields: dict[
        Word, Annotated[Word, only("yes_no", "choice", "scale", "number", "length", "date", "instant", "text")]
    ] = Field(default_factory=dict, description="What a case may say of it: each field and its type")


class CountedForm(Closed):
    in_: Word | None = Field(default=None, alias="in", description="The window")
    kinds: Words | None = Field(default=None, description="The kinds of episode that count")
    from_: Words | None = Field(default=None, alias="from", description="The places they were missing from")
    counted_by: CountedBy | None = Field(default=None, description="The date an episode counts by")
    why: Word = Field(description="Why the file takes it so")


class DaysForm(Closed):
    first_day_is: Annotated[Number, only("0", "1")] = Field(
        description="0 or 1: the number of the day from which it runs"
    )
    same_day_counts: YesNo = Field(
        description="true or false: whether the day from which it runs can itself be the first working day"
    )
    why: Word = Field(description="Why the file takes it so")


class StatedForm(Closed):
    ranks_as: Annotated[Word, only("must", "should", "may")] = Field(description="The word it ranks as")
    why: Word = Field(description="Why the file takes it so")


class ConventionsForm(Closed):
    counted: CountedForm | None = Field(default=None, description="What counts of episodes leave out")
    days: DaysForm | None = Field(default=None, description="How days are numbered")
    stated: StatedForm | None = Field(default=None, description="How a duty with no modal word ranks")


class OptionForm(Closed):
    value: Anything = Field(default=None, description="What stands wherever the reading is named")
    cite: References = Field(min_length=1, description="The paragraph that reads so")


class ReadingForm(Closed):
    question: Word = Field(description="What the source leaves open")
    options: dict[Word, OptionForm] = Field(min_length=2, description="The ways to read it")
    default: Word = Field(description="The option taken unless the user says otherwise: the one that protects more")
    why: Word = Field(description="Why that one")


class TableForm(Closed):
    gives: Words = Field(min_length=1, description="The key or keys that it gives")
    hit: Annotated[Word, only("first", "unique")] = Field(
        description="first: the first row that holds; unique: one at most"
    )
    inputs: Words = Field(default_factory=list, description="What a rule passes to it")
    rows: list[Condition] = Field(min_length=1, description="Its rows: facts, what they give, cite")


class AcceptForm(Closed):
    code: Word = Field(description="The code of the finding")
    at: Word = Field(description="Where it is: a rule, RULE.ITEM, a table, a role or another name of this file")
    why: Word = Field(description="Why it is right as it is")


class DropForm(Closed):
    rule: Words = Field(min_length=1, description="A rule of a lower layer, or several, as LAYER/RULE")
    cite: References = Field(min_length=1, description="The paragraph of this paper that says so")
    why: Word = Field(description="Why it does not hold here")


class Head(Closed):
    format: Word = Field(description="The version of the language: 1")
    protocol: Word = Field(description="The protocol's name")
    title: Word = Field(description="The protocol's title")
    authority: Word = Field(description="Whose protocol it is")
    applies_to: Word = Field(description="Which children it is about, for people")
    areas: Words | None = Field(default=None, description="The areas it covers; left out, one of the protocol's name")
    zone: Word | None = Field(default=None, description="The time zone")
    working_days: Annotated[Word, only("england")] | None = Field(default=None, description="The calendar: england")
    stands_on: Word | None = Field(default=None, description="The protocol whose rules hold where this one is silent")


class ProtocolFile(Head):
    """A missing-children protocol as rules."""

    drops: Annotated[list[DropForm], one_map] = Field(
        default_factory=list, description="Rules of a lower layer that do not hold here"
    )
    scope: ScopeForm | None = Field(default=None, description="What guards every rule")
    applies: AppliesForm | None = Field(
        default=None, description="Which children it is for, by who is responsible for them and where they live"
    )
    sources: dict[Word, SourceForm] = Field(min_length=1, description="The documents; the first is the protocol itself")
    hours: dict[Word, HoursForm] = Field(default_factory=dict, description="Named hours of the week")
    meetings: dict[Word, MeetingForm] = Field(default_factory=dict, description="The organisation's meetings")
    roles: dict[Word, RoleForm] = Field(default_factory=dict, description="Who acts")
    facts: dict[Word, FactForm] = Field(default_factory=dict, description="Facts of this area's own")
    actions: dict[Word, ActionForm] = Field(default_factory=dict, description="Acts of this area's own")
    events: dict[Word, EventForm] = Field(default_factory=dict, description="Events of this area's own")
    called: dict[Word, Word] = Field(default_factory=dict, description="The area's own names for actions")
    conventions: ConventionsForm | None = Field(default=None, description="Said once for the whole file, with why")
    readings: dict[Word, ReadingForm] = Field(default_factory=dict, description="What the source leaves open")
    tables: dict[Word, TableForm] = Field(default_factory=dict, description="Decision tables")
    accepts: list[AcceptForm] = Field(
        default_factory=list, description="Findings of check that are right as they are, each with its place and why"
    )
    rules: list[Rule] = Field(min_length=1, description="The rules")


class ParagraphForm(Closed):
    ref: Word = Field(description="The paragraph's reference, unique in the document")
    heading: Word = Field(description="The heading that it stands under")
    words: Word | None = Field(default=None, description="How many words of the text it is")
    fingerprint: Word | None = Field(default=None, description="Of these words")
    figures: Words = Field(default_factory=list, description="The figures found in it")
    fate: Word | None = Field(default=None, description="What became of it")
    reason: Word | None = Field(default=None, description="Why")


class LedgerFile(Closed):
    format: Word = Field(description="The version of the ledger's format: 1")
    document: Word = Field(description="The document's name, as citations give it")
    title: Word = Field(description="The document's title")
    seen: YesNo = Field(default=True, description="false: the text was not at hand")
    paragraphs: list[ParagraphForm] = Field(default_factory=list, description="Its paragraphs, in order")
