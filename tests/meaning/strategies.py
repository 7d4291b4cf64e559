"""Histories and rules for property tests: small, crowded in time, and from the whole of the nouns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from missingrules.domain.case import NOT_KNOWN, Case, Episode, Event, Held, Record
from missingrules.domain.clock import Clock, Instant
from missingrules.domain.rules import (
    ALWAYS,
    NOT_STATED,
    All,
    AtNext,
    AtTheSameTime,
    Becomes,
    Before,
    Conclusion,
    Condition,
    CountTest,
    Deadline,
    DeadlineRows,
    Duty,
    Effect,
    EpisodesReach,
    FirstOf,
    Guard,
    HoursTest,
    MissingFor,
    Modality,
    Not,
    NotStated,
    OnBirthday,
    OnDay,
    OnEvent,
    OnInstant,
    OnRecord,
    OnUndone,
    Phase,
    Prohibition,
    Protocol,
    Provision,
    Range,
    Repeat,
    SetBy,
    Trigger,
    UntilInstant,
    WhileMissing,
    Word,
)
from missingrules.domain.rules import (
    Any as AnyOf,
)
from tests.meaning.build import (
    aged,
    at,
    conclude,
    counted,
    day,
    duty,
    fact,
    facts,
    forbid,
    guard,
    known,
    length,
    missing_for,
    people,
    people_rows,
    protocol,
    risk,
    row,
    within,
)

if TYPE_CHECKING:
    from missingrules.domain.rules import WhoEver

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


# --- histories --------------------------------------------------------------------------------------------------------


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


# --- conditions -------------------------------------------------------------------------------------------------------

WINDOWS = ("90 days", "1 month", "calendar month", "calendar quarter", "not_stated")
# what no conclusion touches, so that nothing hangs on itself
PLAIN: tuple[Condition, ...] = (
    fact("episode.serious_concerns"),
    fact("child.looked_after"),
    aged(low=16),
    aged(high=15),
    missing_for("24 hours"),
    missing_for("2 days", more=True),
    fact("episode.missing"),
    fact("episode.first_episode"),
    fact("episode.from", "care"),
    fact("episode.kind", "missing"),
    HoursTest("office", outside=False),
    HoursTest("office", outside=True),
    CountTest(counted("90 days"), Range(low=2)),
    CountTest(counted("calendar month"), Range(low=2, high=2)),
    CountTest(counted("1 month", "returned"), Range(low=1)),
    known("plan.report_after"),
)
GRADED: tuple[Condition, ...] = (
    risk("medium"),
    risk("high"),
    fact("episode.risk", "low"),
    known("episode.risk"),
    risk("medium", "episode.risk.recorded"),
    fact("episode.exploitation_suspected"),
)


@st.composite
def conditions(draw: Draw, leaves: tuple[Condition, ...] = PLAIN + GRADED) -> Condition:
    how = draw(st.integers(0, 7))
    one = some(draw, leaves)
    if how == 5:
        return Not(one)
    if how == 6:
        return All((one, some(draw, leaves)))
    if how == 7:
        return AnyOf((one, some(draw, leaves)))
    return one  # type: ignore[no-any-return]


@st.composite
def guards(draw: Draw, leaves: tuple[Condition, ...] = PLAIN + GRADED) -> Guard:
    kinds = some(draw, ((), ("missing",), ("missing",), ("missing", "absent"), ("absent",)))
    first = maybe(draw, [day(x) for x in DAYS])
    return guard(
        draw(conditions(leaves)) if draw(st.booleans()) else ALWAYS,
        unless=(draw(conditions(leaves)),) if rarely(draw, 4) else (),
        kinds=kinds,
        in_force=(first, None) if rarely(draw, 6) else (None, None),
        in_scope=not rarely(draw, 3),
    )


# --- rules ------------------------------------------------------------------------------------------------------------

SINGLE: tuple[Any, ...] = (
    OnInstant("started"),
    OnInstant("returned"),
    WhileMissing(),
    MissingFor(length("24 hours")),
    OnInstant("reported"),
    OnInstant("located"),
    OnInstant("first_episode"),
    WhileMissing("located"),
    MissingFor(length("48 hours"), more_than=True),
    MissingFor(length("2 days"), ends_with="located"),
    MissingFor("plan.report_after"),
    OnEvent("risk_disagreement_raised"),
    OnEvent("placement_planned"),
    OnRecord("strategy_meeting"),
    OnRecord("notify", outcome="attempted"),
    OnBirthday(16),
    Becomes(risk("high")),
    Becomes(risk("medium")),
    Becomes(fact("episode.kind", "missing")),
    Becomes(fact("child.looked_after")),
    Becomes(fact("episode.serious_concerns")),
    EpisodesReach(2, counted("90 days")),
    EpisodesReach(3, counted("calendar month")),
    EpisodesReach(2, counted("not_stated")),
    EpisodesReach(2, counted("90 days", "returned")),
    EpisodesReach(1, counted("1 month", "reported")),
)


@st.composite
def triggers(draw: Draw, earlier: tuple[str, ...]) -> Trigger:
    how = draw(st.integers(0, 9))
    if how == 8 and earlier:
        return OnUndone(some(draw, earlier))
    if how == 9:
        return FirstOf((some(draw, SINGLE), some(draw, SINGLE)))
    return some(draw, SINGLE)  # type: ignore[no-any-return]


@st.composite
def plain_deadlines(draw: Draw, trigger: Trigger) -> Deadline | NotStated:
    how = draw(st.integers(0, 10))
    anchor = some(draw, ("trigger", "trigger", "started", "returned", "reported", "last_seen"))
    if how == 0:
        return NOT_STATED
    if how <= 4:
        return within(some(draw, LENGTHS), anchor)
    if how <= 6:
        return within(some(draw, ("1 working day", "5 working days")), anchor, same_day=draw(st.booleans()))
    if how == 7:
        return AtTheSameTime()
    if how == 8:
        return AtNext("panel")
    if how == 9:
        planned = isinstance(trigger, OnEvent) and trigger.event == "placement_planned"
        return Before("event.starts_at") if planned else SetBy("plan.report_after")
    return Word.IMMEDIATELY


@st.composite
def deadlines(draw: Draw, trigger: Trigger) -> Deadline | NotStated:
    how = draw(st.integers(0, 7))
    if how == 7:
        return OnDay(some(draw, (2, 3)), some(draw, ("trigger", "started")), some(draw, (0, 1)))
    if how >= 5:
        rows = [
            row(draw(conditions(GRADED + PLAIN[:6])), draw(plain_deadlines(trigger)))
            for _ in range(draw(st.integers(1, 3)))
        ]
        return DeadlineRows(tuple(rows), at_firing=rarely(draw, 4))
    return draw(plain_deadlines(trigger))


@st.composite
def who(draw: Draw, modes: tuple[str, ...] = ("all", "all", "any")) -> WhoEver:
    def plain() -> Any:
        names = sorted(draw(st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2)))
        return people(some(draw, modes), *names)

    if rarely(draw, 3):
        rows = [(draw(conditions(GRADED)), plain()) for _ in range(draw(st.integers(1, 2)))]
        return people_rows(*rows, at_firing=rarely(draw, 4))
    return plain()  # type: ignore[no-any-return]


@st.composite
def repeats(draw: Draw) -> Repeat:
    anchor = some(draw, ("started", "trigger", OnDay(2, "started", 1)))
    every = some(draw, ("1 week", "2 weeks", "1 month", "24 hours"))
    phases = [Phase(length(every))]
    if draw(st.booleans()):
        first, lasting = some(draw, (("1 week", "2 weeks"), ("1 day", "3 days"), ("2 weeks", "1 month")))
        phases.insert(0, Phase(length(first), length(lasting)))
    return Repeat(anchor, some(draw, ("schedule", "schedule", "last_held")), tuple(phases))


REPEATABLE = (OnInstant, WhileMissing, MissingFor)


@st.composite
def untils(draw: Draw) -> Any:
    how = draw(st.integers(0, 4))
    if how <= 1:
        return UntilInstant(some(draw, ("returned", "located")))
    if how == 2:
        return OnRecord(some(draw, ACTS))
    return OnBirthday(16) if how == 3 else draw(conditions())


@st.composite
def duties(draw: Draw, id_: str, earlier: tuple[str, ...], others: tuple[str, ...]) -> Duty:
    trigger = draw(triggers(earlier))
    more: dict[str, Any] = {"guard": draw(guards())}
    if "EpisodesReach" in repr(trigger):  # such a rule speaks of those it counts
        more["guard"] = replace(more["guard"], kinds=("missing",))
    if isinstance(trigger, REPEATABLE) and rarely(draw, 4):
        more["repeat"] = draw(repeats())
    else:
        more["deadline"] = draw(deadlines(trigger))
    if rarely(draw, 4):
        more["until"] = (draw(untils()),)
    if others and rarely(draw, 4):
        more["superseded_by"] = some(draw, others)
    if rarely(draw, 3):
        more["to"] = draw(who())
    if rarely(draw, 5):
        more["by"] = draw(who(("all", "any", "other_than")))
    if rarely(draw, 6):
        more["chair"] = draw(who())
    more["effect"] = some(draw, (*[Effect.REQUIRE] * 4, Effect.CONSIDER, Effect.DECIDE, Effect.AGREE))
    if more["effect"] is Effect.AGREE:
        more["with_"] = draw(who())
    more["modality"] = some(draw, (Modality.MUST, Modality.SHOULD, Modality.MAY))
    if rarely(draw, 6):
        more["about"] = "risk"
    if rarely(draw, 6):
        more["met_by"] = ("attempted",)
    if isinstance(trigger, REPEATABLE) and "repeat" not in more and rarely(draw, 5):
        more["counts_from"] = "started"
    return duty(id_, trigger, some(draw, ACTS), **more)


@st.composite
def conclusions_(draw: Draw, id_: str) -> Conclusion:
    when = draw(guards(PLAIN))
    if not rarely(draw, 3):
        return conclude(id_, "episode.risk", floor=some(draw, ("medium", "high")), when=when)
    value = some(draw, ("true", "false"))
    return conclude(id_, "episode.exploitation_suspected", value=value, when=when)


@st.composite
def prohibitions(draw: Draw, id_: str) -> Prohibition:
    to = (some(draw, PEOPLE),) if draw(st.booleans()) else ()
    return forbid(id_, some(draw, ACTS), draw(guards()), to=to)


@st.composite
def protocols(draw: Draw, most: int = 4) -> Protocol:
    ids = tuple("abcde"[: some(draw, tuple(range(1, most + 1)))])
    found: list[Provision] = []
    for id_ in ids:
        done = tuple(p.rule for p in found if isinstance(p, Duty))
        how = draw(st.integers(0, 9))
        if how == 8:
            found.append(draw(conclusions_(id_)))
        elif how == 9:
            found.append(draw(prohibitions(id_)))
        else:
            found.append(draw(duties(id_, done, tuple(x for x in ids if x != id_))))
    scope = fact("child.looked_after") if rarely(draw, 6) else ALWAYS
    return protocol(*found, scope=scope)
