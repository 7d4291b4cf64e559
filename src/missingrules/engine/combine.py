"""Several protocols at once: the acts that more than one asks for, and where they cannot both be kept. Pure."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from missingrules.domain.answers import Combined, Conflict, Together
from missingrules.domain.clock import FOREVER
from missingrules.domain.obligations import OVER, Status, Undecided
from missingrules.domain.people import People
from missingrules.domain.protocol import bare, layer_of
from missingrules.domain.rules import Effect, Modality
from missingrules.engine.people import people_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.answers import Forbidden, ProtocolAnswer
    from missingrules.domain.citations import Citations, NotStated
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.people import Role
    from missingrules.domain.protocol import Protocol

_STRENGTH: Final = MappingProxyType({Modality.MUST: 0, Modality.SHOULD: 1, Modality.MAY: 2})
_OWED: Final = (Status.DUE, Status.OVERDUE)


def combine(parts: Sequence[ProtocolAnswer]) -> Combined:
    """What the answers of several protocols for one case have in common, and where they conflict; of one: nothing."""
    # Each layer of a protocol that stands on another is a paper of its own.
    protocols = {layer.name: layer for part in parts for layer in part.protocol.layers}
    if len(protocols) < 2:
        return Combined()
    conflicts = (*_forbidden(parts, protocols), *_chairs(parts, protocols))
    return Combined(_together(parts, protocols), conflicts)


# --- the same act -----------------------------------------------------------------------------------------------------


def _together(parts: Sequence[ProtocolAnswer], protocols: dict[str, Protocol]) -> tuple[Together, ...]:
    alike: dict[tuple[str, ...], list[Obligation]] = defaultdict(list)
    for part in parts:
        for one in part.actions:
            alike[_act(one)].append(one)
    found = [
        _group(ones, protocols)
        for acts in alike.values()
        if len({one.protocol for one in acts}) > 1
        for ones in _same_acts(sorted(acts, key=lambda one: _order(one, protocols)))
    ]
    return tuple(sorted(found, key=lambda group: _order(group.obligations[0], protocols)))


def _act(one: Obligation) -> tuple[str, ...]:
    """What the same act has in common to the letter; a duty of the calendar also its period."""
    period = one.occurrence if one.subject == "organisation" else ""
    return one.duty.action, one.duty.effect, one.subject, period


def _same_acts(acts: list[Obligation]) -> Iterator[list[Obligation]]:
    """Those of which each is the same act as every other, begun by the first two of different protocols."""
    left = acts
    while left:
        first, *left = left
        other = next((o for o in left if o.protocol != first.protocol and _same_act(first, o)), None)
        if other is None:
            continue
        ones = [first, other]
        for one in left:
            if one is not other and all(_same_act(one, each) for each in ones):
                ones.append(one)
        taken = {one.key for one in ones}
        left = [one for one in left if one.key not in taken]
        yield ones


def _same_act(one: Obligation, other: Obligation) -> bool:
    """Of two of one action: whether one act can do both. What only one of them names does not part them."""
    return _fits(one.duty.about, other.duty.about) and _fits(one.duty.method, other.duty.method) and _meet(one, other)


def _fits(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _meet(one: Obligation, other: Obligation) -> bool:
    """Whether both are for somebody in common, or neither for anybody named."""
    ours, theirs = parties(one), parties(other)
    return bool(ours & theirs) if ours or theirs else True


def parties(one: Obligation) -> frozenset[str]:
    """Who is told, or of an agreement with whom it is made, by role: to tell others is another act."""
    who = one.with_ if one.duty.effect is Effect.AGREE else one.recipients
    several = who.people if isinstance(who, Undecided) else (who,)
    return frozenset(
        role.name for each in several if isinstance(each, People) and each.mode in ("all", "any") for role in each.roles
    )


def _group(ones: list[Obligation], protocols: dict[str, Protocol]) -> Together:
    ordered = sorted(ones, key=lambda one: _order(one, protocols))
    to_do = [one for one in ordered if one.status not in OVER]
    due = min((at for one in to_do if (at := _due(one)) is not None), default=None)
    strengths = {protocols[one.protocol].ranks_as(one.duty.modality) for one in to_do or ordered}
    return Together(tuple(ordered), due, min(strengths, key=lambda modality: _STRENGTH[modality]))


def _order(one: Obligation, protocols: dict[str, Protocol]) -> tuple[Instant, int, str]:
    """Earliest due first (or possible; `immediately`: the trigger; none: last), then must, should, may, then key."""
    at = _due(one)
    at = one.sort_at if at is None else at
    return FOREVER if at is None else at, _STRENGTH[protocols[one.protocol].ranks_as(one.duty.modality)], one.key


def _due(one: Obligation) -> Instant | None:
    return one.due if one.due is not None else one.due_between[0] if one.due_between else None


# --- one forbids what another requires --------------------------------------------------------------------------------


def _forbidden(parts: Sequence[ProtocolAnswer], protocols: dict[str, Protocol]) -> Iterator[Conflict]:
    """One conflict for each duty and prohibition, with all the obligations of that duty."""
    found: dict[tuple[str, str, str, str], tuple[list[Obligation], Forbidden, Protocol]] = {}
    for forbidding in parts:
        for barred in forbidding.forbidden:
            by = protocols[layer_of(barred.key)]
            if by.ranks_as(barred.prohibition.modality) is Modality.MAY:
                continue
            for one in (one for part in parts for one in part.actions):
                # Another edition of a paper is no other paper.
                if one.protocol != by.name and _is_barred(one, protocols[one.protocol], barred, by):
                    key = one.protocol, one.duty.id, one.subject, barred.key
                    found.setdefault(key, ([], barred, by))[0].append(one)
    for _, (ones, barred, by) in sorted(found.items(), key=lambda item: item[0]):
        first = ones[0]
        duty, prohibition = first.duty, barred.prohibition
        yield Conflict(
            what=duty.action,
            episode=first.episode,
            values=(duty.title, prohibition.title),
            rules=(bare(duty.rule), bare(prohibition.rule)),
            citations=tuple(dict.fromkeys(_supporting(duty.citations, "duty") + prohibition.citations)),
            kind="forbidden",
            keys=(*(one.key for one in ones), barred.key),
            protocols=(first.protocol, by.name),
        )


def _is_barred(one: Obligation, protocol: Protocol, barred: Forbidden, by: Protocol) -> bool:
    """Whether the duty can only be kept by an act that is forbidden now, or was kept by one that was."""
    duty, prohibition = one.duty, barred.prohibition
    if duty.action not in (prohibition.action, *by.words.actions[prohibition.action].also):
        return False
    if one.subject == "organisation" or protocol.ranks_as(duty.modality) is Modality.MAY:
        return False
    if barred.status == "breached":
        now = one.status in (Status.MET, Status.MET_LATE) and barred.record in one.discharged_by
    else:
        now = barred.status == "in_force" and one.status in _OWED and barred.episode in (None, one.episode)
    return (
        now
        and _done_by(duty.effect, prohibition.outcome)
        and prohibition.method in (None, duty.method)
        and prohibition.about in (None, duty.about)
        and (not prohibition.to or _told_of(one.recipients, prohibition.to))
    )


def _done_by(effect: Effect, outcome: str | None) -> bool:
    """Whether what discharges a duty is what is forbidden: to consider or decide an act is not to have done it."""
    return (effect is Effect.REQUIRE and outcome is None) or (effect is Effect.AGREE and outcome == "agreed")


def _told_of(who: People | NotStated | Undecided | None, barred: tuple[str, ...]) -> bool:
    """Whether nobody can be told without telling one of those who may not be."""
    if not isinstance(who, People):
        return False
    named = {role.name for role in who.roles}
    return bool(named & set(barred)) if who.mode == "all" else who.mode == "any" and named <= set(barred)


# --- one meeting, two chairs ------------------------------------------------------------------------------------------


def _chairs(parts: Sequence[ProtocolAnswer], protocols: dict[str, Protocol]) -> Iterator[Conflict]:
    """Meetings that are owed at once and that nobody could chair for both papers."""
    owed: dict[tuple[str, ...], list[Obligation]] = defaultdict(list)
    for part in parts:
        for one in part.actions:
            # A meeting is what the paper gives a chair; one that only may be held parts nobody.
            may = protocols[one.protocol].ranks_as(one.duty.modality) is Modality.MAY
            if one.status in _OWED and one.duty.chair is not None and not may:
                owed[_act(one)].append(one)
    for meetings in owed.values():
        for one, other in combinations(meetings, 2):
            if _is_lonely(one, other, meetings, protocols) and _is_lonely(other, one, meetings, protocols):
                cited = (*_supporting(one.citations, "chair"), *_supporting(other.citations, "chair"))
                yield Conflict(
                    what=one.duty.action,
                    episode=one.episode,
                    values=(people_text(one.chair), people_text(other.chair)),
                    rules=(bare(one.duty.rule), bare(other.duty.rule)),
                    citations=tuple(dict.fromkeys(cited)),
                    kind="chairs",
                    keys=(one.key, other.key),
                    protocols=(one.protocol, other.protocol),
                )


def _is_lonely(one: Obligation, other: Obligation, meetings: list[Obligation], protocols: dict[str, Protocol]) -> bool:
    """Whether it clashes with every meeting that the other's protocol has for the same act: none could be this one."""
    theirs = [each for each in meetings if each.protocol == other.protocol != one.protocol and _same_act(one, each)]
    return other in theirs and all(
        _clash(one.chair, each.chair, protocols[one.protocol], protocols[each.protocol]) for each in theirs
    )


