"""What differs between two results about one case, duty by duty, and what made it differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from missingrules.domain.clock import Instant, instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.obligations import Status


class Kind(StrEnum):
    """What happened to a duty between two results."""

    RAISED = "raised"  # it was not there
    WITHDRAWN = "withdrawn"  # it is not there any more
    RENUMBERED = "renumbered"  # the same firing, under another number, since one before it came or went
    ARISEN = "arisen"  # it was upcoming, and is to be done now
    OVERDUE = "overdue"
    IN_TIME = "in_time"  # it was overdue, and is not any more
    DISCHARGED = "discharged"  # it was done; or by another record, or at another time, than was known
    CEASED = "ceased"
    MISSED = "missed"
    REOPENED = "reopened"  # it was over, and is not any more
    DEFERRED = "deferred"  # it was to be done, and is upcoming
    UNDECIDED = "undecided"
    DECIDED = "decided"
    MOVED = "moved"  # it is due at another time
    PEOPLE = "people"
    PHASE = "phase"
    GROUNDS = "grounds"  # it stands on other facts, or was set off at another time
    CITED = "cited"
    RESTATED = "restated"  # its rule says otherwise what is asked for


# Which names of an action each kind tells of; those of a status are told by `turned`.
OF_STATUS: Final = ("status", "done_at", "done_by_records", "ended_at", "differences")
TOLD: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.MOVED: ("due", "due_between"),
        Kind.PEOPLE: ("by", "chair", "recipients", "attendees", "with"),
        Kind.PHASE: ("phase",),
        Kind.GROUNDS: ("triggered_at", "due_basis", "because", "readings", "notes"),
        Kind.CITED: ("citations",),
        Kind.RESTATED: (
            "edition", "action", "called", "topic", "title", "effect", "modality", "about", "method", "aim",
            "earlier_if", "conventions", "replaces",
        ),
    }
)  # fmt: skip
NAMED: Final = ("key", "rule", "item", "protocol", "subject", "episode", "occurrence")
# All that is kept of an action.
KEPT: Final = (*NAMED, *OF_STATUS, *(name for names in TOLD.values() for name in names))


@dataclass(frozen=True, slots=True)
class Standing:
    """One duty as a result has it. `said` has what stands in the result's action, by its names; never changed."""

    key: str
    status: Status
    said: Mapping[str, Any]

    @property
    def title(self) -> str:
        return str(self.said.get("title") or self.key)

    @property
    def series(self) -> str:
        """The key without its last part: what its numbers count within."""
        return self.key.rpartition("/")[0]

    @property
    def records(self) -> tuple[str, ...]:
        """The ids of the records that discharged it."""
        return tuple(self.said.get("done_by_records") or ())

    @property
    def evidence(self) -> Mapping[tuple[str, str], object]:
        """The values that it stands on, by fact and source."""
        return {(each["fact"], each["source"]): each["value"] for each in self.said.get("because") or ()}

    def instant(self, name: str) -> Instant | None:
        """One of its instants, by its name in a result: `due`, `triggered_at`, `done_at`, `ended_at`."""
        return instant_in(self.said.get(name))


def instant_in(text: object) -> Instant | None:
    """The instant that a result writes so; None for anything else."""
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else instant_of(found)


class Text(NamedTuple):
    """The text of a protocol that a result was made by; `above`: the protocol that it is a lower layer of."""

    protocol: str
    edition: str
    fingerprint: str
    above: str = ""


class Asked(NamedTuple):
    """By what a result was made beside the case: all that is the same wherever the rules are."""

    texts: tuple[Text, ...] = ()
    library: str = ""
    calendar: str = ""
    horizon_days: int | None = None


class Mark(NamedTuple):
    """Which result it is: when it is of, and the digest of all that is kept of it."""

    as_of: Instant
    digest: str


@dataclass(frozen=True, slots=True)
class Standings:
    """All duties of one result, by key, in its order, and by what it was made."""

    case: str
    mark: Mark
    asked: Asked
    duties: Mapping[str, Standing] = field(default_factory=lambda: MappingProxyType({}))
    input: str = ""  # the digest of the case that was asked about; empty: not known
    valid_until: Instant | None = None  # None: time alone changes nothing, or nobody knows

    @property
    def as_of(self) -> Instant:
        return self.mark.as_of


How = Literal["added", "changed", "withdrawn", "happened", "passed"]


class Cause(NamedTuple):
    """Something without which a change would not be, or which is enough for what is withdrawn.

    Of several that stand together, each may be it, or all of them only together.

    - `episode`, `event`, `record`: of the entry `source`; `fact`: of `child`, `plan`, `history` or `meetings`.
      `what` is the fact, action or event by its name.
    - `time`: what passed is in `what` (`due`, `triggered_at`; None: something that time alone brings), and when in
      `after`.
    - `rules`: `source` is the protocol (None: what works them out), `what` what differs of it.
    - `case`: something in the case that neither result names.

    `how`: `happened` is an entry that stood in the case already and lay ahead. None: it cannot be said.
    """

    kind: Literal["episode", "event", "record", "fact", "time", "rules", "case"]
    source: str | None = None
    what: str | None = None
    how: How | None = None
    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one duty.

    `before` is None of what is raised, `after` of what is withdrawn. Of what is renumbered they have two keys.
    `names` are those of an action that this change tells of.
    """

    kind: Kind
    before: Standing | None
    after: Standing | None
    names: tuple[str, ...]
    caused_by: tuple[Cause, ...]

    @property
    def standing(self) -> Standing:
        """The duty as it is now; of what is withdrawn, as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def key(self) -> str:
        return self.standing.key


@dataclass(frozen=True, slots=True)
class Changes:
    """What a later result has otherwise than an earlier one of the same case; `before` is None of the first one.

    `rules` are the differences in what both were made by; what has changed may then be a change of these alone.
    """

    case: str
    before: Mark | None
    after: Mark
    now: Standings  # what the later one was made by, and all its duties
    rules: tuple[Cause, ...]
    changes: tuple[Change, ...]


class Refused(ValueError):
    """Changes that cannot be applied to these tasks; `reason` is a word, the message says what to do.

    `other-case`: they are of another child. `older`: the tasks are as of a later instant already.
    `other-start`: they begin with another result than the one that the tasks stand for.
    """

    def __init__(self, reason: Literal["other-case", "older", "other-start", "broken"], message: str) -> None:
        self.reason = reason
        super().__init__(message)
