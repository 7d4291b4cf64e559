"""What every form of an answer for other systems has in common, be it nested or in rows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from missingrules.domain.clock import FOREVER

if TYPE_CHECKING:
    from missingrules.domain.answers import Ahead
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.obligations import Obligation


def order(obligation: Obligation) -> tuple[bool, int, str]:
    """The fixed order of actions: due instant, earliest possible, or trigger; those without last; then key."""
    at = obligation.due
    if at is None:
        at = obligation.due_between[0] if obligation.due_between else obligation.sort_at
    return at is None, at or 0, obligation.key


def iso(clock: Clock, instant: Instant) -> str:
    return clock.local(instant).isoformat()


@lru_cache(maxsize=1)
def library_version() -> str:
    """The version of the installed library, or 0 where it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("missingrules")
    except PackageNotFoundError:
        return "0"


def ahead_condition(ahead: Ahead, clock: Clock) -> str:
    """`one more episode by 2025-06-11`, `3 more episodes` whenever they come, or `still missing on 2025-07-01`."""
    by = "" if ahead.at >= FOREVER else clock.date_of(ahead.at).isoformat()
    if ahead.kind == "time":
        return f"still missing on {by}"
    more = "one more episode" if ahead.count == 1 else f"{ahead.count} more episodes"
    return f"{more} by {by}" if by else more