Chair = People | Undecided | str | None


def _clash(one: Chair, other: Chair, ours: Protocol, theirs: Protocol) -> bool:
    """Whether two chairs, both decided, cannot be the same person."""
    if not isinstance(one, People) or not isinstance(other, People) or "record_by" in (one.mode, other.mode):
        return False
    if one.mode == "other_than" or other.mode == "other_than":
        if one.mode == other.mode:
            return False
        named, excluded = (other, one) if one.mode == "other_than" else (one, other)
        barred = [role.name in {each.name for each in excluded.roles} for role in named.roles]
        return any(barred) if named.mode == "all" else all(barred)
    return not any(_may_be(a, b, ours, theirs) for a in one.roles for b in other.roles)


def _may_be(one: Role, other: Role, ours: Protocol, theirs: Protocol) -> bool:
    """Whether one person can have both roles, one of each protocol.

    Not if both protocols know both roles, or if both are ranks on the shared ladder and differ.
    """
    if one.name == other.name:
        return True
    if one.name in theirs.roles and other.name in ours.roles:
        return False
    return one.grade is None or other.grade is None or one.grade == other.grade


def _supporting(citations: Citations, part: str) -> Citations:
    """The paragraphs that carry a part of the rule; where none is told apart, all."""
    return tuple(one for one in citations if one.supports == part) or citations
