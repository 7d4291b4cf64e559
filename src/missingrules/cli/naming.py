"""Protocols as commands are told them, by name or path; a shell completes the names."""

from __future__ import annotations

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
