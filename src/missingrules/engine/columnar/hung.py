"""Questions as columns: what is asked of which child, by when, and what hangs on the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from missingrules.engine.columnar.arrays import sorted_once, starts_of
from missingrules.engine.columnar.names import episode_ids, occurrences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.engine.columnar.arrays import I64, Bools
    from missingrules.engine.columnar.firing import Firings
    from missingrules.engine.columnar.stood import Stood


@dataclass(frozen=True, eq=False)
class Hung:
    """What may hang on a question, row by row: the obligations of one duty, of one prohibition the acts that may have
    broken it, or one duty as a whole, which is of children alone."""

    rule: str
    prefix: str  # how their keys begin
    of_episodes: Bools  # of each row whether its subject is an episode
    subjects: I64  # rows of `Stood`: its episodes, or children
    firings: Firings | None = None  # of obligations: by what the occurrence is named
    acts: I64 | None = None  # of a prohibition: rows of all acts
    apart: bool = True  # whether no two rows, also of another duty, may have the same key

    def children(self, stood: Stood, rows: I64) -> I64:
        """Of which child some rows are."""
        subjects, of_episodes = self.subjects[rows], self.of_episodes[rows]
        child = subjects.copy()
        child[of_episodes] = stood.child[subjects[of_episodes]]
        return child

    def keys(self, stood: Stood, rows: I64) -> list[str]:
        """The keys of some rows."""
        if self.firings is not None:
            endings = occurrences(stood, self.firings.taken(rows))
        elif self.acts is not None:
            records = stood.histories.records.id
            endings = [records[source] for source in stood.acts.source[self.acts[rows]].tolist()]
        else:
            return [self.prefix] * len(rows)
        ids = episode_ids(stood)
        subjects = zip(self.subjects[rows].tolist(), self.of_episodes[rows].tolist(), strict=True)
        named = [ids[subject] if of_episode else "child" for subject, of_episode in subjects]
        return [f"{self.prefix}{subject}/{ending}" for subject, ending in zip(named, endings, strict=True)]


class Hanging(NamedTuple):
    """Facts on which rows of a `Hung` hang. Of several of one row, fact, episode and record the first counts."""

    row: I64
    fact: I64  # by number
    episode: I64  # a row of `Stood`, or NONE
    record: I64  # a row of the records, or NONE
    by: I64  # when the answer is needed for this row; FOREVER: at no certain time


@dataclass(frozen=True, eq=False)
class Questions:
    """Each child's questions, in order of child, fact, episode and record.

    What hangs on question q stands from `begins[q]` to `begins[q + 1]`: rows of one of `hung`, each once.
    """

    facts: tuple[str, ...]
    child: I64
    fact: I64  # the place of its name in `facts`, which are in order
    episode: I64  # a row of `Stood`, or NONE
    record: I64  # a row of the records, or NONE
    by: I64  # when the first answer is needed; FOREVER: at no certain time
    begins: I64
    of: I64  # which of `hung`
    row: I64  # and which of its rows
    hung: tuple[Hung, ...]
    left: Mapping[str, str]  # the rules whose questions are left to the evaluator, by id, and why

    def __len__(self) -> int:
        """How many questions there are."""
        return len(self.child)


def gathered(
    stood: Stood,
    names: Sequence[str],
    asked: Sequence[tuple[Hung, Hanging]],
    left: Mapping[str, str],
    children_left: Bools,
) -> Questions:
    """What several ask, by question; without the rules and the children that are left to the evaluator."""
    kept = [(hung, hanging) for hung, hanging in asked if hung.rule not in left]
    sizes = [len(hanging.row) for _, hanging in kept]
    none = np.zeros(0, np.int64)
    of = np.repeat(np.arange(len(kept)), sizes)
    child = np.concatenate([none, *(hung.children(stood, hanging.row) for hung, hanging in kept)])
    columns = zip(*(hanging for _, hanging in kept), strict=True) if kept else ([] for _ in Hanging._fields)
    row, fact, episode, record, by = (np.concatenate([none, *parts]) for parts in columns)
    order = np.argsort(np.array(names, object)) if names else none
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    of, row = _each_once(stood, [hung for hung, _ in kept], of, row)
    here = np.flatnonzero(~children_left[child])
    every = [column[here] for column in (child, place[fact], episode, record, of, row, by)]
    order_of = np.lexsort(tuple(every[n] for n in (5, 4, 3, 2, 1, 0)))
    child, fact, episode, record, of, row, by = (column[order_of] for column in every)
    # Of one key that asks twice the first counts.
    first = starts_of(child, fact, episode, record, of, row)
    child, fact, episode, record, of, row, by = (
        column[first] for column in (child, fact, episode, record, of, row, by)
    )
    begins = starts_of(child, fact, episode, record)
    return Questions(
        facts=tuple(names[n] for n in order),
        child=child[begins],
        fact=fact[begins],
        episode=episode[begins],
        record=record[begins],
        by=np.minimum.reduceat(by, begins) if len(begins) else by,
        begins=np.append(begins, len(child)),
        of=of,
        row=row,
        hung=tuple(hung for hung, _ in kept),
        left=dict(left),
    )


def _each_once(stood: Stood, hung: list[Hung], of: I64, row: I64) -> tuple[I64, I64]:
    """Where several rows may have one key, the first of them in place of each."""
    doubtful: dict[str, list[int]] = {}
    for number, one in enumerate(hung):
        if not one.apart:
            doubtful.setdefault(one.prefix, []).append(number)
    if not doubtful:
        return of, row
    of, row = of.copy(), row.copy()
    begins = np.searchsorted(of, np.arange(len(hung) + 1))
    for numbers in doubtful.values():
        rows_of = [sorted_once(row[begins[number] : begins[number + 1]]) for number in numbers]
        subjects = [
            hung[n].subjects[rows] * 2 + hung[n].of_episodes[rows] for n, rows in zip(numbers, rows_of, strict=True)
        ]
        every, times = np.unique(np.concatenate(subjects), return_counts=True)
        first: dict[tuple[int, str], tuple[int, int]] = {}
        for number, rows, own in zip(numbers, rows_of, subjects, strict=True):
            rows = rows[np.isin(own, every[times > 1])]
            if len(rows):
                child = hung[number].children(stood, rows).tolist()
                keys = zip(child, hung[number].keys(stood, rows), strict=True)
                chosen = [first.setdefault(key, (number, at)) for key, at in zip(keys, rows.tolist(), strict=True)]
                here = np.arange(begins[number], begins[number + 1])
                here = here[np.isin(row[here], rows)]
                of[here], row[here] = np.array(chosen)[np.searchsorted(rows, row[here])].T
    return of, row
