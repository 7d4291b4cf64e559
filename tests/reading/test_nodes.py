"""Nodes from YAML: both parsers give the same, every mistake has its place, and nothing hostile gets through."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading import nodes
from missingrules.reading.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    at,
    plain,
    read_file,
    read_nodes,
    read_nodes_bytes,
)
from missingrules.reading.texts import MOST_BYTES, MOST_FINDINGS

if TYPE_CHECKING:
    from missingrules.domain.source import Span

BAD = Path(__file__).with_name("bad_yaml")
PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])

PROTOCOL = """\
title: Missing Children Protocol   # a comment: with a colon?
rules:
  report:
    who: [key_worker, {role: manager}]
    cite: 7.10
    trigger: {event: child.missing, on: yes}
    because: >
      The paper says plainly
      at once.

    ask: "is it so?"
    when:
    - child.age: under 18
    -
    - [a: b, c]
"""


def codes(text: str, pure: bool | None = None) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_nodes(text, "x.yaml", pure=pure)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def place(span: Span | None) -> tuple[int, int, int, int]:
    assert span is not None
    return span.line, span.column, span.end_line, span.end_column


def flat(node: Node) -> object:
    """A node without its source, so that unequal ones are short to read."""
    if isinstance(node, Scalar):
        return place(node.span), node.text, node.quoted
    if isinstance(node, Sequence):
        return place(node.span), [flat(item) for item in node.items]
    return place(node.span), [(flat(key), flat(value)) for key, value in node.entries]


@PARSERS
def test_every_scalar_is_text(pure: bool) -> None:
    assert plain(read_nodes(PROTOCOL, "x.yaml", pure=pure)) == {
        "title": "Missing Children Protocol",
        "rules": {
            "report": {
                "who": ["key_worker", {"role": "manager"}],
                "cite": "7.10",
                "trigger": {"event": "child.missing", "on": "yes"},
                "because": "The paper says plainly at once.\n",
                "ask": "is it so?",
                "when": [{"child.age": "under 18"}, "", [{"a": "b"}, "c"]],
            }
        },
    }
    assert plain(read_nodes("[on, null, ~, 0x1F, 1_000, 2026-11-21, 12:30:00, =]", "x", pure=pure)) == [
        *["on", "null", "~", "0x1F", "1_000", "2026-11-21", "12:30:00", "="]
    ]


@PARSERS
def test_places(pure: bool) -> None:
    root = read_nodes(PROTOCOL, "x.yaml", pure=pure)
    rule = at(root, ("rules", "report"))
    assert isinstance(rule, Mapping)
    assert str(rule.span) == "x.yaml:4:5"
    assert place(root.span) == (1, 1, 15, 16)
    assert place(rule.span) == (4, 5, 15, 16)
    assert place(rule.key_span("trigger")) == (6, 5, 6, 12)
    assert place(at(rule, ("who",)).span) == (4, 10, 4, 39)
    assert place(at(rule, ("who", 1)).span) == (4, 23, 4, 38)
    # A block of text ends with its last word, not with the blank lines after it.
    assert place(at(rule, ("because",)).span) == (7, 14, 9, 15)
    assert place(at(rule, ("when",)).span) == (13, 7, 15, 16)
    assert place(at(rule, ("when", 1)).span) == (14, 6, 14, 6)
    assert place(at(rule, ("when", 2, 0)).span) == (15, 8, 15, 12)


@PARSERS
@pytest.mark.parametrize(
    ("text", "quoted"),
    [("a", False), ("'a'", True), ('"a"', True), ("|\n  a", True), (">-\n  a", True), ("", False), ("''", True)],
)
def test_quoted(text: str, quoted: bool, pure: bool) -> None:
    node = at(read_nodes(f"key: {text}", "x", pure=pure), ("key",))
    assert isinstance(node, Scalar)
    assert node.quoted is quoted
    assert node.text.strip() == ("a" if "a" in text else "")


def test_an_absent_key_and_a_path_too_long() -> None:
    root = read_nodes("a: [b, {c: d}]", "x")
    assert isinstance(root, Mapping)
    assert root.get("z") is None
    assert root.key_span("z") is None
    assert plain(at(root, ("a", 1, "z", 0))) == {"c": "d"}
    assert plain(at(root, ("a", 5))) == ["b", {"c": "d"}]
    assert plain(at(root, ("a", -1))) == ["b", {"c": "d"}]
    assert at(root, ()) is root
    assert at(root, ("a", 0, 0)) == root.get("a").items[0]  # type: ignore[union-attr]


@PARSERS
def test_line_ends_and_byte_order_mark_move_nothing(pure: bool) -> None:
    expected = flat(read_nodes(PROTOCOL, "x", pure=pure))
    for end in ("\r\n", "\r"):
        assert flat(read_nodes(PROTOCOL.replace("\n", end), "x", pure=pure)) == expected
    assert flat(read_nodes_bytes(b"\xef\xbb\xbf" + PROTOCOL.encode(), "x", pure=pure)) == expected
    assert flat(read_nodes(PROTOCOL.rstrip("\n"), "x", pure=pure)) == expected


@PARSERS
def test_columns_count_characters(pure: bool) -> None:
    root = read_nodes('{"😀é": å, b: 😀}', "x", pure=pure)
    assert place(at(root, ("😀é",)).span) == (1, 8, 1, 9)
    assert place(at(root, ("b",)).span) == (1, 14, 1, 15)


@PARSERS
@pytest.mark.parametrize("file", sorted(BAD.glob("*.yaml")), ids=lambda file: file.stem)
def test_bad_file(file: Path, pure: bool) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_nodes_bytes(file.read_bytes(), file.name, pure=pure)
    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text(encoding="utf-8")


@PARSERS
@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((sign * 100_000, "yaml-too-deep") for sign in ("[", "{", "- ", "{a: ", "[a: ", "[{", "[\n")),
        ("? " * 100_000, "yaml-key-not-text"),
        ("a" * 20_001, "yaml-scalar-too-long"),
        ("'" + "\n" * 20_002 + "'", "yaml-scalar-too-long"),
        ("a: b\n" * 100_000, "yaml-duplicate-key"),
        ("- &a\n" * 100_000, "yaml-alias"),
        ("]" * 100_000, "yaml-syntax"),
        ("\t" * 1_900_000, "yaml-syntax"),
        ("\x07\n" * 900_000, "file-encoding"),
        ("%TAG !a! b\n" * 100_000, "yaml-directive"),
        ("a" * 50_000_000, "file-too-large"),
        ("é" * (MOST_BYTES // 2 + 1), "file-too-large"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_hostile_text_is_refused_at_once(text: str, code: str, pure: bool) -> None:
    start = time.perf_counter()
    found = codes(text, pure)
    # Far above what it takes, far below what a mistake here would take.
    assert time.perf_counter() - start < 5
    assert found[0] == code
    assert len(found) <= MOST_FINDINGS


@PARSERS
def test_limits_are_reached_exactly(pure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    deepest = nodes.MOST_DEPTH
    read_nodes("[" * deepest + "]" * deepest, "x", pure=pure)
    assert codes("[" * (deepest + 1) + "]" * (deepest + 1), pure) == ["yaml-too-deep"]
    read_nodes("a" * nodes.MOST_CHARACTERS, "x", pure=pure)
    monkeypatch.setattr(nodes, "MOST_NODES", 10)
    read_nodes("- a\n" * 9, "x", pure=pure)
    assert codes("- a\n" * 10, pure) == ["yaml-too-many-nodes"]


def test_many_nodes_are_refused() -> None:
    assert codes("[" + "a," * 250_000) == ["yaml-too-many-nodes"]


@pytest.mark.parametrize("text", ["", "\n", "# only words\n", "---\n", "---\n...\n", "\ufeff"])
@PARSERS
def test_nothing_in_it(text: str, pure: bool) -> None:
    assert codes(text, pure) == ["file-empty"]


@pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"a: \xc3", b"a: \xed\xa0\x80", "é".encode("latin-1")])
def test_not_utf8(data: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_nodes_bytes(data, "x")
    assert [d.code for d in caught.value.diagnostics] == ["file-encoding"]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x85", "\u2028", "\ufeff", "\ud800", "\uffff", "\x7f"])
def test_characters_a_text_cannot_have(character: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_nodes(f"a: b\nc: d{character}\ne: {character}", "x")
    assert [(d.code, d.span and place(d.span)[:2]) for d in caught.value.diagnostics] == [
        ("file-encoding", (2, 5)),
        ("file-encoding", (3, 4)),
    ]


@PARSERS
@pytest.mark.parametrize("escape", [r"\ud800", r"\U00110000", r"\UFFFFFFFF", r"\x4", r"\d"])
def test_escapes_that_are_no_character(escape: str, pure: bool) -> None:
    assert codes(f'a: "{escape}"', pure) == ["yaml-syntax"]


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_text("a: é\n", encoding="utf-8")
    root = read_file(path)
    assert plain(root) == {"a": "é"}
    assert root.span.source.name == str(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, word in [
        (tmp_path / "none.yaml", "there is no file"),
        (tmp_path, "is a folder"),
        (pipe, "not an ordinary file"),
        (tmp_path / ("a" * 300), "could not be read"),
        (Path("a\0b"), "could not be read"),
    ]:
        with pytest.raises(InvalidInput, match=word) as caught:
            read_file(path)
        assert [d.code for d in caught.value.diagnostics] == ["file-unreadable"]


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InvalidInput) as caught:
        read_file(path)
    assert [d.code for d in caught.value.diagnostics] == ["file-too-large"]


# Pieces on which YAML turns, so that random texts meet its corners.
PIECES = st.lists(
    st.sampled_from(
        [
            *"abé😀-?:,[]{}#|>'\"\\%@`!&*~=\n \t",
            "- ",
            "? ",
            ": ",
            " #",
            "\n  ",
            "\n---\n",
            "\n...\n",
            "<<",
            "a: b\n",
            "&a ",
            "*a ",
            "!t ",
            "|2-",
            "key: ",
            '"a": ',
            "{a: b}",
            "\\ud800",
            "\r\n",
            "%YAML 1.1",
            "why?",
        ]
    ),
    max_size=20,
).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = PROTOCOL
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(PIECES) + text[start + draw(st.integers(0, 3)) :]
    return text


def outcome(text: str, pure: bool) -> tuple[object, str]:
    """The nodes, or that there are none; and the first code."""
    try:
        return flat(read_nodes(text, "x", pure=pure)), ""
    except InvalidInput as invalid:
        return None, invalid.diagnostics[0].code


@settings(max_examples=300, deadline=None)
@given(st.one_of(PIECES, mutated(), st.text()))
@example("[a ?b, c:?d]")
@example("{a:[b]}")
@example("{a: , b :}")
@example("a: &x |#\n  b")
@example("? !a!b c")
@example("[!t, &a b]")
@example("&a !a!b")
@example("a: b\n!,")
@example('"\\U00110000"')
@example("a\n...\n%FOO\n---\nb")
def test_both_parsers_give_the_same(text: str) -> None:
    fast, slow = outcome(text, pure=False), outcome(text, pure=True)
    assert fast[0] == slow[0]
    # Only behind a tag, which both refuse, may another finding come first.
    assert fast[1] == slow[1] or "!" in text


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), mutated().map(str.encode)))
def test_any_bytes_are_nodes_or_findings(data: bytes) -> None:
    try:
        node = read_nodes_bytes(data, "x")
    except InvalidInput as invalid:
        found = len(invalid.diagnostics)
    else:
        found = node.span.line
    assert found > 0
