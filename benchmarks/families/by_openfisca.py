"""OpenFisca: an episode is the person, a child a group of episodes, the acts recorded of an episode stand in slots.

Each rule is a set of variables whose formulas are vectors over all episodes; numbers of the paper are parameters.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.families.dates import Dates, birthdays
from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, FOREVER, HOUR, KINDS, NO_DAY, PLACES, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

# OpenFisca's whole numbers have 32 bits: enough for instants until 2038.
NEVER: Final = int(np.iinfo(np.int32).max)

Status = Enum("Status", STATUSES)
Chair = Enum("Chair", ["none", *CHAIRS[1:]])
Paragraph = Enum("Paragraph", [f"p{at}" for at in range(len(PARAGRAPHS))])
Risk = Enum("Risk", RISKS)

FIGURES: Final = {
    "window": 90,
    "tiers": {"third": 3, "fifth": 5, "ninth": 9},
    "lengths": {"day": 24, "two_days": 48, "three_days": 72},
    "limits": {"high": 24, "planning": 72, "check": 24, "interview": 72, "fifth": 72, "long": 24},
    "working_days": {"third": 5, "ninth": 2, "week": 2, "review": 5, "update": 10},
    "ages": {"adult": 18, "young": 13},
}


class Rule(NamedTuple):
    """A rule in formulas: of an episode, a period and the figures. `chairs`: while looked after, and what is cited."""

    name: str
    action: str
    arises: Callable[[Any, Any, Any], Any]
    triggered: Callable[[Any, Any, Any], Any]
    due: Callable[[Any, Any, Any], Any] | None
    paragraphs: str
    chair: str = ""
    in_care: int = 0
    ends: bool = False
    since: Callable[[Any, Any, Any], Any] | None = None
    may: bool = False
    cited_by_risk: bool = False


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    dates = Dates(calendar, int(calendar.changes[0]) + 90 * 24 * HOUR, int(calendar.changes[-1]))

    @functools.lru_cache
    def system(slots: int) -> TaxBenefitSystem:
        return _system(dates, slots)

    return lambda caseload: answer(caseload, system)


def answer(caseload: Caseload, system: Callable[[int], TaxBenefitSystem]) -> Rows:
    """Every obligation and every floor of the caseload."""
    acts, slots = _slots(caseload)
    tax_benefit_system = system(slots)
    builder = SimulationBuilder()
    builder.create_entities(tax_benefit_system)
    builder.declare_person_entity("episode", np.arange(caseload.episodes))
    group = builder.declare_entity("child", np.arange(caseload.children))
    builder.join_with_persons(group, caseload.child, np.zeros(caseload.episodes, np.int64))
    simulation = builder.build(tax_benefit_system)
    for name in ("born", "care_from", "care_to", "kind", "place", "risk", "exploitation"):
        simulation.set_input(name, DateUnit.ETERNITY, getattr(caseload, name))
    for name in ("started", "reported", "returned"):
        simulation.set_input(name, DateUnit.ETERNITY, _narrow(getattr(caseload, name)))
    simulation.set_input("as_of", DateUnit.ETERNITY, np.full(caseload.children, caseload.as_of, np.int32))
    for name, at in acts.items():
        simulation.set_input(name, DateUnit.ETERNITY, at)
    period = datetime.fromtimestamp(caseload.as_of, UTC).date().isoformat()
    columns: dict[str, list[Any]] = {
        name: [] for name in ("episode", "rule", "status", "triggered", "due", "chair", "paragraphs")
    }
    for at, rule in enumerate(RULES):
        name = rule.replace("-", "_")
        found = np.flatnonzero(simulation.calculate(f"{name}_arises", period)).astype(np.int32)
        columns["episode"].append(found)
        columns["rule"].append(np.full(len(found), at, np.int8))
        for part in ("triggered", "due"):
            columns[part].append(_wide(simulation.calculate(f"{name}_{part}", period)[found]))
        for part in ("status", "chair", "paragraphs"):
            columns[part].append(np.asarray(simulation.calculate(f"{name}_{part}", period))[found].astype(np.int8))
    made = {name: np.concatenate(parts) for name, parts in columns.items()}
    floors = np.flatnonzero(simulation.calculate("has_floor", period)).astype(np.int32)
    return Rows(
        child=caseload.child[made["episode"]],
        occurrence=np.ones(len(made["episode"]), np.int8),
        **made,
        floor_child=caseload.child[floors],
        floor_episode=floors,
        floor_risk=np.asarray(simulation.calculate("effective_risk", period))[floors].astype(np.int8),
    )


def _narrow(instants: Any) -> Any:
    return np.where(instants == FOREVER, NEVER, instants).astype(np.int32)


def _wide(instants: Any) -> Any:
    return np.where(instants == NEVER, FOREVER, instants.astype(np.int64))


def _slots(caseload: Caseload) -> tuple[dict[str, Any], int]:
    """What was done, as variables of an episode: the first of an action, the second, and so on."""
    found: dict[str, Any] = {}
    done = caseload.outcome == 0
    most = 1
    for code, action in enumerate(ACTIONS):
        here = np.flatnonzero((caseload.action == code) & done)
        of, at = caseload.episode[here], caseload.at[here].astype(np.int32)
        first = np.ones(len(of), bool)
        first[1:] = of[1:] != of[:-1]
        position = np.arange(len(of)) - np.maximum.accumulate(np.where(first, np.arange(len(of)), 0))
        for slot in range(int(position.max(initial=0)) + 1):
            column = np.full(caseload.episodes, NEVER, np.int32)
            column[of[position == slot]] = at[position == slot]
            found[f"{action}_{slot}"] = column
            most = max(most, slot + 1)
    return found, most


def _system(dates: Dates, slots: int) -> TaxBenefitSystem:
    """Entities, figures and variables of the paper."""
    episode = Entity("episode", "episodes", "A time missing or absent", "")
    child = GroupEntity("child", "children", "A child", "", roles=[{"key": "episode", "plural": "episodes"}])
    system = TaxBenefitSystem([episode, child])
    system.parameters = ParameterNode("", data=_parameters(FIGURES))
    given: dict[Any, dict[str, type]] = {
        child: {"born": int, "care_from": int, "care_to": int, "as_of": int},
        episode: {"kind": int, "place": int, "started": int, "reported": int, "returned": int, "exploitation": bool},
    }
    for entity, variables in given.items():
        for name, type_ in variables.items():
            _add(system, name, entity, type_, DateUnit.ETERNITY)
    _add(system, "risk", episode, Risk, DateUnit.ETERNITY)
    for action in ACTIONS:
        for slot in range(slots):
            _add(system, f"{action}_{slot}", episode, int, DateUnit.ETERNITY, default=NEVER)
    _facts(system, episode, child, dates)
    _floors(system, episode, child)
    for rule in _rules(dates):
        _add_rule(system, episode, rule, slots)
    return system


def _parameters(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _parameters(value) if isinstance(value, dict) else {"values": {"2000-01-01": {"value": value}}}
        for name, value in figures.items()
    }


def _add(
    system: TaxBenefitSystem, name: str, entity: Any, type_: Any, unit: Any = DateUnit.DAY,
    formula: Callable[[Any, Any, Any], Any] | None = None, default: object = None,
) -> None:  # fmt: skip
    parts: dict[str, Any] = {"entity": entity, "value_type": type_, "definition_period": unit, "label": name}
    if isinstance(type_, type) and issubclass(type_, Enum):
        members: Any = type_
        parts |= {"value_type": Enum, "possible_values": type_, "default_value": next(iter(members))}
    if default is not None:
        parts["default_value"] = default
    if formula is not None:
        # OpenFisca counts the arguments of a formula by its code.
        def called(population: Any, period: Any, parameters: Any, asked: Any = formula) -> Any:
            return asked(population, period, parameters)

        parts["formula"] = called
    system.add_variable(type(name, (Variable,), parts))


def _facts(system: TaxBenefitSystem, episode: Any, child: Any, dates: Dates) -> None:
    """What several rules ask for."""

    def narrow(instants: Any) -> Any:
        return np.minimum(instants, NEVER).astype(np.int32)

    def midnight(days: Any) -> Any:
        return narrow(np.where(days == NO_DAY, FOREVER, dates.midnight(days)))

    def turns(age: str) -> Callable[[Any, Any, Any], Any]:
        return lambda c, p, figures: midnight(birthdays(c("born", p), getattr(figures(p).ages, age)))

    def recent(c: Any, p: Any, figures: Any) -> Any:
        today = dates.of(c("as_of", p))
        days = c.members("day", p)
        return c.sum(c.members("counted", p) & (days > c.project(today) - figures(p).window))

    def count(e: Any, p: Any, figures: Any) -> Any:
        """How many of the child's there are in the window that ends with each, itself included."""
        counted, day, started = e("counted", p), e("day", p), e("started", p)
        group = e.simulation.child
        many = np.zeros(len(day), np.int32)
        # Place by place within the child, as OpenFisca's own minimum and maximum do it.
        day_of_counted = np.where(counted, day, -NEVER)
        for place in range(int(group.members_position.max()) + 1):
            other_day = group.project(group.value_nth_person(place, day_of_counted, default=-NEVER))
            other = group.project(group.value_nth_person(place, started, default=NEVER))
            many += (other <= started) & (other_day > day - figures(p).window)
        return many

    for name, formula in (
        ("adult_at", turns("adult")),
        ("thirteen_at", turns("young")),
        ("care_since", lambda c, p, _: midnight(c("care_from", p))),
        ("care_until", lambda c, p, _: midnight(c("care_to", p))),
        ("recent", recent),
    ):
        _add(system, name, child, int, formula=formula)
    for name, formula, type_ in (
        ("missing", lambda e, p, _: e("kind", p) == KINDS.index("missing"), bool),
        ("counted", lambda e, p, _: e("missing", p) & (e("place", p) != PLACES.index("education")), bool),
        ("day", lambda e, p, _: dates.of(e("started", p)), int),
        ("back", lambda e, p, _: e("returned", p) != NEVER, bool),
        ("back_on", lambda e, p, _: dates.of(np.minimum(e("returned", p), e.child("as_of", p))), int),
        ("week", lambda e, p, _: narrow(dates.week_after(e("started", p))), int),
        ("count", count, int),
    ):
        _add(system, name, episode, type_, formula=formula)


