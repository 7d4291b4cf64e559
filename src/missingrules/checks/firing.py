"""Rules and acts that can never fire, and which of their conditions stand against each other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from missingrules.checks.frame import Finding, unanswered
from missingrules.domain.conditions import All, Any, Not, leaves
from missingrules.domain.rules import Duty
from missingrules.logic.cells import are_bound, key_of
from missingrules.logic.said import said
from missingrules.logic.situations import Situation, identity, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Provision

_ASKS: Final = {
    "when": "'when' asks for {}",
    "trigger": "the trigger asks for {}",
    "kinds": "its kinds ask for {}",
    "scope": "the file's scope asks for {}",
    "unless": "'unless' stops it at {}",
}


def never_fires(subject: Subject) -> Iterator[Finding]:
    """A rule or an act whose condition can never hold, under whatever reading."""
    can: dict[str, bool] = {}
    first: dict[str, Provision] = {}
    known: dict[Hashable, bool | None] = {}
    for variant in subject.variants:
        for provision in variant.provisions:
            id_ = identity(provision)
            first.setdefault(id_, provision)
            if can.get(id_):
                continue
            when = situation(provision, subject.protocol)
            if _is_plain(when):
                can[id_] = True
                continue
            asked = when.true, when.unless
            if asked not in known:
                known[asked] = _can_hold(when, subject)
            if known[asked] is None:
                yield unanswered("whether this rule can ever fire", subject.where.act(id_))
            can[id_] = known[asked] is not False
    for id_, provision in first.items():
        if not can[id_]:
            what = "act" if "." in id_ else "rule"
            does = "fire" if isinstance(provision, Duty) else "hold"
            message = f"this {what} can never {does}: {_clash(situation(provision, subject.protocol), subject)}"
            hint = (
                "correct one of them, or take the rule out" if what == "rule" else "correct one of them, or take it out"
            )
            yield Finding(message, subject.where.key(id_, "when", "unless", "kinds", "trigger"), hint)


def _is_plain(when: Situation) -> bool:
    """Whether nothing is tested twice and nothing denied, so that all of it can be so at once."""
    tested = [key_of(leaf) for each in when.every for leaf in leaves(each)]
    if len(set(tested)) < len(tested) or any(_denies(each) for each in when.every):
        return False
    return not any(are_bound(one, other) for one, other in combinations(tested, 2))


def _denies(condition: Condition) -> bool:
    if isinstance(condition, All | Any):
        return any(_denies(part) for part in condition.parts)
    return isinstance(condition, Not)


def _can_hold(when: Situation, subject: Subject) -> bool | None:
    try:
        return Space(when.every, subject.protocol.words.facts).find(when.true, (), when.unless) is not None
    except TooMany:
        return None


def _clash(when: Situation, subject: Subject) -> str:
    """The fewest conditions that cannot hold together, each with what says it."""
    parts = [(part.said_by, part.condition) for part in when.parts]
    left = [*parts, *(("unless", each) for each in when.unless)]
    for each in tuple(left):
        fewer = [other for other in left if other is not each]
        true = [condition for by, condition in fewer if by != "unless"]
        unless = [condition for by, condition in fewer if by == "unless"]
        if Space((*true, *unless), subject.protocol.words.facts).find(true, (), unless) is None:
            left = fewer
    by: dict[str, list[str]] = {}
    for said_by, condition in left:
        by.setdefault(said_by, []).append(said(condition))
    told = [_ASKS[said_by].format(" and ".join(each)) for said_by, each in by.items()]
    return " and ".join(told) if len(left) > 1 else f"nothing can be {said(left[0][1])}"
