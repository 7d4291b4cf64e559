"""What is forbidden: a prohibition in force at `as_of`, and every record that broke one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.obligations import Evidence, Forbidden
from missingrules.engine import acts, evidence
from missingrules.engine.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from missingrules.domain.rules import Prohibition
    from missingrules.engine.facts import Reader
    from missingrules.engine.seen import Happening


def breaches(
    reader: Reader, prohibition: Prohibition, ask: Callable[[set[evidence.Unknown], str], None]
) -> list[Forbidden]:
    """One entry for each record that broke it, and one for each place in which it holds now; `ask` takes questions."""
    seen, out = reader.seen, []
    rule = f"{reader.protocol.name}/{prohibition.rule}"
    for act in seen.acts.get(prohibition.action, ()):
        if not _speaks_of(prohibition, act):
            continue
        episode = seen.by_id(act.episode)
        if act.episode is None:
            started = [e for e in seen.episodes if e.started <= act.at]
            episode = started[0] if len(started) == 1 else None
        place = Place(episode, act)
        holds = reader.guard(prohibition.guard, place).at(act.at)
        key = f"{rule}/{episode.id if episode else 'child'}/{act.id}"
        if holds is None:
            ask(evidence.unknown_in_guard(reader, prohibition.guard, place, act.at), key)
        if holds is not False:
            because = (Evidence(f"record.{act.name}", act.at, act.id, True),)
            status = "breached" if holds else "not_decidable"
            out.append(Forbidden(key, prohibition, episode.id if episode else None, status, act.id, act.at, because))  # type: ignore[arg-type]
    running = [e for e in seen.episodes if e.returned > seen.as_of] or list(seen.episodes[-1:])
    for place in [Place(e) for e in running] or [Place(None)]:
        if reader.guard(prohibition.guard, place).at(seen.as_of):
            episode_id = place.episode.id if place.episode else None
            out.append(
                Forbidden(f"{rule}/{episode_id or 'child'}", prohibition, episode_id, "in_force", None, None, ())
            )
    return out


def _speaks_of(prohibition: Prohibition, act: Happening) -> bool:
    return (
        (prohibition.method is None or acts.method(act) == prohibition.method)
        and (prohibition.outcome is None or acts.outcome(act) == prohibition.outcome)
        and (prohibition.about is None or acts.about(act) == prohibition.about)
        and (not prohibition.to or bool(set(prohibition.to) & set(acts.recipients(act))))
    )
