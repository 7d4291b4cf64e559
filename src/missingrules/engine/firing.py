"""Firings: whether and when the guard lets a rule fire at what its trigger offers, and when that ends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from missingrules.domain.clock import DAY, FOREVER, Instant
from missingrules.domain.rules import Duty, FirstOf, OnBirthday, OnDay, OnRecord, UntilInstant
from missingrules.engine.acts import belongs, pulls
from missingrules.engine.offers import OF_CHILD
from missingrules.engine.places import Place
from missingrules.engine.tracks import NO, YES, Track, Truth, all_of

if TYPE_CHECKING:
    from missingrules.domain import rules
    from missingrules.engine.facts import Reader
    from missingrules.engine.offers import Chance, Offers

State = Literal["fired", "future", "undecided"]
CHILD = "child"
ORGANISATION = "organisation"


class Firing(NamedTuple):
    """A time at which rules of one trigger, guard and end fired, will fire, or may have fired, for one subject."""

    place: Place
    subject: str
    occurrence: str
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


NEVER = Ending(FOREVER, FOREVER)


def firings(reader: Reader, duty: Duty, offers: Offers) -> list[Firing]:
    """Every firing of one duty, by subject and in order of time."""
    offered = offers.of(duty)
    if not offered:
        return []
    guards, places = reader.guards(duty.guard), reader.places
    first_only = isinstance(duty.trigger, FirstOf)
    out: list[Firing] = []
    last, so_far = -1, 0
    for chance in offered:
        index, happening = chance.place, chance.happening
        if index != OF_CHILD and happening is None:
            place, guard = places[index], guards[index]
        else:
            place = Place(None if index == OF_CHILD else places[index].episode, happening)
            guard = reader.guard(duty.guard, place)
        if guard is NO:
            continue
        if index != last:
            last, so_far = index, 0
        occurrence = "1" if first_only else str(so_far + 1) if happening is None else happening.id
        if chance.period is not None:
            occurrence = chance.period
        firing = _settle(reader, duty, place, guard, chance, occurrence)
        if firing is None:
            continue
        if first_only and so_far:
            out[-1] = min(out[-1], firing, key=_first)
        else:
            out.append(firing)
        so_far += 1
    return out


def _first(firing: Firing) -> tuple[Instant, bool]:
    """Of several triggers the one that fired first counts; undecided while an earlier one is."""
    return firing.fired, firing.state == "undecided"


# --- the guard --------------------------------------------------------------------------------------------------------


def _settle(
    reader: Reader, duty: Duty, place: Place, guard: Track[Truth], chance: Chance, occurrence: str
) -> Firing | None:
    """Whether and when the guard lets the rule fire at this chance."""
    start, end = chance.start, chance.end
    if chance.certain is not None:
        guard = all_of([guard, chance.certain])
    as_of, on = reader.seen.as_of, duty.deadline
    arises = _arises(reader, on, place, start) if isinstance(on, OnDay) else start
    if end is None:
        found = _at_moment(guard, start, as_of)
        if found and arises > found[1]:
            if lifted(reader, duty, place, found[1]) <= arises:
                # An exception came to hold before the numbered day began.
                return None
            found = ("future" if found[0] == "fired" and arises > as_of else found[0], arises)
    else:
        start = max(start, arises)
        found = _in_stretch(guard, start, end, as_of)
    if found is None:
        return None
    state, fired = found
    trigger = fired if end is not None else arises if arises > start else start
    ends, maybe = until(reader, duty, place, chance.start) if duty.until else NEVER
    if ends < fired:
        return None
    if maybe < fired and maybe <= as_of:
        state = "undecided"
    subject = place.episode.id if place.episode else CHILD if chance.period is None else ORGANISATION
    return Firing(place, subject, occurrence, state, chance.start, trigger, fired, ends, maybe)


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
