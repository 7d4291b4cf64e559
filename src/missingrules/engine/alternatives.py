"""Readings: what would differ if one alone were read otherwise, and duties found only under another option."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.answers import Ambiguity
from missingrules.domain.obligations import NO_DIFFERENCE, Obligation, Rests
from missingrules.engine.people import people_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.plan import Plan

Obligations = dict[str, Obligation]


class Otherwise(NamedTuple):
    """What each obligation rests on, by key, and the duties that other options would add."""

    rests: Mapping[str, tuple[Rests, ...]]
    ambiguities: tuple[Ambiguity, ...]


def rests_on(
    protocol: Protocol,
    plan: Plan,
    options: Mapping[str, str],
    base: Obligations,
    under: Callable[[Mapping[str, str], frozenset[str]], Obligations],
) -> Otherwise:
    """What would differ if one reading alone were read otherwise.

    `under` answers for some rules alone under other options.
    """
    rests: dict[str, list[Rests]] = {}
    added: list[Ambiguity] = []
    for reading in protocol.readings.values():
        taken = options[reading.id]
        hanging = plan.hanging[reading.id]
        direct = {f.id for f in protocol.families if reading.id in f.readings}
        keys = [key for key, o in base.items() if o.duty.rule in hanging]
        otherwise: dict[str, list[str]] = {key: [] for key in keys}
        for option in reading.options:
            if option.name == taken:
                continue
            other = under({**options, reading.id: option.name}, hanging)
            for key in keys:
                if text := _difference(base[key], other.get(key), protocol.clock):
                    otherwise[key].append(f"{option.name}: {text}")
            new = sorted(key for key in other.keys() - base.keys() if other[key].duty.rule in hanging)
            if new:
                would_add = tuple((key, other[key].duty.title) for key in new)
                added.append(Ambiguity(reading.id, option.name, would_add, option.citations))
        for key, texts in otherwise.items():
            if texts or base[key].duty.rule in direct:
                text = "; ".join(texts) or NO_DIFFERENCE
                rests.setdefault(key, []).append(Rests(reading.id, taken, text))
    for family in protocol.families:
        for choice in family.shown:
            for key, o in base.items():
                if o.duty.rule == family.id:
                    rests.setdefault(key, []).append(Rests(choice.reading, options[choice.reading], NO_DIFFERENCE))
    return Otherwise({key: tuple(found) for key, found in rests.items()}, tuple(added))


def combinations(protocol: Protocol, touched: set[str], options: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Every combination of the options of the readings that a case touches."""
    names = sorted(touched)
    for taken in product(*([o.name for o in protocol.readings[name].options] for name in names)):
        yield {**options, **dict(zip(names, taken, strict=True))}


def _difference(one: Obligation, other: Obligation | None, clock: Clock) -> str:
    """What the other has that the one has not, in words; empty where they agree."""
    if other is None:
        return "not owed"
    parts = []
    if one.due != other.due or one.due_between != other.due_between:
        parts.append(f"due {_instant(other.due, clock)}" if other.due_between is None else "due left open")
    if one.status != other.status:
        parts.append(f"status {other.status}")
    if one.duty.action != other.duty.action:
        parts.append(f"action {other.duty.action}")
    if one.duty.modality != other.duty.modality:
        parts.append(f"{other.duty.modality}")
    parts += [
        f"{name}: {people_text(getattr(other, name)) or 'none'}"
        for name in ("by", "chair", "recipients", "attendees", "with_")
        if getattr(one, name) != getattr(other, name)
    ]
    return ", ".join(parts)


def _instant(when: Instant | None, clock: Clock) -> str:
    return "at no stated time" if when is None else clock.local(when).isoformat()
