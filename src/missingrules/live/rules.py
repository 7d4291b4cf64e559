"""What differs in that by which two results were made: texts of protocols, the library, its calendar, how far ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.changes import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.changes import Asked, Standings, Text


def rules_between(before: Standings, after: Standings) -> tuple[Cause, ...]:
    """Each difference once; empty where both were made by the same rules."""
    return (*_texts(before.asked, after.asked), *_makers(before.asked, after.asked), *_readings(before, after))


def _texts(before: Asked, after: Asked) -> Iterator[Cause]:
    was, now = _by_edition(before), _by_edition(after)
    for name, edition in dict.fromkeys((*was, *now)):
        one, other = was.get((name, edition)), now.get((name, edition))
        if one == other:
            continue
        if one and other:
            yield Cause("rules", name, f"text of {edition}" if edition else "text", "changed", one, other)
        else:
            yield Cause("rules", name, f"edition {edition}", "added" if other else "withdrawn", one, other)


def _by_edition(asked: Asked) -> dict[tuple[str, str], str]:
    return {(text.protocol, text.edition): text.fingerprint for text in asked.texts}


def _makers(before: Asked, after: Asked) -> Iterator[Cause]:
    for what, was, now in (
        ("library", before.library, after.library),
        ("calendar", before.calendar, after.calendar),
        ("horizon_days", before.horizon_days, after.horizon_days),
    ):
        # One that an older result does not name is no difference.
        if was != now and was not in ("", None) and now not in ("", None):
            yield Cause("rules", None, what, "changed", was, now)


def _readings(before: Standings, after: Standings) -> Iterator[Cause]:
    """Readings that were taken otherwise, as far as a duty in each names them."""
    was, now = _taken(before), _taken(after)
    for reading in was.keys() & now.keys():
        if was[reading] != now[reading]:
            protocol, id_ = reading
            yield Cause("rules", protocol, f"reading {id_}", "changed", was[reading], now[reading])


def _taken(standings: Standings) -> dict[tuple[str, str], str]:
    return {
        (str(each.said.get("protocol")), reading["id"]): reading["option"]
        for each in standings.duties.values()
        for reading in each.said.get("readings") or ()
    }


def texts_of(asked: Asked, protocol: str) -> list[Text]:
    """The texts that a name stands for: several are editions."""
    return [text for text in asked.texts if text.protocol == protocol]
