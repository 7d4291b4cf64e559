"""What is due, when, by whom and why: the frozen result of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.rules import Citations, Duty, Edition, Modality, NotStated, People, Prohibition, Protocol

T = TypeVar("T")


class Status(StrEnum):
    """Where an obligation stands at `as_of`; the first of meaning.md's list that applies."""

    NOT_DECIDABLE = "not_decidable"
    UPCOMING = "upcoming"
    MET = "met"
    MET_LATE = "met_late"
    CEASED = "ceased"
    MISSED = "missed"
    AVAILABLE = "available"
    DUE = "due"
    OVERDUE = "overdue"


# Of these nothing is left to be done.
OVER: Final = frozenset({Status.MET, Status.MET_LATE, Status.CEASED, Status.MISSED})


class Phase(StrEnum):
    """When a duty is somebody's business: worked out from its trigger and the episode as it stands (meaning.md, 5)."""

    NOW = "now"
    ON_RETURN = "on_return"
    PLANNING = "planning"
    ORGANISATION = "organisation"


class Evidence(NamedTuple):
    """A value that was read and where it came from: the id of an episode, event or record, or `child`, `plan`.

    An instant stands as a number with `is_instant`.
    """

    fact: str
    value: str | int
    source: str
    is_instant: bool = False


class Undecided(NamedTuple):
    """People still possible while a fact is unknown; `silent`: the paper may also say nothing."""

    people: tuple[People, ...]
    silent: bool = False


# What `Rests.otherwise` says where the other options give the same.
NO_DIFFERENCE: Final = "no difference here"


class Rests(NamedTuple):
    """A reading that an obligation rests on, and what would differ if it alone were read otherwise."""

    reading: str
    option: str
    otherwise: str


class Difference(NamedTuple):
    """A record that discharged, done by other people than the paper names. Reported, and changes no status."""

    record: str
    part: Literal["by", "chair", "attend"]
    stated: str
    recorded: str


