"""What the engine answers, in the oracle's words, and where the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain.obligations import Undecided
from missingrules.domain.rules import NotStated, People
from tests.meaning.oracle import Outcome, answer

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Answer, Obligation
    from missingrules.domain.rules import Protocol

# far enough for every length that the strategies use, near enough to stay quick
HORIZON = 40


def evaluated(protocol: Protocol, case: Case, as_of: Instant, horizon_days: int = HORIZON) -> Answer:
    from missingrules.engine.evaluate import evaluate

    return evaluate([protocol], case, as_of, horizon_days=horizon_days)


def who(people: People | NotStated | Undecided | None) -> Any:
    if people is None:
        return None
    if isinstance(people, NotStated):
        return "not_stated"
    if isinstance(people, Undecided):
        silent = ["not_stated"] if people.silent else []
        return "undecided", tuple(sorted([*(who(p) for p in people.people), *silent], key=str))
    return people.mode, tuple(role.name for role in people.roles)


def outcome(o: Obligation) -> Outcome:
    return Outcome(
        str(o.status),
        o.triggered_at,
        o.due,
        o.due_between,
        o.discharged_at,
        o.ended_at,
        o.duty.action,
        who(o.by),
        who(o.chair),
        who(o.recipients),
    )


def outcomes(given: Answer) -> dict[str, Outcome]:
    return {o.key: outcome(o) for p in given.protocols for o in p.actions}


def differences(engine: dict[str, Outcome], oracle: dict[str, Outcome]) -> list[str]:
    """Each difference in a line; of what is not decidable only what the contract gives a value."""
    found = [f"{key}: only the engine has it: {engine[key]}" for key in engine if key not in oracle]
    found += [f"{key}: only the oracle has it: {oracle[key]}" for key in oracle if key not in engine]
    for key in [k for k in engine if k in oracle]:
        ours, theirs = engine[key], oracle[key]
        for name in Outcome._fields:
            skipped = theirs.status == "not_decidable" and name in ("triggered_at", "discharged_at", "ended_at")
            if getattr(ours, name) != getattr(theirs, name) and not skipped:
                found.append(f"{key}.{name}: engine {getattr(ours, name)}, oracle {getattr(theirs, name)}")
    return found


def differ(protocol: Protocol, case: Case, as_of: Instant) -> list[str]:
    return differences(outcomes(evaluated(protocol, case, as_of)), answer(protocol, case, as_of, HORIZON))
