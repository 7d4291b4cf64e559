"""A caseload audited: cases as they stand in files and tables, or as they come from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.audits.run import CHUNK, Question, size_for
from missingrules.audits.run import audit as run
from missingrules.audits.totals import Tally
from missingrules.calls.caseloads import taken
from missingrules.domain.audit import Audit
from missingrules.domain.choices import readings_of
from missingrules.domain.logs import timed

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.audits.run import Batch
    from missingrules.calls.caseloads import Filed
    from missingrules.domain.audit import Breach, Finding, Rejection
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol


def audit(
    protocols: Sequence[Protocol | str | os.PathLike[str]],
    cases: Iterable[Case | str | os.PathLike[str]],
    as_of: Instant,
    *,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
    rows: bool = False,
    jobs: int = 1,
) -> Audit:
    """Which duties of many children were met in time, late, not at all, or cannot be decided at `as_of`; with totals.

    `cases`: cases, or paths of case files, tables and folders of them, not both. Cases may be a stream, of which up to
    a thousand are in memory at a time; a single child is a list of one. `protocols`: as loaded, or by name or path.
    `rows`: also each finding and each breach, which then are all in memory. `organisation`: also what the calendar asks
    of the organisation. `jobs`: how many processes share the work, each of which reads the protocols for itself: more
    than one needs protocols by name or path, and cases by path.

    Of cases that are called the same the first is used. What cannot be used is told in `not_used`, by its place and
    with nothing of what stands there.

    Raises `InvalidInput`: what `load_protocols` does, `bad-reading`, `no-protocol`, `file-unreadable`, `file-unknown`,
    `not-in-processes` for `jobs` with what is in memory, and what a table's head can have wrong (docs/codes.md, Tables
    and audits). RuntimeError where a process ends before its work is done.
    Source: docs/audit.md.
    """
    given = taken(protocols, cases, jobs, CHUNK)
    question = Question(as_of, readings_of(readings, given.protocols), organisation=organisation, rows=rows)
    with timed("caseload audited") as said:
        size = size_for(question, None if given.filed is None else given.filed.number, given.jobs)
        batches = run(given.supplied, given.load, question, jobs=given.jobs, size=size)
        found = _summed(batches, as_of, given.filed)
        said(cases=found.totals.cases, not_used=len(found.not_used), processes=given.jobs)
    return found


def _summed(batches: Iterator[Batch], as_of: Instant, given: Filed | None) -> Audit:
    tally = Tally()
    findings: list[Finding] = []
    breaches: list[Breach] = []
    not_used: list[Rejection] = []
    used, reported = given.shared_rows if given else 0, 0
    for batch in batches:
        tally.merge(batch.tally)
        findings += batch.findings
        breaches += batch.breaches
        not_used += batch.rejections
        used += batch.rows_used
        reported += batch.rows_reported
    return Audit(
        as_of=as_of,
        totals=tally.totals(),
        findings=tuple(findings),
        breaches=tuple(breaches),
        not_used=tuple(not_used),
        columns_not_read=given.columns if given else (),
        rows_read=used + reported,
        rows_used=used,
    )
