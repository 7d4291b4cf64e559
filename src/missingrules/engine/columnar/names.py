"""How the keys of obligations end: subject and occurrence, as texts and as numbers that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from missingrules.engine.columnar.arrays import I64
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.stood import Stood


def numbered(stood: Stood, found: Firings) -> tuple[I64, I64]:
    """How each occurrence is called, by number: a table, and the place in it of each."""
    if not found.named or found.happened is None or found.acts is None:
        return stood.called.by_number(found.number), found.number
    places, acts = np.empty(len(found), np.int64), np.flatnonzero(found.acts)
    places[acts] = stood.acts.source.take(found.happened.take(acts))
    if len(acts) < len(found):
        events = np.flatnonzero(~found.acts)
        places[events] = stood.events.source.take(found.happened.take(events)) + len(stood.histories.records.id)
    return stood.called.ids, places


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
