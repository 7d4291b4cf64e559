"""Rules for the comparison with durable_rules: conditions in conditions, and conclusions from conclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from missingrules.domain.conditions import All, Condition, FactTest, Is, Not, Range
from missingrules.domain.conditions import Any as AnyOf
from missingrules.domain.triggers import OnInstant, OnPeriod
from missingrules.domain.vocabulary import FactKind, FactType, FactWord
from tests.meaning.build import WORDS, conclude, duty, fact, facts, forbid, guard, known, protocol, risk
from tests.meaning.histories import Draw, grades, maybe, questions_, rarely, some
from tests.meaning.strategies import GRADED, PLAIN

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Guard, Provision

MISSING_BOTH = FactTest("episode.missing", Is(("true", "false")))
FIRST = (
    *PLAIN,
    fact("episode.missing", "false"),
    MISSING_BOTH,
    known("episode.missing"),
    known("episode.first_episode"),
    known("child.age"),
    known("episode.missing_for"),
    known("child.looked_after"),
    fact("episode.serious_concerns", "false"),
    fact("episode.from", "home", "care"),
    fact("episode.from", "education"),
    fact("record.outcome", "held", "seen"),
    known("record.outcome"),
    known("event.starts_at"),
    known("episode.kind"),
    FactTest("episode.sightings", Range(low=2)),
    FactTest("episode.sightings", Range(low=1, low_inside=False, high=3, high_inside=False)),
    FactTest("episode.sightings", Range(high=2)),
    risk("medium", "episode.risk.recorded"),
    FactTest("episode.risk.recorded", Is(("low", "high"))),
)
PLAINEST = (fact("episode.from", "care"), fact("child.looked_after"), known("child.looked_after"))
# What conclusions may be drawn from, when those before have been drawn.
SECOND = (
    *FIRST,
    fact("episode.first"),
    fact("episode.first", "false"),
    known("episode.first"),
    fact("child.looked_after", "true", "false"),
)
LAST = (
    *SECOND,
    *GRADED,
    fact("episode.second"),
    known("episode.second"),
    fact("episode.second", "no", "false"),
    FactTest("episode.risk", Is(("no_apparent_risk", "high"))),
    fact("episode.risk", "medium"),
    fact("child.may_go_missing"),
    known("child.may_go_missing"),
    fact("child.allocated_to", "a"),
    fact("child.allocated_to", "b", "c"),
    fact("child.allocated_to", "a", "d"),
    known("child.allocated_to"),
    fact("child.may_go_missing", "false"),
)


def conditions(leaves: tuple[Condition, ...]) -> st.SearchStrategy[Condition]:
    def deeper(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(inner, min_size=0, max_size=4).map(tuple)
        return st.one_of(several.map(All), several.map(AnyOf), inner.map(Not))

    return st.recursive(st.sampled_from(leaves), deeper, max_leaves=6)


@st.composite
def guards(draw: Draw, leaves: tuple[Condition, ...]) -> Guard:
    kinds = some(draw, ((), ("missing",), ("missing",), ("missing", "absent"), ("absent",)))
    dates = some(draw, ((None, None), (None, None), (date(2025, 5, 7), None), (date(2025, 1, 30), date(2025, 8, 22))))
    return guard(
        draw(conditions(leaves)),
        unless=tuple(draw(conditions(leaves)) for _ in range(some(draw, (0, 0, 1, 2)))),
        kinds=kinds,
        in_force=dates,
        in_scope=not rarely(draw, 3),
    )


@st.composite
def provisions(draw: Draw) -> list[Provision]:
    """Conclusions in three steps, of which each may read what the steps before have concluded; then duties."""
    found: list[Provision] = []

    def concluded(leaves: tuple[Condition, ...], facts: tuple[str, ...], most: int) -> None:
        for _ in range(draw(st.integers(0, most))):
            name = some(draw, facts)
            value: dict[str, Any] = {"value": some(draw, ("true", "false"))}
            if name == "episode.risk":
                value = {"floor": some(draw, ("low", "medium", "high"))}
            if name == "child.allocated_to":
                value = {"value": some(draw, ("a", "b", "c"))}
            if name == "episode.kind":
                value = {"value": some(draw, ("missing", "absent"))}
            # A kind that hung on an episode's kind would hang on itself.
            of_kind = name == "episode.kind"
            when = guard(draw(conditions(PLAINEST))) if of_kind else draw(guards(leaves))
            found.append(conclude(f"c{len(found)}", name, when=when, **value))

    if rarely(draw, 3):
        concluded(FIRST, ("episode.kind",), 2)
    concluded(FIRST, ("episode.first",), 3)
    concluded(SECOND, ("episode.second", "episode.exploitation_suspected", "child.may_go_missing", "episode.risk"), 5)
    concluded(SECOND, ("child.allocated_to",), 3)
    for n in range(draw(st.integers(1, 3))):
        trigger = OnPeriod("week") if rarely(draw, 3) else OnInstant("started")
        found.append(duty(f"d{n}", trigger, guard=draw(guards(LAST))))
    if draw(st.booleans()):
        found.append(forbid("f", "notify", draw(guards(LAST))))
    return found


@st.composite
def rich_protocols(draw: Draw) -> Protocol:
    scope = draw(conditions(PLAINEST))
    return numbered(protocol(*draw(provisions()), scope=maybe(draw, (scope,)) or All(())))


def numbered(made: Protocol) -> Protocol:
    """The protocol with a fact that is a number."""
    number = FactWord("episode.sightings", FactKind.JUDGEMENT, FactType.NUMBER, "how many?")
    return replace(made, words=replace(WORDS, facts={**WORDS.facts, number.name: number}))


@st.composite
def rich_questions(draw: Draw) -> tuple[Case, Instant]:
    """A case that also records what rules may conclude, and a number."""
    case, as_of = draw(questions_())
    episodes = []
    for episode in case.episodes:
        started: Any = episode.started
        more = {
            "sightings": draw(grades(started, (0, 1, 2, 3, 4))),  # type: ignore[arg-type]
            "first": draw(grades(started, ("true", "false"))),
            "second": draw(grades(started, ("true", "false"))),
        }
        held = {**episode.facts, **facts(**{k: v for k, v in more.items() if v is not None})}
        episodes.append(replace(episode, facts=MappingProxyType(held)))
    said = maybe(draw, ("true", "false"))
    whom = maybe(draw, ("a", "b", "d", "e"))
    given = {"may_go_missing": said, "allocated_to": whom}
    child = {**case.child, **facts(**{name: value for name, value in given.items() if value})}
    return replace(case, episodes=tuple(episodes), child=MappingProxyType(child)), as_of
