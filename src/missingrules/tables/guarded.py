"""Texts that no spreadsheet takes for a formula, whatever a case says."""

from __future__ import annotations

from missingrules.formats.commas import BEGINS


def could_run(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return text.startswith(BEGINS)


def guarded(text: str) -> str:
    """The text as it can stand in a CSV file: an apostrophe before what could run, since CSV knows no types."""
    return f"'{text}" if could_run(text) else text
