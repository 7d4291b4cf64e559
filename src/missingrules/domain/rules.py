"""The resolved rule: what a protocol says once every name, unit, reading and reference has been settled.

Reading writes these, the engine reads them; neither knows the other. A value of `NOT_STATED` is the paper's silence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, time

    from missingrules.domain.clock import Clock, Length
    from missingrules.domain.vocabulary import ActionWord, EventWord, FactWord


class NotStated(StrEnum):
    NOT_STATED = "not_stated"


NOT_STATED: Final = NotStated.NOT_STATED


# --- where a rule comes from ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """A paragraph of a document. `supports` names the part of the rule it carries: `duty`, `deadline`, `chair` …"""

    document: str
    paragraph: str
    heading: str
    supports: str = "duty"


Citations = tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading as it was taken: its id and the option."""

    reading: str
    option: str


@dataclass(frozen=True, slots=True)
class ReadingOption:
    name: str
    citations: Citations


@dataclass(frozen=True, slots=True)
class Reading:
    """Something the paper says in two ways, or leaves open where the answer changes."""

    id: str
    question: str
    options: tuple[ReadingOption, ...]
    default: str
    why: str


@dataclass(frozen=True, slots=True)
class Convention:
    """Something said once for the whole file, with why: `counted` (and its window, if any), `days` or `stated`."""

    name: str
    why: str
    window: Length | None = None


# --- conditions -------------------------------------------------------------------------------------------------------

# Facts carry their prefix: `child.age`, `episode.risk`, `plan.report_after`, `event.planned`, `record.outcome`.
# Built in: `episode.missing`, `episode.missing_for`, `episode.first_episode`, `episode.kind`, `episode.from`,
# `child.age`, `episode.risk` (the effective level), `episode.risk.recorded`, `protocol.area`.


@dataclass(frozen=True, slots=True)
class Is:
    """One of these values (texts; `yes`/`true` are the text `true`)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The fact is known, whatever it is."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number or length between two ends, each with whether it is itself inside. None: no end."""

    low: int | Length | None = None
    low_inside: bool = True
    high: int | Length | None = None
    high_inside: bool = True


@dataclass(frozen=True, slots=True)
class AtLeast:
    """On a graded fact: this level or higher. `levels` are the scale's levels from here up."""

    level: str
    levels: tuple[str, ...]


Test = Is | Known | Range | AtLeast


@dataclass(frozen=True, slots=True)
class FactTest:
    fact: str
    test: Test


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, and by which date: the window is a length, a calendar period, or not stated (all)."""

    window: Length | Literal["calendar month", "calendar quarter", "calendar year"] | NotStated
    kinds: tuple[str, ...]
    missing_from: tuple[str, ...]
    counted_by: Literal["started", "reported", "returned"]


@dataclass(frozen=True, slots=True)
class CountTest:
    """A count of episodes, its window ending on the date of reading."""

    counted: Counted
    test: Range


@dataclass(frozen=True, slots=True)
class HoursTest:
    """Inside or outside the protocol's named hours."""

    hours: str
    outside: bool


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = FactTest | CountTest | HoursTest | All | Any | Not
ALWAYS: Final = All(())


@dataclass(frozen=True, slots=True)
class Unless:
    """An `unless`: it stops a duty only while known true."""

    condition: Condition
    citations: Citations


# --- triggers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnInstant:
    """A moment of the episode; `first_episode` is the start of the first."""

    which: Literal["started", "reported", "located", "returned", "first_episode"]


