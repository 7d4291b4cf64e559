"""The case for which two protocols ask for different things: it is found, and asked again it shows what is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from missingrules.analysis.sites import changed
from missingrules.comparison.witness import Search, witness
from missingrules.domain.obligations import OVER, Status
from missingrules.engine.evaluate import evaluate
from missingrules.reading.cases import read_case_text
from missingrules.reading.catalogue import find
from missingrules.reading.protocols import read_protocol
from missingrules.reports.witnesses import witness_text
from tests.analysis.test_mutants import MUTANTS, PROTOCOL

if TYPE_CHECKING:
    from missingrules.analysis.mutants import Mutant
    from missingrules.domain.comparisons import Parted, Witness
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol


def asked_of(protocol: Protocol, case: Witness) -> dict[str, Obligation]:
    return {one.key: one for one in evaluate([protocol], case.case, case.as_of).protocols[0].actions}


def is_shown(each: Parted, first: dict[str, Obligation], second: dict[str, Obligation]) -> bool:
    """Whether the whole protocols, asked anew, show what was claimed of them."""
    one = first[each.first.key] if each.first else None
    other = second[each.second.key] if each.second else None
    if one is None or other is None:
        # Who asks does; the other asks for no such act, of the same people, for the same episode.
        found = one or other
        assert found is not None
        silent = second if one is not None else first
        return found.status is not Status.UPCOMING and not any(
            each.duty.action == found.duty.action
            and each.duty.about == found.duty.about
            and each.recipients == found.recipients
            and each.subject == found.subject
            and each.status not in (Status.UPCOMING, Status.NOT_DECIDABLE)
            for each in silent.values()
        )
    match each.kind:
        case "modality":
            return one.duty.modality != other.duty.modality
        case "effect":
            return one.duty.effect != other.duty.effect
        case "by":
            return one.by != other.by
        case "chair":
            return one.chair != other.chair
        case "attend":
            return one.attendees != other.attendees
        case "with":
            return one.with_ != other.with_
        case "sooner":
            return one.due != other.due
        case "over":
            return (one.status in OVER) != (other.status in OVER)
    raise AssertionError(each.kind)


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
    first, second = asked_of(PROTOCOL, found), asked_of(other, found)
    assert all(is_shown(each, first, second) for each in found.parted)


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
    ],
)
def test_two_areas_part_over_a_child_that_replays(first: str, second: str, topic: str, *, only_weaker: bool) -> None:
    one, other = (read_protocol(find(name)) for name in (first, second))
    searched = witness(one, other, Search(topics=[topic], only_weaker=only_weaker, most=400))
    found = searched.witness
    assert found is not None
    text = witness_text(found, searched, one, other, (first, second))
    replayed = found.__class__(read_case_text(text, "case.yaml", [one, other], found.as_of), found.as_of, found.parted)
    asked = asked_of(one, replayed), asked_of(other, replayed)
    assert all(is_shown(each, *asked) for each in found.parted)
