"""Questions of columns beside those of the evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.answer import answered
from missingrules.engine.columnar.asking import questions
from missingrules.engine.columnar.gather import graded_by, histories_of
from missingrules.engine.columnar.names import episode_ids
from missingrules.engine.evaluate import Asked, evaluate
from missingrules.engine.questions import Asking, ask_all
from tests.columnar.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.hung import Questions

# By child, fact, episode and record: the keys of what hangs on it, and by when it is needed.
Rows = dict[tuple[int, str, str | None, str | None], tuple[tuple[str, ...], int | None]]


def beside(
    protocol: Protocol,
    cases: Sequence[Case],
    as_of: Instant,
    horizon_days: int = 90,
    readings: Mapping[str, str] | None = None,
) -> Beside:
    """One protocol and some children, asked of both."""
    histories = histories_of(cases, protocol.clock, graded_by([protocol.words]))
    found = answered(protocol, histories, as_of, horizon_days=horizon_days, readings=readings)
    asked = questions(found)
    mine = rows_of(found, asked)
    theirs: Rows = {}
    for number, case in enumerate(cases):
        if found.left[number]:
            continue
        if asked.left:
            theirs |= _of_others(number, protocol, case, as_of, horizon_days, readings, asked.left)
            continue
        answer = evaluate([protocol], case, as_of, horizon_days=horizon_days, readings=readings)
        for one in answer.protocols[0].questions:
            theirs[number, one.fact, one.episode, one.record] = one.affects, one.by
    differ = [
        f"{cases[key[0]].id} {key[1:]}\n  columns:   {mine.get(key)}\n  evaluator: {theirs.get(key)}"
        for key in sorted({*mine, *theirs}, key=str)
        if mine.get(key) != theirs.get(key)
    ]
    left = int(found.left.sum())
    return Beside(len(cases) - left, left, asked.left, len(theirs), differ)


def asked_of(protocol: Protocol, cases: Sequence[Case], as_of: Instant) -> Rows:
    """What columns ask."""
    histories = histories_of(cases, protocol.clock, graded_by([protocol.words]))
    found = answered(protocol, histories, as_of)
    return rows_of(found, questions(found))


def rows_of(found: Answered, asked: Questions) -> Rows:
    """Every question that the columns hold."""
    out: Rows = {}
    ids, records = episode_ids(found.stood), found.stood.histories.records.id
    for n in range(len(asked)):
        keys: list[str] = []
        for of, row in zip(*(c[asked.begins[n] : asked.begins[n + 1]] for c in (asked.of, asked.row)), strict=True):
            hung = asked.hung[of]
            assert hung.children(found.stood, row[None])[0] == asked.child[n]
            keys += hung.keys(found.stood, row[None])
        episode = ids[asked.episode[n]] if asked.episode[n] >= 0 else None
        record = records[asked.record[n]] if asked.record[n] >= 0 else None
        question = int(asked.child[n]), asked.facts[asked.fact[n]], episode, record
        assert question not in out, f"{question} comes twice"
        out[question] = tuple(sorted(keys)), None if asked.by[n] == FOREVER else int(asked.by[n])
    return out


def _of_others(
    number: int,
    protocol: Protocol,
    case: Case,
    as_of: Instant,
    horizon_days: int,
    readings: Mapping[str, str] | None,
    left: Mapping[str, str],
) -> Rows:
    """The evaluator's questions on which something of other rules hangs than those that columns left to it."""
    asked = Asked(protocol, case, as_of, horizon_days)
    solver = asked.solve(protocol.options(readings or {})).solvers[0]
    theirs: Asking = ask_all(solver, solver.solve())
    begins = tuple(protocol.key_of(rule) for rule in left)
    out: Rows = {}
    for ((fact, episode), record), keys in theirs.asked.items():
        kept: dict[str, Any] = {key: by for key, by in keys.items() if not _is_of(key, begins)}
        if kept:
            by = min((by for by in kept.values() if by is not None), default=None)
            out[number, fact, episode, record] = tuple(sorted(kept)), by
    return out


def _is_of(key: str, begins: tuple[str, ...]) -> bool:
    return any(key == begin or key.startswith((f"{begin}/", f"{begin}.")) for begin in begins)
