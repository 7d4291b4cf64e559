"""For which children a paper is written, by who is responsible for them and where they live."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.citations import Citations
    from missingrules.domain.conditions import Condition


class Relation(StrEnum):
    """How a child can be bound to the areas of a protocol."""

    LIVING_HERE = "living_here"
    OWN = "own"
    OWN_ELSEWHERE = "own_elsewhere"
    PLACED_HERE = "placed_here"
    ANYWHERE = "anywhere"


MEANS: Final[Mapping[Relation, str]] = MappingProxyType(
    {
        Relation.LIVING_HERE: "a child who is not looked after and lives in the area",
        Relation.OWN: "a child in the authority's care who lives in its area",
        Relation.OWN_ELSEWHERE: "a child in the authority's care who is placed outside its area",
        Relation.PLACED_HERE: "a child whom another authority has placed in the area",
        Relation.ANYWHERE: "a child anywhere in the country",
    }
)
# Those that one authority can be asked about; a paper for the whole country knows none of them.
LOCAL: Final = tuple(relation.value for relation in Relation if relation is not Relation.ANYWHERE)
CARED: Final = "child.looked_after"
PLACING: Final = "child.placing_authority"
PLACED: Final = "child.placed_in"
HOME: Final = "child.home_area"


@dataclass(frozen=True, slots=True)
class Reach:
    """One kind of child that the paper says it is for; `also`: whose protocol holds beside it, as it says too."""

    relation: Relation
    citations: Citations
    also: Literal["host", "placing"] | None = None


@dataclass(frozen=True, slots=True)
class Applies:
    """All that a paper says of whom it is for.

    `when` is that as a condition on the child; a kind of child that no `Reach` names is one of whom it says nothing.
    """

    reaches: tuple[Reach, ...]
    when: Condition

    @property
    def is_everywhere(self) -> bool:
        return any(reach.relation is Relation.ANYWHERE for reach in self.reaches)
