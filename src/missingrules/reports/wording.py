"""Times, people and paragraphs in plain words. English day and month names, whatever the locale."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from missingrules.domain.citations import NotStated
from missingrules.domain.clock import instant_of
from missingrules.domain.obligations import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from missingrules.domain.citations import Citations
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.people import People

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def day(when: date) -> str:
    """Mon 31 Mar 2025"""
    return f"{WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def moment(clock: Clock, instant: Instant) -> str:
    """Mon 31 Mar 2025 23:30 BST; the last second of a date: Mon 31 Mar 2025, end of day."""
    local = clock.local(instant)
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return f"{day(local.date())}, end of day"
    seconds = f":{local.second:02}" if local.second else ""
    return f"{day(local.date())} {local.hour:02}:{local.minute:02}{seconds} {local.tzname()}"


def duration(seconds: int) -> str:
    """Elapsed time in its two largest units, cut down: 2 days 3 hours, 45 minutes, less than a minute."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    named = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    while named and not named[0][0]:
        named.pop(0)
    if not named:
        return "less than a minute"
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in named[:2] if count)


def people(who: People | NotStated | Undecided | None) -> str | None:
    """People by their local titles; None where the effect has no such people."""
    if who is None:
        return None
    if isinstance(who, NotStated):
        return "not stated"
    if isinstance(who, Undecided):
        options = [text for text in map(people, who.people) if text]
        if who.silent:
            options.append("not stated")
        return f"undecided: {'; or '.join(options)}"
    titles = [role.title for role in who.roles]
    match who.mode:
        case "all":
            return listed(titles, "and")
        case "any":
            return listed(titles, "or")
        case "other_than":
            return f"anybody but {listed(titles, 'and')}"
        case "record_by":
            return "whoever made the record"


def listed(words: Sequence[str], joint: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def paragraphs(citations: Citations, own: Iterable[str]) -> str:
    """Paragraphs, each once, those under one heading together; `own` are documents that need no name."""
    known = set(own)
    under: dict[str, dict[str, None]] = {}
    for one in citations:
        name = f"{'' if one.document in known else f'{one.document} '}{one.paragraph}"
        heading = "" if one.heading in one.paragraph else one.heading
        under.setdefault(heading, {}).setdefault(name)
    return "; ".join(", ".join(names) + (f" ({heading})" if heading else "") for heading, names in under.items())


def references(citations: Citations, own: Iterable[str]) -> str:
    """Paragraphs without their headings, each once."""
    known = set(own)
    return ", ".join(
        dict.fromkeys(f"{'' if one.document in known else f'{one.document} '}{one.paragraph}" for one in citations)
    )


def with_local_times(clock: Clock, text: str) -> str:
    """A text of the engine's with its instants as people write them."""
    return _ISO.sub(lambda found: moment(clock, instant_of(datetime.fromisoformat(found[0]))), text)
