"""`missingrules evidence`: what stands behind a row of a batch."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.protocol import Protocol


def evidence(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What batch --output wrote.", show_default=False)],
    case: Annotated[str, typer.Option(metavar="CASE", help="The child, as the tables call it.", show_default=False)],
    key: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="The row of obligations; left out: all of this child.", show_default=False),
    ] = None,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME|PATH",
            help="The protocols as they stood then; left out: those of these names that are at hand.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Why a row of a batch says what it says: the evaluator's whole answer for the child, from what was read then."""
    from missingrules.calls.evidence import evidence as run
    from missingrules.calls.evidence import of_one
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.interface.rendering import to_json
    from missingrules.reports.text import report

    def named(names: Sequence[str]) -> list[Protocol]:
        at_hand = common.every_name()
        return common.protocols(protocol or [name for name in names if name in at_hand])

    try:
        answer = run(folder, case, named)
        if key is not None:
            answer = of_one(answer, key)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if as_json():
        common.write(to_json(answer))
    else:
        common.show(report(answer, full=True))
