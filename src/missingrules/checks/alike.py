"""Two rules that ask for the same: one that the other always covers, or with two deadlines in one situation."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.checks.frame import Finding, unanswered
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.rules import Conclusion, Duty, Modality
from missingrules.logic.situations import Variant, identity, situation, variants_of
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.citations import NotStated
    from missingrules.domain.conditions import Condition
    from missingrules.domain.deadlines import Deadline
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Guard, Provision

# In these, two provisions may differ and still ask for the same.
BESIDE: Final = frozenset(
    {"id", "rule", "topic", "title", "guard", "modality", "citations", "choices", "conventions", "aim", "earlier_if"}
)
# What may differ besides where two deadlines are compared.
TIMING: Final = frozenset({"deadline", "until", "met_by", "counts_from", "superseded_by", "chair"})
STRENGTH: Final = {Modality.MAY: 0, Modality.SHOULD: 1, Modality.MUST: 2}


class Act(NamedTuple):
    """A provision under one choice of readings."""

    variant: Variant
    provision: Provision


def _of_like_acts(subject: Subject) -> Iterator[Act]:
    """The provisions for whose act there is another at all: the others need no closer look."""
    alike: dict[Hashable, list[Act]] = {}
    for variant in subject.variants:
        for provision in variant.provisions:
            if isinstance(provision, Conclusion):
                asked: Hashable = provision.fact, provision.value, provision.floor
            else:
                effect = provision.effect if isinstance(provision, Duty) else None
                asked = effect, provision.action, provision.about, provision.method
            alike.setdefault(asked, []).append(Act(variant, provision))
    for acts in alike.values():
        first = _name(acts[0].provision)
        if any(_name(act.provision) != first for act in acts):
            yield from acts


def covered(subject: Subject) -> Iterator[Finding]:
    """A rule whose effect another always has too: the same act, people and time, whenever the rule fires."""
    same: dict[Hashable, dict[str, None]] = {}
    acts: dict[str, list[Act]] = {}
    for act in _of_like_acts(subject):
        id_ = _name(act.provision)
        same.setdefault(_asked(act.provision, BESIDE), {})[id_] = None
        acts.setdefault(id_, []).append(act)
    pairs = {pair: None for ids in same.values() for one, other in combinations(ids, 2) for pair in _both(one, other)}
    told: set[str] = set()
    for one, other in pairs:
        if one in told or other in told:
            continue
        first, second = acts[one][0].provision, acts[other][0].provision
        span = subject.where.act(identity(first))
        try:
            is_covered = all(_is_covered(act, acts[other], subject) for act in acts[one])
        except TooMany:
            yield unanswered(f"whether '{identity(second)}' always asks for this too", span)
            continue
        if is_covered:
            told.add(one)
            message = f"'{identity(second)}' asks for the same whenever this does, so that this adds nothing"
            yield Finding(message, span, "take it out, and cite its paragraph there; or say in what the two differ")


def _both(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The later of two that are the same is the one to go."""
    return (other, one), (one, other)


def _is_covered(act: Act, others: list[Act], subject: Subject) -> bool:
    """Whether under every reading that goes with this one the other provides the same."""
    other_family = others[0].variant.family
    beside = [other for other in others if act.variant.goes_with(other.variant)]
    every = sum(act.variant.goes_with(each) for each in variants_of(other_family, subject.protocol))
    if len({id(other.variant) for other in beside}) < every:
        return False
    return all(
        _asked(act.provision, BESIDE) == _asked(other.provision, BESIDE)
        and _strength(other.provision, subject.protocol) >= _strength(act.provision, subject.protocol)
        and _implies(act.provision, other.provision, subject)
        for other in beside
    )


def _strength(provision: Provision, protocol: Protocol) -> int:
    if isinstance(provision, Conclusion):
        return 0
    rank = provision.modality
    return STRENGTH[protocol.ranks_as(rank)]


