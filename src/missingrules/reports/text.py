"""An answer as text, short or in full, in groups by phase, role or status.

Nothing depends on colour; without a terminal the text has 80 columns and is the same every time.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group

from missingrules.reports.brief import Brief
from missingrules.reports.by import By
from missingrules.reports.full import Full

if TYPE_CHECKING:
    from rich.console import RenderableType

    from missingrules.domain.answers import Answer

WIDTH: Final = 80


def as_text(report: RenderableType, width: int = WIDTH) -> str:
    """The report as plain text without colour, the same on every machine."""
    console = Console(file=StringIO(), width=width, color_system=None, legacy_windows=False, force_terminal=False)
    with console.capture() as capture:
        console.print(report)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def report(answer: Answer, *, full: bool = False, by: By = By.PHASE) -> RenderableType:
    """The answer, for `as_text` or for a terminal: what is to be done in few lines each, or `full`, with everything.

    The short form names each duty that is overdue, not done or due in the episode that runs or ran last, and counts
    what it folds away.
    """
    return Group(*(Full(answer) if full else Brief(answer)).parts(by))
