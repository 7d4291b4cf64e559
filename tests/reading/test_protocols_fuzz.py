"""Whatever is done to a good protocol, reading gives a protocol or says what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.protocol import Protocol
from missingrules.reading.protocols import read_protocol
from tests.fuzz.strategies import CHANGES, GOOD, changed

if TYPE_CHECKING:
    from tests.fuzz.strategies import Path_

FOLDER = Path(__file__).with_name("good_protocols")


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
