"""What groups and rates of an audit are called, in every format."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from missingrules.domain.audit import By
from missingrules.reports.wording import people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.audit import Count, Group, Totals
    from missingrules.domain.citations import NotStated
    from missingrules.domain.obligations import Undecided
    from missingrules.domain.people import People

HEADS: Final = MappingProxyType(
    {
        By.MODALITY: "strength",
        By.DUTY: "duty",
        By.ROLE: "who acts",
        By.AGENCY: "agency",
        By.MONTH: "month due",
        By.AREA: "area",
    }
)
RATE_OF: Final = (
    "Rates are of the duties whose time is up and that can be decided: in time, late or not done. What is not "
    "decidable, still has time, has no limit or need not be done is in none."
)
_STRENGTHS: Final = ("must", "should", "stated", "may")


def rate(count: Count) -> str:
    """In time of those rated, never rounded up; a dash of none."""
    tenths = count.tenths
    return "-" if tenths is None else f"{tenths // 10}.{tenths % 10} %"


def cautions(totals: Totals) -> Iterator[str]:
    """What to know before any number is read."""
    for (name, edition), number in totals.not_in_force.items():
        times = "1 time" if number == 1 else f"{number} times"
        yield f"{name}, {edition}: applied {times} on a date on which it is not in force"
    if totals.with_organisation > 1:
        told = f"The organisation's own duties were asked of {totals.with_organisation} cases, each by itself"
        yield f"{told}: where the same organisation's, they are counted as often"


def group_name(by: By, group: Group, names: Mapping[str, str], *, several: bool) -> str:
    """A group in words; with `several` protocols, whose it is."""
    of = str(group[0]) if group else ""
    match by:
        case By.DUTY:
            return f"{group[2]} ({of}/{group[1]})" if several else f"{group[2]} ({group[1]})"
        case By.ROLE:
            who = people(cast("People | NotStated | Undecided | None", group[1]))
            who = "nobody named" if who is None or who == "not stated" else who
            return f"{who} ({of})" if several else who
        case By.AGENCY:
            return " and ".join(str(each).replace("_", " ") for each in group) or "nobody named"
        case By.AREA:
            return names.get(of, of) if group[1] is None else f"{group[1]} ({of})"
        case _:
            return of


def in_order(by: By, groups: Mapping[Group, Count]) -> dict[Group, Count]:
    """Strengths from the strongest, months by time, the rest from the most to the fewest whose time is up."""
    if by is By.MODALITY:
        return {(one,): groups[(one,)] for one in _STRENGTHS if (one,) in groups}
    if by is By.MONTH:
        return dict(groups)
    return dict(sorted(groups.items(), key=lambda one: (-one[1].rated, -one[1].all, str(one[0]))))
