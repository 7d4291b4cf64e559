"""One layout: nothing that is said changes, no comment goes or leaves its key, and a second time changes nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from missingrules.authoring.fmt import comments, formatted
from missingrules.cli.commands import app
from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.nodes import plain, read_nodes

ROOT = Path(__file__).parents[2]
FILES = sorted(
    [
        *ROOT.glob("protocols/*.yaml"),
        *ROOT.glob("protocols/sources/*.yaml"),
        *ROOT.glob("tests/scenarios/*/*.yaml"),
        *ROOT.glob("tests/reading/*/*.yaml"),
        *ROOT.glob("tests/reading/*/sources/*.yaml"),
        *ROOT.glob("tests/analysis/*/*.yaml"),
        *ROOT.glob("examples/*.yaml"),
    ]
)


def meaning(text: str) -> object:
    return plain(read_nodes(text, "file.yaml", shared="scenarios:" in text))


def beside(text: str) -> list[tuple[str, str]]:
    """Each comment with the key or item that it stands beside: that of its line or, alone in a line, the next."""
    found: list[tuple[str, str]] = []
    above: list[str] = []
    for line in text.split("\n"):
        said, sign, comment = line.partition("#") if line.lstrip().startswith("#") else line.partition("  #")
        if not said.strip():
            above += [comment.strip()] if sign else []
            continue
        word = said.strip().removeprefix("- ").strip("{[").partition(":")[0]
        found += [(each, word) for each in above]
        above = []
        if sign:
            found.append((comment.strip(), word))
    return sorted([*found, *((each, "") for each in above)])


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in FILES])
def test_a_file_says_the_same_laid_out(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
        said = meaning(text)
    except (InvalidInput, UnicodeDecodeError):
        done = CliRunner().invoke(app, ["fmt", "--check", str(path)])
        assert done.exit_code == 2
        assert "error [" in done.stderr
        return
    made = formatted(text, path.name)
    assert meaning(made) == said
    assert comments(made) == comments(text)
    assert formatted(made, path.name) == made
    if "protocols" in path.parts[-2:]:
        assert beside(made) == beside(text)


def layout(text: str) -> str:
    return formatted(text, "file.yaml")


def test_keys_stand_in_their_order_with_their_comments() -> None:
    before = """\
protocol: p   # the name
# the version
format: 1
rules:
  # the first rule
  - topic: media
    id: a
    # nobody is named
    not_stated: [by]
    title: A   # a title
    trigger: returned
    own_word: kept behind the trigger
    cite: 1.1
    # after everything
  - {id: b, topic: media}
"""
    after = """\
# the version
format: 1
protocol: p   # the name
rules:
  # the first rule
  - id: a
    topic: media
    title: A   # a title
    cite: 1.1
    trigger: returned
    own_word: kept behind the trigger
    # nobody is named
    not_stated: [by]
    # after everything

  - {id: b, topic: media}
