"""Whatever is done to a good protocol, reading gives a protocol or says what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.protocol import Protocol
from missingrules.reading.nodes import plain, read_file
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).with_name("good_protocols")
GOOD = plain(read_file(FOLDER / "everything.yaml"))
WORDS = st.sampled_from(
    ["", "true", "not_stated", "started", "within 1 hour of started", "at least 3", "known", "missing", "7", "a b", "…"]
)
VALUES: st.SearchStrategy[object] = st.one_of(
    WORDS,
    st.just([]),
    st.just({}),
    st.lists(WORDS, max_size=2),
    st.dictionaries(
        st.sampled_from(["any", "all", "not", "rows", "table", "reading", "if_read", "recorded", "in", "cite", "x"]),
        st.one_of(WORDS, st.just([]), st.just({}), st.just([{"a": "b"}]), st.just({"how-long": "one"})),
        max_size=3,
    ),
)

Path_ = tuple[str | int, ...]


def paths(tree: object, here: Path_ = ()) -> Iterator[Path_]:
    yield here
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*here, key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from paths(value, (*here, number))


PATHS = [path for path in paths(GOOD) if path]


def changed(tree: object, path: Path_, how: str, value: object) -> object:
    """The tree with what stands at the path taken out, doubled, or put in another's place."""
    if isinstance(tree, dict):
        out = dict(tree)
        key = str(path[0])
        if key not in out:
            return tree
        if len(path) > 1:
            out[key] = changed(out[key], path[1:], how, value)
        elif how == "take out":
            del out[key]
        elif how == "double":
            out[f"{key}_2"] = out[key]
        else:
            out[key] = value
        return out
    if isinstance(tree, list) and isinstance(path[0], int) and path[0] < len(tree):
        items = list(tree)
        if len(path) > 1:
            items[path[0]] = changed(items[path[0]], path[1:], how, value)
        elif how == "take out":
            del items[path[0]]
        elif how == "double":
            items.append(items[path[0]])
        else:
            items[path[0]] = value
        return items
    return tree


CHANGES = st.lists(
    st.tuples(st.sampled_from(PATHS), st.sampled_from(["take out", "double", "replace", "replace"]), VALUES),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(FOLDER / "sources", made / "sources")
    return made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES)
def test_a_changed_protocol_is_read_or_refused(folder: Path, changes: list[tuple[Path_, str, object]]) -> None:
    tree = GOOD
    for path, how, value in changes:
        tree = changed(tree, path, how, value)
    file = folder / "fuzzed.yaml"
    file.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    found = read_or_refused(file)
    if isinstance(found, Protocol):
        return
    assert found
    assert all(each.code and each.message for each in found)
    assert all(each.span is not None for each in found)


def read_or_refused(file: Path) -> Protocol | tuple[Diagnostic, ...]:
    try:
        return read_protocol(file)
    except InvalidInput as problem:
        return problem.diagnostics
