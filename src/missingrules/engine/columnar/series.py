"""Series of obligations: engine/instances.py over columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.engine.columnar.reading import Unspoken

if TYPE_CHECKING:
    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.owed import End, Instances
    from missingrules.engine.columnar.world import World


def series(world: World, duty: Duty, found: Firings, end: End) -> Instances:
    """The occurrences of a repeating duty."""
    raise Unspoken("a series")
