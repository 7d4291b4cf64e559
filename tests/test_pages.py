"""What the pages show is what the library does."""

from __future__ import annotations

import re
from pathlib import Path

from missingrules.reading.cases import read_case_text

DOCS = Path(__file__).parents[1] / "docs"


def test_the_case_on_the_page_is_a_case() -> None:
    page = (DOCS / "case-and-result.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.+?)```", page, re.DOTALL)
    case = read_case_text(text)
    assert (case.id, len(case.episodes), len(case.events), len(case.records)) == ("C-1042", 1, 1, 4)


def test_the_result_on_the_page_has_the_keys_of_the_schema() -> None:
    from missingrules.interface.result import Action, Result

    page = (DOCS / "case-and-result.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```json\n(.+?)```", page, re.DOTALL)
    shown = set(re.findall(r'"(\w+)":', text))
    for model in (Result, Action):
        assert {field.alias or name for name, field in model.model_fields.items()} <= shown
