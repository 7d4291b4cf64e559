"""Values that stand in several places under a name: only where a file may have them, and never without end."""

from __future__ import annotations

import pytest

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading.nodes import MOST_DEPTH, Mapping, Scalar, Sequence, plain, read_nodes

PARSERS = pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])


def refused(text: str, pure: bool) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_nodes(text, "x.yaml", pure=pure, shared=True)
    return [f"{each.code} {each.span}" for each in caught.value.diagnostics]


@PARSERS
def test_a_named_value_stands_again_as_the_same_node(pure: bool) -> None:
    text = "a: &map {x: 1}\nb: *map\nc: [&word w, *word, *map]\nd: &word\n- *word\n"
    text = text.replace("d: &word\n- *word\n", "d: &list\n  - 1\ne: *list\nf: &word v\ng: *word\n")
    node = read_nodes(text, "x.yaml", pure=pure, shared=True)
    assert plain(node) == {
        "a": {"x": "1"}, "b": {"x": "1"}, "c": ["w", "w", {"x": "1"}], "d": ["1"], "e": ["1"], "f": "v", "g": "v",
    }  # fmt: skip
    assert isinstance(node, Mapping)
    assert node.get("a") is node.get("b")
    c = node.get("c")
    assert isinstance(c, Sequence)
    # It knows where it was written, and not where it stands again.
    assert isinstance(c.items[1], Scalar)
    assert str(c.items[1].span) == "x.yaml:3:11"
    assert (c.span.line, c.span.column, c.span.end_column) == (3, 4, 26)


@PARSERS
def test_a_block_ends_where_the_name_stands(pure: bool) -> None:
    node = read_nodes("a: &x {y: 1}\nb:\n  - *x\n", "x.yaml", pure=pure, shared=True)
    assert isinstance(node, Mapping)
    b = node.get("b")
    assert b is not None
    assert (b.span.line, b.span.column, b.span.end_line, b.span.end_column) == (3, 5, 3, 7)


@PARSERS
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: *x\n", ["yaml-unknown-name x.yaml:1:4"]),
        # Inside itself a value has no name yet.
        ("a: &x [*x]\n", ["yaml-unknown-name x.yaml:1:8"]),
        ("a: &x b\n*x : c\n", ["yaml-alias x.yaml:2:1"]),
        ("&x a: b\n", ["yaml-alias x.yaml:1:1"]),
        ("a: &x {b: c}\nd: {<<: *x}\n", ["yaml-merge-key x.yaml:2:5"]),
    ],
)
def test_what_cannot_be_named(text: str, found: list[str], pure: bool) -> None:
    assert refused(text, pure) == found


@PARSERS
def test_names_of_names_do_not_grow_without_end(pure: bool) -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 9)
    )
    assert refused(laughs, pure)[0].startswith("yaml-too-many-nodes")
    # A file is a map, which is the first level; the list of lists takes all that are left.
    deep = MOST_DEPTH - 1
    once = f"a: &a {'[' * 40}x{']' * 40}\nb: {'[' * (deep - 40)}*a{']' * (deep - 40)}\n"
    read_nodes(once, "x.yaml", pure=pure, shared=True)
    assert refused(once.replace("*a", "[*a]"), pure) == [f"yaml-too-deep x.yaml:2:{4 + deep - 40 + 1}"]


@PARSERS
def test_other_files_have_no_names(pure: bool) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_nodes("a: &x b\nc: *x\n", "x.yaml", pure=pure)
    assert [each.code for each in caught.value.diagnostics] == ["yaml-alias", "yaml-alias"]
