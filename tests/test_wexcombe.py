"""The invented area of examples/wexcombe: encoded to the last paragraph, and every number of it tried."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.test_cli import run

ROOT = Path(__file__).parents[1]
AREA = ROOT / "examples" / "wexcombe"
FILE = AREA / "wexcombe.yaml"


def test_the_rules_are_sound_and_every_number_is_in_its_paragraph() -> None:
    done = run("check", FILE)
    assert (done.returncode, done.stdout.decode()) == (0, "1 protocol file: nothing found\n")
    done = run("sources", "check", FILE, "--texts", AREA)
    assert (done.returncode, done.stdout.decode().rpartition(": ")[2]) == (0, "nothing found\n")


def test_every_scenario_holds_and_everything_is_tried() -> None:
    done = run("test", AREA / "scenarios", "--protocol", FILE)
    assert (done.returncode, done.stdout.decode()) == (0, "27 scenarios in 1 file: all hold\n")
    done = run("coverage", FILE, "--scenarios", AREA / "scenarios")
    assert done.returncode == 0, done.stdout.decode()
    assert done.stdout.decode().count("all ") == 6


def test_the_table_laid_out_by_spaces_becomes_cells(tmp_path: Path) -> None:
    shutil.copy(AREA / "wexcombe.txt", tmp_path)
    done = run("new", "wexcombe", "--source", tmp_path / "wexcombe.txt", "--folder", tmp_path)
    assert done.returncode == 0
    ledger = (tmp_path / "sources" / "wexcombe.yaml").read_text(encoding="utf-8")
    assert ledger.count("ref: 3.1 row ") == 16
    assert "3.1 row 4 cell 4, heading: Who is told, words: 2" in ledger
