"""What is forbidden: a prohibition in force at `as_of`, and every record that broke one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from missingrules.domain.answers import Forbidden
from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import Evidence
from missingrules.engine import acts, evidence
from missingrules.engine.places import CHILD, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from missingrules.domain.protocol import Words
    from missingrules.domain.rules import Prohibition
    from missingrules.engine.facts import Reader
    from missingrules.engine.seen import Happening
    from missingrules.engine.tracks import Truth


def breaches(reader: Reader, prohibition: Prohibition) -> list[Forbidden]:
    """One entry for each record that broke it, and one for each place in which it holds now."""
    seen, out = reader.seen, []
    told: set[str] = set()
    for act, place, key, holds in _read(reader, prohibition):
        # A record of two such acts breaks it once.
        if holds is not False and key not in told:
            told.add(key)
            because = (Evidence(f"record.{act.name}", act.at, act.id, True),)
            episode = place.episode.id if place.episode else None
            status: Literal["breached", "not_decidable"] = "breached" if holds else "not_decidable"
            out.append(Forbidden(key, prohibition, episode, status, act.id, act.at, because))
    for place in _in_force(reader):
        if reader.guard(prohibition.guard, place).at(seen.as_of):
            episode = place.episode.id if place.episode else None
            key = f"{reader.protocol.key_of(prohibition.rule)}/{episode or 'child'}"
            out.append(Forbidden(key, prohibition, episode, "in_force", None, None, ()))
    return out


def next_prohibition(reader: Reader, prohibition: Prohibition) -> Instant:
    """The first instant at which time alone brings it into force, or ends it; FOREVER if never."""
    as_of, changes = reader.seen.as_of, FOREVER
    for place in _in_force(reader):
        guard = reader.guard(prohibition.guard, place)
        now = bool(guard.at(as_of))
        change = guard.first(lambda value, now=now: bool(value) != now, as_of)  # type: ignore[misc]
        changes = changes if change is None else min(changes, change)
    return changes


def _in_force(reader: Reader) -> list[Place]:
    """Where a prohibition is shown as it stands: in the running episodes, or the last, or for the child."""
    running = [e for e in reader.seen.episodes if e.returned > reader.seen.as_of]
    return [Place(e) for e in running or reader.seen.episodes[-1:]] or [CHILD]


def barred(reader: Reader, prohibitions: Iterable[Prohibition]) -> dict[int, Truth]:
    """The acts, by identity, that broke a prohibition and so discharge nothing; None: it is open whether they did."""
    out: dict[int, Truth] = {}
    for prohibition in prohibitions:
        for act, _, _, holds in _read(reader, prohibition):
            if holds is not False and out.get(id(act)) is not True:
                out[id(act)] = holds
    return out


def unknown_in(reader: Reader, prohibition: Prohibition) -> Iterator[tuple[str, set[evidence.Unknown]]]:
    """What leaves open whether a record broke it, by key."""
    for act, place, key, holds in _read(reader, prohibition):
        if holds is None:
            yield key, evidence.unknown_in_guard(reader, prohibition.guard, place, act.at)


def doubts(reader: Reader, prohibitions: Iterable[Prohibition], doubtful: Happening) -> set[evidence.Unknown]:
    """What leaves open whether an act broke any of them; nothing where that is known."""
    return {
        fact
        for prohibition in prohibitions
        for act, place, _, holds in _read(reader, prohibition)
        if act is doubtful and holds is None
        for fact in evidence.unknown_in_guard(reader, prohibition.guard, place, act.at)
    }


def _read(reader: Reader, prohibition: Prohibition) -> Iterator[tuple[Happening, Place, str, Truth]]:
    """Each record of the action that it forbids, or of one that counts as it, and whether it was forbidden then."""
    seen = reader.seen
    names = (prohibition.action, *reader.protocol.words.actions[prohibition.action].also)
    for act in (act for name in names for act in seen.acts.get(name, ())):
        if not _speaks_of(prohibition, act, reader.protocol.words):
            continue
        episode = seen.by_id(act.episode)
        place = Place(episode, act)
        key = f"{reader.protocol.key_of(prohibition.rule)}/{episode.id if episode else 'child'}/{act.id}"
        yield act, place, key, reader.guard(prohibition.guard, place).at(act.at)


def _speaks_of(prohibition: Prohibition, act: Happening, words: Words) -> bool:
    return (
        (prohibition.method is None or acts.method(act) == prohibition.method)
        and (
            acts.counts_as_done(act, words) if prohibition.outcome is None else acts.outcome(act) == prohibition.outcome
        )
        and (prohibition.about is None or acts.about(act) == prohibition.about)
        and (not prohibition.to or bool(set(prohibition.to) & set(acts.recipients(act))))
    )
