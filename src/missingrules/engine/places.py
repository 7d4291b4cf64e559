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


def place_key(place: Place) -> tuple[int, str, str]:
    """What tells places apart, for remembering what was read from them."""
    episode, happening = place
    number = -1 if episode is None else episode.index
    return (number, "", "") if happening is None else (number, happening.name, happening.id)
