"""Points in time as a calendar file (RFC 5545). Only here does anything ask icalendar, which is an extra."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """Something at one instant, which takes no time and rings no bell. `uid` is the same wherever it is the same.

    `sure` is False for what may not come to pass, `private` where only the calendar's owner is to see it.
    """

    uid: str
    at: datetime
    summary: str
    description: str
    sure: bool = True
    private: bool = False


def calendar_bytes(entries: Iterable[Entry], as_of: datetime, maker: str) -> bytes:
    """A calendar of the entries as they stand at an instant; the same bytes for the same entries.

    Raises `InvalidInput` where icalendar is not installed.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        message = "a calendar needs icalendar, which is not installed"
        hint = "python -m pip install 'missingrules[calendar]'"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    book = Calendar()
    book.add("prodid", f"-//missingrules//{maker}//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    stamp = as_of.astimezone(UTC)
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", stamp)
        # What is known later replaces what was known before, where a calendar looks at it.
        event.add("sequence", max(0, int(stamp.timestamp()) // _MINUTE))
        event.add("dtstart", one.at.astimezone(UTC))
        # Exchange refuses entries with neither an end nor a length.
        event.add("duration", timedelta())
        event.add("summary", _shown(one.summary))
        event.add("description", _shown(one.description))
        event.add("status", "CONFIRMED" if one.sure else "TENTATIVE")
        # A deadline leaves its hour free.
        event.add("transp", "TRANSPARENT")
        if one.private:
            event.add("class", "PRIVATE")
        book.add_component(event)
    return bytes(book.to_ical())


def _shown(text: str) -> str:
    """The text without signs that a calendar file cannot hold; line breaks stay."""
    return "".join(c if c == "\n" or c.isprintable() else " " for c in text)
