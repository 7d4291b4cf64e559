"""Whether a changed rule means the same in every case: proved by trying every combination of what its conditions read.

A fact has each of its values, or is not known; a level may also be known only from some level up. What no fact settles,
a count or the hours of an office, holds, does not, or is not known, freely. So nothing is called the same that differs
anywhere; what cannot be gone through is called different.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from missingrules.analysis.sites import put
from missingrules.domain import conditions
from missingrules.domain.clock import Length
from missingrules.domain.conditions import AtLeast, FactTest, Is, Known, Not, Range, leaves
from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Duty, Guard
from missingrules.domain.triggers import Becomes, OnEvent
from missingrules.domain.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from missingrules.analysis.mutants import Mutant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

# More combinations than these are not gone through.
MOST: Final = 1 << 15
# All that a fact may be: the values that are possible, none for one that is not known.
Possible = tuple[object, ...]
Case = dict[object, Possible]
Truth = bool | None
UNKNOWN: Final[Possible] = ()


def is_same(protocol: Protocol, mutant: Mutant) -> bool:
    """Whether the change changes nothing in any case, in every place where it is made."""
    families = {family.id: family for family in protocol.families}
    for site, value in mutant.places:
        if not site.rule:
            return False
        before = families[site.rule].variants[site.options][site.provision]
        after = put(before, site.steps, value)
        if not _means_the_same(protocol, before, after, str(site.steps[0])):
            return False
    return True


def _means_the_same(protocol: Protocol, before: Provision, after: Provision, section: str) -> bool:
    was, now = getattr(before, section), getattr(after, section)
    if isinstance(was, Guard):
        if (was.kinds, was.in_force) != (now.kinds, now.in_force):
            return False
        assumed = _assumed(before)
        read = [*_read_by(was), *_read_by(now), *assumed]
        if was.in_scope:
            read.append(protocol.scope)
            assumed.append(protocol.scope)
        return _alike(protocol, read, lambda case: _fires(was, assumed, case) == _fires(now, assumed, case))
    if isinstance(was, PeopleRows | DeadlineRows) and isinstance(now, PeopleRows | DeadlineRows):
        read = [row.condition for rows in (was, now) for row in rows.rows]
        return _alike(protocol, read, lambda case: _chosen(was, case) == _chosen(now, case))
    return False


def _alike(protocol: Protocol, read: Iterable[Condition], agrees: Callable[[Case], bool]) -> bool:
    """Whether something agrees in every case."""
    values: dict[object, tuple[Possible, ...]] = {}
    tests = [leaf for condition in read for leaf in leaves(condition)]
    for test in tests:
        key = _key(test)
        if key not in values:
            same = [each for each in tests if _key(each) == key]
            values[key] = tuple(_values(protocol, key, same))
    count = 1
    for possible in values.values():
        count *= len(possible)
    if count > MOST:
        return False
    return all(agrees(dict(zip(values, case, strict=True))) for case in product(*values.values()))


def _assumed(provision: Provision) -> list[Condition]:
    """What holds whenever the trigger offers a moment."""
    match provision:
        case Duty(trigger=Becomes(test)):
            return [test]
        case Duty(trigger=OnEvent(_, tests)):
            return [tests]
        case _:
            return []


def _read_by(guard: Guard) -> Iterator[Condition]:
    yield guard.when
    yield from (each.condition for each in guard.unless)


def _fires(guard: Guard, assumed: Iterable[Condition], case: Case) -> Truth:
    """Whether it may fire: an exception stops it only while known true."""
    exceptions = [truth(each.condition, case) is not True for each in guard.unless]
    return _all([truth(guard.when, case), *exceptions, *(truth(each, case) for each in assumed)])


def _chosen(rows: PeopleRows | DeadlineRows, case: Case) -> list[object]:
    """What the rows give: of the first that holds, and of those before it that may hold."""
    found: list[object] = []
    for row in rows.rows:
        holds = truth(row.condition, case)
        if holds is not False:
            given = row.people if hasattr(row, "people") else row.deadline
            if (given, row.citations) not in found:
                found.append((given, row.citations))
        if holds:
            break
    return found


# --- three-valued ----------------------------------------------------------------------------------------------------


def truth(condition: Condition, case: Mapping[object, Possible]) -> Truth:
    """Whether a condition holds where facts are known so far; None: not known."""
    match condition:
        case conditions.All(parts):
            return _all([truth(part, case) for part in parts])
        case conditions.Any(parts):
            return _not(_all([_not(truth(part, case)) for part in parts]))
        case Not(part):
            return _not(truth(part, case))
        case FactTest(_, test):
            return _passes(test, case[_key(condition)])
        case _:
            return _passes(None, case[_key(condition)])


def _passes(test: conditions.Test | None, possible: Possible) -> Truth:
    if isinstance(test, Known):
        return len(possible) == 1
    held = {_holds(test, value) for value in possible}
    return held.pop() if len(held) == 1 else None


def _holds(test: conditions.Test | None, value: object) -> bool:
    if isinstance(value, bool):
        return value
    match test:
        case Is(values):
            return value in values
        case AtLeast(_, levels):
            return value in levels
        case Range(low, low_inside, high, high_inside) if isinstance(value, int):
            assert not isinstance(low, Length)
            assert not isinstance(high, Length)
            return (low is None or value > low or (low_inside and value == low)) and (
                high is None or value < high or (high_inside and value == high)
            )
        case _:
            return False


def _all(truths: list[Truth]) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _key(test: FactTest | conditions.CountTest | conditions.HoursTest) -> object:
    """What settles a test: its fact, or where no single value does, the test itself."""
    return test if not isinstance(test, FactTest) or _is_of_length(test) else test.fact


def _is_of_length(test: FactTest) -> bool:
    return isinstance(test.test, Range) and any(isinstance(end, Length) for end in (test.test.low, test.test.high))


def _values(protocol: Protocol, key: object, tests: Iterable[object]) -> Iterator[Possible]:
    """All that the key may be."""
    if not isinstance(key, str):
        yield from (UNKNOWN, (True,), (False,))
        return
    word = protocol.words.facts.get(key)
    named: dict[object, None] = {}
    if word is not None and word.type is FactType.YES_NO:
        named |= dict.fromkeys(("true", "false"))
    elif word is not None:
        named |= dict.fromkeys(word.values)
    for test in (each.test for each in tests if isinstance(each, FactTest)):
        match test:
            case Is(values) | AtLeast(_, values):
                named |= dict.fromkeys(values)
            case Range(low, _, high, _):
                ends = [end for end in (low, high) if isinstance(end, int)]
                named |= dict.fromkeys(end + by for end in ends for by in (-1, 0, 1))
            case _:
                pass
    if word is None or (not word.values and word.type is not FactType.YES_NO):
        named["anything else"] = None
    yield UNKNOWN
    yield from ((value,) for value in named)
    if word is not None and word.type is FactType.SCALE:
        yield from (word.values[at:] for at in range(len(word.values) - 1))
