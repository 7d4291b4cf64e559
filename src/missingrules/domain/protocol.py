"""One authority's protocol: its rules, and every name that they use."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from missingrules.domain.rules import Modality

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

    from missingrules.domain.applies import Applies
    from missingrules.domain.citations import Citations, Convention, Edition, Reading
    from missingrules.domain.clock import Clock
    from missingrules.domain.conditions import Condition
    from missingrules.domain.people import Role
    from missingrules.domain.rules import RuleFamily
    from missingrules.domain.vocabulary import ActionWord, EventWord, FactWord


def is_inherited(id_: str) -> bool:
    """Whether the id of a rule says that it comes from a lower layer: `LAYER/RULE`."""
    return "/" in id_


def layer_of(key: str) -> str:
    """The name of the protocol whose rule a key, or the id of an inherited rule, is of."""
    return key.partition("/")[0]


def bare(id_: str) -> str:
    """The id of a rule as its own file has it."""
    return id_.rpartition("/")[2]


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


@dataclass(frozen=True, slots=True)
class Replacement:
    """A rule of a lower layer, `LAYER/RULE`, that does not hold here, why, and where the paper says so.

    `by` is the rule that takes its place; None: it was dropped.
    """

    rule: str
    by: str | None
    why: str
    citations: Citations


@dataclass(frozen=True, kw_only=True, eq=False)
class Protocol:
    """One authority's protocol, read and resolved. `families` are ordered: what feeds a guard before what it guards.

    Two are equal only if they are the same object, so that what follows from one can be remembered with it. `called` is
    the area's own name for an action, where it has one.

    A protocol that stands on another has the rules that it inherits among its families: their ids are `LAYER/RULE`, and
    so begin their keys. `stands_on` is that other protocol as it is when asked alone.
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
    applies: Applies | None = None
    hours: Mapping[str, Hours]
    roles: Mapping[str, Role]
    words: Words
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    readings: Mapping[str, Reading]
    conventions: Mapping[str, Convention] = field(default_factory=lambda: MappingProxyType({}))
    stated_ranks_as: Modality = Modality.MUST
    families: tuple[RuleFamily, ...]
    fingerprint: str
    stands_on: Protocol | None = None
    replaced: tuple[Replacement, ...] = ()

    @property
    def layers(self) -> tuple[Protocol, ...]:
        """This protocol, then the one that it stands on, and so on down; each as it is when asked alone."""
        return (self, *(self.stands_on.layers if self.stands_on else ()))

    @property
    def own(self) -> tuple[RuleFamily, ...]:
        """The rules of its own file, without those that it inherits."""
        return tuple(family for family in self.families if not is_inherited(family.id))

    @property
    def own_documents(self) -> list[str]:
        """The document of the protocol itself: references to it need no name."""
        return [citation.document for citation in self.scope_citations][:1] or [self.name]

    def ranks_as(self, modality: Modality) -> Modality:
        """How strongly it asks: what the paper merely states ranks as the protocol says."""
        return self.stated_ranks_as if modality is Modality.STATED else modality

    def split(self, key: str) -> tuple[str, str]:
        """A key without this protocol's own name, or its beginning, as the rule or act and the rest."""
        first, _, rest = key.partition("/")
        if rest and first in {layer.name for layer in self.layers[1:]}:
            own, _, rest = rest.partition("/")
            return f"{first}/{own}", rest
        return first, rest

    def key_of(self, id_: str) -> str:
        """The beginning of the keys of a rule, or of an act of one: the layer that it comes from, and its id."""
        return id_ if is_inherited(id_) else f"{self.name}/{id_}"

    def options(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """How each reading is taken, by id: as chosen if that is one of its options here, otherwise by default."""
        return {
            id_: option if (option := chosen.get(id_)) in {one.name for one in reading.options} else reading.default
            for id_, reading in self.readings.items()
        }
