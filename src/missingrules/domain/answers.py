"""What is answered: the obligations of each protocol, and what is asked, concluded, forbidden and ahead beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from missingrules.domain.obligations import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping
    from datetime import date

    from missingrules.domain.applies import Relation
    from missingrules.domain.citations import Citations, Edition
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.obligations import Evidence, Obligation, Phase
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.receipt import Receipt
    from missingrules.domain.rules import Duty, Modality, Prohibition


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
    """What else there is to say: other readings, what is to come, and until when the answer holds."""

    ambiguities: tuple[Ambiguity, ...]
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
    asking: Later[tuple[Question, ...]] = field(default_factory=lambda: Later.of(()))
    # What some obligations or breaches hang on, by their keys: quicker than all questions. May name others beside them.
    asking_of: Callable[[Container[str]], tuple[Question, ...]] = lambda keys: ()
    phases: Later[Mapping[str, Phase]] = field(default_factory=lambda: Later.of({}))  # by the keys of `actions`

    @property
    def ambiguities(self) -> tuple[Ambiguity, ...]:
        return self.outlook.get().ambiguities

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.asking.get()

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
class Applying:
    """Whether a protocol is for one child at one instant.

    yes: the paper says so, in `reaches`. no: what is known of the child rules it out. not_stated: the child has to do
    with the area in a way of which the paper says nothing, or the file does not say whom its paper is for. not_known:
    the case does not give the facts in `asks`. `also` are the authorities whose protocols hold beside it, as it says.
    """

    protocol: Protocol
    answer: Literal["yes", "no", "not_stated", "not_known"]
    relation: Relation | None
    citations: Citations
    because: tuple[Evidence, ...]
    asks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


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
    `applies` says of each protocol at hand whether it is for the child, also of those left out because they are not.
    """

    case: str
    as_of: Instant
    horizon_days: int
    clock: Clock
    protocols: tuple[ProtocolAnswer, ...]
    episodes: tuple[EpisodeState, ...] = ()
    warnings: tuple[Warned, ...] = ()
    applies: Later[tuple[Applying, ...]] = field(default_factory=lambda: Later.of(()))
    receipt: Later[Receipt] | None = None
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
    """Why one act of a rule is or is not asked for, for one subject.

    `would` are the changes of the case with which a silent rule fires; none where it would take more than simple ones.
    """

    duty: str
    title: str
    subject: str
    citations: Citations
    outcome: Literal["fired", "upcoming", "open", "silent"]
    steps: tuple[Step, ...]
    obligations: tuple[Obligation, ...]
    would: tuple[str, ...] = ()

    @property
    def failed(self) -> Step | None:
        """The first step that does not hold, or is not known to."""
        return next((step for step in self.steps if step.holds is not True), None)
