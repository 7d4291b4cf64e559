"""Firings: whether and when the guard lets a rule fire at what its trigger offers, and when that ends."""

from __future__ import annotations

from datetime import date
from heapq import merge
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from missingrules.domain.clock import DAY, FOREVER, Instant
from missingrules.domain.deadlines import OnDay
from missingrules.domain.rules import Duty, UntilInstant
from missingrules.domain.triggers import FirstOf, OnBirthday, OnRecord
from missingrules.engine.acts import belongs, pulls
from missingrules.engine.agenda import only_instants
from missingrules.engine.offers import OF_CHILD, OF_ORGANISATION
from missingrules.engine.places import Place
from missingrules.engine.tracks import NO, YES, Track, Truth, all_of

if TYPE_CHECKING:
    from missingrules.domain import rules
    from missingrules.domain.conditions import HoursTest
    from missingrules.engine.facts import Reader
    from missingrules.engine.offers import Chance

State = Literal["fired", "future", "undecided"]
Settled = tuple[State, Instant, Instant]  # how it fired, from where acts and deadlines count, and when
CHILD = "child"
ORGANISATION = "organisation"


class Firing(NamedTuple):
    """A time at which rules of one trigger, guard and end fired, will fire, or may have fired, for one subject."""

    place: Place
    subject: str
    episode: str | None
    occurrence: str
    ending: str  # how the keys of obligations end: subject and occurrence
    state: State
    began: Instant  # the moment, or the start of the stretch
    trigger: Instant  # from where acts and deadlines count
    fired: Instant  # when the guard was first true, or from when it is unknown
    until: Instant
    until_maybe: Instant


class Ending(NamedTuple):
    """When an `until` came: for certain, and perhaps."""

    certain: Instant
    maybe: Instant


# A named tuple from a plain one, without its own Python constructor: these are made by the thousand.
make: Final = tuple.__new__


def firings(reader: Reader, duty: Duty, offered: list[Chance]) -> list[Firing]:
    """Every firing of one duty at what its trigger offers, by subject and in order of time."""
    if not offered:
        return []
    places, as_of = reader.places, reader.seen.as_of
    by_hours = reader.but_hours(duty.guard)
    guards = reader.guards(duty.guard) if by_hours is None else by_hours[0]
    first_only, numbered = isinstance(duty.trigger, FirstOf), isinstance(duty.deadline, OnDay)
    instants = only_instants(duty)
    of_episodes = offered[0].happening is None and offered[-1].place < OF_CHILD
    if of_episodes and not (first_only or numbered or by_hours or isinstance(guards, list) or instants is None):
        return _of_episodes(reader, guards, offered, instants)
    out: list[Firing] = []
    last, so_far = -1, 0
    settled: Settled | None
    state: State
    for chance in offered:
        index, start, end, certain, happening, period = chance
        if index >= OF_CHILD:
            place = Place(None, happening, index == OF_ORGANISATION)
        else:
            place = places[index] if happening is None else Place(places[index].episode, happening)
        plain = happening is None and index < OF_CHILD
        if plain and (by_hours is None or (end is None and not numbered)):
            guard = guards[index] if isinstance(guards, list) else guards
        else:
            guard = reader.guard(duty.guard, place)
        if certain is not None:
            guard = all_of((guard, certain))
        if guard is NO:
            continue
        if by_hours is not None and plain and end is None and not numbered:
            settled = _by_hours(reader, guard, by_hours[1], start)
        else:
            if numbered:
                settled = _settle_numbered(reader, duty, place, guard, chance)
            else:
                settled = _settle(guard, start, end, as_of)
        if settled is None:
            continue
        state, trigger, fired = settled
        if instants is None:
            ends, maybe = until(reader, duty, place, start)
        else:
            ends = maybe = FOREVER
            for name in instants:
                when = place.episode.instant(name) if place.episode else None
                if when is not None and when < ends:
                    ends = maybe = when
        if ends < fired:
            continue
        if maybe < fired and maybe <= as_of:
            state = "undecided"
        if index != last:
            last, so_far = index, 0
        episode = place.episode.id if place.episode else None
        subject = ORGANISATION if place.organisation else episode or CHILD
        if happening is None:
            occurrence = period or ("1" if first_only or not so_far else str(so_far + 1))
        else:
            occurrence = "1" if first_only else happening.id
        ending = f"{subject}/{occurrence}"
        firing = make(
            Firing,
            (place, subject, episode, occurrence, ending, state, start, trigger, fired, ends, maybe),
        )
        if first_only and so_far:
            out[-1] = min(out[-1], firing, key=_first)
        else:
            out.append(firing)
        so_far += 1
    return out


