"""The main job: what protocols ask for one case at one instant. Pure; safe from many threads."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.answers import Answer, Outlook, ProtocolAnswer, Question
from missingrules.domain.clock import FOREVER, Instant, Length, Unit
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.logs import timed
from missingrules.domain.obligations import NO_DIFFERENCE, Later
from missingrules.domain.receipt import Receipt, hash_of
from missingrules.engine import ahead, alternatives, evidence
from missingrules.engine.merge import Merged, ask_for_times, merge
from missingrules.engine.plan import plan_of, provisions_of
from missingrules.engine.prohibitions import next_prohibition
from missingrules.engine.questions import Asking, ask_all, ask_some
from missingrules.engine.reach import applying, at_any_time, reached
from missingrules.engine.seen import see
from missingrules.engine.solve import Solved, Solver
from missingrules.engine.standing import next_conclusion
from missingrules.engine.status import next_change
from missingrules.engine.whole import whole
from missingrules.engine.worlds import World, begun, open_instants, worlds

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from missingrules.domain.answers import Ambiguity
    from missingrules.domain.case import Case
    from missingrules.domain.obligations import Obligation, Rests
    from missingrules.domain.protocol import Protocol

SAMPLE = 2
ASKS = MappingProxyType(
    {
        evidence.HISTORY: "Did the child go missing before the history that was supplied begins?",
        "record.to": "Who was told?",
        "record.episode": "To which episode does this record belong?",
        "record.at": "At what time was this done?",
        "event.at": "At what time did this happen?",
        "episode.started_at": "At what time did the child go missing?",
        "episode.returned_at": "Has the child returned, and at what time?",
        "episode.located_at": "Has the child been located, and at what time?",
        "episode.reported_at": "Was the child reported missing, and at what time?",
        "episode.last_seen_at": "At what time was the child last seen?",
    }
)


def evaluate(
    protocols: Sequence[Protocol],
    case: Case,
    as_of: Instant,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    organisation: bool = False,
    where_applies: bool = False,
) -> Answer:
    """What one or several protocols ask for the case at `as_of`, looking `horizon_days` days ahead.

    `as_of` is in seconds since 1970 UTC, as all instants of the answer are; nothing reads a clock. `readings` chooses
    options by reading id, otherwise each protocol's defaults hold. With `organisation` also what the calendar asks of
    the organisation itself, over the span of the case's records. With `where_applies` only what is for this child, by
    who is responsible and where the child lives: of the protocols those that are or were, since the first episode, and
    of these nothing that arose while they were not. Protocols of one name are its editions.

    Raises `InvalidInput`: `no-protocol`, `bad-reading` for an option that no protocol has. ValueError for a negative
    horizon, or for editions that nothing tells apart.
    Source: docs/meaning.md; each duty cites its paragraphs.
    """
    if not protocols:
        message = "no protocol was given"
        raise InvalidInput([Diagnostic("no-protocol", message, hint="name one, or load it first")])
    chosen = readings or {}
    for reading, option in chosen.items():
        known = [r for p in protocols if (r := p.readings.get(reading)) is not None]
        if not known or not any(option == o.name for r in known for o in r.options):
            message = f"no protocol here has a reading '{reading}' with an option '{option}'"
            raise InvalidInput([Diagnostic("bad-reading", message)])
    if horizon_days < 0:
        raise ValueError("the horizon is a number of days ahead, zero or more")
    with timed("case evaluated") as said:
        asked = [reached(p) for p in protocols if at_any_time(p, case, as_of)] if where_applies else protocols
        answers = tuple(_answer(p, case, as_of, horizon_days, chosen, organisation) for p in asked)
        said(protocols=len(answers), duties=sum(len(each.actions) for each in answers))
    applies = Later(lambda: applying(protocols, case, as_of))
    receipt = Later(
        lambda: Receipt(dict(chosen), organisation, where_applies, tuple(protocols), case_hash=hash_of(case))
    )
    clock = protocols[0].clock
    return whole(Answer(case.id, as_of, horizon_days, clock, answers, applies=applies, receipt=receipt), case)


def every_reading(
    protocol: Protocol, case: Case, as_of: Instant, *, horizon_days: int = 90
) -> tuple[tuple[dict[str, str], ProtocolAnswer], ...]:
    """The answer under every combination of the readings that this case touches."""
    options = {r.id: r.default for r in protocol.readings.values()}
    first = _answer(protocol, case, as_of, horizon_days, {})
    touched = {rest.reading for o in first.actions for rest in o.readings if rest.otherwise != NO_DIFFERENCE}
    touched |= {a.reading for a in first.ambiguities}
    return tuple(
        (taken, _answer(protocol, case, as_of, horizon_days, taken))
        for taken in alternatives.combinations(protocol, touched, options)
    )


class Asked:
    """One protocol asked of one case: its worlds are made once, and answered under as many options as needed."""

    def __init__(
        self, protocol: Protocol, case: Case, as_of: Instant, horizon_days: int, *, organisation: bool = False
    ) -> None:
        self.protocol = protocol
        self.organisation = organisation
        self.plan = plan_of(protocol)
        clock, words = protocol.clock, protocol.words
        case = begun(case, as_of, clock)
        self.horizon = clock.after(as_of, Length(horizon_days, Unit.DAY))
        self.open = open_instants(case, as_of, clock, words, self.plan.instants, self.plan.lengths)
        self.worlds = worlds(case, self.open, as_of) if self.open else [World(case, ())]
        self._seen = [see(world.case, as_of, clock, words, organisation=organisation) for world in self.worlds]

    def solve(
        self, options: Mapping[str, str], rests: Later[Mapping[str, tuple[Rests, ...]]] | None = None
    ) -> Asked.Answered:
        """The answer under these options; `rests` is handed to every obligation."""
        provisions = provisions_of(self.protocol, options, organisation=self.organisation)
        solvers = [Solver(self.protocol, provisions, seen, self.horizon, rests) for seen in self._seen]
        return self._answered(solvers, [solver.solve() for solver in solvers])

    def under(self, base: Asked.Answered, options: Mapping[str, str], rules: frozenset[str]) -> dict[str, Obligation]:
        """The obligations of some rules under other options than those of `base`."""
        needed = frozenset().union(*(self.plan.needed[rule] for rule in rules))
        provisions = provisions_of(self.protocol, options, needed, organisation=self.organisation)
        solvers = [Solver(self.protocol, provisions, lender.seen, self.horizon) for lender in base.solvers]
        for solver, lender in zip(solvers, base.solvers, strict=True):
            solver.borrow(lender, rules)
        return self._answered(solvers, [solver.solve(only=rules) for solver in solvers]).merged.solved.obligations

    def sampled(self, base: Asked.Answered) -> Asked.Answered:
        """The earliest and the latest world alone: enough to say what another reading would change."""
        if len(base.solvers) <= SAMPLE:
            return base
        return self._answered([base.solvers[0], base.solvers[1]], [base.found[0], base.found[1]])

    def _answered(self, solvers: list[Solver], found: list[Solved]) -> Asked.Answered:
        merged = merge(self.protocol.clock, found) if self.open else Merged(found[0], frozenset())
        return Asked.Answered(solvers, found, merged)

    class Answered(NamedTuple):
        """The solvers of all worlds, what each found, and what all agree on."""

        solvers: list[Solver]
        found: list[Solved]
        merged: Merged

    def questions(self, base: Asked.Answered, only: Container[str] | None = None) -> tuple[Question, ...]:
        """What to ask, and what hangs on it; with `only` of these obligations alone."""
        asking = Asking()
        for solver, solved in zip(base.solvers, base.found, strict=True):
            of_world = ask_all(solver, solved) if only is None else ask_some(solver, solved, only)
            for (fact, record), keys in of_world.asked.items():
                for key, by in keys.items():
                    asking.ask([fact], key, record, by)
        if self.open:
            ask_for_times(asking, self.open, self.worlds, base.found, base.merged.shaky)
        return tuple(_questions(self.protocol, asking))

    def outlook(self, base: Asked.Answered, ambiguities: tuple[Ambiguity, ...]) -> Outlook:
        """What is to come, and until when the answer holds."""
        changes = FOREVER
        for solver, solved in zip(base.solvers, base.found, strict=True):
            as_of = solver.seen.as_of
            nexts = [next_change(solver.reader, duty, instance, as_of) for _, duty, instance in solved.found()]
            nexts += [firing.trigger for _, firing in solved.beyond]
            nexts += [next_prohibition(solver.reader, prohibition) for prohibition in solver.prohibitions]
            changes = min(changes, next_conclusion(solver.reader), *nexts)
        first = base.solvers[0]
        duties = [duty for found in first.duties.values() for duty in found]
        return Outlook(
            ambiguities=ambiguities,
            ahead=(*ahead.thresholds(first.reader, duties), *ahead.beyond(base.merged.solved.beyond)),
            valid_until=None if changes == FOREVER else Instant(changes - 1),
        )


def _answer(
    protocol: Protocol,
    case: Case,
    as_of: Instant,
    horizon_days: int,
    chosen: Mapping[str, str],
    organisation: bool = False,
) -> ProtocolAnswer:
    asked = Asked(protocol, case, as_of, horizon_days, organisation=organisation)
    options = protocol.options(chosen)

    def otherwise() -> alternatives.Otherwise:
        sample = asked.sampled(base)
        known = sample.merged.solved.obligations
        return alternatives.rests_on(
            protocol, asked.plan, options, known, lambda taken, rules: asked.under(sample, taken, rules)
        )

    other = Later(otherwise)
    base = asked.solve(options, Later(lambda: other.get().rests))
    solved = base.merged.solved
    return ProtocolAnswer(
        protocol=protocol,
        actions=solved.ordered,
        conclusions=tuple(solved.conclusions),
        forbidden=tuple(solved.forbidden),
        conflicts=tuple(solved.conflicts),
        outlook=Later(lambda: asked.outlook(base, other.get().ambiguities)),
        asking=Later(lambda: asked.questions(base)),
        asking_of=lambda keys: asked.questions(base, keys),
    )


def _questions(protocol: Protocol, asking: Asking) -> list[Question]:
    out = []
    for ((fact, episode), record), keys in asking.asked.items():
        by = min((b for b in keys.values() if b is not None), default=None)
        out.append(Question(fact, wording(protocol, fact), episode, record, tuple(sorted(keys)), by))
    return sorted(out, key=lambda q: (q.fact, q.episode or "", q.record or ""))


def wording(protocol: Protocol, fact: str) -> str:
    """The question that is asked for a fact."""
    word = protocol.words.facts.get(fact)
    if word:
        return word.ask
    if fact in ASKS:
        return ASKS[fact]
    owner, _, name = fact.partition(".")
    if owner in ("event", "record") and not name.endswith(".at"):
        return f"What does the {owner} say of {name.replace('_', ' ')}?"
    return f"At what time was this, of the {owner}: {name.removesuffix('.at').replace('_', ' ')}?"
