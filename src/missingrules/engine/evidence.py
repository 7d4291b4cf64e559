"""Why a rule fired: the values that it read and where they came from. What to ask: the facts that it could not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain import citations, conditions, deadlines, people, rules, triggers
from missingrules.domain.conditions import CountTest, FactTest, HoursTest, Not
from missingrules.domain.obligations import Evidence
from missingrules.engine.places import CHILD, Place
from missingrules.engine.wording import test_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.clock import Instant
    from missingrules.domain.conditions import Condition
    from missingrules.domain.rules import Guard
    from missingrules.engine.facts import Reader
    from missingrules.engine.firing import Firing
    from missingrules.engine.seen import SeenEpisode

# A fact that nobody knows, and the episode it is of.
Unknown = tuple[str, str | None]
HISTORY = "history"


def because(reader: Reader, duty: rules.Duty, firing: Firing) -> tuple[Evidence, ...]:
    """What made the firing fire: its trigger, then what its guard read."""
    guard = duty.guard
    out = [*_trigger(reader, duty.trigger, firing)]
    at, place = firing.fired, firing.place
    if guard.kinds and place.episode:
        out += read(reader, "episode.kind", place, at)
    out += behind(reader, guard.when, place, at)
    for exception in guard.unless:
        if reader.truth(exception.condition, place).at(at) is False:
            out += behind(reader, exception.condition, place, at)
    if guard.in_scope and not place.organisation:
        out += behind(reader, reader.protocol.scope, place, at)
    return tuple(dict.fromkeys(out))


def _trigger(reader: Reader, trigger: triggers.Trigger, firing: Firing) -> Iterator[Evidence]:
    episode, happening = firing.place.episode, firing.place.happening
    if happening:
        yield Evidence(
            f"{'record' if happening.record else 'event'}.{happening.name}", happening.at, happening.id, True
        )
    for one in triggers.triggers_of(trigger):
        match one:
            case triggers.OnInstant(which) if episode:
                name = "started" if which == "first_episode" else which
                when = episode.instant(name)
                if when is not None:
                    yield Evidence(f"episode.{name}", when, episode.id, True)
            case triggers.WhileMissing() | triggers.MissingFor() if episode:
                yield Evidence("episode.started", episode.started, episode.id, True)
                if isinstance(one, triggers.MissingFor):
                    more = "more than" if one.more_than else "at least"
                    yield Evidence("missing_for", f"{more} {one.length}", episode.id)
            case triggers.EpisodesReach(_, counted) if episode:
                tally = reader.tally(counted)
                row = tally.row(episode)
                if row is not None:
                    held = (*tally.before(row), row)
                    for other in (r for r in held if r.counts.at(row.at) is not False):
                        yield Evidence(f"episode.{counted.counted_by}", other.at, other.id, True)
            case triggers.OnBirthday():
                yield Evidence("child.date_of_birth", str(reader.seen.born), "child")
            case triggers.OnPeriod():
                yield Evidence("period", firing.occurrence, "calendar")
            case triggers.OnUndone(rule):
                yield Evidence("undone", rule, firing.subject)
            case triggers.Becomes(test):
                yield from read(reader, test.fact, firing.place, firing.fired)
            case _:
                pass


def behind(reader: Reader, condition: Condition, place: Place, at: Instant) -> tuple[Evidence, ...]:
    """The values behind a condition's answer."""
    match condition:
        case conditions.All(parts):
            return tuple(e for part in parts for e in behind(reader, part, place, at))
        case conditions.Any(parts):
            holding = [p for p in parts if reader.truth(p, place).at(at)] or parts
            return tuple(e for part in holding for e in behind(reader, part, place, at))
        case Not(part):
            return behind(reader, part, place, at)
        case FactTest(fact, test):
            if fact == "episode.missing_for" and place.episode:
                return (Evidence("missing_for", test_text(test), place.episode.id),)
            return read(reader, fact, place, at)
        case CountTest(counted, _):
            low, high = reader.tally(counted).in_window.at(at)
            window = "" if counted.window is citations.NOT_STATED else f" in {counted.window}"
            return (Evidence("episodes", f"{'' if low == high else 'at least '}{low}{window}", "episodes"),)
        case HoursTest(hours, outside):
            return (Evidence("hours", f"{'outside' if outside else 'inside'} {hours}", "clock"),)


def read(reader: Reader, fact: str, place: Place, at: Instant) -> tuple[Evidence, ...]:
    """The value of a fact and where it stands; nothing where it is unknown."""
    if fact == "child.age":
        return (Evidence("child.date_of_birth", str(reader.seen.born), "child"),) if reader.seen.born else ()
    value = reader.fact(fact, place).at(at)
    if value is None:
        return ()
    prefix = fact.partition(".")[0]
    source = prefix
    if prefix == "episode":
        running = place.episode or next((e for e in reader.seen.episodes if e.started <= at < e.returned), None)
        source = running.id if running else "child"
    elif prefix in ("event", "record") and place.happening:
        source = place.happening.id
    word = reader.protocol.words.facts.get(fact)
    return (Evidence(fact, value_text(value, word.values if word else ()), source),)


# --- what to ask ------------------------------------------------------------------------------------------------------


def unknown_in_guard(reader: Reader, guard: Guard, place: Place, at: Instant) -> set[Unknown]:
    """The unknown facts that keep a guard open; a known exception or a false condition leaves nothing to ask."""
    out = unknown(reader, guard.when, place, at)
    if guard.kinds and place.episode and reader.fact("episode.kind", place).at(at) is None:
        out.add(("episode.kind", place.episode.id))
    if guard.in_scope and not place.organisation:
        out |= unknown(reader, reader.protocol.scope, place, at)
    return out