class Later(Generic[T]):
    """A value that is worked out when it is first asked for, always the same; from then on it is only held."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make
        self._value: T | None = None

    @classmethod
    def of(cls, value: T) -> Later[T]:
        return cls(lambda: value)

    def get(self) -> T:
        make = self._make
        if make is not None:
            # Two threads may both work it out: they come to the same.
            self._value = make()
            self._make = None
        return self._value  # type: ignore[return-value]


class Detail(NamedTuple):
    """The reasons, people and paragraphs of an obligation."""

    due_basis: str
    due_citations: Citations
    discharged_by: tuple[str, ...]
    by: People | NotStated | Undecided | None
    chair: People | NotStated | Undecided | None
    recipients: People | NotStated | Undecided | None
    attendees: People | NotStated | Undecided | None
    with_: People | NotStated | Undecided | None
    people_citations: Citations
    because: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


class Stand(NamedTuple):
    """How a firing stands for all duties that fire and fall due together. Instants are seconds since 1970 UTC.

    None where there is none, or it is undecided.
    """

    subject: str
    episode: str | None
    occurrence: str
    status: Status
    triggered_at: Instant | None
    due: Instant | None
    due_between: tuple[Instant, Instant] | None = None
    discharged_at: Instant | None = None
    ended_at: Instant | None = None
    sort_at: Instant | None = None  # what the order goes by where it is not `due`


class Behind(NamedTuple):
    """What obligations of one answer have in common, and where their reasons come from when they are first read."""

    protocol: str
    reasons: Callable[[Obligation], Detail]
    rests: Later[Mapping[str, tuple[Rests, ...]]] | None = None  # by key


class Obligation(NamedTuple):
    """One thing to be done. What was decided stands here; the reasons are worked out when they are first read."""

    key: str
    duty: Duty
    stand: Stand
    behind: Behind

    @property
    def protocol(self) -> str:
        return self.behind.protocol

    @property
    def subject(self) -> str:
        """The id of an episode, `child` or `organisation`."""
        return self.stand.subject

    @property
    def episode(self) -> str | None:
        return self.stand.episode

    @property
    def occurrence(self) -> str:
        return self.stand.occurrence

    @property
    def status(self) -> Status:
        return self.stand.status

    @property
    def triggered_at(self) -> Instant | None:
        return self.stand.triggered_at

    @property
    def due(self) -> Instant | None:
        return self.stand.due

    @property
    def due_between(self) -> tuple[Instant, Instant] | None:
        """The earliest and the latest, while facts or times leave the due instant open."""
        return self.stand.due_between

    @property
    def discharged_at(self) -> Instant | None:
        return self.stand.discharged_at

    @property
    def ended_at(self) -> Instant | None:
        return self.stand.ended_at

    @property
    def sort_at(self) -> Instant | None:
        """What the order goes by where it is not `due`."""
        return self.stand.sort_at

    @property
    def detail(self) -> Detail:
        """Its reasons, people and paragraphs."""
        return self.behind.reasons(self)

    @property
    def by(self) -> People | NotStated | Undecided | None:
        return self.detail.by

    @property
    def chair(self) -> People | NotStated | Undecided | None:
        return self.detail.chair

    @property
    def recipients(self) -> People | NotStated | Undecided | None:
        return self.detail.recipients

    @property
    def attendees(self) -> People | NotStated | Undecided | None:
        return self.detail.attendees

    @property
    def with_(self) -> People | NotStated | Undecided | None:
        """Those with whom it is to be agreed or considered."""
        return self.detail.with_

    @property
    def due_basis(self) -> str:
        """The deadline in words."""
        return self.detail.due_basis

    @property
    def discharged_by(self) -> tuple[str, ...]:
        """The ids of the records that discharged it."""
        return self.detail.discharged_by

    @property
    def because(self) -> tuple[Evidence, ...]:
        """The events and values that made it fire."""
        return self.detail.because

    @property
    def notes(self) -> tuple[str, ...]:
        return self.detail.notes

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.detail.differences

    @property
    def readings(self) -> tuple[Rests, ...]:
        """The readings it rests on, and what would differ."""
        rests = self.behind.rests
        return () if rests is None else rests.get().get(self.key, ())

    @property
    def citations(self) -> Citations:
        """Every paragraph that this obligation stands on, the duty's own first."""
        detail = self.detail
        return tuple(dict.fromkeys(self.duty.citations + detail.due_citations + detail.people_citations))


class Question(NamedTuple):
    """A fact that the case does not give, how to ask for it, and what hangs on it (keys of obligations)."""

    fact: str
    ask: str
    episode: str | None
    record: str | None
    affects: tuple[str, ...]
    by: Instant | None = None  # the first instant at which an answer is needed, if still to come


