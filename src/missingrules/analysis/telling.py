"""What is expected and what came, in plain words, instants as the scenario's author writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.scenarios import Between, Moment, Texts, Who

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.scenarios import Value

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Teller:
    """Tells instants as days from the anchor, if there is one, always with the weekday and the date."""

    def __init__(self, clock: Clock, anchor: date | None) -> None:
        self.clock = clock
        self.anchor = anchor

    def instant(self, at: Instant | None) -> str:
        if at is None:
            return "none"
        local = self.clock.local(at)
        weekday = WEEKDAYS[local.weekday()]
        if self.anchor is None:
            return f"{local.isoformat()} ({weekday})"
        day = local.date()
        number = f"day {(day - self.anchor).days}"
        ending = f"{local:%H:%M:%S}".removesuffix(":00")
        twice = len(self.clock.instants(day, local.time())) > 1
        offset = f" {local.isoformat()[19:]}" if twice else ""
        written = f"end of {number}" if ending == "23:59:59" else f"{number} {ending}{offset}"
        return f"{written} ({weekday} {day.isoformat()})"

    def value(self, value: Value) -> str:
        match value:
            case None:
                return "none"
            case Moment(at):
                return self.instant(at)
            case Between(ends):
                return "none" if ends is None else " to ".join(map(self.instant, ends))
            case Texts(words):
                return ", ".join(sorted(words)) or "none"
            case Who():
                return _people(value)
            case _:
                return value


def _people(who: Who) -> str:
    roles = sorted(who.roles)
    match who.mode:
        case "none":
            return "nobody to name"
        case "not_stated":
            return "not stated"
        case "record_by":
            return "whoever made the record"
        case "undecided":
            return f"undecided between {' | '.join(sorted(map(_people, who.options)))}"
        case "any":
            return f"any of {', '.join(roles)}"
        case "other_than":
            return f"anybody but {', '.join(roles)}"
        case _:
            return ", ".join(roles) if len(roles) < 2 else f"all of {', '.join(roles)}"
