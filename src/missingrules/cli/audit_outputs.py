"""The formats of `missingrules audit`. Each takes the findings as they come, so that no format holds all of them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from missingrules.audit.totals import Tally
from missingrules.cli import common
from missingrules.reports.audit_rows import COLUMNS, as_text, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from missingrules.audit.run import Batch
    from missingrules.domain.audit import By, Finding, Rejection, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol

# Of so many rows text and Markdown can be read; beyond it nobody reads them.
MOST_SHOWN = 1000


@dataclass
class Work:
    """An audit under way: `findings` runs it, once, and what it comes to is known when that has ended."""

    batches: Iterator[Batch]
    protocols: Sequence[Protocol]
    as_of: Instant
    by: Sequence[By]
    rows: bool
    tell: Callable[[Rejection], None]
    columns: tuple[Rejection, ...] = ()
    tally: Tally = field(default_factory=Tally)
    rejections: list[Rejection] = field(default_factory=list)
    rows_used: int = 0
    rows_reported: int = 0

    @property
    def clock(self) -> Clock:
        return self.protocols[0].clock

    def findings(self, *, keep_rejections: bool = False) -> Iterator[Finding]:
        for batch in self.batches:
            self.tally.merge(batch.tally)
            self.rows_used += batch.rows_used
            self.rows_reported += batch.rows_reported
            for rejection in batch.rejections:
                self.tell(rejection)
            if keep_rejections:
                self.rejections += batch.rejections
            yield from batch.findings

    def shown(self, *, keep_rejections: bool = False) -> tuple[list[Finding], int]:
        """The first findings, and how many there are beside them."""
        kept: list[Finding] = []
        more = 0
        for one in self.findings(keep_rejections=keep_rejections):
            if len(kept) < MOST_SHOWN:
                kept.append(one)
            else:
                more += 1
        return kept, more

    def totals(self) -> Totals:
        return self.tally.totals()


def text(work: Work, output: Path | None) -> None:
    from rich.console import Group
    from rich.text import Text

    from missingrules.reports.audit import audit_report, rows_report
    from missingrules.reports.text import as_text as plainly

    kept, more = work.shown()
    report = audit_report(work.totals(), work.protocols, work.clock, work.as_of, work.by)
    whole = Group(report, rows_report(kept, more)) if work.rows else report
    told = Group(whole, Text(f"\n{intake(work)}"))
    if output is None:
        common.show(told)
    else:
        output.write_text(plainly(told), encoding="utf-8", newline="\n")


def markdown(work: Work, output: Path | None) -> None:
    from missingrules.reports.audit_markdown import audit_markdown

    kept, more = work.shown()
    text = audit_markdown(work.totals(), work.protocols, work.clock, work.as_of, work.by, kept, more)
    _write(f"{text}\n{intake(work)}\n", output)


def html(work: Work, output: Path | None) -> None:
    from missingrules.pages.audit import Intake, audit_page

    kept, more = work.shown(keep_rejections=True)
    read = Intake(work.rows_used, work.rows_reported, work.rejections, work.columns)
    rows = (kept, more) if work.rows else ((), 0)
    _write(audit_page(work.totals(), work.protocols, work.clock, work.as_of, work.by, read, *rows), output)


def json(work: Work, output: Path | None) -> None:
    """The rows come first, one a line, since they are written as they are found."""
    from missingrules.reports.audit_data import head_data, rejection_data, row_data, to_text, totals_data

    with _opened(output) as file:
        head = to_text(head_data(work.protocols, work.clock, work.as_of))
        file.write(head.removesuffix("\n}") + ',\n "rows": ' + ("[" if work.rows else "null"))
        separator = "\n"
        for one in work.findings(keep_rejections=True):
            file.write(f"{separator}  {to_text(row_data(one), None)}")
            separator = ",\n"
        intake = {"rows_read": work.rows_used + work.rows_reported, "rows_used": work.rows_used}
        data = {
            "totals": totals_data(work.totals(), work.protocols),
            "input": {**intake, "rows_not_used": work.rows_reported},
            "columns_not_read": [rejection_data(one) for one in work.columns],
            "not_used": [rejection_data(one) for one in work.rejections],
        }
        file.write(("\n ],\n" if work.rows else ",\n") + to_text(data).removeprefix("{\n") + "\n")


def csv(work: Work, output: Path | None) -> None:
    from missingrules.tables.commas import write_rows
    from missingrules.tables.guarded import guarded

    with _opened(output, mark=True) as file:
        write = write_rows(file, list(COLUMNS))
        write([guarded(as_text(value)) for value in row_of(one)] for one in work.findings())


def xlsx(work: Work, output: Path) -> None:
    from missingrules.reports.audit_data import rejection_rows, totals_sheets
    from missingrules.tables.sheets import Workbook

    book = Workbook(output)
    rows = (
        [value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row_of(one)]
        for one in work.findings(keep_rejections=True)
    )
    book.sheet("duties", list(COLUMNS), rows)
    for name, head, cells in totals_sheets(work.totals(), work.protocols):
        book.sheet(name, head, cells)
    book.sheet("not used", *rejection_rows([*work.columns, *work.rejections]))
    book.close()


def intake(work: Work) -> str:
    """Rows in are rows used and rows reported."""
    whole = work.rows_used + work.rows_reported
    read = f"{common.counted(whole, 'row or file', 'rows and files')} read, {work.rows_used} used"
    return f"{read}, {work.rows_reported} not used" + (": named above" if work.rows_reported else "")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        common.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


class _opened:  # noqa: N801 - used as a function is
    """The file, or standard output left open."""

    def __init__(self, output: Path | None, *, mark: bool = False) -> None:
        # Excel takes a CSV file for UTF-8 only by its byte order mark.
        encoding = "utf-8-sig" if mark else "utf-8"
        self._own = None if output is None else output.open("w", encoding=encoding, newline="" if mark else "\n")

    def __enter__(self) -> TextIO:
        return self._own or sys.stdout

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._own.close()
        else:
            sys.stdout.flush()
