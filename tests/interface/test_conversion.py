from __future__ import annotations

from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missingrules.domain.clock import Length, Unit
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.protocol import Words
from missingrules.domain.rules import RuleFamily
from missingrules.domain.vocabulary import FactKind, FactType, FactWord
from missingrules.interface.case import CaseFile
from missingrules.interface.conversion import case_of
from tests.answers import at, duty, protocol

STARTED = datetime(2025, 3, 28, 22, 30, tzinfo=UTC)


def data(**changes: Any) -> dict[str, object]:
    return {"format": 1, "case": "C", "episodes": [{"id": "E1", "started_at": STARTED}]} | changes


def codes(raw: object, *protocols: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        case_of(raw, protocols)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_python_values_are_taken() -> None:
    raw = data(
        child={"date_of_birth": date(2009, 5, 14), "looked_after": True},
        plan={"report_after": Length(6, Unit.HOUR)},
        records=({"id": 7, "action": "notify", "at": date(2025, 3, 28), "to": ("police",)},),
    )
    case = case_of(raw)
    assert case.episodes[0].started == at("2025-03-28T22:30:00+00:00")
    assert case.child["looked_after"][0].value == "true"
    assert case.plan["report_after"][0].value == Length(6, Unit.HOUR)
    assert case.records[0].id == "7"


def test_the_model_and_the_data_say_the_same() -> None:
    raw = data(
        child={"looked_after": [{"value": True, "from": date(2024, 11, 1)}]},
        records=[{"id": "R1", "action": "notify", "at": STARTED, "with": ["police"]}],
    )
    assert case_of(CaseFile.model_validate(raw)) == case_of(raw)


def test_a_model_keeps_null_and_left_out_apart() -> None:
    file = CaseFile.model_validate(data(episodes=[{"id": "E1", "started_at": STARTED, "returned_at": None}]))
    (episode,) = case_of(file).episodes
    assert episode.returned is None
    assert episode.located is not None


def test_a_mistake_in_data_is_named_by_its_path() -> None:
    with pytest.raises(InvalidInput) as caught:
        case_of(data(episodes=[{"id": "E1", "started_at": datetime(2025, 3, 28)}]))  # noqa: DTZ001
    assert str(caught.value).splitlines()[0] == (
        "error [naive-timestamp] episodes[0].started_at: this time has no offset, so it could be one of two hours"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": True}, "unknown-format"),
        ({"case": None}, "bad-text"),
        ({"episodes": [{"id": "E1", "started_at": STARTED.replace(microsecond=1)}]}, "bad-timestamp"),
        ({"episodes": [{"id": "E1", "started_at": 1743201000}]}, "bad-timestamp"),
        ({"child": {"looked_after": 1}}, "bad-value"),
        ({"child": {"date_of_birth": STARTED}}, "bad-date"),
        ({"episodes": [{"id": "E1", "started_at": STARTED, "risk": True}]}, "bad-value"),
        ({"episodes": [5]}, "wrong-shape"),
        ({3: 4}, "wrong-shape"),
    ],
)
def test_python_values_that_are_refused(changes: dict[str, object], code: str) -> None:
    assert codes(data() | changes) == [code]


def with_fact(name: str, type_: FactType, *values: str) -> Any:
    word = FactWord("child.status", FactKind.STATUS, type_, "What is the status?", values)
    words = protocol().words
    return protocol(
        name, words=Words(MappingProxyType({**words.facts, "child.status": word}), words.actions, words.events)
    )


def test_a_fact_that_two_protocols_mean_differently_cannot_be_given() -> None:
    one, other = with_fact("one", FactType.YES_NO), with_fact("other", FactType.TEXT)
    raw = data(child={"status": True})
    assert case_of(raw, [one]).child
    assert codes(raw, one, other) == ["clashing-fact"]
    assert case_of(data(), [one, other])


def test_a_choice_has_the_values_of_all_protocols() -> None:
    one, other = with_fact("one", FactType.CHOICE, "a", "b"), with_fact("other", FactType.CHOICE, "b", "c")
    for value in "abc":
        assert case_of(data(child={"status": value}), [one, other]).child["status"][0].value == value
    assert codes(data(child={"status": "c"}), one) == ["bad-value"]


def test_words_that_only_rules_know() -> None:
    rule = duty(met_by=("minuted",), about="return_interview", method="in_writing")
    known = protocol(families=(RuleFamily("strategy-meeting", (), MappingProxyType({(): (rule,)})),))
    record = {"id": "R1", "action": "strategy_meeting", "at": STARTED, "outcome": "minuted", "method": "in_writing"}
    assert case_of(data(records=[record]), [known]).records[0].outcome == "minuted"
    assert codes(data(records=[record])) == ["unknown-outcome"]
    assert codes(data(records=[record | {"about": "return_interviews"}]), known) == ["unknown-word"]
    assert case_of(data(records=[record | {"about": "weather"}]), [known])


def test_an_area_is_one_of_the_protocols() -> None:
    two = protocol(areas=("staffordshire", "stoke"))
    assert case_of(data(child={"area": "stoke"}), [two]).child["area"][0].value == "stoke"
    assert codes(data(child={"area": "stroke"}), two) == ["bad-value"]


STAMPS = st.dates(date(2024, 1, 1), date(2024, 1, 12))
SPANS = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | STAMPS, st.none() | STAMPS).filter(
        lambda span: span[1] is None or span[2] is None or span[1] < span[2]
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(SPANS)
def test_spans_clash_exactly_if_two_that_differ_share_a_day(spans: list[tuple[str, date | None, date | None]]) -> None:
    def share(one: tuple[str, date | None, date | None], two: tuple[str, date | None, date | None]) -> bool:
        start = max(one[1] or date.min, two[1] or date.min)
        return start < min(one[2] or date.max, two[2] or date.max)

    clash = any(a[0] != b[0] and share(a, b) for i, a in enumerate(spans) for b in spans[:i])
    raw = data(child={"placed_in": [{"value": value, "from": start, "to": end} for value, start, end in spans]})
    if clash:
        assert set(codes(raw)) == {"spans-overlap"}
    else:
        case_of(raw)


EPISODES = st.lists(
    st.tuples(st.integers(0, 20), st.none() | st.just("left out") | st.integers(0, 6)),
    max_size=5,
    unique_by=lambda e: e[0],
)


@settings(max_examples=300, deadline=None)
@given(EPISODES, st.randoms())
def test_episodes_clash_exactly_if_two_share_a_second(episodes: list[tuple[int, Any]], random: Any) -> None:
    ordered = sorted(episodes)
    clash = any(
        end is None or (isinstance(end, int) and start + end > later)
        for index, (start, end) in enumerate(ordered)
        for later, _ in ordered[index + 1 :]
    )
    written = []
    for start, end in episodes:
        entry: dict[str, object] = {"id": f"E{start}", "started_at": STARTED.replace(second=start)}
        if end != "left out":
            entry["returned_at"] = None if end is None else STARTED.replace(second=start + end)
        written.append(entry)
    random.shuffle(written)
    if clash:
        assert set(codes(data(episodes=written))) <= {"episodes-overlap", "episode-still-open"}
    else:
        case_of(data(episodes=written))
