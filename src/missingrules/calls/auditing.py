"""A caseload audited: cases as they stand in files and tables, or as they come from elsewhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from missingrules.adapters.given import opened
from missingrules.audits.run import CHUNK, Question
from missingrules.audits.run import audit as run
from missingrules.audits.totals import Tally
from missingrules.calls.asking import readings_of
from missingrules.domain.audit import Audit
from missingrules.domain.case import Case
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.logs import timed
from missingrules.domain.protocol import Protocol
from missingrules.interface.words import words_of
from missingrules.reading.caseloads import cases_in, files_in, number_in
from missingrules.reading.loading import load_protocols
from missingrules.tables.caseload import caseload_of, tables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from missingrules.adapters.given import Asked
    from missingrules.adapters.rows import Intake
    from missingrules.audits.run import Batch
    from missingrules.batches.crew import Supplied
    from missingrules.domain.audit import Breach, Finding, Rejection
    from missingrules.domain.clock import Instant
    from missingrules.interface.words import CaseWords
    from missingrules.tables.caseload import Caseload


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

    `cases`: cases, or paths of case files, tables and folders of them, not both. Cases may be a stream, of which forty
    are in memory at a time; a single child is a list of one. `protocols`: as loaded, or by name or path.
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
    named = [each for each in protocols if not isinstance(each, Protocol)]
    loaded = _loaded(protocols)
    question = Question(as_of, readings_of(readings, loaded), organisation=organisation, rows=rows)
    stream = iter(cases)
    first = next(stream, None)
    given: Filed | None = None
    supplied: Iterator[Supplied]
    if first is None or isinstance(first, Case):
        supplied = _supplied(stream if first is None else chain((first,), stream))
    else:
        given = Filed([_path(each) for each in chain((first,), stream)], loaded)
        supplied, jobs = given.cases(), min(jobs, given.chunks)
    if jobs > 1 and (given is None or len(named) < len(protocols)):
        message = "what is in memory cannot be shared among processes"
        hint = "give protocols by name or path and cases by path, or jobs=1"
        raise InvalidInput([Diagnostic("not-in-processes", message, hint=hint)])
    load = partial(load_protocols, *[os.fspath(each) for each in named]) if jobs > 1 else lambda: loaded
    with timed("caseload audited") as said:
        found = _summed(run(supplied, load, question, jobs=jobs), as_of, given)
        said(cases=found.totals.cases, not_used=len(found.not_used), processes=jobs)
    return found


def _loaded(protocols: Sequence[Protocol | str | os.PathLike[str]]) -> tuple[Protocol, ...]:
    """Those that are loaded, then those that are named."""
    if not protocols:
        message = "no protocol was given"
        raise InvalidInput([Diagnostic("no-protocol", message, hint="name one, or load it first")])
    names = [each for each in protocols if not isinstance(each, Protocol)]
    return (*(each for each in protocols if isinstance(each, Protocol)), *(load_protocols(*names) if names else ()))


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


@dataclass(frozen=True, slots=True)
class _Read:
    """A case that somebody has read already, by its place in the stream."""

    number: int
    of: Case

    @property
    def rows(self) -> int:
        return 1

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        return self.of

    def places(self) -> Iterator[tuple[str, int | None]]:
        yield f"case {self.number} of those given", None


def _supplied(cases: Iterable[Case | str | os.PathLike[str]]) -> Iterator[_Read]:
    for number, case in enumerate(cases, start=1):
        if not isinstance(case, Case):
            raise TypeError("cases, or paths of cases: not both")
        yield _Read(number, case)


def _path(given: Case | str | os.PathLike[str]) -> Path:
    if isinstance(given, Case):
        raise TypeError("cases, or paths of cases: not both")
    return Path(given)


class Filed:
    """Cases in files and tables, looked through: how many there are, and each as it comes. InvalidInput as `audit`.

    `asked`: they are exports of another system, and of which.
    """

    def __init__(self, paths: Sequence[Path], protocols: Sequence[Protocol], asked: Asked | None = None) -> None:
        self.files, tables = files_in(paths) if asked is None else ([], [])
        self.read = (*self.files, *tables) if asked is None else tuple(paths)
        words = words_of(protocols)
        self.caseloads: list[Caseload | Intake] = []
        self.shared_rows = 0  # that are used, and of no case
        problems: list[Diagnostic] = []
        if asked is not None:
            for path in paths:
                try:
                    self.caseloads.append(opened(path, asked, words))
                except InvalidInput as error:
                    problems += error.diagnostics
        for together in tables_in(tables):
            try:
                found = caseload_of(together, words, protocols[0].clock)
            except InvalidInput as error:
                problems += error.diagnostics
            else:
                self.caseloads.append(found)
                self.shared_rows += found.shared_rows
        if problems:
            raise InvalidInput(problems)
        self.number = number_in(self.files) + sum(map(len, self.caseloads))

    @property
    def columns(self) -> tuple[Rejection, ...]:
        """Columns of the tables that nobody reads."""
        return tuple(column for caseload in self.caseloads for column in caseload.columns)

    @property
    def chunks(self) -> int:
        """Into how many pieces the work can be cut: more processes than these would only wait."""
        return max(1, -(-self.number // CHUNK))

    def cases(self) -> Iterator[Supplied]:
        yield from cases_in(self.files)
        for caseload in self.caseloads:
            yield from caseload.children()

    def batches(self, load: Callable[[], Sequence[Protocol]], question: Question, jobs: int) -> Iterator[Batch]:
        """The audit under way."""
        return run(self.cases(), load, question, jobs=jobs)