@dataclass(frozen=True, slots=True)
class Concluded:
    """A classification as it stands at `as_of`."""

    what: str
    episode: str | None
    recorded: str | None
    floor: str | None
    effective: str
    citations: Citations
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A prohibition in force at `as_of`, or one that was broken by a record."""

    key: str
    prohibition: Prohibition
    episode: str | None
    status: Literal["in_force", "breached", "not_decidable"]
    record: str | None
    at: Instant | None
    because: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two answers that cannot both hold.

    `values`: two values of the fact `what`, within one protocol. Between protocols `what` is an action: one forbids
    what another requires (`forbidden`), or one meeting has two chairs (`chairs`); `keys` and `protocols` say whose.
    """

    what: str
    episode: str | None
    values: tuple[str, ...]
    rules: tuple[str, ...]
    citations: Citations
    kind: Literal["values", "forbidden", "chairs"] = "values"
    keys: tuple[str, ...] = ()  # of the obligations, then of the prohibition
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Duties that are found only if one reading alone is read otherwise, as (key, title)."""

    reading: str
    option: str
    would_add: tuple[tuple[str, str], ...]
    citations: Citations


@dataclass(frozen=True, slots=True)
class Ahead:
    """What time or one more episode would bring: a condition on the future, and the duty it would raise."""

    kind: Literal["episodes", "time"]
    count: int  # how many more episodes; 0 for time
    at: Instant  # the last second for the episodes, or the instant at which it fires
    subject: str
    duty: Duty
    citations: Citations


class Outlook(NamedTuple):
    """What else there is to say: other readings, what to ask, what is to come, and until when the answer holds."""

    ambiguities: tuple[Ambiguity, ...]
    questions: tuple[Question, ...]
    ahead: tuple[Ahead, ...]
    valid_until: Instant | None


@dataclass(frozen=True, slots=True)
class ProtocolAnswer:
    """What one protocol asks for one case at one instant."""

    protocol: Protocol
    actions: tuple[Obligation, ...]
    conclusions: tuple[Concluded, ...]
    forbidden: tuple[Forbidden, ...]
    conflicts: tuple[Conflict, ...]
    outlook: Later[Outlook]
    phases: Later[Mapping[str, Phase]] = field(default_factory=lambda: Later.of({}))  # by the keys of `actions`

    @property
    def ambiguities(self) -> tuple[Ambiguity, ...]:
        return self.outlook.get().ambiguities

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.outlook.get().questions

    @property
    def ahead(self) -> tuple[Ahead, ...]:
        return self.outlook.get().ahead

    @property
    def valid_until(self) -> Instant | None:
        return self.outlook.get().valid_until


class EpisodeState(NamedTuple):
    """An episode that has begun, as it stands at `as_of`. `located` and `returned` are None where that has not
    happened, or is not known to have; of a date alone they are the last second."""

    id: str
    kind: str | None
    started_on: date  # in the answer's zone
    started: Instant | None  # None: the date alone is known
    located: Instant | None
    returned: Instant | None
    lasted: int | None  # seconds from start to return, if both instants are known
    over: bool  # returned, or another has begun since


class Warned(NamedTuple):
    """An edition that speaks for an episode (None: for the child or the organisation) on whose date it is not in force:
    that of the episode's start, or of the firing."""

    what: Literal["not_yet_in_force", "no_longer_in_force"]
    episode: str | None
    protocol: str
    edition: Edition
    on: date


@dataclass(frozen=True, slots=True)
class Together:
    """One act for one subject that several protocols ask for: earliest due first, then must, should, may, then key."""

    obligations: tuple[Obligation, ...]
    due: Instant | None  # the earliest due instant, or the earliest possible, of those that are not over
    modality: Modality  # the strongest of those that are not over (all over: of all); never `stated`

    @property
    def protocols(self) -> tuple[str, ...]:
        """Their names, in the order of the obligations."""
        return tuple(dict.fromkeys(one.protocol for one in self.obligations))


class Combined(NamedTuple):
    """What several protocols say of the same acts, and where they cannot both be kept."""

    together: tuple[Together, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one or several protocols ask for one case at one instant; `actions` in the fixed order.

    `protocols` has one entry for each edition that was asked; `episodes` are those begun, in the case's order.
    """

    case: str
    as_of: Instant
    horizon_days: int
    clock: Clock
    protocols: tuple[ProtocolAnswer, ...]
    episodes: tuple[EpisodeState, ...] = ()
    warnings: tuple[Warned, ...] = ()
    combined: Later[Combined] = field(default_factory=lambda: Later.of(Combined()))

    @property
    def together(self) -> tuple[Together, ...]:
        """The acts that several of the protocols ask for."""
        return self.combined.get().together

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts between protocols; those within one stand in its own answer."""
        return self.combined.get().conflicts

    @property
    def valid_until(self) -> Instant | None:
        """The last second at which all answers hold if nothing is added; None if time alone changes nothing."""
        return min((p.valid_until for p in self.protocols if p.valid_until is not None), default=None)


class Step(NamedTuple):
    """One thing that a rule looked at, in its order: what it wants, whether it holds (None: unknown), what was read."""

    wants: str
    holds: bool | None
    read: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one act of a rule is or is not asked for, for one subject."""

    duty: str
    title: str
    subject: str
    citations: Citations
    outcome: Literal["fired", "upcoming", "open", "silent"]
    steps: tuple[Step, ...]
    obligations: tuple[Obligation, ...]

    @property
    def failed(self) -> Step | None:
        """The first step that does not hold, or is not known to."""
        return next((step for step in self.steps if step.holds is not True), None)
