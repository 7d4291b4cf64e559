"""How the keys of obligations end: subject and occurrence, as texts and as numbers that stand for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.stood import Stood


class Texts:
    """Texts by the numbers that stand for them, in the order in which they came; -1 is none."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._numbers = {text: number for number, text in enumerate(texts)}

    def number(self, text: str | None) -> int:
        return -1 if text is None else self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: Sequence[str]) -> I64:
        known = self._numbers
        return np.array([known.setdefault(text, len(known)) for text in texts], np.int64)

    def all(self) -> list[str]:
        return list(self._numbers)


class Called(Texts):
    """How all occurrences that there may be are called."""

    def __init__(self, stood: Stood) -> None:
        super().__init__()
        self._stood = stood

    def of(self, found: Firings) -> tuple[I64, I64]:
        """A table of the numbers of names, and the place in it of each occurrence."""
        if not found.named or found.happened is None or found.acts is None:
            return self.numbers([str(number) for number in range(int(found.number.max(initial=0)) + 1)]), found.number
        stood = self._stood
        places = stood.acts.source.take(found.happened, mode="clip")
        if not found.acts.all():
            events = np.flatnonzero(~found.acts)
            places[events] = stood.events.source.take(found.happened.take(events)) + len(stood.histories.records.id)
        return self._ids, places

    @cached_property
    def _ids(self) -> I64:
        """Of records, then of events."""
        given = self._stood.histories
        return np.concatenate((self.numbers(given.records.id), self.numbers(given.events.id)))


def occurrences(stood: Stood, found: Firings) -> list[str]:
    """The name of each occurrence: the id of the act or event that set it off, or its number."""
    if not found.named or found.happened is None or found.acts is None:
        return [str(number) for number in found.number.tolist()]
    h = stood.histories
    out = []
    for happened, act in zip(found.happened.tolist(), found.acts.tolist(), strict=True):
        if act:
            out.append(h.records.id[int(stood.acts.source[happened])])
        else:
            out.append(h.events.id[int(stood.events.source[happened])])
    return out


def episode_ids(stood: Stood) -> list[str]:
    """The ids of the episodes that had begun."""
    ids = stood.histories.episodes.id
    return [ids[row] for row in stood.rows.tolist()]
