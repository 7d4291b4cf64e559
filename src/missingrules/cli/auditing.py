"""`missingrules audit`: which duties of many children were met in time, late or not at all, or cannot be decided."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common, exports
from missingrules.cli.everyday import BAD_INPUT
from missingrules.cli.naming import (  # noqa: TC001 - typer reads them when the command is made
    AsOf,
    Cases,
    Jobs,
    Organisation,
    Protocols,
    Readings,
)
from missingrules.cli.target import Force, Output, Target, format_of
from missingrules.domain.audit import By  # noqa: TC001 - typer reads it when the command is made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import Progress

    from missingrules.audits.run import Batch, Question
    from missingrules.calls.caseloads import Filed
    from missingrules.cli.audit_outputs import Work
    from missingrules.domain.audit import Rejection
    from missingrules.domain.protocol import Protocol


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    MD = "md"
    HTML = "html"


def audit(
    cases: Cases,
    protocol: Protocols,
    as_of: AsOf = None,
    format: Annotated[
        Format | None,
        typer.Option(
            help="What to write; left out: what the ending of --output says, or text. csv and xlsx have a row for each "
            "duty.",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    force: Force = False,
    by: Annotated[
        list[By] | None, typer.Option("--by", help="Totals by this, all of them; may be given several times.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Each duty too; csv and xlsx always have them.")] = False,
    jobs: Jobs = None,
    reading: Readings = None,
    organisation: Organisation = False,
    kind: exports.From = None,
    year: exports.Year = None,
    history_from: exports.HistoryFrom = None,
    complete_to: exports.CompleteTo = None,
    found_is_return: exports.FoundIsReturn = False,
    encoding: exports.EncodedAs = None,
) -> None:
    """Which duties of many children were met in time, met late, missed, or cannot be decided; with totals."""
    from missingrules.audits.run import Question
    from missingrules.calls.caseloads import Filed
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import editions

    now = common.instant(as_of)
    format = format or format_of(output, Format.TEXT)
    target = Target(output, force=force)
    try:
        if format is Format.HTML:
            from missingrules.pages.page import refuse_unready

            refuse_unready()
        protocols = common.protocols(protocol)
        chosen = common.readings(reading or [], protocols)
        asked = exports.asked(kind, year, history_from, complete_to, encoding, found_is_return=found_is_return)
        given = Filed(cases, protocols, asked)
        target.refuse_unfit(format, [*given.read, *(path for name in protocol for path in editions(name))])
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    whole = rows or format in (Format.CSV, Format.XLSX)
    question = Question(as_of=now, readings=chosen, organisation=organisation, rows=whole)
    with common.progress() as bar:
        tell = common.teller(bar)
        for column in given.columns:
            tell(column)
        work = _work(given, protocol, protocols, question, jobs, bar, tell, tuple(by or ()), rows=whole)
        _written(work, format, target)
    if output is not None:
        from missingrules.cli.audit_outputs import intake

        target.written(f": {intake(work)}")
    if not work.tally.cases:
        typer.echo("nothing could be used: no case was audited", err=True)
        raise typer.Exit(BAD_INPUT)
    if work.rows_reported:
        raise typer.Exit(common.FOUND)


def _work(
    given: Filed,
    names: Sequence[str],
    protocols: Sequence[Protocol],
    question: Question,
    jobs: int | None,
    bar: Progress | None,
    tell: Callable[[Rejection], None],
    by: tuple[By, ...],
    *,
    rows: bool,
) -> Work:
    from missingrules.audits.run import CHUNK, size_for
    from missingrules.audits.run import audit as run
    from missingrules.cli.audit_outputs import Work

    most = min(jobs or os.cpu_count() or 1, given.pieces(CHUNK))
    size = size_for(question, given.number, most)
    load = partial(common.protocols, tuple(names)) if most > 1 else lambda: protocols
    batches = _counted(run(given.cases(), load, question, jobs=most, size=size), given.number, bar)
    return Work(batches, protocols, question.as_of, by, rows, tell, given.columns, rows_used=given.shared_rows)


def _counted(batches: Iterator[Batch], number: int, bar: Progress | None) -> Iterator[Batch]:
    task = bar.add_task("cases", total=number) if bar else None
    for batch in batches:
        yield batch
        if bar and task is not None:
            bar.advance(task, len(batch.ids))


def _written(work: Work, format: Format, target: Target) -> None:
    """What was asked for; of a file that could not be finished nothing is left behind."""
    from missingrules.cli import audit_outputs
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    writers = {
        Format.TEXT: audit_outputs.text,
        Format.JSON: audit_outputs.json,
        Format.CSV: audit_outputs.csv,
        Format.MD: audit_outputs.markdown,
        Format.HTML: audit_outputs.html,
        Format.XLSX: audit_outputs.xlsx,
    }
    try:
        writers[format](work, target)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    except OSError as error:
        # What cannot be written is told by the target: this was to be read, and is there no more.
        message = f"{error.filename} could not be read: {(error.strerror or 'no reason given').lower()}"
        common.refuse([Diagnostic("file-unreadable", message, hint="leave the files in their place till the end")])
    except RuntimeError as error:
        common.refuse([Diagnostic("process-ended", str(error), hint="write --jobs 1")])
