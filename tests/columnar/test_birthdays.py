"""When children turn an age, by the local date on which it is."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from missingrules.domain.clock import FOREVER, Clock, instant_of
from missingrules.engine.columnar.days import days_of


@pytest.mark.parametrize(
    ("born", "age", "at"),
    [
        ("2010-06-15", 13, "2023-06-15T00:00:00+01:00"),  # clocks are an hour ahead
        ("2010-12-01", 13, "2023-12-01T00:00:00+00:00"),
        ("2008-02-29", 16, "2024-02-29T00:00:00+00:00"),
        ("2008-02-29", 18, "2026-03-01T00:00:00+00:00"),  # no 29 February in 2026
        ("1990-01-31", 10, "2000-01-31T00:00:00+00:00"),  # before the dates of the table
        ("2025-06-30", 90, "2115-06-30T00:00:00+01:00"),  # and after them
    ],
)
def test_a_birthday_begins_at_midnight(born: str, age: int, at: str) -> None:
    found = days_of(Clock(), 2020, 2029).birthday(np.array([date.fromisoformat(born).toordinal(), 0]), age)
    assert found.tolist() == [instant_of(datetime.fromisoformat(at)), FOREVER]
