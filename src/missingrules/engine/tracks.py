"""Step functions of time: a value that holds from an instant until the next.

Truth is Kleene's: True, False, and None for unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import ne
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from missingrules.domain.clock import BEFORE_ALL, FOREVER, Instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")
C = TypeVar("C")
Truth = bool | None


class Track(NamedTuple, Generic[T]):
    """`values[i]` holds from `times[i]` until `times[i + 1]`; the first time is before all."""

    times: tuple[Instant, ...]
    values: tuple[T, ...]

    def at(self, when: Instant) -> T:
        return self.values[bisect_right(self.times, when) - 1]

    def until(self, when: Instant) -> Instant:
        """The first instant after `when` at which another value begins; FOREVER if none does."""
        i = bisect_right(self.times, when)
        return self.times[i] if i < len(self.times) else FOREVER

    def first(self, wanted: Callable[[T], bool], start: Instant, end: Instant = FOREVER) -> Instant | None:
        """The first instant from `start` to `end`, both inside, whose value is wanted."""
        times, values = self.times, self.values
        i = bisect_right(times, start) - 1
        if wanted(values[i]):
            return start if start <= end else None
        for j in range(i + 1, len(times)):
            if times[j] > end:
                return None
            if wanted(values[j]):
                return times[j]
        return None

    def since(self, when: Instant) -> Instant:
        """The instant from which the value at `when` has held without a break."""
        return self.times[bisect_right(self.times, when) - 1]


def constant(value: T) -> Track[T]:
    """A track of one value."""
    return _constant(value)


YES: Final[Track[Truth]] = Track((BEFORE_ALL,), (True,))
NO: Final[Track[Truth]] = Track((BEFORE_ALL,), (False,))
UNKNOWN: Final[Track[Truth]] = Track((BEFORE_ALL,), (None,))


def _constant(value: Any) -> Track[Any]:
    """A track of one value; the three truths are always these three objects, so that they can be told by identity."""
    if value is True:
        return YES
    if value is False:
        return NO
    return UNKNOWN if value is None else Track((BEFORE_ALL,), (value,))


def steps(first: T, changes: Iterable[tuple[Instant, T]]) -> Track[T]:
    """A track from its first value and later changes in order of time; of several at one instant the last counts."""
    times: list[Instant] = [BEFORE_ALL]
    values: list[T] = [first]
    for when, value in changes:
        if when == times[-1]:
            values[-1] = value
            if len(values) > 1 and values[-2] == value:
                times.pop()
                values.pop()
        elif values[-1] != value:
            times.append(when)
            values.append(value)
    return Track(tuple(times), tuple(values)) if len(times) > 1 else _constant(values[0])


def between(start: Instant, end: Instant) -> Track[Truth]:
    """True from `start` until `end`, the end outside."""
    if start >= end:
        return NO
    if start == BEFORE_ALL:
        return YES if end == FOREVER else Track((BEFORE_ALL, end), (True, False))
    if end == FOREVER:
        return Track((BEFORE_ALL, start), (False, True))
    return Track((BEFORE_ALL, start, end), (False, True, False))


def mapped(track: Track[Any], change: Callable[[Any], T]) -> Track[T]:
    if len(track.times) == 1:
        return constant(change(track.values[0]))
    made = [change(value) for value in track.values]
    if all(map(ne, made, made[1:])):
        return Track(track.times, tuple(made))
    return steps(made[0], zip(track.times[1:], made[1:], strict=True))


def joined(tracks: Sequence[Track[Any]], join: Callable[[Sequence[Any]], T]) -> Track[T]:
    """The track of what `join` makes of the values of all tracks at each instant."""
    if len(tracks) == 1:
        return mapped(tracks[0], lambda value: join((value,)))
    times = sorted({when for track in tracks for when in track.times})
    return steps(
        join([track.at(times[0]) for track in tracks]),
        [(when, join([track.at(when) for track in tracks])) for when in times[1:]],
    )


def every(values: Sequence[Truth]) -> Truth:
    """Kleene's and, of values."""
    if False in values:
        return False
    return None if None in values else True


