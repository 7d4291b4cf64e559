"""The instants at which something that a rule reads may turn: of episodes, and of children."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from missingrules.domain.clock import BEFORE_ALL
from missingrules.engine.columnar.counting import leaves_of, whole_of
from missingrules.engine.columnar.stood import tidied
from missingrules.engine.seen import CASE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.ground import Ground

Turns = list[tuple["I64", "I64"]]  # rows, and an instant of each


def of_episodes(ground: Ground) -> Iterator[tuple[I64, I64]]:
    """Their own, the child's, and those of its other episodes where something hangs on these."""
    stood = ground.stood
    yield from _own(ground)
    shared = _of_child(ground) + [(stood.child[of], time) for of, time in _between(ground)]
    for of, time in shared:
        kept = time <= ground.horizon
        rows, episodes = stood.episodes_of_children(of[kept])
        yield episodes, time[kept][rows]


def of_children(ground: Ground) -> Iterator[tuple[I64, I64]]:
    """Their own, and those of each episode while it ran."""
    stood = ground.stood
    yield from _of_child(ground)
    for of, time in _own(ground):
        running = (time >= stood.started[of]) & (time <= stood.returned[of])
        yield stood.child[of[running]], time[running]


def _of_child(ground: Ground) -> Turns:
    """Of children: their own facts, birthdays, and where a count may change."""
    out: Turns = []
    for owner in ("child", "plan"):
        for name in getattr(ground.stood.histories, owner):
            full = f"{owner}.{name}"
            if CASE_NAMES.get(full, full) in ground.needs.facts:
                steps = ground.recorded(owner, name)
                out += [(steps.of, steps.time)] if steps is not None else []
    everyone = np.arange(ground.stood.children)
    for age in ground.needs.ages:
        out.append((everyone, ground.born(age)))
    if ground.needs.concluded_kinds:
        for counted in ground.needs.counts:
            at = ground.stood.instants[counted.counted_by]
            leaves, whole = leaves_of(ground.stood, counted, at), whole_of(ground.stood, counted)
            out += [(ground.stood.child, at), (ground.stood.child, leaves), (everyone, whole)]
    else:
        for test in ground.needs.tests:
            first, of, time, later = ground.tally(test.counted).tested(test.test)
            out.append(tidied(first, of, time, later)[:2])
    for day in ground.needs.dates:
        out.append((everyone, np.full(len(everyone), ground.protocol.clock.midnight(day), np.int64)))
    return [(of[time > BEFORE_ALL], time[time > BEFORE_ALL]) for of, time in out]


def _own(ground: Ground) -> Turns:
    """Of episodes: their own instants and facts."""
    stood = ground.stood
    everyone = np.arange(len(stood.child))
    out = [(everyone, stood.instants[name]) for name in ("started", "returned", *sorted(ground.needs.anchors))]
    read = [name for name in stood.histories.episodes.facts if f"episode.{name}" in ground.needs.facts]
    out += [_of_fact(ground, name) for name in read]
    for length, more in ground.needs.lengths:
        reached = stood.days.after(stood.started, length) + more
        out.append((everyone[reached <= stood.returned], reached[reached <= stood.returned]))
    return out


def _between(ground: Ground) -> Turns:
    """Of episodes, what may also turn something of the child, or of another of its episodes."""
    shared, everyone = ground.needs.shared, np.arange(len(ground.stood.child))
    if shared is None or "episode.missing_for" in shared:
        return _own(ground)
    if not shared:
        return []
    out = [(everyone, ground.stood.started), (everyone, ground.stood.returned)]
    return out + [_of_fact(ground, name.removeprefix("episode.")) for name in sorted(shared)]


def _of_fact(ground: Ground, name: str) -> tuple[I64, I64]:
    steps = ground.recorded("episode", name)
    return (np.zeros(0, np.int64), np.zeros(0, np.int64)) if steps is None else (steps.of, steps.time)
