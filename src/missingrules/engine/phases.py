"""The phase of each obligation: what is to be done now, on the return, in planning, or by the organisation.

Nobody supplies it: it follows from what set the duty off and from how its episode stands (meaning.md, section 5).
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from missingrules.domain.obligations import Phase, Status
from missingrules.domain.rules import Duty
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnPeriod,
    OnRecord,
    OnUndone,
    WhileMissing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from missingrules.domain.answers import EpisodeState
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.triggers import Trigger

PLACEMENTS: Final = ("placement_planned", "placement_started")
_CLOSED: Final = (Status.MET, Status.MET_LATE, Status.CEASED, Status.MISSED)


class _Origin(Enum):
    """What a trigger says by itself; BY_TIME: that hangs on when it came."""

    RESPONSE = auto()
    RETURN = auto()
    PLANNING = auto()
    ORGANISATION = auto()
    BY_TIME = auto()


def phases_of(
    protocol: Protocol, actions: Iterable[Obligation], episodes: Iterable[EpisodeState], as_of: Instant
) -> Mapping[str, Phase]:
    """The phase of each obligation, by key."""
    origins = _origins_of(protocol)
    states = {episode.id: episode for episode in episodes}
    return {
        o.key: _phase(o, origins.of(o.duty.trigger), states.get(o.episode) if o.episode else None, as_of)
        for o in actions
    }


def _phase(o: Obligation, origin: _Origin, episode: EpisodeState | None, as_of: Instant) -> Phase:
    if origin is _Origin.BY_TIME and episode is not None:
        came = as_of if o.triggered_at is None else o.triggered_at
        origin = _Origin.RETURN if _back(episode, came) else _Origin.RESPONSE
    if origin is _Origin.ORGANISATION:
        return Phase.ORGANISATION
    if origin is _Origin.RETURN:
        return Phase.ON_RETURN
    if origin is _Origin.PLANNING or episode is None:
        return Phase.PLANNING
    if not episode.over:
        return Phase.NOW
    closed = o.discharged_at if o.discharged_at is not None else o.ended_at
    # What was closed while the child was away was part of the response, and stays it.
    while_away = o.status in _CLOSED and closed is not None and not _after(episode.returned, closed)
    return Phase.NOW if while_away else Phase.ON_RETURN


def _back(episode: EpisodeState, at: Instant) -> bool:
    """Located or returned by that instant."""
    return any(came is not None and came <= at for came in (episode.located, episode.returned))


def _after(came: Instant | None, at: Instant) -> bool:
    return came is not None and came < at


class _Origins:
    """The origin of every trigger of one protocol, worked out once."""

    def __init__(self, protocol: Protocol) -> None:
        # A set that keeps its order: what asks for an act, and what sets a rule off, under any reading.
        self._asked: dict[str, dict[Trigger, None]] = {}
        self._rules: dict[str, dict[Trigger, None]] = {}
        for family in protocol.families:
            for provisions in family.variants.values():
                for one in provisions:
                    if isinstance(one, Duty):
                        self._asked.setdefault(one.action, {})[one.trigger] = None
                        self._rules.setdefault(one.rule, {})[one.trigger] = None
        self._known: dict[Trigger, _Origin] = {}

    def of(self, trigger: Trigger) -> _Origin:
        known = self._known.get(trigger)
        if known is None:
            found = self._all(trigger, frozenset())
            known = self._known[trigger] = next(iter(found)) if len(found) == 1 else _Origin.BY_TIME
        return known

    def _all(self, trigger: Trigger, inside: frozenset[str]) -> frozenset[_Origin]:
        match trigger:
            case FirstOf(triggers):
                return frozenset().union(*(self._all(each, inside) for each in triggers))
            case OnRecord(action):
                return self._followed(f"record {action}", self._asked.get(action, {}), inside)
            case OnUndone(rule):
                return self._followed(f"undone {rule}", self._rules.get(rule, {}), inside)
            case OnPeriod():
                return frozenset({_Origin.ORGANISATION})
            case OnInstant("located" | "returned"):
                return frozenset({_Origin.RETURN})
            case OnInstant() | WhileMissing() | MissingFor():
                return frozenset({_Origin.RESPONSE})
            case Becomes(test):
                return frozenset({_Origin.RESPONSE if test.fact.startswith("episode.") else _Origin.PLANNING})
            case OnEvent(event):
                return frozenset({_Origin.PLANNING if event in PLACEMENTS else _Origin.BY_TIME})
            case OnBirthday() | EpisodesReach():
                return frozenset({_Origin.PLANNING})

    def _followed(self, name: str, triggers: Iterable[Trigger], inside: frozenset[str]) -> frozenset[_Origin]:
        """What follows from an act is of the origin of the duties that ask for it; one that nobody wants has none."""
        if name in inside:
            return frozenset()
        found = [self._all(each, inside | {name}) for each in triggers]
        return frozenset().union(*found) if found else frozenset({_Origin.BY_TIME})


# Holds only what follows from its argument.
@lru_cache(maxsize=64)
def _origins_of(protocol: Protocol) -> _Origins:
    return _Origins(protocol)
