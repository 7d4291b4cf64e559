"""Protocol files that are right: every form of the language, and the objects that it becomes."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any as Anything

import pytest

from missingrules.domain import citations
from missingrules.domain.citations import NOT_STATED, Choice, Citation
from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import (
    All,
    Any,
    AtLeast,
    Counted,
    CountTest,
    FactTest,
    HoursTest,
    Is,
    Known,
    Not,
    Range,
    Unless,
)
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    DeadlineRow,
    DeadlineRows,
    Note,
    OnDay,
    Phase,
    Repeat,
    SetBy,
    Within,
    Word,
)
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.people import People, PeopleRow, PeopleRows, Role
from missingrules.domain.rules import Conclusion, Duty, Effect, Guard, Modality, Prohibition, Provision, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnRecord,
    OnUndone,
    WhileMissing,
)
from missingrules.reading.places import Text
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from missingrules.domain.protocol import Protocol

GOOD = Path(__file__).with_name("good_protocols") / "everything.yaml"
POLICE = Role("police", "Police", None, "police")
CARER = Role("carer", "the carer", None, "carers")
MANAGER = Role("manager", "Manager", "team_manager", "childrens_social_care")
HEADINGS = {"2": "Duties", "2 bullet 1": "Duties", "3": "Exceptions", "7.10": "Tens"}
COUNTED = {"kinds": ("missing",), "missing_from": ("home", "care"), "counted_by": "started"}


@pytest.fixture(scope="module")
def everything() -> Protocol:
    return read_protocol(GOOD)


def cite(paragraph: str, supports: str = "duty") -> Citation:
    return Citation("everything", paragraph, HEADINGS[paragraph], supports)


def is_(fact: str, *values: str) -> FactTest:
    return FactTest(fact, Is(values))


def variant(protocol: Protocol, rule: str, *options: str) -> tuple[Provision, ...]:
    return next(family for family in protocol.families if family.id == rule).variants[options]


def duty(protocol: Protocol, rule: str, *options: str, number: int = 0) -> Duty:
    found = variant(protocol, rule, *options)[number]
    assert isinstance(found, Duty)
    return found


def test_a_plain_rule(everything: Protocol) -> None:
    assert variant(everything, "plain") == (
        Duty(
            id="plain",
            rule="plain",
            topic="notification",
            title="Tell the police",
            modality=Modality.MUST,
            effect=Effect.REQUIRE,
            action="notify",
            trigger=OnInstant("started"),
            guard=Guard(
                when=All(
                    (
                        Any(
                            (
                                FactTest("child.age", Range(high=10, high_inside=False)),
                                FactTest("child.age", Range(low=16)),
                            )
                        ),
                        is_("protocol.area", "south"),
                    )
                ),
                unless=(Unless(HoursTest("office", outside=False), (cite("3", "exception"),)),),
                kinds=("missing",),
            ),
            about="absence",
            method="telephone",
            by=People("all", (CARER,)),
            to=People("all", (POLICE,)),
            deadline=Within(Length(24, Unit.HOUR), "started"),
            citations=(
                cite("2"),
                Citation("everything_annex", "A", "The annex"),
                cite("2 bullet 1", "deadline"),
            ),
        ),
    )


def test_the_head(everything: Protocol) -> None:
    assert (everything.name, everything.title, everything.areas) == ("everything", "Everything", ("north", "south"))
    assert everything.edition == citations.Edition("second", "2024-05", "2025-01-01")
    assert everything.scope == Any(
        (FactTest("child.age", Range(high=18, high_inside=False)), is_("child.former_relevant", "true"))
    )
    assert everything.scope_citations == (Citation("everything", "1", "Scope"),)
    office = everything.hours["office"]
    assert (office.days, office.opens, office.closes) == (frozenset({0, 1, 2, 3, 5}), time(9), time(17, 30))
    assert office.closed_on_holidays
    assert everything.words.facts["protocol.area"].values == ("north", "south")
    assert everything.words.facts["episode.level"].values == ("carer", "police")
    assert everything.words.actions["review"].also == ("consult",)
    assert everything.called == {"strategy_meeting": "Round table", "review": "Look back"}
    assert everything.stated_ranks_as is Modality.SHOULD
    assert everything.readings["how-long"].options[1].citations == (cite("7.10", "reading"),)
    assert set(everything.conventions) == {"counted", "days", "stated"}


def test_items_add_to_their_rule_and_inherit_from_it(everything: Protocol) -> None:
    first, second = variant(everything, "items")
    assert isinstance(first, Duty)
    assert isinstance(second, Duty)
    trigger = FirstOf(
        (
            Becomes(is_("episode.level", "carer")),
            MissingFor(Length(2, Unit.HOUR), more_than=True, ends_with="located"),
        )
    )
    ends = (
        UntilInstant("located"),
        OnRecord("consult", to=("police",)),
        OnBirthday(18),
        is_("episode.risk", "low"),
    )
    assert (first.id, second.id) == ("items.a", "items.b")
    assert first.trigger == second.trigger == trigger
    assert first.until == second.until == ends
    assert first.chair is second.chair is NOT_STATED
    assert first.superseded_by == second.superseded_by == "series"
    assert first.guard.when == FactTest("episode.risk", AtLeast("medium", ("medium", "high")))
    assert first.citations == (cite("2"), cite("3"))
    assert first.deadline is Word.IMMEDIATELY
    assert second.by == People("other_than", (CARER,))
    assert second.deadline == OnDay(2, "started", 0)
    assert (first.conventions, second.conventions) == (("stated",), ("days", "stated"))


def test_a_series(everything: Protocol) -> None:
    found = duty(everything, "series")
    assert found.trigger == WhileMissing()
    assert found.repeat == Repeat(
        OnDay(10, "started", 1),
        "last_held",
        (Phase(Length(2, Unit.WEEK), Length(8, Unit.WEEK)), Phase(Length(2, Unit.MONTH))),
    )
    assert found.deadline is NOT_STATED
    assert found.aim == Note("promptly")


def test_a_rule_is_read_under_every_combination_of_its_readings(everything: Protocol) -> None:
    family = next(each for each in everything.families if each.id == "counted")
    assert family.readings == ("how-long", "who-chairs")
    assert set(family.variants) == {("one", "manager"), ("one", "police"), ("two", "manager"), ("two", "police")}
    found = duty(everything, "counted", "two", "manager")
    assert found.trigger == EpisodesReach(3, Counted(Length(90, Unit.DAY), **COUNTED))  # type: ignore[arg-type]
    assert found.deadline == Within(Length(2, Unit.DAY), "trigger")
    assert found.earlier_if == Note("earlier if risk: high", is_("episode.risk", "high"), (cite("3", "deadline"),))
    assert found.chair == PeopleRows(
        (
            PeopleRow(is_("protocol.area", "north"), People("all", (MANAGER,)), (cite("2", "chair"),)),
            PeopleRow(All(()), People("any", (MANAGER, POLICE)), (cite("2", "chair"),)),
        )
    )
    assert found.choices == (Choice("how-long", "two"), Choice("who-chairs", "manager"))
    assert found.citations == (cite("2"), cite("7.10", "reading"), cite("2", "reading"))
    assert found.conventions == ("counted",)
    other = duty(everything, "counted", "two", "police").chair
    assert isinstance(other, PeopleRows)
    assert len(other.rows) == 1


def test_a_reading_may_say_that_nothing_is_said(everything: Protocol) -> None:
    assert duty(everything, "read-apart", "stays", "manager").until == ()
    assert duty(everything, "read-apart", "ends", "manager").until == (UntilInstant("returned"),)
    rows = duty(everything, "read-apart", "stays", "police").deadline
    assert rows == DeadlineRows(
        (
            DeadlineRow(
                is_("episode.risk", "high"), Within(Length(48, Unit.HOUR), "started"), (cite("2", "deadline"),)
            ),
            DeadlineRow(is_("child.repeat", "true"), AtNext("forum"), (cite("3", "deadline"),)),
            DeadlineRow(All(()), NOT_STATED, (cite("2 bullet 1", "deadline"),)),
        )
    )


def test_cases_that_cover_everything_are_one_duty(everything: Protocol) -> None:
    (found,) = variant(everything, "halves")
    assert isinstance(found, Duty)
    known, unknown = is_("child.known_to_social_care", "true"), is_("child.known_to_social_care", "false")
    assert found.guard.when == All(())
    assert found.by == PeopleRows(
        (
            PeopleRow(known, People("all", (MANAGER,)), (cite("3", "by"),)),
            PeopleRow(unknown, People("record_by"), (cite("2", "by"),)),
        ),
        at_firing=True,
    )
    assert found.deadline == DeadlineRows(
        (
            DeadlineRow(known, Within(Length(3, Unit.WORKING_DAY), "record"), (cite("3", "deadline"),)),
            DeadlineRow(unknown, SetBy("record.call_back_at"), (cite("2", "deadline"),)),
        ),
        at_firing=True,
    )
    assert found.citations == (cite("2"),)


def test_other_cases_are_duties_apart(everything: Protocol) -> None:
    first, second = (duty(everything, "apart", number=number) for number in (0, 1))
    high = is_("episode.risk", "high")
    assert first.trigger == OnEvent("moved", is_("event.planned", "false"))
    assert (first.effect, second.effect) == (Effect.CONSIDER, Effect.DECIDE)
    assert first.guard == Guard(
        when=high, kinds=("missing", "absent"), in_force=(date(2025, 4, 1), date(2026, 4, 1)), in_scope=False
    )
    assert second.guard.when == All((FactTest("event.planned", Known()), Not(high)))
    assert first.deadline == Before("event.at_last")


def test_the_other_triggers(everything: Protocol) -> None:
    birthday = duty(everything, "at-eighteen")
    assert (birthday.trigger, birthday.deadline, birthday.met_by) == (OnBirthday(18), AtTheSameTime(), ("agreed",))
    assert birthday.with_ == People("all", (MANAGER,))
    undone = duty(everything, "undone")
    assert undone.trigger == OnUndone("plain")
    assert undone.guard.when == All(
        (
            CountTest(Counted("calendar month", **COUNTED), Range(low=3)),  # type: ignore[arg-type]
            Not(is_("episode.first_episode", "true")),
        )
    )


def test_conclusions_and_prohibitions(everything: Protocol) -> None:
    (floor,) = variant(everything, "floor")
    assert isinstance(floor, Conclusion)
    assert (floor.fact, floor.value, floor.floor) == ("episode.risk", None, "medium")
    (repeat,) = variant(everything, "repeat")
    assert isinstance(repeat, Conclusion)
    assert (repeat.fact, repeat.value, repeat.guard.kinds) == ("child.repeat", "true", ())
    (never,) = variant(everything, "never")
    assert isinstance(never, Prohibition)
    assert (never.action, never.method, never.outcome, never.to) == ("notify", "telephone", "told", ("police",))


def test_what_feeds_a_guard_comes_first(everything: Protocol) -> None:
    order = [family.id for family in everything.families]
    assert order.index("repeat") < order.index("floor") < order.index("items")
    assert order.index("series") < order.index("items")
    assert order.index("plain") < order.index("undone")


def test_a_reading_may_only_be_shown(everything: Protocol) -> None:
    family = next(each for each in everything.families if each.id == "items")
    assert family.shown == (Choice("harmless", "no-it-does-not"),)
    assert family.readings == ()


def copy(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    (folder / "sources").mkdir()
    for path in (GOOD, *(GOOD.parent / "sources").iterdir()):
        text = path.read_text(encoding="utf-8").replace(*change) if all(change) else path.read_text(encoding="utf-8")
        (folder / path.relative_to(GOOD.parent)).write_text(text, encoding="utf-8")
    return folder / GOOD.name


def test_layout_does_not_change_the_fingerprint(everything: Protocol, tmp_path: Path) -> None:
    changed = copy(tmp_path, ("modality: must", "modality:    'must'     # the paper's word"))
    assert read_protocol(changed).fingerprint == everything.fingerprint


@pytest.mark.parametrize("change", [("24 hours", "25 hours"), ("heading: Tens", "heading: Ten")])
def test_what_is_said_changes_the_fingerprint(everything: Protocol, tmp_path: Path, change: tuple[str, str]) -> None:
    assert read_protocol(copy(tmp_path, change)).fingerprint != everything.fingerprint


def test_nothing_of_the_reader_is_left_in_what_it_gives(everything: Protocol) -> None:
    def look(value: Anything) -> None:
        assert not isinstance(value, Text)
        if isinstance(value, dict) or hasattr(value, "items"):
            for key, inner in value.items():
                look(key)
                look(inner)
        elif isinstance(value, list | tuple | set | frozenset):
            for inner in value:
                look(inner)
        elif hasattr(value, "__dataclass_fields__"):
            for each in fields(value):
                look(getattr(value, each.name))

    look(everything)


def test_readings_are_bound_alike_whatever_was_bound_before(tmp_path: Path) -> None:
    """Many rules with many readings: nothing of one variant may turn up in another."""
    (tmp_path / "sources").mkdir()
    for path in (GOOD.parent / "sources").iterdir():
        (tmp_path / "sources" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    head, _, body = GOOD.read_text(encoding="utf-8").partition("\nrules:\n")
    readings = "".join(
        f"  r{n}:\n    question: How long?\n    default: a\n    why: sooner\n    options:\n"
        f"      a: {{value: {n + 1} days, cite: 2}}\n      b: {{value: {n + 11} days, cite: 3}}\n"
        for n in range(6)
    )
    rules_ = "".join(
        f"  - {{id: m{number}, topic: media, cite: 2, modality: must, trigger: missing, until: returned, by: police,\n"
        f"     require: notify, repeat: {{of: {{on_day: 3, of: started}}, next_from: schedule, phases: [\n"
        f"       {', '.join(f'{{every: {{reading: r{n}}}, for: {{reading: r{n}}}}}' for n in range(6))}]}}}}\n"
        for number in range(3)
    )
    file = tmp_path / "many.yaml"
    head = head.replace("readings:\n", f"readings:\n{readings}")
    file.write_text(f"{head}\nrules:\n{body}{rules_}", encoding="utf-8")
    families = [each for each in read_protocol(file).families if each.id.startswith("m")]
    assert [len(each.variants) for each in families] == [64] * 3
    for family in families:
        for options, (found,) in family.variants.items():
            assert isinstance(found, Duty)
            assert found.repeat is not None
            taken = [Length(n + (1 if option == "a" else 11), Unit.DAY) for n, option in enumerate(options)]
            assert [(phase.every, phase.lasting) for phase in found.repeat.phases] == [(each, each) for each in taken]


def test_known_and_not_known_cover_everything(everything: Protocol) -> None:
    (found,) = variant(everything, "known-or-not")
    assert isinstance(found, Duty)
    known = FactTest("child.placed_in", Known())
    assert found.trigger == WhileMissing("located")
    assert found.by == PeopleRows(
        (
            PeopleRow(known, People("all", (POLICE,)), (cite("2", "by"),)),
            PeopleRow(Not(known), People("all", (MANAGER,)), (cite("3", "by"),)),
        ),
        at_firing=True,
    )


def test_a_record_may_ask_for_its_own_action_where_it_did_not_count(everything: Protocol) -> None:
    (found,) = variant(everything, "declined")
    assert isinstance(found, Duty)
    assert found.id == "declined.again"
    assert found.guard.when == All(
        (is_("record.method", "telephone", "letter"), FactTest("episode.risk.recorded", Known()))
    )
    assert (found.by, found.deadline) == (People("record_by"), AtNext("forum"))
    assert found.aim == Note("within 2 days of record")


def test_a_count_may_have_no_window(everything: Protocol) -> None:
    found = duty(everything, "ever")
    counted = Counted(NOT_STATED, ("missing", "absent"), ("education",), "reported")
    assert found.trigger == EpisodesReach(4, counted)
    assert found.guard.kinds == ("missing", "absent")
    assert found.deadline == Within(Length(2, Unit.WORKING_DAY), "trigger", same_day_counts=True)
    assert found.conventions == ()


@pytest.mark.parametrize("triggers", [("{recorded: consult}", "started"), ("started", "{recorded: consult}")])
def test_a_table_that_turns_on_the_trigger_is_read_for_each_rule(tmp_path: Path, triggers: tuple[str, str]) -> None:
    """What rules share is read once, but not what only one of them may say."""
    path = copy(tmp_path, ("{tier: 5, chair: not_stated", "{tier: 5, chair: record.by"))
    sound = read_protocol(path)
    rules_ = [
        f"  - {{id: m{number}, topic: media, cite: 2, modality: must, trigger: {trigger}, by: police,\n"
        f"     require: notify, not_stated: [deadline], chair: {{table: chair, with: {{tier: 5}}}}}}\n"
        for number, trigger in enumerate(triggers)
    ]
    alone = path.with_name("alone.yaml")
    text = path.read_text(encoding="utf-8")
    alone.write_text(text + rules_[triggers.index("{recorded: consult}")], encoding="utf-8")
    assert len(read_protocol(alone).families) == len(sound.families) + 1
    path.write_text(text + "".join(rules_), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_protocol(path)
    assert [found.code for found in caught.value.diagnostics] == ["no-such-anchor"]