def some(values: Sequence[Truth]) -> Truth:
    """Kleene's or, of values."""
    if True in values:
        return True
    return None if None in values else False


def all_of(tracks: Iterable[Track[Truth]]) -> Track[Truth]:
    """Kleene's and."""
    return _joined(tracks, YES, NO, every)


def any_of(tracks: Iterable[Track[Truth]]) -> Track[Truth]:
    """Kleene's or."""
    return _joined(tracks, NO, YES, some)


def _joined(
    tracks: Iterable[Track[Truth]], idle: Track[Truth], decides: Track[Truth], join: Callable[[Sequence[Truth]], Truth]
) -> Track[Truth]:
    left = _sifted(tracks, idle, decides)
    if left is None:
        return decides
    if not left:
        return idle
    return left[0] if len(left) == 1 else joined(left, join)


def _sifted(found: Iterable[C], idle: Track[Truth], decides: Track[Truth]) -> list[C] | None:
    """What is neither idle nor comes twice; None, and no more is asked for, where one decides alone."""
    left: dict[int, C] = {}
    for one in found:
        if one is decides:
            return None
        if one is not idle:
            left[id(one)] = one
    return list(left.values())


def negated(track: Track[Truth]) -> Track[Truth]:
    return mapped(track, lambda value: None if value is None else not value)


def not_known_true(track: Track[Truth]) -> Track[Truth]:
    """True save while the track is known true: how an exception stops a duty."""
    if track is NO or track is UNKNOWN:
        return YES
    return mapped(track, lambda value: value is not True)


# --- of each episode --------------------------------------------------------------------------------------------------

# One track that all episodes share, or a list with one for each.
Column = Track[T] | list[Track[T]]


def track_of(column: Column[T], index: int) -> Track[T]:
    """The track of one episode, by its number."""
    return column[index] if isinstance(column, list) else column


def column_of(tracks: list[Track[T]], otherwise: Track[T]) -> Column[T]:
    """One track where all rows share it; `otherwise` where there is no row."""
    if not tracks:
        return otherwise
    first = tracks[0]
    return first if all(track is first for track in tracks) else tracks


def each_of(columns: Sequence[Column[Any]], make: Callable[..., Track[T]]) -> Column[T]:
    """`make` of the tracks of each row; rows of the same tracks are worked out once."""
    rows = next((len(column) for column in columns if isinstance(column, list)), 0)
    if not rows:
        return make(*columns)
    spread = [column if isinstance(column, list) else [column] * rows for column in columns]
    made: dict[tuple[int, ...], Track[T]] = {}
    out = []
    for tracks in zip(*spread, strict=True):
        key = tuple(map(id, tracks))
        found = made.get(key)
        if found is None:
            found = made[key] = make(*tracks)
        out.append(found)
    first = out[0]
    return first if all(track is first for track in out) else out


def all_each(columns: Iterable[Column[Truth]]) -> Column[Truth]:
    """Kleene's and, row by row; columns after one that is false throughout are not asked for."""
    return _each(columns, YES, NO, all_of)


def any_each(columns: Iterable[Column[Truth]]) -> Column[Truth]:
    """Kleene's or, row by row; columns after one that is true throughout are not asked for."""
    return _each(columns, NO, YES, any_of)


def _each(
    columns: Iterable[Column[Truth]],
    idle: Track[Truth],
    decides: Track[Truth],
    join: Callable[[Iterable[Track[Truth]]], Track[Truth]],
) -> Column[Truth]:
    left = _sifted(columns, idle, decides)
    if left is None:
        return decides
    if not left:
        return idle
    return left[0] if len(left) == 1 else each_of(left, lambda *tracks: join(tracks))
