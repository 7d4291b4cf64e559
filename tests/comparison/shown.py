"""Whether whole protocols, asked anew about a witness as it was printed, show what was claimed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import missingrules
from missingrules.domain.answers import Forbidden
from missingrules.domain.obligations import OVER, Obligation, Status
from missingrules.domain.people import People
from missingrules.domain.rules import Effect
from missingrules.reading.cases import read_case_text

if TYPE_CHECKING:
    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.comparisons import Parted, Witness
    from missingrules.domain.protocol import Protocol

SILENT = (Status.UPCOMING, Status.NOT_DECIDABLE)


def is_shown_in(text: str, witness: Witness, first: Protocol, second: Protocol) -> bool:
    """Reads the printed case by the public face, asks both, and looks for every difference that was claimed."""
    case = read_case_text(text, "witness.yaml", [first, second], witness.as_of)
    answers = [
        missingrules.evaluate(
            [each],
            case,
            witness.as_of,
            readings={name: option for name, option in witness.readings if name in each.readings},
            organisation=witness.organisation,
        ).protocols[0]
        for each in (first, second)
    ]
    assert witness.parted
    return all(is_shown(each, answers[0], answers[1]) for each in witness.parted)


def is_shown(each: Parted, first: ProtocolAnswer, second: ProtocolAnswer) -> bool:
    if each.kind == "forbidden":
        return _is_forbidden(each, first, second)
    one, other = _of(each.first, first), _of(each.second, second)
    if one is None or other is None:
        found, silent = (one, second) if one is not None else (other, first)
        return found is not None and _is_asked(found, silent)
    assert _act(one) == _act(other)
    match each.kind:
        case "modality":
            return one.duty.modality != other.duty.modality
        case "effect":
            return one.duty.effect != other.duty.effect
        case "sooner":
            return one.due != other.due
        case "over":
            return (one.status in OVER) != (other.status in OVER)
        case "by":
            return one.by != other.by
        case "chair":
            return one.chair != other.chair
        case "attend":
            return one.attendees != other.attendees
        case "with":
            return one.with_ != other.with_
    raise AssertionError(each.kind)


def _of(claimed: Obligation | Forbidden | None, answer: ProtocolAnswer) -> Obligation | None:
    if claimed is None:
        return None
    assert isinstance(claimed, Obligation)
    return next(one for one in answer.actions if one.key == claimed.key and one.duty.id == claimed.duty.id)


def _act(one: Obligation) -> tuple[object, ...]:
    return one.duty.action, one.duty.effect is Effect.AGREE, one.duty.about, one.subject


def _whom(one: Obligation) -> set[str | None]:
    who = one.with_ if one.duty.effect is Effect.AGREE else one.recipients
    return {role.name for role in who.roles} if isinstance(who, People) else {None}


def _is_asked(found: Obligation, silent: ProtocolAnswer) -> bool:
    """Whether it is asked for, and the other does not ask for such an act of everybody whom it names."""
    alike = [one for one in silent.actions if _act(one) == _act(found) and one.status not in SILENT]
    return found.status not in SILENT and bool(_whom(found).difference(*map(_whom, alike)))


def _is_forbidden(each: Parted, first: ProtocolAnswer, second: ProtocolAnswer) -> bool:
    assert isinstance(each.first, Forbidden | None)
    assert isinstance(each.second, Forbidden | None)
    one, other = (
        claimed and next(ban for ban in answer.forbidden if (ban.key, ban.status) == (claimed.key, claimed.status))
        for claimed, answer in ((each.first, first), (each.second, second))
    )
    if one is not None and other is not None:
        return one.prohibition.modality != other.prohibition.modality
    ban, silent = (one, second) if one is not None else (other, first)
    assert ban is not None
    return not any(
        each.prohibition.action == ban.prohibition.action
        and each.prohibition.modality == ban.prohibition.modality
        and (each.prohibition.to, each.prohibition.method, each.prohibition.outcome, each.prohibition.about)
        == (ban.prohibition.to, ban.prohibition.method, ban.prohibition.outcome, ban.prohibition.about)
        and each.episode == ban.episode
        for each in silent.forbidden
    )
