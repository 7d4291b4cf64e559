"""Classifications as they stand at `as_of`: effective levels, concluded facts, and where two values conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain.answers import Concluded, Conflict
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.vocabulary import FactType
from missingrules.engine.places import CHILD, Place
from missingrules.engine.wording import value_text

if TYPE_CHECKING:
    from missingrules.engine.facts import Reader
    from missingrules.engine.tracks import Track, Truth

    Guards = list[Track[Truth]]


def conclusions_of(reader: Reader) -> tuple[list[Concluded], list[Conflict]]:
    """What is concluded of the child and of every episode."""
    as_of = reader.seen.as_of
    out: list[Concluded] = []
    conflicts: list[Conflict] = []
    for fact, concluding in reader.conclusions.items():
        for place in _places(reader, fact):
            episode = place.episode.id if place.episode else None
            holding = [c for c in concluding if reader.guard(c.guard, place).at(as_of)]
            if not holding:
                continue
            recorded = reader.recorded(fact, place).at(as_of)
            value = reader.fact(fact, place).at(as_of)
            citations = tuple(dict.fromkeys(c for h in holding for c in h.citations))
            rules = tuple(h.rule for h in holding)
            word = reader.protocol.words.facts[fact]
            what = fact.removeprefix("episode.")
            if word.type is FactType.SCALE:
                floor = max((h.floor for h in holding if h.floor), key=word.values.index, default=None)
                text = str(value_text(value, word.values))
                out.append(Concluded(what, episode, recorded, floor, text, citations, rules))
                continue
            values = {h.value for h in holding if h.value is not None} | ({recorded} if recorded is not None else set())
            if len(values) > 1:
                conflicts.append(Conflict(what, episode, tuple(sorted(map(str, values))), rules, citations))
            out.append(
                Concluded(what, episode, recorded, None, "unknown" if value is None else str(value), citations, rules)
            )
    return out, conflicts


def next_conclusion(reader: Reader) -> Instant:
    """The first instant at which time alone changes what is concluded; FOREVER if never."""
    as_of, changes = reader.seen.as_of, FOREVER
    for fact, concluding in reader.conclusions.items():
        for place in _places(reader, fact):
            guards = [reader.guard(c.guard, place) for c in concluding]
            value = reader.fact(fact, place)

            def stands(when: Instant, guards: Guards = guards, value: Track[Any] = value) -> object:
                holding = [bool(guard.at(when)) for guard in guards]
                return holding, value.at(when) if any(holding) else None

            now = stands(as_of)
            times = {when for track in (*guards, value) for when in track.times if when > as_of}
            changes = min(changes, next((when for when in sorted(times) if stands(when) != now), FOREVER))
    return changes


def _places(reader: Reader, fact: str) -> list[Place]:
    return [Place(e) for e in reader.seen.episodes] if fact.startswith("episode.") else [CHILD]
