"""Two provisions about the same, aspect by aspect: which asks for more, on the scale of that aspect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from missingrules.comparison.ends import ends_of, of_ends
from missingrules.comparison.shared import Shared
from missingrules.comparison.timing import compare, due, lasting, starts
from missingrules.domain.citations import NOT_STATED, NotStated
from missingrules.domain.comparisons import Aspect, Ends, Point, Relation, Said
from missingrules.domain.conditions import ALWAYS
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.people import People, PeopleRows
from missingrules.domain.rules import Conclusion, Duty, Effect, Modality, Prohibition
from missingrules.domain.vocabulary import LADDER, POLICE_LADDER, RISK
from missingrules.logic.situations import Part, Situation
from missingrules.logic.space import TooMany

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from missingrules.comparison.timing import Timing
    from missingrules.domain.citations import Citations
    from missingrules.domain.comparisons import Act, Value
    from missingrules.domain.conditions import Condition
    from missingrules.domain.deadlines import Deadline, Repeat
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol

STRENGTH: Final = (Modality.MAY, Modality.SHOULD, Modality.MUST)
# To do it asks for more than to agree or decide on it, and that for more than to consider it.
EFFECTS: Final = {Effect.CONSIDER: 0, Effect.DECIDE: 1, Effect.AGREE: 1, Effect.REQUIRE: 2}


# Where to whom each applies takes too long to tell apart.
UNSETTLED: Final = ("more combinations of conditions than are gone through",)


class Row(NamedTuple):
    """A value, where it holds, and where it does not: those before it."""

    said: Said
    when: Condition
    not_when: tuple[Condition, ...]


def points(first: Act, second: Act, shared: Shared) -> Iterator[Point]:
    """In what two provisions of the same kind are the same or differ."""
    yield from _applies(first, second, shared)
    one, other = first.provision, second.provision
    if isinstance(one, Conclusion) and isinstance(other, Conclusion):
        yield _plain(Aspect.LEVEL, one, other, one.value or one.floor, other.value or other.floor, levels(one, other))
        return
    assert not isinstance(one, Conclusion)
    assert not isinstance(other, Conclusion)
    weaker = rank(STRENGTH.index(modality(first)), STRENGTH.index(modality(second)))
    yield _plain(Aspect.MODALITY, one, other, modality(first), modality(second), weaker)
    if isinstance(one, Prohibition) or isinstance(other, Prohibition):
        return
    if one.effect is not other.effect:
        effects = rank(EFFECTS[one.effect], EFFECTS[other.effect])
        yield _plain(Aspect.EFFECT, one, other, one.effect, other.effect, effects)
    since = compare(starts(one), starts(other))
    if since is not Relation.SAME:
        yield _plain(Aspect.TRIGGER, one, other, one.trigger, other.trigger, since)
    comparing = _Comparing(first, second, shared)
    yield from comparing.deadlines(one, other)
    yield from _series(one, other)
    yield from _until(first, second, shared)
    for aspect, name in PEOPLE.items():
        yield from comparing.people(aspect, getattr(one, name), getattr(other, name), one, other)


PEOPLE: Final = {
    Aspect.BY: "by",
    Aspect.CHAIR: "chair",
    Aspect.RECIPIENTS: "to",
    Aspect.ATTENDEES: "attend",
    Aspect.WITH: "with_",
}


def modality(act: Act) -> Modality:
    """How strongly a duty or a prohibition binds; what the paper merely states ranks as its protocol says."""
    assert not isinstance(act.provision, Conclusion)
    return act.protocol.ranks_as(act.provision.modality)


def rank(first: int, second: int) -> Relation:
    """More is stricter."""
    if first == second:
        return Relation.SAME
    return Relation.STRICTER if first > second else Relation.LOOSER


def levels(one: Conclusion, other: Conclusion) -> Relation:
    """A higher grade of risk is stricter; other conclusions are the same or different."""
    mine, theirs = one.floor or one.value, other.floor or other.value
    if one.fact == "episode.risk" and mine in RISK and theirs in RISK:
        return rank(RISK.index(mine), RISK.index(theirs))
    return Relation.SAME if mine == theirs else Relation.DIFFERENT


def _plain(
    aspect: Aspect,
    one: Duty | Conclusion | Prohibition,
    other: Duty | Conclusion | Prohibition,
    mine: Value,
    theirs: Value,
    relation: Relation,
) -> Point:
    return Point(aspect, relation, Said(mine, ALWAYS, one.citations), Said(theirs, ALWAYS, other.citations))


def scopes(first: Protocol, second: Protocol) -> Point:
    """Whom each protocol is about: more children are stricter."""
    shared = Shared.of(first, second)
    mine, theirs = (Situation((Part("scope", each),), ()) for each in shared.scopes)
    cited = first.scope_citations, second.scope_citations
    return wider(mine, theirs, replace(shared, scopes=()), cited)


def _applies(first: Act, second: Act, shared: Shared) -> Iterator[Point]:
    """To whom each applies: wider is stricter."""
    cited = first.provision.citations, second.provision.citations
    yield wider(shared.situation(first), shared.situation(second), shared, cited)


def wider(mine: Situation, theirs: Situation, shared: Shared, cited: tuple[Citations, Citations]) -> Point:
    """To whom each of two provisions applies: wider is stricter."""
    try:
        ours, others = shared.alone(mine, theirs), shared.alone(theirs, mine)
    except TooMany:
        ours = others = UNSETTLED
    if ours is None and others is None:
        relation = Relation.SAME
    elif ours is not None and others is not None:
        relation = Relation.DIFFERENT
    else:
        relation = Relation.STRICTER if others is None else Relation.LOOSER
    return Point(
        Aspect.APPLIES,
        relation,
        Said(", ".join(ours) if ours else None, ALWAYS, cited[0]),
        Said(", ".join(others) if others else None, ALWAYS, cited[1]),
    )


def _series(one: Duty, other: Duty) -> Iterator[Point]:
    """How often: of the first stretch of each series, the shorter interval is stricter; none is silence."""
    if one.repeat is not None or other.repeat is not None:
        yield _plain(Aspect.SERIES, one, other, one.repeat, other.repeat, of_series(one.repeat, other.repeat))


def of_series(one: Repeat | None, other: Repeat | None) -> Relation:
    """Which of two series asks for more."""
    if one is None or other is None:
        return Relation.SAME if one is other else Relation.LOOSER if one is None else Relation.STRICTER
    mine, theirs = (lasting(each.phases[0].every) for each in (one, other))
    if mine[1] < theirs[0] or theirs[1] < mine[0]:
        return rank(theirs[0], mine[0])
    return Relation.SAME if _endless(one) == _endless(other) else Relation.DIFFERENT


def _endless(series: Repeat) -> Repeat:
    """The series as it would go on: when it is over is compared as an end."""
    return replace(series, phases=(*series.phases[:-1], replace(series.phases[-1], lasting=None)))


def _until(first: Act, second: Act, shared: Shared) -> Iterator[Point]:
    """When they end: what goes on for longer is stricter; nothing is told where nothing ends either."""
    one, other = first.provision, second.provision
    assert isinstance(one, Duty)
    assert isinstance(other, Duty)
    mine, theirs = ends_of(one), ends_of(other)
    if isinstance(mine, Ends) or isinstance(theirs, Ends) or mine != theirs:
        cited = [supporting(each.citations, Aspect.UNTIL) for each in (one, other)]
        relation = of_ends(first, second, shared)
        yield Point(Aspect.UNTIL, relation, Said(mine, ALWAYS, cited[0]), Said(theirs, ALWAYS, cited[1]))


class _Comparing:
    """Compares what hangs on the case, in every situation in which both provisions stand."""

    def __init__(self, first: Act, second: Act, shared: Shared) -> None:
        self.first, self.second, self.shared = first, second, shared
        self.both: tuple[Situation, Situation] = shared.situation(first), shared.situation(second)

    def deadlines(self, one: Duty, other: Duty) -> Iterator[Point]:
        def relation(mine: Value, theirs: Value) -> Relation:
            # What is told in the same words falls due otherwise only where what sets it off differs.
            return Relation.SAME if mine == theirs else compare(_due(one, mine), _due(other, theirs))

        rows = (
            self._rows(deadline_rows(one), self.first.protocol),
            self._rows(deadline_rows(other), self.second.protocol),
        )
        yield from self._each(Aspect.DEADLINE, *rows, relation)

    def people(
        self, aspect: Aspect, mine: WhoEver | None, theirs: WhoEver | None, one: Duty, other: Duty
    ) -> Iterator[Point]:
        if mine is None and theirs is None:
            return
        cited = supporting(one.citations, aspect), supporting(other.citations, aspect)
        rows = (
            self._rows(people_rows(mine, cited[0]), self.first.protocol),
            self._rows(people_rows(theirs, cited[1]), self.second.protocol),
        )

        def relation(ours: Value, others: Value) -> Relation:
            return of_people(aspect, ours, others)

        yield from self._each(aspect, *rows, relation)

    def _each(
        self, aspect: Aspect, rows: list[Row], others: list[Row], relation: Callable[[Value, Value], Relation]
    ) -> Iterator[Point]:
        for mine in rows:
            for theirs in others:
                if self._meet(mine, theirs, alone=len(rows) == len(others) == 1):
                    yield Point(aspect, relation(mine.said.value, theirs.said.value), mine.said, theirs.said)

    def _rows(self, rows: Sequence[tuple[Value, Condition, Citations]], protocol: Protocol) -> list[Row]:
        """The rows, of which the first that holds counts, in shared words."""
        found: list[Row] = []
        for value, when, citations in rows:
            before = tuple([row.when for row in found])
            found.append(Row(Said(value, when, citations), self.shared.condition(when, protocol), before))
        return found

    def _meet(self, mine: Row, theirs: Row, *, alone: bool) -> bool:
        """Whether both rows can count in one case."""
        if alone:
            return True
        ours, others = self.both
        return self.shared.holds(
            (*ours.true, *others.true, mine.when, theirs.when),
            (*mine.not_when, *theirs.not_when),
            (*ours.unless, *others.unless),
        )


def _due(duty: Duty, value: Value) -> Timing | None:
    deadline = cast("Deadline | NotStated", value)
    return due(duty, deadline)


def deadline_rows(duty: Duty) -> list[tuple[Value, Condition, Citations]]:
    """By when, row by row of its table, of which the first that holds counts."""
    found = duty.deadline
    if isinstance(found, DeadlineRows):
        return [(row.deadline, row.condition, row.citations) for row in found.rows]
    return [(found, ALWAYS, supporting(duty.citations, Aspect.DEADLINE))]


def people_rows(who: WhoEver | None, cited: Citations) -> list[tuple[Value, Condition, Citations]]:
    """Who, row by row of their table, of which the first that holds counts."""
    if isinstance(who, PeopleRows):
        return [(row.people, row.condition, row.citations) for row in who.rows]
    return [(who, ALWAYS, cited)]


# The keys of a rule that have another name than what is compared.
KEYS: Final = {Aspect.RECIPIENTS: "to", Aspect.ATTENDEES: "attend", Aspect.SERIES: "repeat"}


def supporting(citations: Citations, aspect: Aspect) -> Citations:
    """The paragraphs that carry a part of the rule; where none is told apart, all."""
    return tuple(one for one in citations if one.supports == KEYS.get(aspect, aspect)) or citations


def of_people(aspect: Aspect, mine: Value, theirs: Value) -> Relation:
    """Who is asked or told; a chair of a higher grade, and more people who are told or come, ask for more."""
    if mine is None or theirs is None or isinstance(mine, NotStated) or isinstance(theirs, NotStated):
        silent = mine in (None, NOT_STATED), theirs in (None, NOT_STATED)
        if all(silent):
            return Relation.SAME
        return Relation.SILENT_FIRST if silent[0] else Relation.SILENT_SECOND
    assert isinstance(mine, People)
    assert isinstance(theirs, People)
    ours, others = {role.name for role in mine.roles}, {role.name for role in theirs.roles}
    if mine.mode == theirs.mode and ours == others:
        return Relation.SAME
    if aspect is Aspect.CHAIR:
        return _grades(mine, theirs)
    if aspect is Aspect.BY:
        within = _are_of(mine, theirs), _are_of(theirs, mine)
        return Relation.STRICTER if within[0] else Relation.LOOSER if within[1] else Relation.DIFFERENT
    if mine.mode != "all" or theirs.mode != "all":
        return Relation.DIFFERENT
    if ours > others:
        return Relation.STRICTER
    return Relation.LOOSER if ours < others else Relation.DIFFERENT


def _are_of(people: People, whole: People) -> bool:
    """Whether these are posts of an agency, where the others are the agency itself: whoever of it acts, it acts."""
    agency = whole.roles[0] if len(whole.roles) == 1 and whole.mode != "other_than" else None
    return (
        agency is not None
        and agency.name == agency.agency
        and people.mode in ("all", "any")
        and all(role.agency == agency.agency for role in people.roles)
    )


def _grades(mine: People, theirs: People) -> Relation:
    """By the lowest grade that may take the chair, where all are on one ladder."""
    for ladder in (LADDER, POLICE_LADDER):
        ours = [ladder.index(role.grade) for role in mine.roles if role.grade in ladder]
        others = [ladder.index(role.grade) for role in theirs.roles if role.grade in ladder]
        if len(ours) == len(mine.roles) > 0 and len(others) == len(theirs.roles) > 0:
            if "other_than" in (mine.mode, theirs.mode):
                return Relation.DIFFERENT
            lowest = min(ours), min(others)
            return Relation.DIFFERENT if lowest[0] == lowest[1] else rank(*lowest)
    return Relation.DIFFERENT
