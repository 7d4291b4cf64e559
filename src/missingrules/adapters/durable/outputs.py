"""What a rule set tells, and of what it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from missingrules.adapters.durable.gates import Node
    from missingrules.adapters.durable.supplies import Supply
    from missingrules.domain.citations import Citations
    from missingrules.domain.rules import Guard


class Place(StrEnum):
    """From where rules are read: each has a rule set of its own."""

    EPISODE = "episode"
    CHILD = "child"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Output:
    """What a rule set tells: whether a guard lets its rule fire, or what a concluded fact is known to be."""

    kind: str  # duty, conclusion, prohibition, fact
    name: str  # the duty's or the rule's id, or the fact
    node: Node
    citations: Citations
    guard: Guard | None = None
    value: str | None = None  # of a fact: the value that it is known to have, or the level that is possible
    trigger: str | None = None  # of a duty: when to ask, in words


@dataclass(frozen=True, slots=True)
class Translated:
    """What one rule set is made of."""

    place: Place
    nodes: tuple[Node, ...]
    supplies: tuple[Supply, ...]
    outputs: tuple[Output, ...]
    refused: tuple[tuple[str, str], ...]  # the rule, and what of it cannot be said
