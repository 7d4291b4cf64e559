"""Invented histories for benchmarks: as plain data, so that no timing depends on a file."""

from __future__ import annotations

import contextlib
import csv
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2025, 1, 6, 21, 30, tzinfo=UTC)
AS_OF = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
RISKS = ("medium", "high", "medium")
HOURS = (5, 30, 11, 50, 80, 7)


def child(episodes: int, *, apart_days: int = 14) -> dict[str, Any]:
    """A looked-after child with so many episodes a fortnight apart, each graded, with some of the acts recorded."""
    found, records = [], []
    for i in range(episodes):
        started = START + timedelta(days=apart_days * i, hours=3 * i % 11)
        returned = started + timedelta(hours=HOURS[i % len(HOURS)])
        found.append(
            {
                "id": f"E{i + 1}",
                "kind": "missing",
                "missing_from": "care",
                "started_at": started.isoformat(),
                "reported_at": (started + timedelta(hours=1)).isoformat(),
                "located_at": returned.isoformat(),
                "returned_at": returned.isoformat(),
                "risk": [{"value": RISKS[i % 3], "at": (started + timedelta(hours=1)).isoformat()}],
                "serious_concerns": i % 4 == 0,
            }
        )
        if i % 2 == 0:
            records.append(
                {
                    "id": f"R{i + 1}",
                    "action": "return_interview",
                    "at": (returned + timedelta(hours=40)).isoformat(),
                    "episode": f"E{i + 1}",
                }
            )
    return {
        "format": 1,
        "case": f"invented-{episodes}",
        "child": {
            "date_of_birth": "2010-02-11",
            "looked_after": [{"value": True, "from": "2024-03-01"}],
            "known_to_social_care": True,
            "placed_by_another_authority": False,
            "placed_out_of_county": False,
        },
        "episodes": found,
        "records": records,
    }


# --- a caseload of an authority ---------------------------------------------------------------------------------------

YEAR = datetime(2025, 1, 2, tzinfo=UTC)
AUDITED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
# Hours missing, and how often: nine in ten are over within two days.
LASTED = ((0.60, 1, 12), (0.90, 12, 48), (0.98, 48, 168), (1.0, 168, 700))
# More than half of the looked-after children who go missing do so three times or more.
LOOKED_AFTER = ((0.25, 1, 1), (0.44, 2, 2), (0.80, 3, 5), (1.0, 6, 12))
AT_HOME = ((0.70, 1, 1), (0.90, 2, 2), (1.0, 3, 6))
# What is done of each episode: the act, how often, hours after the start or return, and by when it should be.
ACTS = (
    ("return_interview", "returned_at", 0.75, 72),
    ("prevention_interview", "returned_at", 0.85, 24),
    ("strategy_meeting", "started_at", 0.35, 72),
    ("risk_assessment", "started_at", 0.6, 24),
)


def caseload(episodes: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Invented children with so many episodes between them, as cases; the same for the same seed."""
    left, number = episodes, 0
    while left > 0:
        number += 1
        case = _invented(number, left, random.Random(f"{seed}-{number}"))
        left -= len(case["episodes"])
        yield case


def write_tables(folder: Path, episodes: int, seed: int = 1) -> int:
    """The same caseload as the tables of docs/audit.md, and how many children it has."""
    heads = {
        "children": ["child", "date_of_birth", *KNOWN],
        "episodes": ["child", "id", "kind", "missing_from", *INSTANTS],
        "records": ["child", "id", "action", "episode", "at", "recorded_at"],
        "facts": ["child", "episode", "fact", "value", "from", "at"],
    }
    children = 0
    with contextlib.ExitStack() as stack:
        writers: dict[str, csv.DictWriter[Any]] = {}
        for name, head in heads.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.DictWriter(file, head, restval="", extrasaction="ignore")
            writers[name].writeheader()
        for case in caseload(episodes, seed):
            children += 1
            of = {"child": case["case"]}
            flat = {key: str(value).lower() for key, value in case["child"].items() if not isinstance(value, list)}
            writers["children"].writerow({**of, **flat})
            for span in case["child"]["looked_after"]:
                dated = {key: str(value).lower() for key, value in span.items()}
                writers["facts"].writerow({**of, "fact": "looked_after", **dated})
            for episode in case["episodes"]:
                writers["episodes"].writerow({**of, **episode})
                for grading in episode["risk"]:
                    writers["facts"].writerow({**of, "episode": episode["id"], "fact": "risk", **grading})
            writers["records"].writerows({**of, **record} for record in case["records"])
    return children


KNOWN = ("known_to_social_care", "placed_by_another_authority", "placed_out_of_county")
INSTANTS = ("started_at", "reported_at", "located_at", "returned_at")


def _invented(number: int, most: int, draw: random.Random) -> dict[str, Any]:
    looked_after = draw.random() < 0.6
    many = min(most, _drawn(LOOKED_AFTER if looked_after else AT_HOME, draw))
    born = YEAR - timedelta(days=draw.randrange(11 * 365, 17 * 365))
    found: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    started = YEAR + timedelta(hours=draw.randrange(0, 24 * 200))
    for i in range(1, many + 1):
        returned = started + timedelta(minutes=draw.randrange(0, 59), hours=_drawn(LASTED, draw))
        reported = started + (returned - started) * draw.random() / 4
        episode = {
            "id": f"E{i}",
            "kind": "missing" if draw.random() < 0.9 else "absent",
            "missing_from": "care" if looked_after else "home",
            "started_at": _written(started),
            "reported_at": _written(reported),
            "located_at": _written(returned),
            "returned_at": _written(returned),
            "risk": [{"value": draw.choice(("low", "medium", "medium", "high")), "at": _written(reported)}],
        }
        found.append(episode)
        records += _records(episode, started, returned, draw)
        started = returned + timedelta(hours=draw.randrange(24, 24 * 45))
    return {
        "format": 1,
        "case": f"C-{number:06}",
        "child": {
            "date_of_birth": born.date().isoformat(),
            "looked_after": [{"value": looked_after, "from": "2024-03-01"}],
            **{fact: draw.random() < 0.3 for fact in KNOWN},
        },
        "episodes": found,
        "records": records,
    }


def _records(
    episode: dict[str, Any], started: datetime, returned: datetime, draw: random.Random
) -> list[dict[str, Any]]:
    """Most acts in their time, some late; most written down on the day, some a week later."""
    made: list[dict[str, Any]] = []
    for action, after, often, hours in ACTS:
        if draw.random() >= often:
            continue
        late = draw.random() < 0.2
        at = (started if after == "started_at" else returned) + timedelta(
            hours=hours * (draw.random() * (4 if late else 1))
        )
        entered = at + timedelta(hours=draw.randrange(24, 240) if draw.random() < 0.2 else draw.randrange(0, 8))
        made.append(
            {
                "id": f"{episode['id']}-R{len(made) + 1}",
                "action": action,
                "episode": episode["id"],
                "at": _written(at),
                "recorded_at": _written(entered),
            }
        )
    return made


def _drawn(table: tuple[tuple[float, int, int], ...], draw: random.Random) -> int:
    """A whole number from the row of a table that the dice fall on."""
    dice = draw.random()
    low, high = next((low, high) for upto, low, high in table if dice < upto)
    return draw.randint(low, high)


def _written(when: datetime) -> str:
    return when.replace(microsecond=0).isoformat()