def _of_episodes(reader: Reader, guard: Track[Truth], offered: list[Chance], instants: tuple[str, ...]) -> list[Firing]:
    """The commonest by far: one guard for all episodes, and no end but instants of theirs."""
    as_of, ends, heads = reader.seen.as_of, reader.ends(instants), reader.heads
    at_first, turns = guard.values[0], guard.times[1] if len(guard.times) > 1 else FOREVER
    out: list[Firing] = []
    last, so_far = -1, 0
    state: State
    for index, start, end, certain, _, _ in offered:
        if certain is None and at_first and start < turns and (end is None or start <= end):
            state, trigger, fired = "fired" if start <= as_of else "future", start, start
        elif certain is None and at_first is None and start < turns > as_of and (end is None or start <= end):
            state, trigger, fired = "undecided", start, start
        else:
            own = guard if certain is None else all_of((guard, certain))
            settled = None if own is NO else _settle(own, start, end, as_of)
            if settled is None:
                continue
            state, trigger, fired = settled
        closes = ends[index]
        if closes < fired:
            continue
        so_far = so_far + 1 if index == last else 1
        last = index
        place, episode, ending = heads[index]
        occurrence = "1"
        if so_far > 1:
            occurrence, ending = str(so_far), f"{episode}/{so_far}"
        out.append(
            make(
                Firing,
                (place, episode, episode, occurrence, ending, state, start, trigger, fired, closes, closes),
            )
        )
    return out


def _first(firing: Firing) -> tuple[Instant, bool]:
    """Of several triggers the one that fired first counts; undecided while an earlier one is."""
    return firing.fired, firing.state == "undecided"


# --- the guard --------------------------------------------------------------------------------------------------------


def _by_hours(reader: Reader, guard: Track[Truth], hours: list[HoursTest], moment: Instant) -> Settled | None:
    """At a moment that must also lie in the hours of an office, or outside them."""
    as_of = reader.seen.as_of

    def holds(when: Instant) -> Truth:
        return guard.at(when) if reader.inside(hours, when) else False

    value = holds(moment)
    if value is None and moment <= as_of:
        turns = merge((when for when in guard.times if when > moment), reader.edges(hours, moment, as_of))
        known = next((when for when in turns if when <= as_of and holds(when) is not None), None)
        if known is not None:
            return ("fired", moment, known) if holds(known) else None
    if value is False:
        return None
    return "undecided" if value is None else "fired" if moment <= as_of else "future", moment, moment


def _settle(guard: Track[Truth], start: Instant, end: Instant | None, as_of: Instant) -> Settled | None:
    """Whether and when the guard lets the rule fire at a moment, or in a stretch."""
    value, turns = guard.values[0], guard.times[1] if len(guard.times) > 1 else FOREVER
    if start < turns and (end is None or start <= end):
        # What it was at first it is at the start.
        if value:
            return "fired" if start <= as_of else "future", start, start
        if value is None and turns > as_of:
            return "undecided", start, start
    if end is None:
        found = _at_moment(guard, start, as_of)
        return found and (found[0], start, found[1])
    found = _in_stretch(guard, start, end, as_of)
    return found and (found[0], found[1], found[1])


def _settle_numbered(reader: Reader, duty: Duty, place: Place, guard: Track[Truth], chance: Chance) -> Settled | None:
    """The same of a duty on a numbered day, which arises only when that day begins."""
    start, end, as_of = chance.start, chance.end, reader.seen.as_of
    assert isinstance(duty.deadline, OnDay)
    arises = _arises(reader, duty.deadline, place, start)
    if end is not None:
        return _settle(guard, max(start, arises), end, as_of)
    found = _at_moment(guard, start, as_of)
    if found and arises > found[1]:
        if lifted(reader, duty, place, found[1]) <= arises:
            # An exception came to hold before the numbered day began.
            return None
        found = ("future" if found[0] == "fired" and arises > as_of else found[0], arises)
    return found and (found[0], max(arises, start), found[1])


