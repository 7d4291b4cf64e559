"""Texts by the numbers that stand for them, and so how acts, events and numbered occurrences are called."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from missingrules.engine.columnar.arrays import I32, I64


class Texts:
    """Texts by the numbers that stand for them, in the order in which they came; -1 is none."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(texts)}

    def number(self, text: str | None) -> int:
        return -1 if text is None else self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: Sequence[str]) -> I32:
        known = self._numbers
        return np.array([known.setdefault(text, len(known)) for text in texts], np.int32)

    def all(self) -> list[str]:
        return list(self._numbers)


class Called(Texts):
    """How all occurrences that there may be are called."""

    def __init__(self, records: Sequence[str], events: Sequence[str]) -> None:
        super().__init__()
        self._of = records, events

    def by_number(self, number: I64) -> I32:
        """A table of the names of occurrences that are called by their numbers."""
        return self.numbers([str(one) for one in range(int(number.max(initial=0)) + 1)])

    @cached_property
    def ids(self) -> I32:
        """Of records, then of events."""
        records, events = self._of
        return np.concatenate((self.numbers(records), self.numbers(events)))
