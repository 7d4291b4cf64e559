"""The table ssd_missing. Every case is worked out by hand from docs/import.md and a calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from missingrules.adapters.given import Asked
from missingrules.domain.clock import instant_of
from tests.adapters.exports import codes, read

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
    "miss_missing_episode_end_date,miss_missing_rhi_offered,miss_missing_rhi_accepted"
)
EXTRACT = Asked("ssd_missing", history_from=date(2019, 7, 1), complete_to=date(2025, 6, 30))


def extract(folder: Path, *rows: str) -> Path:
    path = folder / "ssd_missing.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return path


def test_times_of_the_wall_clock_get_their_offset(tmp_path: Path) -> None:
    path = extract(
        tmp_path,
        "88,P1,2025-03-28 22:30:00.000,M,2025-03-30T09:05:17.997,Y,N",
        "89,P1,02/06/2025 20:00,Away from placement without authorisation,03/06/2025 08:00:30,NA,",
    )
    found = read(path, EXTRACT)
    assert found.cases == [
        {
            "format": 1,
            "case": "P1",
            "history_from": "2019-07-01",
            # The table has children who are looked after and children who are not, and does not say which.
            "child": {},
            "episodes": [
                {
                    "id": "88",
                    "kind": "missing",
                    "started_at": "2025-03-28T22:30:00+00:00",
                    # Clocks had gone forward that night; of the second no more is kept.
                    "located_at": "2025-03-30T09:05:17+01:00",
                },
                {
                    "id": "89",
                    "kind": "absent",
                    "started_at": "2025-06-02T20:00:00+01:00",
                    "returned_at": "2025-06-03T08:00:30+01:00",
                },
            ],
        }
    ]
    # Offered or accepted, and not when: no record can be made of it.
    assert found.told == ["column-not-usable", "column-not-usable", "found-not-back", "no-records"]


def test_midnight_is_what_a_date_alone_is_written_as(tmp_path: Path) -> None:
    path = extract(tmp_path, "1,P1,2025-03-28 00:00:00.000,M,2025-03-30 00:00:00,,")
    (episode,) = read(path, EXTRACT).cases[0]["episodes"]
    assert (episode["started_at"], episode["located_at"]) == ("2025-03-28", "2025-03-30")


@pytest.mark.parametrize(
    ("as_of", "to", "returned"),
    [
        ("2025-06-30T23:59:59+01:00", date(2025, 6, 30), None),
        ("2025-07-01T00:00:00+01:00", date(2025, 6, 30), "not known"),
        ("2025-06-30T23:59:59+01:00", None, "not known"),
    ],
)
def test_without_an_end_it_was_not_over_when_the_extract_was_made(
    tmp_path: Path, as_of: str, to: date | None, returned: str | None
) -> None:
    path = extract(tmp_path, "1,P1,2025-06-28 20:00:00,M,,,")
    found = read(path, replace(EXTRACT, complete_to=to), instant_of(datetime.fromisoformat(as_of)))
    (episode,) = found.cases[0]["episodes"]
    assert episode.get("returned_at", "not known") == returned
    assert episode.get("located_at", "not known") == returned


def test_each_mistake_has_its_own_code(tmp_path: Path) -> None:
    path = extract(
        tmp_path,
        "1,P1,2025-10-26 01:30:00,M,2025-10-26 05:00:00,,",  # clocks went back: shown twice
        "2,P2,2025-03-30 01:30:00,M,2025-03-30 05:00:00,,",  # clocks went forward: never shown
        "3,P3,2025-05-01 20:00:00,M,2025-05-01 21:00:00,,",
        "3,P3,2025-05-02 20:00:00,M,2025-05-02 21:00:00,,",  # the same id
        ",P4,2025-05-02 20:00:00,M,2025-05-02 21:00:00,,",
        "6,P5,2025-05-02 20:00:00,,2025-05-02 21:00:00,,",  # found or back: the kind would say
        "7,P6,2025-05-02 20:00:00,Erika,2025-05-02 21:00:00,,",
        "8,P7,2025-05-02 20:00:00,M,2025-05-02 19:59:59,,",
        "9,,2025-05-02 20:00:00,M,2025-05-02 21:00:00,,",
        "10,P8,2025-05-02 20:00:00,M",
        "11,P9,20250502,M,,,",
        "12,P10,=NOW(),M,,,",
        "a b,P11,2025-05-02 20:00:00,M,2025-05-02 21:00:00,,",
    )
    start, end = "miss_missing_episode_start_date", "miss_missing_episode_end_date"
    found = read(path, EXTRACT)
    assert codes(found) == [
        (2, start, "local-time-twice"),
        (3, start, "local-time-skipped"),
        (4, None, "child-not-used"),
        (5, "miss_table_id", "duplicate-id"),
        (6, "miss_table_id", "missing-key"),
        (7, "miss_missing_episode_type", "missing-key"),
        (8, "miss_missing_episode_type", "unknown-code"),
        (9, end, "end-before-start"),
        (10, "miss_person_id", "no-child"),
        (11, None, "row-length"),
        (12, start, "bad-date"),
        (13, start, "bad-date"),
        (14, "miss_table_id", "bad-id"),
    ]
    told = "\n".join(one.render() for one in found.rejections)
    assert not any(said in told for said in ("Erika", "20250502", "NOW", "P11", "a b"))
    # Its form is told, and not what it says.
    assert "this is not written as YYYY-MM-DD or DD/MM/YYYY, but 99999999\n" in told
