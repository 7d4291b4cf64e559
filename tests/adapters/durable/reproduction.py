"""What durable_rules does that keeps it out of the decision path, shown with itself alone: nothing of ours is imported.

Run as a script where it is installed; each finding is printed, and a finding that no longer holds ends it with 1.
`docs/decisions/0001-durable-rules.md` draws the conclusions.
"""

from __future__ import annotations

import hashlib
import sys
from itertools import count
from typing import Any

MANY = 100_000


def fnv1a(text: str) -> int:
    """32 bits, as `fnv1Hash32` in src/rules/state.c."""
    found = 2_166_136_261
    for byte in text.encode("ascii"):
        found = ((found ^ byte) * 16_777_619) & 0xFFFF_FFFF
    return found


def pairs_of_one_hash(seed: int) -> list[tuple[str, str]]:
    """Among 100,000 ids of 32 hexadecimal digits."""
    seen: dict[int, str] = {}
    found = []
    for n in range(MANY):
        id_ = hashlib.sha256(f"{seed}-{n}".encode()).hexdigest()[:32]
        other = seen.setdefault(fnv1a(id_), id_)
        if other != id_:
            found.append((other, id_))
    return found


class Told:
    """A rule set without `Host`, and what each call of it came back with."""

    def __init__(self, name: str, all_: list[dict[str, Any]], run: Any) -> None:
        from durable import engine

        self.rules = engine.Ruleset(name, None, {"r": {"all": all_, "run": run}})
        self.back: list[tuple[Any, Any]] = []

    def assert_fact(self, **fact: Any) -> None:
        self.rules.do_actions(self.rules.assert_fact(fact), lambda error, state: self.back.append((error, state)))

    def retract_fact(self, **fact: Any) -> None:
        self.rules.do_actions(self.rules.retract_fact(fact), lambda error, state: self.back.append((error, state)))

    def ids(self, context: str) -> list[str]:
        return [fact["id"] for fact in self.rules.get_facts(context) if not fact["id"].startswith("sid-")]


def quiet(c: Any) -> None:
    """An action that does nothing."""


def of_two_ids_of_one_hash_the_second_is_refused_and_retracts_the_first(first: str, second: str) -> str:
    told = Told("facts", [{"m": {"n": 1}}], quiet)
    told.assert_fact(id=first, sid="x", n=1)
    refused = ""
    try:
        told.assert_fact(id=second, sid="x", n=1)
    except Exception as error:
        refused = type(error).__name__
    assert refused == "MessageObservedException", f"both facts were taken, or refused otherwise: {refused}"
    before = told.ids("x")
    told.retract_fact(id=second, sid="x", n=1)
    assert (before, told.ids("x")) == ([first], []), "it compared the ids"
    return f"'{second}' was refused as already there; retracting it, that was never there, deleted '{first}'"


def two_contexts_of_one_hash_are_one(first: str, second: str) -> str:
    met: list[tuple[str, str, str]] = []

    def run(c: Any) -> None:
        met.append((c.s.sid, c.a.child, c.b.child))

    told = Told("contexts", [{"a": {"missing": 1}}, {"b": {"high_risk": 1}}], run)
    told.assert_fact(id="1", sid=first, missing=1, child=first)
    told.assert_fact(id="2", sid=second, high_risk=1, child=second)
    assert met == [(first, first, second)], met
    assert [error for error, _ in told.back] == [None, None]
    return f"one rule fired on '{first}' being missing and '{second}' being at high risk; no error was given"


def no_more_than_1024_contexts() -> str:
    told = Told("many", [{"m": {"n": 1}}], quiet)
    for n in count():
        try:
            told.assert_fact(id="1", sid=f"c{n}", n=1)
        except MemoryError:
            assert n == 1024, n
            return f"after {n} contexts: MemoryError"
        assert n < 2000, "it took more than 2,000"
    raise AssertionError


def an_error_inside_an_action_is_no_error() -> str:
    def run(c: Any) -> None:
        raise ValueError("the action failed")

    told = Told("errors", [{"m": {"n": 1}}], run)
    told.assert_fact(id="1", sid="x", n=1)
    ((error, state),) = told.back
    assert error is None
    assert "the action failed" in state["exception"]
    assert "the action failed" in told.rules.get_state("x")["exception"]
    return "the caller was told of no error; the state has a text under 'exception'"


def main() -> int:
    try:
        from durable import engine  # noqa: F401
    except ImportError as error:
        print(f"durable_rules cannot be imported on Python {sys.version.split()[0]}: {error}")
        return 1
    found = [pairs_of_one_hash(seed) for seed in range(4)]
    numbers = ", ".join(str(len(pairs)) for pairs in found)
    print(f"pairs of one hash among {MANY} ids, four times: {numbers} (chance gives {MANY**2 / 2 / 2**32:.2f})")
    (first, second), *_ = [pair for pairs in found for pair in pairs]
    print("facts:", of_two_ids_of_one_hash_the_second_is_refused_and_retracts_the_first(first, second))
    print("contexts:", two_contexts_of_one_hash_are_one("child-8784", "child-1131320"))
    print("number of contexts:", no_more_than_1024_contexts())
    print("errors:", an_error_inside_an_action_is_no_error())
    return 0


if __name__ == "__main__":
    sys.exit(main())
