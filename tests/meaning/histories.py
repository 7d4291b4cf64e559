"""Histories for property tests: small and crowded in time, with what real ones leave open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Held, Record
from missingrules.domain.clock import Clock, Instant
from tests.meaning.build import at, facts, length

Draw = st.DrawFn
HOUR = 3600
# A clock change, a month's end, Easter and a bank holiday lie close behind these.
DAYS = ("2025-05-06", "2025-03-28", "2025-10-24", "2025-01-30", "2025-04-16", "2025-08-21")
STEPS = (0, 1, HOUR, 2 * HOUR, 23 * HOUR, 24 * HOUR, 24 * HOUR + 1, 25 * HOUR, 48 * HOUR, 72 * HOUR, 7 * 24 * HOUR)
GAPS = (0, HOUR, 24 * HOUR, 48 * HOUR, 30 * 24 * HOUR, 89 * 24 * HOUR, 90 * 24 * HOUR)
LENGTHS = ("1 hour", "24 hours", "48 hours", "72 hours", "1 day", "2 days", "1 week", "1 month")
ACTS = ("notify", "return_interview", "strategy_meeting", "visit")
OUTCOMES = (None, None, None, "held", "seen", "attempted", "considered", "for", "against", "agreed")
PEOPLE = ("social_worker", "team_manager", "police")
CLOCK = Clock()


@dataclass(frozen=True)
class Profile:
    """How much a history leaves open: `dates` without a time and instants `left_out`, at most so many."""

    dates: int = 0
    left_out: int = 0


EXACT = Profile()
OPEN = Profile(dates=2, left_out=1)


def some(draw: Draw, options: Any) -> Any:
    return draw(st.sampled_from(options))


def rarely(draw: Draw, one_in: int) -> bool:
    """True once in so many; shrinks to False."""
    return draw(st.integers(1, one_in)) == one_in


def maybe(draw: Draw, options: Any) -> Any:
    """One of the options, or None."""
    return some(draw, options) if draw(st.booleans()) else None


@st.composite
def grades(draw: Draw, start: int, values: tuple[str, ...]) -> tuple[Held, ...] | None:
    """Not given, given without a date, or up to three steps."""
    how = draw(st.integers(0, 4))
    if how == 0:
        return None
    if how == 1:
        return (Held(some(draw, values)),)
    steps: list[int] = sorted(draw(st.sets(st.sampled_from(STEPS), min_size=1, max_size=3)))
    return tuple(Held(some(draw, values), Instant(start + s)) for s in steps)


@st.composite
def spans(draw: Draw, base: int, values: tuple[str, ...] = ("true", "true", "false")) -> tuple[Held, ...] | None:
    """A status: not given, always, or one or two dated spans, perhaps with a gap."""
    how = draw(st.integers(0, 3))
    if how == 0:
        return (Held(some(draw, values)),)
    if how == 1:
        return None
    today = CLOCK.date_of(Instant(base))
    days = sorted(draw(st.sets(st.integers(-2, 4), min_size=2, max_size=4)))
    ends = [today + timedelta(days=d) for d in days]
    found = [Held(some(draw, values), ends[0], ends[1])]
    if len(ends) > 2:
        found.append(Held(some(draw, values), ends[2], ends[3] if len(ends) > 3 else None))
    return tuple(found)


@st.composite
def episodes_(draw: Draw, base: int) -> tuple[Episode, ...]:
    found: list[Episode] = []
    start = base
    for n in range(some(draw, (1, 1, 2, 2, 3, 0, 4))):
        end = start + some(draw, STEPS[1:])
        located = maybe(draw, [x for x in (start, start + HOUR, end) if x <= end])
        reported = maybe(draw, (start, start + HOUR, start + 24 * HOUR))
        risk_ = draw(grades(start, ("low", "medium", "high", "no_apparent_risk")))
        kind = draw(grades(start, ("missing", "absent"))) if rarely(draw, 3) else (Held("missing"),)
        worried = draw(grades(start, ("true", "false"))) if draw(st.booleans()) else None
        place = maybe(draw, ("home", "care"))
        held = {"risk": risk_, "kind": kind, "serious_concerns": worried, "from": place and (Held(place),)}
        found.append(
            Episode(
                id=f"e{n + 1}",
                started=Instant(start),
                returned=Instant(end),
                located=located,
                reported=reported,
                last_seen=maybe(draw, (start, start - HOUR)),
                facts=facts(**{k: v for k, v in held.items() if v is not None}),
            )
        )
        start = end + some(draw, GAPS)
    still = draw(st.booleans())
    if found and still:
        latest = found[-1]
        located = latest.located if rarely(draw, 3) else None
        found[-1] = replace(latest, returned=None, located=located)
    return tuple(found)


def moments(episodes: tuple[Episode, ...], base: int) -> list[int]:
    """Instants around which everything is crowded."""
    found = [base]
    for e in episodes:
        found += [x for x in (e.started, e.returned, e.reported) if isinstance(x, int)]
    return found


@st.composite
def instants(draw: Draw, near: list[int]) -> Instant:
    return Instant(some(draw, near) + some(draw, STEPS))


@st.composite
def cases(draw: Draw, profile: Profile = EXACT) -> Case:
    base = at(f"{some(draw, DAYS)} {some(draw, ('10:00', '00:00', '23:30'))}")
    episodes = draw(episodes_(base))
    near = moments(episodes, base)

    def named(when: int) -> str | None:
        begun = [e.id for e in episodes if isinstance(e.started, int) and e.started <= when]
        return None if not begun or rarely(draw, 6) else some(draw, begun)

    events, records = [], []
    for n in range(some(draw, (0, 0, 1, 1, 2))):
        when = draw(instants(near))
        name = some(draw, ("risk_disagreement_raised", "placement_planned"))
        fields = {"starts_at": Instant(when + some(draw, STEPS))} if name == "placement_planned" else {}
        events.append(Event(event=name, at=when, id=f"v{n}", episode=named(when), fields=MappingProxyType(fields)))
    for n in range(some(draw, (0, 1, 1, 2, 3))):
        when = draw(instants(near))
        ep = named(when)
        more: dict[str, Any] = {}
        if draw(st.booleans()):
            more["outcome"] = some(draw, OUTCOMES)
        if rarely(draw, 4):
            more["to"] = tuple(sorted(draw(st.sets(st.sampled_from(PEOPLE), max_size=2))))
            more["with_"] = tuple(sorted(draw(st.sets(st.sampled_from(PEOPLE), max_size=2))))
        if rarely(draw, 6):
            more["included"] = (some(draw, ACTS),)
        if rarely(draw, 6):
            more["about"] = "risk"
        if rarely(draw, 6):
            more["answers"] = some(draw, ("v0", "v1", "p/a/e1/1", "p/a/e1/2"))
        records.append(Record(id=f"r{n}", action=some(draw, ACTS), at=when, episode=ep, **more))
    born = maybe(draw, [CLOCK.date_of(Instant(base)).replace(year=2009) + timedelta(days=d) for d in (0, 1, 2)])
    child: dict[str, Any] = {"date_of_birth": born and (Held(born),), "looked_after": draw(spans(base))}
    plan = maybe(draw, [length(x) for x in ("24 hours", "2 days")])
    history = maybe(draw, [CLOCK.date_of(Instant(base)) - timedelta(days=d) for d in (0, 30)])
    case = Case(
        id="c",
        child=facts(**{k: v for k, v in child.items() if v}),
        plan=facts(**({"report_after": (Held(plan),)} if plan else {})),
        episodes=episodes,
        events=tuple(events),
        records=tuple(records),
        history_from=history if rarely(draw, 4) else None,
        meetings=MappingProxyType({"panel": tuple(sorted({draw(instants(near)) for _ in range(2)}))}),
    )
    return blurred(draw, case, profile)


def blurred(draw: Draw, case: Case, profile: Profile) -> Case:
    """The same history with some times left off and some instants left out."""
    for _ in range(draw(st.integers(0, profile.dates))):
        what = some(draw, ("started", "returned", "reported", "event", "record", "risk"))
        if what in ("event", "record"):
            things: tuple[Any, ...] = case.events if what == "event" else case.records
            if things:
                n = draw(st.integers(0, len(things) - 1))
                things = (*things[:n], replace(things[n], at=date_only(things[n].at)), *things[n + 1 :])
                changed: dict[str, Any] = {f"{what}s": things}
                case = replace(case, **changed)
        elif case.episodes:
            n = draw(st.integers(0, len(case.episodes) - 1))
            e = case.episodes[n]
            if what == "risk":
                held = e.facts.get("risk", ())
                days = {date_only(h.start) for h in held}
                if len(held) == len(days):
                    dated = {**e.facts, "risk": tuple(replace(h, start=date_only(h.start)) for h in held)}
                    e = replace(e, facts=MappingProxyType(dated))
            else:
                e = replace(e, **{what: date_only(getattr(e, what))})
            case = replace(case, episodes=(*case.episodes[:n], e, *case.episodes[n + 1 :]))
    for _ in range(draw(st.integers(0, profile.left_out))):
        if case.episodes:
            n = draw(st.integers(0, len(case.episodes) - 1))
            left_out: dict[str, Any] = {some(draw, ("located", "returned")): NOT_KNOWN}
            e = replace(case.episodes[n], **left_out)
            case = replace(case, episodes=(*case.episodes[:n], e, *case.episodes[n + 1 :]))
    return case


def date_only(stamp: Any) -> Any:
    return CLOCK.date_of(Instant(stamp)) if isinstance(stamp, int) else stamp


@st.composite
def questions_(draw: Draw, profile: Profile = EXACT) -> tuple[Case, Instant]:
    """A case and the instant at which it is asked about, often on a stamp or a round length after one."""
    case = draw(cases(profile))
    near = moments(case.episodes, at(f"{DAYS[0]} 10:00"))[1:] or [at(f"{DAYS[0]} 10:00")]
    near += [x.at for x in case.records if isinstance(x.at, int)]
    offset = some(draw, (24 * HOUR, 0, HOUR, -1, 1, 48 * HOUR, 30 * 24 * HOUR))
    return case, Instant(some(draw, near) + some(draw, STEPS) + offset)