def _floors(system: TaxBenefitSystem, episode: Any, child: Any) -> None:
    medium, high = RISKS.index("medium"), RISKS.index("high")

    def of_child(c: Any, p: Any, figures: Any) -> Any:
        """The floor that the child has in every episode, one more than its place; 0 where there is none."""
        as_of, many, tiers = c("as_of", p), c("recent", p), figures(p).tiers
        in_care = (c("care_since", p) <= as_of) & (as_of < c("care_until", p))
        any_ = in_care | (as_of < c("thirteen_at", p)) | (many >= tiers.third)
        return np.where(in_care & (many >= tiers.fifth), high + 1, np.where(any_, medium + 1, 0))

    def of_episode(e: Any, p: Any, _: Any) -> Any:
        asked = e("missing", p) & (e.child("as_of", p) < e.child("adult_at", p))
        return np.where(asked, np.where(e("exploitation", p), high + 1, e.child("child_floor", p)), 0)

    _add(system, "child_floor", child, int, formula=of_child)
    _add(system, "floor", episode, int, formula=of_episode)
    _add(system, "has_floor", episode, bool, formula=lambda e, p, _: e("floor", p) > 0)
    _add(system, "effective_risk", episode, Risk,
         formula=lambda e, p, _: np.maximum(np.asarray(e("risk", p)), e("floor", p) - 1))  # fmt: skip