def lifted(reader: Reader, duty: Duty, place: Place, start: Instant) -> Instant:
    """The first instant from `start` at which an exception is known to hold; FOREVER if none comes to."""
    if not duty.guard.unless:
        return FOREVER
    track = reader.excepted(duty.guard, place)
    when = None if track is NO else track.first(_true, start)
    return FOREVER if when is None else when


def _at_moment(guard: Track[Truth], moment: Instant, as_of: Instant) -> tuple[State, Instant] | None:
    if moment > as_of:
        value = guard.at(moment)
        return None if value is False else ("future" if value else "undecided", moment)
    value = True if guard is YES else guard.at(moment)
    if value is not None:
        return ("fired", moment) if value else None
    known = guard.first(_known, moment, as_of)
    if known is None:
        return "undecided", moment
    return ("fired", known) if guard.at(known) else None


def _in_stretch(guard: Track[Truth], start: Instant, end: Instant, as_of: Instant) -> tuple[State, Instant] | None:
    if start > end:
        return None
    if guard is YES:
        return ("fired" if start <= as_of else "future"), start
    if start <= as_of:
        fired = guard.first(_true, start, min(end, as_of))
        if fired is not None:
            return "fired", fired
        last = min(end, as_of)
        if guard.at(last) is None:
            return "undecided", max(start, guard.since(last))
        start = Instant(as_of + 1)
    ahead = guard.first(_not_false, start, end)
    if ahead is None:
        return None
    return "future" if guard.at(ahead) else "undecided", ahead


def _true(value: Truth) -> bool:
    return value is True


def _known(value: Truth) -> bool:
    return value is not None


def _not_false(value: Truth) -> bool:
    return value is not False


def _arises(reader: Reader, on: OnDay, place: Place, start: Instant) -> Instant:
    """00:00 of a numbered day, or the trigger's own start if that is later."""
    if on.anchor in ("trigger", "birthday", "undone", "event", "record"):
        return max(start, numbered_day(reader, start, on))
    if "." in on.anchor:
        value = reader.fact(on.anchor, place).at(start)
        anchor = reader.clock.midnight(value) if isinstance(value, date) else value
    else:
        anchor = place.episode.instant(on.anchor) if place.episode else None
    return start if anchor is None else max(start, numbered_day(reader, anchor, on))


def numbered_day(reader: Reader, anchor: Instant, on: OnDay) -> Instant:
    """00:00 of day N, the anchor's own date being day `first_day_is`."""
    return reader.clock.midnight(reader.clock.date_of(anchor) + DAY * (on.day - on.first_day_is))


# --- until ------------------------------------------------------------------------------------------------------------


def until(reader: Reader, duty: Duty, place: Place, began: Instant) -> Ending:
    """When the first `until` of a duty came or comes, counted from the beginning of its trigger."""
    certain = maybe = FOREVER
    for part in duty.until:
        one = _until(reader, part, place, began)
        certain, maybe = min(certain, one.certain), min(maybe, one.maybe)
    return Ending(certain, min(certain, maybe))


def _until(reader: Reader, part: rules.Until, place: Place, began: Instant) -> Ending:
    match part:
        case UntilInstant(which):
            when = place.episode.instant(which) if place.episode else None
            return Ending(FOREVER if when is None else when, FOREVER)
        case OnRecord(action):
            certain = maybe = FOREVER
            for act in reader.seen.acts.get(action, ()):
                if act.at >= began and pulls(part, act, reader.protocol.words):
                    ours = belongs(act, place.episode, reader.seen)
                    if ours:
                        certain = min(certain, act.at)
                    elif ours is None:
                        maybe = min(maybe, act.at)
            return Ending(certain, maybe)
        case OnBirthday(age):
            born = reader.seen.born
            if born is None:
                return Ending(FOREVER, began)
            return Ending(reader.clock.birthday(born, age), FOREVER)
        case _:
            track = reader.truth(part, place)
            sure = track.first(_true, began)
            now = max(began, reader.seen.as_of)
            # Unknown for a while and known by now: it counts by what it is.
            open_ = max(began, track.since(now)) if track.at(now) is None else track.first(_not_false, now)
            return Ending(FOREVER if sure is None else sure, FOREVER if open_ is None else open_)
