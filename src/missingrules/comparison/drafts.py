"""Cases made up from little: one child, one episode more or less, a fact at a time; and the edges worth trying."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.timing import lasting
from missingrules.domain.case import Case, Episode, Event, Held, Record, no_facts
from missingrules.domain.clock import Instant, Length, Unit
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Is, Range, leaves
from missingrules.domain.deadlines import OnDay, Phase
from missingrules.domain.parts import parts_of
from missingrules.domain.rules import Duty, UntilInstant
from missingrules.domain.triggers import EpisodesReach, MissingFor, OnEvent, OnInstant, OnRecord, WhileMissing
from missingrules.domain.vocabulary import FactType
from missingrules.logic.cells import START, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.case import Facts, Value
    from missingrules.domain.conditions import Counted
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.vocabulary import FactWord
    from missingrules.logic.cells import Cell, Leaf

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
# How long after the child went a report is made: long enough to tell the two moments apart.
SOON: Final = HOUR // 2
# A Monday in June, with no bank holiday and no change of clocks for weeks; by day, and at night.
FIRST_DAY: Final = date(2025, 6, 2)
AGE: Final = 15
# Facts that a case does not give: they are worked out.
WORKED_OUT: Final = ("episode.missing", "episode.missing_for", "episode.first_episode", "episode.risk.recorded")
# What every case says; anything else is a change.
USUAL: Final[Mapping[str, Value]] = MappingProxyType(
    {"episode.kind": "missing", "episode.from": "home", "child.age": AGE}
)
# What earlier episodes may be where the last is an ordinary one.
OTHERS: Final = (("episode.kind", "absent"), ("episode.from", "care"), ("episode.from", "education"))
# Of counts in the hundreds no case is made.
MOST_EPISODES: Final = 8


class Happening(NamedTuple):
    """Something that may have happened once the child is back: a record or an event."""

    record: OnRecord | None = None
    event: OnEvent | None = None


class Draft(NamedTuple):
    """A case in few words. `earlier`: so many days before the last episode each of the others began."""

    earlier: tuple[int, ...] = ()
    facts: frozenset[tuple[str, Value]] = frozenset()
    happened: frozenset[int] = frozenset()
    others: tuple[tuple[str, Value], ...] = ()  # what the earlier episodes say otherwise than the last
    ended: str = ""  # `returned`, `located`, `both` an hour apart, or the child is still away
    late: bool = False  # it ended after all else that could be due
    unreported: bool = False
    at_night: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """How many things are said beyond one episode of an ordinary child; of as many, fewest episodes first."""
        more = len(self.others) + bool(self.ended) + self.late + self.unreported + self.at_night
        return len(self.earlier) + len(self.facts) + len(self.happened) + more, len(self.earlier)


class Edges(NamedTuple):
    """What can be tried: values of each fact, happenings, earlier episodes, and how long to look."""

    values: Mapping[str, tuple[Value, ...]]
    always: tuple[str, ...]  # facts that are tried although nobody asks: those of exceptions
    happenings: tuple[Happening, ...]
    earlier: tuple[tuple[int, ...], ...]
    lasts: int  # seconds after which all that passing time brings has come
    reads: frozenset[str]  # which instants of an episode any rule reads
    by_hours: bool


def edges_of(protocols: Sequence[Protocol]) -> Edges:
    """Every value that a condition of the protocols could tell apart, and every edge of a count and of a length."""
    tests: dict[str, list[Leaf]] = {}
    counted: dict[Counted, set[int]] = {}
    lengths: set[int] = {0}
    happenings: dict[Happening, None] = {}
    reads: set[str] = set()
    always: dict[str, None] = {}
    by_hours = False
    facts: dict[str, FactWord] = {}
    for protocol in protocols:
        facts |= protocol.words.facts
        provisions = [p for f in protocol.families for each in f.variants.values() for p in each]
        for provision in provisions:
            if isinstance(provision, Duty):
                happenings.setdefault(Happening(record=OnRecord(provision.action, about=provision.about)))
            always |= {
                leaf.fact: None
                for one in provision.guard.unless
                for leaf in leaves(one.condition)
                if isinstance(leaf, FactTest)
            }
        for part in parts_of((protocol.scope, *provisions)):
            match part:
                case FactTest(fact, test):
                    tests.setdefault(fact, []).append(part)
                    if fact == "episode.missing_for" and isinstance(test, Range):
                        ends = (test.low, test.high)
                        lengths |= {lasting(each)[1] for each in ends if isinstance(each, Length)}
                case CountTest(of, test):
                    ends = (test.low, test.high)
                    counted.setdefault(of, set()).update(each for each in ends if isinstance(each, int))
                case EpisodesReach(at_least, of):
                    counted.setdefault(of, set()).add(at_least)
                case HoursTest():
                    by_hours = True
                case MissingFor(length, _, ends_with):
                    reads.add(ends_with)
                    lengths |= {lasting(length)[1]} if isinstance(length, Length) else set()
                case Phase(every, None):
                    # The second and third of a series tell more than the first.
                    lengths.add(2 * lasting(every)[1])
                case Phase(every, Length() as length):
                    lengths.add(lasting(length)[1] + 2 * lasting(every)[1])
                case OnDay(day, anchor):
                    reads.add(anchor)
                    lengths.add(day * DAY)
                case OnRecord():
                    happenings[Happening(record=part)] = None
                case OnEvent():
                    happenings[Happening(event=part)] = None
                case OnInstant(which) | UntilInstant(which):
                    reads.add(which)
                case WhileMissing(ends_with):
                    reads.add(ends_with)
                case _:
                    named = getattr(part, "anchor", None)
                    reads |= {named} if isinstance(named, str) else set()
    own = {name: each for name, each in tests.items() if _is_given(name)}
    return Edges(
        values={name: _values(name, each, facts.get(name)) for name, each in own.items()},
        always=tuple(name for name in dict.fromkeys((*USUAL, *always)) if name in own or name in USUAL),
        happenings=tuple(happenings),
        earlier=tuple(_earlier(counted)),
        lasts=max(lengths) + DAY,
        reads=frozenset(reads),
        by_hours=by_hours or "reported" in reads,
    )


def _is_given(name: str) -> bool:
    return name not in WORKED_OUT and name.partition(".")[0] in ("child", "episode", "plan", "protocol")


def _values(name: str, tests: Sequence[Leaf], word: FactWord | None) -> tuple[Value, ...]:
    """One value of each cell into which the tests cut the fact."""
    cells = cut(name, dict.fromkeys(tests), {} if word is None else {name: word}).cells[:-1]
    is_length = word is not None and word.type is FactType.LENGTH
    return tuple(dict.fromkeys(_value(cell, is_length=is_length) for cell in cells))


def _value(cell: Cell, *, is_length: bool) -> Value:
    if cell.values:
        return cell.values[0] or "other"
    first, behind = cell.first
    if is_length:
        return Length(max(1, first // 60 + (1 if behind or cell.first == START else 0)), Unit.MINUTE)
    return first


def _earlier(counted: Mapping[Counted, Iterable[int]]) -> Iterator[tuple[int, ...]]:
    """Episodes before the last one: close together, and the first of them at the edges of each window."""
    found: dict[tuple[int, ...], None] = {}
    most = min(MOST_EPISODES, max((number for numbers in counted.values() for number in numbers), default=0))
    for many in range(1, most + 1):
        near = tuple(range(many, 0, -1))
        found[near] = None
        for of in counted:
            if isinstance(of.window, Length):
                days = lasting(of.window)[0] // DAY
                found |= {(day, *near[1:]): None for day in (days - 1, days, days + 1) if day > many}
    yield from sorted(found, key=lambda each: (len(each), each))


# --- from a draft to a case -------------------------------------------------------------------------------------------


def made(draft: Draft, edges: Edges, protocol: Protocol) -> tuple[Case, Instant]:
    """The case that a draft stands for, and an instant by which all that it brings has come."""
    clock = protocol.clock
    said: dict[str, Value] = {**USUAL, **dict(draft.facts)}
    # At night so late that the report is made on the next date.
    morning = Instant(clock.midnight(FIRST_DAY) + (24 * HOUR - SOON // 2 if draft.at_night else 10 * HOUR))
    ended = Instant(morning + (edges.lasts if draft.late else HOUR))
    facts = _facts(said, "episode")
    earlier = _facts({**said, **dict(draft.others)}, "episode")
    episodes = [
        Episode(
            id=f"E{number}",
            started=(before := Instant(morning - days * DAY)),
            returned=Instant(before + HOUR),
            reported=None if draft.unreported else Instant(before + SOON),
            facts=earlier,
        )
        for number, days in enumerate(draft.earlier, 1)
    ]
    last = Episode(
        id=f"E{len(episodes) + 1}",
        started=morning,
        returned=Instant(ended + HOUR) if draft.ended == "both" else ended if draft.ended == "returned" else None,
        located=ended if draft.ended in ("located", "both") else None,
        reported=None if draft.unreported else Instant(morning + SOON),
        facts=facts,
    )
    at = Instant((ended if draft.ended else morning) + 2 * HOUR)
    records, events = _happened(draft, edges, at, last.id)
    age = said["child.age"]
    assert isinstance(age, int)
    child = {**_facts(said, "child"), "date_of_birth": (Held(FIRST_DAY.replace(year=FIRST_DAY.year - age, month=1)),)}
    child.pop("age", None)
    if (area := said.get("protocol.area")) is not None:
        child["area"] = (Held(area),)
    case = Case(
        id="made-up",
        child=MappingProxyType(child),
        plan=_facts(said, "plan") if any(name.startswith("plan.") for name in said) else no_facts(),
        episodes=(*episodes, last),
        records=records,
        events=events,
    )
    return case, Instant(max(at, morning + edges.lasts) + DAY)


def _facts(said: Mapping[str, Value], owner: str) -> Facts:
    own = {name.partition(".")[2]: value for name, value in said.items() if name.startswith(f"{owner}.")}
    return MappingProxyType({name: (Held(value),) for name, value in sorted(own.items())})


def _happened(draft: Draft, edges: Edges, at: Instant, episode: str) -> tuple[tuple[Record, ...], tuple[Event, ...]]:
    records: list[Record] = []
    events: list[Event] = []
    for number in sorted(draft.happened):
        record, event = edges.happenings[number]
        if record is not None:
            records.append(
                Record(
                    id=f"R{len(records) + 1}",
                    action=record.action,
                    at=at,
                    episode=episode,
                    outcome=record.outcome,
                    about=record.about,
                    to=record.to[:1],
                    by=record.by[:1],
                )
            )
        elif event is not None:
            tested = [leaf for leaf in leaves(event.fields) if isinstance(leaf, FactTest)]
            fields = {leaf.fact.partition(".")[2]: leaf.test.values[0] for leaf in tested if isinstance(leaf.test, Is)}
            events.append(
                Event(
                    event=event.event, at=at, id=f"V{len(events) + 1}", episode=episode, fields=MappingProxyType(fields)
                )
            )
    return tuple(records), tuple(events)
