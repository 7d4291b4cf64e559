"""Invented histories for benchmarks: as plain data, so that no timing depends on a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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
