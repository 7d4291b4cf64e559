"""What NumPy has no word for, by small arrays worked out by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from missingrules.batches.arrow import MOMENT, numbers_of
from missingrules.batches.tables import OBLIGATIONS
from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.arrays import place_in_group, ranges, spread

COLUMNS = {column.name: column for column in OBLIGATIONS}


def test_stretches_follow_each_other_and_empty_ones_are_passed() -> None:
    assert ranges(np.array([7, 5, 0, 9]), np.array([0, 2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    assert ranges(np.array([4]), np.array([0])).tolist() == []
    assert ranges(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []


def test_places_in_groups_begin_at_nought() -> None:
    assert place_in_group(np.array([3, 3, 8, 1, 1, 1])).tolist() == [0, 1, 0, 0, 1, 2]


def test_a_value_spread_over_rows_is_in_memory_once_and_stays_as_it_is() -> None:
    found = spread(np.int64(FOREVER), 3)
    assert found.tolist() == [FOREVER] * 3
    assert found.strides == (0,)
    assert found.dtype == np.dtype(np.int64)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1


def test_instants_and_numbers_of_texts_come_into_arrow_with_what_is_not_there() -> None:
    """Ten rows of three parts: nine and more are a second byte of the flags that say which are there."""
    due = numbers_of(COLUMNS["due"], [3, 1, 6], [np.array([5, FOREVER, 7]), 9, FOREVER])
    assert due.type == MOMENT
    assert due.cast(pa.int64()).to_pylist() == [5, None, 7, 9, *[None] * 6]
    assert due.null_count == 7
    table = np.array([10, 11, -1]), np.array([1, 0, -1])
    assert numbers_of(COLUMNS["rule"], [3, 2], [table, 4]).to_pylist() == [11, 10, None, 4, 4]
    assert numbers_of(COLUMNS["rule"], [2, 1], [4, -1]).to_pylist() == [4, 4, None]
    assert numbers_of(COLUMNS["rule"], [2, 9], [-1, -1]).to_pylist() == [None] * 11
    assert numbers_of(COLUMNS["rule"], [], []).to_pylist() == []
