"""Tables that cannot be used as they are: every row that goes in is used or named, with exactly these words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.audit.command import run

HERE = Path(__file__).parent
BAD = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())
RULES = HERE.parent / "audit" / "hand" / "rules.yaml"
CODES = HERE.parents[1] / "docs" / "codes.md"
ASKED = ("--protocol", RULES, "--as-of", "2025-12-31T12:00:00+00:00")
# A workbook, several files or a broken machine are wanted for these; they are tried elsewhere.
ELSEWHERE = {
    "cell-formula", "file-unknown", "output-wanted", "process-ended", "file-empty", "table-twice", "file-encoding",
    "file-there", "not-installed", "case-again", "row-too-long",
    "cell-type",
}  # fmt: skip


@pytest.mark.parametrize("folder", BAD, ids=lambda path: path.name)
def test_a_bad_table_is_told_in_exactly_these_words(folder: Path) -> None:
    told = run("audit", folder, *ASKED, "--by", "area")
    expected = (folder / "expected.txt").read_text(encoding="utf-8")
    assert told.err.replace(str(folder), "FOLDER") + f"exit {told.code}\n" == expected
    if told.code != 2:
        # Rows in are rows used and rows reported.
        rows = sum(_rows(path) for path in folder.glob("*.csv"))
        (numbers,) = re.findall(r"^(\d+) rows? .* read, (\d+) used, (\d+) not used", told.out, re.MULTILINE)
        read, used, reported = map(int, numbers)
        assert (read, used + reported) == (rows, rows)
        named = {
            tuple(each) for each in re.findall(r"^(\S+), row (\d+)(?:,|:)", told.err, re.MULTILINE) if each[1] != "1"
        }
        assert len(named) == reported


def _rows(path: Path) -> int:
    """Lines that are not empty, less the head; no cell of these files has a line break in it."""
    return sum(1 for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip(",; ")) - 1


def test_every_code_of_the_page_is_shown_by_a_bad_table() -> None:
    shown = {code for path in BAD for code in re.findall(r"\[([a-z-]+)\]", (path / "expected.txt").read_text())}
    page = CODES.read_text(encoding="utf-8").partition("## Tables and audits")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE))
    assert listed - ELSEWHERE <= shown
    cases = CODES.read_text(encoding="utf-8").partition("## Cases")[2].partition("\n## ")[0]
    assert shown <= listed | set(re.findall(r"^\| `(.+?)` \|", cases, re.MULTILINE))
