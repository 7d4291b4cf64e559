"""What a timeline of an answer shows, worked out before anything is drawn: days, episodes, windows, thresholds, duties.

Instants are seconds since 1970 UTC, dates are local. Only what has an instant can stand on it; the rest is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import DAY, FOREVER, Instant, Length
from missingrules.domain.conditions import All, FactTest, Range
from missingrules.domain.obligations import Status
from missingrules.domain.triggers import EpisodesReach, MissingFor, triggers_of
from missingrules.reports.brief import actor
from missingrules.reports.wording import duration, listed, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from missingrules.domain.answers import Answer, EpisodeState
    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock
    from missingrules.domain.conditions import Condition, Counted
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.rules import Duty
    from missingrules.reports.sheet import Sheet

# So many empty dates in a row, and more, are left out of the drawing.
LEFT_OUT: Final = 4
_MONTHS: Final = {"calendar month": 1, "calendar quarter": 3, "calendar year": 12}


class Day(NamedTuple):
    """A local date that is drawn, from its first second on; `hours` is 23 or 25 where the clocks change."""

    date: date
    start: Instant
    hours: int


class Gap(NamedTuple):
    """Dates without anything, left out; `start` is the first second of the first."""

    first: date
    last: date
    start: Instant

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Bar(NamedTuple):
    """An episode. `end` None: it goes on, or its end is not known (`unknown_end`); `by_date`: of its start the date
    alone is known."""

    episode: str
    kind: str
    start: Instant
    end: Instant | None
    shown_to: Instant
    located: Instant | None
    by_date: bool
    unknown_end: bool
    says: str


class Window(NamedTuple):
    """Dates in which episodes are counted together, both inside; `more` episodes are still wanting (0: it fired)."""

    first: date
    last: date
    length: str
    at_least: int
    more: int
    rules: tuple[str, ...]  # title [paragraphs]
    says: str


class Threshold(NamedTuple):
    """The instant at which an episode has lasted so long, and what hangs on it."""

    at: Instant
    episode: str
    length: str
    passed: bool
    rules: tuple[str, ...]
    says: str


class Mark(NamedTuple):
    """Acts of one duty that stand alike. `at`: when it was done, or else is due; `until`: the latest possible due
    instant, where that is open; `due`: by when it was wanted, of one that was done."""

    keys: tuple[str, ...]
    at: Instant
    until: Instant | None
    due: Instant | None
    status: Status
    modality: str
    title: str
    episode: str  # its id, unless it goes without saying
    when: str
    who: str
    source: str


@dataclass(frozen=True, slots=True)
class Timeline:
    as_of: Instant
    columns: tuple[Day | Gap, ...]
    bars: tuple[Bar, ...]
    windows: tuple[Window, ...]
    thresholds: tuple[Threshold, ...]
    marks: tuple[Mark, ...]  # in order of time
    untimed: int  # duties that still matter and have no instant
    ceased: int  # duties no longer owed, which are not drawn


def timeline(answer: Answer, sheet: Sheet) -> Timeline:
    """The timeline of an answer; `sheet` is the same answer on its way to text."""
    clock = answer.clock
    bars = tuple(_bars(answer, sheet))
    windows = tuple(_windows(answer, sheet))
    thresholds = tuple(_thresholds(answer, sheet, bars))
    marks = tuple(_marks(answer, sheet))
    dates = {clock.date_of(answer.as_of)}
    for bar in bars:
        dates |= {clock.date_of(at) for at in (bar.start, bar.end, bar.located) if at is not None}
    for window in windows:
        dates |= {window.first, window.last}
    dates |= {clock.date_of(one.at) for one in thresholds}
    for mark in marks:
        dates |= {clock.date_of(at) for at in (mark.at, mark.until, mark.due) if at is not None}
    drawn = {key for mark in marks for key in mark.keys}
    rest = [one for one in sheet.actions if one.key not in drawn]
    ceased = sum(one.status is Status.CEASED for one in rest)
    return Timeline(
        as_of=answer.as_of,
        columns=tuple(columns(clock, dates)),
        bars=bars,
        windows=windows,
        thresholds=thresholds,
        marks=marks,
        untimed=len(rest) - ceased,
        ceased=ceased,
    )


# --- days ---


def columns(clock: Clock, dates: Iterable[date]) -> Iterator[Day | Gap]:
    """All dates from the first to the last of these, long stretches with none of them as gaps."""
    before: date | None = None
    for day in sorted(set(dates)):
        if before is not None:
            between = (day - before).days - 1
            if between >= LEFT_OUT:
                yield Gap(before + DAY, day - DAY, clock.midnight(before + DAY))
            else:
                yield from (_day(clock, before + timedelta(days=n)) for n in range(1, between + 1))
        yield _day(clock, day)
        before = day


def _day(clock: Clock, day: date) -> Day:
    start = clock.midnight(day)
    return Day(day, start, round((clock.midnight(day + DAY) - start) / 3600))


# --- episodes ---


def _bars(answer: Answer, sheet: Sheet) -> Iterator[Bar]:
    starts = sorted(_start(one, answer.clock) for one in answer.episodes)
    for one in answer.episodes:
        start = _start(one, answer.clock)
        unknown = one.over and one.returned is None
        # Of an episode whose end is not known the next one says by when it was over.
        to = next((at for at in starts if at > start), answer.as_of) if unknown else answer.as_of
        says = sheet.episode(one)
        if unknown:
            says += " No return is recorded."
        yield Bar(
            episode=one.id,
            kind=one.kind or "away",
            start=start,
            end=one.returned,
            shown_to=one.returned or to,
            located=one.located if one.located != one.returned else None,
            by_date=one.started is None,
            unknown_end=unknown,
            says=says,
        )


def _start(one: EpisodeState, clock: Clock) -> Instant:
    return clock.midnight(one.started_on) if one.started is None else one.started


# --- counting windows ---


def _windows(answer: Answer, sheet: Sheet) -> Iterator[Window]:
    """Of each count the last that fired, and those that more episodes would fill."""
    found: dict[tuple[date, date, str, int, int], _Rules] = {}
    fired: dict[tuple[str, int, str], tuple[date, date, str, list[Duty]]] = {}
    for one in sheet.actions:
        if one.status in (Status.UPCOMING, Status.NOT_DECIDABLE):
            continue
        for at_least, counted in _counts(one.duty):
            dates = _filled(one, at_least, counted, sheet)
            if dates is None:
                continue
            key = one.protocol, at_least, str(counted)
            known = fired.get(key)
            if known is None or dates[1] > known[1]:
                fired[key] = *dates, _length(counted), [one.duty]
            elif dates[1] == known[1]:
                known[3].append(one.duty)
    for (protocol, at_least, _), (begin, end, length, duties) in fired.items():
        rules = found.setdefault((begin, end, length, at_least, 0), _Rules(sheet))
        for duty in duties:
            rules.add(duty, protocol)
    begun = {one.started_on for one in answer.episodes}
    for part in answer.protocols:
        for ahead in (each for each in part.ahead if each.kind == "episodes" and each.at < FOREVER):
            name = part.protocol.key_of(ahead.duty.rule).partition("/")[0]
            end = answer.clock.date_of(ahead.at)
            counts = list(_counts(ahead.duty))
            for at_least, counted in counts:
                first = window_start(answer.clock, counted, end)
                # Of several counts the one that is meant begins with an episode.
                if first is not None and (len(counts) == 1 or first in begun):
                    key_ = first, end, _length(counted), at_least, ahead.count
                    found.setdefault(key_, _Rules(sheet)).add(ahead.duty, name)
    for (first, last, length, at_least, more), rules in sorted(found.items(), key=lambda pair: pair[0]):
        times = f"{at_least} episode{'' if at_least == 1 else 's'} in {length}"
        wanting = f"{more} more episode{'' if more == 1 else 's'} would make {times}"
        says = wanting if more else f"{times} reached"
        yield Window(first, last, length, at_least, more, rules.told(), says)


def _filled(one: Obligation, at_least: int, counted: Counted, sheet: Sheet) -> tuple[date, date] | None:
    """The window of a count that set a duty off; None where it was something else, or the paper states no window."""
    fact = f"episode.{counted.counted_by}"
    # What it rests on names the episodes that were counted; of several triggers it need not have been the count.
    days = {
        each.source: sheet.clock.date_of(Instant(int(each.value)))
        for each in one.because
        if each.fact == fact and each.is_instant
    }
    end = days.get(one.episode or "")
    first = None if end is None else window_start(sheet.clock, counted, end)
    if first is None or end is None or sum(first <= day <= end for day in days.values()) < at_least:
        return None
    return first, end


def window_start(clock: Clock, counted: Counted, end: date) -> date | None:
    """The first date that a window which ends on `end` holds; None where the paper states no window."""
    window = counted.window
    if isinstance(window, NotStated):
        return None
    if isinstance(window, str):
        months = _MONTHS[window]
        return end.replace(month=(end.month - 1) // months * months + 1, day=1)
    first = end
    while clock.date_after(first - DAY, window) > end:
        first -= DAY
    return first


def _counts(duty: Duty) -> Iterator[tuple[int, Counted]]:
    """The counts that set a duty off."""
    for trigger in triggers_of(duty.trigger):
        if isinstance(trigger, EpisodesReach):
            yield trigger.at_least, trigger.counted


def _length(counted: Counted) -> str:
    return f"a {counted.window}" if isinstance(counted.window, str) else str(counted.window)


# --- thresholds of time ---


def _thresholds(answer: Answer, sheet: Sheet, bars: Iterable[Bar]) -> Iterator[Threshold]:
    found: dict[tuple[Instant, str, str], _Rules] = {}
    until = {bar.episode: bar.shown_to for bar in bars if bar.end is not None or bar.unknown_end}
    for one in sheet.actions:
        episode = sheet.episodes.get(one.episode or "")
        if episode is None or episode.started is None:
            continue
        for length, more_than in _lengths(one.duty):
            text = f"{'more than ' if more_than else ''}{length}"
            at = Instant(answer.clock.after(episode.started, length) + more_than)
            if at <= until.get(episode.id, FOREVER):
                found.setdefault((at, episode.id, text), _Rules(sheet)).add(one.duty, one.protocol)
    for (at, of, text), rules in sorted(found.items(), key=lambda pair: pair[0]):
        passed = at <= answer.as_of
        says = f"Episode {of}: missing for {text} {'since' if passed else 'on'} {moment(answer.clock, at)}"
        yield Threshold(at, of, text, passed, rules.told(), says)


def _lengths(duty: Duty) -> Iterator[tuple[Length, bool]]:
    for trigger in triggers_of(duty.trigger):
        if isinstance(trigger, MissingFor) and isinstance(trigger.length, Length):
            yield trigger.length, trigger.more_than
    for test in _all_of(duty.guard.when):
        if isinstance(test, FactTest) and test.fact == "episode.missing_for" and isinstance(test.test, Range):
            low = test.test.low
            if isinstance(low, Length):
                yield low, not test.test.low_inside


def _all_of(condition: Condition) -> Iterator[Condition]:
    """What must hold in any case: the parts of an "all", and of an "all" in it."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _all_of(part)
    else:
        yield condition


