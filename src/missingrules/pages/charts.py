"""Numbers as bars and columns, worked out before anything is drawn: whole numbers that can be checked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.reports.wording import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WHOLE: Final = 1000  # a bar from end to end, in tenths of a percent
# A digit needs so much of a bar; a phone's bar is some 340 pixels.
_DIGIT: Final = 25
HEIGHT: Final = 160  # of the columns, in pixels
_LEFT, _TOP, _FOOT = 48, 24, 40
_WIDEST, _NARROWEST, _ROOM = 64, 30, 860
MOST_MONTHS: Final = 60


class Part(NamedTuple):
    """How many there are of a kind."""

    kind: str
    number: int


class Segment(NamedTuple):
    """A part of a bar: where it begins and how long it is, in tenths of a percent of the bar."""

    kind: str
    number: int
    start: int
    width: int

    @property
    def has_room(self) -> bool:
        """Whether its number fits into it."""
        return self.width >= _DIGIT * len(str(self.number))

    @property
    def middle(self) -> int:
        return self.start + self.width // 2


def segments(parts: Sequence[Part], whole: int) -> tuple[Segment, ...]:
    """The parts one after the other, cut down to tenths of a percent of `whole`; without those of which there are none.

    Where the parts are the whole, they fill the bar.
    """
    found: list[Segment] = []
    before = 0
    for kind, number in parts:
        start, end = before * WHOLE // whole if whole else 0, (before + number) * WHOLE // whole if whole else 0
        if number:
            found.append(Segment(kind, number, start, end - start))
        before += number
    return tuple(found)


class Block(NamedTuple):
    """A part of a column, in pixels from the top."""

    kind: str
    number: int
    y: int
    height: int


class Month(NamedTuple):
    year: int
    month: int

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def number(self) -> int:
        return self.year * 12 + self.month

    def __str__(self) -> str:
        """Jun 2025"""
        return f"{MONTHS[self.month - 1]} {self.year}"


class Column(NamedTuple):
    """A month. `x`: its left edge; `note`: what stands above it; `says_year`: the first column, and each January."""

    month: Month
    x: int
    blocks: tuple[Block, ...]
    note: str
    says_year: bool

    @property
    def name(self) -> str:
        return MONTHS[self.month.month - 1]

    @property
    def top(self) -> int:
        return self.blocks[-1].y if self.blocks else _TOP + HEIGHT


class Tick(NamedTuple):
    number: int
    y: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Month by month, none left out between the first and the last. `left_out`: how many earlier ones are not drawn."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    step: int  # from column to column, in pixels
    left_out: int

    @property
    def width(self) -> int:
        return _LEFT + self.step * len(self.columns) + 8

    @property
    def height(self) -> int:
        return _TOP + HEIGHT + _FOOT

    @property
    def base(self) -> int:
        return _TOP + HEIGHT

    @property
    def left(self) -> int:
        return _LEFT


class Due(NamedTuple):
    """What is due in a month, and what is to stand above its column."""

    month: Month
    parts: tuple[Part, ...]
    note: str


def columns(months: Sequence[Due]) -> Columns | None:
    """The months as columns; None of none. `months` in any order, each once."""
    given = {one.month: one for one in months if any(part.number for part in one.parts)}
    if not given:
        return None
    last = max(given)
    first = max(min(given), _numbered(last.number - MOST_MONTHS + 1))
    drawn = [given.get(month, Due(month, (), "")) for month in _from(first, last)]
    step = _step(most := max(sum(part.number for part in one.parts) for one in drawn))
    top = -(-most // step) * step
    width = max(_NARROWEST, min(_WIDEST, _ROOM // len(drawn)))
    return Columns(
        columns=tuple(
            Column(
                one.month,
                _LEFT + place * width,
                tuple(_blocks(one.parts, top)),
                one.note,
                place == 0 or one.month.month == 1,
            )
            for place, one in enumerate(drawn)
        ),
        ticks=tuple(Tick(number, _y(number, top)) for number in range(0, top + 1, step)),
        step=width,
        left_out=sum(month < first for month in given),
    )


def _numbered(number: int) -> Month:
    return Month((number - 1) // 12, (number - 1) % 12 + 1)


def _from(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.next


def _blocks(parts: Sequence[Part], top: int) -> Iterator[Block]:
    """One upon the other, the first at the foot."""
    before = 0
    for kind, number in parts:
        if number:
            y = _y(before + number, top)
            yield Block(kind, number, y, _y(before, top) - y)
            before += number


def _y(number: int, top: int) -> int:
    return _TOP + HEIGHT - number * HEIGHT // top


def _step(most: int) -> int:
    """1, 2 or 5 and noughts: the smallest of which five reach the most."""
    step = 1
    while True:
        for each in (step, 2 * step, 5 * step):
            if each * 5 >= most:
                return each
        step *= 10
