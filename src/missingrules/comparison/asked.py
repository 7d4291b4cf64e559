"""What two protocols ask for in one case, and where they part: the same act, asked for otherwise or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.points import EFFECTS, STRENGTH
from missingrules.domain.comparisons import Parted
from missingrules.domain.obligations import Status, Undecided
from missingrules.domain.people import People
from missingrules.domain.rules import Effect, Modality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.protocol import Protocol


class Act(NamedTuple):
    """What makes two obligations about the same act, told to the same person."""

    action: str
    is_agreement: bool
    about: str | None
    whom: str | None
    subject: str


# Not asked for: not yet, or nobody can tell.
_SILENT: Final = (Status.UPCOMING, Status.NOT_DECIDABLE)


class Asked:
    """What one protocol asks for in one case, act by act."""

    def __init__(self, answer: ProtocolAnswer, is_wanted: Callable[[Obligation], bool]) -> None:
        self.protocol: Protocol = answer.protocol
        self.acts: dict[Act, list[Obligation]] = {}
        self.open: set[Act] = set()
        # What is done with an act that is asked for: an interview that was held was offered too.
        self.covered: set[Act] = set()
        for one in answer.actions:
            if not is_wanted(one):
                continue
            for act in _acts(one):
                if one.status in _SILENT:
                    if one.status is Status.NOT_DECIDABLE:
                        self.open.add(act)
                else:
                    self.acts.setdefault(act, []).append(one)
                    self.covered |= {act._replace(action=other) for other in self._counts_as(act.action)}

    def _counts_as(self, action: str) -> Iterator[str]:
        """The acts as which a record of this one counts."""
        return (name for name, word in self.protocol.words.actions.items() if action in word.also)

    def strength(self, one: Obligation) -> int:
        modality = one.duty.modality
        return STRENGTH.index(self.protocol.stated_ranks_as if modality is Modality.STATED else modality)

    def strongest(self, ones: Iterable[Obligation]) -> Obligation:
        """The one that asks for most: the strongest, then the soonest."""
        return min(ones, key=lambda one: (-self.strength(one), one.due is None, one.due or 0, one.key))


def _acts(one: Obligation) -> Iterator[Act]:
    duty = one.duty
    who = one.with_ if duty.effect is Effect.AGREE else one.recipients
    roles: list[str | None] = [role.name for role in who.roles] if isinstance(who, People) else []
    for role in roles or [None]:
        yield Act(duty.action, duty.effect is Effect.AGREE, duty.about, role, one.subject)


def parted(first: Asked, second: Asked, *, only_weaker: bool = False) -> list[Parted]:
    """Where the two part; `only_weaker`: where the first asks for less than the second. What is open parts nobody."""
    found: list[Parted] = []
    for act in dict.fromkeys((*first.acts, *second.acts)):
        if act in first.open or act in second.open:
            continue
        mine, theirs = first.acts.get(act), second.acts.get(act)
        if (mine is None and act in first.covered) or (theirs is None and act in second.covered):
            continue
        if mine is None or theirs is None:
            if mine is None or not only_weaker:
                one = first.strongest(mine) if mine else None
                found.append(Parted("asked", one, second.strongest(theirs) if theirs else None))
            continue
        found += _both(first, second, mine, theirs, only_weaker=only_weaker)
    return found


def _both(
    first: Asked, second: Asked, mine: list[Obligation], theirs: list[Obligation], *, only_weaker: bool
) -> Iterator[Parted]:
    one, other = first.strongest(mine), second.strongest(theirs)
    strengths = first.strength(one), second.strength(other)
    if strengths[0] < strengths[1] or (strengths[0] != strengths[1] and not only_weaker):
        yield Parted("modality", one, other)
    effects = max(EFFECTS[each.duty.effect] for each in mine), max(EFFECTS[each.duty.effect] for each in theirs)
    if effects[0] < effects[1] or (effects[0] != effects[1] and not only_weaker):
        yield Parted("effect", one, other)
    soon, soonest = _soonest(mine), _soonest(theirs)
    if soon is not None and soonest is not None:
        assert soon.due is not None
        assert soonest.due is not None
        if soon.due > soonest.due or (soon.due != soonest.due and not only_weaker):
            yield Parted("sooner", soon, soonest)
    elif soonest is not None and only_weaker:
        yield Parted("sooner", one, soonest)
    if not only_weaker and _chairs(mine) != _chairs(theirs) and _chairs(mine) and _chairs(theirs):
        yield Parted("chair", one, other)


def _soonest(ones: Iterable[Obligation]) -> Obligation | None:
    dated = [one for one in ones if one.due is not None]
    return min(dated, key=lambda one: (one.due, one.key), default=None)


def _chairs(ones: Iterable[Obligation]) -> frozenset[str]:
    """Who takes the chair; nobody where it is not decided for one of them."""
    found = [one.chair for one in ones]
    if any(isinstance(each, Undecided) for each in found):
        return frozenset()
    return frozenset(role.name for each in found if isinstance(each, People) for role in each.roles)
