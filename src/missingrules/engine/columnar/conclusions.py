"""Classifications as they stand at `as_of`: engine/standing.py over columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from missingrules.domain.vocabulary import FactType
from missingrules.engine.columnar.arrays import TRUE, distinct
from missingrules.engine.wording import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.citations import Citations
    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.points import Coded
    from missingrules.engine.columnar.world import World


@dataclass(frozen=True, eq=False)
class Concluded:
    """What is concluded of one fact: of episodes, or of children. Numbers stand for what is in the tuples, -1 for none;
    `holding` is which conclusions hold, in bits."""

    what: str
    of_episodes: bool
    subjects: I64
    recorded: I64
    recorded_as: tuple[Any, ...]
    value: I64
    value_as: tuple[str, ...]
    holding: I64
    citations: Mapping[int, Citations]


def conclusions_of(world: World) -> Iterator[Concluded]:
    """What is concluded of all children and episodes, fact by fact."""
    now = {True: world.episodes.all_at(world.stood.as_of), False: world.children.all_at(world.stood.as_of)}
    for fact, concluding in world.conclusions.items():
        of_episodes = fact.startswith("episode.")
        reader = world.episodes if of_episodes else world.children
        points = now[of_episodes]
        holds = [points.guard(one.guard) for one in concluding]
        holding = np.zeros(len(points), np.int64)
        for n, one in enumerate(holds):
            holding |= np.where(points.each(one) == TRUE, 1 << n, 0)
        some = np.flatnonzero(holding)
        # Over all time it is worked out only where a rule reads it.
        recorded = reader.given(points, fact)
        value = reader.settled(points, fact, recorded, holds)
        yield Concluded(
            what=fact.removeprefix("episode."),
            of_episodes=of_episodes,
            subjects=some,
            recorded=recorded.each(len(points))[some],
            recorded_as=recorded.values,
            value=value.each(len(points))[some],
            value_as=_texts(world, fact, value),
            holding=holding[some],
            citations={
                bits: tuple(
                    dict.fromkeys(c for n, one in enumerate(concluding) if bits >> n & 1 for c in one.citations)
                )
                for bits in distinct(holding[some])
            },
        )


def _texts(world: World, fact: str, value: Coded) -> tuple[str, ...]:
    """Each value as a text, and last what is unknown."""
    word = world.protocol.words.facts[fact]
    if word.type is FactType.SCALE:
        every = tuple(range(len(word.values)))
        levels = [one if isinstance(one, tuple) else (word.values.index(one),) for one in value.values]
        return tuple(str(value_text(one, word.values)) for one in (*levels, every))
    return (*map(str, value.values), "unknown")
