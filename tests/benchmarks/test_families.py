"""The invented protocol is sound, and engines that are here say of generated children what the reference says."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.families import __main__ as runner
from benchmarks.families import by_missingrules, by_numpy, plain
from benchmarks.families.dates import Dates
from benchmarks.families.words import PROTOCOL, RULES, STATUSES, Calendar, Rows, first_difference
from benchmarks.histories import HOUR, Caseload, made
from tests.audit.command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "words", [("check",), ("fmt", "--check"), ("sources", "check", "--texts", PROTOCOL.parent)], ids=lambda w: w[0]
)
def test_the_protocol_is_sound(words: tuple[str, ...]) -> None:
    told = run(*words, PROTOCOL)
    assert told.code == 0, told.out + told.err


@pytest.mark.parametrize("seed", [11, 12])
def test_missingrules_says_what_the_reference_says(seed: int) -> None:
    caseload = made(150, seed).whole_hours() if seed % 2 else made(150, seed)
    expected = plain.answer(caseload, Calendar.of(caseload))
    assert first_difference(by_missingrules.answer(PROTOCOL, caseload), expected) is None
    assert {STATUSES[code] for code in expected.status} == set(STATUSES)


@pytest.mark.parametrize("seed", [21, 22])
def test_numpy_says_what_the_reference_says(seed: int) -> None:
    caseload = made(800, seed).whole_hours() if seed % 2 else made(800, seed)
    calendar = Calendar.of(caseload)
    expected = plain.answer(caseload, calendar)
    assert first_difference(by_numpy.answer(caseload, calendar), expected) is None
    assert {RULES[code] for code in expected.rule} == set(RULES)


def test_dates_of_whole_columns() -> None:
    """Every half hour of fourteen months and a second before it, against the reference's way."""
    calendar = Calendar.between(1_733_000_000, 1_769_774_400)
    dates = Dates(calendar, 1_733_000_000, 1_769_774_400)
    half_hours = np.arange(1_733_000_400, 1_769_774_400, HOUR // 2)
    instants = np.concatenate([half_hours, half_hours - 1])
    assert dates.week_after(instants).tolist() == [plain.days_after(each, 7) for each in instants.tolist()]
    days = dates.of(instants)
    assert days.tolist() == [plain.date_of(each).toordinal() - 719_163 for each in instants.tolist()]


def test_a_row_that_differs_is_told() -> None:
    caseload = made(20, seed=1)
    expected = plain.answer(caseload, Calendar.of(caseload))
    late = expected.status.copy()
    late[3] = (late[3] + 1) % len(STATUSES)
    told = first_difference(replace(expected, status=late), expected)
    assert told is not None
    assert STATUSES[late[3]] in told.partition("the reference")[0]
    fewer = Rows(*(getattr(expected, name) for name in Rows.__slots__[:9]), *([expected.floor_child[:-1]] * 3))
    assert "floor" in str(first_difference(fewer, expected))


def test_the_runner_times_and_names_what_it_could_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{runner.BEGINS}\nold\n{runner.ENDS}\nafter\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "polars", None)
    monkeypatch.setattr(runner, "PART", 25)
    absent = runner.Engine("Polars by hand", "by_polars", "no-such-package")
    monkeypatch.setattr(runner, "PAGE", page)
    monkeypatch.setattr(runner, "engines", lambda: [runner.Engine("NumPy by hand", "by_numpy", "numpy"), absent])
    assert runner.main(["--children", "60", "--rounds", "2", "--write"]) == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith(f"{runner.ENDS}\nafter\n")
    assert "old" not in written
    assert "| Polars by hand | | | | | | not run: import of polars halted" in written
    (line,) = (line for line in written.splitlines() if line.startswith("| NumPy by hand "))
    cells = [cell.strip() for cell in line.split("|")]
    assert (cells[2], cells[5]) == ("60", "1")
    assert "not run" in capsys.readouterr().out


def test_an_engine_that_differs_is_not_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(caseload: Caseload, calendar: Calendar) -> Rows:
        found = plain.answer(caseload, calendar)
        return replace(found, due=found.due + 1)

    monkeypatch.setattr(by_numpy, "answer", wrong)
    monkeypatch.setattr(runner, "engines", lambda: [runner.Engine("NumPy by hand", "by_numpy", "numpy")])
    assert runner.main(["--children", "30", "--rounds", "1"]) == 1
    said = capsys.readouterr().out
    assert "not timed, since it differs from the reference: obligation 0" in said


def test_an_engine_that_fails_keeps_no_other_from_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(caseload: Caseload, calendar: Calendar) -> Rows:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(by_numpy, "answer", failing)
    both = [runner.Engine("NumPy by hand", "by_numpy", "numpy"), runner.Engine("plain Python", "plain", "")]
    monkeypatch.setattr(runner, "engines", lambda: both)
    assert runner.main(["--children", "10", "--check"]) == 1
    said = capsys.readouterr().out
    assert "not timed, since it failed: ZeroDivisionError: by nought" in said
    assert "plain Python" in said.partition("by nought")[2]
