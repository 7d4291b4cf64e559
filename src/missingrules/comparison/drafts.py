"""Cases made up from little: one child, one episode more or less, one thing at a time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.edges import DAY, FIRST_DAY, HOUR
from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Held, Record, no_facts
from missingrules.domain.clock import Instant
from missingrules.domain.comparisons import TIMES
from missingrules.domain.conditions import FactTest, Is, leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from missingrules.comparison.edges import Edges, Happening
    from missingrules.domain.case import Facts, Stamp, Value
    from missingrules.domain.protocol import Protocol

# How long after the child went a report is made: long enough to tell the two moments apart.
SOON: Final = HOUR // 2
AGE: Final = 15
# What every case says; anything else is a change.
USUAL: Final[Mapping[str, Value]] = MappingProxyType(
    {"episode.kind": "missing", "episode.from": "home", "child.age": AGE}
)
# What earlier episodes may be where the last is an ordinary one.
OTHERS: Final = (("episode.kind", "absent"), ("episode.from", "care"), ("episode.from", "education"))


class Draft(NamedTuple):
    """A case in few words. `earlier`: so many days before the last episode each of the others began."""

    earlier: tuple[int, ...] = ()
    facts: frozenset[tuple[str, Value]] = frozenset()
    happened: frozenset[tuple[int, int]] = frozenset()  # which happening, for the how-manieth time
    others: tuple[tuple[str, Value], ...] = ()  # what the earlier episodes say otherwise than the last
    ended: str = ""  # `returned`, `located`, `both` an hour apart, or the child is still away
    stay: int = 0  # it ended after so many seconds; 0: within the hour
    unreported: bool = False
    at_night: bool = False
    meets: bool = False  # the calendar of the organisation's meetings is given
    since: date | None = None  # from when the organisation's records go

    @property
    def size(self) -> tuple[int, int]:
        """How many things are said beyond one episode of an ordinary child; of as many, fewest episodes first."""
        more = (
            bool(self.ended) + bool(self.stay) + self.unreported + self.at_night + self.meets + (self.since is not None)
        )
        return len(self.earlier) + len(self.facts) + len(self.happened) + len(self.others) + more, len(self.earlier)


def grown(draft: Draft, edges: Edges, asked: Collection[str]) -> Iterator[Draft]:
    """The draft with one thing more; of facts those that somebody asks for, and those that are always tried."""
    said = {fact for fact, _ in draft.facts}
    for fact in dict.fromkeys((*asked, *edges.always)):
        if fact not in said:
            for value in edges.values.get(fact, ()):
                if USUAL.get(fact) != value:
                    yield draft._replace(facts=draft.facts | {(fact, value)})
    if not draft.ended:
        yield draft._replace(ended="returned")
        if "located" in edges.reads:
            yield draft._replace(ended="located")
            yield draft._replace(ended="both")
    elif not draft.stay:
        for stay in edges.stays:
            yield draft._replace(stay=stay)
    if not draft.unreported and "reported" in edges.reads:
        yield draft._replace(unreported=True)
    if not draft.at_night and edges.by_hours:
        yield draft._replace(at_night=True)
    for number in range(len(edges.happenings)):
        times = sum(each == number for each, _ in draft.happened)
        if times < TIMES:
            yield draft._replace(happened=draft.happened | {(number, times)})
    if not draft.meets and edges.meetings:
        yield draft._replace(meets=True)
    if draft.since is None:
        for since in edges.since:
            yield draft._replace(since=since)
    if not draft.earlier:
        for earlier in edges.earlier:
            yield draft._replace(earlier=earlier)
    elif not draft.others:
        for other in OTHERS:
            yield draft._replace(others=(other,))


def made(draft: Draft, edges: Edges, protocol: Protocol) -> tuple[Case, Instant]:
    """The case that a draft stands for, and an instant by which all that it brings has come."""
    clock = protocol.clock
    said: dict[str, Value] = {**USUAL, **dict(draft.facts)}
    # At night so late that the report is made on the next date.
    morning = Instant(clock.midnight(FIRST_DAY) + (24 * HOUR - SOON // 2 if draft.at_night else 10 * HOUR))
    ended = Instant(morning + (draft.stay or HOUR))
    seen = "last_seen" in edges.reads
    facts = _facts(said, "episode")
    earlier = _facts({**said, **dict(draft.others)}, "episode")
    episodes = [
        Episode(
            id=f"E{number}",
            started=(before := Instant(morning - days * DAY)),
            returned=Instant(before + HOUR),
            reported=None if draft.unreported else Instant(before + SOON),
            last_seen=Instant(before - HOUR) if seen else NOT_KNOWN,
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
        last_seen=Instant(morning - HOUR) if seen else NOT_KNOWN,
        facts=facts,
    )
    at = Instant((ended if draft.ended else morning) + 2 * HOUR)
    by = Instant(max(at + DAY, morning + edges.stays[-1]) + DAY)
    moments = [at, Instant(at + DAY), by]
    records, events = _happened(draft, edges, moments, last.id)
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
        history_from=draft.since,
        meetings=MappingProxyType(_meetings(edges, morning, by) if draft.meets else {}),
    )
    return case, Instant(by + DAY)


def _meetings(edges: Edges, morning: Instant, by: Instant) -> dict[str, tuple[Stamp, ...]]:
    """Of each name one meeting soon and one after all else, no two at one time."""
    return {
        name: tuple(Instant(first + number * HOUR) for first in (morning + 3 * DAY, by + 3 * DAY))
        for number, name in enumerate(edges.meetings)
    }


def _facts(said: Mapping[str, Value], owner: str) -> Facts:
    own = {name.partition(".")[2]: value for name, value in said.items() if name.startswith(f"{owner}.")}
    return MappingProxyType({name: (Held(value),) for name, value in sorted(own.items())})


def _happened(
    draft: Draft, edges: Edges, moments: list[Instant], episode: str
) -> tuple[tuple[Record, ...], tuple[Event, ...]]:
    records: list[Record] = []
    events: list[Event] = []
    for time, number in sorted((time, number) for number, time in draft.happened):
        happening = edges.happenings[number]
        if happening.record is not None:
            records.append(_record(happening, f"R{len(records) + 1}", moments[time], episode))
        else:
            events.append(_event(happening, f"V{len(events) + 1}", moments[time], episode))
    return tuple(records), tuple(events)


def _record(happening: Happening, id_: str, at: Instant, episode: str) -> Record:
    record = happening.record
    assert record is not None
    return Record(
        id=id_,
        action=record.action,
        at=at,
        episode=episode,
        outcome=record.outcome,
        about=record.about,
        method=happening.method,
        to=record.to,
        by=record.by,
        with_=happening.with_,
        fields=MappingProxyType(dict(happening.fields)),
    )


def _event(happening: Happening, id_: str, at: Instant, episode: str) -> Event:
    event = happening.event
    assert event is not None
    tested = [leaf for leaf in leaves(event.fields) if isinstance(leaf, FactTest)]
    fields = {leaf.fact.partition(".")[2]: leaf.test.values[0] for leaf in tested if isinstance(leaf.test, Is)}
    return Event(
        event=event.event,
        at=at,
        id=id_,
        episode=episode,
        fields=MappingProxyType({**dict(happening.fields), **fields}),
    )
