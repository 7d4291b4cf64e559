"""What is said of an answer as a whole: how the episodes stand, which edition speaks, the phase of each duty, and what
several protocols ask for together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from missingrules.domain.answers import EpisodeState
from missingrules.domain.case import digest_of
from missingrules.domain.obligations import Later
from missingrules.engine.combine import combine
from missingrules.engine.editions import spoken
from missingrules.engine.layers import said_once
from missingrules.engine.phases import phases_of
from missingrules.engine.worlds import begun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case, Episode, NotKnown, Stamp
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.obligations import Phase


def whole(answer: Answer, case: Case) -> Answer:
    """The answer with all that concerns its parts together. ValueError for editions that nothing tells apart."""
    answer = spoken(replace(answer, episodes=tuple(_states(case, answer.as_of, answer.clock))))
    parts = tuple(replace(p, phases=_phases(p, answer)) for p in said_once(answer.protocols))
    # Of what the editions that speak ask for: one that is silent asks for nothing.
    return replace(
        answer, protocols=parts, combined=Later(lambda: combine(parts)), input=Later(lambda: digest_of(case))
    )


def _phases(part: ProtocolAnswer, answer: Answer) -> Later[Mapping[str, Phase]]:
    return Later(lambda: phases_of(part.protocol, part.actions, answer.episodes, answer.as_of))


def _states(case: Case, as_of: Instant, clock: Clock) -> Iterator[EpisodeState]:
    episodes = begun(case, as_of, clock).episodes
    last = max((_first(clock, episode.started) for episode in episodes), default=as_of)
    for episode in episodes:
        started = episode.started if isinstance(episode.started, int) else None
        returned = _happened(clock, episode.returned, as_of)
        yield EpisodeState(
            id=episode.id,
            kind=_kind(clock, episode, as_of),
            started_on=clock.date_of(_first(clock, episode.started)),
            started=started,
            located=_happened(clock, episode.located, as_of),
            returned=returned,
            lasted=None if started is None or returned is None or returned != episode.returned else returned - started,
            over=returned is not None or _first(clock, episode.started) < last,
        )


def _first(clock: Clock, stamp: Stamp) -> Instant:
    return clock.midnight(stamp) if isinstance(stamp, date) else stamp


def _happened(clock: Clock, stamp: Stamp | NotKnown | None, as_of: Instant) -> Instant | None:
    """The instant, of a date alone its last second, if it is known to have come."""
    if isinstance(stamp, date):
        stamp = clock.end_of(stamp)
    return stamp if isinstance(stamp, int) and stamp <= as_of else None


def _kind(clock: Clock, episode: Episode, as_of: Instant) -> str | None:
    """The kind as it was last graded by then."""
    held = [one for one in episode.facts.get("kind", ()) if one.start is None or _first(clock, one.start) <= as_of]
    last = max(held, key=lambda one: -1 if one.start is None else _first(clock, one.start), default=None)
    return None if last is None else str(last.value)
