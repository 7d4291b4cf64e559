"""What becomes a rule set and what is refused by name; and the hash that durable_rules goes by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from missingrules.adapters.durable import rule_sets as made
from missingrules.adapters.durable.hashes import colliding, hash_of, is_plain
from missingrules.adapters.durable.outputs import Place
from missingrules.adapters.durable.rule_sets import rule_set, rule_sets
from missingrules.adapters.durable.translate import translate
from missingrules.domain.conditions import Any, AtLeast, FactTest, Is, Range
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.triggers import OnInstant, OnPeriod
from tests.meaning.build import conclude, duty, fact, guard, length, protocol

STARTED = OnInstant("started")


def refusals(*conditions: FactTest) -> list[str]:
    rules = protocol(*(duty(f"d{n}", STARTED, guard=guard(one)) for n, one in enumerate(conditions)))
    with pytest.raises(InvalidInput) as error:
        rule_sets(rules)
    assert {one.code for one in error.value.diagnostics} == {"not-for-durable"}
    return [one.message for one in error.value.diagnostics]


def test_the_hash_is_fnv_1a() -> None:
    # The test vectors that the authors of FNV publish for 32 bits.
    assert [hash_of(text) for text in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


def test_two_texts_of_one_hash_are_found() -> None:
    assert colliding(["child-8784", "x", "child-1131320"]) == ("child-8784", "child-1131320")
    assert colliding(["child-8784", "child-8784", "x"]) is None


@pytest.mark.parametrize("text", ["", 'a"b', "a\\b", "Zoë", "a\nb"])
def test_what_c_would_read_otherwise_is_not_plain(text: str) -> None:
    assert not is_plain(text)


def test_a_rule_that_cannot_be_said_is_refused_by_name() -> None:
    of_word = FactTest("episode.from", Range(low=2))
    of_length = FactTest("plan.report_after", Range(low=length("2 days")))
    no_scale = FactTest("episode.from", AtLeast("care", ("care",)))
    assert refusals(of_word, fact("episode.missing"), no_scale) == [
        "d0: no rule set can say it: episode.from is no number, and held against a range",
        "d2: no rule set can say it: episode.from is no scale, and held against a level",
    ]
    assert len(refusals(of_length)) == 1


def test_what_is_read_of_a_conclusion_that_cannot_be_said_is_refused_with_it() -> None:
    strange = guard(FactTest("episode.from", Range(low=2)))
    rules = protocol(
        conclude("c", "episode.settled", value="true", when=strange),
        duty("d", STARTED, guard=guard(fact("episode.settled"))),
        duty("e", STARTED),
    )
    with pytest.raises(InvalidInput) as error:
        rule_sets(rules)
    assert sorted({one.message.partition(":")[0] for one in error.value.diagnostics}) == ["c", "d"]


def test_a_conclusion_from_itself_is_refused() -> None:
    rules = protocol(conclude("c", "episode.settled", value="true", when=guard(fact("episode.settled", "false"))))
    with pytest.raises(InvalidInput, match=r"episode\.settled is concluded from itself"):
        rule_sets(rules)


def test_a_value_that_would_not_be_read_as_it_is_is_refused() -> None:
    (first, *_) = refusals(FactTest("child.allocated_to", Is(('the "old" team',))))
    assert first == """p.episode: durable_rules would not read as it is: 'the "old" team'"""


def test_more_than_there_is_room_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = protocol(duty("d", STARTED, guard=guard(Any((fact("episode.missing"), fact("child.looked_after"))))))
    monkeypatch.setattr(made, "MOST_IN_A_LAYER", 1)
    with pytest.raises(InvalidInput, match="has no room for 3 nodes in layer 0: 1 at most"):
        rule_sets(rules)
    monkeypatch.setattr(made, "MOST_IN_A_LAYER", 500)
    monkeypatch.setattr(made, "MOST_OF_A_PATTERN", 1)
    with pytest.raises(InvalidInput, match=r"that all ask for .* 1 at most"):
        rule_sets(rules)


def test_names_of_one_hash_are_refused() -> None:
    found = translate(protocol(), [duty("d", STARTED, guard=guard(fact("child.looked_after")))], Place.CHILD)
    (supply,) = found.supplies
    two = (replace(supply, name="child-8784"), replace(supply, name="child-1131320"))
    with pytest.raises(InvalidInput, match="takes 'child-8784' and 'child-1131320' for one"):
        rule_set("p.child", replace(found, supplies=two))


def test_duties_of_the_calendar_have_a_rule_set_of_their_own() -> None:
    rules = protocol(
        duty("d", STARTED, guard=guard(fact("episode.missing"))),
        duty("weekly", OnPeriod("week"), guard=guard(fact("child.looked_after"))),
        scope=fact("child.protection_plan"),
    )
    found = rule_sets(rules)
    told = {place: [output.name for output in one.outputs] for place, one in found.items()}
    assert told == {Place.EPISODE: ["d"], Place.CHILD: ["d"], Place.ORGANISATION: ["weekly"]}
    # The scope says which children are meant, and is not asked of the organisation.
    assert [supply.name for supply in found[Place.ORGANISATION].supplies] == ["child.looked_after"]


def test_a_rule_that_says_nothing_of_when_is_fixed() -> None:
    plain = guard(in_scope=False)
    assert rule_sets(protocol(duty("d", STARTED, guard=plain)))[Place.CHILD].fixed == {"always": "true"}
