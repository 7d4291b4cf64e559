"""Whatever `fmt` lays out says what it said, keeps every comment, and is not laid out otherwise a second time."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from missingrules.authoring.fmt import comments
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.source import Span
from missingrules.reading.protocols import read_protocol
from missingrules.reading.texts import source_from_bytes
from tests.fuzz import seeds
from tests.fuzz.commands import examples, folder, run
from tests.fuzz.strategies import SPOILT, WRITTEN, spoilt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fuzz.seeds import Seed
    from tests.fuzz.strategies import Spoiling

KINDS = (*seeds.protocols(), *seeds.scenarios(), *seeds.ledgers())


def meant(value: object) -> object:
    """A resolved protocol without the places at which it was written, and without the sum over its bytes."""
    if isinstance(value, Span):
        return None
    if is_dataclass(value) and not isinstance(value, type | Enum):
        return type(value).__name__, [
            (each.name, meant(getattr(value, each.name))) for each in fields(value) if each.name != "fingerprint"
        ]
    if isinstance(value, dict | MappingProxyType):
        return {key: meant(each) for key, each in value.items()}
    return [meant(each) for each in value] if isinstance(value, tuple | list) else value


def resolved(path: Path) -> object:
    """What the file means: its protocol or, where it is none, the codes of what is wrong with it."""
    try:
        return meant(read_protocol(path))
    except InvalidInput as problem:
        return sorted((each.code, each.message) for each in problem.diagnostics if "on line" not in each.message)


def laid_out(path: Path, *, shared: bool) -> None:
    before, written, is_protocol = resolved(path), path.read_bytes(), path.suffix == ".yaml" and not shared
    told = run("fmt", path)
    if told.code == 2:
        # What our reader takes can be laid out.
        assert "layout-unsafe" not in told.err
        assert path.read_bytes() == written
        return
    made = path.read_bytes()
    assert run("fmt", "--check", path).code == 0
    assert run("fmt", path).code == 0
    assert path.read_bytes() == made
    assert comments(source_from_bytes(made, "").text) == comments(source_from_bytes(written, "").text)
    if is_protocol:
        assert resolved(path) == before


@examples(100)
@given(seed=st.sampled_from(KINDS), by=SPOILT)
def test_a_spoilt_file(seed: Seed, by: list[Spoiling]) -> None:
    with folder() as made:
        path = seed.laid(made, spoilt(seed.text, by))
        laid_out(path, shared=b"scenarios:" in path.read_bytes())


@examples(50)
@given(text=WRITTEN)
def test_a_file_of_the_languages_own_words(text: str) -> None:
    with folder() as made:
        path = made / "own.yaml"
        path.write_text(text, encoding="utf-8")
        laid_out(path, shared="scenarios:" in text)
