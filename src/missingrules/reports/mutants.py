"""Which changes of the rules no scenario notices, as text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.reports.scenarios import NAMED, SAID
from missingrules.reports.wording import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.coverage import Change, Changes, Known


def changes_table(found: Sequence[Changes]) -> RenderableType:
    """One line a protocol: how many changes were tried, how many a scenario noticed, and in how long."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("protocol", no_wrap=True)
    for title in ("scenarios", "changes", "same", "noticed", "score", "seconds"):
        table.add_column(title, justify="right", no_wrap=True)
    for each in found:
        table.add_row(
            each.protocol.name,
            str(each.scenarios),
            f"{asked} of {each.all}" if (asked := len(each.tried) + len(each.same)) < each.all else str(each.all),
            str(len(each.same)),
            str(len(each.tried) - len(each.unnoticed)),
            percent(each),
            f"{each.seconds:.1f}",
        )
    return table


def percent(changes: Changes) -> str:
    """The share of changes that were noticed, never rounded up to more than it is."""
    if not changes.tried:
        return "100.0 %"
    tenths = (len(changes.tried) - len(changes.unnoticed)) * 1000 // len(changes.tried)
    return f"{tenths // 10}.{tenths % 10} %"


def unnoticed_report(changes: Changes, unnoticed: Sequence[Change]) -> RenderableType:
    """These changes that no scenario notices, rule by rule, with their paragraphs."""
    parts: list[RenderableType] = [Text(f"{changes.protocol.name}: no scenario notices")]
    for owner, several in groupby(unnoticed, key=_owner):
        parts.append(Padding(Text(owner), (0, 0, 0, 2)))
        parts += [Padding(Text(line), (0, 0, 0, 4)) for line in _lines(several, changes.protocol.name)]
    return Group(*parts)


def without_reason(unnoticed: Sequence[Change], known: Sequence[Known]) -> tuple[list[Change], list[Known]]:
    """The changes of which nobody says why they are not noticed, and the reasons that are about none of the changes."""
    reasons = {(each.rule, each.change): each for each in known}
    used: set[Known] = set()
    left = []
    for change in unnoticed:
        text = change_text(change)
        found = [reasons[of, text] for of in (change.act, *change.rules, _owner(change)) if (of, text) in reasons]
        used.update(found)
        if not found:
            left.append(change)
    return left, [each for each in known if each not in used]


def _lines(several: Iterator[Change], protocol: str) -> Iterator[str]:
    for change in several:
        yield f"{change_text(change)} [{references(change.citations, [protocol])}]"


def _owner(change: Change) -> str:
    rules = change.rules
    more = f" and {len(rules) - NAMED} more rules" if len(rules) > NAMED else ""
    return change.act or ", ".join(rules[:NAMED]) + more


def change_text(change: Change) -> str:
    """A change in the words of the rules: where it is, and what would stand there."""
    where = f"{SAID[change.section]}, " if change.section in SAID else ""
    row = f" (in the row {change.row})" if change.row else ""
    what = f"{change.after} in place of {change.before}" if change.after else f"without {change.before}"
    return f"{where}{what}{row}"
