"""Thresholds not yet reached: how many more episodes reach them, and until when they would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.answers import Ahead
from missingrules.domain.clock import DAY, FOREVER, Instant
from missingrules.domain.triggers import EpisodesReach, triggers_of
from missingrules.engine.firing import CHILD
from missingrules.engine.places import CHILD as CHILD_PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing


def thresholds(reader: Reader, duties: Sequence[Duty]) -> list[Ahead]:
    """For each count not yet reached: how many more episodes reach it, and the last date on which they do."""
    out = []
    for duty in duties:
        triggers = triggers_of(duty.trigger)
        for trigger in triggers:
            if isinstance(trigger, EpisodesReach) and _child_may(reader, duty):
                missing, last = _distance(reader, trigger)
                if missing > 0:
                    out.append(Ahead("episodes", missing, last, CHILD, duty, duty.citations))
    return out


def _child_may(reader: Reader, duty: Duty) -> bool:
    """Whether what is known of the child, without any episode, still lets the rule fire."""
    at = reader.seen.as_of
    parts = [reader.truth(duty.guard.when, CHILD_PLACE)]
    if duty.guard.in_scope:
        parts.append(reader.truth(reader.protocol.scope, CHILD_PLACE))
    return all(part.at(at) is not False for part in parts)


def _distance(reader: Reader, trigger: EpisodesReach) -> tuple[int, Instant]:
    """How many more episodes bring the count there today, and the last second of the last date on which they do."""
    now = reader.seen.as_of
    count = reader.tally(trigger.counted).in_window
    missing = trigger.at_least - count.at(now)[0]
    falls = count.first(lambda c: c[0] < trigger.at_least - missing, now)
    if falls is None:
        return missing, FOREVER
    return missing, reader.clock.end_of(reader.clock.date_of(falls) - DAY)


def beyond(firings: Sequence[tuple[Duty, Firing]]) -> list[Ahead]:
    """What time alone brings after the horizon, the earliest first."""
    found = [Ahead("time", 0, f.trigger, f.subject, duty, duty.citations) for duty, f in firings]
    return sorted(found, key=lambda a: (a.at, a.duty.id, a.subject))
