"""What several commands are told in the same words: protocols, whose names a shell completes, cases and the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def names_begun(incomplete: str) -> list[str]:
    """The names of the protocols at hand that begin so; none, where the catalogue itself has a mistake."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.loading import every_name

    try:
        return [name for name in every_name() if name.startswith(incomplete)]
    except InvalidInput:
        # Somebody is typing: whatever they ask for then tells it.
        return []


_SEVERAL = "A protocol, by name or file; may be given several times."
_WHOSE = f"{_SEVERAL} Left out: those that are for this child, by who is responsible for it and where it lives."

Protocols = Annotated[
    list[str],
    typer.Option("--protocol", metavar="NAME|PATH", help=_SEVERAL, show_default=False, autocompletion=names_begun),
]
WhoseProtocols = Annotated[
    list[str] | None,
    typer.Option("--protocol", metavar="NAME|PATH", help=_WHOSE, show_default=False, autocompletion=names_begun),
]
Cases = Annotated[
    list[Path],
    typer.Argument(
        metavar="CASES...",
        help="Case files (YAML, JSON, JSON lines), tables (CSV, Parquet, .xlsx), or folders of them.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="INSTANT",
        help="The instant asked about, as 2025-03-31T12:00:00+01:00. Left out: now, by this computer's clock.",
        show_default=False,
    ),
]
Horizon = Annotated[int, typer.Option(metavar="DAYS", help="How far ahead to look.", min=0, max=3660)]
Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="ID=OPTION",
        help="How to read an unclear paragraph; may be given several times.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(metavar="N", help="How many processes; left out: one a core.", min=1, show_default=False),
]
Organisation = Annotated[
    bool, typer.Option("--organisation", help="Also what the calendar asks of the organisation itself.")
]
