"""What columns answered under one protocol, examined as an audit does: who is left to the evaluator, by which record
something was done, and what lacks where it cannot be decided."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from missingrules.domain.clock import FOREVER
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.rules import Effect, Modality
from missingrules.engine.columnar.arrays import starts_of
from missingrules.engine.columnar.asking import questions
from missingrules.engine.columnar.names import occurrences
from missingrules.engine.columnar.over import key
from missingrules.engine.columnar.status import MET, MET_LATE, NOT_DECIDABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.rules import Duty
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.hung import Hung, Questions
    from missingrules.engine.columnar.solve import Owed

SEVERAL: Final = -1  # which record it was is not settled here


class Lacks(NamedTuple):
    """Facts for lack of which obligations cannot be decided: a row for each obligation and fact, in the order of both.
    `fact` is a place in `Examined.facts`."""

    owed: I64  # its place in `Examined.owed`
    row: I64
    fact: I64


class Examined:
    """One protocol's answer. `rows`: the obligations themselves are wanted, and not only what they come to."""

    def __init__(self, found: Answered, *, rows: bool) -> None:
        self.found = found
        self.rows = rows
        self.stood = found.stood
        self.owed = found.found.owed
        self._acts: dict[str, tuple[I64, I64]] = {}
        self._named: dict[str, dict[tuple[bool, int, str], tuple[int, int]]] = {}

    def child(self, owed: Owed) -> I64:
        """Of which child each obligation is."""
        return self.stood.child[owed.subjects] if owed.of_episodes else owed.subjects

    @cached_property
    def singly(self) -> Bools:
        """The children whom columns leave to the evaluator, or of whom they do not know what an audit asks: those who
        broke a prohibition or may have, and those of whom it is open by which record something was done; all, where a
        rule has a shape that columns do not express."""
        out: Bools = self.found.left.copy()
        if self.found.found.rules or self._asked.left:
            out[:] = True
            return out
        out[self.stood.acts.child[self.found.solver.barred() > 0]] = True
        for owed in self.owed:
            done = self.done(owed)
            out[self.child(owed)[done[self.record(owed, done) == SEVERAL]]] = True
        return out

    # --- by which record ----------------------------------------------------------------------------------------------

    def done(self, owed: Owed) -> I64:
        """The rows of obligations of which it matters by which record they were discharged."""
        if self.rows:
            return np.flatnonzero((owed.status == MET) | (owed.status == MET_LATE))
        if owed.duty.modality is Modality.MAY:
            return np.zeros(0, np.int64)
        return np.flatnonzero((owed.status == MET) & (owed.limit() < FOREVER))

    def record(self, owed: Owed, done: I64) -> I64:
        """Of some rows that were done the row of the record by which; SEVERAL where others may have a part in it."""
        found = np.full(len(done), SEVERAL, np.int64)
        if not len(done):
            return found
        records, keys = self._records_of(owed.duty.action)
        child, at = self.child(owed)[done], owed.done_at[done]
        first = np.searchsorted(keys, key(child, at))
        if _takes_several(owed.duty):
            first = np.searchsorted(self.stood.histories.records.child[records], child)
        last = np.searchsorted(keys, key(child, at), "right")
        sure = (last - first == 1) & (at < FOREVER)
        found[sure] = records[first[sure]]
        return found

    def _records_of(self, action: str) -> tuple[I64, I64]:
        """The records of an act, or of one that counts as it or includes it; by child and instant."""
        found = self._acts.get(action)
        if found is None:
            names = {action, *self.found.protocol.words.actions[action].also}
            records = self.stood.histories.records
            of_act = np.array([*(name in names for name in records.actions), False])[records.action]
            included = [*(not names.isdisjoint(several) for several in records.included.values), False]
            rows = np.flatnonzero(of_act | np.array(included)[records.included.value])
            found = self._acts[action] = rows, key(records.child[rows], records.at[rows])
        return found

    # --- what lacks ---------------------------------------------------------------------------------------------------

    @cached_property
    def _asked(self) -> Questions:
        return questions(self.found)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that are asked for, in order."""
        return self._asked.facts

    @cached_property
    def lacks(self) -> Lacks:
        """What the obligations that cannot be decided hang on; those of children who are left may be among them."""
        asked = self._asked
        none = np.zeros(0, np.int64)
        facts = np.repeat(asked.fact, np.diff(asked.begins)) if len(asked) else none
        order = np.argsort(asked.of, kind="stable")
        ends = np.searchsorted(asked.of[order], np.arange(len(asked.hung) + 1))
        found = []
        for number, hung in enumerate(asked.hung):
            these = order[ends[number] : ends[number + 1]]
            if hung.firings is not None and len(these):
                found += [(*each, facts[these[kept]]) for each, kept in self._hanging(hung, asked.row[these])]
        owed, row, fact = (
            np.concatenate([none, *column]) for column in (zip(*found, strict=True) if found else [[]] * 3)
        )
        order = np.lexsort((fact, row, owed))
        order = order[starts_of(owed[order], row[order], fact[order])]
        return Lacks(owed[order], row[order], fact[order])

    def _hanging(self, hung: Hung, rows: I64) -> Iterator[tuple[tuple[I64, I64], I64]]:
        """The obligations that these rows of what hangs on something are, if they cannot be decided, and which rows."""
        owed = self._by_firings.get((hung.prefix, id(hung.firings)))
        if owed is not None:
            kept = np.flatnonzero(self.owed[owed].status[rows] == NOT_DECIDABLE)
            yield (np.full(len(kept), owed), rows[kept]), kept
            return
        # Where several may have one name, only one of them is shown: they are told by their names.
        assert hung.firings is not None
        firings = hung.firings.taken(rows)
        names = zip(firings.subjects.tolist(), occurrences(self.stood, firings), strict=True)
        known = self._by_name(hung.prefix)
        spots = [known.get((firings.of_episodes, *name)) for name in names]
        some = [(place, spot) for place, spot in enumerate(spots) if spot is not None]
        if some:
            places, found = zip(*some, strict=True)
            yield tuple(np.array(found, np.int64).T), np.array(places)

    @cached_property
    def _by_firings(self) -> dict[tuple[str, int], int]:
        """The obligations of a duty, by how their keys begin and by their firings, of which questions hang as well."""
        return {(owed.prefix, id(owed.firings)): number for number, owed in enumerate(self.owed)}

    def _by_name(self, prefix: str) -> Mapping[tuple[bool, int, str], tuple[int, int]]:
        """The obligations that cannot be decided, by subject and occurrence."""
        found = self._named.get(prefix)
        if found is None:
            found = self._named[prefix] = {}
            for number, owed in enumerate(self.owed):
                if owed.prefix == prefix:
                    rows = np.flatnonzero(owed.status == NOT_DECIDABLE)
                    firings = owed.firings.taken(rows)
                    names = zip(firings.subjects.tolist(), occurrences(self.stood, firings), rows.tolist(), strict=True)
                    found |= {(owed.of_episodes, subject, name): (number, row) for subject, name, row in names}
        return found


def _takes_several(duty: Duty) -> bool:
    """Whether several records together may show it: all of several people are to be told, or to agree."""
    who = duty.with_ if duty.effect is Effect.AGREE else duty.to
    every = [row.people for row in who.rows] if isinstance(who, PeopleRows) else [who]
    return any(isinstance(one, People) and one.mode == "all" and len(one.roles) > 1 for one in every)
