"""Where a rule comes from: paragraphs, readings, conventions and editions. `NOT_STATED` is the paper's silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from missingrules.domain.clock import Length


class NotStated(StrEnum):
    NOT_STATED = "not_stated"


NOT_STATED: Final = NotStated.NOT_STATED


@dataclass(frozen=True, slots=True)
class Citation:
    """A paragraph of a document. `supports` names the part of the rule it carries: `duty`, `deadline`, `chair` …"""

    document: str
    paragraph: str
    heading: str
    supports: str = "duty"


Citations = tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading as it was taken: its id and the option."""

    reading: str
    option: str


@dataclass(frozen=True, slots=True)
class ReadingOption:
    name: str
    citations: Citations


@dataclass(frozen=True, slots=True)
class Reading:
    """Something the paper says in two ways, or leaves open where the answer changes."""

    id: str
    question: str
    options: tuple[ReadingOption, ...]
    default: str
    why: str


@dataclass(frozen=True, slots=True)
class Convention:
    """Something said once for the whole file, with why: `counted` (and its window, if any), `days` or `stated`."""

    name: str
    why: str
    window: Length | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A text of a document. `in_force`: the first date on which it holds, and the first on which it no longer does."""

    label: str
    published: str | None = None
    checked: str | None = None
    in_force: tuple[date | None, date | None] = (None, None)

    def has_begun(self, day: date) -> bool:
        return self.in_force[0] is None or self.in_force[0] <= day

    def has_lapsed(self, day: date) -> bool:
        return self.in_force[1] is not None and self.in_force[1] <= day

    def holds_on(self, day: date) -> bool:
        """In force on this date; without dates of its own, on any."""
        return self.has_begun(day) and not self.has_lapsed(day)
