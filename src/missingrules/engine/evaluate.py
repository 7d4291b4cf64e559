"""The main job: what protocols ask for one case at one instant. Pure; safe from many threads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from missingrules.domain.clock import FOREVER, Instant
from missingrules.domain.obligations import Answer, Obligation, ProtocolAnswer, Question
from missingrules.domain.rules import Duty
from missingrules.engine import ahead, alternatives, evidence
from missingrules.engine.merge import merge
from missingrules.engine.plan import plan_of, provisions_of
from missingrules.engine.seen import Seen, see
from missingrules.engine.solve import Solved, Solver
from missingrules.engine.worlds import World, open_instants, worlds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.rules import Protocol, Provision

DAY_SECONDS = 86400


def evaluate(
    protocols: Sequence[Protocol],
    case: Case,
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
) -> Answer:
    """What the protocols ask for the case at `as_of`, looking `horizon_days` ahead.

    `readings` chooses options by reading id, otherwise each protocol's defaults hold. ValueError for an option that no
    protocol has, or a negative horizon.
    """
    chosen = readings or {}
    for reading, option in chosen.items():
        known = [r for p in protocols if (r := p.readings.get(reading)) is not None]
        if not known or not any(option == o.name for r in known for o in r.options):
            raise ValueError(f"no protocol here has a reading '{reading}' with an option '{option}'")
    if horizon_days < 0:
        raise ValueError("the horizon is a number of days ahead, zero or more")
    answers = tuple(_answer(p, case, as_of, horizon_days, chosen) for p in protocols)
    return Answer(case.id, as_of, horizon_days, protocols[0].clock, answers)


def every_reading(
    protocol: Protocol, case: Case, as_of: Instant, *, horizon_days: int = 90
) -> tuple[tuple[dict[str, str], ProtocolAnswer], ...]:
    """The answer under every combination of the readings that this case touches."""
    options = {r.id: r.default for r in protocol.readings.values()}
    first = _answer(protocol, case, as_of, horizon_days, {})
    touched = {rest.reading for o in first.actions for rest in o.readings if rest.otherwise != "no difference here"}
    touched |= {a.reading for a in first.ambiguities}
    return tuple(
        (taken, _answer(protocol, case, as_of, horizon_days, taken))
        for taken in alternatives.combinations(protocol, touched, options)
    )


class Asked:
    """One protocol asked of one case: its worlds are made once, and answered under as many options as needed."""

    def __init__(self, protocol: Protocol, case: Case, as_of: Instant, horizon_days: int) -> None:
        self.protocol, self.case, self.as_of = protocol, case, as_of
        self.plan = plan_of(protocol)
        clock, words = protocol.clock, protocol.words
        self.horizon = Instant(as_of + horizon_days * DAY_SECONDS)
        self.open = open_instants(case, as_of, clock, words, self.plan.instants, self.plan.lengths)
        tried = worlds(case, self.open) if self.open else [World(case, ())]
        self.solvers: list[Solver] = []
        self.worlds: list[tuple[World, Seen]] = [(w, see(w.case, as_of, clock, words)) for w in tried]

    def solve(self, provisions: list[Provision]) -> Solved:
        """The answer under the options by which the provisions were chosen."""
        self.solvers = [Solver(self.protocol, provisions, seen, self.horizon) for _, seen in self.worlds]
        return self._merged([solver.solve() for solver in self.solvers])

    def under(self, options: Mapping[str, str], rules: frozenset[str]) -> dict[str, Obligation]:
        """The obligations of some rules under other options."""
        needed = frozenset().union(*(self.plan.needed[rule] for rule in rules))
        provisions = provisions_of(self.protocol, options, needed)
        found = []
        for solver in self.solvers:
            other = Solver(self.protocol, provisions, solver.seen, self.horizon)
            other.borrow(solver, rules)
            found.append(other.solve(only=rules))
        return self._merged(found).obligations

    def _merged(self, found: list[Solved]) -> Solved:
        if not self.open:
            return found[0]
        worlds = [world for world, _ in self.worlds]
        return merge(self.protocol.clock, self.open, list(zip(worlds, found, strict=True)))


def _answer(
    protocol: Protocol, case: Case, as_of: Instant, horizon_days: int, chosen: Mapping[str, str]
) -> ProtocolAnswer:
    asked = Asked(protocol, case, as_of, horizon_days)
    options = {r.id: chosen.get(r.id, r.default) for r in protocol.readings.values()}
    provisions = provisions_of(protocol, options)
    solved = asked.solve(provisions)
    rests, ambiguities = alternatives.rests_on(protocol, asked.plan, options, solved.obligations, asked.under)
    actions = [replace(o, readings=tuple(rests[key])) if key in rests else o for key, o in solved.obligations.items()]
    duties = [p for p in provisions if isinstance(p, Duty)]
    beyond = sorted(solved.ahead, key=lambda a: (a.at, a.duty.id, a.subject))
    return ProtocolAnswer(
        protocol=protocol,
        actions=tuple(sorted(actions, key=order)),
        conclusions=tuple(solved.conclusions),
        forbidden=tuple(solved.forbidden),
        conflicts=tuple(solved.conflicts),
        ambiguities=tuple(ambiguities),
        questions=tuple(_questions(protocol, solved)),
        ahead=(*ahead.thresholds(asked.solvers[0].reader, duties), *beyond),
        valid_until=None if solved.changes == FOREVER else Instant(solved.changes - 1),
    )


def order(o: Obligation) -> tuple[Instant, str]:
    """Due instant or the earliest possible, for `immediately` the trigger; those without last; then key."""
    when = o.due if o.due is not None else o.due_between[0] if o.due_between else o.sort_at
    return FOREVER if when is None else when, o.key


def _questions(protocol: Protocol, solved: Solved) -> list[Question]:
    out = []
    for ((fact, episode), record), keys in solved.asked.items():
        by = min((b for b in keys.values() if b is not None), default=None)
        out.append(Question(fact, _wording(protocol, fact), episode, record, tuple(sorted(keys)), by))
    return sorted(out, key=lambda q: (q.fact, q.episode or "", q.record or ""))


def _wording(protocol: Protocol, fact: str) -> str:
    word = protocol.words.facts.get(fact)
    if word:
        return word.ask
    if fact == evidence.HISTORY:
        return "Did the child go missing before the history that was supplied begins?"
    if fact == "record.to":
        return "Who was told?"
    if fact == "record.episode":
        return "To which episode does this record belong?"
    return f"At what time was this: {fact.replace('_', ' ')}?"
