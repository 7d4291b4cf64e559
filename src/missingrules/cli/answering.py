"""How `evaluate` gives its answer: in which format and in what shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from missingrules.cli import common
from missingrules.reports.by import By

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from missingrules.cli.target import Target
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
    def is_narrowed(self) -> bool:
        """Whether it is anything but the whole answer as it is."""
        return bool(self.roles or self.modalities or self.full or self.by is not By.PHASE)

    @property
    def asked(self) -> str:
        """What narrows the answer, as it was asked for."""
        return " ".join([f"--for {r}" for r in self.roles] + [f"--modality {m.value}" for m in self.modalities])


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
            from missingrules.reports.tables import duties

            return target.commas(duties(answer))
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
