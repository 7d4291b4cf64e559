"""From where a rule reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from missingrules.engine.seen import Happening, SeenEpisode


class Place(NamedTuple):
    """The episode (None: the child) and the event or act that pulled the trigger.

    What the organisation itself owes reads what the child's reads, save the scope: that says which children are meant.
    """

    episode: SeenEpisode | None
    happening: Happening | None = None
    organisation: bool = False


CHILD: Final = Place(None)
ORGANISATION: Final = Place(None, organisation=True)
