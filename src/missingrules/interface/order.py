"""Whether the times of a case can be true together. A date alone is any second of its day: only the impossible is
refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.case import NOT_KNOWN
from missingrules.domain.clock import BEFORE_ALL
from missingrules.interface.facts import first_of, last_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules.domain.case import Episode, Held, NotKnown, Stamp
    from missingrules.domain.clock import Clock, Instant
    from missingrules.interface.findings import Findings, Path

Placed = tuple["Episode", "Path"]

OLDEST: Final = 130


def check_order(episodes: Sequence[Placed], clock: Clock, findings: Findings) -> None:
    """Each episode in itself, then one after the other."""
    for episode, path in episodes:
        _check_within(episode, path, clock, findings)
    ordered = sorted(episodes, key=lambda one: (first_of(one[0].started, clock), _end(one[0], clock), one[0].id))
    latest: tuple[Instant, Episode] | None = None
    still_open: Episode | None = None
    for episode, path in ordered:
        here = (*path, "started_at")
        if still_open:
            message = f"this episode starts while the child is still missing in episode {still_open.id}"
            findings.add("episode-still-open", message, here, f"give {still_open.id} its returned_at")
        elif latest and latest[0] > last_of(episode.started, clock):
            message = f"this episode starts before episode {latest[1].id} has ended"
            findings.add("episodes-overlap", message, here, "let one end before the next starts, or make them one")
        end = _end(episode, clock)
        if latest is None or end > latest[0]:
            latest = end, episode
        if episode.returned is None:
            still_open = episode


def _check_within(episode: Episode, path: Path, clock: Clock, findings: Findings) -> None:
    start = first_of(episode.started, clock)
    returned, located = _stamp(episode.returned), _stamp(episode.located)
    if returned is not None and last_of(returned, clock) < start:
        hint = "see that the two times are not exchanged, and that their offsets are right"
        findings.add("return-before-start", "the return is before the start", (*path, "returned_at"), hint)
    elif located is not None and (
        last_of(located, clock) < start
        or (returned is not None and first_of(located, clock) > last_of(returned, clock))
    ):
        when = "before the start" if last_of(located, clock) < start else "after the return"
        message = f"the child was located {when}"
        findings.add("located-outside", message, (*path, "located_at"), "correct the time, or leave it out")


def _stamp(value: Stamp | NotKnown | None) -> Stamp | None:
    return None if value is NOT_KNOWN else value


def _end(episode: Episode, clock: Clock) -> Instant:
    """The first second at which the episode can have ended."""
    known = (_stamp(episode.returned), _stamp(episode.located), episode.started)
    return max((first_of(stamp, clock) for stamp in known if stamp is not None), default=BEFORE_ALL)


def check_birth(
    born: tuple[Held, ...] | None,
    episodes: Sequence[Placed],
    acts: Sequence[Stamp],
    as_of: Instant | None,
    clock: Clock,
    findings: Findings,
) -> None:
    """The date of birth against `as_of`, or without it against the latest time in the case."""
    from datetime import date

    if not born or not isinstance(born[0].value, date):
        return
    birth, path = born[0].value, ("child", "date_of_birth")
    stamps = [last_of(stamp, clock) for stamp in acts]
    stamps += [last_of(episode.started, clock) for episode, _ in episodes]
    now = as_of if as_of is not None else max(stamps, default=None)
    if now is None:
        return
    today = clock.date_of(now)
    if birth > today:
        than = "the day that is asked about" if as_of is not None else "every time in this case"
        findings.add("future-birth", f"the date of birth is later than {than}", path, "check the year")
        return
    if today.year - birth.year > OLDEST:
        findings.add("implausible-age", f"the child would be older than {OLDEST}", path, "check the year")
    for episode, place in episodes:
        if birth > clock.date_of(last_of(episode.started, clock)):
            message = f"episode {episode.id} starts before the child is born"
            findings.add("birth-after-episode", message, (*place, "started_at"), "check it and the date of birth")
