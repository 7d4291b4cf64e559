"""Texts that no spreadsheet takes for a formula, whatever a case says."""

from __future__ import annotations

from typing import Final

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula, or skip on the way to one.
TRIGGERS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def could_run(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return text.startswith(TRIGGERS)


def guarded(text: str) -> str:
    """The text as it can stand in a CSV file: an apostrophe before what could run, since CSV knows no types."""
    return f"'{text}" if could_run(text) else text
