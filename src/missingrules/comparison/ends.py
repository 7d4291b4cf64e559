"""When a duty ends undone: what may end it, and which of two goes on for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.timing import Timing, compare, series_over
from missingrules.domain.citations import NOT_STATED, NotStated
from missingrules.domain.comparisons import Ends, Relation
from missingrules.domain.rules import Duty, Effect, UntilInstant
from missingrules.domain.triggers import Becomes, MissingFor, OnBirthday, OnRecord, WhileMissing, triggers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.comparison.shared import Shared
    from missingrules.domain.comparisons import Act
    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Until

# Done by whatever counts as the act; a decision and an agreement want an outcome of their own.
_BY_DOING: Final = (Effect.REQUIRE, Effect.CONSIDER)
_NO_LATER: Final = (Relation.SAME, Relation.STRICTER)


class _GivesWay(NamedTuple):
    """The firing of a rule of one protocol."""

    protocol: str
    rule: str


class _Holds(NamedTuple):
    """A condition, in the words that both protocols share."""

    condition: Condition


_End = UntilInstant | OnRecord | OnBirthday | Timing | _GivesWay | _Holds


def ends_of(duty: Duty) -> Ends | NotStated | None:
    """What ends a duty that is not done; None: nothing does. Not stated, where a rule of this kind has to say so."""
    phases = () if duty.repeat is None else duty.repeat.phases
    lasting = tuple([each.lasting for each in phases if each.lasting is not None])
    over = lasting if phases and phases[-1].lasting is not None else ()
    if duty.until or over or duty.superseded_by:
        return Ends(duty.until, over, duty.superseded_by)
    return NOT_STATED if any(map(_outlives_the_return, triggers_of(duty.trigger))) else None


def of_ends(first: Act, second: Act, shared: Shared) -> Relation:
    """Which of two duties goes on for longer: whatever ends the one has, at the latest then, ended the other."""
    one, other = first.provision, second.provision
    assert isinstance(one, Duty)
    assert isinstance(other, Duty)
    silent = ends_of(one) is NOT_STATED, ends_of(other) is NOT_STATED
    if any(silent):
        return Relation.SAME if all(silent) else Relation.SILENT_FIRST if silent[0] else Relation.SILENT_SECOND
    mine, theirs = (tuple(_ends(each, shared)) for each in (first, second))
    longer = all(any(_no_later(other, end, shared) for other in theirs) for end in mine)
    shorter = all(any(_no_later(end, other, shared) for end in mine) for other in theirs)
    if longer and shorter:
        return Relation.SAME
    return Relation.STRICTER if longer else Relation.LOOSER if shorter else Relation.DIFFERENT


def _outlives_the_return(trigger: object) -> bool:
    """Of these a rule says what ends it, or that its paper does not."""
    if isinstance(trigger, Becomes):
        return trigger.test.fact.startswith("episode.")
    return isinstance(trigger, WhileMissing | MissingFor)


def _ends(act: Act, shared: Shared) -> Iterator[_End]:
    duty = act.provision
    assert isinstance(duty, Duty)
    for part in duty.until:
        if not (isinstance(part, OnRecord) and _does_it(part, act)):
            yield _end(part, act, shared)
    over = series_over(duty)
    if over is not None:
        yield over
    if duty.superseded_by:
        yield _GivesWay(act.protocol.name, duty.superseded_by)


def _does_it(record: OnRecord, act: Act) -> bool:
    """Whether a record that is said to end the duty does what it asks for."""
    duty = act.provision
    assert isinstance(duty, Duty)
    done_by = (duty.action, *act.protocol.words.actions[duty.action].also)
    alike = duty.method is None and duty.about in (None, record.about)
    return alike and record.outcome is None and record.action in done_by and duty.effect in _BY_DOING


def _end(part: Until, act: Act, shared: Shared) -> _End:
    if isinstance(part, UntilInstant | OnRecord | OnBirthday):
        return part
    return _Holds(shared.condition(part, act.protocol))


def _no_later(one: _End, other: _End, shared: Shared) -> bool:
    """Whether the first has come whenever the second has, in every case.

    A child may be back who was never located, so that of the two neither is the later.
    """
    match one, other:
        case Timing(), Timing():
            return compare(one, other) in _NO_LATER
        case OnBirthday(age), OnBirthday(later):
            return age <= later
        case OnRecord(), OnRecord():
            alike = (one.action, one.outcome) == (other.action, other.outcome)
            named = set(one.to) <= set(other.to) and set(one.by) <= set(other.by)
            return alike and one.about in (None, other.about) and named
        case _Holds(), _Holds():
            return not shared.holds((other.condition,), unless=(one.condition,))
    return one == other
