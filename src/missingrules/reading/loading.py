"""Protocols by name or path, every edition, all mistakes in all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.logs import timed
from missingrules.reading.catalogue import NOT_TOLD_APART, available, editions
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    import os
    from datetime import date

    from missingrules.domain.protocol import Protocol


def load_protocols(*names_or_paths: str | os.PathLike[str]) -> tuple[Protocol, ...]:
    """Protocols by name or by path, in the order given; of a name each edition, the oldest first. None given: all at
    hand.

    A name is looked for in `MISSINGRULES_PROTOCOLS`, in packages that bring protocols, and among those built in; what
    ends with `.yaml` or has a folder in it is a path. A protocol is frozen, and may be kept and asked from many
    threads.

    Raises `InvalidInput` with every mistake of all of them: `unknown-protocol`, `protocol-not-found`, `two-protocols`,
    `file-unreadable`, and what a protocol's text can have wrong (docs/codes.md, Protocols).
    Source: docs/protocol-format.md, and the papers that each protocol names.
    """
    found: dict[tuple[str, date | None], Protocol] = {}
    problems: list[Diagnostic] = []
    with timed("protocols read") as said:
        for name in names_or_paths or every_name():
            try:
                read = [read_protocol(path) for path in editions(name)]
            except InvalidInput as error:
                problems += error.diagnostics
                continue
            for one in read:
                if found.setdefault((one.name, one.edition.in_force[0]), one) is not one:
                    message = f"two of the protocols are named '{one.name}'"
                    problems.append(Diagnostic("two-protocols", message, hint=NOT_TOLD_APART))
        said(protocols=len(found), mistakes=len(problems))
    if problems:
        raise InvalidInput(problems)
    return tuple(found.values())


def every_name() -> tuple[str, ...]:
    """The names of all protocols at hand, each once. InvalidInput as `available`."""
    return tuple(dict.fromkeys(one.name for one in available()))
