"""Which provisions of two protocols are about the same: by act, what it is about, for whom, and what sets it off."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.timing import IN_ORDER, starts
from missingrules.domain.comparisons import Act
from missingrules.domain.conditions import FactTest, leaves
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.rules import Conclusion, Duty, Effect, Prohibition
from missingrules.logic.situations import identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.comparison.shared import Shared
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol

# While the child is away, and once the child is back.
_AWAY: Final = IN_ORDER[:3]


class Aligned(NamedTuple):
    pairs: tuple[tuple[Act, Act], ...]
    only_first: tuple[Act, ...]
    only_second: tuple[Act, ...]


def acts(protocol: Protocol, readings: Mapping[str, str]) -> list[Act]:
    """What a protocol says, its readings taken as chosen or by default, in the order of its rules."""
    options = protocol.options(readings)
    found = []
    for family in protocol.families:
        variant = family.variants.get(tuple([options[name] for name in family.readings]), ())
        found += [Act(protocol, provision) for provision in variant]
    return found


def align(first: Sequence[Act], second: Sequence[Act], shared: Shared) -> Aligned:
    """Each provision with the one of the other that is most like it, if any is about the same."""
    pairs = _of_one_name(first, second)
    taken = {id(act) for pair in pairs for act in pair}
    mine, theirs = (_by_kind([act for act in acts if id(act) not in taken]) for acts in (first, second))
    for kind, ours in mine.items():
        pairs += _matched(ours, theirs.get(kind, []), shared)
    taken = {id(act) for pair in pairs for act in pair}
    order = {id(act): at for at, act in enumerate(first)}
    return Aligned(
        tuple(sorted(pairs, key=lambda pair: order[id(pair[0])])),
        tuple([act for act in first if id(act) not in taken]),
        tuple([act for act in second if id(act) not in taken]),
    )


def _of_one_name(first: Sequence[Act], second: Sequence[Act]) -> list[tuple[Act, Act]]:
    """Of two editions of one protocol, the acts of one id."""
    if not first or not second or first[0].protocol.name != second[0].protocol.name:
        return []
    theirs = {identity(act.provision): act for act in second}
    return [
        (act, other)
        for act in first
        if (other := theirs.get(identity(act.provision))) and type(other.provision) is type(act.provision)
    ]


def _by_kind(found: Sequence[Act]) -> dict[tuple[str, ...], list[Act]]:
    kinds: dict[tuple[str, ...], list[Act]] = defaultdict(list)
    for act in found:
        provision = act.provision
        match provision:
            case Duty():
                kinds["duty", provision.action].append(act)
            case Conclusion():
                kinds["conclusion", provision.fact, str(provision.value)].append(act)
            case Prohibition():
                kinds["prohibition", provision.action].append(act)
    return kinds


def _matched(ours: Sequence[Act], theirs: Sequence[Act], shared: Shared) -> Iterator[tuple[Act, Act]]:
    """The most alike first; of equals, those that stand first in the files."""
    mine, others = [shared.situation(act) for act in ours], [shared.situation(act) for act in theirs]
    ranked = sorted(
        (-likeness, at, beside)
        for at, one in enumerate(ours)
        for beside, other in enumerate(theirs)
        if (likeness := _likeness(one, other)) is not None and shared.together(mine[at], others[beside])
    )
    used: set[tuple[str, int]] = set()
    for _, at, beside in ranked:
        if ("first", at) not in used and ("second", beside) not in used:
            used |= {("first", at), ("second", beside)}
            yield ours[at], theirs[beside]


def _likeness(one: Act, other: Act) -> int | None:
    """How much two provisions of one act are alike; None: they are about different things."""
    mine, theirs = one.provision, other.provision
    if isinstance(mine, Conclusion) or isinstance(theirs, Conclusion):
        return len(_read(one) & _read(other))
    if not _fits(mine.about, theirs.about) or not _fits(mine.method, theirs.method):
        return None
    likeness = 2 * (mine.about == theirs.about) + (mine.method == theirs.method)
    if isinstance(mine, Prohibition) or isinstance(theirs, Prohibition):
        return likeness
    if _is_plain(mine.effect) != _is_plain(theirs.effect):
        return None
    told = _parties(mine), _parties(theirs)
    if (told[0] or told[1]) and not told[0] & told[1]:
        return None
    since = starts(mine).moment, starts(theirs).moment
    if since[0] != since[1] and not (since[0] in _AWAY and since[1] in _AWAY):
        return None
    likeness += 4 * (since[0] == since[1]) + 2 * (mine.effect is theirs.effect) + 3 * len(told[0] & told[1])
    return likeness + 2 * bool(_roles(mine.by) & _roles(theirs.by)) + len(_read(one) & _read(other))


def _is_plain(effect: Effect) -> bool:
    """To do something, or to consider or decide it; to agree on it with somebody is another act."""
    return effect is not Effect.AGREE


def _fits(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _parties(duty: Duty) -> frozenset[str]:
    """Who is told, or of an agreement with whom it is made: to tell others is another act."""
    return _roles(duty.with_ if duty.effect is Effect.AGREE else duty.to)


def _roles(who: WhoEver | None) -> frozenset[str]:
    several = [row.people for row in who.rows] if isinstance(who, PeopleRows) else [who]
    return frozenset(role.name for each in several if isinstance(each, People) for role in each.roles)


def _read(act: Act) -> frozenset[str]:
    """The facts on which a provision turns."""
    return frozenset(leaf.fact for leaf in leaves(act.provision.guard.when) if isinstance(leaf, FactTest))
