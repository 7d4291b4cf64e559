"""Pages followed step by step: every command says what the page shows, and the tutorial ends green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tutorial import AUDIT, BATCH, IMPORT, PAGE, followed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", [PAGE, AUDIT, IMPORT, BATCH], ids=lambda path: path.stem)
def test_every_command_says_what_the_page_shows(path: Path, tmp_path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert followed(page, tmp_path) == page


def test_the_page_comes_to_a_green_end() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for last in (
        "1 protocol file: nothing found\n",
        "1 protocol file, 1 text held against the ledgers: nothing found\n",
        " scenarios in 1 file: all hold\n",
        "all 32 paragraphs are accounted for\n",
    ):
        assert last in page
    *_, table = (line for line in page.splitlines() if line.startswith("aldermere "))
    assert table.count(" all ") == 6
