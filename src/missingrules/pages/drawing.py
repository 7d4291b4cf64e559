"""Where everything of a timeline stands on paper: numbers for an SVG, labels packed so that none covers another.

Lengths are SVG units, one a CSS pixel at full size, from the left upper corner.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.clock import Instant
from missingrules.pages.timeline import Day, Gap
from missingrules.reports.wording import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.clock import Clock
    from missingrules.pages.timeline import Bar, Mark, Threshold, Timeline, Window

WIDTH: Final = 960.0  # at least so wide
MARGIN: Final = 16.0
GAP: Final = 58.0
LEAST_DAY, MOST_DAY = 30.0, 150.0
LANE: Final = 26.0  # as high as a finger needs
HEAD: Final = 24.0
CHARACTER: Final = 6.7  # a wide guess, so that labels never touch
LONGEST: Final = 58
ARROW: Final = 10.0
SHAPE: Final = 16.0


class Text(NamedTuple):
    x: float
    y: float
    text: str
    anchor: str = "start"


class Column(NamedTuple):
    """A day or a gap: its left edge and width, and what is written over it."""

    x: float
    width: float
    is_gap: bool
    is_weekend: bool
    labels: tuple[Text, ...]


class DrawnBar(NamedTuple):
    x: float
    y: float
    width: float
    open: bool
    located: float | None
    label: Text
    bar: Bar


class DrawnWindow(NamedTuple):
    x: float
    y: float
    width: float
    label: Text
    window: Window


class DrawnThreshold(NamedTuple):
    x: float
    y: float
    label: Text
    threshold: Threshold


class DrawnMark(NamedTuple):
    """`tail` leads from the shape to where the due instant, or the latest possible, lies; `box` is what can be hit."""

    x: float
    y: float
    tail: float | None
    box: tuple[float, float]
    label: Text
    mark: Mark


class Heading(NamedTuple):
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    top: float  # where the lanes begin
    columns: tuple[Column, ...]
    now: Text  # with the line at its x
    headings: tuple[Heading, ...]
    bars: tuple[DrawnBar, ...]
    windows: tuple[DrawnWindow, ...]
    thresholds: tuple[DrawnThreshold, ...]
    marks: tuple[DrawnMark, ...]


class Scale:
    """From instants to places, day by day: a day of 23 hours is as much narrower."""

    def __init__(self, columns: Sequence[Day | Gap]) -> None:
        hours = sum(each.hours for each in columns if isinstance(each, Day))
        gaps = sum(isinstance(each, Gap) for each in columns)
        room = (WIDTH - 2 * MARGIN - gaps * GAP) / max(hours, 1) * 24
        self.day = min(max(room, LEAST_DAY), MOST_DAY)
        self.starts: list[Instant] = []
        self.ends: list[Instant] = []
        self.edges: list[float] = [MARGIN]
        for each in columns:
            self.starts.append(each.start)
            is_gap = isinstance(each, Gap)
            self.ends.append(Instant(each.start + (each.days * 86400 if isinstance(each, Gap) else each.hours * 3600)))
            self.edges.append(self.edges[-1] + (GAP if is_gap else self.day * each.hours / 24))  # type: ignore[union-attr]

    @property
    def width(self) -> float:
        return max(self.edges[-1] + MARGIN, WIDTH)

    def x(self, at: Instant) -> float:
        index = max(bisect_right(self.starts, at) - 1, 0)
        start, end = self.starts[index], self.ends[index]
        share = min(max((at - start) / (end - start), 0.0), 1.0)
        left, right = self.edges[index], self.edges[index + 1]
        return round(left + share * (right - left), 1)


class Lanes:
    """Rows in which spans that lie apart share one."""

    def __init__(self) -> None:
        self._taken: list[list[tuple[float, float]]] = []

    def lane(self, left: float, right: float) -> int:
        """The first lane with room from `left` to `right`."""
        for number, spans in enumerate(self._taken):
            if all(right + 6 <= one[0] or left >= one[1] + 6 for one in spans):
                spans.append((left, right))
                return number
        self._taken.append([(left, right)])
        return len(self._taken) - 1

    @property
    def height(self) -> float:
        return len(self._taken) * LANE


def drawing(line: Timeline, clock: Clock) -> Drawing:
    """The timeline with every place worked out."""
    return _Drawer(line, clock).drawing()


class _Drawer:
    def __init__(self, line: Timeline, clock: Clock) -> None:
        self.line = line
        self.clock = clock
        self.scale = Scale(line.columns)
        self.y = 0.0
        self.headings: list[Heading] = []
        self.reach: list[float] = []

    def drawing(self) -> Drawing:
        columns = tuple(self.columns())
        now = self.now()
        self.y = top = 78.0 if any(isinstance(one, Day) and one.hours != 24 for one in self.line.columns) else 66.0
        bars, windows, thresholds, marks = self.bars(), self.windows(), self.thresholds(), self.marks()
        return Drawing(
            width=round(max([self.scale.width, *self.reach]), 1),
            height=round(self.y + 8, 1),
            top=top,
            columns=columns,
            now=now,
            headings=tuple(self.headings),
            bars=bars,
            windows=windows,
            thresholds=thresholds,
            marks=marks,
        )

    def columns(self) -> list[Column]:
        out: list[Column] = []
        month = (0, 0)
        written_to = 0.0
        for number, each in enumerate(self.line.columns):
            x, to = self.scale.edges[number], self.scale.edges[number + 1]
            middle = round((x + to) / 2, 1)
            if isinstance(each, Gap):
                text = f"{each.days} days"
                out.append(Column(round(x, 1), round(to - x, 1), True, False, (Text(middle, 44, text, "middle"),)))
                continue
            day = each.date
            labels = [
                Text(middle, 44, WEEKDAYS[day.weekday()], "middle"),
                Text(middle, 58, str(day.day), "middle"),
            ]
            if (day.year, day.month) != month and x >= written_to:
                month = day.year, day.month
                text = f"{MONTHS[day.month - 1]} {day.year}"
                written_to = x + _wide(text) + 6
                self.reach.append(written_to)
                labels.append(Text(round(x + 2, 1), 28, text))
            if each.hours != 24:
                labels.append(Text(middle, 72, f"{each.hours} h", "middle"))
            out.append(Column(round(x, 1), round(to - x, 1), False, day.weekday() > 4, tuple(labels)))
        return out

    def now(self) -> Text:
        local = self.clock.local(self.line.as_of)
        x = self.scale.x(self.line.as_of)
        text = f"as of {WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}"
        half = _wide(text) / 2
        anchor = "start" if x - half < 0 else "end" if x + half > self.scale.width else "middle"
        return Text(x, 12, text, anchor)

    def heading(self, text: str) -> None:
        self.y += HEAD
        self.headings.append(Heading(round(self.y - 8, 1), text))

    def bars(self) -> tuple[DrawnBar, ...]:
        if not self.line.bars:
            return ()
        self.heading("Episodes")
        lanes, out = Lanes(), []
        for bar in self.line.bars:
            x, to = self.scale.x(bar.start), self.scale.x(bar.shown_to)
            is_open = bar.end is None
            width = max(to - x, 3.0)
            text = _short(f"{bar.episode} {bar.kind}")
            reach = x + width + (ARROW if is_open else 0)
            label_x, anchor, span = self.beside(x, reach, text)
            y = self.y + lanes.lane(*span) * LANE + LANE / 2
            located = None if bar.located is None else self.scale.x(bar.located)
            out.append(DrawnBar(x, y, round(width, 1), is_open, located, Text(label_x, y + 4, text, anchor), bar))
        self.y += lanes.height
        return tuple(out)

    def windows(self) -> tuple[DrawnWindow, ...]:
        if not self.line.windows:
            return ()
        self.heading("Windows in which episodes are counted together")
        out = []
        for window in self.line.windows:
            x = self.scale.x(self.clock.midnight(window.first))
            to = self.scale.x(self.clock.end_of(window.last))
            text = window.says
            ends = x + _wide(text) > self.scale.width - 4
            label = Text(round(self.scale.width - 4 if ends else x, 1), self.y + 12, text, "end" if ends else "start")
            out.append(DrawnWindow(x, self.y + 21, round(max(to - x, 3.0), 1), label, window))
            self.y += LANE + 6
        return tuple(out)

    def thresholds(self) -> tuple[DrawnThreshold, ...]:
        if not self.line.thresholds:
            return ()
        self.heading("Missing for so long")
        lanes, out = Lanes(), []
        for one in self.line.thresholds:
            x = self.scale.x(one.at)
            several = len(self.line.bars) > 1
            text = f"{one.length}{f', {one.episode}' if several else ''}"
            label_x, anchor, span = self.beside(x - 4, x + 4, text)
            y = self.y + lanes.lane(*span) * LANE + LANE / 2
            out.append(DrawnThreshold(x, y, Text(label_x, y + 4, text, anchor), one))
        self.y += lanes.height
        return tuple(out)

    def marks(self) -> tuple[DrawnMark, ...]:
        if not self.line.marks:
            return ()
        self.heading("Duties, at the time by which they are due or at which they were done")
        lanes, out = Lanes(), []
        for mark in self.line.marks:
            x = self.scale.x(mark.at)
            far = mark.until if mark.until is not None else mark.due
            tail = None if far is None else self.scale.x(far)
            left, right = x - SHAPE / 2, x + SHAPE / 2
            if tail is not None:
                left, right = min(left, tail - 4), max(right, tail + 4)
            text = _short(f"{mark.episode}: {mark.title}" if mark.episode else mark.title)
            label_x, anchor, span = self.beside(left, right, text)
            y = self.y + lanes.lane(*span) * LANE + LANE / 2
            box = round(span[0], 1), round(span[1] - span[0], 1)
            out.append(DrawnMark(x, y, tail, box, Text(label_x, y + 4, text, anchor), mark))
        self.y += lanes.height
        return tuple(out)

    def beside(self, left: float, right: float, text: str) -> tuple[float, str, tuple[float, float]]:
        """Where a label stands: right of what it names, or left where the paper ends; and the room of both."""
        wide = _wide(text)
        if right + 5 + wide <= self.scale.width - 2 or left - 5 - wide < 2:
            self.reach.append(right + 7 + wide)
            return round(right + 5, 1), "start", (left, right + 5 + wide)
        return round(left - 5, 1), "end", (left - 5 - wide, right)


def _wide(text: str) -> float:
    return len(text) * CHARACTER


def _short(text: str) -> str:
    """At most so long, cut at a word."""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;") + " …"
