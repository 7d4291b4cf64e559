"""How fast the main job is. Run by `make bench`; medians go into docs/performance.md with what they are."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.caseload import AS_OF, child
from missingrules.checks.every import lint
from missingrules.checks.frame import Subject
from missingrules.domain.clock import instant_of
from missingrules.engine.evaluate import evaluate
from missingrules.interface.conversion import case_of
from missingrules.interface.rendering import result_of, to_json
from missingrules.reading import catalogue
from missingrules.reading.protocols import read_protocol, read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_benchmark.fixture import BenchmarkFixture

    from missingrules.domain.citations import Citation
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import RuleFamily

NAME = "northamptonshire"


PAPERS = [path.stem for path in sorted(catalogue.find(NAME).parent.glob("*.yaml"))]


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


@pytest.mark.parametrize("name", PAPERS)
def test_read_protocol(benchmark: BenchmarkFixture, name: str) -> None:
    """Every protocol of the project with its ledger, from 1,800 lines to 3,800."""
    path = catalogue.find(name)
    benchmark.extra_info["lines"] = path.read_text(encoding="utf-8").count("\n")
    benchmark(read_protocol, path)


def test_check_every_protocol(benchmark: BenchmarkFixture) -> None:
    """Reading the five and all checks of all of them, in a process that has begun: `missingrules check protocols`."""
    paths = sorted(catalogue.find(NAME).parent.glob("*.yaml"))

    def check() -> int:
        return sum(len(lint(Subject(*read_whole(path)))) for path in paths)

    assert benchmark(check) == 0


def _evaluated(benchmark: BenchmarkFixture, protocol: Protocol, episodes: int) -> None:
    case = case_of(child(episodes), [protocol])
    as_of = instant_of(AS_OF)
    answer = benchmark(evaluate, [protocol], case, as_of)
    benchmark.extra_info["obligations"] = len(answer.protocols[0].actions)


def test_one_child_with_one_episode(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    _evaluated(benchmark, protocol, 1)


@pytest.mark.parametrize("name", PAPERS)
def test_a_typical_child_flat(benchmark: BenchmarkFixture, name: str) -> None:
    """Three episodes, one protocol: rule, episode, due instant, status and paragraphs of each duty alone."""
    read = read_protocol(catalogue.find(name))
    case, as_of = case_of(child(3), [read]), instant_of(AS_OF)

    def flat() -> int:
        (part,) = evaluate([read], case, as_of).protocols
        return len([(o.duty.rule, o.episode, o.due, o.status, o.duty.citations) for o in part.actions])

    benchmark.extra_info["obligations"] = benchmark(flat)


@pytest.mark.parametrize("name", PAPERS)
def test_a_typical_child_with_evidence(benchmark: BenchmarkFixture, name: str) -> None:
    """The same child, with people and everything that stands behind each duty."""
    read = read_protocol(catalogue.find(name))
    case, as_of = case_of(child(3), [read]), instant_of(AS_OF)

    def whole() -> int:
        (part,) = evaluate([read], case, as_of).protocols
        return sum(len(o.because) + (o.by is not None) + (o.chair is not None) for o in part.actions)

    benchmark.extra_info["read"] = benchmark(whole)


def test_one_child_with_twelve_episodes(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    _evaluated(benchmark, protocol, 12)


# The sections of Northamptonshire's response, with which the aims for speed were set.
RESPONSE = re.compile(r"(3\.[34]|5\.1[2-7]|6\.([5-8]|14)|7\.([4-6]|1[7-9]|2[0-5])|8\.1[0-3])\b")


def test_one_child_with_twelve_episodes_against_the_response(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    """Rules that cite one of the sections for which the aim of 1.5 ms was set."""
    families = tuple(f for f in protocol.families if any(RESPONSE.match(c.paragraph) for c in _cited(f)))
    benchmark.extra_info["rules"] = len(families)
    _evaluated(benchmark, replace(protocol, families=families), 12)


def _cited(family: RuleFamily) -> Iterator[Citation]:
    return (cited for variant in family.variants.values() for part in variant for cited in part.citations)


def test_one_child_with_twelve_episodes_against_all_protocols(benchmark: BenchmarkFixture) -> None:
    """What the five papers ask for one child together."""
    all_ = [read_protocol(path) for path in sorted(catalogue.find(NAME).parent.glob("*.yaml"))]
    case = case_of(child(12), all_)
    answer = benchmark(evaluate, all_, case, instant_of(AS_OF))
    benchmark.extra_info["obligations"] = sum(len(part.actions) for part in answer.protocols)


def test_conversion_to_json(benchmark: BenchmarkFixture, protocol: Protocol) -> None:
    """From the engine's answer to the text of the result, twelve episodes."""
    answer = evaluate([protocol], case_of(child(12), [protocol]), instant_of(AS_OF))

    def convert() -> Any:
        return to_json(result_of(answer))

    benchmark(convert)
