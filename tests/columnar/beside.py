"""Columns beside the evaluator: the obligations of both, by child and key, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from missingrules.domain.clock import FOREVER
from missingrules.engine.columnar.answer import answered
from missingrules.engine.columnar.gather import graded_by, histories_of
from missingrules.engine.columnar.names import episode_ids, occurrences
from missingrules.engine.columnar.status import STATUSES
from missingrules.engine.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.answer import Answered

Rows = dict[tuple[int, str], tuple[Any, ...]]


class Beside(NamedTuple):
    """What was compared, and where the two differ."""

    children: int
    left: int  # children left to the evaluator
    rules: Mapping[str, str]  # rules left to it, and why
    rows: int
    differ: list[str]


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
    mine = rows_of(found)
    theirs: Rows = {}
    for number, case in enumerate(cases):
        if found.left[number]:
            continue
        answer = evaluate([protocol], case, as_of, horizon_days=horizon_days, readings=readings)
        for one in answer.protocols[0].actions:
            if one.duty.rule not in found.found.rules:
                detail = one.detail
                who = detail.by, detail.chair, detail.attendees, detail.recipients, detail.with_
                between = one.due_between or (one.due, one.due)
                theirs[number, one.key] = (
                    one.status, one.triggered_at, *between, one.discharged_at, who, one.citations
                )  # fmt: skip
    differ = [
        f"{cases[n].id} {key}\n  columns:   {mine.get((n, key))}\n  evaluator: {theirs.get((n, key))}"
        for n, key in sorted({*mine, *theirs})
        if mine.get((n, key)) != theirs.get((n, key))
    ]
    left = int(found.left.sum())
    return Beside(len(cases) - left, left, found.found.rules, len(theirs), differ)


def rows_of(found: Answered) -> Rows:
    """Every obligation that the columns hold, by child and key."""
    out: Rows = {}
    ids = episode_ids(found.stood)
    for owed in found.found.owed:
        names = occurrences(found.stood, owed.firings)
        for row in range(len(owed)):
            subject = int(owed.subjects[row])
            child = int(found.stood.child[subject]) if owed.of_episodes else subject
            if found.left[child]:
                continue
            key = f"{owed.prefix}{ids[subject] if owed.of_episodes else 'child'}/{names[row]}"
            low, high = int(owed.due[row]), int(owed.due_latest[row])
            assert (child, key) not in out, f"{key} comes twice"
            out[child, key] = (
                STATUSES[owed.status[row]],
                _instant(owed.triggered[row]),
                _instant(low),
                _instant(high) if low < FOREVER and high < FOREVER else _instant(low),
                _instant(owed.done_at[row]),
                tuple(options.at(row) for options in owed.who.values()),
                owed.citations.at(row),
            )
    return out


def _instant(value: Any) -> int | None:
    return None if value >= FOREVER else int(value)
