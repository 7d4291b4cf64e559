"""missingrules: the protocol of this folder, asked of all children at once in columns."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from benchmarks.families.words import CHAIRS, PARAGRAPHS, PROTOCOL, RULES, STATUSES, Rows
from benchmarks.histories import ACTIONS, FOREVER, KINDS, NO_DAY, OUTCOMES, PLACES, RISKS
from missingrules.domain import clock
from missingrules.domain.clock import BEFORE_ALL, Instant
from missingrules.domain.people import People
from missingrules.engine.columnar.answer import answered
from missingrules.engine.columnar.histories import NONE, Episodes, Events, Histories, Records, Said, Spans
from missingrules.engine.columnar.status import STATUSES as ENGINES
from missingrules.interface.rows import paragraphs
from missingrules.reading.protocols import read_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.families.words import Calendar
    from benchmarks.histories import Caseload, Seconds
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.columnar.answer import Answered
    from missingrules.engine.columnar.solve import Options

_EPOCH: Final = 719163  # 1970-01-01 as `date.toordinal` gives it
# The engine's numbers of statuses as those of this benchmark; it never says what this caseload cannot leave open.
_STATUS: Final = np.array([STATUSES.index(s) if s in STATUSES else NONE for s in map(str, ENGINES)], np.int8)


class Called(Sequence[str]):
    """The names of numbered things, made when somebody asks."""

    def __init__(self, letter: str, count: int) -> None:
        self.letter, self.size = letter, count

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[str]:
        return (f"{self.letter}{at}" for at in range(self.size))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self.size))]
        if not 0 <= at < self.size:
            raise IndexError(at)
        return f"{self.letter}{at}"


def ready(calendar: Calendar) -> Callable[[Caseload], Rows]:
    """The protocol is read once. It has a calendar of its own."""
    return _asked(read_protocol(PROTOCOL))


def answer(protocol_path: Path, caseload: Caseload) -> Rows:
    """Every obligation and every floor of the caseload, from the file and the columns."""
    return _asked(read_protocol(protocol_path))(caseload)


def _asked(protocol: Protocol) -> Callable[[Caseload], Rows]:
    return lambda caseload: rows_of(
        answered(protocol, histories(caseload, protocol), Instant(caseload.as_of), horizon_days=90), caseload
    )


def histories(caseload: Caseload, protocol: Protocol) -> Histories:
    """The caseload as the engine's columns."""
    children, episodes = np.arange(caseload.children), np.arange(caseload.episodes)
    returned = np.where(caseload.returned == FOREVER, clock.FOREVER, caseload.returned)
    in_care = caseload.care_from != NO_DAY
    told = np.full(len(episodes), BEFORE_ALL), np.full(len(episodes), clock.FOREVER)
    records = _records(caseload)
    none = np.zeros(0, np.int64)
    return Histories(
        case=Called("C-", caseload.children),
        born=caseload.born.astype(np.int64) + _EPOCH,
        history_from=np.zeros(len(children), np.int64),
        child=MappingProxyType(
            {
                "looked_after": Spans(
                    children,
                    np.where(in_care, _midnights(protocol, caseload.care_from), BEFORE_ALL),
                    _midnights(protocol, caseload.care_to),
                    in_care.astype(np.int32),
                    ("false", "true"),
                )
            }
        ),
        plan=MappingProxyType({}),
        episodes=Episodes(
            child=caseload.child.astype(np.int64),
            id=Called("E", len(episodes)),
            started=caseload.started,
            located=returned,
            reported=caseload.reported,
            returned=returned,
            last_seen=np.full(len(episodes), clock.FOREVER),
            facts=MappingProxyType(
                {
                    "kind": Spans(episodes, *told, caseload.kind.astype(np.int32), KINDS),
                    "from": Spans(episodes, *told, caseload.place.astype(np.int32), PLACES),
                    "risk": Spans(episodes, caseload.reported, told[1], caseload.risk.astype(np.int32), RISKS),
                    "exploitation_suspected": Spans(
                        episodes, *told, caseload.exploitation.astype(np.int32), ("false", "true")
                    ),
                }
            ),
        ),
        events=Events(none, none.astype(np.int32), (), none, (), none, MappingProxyType({})),
        records=records,
        meetings=(MappingProxyType({}),) * len(children),
        loose=np.zeros(len(children), np.bool_),
    )


