"""A stream of durable_rules fails closed: whatever it does but what the rules say is an error, and the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.rule_sets import rule_sets
from missingrules.adapters.durable.stream import Stream, StreamBroken
from missingrules.domain.conditions import All, FactTest, Range
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.triggers import OnInstant
from tests.meaning.build import duty, fact, guard, protocol, risk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from missingrules.adapters.durable.rule_sets import RuleSet

LOOKED_AFTER = "child.looked_after"
RISK = "the episode: episode.risk"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    both = All((fact(LOOKED_AFTER), risk("medium")))
    return rule_sets(protocol(duty("d", OnInstant("started"), guard=guard(both))))[Place.EPISODE]


@pytest.fixture
def stream(rules: RuleSet) -> Iterator[Stream]:
    pytest.importorskip("durable.engine", reason="durable_rules is not installed", exc_type=ImportError)
    with Stream(rules, "case 1, E1") as opened:
        yield opened


def answer(stream: Stream, **supplied: Any) -> str:
    names = {"looked_after": LOOKED_AFTER, "risk": RISK}
    (output,) = stream.rule_set.outputs
    return stream.tell({names[name]: value for name, value in supplied.items()})[output.node.name]


def test_it_says_what_is_known_as_it_becomes_known(stream: Stream) -> None:
    assert sorted(supply.name for supply in stream.rule_set.supplies) == [LOOKED_AFTER, RISK]
    assert answer(stream, looked_after=None, risk=None) == "unknown"
    assert answer(stream, looked_after="true") == "unknown"
    assert answer(stream, risk="low") == "false"
    assert answer(stream, risk="high") == "true"
    assert answer(stream) == "true"
    assert answer(stream, looked_after="(another)") == "false"
    assert answer(stream, risk=None) == "false"
    assert answer(stream, looked_after=None) == "unknown"


@pytest.mark.parametrize(
    ("supplied", "message"),
    [
        ({LOOKED_AFTER: None}, f"nothing is supplied for {RISK}"),
        ({LOOKED_AFTER: None, RISK: None, "child.age": "16"}, "no rule asks for 'child.age'"),
        ({LOOKED_AFTER: "no", RISK: None}, f"'{LOOKED_AFTER}' is one of true or (another), not 'no'"),
        ({LOOKED_AFTER: True, RISK: None}, f"'{LOOKED_AFTER}' is one of true or (another), not True"),
        ({LOOKED_AFTER: None, RISK: 3}, f"'{RISK}' is one of"),
    ],
)
def test_what_is_supplied_wrongly_changes_nothing(stream: Stream, supplied: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is looked at
        stream.tell(supplied)
    assert str(error.value).startswith(message)
    assert answer(stream, looked_after="true", risk="high") == "true"


def test_a_number_is_a_whole_number() -> None:
    pytest.importorskip("durable.engine", reason="durable_rules is not installed", exc_type=ImportError)
    from tests.adapters.durable.strategies import numbered

    made = protocol(duty("d", OnInstant("started"), guard=guard(FactTest("episode.sightings", Range(low=2, high=3)))))
    rules = rule_sets(numbered(made))[Place.EPISODE]
    (output,) = rules.outputs
    name = "the episode: episode.sightings"
    with Stream(rules, "c") as stream:
        said = {n: stream.tell({name: n})[output.node.name] for n in (1, 2, 3, 4, -5, 2**53 - 1, None)}
        assert said == {1: "false", 2: "true", 3: "true", 4: "false", -5: "false", 2**53 - 1: "false", None: "unknown"}
        for wrong in (True, "2", 2**53, 2.0):
            with pytest.raises(ValueError, match="is a whole number or not known"):
                stream.tell({name: wrong})  # type: ignore[dict-item]


def test_a_context_that_would_not_be_read_as_it_is_is_refused(rules: RuleSet) -> None:
    for name in ("", 'a"', "Zoë"):
        with pytest.raises(InvalidInput, match="cannot keep a context named"):
            Stream(rules, name)


def test_without_durable_rules_it_says_what_is_wanted(rules: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "durable", None)
    with pytest.raises(InvalidInput) as error:
        Stream(rules, "c")
    (found,) = error.value.diagnostics
    assert found.code == "not-installed"
    assert "missingrules[durable]" in str(found.hint)


# --- what durable_rules might do --------------------------------------------------------------------------------------


def _swallows(stream: Stream) -> None:
    stream._rules.do_actions = lambda state, complete: complete(None, {})  # type: ignore[union-attr]


def _returns_an_error(stream: Stream) -> None:
    stream._rules.do_actions = lambda state, complete: complete(ValueError("lost"), None)  # type: ignore[union-attr]


def _never_ends(stream: Stream) -> None:
    stream._rules.do_actions = lambda state, complete: None  # type: ignore[union-attr]


def _keeps_an_exception(stream: Stream) -> None:
    kept = stream._rules.get_state  # type: ignore[union-attr]
    stream._rules.get_state = lambda sid: {**kept(sid), "exception": "text"}  # type: ignore[union-attr]


def _answers_for_another(stream: Stream) -> None:
    kept = stream._rules.get_state  # type: ignore[union-attr]
    stream._rules.get_state = lambda sid: {**kept(sid), "sid": "case 2"}  # type: ignore[union-attr]


def _loses_a_fact(stream: Stream) -> None:
    kept = stream._rules.get_facts  # type: ignore[union-attr]
    stream._rules.get_facts = lambda sid: kept(sid)[1:]  # type: ignore[union-attr]


def _retracts_nothing(stream: Stream) -> None:
    stream._rules.retract_fact = lambda fact: 0  # type: ignore[union-attr]


def _says_it_twice(stream: Stream) -> None:
    kept = stream._say

    def twice(truth: str, name: str) -> None:
        kept(truth, name)
        kept(truth, name)

    stream._say = twice  # type: ignore[method-assign]


def _tells_it_twice(stream: Stream) -> None:
    kept = stream._hear

    def twice(name: str, truth: str) -> None:
        kept(name, truth)
        kept(name, truth)

    stream._hear = twice  # type: ignore[method-assign]


def _fails_in_an_action(stream: Stream) -> None:
    def fail(name: str, truth: str) -> None:
        raise KeyError("lost")

    stream._hear = fail  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "spoil",
    [
        _swallows,
        _returns_an_error,
        _never_ends,
        _keeps_an_exception,
        _answers_for_another,
        _loses_a_fact,
        _retracts_nothing,
        _says_it_twice,
        _tells_it_twice,
        _fails_in_an_action,
    ],
)
def test_any_doubt_is_an_error_and_the_last_word(stream: Stream, spoil: Callable[[Stream], None]) -> None:
    assert answer(stream, looked_after="true", risk="low") == "false"
    spoil(stream)
    with pytest.raises(StreamBroken):
        answer(stream, risk="high")
    with pytest.raises(StreamBroken, match="was broken before"):
        answer(stream, risk="low")


def test_a_closed_stream_says_nothing(stream: Stream) -> None:
    assert answer(stream, looked_after="true", risk="high") == "true"
    stream.close()
    stream.close()
    with pytest.raises(StreamBroken, match="is closed"):
        answer(stream, risk="low")


def test_streams_of_two_contexts_of_one_hash_never_meet(rules: RuleSet, stream: Stream) -> None:
    # durable_rules takes these two names for one (reproduction.py).
    with Stream(rules, "child-8784") as one, Stream(rules, "child-1131320") as other:
        assert answer(one, looked_after="true", risk="low") == "false"
        assert answer(other, looked_after=None, risk="high") == "unknown"
        assert answer(one, risk="high") == "true"
        assert answer(other, looked_after="(another)") == "false"
        assert answer(one) == "true"
