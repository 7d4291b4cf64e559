"""What is due, when, by whom and why: the frozen result of an evaluation."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.clock import Instant
    from missingrules.domain.people import People
    from missingrules.domain.rules import Duty

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
    """Where the reasons of an answer's obligations come from when they are first read."""

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
        """The name of the protocol whose rule asks for it; of an inherited one, the lower layer's."""
        return self.key.partition("/")[0]

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
