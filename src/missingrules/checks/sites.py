"""Every use of rows by an act, and what is to be known of it: what no row is for, and which rows are reached."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.deadlines import DeadlineRows
from missingrules.domain.people import PeopleRows
from missingrules.domain.rules import Duty
from missingrules.logic.situations import Situation, bearing_on, keys_of, situation
from missingrules.logic.space import Space, TooMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from missingrules.checks.where import Rows, Where
    from missingrules.domain.conditions import Condition
    from missingrules.domain.protocol import Protocol
    from missingrules.logic.cells import Cell
    from missingrules.logic.situations import Variant

# The keys that rows can give: as the resolved duty has them, and as they are written.
KEYS: Final = {"by": "by", "chair": "chair", "attend": "attend", "to": "to", "with_": "with", "deadline": "deadline"}
# So many combinations without a row are told at once.
MOST_GAPS: Final = 4


class Answer(NamedTuple):
    """What was found out about rows in a situation.

    `gaps`: combinations of cells for which no row is; `reached`: the rows that can be the first to hold, `possible`:
    those that can hold at all; `overlaps`: pairs of rows that can hold at once, with the case, of a table that says
    they cannot. None: too many combinations to tell.
    """

    gaps: tuple[tuple[Cell, ...], ...] | None
    reached: tuple[bool, ...] | None
    possible: tuple[bool, ...]
    overlaps: tuple[tuple[int, int, tuple[Cell, ...]], ...] | None


class Site(NamedTuple):
    """Rows as one act uses them under one choice of readings, and what was found out about them, as in `Answer`."""

    act: str
    key: str
    rows: Rows | None
    gaps: tuple[tuple[Cell, ...], ...] | None
    reached: tuple[bool, ...] | None
    possible: tuple[bool, ...]
    overlaps: tuple[tuple[int, int, tuple[Cell, ...]], ...] | None


def answered(variants: Iterable[Variant], protocol: Protocol, where: Where) -> tuple[Site, ...]:
    """Every use of rows; uses that ask the same of the same rows are one."""
    found: dict[object, Site] = {}
    known: dict[object, Answer] = {}
    for variant in variants:
        for duty in variant.provisions:
            if not isinstance(duty, Duty):
                continue
            for attribute, key in KEYS.items():
                said = getattr(duty, attribute)
                if not isinstance(said, PeopleRows | DeadlineRows):
                    continue
                conditions = tuple([row.condition for row in said.rows])
                rows = where.rows(duty.id, key, variant.options)
                when = bearing_on(conditions, situation(duty, protocol))
                # What the parts of a situation are said by makes no difference here.
                asked = conditions, when.true, when.unless, bool(rows and rows.hit == "unique")
                place = (rows.node.start if rows else (duty.id, key)), asked
                if place not in found:
                    if asked not in known:
                        known[asked] = _answer(conditions, when, protocol, unique=asked[-1])
                    found[place] = Site(duty.id, key, rows, *known[asked])
    return tuple(found.values())


def _answer(conditions: tuple[Condition, ...], when: Situation, protocol: Protocol, *, unique: bool) -> Answer:
    space = Space((*conditions, *when.every), protocol.words.facts)
    gaps = reached = overlaps = None
    possible: tuple[bool, ...] = ()
    try:
        gaps = tuple(islice(_gaps(space, conditions, when), MOST_GAPS))
        # What is not known can make a later row the one that counts: a row is passed over only where one above is true.
        reached = tuple(
            space.find((*when.true, condition), (), (*conditions[:at], *when.unless)) is not None
            for at, condition in enumerate(conditions)
        )
        possible = tuple(
            is_reached or space.find((*when.true, condition), (), when.unless) is not None
            for is_reached, condition in zip(reached, conditions, strict=True)
        )
        overlaps = tuple(_overlaps(space, conditions, when) if unique else ())
    except TooMany:
        pass
    return Answer(gaps, reached, possible, overlaps)


def _gaps(space: Space, conditions: tuple[Condition, ...], when: Situation) -> Iterator[tuple[Cell, ...]]:
    """Combinations for which every row is known not to hold; of the facts that the rows test."""
    tested = set().union(*map(keys_of, conditions))
    seen = set()
    for found in space.every(when.true, conditions, when.unless):
        cells = tuple([cell for key, cell in found.items() if key in tested])
        if cells not in seen:
            seen.add(cells)
            yield cells


def _overlaps(
    space: Space, conditions: tuple[Condition, ...], when: Situation
) -> Iterator[tuple[int, int, tuple[Cell, ...]]]:
    for (one, first), (other, second) in combinations(enumerate(conditions), 2):
        found = space.find((*when.true, first, second), (), when.unless)
        if found is not None:
            tested = keys_of(first) | keys_of(second)
            yield one, other, tuple([cell for key, cell in found.items() if key in tested])
