"""An answer narrowed to what one reader asks for; how much is left out is counted, so that nothing goes in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import Later, Undecided
from missingrules.domain.people import People
from missingrules.engine.combine import combine

if TYPE_CHECKING:
    from collections.abc import Collection

    from missingrules.domain.answers import Answer, Combined, ProtocolAnswer, Question
    from missingrules.domain.obligations import Obligation


class Narrowed(NamedTuple):
    answer: Answer
    hidden: int  # duties that are left out


def narrowed(answer: Answer, roles: Collection[str], modalities: Collection[str]) -> Narrowed:
    """The duties in which one of the roles acts, chairs or takes part, and of these modalities; none given: of any.

    A duty of which the paper does not say who does it stays: it may be the reader's.
    """
    if not roles and not modalities:
        return Narrowed(answer, 0)
    hidden = 0
    parts = []
    for part in answer.protocols:
        kept = tuple(o for o in part.actions if _concerns(o, roles, modalities))
        hidden += len(part.actions) - len(kept)
        parts.append(replace(part, actions=kept, asking=_asking(part, {o.key for o in part.actions if o not in kept})))
    return Narrowed(replace(answer, protocols=tuple(parts), combined=_combined(answer, parts)), hidden)


def _concerns(o: Obligation, roles: Collection[str], modalities: Collection[str]) -> bool:
    if modalities and o.duty.modality not in modalities:
        return False
    # Whom the paper does not name may be anybody.
    return not roles or isinstance(o.by, NotStated) or any(_names(who, roles) for who in (o.by, o.chair, o.attendees))


def _names(who: People | NotStated | Undecided | None, roles: Collection[str]) -> bool:
    if isinstance(who, Undecided):
        return any(_names(one, roles) for one in who.people)
    if isinstance(who, People):
        named = any(role.name in roles for role in who.roles)
        return not named if who.mode == "other_than" else named or who.mode == "record_by"
    return False


def _combined(answer: Answer, parts: list[ProtocolAnswer]) -> Later[Combined]:
    """What is left is together as before; a conflict between papers is everybody's."""
    return Later(lambda: combine(parts)._replace(conflicts=answer.conflicts))


def _asking(part: ProtocolAnswer, left_out: set[str]) -> Later[tuple[Question, ...]]:
    """Questions that only hang on what is left out are left out too."""
    return Later(lambda: tuple(q for q in part.questions if not set(q.affects) <= left_out))
