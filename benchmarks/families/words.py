"""What goes in beside the caseload, and what comes out: the same columns from every engine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from holidays import country_holidays

from benchmarks.histories import DAY, FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.histories import Caseload, Codes, Days, Numbers, Seconds

PROTOCOL: Final = Path(__file__).with_name("families.yaml")

# Codes of the columns that come out are places in these.
RULES: Final = (
    "third-episode",
    "fifth-episode",
    "ninth-episode",
    "missing-a-day",
    "missing-two-days",
    "missing-three-days",
    "missing-a-week",
    "planning-meeting",
    "prevention-check",
    "return-interview",
    "placement-review",
    "plan-update",
)
STATUSES: Final = ("met", "met_late", "due", "overdue", "ceased", "missed", "available", "upcoming")
CHAIRS: Final = ("", "team_manager", "service_manager", "assistant_director", "reviewing_officer")
PARAGRAPHS: Final = (
    "2.2",
    "2.3",
    "2.3; 2.4",
    "2.5",
    "3.1",
    "3.2",
    "3.2; 3.3",
    "3.4",
    "3.5",
    "4.1",
    "4.1; 4.2",
    "4.1; 4.3",
    "4.1; 4.2; 4.3",
    "4.4",
    "4.5",
    "4.6",
    "4.7",
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What every engine is given of England's calendar: bank holidays, and when clocks change to which offset."""

    holidays: Days
    changes: Seconds  # from each on the offset beside it holds
    offsets: Seconds

    @classmethod
    def between(cls, first: int, last: int) -> Calendar:
        """From the year of one instant to the year after another."""
        zone = ZoneInfo("Europe/London")
        years = range(datetime.fromtimestamp(first, UTC).year, datetime.fromtimestamp(last, UTC).year + 2)
        closed = sorted(country_holidays("GB", subdiv="ENG", years=years))
        changes, offsets = [], []
        hour, held = datetime(years[0] - 1, 12, 31, tzinfo=UTC), None
        while hour.year < years[-1] + 1:
            offset = hour.astimezone(zone).utcoffset()
            if offset != held and offset is not None:
                changes.append(int(hour.timestamp()))
                offsets.append(int(offset.total_seconds()))
                held = offset
            hour += timedelta(hours=1)
        days = np.array([(day - date(1970, 1, 1)).days for day in closed], np.int32)
        return cls(days, np.array(changes, np.int64), np.array(offsets, np.int64))

    @classmethod
    def of(cls, caseload: Caseload) -> Calendar:
        return cls.between(int(caseload.started.min()) - 90 * DAY, caseload.as_of)


OBLIGATION_TYPES: Final = (np.int32, np.int32, np.int8, np.int8, np.int8, np.int64, np.int64, np.int8, np.int8)
FLOOR_TYPES: Final = (np.int32, np.int32, np.int8)


@dataclass(frozen=True, slots=True)
class Rows:
    """What comes out, in any order. Obligations: instants are seconds since 1970 UTC, `FOREVER` where there is none."""

    child: Numbers
    episode: Numbers
    rule: Codes
    occurrence: Codes
    status: Codes
    triggered: Seconds
    due: Seconds
    chair: Codes
    paragraphs: Codes
    # The effective risk of each episode that has a floor under it at `as_of`.
    floor_child: Numbers
    floor_episode: Numbers
    floor_risk: Codes

    @classmethod
    def of(cls, obligations: Sequence[tuple[int, ...]], floors: Sequence[tuple[int, ...]]) -> Rows:
        """From rows of whole numbers in the order of the columns."""
        columns = (
            np.array([row[at] for row in rows], type_)
            for rows, types in ((obligations, OBLIGATION_TYPES), (floors, FLOOR_TYPES))
            for at, type_ in enumerate(types)
        )
        return cls(*columns)

    def first(self, children: int) -> Rows:
        """Those of the first so many children."""
        owed, floors = self.child < children, self.floor_child < children
        return Rows(
            **{name: getattr(self, name)[owed] for name in OBLIGATION},
            **{name: getattr(self, name)[floors] for name in FLOOR},
        )


OBLIGATION: Final = tuple(field.name for field in fields(Rows) if not field.name.startswith("floor_"))
FLOOR: Final = tuple(field.name for field in fields(Rows) if field.name.startswith("floor_"))


def in_order(rows: Rows) -> Rows:
    """By child, episode and rule."""
    order = np.lexsort((rows.occurrence, rows.rule, rows.episode, rows.child))
    floors = np.lexsort((rows.floor_episode, rows.floor_child))
    sorted_ = {name: getattr(rows, name)[order] for name in OBLIGATION}
    return Rows(**sorted_, **{name: getattr(rows, name)[floors] for name in FLOOR})


def told(rows: Rows, at: int) -> str:
    """An obligation in words."""
    one = {name: int(getattr(rows, name)[at]) for name in OBLIGATION}
    return (
        f"child {one['child']}, episode {one['episode']}, {RULES[one['rule']]}/{one['occurrence']}: "
        f"{STATUSES[one['status']]}, triggered {moment(one['triggered'])}, due {moment(one['due'])}, "
        f"chair {CHAIRS[one['chair']] or 'none'}, {PARAGRAPHS[one['paragraphs']]}"
    )


def moment(seconds: int) -> str:
    return "never" if seconds == FOREVER else datetime.fromtimestamp(seconds, UTC).isoformat()


def first_difference(said: Rows, expected: Rows) -> str | None:
    """The first row in which an engine differs from the reference, in words; None where it differs in none."""
    said, expected = in_order(said), in_order(expected)
    for columns, what in ((OBLIGATION, "obligation"), (FLOOR, "floor")):
        ours, theirs = ([np.asarray(getattr(rows, name)) for name in columns] for rows in (said, expected))
        size = min(len(ours[0]), len(theirs[0]))
        differs = np.zeros(size, bool)
        for one, other in zip(ours, theirs, strict=True):
            differs |= one[:size] != other[:size]
        if not differs.any() and len(ours[0]) == len(theirs[0]):
            continue
        at = int(np.argmax(differs)) if differs.any() else size
        if what == "floor":
            shown = [_floor(rows, at) for rows in (said, expected)]
        else:
            shown = [told(rows, at) if at < len(rows.child) else "no more rows" for rows in (said, expected)]
        return f"{what} {at}: it says {shown[0]}; the reference {shown[1]}"
    return None


def _floor(rows: Rows, at: int) -> str:
    if at >= len(rows.floor_child):
        return "no more rows"
    return f"child {rows.floor_child[at]}, episode {rows.floor_episode[at]}, risk {rows.floor_risk[at]}"
