"""The expected texts against the files they speak of, without the program: the line shown, the caret, the advice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# The word of the author's that is wrong, where a message repeats it.
WORD = re.compile(r"(?:^|named )'(.+?)'(?= is no |;|$)")
TEXTS = sorted(HERE.glob("bad_*/*.txt"))
FINDING = re.compile(
    r"(?P<file>\S+):(?P<line>\d+):(?P<column>\d+): error \[[a-z-]+\] (?P<message>.+)\n"
    r"  \| (?P<shown>.*)\n"
    r"  \| (?P<blank> *)(?P<caret>\^+)\n"
    r"  = .+\n"
)


def lines_of(path: Path) -> list[str]:
    """The lines as an editor shows them, what is invisible or unreadable as a blank or as the usual sign."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    return ["".join(c if c.isprintable() else " " for c in line) for line in text.split("\n")]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.parent.name}-{text.stem}")
def test_each_finding_shows_the_line_it_names_with_its_caret_there_and_advice(text: Path) -> None:
    rest = text.read_text(encoding="utf-8")
    places = []
    while rest:
        found = FINDING.match(rest)
        assert found, f"no whole finding: {rest[:200]}"
        line = lines_of(text.parent / found["file"])[int(found["line"]) - 1]
        assert found["shown"] == line
        assert len(found["blank"]) == int(found["column"]) - 1
        assert len(found["blank"] + found["caret"]) <= max(len(line), 1 + len(found["blank"]))
        if (word := WORD.search(found["message"])) and word[1] in line:
            assert line[int(found["column"]) - 1 :].lstrip("\"'").startswith(word[1])
        places.append((found["file"], int(found["line"]), int(found["column"])))
        rest = rest[found.end() :]
    assert places == sorted(places)
