"""Which changes of a protocol's rules no scenario notices, and why that is so: a file that officers keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from missingrules.domain.coverage import Known
from missingrules.reading.ledgers import wrong_format
from missingrules.reading.nodes import read_file
from missingrules.reading.report import Report
from missingrules.reading.shapes import Closed, Word, Words
from missingrules.reading.validate import check

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "1"


class ReasonForm(Closed):
    why: Word = Field(description="Why no scenario notices them")
    rules: dict[Word, Words] = Field(min_length=1, description="By rule, the changes as --mutants prints them")


class UnnoticedFile(Closed):
    format: Word = Field(description="The version of this format: 1")
    protocol: Word = Field(description="The name of the protocol")
    unnoticed: list[ReasonForm] = Field(description="Reasons, each with the changes it is about")


def read_unnoticed(path: Path) -> tuple[str, tuple[Known, ...]]:
    """The protocol's name, and each change with its reason, in the order of the file.

    Raises `InvalidInput` with every mistake at its line and column, also where the file cannot be read.
    """
    report = Report()
    node = read_file(path, shared=True)
    form = None
    if not wrong_format(node, FORMAT, "file of reasons", report):
        form = check(UnnoticedFile, node, report)
    report.raise_any()
    assert form is not None
    known: dict[tuple[str, str], Known] = {}
    for reason in form.unnoticed:
        for rule, changes in reason.rules.items():
            for change in changes:
                text = " ".join(change.split())
                one = Known(str(rule), text, " ".join(reason.why.split()), change.span)
                first = known.setdefault((one.rule, text), one)
                if first is not one:
                    message = f"this change of {rule} has its reason on line {first.span.line}"
                    report.error("reason-twice", message, change.span, "leave one of the two out")
    report.raise_any()
    return str(form.protocol), tuple(known.values())
