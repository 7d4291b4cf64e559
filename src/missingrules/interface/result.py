"""The result of an evaluation as other systems get it. The published JSON Schema comes from these models.

Instants are ISO 8601 in the protocol's zone with their offset. Lists come in a fixed order and keys in the order below,
so that the same answer is the same text, byte for byte.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# An instant in the protocol's zone with its offset: 2025-03-31T12:00:00+01:00.
Moment = str


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CitationOut(Closed):
    """A paragraph that stands behind a part of an answer."""

    document: str
    paragraph: str
    heading: str
    supports: str = Field(description="The part of the rule that it carries: duty, deadline, chair and so on.")


class Person(Closed):
    """A role with its local title, its grade on the shared ladder (null: no rank) and its agency.

    `agency` is null only for somebody whom a record names and the protocol does not.
    """

    role: str
    title: str
    grade: str | None
    agency: str | None


class AnyOf(Closed):
    """One of these."""

    any: list[Person]


class AllOf(Closed):
    """All of these; only inside `undecided`, where a list alone would be read as alternatives."""

    all: list[Person]


class OtherThan(Closed):
    """Anybody but these."""

    other_than: list[Person]


class WhoRecorded(Closed):
    """Whoever the record names that set the duty off."""

    record_by: list[Person] = Field(description="Empty: the record does not say.")


class UndecidedPeople(Closed):
    """All who are still possible while a fact is unknown."""

    undecided: list[Person | AllOf | AnyOf | OtherThan | WhoRecorded | Literal["not_stated"]]


# A list: all of them.
SettledPeople = list[Person] | AnyOf | OtherThan | WhoRecorded | Literal["not_stated"]
PeopleOut = SettledPeople | UndecidedPeople


class EvidenceOut(Closed):
    """A value that was read, and where it came from: an id of the case, or `child`, `plan`, `episodes`, `clock`."""

    fact: str
    value: str | int
    source: str


class ReadingOut(Closed):
    """A reading of an unclear paragraph that an action rests on."""

    id: str
    option: str
    otherwise: str = Field(description="What would differ if this reading alone were taken otherwise.")


class DifferenceOut(Closed):
    """A record that did the duty by other people than the paper names. Changes no status."""

    record: str
    part: Literal["by", "chair", "attend"]
    stated: str
    recorded: str


class ReplacesOut(Closed):
    """A rule of a lower layer whose place this one takes."""

    rule: str = Field(description="LAYER/RULE")
    why: str


class Action(Closed):
    """One thing to be done."""

    key: str = Field(description="protocol/rule/subject/occurrence; stable while the case grows.")
    rule: str = Field(description="As the file of `protocol` has it.")
    item: str | None = Field(description="Which of the lettered acts of the rule; null where it has one only.")
    protocol: str = Field(description="Whose rule it is: of an inherited one the lower layer's name.")
    edition: str = Field(description="The label of the edition that asks for it.")
    action: str
    called: str | None = Field(description="The area's own name for the action; null where it has none.")
    topic: str
    title: str
    effect: Literal["require", "consider", "decide", "agree"]
    modality: Literal["must", "should", "may", "stated"]
    about: str | None
    method: str | None
    subject: str = Field(description="The episode, `child` or `organisation`.")
    episode: str | None
    occurrence: str
    triggered_at: Moment | None
    due: Moment | None
    due_between: tuple[Moment, Moment] | None
    aim: str | None = Field(description="A sooner time that the paper aims at; changes no due instant.")
    earlier_if: str | None = Field(description="When the paper asks for it earlier; changes no due instant.")
    due_basis: str
    status: Literal[
        "due", "overdue", "upcoming", "met", "met_late", "missed", "ceased", "available", "not_decidable"
    ]  # fmt: skip
    phase: Literal["now", "on_return", "planning", "organisation"] = Field(
        description="When it is somebody's business: while the child is missing, on the return, in planning."
    )
    by: PeopleOut | None
    chair: PeopleOut | None
    recipients: PeopleOut
    attendees: PeopleOut
    with_: PeopleOut = Field(alias="with")
    done_at: Moment | None
    done_by_records: list[str]
    ended_at: Moment | None
    differences: list[DifferenceOut]
    citations: list[CitationOut]
    because: list[EvidenceOut]
    readings: list[ReadingOut]
    conventions: list[str]
    notes: list[str]
    replaces: list[ReplacesOut]


class ConclusionOut(Closed):
    """A classification as it stands at `as_of`."""

    what: str
    episode: str | None
    recorded: str | None
    floor: str | None
    effective: str
    protocol: str
    rules: list[str] = Field(description="An inherited one is LAYER/RULE.")
    citations: list[CitationOut]


class ForbiddenOut(Closed):
    """A prohibition in force at `as_of`, or one that a record broke."""

    key: str
    rule: str
    protocol: str
    action: str
    called: str | None
    topic: str
    title: str
    modality: Literal["must", "should", "may", "stated"]
    about: str | None
    method: str | None
    outcome: str | None
    to: list[str]
    episode: str | None
    status: Literal["in_force", "breached", "not_decidable"]
    record: str | None
    at: Moment | None
    citations: list[CitationOut]
    because: list[EvidenceOut]


class TogetherOut(Closed):
    """One act for one subject that several protocols ask for."""

    action: str
    effect: Literal["require", "consider", "decide", "agree"]
    subject: str = Field(description="The episode, `child` or `organisation`.")
    episode: str | None
    protocols: list[str]
    due: Moment | None = Field(
        description="The earliest due instant, or earliest possible, of those that are not over."
    )
    modality: Literal["must", "should", "may"] = Field(
        description="The strongest of those that are not over (all over: of all), `stated` as its protocol ranks it."
    )
    keys: list[str] = Field(description="The actions: earliest due first, then must, should, may, then by key.")


class ConflictOut(Closed):
    """Two answers that cannot both hold."""

    what: str = Field(description="The fact; between protocols the action.")
    episode: str | None
    values: list[str] = Field(description="The values; the titles of duty and prohibition; the chairs.")
    protocol: str = Field(description="The first of `protocols`.")
    rules: list[str] = Field(description="Between protocols in the order of `protocols`.")
    citations: list[CitationOut]
    kind: Literal["values", "forbidden", "chairs"] = Field(
        description="Two values of one fact; between protocols: one forbids what another requires, or one meeting has "
        "two chairs."
    )
    protocols: list[str]
    keys: list[str] = Field(description="Between protocols: the actions, then the prohibition. Otherwise empty.")


class AmbiguityOut(Closed):
    """Duties that are found only if one reading alone is taken otherwise."""

    reading: str
    option: str = Field(description="The option under which they are found.")
    protocol: str
    would_add: list[str] = Field(description="The keys of the duties.")
    titles: list[str] = Field(description="Their titles, in the same order.")
    citations: list[CitationOut]


class QuestionOut(Closed):
    """A fact that the case does not give, and the keys of the actions that hang on it."""

    fact: str
    ask: str
    episode: str | None
    record: str | None
    protocol: str
    affects: list[str]
    by: Moment | None = Field(description="The first instant at which an answer is needed; null: now.")


class NextOut(Closed):
    """What one more episode, or time alone, would bring."""

    if_: str = Field(alias="if", description="The condition in words.")
    then: str = Field(description="The title of the duty that it raises.")
    kind: Literal["episodes", "time"]
    more_episodes: int = Field(description="How many; 0 for time alone.")
    at: Moment | None = Field(
        description="The last second for the episodes (null: none), or the instant at which it fires."
    )
    subject: str
    rule: str
    protocol: str
    action: str
    called: str | None
    citations: list[CitationOut]


class InForceOut(Closed):
    """From when to when an edition is in force, as far as it says."""

    from_: str | None = Field(alias="from", description="The first date on which it is.")
    to: str | None = Field(description="The first date on which it no longer is.")


class WarningOut(Closed):
    """An edition that was applied on a date on which it is not in force."""

    what: Literal["not_yet_in_force", "no_longer_in_force"]
    episode: str | None = Field(description="Null: what is asked for the child without an episode, or organisation.")
    protocol: str
    edition: str
    in_force: InForceOut
    on: str = Field(description="The date that counts: of the episode's start, or of the firing.")


class LayerOut(Closed):
    """Which text of a protocol was asked."""

    name: str
    title: str
    edition: str
    in_force: InForceOut | None
    published: str | None
    checked: str | None
    fingerprint: str = Field(description="Of all that its files say, and those of the layers below.")


class ReplacedOut(Closed):
    """A rule of a lower layer that does not hold here."""

    rule: str = Field(description="LAYER/RULE")
    by: str | None = Field(description="The rule that takes its place, LAYER/RULE too; null: it was dropped.")
    why: str
    citations: list[CitationOut]


class ProtocolOut(LayerOut):
    """A protocol that was asked, and which text of it. Several of one name are editions of it."""

    stands_on: list[LayerOut] = Field(description="The layers below it, the nearest first.")
    replaced: list[ReplacedOut] = Field(description="What does not hold of these, here or in one of them already.")


class AppliesOut(Closed):
    """Whether a protocol at hand is for this child at `as_of`, by who is responsible for it and where it lives.

    not_stated: the child has to do with the area in a way of which the paper, or the file, says nothing.
    """

    protocol: str
    edition: str
    answer: Literal["yes", "no", "not_stated", "not_known"]
    relation: Literal["living_here", "own", "own_elsewhere", "placed_here", "anywhere"] | None
    citations: list[CitationOut] = Field(description="Where the paper says so, and which children it means.")
    because: list[EvidenceOut]
    asks: list[str] = Field(description="The facts that would settle it.")
    also: list[str] = Field(description="Authorities whose protocols hold as well, as the paper says.")


class Library(Closed):
    """What answered, so that an answer can be had again."""

    version: str
    calendar: str = Field(description="The working-day calendar and its version.")


class AskedOf(Closed):
    """A protocol that was given, and which text of it."""

    name: str
    edition: str
    fingerprint: str


class ReceiptOut(Closed):
    """The question, beside `as_of`, `horizon_days` and `library`: by it `missingrules replay` has the answer again."""

    case: str = Field(description="Of all that the case says, in one canonical form: sha256 and 64 digits.")
    readings: dict[str, str] = Field(description="How readings were chosen, by id; the others were taken by default.")
    organisation: bool
    where_applies: bool = Field(description="Whether only what is for this child was asked for.")
    protocols: list[AskedOf] = Field(description="In the order given, those too that are not for the child.")


class Result(Closed):
    """What one or several protocols ask for one case at one instant."""

    format: Literal[1]
    case: str
    as_of: Moment
    valid_until: Moment | None = Field(
        description="The last second at which all this holds if nothing is added; null: time alone changes nothing."
    )
    horizon_days: int
    protocols: list[ProtocolOut]
    applies: list[AppliesOut] = Field(description="Of every protocol at hand, those too that are not for the child.")
    warnings: list[WarningOut]
    library: Library
    receipt: ReceiptOut | None = Field(description="null: the answer was put together by hand.")
    actions: list[Action] = Field(description="By due instant (those without: last), then by key.")
    together: list[TogetherOut] = Field(description="What several protocols ask for, in the order of its first action.")
    conclusions: list[ConclusionOut]
    forbidden: list[ForbiddenOut]
    conflicts: list[ConflictOut]
    ambiguities: list[AmbiguityOut]
    questions: list[QuestionOut]
    next: list[NextOut]