def _midnights(protocol: Protocol, days: Any) -> Seconds:
    """The first second of each date; FOREVER where there is none."""
    every, back = np.unique(days, return_inverse=True)
    zone = protocol.clock
    found = [clock.FOREVER if day == NO_DAY else zone.midnight(np.datetime64(int(day), "D").item()) for day in every]
    return np.array(found, np.int64)[back]


def _records(caseload: Caseload) -> Records:
    """The records of each child in order of time."""
    child = caseload.child[caseload.episode].astype(np.int64)
    # Nearly in order already: one key sorts quicker than two.
    order = np.argsort(child * (1 << 34) + caseload.at, kind="stable")
    silent = Said(np.full(len(order), NONE, np.int32), ())
    outcome = caseload.outcome[order].astype(np.int32) - 1
    return Records(
        child=child[order],
        action=caseload.action[order].astype(np.int32),
        actions=ACTIONS,
        at=caseload.at[order],
        id=Called("R", len(order)),
        episode=caseload.episode[order].astype(np.int64),
        also_of=silent,
        included=silent,
        outcome=Said(outcome, OUTCOMES[1:]),
        about=silent,
        method=silent,
        by=silent,
        to=silent,
        with_=silent,
        answers=np.zeros(len(order), np.bool_),
        fields=MappingProxyType({}),
    )


def rows_of(found: Answered, caseload: Caseload) -> Rows:
    """The answer in the columns of this benchmark."""
    if found.found.rules or found.left.any():
        raise ValueError(f"left to the evaluator: {dict(found.found.rules)}, {list(found.found.children)}")
    owed = found.found.owed
    episode = np.concatenate([found.stood.rows[one.subjects] for one in owed])
    sizes = [len(one) for one in owed]
    due = np.concatenate([one.due for one in owed])
    (risk,) = (one for one in found.found.concluded if one.what == "risk")
    floors = found.stood.rows[risk.subjects]
    levels = np.array([RISKS.index(text) if text in RISKS else NONE for text in risk.value_as], np.int8)
    return Rows(
        child=caseload.child[episode],
        episode=episode.astype(np.int32),
        rule=np.repeat(np.array([RULES.index(one.duty.rule) for one in owed], np.int8), sizes),
        occurrence=np.concatenate([one.firings.number for one in owed]).astype(np.int8),
        status=_STATUS[np.concatenate([one.status for one in owed])],
        triggered=np.concatenate([one.triggered for one in owed]),
        due=np.where(due >= clock.FOREVER, FOREVER, due),
        chair=np.concatenate([_coded(one.who["chair"], len(one), _chair) for one in owed]),
        paragraphs=np.concatenate([_coded(one.citations, len(one), _cited) for one in owed]),
        floor_child=caseload.child[floors],
        floor_episode=floors.astype(np.int32),
        floor_risk=levels[risk.value],
    )


def _coded(options: Options, size: int, code: Callable[[Any], int]) -> Any:
    if options.numbers is None:
        return np.full(size, code(options.of[0]), np.int8)
    table = np.zeros(max(options.of) + 1, np.int8)
    table[list(options.of)] = [code(one) for one in options.of.values()]
    return table[options.numbers]


def _chair(who: Any) -> int:
    return CHAIRS.index(who.roles[0].name if isinstance(who, People) else "")


def _cited(cited: Any) -> int:
    return PARAGRAPHS.index(paragraphs(cited, "families"))
