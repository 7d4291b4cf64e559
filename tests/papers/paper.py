"""An invented paper of forty-six words, with its ledger and its rules beside it."""

from __future__ import annotations

from pathlib import Path

from missingrules.reading.ledgers import Ledger, read_ledger
from missingrules.reading.report import Report

HERE = Path(__file__).parent
PAPER = (HERE / "paper.txt").read_text(encoding="utf-8")


def ledger_of(path: Path) -> Ledger:
    report = Report()
    found = read_ledger(path, path.name, report)
    report.raise_any()
    return found
