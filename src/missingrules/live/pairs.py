"""Which duty of a later result is which of an earlier one: by key, and in a series of numbers by what set it off.

A stretch that becomes known late comes before those that were numbered already, and one that is withdrawn leaves a gap
that closes: a number alone would then tell of one duty what is true of another.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from missingrules.domain.changes import Standing


class Pair(NamedTuple):
    """One duty in two results; None where it is not there."""

    before: Standing | None
    after: Standing | None


def paired(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[Pair]:
    """Every duty of either once: those of the later result in its order, then those that are gone."""
    first, second = _unlike(before, after), _unlike(after, before)
    now_of: dict[str, Standing] = {}  # by the key before
    for series, was in first.items():
        now_of |= {one.key: other for one, other in _matched(was, second.get(series, ()))}
    was_of = {other.key: before[key] for key, other in now_of.items()}
    out: list[Pair] = []
    for key, now in after.items():
        one = was_of.get(key)
        if one is None and key in before and key not in now_of and key not in was_of:
            one = before[key]
        out.append(Pair(one, now))
    told = {pair.before.key for pair in out if pair.before is not None}
    return out + [Pair(one, None) for key, one in before.items() if key not in told]


def _unlike(these: Mapping[str, Standing], others: Mapping[str, Standing]) -> dict[str, list[Standing]]:
    """By series, what is numbered, of each series in which a number has come, gone or been set off otherwise."""
    found: dict[str, list[Standing]] = {}
    for one in these.values():
        if one.key.rpartition("/")[2].isdigit():
            found.setdefault(one.series, []).append(one)
    return {
        series: ones
        for series, ones in found.items()
        if any(_set_off(one) != _set_off(others.get(one.key)) for one in ones)
    }


def _set_off(one: Standing | None) -> object:
    return None if one is None else one.said.get("triggered_at")


def _matched(before: Sequence[Standing], after: Sequence[Standing]) -> Iterable[tuple[Standing, Standing]]:
    """Those set off at the same instant, where only one of each is."""
    first, second = _once(before), _once(after)
    return [(one, second[at]) for at, one in first.items() if at in second]


def _once(ones: Sequence[Standing]) -> dict[object, Standing]:
    counts = Counter(_set_off(one) for one in ones)
    return {at: one for one in ones if (at := _set_off(one)) is not None and counts[at] == 1}
