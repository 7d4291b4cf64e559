"""Dates from when to when something is in force: a rule, or an edition."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from missingrules.reading.shapes import where

if TYPE_CHECKING:
    from missingrules.reading.places import Text
    from missingrules.reading.report import Report
    from missingrules.reading.schema import InForce


def in_force(form: InForce | None, what: str, name: Text, report: Report) -> tuple[date | None, date | None]:
    """The first date and the first no longer; None: not said. `what` is what has this `name`, for messages."""
    if form is None:
        return None, None
    if form.from_ is None and form.to is None:
        hint = "add from:, the first day, or to:, the first on which it no longer holds"
        report.error("missing-key", f"the 'in_force' of {what} has no dates", name.span, hint)
    first, end = (_date(word, report) for word in (form.from_, form.to))
    if first and end and first >= end:
        report.error(
            "dates-upside-down",
            f"{what} lapses before it goes live",
            where(form.to),
            "`from` is the first day, and `to` a later one: the first on which it no longer holds",
        )
    return first, end


def _date(word: Text | None, report: Report) -> date | None:
    if word is None:
        return None
    try:
        if len(word) != 10:
            raise ValueError
        return date.fromisoformat(word)
    except ValueError:
        report.error("not-a-date", f"'{word}' is no date", word.span, "write year-month-day, as 2025-04-01")
        return None
