"""The case as it stood at one instant: what had happened by then, its facts as step functions of time.

Takes a case whose stamps are all settled (worlds.py does that); what lies after `as_of` is dropped here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import BEFORE_ALL, FOREVER, Instant
from missingrules.domain.vocabulary import FactKind, FactType
from missingrules.engine.tracks import Track, constant, steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case, Episode, Facts, Held, NotKnown, Record, Stamp
    from missingrules.domain.clock import Clock
    from missingrules.domain.protocol import Words
    from missingrules.domain.vocabulary import FactWord

FactTrack = Track[Any]

# What a case says of the child and a rule of the protocol's areas.
CASE_NAMES = {"child.area": "protocol.area"}


@dataclass(slots=True)
class SeenEpisode:
    """An episode as far as it had happened. `returned` is FOREVER while it has not."""

    id: str
    index: int
    started: Instant
    returned: Instant
    located: Instant | None
    reported: Instant | None
    last_seen: Instant | None
    facts: Mapping[str, FactTrack]

    def instant(self, which: str) -> Instant | None:
        """The instant of that name; None if it has not happened, or is none of an episode."""
        match which:
            case "started":
                return self.started
            case "returned":
                return None if self.returned == FOREVER else self.returned
            case "reported":
                return self.reported
            case "located":
                return self.located
            case "last_seen":
                return self.last_seen
            case _:
                return None


class Happening(NamedTuple):
    """An event or an act of a record, as a trigger or a discharge sees it. `episode` is None where it names none."""

    id: str  # the event's or record's own id; of an event without one, its UTC instant
    name: str
    at: Instant
    episode: str | None
    fields: Mapping[str, Any]
    record: Record | None = None
    included: bool = False


@dataclass(slots=True)
class Seen:
    """Everything that the engine may know at `as_of`."""

    case: Case
    as_of: Instant
    clock: Clock
    born: date | None
    child: Mapping[str, FactTrack]
    plan: Mapping[str, FactTrack]
    episodes: tuple[SeenEpisode, ...]
    ids: Mapping[str, SeenEpisode]
    events: Mapping[str, tuple[Happening, ...]]
    acts: Mapping[str, tuple[Happening, ...]]
    happened: frozenset[str]  # the names of all acts and events
    told: frozenset[str]  # the names of all facts of episodes that the case gives
    meetings: Mapping[str, tuple[Instant, ...]]
    organisation: bool  # whether what the calendar asks of the organisation is asked for

    def has(self, episode: str | None) -> bool:
        """Whether what names this episode may be read: it names none, or one that had started."""
        return episode is None or self.by_id(episode) is not None

    def by_id(self, episode: str | None) -> SeenEpisode | None:
        """The episode of that id, None where there is none or it had not started."""
        return None if episode is None else self.ids.get(episode)


def see(case: Case, as_of: Instant, clock: Clock, words: Words, *, organisation: bool = False) -> Seen:
    """The case at `as_of`, everything in order of time, then id."""

    def settled(stamp: Stamp | NotKnown | None) -> Instant | None:
        if stamp is None or stamp is NOT_KNOWN:
            return None
        when = clock.midnight(stamp) if isinstance(stamp, date) else stamp
        return when if when <= as_of else None

    # Episodes that share a value share its track, so that what follows from it is worked out once.
    shared: dict[FactTrack, FactTrack] = {}

    def facts(given: Facts, prefix: str) -> dict[str, FactTrack]:
        tracks: dict[str, FactTrack] = {}
        for name, spans in given.items():
            # Another protocol's own word says nothing here.
            word = words.facts.get(CASE_NAMES.get(prefix + name, prefix + name))
            if word and (track := _track(word, spans, settled)) is not None:
                tracks[name] = shared.setdefault(track, track)
        return tracks

    def episode(index: int, given: Episode, started: Instant) -> SeenEpisode:
        return SeenEpisode(
            id=given.id,
            index=index,
            started=started,
            returned=_or_forever(settled(given.returned)),
            located=settled(given.located),
            reported=settled(given.reported),
            last_seen=settled(given.last_seen),
            facts=facts(given.facts, "episode."),
        )

    started = sorted((at, e.id, e) for e in case.episodes if (at := settled(e.started)) is not None)
    events: dict[str, list[Happening]] = {}
    for event in case.events:
        if (at := settled(event.at)) is not None:
            name = event.id or clock_key(event.at)
            events.setdefault(event.event, []).append(Happening(name, event.event, at, event.episode, event.fields))
    acts: dict[str, list[Happening]] = {}
    for record in case.records:
        if (at := settled(record.at)) is not None:
            # One act of several episodes is an act of each.
            for i, action in enumerate((record.action, *record.included)):
                acts.setdefault(action, []).extend(
                    Happening(record.id, action, at, of, record.fields, record, included=i > 0)
                    for of in (record.episode, *record.also_of)
                )
    born = case.child.get("date_of_birth")
    episodes = tuple(episode(i, e, at) for i, (at, _, e) in enumerate(started))
    return Seen(
        case=case,
        as_of=as_of,
        clock=clock,
        born=born[0].value if born and isinstance(born[0].value, date) else None,
        child=facts(case.child, "child."),
        plan=facts(case.plan, "plan."),
        episodes=episodes,
        ids={e.id: e for e in episodes},
        events={name: tuple(sorted(found, key=_order)) for name, found in events.items()},
        acts={name: tuple(sorted(found, key=_order)) for name, found in acts.items()},
        happened=frozenset((*events, *acts)),
        told=frozenset(name for each in episodes for name in each.facts),
        meetings={
            # Dates of meetings are a calendar, not history: those after `as_of` are known too.
            name: tuple(sorted(clock.midnight(s) if isinstance(s, date) else s for s in stamps))
            for name, stamps in case.meetings.items()
        },
        organisation=organisation,
    )


def clock_key(stamp: Stamp) -> str:
    """What stands for an event without an id in keys."""
    from missingrules.domain.clock import utc_text

    return stamp.isoformat() if isinstance(stamp, date) else utc_text(stamp)


def _order(happening: Happening) -> tuple[Instant, str]:
    return happening.at, happening.id


def _or_forever(when: Instant | None) -> Instant:
    return FOREVER if when is None else when


def _track(word: FactWord, spans: tuple[Held, ...], settled: Any) -> FactTrack | None:
    """A fact over time, or None where nothing of it had happened yet."""
    if word.kind is FactKind.TIMELESS or all(s.start is None and s.end is None for s in spans):
        return constant(spans[0].value) if spans else None
    if word.kind in (FactKind.GRADING, FactKind.JUDGEMENT):
        graded = sorted((at, s.value) for s in spans if (at := _begin(s, settled)) is not None)
        return steps(None, graded) if graded else None
    seen = [(start, _or_forever(settled(s.end)), s.value) for s in spans if (start := _begin(s, settled)) is not None]
    if not seen:
        return None
    # Outside its spans a yes/no status is false if all of them say true.
    outside = "false" if word.type is FactType.YES_NO and all(v == "true" for _, _, v in seen) else None
    edges = sorted({when for start, end, _ in seen for when in (start, end)} - {BEFORE_ALL, FOREVER})

    def value(when: Instant) -> Any:
        return next((v for start, end, v in seen if start <= when < end), outside)

    return steps(value(BEFORE_ALL), [(when, value(when)) for when in edges])


def _begin(held: Held, settled: Any) -> Instant | None:
    return BEFORE_ALL if held.start is None else settled(held.start)
