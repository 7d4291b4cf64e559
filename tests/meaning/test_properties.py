"""What must hold of every rule set and every history, and that engine and oracle agree.

Quick by default; `HYPOTHESIS_PROFILE=deep` tries many more.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from missingrules.domain.case import Case, Episode, Held
from missingrules.domain.clock import Instant
from missingrules.domain.obligations import Status
from missingrules.domain.vocabulary import RISK
from tests.meaning.calendars import calendar_questions
from tests.meaning.compare import HORIZON, differ, differ_in_questions, differ_in_readings, evaluated, outcomes
from tests.meaning.histories import EXACT, OPEN, questions_
from tests.meaning.oracle import Outcome, TooManyWorlds
from tests.meaning.strategies import protocols, protocols_read_two_ways

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer
    from missingrules.domain.protocol import Protocol

# A rule superseded by the one that it raises undone: the reader refuses that cycle.
REFUSED = r"superseded_by='.*OnUndone|OnUndone.*superseded_by='"
TIMES = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 1
Question = tuple[Case, Instant]
Asked = tuple["Protocol", Case, Instant]


def read_at_all(protocol: Protocol) -> bool:
    return not re.search(REFUSED, repr(protocol.families))


def some(quick: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    # The same examples on every machine, shown as they were found; the deep profile looks for new ones and makes them
    # small, which takes minutes.
    deep = TIMES > 1
    return settings(
        max_examples=quick * TIMES,
        deadline=None,
        suppress_health_check=checks,
        derandomize=not deep,
        phases=tuple(Phase) if deep else (Phase.explicit, Phase.generate),
    )


@some(150)
@given(protocols(), questions_(EXACT))
def test_engine_and_oracle_agree_on_exact_times(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    assume(read_at_all(protocol))
    assert differ(protocol, case, as_of) == []


@some(60)
@given(protocols(), questions_(EXACT))
def test_engine_and_oracle_ask_the_same(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    assume(read_at_all(protocol))
    assert differ_in_questions(protocol, case, as_of) == []


@some(50)
@given(protocols(2), questions_(OPEN))
def test_engine_and_oracle_agree_on_dates_and_left_out_instants(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    assume(read_at_all(protocol))
    try:
        assert differ(protocol, case, as_of) == []
    except TooManyWorlds:
        assume(False)


@some(25)
@given(protocols_read_two_ways(), questions_(EXACT))
def test_engine_and_oracle_agree_on_readings(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    assume(read_at_all(protocol))
    assert differ_in_readings(protocol, case, as_of) == []


@some(40)
@given(calendar_questions())
def test_engine_and_oracle_agree_on_duties_of_the_calendar(asked: Asked) -> None:
    protocol, case, as_of = asked
    assume(read_at_all(protocol))
    try:
        assert differ(protocol, case, as_of, organisation=True) == []
        assert differ_in_questions(protocol, case, as_of, organisation=True) == []
    except TooManyWorlds:
        assume(False)


@some(10)
@given(calendar_questions(OPEN))
def test_engine_and_oracle_agree_on_duties_of_the_calendar_and_dates(asked: Asked) -> None:
    protocol, case, as_of = asked
    assume(read_at_all(protocol))
    try:
        assert differ(protocol, case, as_of, organisation=True) == []
    except TooManyWorlds:
        assume(False)


@some(80)
@given(protocols(), questions_(OPEN), st.data())
def test_the_order_of_input_does_not_matter(protocol: Protocol, question: Question, data: st.DataObject) -> None:
    case, as_of = question
    other = replace(
        case,
        episodes=tuple(data.draw(st.permutations(case.episodes))),
        events=tuple(data.draw(st.permutations(case.events))),
        records=tuple(data.draw(st.permutations(case.records))),
    )
    assert outcomes(evaluated(protocol, case, as_of)) == outcomes(evaluated(protocol, other, as_of))


@some(80)
@given(protocols(), questions_(EXACT))
def test_what_happens_after_as_of_changes_nothing(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    assert outcomes(evaluated(protocol, case, as_of)) == outcomes(evaluated(protocol, as_far_as(case, as_of), as_of))


def as_far_as(case: Case, as_of: Instant) -> Case:
    """The case without anything later than `as_of`."""

    def begun(facts: MappingProxyType[str, tuple[Held, ...]]) -> MappingProxyType[str, tuple[Held, ...]]:
        kept = {n: tuple(h for h in hs if not isinstance(h.start, int) or h.start <= as_of) for n, hs in facts.items()}
        return MappingProxyType({n: hs for n, hs in kept.items() if hs})

    def upto(e: Episode) -> Episode:
        later = {w: None for w in ("located", "returned", "reported") if _after(getattr(e, w), as_of)}
        return replace(e, facts=begun(e.facts), **later)  # type: ignore[arg-type]

    return replace(
        case,
        episodes=tuple(upto(e) for e in case.episodes if not _after(e.started, as_of)),
        events=tuple(x for x in case.events if not _after(x.at, as_of)),
        records=tuple(x for x in case.records if not _after(x.at, as_of)),
    )


def _after(stamp: object, as_of: Instant) -> bool:
    """Whether it lies in the future; what has no instant does not."""
    return isinstance(stamp, int) and stamp > as_of


@some(80)
@given(protocols(), questions_(EXACT))
def test_floors_only_raise(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    for part in evaluated(protocol, case, as_of).protocols:
        for c in part.conclusions:
            if c.what == "episode.risk" and c.recorded in RISK and c.effective in RISK:
                assert RISK.index(c.effective) >= RISK.index(c.recorded)


@some(80)
@given(protocols(), questions_(EXACT))
def test_every_fired_obligation_says_why_and_where_it_stands(protocol: Protocol, question: Question) -> None:
    case, as_of = question
    for part in evaluated(protocol, case, as_of).protocols:
        for o in part.actions:
            assert o.citations
            assert o.because or o.status in (Status.NOT_DECIDABLE, Status.UPCOMING)


@some(30)
@given(protocols(), questions_(EXACT))
def test_an_answer_holds_until_it_says(protocol: Protocol, question: Question) -> None:
    """Upcoming duties that only enter the horizon are not a change."""
    case, as_of = question
    case = as_far_as(case, as_of)
    first = evaluated(protocol, case, as_of)
    until = first.valid_until
    assume(until is not None)
    assert until is not None
    before = outcomes(first)
    last = evaluated(protocol, case, until)
    assert shown(last, before) == shown(first, before)
    assume(not any(o.status == "not_decidable" for o in before.values()))  # what hangs on time there is not shown
    after = evaluated(protocol, case, Instant(until + 1), HORIZON)
    assert shown(after, before) != shown(first, before)


def shown(given: Answer, known: dict[str, Outcome]) -> object:
    """What an answer says, save duties that are new and still to come, decided or not."""
    actions = {k: o for k, o in outcomes(given).items() if k in known or not _after(o.triggered_at, given.as_of)}
    return actions, [(p.conclusions, [f.status for f in p.forbidden], p.conflicts) for p in given.protocols]
