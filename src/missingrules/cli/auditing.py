"""`missingrules audit`: which duties of many children were met in time, late or not at all, or cannot be decided."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.domain.audit import By  # noqa: TC001 - typer reads it when the command is made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import Progress

    from missingrules.audit.run import Batch, Question, Supplied
    from missingrules.cli.audit_outputs import Work
    from missingrules.domain.audit import Rejection
    from missingrules.domain.protocol import Protocol
    from missingrules.tables.caseload import Caseload


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    MD = "md"
    HTML = "html"


def audit(
    cases: Annotated[
        list[Path],
        typer.Argument(
            metavar="CASES...",
            help="Case files (YAML, JSON, JSON lines), tables (CSV, .xlsx), or folders of them.",
            show_default=False,
        ),
    ],
    protocol: Annotated[
        list[str],
        typer.Option(
            "--protocol",
            metavar="NAME|PATH",
            help="A protocol, by name or file; may be given several times.",
            show_default=False,
        ),
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="INSTANT",
            help="The instant asked about, as 2025-03-31T12:00:00+01:00. Left out: now, by this computer's clock.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option(help="How to write it; csv and xlsx have a row for each duty.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it; left out: shown.", show_default=False),
    ] = None,
    by: Annotated[
        list[By] | None, typer.Option("--by", help="Totals by this, all of them; may be given several times.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Each duty too; csv and xlsx always have them.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", help="How many processes; left out: one a core.", min=1, show_default=False),
    ] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading",
            metavar="ID=OPTION",
            help="How to read an unclear paragraph; may be given several times.",
            show_default=False,
        ),
    ] = None,
    organisation: Annotated[
        bool, typer.Option("--organisation", help="Also what the calendar asks of the organisation itself.")
    ] = False,
) -> None:
    """Which duties of many children were met in time, met late, missed, or cannot be decided; with totals."""
    from missingrules.audit.run import Question
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    now = common.instant(as_of)
    try:
        if format is Format.XLSX and output is None:
            hint = "write --output FILE.xlsx"
            raise InvalidInput([Diagnostic("output-wanted", "a workbook cannot be shown on a terminal", hint=hint)])
        if format is Format.HTML:
            from missingrules.pages.page import refuse_unready

            refuse_unready()
        protocols = common.protocols(protocol)
        chosen = common.readings(reading or [], protocols)
        given = _Given(cases, output, protocols)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    _refuse_unwritable(output)
    whole = rows or format in (Format.CSV, Format.XLSX)
    question = Question(as_of=now, readings=chosen, organisation=organisation, rows=whole)
    with _progress() as bar:
        tell = _teller(bar)
        for column in given.columns:
            tell(column)
        work = _work(given, protocol, protocols, question, jobs, bar, tell, tuple(by or ()), rows=whole)
        _written(work, format, output)
    if output is not None:
        from missingrules.cli.audit_outputs import intake

        common.write(f"{output} was written: {intake(work)}\n")
    if not work.tally.cases:
        typer.echo("nothing could be used: no case was audited", err=True)
        raise typer.Exit(common.BAD_INPUT)
    if work.rows_reported:
        raise typer.Exit(common.FOUND)


class _Given:
    """What is to be audited, looked through: how many cases there are, and each as it comes."""

    def __init__(self, paths: Sequence[Path], output: Path | None, protocols: Sequence[Protocol]) -> None:
        from missingrules.domain.diagnostics import Diagnostic, InvalidInput
        from missingrules.interface.words import words_of
        from missingrules.reading.caseloads import files_in, number_in
        from missingrules.tables.caseload import caseload_of, tables_in

        self.files, tables = files_in(paths)
        if output is not None and output.resolve() in {file.resolve() for file in (*self.files, *tables)}:
            message = f"{output} is one of the files to be audited"
            raise InvalidInput([Diagnostic("file-there", message, hint="write to another file")])
        words = words_of(protocols)
        self.caseloads: list[Caseload] = []
        problems: list[Diagnostic] = []
        for together in tables_in(tables):
            try:
                self.caseloads.append(caseload_of(together, words))
            except InvalidInput as error:
                problems += error.diagnostics
        if problems:
            raise InvalidInput(problems)
        self.number = number_in(self.files) + sum(map(len, self.caseloads))

    @property
    def columns(self) -> tuple[Rejection, ...]:
        return tuple(column for caseload in self.caseloads for column in caseload.columns)

    def cases(self) -> Iterator[Supplied]:
        from missingrules.reading.caseloads import cases_in

        yield from cases_in(self.files)
        for caseload in self.caseloads:
            yield from caseload.children()


def _work(
    given: _Given,
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
    from missingrules.audit.run import CHUNK, audit
    from missingrules.cli.audit_outputs import Work

    # More processes than there are chunks would only wait.
    most = min(jobs or os.cpu_count() or 1, -(-given.number // CHUNK))
    load = partial(common.protocols, tuple(names)) if most > 1 else lambda: protocols
    batches = _counted(audit(given.cases(), load, question, jobs=most), given.number, bar)
    return Work(batches, protocols, question.as_of, by, rows, tell, given.columns)


def _counted(batches: Iterator[Batch], number: int, bar: Progress | None) -> Iterator[Batch]:
    task = bar.add_task("cases", total=number) if bar else None
    for batch in batches:
        yield batch
        if bar and task is not None:
            bar.advance(task, batch.given)


def _written(work: Work, format: Format, output: Path | None) -> None:
    """What was asked for; a file that could not be finished is not left behind."""
    from missingrules.cli import audit_outputs
    from missingrules.domain.diagnostics import Diagnostic, unwritable

    try:
        match format:
            case Format.TEXT:
                audit_outputs.text(work, output)
            case Format.JSON:
                audit_outputs.json(work, output)
            case Format.CSV:
                audit_outputs.csv(work, output)
            case Format.MD:
                audit_outputs.markdown(work, output)
            case Format.HTML:
                audit_outputs.html(work, output)
            case Format.XLSX:
                assert output is not None
                audit_outputs.xlsx(work, output)
    except BrokenPipeError:
        # Nobody reads on; what is still to be flushed at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except RuntimeError as error:
        _remove(output)
        common.refuse([Diagnostic("process-ended", str(error), hint="write --jobs 1")])
    except OSError as error:
        if output is None:
            raise
        _remove(output)
        common.refuse([unwritable(output, error, "name a file in a folder that you may write to")])
    except BaseException:
        _remove(output)
        raise


def _refuse_unwritable(output: Path | None) -> None:
    """Before anything is asked; from then on an unfinished file is this command's own, and may be removed."""
    from missingrules.domain.diagnostics import unwritable

    try:
        if output is not None:
            output.open("wb").close()
    except OSError as error:
        common.refuse([unwritable(output, error, "name a file in a folder that you may write to")])


def _remove(output: Path | None) -> None:
    if output is not None and output.is_file():
        output.unlink()


def _teller(bar: Progress | None) -> Callable[[Rejection], None]:
    """Names what cannot be used, above the bar where there is one."""
    if bar is None:
        return lambda rejection: print(rejection.render(), file=sys.stderr)
    return lambda rejection: bar.console.print(rejection.render(), markup=False, highlight=False, soft_wrap=True)


def _progress() -> Progress | nullcontext[None]:
    """A bar on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
