"""Counting episodes by local date, in windows that end on the date of reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Instant, Length
from missingrules.engine.tracks import YES, Column, Track, Truth, all_of, between, steps, track_of

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.clock import Clock
    from missingrules.domain.conditions import Counted
    from missingrules.engine.seen import Seen, SeenEpisode

# A count that may be any number from its lower end up.
NO_LIMIT: Final = 1 << 30


class Row(NamedTuple):
    """An episode that may be counted: by which instant, and from when its window no longer holds it."""

    at: Instant
    id: str
    leaves: Instant
    counts: Track[Truth]
    episode: SeenEpisode


class Tally(NamedTuple):
    """`in_window` is (at least, at most) over time; windows that end at `whole_from` or later lie in the history."""

    rows: tuple[Row, ...]  # in order of the instant that counts, then of the id
    in_window: Track[tuple[int, int]]
    whole_from: Instant

    def before(self, row: Row) -> list[Row]:
        """The earlier episodes that the row's own window holds, counted by the instant, then the id."""
        return [r for r in self.rows if (r.at, r.id) < (row.at, row.id) and r.leaves > row.at]

    def row(self, episode: SeenEpisode) -> Row | None:
        return next((one for one in self.rows if one.episode is episode), None)

    def numbered(self) -> list[tuple[Row, int, int]]:
        """Each row with the least and the greatest number that it may be in its own window."""
        out, first = [], 0
        plain = all(row.counts is YES for row in self.rows)
        for i, row in enumerate(self.rows):
            # Whoever came earlier leaves earlier.
            while self.rows[first].leaves <= row.at:
                first += 1
            if plain:
                low = high = 1 + i - first
            else:
                held = [r.counts.at(row.at) for r in self.rows[first:i]]
                low, high = 1 + held.count(True), 1 + len(held) - held.count(False)
            out.append((row, low, high))
        return out


def tally(seen: Seen, counted: Counted, counts: Column[Truth]) -> Tally:
    """What is counted, episode by episode, and the count over time; `counts` says which are of a kind that counts."""
    clock, window = seen.clock, counted.window
    rows = []
    for episode in seen.episodes:
        at = episode.instant(counted.counted_by)
        if at is None:
            continue
        leaves = FOREVER if window is NOT_STATED else clock.midnight(_end(clock.date_of(at), window, clock))
        rows.append(Row(at, episode.id, leaves, track_of(counts, episode.index), episode))
    rows.sort(key=lambda row: (row.at, row.id))
    whole = _whole_from(seen.case.history_from, window, clock)
    return Tally(tuple(rows), _count(rows, whole), whole)


def _count(rows: list[Row], whole: Instant) -> Track[tuple[int, int]]:
    """Steps up where an episode comes to count, down where its window leaves it."""
    changes: dict[Instant, tuple[int, int]] = {}

    def step(when: Instant, low: int, high: int) -> None:
        had = changes.get(when, (0, 0))
        changes[when] = (had[0] + low, had[1] + high)

    for row in rows:
        holds = all_of([between(row.at, row.leaves), row.counts])
        was: Truth = False
        for when, value in zip(holds.times, holds.values, strict=True):
            step(when, (value is True) - (was is True), (value is not False) - (was is not False))
            was = value
    if whole > BEFORE_ALL:
        step(BEFORE_ALL, 0, NO_LIMIT)
        if whole < FOREVER:
            step(whole, 0, -NO_LIMIT)
    low, high = changes.pop(BEFORE_ALL, (0, 0))
    first, out = (low, high), []
    for when in sorted(changes):
        low, high = low + changes[when][0], high + changes[when][1]
        out.append((when, (low, high)))
    return steps(first, out)


def _whole_from(history_from: date | None, window: Any, clock: Clock) -> Instant:
    """From when a window lies wholly in the history that was supplied."""
    if history_from is None:
        return BEFORE_ALL
    if window is NOT_STATED:
        return FOREVER
    return clock.midnight(_end(history_from - DAY, window, clock))


def _end(day: date, window: Any, clock: Clock) -> date:
    """The first date whose window no longer holds an episode of `day`."""
    if isinstance(window, Length):
        return clock.date_after(day, window)
    months = {"calendar month": 1, "calendar quarter": 3, "calendar year": 12}[window]
    month = (day.month - 1) // months * months + months
    return day.replace(year=day.year + month // 12, month=month % 12 + 1, day=1)
