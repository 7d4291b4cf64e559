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
