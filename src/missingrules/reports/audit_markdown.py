"""What an audit comes to as Markdown. Whatever a case says is text in it: no link, no markup, no cell too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import By
from missingrules.formats.markdown import grid, plain
from missingrules.reports.audit_names import HEADS, RATE_OF, group_name, in_order, rate
from missingrules.reports.audit_rows import BREACHES, COLUMNS, as_text
from missingrules.reports.wording import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from missingrules.domain.audit import Breach, Count, Finding, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol

# The columns of rows that fit a page.
SHOWN: Final = ("child", "episode", "duty", "who", "due", "status", "late_by", "paragraph")
SHOWN_OF_BREACHES: Final = ("child", "episode", "prohibition", "status", "record", "at", "paragraph")
_COUNTS: Final = ("time is up", "in time", "late", "not done", "rate", "undecided")


def audit_markdown(
    totals: Totals,
    protocols: Sequence[Protocol],
    clock: Clock,
    as_of: Instant,
    by: Sequence[By],
    findings: Sequence[Finding] = (),
    left_out: int = 0,
    breaches: Sequence[Breach] = (),
) -> str:
    """The totals of the groups asked for (none: all of them), and then the rows that are given."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    lines = [f"# {plain(f'Audit as of {moment(clock, as_of)}')}", ""]
    lines += [f"{plain(p.title)}, {plain(p.edition.label)}  " for p in protocols]
    lines += [f"{totals.cases} cases with {totals.episodes} episodes", ""]
    lines += _table(["", *_COUNTS], [_row("all duties", totals.whole)])
    for one in by or tuple(By):
        groups = in_order(one, totals.groups[one])
        several = len({group[0] for group in groups if group}) > 1
        rows = [_row(group_name(one, group, names, several=several), count) for group, count in groups.items()]
        lines += [f"## By {HEADS[one]}", "", *_table([HEADS[one], *_COUNTS], rows)]
    if totals.broken:
        head = ["prohibition", "rule", "broken", "undecided", "cases"]
        broken = [[title, rule, *map(str, numbers)] for (_, rule, title), numbers in totals.broken.items()]
        lines += ["## Done though forbidden", "", *_table(head, broken)]
    if totals.lacking:
        facts = [
            [totals.asks[of] or of[1], of[1], str(each.obligations), str(each.cases)]
            for of, each in totals.lacking.items()
        ]
        lines += ["## What the cases do not say", "", *_table(["question", "fact", "duties", "cases"], facts)]
    lines += [RATE_OF, ""]
    if findings:
        cells = [[as_text(COLUMNS[name](one)) for name in SHOWN] for one in findings]
        lines += ["## Duty by duty", "", *_table([name.replace("_", " ") for name in SHOWN], cells)]
        lines += [f"{left_out} more: `--format csv` has them all", ""] if left_out else []
    if breaches:
        cells = [[as_text(BREACHES[name](breach)) for name in SHOWN_OF_BREACHES] for breach in breaches]
        lines += ["## Breach by breach", "", *_table(SHOWN_OF_BREACHES, cells)]
    return "\n".join(lines).rstrip() + "\n"


def _row(name: str, count: Count) -> list[str]:
    numbers = (count.rated, count.in_time, count.late, count.missed + count.overdue)
    return [name, *map(str, numbers), rate(count), str(count.not_decidable)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from grid(head, rows)
    yield ""