@dataclass(frozen=True, slots=True)
class OnEvent:
    """Each event of this name whose fields pass the tests (fields as `event.NAME`)."""

    event: str
    fields: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Each record of this action; with no outcome, each that counts as done. None: any."""

    action: str
    outcome: str | None = None
    about: str | None = None
    to: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnBirthday:
    age: int


@dataclass(frozen=True, slots=True)
class OnPeriod:
    """The start of each day, week, month and so on (`clock.PERIODS`): a duty of the organisation itself."""

    every: str


@dataclass(frozen=True, slots=True)
class OnUndone:
    """The due instant of a duty of this rule has passed with nothing recorded."""

    rule: str


@dataclass(frozen=True, slots=True)
class WhileMissing:
    """From start to return, or to where the child was located."""

    ends_with: Literal["returned", "located"] = "returned"


@dataclass(frozen=True, slots=True)
class MissingFor:
    """From start + length to the same end. `length` may be the name of a fact of type length."""

    length: Length | str
    more_than: bool = False
    ends_with: Literal["returned", "located"] = "returned"


@dataclass(frozen=True, slots=True)
class Becomes:
    """While the fact is known to pass the test."""

    test: FactTest


@dataclass(frozen=True, slots=True)
class EpisodesReach:
    """From the episode that brings the count to `at_least` until the count falls below it."""

    at_least: int
    counted: Counted


Moment = OnInstant | OnEvent | OnRecord | OnBirthday | OnPeriod | OnUndone
Stretch = WhileMissing | MissingFor | Becomes | EpisodesReach


@dataclass(frozen=True, slots=True)
class FirstOf:
    """`any` of several: fires once per episode, at the first."""

    triggers: tuple[Moment | Stretch, ...]


Trigger = Moment | Stretch | FirstOf


def leaves(condition: Condition) -> Iterator[FactTest | CountTest | HoursTest]:
    """The tests of which a condition is made."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def triggers_of(trigger: Trigger) -> tuple[Moment | Stretch, ...]:
    """The triggers of which it is made: one, or the several of an `any`."""
    return trigger.triggers if isinstance(trigger, FirstOf) else (trigger,)


# --- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its local title, its grade on the shared ladder (None: not a rank) and the agency that it is of.

    `agency` is None only where a record names somebody whom the protocol does not have.
    """

    name: str
    title: str
    grade: str | None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Roles: all of them, any of them, or anybody other than them; or whoever the trigger's record names."""

    mode: Literal["all", "any", "other_than", "record_by"]
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleRow:
    condition: Condition
    people: People | NotStated
    citations: Citations


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """The first row that is true, all before it false. `at_firing`: read once, when the rule fires."""

    rows: tuple[PeopleRow, ...]
    at_firing: bool = False


WhoEver = People | PeopleRows | NotStated


# --- deadlines --------------------------------------------------------------------------------------------------------

# An anchor is `trigger`, an instant of the episode (`started`, `last_seen`, `reported`, `located`, `returned`),
# the trigger's own `event`, `record`, `birthday` or `undone`, a field of it (`event.starts_at`), or a date fact.


class Word(StrEnum):
    """Deadline words that give no instant."""

    IMMEDIATELY = "immediately"
    PROMPTLY = "promptly"
    WITHOUT_DELAY = "without_delay"
    AS_SOON_AS_POSSIBLE = "as_soon_as_possible"


@dataclass(frozen=True, slots=True)
class Within:
    length: Length
    anchor: str
    same_day_counts: bool = False


@dataclass(frozen=True, slots=True)
class OnDay:
    """The end of a numbered date, the anchor's own being day `first_day_is`; the duty arises at its 00:00."""

    day: int
    anchor: str
    first_day_is: Literal[0, 1]


@dataclass(frozen=True, slots=True)
class Before:
    anchor: str


@dataclass(frozen=True, slots=True)
class AtNext:
    """At the first meeting of this name after the trigger, if the organisation's calendar is supplied."""

    meeting: str


@dataclass(frozen=True, slots=True)
class SetBy:
    """An instant, or a length after the trigger, read from a record, an event or the plan."""

    fact: str


@dataclass(frozen=True, slots=True)
class EndOfPeriod:
    """The end of the last day of the period that set the rule off."""

    every: str


@dataclass(frozen=True, slots=True)
class AtTheSameTime:
    """By the end of the trigger's date."""


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    condition: Condition
    deadline: Deadline | NotStated
    citations: Citations


@dataclass(frozen=True, slots=True)
class DeadlineRows:
    rows: tuple[DeadlineRow, ...]
    at_firing: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Shown beside a deadline, and changes no due instant: an aim, or when earlier action is asked for."""

    text: str
    condition: Condition | None = None
    citations: Citations = ()


Deadline = Within | OnDay | Before | AtNext | SetBy | EndOfPeriod | AtTheSameTime | Word | DeadlineRows


@dataclass(frozen=True, slots=True)
class Phase:
    every: Length
    lasting: Length | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A series. `anchor` is an anchor as above, or a numbered day, when it is over."""

    anchor: str | OnDay
    next_from: Literal["schedule", "last_held"]
    phases: tuple[Phase, ...]


# --- what a rule does -------------------------------------------------------------------------------------------------


class Effect(StrEnum):
    REQUIRE = "require"
    CONSIDER = "consider"
    DECIDE = "decide"
    AGREE = "agree"


