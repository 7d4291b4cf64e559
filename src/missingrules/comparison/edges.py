"""What is worth trying in a case made up for two protocols: values on each side of what their rules tell apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.comparison.timing import lasting
from missingrules.domain.clock import Instant, Length, Unit
from missingrules.domain.conditions import Counted, CountTest, FactTest, HoursTest, Known, Range, leaves
from missingrules.domain.deadlines import AtNext, Before, DeadlineRow, OnDay, Phase, SetBy, Within
from missingrules.domain.parts import parts_of
from missingrules.domain.people import People, PeopleRow, PeopleRows
from missingrules.domain.rules import Conclusion, Duty, Effect, Guard, UntilInstant
from missingrules.domain.triggers import EpisodesReach, MissingFor, OnEvent, OnInstant, OnPeriod, OnRecord, WhileMissing
from missingrules.domain.vocabulary import PLACES, FactType
from missingrules.logic.cells import START, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from missingrules.domain.case import Stamp, Value
    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Prohibition, Provision
    from missingrules.domain.vocabulary import FactWord
    from missingrules.logic.cells import Cell, Leaf

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
# A Monday in June, with no bank holiday and no change of clocks for weeks.
FIRST_DAY: Final = date(2025, 6, 2)
# Facts that a case does not give: they are worked out.
WORKED_OUT: Final = ("episode.missing", "episode.missing_for", "episode.first_episode")
# What passing time or the return turns.
_BY_TIME: Final = ("episode.missing", "episode.missing_for")
# Of counts in the hundreds no case is made.
MOST_EPISODES: Final = 8
# How many days after the first day the dates lie that a case may set: a week on, on another day of the week.
_SET: Final = 8
_OF_A_CASE: Final = ("child", "episode", "plan", "protocol")


class Happening(NamedTuple):
    """Something that may have happened: a record or an event, and what else it says."""

    record: OnRecord | None = None
    event: OnEvent | None = None
    method: str | None = None
    with_: tuple[str, ...] = ()
    fields: tuple[tuple[str, Value | Stamp], ...] = ()


class Edges(NamedTuple):
    """What can be tried: values of each fact, happenings, earlier episodes, meetings, and how long to look."""

    values: Mapping[str, tuple[Value, ...]]
    always: tuple[str, ...]  # facts that are tried although nobody asks: those of exceptions, and what sets a time
    happenings: tuple[Happening, ...]
    earlier: tuple[tuple[int, ...], ...]
    meetings: tuple[str, ...]  # of the organisation's calendar
    since: tuple[date, ...]  # from when the organisation's records may go, so that a period of each kind begins
    stays: tuple[int, ...]  # seconds away after which something turns; the last: all that passing time brings has come
    reads: frozenset[str]  # which instants of an episode any rule reads
    by_hours: bool


def edges_of(protocols: Sequence[Protocol], usual: Mapping[str, Value]) -> Edges:
    """Every value that a condition of the protocols could tell apart, and every edge of a count and of a length."""
    return _Reading(protocols).edges(usual)


class _Reading:
    """What the rules of some protocols read; one use each."""

    def __init__(self, protocols: Sequence[Protocol]) -> None:
        self.protocols = protocols
        self.facts: dict[str, FactWord] = {}
        self.tests: dict[str, list[Leaf]] = {}
        self.timed: dict[str, None] = {}  # facts and fields that give a time or a length
        self.excepted: dict[str, None] = {}
        self.counted: dict[Counted, set[int]] = {}
        self.lengths: set[int] = {0}
        self.away: set[int] = set()
        self.happenings: dict[Happening, None] = {}
        self.meetings: dict[str, None] = {}
        self.since: set[date] = set()
        self.reads: set[str] = set()
        self.by_hours = False
        self.kinds: set[str] = set()
        self.places: set[str] = set()
        self.first = False  # whether it is told apart if an episode is the first

    def edges(self, usual: Mapping[str, Value]) -> Edges:
        for protocol in self.protocols:
            self.facts |= protocol.words.facts
            provisions = [p for f in protocol.families for each in f.variants.values() for p in each]
            for provision in provisions:
                self.happenings |= dict.fromkeys(_acts(provision))
                self.excepted |= dict.fromkeys(_unasked(provision, protocol))
            for part in parts_of((protocol.scope, *provisions)):
                self._read(part, protocol)
        own = {name: _values(name, each, self.facts.get(name)) for name, each in self.tests.items() if _is_given(name)}
        own |= {name: each for name in self.timed if name not in own and (each := self._set(name)) and _is_given(name)}
        for name, found in (("episode.kind", self.kinds), ("episode.from", self.places)):
            if found:
                own[name] = tuple(dict.fromkeys((*own.get(name, ()), *sorted(found))))
        tried = (*usual, *self.excepted, *self.timed)
        return Edges(
            values=own,
            always=tuple(name for name in dict.fromkeys(tried) if name in own or name in usual),
            happenings=tuple([self._said(each) for each in self.happenings]),
            earlier=tuple(_earlier(self.counted, least=int(self.first))),
            meetings=tuple(self.meetings),
            since=tuple(sorted(self.since, reverse=True)),
            stays=(*sorted(self.away - {0}), max(self.lengths) + DAY),
            reads=frozenset(self.reads),
            by_hours=self.by_hours or "reported" in self.reads,
        )

    def _read(self, part: object, protocol: Protocol) -> None:
        match part:
            case FactTest(fact, Known()):
                # What is not known is then decided, and nobody asks.
                given = fact.removesuffix(".recorded")
                self.tests.setdefault(given, []).append(part if given == fact else replace(part, fact=given))
                self.excepted[given] = None
            case PeopleRow(condition) | DeadlineRow(condition):
                # Nor always for what says only who it is, or by when.
                self.excepted |= dict.fromkeys(_facts_in(condition))
            case Guard(kinds=kinds) | Counted(kinds=kinds):
                self.kinds |= set(kinds)
                # Where all places count, nothing tells them apart.
                named: set[str] = set(part.missing_from) if isinstance(part, Counted) else set()
                self.places |= set(PLACES) if named not in (set(), set(PLACES)) else set()
            case FactTest(fact, test):
                self.first |= fact == "episode.first_episode"
                # The level on record is what the case gives.
                given = fact.removesuffix(".recorded")
                self.tests.setdefault(given, []).append(part if given == fact else replace(part, fact=given))
                if fact == "episode.missing_for" and isinstance(test, Range):
                    self._turns([each for each in (test.low, test.high) if isinstance(each, Length)])
            case CountTest(of, test):
                ends = (test.low, test.high)
                self.counted.setdefault(of, set()).update(each for each in ends if isinstance(each, int))
            case EpisodesReach(at_least, of):
                self.counted.setdefault(of, set()).add(at_least)
            case HoursTest():
                self.by_hours = True
            case MissingFor(length, _, ends_with):
                self.reads.add(ends_with)
                if isinstance(length, Length):
                    self._turns([length])
                else:
                    self._sets(length)
            case Phase(every, None):
                # The second and third of a series tell more than the first.
                self.lengths.add(2 * lasting(every)[1])
            case Phase(every, Length() as length):
                self.lengths.add(lasting(length)[1] + 2 * lasting(every)[1])
            case OnDay(day, anchor):
                self._sets(anchor)
                self.lengths.add(day * DAY)
            case Within(_, anchor) | Before(anchor):
                self._sets(anchor)
            case SetBy(fact):
                self._sets(fact)
            case AtNext(meeting):
                self.meetings[meeting] = None
            case OnPeriod(every):
                self.since.add(next(protocol.clock.periods(every, FIRST_DAY)).first)
            case OnRecord():
                self.happenings[Happening(record=part)] = None
            case OnEvent():
                self.happenings[Happening(event=part)] = None
            case OnInstant(which) | UntilInstant(which):
                self.reads.add(which)
                self.first |= which == "first_episode"
            case WhileMissing(ends_with):
                self.reads.add(ends_with)
            case _:
                read = getattr(part, "anchor", None)
                self.reads |= {read} if isinstance(read, str) else set()

    def _turns(self, lengths: Sequence[Length]) -> None:
        """Something turns after so long away."""
        found = {lasting(each)[1] for each in lengths}
        self.lengths |= found
        self.away |= found

    def _sets(self, name: str) -> None:
        """A time is read from here: an instant of the episode, or what a fact or a field gives."""
        self.reads.add(name)
        if "." in name:
            self.timed[name] = None
            # What is set lies in time before all is looked at.
            self.lengths.add((_SET + 2) * DAY)

    def _set(self, name: str) -> tuple[Value, ...]:
        """What a fact may give as a time or a length."""
        word = self.facts.get(name)
        return () if word is None else _times(word.type)

    def _said(self, happening: Happening) -> Happening:
        """With the fields from which somebody reads a time."""
        owner = "event" if happening.event is not None else "record"
        types: dict[str, FactType] = {}
        for protocol in self.protocols:
            types |= {name: word.type for name, word in protocol.words.facts.items() if name.startswith(f"{owner}.")}
            if happening.event is not None and (event := protocol.words.events.get(happening.event.event)):
                types |= {f"event.{name}": each for name, each in event.fields.items()}
        fields = {
            name.partition(".")[2]: value
            for name in self.timed
            if name in types and name.startswith(f"{owner}.")
            for value in _times(types[name])[:1]
        }
        return happening._replace(fields=tuple(fields.items()))


def _unasked(provision: Provision, protocol: Protocol) -> Iterator[str]:
    """Facts that may matter though nobody asks: of exceptions, and where the time that passes answers for them.

    A guard that is unknown when it is read, and false once the office opens, asks nothing by the time of the answer.
    """
    guard = provision.guard
    for one in guard.unless:
        yield from _facts_in(one.condition)
    read = (guard.when, protocol.scope) if guard.in_scope else (guard.when,)
    tested = [leaf for condition in read for leaf in leaves(condition)]
    if any(not isinstance(leaf, FactTest) or leaf.fact in _BY_TIME for leaf in tested):
        for condition in read:
            yield from _facts_in(condition)


def _facts_in(condition: Condition) -> Iterator[str]:
    """The facts of a case that a condition tests; of the effective level, that on record."""
    yield from (leaf.fact.removesuffix(".recorded") for leaf in leaves(condition) if isinstance(leaf, FactTest))


def _times(type_: FactType) -> tuple[Value, ...]:
    """Times and lengths of a type, well after the first day."""
    match type_:
        case FactType.LENGTH:
            return Length(24, Unit.HOUR), Length(5, Unit.DAY)
        case FactType.DATE:
            return (FIRST_DAY + timedelta(days=_SET),)
        case FactType.INSTANT:
            # Of an instant every clock makes the same.
            return (Instant((FIRST_DAY - date(1970, 1, 1)).days * DAY + _SET * DAY + 11 * HOUR),)
    return ()


def _acts(provision: Duty | Conclusion | Prohibition) -> Iterator[Happening]:
    """Records by which what a rule asks for is done, or what it forbids."""
    if isinstance(provision, Conclusion):
        return
    action, about, method = provision.action, provision.about, provision.method
    if not isinstance(provision, Duty):
        yield Happening(record=OnRecord(action, provision.outcome, about, provision.to[:1]), method=method)
        return
    if provision.effect is Effect.AGREE:
        for named in _named(provision.with_):
            yield Happening(record=OnRecord(action, "agreed", about), method=method, with_=named)
        return
    outcomes = [None, *provision.met_by]
    if provision.effect is Effect.CONSIDER:
        outcomes.append("considered")
    if provision.effect is Effect.DECIDE:
        outcomes = ["for"]
    for named in _named(provision.to):
        for outcome in outcomes:
            yield Happening(record=OnRecord(action, outcome, about, named), method=method)


def _named(who: WhoEver | None) -> Iterator[tuple[str, ...]]:
    """Whom a record names so that it reaches everybody whom a duty wants, row by row."""
    several = [row.people for row in who.rows] if isinstance(who, PeopleRows) else [who]
    for each in several:
        names = tuple(role.name for role in each.roles) if isinstance(each, People) else ()
        yield names if isinstance(each, People) and each.mode == "all" else names[:1]


def _is_given(name: str) -> bool:
    return name not in WORKED_OUT and name.partition(".")[0] in _OF_A_CASE


def _values(name: str, tests: Sequence[Leaf], word: FactWord | None) -> tuple[Value, ...]:
    """One value of each cell into which the tests cut the fact."""
    if word is not None and all(isinstance(each, FactTest) and isinstance(each.test, Known) for each in tests):
        # Asked alone whether it is known.
        alone = _times(word.type) or ((1,) if word.type is FactType.NUMBER else ())
        if alone:
            return alone
    cells = cut(name, dict.fromkeys(tests), {} if word is None else {name: word}).cells[:-1]
    is_length = word is not None and word.type is FactType.LENGTH
    return tuple(dict.fromkeys(_value(cell, is_length=is_length) for cell in cells))


def _value(cell: Cell, *, is_length: bool) -> Value:
    if cell.values:
        return cell.values[0] or "other"
    first, behind = cell.first
    if is_length:
        return Length(max(1, first // 60 + (1 if behind or cell.first == START else 0)), Unit.MINUTE)
    return first


def _earlier(counted: Mapping[Counted, Iterable[int]], least: int) -> Iterator[tuple[int, ...]]:
    """Episodes before the last one: close together, and the first of them at the edges of each window."""
    found: dict[tuple[int, ...], None] = {}
    most = max(least, min(MOST_EPISODES, max((number for each in counted.values() for number in each), default=0)))
    for many in range(1, most + 1):
        near = tuple(range(many, 0, -1))
        found[near] = None
        for of in counted:
            if isinstance(of.window, Length):
                days = lasting(of.window)[0] // DAY
                found |= {(day, *near[1:]): None for day in (days - 1, days, days + 1) if day > many}
    yield from sorted(found, key=lambda each: (len(each), each))
