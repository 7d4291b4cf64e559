"""What a protocol is made of, taken apart: the acts of its rules, and everything inside one of them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from missingrules.domain.rules import Duty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.protocol import Protocol


def parts_of(part: object) -> Iterator[object]:
    """Every dataclass inside a provision or a condition, itself first."""
    if isinstance(part, tuple):
        for one in part:
            yield from parts_of(one)
    elif is_dataclass(part):
        yield part
        for own in fields(part):
            yield from parts_of(getattr(part, own.name))


def acts_of(protocol: Protocol) -> dict[str, tuple[str, ...]]:
    """Every rule of the protocol, under any reading, with the ids of its acts (its own id where it has no items)."""
    found: dict[str, dict[str, None]] = {}
    for family in protocol.families:
        ids = found.setdefault(family.id, {})
        for provisions in family.variants.values():
            for provision in provisions:
                ids[provision.id if isinstance(provision, Duty) else provision.rule] = None
    return {rule: tuple(ids) for rule, ids in found.items()}
