"""The formats of `missingrules audit`. Each takes the findings as they come, so that no format holds all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from missingrules.audits.totals import Tally
from missingrules.cli import common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.audits.run import Batch
    from missingrules.cli.target import Target
    from missingrules.domain.audit import Breach, By, Finding, Rejection, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.formats.tables import Table

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
    breaches: list[Breach] = field(default_factory=list)
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
            self.breaches += batch.breaches
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


def text(work: Work, target: Target) -> None:
    if target.path is None:
        common.show(_report(work))
        return
    from missingrules.reports.text import as_text as plainly

    # Opened first: what cannot be written is told before the work.
    with target.texts() as file:
        file.write(plainly(_report(work)))


def _report(work: Work) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from missingrules.reports.audit import audit_report, rows_report

    kept, more = work.shown()
    report = audit_report(work.totals(), work.protocols, work.clock, work.as_of, work.by)
    whole = Group(report, rows_report(kept, more, work.breaches)) if work.rows else report
    return Group(whole, Text(f"\n{intake(work)}"))


def markdown(work: Work, target: Target) -> None:
    from missingrules.reports.audit_markdown import audit_markdown

    with target.texts() as file:
        kept, more = work.shown()
        totals, breaches = work.totals(), work.breaches
        made = audit_markdown(totals, work.protocols, work.clock, work.as_of, work.by, kept, more, breaches)
        file.write(f"{made}\n{intake(work)}\n")


def html(work: Work, target: Target) -> None:
    from missingrules.pages.audit import Intake, audit_page

    with target.texts() as file:
        kept, more = work.shown(keep_rejections=True)
        read = Intake(work.rows_used, work.rows_reported, work.rejections, work.columns)
        rows = (kept, more, work.breaches) if work.rows else ()
        file.write(audit_page(work.totals(), work.protocols, work.clock, work.as_of, work.by, read, *rows))


def json(work: Work, target: Target) -> None:
    """The rows come first, one a line, since they are written as they are found."""
    from missingrules.reports.audit_data import (
        breach_data,
        head_data,
        rejection_data,
        row_data,
        to_text,
        totals_data,
    )

    with target.texts() as file:
        head = to_text(head_data(work.protocols, work.clock, work.as_of))
        file.write(head.removesuffix("\n}") + ',\n "rows": ' + ("[" if work.rows else "null"))
        separator = "\n"
        for one in work.findings(keep_rejections=True):
            file.write(f"{separator}  {to_text(row_data(one), None)}")
            separator = ",\n"
        intake = {"rows_read": work.rows_used + work.rows_reported, "rows_used": work.rows_used}
        data = {
            "breaches": [breach_data(one) for one in work.breaches] if work.rows else None,
            "totals": totals_data(work.totals(), work.protocols),
            "input": {**intake, "rows_not_used": work.rows_reported},
            "columns_not_read": [rejection_data(one) for one in work.columns],
            "not_used": [rejection_data(one) for one in work.rejections],
        }
        file.write(("\n ],\n" if work.rows else ",\n") + to_text(data).removeprefix("{\n") + "\n")


def csv(work: Work, target: Target) -> None:
    from missingrules.formats.commas import MARK, write_commas
    from missingrules.reports.audit_rows import duties_table

    with target.texts() as file:
        # On a terminal the mark would be a sign of its own.
        file.write("" if target.is_terminal else MARK)
        write_commas(duties_table(work.findings()), file)
    broken = work.totals().all_broken
    if broken.breached or broken.not_decidable:
        told = f"{common.counted(broken.breached, 'breach', 'breaches')} of prohibitions"
        told += f" and {broken.not_decidable} that cannot be decided" if broken.not_decidable else ""
        typer.echo(f"not among these rows, which are duties: {told}; --format xlsx or json has them", err=True)


def xlsx(work: Work, target: Target) -> None:
    from missingrules.formats.workbook import write_workbook

    with target.opened() as file:
        write_workbook(_sheets(work), work.clock.local(work.as_of), file)


def _sheets(work: Work) -> Iterator[Table]:
    """The duties as they are found, and then what they come to."""
    from missingrules.reports.audit_data import rejections_table, totals_tables
    from missingrules.reports.audit_rows import breaches_table, duties_table

    yield duties_table(work.findings(keep_rejections=True))
    yield breaches_table(work.breaches)
    yield from totals_tables(work.totals(), work.protocols)
    yield rejections_table([*work.columns, *work.rejections])


def intake(work: Work) -> str:
    """Rows in are rows used and rows reported."""
    whole = work.rows_used + work.rows_reported
    read = f"{common.counted(whole, 'row or file', 'rows and files')} read, {work.rows_used} used"
    return f"{read}, {work.rows_reported} not used" + (": named above" if work.rows_reported else "")
