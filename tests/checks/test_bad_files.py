"""Protocols that read and are likely to be wrong, each with the exact words that say so, worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from missingrules.checks.every import about, lint
from missingrules.checks.frame import Subject
from missingrules.domain.diagnostics import InvalidInput
from missingrules.papers.index import told
from missingrules.papers.text import read_paper
from missingrules.reading.protocols import read_whole

HERE = Path(__file__).with_name("bad")
BAD = sorted(path.stem for path in HERE.glob("*.yaml"))
# Held against the paper too, which every other file leaves aside.
WITH_PAPER = "modality-differs"


def found(name: str) -> str:
    try:
        protocol, root, ledgers = read_whole(f"{name}.yaml")
    except InvalidInput as error:
        return f"{error}\n"
    texts = {}
    if name == WITH_PAPER:
        paper = read_paper(Path("papers/bad.txt"))
        texts = {each.document: {p.ref: words for p, words in told(each, paper)} for each in ledgers.values()}
    return "".join(f"{each.render()}\n" for each in lint(Subject(protocol, root, ledgers, texts)))


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    assert found(name) == (HERE / f"{name}.txt").read_text(encoding="utf-8")


def test_every_code_is_shown_by_a_bad_file() -> None:
    shown = {code for name in BAD for code in re.findall(r"\[([a-z-]+)\] ", (HERE / f"{name}.txt").read_text("utf-8"))}
    assert about().keys() - shown == set()
