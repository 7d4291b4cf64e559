"""Two results about one case -> every change, duty by duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.changes import NAMED, OF_STATUS, TOLD, Change, Changes, Kind
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.logs import timed
from missingrules.domain.obligations import OVER, Status
from missingrules.interface.standings import standings_of
from missingrules.live.causes import Causes
from missingrules.live.entries import entries
from missingrules.live.pairs import paired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.answers import Answer
    from missingrules.domain.case import Case
    from missingrules.domain.changes import Standing, Standings
    from missingrules.interface.result import Result

_DONE: Final = frozenset({Status.MET, Status.MET_LATE})


def changes(
    before: Answer | Result | Standings | None,
    after: Answer | Result | Standings,
    cases: tuple[Case, Case] | None = None,
) -> Changes:
    """What the later of two results about one case has otherwise: each change of each duty, with what caused it.

    Both may be answers, results, or what `read_standings` reads of a stored one; without `before` everything is raised.
    `cases` are the states of the case that the two were made of: causes are then its entries, and where it did not
    change, it is no cause.

    Raises `InvalidInput`: `two-cases` where the two are of different cases.
    Source: docs/live.md.
    """
    now = standings_of(after)
    if before is None:
        raised = tuple(Change(Kind.RAISED, None, one, (), ()) for one in now.duties.values())
        return Changes(now.case, None, now.mark, now, (), raised)
    was = standings_of(before)
    if was.case != now.case:
        message = f"two results of different cases: {was.case} and {now.case}"
        raise InvalidInput([Diagnostic("two-cases", message, hint="give two results about one child")])
    differing = None if cases is None else entries(*cases, was.as_of, now.as_of)
    with timed("results compared") as said:
        causes = Causes(was, now, differing)
        found = [
            Change(kind, one, other, names, causes.of(kind, one, other))
            for one, other in paired(was.duties, now.duties)
            for kind, names in _kinds(one, other)
        ]
        said(duties=len(now.duties), changes=len(found))
    return Changes(now.case, was.mark, now.mark, now, causes.rules, tuple(_one_by_one(found)))


def _one_by_one(found: list[Change]) -> Iterator[Change]:
    """In an order in which a key is free before it is taken: withdrawn, renumbered, then all others as they come."""
    yield from (each for each in found if each.kind is Kind.WITHDRAWN)
    moving = {each.before.key: each for each in found if each.kind is Kind.RENUMBERED and each.before}
    while moving:
        free = next((key for key, each in moving.items() if each.key not in moving), next(iter(moving)))
        yield moving.pop(free)
    yield from (each for each in found if each.kind not in (Kind.WITHDRAWN, Kind.RENUMBERED))


def _kinds(before: Standing | None, after: Standing | None) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """What happened to a duty, and which names of the action tell of it."""
    if before is None:
        yield Kind.RAISED, ()
        return
    if after is None:
        yield Kind.WITHDRAWN, ()
        return
    if before.key != after.key:
        yield Kind.RENUMBERED, _differing(before, after, NAMED)
    if before.said == after.said:
        return
    if names := _differing(before, after, OF_STATUS):
        yield _turned(before.status, after.status), names
    for kind, told in TOLD.items():
        if names := _differing(before, after, told):
            yield kind, names


def _differing(before: Standing, after: Standing, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those on which both say something, and not the same: what an older result does not have is no difference."""
    one, other = before.said, after.said
    return tuple(name for name in names if name in one and name in other and one[name] != other[name])


def _turned(before: Status, after: Status) -> Kind:
    """What a change of status is; of the same status, that it came about otherwise."""
    match after:
        case Status.NOT_DECIDABLE:
            return Kind.UNDECIDED
        case Status.MET | Status.MET_LATE:
            return Kind.DISCHARGED
        case Status.CEASED:
            return Kind.CEASED
        case Status.MISSED:
            return Kind.MISSED
    if before in OVER:
        return Kind.REOPENED
    if before is Status.NOT_DECIDABLE:
        return Kind.DECIDED
    if after is Status.UPCOMING:
        return Kind.DEFERRED
    if before is Status.UPCOMING:
        return Kind.ARISEN
    if after is Status.OVERDUE:
        return Kind.OVERDUE
    # From due to available and back it is another strength.
    return Kind.IN_TIME if before is Status.OVERDUE else Kind.RESTATED