# --- duties ---


def _marks(answer: Answer, sheet: Sheet) -> Iterator[Mark]:
    alike: dict[tuple[object, ...], list[Obligation]] = {}
    places: dict[tuple[object, ...], tuple[Instant, Instant | None]] = {}
    for one in sheet.actions:
        place = _place(one)
        if place is not None:
            key = one.protocol, one.duty.rule, one.subject, one.occurrence, one.stand
            alike.setdefault(key, []).append(one)
            places[key] = place
    for which in sorted(places, key=lambda which: (places[which][0], alike[which][0].key)):
        ones, place = alike[which], places[which]
        first = ones[0]
        late = first.due if first.discharged_at is not None else None
        acts = f" ({len(ones)} acts)" if len(ones) > 1 else ""
        of = first.episode if first.episode and first.episode not in sheet.unsaid else ""
        yield Mark(
            keys=tuple(one.key for one in ones),
            at=place[0],
            until=place[1],
            due=late,
            status=first.status,
            modality=first.duty.modality.upper(),
            title=first.duty.title + acts,
            episode=of,
            when=_when(first, answer, sheet),
            who=actor(first),
            source=sheet.cited(tuple(c for one in ones for c in one.citations), first.protocol),
        )


def _place(one: Obligation) -> tuple[Instant, Instant | None] | None:
    """Where a duty stands on the line; None for one without an instant, and for one no longer owed."""
    if one.status is Status.CEASED:
        return None
    if one.discharged_at is not None:
        return one.discharged_at, None
    if one.due is not None:
        return one.due, None
    if one.due_between is not None:
        return one.due_between
    if one.status is Status.MISSED and one.ended_at is not None:
        return one.ended_at, None
    if one.status is Status.UPCOMING and one.triggered_at is not None:
        return one.triggered_at, None
    return None


