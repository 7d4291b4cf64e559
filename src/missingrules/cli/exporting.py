"""`missingrules export`: a protocol's conclusions and guards for rule engines of others."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from missingrules.cli import common
from missingrules.cli.naming import names_begun
from missingrules.cli.target import Force, Output, Target

Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="ID=OPTION",
        help="How to read an unclear paragraph; may be given several times.",
        show_default=False,
    ),
]


class To(StrEnum):
    DURABLE = "durable"


def export(
    protocol: Annotated[
        str,
        typer.Argument(metavar="NAME|PATH", help="The protocol.", show_default=False, autocompletion=names_begun),
    ],
    to: Annotated[To, typer.Option(help="For which engine.", show_default=False)],
    reading: Readings = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Conclusions and guards as rule sets for another engine, as JSON. No answer of ours depends on them."""
    from missingrules.adapters.durable.document import document
    from missingrules.adapters.durable.rule_sets import rule_sets
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.catalogue import editions

    try:
        target = Target(output, force=force)
        target.refuse_unfit("json", editions(protocol) if output else [])
        read = common.protocols([protocol])[-1]  # of several editions the newest
        chosen = common.readings(reading or [], [read])
        made = document(read, rule_sets(read, chosen), chosen)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    target.write(made)
