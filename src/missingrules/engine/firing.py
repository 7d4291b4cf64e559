"""Triggers: when a rule speaks, for whom, and whether its guard lets it fire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from missingrules.domain.clock import BEFORE_ALL, DAY, FOREVER, Instant, Length
from missingrules.domain.rules import (
    Becomes,
    Duty,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnDay,
    OnEvent,
    OnInstant,
    OnRecord,
    OnUndone,
    UntilInstant,
    WhileMissing,
    triggers_of,
)
from missingrules.engine.acts import belongs, pulls
from missingrules.engine.places import CHILD as CHILD_PLACE
from missingrules.engine.places import Place
from missingrules.engine.tracks import NO, UNKNOWN, YES, Track, Truth, all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from missingrules.domain import rules
    from missingrules.engine.facts import Reader
    from missingrules.engine.seen import Happening, SeenEpisode

State = Literal["fired", "future", "undecided"]
CHILD = "child"
# Sorts after every episode.
CHILD_LAST = 1 << 30


class Undone(NamedTuple):
    """An obligation whose due instant passed, or will pass, with nothing recorded: the moment after it."""

    at: Instant
    episode: str | None
    open: bool  # whether it was so far neither passed nor decided


class Chance(NamedTuple):
    """A moment (`end` is None) or a stretch, both ends inside, at which a rule may fire."""

    start: Instant
    end: Instant | None
    certain: Track[Truth] | None = None  # what else must hold; None: nothing
    happening: Happening | None = None


@dataclass(slots=True)
class Firing:
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


def firings(reader: Reader, duty: Duty, undone: Callable[[str], list[Undone]]) -> list[Firing]:
    """Every firing of one duty, by subject and in order of time."""
    out: list[Firing] = []
    for place, offered in offers(reader, duty, undone):
        found = [f for chance in offered if (f := _settle(reader, duty, place, chance)) is not None]
        if isinstance(duty.trigger, FirstOf):
            found = _first(found)
        for number, firing in enumerate(found, 1):
            if not firing.occurrence:
                firing.occurrence = str(number)
        out += found
    return out


def offers(reader: Reader, duty: Duty, undone: Callable[[str], list[Undone]]) -> list[tuple[Place, list[Chance]]]:
    """Every moment and stretch that the trigger offers, for each episode and then for the child."""
    triggers = triggers_of(duty.trigger)
    by_place: dict[int, list[Chance]] = {}
    for trigger in triggers:
        for episode, chance in _offered(reader, duty, trigger, undone):
            by_place.setdefault(CHILD_LAST if episode is None else episode.index, []).append(chance)
    episodes = reader.seen.episodes
    return [
        (CHILD_PLACE if index == CHILD_LAST else Place(episodes[index]), by_place[index]) for index in sorted(by_place)
    ]


# --- what each trigger offers -----------------------------------------------------------------------------------------


def _offered(
    reader: Reader, duty: Duty, trigger: rules.Moment | rules.Stretch, undone: Callable[[str], list[Undone]]
) -> Iterator[tuple[SeenEpisode | None, Chance]]:
    """Each chance, with the episode that it is of; None: the child's."""
    seen = reader.seen
    match trigger:
        case OnInstant("first_episode"):
            for episode in seen.episodes:
                first = reader.is_first(episode, duty.guard.kinds)
                if first is not False:
                    yield episode, Chance(episode.started, None, UNKNOWN if first is None else None)
        case OnInstant(which):
            for episode in seen.episodes:
                when = episode.instant(which)
                if when is not None:
                    yield episode, Chance(when, None)
        case OnRecord(action):
            words = reader.protocol.words
            for act in seen.acts.get(action, ()):
                if seen.has(act.episode) and pulls(trigger, act, words):
                    yield seen.by_id(act.episode), Chance(act.at, None, None, act)
        case OnEvent(name):
            for event in seen.events.get(name, ()):
                if seen.has(event.episode):
                    of = seen.by_id(event.episode)
                    yield of, Chance(event.at, None, reader.truth(trigger.fields, Place(of, event)), event)
        case OnUndone(rule):
            for one in undone(rule):
                yield seen.by_id(one.episode), Chance(one.at, None, UNKNOWN if one.open else None)
        case OnBirthday(age):
            if seen.born is not None:
                yield None, Chance(reader.clock.birthday(seen.born, age), None)
        case Becomes(test) if not test.fact.startswith("episode."):
            first_start = seen.episodes[0].started if seen.episodes else FOREVER
            for chance in _runs(reader.truth(test, CHILD_PLACE), BEFORE_ALL, FOREVER, undated_from=first_start):
                yield None, chance
        case _:
            for episode in seen.episodes:
                for chance in _stretches(reader, trigger, episode):
                    yield episode, chance


def _stretches(reader: Reader, trigger: rules.Moment | rules.Stretch, episode: SeenEpisode) -> list[Chance]:
    """The stretches of one episode."""
    match trigger:
        case MissingFor():
            return _missing_for(reader, trigger, episode)
        case WhileMissing():
            return [Chance(episode.started, _end(episode, trigger.ends_with))]
        case EpisodesReach():
            return _reach(reader, trigger, episode)
        case Becomes(test):
            return _runs(reader.truth(test, Place(episode)), episode.started, episode.returned)
        case _:
            return []


