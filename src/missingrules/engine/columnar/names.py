"""How the keys of obligations end: subject and occurrence, as texts and as numbers that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from missingrules.engine.columnar.arrays import I32, I64
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.stood import Stood


def numbered(stood: Stood, found: Firings) -> tuple[I32, I64]:
    """How each occurrence is called, by number: a table, and the place in it of each."""
    sources = sources_of(stood, found)
    return (stood.called.by_number(found.number), found.number) if sources is None else (stood.called.ids, sources)


def occurrences(stood: Stood, found: Firings) -> list[str]:
    """The name of each occurrence: the id of the act or event that set it off, or its number."""
    sources = sources_of(stood, found)
    if sources is None:
        return [str(number) for number in found.number.tolist()]
    records, events = stood.histories.records.id, stood.histories.events.id
    return [records[one] if one < len(records) else events[one - len(records)] for one in sources.tolist()]


def sources_of(stood: Stood, found: Firings) -> I64 | None:
    """The places, among records and then events, of what set each off; None where occurrences have numbers alone."""
    if not found.named or found.happened is None or found.acts is None:
        return None
    places, acts = np.empty(len(found), np.int64), np.flatnonzero(found.acts)
    places[acts] = stood.acts.source.take(found.happened.take(acts))
    if len(acts) < len(found):
        events = np.flatnonzero(~found.acts)
        places[events] = stood.events.source.take(found.happened.take(events)) + len(stood.histories.records.id)
    return places


def episode_ids(stood: Stood) -> list[str]:
    """The ids of the episodes that had begun."""
    ids = stood.histories.episodes.id
    return [ids[row] for row in stood.rows.tolist()]
