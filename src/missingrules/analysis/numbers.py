"""The numbers of a protocol's rules, and the same protocol with one of them a little less or more.

A number that several rules share, through a table, a convention or the scope, is one number.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.analysis.sites import Site, changed, citations, in_scope, supporting, usual
from missingrules.domain.clock import Length, Unit
from missingrules.domain.conditions import All, Counted, CountTest, FactTest, Range
from missingrules.domain.coverage import Number
from missingrules.domain.deadlines import DeadlineRow, OnDay, Phase, Within
from missingrules.domain.people import PeopleRow
from missingrules.domain.rules import Duty
from missingrules.domain.triggers import EpisodesReach, MissingFor, OnBirthday
from missingrules.engine.wording import condition_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.analysis.sites import Steps
    from missingrules.domain.citations import Citations
    from missingrules.domain.conditions import Condition
    from missingrules.domain.coverage import Side
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Provision

SIDES: Final[tuple[Side, Side]] = ("less", "more")
# Of the numbers that a fact may be, those that are looked at.
MOST: Final = 200
# Where numbers stand, in the order in which a rule is read. All else of a provision is shown, or says where it is from.
SECTIONS: Final = ("trigger", "guard", "until", "by", "chair", "attend", "to", "with_", "deadline", "repeat")


class Sited(NamedTuple):
    """A number, all its places, and by side the value that would take its place."""

    number: Number
    sites: tuple[Site, ...]
    neighbours: Mapping[Side, object]


class _Found(NamedTuple):
    """A number on its way: what makes it the same as another, and where it is."""

    identity: object
    section: str
    value: object
    holder: object
    citations: Citations
    site: Site
    # A condition for firing, of a rule that the scope limits too.
    in_scope: bool = False
    row: str = ""


def numbers_of(protocol: Protocol) -> tuple[Sited, ...]:
    """Every number of the rules that stand under the default readings, in the order of the rules."""
    options = usual(protocol)
    groups: dict[object, list[_Found]] = {}
    for found in _all(protocol):
        groups.setdefault(found.identity, []).append(found)
    made = []
    for group in groups.values():
        standing = [found for found in group if found.site.options == options.get(found.site.rule, ())]
        if not standing:
            continue
        first = standing[0]
        rules = dict.fromkeys(found.site.rule for found in standing)
        if first.section == "scope":
            rules = dict.fromkeys(in_scope(protocol, options))
        sides = {
            side: near
            for side in SIDES
            if (near := _next(first, side)) is not None
            and not (first.in_scope and _is_same_in(protocol.scope, first.holder, near))
        }
        beside = MappingProxyType({side: _said(near, first.holder) for side, near in sides.items()})
        text = _said(first.value, first.holder)
        number = Number(tuple(rules), first.section, text, first.citations, beside, first.row)
        made.append(Sited(number, tuple(found.site for found in group), MappingProxyType(sides)))
    return tuple(made)


def mutant(protocol: Protocol, sited: Sited, side: Side) -> Protocol:
    """The protocol with what stands on one side of a number in its place; of rules that it has not, nothing changes."""
    value = sited.neighbours[side]
    return changed(protocol, [(site, value) for site in sited.sites])


# --- finding them -----------------------------------------------------------------------------------------------------


def _all(protocol: Protocol) -> Iterator[_Found]:
    for steps, value, chain in _inside(protocol.scope, (), ()):
        site = Site("", (), 0, steps)
        yield _Found(("scope", steps), "scope", value, _holder(chain), protocol.scope_citations, site)
    # What is inherited is tried where it stands.
    for family in protocol.own:
        for options, provisions in family.variants.items():
            for index, provision in enumerate(provisions):
                for section in SECTIONS:
                    for steps, value, chain in _inside(getattr(provision, section, None), (section,), ()):
                        site = Site(family.id, options, index, steps)
                        yield _found(protocol, provision, value, chain, site)


def _found(protocol: Protocol, provision: Provision, value: object, chain: tuple[object, ...], site: Site) -> _Found:
    section, own, holder = str(site.steps[0]), _own(site.steps), _holder(chain)
    cited = citations(provision, section)
    in_scope = section == "guard" and provision.guard.in_scope
    row = next((each for each in chain if isinstance(each, DeadlineRow | PeopleRow)), None)
    if row is not None:
        # A table's rows give several keys, each of which the row's paragraphs then support.
        refs = tuple((each.document, each.paragraph) for each in row.citations)
        identity: object = ("row", row.condition, refs, holder, own)
        return _Found(identity, section, value, holder, row.citations, site, in_scope, condition_text(row.condition))
    counted = protocol.conventions.get("counted")
    if isinstance(holder, Counted) and counted and value == counted.window and leans(provision):
        identity = ("convention", value)
    else:
        identity = (site.rule, section, holder, own, supporting(provision.citations, section))
    return _Found(identity, section, value, holder, cited, site, in_scope)


def _inside(
    part: object, steps: Steps, chain: tuple[object, ...]
) -> Iterator[tuple[Steps, object, tuple[object, ...]]]:
    """The numbers of a part: the way to each, its value, and all that it stands in, the nearest last."""
    match part:
        case tuple():
            for index, one in enumerate(part):
                yield from _inside(one, (*steps, index), chain)
        case Range(low, _, high, _) if low is not None and low == high:
            # `18` alone: both ends move together.
            yield steps, part, chain
        case Range() | Within() | MissingFor() | Phase() | Counted() | EpisodesReach() | OnBirthday() | OnDay():
            for own in fields(part):
                value = getattr(part, own.name)
                here = (*steps, own.name)
                if isinstance(value, Length) or (type(value) is int and own.name != "first_day_is"):
                    yield here, value, (*chain, part)
                else:
                    yield from _inside(value, here, (*chain, part))
        case _ if is_dataclass(part):
            for own in fields(part):
                if own.name not in ("citations", "in_force"):
                    yield from _inside(getattr(part, own.name), (*steps, own.name), (*chain, part))
        case _:
            pass


def _holder(chain: tuple[object, ...]) -> object:
    """What gives a number its meaning: the test, count, trigger, length or phase it stands in."""
    test = next((each for each in reversed(chain) if isinstance(each, FactTest | CountTest)), None)
    return chain[-1] if test is None or isinstance(chain[-1], Counted) else test


def _own(steps: Steps) -> Steps:
    """The end of the way, within the holder; of a series also which phase."""
    return steps[-2:] if steps[0] == "repeat" else steps[-1:]


def leans(provision: Provision) -> bool:
    """Whether what it counts may be what the convention says once for the whole file."""
    return not isinstance(provision, Duty) or "counted" in provision.conventions


# --- what stands next to them -----------------------------------------------------------------------------------------


def _next(found: _Found, side: Side) -> object:
    """The nearest value on one side that would mean something else, or None where there is none."""
    by = -1 if side == "less" else 1
    value, holder = found.value, found.holder
    if isinstance(value, Range):
        near = _beside(value.low, by)
        return None if near is None else replace(value, low=near, high=near)
    if isinstance(value, int):
        least = 0
        if isinstance(holder, EpisodesReach | OnBirthday):
            least = 1
        elif isinstance(holder, OnDay):
            least = holder.first_day_is
        return value + by if value + by >= least else None
    assert isinstance(value, Length)
    near = _beside(value, by)
    assert isinstance(near, Length)
    if near.count == 0 and (
        near.unit is Unit.MINUTE
        or isinstance(holder, Phase | Counted)
        or (isinstance(holder, Within) and holder.same_day_counts)
    ):
        return None
    return near


def _is_same_in(scope: Condition, holder: object, near: object) -> bool:
    """Whether a test of a number with its neighbour passes the same as it does, of all that the scope lets through."""
    if not (isinstance(holder, FactTest) and isinstance(holder.test, Range)):
        return False
    test = holder.test
    ends = (test.low, test.high)
    if any(isinstance(end, Length) for end in ends):
        return False
    if isinstance(near, Range):
        changed = near
    else:
        assert isinstance(near, int)
        changed = replace(test, high=near) if test.low is None else replace(test, low=near)
    scopes = scope.parts if isinstance(scope, All) else (scope,)
    limits = [s.test for s in scopes if isinstance(s, FactTest) and s.fact == holder.fact and isinstance(s.test, Range)]
    inside = [n for n in range(MOST) if all(_passes(n, limit) for limit in limits)]
    return bool(limits) and all(_passes(n, test) == _passes(n, changed) for n in inside)


def _passes(number: int, test: Range) -> bool:
    low, high = test.low, test.high
    assert not isinstance(low, Length)
    assert not isinstance(high, Length)
    return (low is None or number > low or (test.low_inside and number == low)) and (
        high is None or number < high or (test.high_inside and number == high)
    )


def _beside(value: int | Length | None, by: int) -> int | Length | None:
    """One more or less: of the finest that the clock of the unit tells apart."""
    if not isinstance(value, Length):
        return None if value is None else value + by
    match value.unit:
        case Unit.MINUTE | Unit.HOUR:
            minutes = value.count * (60 if value.unit is Unit.HOUR else 1)
            return Length(minutes + by, Unit.MINUTE)
        case Unit.DAY | Unit.WORKING_DAY:
            return Length(value.count + by, value.unit)
        case Unit.WEEK:
            return Length(value.count * 7 + by, Unit.DAY)
        case _:
            return replace(value, days=value.days + by)


def _said(value: object, holder: object) -> str:
    """A number as a rule has it, in words."""
    text = _text(value)
    match holder:
        case OnDay():
            return f"day {text}"
        case OnBirthday():
            return f"the birthday {text}"
        case EpisodesReach():
            return f"at least {text} {'episode' if text == '1' else 'episodes'}"
        case Counted():
            return f"a window of {text}"
        case MissingFor(more_than=more_than):
            return f"missing for {'more than' if more_than else 'at least'} {text}"
        case FactTest(fact, Range() as test):
            return f"{fact} {_compared(test)}{text}"
        case CountTest(_, test):
            return f"episodes: {_compared(test)}{text}"
        case _:
            return text


def _compared(test: Range) -> str:
    if test.low == test.high:
        return ""
    if test.low is not None:
        return "at least " if test.low_inside else "more than "
    return "up to " if test.high_inside else "under "


def _text(value: object) -> str:
    if isinstance(value, Range):
        return _text(value.low)
    if isinstance(value, Length) and value.unit is Unit.MINUTE and value.count > 60:
        hours, minutes = divmod(value.count, 60)
        return str(Length(hours, Unit.HOUR)) + (f" {Length(minutes, Unit.MINUTE)}" if minutes else "")
    return str(value)
