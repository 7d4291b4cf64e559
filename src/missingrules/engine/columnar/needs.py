"""What a protocol reads of a case under chosen readings: facts, ages, counts and lengths that its provisions name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from missingrules.domain.conditions import Counted, CountTest, FactTest, Is, Range
from missingrules.domain.deadlines import Before, DeadlineRow, OnDay, SetBy, Within
from missingrules.domain.rules import Guard
from missingrules.domain.triggers import EpisodesReach, MissingFor
from missingrules.engine.plan import parts_of
from missingrules.engine.relative import RELATIVE
from missingrules.engine.values import number

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.clock import Length
    from missingrules.domain.conditions import Test
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.plan import Provisions


INSTANTS: Final = ("located", "reported", "last_seen")  # beside the start and the return


@dataclass(frozen=True, slots=True)
class Needs:
    """`shared`: facts of episodes on which something of the child hangs, or of another episode; None: any may be."""

    facts: frozenset[str]
    ages: frozenset[int]
    counts: tuple[Counted, ...]
    tests: tuple[CountTest, ...]
    concluded_kinds: bool  # whether it is concluded which episodes count
    anchors: frozenset[str]  # instants of episodes from which rows of deadlines reckon
    lengths: tuple[tuple[Length, bool], ...]  # and whether more than that is asked for
    dates: tuple[date, ...]
    shared: frozenset[str] | None


# Holds only what follows from its arguments, which are equal only if they are the same.
@lru_cache(maxsize=256)
def needs_of(protocol: Protocol, provisions: Provisions) -> Needs:
    """Of everything that stands."""
    every = [
        *(d for found in provisions.duties.values() for d in found),
        *provisions.conclusions,
        *provisions.prohibitions,
    ]
    parts = [part for one in (*every, protocol.scope) for part in parts_of(one)]
    facts: set[str] = {"episode.kind", "episode.from"}
    ages: set[int] = set()
    lengths: dict[tuple[Length, bool], None] = {}
    dates: set[date] = set()
    anchors: set[str] = set()
    for part in parts:
        match part:
            case DeadlineRow(deadline=Within(_, anchor) | OnDay(_, anchor) | Before(anchor)) if anchor in INSTANTS:
                anchors.add(anchor)
            case FactTest("child.age", test):
                ages |= _ages(test)
            case FactTest("episode.missing_for", test):
                lengths |= dict.fromkeys(_lengths(test))
            case FactTest(fact) | SetBy(fact):
                facts.add(fact)
            case MissingFor(str() as fact):
                facts.add(fact)
            case Within(_, anchor) | OnDay(_, anchor) | Before(anchor) if "." in anchor:
                facts.add(anchor)
            case Guard(in_force=(start, end)):
                dates |= {day for day in (start, end) if day}
    counts = tuple(dict.fromkeys(part.counted for part in parts if isinstance(part, (CountTest, EpisodesReach))))
    if facts & set(RELATIVE):
        facts |= {"child.placing_authority", "child.placed_in"}
    if "episode.risk.recorded" in facts:
        facts.add("episode.risk")
    facts |= {conclusion.fact for conclusion in provisions.conclusions}
    tests = tuple(dict.fromkeys(part for part in parts if isinstance(part, CountTest)))
    concluded = {conclusion.fact for conclusion in provisions.conclusions}
    kinds = bool(counts and concluded & {"episode.kind", "episode.from"})
    shared = _shared(provisions, kinds)
    return Needs(
        facts=frozenset(facts),
        ages=frozenset(ages),
        counts=counts,
        tests=tests,
        concluded_kinds=kinds,
        anchors=frozenset(anchors),
        lengths=tuple(lengths),
        dates=tuple(sorted(dates)),
        shared=shared,
    )


def _ages(test: Test) -> set[int]:
    if isinstance(test, Is):
        return {age for value in test.values for age in (int(value), int(value) + 1)}
    if not isinstance(test, Range):
        return set()
    low = {number(test.low) + (not test.low_inside)} if test.low is not None else set()
    return low | ({number(test.high) + test.high_inside} if test.high is not None else set())


def _lengths(test: Test) -> list[tuple[Length, bool]]:
    if not isinstance(test, Range):
        return []
    low = [(test.low, not test.low_inside)] if test.low is not None else []
    return [*low, *([(test.high, test.high_inside)] if test.high is not None else [])]  # type: ignore[list-item]


def _shared(provisions: Provisions, concluded_kinds: bool) -> frozenset[str] | None:
    """What the conclusions of the child's facts read of episodes."""
    concluded = {conclusion.fact for conclusion in provisions.conclusions}
    read = {
        one.fact
        for conclusion in provisions.conclusions
        if not conclusion.fact.startswith("episode.")
        for one in parts_of(conclusion.guard)
        if isinstance(one, FactTest) and one.fact.startswith("episode.")
    }
    of_kind = {"episode.missing", "episode.first_episode"}
    reads_kind = bool(read & (of_kind | {"episode.kind"}))
    if concluded_kinds or read & concluded or "episode.risk.recorded" in read:
        return None
    return frozenset(read | ({"episode.kind"} if reads_kind else set()))
