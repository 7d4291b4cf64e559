"""Whether a value passes a test: of a scale with all levels that are possible, of a number with its two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain.clock import Length
from missingrules.domain.conditions import AtLeast, Is, Known, Range
from missingrules.domain.vocabulary import FactType
from missingrules.engine.counts import NO_LIMIT
from missingrules.engine.tracks import Track, Truth, mapped

if TYPE_CHECKING:
    from missingrules.domain.conditions import Test
    from missingrules.domain.rules import Conclusion
    from missingrules.domain.vocabulary import FactWord

FactTrack = Track[Any]


def passes(track: FactTrack, test: Test, word: FactWord | None) -> Track[Truth]:
    """Whether the fact is known to pass the test, over time."""
    if word and word.type is FactType.SCALE:
        levels = word.values
        if isinstance(test, Known):
            return mapped(track, lambda v: v is not None and len(v) == 1)
        wanted = test.levels if isinstance(test, AtLeast) else test.values if isinstance(test, Is) else ()
        return mapped(track, lambda v: _within(levels, v, wanted))
    if isinstance(test, Known):
        return mapped(track, lambda v: v is not None)
    if isinstance(test, Is):
        return one_of(track, test.values)
    assert isinstance(test, Range)
    return mapped(track, lambda v: None if v is None else in_range((v, v), test))


def one_of(track: FactTrack, values: tuple[str, ...]) -> Track[Truth]:
    return mapped(track, lambda v: None if v is None else v in values)


def _within(levels: tuple[str, ...], value: tuple[int, ...] | None, wanted: tuple[str, ...]) -> Truth:
    """Whether a level, of which some are possible, is one of those wanted."""
    if value is None:
        return None
    inside = sum(1 for i in value if levels[i] in wanted)
    return True if inside == len(value) else None if inside else False


def in_range(count: tuple[int, int], test: Range) -> Truth:
    """Whether a number known to lie between two ends passes the test."""
    low, high = count
    floor = number(test.low) + (not test.low_inside) if test.low is not None else -NO_LIMIT
    ceiling = number(test.high) - (not test.high_inside) if test.high is not None else 2 * NO_LIMIT
    if floor <= low and high <= ceiling:
        return True
    return None if low <= ceiling and floor <= high else False


def level(
    given: tuple[int, ...], levels: tuple[str, ...], concluding: list[Conclusion], holds: list[Truth]
) -> tuple[int, ...]:
    """The effective level: the recorded one, raised by every floor that holds, and by any that may hold."""
    floors = [levels.index(c.floor or c.value or levels[0]) for c in concluding]
    certain = max((f for f, hold in zip(floors, holds, strict=True) if hold), default=0)
    perhaps = {certain, *(f for f, hold in zip(floors, holds, strict=True) if hold is None)}
    return tuple(sorted({max(level, certain, floor) for level in given for floor in perhaps}))


def concluded(given: Any, concluding: list[Conclusion], holds: list[Truth]) -> Any:
    """The one value that is recorded or concluded; None where there is none, or several are possible."""
    certain = {c.value for c, hold in zip(concluding, holds, strict=True) if hold}
    possible = {c.value for c, hold in zip(concluding, holds, strict=True) if hold is None}
    if given is not None:
        certain.add(given)
    if len(certain) == 1 and possible <= certain:
        return next(iter(certain))
    return None


def yes_no(value: Truth) -> str | None:
    return None if value is None else "true" if value else "false"


def number(value: Any) -> int:
    assert isinstance(value, int)
    return value


def length(value: Any) -> Length:
    assert isinstance(value, Length)
    return value
