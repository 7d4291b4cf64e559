"""A kind of episode that a rule names, and for which its conditions can never hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.checks.frame import Finding
from missingrules.domain.conditions import FactTest, Is
from missingrules.logic.situations import identity, keys_of, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.checks.frame import Subject
    from missingrules.domain.rules import Provision

# What turns on whether the child is missing or absent.
_TURNS: frozenset[str] = frozenset({"episode.missing", "episode.kind"})


def left_out(subject: Subject) -> Iterator[Finding]:
    """Of several kinds one for which nothing ever comes: above all the absent where a rule asks `missing: true`."""
    fires: dict[tuple[str, str], bool] = {}
    first: dict[str, Provision] = {}
    for variant in subject.variants:
        for provision in variant.provisions:
            if len(provision.guard.kinds) > 1:
                id_ = identity(provision)
                first.setdefault(id_, provision)
                for kind in provision.guard.kinds:
                    fires[id_, kind] = fires.get((id_, kind)) or _can(provision, kind, subject)
    for id_, provision in first.items():
        never = [kind for kind in provision.guard.kinds if not fires[id_, kind]]
        # Of one that never fires at all another check speaks.
        if never and len(never) < len(provision.guard.kinds):
            message = (
                f"this names {' and '.join(provision.guard.kinds)} children, and can never be for one who is {never[0]}"
            )
            reads = {key for each in situation(provision, subject.protocol).every for key in keys_of(each)}
            hint = (
                "`missing` is true of a missing child alone: write any: [{missing: true}, {kind: absent}], or take "
                f"{never[0]} out of its kinds"
                if never == ["absent"] and "episode.missing" in reads
                else f"take {never[0]} out of its kinds, or mend the condition on the kind"
            )
            yield Finding(message, subject.where.key(id_, "kinds", "when"), hint)


def _can(provision: Provision, kind: str, subject: Subject) -> bool:
    """Whether it can be for a child of this kind; an absent child is not missing."""
    when = situation(provision, subject.protocol)
    if not any(_TURNS & keys_of(each) for each in when.every):
        return True
    of_kind = [FactTest("episode.kind", Is((kind,)))]
    if kind != "missing":
        of_kind.append(FactTest("episode.missing", Is(("false",))))
    true = (*when.true, *of_kind)
    try:
        return Space((*true, *when.unless), subject.protocol.words.facts).find(true, (), when.unless) is not None
    except TooMany:
        return True
