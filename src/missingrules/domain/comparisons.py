"""Two protocols held against each other: which provisions are about the same, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.deadlines import Deadline, Repeat
from missingrules.domain.people import WhoEver
from missingrules.domain.triggers import Trigger

if TYPE_CHECKING:
    from missingrules.domain.answers import Forbidden
    from missingrules.domain.case import Case
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Instant, Length
    from missingrules.domain.conditions import Condition
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty, Prohibition, Provision, Until


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
    UNTIL = "until"
    MODALITY = "modality"
    EFFECT = "effect"
    LEVEL = "level"
    BY = "by"
    CHAIR = "chair"
    RECIPIENTS = "recipients"
    ATTENDEES = "attendees"
    WITH = "with"


class Ends(NamedTuple):
    """What ends a duty before it is done, whichever comes first.

    `until`: what its rule says; `lasting`: how long the stretches of a series last together, empty for one that goes
    on; `gives_way_to`: the rule that takes its place.
    """

    until: tuple[Until, ...]
    lasting: tuple[Length, ...] = ()
    gives_way_to: str | None = None


Value = str | WhoEver | Deadline | Repeat | Trigger | Ends | NotStated | None


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


# In a case made up nothing happens more often: within hours, on the next day, and after all that passing time brings.
TIMES: Final = 3

# One asks and the other does not; by another time; not as strongly; to consider and not to do; not the same people; one
# goes on where the other is over; one forbids what the other does not forbid, or not as strongly.
Kind = Literal["asked", "sooner", "modality", "effect", "by", "chair", "attend", "with", "over", "forbidden"]


class Parted(NamedTuple):
    """Where two protocols part in one case: one asks and the other does not, or both do and not for the same."""

    kind: Kind
    first: Obligation | Forbidden | None
    second: Obligation | Forbidden | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A case, and an instant, at which two protocols ask for different things.

    `organisation`: the duties of the calendar were asked for too. `readings`: those that were chosen.
    """

    case: Case
    as_of: Instant
    parted: tuple[Parted, ...]
    organisation: bool = False
    readings: tuple[tuple[str, str], ...] = ()


class Unseen(NamedTuple):
    """What no case told of a provision: whether it asks for anything (`called for`: nobody ever was; `decided`: it was
    open whenever it might), by when, who acts or who chairs. `of_first`: whose it is."""

    of_first: bool
    provision: Duty | Prohibition
    what: Literal["called for", "decided", "by when", "who", "chair"]


class ReadOtherwise(NamedTuple):
    """What came of other options of readings, one reading at a time: how many of them were tried, in how many cases
    each at most, and the first that parts the two."""

    tried: int
    left: int
    cases: int
    parts: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to: what it found, and what it went through.

    Every case was tried that says fewer than `size` things beyond one episode of an ordinary child; an earlier episode
    is one of them. `is_whole`: there was nothing more to try. `unseen` and `otherwise` are told where nothing is found.
    """

    witness: Witness | None
    tried: int
    size: int
    is_whole: bool
    unseen: tuple[Unseen, ...] = ()
    otherwise: ReadOtherwise | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A question that areas are asked: its name, its title, what it asks in plain words, and the topic it is of.

    `section`: under which heading it is shown.
    """

    id: str
    title: str
    asks: str
    topic: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer to a row: the figure, and where a provision has it from a table, the row of the table.

    `acts` are the provisions that say it, in one way; `when` holds and none of `not_when`, those of the rows before.
    `beside` is said with the figure, and is nothing that the row asks for. Entries of the same `acts` that follow each
    other are the rows of one table, of which the first that holds counts; `row_citations` are its paragraphs.
    `read_with`: further paragraphs, by which the figure is read as it is.
    """

    acts: tuple[Act, ...]
    figure: tuple[tuple[Aspect, Value], ...]
    beside: tuple[tuple[Aspect, Value], ...]
    when: tuple[Condition, ...]
    not_when: tuple[Condition, ...]
    citations: Citations
    row_citations: Citations
    read_with: Citations = ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a cell would say if one reading were taken in another way: which figures come, and which go.

    Neither, where only for whom, or what stands beside the figure, would change. `touches`: the entries that would say
    something else, in their figure or beside it.
    """

    reading: str
    taken: str
    option: str
    comes: tuple[Entry, ...]
    goes: tuple[Entry, ...]
    touches: tuple[Entry, ...]


class Standing(StrEnum):
    """An area beside a framework, in one row.

    Whoever does all that one of two asks for may do all that the other asks for as well. MET: it is so both ways;
    EXCEEDED: the area asks for all that the framework does, and for more; WEAKER: the other way round; DIFFERENT:
    neither asks for all that the other does, or it cannot be told.
    """

    MET = "met"
    EXCEEDED = "exceeded"
    WEAKER = "weaker"
    DIFFERENT = "different"
    SILENT = "silent"
    FRAMEWORK_SILENT = "framework silent"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one protocol answers to one row, strictest first; nothing where no provision answers.

    `standing`: beside the framework, None where neither says anything or it is the framework itself; `because`: in
    what the area asks for more, if it exceeds, or does not ask for as much, if it is weaker or different.
    """

    protocol: Protocol
    entries: tuple[Entry, ...]
    otherwise: tuple[Otherwise, ...]
    standing: Standing | None = None
    because: tuple[Aspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Several protocols side by side: each row with one cell a protocol, in the order of `protocols`."""

    protocols: tuple[Protocol, ...]
    against: Protocol | None
    rows: tuple[tuple[Row, tuple[Cell, ...]], ...]
