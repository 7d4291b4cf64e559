"""From where a rule reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from missingrules.engine.seen import Happening, SeenEpisode


class Place(NamedTuple):
    """The episode (None: the child) and the event or act that pulled the trigger."""

    episode: SeenEpisode | None
    happening: Happening | None = None


CHILD: Final = Place(None)


def place_key(number: int, place: Place) -> tuple[object, ...]:
    """What tells readings of one thing from several places apart, for remembering them."""
    episode, happening = place
    index = -1 if episode is None else episode.index
    return (number, index) if happening is None else (number, index, happening.name, happening.id)
