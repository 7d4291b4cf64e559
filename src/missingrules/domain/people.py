"""Who acts, chairs, attends or is told: roles, on their own or by the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from missingrules.domain.citations import NotStated

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations
    from missingrules.domain.conditions import Condition


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its local title, its grade on the shared ladder (None: not a rank) and the agency that it is of.

    `agency` is None only where a record names somebody whom the protocol does not have.
    """

    name: str
    title: str
    grade: str | None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Roles: all of them, any of them, or anybody other than them; or whoever the trigger's record names."""

    mode: Literal["all", "any", "other_than", "record_by"]
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleRow:
    condition: Condition
    people: People | NotStated
    citations: Citations


@dataclass(frozen=True, slots=True)
class PeopleRows:
    """The first row that is true, all before it false. `at_firing`: read once, when the rule fires."""

    rows: tuple[PeopleRow, ...]
    at_firing: bool = False


WhoEver = People | PeopleRows | NotStated
