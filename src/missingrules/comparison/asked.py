"""What two protocols ask for in one case, and where they part: the same act, asked for otherwise or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.points import EFFECTS, STRENGTH
from missingrules.domain.answers import Forbidden
from missingrules.domain.citations import NotStated
from missingrules.domain.comparisons import Parted
from missingrules.domain.obligations import OVER, Status
from missingrules.domain.people import People
from missingrules.domain.rules import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from missingrules.domain.answers import ProtocolAnswer
    from missingrules.domain.comparisons import Kind
    from missingrules.domain.obligations import Obligation, Undecided
    from missingrules.domain.people import Role
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision


class Act(NamedTuple):
    """What makes two obligations about the same act, told to the same person."""

    action: str
    is_agreement: bool
    about: str | None
    whom: str | None
    subject: str


_WHO: Final[tuple[tuple[Kind, Callable[[Obligation], People | NotStated | Undecided | None]], ...]] = (
    ("by", lambda one: one.by),
    ("chair", lambda one: one.chair),
    ("attend", lambda one: one.attendees),
    ("with", lambda one: one.with_),
)
# Not asked for: not yet, or nobody can tell.
_SILENT: Final = (Status.UPCOMING, Status.NOT_DECIDABLE)


class Asked:
    """What one protocol asks for in one case, act by act."""

    def __init__(self, answer: ProtocolAnswer, is_wanted: Callable[[Provision], bool]) -> None:
        self.protocol: Protocol = answer.protocol
        self.is_wanted = is_wanted
        self.forbidden = [one for one in answer.forbidden if one.status != "not_decidable"]
        self.perhaps_forbidden = [one for one in answer.forbidden if one.status == "not_decidable"]
        # Acts that are to be compared; what else the protocol asks for is looked at where it is the same act.
        self.wanted: set[Act] = set()
        self.acts: dict[Act, list[Obligation]] = {}
        self.open: set[Act] = set()
        # What is done with an act that is asked for: an interview that was held was offered too.
        self.covered: set[Act] = set()
        for one in answer.actions:
            for act in _acts(one):
                if is_wanted(one.duty):
                    self.wanted.add(act)
                if one.status in _SILENT:
                    if one.status is Status.NOT_DECIDABLE:
                        self.open.add(act)
                else:
                    self.acts.setdefault(act, []).append(one)
                    self.covered |= {act._replace(action=other) for other in self._counts_as(act.action)}

    def _counts_as(self, action: str) -> Iterator[str]:
        """The acts as which a record of this one counts."""
        return (name for name, word in self.protocol.words.actions.items() if action in word.also)

    def strength(self, one: Obligation | Forbidden) -> int:
        provision = one.prohibition if isinstance(one, Forbidden) else one.duty
        return STRENGTH.index(self.protocol.ranks_as(provision.modality))

    def forbids(self, one: Forbidden, other: Forbidden) -> bool:
        """Whether whoever keeps one of its prohibitions keeps another's: it is no narrower."""
        mine, theirs = one.prohibition, other.prohibition
        return (
            one.episode == other.episode
            and theirs.action in (mine.action, *self.protocol.words.actions[mine.action].also)
            and mine.method in (None, theirs.method)
            and mine.outcome in (None, theirs.outcome)
            and mine.about in (None, theirs.about)
            and (not mine.to or (bool(theirs.to) and set(theirs.to) <= set(mine.to)))
        )

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
        is_wanted = act in first.wanted or act in second.wanted
        if not is_wanted or act in first.open or act in second.open:
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
    found += [Parted("forbidden", near, one) for near, one in _only_of(second, first)]
    if not only_weaker:
        found += [Parted("forbidden", one, near) for near, one in _only_of(first, second)]
    return found


def _only_of(one: Asked, other: Asked) -> Iterator[tuple[Forbidden | None, Forbidden]]:
    """What one forbids and the other does not, or not as strongly: then what that forbids comes first."""
    for each in filter(lambda ban: one.is_wanted(ban.prohibition), one.forbidden):
        near = [own for own in other.forbidden if other.forbids(own, each)]
        enough = any(other.strength(own) >= one.strength(each) for own in near)
        if not enough and not any(other.forbids(own, each) for own in other.perhaps_forbidden):
            yield next(iter(near), None), each