def _rules(dates: Dates) -> tuple[Rule, ...]:
    def started(e: Any, p: Any, _: Any) -> Any:
        return e("started", p)

    def reported(e: Any, p: Any, _: Any) -> Any:
        return e("reported", p)

    def returned(e: Any, p: Any, _: Any) -> Any:
        return e("returned", p)

    def reaches(tier: str) -> Callable[[Any, Any, Any], Any]:
        return lambda e, p, figures: e("counted", p) & (e("count", p) == getattr(figures(p).tiers, tier))

    def lasts(length: str, more: int = 0) -> Callable[[Any, Any, Any], Any]:
        return lambda e, p, figures: e("started", p) + getattr(figures(p).lengths, length) * HOUR + more

    def long(at: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
        return lambda e, p, figures: e("missing", p) & (at(e, p, figures) <= e("returned", p))

    def hours(limit: str, at: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
        # Past any instant that is asked for, and within 32 bits, where it never began.
        return lambda e, p, figures: (
            np.minimum(at(e, p, figures), NEVER - 10**6) + getattr(figures(p).limits, limit) * HOUR
        )

    def working(limit: str, day: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
        return lambda e, p, figures: dates.working_days_after(day(e, p), getattr(figures(p).working_days, limit))

    def planned(e: Any, p: Any, figures: Any) -> Any:
        limits = figures(p).limits
        return e("reported", p) + np.where(e("risk", p) == Risk.high, limits.high, limits.planning) * HOUR

    def week(e: Any, p: Any, _: Any) -> Any:
        return e("week", p)

    def week_on(e: Any, p: Any) -> Any:
        return dates.of(e("week", p))

    def back(e: Any, p: Any, _: Any) -> Any:
        return e("back", p)

    def found(e: Any, p: Any, _: Any) -> Any:
        return e("back", p) & e("missing", p)

    def found_in_care(e: Any, p: Any, _: Any) -> Any:
        at = e("returned", p)
        return e("back", p) & e("missing", p) & (e.child("care_since", p) <= at) & (at < e.child("care_until", p))

    def on_start(e: Any, p: Any) -> Any:
        return e("day", p)

    def on_return(e: Any, p: Any) -> Any:
        return e("back_on", p)

    day, two_days, three_days = lasts("day"), lasts("two_days", 1), lasts("three_days")
    return (
        Rule("third-episode", "repeat_meeting", reaches("third"), started, working("third", on_start), "2.2",
             "team_manager"),
        Rule("fifth-episode", "strategy_meeting", reaches("fifth"), started, hours("fifth", started), "2.3",
             "team_manager", in_care=1),
        Rule("ninth-episode", "strategy_meeting", reaches("ninth"), started, working("ninth", on_start), "2.5",
             "assistant_director"),
        Rule("missing-a-day", "strategy_meeting", long(day), day, hours("long", day), "3.1", "team_manager", ends=True,
             since=started),
        Rule("missing-two-days", "risk_assessment", long(two_days), two_days, None, "3.5", ends=True),
        Rule("missing-three-days", "strategy_meeting", long(three_days), three_days, hours("long", three_days), "3.2",
             "team_manager", in_care=1, ends=True),
        Rule("missing-a-week", "strategy_meeting", long(week), week, working("week", week_on), "3.4",
             "assistant_director", ends=True),
        Rule("planning-meeting", "planning_meeting", lambda e, p, _: e("missing", p), reported, planned, "4.1",
             "team_manager", in_care=2, cited_by_risk=True),
        Rule("prevention-check", "prevention_interview", found, returned, hours("check", returned), "4.4"),
        Rule("return-interview", "return_interview", back, returned, hours("interview", returned), "4.5"),
        Rule("placement-review", "review_placement", found_in_care, returned, working("review", on_return), "4.6",
             "reviewing_officer"),
        Rule("plan-update", "update_plan", found, returned, working("update", on_return), "4.7", may=True),
    )  # fmt: skip


def _add_rule(system: TaxBenefitSystem, episode: Any, rule: Rule, slots: int) -> None:
    """The variables of a rule, each a formula over all episodes."""
    name = rule.name.replace("-", "_")
    at = {status: STATUSES.index(status) for status in STATUSES}

    def arises(e: Any, p: Any, figures: Any) -> Any:
        return rule.arises(e, p, figures) & (e(f"{name}_triggered", p) < e.child("adult_at", p))

    def ends(e: Any, p: Any) -> Any:
        return e("returned", p) if rule.ends else np.int32(NEVER)

    def done(e: Any, p: Any, figures: Any) -> Any:
        since = e(f"{name}_triggered", p) if rule.since is None else rule.since(e, p, figures)
        until = np.minimum(ends(e, p), e.child("as_of", p))
        first = np.full(len(since), NEVER, np.int32)
        for slot in range(slots):
            made = e(f"{rule.action}_{slot}", p)
            np.minimum(first, made, out=first, where=(since <= made) & (made <= until))
        return first

    def status(e: Any, p: Any, _: Any) -> Any:
        due, made, over, as_of = e(f"{name}_due", p), e(f"{name}_done", p), ends(e, p), e.child("as_of", p)
        open_ = at["available"] if rule.may else np.where(as_of > due, at["overdue"], at["due"])
        ended = np.where(over <= due, at["ceased"], at["missed"])
        still = np.where(over == NEVER, open_, ended)
        stands = np.where(made == NEVER, still, np.where(made <= due, at["met"], at["met_late"]))
        return np.where(e(f"{name}_triggered", p) > as_of, at["upcoming"], stands)

    def cared_for(e: Any, p: Any, _: Any) -> Any:
        as_of, triggered = e.child("as_of", p), e(f"{name}_triggered", p)
        closed = np.minimum(np.minimum(e(f"{name}_done", p), ends(e, p)), as_of)
        read = np.where(triggered > as_of, triggered, closed)
        return (e.child("care_since", p) <= read) & (read < e.child("care_until", p))

    def chair(e: Any, p: Any, _: Any) -> Any:
        usual = CHAIRS.index(rule.chair)
        if not rule.in_care:
            return np.full(e.count, usual)
        return np.where(e(f"{name}_cared_for", p), CHAIRS.index("service_manager"), usual)

    def paragraphs(e: Any, p: Any, _: Any) -> Any:
        cited = np.full(e.count, PARAGRAPHS.index(rule.paragraphs))
        if rule.cited_by_risk:
            cited += e("risk", p) == Risk.high
        return cited + e(f"{name}_cared_for", p) * rule.in_care if rule.in_care else cited

    _add(system, f"{name}_triggered", episode, int, formula=rule.triggered)
    _add(system, f"{name}_arises", episode, bool, formula=arises)
    _add(system, f"{name}_due", episode, int, formula=rule.due, default=NEVER)
    _add(system, f"{name}_done", episode, int, formula=done)
    _add(system, f"{name}_status", episode, Status, formula=status)
    _add(system, f"{name}_cared_for", episode, bool, formula=cared_for)
    _add(system, f"{name}_chair", episode, Chair, formula=chair)
    _add(system, f"{name}_paragraphs", episode, Paragraph, formula=paragraphs)
