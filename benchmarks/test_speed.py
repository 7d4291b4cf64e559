"""How fast the main job is. Run by `make bench`; medians go into docs/performance.md with what they are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.caseload import AS_OF, child
from missingrules.domain.clock import instant_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of
from missingrules.interface.rendering import result_of, to_json
from missingrules.reading import catalogue
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from missingrules.domain.rules import Protocol

NAME = "northamptonshire"


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return read_protocol(catalogue.find(NAME))


def test_import(benchmark: BenchmarkFixture) -> None:
    """A fresh interpreter that imports the face, less one that imports nothing, is what `import missingrules` costs."""
    benchmark.extra_info["bare interpreter"] = "subtract test_bare_interpreter"
    benchmark(_python, "import missingrules")


def test_bare_interpreter(benchmark: BenchmarkFixture) -> None:
    benchmark(_python, "pass")


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_read_protocol_of_2500_lines(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Northamptonshire with its rules written again under other names until the file has 2,500 lines."""
    path = _long_protocol(tmp_path, 2500)
    benchmark.extra_info["lines"] = path.read_text(encoding="utf-8").count("\n")
    benchmark(read_protocol, path)


def _long_protocol(folder: Path, lines: int) -> Path:
    """The protocol with as many of its rules again as come nearest to the lines wanted."""
    source = catalogue.find(NAME)
    text = source.read_text(encoding="utf-8")
    rules = re.split(r"^(?=  - id: )", text.split("\nrules:\n", 1)[1], flags=re.MULTILINE)[1:]
    # Spread over the file, so that neither its short rules nor its long ones are copied alone.
    spread = [rule for start in range(4) for rule in rules[start::4]]
    copied: list[str] = []
    missing = lines - text.count("\n")
    for number in range(lines):
        rule = spread[number % len(spread)]
        if rule.count("\n") >= 2 * missing:
            break
        copied.append(re.sub(r"^  - id: ", f"  - id: copy-{1 + number // len(spread)}-", rule))
        missing -= rule.count("\n")
    path = folder / "long.yaml"
    path.write_text("".join([text, *copied]), encoding="utf-8")
    (folder / "sources").mkdir()
    for ledger in (source.parent / "sources").glob("*.yaml"):
        (folder / "sources" / ledger.name).write_text(ledger.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def _evaluated(benchmark: BenchmarkFixture, protocol: Protocol, episodes: int) -> None:
    case = case_of(child(episodes), [protocol])
    as_of = instant_of(AS_OF)
    answer = benchmark(evaluate, [protocol], case, as_of)
    benchmark.extra_info["obligations"] = len(answer.protocols[0].actions)


def test_one_child_with_one_episode(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    _evaluated(benchmark, protocol, 1)


def test_one_child_with_twelve_episodes(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    _evaluated(benchmark, protocol, 12)


def test_conversion_to_json(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    """From the engine's answer to the text of the result, twelve episodes."""
    answer = evaluate([protocol], case_of(child(12), [protocol]), instant_of(AS_OF))

    def convert() -> Any:
        return to_json(result_of(answer))

    benchmark(convert)
