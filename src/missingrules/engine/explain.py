"""Why a rule fired or kept silent: its trigger and every condition, in the order in which the engine looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from missingrules.domain.answers import Explanation, Step
from missingrules.domain.conditions import All, FactTest, Is
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.domain.logs import timed
from missingrules.domain.obligations import Evidence, Obligation, Status
from missingrules.domain.triggers import OnBirthday, OnPeriod, triggers_of
from missingrules.engine import evidence, places
from missingrules.engine.evaluate import Asked
from missingrules.engine.firing import CHILD, ORGANISATION
from missingrules.engine.offers import OF_ORGANISATION, index_of
from missingrules.engine.places import Place
from missingrules.engine.suggest import Failing, Supposed, suggestion
from missingrules.engine.wording import condition_text, trigger_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.domain.rules import Duty
    from missingrules.engine.facts import Reader
    from missingrules.engine.offers import Chance
    from missingrules.engine.solve import Solver


def explain(
    protocol: Protocol,
    case: Case,
    as_of: Instant,
    rule: str,
    *,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
    suggest: bool = True,
) -> tuple[Explanation, ...]:
    """Why each act of one rule is asked for or is not, for each episode, or for the child, as the case stands at
    `as_of`.

    One explanation for each act and subject: what the rule looked at, in its order, and the duties that came. Where
    times of day are open, the steps are those of the earliest time; the duties are those of all. `horizon_days` and
    `readings` as in `evaluate`. With `suggest` also what would make a silent rule fire, where that is simple.

    Raises `InvalidInput`: `unknown-rule`.
    Source: docs/meaning.md; each explanation cites the rule's paragraphs.
    """
    if rule not in {family.id for family in protocol.families}:
        known = [family.id for family in protocol.families]
        message = f"no rule of {protocol.name} has the id '{rule}'"
        raise InvalidInput([Diagnostic("unknown-rule", message, hint=did_you_mean(rule, known))])
    with timed("rule explained") as said:
        found = _explained(protocol, case, as_of, rule, horizon_days, readings or {}, suggest=suggest)
        said(explanations=len(found))
    return found


def _explained(
    protocol: Protocol,
    case: Case,
    as_of: Instant,
    rule: str,
    horizon_days: int,
    readings: Mapping[str, str],
    *,
    suggest: bool,
) -> tuple[Explanation, ...]:
    asked = Asked(protocol, case, as_of, horizon_days, organisation=True)
    options = protocol.options(readings)
    base = asked.solve(options)
    solver, solved = base.solvers[0], base.merged.solved
    out = []
    for duty in solver.duties.get(rule, ()):
        for place in _places(solver, duty):
            subject = _name(place)
            found = tuple(o for o in solved.obligations.values() if o.duty is duty and o.subject == subject)
            steps = tuple(looked.step for looked in _steps(solver, duty, place))
            outcome = _outcome(found)
            would: tuple[str, ...] = ()
            if suggest and outcome in ("silent", "open"):
                look = partial(_look, protocol, options, duty, subject, horizon_days)
                would = suggestion(Supposed(case, as_of), duty, look)
            out.append(Explanation(duty.id, duty.title, subject, duty.citations, outcome, steps, found, would))
    return tuple(out)


def _places(solver: Solver, duty: Duty) -> list[Place]:
    triggers = triggers_of(duty.trigger)
    if isinstance(duty.trigger, OnPeriod) or any(chance.place == OF_ORGANISATION for chance in solver.offers.of(duty)):
        return [places.ORGANISATION]
    episodes = [Place(episode) for episode in solver.reader.seen.episodes]
    return [places.CHILD] if not episodes or all(isinstance(t, OnBirthday) for t in triggers) else episodes


def _outcome(found: tuple[Obligation, ...]) -> Literal["fired", "upcoming", "open", "silent"]:
    if not found:
        return "silent"
    if all(o.status is Status.NOT_DECIDABLE for o in found):
        return "open"
    return "upcoming" if all(o.status in (Status.UPCOMING, Status.NOT_DECIDABLE) for o in found) else "fired"


class _Looked(NamedTuple):
    """A step, and what it looked at."""

    step: Step
    failing: Failing


def _look(
    protocol: Protocol,
    options: Mapping[str, str],
    duty: Duty,
    subject: str,
    horizon_days: int,
    changed: Supposed,
) -> tuple[Reader, Failing | None]:
    """A changed case, and at what the duty fails in it; nothing, if it fires."""
    asked = Asked(protocol, changed.case, changed.as_of, horizon_days, organisation=True)
    answered = asked.solve(options)
    solver = answered.solvers[0]
    found = tuple(o for o in answered.merged.solved.obligations.values() if o.duty is duty and o.subject == subject)
    if _outcome(found) == "fired":
        return solver.reader, None
    place = next(place for place in _places(solver, duty) if not place.episode or place.episode.id == subject)
    looked = _steps(solver, duty, place)
    # All of it holds, and yet nothing fired: no change that is known here would help.
    return solver.reader, next((each.failing for each in looked if each.step.holds is not True), looked[0].failing)


def _steps(solver: Solver, duty: Duty, place: Place) -> tuple[_Looked, ...]:
    reader = solver.reader
    index = index_of(place)
    offered = [chance for chance in solver.offers.of(duty) if chance.place == index]
    wants = f"trigger: {trigger_text(duty.trigger)}"
    if not offered:
        return (_Looked(Step(wants, False, _episode(place)), Failing("trigger", None, place, reader.seen.as_of)),)
    chance = offered[-1]
    at = _read_at(reader, chance)
    if chance.happening:
        place = place._replace(happening=chance.happening)
    certain = True if chance.certain is None else chance.certain.at(at)
    read = (*_episode(place), Evidence("from", chance.start, _name(place), True))
    steps = [_Looked(Step(wants, certain, read), Failing("trigger", None, place, at))]
    guard = duty.guard
    scope = (reader.protocol.scope,) if guard.in_scope and not place.organisation else ()
    if guard.kinds and place.episode:
        kind = reader.fact("episode.kind", place).at(at)
        read = evidence.read(reader, "episode.kind", place, at)
        holds = None if kind is None else kind in guard.kinds
        of_kind = FactTest("episode.kind", Is(guard.kinds))
        steps.append(
            _Looked(Step(f"kind: {' or '.join(guard.kinds)}", holds, read), Failing("kind", of_kind, place, at))
        )
    if guard.in_force != (None, None):
        steps.append(_Looked(Step("in force", reader.in_force(guard).at(at), ()), Failing("in force", None, place, at)))
    parts = (*(guard.when.parts if isinstance(guard.when, All) else (guard.when,)), *scope)
    steps += [
        _Looked(
            Step(text, reader.truth(part, place).at(at), evidence.behind(reader, part, place, at)),
            Failing("condition", part, place, at),
        )
        for part in parts
        if (text := condition_text(part))
    ]
    # An exception that is not known true stops nothing.
    steps += [
        _Looked(
            Step(
                f"unless {condition_text(exception.condition)}",
                reader.truth(exception.condition, place).at(at) is not True,
                evidence.behind(reader, exception.condition, place, at),
            ),
            Failing("condition", exception.condition, place, at, wanted=False),
        )
        for exception in guard.unless
    ]
    return tuple(steps)


def _name(place: Place) -> str:
    return place.episode.id if place.episode else ORGANISATION if place.organisation else CHILD


def _read_at(reader: Reader, chance: Chance) -> Instant:
    """The instant at which the guard is shown: the moment, or the latest of the stretch that has come."""
    if chance.end is None or chance.start > reader.seen.as_of:
        return chance.start
    return max(chance.start, min(chance.end, reader.seen.as_of))


def _episode(place: Place) -> tuple[Evidence, ...]:
    episode = place.episode
    if episode is None:
        return ()
    found = [(name, episode.instant(name)) for name in ("started", "located", "returned")]
    return tuple(Evidence(f"episode.{name}", when, episode.id, True) for name, when in found if when is not None)
