"""An area's cell beside a framework's: who does all that the one asks for, has he done all that the other does?

The scales are those of `points` and `timing`. What is asked is compared for children of both protocols who are missing,
where all on which the two turn is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.ends import of_ends
from missingrules.comparison.points import EFFECTS, STRENGTH, modality, of_people, of_series, rank
from missingrules.comparison.timing import IN_ORDER, Timing, compare, due, starts
from missingrules.domain.citations import NOT_STATED
from missingrules.domain.comparisons import Aspect, Relation, Standing
from missingrules.domain.conditions import FactTest, Is, Known, leaves
from missingrules.domain.deadlines import Repeat
from missingrules.domain.rules import Conclusion, Duty, Effect, Prohibition
from missingrules.domain.triggers import triggers_of
from missingrules.domain.vocabulary import RISK
from missingrules.logic.situations import Part, Situation
from missingrules.logic.space import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.comparison.shared import Shared
    from missingrules.domain.comparisons import Cell, Entry, Value
    from missingrules.domain.rules import Provision

_ENOUGH: Final = (Relation.SAME, Relation.STRICTER, Relation.SILENT_SECOND)
_MISSING: Final = FactTest("episode.kind", Is(("missing",)))
_PEOPLE: Final = (Aspect.BY, Aspect.CHAIR, Aspect.RECIPIENTS, Aspect.ATTENDEES, Aspect.WITH)


def standing(cell: Cell, framework: Cell, shared: Shared) -> Cell:
    """The cell with how it stands beside that of the framework, and in what."""
    if not framework.entries:
        return replace(cell, standing=Standing.FRAMEWORK_SILENT) if cell.entries else cell
    if not cell.entries:
        return replace(cell, standing=Standing.SILENT)
    mine, theirs = _sides(cell, framework, shared)
    falls_short, short_of_mine = _short(theirs, mine, shared), _short(mine, theirs, shared)
    if falls_short and short_of_mine:
        return replace(cell, standing=Standing.DIFFERENT, because=falls_short)
    if falls_short:
        return replace(cell, standing=Standing.WEAKER, because=falls_short)
    if short_of_mine:
        return replace(cell, standing=Standing.EXCEEDED, because=short_of_mine)
    return replace(cell, standing=Standing.MET)


class _Side(NamedTuple):
    """An entry of one provision, and when it can be called for."""

    entry: Entry
    situation: Situation


def _sides(cell: Cell, framework: Cell, shared: Shared) -> tuple[list[_Side], list[_Side]]:
    alone = [
        [replace(entry, acts=(act,)) for entry in each.entries for act in entry.acts] for each in (cell, framework)
    ]
    mine, theirs = ([_Side(entry, _situation(entry, shared)) for entry in each] for each in alone)
    return mine, theirs


def _situation(entry: Entry, shared: Shared) -> Situation:
    act = entry.acts[0]
    found = shared.situation(act)
    rows = [Part("when", shared.condition(each, act.protocol)) for each in entry.when]
    # What is known and not so: the rows before this one do not count.
    others = tuple([shared.condition(each, act.protocol) for each in entry.not_when])
    return Situation((*found.parts, *rows), (*found.unless, *others))


def _short(wanted: Sequence[_Side], given: Sequence[_Side], shared: Shared) -> tuple[Aspect, ...]:
    """In what those who are `given` do not ask for all that is `wanted`; nothing where they do."""
    lacking: dict[Aspect, None] = {}
    for want in wanted:
        failing = [set(_falls_short(one.entry, want.entry, shared)) for one in given]
        enough = [one for one, why in zip(given, failing, strict=True) if why <= {Aspect.UNTIL}]
        if not enough:
            lacking |= dict.fromkeys(min(zip(given, failing, strict=True), key=lambda one: _far(want, *one))[1])
            continue
        is_reached = _reaches(want, enough, shared)
        if not is_reached:
            lacking[Aspect.APPLIES] = None
        # To whom it applies is told also where all that would do end sooner.
        as_long = [one for one, why in zip(given, failing, strict=True) if not why]
        if not as_long or (is_reached and len(as_long) < len(enough) and not _reaches(want, as_long, shared)):
            lacking[Aspect.UNTIL] = None
    return tuple([aspect for aspect in Aspect if aspect in lacking])


def _far(want: _Side, one: _Side, why: set[Aspect]) -> tuple[bool, int]:
    """How far one is from what is wanted: a ban is further from a duty than any duty."""
    return type(one.entry.acts[0].provision) is not type(want.entry.acts[0].provision), len(why)


def _reaches(want: _Side, enough: Sequence[_Side], shared: Shared) -> bool:
    """Whether, wherever one is called for, one of the others is too; not where it takes too long to find out."""
    asked = [each for side in (want, *enough) for each in side.situation.every]
    facts = {leaf.fact for one in asked for leaf in leaves(one) if isinstance(leaf, FactTest)} - {_MISSING.fact}
    known = [FactTest(fact, Known()) for fact in sorted(facts)]
    # Absent children are compared only where somebody asks for nothing of those who are missing.
    missing = (_MISSING,) * all(_is_of_missing(side.entry) for side in (want, *enough))
    words = replace(shared, scopes=(*shared.scopes, *missing, *known))
    try:
        return words.alone(want.situation, *[one.situation for one in enough]) is None
    except TooMany:
        return False


def _is_of_missing(entry: Entry) -> bool:
    kinds = entry.acts[0].provision.guard.kinds
    return not kinds or "missing" in kinds


def _falls_short(entry: Entry, wanted: Entry, shared: Shared) -> Iterator[Aspect]:
    """In what one entry does not ask for as much as another, for whomever it does."""
    one, other = entry.acts[0].provision, wanted.acts[0].provision
    if type(one) is not type(other):
        yield Aspect.EFFECT
        return
    if not isinstance(one, Conclusion) and not isinstance(other, Conclusion):
        yield from _less(Aspect.MODALITY, rank(*[STRENGTH.index(modality(each.acts[0])) for each in (entry, wanted)]))
    mine, theirs = dict(entry.figure), dict(wanted.figure)
    if isinstance(one, Duty) and isinstance(other, Duty):
        if (one.effect is Effect.AGREE) != (other.effect is Effect.AGREE):
            yield Aspect.EFFECT
        else:
            yield from _less(Aspect.EFFECT, rank(EFFECTS[one.effect], EFFECTS[other.effect]))
        # About the same, if both say about what; a method that is asked for is asked for.
        if (one.about and other.about and one.about != other.about) or (other.method and one.method != other.method):
            yield Aspect.EFFECT
        yield from _since(one, other, asked=Aspect.TRIGGER in mine or Aspect.TRIGGER in theirs)
        # Where a paper leaves open what ends a duty, it goes on: nothing is held against either.
        ends = of_ends(entry.acts[0], wanted.acts[0], shared)
        if ends is not Relation.SILENT_FIRST:
            yield from _less(Aspect.UNTIL, ends)
    for aspect in dict.fromkeys((*mine, *theirs)):
        if aspect is not Aspect.TRIGGER:
            yield from _less(aspect, _relation(aspect, (one, mine.get(aspect)), (other, theirs.get(aspect))))


def _less(aspect: Aspect, relation: Relation) -> Iterator[Aspect]:
    if relation not in _ENOUGH:
        yield aspect


def _relation(aspect: Aspect, first: tuple[Provision, Value], second: tuple[Provision, Value]) -> Relation:
    (one, mine), (other, theirs) = first, second
    if aspect is Aspect.DEADLINE and isinstance(one, Duty) and isinstance(other, Duty):
        return compare(_due(one, mine), _due(other, theirs))
    if aspect in _PEOPLE:
        return of_people(aspect, mine, theirs)
    if aspect is Aspect.SERIES:
        return of_series(*[each if isinstance(each, Repeat) else None for each in (mine, theirs)])
    if mine == theirs:
        return Relation.SAME
    if aspect is Aspect.LEVEL and mine in RISK and theirs in RISK:
        return rank(*[RISK.index(str(each)) for each in (mine, theirs)])
    return Relation.DIFFERENT


def _due(duty: Duty, value: Value) -> Timing | None:
    return None if value is None else due(duty, value)  # type: ignore[arg-type]


def _since(one: Duty, other: Duty, *, asked: bool) -> Iterator[Aspect]:
    """Whether the first is set off no later than the second. Where that is not the figure, it may be at another moment
    of the same episode: the time limits are compared.
    """
    mine, theirs = (_starts(each) for each in (one, other))
    for late in theirs:
        near = [early for early in mine if _phase(early) == _phase(late)]
        if not any(compare(early, late) in _ENOUGH for early in near) and (
            asked or late.moment not in IN_ORDER or not near
        ):
            yield Aspect.TRIGGER
            return


def _phase(since: Timing) -> str:
    """While the child is away, once the child is found, or at another moment: what is owed on one is not on another."""
    return "away" if since.moment in IN_ORDER[:3] else "found" if since.moment in IN_ORDER else since.moment


def _starts(duty: Duty) -> list[Timing]:
    """The moments that set a duty off, each on its own."""
    return [starts(replace(duty, trigger=each)) for each in triggers_of(duty.trigger)]


def timings(duty: Duty, values: Mapping[Aspect, Value]) -> list[Timing]:
    """By when, or since when, what is asked is asked for: of a time limit its end, otherwise what sets it off."""
    limit = values.get(Aspect.DEADLINE, NOT_STATED)
    end = None if limit == NOT_STATED else _due(duty, limit)
    return [end] if end is not None else _starts(duty)


def own_value(provision: Conclusion | Prohibition) -> Value:
    """What is concluded, or the act that is forbidden."""
    return provision.floor or provision.value if isinstance(provision, Conclusion) else provision.action
