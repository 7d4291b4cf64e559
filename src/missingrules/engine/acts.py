"""What a record of an act says, and whether it is of the kind that a trigger or a duty speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.vocabulary import DONE

if TYPE_CHECKING:
    from missingrules.domain.protocol import Words
    from missingrules.domain.triggers import OnRecord
    from missingrules.engine.seen import Happening, Seen, SeenEpisode
    from missingrules.engine.tracks import Truth


def outcome(act: Happening) -> str | None:
    """The outcome written in the record; an included act has none of its own."""
    return None if act.included or act.record is None else act.record.outcome


def about(act: Happening) -> str | None:
    return None if act.included or act.record is None else act.record.about


def method(act: Happening) -> str | None:
    return None if act.included or act.record is None else act.record.method


def field(happening: Happening, name: str) -> object:
    """What an event or a record says under a key; None where it says nothing."""
    if happening.record is not None and name in ("outcome", "about", "method"):
        return None if happening.included else getattr(happening.record, name)
    return happening.fields.get(name)


def recipients(act: Happening) -> tuple[str, ...]:
    return act.record.to if act.record else ()


def actors(act: Happening) -> tuple[str, ...]:
    return act.record.by if act.record else ()


def counts_as_done(act: Happening, words: Words, met_by: tuple[str, ...] = ()) -> bool:
    """Whether its outcome, if one is written, is one that counts."""
    written = outcome(act)
    if written is None:
        return True
    return written in (*DONE, *words.actions[act.name].done, *met_by)


def pulls(trigger: OnRecord, act: Happening, words: Words) -> bool:
    """Whether a record of the trigger's action is one that it speaks of."""
    if trigger.outcome is None:
        if not counts_as_done(act, words):
            return False
    elif outcome(act) != trigger.outcome:
        return False
    return (
        (trigger.about is None or about(act) == trigger.about)
        and set(trigger.to) <= set(recipients(act))
        and set(trigger.by) <= set(actors(act))
    )


def belongs(act: Happening, episode: SeenEpisode | None, seen: Seen) -> Truth:
    """Whether the act is of this episode: it names it, or names none and only this one had started. None: open."""
    if episode is None:
        return True
    if act.episode is not None:
        return act.episode == episode.id
    started = [e for e in seen.episodes if e.started <= act.at]
    if len(started) == 1:
        return started[0] is episode
    return None if episode in started else False
