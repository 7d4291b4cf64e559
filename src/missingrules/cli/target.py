"""Where a command writes: a file, whole or not at all, or standard output. One way for all commands."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from missingrules.cli import common

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO, TextIO

    from rich.console import RenderableType

    from missingrules.formats.tables import Table

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to write it; left out: shown.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --output if it is there.")]
# Not for the eye: a terminal shows signs without sense, or takes them for commands.
_FOR_FILES: Final = ("xlsx", "ics")

Choice = TypeVar("Choice", bound=StrEnum)


def format_of(output: Path | None, otherwise: Choice) -> Choice:
    """The format that the ending of a file's name asks for, if it is one of these."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    formats = type(otherwise)
    return formats(ending) if ending in list(formats) else otherwise


@dataclass(frozen=True, slots=True)
class Target:
    """Where what a command makes goes: a file, or standard output."""

    path: Path | None
    force: bool

    def refuse_unfit(self, format: str, read: Iterable[Path]) -> None:
        """InvalidInput where the file cannot or must not be written, or a terminal would get what is not for it."""
        from missingrules.domain.diagnostics import Diagnostic, InvalidInput
        from missingrules.formats.whole import refuse_unsafe

        if self.path is not None:
            refuse_unsafe(self.path, read, force=self.force)
        elif self.force:
            message = "--force says something only with --output"
            raise InvalidInput([Diagnostic("option-alone", message, hint="add --output FILE, or leave it out")])
        elif format in _FOR_FILES and self.is_terminal:
            message = f"{format} is for other programs, and not to be shown on a terminal"
            hint = f"add --output FILE.{format}, or hand it on with | or >"
            raise InvalidInput([Diagnostic("output-wanted", message, hint=hint)])

    @property
    def is_terminal(self) -> bool:
        return self.path is None and sys.stdout.isatty()

    def commas(self, table: Table) -> str | bytes:
        """The table as CSV: with the mark by which Excel knows UTF-8, but on a terminal, where it would be a sign."""
        from missingrules.formats.commas import comma_bytes, comma_text

        return comma_text(table) if self.is_terminal else comma_bytes(table)

    def write(self, made: str | bytes | RenderableType) -> None:
        """Text, bytes or a report; only the last looks otherwise on a terminal than in a file."""
        if self.path is not None:
            with self.opened() as file:
                file.write(_bytes(made))
            self.written()
        elif isinstance(made, str | bytes):
            common.write(made)
        else:
            common.show(made)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """To be written piece by piece. What cannot be written ends the command, with the reason."""
        from missingrules.domain.diagnostics import InvalidInput
        from missingrules.formats.whole import whole

        if self.path is None:
            with _heard():
                yield sys.stdout.buffer
            return
        try:
            with whole(self.path, force=self.force) as file:
                yield file
        except InvalidInput as error:
            common.refuse(error.diagnostics)

    @contextmanager
    def texts(self) -> Iterator[TextIO]:
        """The same for text, in UTF-8 but on a terminal, with its line ends as they are."""
        if self.is_terminal:
            with _heard():
                yield sys.stdout
            return
        with self.opened() as file:
            text = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
            try:
                yield text
                text.flush()
            finally:
                # It would close the file with it.
                text.detach()

    def tell(self, text: str) -> None:
        """Says what is no part of what was made."""
        typer.echo(text, err=self.path is None)

    def written(self, more: str = "") -> None:
        """Says that the file is there, to whoever wants to hear it."""
        common.say(f"{self.path} was written{more}")


def _bytes(made: str | bytes | RenderableType) -> bytes:
    from missingrules.reports.text import as_text

    if isinstance(made, bytes):
        return made
    return (made if isinstance(made, str) else as_text(made)).encode("utf-8", "replace")


@contextmanager
def _heard() -> Iterator[None]:
    """Writing to standard output for as long as somebody reads it."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still to be flushed at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
