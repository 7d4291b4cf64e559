"""Episodes: each in itself, one after the other, and by their names. The rules are those of interface/order.py."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from missingrules.engine.columnar.histories import NONE, Episodes
from missingrules.interface.leaves import read_id
from missingrules.quick.columns import BAD, Texts
from missingrules.quick.stamps import NOTHING, WRONG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from missingrules.engine.columnar.arrays import I64, Bools, Numbers
    from missingrules.engine.columnar.histories import Spans
    from missingrules.quick.sheets import Children, Sheet
    from missingrules.quick.stamps import Stamps

# Seconds before every time that a case may speak of, and a stretch that holds them all.
_LEAST: Final = -(2**32)
_STRETCH: Final = 2**34


@dataclass(frozen=True, slots=True, eq=False)
class EpisodeRows:
    """The episodes as their table has them."""

    child: I64
    id: Texts
    times: Mapping[str, Stamps]
    named: Named


class Named:
    """Rows by child and id."""

    def __init__(self, child: I64, id_: Texts) -> None:
        self._codes = {text: code for code, text in enumerate(id_.texts)}
        keys = self._keys(child, id_.code)
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def _keys(self, child: I64, code: Numbers) -> I64:
        # NONE and BAD have keys of their own.
        found: I64 = child * (len(self._codes) + 2) + code - BAD
        return found

    def twice(self) -> I64:
        """The rows of a child and id that came before."""
        found: I64 = self._order[1:][self._sorted[1:] == self._sorted[:-1]]
        return found

    def find(self, child: I64, id_: Texts) -> I64:
        """The row of each; NONE where no id stands, BAD where there is no such row."""
        own = np.array([*(self._codes.get(text, BAD) for text in id_.texts), BAD, NONE], np.int64)[id_.code]
        found = np.where(own == NONE, NONE, BAD)
        asked = np.flatnonzero(own >= 0)
        keys = self._keys(child[asked], own[asked])
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        if len(self._sorted):
            there = self._sorted[at] == keys
            found[asked[there]] = self._order[at[there]]
        return found


def bad_ids(id_: Texts) -> Bools:
    """Which rows have no id, or one that is none."""
    found: Bools = id_.read(read_id).value < 0
    return found


def read_episodes(sheet: Sheet, children: Children) -> EpisodeRows:
    """The episodes; children are refused of whom one cannot be, or two cannot be together."""
    id_ = sheet.texts("id")
    times = {name: sheet.stamps(f"{name}_at") for name in ("started", "located", "reported", "returned", "last_seen")}
    children.refuse(sheet.child, bad_ids(id_))
    for stamps in times.values():
        children.refuse(sheet.child, stamps.state == WRONG)
    children.refuse(sheet.child, ~times["started"].known())
    named = Named(sheet.child, id_)
    children.refused[sheet.child[named.twice()]] = True
    _check_within(sheet.child, times, children)
    _check_order(sheet.child, times, children)
    return EpisodeRows(sheet.child, id_, times, named)


def _check_within(child: I64, times: Mapping[str, Stamps], children: Children) -> None:
    started, returned, located = times["started"], times["returned"], times["located"]
    back, found = returned.known(), located.known()
    children.refuse(child, back & (returned.last < started.first))
    children.refuse(child, found & ((located.last < started.first) | (back & (located.first > returned.last))))


def _check_order(child: I64, times: Mapping[str, Stamps], children: Children) -> None:
    if not len(child):
        return
    started = times["started"]
    end = started.first
    for name in ("returned", "located"):
        end = np.where(times[name].known(), np.maximum(end, times[name].first), end)
    order = np.lexsort((end, started.first, child))
    of, last, is_open = child[order], started.last[order], times["returned"].state[order] == NOTHING
    latest = np.maximum.accumulate(of * _STRETCH + (end[order] - _LEAST)) - of * _STRETCH + _LEAST
    again = of[1:] == of[:-1]
    children.refuse(of[1:], again & (is_open[:-1] | (latest[:-1] > last[1:])))
    # Of the same start and end the ids say which is first: rare enough to leave.
    same = (started.first[order[1:]] == started.first[order[:-1]]) & (end[order[1:]] == end[order[:-1]])
    children.refuse(of[1:], again & same)


def in_order(child: I64, at: I64, ids: Callable[[Sequence[int]], list[str]]) -> I64:
    """The rows by child, instant and id; `ids` gives the ids of rows."""
    # Rows mostly come in this order, and such a sort makes use of it. Instants that are not settled are the last.
    keys = child * _STRETCH + np.minimum(at - _LEAST, _STRETCH - 1)
    order = np.argsort(keys, kind="stable")
    tied = np.zeros(len(order), np.bool_)
    same = keys[order[1:]] == keys[order[:-1]]
    tied[1:] |= same
    tied[:-1] |= same
    if tied.any():
        places = np.flatnonzero(tied)
        rows = order[places]
        names = ids(rows.tolist())
        ranks = {name: rank for rank, name in enumerate(sorted(set(names)))}
        rank = np.array([ranks[name] for name in names], np.int64)
        order[places] = rows[np.lexsort((rank, keys[rows]))]
    return order


def episodes_in(rows: EpisodeRows, order: I64, number: I64, facts: Mapping[str, Spans]) -> Episodes:
    """The episodes of these rows, of children with these numbers."""
    return Episodes(
        child=number[rows.child[order]],
        id=ids_of(rows.id, order),
        facts=MappingProxyType(dict(facts)),
        **{name: stamps.instants()[order] for name, stamps in rows.times.items()},
    )


def ids_of(id_: Texts, rows: I64) -> tuple[str, ...]:
    return tuple(map(id_.texts.__getitem__, id_.code[rows].tolist()))
