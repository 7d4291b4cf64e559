"""Whatever stands in a protocol, a ledger or scenarios, the officer's commands end, and say what is wrong and where.

An example tries one command, drawn at random, so that there are many.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import seeds
from tests.fuzz.commands import FINDING, PLACELESS, examples, folder, run
from tests.fuzz.strategies import ANYTHING, SPOILT, WRITTEN, spoilt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fuzz.seeds import Seed
    from tests.fuzz.strategies import Spoiling


def _checked(path: Path) -> None:
    told = run("check", path)
    assert told.err == ""
    *findings, verdict = told.out.splitlines()
    assert verdict.startswith("1 protocol file: ")
    heads = [line for line in findings if not line.startswith("  ")]
    assert bool(heads) == (told.code == 1)
    for line in heads:
        # Each has its code and, unless the whole file is meant, its place.
        found = FINDING.match(line)
        assert found, line
        assert found["place"] or PLACELESS.search(line), line


def _checked_for_machines(path: Path) -> None:
    as_json, as_sarif = (run("check", path, "--format", form) for form in ("json", "sarif"))
    assert as_json.code == as_sarif.code
    (sarif,) = json.loads(as_sarif.out)["runs"]
    assert len(json.loads(as_json.out)["findings"]) == len(sarif["results"])


def _mended(path: Path) -> None:
    run("check", path, "--fix")
    once = path.read_bytes()
    assert "corrected" not in run("check", path, "--fix").out
    assert path.read_bytes() == once


def _accounted_for(path: Path) -> None:
    run("next", path)
    run("next", path, "--is", "guidance")
    run("next", path, "--cited")


def _schema(path: Path) -> None:
    told = run("schema", path)
    assert told.code == 2 or json.loads(told.out)["$schema"]


# What an officer does with a protocol's file.
DONE: Final[tuple[Callable[[Path], object], ...]] = (
    _checked,
    _checked,
    _checked_for_machines,
    _mended,
    _accounted_for,
    _schema,
    lambda path: run("check", path, "--texts", path.parent),
    lambda path: run("show", path),
    lambda path: run("sources", "check", path),
    lambda path: run("coverage", path, "--scenarios", path.parent),
)
# And with a ledger of it: the protocol, the ledger and the text.
DONE_WITH_LEDGER: Final[tuple[Callable[[Path, Path, Path], object], ...]] = (
    *((lambda path, _, __, do=do: do(path)) for do in DONE),
    lambda _, ledger, text: run("fmt", ledger),
    lambda _, ledger, text: run("sources", "index", text, "--ledger", ledger),
    lambda _, ledger, text: run("sources", "show", text, ledger),
    lambda path, _, text: run("sources", "impact", path, text),
)
DONE_WITH_SCENARIOS: Final[tuple[Callable[[Path, Path], object], ...]] = (
    lambda path, protocol: run("test", path, "--protocol", protocol),
    lambda path, protocol: run("test", path, "--protocol", protocol, "-k", "gone", "--explain"),
    lambda path, protocol: run("coverage", protocol, "--scenarios", path.parent),
)


@examples(300)
@given(seed=st.sampled_from(seeds.protocols()), by=SPOILT, do=st.sampled_from(DONE))
def test_a_spoilt_protocol(seed: Seed, by: list[Spoiling], do: Callable[[Path], object]) -> None:
    with folder() as made:
        do(seed.laid(made, spoilt(seed.text, by)))


@examples(200)
@given(text=WRITTEN, do=st.sampled_from(DONE))
def test_a_file_of_the_languages_own_words(text: str, do: Callable[[Path], object]) -> None:
    with folder() as made:
        do(seeds.protocols()[2].laid(made, text))


@examples(200)
@given(data=ANYTHING, do=st.sampled_from((*DONE, lambda path: run("fmt", path))))
def test_whatever_a_file_may_hold(data: bytes, do: Callable[[Path], object]) -> None:
    with folder() as made:
        do(seeds.protocols()[2].laid(made, data))


@examples(200)
@given(seed=st.sampled_from(seeds.protocols()), by=SPOILT, do=st.sampled_from(DONE_WITH_LEDGER))
def test_a_spoilt_ledger(seed: Seed, by: list[Spoiling], do: Callable[[Path, Path, Path], object]) -> None:
    name = next(name for name in seed.beside if "ledger" in name or "sources" in name)
    with folder() as made:
        path, text = seed.laid(made), made / "paper.txt"
        text.write_text(seeds.paper(), encoding="utf-8")
        (path.parent / name).write_bytes(spoilt(seed.beside[name], by).encode(errors="surrogatepass"))
        do(path, path.parent / name, text)


@examples(60)
@given(seed=st.sampled_from(seeds.scenarios()), by=SPOILT, do=st.sampled_from(DONE_WITH_SCENARIOS))
def test_spoilt_scenarios(seed: Seed, by: list[Spoiling], do: Callable[[Path, Path], object]) -> None:
    with folder() as made:
        path = seed.laid(made, spoilt(seed.text, by))
        do(path, path.parent / next(iter(seed.beside)))


@examples(40)
@given(seed=st.sampled_from(seeds.scenarios()), by=SPOILT, do=st.sampled_from(DONE_WITH_SCENARIOS))
def test_scenarios_of_a_spoilt_protocol(seed: Seed, by: list[Spoiling], do: Callable[[Path, Path], object]) -> None:
    with folder() as made:
        path = seed.laid(made)
        protocol = path.parent / next(iter(seed.beside))
        protocol.write_bytes(spoilt(protocol.read_text(encoding="utf-8"), by).encode(errors="surrogatepass"))
        do(path, protocol)