"""
    assert layout(before) == after


def test_what_is_too_long_is_broken_under_its_bracket() -> None:
    row = ", ".join(f"fact_number_{number}: true" for number in range(6))
    rows = layout(f"a:\n  - {{{row}, by: [one, two], cite: 1.1}}\n").split("\n")
    assert rows[1].startswith("  - {fact_number_0")
    assert rows[2].startswith("     fact_number")
    assert all(len(line) <= 120 for line in rows)


def test_roles_stand_in_a_line_where_they_fit() -> None:
    before = (
        "protocol: p\nroles:\n  a:\n    agency: police\n    title: A\n  b: {title: " + "x" * 110 + ", agency: health}\n"
    )
    after = (
        "protocol: p\nroles:\n  a: {title: A, agency: police}\n  b:\n    title: " + "x" * 110 + "\n    agency: health\n"
    )
    assert layout(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:   1\nb:  [ x,y ]\n", "a: 1\nb: [x, y]\n"),
        ("a:\n- x\n-   y\n", "a:\n  - x\n  - y\n"),
        (
            "a:\n      b: 1\n      c:\n          - d: 2\n            e: 3\n",
            "a:\n  b: 1\n  c:\n    - d: 2\n      e: 3\n",
        ),
        ("\n\n# top\n\n\n\na: 1\n\n\n\nb: 2\n\n\n", "# top\n\na: 1\n\nb: 2\n"),
        ("a: [x, # one\n  y] # two\n", "a:   # two\n  - x  # one\n  - y\n"),
        ("a: {b: 1,\n  # about c\n  c: 2}\n", "a:\n  b: 1\n  # about c\n  c: 2\n"),
        ("a: >-   # folded\n     one\n     two\n\n# next\nb: 1\n", "a: >-   # folded\n  one\n  two\n\n# next\nb: 1\n"),
        ("a: |+\n  one\n\n\nb: 1\n", "a: |+\n  one\n\n\nb: 1\n"),
        ("a: one\n     two\nb: 'x\n   y'\n", "a: one\n  two\nb: 'x\n  y'\n"),
        ("-   # of x\n  x: 1\n", "# of x\n- x: 1\n"),
        ("---\na: 1\n...\n", "a: 1\n"),
        ("a:\nb: {}\nc: []\n", "a:\nb: {}\nc: []\n"),
        ("a:\n  # nothing yet\nb: 1\n", "a:\n# nothing yet\nb: 1\n"),
        ("{a: 1, b: [2]}", "{a: 1, b: [2]}\n"),
        # Nothing after a dash, and comments around it.
        ("a:\n- b:\n  # c\n-\n", "a:\n  - b:\n    # c\n  -\n"),
        ("a:\n  -\n  # d\n  - e\n", "a:\n  -\n  # d\n  - e\n"),
        ("a:\n-   # of b\n  - b\n", "a:\n  # of b\n  - - b\n"),
        ("a: [{b: 1,  # c\n  d: 2}]  # e\n", "a:        # e\n  - b: 1    # c\n    d: 2\n"),
        ("a: [[{b: 1},\n  # c\n  d]]\n", "a:\n  - - {b: 1}\n    # c\n    - d\n"),
        # A text under a sign that has nothing in it, or steps of its own.
        ("a:\n  b: |2+\n  c: 1\n", "a:\n  b: |2+\n  c: 1\n"),
        ("a:\n- - |2\n     b\n", "a:\n  - - |2\n       b\n"),
        # A space that is none, and a file that is one text.
        ("a: \xa0\nb: x\xa0\n", "a: \xa0\nb: x\xa0\n"),
        ("# c\n\ntext\n  goes on\n", "# c\n\ntext\n  goes on\n"),
        # A ledger in braces is one line a paragraph, as any ledger.
        ("{document: a,\n # c\n paragraphs: [{ref: 1}]}\n", "document: a\n# c\nparagraphs: [{ref: 1}]\n"),
        ("scenarios:\n- case: &x {a: 1}\n- case: *x\n", "scenarios:\n  - case: &x {a: 1}\n\n  - case: *x\n"),
        ("scenarios:\n- case: &x\n   a: 1\n- case: *x\n", "scenarios:\n  - case: &x\n      a: 1\n\n  - case: *x\n"),
    ],
)
def test_layout(before: str, after: str) -> None:
    assert layout(before) == after
    assert layout(after) == after


WORDS = st.sampled_from(
    ["a", "b c", "7.10", "true", "it's", 'say "so"', "x: y", "# no", "", "one, two", "{", "- d", "[e]"]
)
LONG = st.text("abc ,:#-'\"\n", max_size=60).map(str.strip)
TREES = st.recursive(
    WORDS | LONG,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdefg"), inner, max_size=5),
    max_leaves=25,
)


def commented(text: str, marks: list[int]) -> str:
    """Comments and blank lines put between the lines, at the indent of the next; not among the lines of a text."""
    lines = text.split("\n")
    for number, at in enumerate(sorted(marks, reverse=True)):
        place = at % len(lines)
        indent = len(lines[place]) - len(lines[place].lstrip(" "))
        lines.insert(place, " " * indent + f"# comment {number}" if number % 3 else "")
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["rules", "roles", "protocol", "actions", "x"]), TREES, min_size=1),
    st.sampled_from([True, False, None]),
    st.lists(st.integers(0, 200), max_size=6),
    st.integers(20, 100),
)
def test_whatever_is_written_says_the_same_laid_out(
    tree: dict[str, Any], flow: bool | None, marks: list[int], width: int
) -> None:
    text = commented(yaml.safe_dump(tree, default_flow_style=flow, width=width, allow_unicode=True), marks)
    try:
        said = meaning(text)
    except InvalidInput:
        return
    made = layout(text)
    assert meaning(made) == said
    assert comments(made) == comments(text)
    assert layout(made) == made


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["fmt", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    (tmp_path / "untidy.yaml").write_bytes(b"a:   1 # x\r\nb: 2\r\n")
    (tmp_path / "tidy.yaml").write_text("a: 1\n")
    return tmp_path


def test_fmt_lays_out_and_names_what_changed(untidy: Path) -> None:
    file = untidy / "untidy.yaml"
    assert run(untidy) == (0, f"{file} was laid out\n2 files: 1 changed\n", "")
    # On Windows lines keep their ends.
    assert file.read_bytes() == b"a: 1   # x\r\nb: 2\r\n"
    assert run(untidy) == (0, "2 files: none changed\n", "")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_mark_and_the_line_ends_of_a_file_stay(mark: str, end: str, tmp_path: Path) -> None:
    file = tmp_path / "untidy.yaml"
    file.write_bytes(f"{mark}a:   1{end}b: 2{end}".encode())
    assert run(file)[0] == 0
    assert file.read_bytes().decode() == f"{mark}a: 1{end}b: 2{end}"


def test_check_and_diff_change_nothing(untidy: Path) -> None:
    file = untidy / "untidy.yaml"
    before = file.read_bytes()
    assert run(untidy, "--check") == (1, f"{file} would change\n2 files: 1 would change\n", "")
    code, shown, _ = run(file, "--diff")
    assert code == 1
    assert "-a:   1 # x\n+a: 1   # x\n" in shown
    assert file.read_bytes() == before
    assert run(untidy / "tidy.yaml", "--check", "--diff")[0] == 0


def test_a_file_that_cannot_be_read_is_left_and_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1\nb: 2\n")
    code, _, told = run(broken)
    assert code == 2
    assert "broken.yaml:2:2: error [yaml-syntax]" in told
    assert broken.read_text() == "a: [1\nb: 2\n"
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty")[0] == 2
    assert "[file-unreadable]" in run(tmp_path / "none.yaml")[2]


def test_without_ruamel_it_says_how_to_get_it(untidy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    code, _, told = run(untidy / "untidy.yaml")
    assert code == 2
    assert told == (
        "error [not-installed] fmt needs ruamel.yaml, which is not installed\n"
        "  = python -m pip install 'missingrules[authoring]'\n"
    )