def _end(episode: SeenEpisode, ends_with: str) -> Instant:
    if ends_with == "located" and episode.located is not None:
        return min(episode.located, episode.returned)
    return episode.returned


def _missing_for(reader: Reader, trigger: MissingFor, episode: SeenEpisode) -> list[Chance]:
    end = _end(episode, trigger.ends_with)
    if isinstance(trigger.length, Length):
        start = Instant(reader.clock.after(episode.started, trigger.length) + trigger.more_than)
        return [Chance(start, end)] if start <= end else []
    lengths = reader.fact(trigger.length, Place(episode))
    edges = [*lengths.times[1:], FOREVER]
    out: list[Chance] = []
    for begins, length, stops in zip(lengths.times, lengths.values, edges, strict=True):
        reached = episode.started
        if isinstance(length, Length):
            reached = Instant(reader.clock.after(episode.started, length) + trigger.more_than)
        start, last = max(begins, reached), min(Instant(stops - 1), end)
        if start > last:
            continue
        certain = None if isinstance(length, Length) else UNKNOWN
        if out and out[-1].end == start - 1 and out[-1].certain is certain:
            out[-1] = Chance(out[-1].start, last, certain)
        else:
            out.append(Chance(start, last, certain))
    return out


def _runs(track: Track[Truth], start: Instant, end: Instant, undated_from: Instant | None = None) -> list[Chance]:
    """The stretches in which a track is true, cut to begin at `start` at the earliest and before `end`."""
    out = []
    edges = [*track.times[1:], FOREVER]
    for begins, value, stops in zip(track.times, track.values, edges, strict=True):
        if begins == BEFORE_ALL and undated_from is not None:
            begins = undated_from
        if value and max(begins, start) < min(stops, end):
            out.append(Chance(max(begins, start), min(Instant(stops - 1), end)))
    return out


def _reach(reader: Reader, trigger: EpisodesReach, episode: SeenEpisode) -> list[Chance]:
    tally = reader.tally(trigger.counted)
    row = tally.row(episode)
    if row is None:
        return []
    held = [other.counts.at(row.at) for other in tally.before(row)]
    low = 1 + sum(1 for holds in held if holds)
    high = 1 + sum(1 for holds in held if holds is not False)
    if low > trigger.at_least or (high < trigger.at_least and tally.whole_from <= row.at):
        return []
    falls = tally.in_window.first(lambda count: count[1] < trigger.at_least, row.at)
    certain = row.counts if low == trigger.at_least else all_of([row.counts, UNKNOWN])
    return [Chance(row.at, FOREVER if falls is None else max(row.at, Instant(falls - 1)), certain)]


# --- the guard --------------------------------------------------------------------------------------------------------


def _settle(reader: Reader, duty: Duty, place: Place, chance: Chance) -> Firing | None:
    """Whether and when the guard lets the rule fire at this chance."""
    if chance.happening:
        place = Place(place.episode, chance.happening)
    as_of = reader.seen.as_of
    guard = reader.guard(duty.guard, place)
    if chance.certain is not None:
        guard = all_of([guard, chance.certain])
    start, end = chance.start, chance.end
    if guard is NO:
        return None
    on = duty.deadline
    arises = _arises(reader, on, place, start) if isinstance(on, OnDay) else start
    if end is None:
        found = _at_moment(guard, start, as_of)
        if found and arises > found[1]:
            if lifted(reader, duty, place, found[1]) <= arises:
                # An exception came to hold before the numbered day began.
                return None
            found = ("future" if found[0] == "fired" and arises > as_of else found[0], arises)
        trigger = max(start, arises)
    else:
        start = max(start, arises)
        found = _in_stretch(guard, start, end, as_of)
        trigger = found[1] if found else start
    if found is None:
        return None
    state, fired = found
    certain, maybe = until(reader, duty, place, chance.start)
    if certain < fired:
        return None
    if maybe < fired and state != "future":
        state = "undecided"
    episode, happening = place
    return Firing(
        place,
        episode.id if episode else CHILD,
        happening.id if happening else "",
        state,
        chance.start,
        trigger,
        fired,
        certain,
        maybe,
    )


def lifted(reader: Reader, duty: Duty, place: Place, start: Instant) -> Instant:
    """The first instant from `start` at which an exception is known to hold; FOREVER if none comes to."""
    tracks = [reader.truth(exception.condition, place) for exception in duty.guard.unless]
    return min((when for track in tracks if (when := track.first(bool, start)) is not None), default=FOREVER)


def _at_moment(guard: Track[Truth], moment: Instant, as_of: Instant) -> tuple[State, Instant] | None:
    if moment > as_of:
        value = guard.at(moment)
        return None if value is False else ("future" if value else "undecided", moment)
    if guard is YES:
        return "fired", moment
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


def _first(found: list[Firing]) -> list[Firing]:
    """Of several triggers the one that fired first; undecided while an earlier one is."""
    if not found:
        return []
    found.sort(key=lambda f: (f.fired, f.state == "undecided"))
    first = found[0]
    first.occurrence = "1"
    return [first]


# --- until ------------------------------------------------------------------------------------------------------------


def until(reader: Reader, duty: Duty, place: Place, began: Instant) -> Ending:
    """When the first `until` of a duty came or comes, counted from the beginning of its trigger."""
    if not duty.until:
        return NEVER
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
            open_ = track.first(_not_false, began)
            return Ending(FOREVER if sure is None else sure, FOREVER if open_ is None else open_)
