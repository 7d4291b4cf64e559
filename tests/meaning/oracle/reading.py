"""What the other options of a reading would change, found by answering under each."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from tests.meaning.oracle.outcomes import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol
    from tests.meaning.oracle.outcomes import Outcome

# by key and reading: the other options that differ, each with what differs
Rests = dict[str, dict[str, dict[str, frozenset[str]]]]
NAMED = ("by", "chair", "recipients", "with_")


class Otherwise(NamedTuple):
    """What each obligation rests on, and the keys found only under another option of one reading."""

    rests: Rests
    added: dict[tuple[str, str], frozenset[str]]


def otherwise(protocol: Protocol, case: Case, as_of: int, horizon_days: int = 90) -> Otherwise:
    """One reading alone read otherwise, for every reading and option."""
    here = answer(protocol, case, as_of, horizon_days)
    rests: Rests = {key: {} for key in here}
    added = {}
    for family in protocol.families:
        for key in here:
            if rule_of(key) == family.id:
                rests[key] |= {name: {} for name in (*family.readings, *(c.reading for c in family.shown))}
    for reading in protocol.readings.values():
        for option in (o.name for o in reading.options if o.name != reading.default):
            there = answer(protocol, case, as_of, horizon_days, {reading.id: option})
            for key, one in here.items():
                changed = difference(one, there.get(key))
                if changed:
                    rests[key].setdefault(reading.id, {})[option] = changed
            new = frozenset(there.keys() - here.keys())
            if new:
                added[reading.id, option] = new
    return Otherwise(rests, added)


def rule_of(key: str) -> str:
    return key.split("/")[1].split(".")[0]


def difference(one: Outcome, other: Outcome | None) -> frozenset[str]:
    if other is None:
        return frozenset({"not owed"})
    found = {name for name in NAMED if getattr(one, name) != getattr(other, name)}
    if (one.due, one.due_between) != (other.due, other.due_between):
        found.add("due")
    for name in ("status", "action", "modality"):
        if getattr(one, name) != getattr(other, name):
            found.add(f"{name} {getattr(other, name)}")
    return frozenset(found)


def combinations(protocol: Protocol, found: Otherwise) -> Iterator[dict[str, str]]:
    """Every combination of the options of the readings that the case touches."""
    touched = {reading for reading, _ in found.added}
    touched |= {reading for each in found.rests.values() for reading, options in each.items() if options}
    names = [r for r in protocol.readings if r in touched]
    for taken in product(*([o.name for o in protocol.readings[name].options] for name in names)):
        yield {r.id: r.default for r in protocol.readings.values()} | dict(zip(names, taken, strict=True))