class Modality(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class UntilInstant:
    which: Literal["returned", "located"]


Until = UntilInstant | OnRecord | OnBirthday | Condition


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold for a rule to fire. `kinds` empty: any kind, or no episode."""

    when: Condition = ALWAYS
    unless: tuple[Unless, ...] = ()
    kinds: tuple[str, ...] = ()
    in_force: tuple[date | None, date | None] = (None, None)
    in_scope: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One act that a rule asks for, under one set of readings."""

    id: str  # "rule" or "rule.item", as in keys
    rule: str
    topic: str
    title: str
    modality: Modality
    effect: Effect
    action: str
    trigger: Trigger
    guard: Guard
    until: tuple[Until, ...] = ()
    superseded_by: str | None = None
    about: str | None = None
    method: str | None = None
    by: WhoEver = NOT_STATED
    chair: WhoEver | None = None
    attend: WhoEver | None = None
    to: WhoEver | None = None
    with_: WhoEver | None = None
    deadline: Deadline | NotStated = NOT_STATED
    repeat: Repeat | None = None
    aim: Note | None = None
    earlier_if: Note | None = None
    met_by: tuple[str, ...] = ()
    counts_from: Literal["trigger", "started"] = "trigger"
    citations: Citations
    choices: tuple[Choice, ...] = ()
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A classification that holds whenever its guard is true: a value, or the lowest level a grading may have."""

    rule: str
    topic: str
    title: str
    fact: str
    value: str | None
    floor: str | None
    guard: Guard
    citations: Citations
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition:
    """An act that is forbidden whenever the guard is true; a record of it then is a breach."""

    rule: str
    topic: str
    title: str
    modality: Modality
    action: str
    guard: Guard
    method: str | None = None
    outcome: str | None = None
    to: tuple[str, ...] = ()
    about: str | None = None
    citations: Citations
    choices: tuple[Choice, ...] = ()


Provision = Duty | Conclusion | Prohibition


@dataclass(frozen=True, slots=True)
class RuleFamily:
    """A rule under every combination of the readings it depends on.

    `variants` is keyed by the options in the order of `readings`; a combination under which the rule does not stand
    has no provisions. `shown` are readings that it only rests on.
    """

    id: str
    readings: tuple[str, ...]
    variants: Mapping[tuple[str, ...], tuple[Provision, ...]]
    shown: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Named hours of the week, local time; `closed_on_holidays`: none on a bank holiday."""

    name: str
    days: frozenset[int]
    opens: time
    closes: time
    closed_on_holidays: bool
    citations: Citations


@dataclass(frozen=True, slots=True)
class Edition:
    """A text of a document. `in_force`: the first date on which it holds, and the first on which it no longer does."""

    label: str
    published: str | None = None
    checked: str | None = None
    in_force: tuple[date | None, date | None] = (None, None)

    def has_begun(self, day: date) -> bool:
        return self.in_force[0] is None or self.in_force[0] <= day

    def has_lapsed(self, day: date) -> bool:
        return self.in_force[1] is not None and self.in_force[1] <= day

    def holds_on(self, day: date) -> bool:
        """In force on this date; without dates of its own, on any."""
        return self.has_begun(day) and not self.has_lapsed(day)


@dataclass(frozen=True, slots=True)
class Words:
    """Every word a protocol may use: the shared vocabulary and its own."""

    facts: Mapping[str, FactWord]
    actions: Mapping[str, ActionWord]
    events: Mapping[str, EventWord]


@dataclass(frozen=True, kw_only=True, eq=False)
class Protocol:
    """One authority's protocol, read and resolved. `families` are ordered: what feeds a guard before what it guards.

    Two are equal only if they are the same object, so that what follows from one can be remembered with it. `called` is
    the area's own name for an action, where it has one.
    """

    name: str
    title: str
    authority: str
    applies_to: str
    areas: tuple[str, ...]
    edition: Edition
    clock: Clock
    scope: Condition
    scope_citations: Citations
    hours: Mapping[str, Hours]
    roles: Mapping[str, Role]
    words: Words
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    readings: Mapping[str, Reading]
    conventions: Mapping[str, Convention] = field(default_factory=lambda: MappingProxyType({}))
    stated_ranks_as: Modality = Modality.MUST
    families: tuple[RuleFamily, ...]
    fingerprint: str

    def options(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """How each reading is taken, by id: as chosen if that is one of its options here, otherwise by default."""
        return {
            id_: option if (option := chosen.get(id_)) in {one.name for one in reading.options} else reading.default
            for id_, reading in self.readings.items()
        }
