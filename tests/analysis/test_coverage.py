"""Which rules are seen and which numbers are tried, on an invented protocol whose scenarios are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.analysis.boundaries import Bench, untried
from missingrules.analysis.coverage import coverage_of
from missingrules.analysis.expectations import differences
from missingrules.analysis.numbers import mutant, numbers_of
from missingrules.analysis.scenarios import ask, run
from missingrules.analysis.stated import unasserted
from missingrules.domain.scenarios import Moment, Who
from missingrules.reading.protocols import read_protocol, with_ledgers
from missingrules.reading.scenarios import read_scenarios

if TYPE_CHECKING:
    from missingrules.domain.coverage import Coverage
    from missingrules.domain.scenarios import Scenario, Value

HERE: Final = Path(__file__).with_name("invented")
PROTOCOL: Final = read_protocol(HERE / "invented.yaml")
SCENARIOS: Final = read_scenarios(HERE / "scenarios" / "all.yaml", lambda _: PROTOCOL).scenarios


def covered(scenarios: tuple[Scenario, ...] = SCENARIOS) -> Coverage:
    return coverage_of(PROTOCOL, *with_ledgers(HERE / "invented.yaml"), scenarios)


def without(*names: str) -> tuple[Scenario, ...]:
    left = tuple(each for each in SCENARIOS if each.name not in names)
    assert len(left) == len(SCENARIOS) - len(names)
    return left


def test_every_number_and_what_stands_next_to_it() -> None:
    found = [(n.rules, n.text, n.beside.get("less"), n.beside.get("more")) for n, _, _ in numbers_of(PROTOCOL)]
    every = tuple(family.id for family in PROTOCOL.families)
    assert found == [
        (every, "child.age under 18", "child.age under 17", "child.age under 19"),
        # The table's rows stand for both rules that use it, and the convention's window for both counts.
        (("meeting", "plan"), "24 hours", "23 hours 59 minutes", "24 hours 1 minute"),
        (("meeting", "plan"), "48 hours", "47 hours 59 minutes", "48 hours 1 minute"),
        (("repeat",), "at least 3 episodes", "at least 2 episodes", "at least 4 episodes"),
        (("repeat", "alert"), "a window of 90 days", "a window of 89 days", "a window of 91 days"),
        (("alert",), "episodes: at least 3", "episodes: at least 2", "episodes: at least 4"),
        # Five days stand under another reading alone.
        (("visit",), "5 working days", "4 working days", "6 working days"),
        (("day-seven",), "day 7", "day 6", "day 8"),
        (("monthly",), "1 month", "1 month less 1 day", "1 month and 1 day"),
        (("older",), "child.age at least 16", "child.age at least 15", "child.age at least 17"),
    ]


def test_all_is_covered() -> None:
    found = covered()
    assert found.is_whole
    # Of each act status, action, paragraph and who; of five of them by when.
    assert (found.scenarios, found.paragraphs, found.acts, found.stated, found.boundaries) == (11, 7, 8, 37, 20)


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (("eighteen that day",), {("child.age under 18", "more")}),
        (("eighteen the next day",), {("child.age under 18", "less")}),
        (("sixteen that day",), {("child.age at least 16", "more")}),
        (("sixteen the next day",), {("child.age at least 16", "less")}),
        # Both episodes before the third are within 89 days too, and the older one is within 91.
        (("the third time in 90 days",), {("a window of 90 days", "less"), *(
            (text, "more") for text in ("at least 3 episodes", "episodes: at least 3")
        )}),
        # A count that a third episode brings to two is none, so the second alone would fire: that is tried above.
        (("the third time in 91 days",), {("a window of 90 days", "more"), ("episodes: at least 3", "less")}),
        (("gone from care",), {("24 hours", "less"), ("24 hours", "more")}),
        # The fifth day is tried by the other reading, and the fifth working day is not.
        (("back on a Friday",), {("5 working days", "less"), ("5 working days", "more")}),
        # When day seven begins is tried by the day before it and by the day itself.
        (("still gone on the seventh day",), set()),
        (("back on a Friday, if days are meant",), set()),
    ],
)  # fmt: skip
def test_what_is_not_tried_without_a_scenario(gone: tuple[str, ...], left: set[tuple[str, str]]) -> None:
    found = untried(Bench(PROTOCOL), without(*gone), numbers_of(PROTOCOL))
    assert {(each.number.text, each.side) for each in found} == left


def test_what_is_not_seen_without_a_scenario() -> None:
    found = covered(without("back on a Friday", "eighteen that day", "sixteen that day"))
    assert found.never_fired == ("older",)
    assert found.never_absent == ("day-seven", "meeting", "monthly", "plan")
    assert not found.is_whole


@pytest.mark.parametrize(
    ("of", "field", "left"),
    [
        ("meeting/E1/1", "cite", {("meeting", "cite")}),
        ("visit/E1/1", "action", {("visit", "action")}),
        ("repeat/E3/1", "by", {("repeat", "by")}),
        # That something is due is said by another reading too, and of the meeting by three scenarios.
        ("visit/E1/1", "due", set()),
        ("meeting/E1/1", "due", set()),
        ("meeting/E1/1", "status", set()),
    ],
)
def test_what_is_expected_nowhere(of: str, field: str, left: set[tuple[str, str]]) -> None:
    first = next(each for each in SCENARIOS if any(one.key == of for one in each.expected.obligations))
    kept = tuple(
        one._replace(details=tuple(each for each in one.details if each.name != field)) if one.key == of else one
        for one in first.expected.obligations
    )
    less = replace(first, expected=replace(first.expected, obligations=kept))
    found = covered(tuple(less if each is first else each for each in SCENARIOS))
    assert set(found.unasserted) == left


def test_that_there_is_none_does_not_say_what_it_is() -> None:
    """`due: null` and `by: not_stated` show nothing of a deadline and of people that the rule states."""
    protocol = replace(PROTOCOL, families=tuple(each for each in PROTOCOL.families if each.id == "monthly"))
    monthly = next(each for each in SCENARIOS if each.name == "gone from home")
    wanted = next(one for one in monthly.expected.obligations if one.key == "monthly/E1/1")
    none: dict[str, Value] = {"due": Moment(None), "by": Who("not_stated")}
    silent = wanted._replace(
        details=tuple(each._replace(value=none.get(each.name, each.value)) for each in wanted.details)
    )
    expecting = replace(monthly, expected=replace(monthly.expected, obligations=(silent,)))
    assert set(unasserted(protocol, [monthly])) == set()
    assert set(unasserted(protocol, [expecting])) == {("monthly", "due"), ("monthly", "by")}


def test_a_scenario_that_does_not_hold_shows_nothing() -> None:
    wrong = tuple(
        replace(each, as_of=type(each.as_of)(each.as_of + 86400)) if each.name == "sixteen the next day" else each
        for each in SCENARIOS
    )
    # A day later nothing differs: whether the child was 16 is read when it went missing.
    assert covered(wrong).is_whole
    case = next(each.case for each in SCENARIOS if each.name == "sixteen that day")
    wrong = tuple(replace(each, case=case) if each.name == "sixteen the next day" else each for each in SCENARIOS)
    found = covered(wrong)
    assert [each.name for each in found.failing] == ["sixteen the next day"]
    assert [(each.number.text, each.side) for each in found.untried] == [("child.age at least 16", "less")]


def test_a_paragraph_without_a_fate(tmp_path: Path) -> None:
    for name in ("invented.yaml", "ledger.yaml"):
        text = (HERE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(", fate: context", ""), encoding="utf-8")
    found = coverage_of(PROTOCOL, *with_ledgers(tmp_path / "invented.yaml"), SCENARIOS)
    assert [each.code for each in found.unaccounted] == ["paragraph-not-accounted-for"]
    assert not found.is_whole


def test_a_part_answers_as_the_whole_does() -> None:
    bench = Bench(PROTOCOL)
    for scenario in SCENARIOS:
        rules = bench.named(scenario)
        part, whole = ask(bench.part(rules), scenario), ask(PROTOCOL, scenario)
        wanted = [(o.key, o.status, o.due, o.by) for o in whole.actions if o.duty.rule in rules]
        assert [(o.key, o.status, o.due, o.by) for o in part.actions if o.duty.rule in rules] == wanted


def test_a_mutant_changes_its_number_alone() -> None:
    sited = next(each for each in numbers_of(PROTOCOL) if each.number.text == "48 hours")
    changed = mutant(PROTOCOL, sited, "more")
    (scenario,) = (each for each in SCENARIOS if each.name == "gone from home")
    found = differences(ask(changed, scenario), scenario.expected, scenario.anchor)
    assert [(one.what, one.expected, one.came) for one in found] == [
        (
            f"{rule}/E1/1, due",
            "day 2 22:30 (Wednesday 2025-06-04)",
            "day 2 22:31 (Wednesday 2025-06-04)",
        )
        for rule in ("meeting", "plan")
    ]
    assert run(PROTOCOL, scenario).differences == ()
