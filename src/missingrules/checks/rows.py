"""Tables and rows: what no row is for, rows that hold at once, and rows that can never be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.checks.frame import Finding, unanswered
from missingrules.checks.where import start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.checks.frame import Subject
    from missingrules.checks.sites import Site
    from missingrules.domain.source import Span
    from missingrules.reading.nodes import Node


def gaps(subject: Subject) -> Iterator[Finding]:
    """A combination of the facts that rows test for which no row holds, though the rule can fire then."""
    for site in subject.sites:
        span = _span(site, subject)
        if site.gaps is None:
            yield unanswered("whether a row is missing, and whether each is reached", span)
        for gap in site.gaps or ():
            what = ", ".join(cell.said for cell in gap) or "this case"
            table = site.rows.table if site.rows else None
            whose = f"no row of the table '{table}'" if table else f"no row of '{site.key}'"
            needs = f", which the rule '{site.act}' can meet" if table else ""
            given = ", ".join(f"{name}: {value}" for name, value in site.rows.inputs.items()) if site.rows else ""
            message = f"{whose} is for {', '.join(each for each in (given, what) if each)}{needs}"
            hint = f"write a row for it; where the source gives nothing, with {site.key}: not_stated"
            yield Finding(message, span, hint)


def overlaps(subject: Subject) -> Iterator[Finding]:
    """Two rows of a table with `hit: unique` that can hold at once."""
    for site in subject.sites:
        for one, other, cells in site.overlaps or ():
            first, second = _row(site, one), _row(site, other)
            if site.rows and first and second:
                case = ", ".join(cell.said for cell in cells) or "every case"
                message = (
                    f"this row and the one in line {start_of(first).line} both hold for {case}, "
                    f"and the table '{site.rows.table}' has hit: unique"
                )
                hint = "test what tells the two apart, or write hit: first, by which the upper one counts"
                yield Finding(message, start_of(second), hint)


def masked(subject: Subject) -> Iterator[Finding]:
    """A row that can never be the first to hold, whichever rule asks."""
    reached: dict[int, bool] = {}
    possible: dict[int, bool] = {}
    rows: dict[int, tuple[Node, Site]] = {}
    for site in subject.sites:
        for number, is_reached in enumerate(site.reached or ()):
            row = _row(site, number)
            if row is not None:
                rows.setdefault(id(row), (row, site))
                reached[id(row)] = reached.get(id(row), False) or is_reached
                possible[id(row)] = possible.get(id(row), False) or site.possible[number]
    for key, (row, site) in rows.items():
        if not reached[key]:
            fires = "a rule that uses this table fires" if site.rows and site.rows.table else "the rule fires"
            why = "whenever it holds, one above it does too" if possible[key] else f"it cannot hold when {fires}"
            hint = "put it above the row that takes its cases, correct what it tests, or take it out"
            message = f"this row can never be reached: {why}"
            yield Finding(message, start_of(row), hint)


def _row(site: Site, number: int) -> Node | None:
    """The row in the file; None where the rows are not written one by one, as in complementary cases."""
    if site.rows and site.reached and len(site.rows.items) == len(site.reached):
        return site.rows.items[number]
    return None


def _span(site: Site, subject: Subject) -> Span:
    if site.rows and site.rows.table:
        entry = subject.where.entry("tables", site.rows.table)
        assert entry is not None
        return entry[0].span
    return subject.where.key(site.act, site.key, "cases")
