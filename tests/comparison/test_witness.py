"""The case for which two protocols ask for different things: it is found, and asked again it shows what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from missingrules.analysis.sites import changed
from missingrules.comparison.witness import Search, witness
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol
from missingrules.reports.witnesses import witness_text
from tests.analysis.test_mutants import MUTANTS, PROTOCOL
from tests.comparison.shown import is_shown_in

if TYPE_CHECKING:
    from missingrules.analysis.mutants import Mutant
    from missingrules.domain.protocol import Protocol


def names(mutant: Mutant, other: Protocol) -> set[str]:
    """The acts of the rules that the change is made in, before and after."""
    return {
        provision.action
        for protocol in (PROTOCOL, other)
        for family in protocol.families
        if family.id in mutant.change.rules
        for provisions in family.variants.values()
        for provision in provisions
        if hasattr(provision, "action")
    }


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.change.rules[0]}-{mutant.change.after}")
def test_a_small_change_of_a_rule_has_its_child(mutant: Mutant) -> None:
    other = changed(PROTOCOL, mutant.places)
    searched = witness(PROTOCOL, other, Search(actions=names(mutant, other), most=400))
    found = searched.witness
    assert found is not None, mutant.change
    assert is_shown_in(witness_text(found, searched, PROTOCOL, other, ("one", "other")), found, PROTOCOL, other)


def test_a_protocol_beside_itself() -> None:
    searched = witness(PROTOCOL, PROTOCOL, Search(topics=["strategy_meeting"]))
    assert searched.witness is None
    assert searched.is_whole


@pytest.mark.parametrize(
    ("first", "second", "topic", "only_weaker"),
    [
        ("barnet", "staffordshire", "return_interview", False),
        ("barnet", "staffordshire", "senior_notification", False),
        ("buckinghamshire", "northamptonshire", "strategy_meeting", False),
        ("staffordshire", "national_framework", "return_interview", True),
        ("staffordshire", "national_framework", "reporting", True),
        # The framework asks for the same act under another topic.
        ("barnet", "national_framework", "police_review", False),
        ("national_framework", "staffordshire", "police_review", False),
    ],
)
def test_two_areas_part_over_a_child_that_replays(first: str, second: str, topic: str, *, only_weaker: bool) -> None:
    one, other = (read_protocol(find(name)) for name in (first, second))
    searched = witness(one, other, Search(topics=[topic], only_weaker=only_weaker, most=400))
    found = searched.witness
    assert found is not None
    text = witness_text(found, searched, one, other, (first, second))
    assert is_shown_in(text, found, one, other)
