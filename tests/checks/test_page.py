"""Every code of the linter has a section on the page, with an example that gives it and one that gives nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from missingrules.checks.every import CHECKS, about, lint
from missingrules.checks.frame import Subject
from missingrules.papers.figures import figures_of
from missingrules.reading.protocols import read_whole

PAGE = (Path(__file__).parents[2] / "docs" / "codes.md").read_text(encoding="utf-8")
LINTER = PAGE.partition("\n## The linter\n")[2].partition("\n## ")[0]
SECTIONS = dict(re.findall(r"^### `([a-z-]+)`\n(.+?)(?=^### |\Z)", LINTER, re.MULTILINE | re.DOTALL))
HEAD = (
    "format: 1\nprotocol: area\ntitle: A protocol\nauthority: Area\napplies_to: children\n"
    "sources: {protocol: {title: A protocol, edition: {label: first}, ledger: ledger.yaml}}\n"
)
# Introduced where an example names them and does not introduce them itself.
ROLES = {
    "police": "{title: Police, agency: police}",
    "carer": "{title: the carer, agency: carers}",
    "social_worker": "{title: the social worker, agency: childrens_social_care}",
}
RULE = (
    "rules:\n  - {id: tell, topic: notification, cite: 3.1, modality: must, trigger: started, require: notify,\n"
    "     by: police, deadline: immediately}\n"
)


def found(example: str, folder: Path) -> set[str]:
    """The codes that an example gives, as a protocol with a ledger of its own."""
    if example.startswith("paragraphs:"):
        ledger, body = example, RULE
    else:
        has = dict(re.findall(r"^# (\S+) has (.+)$", example, re.MULTILINE))
        refs = sorted(set(re.findall(r"cite: ([0-9.]+)", example)))
        figures = {ref: has.get(ref, ", ".join(figures_of(example))) for ref in refs}
        ledger = "paragraphs:\n" + "".join(
            f"  - {{ref: {ref}, heading: A heading, figures: [{figures[ref]}], fate: encoded}}\n" for ref in refs
        )
        body = example
    if "roles:" not in body:
        named = [name for name in ROLES if re.search(rf"\b{name}\b", body)]
        body = "roles:\n" + "".join(f"  {name}: {ROLES[name]}\n" for name in named) + body
    (folder / "ledger.yaml").write_text(f"format: 1\ndocument: area\ntitle: A protocol\n{ledger}", encoding="utf-8")
    (folder / "area.yaml").write_text(HEAD + body, encoding="utf-8")
    protocol, root, ledgers = read_whole(folder / "area.yaml")
    texts = {"area": dict(re.findall(r"^# (\S+) says: (.+)$", example, re.MULTILINE))}
    return {each.code for each in lint(Subject(protocol, root, ledgers, texts if texts["area"] else {}))}


def test_every_code_has_a_section() -> None:
    assert SECTIONS.keys() == about().keys()
    assert len({each.code for each in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("code", SECTIONS)
def test_the_first_example_gives_the_code_and_the_second_nothing(code: str, tmp_path: Path) -> None:
    severity, _ = about()[code]
    section = SECTIONS[code]
    assert section.strip().startswith(f"{severity.capitalize()}"), section
    bad, good = re.findall(r"```yaml\n(.+?)```", section, re.DOTALL)
    assert found(bad, tmp_path) == {code}
    assert found(good, tmp_path) == set()
