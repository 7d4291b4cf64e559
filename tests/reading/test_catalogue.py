"""Protocols are found by name, wherever they come from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from missingrules.domain.diagnostics import InvalidInput
from missingrules.reading import catalogue
from missingrules.reading.catalogue import VARIABLE, Found, available, editions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, no packages and no built-in protocols but those a test brings."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [])
    monkeypatch.setattr(catalogue, "_built_in", list)


class Point:
    """An entry point of an installed package."""

    name = "shire"
    value = "shire:paths"
    dist = None

    def __init__(self, loaded: object) -> None:
        self.loaded = loaded

    def load(self) -> object:
        return self.loaded


def protocol(folder: Path, name: str, file: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / (file or f"{name}.yaml")
    path.write_text(f"format: 1\nprotocol: {name}\n", encoding="utf-8")
    return path


def refusal(*given: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        available(given)
    return str(caught.value)


def test_protocols_come_from_paths_the_environment_packages_and_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = protocol(tmp_path, "given")
    named = protocol(tmp_path / "folder", "named", "other-file.yml")
    (tmp_path / "folder" / "notes.txt").write_text("protocol: notes\n", encoding="utf-8")
    (tmp_path / "folder" / "case.yaml").write_text("format: 1\ncase: C-1\n", encoding="utf-8")
    packaged = protocol(tmp_path, "packaged")
    built_in = protocol(tmp_path / "built-in", "own")
    monkeypatch.setenv(VARIABLE, f"{tmp_path / 'folder'}{os.pathsep}")
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [Point(lambda: [str(packaged)])])
    monkeypatch.setattr(catalogue, "_built_in", lambda: [tmp_path / "built-in"])
    assert available([given]) == (
        Found("given", given, "given"),
        Found("named", named, VARIABLE),
        Found("own", built_in, "built in"),
        Found("packaged", packaged, "entry point shire"),
    )
    assert editions("named") == (named,)
    assert editions(given) == (given,)


def test_the_same_file_twice_is_one_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = protocol(tmp_path, "once")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert available([path]) == (Found("once", path, "given"),)


def test_two_of_one_name_are_refused_with_both_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = protocol(tmp_path / "a", "shire")
    other = protocol(tmp_path / "b", "shire")
    monkeypatch.setenv(VARIABLE, str(other))
    assert refusal(one) == (
        f"error [two-protocols] two protocols are named 'shire': {one} (given) and {other} ({VARIABLE})\n"
        "  = rename one of them, leave one out, or let each edition say under in_force from when it holds"
    )


def edition(folder: Path, file: str, holds_from: str) -> Path:
    path = protocol(folder, "shire", file)
    edition = f"{{label: an edition, in_force: {{from: {holds_from}}}}}"
    path.write_text(f"{path.read_text()}sources: {{protocol: {{edition: {edition}}}}}\n", encoding="utf-8")
    return path


def test_two_editions_of_one_name_are_both_there_the_oldest_first(tmp_path: Path) -> None:
    newer, older = edition(tmp_path, "a.yaml", "2025-04-01"), edition(tmp_path, "b.yaml", "2023-01-01")
    undated = protocol(tmp_path, "shire", "c.yaml")
    assert available([newer, older, undated]) == (
        Found("shire", undated, "given"),
        Found("shire", older, "given", "2023-01-01"),
        Found("shire", newer, "given", "2025-04-01"),
    )
    assert editions("shire", [newer, older]) == (older, newer)
    assert "[two-protocols]" in refusal(newer, edition(tmp_path, "d.yaml", "2025-04-01"))


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    path = protocol(tmp_path, "northamptonshire")
    with pytest.raises(InvalidInput) as caught:
        editions("northhamptonshire", [path])
    assert str(caught.value) == (
        "error [unknown-protocol] no protocol is named 'northhamptonshire'\n  = did you mean 'northamptonshire'?"
    )


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    assert "[protocol-not-found]" in refusal(tmp_path / "gone")


def test_an_entry_point_that_gives_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [Point(7)])
    assert refusal() == (
        "error [entry-point-no-path] what entry point shire gives is int and no path\n"
        "  = it should give a path, or a list of paths"
    )


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    assert editions(tmp_path / "anything.yaml") == (tmp_path / "anything.yaml",)


def test_the_project_brings_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delenv(VARIABLE, raising=False)
    assert "northamptonshire" in {each.name for each in available() if each.where_from == "built in"}
