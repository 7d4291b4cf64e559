"""What a new edition changes, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from missingrules.reports.wording import listed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from missingrules.domain.impact import Impact, Touched

WHAT = {"changed": "changed", "gone": "no longer there", "moved": "moved, word for word"}


def impact_report(impact: Impact) -> RenderableType:
    """Paragraph by paragraph: what became of it, how its figures differ, and which rules stand on it."""
    parts: list[RenderableType] = []
    for touched in impact.touched:
        parts.append(Text(f"{touched.ref} ({touched.heading}): {WHAT[touched.what]}"))
        parts += [Padding(Text(line), (0, 0, 0, 2)) for line in _lines(touched)]
    if impact.new_words:
        parts.append(Text(f"{impact.new_words} words stand where nothing stood before"))
    parts.append(Text(f"{len(impact.touched)} paragraphs touched, {impact.kept} as they were"))
    return Group(*parts)


def _lines(touched: Touched) -> list[str]:
    out = []
    lost = [figure for figure in touched.before if figure not in touched.figures]
    new = [figure for figure in touched.figures if figure not in touched.before]
    if touched.what == "changed" and lost:
        out.append(f"figures no longer there: {listed(lost, 'and')}")
    if touched.what == "changed" and new:
        out.append(f"figures that are new: {listed(new, 'and')}")
    out.append(f"rules that stand on it: {listed(touched.rules, 'and') if touched.rules else 'none'}")
    return out
