"""What has to be supplied of a case at one instant, read and measured by our own engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.adapters.durable.gates import FALSE, TRUE, UNKNOWN
from missingrules.adapters.durable.supplies import ANOTHER, InForce, Kind, Measured, OfEpisode, Recorded, View
from missingrules.domain.clock import Length, Unit
from missingrules.domain.rules import Guard
from missingrules.engine import places
from missingrules.engine.facts import MISSING, Reader
from missingrules.engine.plan import plan_of, provisions_of
from missingrules.engine.seen import see
from missingrules.engine.worlds import begun, open_instants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.adapters.durable.supplies import Supply, Value
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.places import Place
    from missingrules.engine.seen import SeenEpisode
    from missingrules.engine.tracks import Truth

_TEXTS: Final = {True: TRUE, False: FALSE, None: UNKNOWN}


class Moments:
    """One case under one protocol, as it stood at any instant up to `as_of` and as it will stand until the horizon.

    ValueError where the case leaves open at what time something was: a stream reads one history, not several.
    """

    def __init__(
        self,
        protocol: Protocol,
        case: Case,
        as_of: Instant,
        *,
        horizon_days: int = 90,
        readings: Mapping[str, str] | None = None,
    ) -> None:
        clock, words, plan = protocol.clock, protocol.words, plan_of(protocol)
        case = begun(case, as_of, clock)
        if unclear := open_instants(case, as_of, clock, words, plan.instants, plan.lengths):
            which = ", ".join(f"{one.spot.name} of {one.owner or one.group}" for one in unclear)
            raise ValueError(f"a stream reads one history, and this case leaves open at what time: {which}")
        provisions = provisions_of(protocol, protocol.options(readings or {}), organisation=True)
        horizon = clock.after(as_of, Length(horizon_days, Unit.DAY))
        self.reader = Reader(protocol, provisions.conclusions, see(case, as_of, clock, words), horizon)

    def places(self) -> Iterator[Place]:
        """From where rules of the case are read: the child, each episode, and each with every event and act."""
        seen = self.reader.seen
        yield places.CHILD
        yield from self.reader.places
        for happenings in (*seen.events.values(), *seen.acts.values()):
            for happening in happenings:
                yield places.Place(seen.by_id(happening.episode), happening)

    def supplies(self, wanted: Iterable[Supply], place: Place, when: Instant) -> dict[str, Value]:
        """What is supplied under each name, for what is read from this place at this instant."""
        return {supply.name: self._value(supply, place, when) for supply in wanted}

    def _value(self, supply: Supply, place: Place, when: Instant) -> Value:
        reader = self.reader
        episode = self._running(when) if supply.view is View.RUNNING else place.episode
        match supply.ask:
            case Recorded(fact):
                if fact.partition(".")[0] in ("event", "record"):
                    found = reader.fact(fact, place).at(when)
                else:
                    found = reader.recorded(fact, places.Place(episode)).at(when)
                if found is None or supply.kind is Kind.NUMBER:
                    return found  # type: ignore[no-any-return]
                return found if found in supply.values else ANOTHER
            case Measured(condition):
                return _TEXTS[reader.truth(condition, places.CHILD if supply.view is View.RUNNING else place).at(when)]
            case InForce(dates):
                return _TEXTS[reader.in_force(Guard(in_force=dates)).at(when)]
            case OfEpisode("runs"):
                return _TEXTS[episode is not None]
            case OfEpisode("away"):
                return _TEXTS[episode is not None and episode.started <= when < episode.returned]
            case OfEpisode("first"):
                first: Truth = None if episode is None else reader.is_first(episode, MISSING)
                return _TEXTS[first]
            case OfEpisode("nothing"):
                return UNKNOWN
        raise AssertionError(supply.ask)

    def _running(self, when: Instant) -> SeenEpisode | None:
        """The episode that runs, as the child's rules see it: of several that began, what came last."""
        running = None
        for episode in self.reader.seen.episodes:
            if episode.started <= when:
                running = episode if when < episode.returned else None
        return running
