"""Arrays of numbers, and what is asked of them that NumPy has no word for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# One type for the checker, which loses track of them in arithmetic; the names say what is meant.
Numbers: TypeAlias = NDArray[Any]
I64: TypeAlias = Numbers  # instants, days, rows
I32: TypeAlias = Numbers  # numbers of words
I8: TypeAlias = Numbers  # truths, states, statuses
Bools: TypeAlias = Numbers

# Truth as a number: and is the least, or the greatest, not is 2 less it.
FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 2


def among(values: Iterable[Any], wanted: Container[Any]) -> I8:
    """Of each value whether it is one of those wanted; last what is unknown."""
    return np.array([*(TRUE if value in wanted else FALSE for value in values), UNKNOWN], np.int8)


def ranges(starts: I64, lengths: I64) -> I64:
    """The numbers of several stretches, one after the other: from each start so many."""
    if len(starts) == 0:
        return np.zeros(0, np.int64)
    ends = np.cumsum(lengths)
    found: I64 = np.repeat(starts - (ends - lengths), lengths)
    found += np.arange(ends[-1])
    return found


def spread(value: Any, size: int) -> Numbers:
    """One value of NumPy for so many rows, of which only one is in memory: `np.broadcast_to` for those in a hurry."""
    found = np.ndarray((size,), value.dtype, np.array([value]), strides=(0,))
    found.flags.writeable = False
    return found


def place_in_group(groups: Numbers) -> I64:
    """Of rows whose groups stand together, the number of each in its group, from 0."""
    count = len(groups)
    if not count:
        return np.zeros(0, np.int64)
    first = starts_of(groups)
    return np.arange(count) - np.repeat(first, np.diff(np.append(first, count)))


def starts_of(*columns: Numbers) -> I64:
    """Where each group of rows that stand together begins: the first row, and each that differs from the one before."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    differ = np.zeros(len(columns[0]), np.bool_)
    differ[0] = True
    for column in columns:
        differ[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(differ)


_SMALL: Final = 1 << 16


def distinct(numbers: Numbers) -> list[int]:
    """The different numbers, none below -1, in order; mostly small ones, of which there are few, in many rows."""
    if not len(numbers):
        return []
    if int(numbers.max()) > _SMALL:
        return [int(one) for one in np.unique(numbers)]
    return [int(one) - 1 for one in np.flatnonzero(np.bincount(numbers + 1))]


def sorted_once(numbers: I64) -> I64:
    """The numbers in order, each once."""
    found = np.sort(numbers)
    return found[starts_of(found)]
