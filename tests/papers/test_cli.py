"""`missingrules sources`, as an officer or an auditor types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from missingrules.papers.index import renewed
from tests.papers.paper import HERE, PAPER, ledger_of
from tests.test_cli import refused, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The paper, its ledger and its rules, as they stand in a project."""
    ledger, _ = renewed(ledger_of(HERE / "ledger.yaml"), PAPER)
    (tmp_path / "ledger.yaml").write_text(ledger, encoding="utf-8")
    (tmp_path / "paper.txt").write_text(PAPER, encoding="utf-8")
    (tmp_path / "paper.yaml").write_bytes((HERE / "paper.yaml").read_bytes())
    return tmp_path


def test_a_protocol_that_its_paper_bears_out(folder: Path) -> None:
    done = run("sources", "check", folder / "paper.yaml", "--texts", folder)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "1 protocol file, 1 text held against the ledgers: nothing found\n"
    assert run("sources", "check", folder / "paper.yaml").stdout.decode() == (
        "1 protocol file, without the texts: nothing found\n"
    )


def test_a_number_that_the_paper_has_not(folder: Path) -> None:
    text = (folder / "paper.yaml").read_text(encoding="utf-8")
    (folder / "paper.yaml").write_text(text.replace("in: 90 days", "in: 28 days"), encoding="utf-8")
    done = run("sources", "check", folder / "paper.yaml")
    assert done.returncode == 1
    assert done.stdout.decode() == (
        f"{folder / 'paper.yaml'}:29:47: error [number-not-in-paragraph] "
        "28 days stands in none of the paragraphs cited: 1.1 bullet 2, 1.2\n"
        "  |     trigger: {episodes_reach: at least 3, in: 28 days}\n"
        "  |                                               ^^^^^^^\n"
        "  = cite the paragraph that has it, or correct the number\n"
        "1 protocol file, without the texts: 1 finding\n"
    )


def test_a_text_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "paper.txt").unlink()
    done = run("sources", "check", folder / "paper.yaml", "--texts", folder)
    assert done.returncode == 1
    assert f"there is no text {folder / 'paper.txt'}" in done.stderr.decode()


def test_a_new_edition(folder: Path) -> None:
    new = PAPER.replace("five working", "three working").replace("  • minutes go out fortnightly\n", "")
    (folder / "new.txt").write_text(new, encoding="utf-8")
    done = run("sources", "impact", folder / "paper.yaml", folder / "new.txt")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "1.1 (Meetings): changed\n"
        "  figures no longer there: 5 working days\n"
        "  figures that are new: 3 working days\n"
        "  rules that stand on it: meeting\n"
        "1.1 bullet 1 (Meetings): no longer there\n"
        "  rules that stand on it: none\n"
        "2 paragraphs touched, 3 as they were\n"
    )


def test_a_ledger_from_a_text_and_made_anew(folder: Path) -> None:
    first = run("sources", "index", folder / "paper.txt", "--title", "A paper")
    assert first.returncode == 0
    assert first.stdout.decode().splitlines()[:4] == ["format: 1", "document: paper", "title: A paper", "paragraphs:"]
    again = run("sources", "index", folder / "paper.txt", "--ledger", folder / "ledger.yaml")
    assert again.stdout.decode() == (folder / "ledger.yaml").read_text(encoding="utf-8")
    (folder / "paper.txt").write_text(PAPER + "Two more.\n", encoding="utf-8")
    more = run("sources", "index", folder / "paper.txt", "--ledger", folder / "ledger.yaml")
    assert (more.returncode, more.stderr.decode()) == (1, "the text has 2 words more than the ledger counts\n")


def test_what_a_paragraph_says(folder: Path) -> None:
    done = run("sources", "show", folder / "paper.txt", folder / "ledger.yaml", "--ref", "1.1 bullet 2")
    assert done.stdout.decode() == "1.1 bullet 2 (7 words, encoded)\n  the chair is told on day 7\n"
    said = refused("sources", "show", folder / "paper.txt", folder / "ledger.yaml", "--ref", "1.1 bulet 2")
    assert said == "error [unknown-paragraph] no paragraph is '1.1 bulet 2'\n  = did you mean '1.1 bullet 2'?\n"


def test_files_that_cannot_be_read(folder: Path) -> None:
    assert "[file-unreadable]" in refused("sources", "index", folder / "nothing.txt")
    assert "[file-unreadable]" in refused("sources", "show", folder / "paper.txt", folder / "nothing.yaml")
    (folder / "tabs.txt").write_text("Levels\n\nCarer\tActions\u00a0taken\n", encoding="utf-8-sig")
    assert run("sources", "index", folder / "tabs.txt").returncode == 0
    (folder / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    assert "[file-encoding]" in refused("sources", "index", folder / "bytes.txt")
