"""`missingrules changes`, and `evaluate --since`: what differs from a result that was kept."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import answering, common
from missingrules.cli.target import Force, Output, Target, format_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from missingrules.domain.answers import Answer
    from missingrules.domain.changes import Changes, Standings
    from missingrules.domain.diagnostics import Diagnostic


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def changes(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="The earlier result, a JSON file.", show_default=False)
    ],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The later result.", show_default=False)],
    format: Annotated[
        Format | None,
        typer.Option(help="What to write; left out: what the ending of --output says, or text.", show_default=False),
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """What the later of two results about one case has otherwise, duty by duty, and what made it so."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.live.compare import changes as compared

    target = Target(output, force=force)
    problems: list[Diagnostic] = []
    try:
        target.refuse_unfit(answering.Format.TEXT, [before, after])
    except InvalidInput as error:
        problems += error.diagnostics
    one, other = (_read(path, problems) for path in (before, after))
    if one and other and one.case != other.case:
        message = f"{before} is of case {one.case}, {after} of {other.case}"
        problems.append(Diagnostic("two-cases", message, hint="give two results about one child"))
    common.refuse_any(problems)
    assert one is not None
    assert other is not None
    target.write(_made(compared(one, other), format or format_of(output, Format.TEXT), target))


def _read(path: Path, problems: list[Diagnostic]) -> Standings | None:
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.results import read_standings

    try:
        return read_standings(path)
    except InvalidInput as error:
        problems += error.diagnostics
        return None


def earlier(path: Path, case: str) -> Standings:
    """The result that `--since` names; InvalidInput where it cannot be used for this case."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.reading.results import read_standings

    found = read_standings(path)
    if found.case != case:
        message = f"--since: {path} is of case {found.case}, and this is {case}"
        raise InvalidInput([Diagnostic("two-cases", message, hint="give a result about this child")])
    return found


def refuse_unfit(format: answering.Format, *, every_reading: bool, narrowed: bool) -> None:
    """InvalidInput where what changed cannot be told so."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    if format.value not in list(Format):
        message = f"--since: what changed cannot be written as {format.value}"
        raise InvalidInput([Diagnostic("text-alone", message, hint="ask for text, json or csv")])
    if every_reading or narrowed:
        message = "--since compares whole answers"
        hint = "leave out --every-reading, --for, --modality, --full and --group"
        raise InvalidInput([Diagnostic("whole-answers", message, hint=hint)])


def since(before: Standings, answer: Answer, format: answering.Format, target: Target) -> None:
    """Writes what the answer has otherwise than an earlier result."""
    from missingrules.live.compare import changes as compared

    target.write(_made(compared(before, answer), Format(format.value), target))


def _made(found: Changes, format: Format, target: Target) -> str | bytes | RenderableType:
    match format:
        case Format.JSON:
            from missingrules.interface.changes import changes_to_json

            return changes_to_json(found)
        case Format.CSV:
            from missingrules.reports.changes import changes_table

            return target.commas(changes_table(found))
        case Format.TEXT:
            from missingrules.reports.changes import changes_report

            return changes_report(found)