def _when(one: Obligation, answer: Answer, sheet: Sheet) -> str:
    due = "" if one.due is None else sheet.when(one.due)
    if one.due_between is not None:
        due = listed([sheet.when(at) for at in one.due_between], "or")
    match one.status:
        case Status.MET | Status.MET_LATE if one.discharged_at is not None:
            late = ""
            if due:
                by = (
                    f"{duration(one.discharged_at - one.due)} late: " if one.due and one.discharged_at > one.due else ""
                )
                late = f", {by}it was due {due}"
            return f"done {sheet.when(one.discharged_at)}{late}"
        case Status.OVERDUE if one.due is not None:
            return f"was due {due}, {duration(answer.as_of - one.due)} ago"
        case Status.MISSED:
            ended = "" if one.ended_at is None else f", ended {sheet.when(one.ended_at)}"
            return f"was due {due}" if due else f"not done{ended}"
        case Status.UPCOMING if one.triggered_at is not None:
            return f"from {sheet.when(one.triggered_at)}" + (f", due {due}" if due else "")
        case _:
            return f"due {due}"


class _Rules:
    """Titles, each once, with all its paragraphs."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._found: dict[tuple[str, str], Citations] = {}

    def add(self, duty: Duty, protocol: str) -> None:
        own = tuple(cited for cited in duty.citations if cited.supports == "duty") or duty.citations
        key = duty.title, protocol
        self._found[key] = self._found.get(key, ()) + own

    def told(self) -> tuple[str, ...]:
        return tuple(f"{title} [{self._sheet.cited(cited, name)}]" for (title, name), cited in self._found.items())
