"""Rule sets say what the engine says: by their tables, and where it is installed as durable_rules runs them.

Quick by default; `HYPOTHESIS_PROFILE=deep` tries many more.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from missingrules.adapters.durable.rule_sets import rule_sets
from missingrules.adapters.durable.stream import Stream
from missingrules.reading.protocols import read_protocol
from tests.adapters.durable.agree import by_tables, differences
from tests.adapters.durable.strategies import rich_protocols, rich_questions
from tests.meaning.test_properties import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.adapters.durable.rule_sets import RuleSet
    from missingrules.adapters.durable.supplies import Value
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol

PROTOCOLS = sorted((Path(__file__).parents[3] / "protocols").glob("*.yaml"))


class Streams:
    """One stream a rule set, told of one moment after the other, whichever case or place it is of."""

    def __init__(self) -> None:
        self.open: dict[str, Stream] = {}

    def tell(self, rule_set: RuleSet, supplied: Mapping[str, Value]) -> Mapping[str, str]:
        stream = self.open.get(rule_set.name)
        if stream is None:
            stream = self.open[rule_set.name] = Stream(rule_set, "anybody")
        return stream.tell(supplied)

    def close(self) -> None:
        for stream in self.open.values():
            stream.close()


@pytest.fixture
def streams() -> Iterator[Streams]:
    pytest.importorskip("durable.engine", reason="durable_rules is not installed", exc_type=ImportError)
    made = Streams()
    yield made
    made.close()


@some(40)
@given(rich_protocols(), rich_questions())
def test_tables_say_what_the_engine_says(protocol: Protocol, question: tuple[Case, Instant]) -> None:
    case, as_of = question
    assert list(differences(protocol, case, as_of, rule_sets(protocol), by_tables)) == []


def test_durable_rules_says_what_the_engine_says_of_generated_rules(streams: Streams) -> None:
    @some(10)
    @given(rich_protocols(), rich_questions())
    def agree(protocol: Protocol, question: tuple[Case, Instant]) -> None:
        case, as_of = question
        own = Streams()
        try:
            assert list(differences(protocol, case, as_of, rule_sets(protocol), own.tell, most=3)) == []
        finally:
            own.close()

    agree()


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_durable_rules_says_what_the_engine_says_of_a_paper(path: Path, streams: Streams) -> None:
    protocol = read_protocol(path)
    sets = rule_sets(protocol)

    @some(3)
    @given(rich_questions())
    def agree(question: tuple[Case, Instant]) -> None:
        case, as_of = question
        assert list(differences(protocol, case, as_of, sets, streams.tell, most=2)) == []

    agree()


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_tables_say_what_the_engine_says_of_a_paper(path: Path) -> None:
    protocol = read_protocol(path)
    sets = rule_sets(protocol)

    @some(5)
    @given(rich_questions())
    def agree(question: tuple[Case, Instant]) -> None:
        case, as_of = question
        assert list(differences(protocol, case, as_of, sets, by_tables, most=3)) == []

    agree()
