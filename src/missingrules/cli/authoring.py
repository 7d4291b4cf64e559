"""`missingrules schema` and `missingrules fmt`: what helps in writing a file."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common

if TYPE_CHECKING:
    from missingrules.authoring.words import Schema


class Of(StrEnum):
    PROTOCOL = "protocol"
    LEDGER = "ledger"
    SCENARIOS = "scenarios"
    CASE = "case"
    RESULT = "result"
    COMBINATION = "combination"


def schema(
    protocol: Annotated[
        Path | None,
        typer.Argument(
            metavar="PROTOCOL",
            help="A protocol file, finished or not: its own names are then known too.",
            show_default=False,
        ),
    ] = None,
    of: Annotated[Of, typer.Option("--of", help="What kind of file it is for.")] = Of.PROTOCOL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write it; left out: shown.", show_default=False),
    ] = None,
) -> None:
    """Writes the JSON Schema by which an editor completes words, explains them and underlines mistakes."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    try:
        made = _made(of, protocol)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if output is None:
        common.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"{output} could not be written: {(error.strerror or 'no reason given').lower()}"
        common.refuse([Diagnostic("file-unwritable", message, hint="name a file in a folder that you may write to")])


def _made(of: Of, protocol: Path | None) -> Schema:
    from missingrules.authoring.names import names_of
    from missingrules.authoring.schema import schema_of
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    if protocol is not None and of not in (Of.PROTOCOL, Of.SCENARIOS):
        message = f"a {of} is the same for every protocol"
        raise InvalidInput([Diagnostic("same-for-all", message, hint=f"leave {protocol} out")])
    return schema_of(of.value, names_of(protocol) if protocol is not None else None)
