"""Days counted from an anchor, so that a scenario does not age: `day 3 22:30`, `end of day 3`, `turns 15 on day 1`.

They become the dates and instants that a case is written in, each in the place where it stood. The offset is worked
out by the protocol's clock; in the hour that comes twice it has to be written.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Final

from missingrules.interface.leaves import EARLIEST_YEAR, LATEST_YEAR
from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from missingrules.domain.clock import Clock
    from missingrules.reading.nodes import Node
    from missingrules.reading.places import Text
    from missingrules.reading.report import Report

_LIKE: Final = re.compile(r"(?:end of |turns \d+ on )?day [-+]?\d", re.IGNORECASE)
_DAY: Final = re.compile(r"day (-?\d{1,5})(?: (\d\d):(\d\d)(?::(\d\d))?(?: (Z|[+-]\d\d:\d\d))?)?")
_END: Final = re.compile(r"end of day (-?\d{1,5})")
_BIRTHDAY: Final = re.compile(r"turns (\d{1,3}) on day (-?\d{1,5})")
HOW: Final = "write day 3 for the whole date, day 3 22:30 for a time of it, end of day 3 for its last second"


class Days:
    """Counts days from one anchor; with none, every day is a mistake."""

    def __init__(self, anchor: date | None, clock: Clock, report: Report) -> None:
        self.anchor = anchor
        self.clock = clock
        self.report = report
        # A value that stands in several places under a name is the same each time, and keeps being so.
        self._known: dict[int, tuple[Node, Node]] = {}

    def dated(self, node: Node) -> Node:
        """The node with every day in it as a date or an instant."""
        if isinstance(node, Scalar):
            return self.text(node)
        if (before := self._known.get(id(node))) is not None:
            return before[1]
        made: Node
        if isinstance(node, Mapping):
            made = node._replace(named={key: self.dated(value) for key, value in node.named.items()})
        else:
            assert isinstance(node, Sequence)
            made = node._replace(items=tuple(self.dated(item) for item in node.items))
        self._known[id(node)] = node, made
        return made

    def text(self, word: Text) -> Text:
        """A word as it is, or as the date or instant that it counts."""
        if not _LIKE.match(word):
            return word
        written = self._written(word)
        return word if written is None else word.here(written)

    def _written(self, word: Text) -> str | None:
        if found := _DAY.fullmatch(word):
            day = self._date(word, found[1])
            if day is None or found[2] is None:
                return None if day is None else day.isoformat()
            if int(found[2]) > 23 or int(found[3]) > 59 or int(found[4] or 0) > 59:
                self._wrong("bad-day", "there is no such time of day", word, "write it from 00:00 to 23:59")
                return None
            return self._instant(word, day, time(int(found[2]), int(found[3]), int(found[4] or 0)), found[5])
        if found := _END.fullmatch(word):
            day = self._date(word, found[1])
            return None if day is None else self.clock.local(self.clock.end_of(day)).isoformat()
        if found := _BIRTHDAY.fullmatch(word):
            day = self._date(word, found[2])
            return None if day is None else self._born(word, day, int(found[1]))
        self._wrong("bad-day", f"'{word}' is no day or time that can be read", word, HOW)
        return None

    def _date(self, word: Text, number: str) -> date | None:
        if self.anchor is None:
            hint = "write anchor: 2025-06-02, the date of day 0, above the scenarios or in this one"
            self._wrong("no-anchor", "days are counted from an anchor, and there is none", word, hint)
            return None
        try:
            day = self.anchor + timedelta(days=int(number))
        except OverflowError:
            day = date.min
        if EARLIEST_YEAR <= day.year < LATEST_YEAR:
            return day
        message = f"that day is not between {EARLIEST_YEAR} and {LATEST_YEAR}"
        self._wrong("bad-day", message, word, "check the number, and the anchor")
        return None

    def _instant(self, word: Text, day: date, hour: time, offset: str | None) -> str | None:
        shown = [self.clock.local(each).isoformat() for each in self.clock.instants(day, hour)]
        if not shown:
            message = f"on {day} no clock shows this time: they go forward over it"
            self._wrong("no-such-hour", message, word, "write a time before or after the hour that is left out")
            return None
        if offset is not None:
            wanted = "+00:00" if offset == "Z" else offset
            for each in shown:
                if each.endswith(wanted):
                    return each
            offsets = " or ".join(each[19:] for each in shown)
            hint = f"leave it out, or write {offsets}"
            self._wrong("wrong-offset", f"on {day} clocks are not at {offset} then", word, hint)
            return None
        if len(shown) > 1:
            hint = " or ".join(f"{word} {each[19:]}" for each in shown)
            self._wrong("two-such-hours", f"on {day} clocks show this time twice", word, f"write {hint}")
            return None
        return shown[0]

    def _born(self, word: Text, day: date, age: int) -> str | None:
        try:
            return day.replace(year=day.year - age).isoformat()
        except ValueError:
            message = f"{day.year - age} had no 29 February to be born on"
            self._wrong("bad-day", message, word, "choose another day, or write the date of birth")
            return None

    def _wrong(self, code: str, message: str, word: Text, hint: str) -> None:
        self.report.error(code, message, word.span, hint)
