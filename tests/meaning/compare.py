"""What the engine answers, in the oracle's words, and where the two differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from missingrules.domain.citations import NotStated
from missingrules.domain.obligations import NO_DIFFERENCE, Undecided
from missingrules.engine.evaluate import evaluate, every_reading
from tests.meaning.oracle import (
    Classified,
    Forbidden,
    Otherwise,
    Outcome,
    answer,
    combinations,
    conclusions,
    conflicts,
    forbidden,
    otherwise,
    questions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from missingrules.domain.answers import Answer, ProtocolAnswer
    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.obligations import Obligation
    from missingrules.domain.people import People
    from missingrules.domain.protocol import Protocol

# far enough for every length that the strategies use, near enough to stay quick
HORIZON = 40


def evaluated(
    protocol: Protocol, case: Case, as_of: Instant, horizon_days: int = HORIZON, *, organisation: bool = False
) -> Answer:
    return evaluate([protocol], case, as_of, horizon_days=horizon_days, organisation=organisation)


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
        who(o.with_),
        str(o.duty.modality),
    )


def outcomes(given: Answer) -> dict[str, Outcome]:
    return outcomes_of(given.protocols)


def outcomes_of(parts: Iterable[ProtocolAnswer]) -> dict[str, Outcome]:
    return {o.key: outcome(o) for p in parts for o in p.actions}


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


def beside(given: Answer) -> dict[str, dict[object, object]]:
    """What stands beside the obligations: classifications, conflicts, and what is forbidden."""
    parts = given.protocols
    return {
        "concluded": {
            place(p, c.what, c.episode): Classified(c.recorded, c.floor, c.effective, frozenset(c.rules))
            for p in parts
            for c in p.conclusions
        },
        "conflict": {place(p, c.what, c.episode): c.values for p in parts for c in p.conflicts},
        "forbidden": {
            (f.key, f.record): Forbidden(f.key, str(f.status), f.record, f.at) for p in parts for f in p.forbidden
        },
    }


def place(part: ProtocolAnswer, what: str, episode: str | None) -> tuple[str, str | None]:
    """A fact by its full name: the answer leaves `episode.` away."""
    return what if what in part.protocol.words.facts else f"episode.{what}", episode


def beside_by_oracle(protocol: Protocol, case: Case, as_of: Instant) -> dict[str, dict[Any, Any]]:
    return {
        "concluded": dict(conclusions(protocol, case, as_of)),
        "conflict": dict(conflicts(protocol, case, as_of)),
        "forbidden": {(f.key, f.record): f for f in forbidden(protocol, case, as_of)},
    }


def unlike(engine: dict[str, dict[Any, Any]], oracle: dict[str, dict[Any, Any]]) -> list[str]:
    return [
        f"{name} {key}: engine {engine[name].get(key)}, oracle {oracle[name].get(key)}"
        for name in oracle
        for key in dict.fromkeys([*engine[name], *oracle[name]])
        if engine[name].get(key) != oracle[name].get(key)
    ]


def differ(protocol: Protocol, case: Case, as_of: Instant, *, organisation: bool = False) -> list[str]:
    given = evaluated(protocol, case, as_of, organisation=organisation)
    found = differences(outcomes(given), answer(protocol, case, as_of, HORIZON, organisation=organisation))
    return found + unlike(beside(given), beside_by_oracle(protocol, case, as_of))


def asked(given: Answer) -> dict[tuple[str, str | None], frozenset[str]]:
    """The facts that are asked for, and what hangs on each."""
    return {(q.fact, q.episode): frozenset(q.affects) for p in given.protocols for q in p.questions if q.record is None}


def differ_in_questions(protocol: Protocol, case: Case, as_of: Instant, *, organisation: bool = False) -> list[str]:
    """Of a case that leaves no time open."""
    ours = {"question": asked(evaluated(protocol, case, as_of, organisation=organisation))}
    return unlike(ours, {"question": dict(questions(protocol, case, as_of, HORIZON, organisation=organisation))})


# --- readings ---------------------------------------------------------------------------------------------------------

CHANGED = re.compile(
    r"not owed|\bdue\b|status \w+|action \w+|\b(?:must|should|may)\b|\b(?:by|chair|recipients|with_)(?=:)"
)


def read_otherwise(given: Answer) -> Otherwise:
    """What the engine says that other options would change, in the oracle's words."""
    rests = {
        o.key: {r.reading: options_in(r.otherwise) for r in o.readings} for p in given.protocols for o in p.actions
    }
    added = {
        (a.reading, a.option): frozenset(key for key, _ in a.would_add) for p in given.protocols for a in p.ambiguities
    }
    return Otherwise(rests, added)


def options_in(text: str) -> dict[str, frozenset[str]]:
    """`a: status met, by: …; b: not owed` by option."""
    if text == NO_DIFFERENCE:
        return {}
    parts = re.split(r"(?:^|; )([abc]): ", text)[1:]
    return {
        option: frozenset(f"modality {x}" if x in ("must", "should", "may") else x for x in CHANGED.findall(said))
        for option, said in zip(parts[::2], parts[1::2], strict=True)
    }


def differ_in_readings(protocol: Protocol, case: Case, as_of: Instant) -> list[str]:
    """What rests on readings, and the answer under every combination that matters."""
    given = evaluated(protocol, case, as_of)
    ours, theirs = read_otherwise(given), otherwise(protocol, case, as_of, HORIZON)
    found = unlike(ours._asdict(), theirs._asdict())
    twice = [
        o.key for p in given.protocols for o in p.actions if len({r.reading for r in o.readings}) < len(o.readings)
    ]
    found += [f"{key}: a reading is named twice" for key in twice]
    every = [(taken, outcomes_of([part])) for taken, part in every_reading(protocol, case, as_of, horizon_days=HORIZON)]
    wanted = [(taken, answer(protocol, case, as_of, HORIZON, taken)) for taken in combinations(protocol, theirs)]
    if [taken for taken, _ in every] != [taken for taken, _ in wanted]:
        return [*found, f"combinations: engine {[t for t, _ in every]}, oracle {[t for t, _ in wanted]}"]
    for (taken, ours_), (_, theirs_) in zip(every, wanted, strict=True):
        found += [f"{taken} {line}" for line in differences(ours_, theirs_)]
    return found
