"""Facts that say how a child is placed, seen from one authority: what is true for the one is not for the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from missingrules.engine.tracks import constant, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.protocol import Protocol
    from missingrules.engine.seen import FactTrack

OUT: Final = "child.placed_out_of_county"
BY_ANOTHER: Final = "child.placed_by_another_authority"
RELATIVE: Final = (OUT, BY_ANOTHER)
_NOTHING: Final[FactTrack] = constant(None)


def relative(protocol: Protocol, child: Mapping[str, FactTrack], given: FactTrack, name: str) -> FactTrack:
    """Such a fact over time: by who placed the child and where, whenever both are known; otherwise as given.

    A paper for the whole country asks whether the child is placed outside the area of who placed it.
    """
    placing, placed = child.get("placing_authority", _NOTHING), child.get("placed_in", _NOTHING)
    if placing is _NOTHING or placed is _NOTHING:
        return given
    everywhere = protocol.applies is not None and protocol.applies.is_everywhere
    areas = protocol.areas

    def settle(values: Sequence[Any]) -> str | None:
        by, where, said = values
        if by is None or where is None:
            return said  # type: ignore[no-any-return]
        if everywhere:
            return "true" if by != where else "false"
        ours, here = by in areas, where in areas
        return "true" if (ours and not here if name == OUT else here and not ours) else "false"

    return joined((placing, placed, given), settle)
