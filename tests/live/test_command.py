"""`missingrules changes` and `evaluate --since`: what is written, and what is refused."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from missingrules.cli.commands import app

ROOT = Path(__file__).parents[2]
CASE = str(ROOT / "examples" / "looked-after-clock-change.yaml")
PROTOCOL = ("--protocol", str(ROOT / "protocols" / "northamptonshire.yaml"))
EARLY, LATE = "2025-03-30T23:00:00+01:00", "2025-03-31T15:00:00+01:00"


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("results")
    paths = folder / "before.json", folder / "after.json"
    for path, at in zip(paths, (EARLY, LATE), strict=True):
        done = run("evaluate", CASE, *PROTOCOL, "--as-of", at, "--output", path)
        assert done.exit_code == 0, done.stderr
    return paths


def test_the_text_says_what_happened_and_why(results: tuple[Path, Path]) -> None:
    text = run("changes", *results).stdout
    assert text.startswith(
        "Case looked-after-clock-change, from Sun 30 Mar 2025 23:00 BST to Mon 31 Mar\n2025 15:00 BST\n\nNEW ("
    )
    # Held on Monday at 14:00; 48 hours from Friday 22:30 had ended on Sunday, at 23:30 summer time.
    shown = " ".join(text.partition("\nDONE (1)\n")[2].split())
    assert shown.startswith(
        "because record R5 - MUST First strategy meeting on a child missing for a day (E1): met late by R5, "
        "Mon 31 Mar 2025 14:00 BST, due Sun 30 Mar 2025 23:30 BST [7.17"
    )
    assert run("changes", results[0], results[0]).stdout.endswith("\nNothing has changed.\n")


def test_json_and_rows_and_since_say_the_same(results: tuple[Path, Path], tmp_path: Path) -> None:
    data = json.loads(run("changes", *results, "--format", "json").stdout)
    since = ("evaluate", CASE, *PROTOCOL, "--as-of", LATE, "--since", results[0])
    assert json.loads(run(*since, "--format", "json").stdout) == data
    assert run(*since).stdout == run("changes", *results).stdout
    done = run("changes", *results, "--output", tmp_path / "changes.csv")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'changes.csv'} was written\n")
    rows = list(csv.DictReader(StringIO((tmp_path / "changes.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert [(row["kind"], row["key"]) for row in rows] == [(each["kind"], each["key"]) for each in data["changes"]]
    discharged = next(row for row in rows if row["kind"] == "discharged")
    assert (discharged["status_before"], discharged["status"], discharged["caused_by"]) == (
        "due",
        "met_late",
        "record R5",
    )


def test_what_is_refused(results: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    data = json.loads(results[1].read_text(encoding="utf-8"))
    other.write_text(json.dumps({**data, "case": "C2"}), encoding="utf-8")
    asked = ("evaluate", CASE, *PROTOCOL, "--as-of", LATE)
    for words, message in (
        (("changes", results[0], other), "[two-cases]"),
        (("changes", results[0], tmp_path / "none.json"), "[file-unreadable] there is no file"),
        (("changes", *results, "--output", results[0], "--force"), "[file-there]"),
        ((*asked, "--since", other), "[two-cases] --since: "),
        ((*asked, "--since", results[0], "--full"), "[whole-answers] --since compares whole answers"),
        ((*asked, "--since", results[0], "--every-reading"), "[whole-answers] --since compares whole answers"),
        (
            (*asked, "--since", results[0], "--format", "md"),
            "[text-alone] --since: what changed cannot be written as md",
        ),
        ((*asked, "--since", results[0], "--output", results[0], "--force"), "[file-there]"),
        ((*asked, "--since", tmp_path), "[file-unreadable]"),
    ):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (2, ""), words
        assert message in done.stderr, done.stderr


def test_nothing_in_a_stored_result_commands_a_terminal(results: tuple[Path, Path], tmp_path: Path) -> None:
    data = json.loads(results[1].read_text(encoding="utf-8"))
    for action in data["actions"]:
        action["title"], action["by"] = "=1+1\x1b[31m[red]\u202e", [{"role": "\x07"}]
        action["because"] = [{"fact": "episode.risk", "value": "\x1b]0;", "source": "E1"}]
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    text = run("changes", results[0], path).stdout
    assert "[red]" in text
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    rows = list(csv.DictReader(StringIO(run("changes", results[0], path, "--format", "csv").stdout, newline="")))
    assert all(row["title"].startswith("'=") for row in rows if row["kind"] != "withdrawn")
    assert all(cell.isprintable() for row in rows for cell in row.values())
