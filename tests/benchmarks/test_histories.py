"""What an invented caseload is like, and that it is the same in every shape."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.families import plain
from benchmarks.families.words import PROTOCOL, STATUSES, Calendar
from benchmarks.histories import DAY, FOREVER, Caseload, made
from benchmarks.shapes import cases, tables, write_csv
from missingrules.domain.clock import Instant
from missingrules.interface.conversion import case_of
from missingrules.reading.protocols import read_protocol
from tests.audit.command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def caseload() -> Caseload:
    return made(20_000, seed=7)


def _in_care(caseload: Caseload) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Of each child whether it was looked after when one of its episodes began."""
    day = caseload.started // DAY
    then = (caseload.care_from[caseload.child] <= day) & (day < caseload.care_to[caseload.child])
    return np.bincount(caseload.child, weights=then, minlength=caseload.children) > 0


def test_of_looked_after_children_more_than_half_three_times_or_more(caseload: Caseload) -> None:
    many = np.bincount(caseload.child, minlength=caseload.children)
    in_care = _in_care(caseload)
    assert in_care.mean() > 0.4
    assert 0.5 < (many[in_care] >= 3).mean() < 0.75
    assert (many[~in_care] >= 3).mean() < 0.3
    assert many.min() == 1


def test_nine_in_ten_over_within_two_days(caseload: Caseload) -> None:
    lasted = caseload.returned - caseload.started
    over = lasted[caseload.returned != FOREVER]
    assert 0.88 < (over <= 2 * DAY).mean() < 0.92
    assert 0.001 < (caseload.returned == FOREVER).mean() < 0.05


def test_in_order_and_nothing_to_come(caseload: Caseload) -> None:
    same = caseload.child[1:] == caseload.child[:-1]
    assert (np.diff(caseload.child) >= 0).all()
    assert (caseload.started[1:][same] > caseload.returned[:-1][same]).all()
    assert (caseload.started <= caseload.reported).all()
    assert (caseload.reported < caseload.returned).all()
    assert caseload.reported.max() < caseload.as_of
    assert caseload.returned[caseload.returned != FOREVER].max() <= caseload.as_of
    assert caseload.at.max() <= caseload.as_of
    assert (np.diff(caseload.episode) >= 0).all()
    assert (np.diff(caseload.at)[np.diff(caseload.episode) == 0] >= 0).all()
    assert (caseload.at >= caseload.started[caseload.episode]).all()


def test_the_same_for_the_same_seed() -> None:
    one, same, other = made(200, seed=3), made(200, seed=3), made(200, seed=4)
    for field in fields(Caseload):
        assert np.array_equal(getattr(one, field.name), getattr(same, field.name))
    assert not np.array_equal(one.started, other.started)


def test_some_children_with_all_of_theirs(caseload: Caseload) -> None:
    calendar = Calendar.of(caseload)
    assert set(caseload.part(200, 300).child.tolist()) == set(range(100))
    whole = plain.answer(caseload.part(0, 300), calendar)
    first, last = (plain.answer(caseload.part(*ends), calendar) for ends in ((0, 200), (200, 300)))
    assert np.array_equal(whole.first(200).due, first.due)
    assert np.array_equal(whole.due, np.concatenate([first.due, last.due]))
    assert np.array_equal(whole.floor_risk, np.concatenate([first.floor_risk, last.floor_risk]))


def test_tables_say_what_cases_say() -> None:
    """Column by column, as text."""
    caseload = made(150, seed=5)
    found = tables(caseload)
    children, episodes, records = (found[name] for name in ("children", "episodes", "records"))
    written = list(cases(caseload))
    assert children["child"].tolist() == [case["case"] for case in written]
    assert children["date_of_birth"].tolist() == [case["child"]["date_of_birth"] for case in written]
    every = [(case["case"], each) for case in written for each in case["episodes"]]
    for key in ("id", "kind", "missing_from", "started_at", "reported_at", "located_at", "returned_at"):
        assert episodes[key].tolist() == [each[key] or "null" for _, each in every]
    assert episodes["child"].tolist() == [child for child, _ in every]
    acts = [(case["case"], each) for case in written for each in case["records"]]
    for key in ("id", "action", "episode", "at", "outcome"):
        assert records[key].tolist() == [each.get(key, "") for _, each in acts]
    facts = list(zip(*(found["facts"][key].tolist() for key in ("child", "fact", "value", "from", "to")), strict=True))
    for case in written:
        care = case["child"]["looked_after"]
        spans = [(str(s["value"]).lower(), s["from"], s.get("to", "")) for s in care] if care else [("false", "", "")]
        assert [row[2:] for row in facts if row[:2] == (case["case"], "looked_after")] == spans


def test_an_audit_of_the_tables_counts_what_the_reference_says(tmp_path: Path) -> None:
    caseload = made(60, seed=6)
    write_csv(caseload, tmp_path)
    as_of = str(np.datetime64(caseload.as_of, "s")) + "Z"
    told = run("audit", tmp_path, "--protocol", PROTOCOL, "--as-of", as_of, "--format", "csv")
    assert told.code == 0, told.err
    statuses = [row["status"] for row in csv.DictReader(io.StringIO(told.out))]
    expected = plain.answer(caseload, Calendar.of(caseload)).status
    # What lies ahead is no finding of an audit.
    assert sorted(statuses) == sorted(name for name in np.array(STATUSES)[expected].tolist() if name != "upcoming")


def test_every_case_can_be_read() -> None:
    protocol = read_protocol(PROTOCOL)
    caseload = made(50, seed=8)
    read = [case_of(case, [protocol], Instant(caseload.as_of)) for case in cases(caseload)]
    assert sum(len(case.episodes) for case in read) == caseload.episodes
    assert sum(len(case.records) for case in read) == len(caseload.episode)
