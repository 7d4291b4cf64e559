"""`missingrules replay`: an answer that was given once, worked out again."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import Annotated

import typer

from missingrules.cli import common
from missingrules.cli.everyday import as_json


def replay(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="What evaluate --format json wrote.")],
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The case as it stood then.")],
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
    """Whether the same question still gives the same answer; or every reason why that cannot be told. 0: the same."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.interface.leaves import read_instant
    from missingrules.live.replay import replay as run
    from missingrules.reading.cases import read_case
    from missingrules.reading.results import read_result

    try:
        written = read_result(result)
        asked = written.receipt.protocols if written.receipt else []
        at_hand = common.every_name()
        protocols = common.protocols(protocol or dict.fromkeys(one.name for one in asked if one.name in at_hand))
        read = read_case(case, protocols, read_instant(written.as_of))
        run(written, read, protocols)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    if as_json():
        common.write_json({"same": True, "duties": len(written.actions), "as_of": written.as_of})
    else:
        common.say(f"The same answer: {len(written.actions)} duties as of {written.as_of}.")
