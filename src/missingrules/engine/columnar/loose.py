"""Children of whom an instant is not settled: their worlds solved together, and what all agree on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from missingrules.engine.columnar.agreed import Agreed, agreed
from missingrules.engine.columnar.answer import answered
from missingrules.engine.columnar.gather import graded_by
from missingrules.engine.columnar.histories import NONE
from missingrules.engine.columnar.tried import tried
from missingrules.engine.columnar.worlds import worlds_of
from missingrules.engine.plan import provisions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.histories import Histories
    from missingrules.engine.columnar.tried import Tried
    from missingrules.engine.columnar.worlds import Worlds

# So many rows of episodes, events and records are worked on together: what stands in memory.
AT_ONCE: Final = 40_000
# A child of more than these is left to the evaluator.
TOO_MANY: Final = 400_000


class Conclusion(NamedTuple):
    """What all worlds conclude alike; `episode` is a row of those that were tried, or NONE."""

    what: str
    child: int
    episode: int
    recorded: str | None
    value: str
    citations: Citations


@dataclass(frozen=True, eq=False)
class Across:
    """What one protocol asks for some children across their worlds. Those who are left to the evaluator, by the reason:
    children in `children`, and for all of them the rules in `rules`."""

    protocol: Protocol
    histories: Histories  # as far as they had begun; in these the rows of `Agreed.episodes`
    agreed: tuple[Agreed, ...]
    concluded: tuple[Conclusion, ...]
    rules: Mapping[str, str]
    children: Mapping[str, Bools]
    left: Bools  # of each child whether it is


def across(
    protocol: Protocol,
    cases: Sequence[Case],
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
) -> Across:
    """One protocol and children of whom an instant may not be settled, numbered as they are given."""
    provisions = provisions_of(protocol, protocol.options(readings or {}))
    given = tried(protocol, provisions, cases, as_of, graded_by([protocol.words]))
    sizes = _sizes(given)
    children: dict[str, Bools] = {}
    if (sizes > TOO_MANY).any():
        children["too many ways in which its times may have been"] = sizes > TOO_MANY
    found: list[Agreed] = []
    concluded: list[Conclusion] = []
    rules: dict[str, str] = {}
    for some in _together(sizes):
        worlds = worlds_of(given, some, as_of)
        answer = answered(protocol, worlds.histories, as_of, horizon_days=horizon_days, readings=readings)
        rules |= answer.found.rules
        for why, flags in answer.found.children.items():
            children.setdefault(why, np.zeros(len(cases), np.bool_))[worlds.child[flags]] = True
        none = some & (np.bincount(worlds.child, minlength=len(cases)) == 0)
        if none.any():
            children.setdefault("no order in which its times may have been", np.zeros(len(cases), np.bool_))[none] = (
                True
            )
        found += agreed(answer.found, answer.stood, worlds, given)
        concluded += _concluded(answer, worlds)
    left = np.zeros(len(cases), np.bool_)
    for flags in children.values():
        left |= flags
    kept = (one.without(left) for one in found if one.duty.rule not in rules)
    alike = tuple(one for one in concluded if not left[one.child])
    return Across(protocol, given.histories, tuple(one for one in kept if len(one)), alike, rules, children, left)


def _concluded(answer: Answered, worlds: Worlds) -> Iterator[Conclusion]:
    """What is concluded in every world of a child, and alike."""
    of_each = np.bincount(worlds.child) if len(worlds.child) else np.zeros(0, np.int64)
    for one in answer.found.concluded:
        world = answer.stood.child[one.subjects] if one.of_episodes else one.subjects
        episodes = worlds.episode[answer.stood.rows[one.subjects]] if one.of_episodes else np.full(len(world), NONE)
        seen: dict[tuple[int, int], Counter[tuple[int, int, int]]] = {}
        columns = (worlds.child[world], episodes, one.recorded, one.value, one.holding)
        for child, episode, recorded, value, holding in zip(*(each.tolist() for each in columns), strict=True):
            seen.setdefault((child, episode), Counter())[recorded, value, holding] += 1
        for (child, episode), how in seen.items():
            (recorded, value, holding), times = how.most_common(1)[0]
            if times == of_each[child]:
                told = None if recorded < 0 else str(one.recorded_as[recorded])
                yield Conclusion(one.what, child, episode, told, one.value_as[value], one.citations[holding])


def _sizes(given: Tried) -> I64:
    """How many rows the worlds of each child have."""
    h = given.histories
    rows = [np.bincount(table.child, minlength=len(h)) for table in (h.episodes, h.events, h.records)]
    return (sum(rows) + 1) * given.worlds


def _together(sizes: I64) -> Iterator[Bools]:
    """Children whose worlds are worked on in one go."""
    small = np.flatnonzero(sizes <= TOO_MANY)
    if not len(small):
        return
    number = np.cumsum(sizes[small]) // AT_ONCE
    for one in np.unique(number):
        some = np.zeros(len(sizes), np.bool_)
        some[small[number == one]] = True
        yield some
