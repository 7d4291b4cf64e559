"""durable_rules: children are contexts, episodes and acts facts, and what arises of them facts in turn.

As for zen-engine a host supplies counts and dates. It takes 1,024 contexts, so that no more children than that can be
asked about at once; what else there is to heed stands in docs/durable.md.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from durable import engine

from benchmarks.families.by_zen import NEVER, contexts
from benchmarks.families.words import CHAIRS, PARAGRAPHS, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, DAY, FOREVER, RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload

MOST_CHILDREN: Final = 1000
Test = dict[str, Any]


def _is(**fields: object) -> list[Test]:
    return [{name: value} for name, value in fields.items()]


def _more(**fields: int) -> list[Test]:
    return [{"$gt": {name: value}} for name, value in fields.items()]


def _least(**fields: int) -> list[Test]:
    return [{"$gte": {name: value}} for name, value in fields.items()]


def _most(**fields: int) -> list[Test]:
    return [{"$lte": {name: value}} for name, value in fields.items()]


def _less(**fields: int) -> list[Test]:
    return [{"$lt": {name: value}} for name, value in fields.items()]


_EPISODE, _MISSING, _HIGH = _is(of="episode"), _is(of="episode", missing=1), RISKS.index("high")
_FOUND = [*_MISSING, *_is(back=1), *_more(young_back=0)]
# When each arises; the act; what it is triggered by, its limit, its end and from when acts count, by names of the fact.
_OWED: Final[dict[str, tuple[list[Test], str, dict[str, Any]]]] = {
    "third-episode": ([*_MISSING, *_is(count=3), *_more(young=0)], "repeat_meeting",
        {"at": "started", "due": "started_in_5", "chair": "team_manager", "cited": "2.2"}),
    "fifth-episode": ([*_MISSING, *_is(count=5), *_more(young=0)], "strategy_meeting",
        {"at": "started", "limit": 3 * DAY, "chair": "team_manager", "cited": "2.3", "in_care": 1}),
    "ninth-episode": ([*_MISSING, *_is(count=9), *_more(young=0)], "strategy_meeting",
        {"at": "started", "due": "started_in_2", "chair": "assistant_director", "cited": "2.5"}),
    "missing-a-day": ([*_MISSING, *_least(lasted=DAY), *_more(young=DAY)], "strategy_meeting",
        {"at": "started", "after": DAY, "limit": DAY, "chair": "team_manager", "cited": "3.1", "ends": True,
         "since": "started"}),
    "missing-two-days": ([*_MISSING, *_more(lasted=2 * DAY, young=2 * DAY + 1)], "risk_assessment",
        {"at": "started", "after": 2 * DAY + 1, "cited": "3.5", "ends": True}),
    "missing-three-days": ([*_MISSING, *_least(lasted=3 * DAY), *_more(young=3 * DAY)], "strategy_meeting",
        {"at": "started", "after": 3 * DAY, "limit": DAY, "chair": "team_manager", "cited": "3.2", "ends": True,
         "in_care": 1}),
    "missing-a-week": ([*_MISSING, *_least(past_week=0), *_more(young_week=0)], "strategy_meeting",
        {"at": "week", "due": "week_in_2", "chair": "assistant_director", "cited": "3.4", "ends": True}),
    "planning-meeting": ([*_MISSING, *_is(risk=_HIGH), *_more(young_reported=0)], "planning_meeting",
        {"at": "reported", "limit": DAY, "chair": "team_manager", "cited": "4.1; 4.2", "in_care": 2}),
    "planning-meeting ": ([*_MISSING, *_less(risk=_HIGH), *_more(young_reported=0)], "planning_meeting",
        {"at": "reported", "limit": 3 * DAY, "chair": "team_manager", "cited": "4.1", "in_care": 2}),
    "prevention-check": (_FOUND, "prevention_interview", {"at": "returned", "limit": DAY, "cited": "4.4"}),
    "return-interview": ([*_EPISODE, *_is(back=1), *_more(young_back=0)], "return_interview",
        {"at": "returned", "limit": 3 * DAY, "cited": "4.5"}),
    "placement-review": ([*_FOUND, *_is(cared_for_back=1)], "review_placement",
        {"at": "returned", "due": "returned_in_5", "chair": "reviewing_officer", "cited": "4.6"}),
    "plan-update": (_FOUND, "update_plan",
        {"at": "returned", "due": "returned_in_10", "cited": "4.7", "may": 1}),
}  # fmt: skip
_ASKED = [*_MISSING, *_more(young_now=0)]
_FLOORS: Final[dict[str, tuple[list[Test], str]]] = {
    "floor-looked-after": ([*_ASKED, *_is(cared_for=1)], "medium"),
    "floor-under-thirteen": ([*_ASKED, *_more(young_13=0)], "medium"),
    "floor-third-episode": ([*_ASKED, *_least(recent=3)], "medium"),
    "floor-exploitation": ([*_ASKED, *_is(exploitation=1)], "high"),
    "floor-fifth-episode": ([*_ASKED, *_is(cared_for=1), *_least(recent=5)], "high"),
}
_NOW, _UNDONE = [*_is(of="standing"), *_most(ahead=0)], [*_is(of="standing", done=0), *_most(ahead=0)]
_STANDS: Final[dict[str, list[Test]]] = {
    "upcoming": [*_is(of="standing"), *_more(ahead=0)],
    "met": [*_NOW, *_is(done=1), *_least(early=0)],
    "met_late": [*_NOW, *_is(done=1), *_less(early=0)],
    "ceased": [*_UNDONE, *_is(over=1), *_least(spare=0)],
    "missed": [*_UNDONE, *_is(over=1), *_less(spare=0)],
    "available": [*_UNDONE, *_is(over=0, may=1)],
    "overdue": [*_UNDONE, *_is(over=0, may=0), *_more(late=0)],
    "due": [*_UNDONE, *_is(over=0, may=0), *_most(late=0)],
}
# An act of that episode, of that kind, from when acts count to when they do no longer.
_DONE: Final[list[dict[str, Any]]] = [
    {"owed": {"of": "owed"}},
    {"act": {"$and": [
        {"of": "act"}, {"episode": {"owed": "episode"}}, {"action": {"owed": "action"}},
        {"$gte": {"at": {"owed": "since"}}}, {"$lte": {"at": {"owed": "until"}}},
    ]}},
]  # fmt: skip
_CHAIRED: Final = [*_is(of="standing"), *_more(in_care=0, cared_until=0), *_least(cared_since=0)]


class Told:
    """What the rules have told of the children so far."""

    def __init__(self) -> None:
        self.owed: dict[str, dict[str, Any]] = {}
        self.floors: dict[int, int] = {}
        self.errors: list[BaseException] = []

    def rules(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for rule, (tests, action, gives) in _OWED.items():
            made[rule] = {"all": [{"m": {"$and": tests}}], "run": self._arises(rule.strip(), action, gives)}
        for rule, (tests, level) in _FLOORS.items():
            made[rule] = {"all": [{"m": {"$and": tests}}], "run": self._floor(RISKS.index(level))}
        for status, tests in _STANDS.items():
            made[status] = {"all": [{"m": {"$and": tests}}], "run": self._standing(STATUSES.index(status))}
        # An episode that no rule has heard of would be an error.
        made["heard"] = {"all": [{"m": {"$and": _EPISODE}}], "run": lambda c: None}
        made["done"] = {"all": _DONE, "run": self._heeded(self._done)}
        made["chaired"] = {"all": [{"m": {"$and": _CHAIRED}}], "run": self._heeded(self._chaired)}
        return made

    def _heeded(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        """durable_rules would keep an error to itself."""

        def run(c: Any) -> None:
            try:
                act(c)
            except BaseException as error:
                self.errors.append(error)
                raise

        return run

    def _arises(self, rule: str, action: str, gives: dict[str, Any]) -> Callable[[Any], None]:
        at, chair = RULES.index(rule), CHAIRS.index(gives.get("chair", ""))
        cited, code = PARAGRAPHS.index(gives["cited"]), ACTIONS.index(action)

        def arises(c: Any) -> None:
            m = c.m
            triggered = m[gives["at"]] + gives.get("after", 0)
            due = m[gives["due"]] if "due" in gives else triggered + gives.get("limit", NEVER)
            ends = m["returned"] if gives.get("ends") else NEVER
            key = f"{m['episode']}-{at}"
            self.owed[key] = {
                "episode": m["episode"], "rule": at, "triggered": triggered, "due": due, "ends": ends, "chair": chair,
                "cited": cited, "in_care": gives.get("in_care", 0), "may": gives.get("may", 0), "done": NEVER,
                "as_of": m["as_of"], "care_since": m["care_since"], "care_until": m["care_until"],
            }  # fmt: skip
            if triggered <= m["as_of"]:
                since = m[gives["since"]] if "since" in gives else triggered
                until = min(ends, m["as_of"])
                c.assert_fact({"id": key, "of": "owed", "episode": m["episode"], "action": code, "since": since,
                               "until": until, "key": key})  # fmt: skip

        return self._heeded(arises)

    def _done(self, c: Any) -> None:
        one = self.owed[c.owed["key"]]
        one["done"] = min(one["done"], c.act["at"])

    def _floor(self, level: int) -> Callable[[Any], None]:
        def floor(c: Any) -> None:
            self.floors[c.m["episode"]] = max(self.floors.get(c.m["episode"], c.m["risk"]), level)

        return self._heeded(floor)

    def _standing(self, status: int) -> Callable[[Any], None]:
        def stands(c: Any) -> None:
            self.owed[c.m["key"]]["status"] = status

        return self._heeded(stands)

    def _chaired(self, c: Any) -> None:
        one = self.owed[c.m["key"]]
        one["chair"], one["cited"] = CHAIRS.index("service_manager"), one["cited"] + one["in_care"]


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    names = itertools.count()
    return lambda caseload: answer(caseload, calendar, f"families-{next(names)}")


def answer(caseload: Caseload, calendar: Calendar, name: str) -> Rows:
    """Every obligation and every floor of the caseload."""
    if caseload.children > MOST_CHILDREN:
        raise ValueError(f"durable_rules takes 1,024 contexts, and this caseload has {caseload.children} children")
    told, child = Told(), caseload.child.tolist()
    rules = engine.Ruleset(name, None, told.rules())
    obligations: list[tuple[int, ...]] = []
    everything = enumerate(contexts(caseload, calendar))
    for number, group in itertools.groupby(everything, key=lambda pair: child[pair[0]]):
        told.owed.clear()
        _tell(rules, told, [fact for at, context in group for fact in _facts(number, at, context)])
        _tell(rules, told, [_standing(number, key, one) for key, one in told.owed.items()])
        obligations += [
            (number, one["episode"], one["rule"], 1, one["status"], one["triggered"],
             FOREVER if one["due"] >= NEVER else one["due"], one["chair"], one["cited"])
            for one in told.owed.values()
        ]  # fmt: skip
    engine.durable_rules_engine.delete_ruleset(rules._handle)
    return Rows.of(obligations, [(child[at], at, level) for at, level in told.floors.items()])


def _tell(rules: Any, told: Told, facts: list[dict[str, Any]]) -> None:
    if facts:
        state = rules.assert_facts(facts)
        rules.do_actions(state, lambda error, _: told.errors.append(error) if error else None)
    if told.errors:
        raise told.errors[0]


def _facts(child: int, at: int, context: dict[str, Any]) -> list[dict[str, Any]]:
    """An episode and what was done of it; truths are 1 and 0, and what rules compare with a field is its own field."""
    of = {"sid": f"c{child}", "episode": at}
    known = {name: int(value) for name, value in context.items() if name != "acts"}
    adult, returned = known["adult_at"], known["returned"]
    cared_for = known["care_since"] <= returned < known["care_until"]
    episode = {
        **of, **known, "id": f"e{at}", "of": "episode",
        "lasted": returned - known["started"], "past_week": returned - known["week"],
        "young": adult - known["started"], "young_reported": adult - known["reported"], "young_back": adult - returned,
        "young_week": adult - known["week"], "young_now": adult - known["as_of"],
        "young_13": known["thirteen_at"] - known["as_of"], "cared_for_back": int(cared_for),
    }  # fmt: skip
    acts = ((code, when) for code, name in enumerate(ACTIONS) for when in context["acts"][name])
    return [
        *({**of, "id": f"e{at}-a{n}", "of": "act", "action": code, "at": when} for n, (code, when) in enumerate(acts)),
        episode,
    ]


def _standing(child: int, key: str, one: dict[str, Any]) -> dict[str, Any]:
    as_of, due, ends, done = one["as_of"], one["due"], one["ends"], one["done"]
    ahead = one["triggered"] - as_of
    read_at = one["triggered"] if ahead > 0 else min(done, ends, as_of)
    return {
        "sid": f"c{child}", "id": f"s{key}", "of": "standing", "key": key, "ahead": ahead, "done": int(done < NEVER),
        "early": due - done, "over": int(ends < NEVER), "spare": due - ends, "may": one["may"], "late": as_of - due,
        "in_care": one["in_care"], "cared_since": read_at - one["care_since"],
        "cared_until": one["care_until"] - read_at,
    }  # fmt: skip