def unknown(reader: Reader, condition: Condition, place: Place, at: Instant) -> set[Unknown]:
    """The unknown facts of every unknown part of a condition, read at `at`."""
    if reader.truth(condition, place).at(at) is not None:
        return set()
    match condition:
        case conditions.All(parts) | conditions.Any(parts):
            return {u for part in parts for u in unknown(reader, part, place, at)}
        case Not(part):
            return unknown(reader, part, place, at)
        case CountTest(counted, _):
            return unknown_in_count(reader, counted, at)
        case FactTest(fact, _):
            return unknown_fact(reader, fact, place, at)
        case _:
            return set()


def unknown_in_count(reader: Reader, counted: conditions.Counted, at: Instant) -> set[Unknown]:
    out: set[Unknown] = set()
    tally = reader.tally(counted)
    if tally.whole_from > at:
        out.add((HISTORY, None))
    for row in tally.rows:
        if not row.at <= at < row.leaves:
            continue
        for fact, wanted in (("episode.kind", counted.kinds), ("episode.from", counted.missing_from)):
            if wanted and reader.fact(fact, Place(row.episode)).at(at) is None:
                out.add((fact, row.id))
    return out


def unknown_fact(reader: Reader, fact: str, place: Place, at: Instant) -> set[Unknown]:
    if fact == "child.age":
        return {("child.date_of_birth", None)}
    if fact == "episode.first_episode":
        first = place.episode or next((e for e in reader.seen.episodes if e.started <= at < e.returned), None)
        if first is None:
            return set()
        own = {("episode.kind", first.id)} if reader.fact("episode.kind", Place(first)).at(at) is None else set()
        return unknown_before(reader, first, ("missing",)) | own
    episode = place.episode if fact.startswith("episode.") else None
    if fact.startswith("episode.") and episode is None:
        episode = next((e for e in reader.seen.episodes if e.started <= at < e.returned), None)
        if episode is None:
            # No episode was running: there is nothing to ask.
            return set()
    out: set[Unknown] = set()
    of = place if place.episode is not None else CHILD if episode is None else Place(episode)
    for conclusion in reader.conclusions.get(fact, ()):
        if reader.guard(conclusion.guard, of).at(at) is None:
            out |= unknown_in_guard(reader, conclusion.guard, of, at)
    name = "episode.risk" if fact == "episode.risk.recorded" else fact
    out.add((name if name != "episode.missing" else "episode.kind", episode.id if episode else None))
    return out


def unknown_before(reader: Reader, episode: SeenEpisode, kinds: tuple[str, ...]) -> set[Unknown]:
    """Why an episode is not known to be the first: the history begins later, or an earlier one's kind is unknown."""
    if reader.is_first(episode, kinds) is not None:
        return set()
    out: set[Unknown] = {(HISTORY, None)} if reader.seen.case.history_from else set()
    for earlier in reader.seen.episodes[: episode.index]:
        if reader.fact("episode.kind", Place(earlier)).at(earlier.started) is None:
            out.add(("episode.kind", earlier.id))
    return out


def unknown_in_trigger(reader: Reader, duty: rules.Duty, place: Place, at: Instant) -> set[Unknown]:
    """The unknown facts that leave open whether the trigger itself came."""
    out: set[Unknown] = set()
    for trigger in triggers.triggers_of(duty.trigger):
        match trigger:
            case triggers.OnInstant("first_episode") if place.episode:
                out |= unknown_before(reader, place.episode, duty.guard.kinds)
            case triggers.EpisodesReach(_, counted):
                out |= unknown_in_count(reader, counted, at)
            case triggers.MissingFor(str() as fact) if reader.fact(fact, place).at(at) is None:
                out |= unknown_fact(reader, fact, place, at)
            case triggers.OnEvent(_, fields):
                out |= unknown(reader, fields, place, at)
            case _:
                pass
    return out


def unknown_in_until(reader: Reader, part: rules.Until, place: Place, at: Instant) -> set[Unknown]:
    """The unknown facts that leave open whether a duty has ended."""
    match part:
        case rules.UntilInstant() | triggers.OnRecord():
            return set()
        case triggers.OnBirthday():
            return set() if reader.seen.born else {("child.date_of_birth", None)}
        case _:
            return unknown(reader, part, place, at)


def unknown_in_deadline(
    reader: Reader, deadline: deadlines.Deadline | citations.NotStated, place: Place, at: Instant, fired: Instant
) -> set[Unknown]:
    """The unknown facts of the rows up to the first that is true, read at `at` or, once for all, at the firing."""
    if not isinstance(deadline, deadlines.DeadlineRows):
        return set()
    out: set[Unknown] = set()
    when = fired if deadline.at_firing else at
    for row in deadline.rows:
        out |= unknown(reader, row.condition, place, when) | unknown_in_deadline(reader, row.deadline, place, at, fired)
        if reader.truth(row.condition, place).at(when):
            break
    return out


def unknown_in_rows(reader: Reader, rows: people.PeopleRows, place: Place, at: Instant) -> set[Unknown]:
    """The unknown facts that leave several people possible; none where all rows possible name the same."""
    out: set[Unknown] = set()
    possible = set()
    for row in rows.rows:
        holds = reader.truth(row.condition, place).at(at)
        if holds is not False:
            possible.add(row.people)
            out |= unknown(reader, row.condition, place, at)
        if holds:
            break
    return out if len(possible) > 1 else set()


def becoming(trigger: triggers.Trigger) -> list[FactTest]:
    return [t.test for t in triggers.triggers_of(trigger) if isinstance(t, triggers.Becomes)]
