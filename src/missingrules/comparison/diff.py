"""Two protocols side by side, by meaning: what is about the same, how it differs, and what only one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.comparison.align import acts, align
from missingrules.comparison.points import points, scopes
from missingrules.comparison.shared import Shared
from missingrules.domain.comparisons import Diff, Pair

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from missingrules.domain.protocol import Protocol


def diff(
    first: Protocol, second: Protocol, *, topics: Collection[str] = (), readings: Mapping[str, str] | None = None
) -> Diff:
    """How the first differs from the second, in all topics or in some. Readings are as chosen, by id, or by default."""
    chosen = readings or {}
    ours, others = acts(first, chosen), acts(second, chosen)
    if topics:
        ours = [act for act in ours if act.provision.topic in topics]
        others = [act for act in others if act.provision.topic in topics]
    shared = Shared.of(first, second)
    aligned = align(ours, others, shared)
    pairs = tuple([Pair(one, other, tuple(points(one, other, shared))) for one, other in aligned.pairs])
    return Diff(first, second, scopes(first, second), pairs, aligned.only_first, aligned.only_second)