def _implies(one: Provision, other: Provision, subject: Subject) -> bool:
    """Whether the guard of the other holds wherever that of the one does."""
    a, b = one.guard, other.guard
    if not _within(a, b):
        return False
    when, then = situation(one, subject.protocol), situation(other, subject.protocol)
    space = Space((*when.every, *then.every), subject.protocol.words.facts)
    if any(space.find(when.true, (), (*when.unless, each)) is not None for each in then.true):
        return False
    return all(each in when.unless or space.find((*when.true, each), (), when.unless) is None for each in then.unless)


def _within(one: Guard, other: Guard) -> bool:
    """Whether the other's kinds, days and scope take in the one's."""
    if other.kinds and (not one.kinds or not set(one.kinds) <= set(other.kinds)):
        return False
    return other.in_force in ((None, None), one.in_force) and (one.in_scope or not other.in_scope)


# --- deadlines --------------------------------------------------------------------------------------------------------


def two_deadlines(subject: Subject) -> Iterator[Finding]:
    """Two rules that ask the same of the same people at the same trigger, with different deadlines in one situation."""
    same: dict[Hashable, dict[str, list[Act]]] = {}
    for act in _of_like_acts(subject):
        duty = act.provision
        if isinstance(duty, Duty) and duty.deadline is not NOT_STATED:
            same.setdefault(_asked(duty, BESIDE | TIMING), {}).setdefault(duty.id, []).append(act)
    for acts in same.values():
        for one, other in combinations(acts, 2):
            span = subject.where.key(other, "deadline")
            pairs = [(a, b) for a in acts[one] for b in acts[other] if a.variant.goes_with(b.variant)]
            try:
                differ = bool(pairs) and all(_differ(a.provision, b.provision, subject) for a, b in pairs)
            except TooMany:
                yield unanswered(f"whether this and '{one}' have two deadlines at once", span)
                continue
            if differ:
                line = subject.where.key(one, "deadline").line
                message = f"'{one}' asks for the same in the same situation, with another deadline (line {line})"
                hint = "say in 'when' or 'unless' which holds when; if the source says both, make a reading of it"
                yield Finding(message, span, hint)


def _differ(one: Provision, other: Provision, subject: Subject) -> bool:
    assert isinstance(one, Duty)
    assert isinstance(other, Duty)
    if other.rule in (one.superseded_by, one.rule) or one.rule == other.superseded_by:
        return False
    if one.guard.kinds and other.guard.kinds and not set(one.guard.kinds) & set(other.guard.kinds):
        return False
    when, then = situation(one, subject.protocol), situation(other, subject.protocol)
    ways = [(a, b) for a in _ways(one.deadline) for b in _ways(other.deadline) if _clash(a[2], b[2])]
    conditions = [each for a, b in ways for way in (a, b) for each in (*way[0], *way[1])]
    space = Space((*when.every, *then.every, *conditions), subject.protocol.words.facts)
    return any(
        space.find((*when.true, *then.true, *a[0], *b[0]), (*a[1], *b[1]), (*when.unless, *then.unless)) is not None
        for a, b in ways
    )


def _clash(one: Deadline | NotStated, other: Deadline | NotStated) -> bool:
    return one != other and NOT_STATED not in (one, other)


Way = tuple[tuple["Condition", ...], tuple["Condition", ...], "Deadline | NotStated"]


def _ways(deadline: Deadline | NotStated) -> list[Way]:
    """What a deadline can be: each with what must hold for it, and what must not."""
    if not isinstance(deadline, DeadlineRows):
        return [((), (), deadline)]
    return [
        (
            (row.condition,) if row.condition != ALWAYS else (),
            tuple(each.condition for each in deadline.rows[:at]),
            row.deadline,
        )
        for at, row in enumerate(deadline.rows)
    ]


def _asked(provision: Provision, beside: frozenset[str]) -> Hashable:
    """What a provision asks for, but for some of its parts."""
    return (type(provision), *[getattr(provision, each.name) for each in fields(provision) if each.name not in beside])


def _name(provision: Provision) -> str:
    """A name for each provision: of a rule with several conclusions each has its own."""
    return f"{provision.rule}={provision.fact}" if isinstance(provision, Conclusion) else identity(provision)
