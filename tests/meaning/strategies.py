"""Rules for property tests: from the whole of the nouns, and under readings."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from missingrules.domain.citations import NOT_STATED, Choice, NotStated, Reading, ReadingOption
from missingrules.domain.conditions import ALWAYS, All, Condition, CountTest, HoursTest, Not, Range
from missingrules.domain.conditions import Any as AnyOf
from missingrules.domain.deadlines import (
    AtNext,
    AtTheSameTime,
    Before,
    Deadline,
    DeadlineRows,
    OnDay,
    Phase,
    Repeat,
    SetBy,
    Word,
)
from missingrules.domain.rules import Conclusion, Duty, Effect, Guard, Modality, Prohibition, Provision, UntilInstant
from missingrules.domain.triggers import (
    Becomes,
    EpisodesReach,
    FirstOf,
    MissingFor,
    OnBirthday,
    OnEvent,
    OnInstant,
    OnRecord,
    OnUndone,
    Trigger,
    WhileMissing,
)
from tests.meaning.build import (
    CITED,
    aged,
    conclude,
    counted,
    day,
    duty,
    fact,
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
from tests.meaning.histories import ACTS, DAYS, LENGTHS, PEOPLE, Draw, maybe, rarely, some

if TYPE_CHECKING:
    from missingrules.domain.people import WhoEver
    from missingrules.domain.protocol import Protocol

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
def provisions(draw: Draw, most: int) -> list[Provision]:
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
    return found


@st.composite
def protocols(draw: Draw, most: int = 4) -> Protocol:
    found = draw(provisions(most))
    scope = fact("child.looked_after") if rarely(draw, 6) else ALWAYS
    return protocol(*found, scope=scope)


# --- readings ---------------------------------------------------------------------------------------------------------

READINGS = {"one": ("a", "b"), "two": ("a", "b", "c")}


@st.composite
def otherwise(draw: Draw, p: Provision) -> tuple[Provision, ...]:
    """The rule as another option has it: something in it differs, or it is not there."""
    how = draw(st.integers(0, 6))
    if how == 0:
        return ()
    if how == 1 or not isinstance(p, Duty):
        return (replace(p, guard=draw(guards(PLAIN))),)
    if how == 2:
        return (replace(p, by=draw(who()), modality=some(draw, (Modality.MUST, Modality.SHOULD, Modality.MAY))),)
    if how == 3:
        return (replace(p, until=(draw(untils()),)),)
    if how == 4 or p.repeat is not None:
        return (replace(p, action=some(draw, ACTS)),)
    return (replace(p, deadline=draw(deadlines(p.trigger))),)


@st.composite
def protocols_read_two_ways(draw: Draw, most: int = 3) -> Protocol:
    """Rules that hang on one reading, on two, or only rest on one."""
    found = draw(provisions(most))
    plain = protocol(*found)
    families = []
    for family in plain.families:
        (own,) = family.variants[()]
        names = some(draw, (("one",), ("two",), (), ("one", "two")))
        variants = {
            options: (own,) if not n else draw(otherwise(own))
            for n, options in enumerate(product(*(READINGS[name] for name in names)))
        }
        shown = (Choice("one", "a"),) if "one" not in names and rarely(draw, 4) else ()
        families.append(replace(family, readings=names, variants=variants, shown=shown))
    readings = {
        name: Reading(
            name, f"{name}?", tuple(ReadingOption(o, CITED) for o in options), some(draw, options), "invented"
        )
        for name, options in READINGS.items()
    }
    return replace(plain, families=tuple(families), readings=readings)
