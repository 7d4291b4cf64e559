"""`missingrules batch`: what is to be done for all children of an authority, as tables in a folder."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common, exports
from missingrules.cli.everyday import BAD_INPUT, as_json
from missingrules.cli.naming import (  # noqa: TC001 - typer reads them when the command is made
    AsOf,
    Cases,
    Jobs,
    Organisation,
    Protocols,
    Readings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from rich.progress import Progress

    from missingrules.batches.run import Finished
    from missingrules.calls.batching import Batching
    from missingrules.domain.audit import Rejection


class Format(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"


def batch(
    cases: Cases,
    protocol: Protocols,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="A new folder for the tables, or that of a run that was stopped, which then goes on.",
            show_default=False,
        ),
    ],
    as_of: AsOf = None,
    format: Annotated[Format, typer.Option(help="Of the tables; xlsx is one workbook.")] = Format.PARQUET,
    force: Annotated[bool, typer.Option("--force", help="Replace the batch that is in the folder.")] = False,
    partition: Annotated[
        int | None,
        typer.Option(
            metavar="CHILDREN",
            help="So many at once in each process; left out: up to 4000.",
            min=1,
            show_default=False,
        ),
    ] = None,
    jobs: Jobs = None,
    horizon: Annotated[int, typer.Option(metavar="DAYS", help="How far ahead to look.", min=0, max=3660)] = 90,
    reading: Readings = None,
    organisation: Organisation = False,
    questions: Annotated[
        bool, typer.Option("--questions", help="Also what is not known and something hangs on.")
    ] = False,
    rests: Annotated[
        bool, typer.Option("--readings", help="Also which readings of unclear paragraphs each obligation rests on.")
    ] = False,
    kind: exports.From = None,
    year: exports.Year = None,
    history_from: exports.HistoryFrom = None,
    complete_to: exports.CompleteTo = None,
    found_is_return: exports.FoundIsReturn = False,
    encoding: exports.EncodedAs = None,
) -> None:
    """What the protocols ask for in each of many cases: a row for every obligation, in tables; goes on if stopped."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    now = common.instant(as_of)
    try:
        from missingrules.batches.tables import Question
        from missingrules.calls.batching import Wanted, batching
        from missingrules.calls.caseloads import Filed

        protocols = common.protocols(protocol)
        chosen = common.readings(reading or [], protocols)
        asked = exports.asked(kind, year, history_from, complete_to, encoding, found_is_return=found_is_return)
        given = Filed(cases, protocols, asked, quick=True)
        without = frozenset(name for name, on in (("questions", questions), ("readings", rests)) if not on)
        question = Question(now, chosen, organisation, horizon, without)
        most = jobs or os.cpu_count() or 1
        wanted = Wanted(output, format.value, partition, most, force, asked)
        load = partial(common.protocols, tuple(protocol)) if most > 1 else lambda: protocols
        with batching(given, cases, protocols, question, wanted) as work:
            with common.progress(rated=True) as bar:
                tell = common.teller(bar)
                for column in given.columns:
                    tell(column)
                _run(work, work.parts(load), bar, tell)
            made = work.whole()
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    except OSError as error:
        message = f"{error.filename} could not be read: {(error.strerror or 'no reason given').lower()}"
        common.refuse([Diagnostic("file-unreadable", message, hint="leave the files in their place till the end")])
    except RuntimeError as error:
        common.refuse([Diagnostic("process-ended", str(error), hint="write --jobs 1; what is finished is kept")])
    _report(made, output)


def _run(work: Batching, parts: Iterator[Finished], bar: Progress | None, tell: Callable[[Rejection], None]) -> None:
    task = bar.add_task("children", total=work.given.number, completed=work.begun, begun=work.begun) if bar else None
    for part in parts:
        for each in part.not_used:
            tell(each)
        if bar and task is not None:
            bar.advance(task, part.children)


def _report(made: Mapping[str, Any], output: Path) -> None:
    totals = made["totals"]
    if as_json():
        common.write_json(made)
    else:
        rows = totals["rows"]["obligations"]
        told = common.counted(totals["cases"], "case")
        common.say(f"{output} was written: {common.counted(rows, 'obligation')} of {told}")
        read = common.counted(totals["rows_read"], "row or file", "rows and files")
        named = f": named in {output / 'rejected.csv'}" if totals["rows_not_used"] else ""
        common.say(f"{read} read, {totals['rows_used']} used, {totals['rows_not_used']} not used{named}")
    if not totals["cases"]:
        print("nothing could be used: no case was answered", file=sys.stderr)
        raise typer.Exit(BAD_INPUT)
    if totals["rows_not_used"]:
        raise typer.Exit(common.FOUND)
