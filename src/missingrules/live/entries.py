"""What differs between two states of one case, entry by entry, as far as it had happened by the later instant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.changes import Cause
from missingrules.domain.clock import Clock, Instant
from missingrules.interface.shared import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from missingrules.domain.case import Case, Episode, Event, Facts, Held, NotKnown, Record, Stamp
    from missingrules.domain.changes import How

_INSTANTS: Final = ("started", "located", "returned", "reported", "last_seen")


class _Span:
    """The time between two results: what lies in it came to pass, what lies after it has not."""

    def __init__(self, since: Instant, now: Instant, clock: Clock) -> None:
        self.since, self.now, self.clock = since, now, clock

    def first(self, stamp: Stamp) -> Instant:
        return self.clock.midnight(stamp) if isinstance(stamp, date) else stamp

    def is_seen(self, stamp: object) -> bool:
        return not isinstance(stamp, int | date) or self.first(stamp) <= self.now  # type: ignore[arg-type]

    def is_inside(self, stamp: object) -> bool:
        """A date alone comes to pass from its first second to its last."""
        if isinstance(stamp, date):
            return self.since < self.clock.end_of(stamp) and self.clock.midnight(stamp) <= self.now
        return isinstance(stamp, int) and self.since < stamp <= self.now

    def text(self, stamp: object) -> str | None:
        if isinstance(stamp, date):
            return stamp.isoformat()
        return iso(self.clock, Instant(stamp)) if isinstance(stamp, int) else None


def entries(before: Case, after: Case, since: Instant, now: Instant) -> tuple[Cause, ...]:
    """Each entry of the case that differs, or that happened after `since` and by `now`, in the order of the case."""
    span = _Span(since, now, Clock())
    return (
        *_facts("child", "fact", before.child, after.child, span),
        *_facts("plan", "fact", before.plan, after.plan, span),
        *_episodes(before, after, span),
        *_acts("event", _events(before.events, span), _events(after.events, span), span),
        *_acts("record", {each.id: each for each in before.records}, {each.id: each for each in after.records}, span),
        *_rest(before, after, span),
    )


def _facts(
    source: str, kind: str, before: Facts, after: Facts, span: _Span, prefix: str | None = None
) -> Iterator[Cause]:
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name, ()), after.get(name, ())
        what = f"{prefix or source}.{name}"
        seen = [[held for held in each if span.is_seen(held.start)] for each in (was, now)]
        if [_shown(held, span) for held in seen[0]] != [_shown(held, span) for held in seen[1]]:
            yield Cause(kind, source, what, _how(seen[0], seen[1]), _last(seen[0]), _last(seen[1]))  # type: ignore[arg-type]
        elif any(span.is_inside(edge) for held in now for edge in (held.start, held.end)):
            yield Cause(kind, source, what, "happened", None, _last(seen[1]))  # type: ignore[arg-type]


def _shown(held: Held, span: _Span) -> tuple[object, ...]:
    """An end that has not come is none yet."""
    return held.value, held.start, held.end if span.is_seen(held.end) else None


def _last(held: list[Held]) -> str | None:
    return str(held[-1].value) if held else None


def _how(before: object, after: object) -> How:
    return "added" if not before else "withdrawn" if not after else "changed"


def _episodes(before: Case, after: Case, span: _Span) -> Iterator[Cause]:
    was = {each.id: each for each in before.episodes if span.is_seen(each.started)}
    now = {each.id: each for each in after.episodes if span.is_seen(each.started)}
    for id_ in dict.fromkeys((*was, *now)):
        one, other = was.get(id_), now.get(id_)
        if one is None or other is None:
            ends = [None if each is None else span.text(each.started) for each in (one, other)]
            yield Cause("episode", id_, "episode.started", _how(one, other), *ends)
        else:
            yield from _episode(one, other, span)


def _episode(one: Episode, other: Episode, span: _Span) -> Iterator[Cause]:
    for name in _INSTANTS:
        was, now = (_instant(getattr(each, name), span) for each in (one, other))
        if was != now:
            how: How = "added" if span.text(was) is None else "withdrawn" if span.text(now) is None else "changed"
            yield Cause("episode", one.id, f"episode.{name}", how, span.text(was), span.text(now))
        elif span.is_inside(now):
            yield Cause("episode", one.id, f"episode.{name}", "happened", None, span.text(now))
    yield from _facts(one.id, "episode", one.facts, other.facts, span, "episode")


def _instant(stamp: Stamp | NotKnown | None, span: _Span) -> Stamp | NotKnown | None:
    """What lies ahead has not happened."""
    return stamp if stamp is NOT_KNOWN or span.is_seen(stamp) else None


def _events(events: Iterable[Event], span: _Span) -> Mapping[str, Event]:
    """One without an id goes by its instant, as its duties do."""
    return {each.id or f"{each.event} {span.text(each.at)}": each for each in events}


def _acts(
    kind: str, before: Mapping[str, Event] | Mapping[str, Record], after: Mapping[str, Event] | Mapping[str, Record],
    span: _Span,
) -> Iterator[Cause]:  # fmt: skip
    for id_ in dict.fromkeys((*before, *after)):
        was, now = (each if each and span.is_seen(each.at) else None for each in (before.get(id_), after.get(id_)))
        told = now or was
        if told is None:
            continue
        what = f"{kind}.{getattr(told, 'event', None) or getattr(told, 'action', '')}"
        ends = [None if each is None else span.text(each.at) for each in (was, now)]
        if was != now:
            yield Cause(kind, id_, what, _how(was, now), *ends)  # type: ignore[arg-type]
        elif span.is_inside(told.at):
            yield Cause(kind, id_, what, "happened", None, ends[1])  # type: ignore[arg-type]


def _rest(before: Case, after: Case, span: _Span) -> Iterator[Cause]:
    if before.history_from != after.history_from:
        ends = span.text(before.history_from), span.text(after.history_from)
        yield Cause("fact", "history", "history_from", _how(*ends), *ends)
    for name in dict.fromkeys((*before.meetings, *after.meetings)):
        was, now = before.meetings.get(name, ()), after.meetings.get(name, ())
        if was != now:
            yield Cause("fact", "meetings", name, _how(was, now))
