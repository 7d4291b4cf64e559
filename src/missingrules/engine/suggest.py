"""What would make a silent rule fire: the smallest change of the case at each thing that failed, proved by asking.

A change is told only if the rule fires once it, and whatever else is told with it, is made. Where no simple change
does, nothing is told.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from missingrules.domain import conditions
from missingrules.domain.case import Episode, Event, Held, Record
from missingrules.domain.clock import Instant, Length
from missingrules.domain.conditions import AtLeast, CountTest, FactTest, Is, Known, Not, Range
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    MissingFor,
    OnEvent,
    OnInstant,
    OnRecord,
    WhileMissing,
    triggers_of,
)
from missingrules.engine.wording import test_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from missingrules.domain.case import Case, Facts
    from missingrules.domain.conditions import Condition, Counted
    from missingrules.domain.rules import Duty
    from missingrules.domain.triggers import Moment, Stretch
    from missingrules.engine.facts import Reader
    from missingrules.engine.places import Place

HOUR: Final = 3600
# More changes than these are no small change any more.
MOST: Final = 4
MADE_UP: Final = "suggested"
# Worked out from other things of the case.
WORKED_OUT: Final = ("episode.missing", "episode.missing_for", "episode.first_episode", "episode.risk.recorded")


class Supposed(NamedTuple):
    """A case and the instant that is asked about."""

    case: Case
    as_of: Instant


class Change(NamedTuple):
    """One change of a case, in words, and the case with it made."""

    text: str
    asked: Supposed


class Failing(NamedTuple):
    """What a rule looked at and found wanting, and where and when it was read.

    `wanted` is whether the condition should hold: an exception should not. Of the trigger there is no condition, and of
    the dates on which a rule is in force nothing that a case could change.
    """

    what: Literal["trigger", "kind", "condition", "in force"]
    condition: Condition | None
    place: Place
    at: Instant
    wanted: bool = True


def suggestion(
    asked: Supposed, duty: Duty, look: Callable[[Supposed], tuple[Reader, Failing | None]]
) -> tuple[str, ...]:
    """The changes that make a duty fire, in words; none where it would take more than a few simple ones.

    `look` works out a case and says at what the duty fails; nothing, if it fires.
    """
    told: list[str] = []
    for _ in range(MOST + 1):
        reader, failing = look(asked)
        if failing is None:
            return tuple(told)
        change = next(_changes(reader, asked, duty, failing), None)
        if change is None or change.text in told:
            return ()
        told.append(change.text)
        asked = change.asked
    return ()


def _changes(reader: Reader, asked: Supposed, duty: Duty, failing: Failing) -> Iterator[Change]:
    if failing.what == "trigger":
        for trigger in triggers_of(duty.trigger):
            yield from _of_trigger(reader, asked, trigger, failing.place)
    elif failing.what == "kind" and isinstance(failing.condition, FactTest):
        yield from _of_fact(reader, asked, failing.condition, failing)
    elif failing.condition is not None:
        yield from _of_condition(reader, asked, failing.condition, failing)


def _of_trigger(reader: Reader, asked: Supposed, trigger: Moment | Stretch, place: Place) -> Iterator[Change]:
    """What would set it off."""
    case, as_of = asked
    episode = place.episode
    of = None if episode is None else episode.id
    match trigger:
        case OnInstant(("reported" | "located" | "returned") as which) if episode is not None:
            word = {"reported": "been reported missing", "located": "been located", "returned": "returned"}[which]
            yield Change(f"the child had {word}", Supposed(_episode(case, of, **{which: as_of}), as_of))
        case OnRecord(action, outcome, about, to, by):
            record = Record(
                id=MADE_UP, action=action, at=as_of, episode=of, outcome=outcome, about=about, to=to[:1], by=by[:1]
            )
            said = {"outcome": outcome, "about": about, "to": " or ".join(to), "by": " or ".join(by)}
            more = "".join(f", {name}: {value}" for name, value in said.items() if value)
            yield Change(
                f"{action} were on record{more}", Supposed(replace(case, records=(*case.records, record)), as_of)
            )
        case OnEvent(name, conditions.All(())):
            event = Event(event=name, at=as_of, id=MADE_UP, episode=of)
            yield Change(f"the event {name} had happened", Supposed(replace(case, events=(*case.events, event)), as_of))
        case OnEvent(name, FactTest(fact, Is((value, *_)))):
            fields = MappingProxyType({fact.removeprefix("event."): value})
            event = Event(event=name, at=as_of, id=MADE_UP, episode=of, fields=fields)
            text = f"the event {name} had happened, {fact.removeprefix('event.')}: {value}"
            yield Change(text, Supposed(replace(case, events=(*case.events, event)), as_of))
        case MissingFor(Length() as length, more_than) if episode is not None:
            reached = Instant(reader.clock.after(episode.started, length) + more_than)
            text = f"the child were missing until {_moment(reader, reached)} or longer"
            longer = _episode(case, of, returned=None, located=None)
            yield Change(text, Supposed(longer, max(as_of, reached)))
        case Becomes(test):
            yield from _of_fact(reader, asked, test, Failing("trigger", test, place, as_of))
        case EpisodesReach(at_least, counted) if episode is not None:
            row = next((each for each in reader.tally(counted).numbered() if each[0].episode is episode), None)
            if row is not None:
                yield from _more(asked, counted, at_least - row[1], episode.started)
        case WhileMissing() | _:
            return


def _of_condition(reader: Reader, asked: Supposed, condition: Condition, failing: Failing) -> Iterator[Change]:
    """What would make a condition hold, or an exception not."""
    now = reader.truth(condition, failing.place).at(failing.at)
    if now is failing.wanted or (not failing.wanted and now is not True):
        return
    match condition:
        case conditions.All(parts) | conditions.Any(parts):
            for part in parts:
                yield from _of_condition(reader, asked, part, failing)
        case Not(part):
            yield from _of_condition(reader, asked, part, failing._replace(wanted=not failing.wanted))
        case FactTest():
            yield from _of_fact(reader, asked, condition, failing)
        case CountTest(counted, test) if failing.wanted and isinstance(test.low, int):
            has = reader.tally(counted).in_window.at(failing.at)[0]
            before = failing.place.episode.started if failing.place.episode else failing.at
            yield from _more(asked, counted, test.low + (not test.low_inside) - has, before)
        case _:
            return


def _of_fact(reader: Reader, asked: Supposed, test: FactTest, failing: Failing) -> Iterator[Change]:
    case, as_of = asked
    owner, _, name = test.fact.partition(".")
    if test.fact == "child.age":
        yield from _of_age(reader, asked, test.test, failing)
        return
    if test.fact in WORKED_OUT or owner not in ("child", "episode", "plan"):
        return
    value = _value(reader, test, failing.wanted)
    if value is None:
        return
    is_ = reader.fact(test.fact, failing.place).at(failing.at)
    short = test.fact.removeprefix("episode.")
    beside = "the case does not say" if is_ is None else f"it is {_told(reader, test.fact, is_)}"
    wanted = test_text(test.test) if failing.wanted else value
    held = (Held(value),)
    if owner == "episode":
        episode = failing.place.episode
        if episode is None:
            return
        before = next(each for each in case.episodes if each.id == episode.id)
        case = _episode(case, episode.id, facts=_with(before.facts, name, held))
    elif owner == "child":
        case = replace(case, child=_with(case.child, name, held))
    else:
        case = replace(case, plan=_with(case.plan, name, held))
    yield Change(f"{short} were {wanted} ({beside})", Supposed(case, as_of))


def _of_age(reader: Reader, asked: Supposed, test: conditions.Test, failing: Failing) -> Iterator[Change]:
    """An age that is reached, or not yet passed, by another date of birth."""
    born, case = reader.seen.born, asked.case
    if not isinstance(test, Range) or not failing.wanted:
        return
    low = None if not isinstance(test.low, int) else test.low + (not test.low_inside)
    high = None if not isinstance(test.high, int) else test.high - (not test.high_inside)
    day = reader.clock.date_of(failing.at)
    if born is None:
        wanted, beside = low if low is not None else high, "the case does not give the date of birth"
    else:
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        beside = f"{age} then"
        wanted = low if low is not None and age < low else high if high is not None and age > high else None
    if wanted is None:
        return
    other = day.replace(year=day.year - wanted, day=min(day.day, 28))
    facts = _with(case.child, "date_of_birth", (Held(other),))
    text = f"the child's age were {test_text(test)} on {day.isoformat()} ({beside})"
    yield Change(text, Supposed(replace(case, child=facts), asked.as_of))


def _more(asked: Supposed, counted: Counted, missing: int, before: Instant) -> Iterator[Change]:
    """Episodes that count, shortly before the one in question."""
    if missing < 1 or not counted.missing_from:
        return
    facts: dict[str, Any] = {"kind": (Held(counted.kinds[0]),), "from": (Held(counted.missing_from[0]),)}
    earlier = tuple(
        Episode(
            id=f"{MADE_UP}-{number}",
            started=Instant(before - (number + 1) * 2 * HOUR),
            reported=Instant(before - (number + 1) * 2 * HOUR),
            returned=Instant(before - (number + 1) * 2 * HOUR + HOUR),
            facts=MappingProxyType(facts),
        )
        for number in range(missing)
    )
    case = replace(asked.case, episodes=(*asked.case.episodes, *earlier))
    window = (
        f" in {counted.window}" if isinstance(counted.window, Length | str) and counted.window != "not_stated" else ""
    )
    kinds, places = " or ".join(counted.kinds), " or ".join(counted.missing_from)
    many = "1 more episode" if missing == 1 else f"{missing} more episodes"
    yield Change(f"there were {many} before it{window} ({kinds}, from {places})", Supposed(case, asked.as_of))


def _value(reader: Reader, test: FactTest, wanted: bool) -> str | None:
    """A value that passes the test, or fails it; None where none is simple."""
    word = reader.protocol.words.facts.get(test.fact)
    known = ("true", "false") if word is None or not word.values else word.values
    match test.test:
        case Is(values) | AtLeast(_, values):
            return values[0] if wanted else next((each for each in known if each not in values), None)
        case Known() if word is not None and wanted:
            return known[0]
        case _:
            return None


def _told(reader: Reader, fact: str, value: Any) -> str:
    word = reader.protocol.words.facts.get(fact)
    if isinstance(value, tuple) and word is not None:
        return " or ".join(word.values[level] for level in value)
    return str(value)


def _moment(reader: Reader, at: Instant) -> str:
    return reader.clock.local(at).isoformat()


def _episode(case: Case, id_: str | None, **values: Any) -> Case:
    return replace(case, episodes=tuple(replace(e, **values) if e.id == id_ else e for e in case.episodes))


def _with(facts: Facts, name: str, held: tuple[Held, ...]) -> Facts:
    return MappingProxyType({**facts, name: held})