def _both(
    first: Asked, second: Asked, mine: list[Obligation], theirs: list[Obligation], *, only_weaker: bool
) -> Iterator[Parted]:
    one, other = first.strongest(mine), second.strongest(theirs)
    strengths = first.strength(one), second.strength(other)
    if strengths[0] < strengths[1] or (strengths[0] != strengths[1] and not only_weaker):
        yield Parted("modality", one, other)
    effects = max(EFFECTS[each.duty.effect] for each in mine), max(EFFECTS[each.duty.effect] for each in theirs)
    if effects[0] < effects[1] or (effects[0] != effects[1] and not only_weaker):
        most = (
            side.strongest(each for each in ones if EFFECTS[each.duty.effect] == effect)
            for side, ones, effect in ((first, mine, effects[0]), (second, theirs, effects[1]))
        )
        yield Parted("effect", *most)
    yield from _times(one, other, mine, theirs, only_weaker=only_weaker)
    if only_weaker:
        return
    for kind, role in _WHO:
        who = _unlike(first, second, mine, theirs, role)
        if who is not None:
            yield Parted(kind, *who)


def _times(
    one: Obligation, other: Obligation, mine: list[Obligation], theirs: list[Obligation], *, only_weaker: bool
) -> Iterator[Parted]:
    """By when, and whether it is still owed."""
    soon, soonest = _soonest(mine), _soonest(theirs)
    due = None if soon is None else soon.due, None if soonest is None else soonest.due
    if due[0] != due[1] and not any(each.due_between for each in (*mine, *theirs)):
        is_weaker = due[1] is not None and (due[0] is None or due[0] > due[1])
        if is_weaker or not only_weaker:
            yield Parted("sooner", soon or one, soonest or other)
    elif due[0] == due[1]:
        yield from _left(mine, theirs, only_weaker=only_weaker)
    over = all(each.status in OVER for each in mine), all(each.status in OVER for each in theirs)
    if over[0] > over[1] or (over[0] != over[1] and not only_weaker):
        yield Parted("over", *(next((o for o in ones if o.status not in OVER), ones[0]) for ones in (mine, theirs)))


def _left(mine: list[Obligation], theirs: list[Obligation], *, only_weaker: bool) -> Iterator[Parted]:
    """By when what is still to be done, of a series of which something was."""
    ours, others = (_soonest(each for each in ones if each.status not in OVER) for ones in (mine, theirs))
    if ours is None or others is None or any(each.due_between for each in (*mine, *theirs)):
        return
    assert ours.due is not None
    assert others.due is not None
    if ours.due > others.due or (ours.due != others.due and not only_weaker):
        yield Parted("sooner", ours, others)


def _soonest(ones: Iterable[Obligation]) -> Obligation | None:
    dated = [one for one in ones if one.due is not None]
    return min(dated, key=lambda one: (one.due, one.key), default=None)


def _unlike(
    first: Asked,
    second: Asked,
    mine: list[Obligation],
    theirs: list[Obligation],
    role: Callable[[Obligation], People | NotStated | Undecided | None],
) -> tuple[Obligation, Obligation] | None:
    """One for other people than all of the other protocol are for; None where nothing is, or not all is decided."""
    ours = [who for each in mine if (who := _people(role(each))) is not None]
    others = [who for each in theirs if (who := _people(role(each))) is not None]
    if len(ours) < len(mine) or len(others) < len(theirs):
        return None
    alike = [[_alike(first.protocol, second.protocol, who, other) for other in others] for who in ours]
    for at, one in enumerate(mine):
        if not any(alike[at]):
            return one, second.strongest(theirs)
    for at, other in enumerate(theirs):
        if not any(row[at] for row in alike):
            return first.strongest(mine), other
    return None


def _people(who: People | NotStated | Undecided | None) -> frozenset[Role] | None:
    """Who it is, nobody where the paper does not say; None where it is not decided, or hangs on who did something."""
    if who is None or isinstance(who, NotStated):
        return frozenset()
    return frozenset(who.roles) if isinstance(who, People) and who.mode in ("all", "any") else None


def _alike(ours: Protocol, others: Protocol, mine: frozenset[Role], theirs: frozenset[Role]) -> bool:
    """Whether they may be the same people: by name; and a role that only one protocol has, by its agency."""
    if not mine or not theirs:
        return mine == theirs
    names, other_names = {role.name for role in mine}, {role.name for role in theirs}
    if names == other_names:
        return True
    known = all(name in others.roles for name in names) and all(name in ours.roles for name in other_names)
    return not known and {role.agency for role in mine} == {role.agency for role in theirs}
