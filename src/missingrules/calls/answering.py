"""Many cases answered, a batch of tables at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from missingrules.batches.crew import pieces, shared
from missingrules.batches.tables import Question
from missingrules.calls.caseloads import taken
from missingrules.domain.choices import readings_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.batches.tables import Batch
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol


def batch(
    protocols: Sequence[Protocol | str | os.PathLike[str]],
    cases: Iterable[Case | str | os.PathLike[str]],
    as_of: Instant,
    *,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
    horizon_days: int = 90,
    questions: bool = False,
    rests: bool = False,
    partition: int = 2000,
    jobs: int = 1,
) -> Iterator[Batch]:
    """What protocols ask for in each of many cases at `as_of`, `partition` cases at a time: Arrow tables with a row for
    each obligation, conclusion and case. It wants the extra `batch`, and writes nothing.

    `cases`: cases, or paths of case files, tables and folders of them, not both; they may be a stream. `protocols`: as
    loaded, or by name or path. `horizon_days`: how far ahead to look, in days. `organisation`: also what the calendar
    asks of the organisation, in every case. `questions`, `rests`: also what is asked, and the readings on which
    obligations rest; both take longer. `jobs`: how many processes share the work, each of which reads the
    protocols for itself: more than one needs protocols by name or path, and cases by path.

    Of cases that are called the same the first is used. What cannot be used is told in `not_used`, by its place and
    with nothing of what stands there.

    Raises `InvalidInput`: what `load_protocols` does, `not-installed` without the extra, `bad-reading`, `no-protocol`,
    `file-unreadable`, `file-unknown`, `not-in-processes` for `jobs` with what is in memory, and what a table's head can
    have wrong (docs/codes.md, Tables and audits). RuntimeError where a process ends before its work is done, ValueError
    for a negative horizon or an empty partition.
    Source: docs/batch.md.
    """
    from missingrules.batches.partitions import answerer

    if partition < 1 or horizon_days < 0:
        raise ValueError("a partition has a case or more, and the horizon is a number of days ahead, zero or more")
    given = taken(protocols, cases, jobs, partition)
    without = frozenset(name for name, on in (("questions", questions), ("readings", rests)) if not on)
    question = Question(as_of, readings_of(readings, given.protocols), organisation, horizon_days, without)
    return shared(pieces(given.supplied, partition), partial(answerer, given.load, question), jobs=given.jobs)
