"""How quick long work is and how long it still takes, for a bar that moves seldom and in great steps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rich.progress import ProgressColumn
from rich.text import Text

if TYPE_CHECKING:
    from rich.progress import Task


class RateColumn(ProgressColumn):
    """`84 a second, 0:05:12 left`. A task's field `begun` is what was done before it began."""

    def render(self, task: Task) -> Text:
        return Text(rate(int(task.completed - task.fields.get("begun", 0)), int(task.remaining or 0), task.elapsed))


def rate(done: int, left: int, seconds: float | None) -> str:
    """Of so many in so many seconds, with what is left at the same rate; empty as long as nothing is done."""
    if done <= 0 or not seconds:
        return ""
    a_second = done / seconds
    shown = f"{a_second:,.0f}" if a_second >= 10 else f"{a_second:.1f}"
    return f"{shown} a second, {timedelta(seconds=round(max(0, left) / a_second))} left"
