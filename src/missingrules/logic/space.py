"""Is there a case in which these conditions hold and those do not? Answered over the cells of the facts they test.

A condition is true, false or not known, as when rules are run. What is looked for is built up one fact at a time and
given up as soon as a condition goes the wrong way, so that facts which do not matter are never cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.clock import Length
from missingrules.domain.conditions import Any, CountTest, FactTest, HoursTest, Not, leaves
from missingrules.logic.cells import cut, key_of
from missingrules.logic.said import LENGTHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.conditions import Condition, Counted
    from missingrules.domain.vocabulary import FactWord
    from missingrules.logic.cells import Cell, Cut, Leaf

# How many tests one question may look at, over all combinations; beyond, the author is told that it was not answered.
MOST_TESTS: Final = 200_000


class TooMany(Exception):
    """More combinations than are looked at."""


class Space:
    """The cases that some conditions can tell apart."""

    def __init__(self, conditions: Iterable[Condition], facts: Mapping[str, FactWord]) -> None:
        tests: dict[str | Counted, list[Leaf]] = {}
        for condition in conditions:
            for leaf in leaves(condition):
                tests.setdefault(key_of(leaf), []).append(leaf)
        self._cuts: dict[str | Counted, Cut] = {key: cut(key, each, facts) for key, each in tests.items()}
        self._pairs = _pairs(self._cuts)
        self._left = 0

    def find(
        self,
        true: Sequence[Condition] = (),
        false: Sequence[Condition] = (),
        not_true: Sequence[Condition] = (),
    ) -> dict[str | Counted, Cell] | None:
        """The first of `every`; None: there is no such case. Raises `TooMany`."""
        return next(self.every(true, false, not_true), None)

    def every(
        self,
        true: Sequence[Condition] = (),
        false: Sequence[Condition] = (),
        not_true: Sequence[Condition] = (),
    ) -> Iterator[dict[str | Counted, Cell]]:
        """The cases in which all of `true` hold, all of `false` do not, and none of `not_true` is known to.

        Each has the cells of the facts that matter. Raises `TooMany`.
        """
        wanted = [(each, True) for each in true] + [(each, False) for each in false]
        asked = [*wanted, *[(each, None) for each in not_true]]
        open_ends = {key_of(leaf) for each in not_true for leaf in leaves(each)}
        self._left = MOST_TESTS
        for chosen in self._search(asked, open_ends, {}):
            yield {key: self._cuts[key].cells[at] for key, at in chosen.items()}

    def _search(
        self,
        wanted: list[tuple[Condition, bool | None]],
        open_ends: set[str | Counted],
        chosen: dict[str | Counted, int],
    ) -> Iterator[dict[str | Counted, int]]:
        left: list[tuple[Condition, bool | None]] = []
        for condition, want in wanted:
            holds = self._holds(condition, chosen)
            if holds is None:
                left.append((condition, want))
            elif holds is not bool(want):
                return
        key = next((key for condition, _ in left if (key := self._next(condition, chosen)) is not None), None)
        if key is None:
            # Everything is settled: what is still open turns on something that nobody knows.
            if all(want is None for _, want in left):
                yield chosen
            return
        found = self._cuts[key]
        known = len(found.cells) - 1
        for at in range(len(found.cells)):
            if at == known and not (found.asks_known or key in open_ends):
                break
            chosen[key] = at
            if self._possible(key, chosen):
                yield from self._search(left, open_ends, chosen)
        del chosen[key]

    def _holds(self, condition: Condition, chosen: Mapping[str | Counted, int]) -> bool | None:
        if isinstance(condition, FactTest | CountTest | HoursTest):
            self._left -= 1
            if self._left < 0:
                raise TooMany
            key = key_of(condition)
            at = chosen.get(key)
            return None if at is None else self._cuts[key].passing[condition][at]
        if isinstance(condition, Not):
            holds = self._holds(condition.part, chosen)
            return None if holds is None else not holds
        settles = isinstance(condition, Any)
        unknown = False
        for part in condition.parts:
            holds = self._holds(part, chosen)
            if holds is settles:
                return settles
            unknown = unknown or holds is None
        return None if unknown else not settles

    def _next(self, condition: Condition, chosen: Mapping[str | Counted, int]) -> str | Counted | None:
        """A fact that is not settled and on which the condition still turns."""
        if isinstance(condition, FactTest | CountTest | HoursTest):
            key = key_of(condition)
            return None if key in chosen else key
        parts = (condition.part,) if isinstance(condition, Not) else condition.parts
        for part in parts:
            if self._holds(part, chosen) is None and (found := self._next(part, chosen)) is not None:
                return found
        return None

    def _possible(self, key: str | Counted, chosen: Mapping[str | Counted, int]) -> bool:
        """Whether the cell just chosen goes with the others: a count in a month is at most that in a year."""
        for less, more in self._pairs:
            if key in (less, more) and less in chosen and more in chosen:
                low, high = self._cuts[less].cells, self._cuts[more].cells
                at, other = chosen[less], chosen[more]
                if at < len(low) - 1 and other < len(high) - 1 and not _at_most(low, at, high, other):
                    return False
        return True


def _at_most(low: Sequence[Cell], at: int, high: Sequence[Cell], other: int) -> bool:
    if low[at].values:
        # Levels of risk: the effective one is never below the one on record.
        return any(LEVELS.index(a) <= LEVELS.index(b) for a in low[at].values for b in high[other].values)
    return low[at].first < high[other].last


LEVELS: Final = ("no_apparent_risk", "low", "medium", "high")
RISK: Final = ("episode.risk.recorded", "episode.risk")


def _pairs(cuts: Mapping[str | Counted, Cut]) -> list[tuple[str | Counted, str | Counted]]:
    """Keys of which the first is never more than the second."""
    counts = [key for key in cuts if not isinstance(key, str)]
    found: list[tuple[str | Counted, str | Counted]] = [
        (one, other) for one in counts for other in counts if one is not other and _within(one, other)
    ]
    if all(key in cuts for key in RISK):
        found.append(RISK)
    return found


def _within(one: Counted, other: Counted) -> bool:
    """Whether all episodes of the first count are also in the second."""
    if one.counted_by != other.counted_by or not set(one.kinds) <= set(other.kinds):
        return False
    if not set(one.missing_from) <= set(other.missing_from):
        return False
    if one.window == other.window or other.window == "not_stated":
        return True
    if isinstance(one.window, Length) and isinstance(other.window, Length):
        return one.window.count * LENGTHS[one.window.unit] <= other.window.count * LENGTHS[other.window.unit]
    return False
