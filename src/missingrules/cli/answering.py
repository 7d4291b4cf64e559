"""How `evaluate` gives its answer: in which format, in what shape, and where to."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import typer

from missingrules.cli import common
from missingrules.reports.by import By

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from missingrules.domain.answers import Answer
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Modality

WHOLE: Final = "leave them out: {} always has the whole answer"


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"
    MD = "md"
    ICS = "ics"


def format_of(output: Path | None) -> Format:
    """The format that the ending of a file's name asks for, if it does; otherwise text."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return Format(ending) if ending in list(Format) else Format.TEXT


def refuse_nobodys(protocols: Sequence[Protocol], case: Case, as_of: Instant) -> None:
    """InvalidInput where no protocol at hand is, or was, for the child: with what each of them says or asks."""
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.engine.reach import applying, at_any_time
    from missingrules.reports.applies import applies_lines

    if any(at_any_time(protocol, case, as_of) for protocol in protocols):
        return
    said = "\n".join(f"      {line}" for line in applies_lines(applying(protocols, case, as_of)))
    hint = f"say of the child who is responsible and where it lives, or name one with --protocol\n{said}"
    raise InvalidInput([Diagnostic("whose-child", "no protocol at hand is known to be for this child", hint=hint)])


_TABLES: Final = (Format.CSV, Format.XLSX)
# Not for the eye: a terminal shows signs without sense, or takes them for commands.
_FOR_FILES: Final = (Format.XLSX, Format.ICS)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of an answer is given, and how."""

    roles: tuple[str, ...]
    modalities: tuple[Modality, ...]
    full: bool
    by: By
    name_case: bool

    def refuse_unfit(self, format: Format, *, every_reading: bool) -> None:
        """InvalidInput where the format, or all readings together, cannot have that shape."""
        from missingrules.domain.diagnostics import Diagnostic, InvalidInput

        narrowing = {"--for": bool(self.roles), "--modality": bool(self.modalities)}
        laying_out = {"--full": self.full, "--group": self.by is not By.PHASE}
        if given := _named(narrowing | laying_out):
            if format in (Format.JSON, Format.HTML):
                hint = WHOLE.format("JSON" if format is Format.JSON else "the page")
                raise InvalidInput([Diagnostic("whole-json", f"{given}: not for {format}", hint=hint)])
            if every_reading:
                message = f"--every-reading compares whole answers; {given}: for the text of one"
                raise InvalidInput([Diagnostic("whole-answers", message, hint="leave out one or the other")])
        if given and format in _TABLES:
            hint = "leave them out, and filter the rows where they are opened"
            raise InvalidInput([Diagnostic("whole-rows", f"{given}: {format} has every duty in a row", hint=hint)])
        kept = {"--group"} if format is Format.MD else set()
        if format is not Format.TEXT and (given := _named({k: v for k, v in laying_out.items() if k not in kept})):
            raise InvalidInput([Diagnostic("text-alone", f"{given}: not for {format}", hint="leave it out")])
        if self.name_case and format is not Format.ICS:
            message = "--name-case says something only with --format ics"
            raise InvalidInput([Diagnostic("option-alone", message, hint="every other format names the case")])
        if every_reading and format not in (Format.TEXT, Format.JSON):
            message = f"--every-reading cannot be written as {format}"
            raise InvalidInput([Diagnostic("whole-answers", message, hint="ask for text or json")])

    @property
    def asked(self) -> str:
        """What narrows the answer, as it was asked for."""
        return " ".join([f"--for {r}" for r in self.roles] + [f"--modality {m.value}" for m in self.modalities])


@dataclass(frozen=True, slots=True)
class Target:
    """Where an answer goes: a file, or standard output."""

    path: Path | None
    force: bool

    def refuse_unfit(self, format: Format, read: Sequence[Path]) -> None:
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

    def write(self, made: str | bytes | RenderableType) -> None:
        """Text, bytes or a report; only the last looks otherwise on a terminal than in a file."""
        if self.path is not None:
            self._into_file(self.path, made)
        elif isinstance(made, str | bytes):
            common.write(made)
        else:
            common.show(made)

    def tell(self, text: str) -> None:
        """Says what is no part of the answer."""
        typer.echo(text, err=self.path is None)

    def _into_file(self, path: Path, made: str | bytes | RenderableType) -> None:
        from missingrules.domain.diagnostics import InvalidInput
        from missingrules.formats.whole import refuse_unsafe, write_whole
        from missingrules.reports.text import as_text

        if not isinstance(made, str | bytes):
            made = as_text(made)
        try:
            # Somebody may have made the file while the answer was worked out.
            refuse_unsafe(path, (), force=self.force)
            write_whole(path, made if isinstance(made, bytes) else made.encode("utf-8", "replace"))
        except InvalidInput as error:
            common.refuse(error.diagnostics)
        self.tell(f"{path} was written")


def give(answer: Answer, format: Format, shape: Shape, target: Target) -> None:
    """Writes the answer, and says what is left out of it."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reports.narrowed import narrowed

    shown, hidden = narrowed(answer, shape.roles, [each.value for each in shape.modalities])
    left_out = f"Not shown: {common.counted(hidden, 'duty', 'duties')}, because of {shape.asked}" if hidden else ""
    try:
        made = _made(shown, format, shape, target, left_out)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    target.write(made)
    if format is Format.ICS:
        from missingrules.reports.dates import undated

        if without := undated(shown):
            target.tell(f"Not in the calendar: {common.counted(without, 'duty', 'duties')} without an instant")
        if left_out:
            target.tell(left_out)


def _made(answer: Answer, format: Format, shape: Shape, target: Target, left_out: str) -> str | bytes | RenderableType:
    match format:
        case Format.JSON:
            from missingrules.interface.rendering import to_json

            return to_json(answer)
        case Format.HTML:
            from missingrules.pages.case import case_page

            return case_page(answer)
        case Format.CSV:
            from missingrules.formats.commas import comma_bytes, comma_text
            from missingrules.reports.tables import duties

            # On a terminal the mark would be a sign of its own.
            return comma_text(duties(answer)) if target.is_terminal else comma_bytes(duties(answer))
        case Format.XLSX:
            from missingrules.formats.workbook import workbook_bytes
            from missingrules.reports.tables import tables_of

            return workbook_bytes(tables_of(answer), answer.clock.local(answer.as_of))
        case Format.MD:
            from missingrules.reports.page import page

            return page(answer, shape.by) + (f"\n{left_out}\n" if left_out else "")
        case Format.ICS:
            from missingrules.reports.dates import calendar

            return calendar(answer, name_case=shape.name_case)
        case Format.TEXT:
            from rich.console import Group
            from rich.text import Text

            from missingrules.reports.text import report

            told = report(answer, full=shape.full, by=shape.by)
            return Group(told, Text(f"\n{left_out}")) if left_out else told


def _named(options: Mapping[str, bool]) -> str:
    """Those that were given."""
    return " and ".join(name for name, given in options.items() if given)
