"""Which of two duties goes on for longer, worked out by hand: what has ended the one has by then ended the other."""

from __future__ import annotations

from typing import Any, Final

import pytest

from missingrules.comparison.ends import ends_of, of_ends
from missingrules.comparison.shared import Shared
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.comparisons import Act, Relation
from missingrules.domain.deadlines import Phase, Repeat
from missingrules.domain.rules import UntilInstant
from missingrules.domain.triggers import Becomes, OnBirthday, OnInstant, OnRecord, WhileMissing
from tests.meaning.build import aged, duty, fact, length, protocol, risk

BACK, FOUND = UntilInstant("returned"), UntilInstant("located")
STARTED, MISSING = OnInstant("started"), WhileMissing()


def act(name: str, trigger: Any = STARTED, **more: Any) -> Act:
    found = duty("rule", trigger, **{"action": "visit", **more})
    return Act(protocol(found, name=name), found)


def series(*phases: tuple[str, str | None]) -> Repeat:
    made = [Phase(length(every), None if lasts is None else length(lasts)) for every, lasts in phases]
    return Repeat("started", "schedule", tuple(made))


LOOSER, SAME, DIFFERENT = Relation.LOOSER, Relation.SAME, Relation.DIFFERENT
CASES: Final = [
    # Whichever comes first: with one end more it can only be over sooner.
    ({"until": (BACK, FOUND)}, {"until": (BACK,)}, LOOSER),
    ({"until": (BACK, FOUND)}, {"until": (FOUND, BACK)}, SAME),
    # Back and never located, or located and not back.
    ({"until": (FOUND,)}, {"until": (BACK,)}, DIFFERENT),
    ({"until": (BACK,)}, {}, LOOSER),
    ({"until": (OnBirthday(16),)}, {"until": (OnBirthday(18),)}, LOOSER),
    # Of any record there is one no later than of those that name the police.
    ({"until": (OnRecord("notify"),)}, {"until": (OnRecord("notify", to=("police",)),)}, LOOSER),
    ({"until": (OnRecord("notify", by=("police",)),)}, {"until": (OnRecord("notify", to=("police",)),)}, DIFFERENT),
    ({"until": (OnRecord("notify"),)}, {"until": (OnRecord("notify", outcome="refused"),)}, DIFFERENT),
    # A visit does the visit, and so does an interview, which counts as one: neither is an end before it is done.
    ({"until": (OnRecord("visit"),)}, {}, SAME),
    ({"until": (OnRecord("return_interview"),)}, {"until": (OnRecord("visit"),)}, SAME),
    ({"until": (OnRecord("visit", outcome="refused"),)}, {}, LOOSER),
    # High is at least medium; 17 is at least 16, and who is 16 is not yet 17.
    ({"until": (risk("medium"),)}, {"until": (risk("high"),)}, LOOSER),
    ({"until": (aged(low=16),)}, {"until": (aged(low=17),)}, LOOSER),
    ({"until": (fact("episode.first"),)}, {"until": (fact("episode.second"),)}, DIFFERENT),
    # Four weeks are over before two months are, four weeks and a month perhaps not.
    ({"repeat": series(("1 week", "4 weeks"))}, {"repeat": series(("1 week", "2 months"))}, LOOSER),
    ({"repeat": series(("1 week", "4 weeks"))}, {"repeat": series(("1 week", None))}, LOOSER),
    (
        {"repeat": series(("1 week", "4 weeks"), ("2 weeks", "1 month"))},
        {"repeat": series(("1 week", "2 months"))},
        DIFFERENT,
    ),
    ({"superseded_by": "later"}, {}, LOOSER),
    # Rules of two protocols, of which nobody knows which fires first.
    ({"superseded_by": "later"}, {"superseded_by": "later"}, DIFFERENT),
]


@pytest.mark.parametrize(("one", "other", "relation"), CASES)
def test_which_goes_on_for_longer(one: dict[str, Any], other: dict[str, Any], relation: Relation) -> None:
    first, second = act("one", **one), act("other", **other)
    shared = Shared.of(first.protocol, second.protocol)
    assert of_ends(first, second, shared) is relation
    assert of_ends(second, first, shared) is relation.turned


def test_in_two_editions_a_rule_gives_way_to_the_same() -> None:
    first, second = act("one", superseded_by="later"), act("one", superseded_by="later")
    assert of_ends(first, second, Shared.of(first.protocol, second.protocol)) is SAME


@pytest.mark.parametrize("trigger", [MISSING, Becomes(risk("high"))])
def test_what_a_rule_has_to_say_and_does_not_is_silence(trigger: Any) -> None:
    silent, said = act("one", trigger), act("other", trigger, until=(BACK,))
    shared = Shared.of(silent.protocol, said.protocol)
    assert ends_of(silent.provision) is NOT_STATED  # type: ignore[arg-type]
    assert of_ends(silent, said, shared) is Relation.SILENT_FIRST
    assert of_ends(said, silent, shared) is Relation.SILENT_SECOND
    assert of_ends(silent, silent, shared) is SAME
