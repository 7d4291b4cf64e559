from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import missingrules

HOMES = missingrules._HOMES


def test_the_face_is_complete() -> None:
    assert sorted(missingrules.__all__) == sorted(HOMES) == sorted(_checked())
    assert dir(missingrules) == sorted(missingrules.__all__)


def _checked() -> list[str]:
    """The names that a type checker sees, each from the module that the table names."""
    tree = ast.parse(Path(missingrules.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    names = []
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert node.module == f"missingrules.{HOMES[alias.name]}"
            names.append(alias.name)
    return names


@pytest.mark.parametrize("name", missingrules.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    value = getattr(missingrules, name)
    # A NewType has no docstring of its own; its module says what it is.
    assert name == "Instant" or value.__doc__


def test_no_other_name() -> None:
    with pytest.raises(AttributeError):
        _ = missingrules.nothing_of_the_kind  # type: ignore[attr-defined]


def test_importing_loads_no_library() -> None:
    code = "import sys, missingrules; print([m for m in ('pydantic', 'yaml', 'holidays', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
