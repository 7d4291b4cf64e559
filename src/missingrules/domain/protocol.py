"""One authority's protocol: its rules, and every name that they use."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from missingrules.domain.rules import Modality

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from missingrules.domain.citations import Citations, Convention, Edition, Reading
    from missingrules.domain.clock import Clock
    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import Role
    from missingrules.domain.rules import RuleFamily
    from missingrules.domain.vocabulary import ActionWord, EventWord, FactWord


@dataclass(frozen=True, slots=True)
class Hours:
    """Named hours of the week, local time; `closed_on_holidays`: none on a bank holiday."""

    name: str
    days: frozenset[int]
    opens: time
    closes: time
    closed_on_holidays: bool
    citations: Citations


@dataclass(frozen=True, slots=True)
class Words:
    """Every word a protocol may use: the shared vocabulary and its own."""

    facts: Mapping[str, FactWord]
    actions: Mapping[str, ActionWord]
    events: Mapping[str, EventWord]


@dataclass(frozen=True, kw_only=True, eq=False)
class Protocol:
    """One authority's protocol, read and resolved. `families` are ordered: what feeds a guard before what it guards.

    Two are equal only if they are the same object, so that what follows from one can be remembered with it. `called` is
    the area's own name for an action, where it has one.
    """

    name: str
    title: str
    authority: str
    applies_to: str
    areas: tuple[str, ...]
    edition: Edition
    clock: Clock
    scope: Condition
    scope_citations: Citations
    hours: Mapping[str, Hours]
    roles: Mapping[str, Role]
    words: Words
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    readings: Mapping[str, Reading]
    conventions: Mapping[str, Convention] = field(default_factory=lambda: MappingProxyType({}))
    stated_ranks_as: Modality = Modality.MUST
    families: tuple[RuleFamily, ...]
    fingerprint: str

    def options(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """How each reading is taken, by id: as chosen if that is one of its options here, otherwise by default."""
        return {
            id_: option if (option := chosen.get(id_)) in {one.name for one in reading.options} else reading.default
            for id_, reading in self.readings.items()
        }
