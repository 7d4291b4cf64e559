"""Two protocols held against each other: which provisions are about the same, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.deadlines import Deadline, Repeat
from missingrules.domain.people import WhoEver
from missingrules.domain.triggers import Trigger

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Instant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision


class Relation(StrEnum):
    """What the first says beside the second: of the same thing it asks for more, for less, or for something else."""

    SAME = "same"
    STRICTER = "stricter"
    LOOSER = "looser"
    DIFFERENT = "different"
    SILENT_FIRST = "silent in the first"
    SILENT_SECOND = "silent in the second"

    @property
    def turned(self) -> Relation:
        """What the second says beside the first."""
        return _TURNED.get(self, self)


_TURNED = {
    Relation.STRICTER: Relation.LOOSER,
    Relation.LOOSER: Relation.STRICTER,
    Relation.SILENT_FIRST: Relation.SILENT_SECOND,
    Relation.SILENT_SECOND: Relation.SILENT_FIRST,
}


class Aspect(StrEnum):
    """In what two provisions about the same can differ."""

    APPLIES = "applies"
    TRIGGER = "trigger"
    DEADLINE = "deadline"
    SERIES = "series"
    MODALITY = "modality"
    EFFECT = "effect"
    LEVEL = "level"
    BY = "by"
    CHAIR = "chair"
    RECIPIENTS = "recipients"
    ATTENDEES = "attendees"
    WITH = "with"


Value = str | WhoEver | Deadline | Repeat | Trigger | NotStated | None


class Said(NamedTuple):
    """What one protocol says of an aspect, under which condition, and where."""

    value: Value
    when: Condition
    citations: Citations


class Point(NamedTuple):
    """One aspect in which two provisions are the same or differ.

    Of to whom a provision applies, `first` is a situation in words to which the first alone applies, and so `second`.
    """

    aspect: Aspect
    relation: Relation
    first: Said
    second: Said


@dataclass(frozen=True, slots=True)
class Act:
    """A provision of one protocol, as its readings are taken."""

    protocol: Protocol
    provision: Provision


@dataclass(frozen=True, slots=True)
class Pair:
    """Two provisions that are about the same, aspect by aspect."""

    first: Act
    second: Act
    points: tuple[Point, ...]

    @property
    def relation(self) -> Relation:
        """Same, stricter or looser in all that is not the same, or else different."""
        found = {point.relation for point in self.points} - {Relation.SAME}
        if not found:
            return Relation.SAME
        return found.pop() if len(found) == 1 else Relation.DIFFERENT


@dataclass(frozen=True, slots=True)
class Diff:
    """All that two protocols say, side by side, of children whom both are about.

    `scope`: a child in words whom the first alone is about, and one whom the second alone is about.
    """

    first: Protocol
    second: Protocol
    scope: Point
    pairs: tuple[Pair, ...]
    only_first: tuple[Act, ...]
    only_second: tuple[Act, ...]


# One asks and the other does not; by another time; not as strongly; to consider and not to do; not the same people; one
# goes on where the other is over.
Kind = Literal["asked", "sooner", "modality", "effect", "by", "chair", "over"]


class Parted(NamedTuple):
    """Where two protocols part in one case: one asks and the other does not, or both do and not for the same."""

    kind: Kind
    first: Obligation | None
    second: Obligation | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A case, and an instant, at which two protocols ask for different things."""

    case: Case
    as_of: Instant
    parted: tuple[Parted, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to: what it found, and what it went through.

    Every case was tried that says fewer than `size` things beyond one episode of an ordinary child; an earlier episode
    is one of them. `is_whole`: there was nothing more to try.
    """

    witness: Witness | None
    tried: int
    size: int
    is_whole: bool
