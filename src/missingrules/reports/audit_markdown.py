"""What an audit comes to as Markdown. Whatever a case says is text in it: no link, no markup, no cell too many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import By
from missingrules.reports.audit_names import HEADS, RATE_OF, group_name, in_order, rate
from missingrules.reports.audit_rows import COLUMNS, as_text
from missingrules.reports.wording import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from missingrules.domain.audit import Count, Finding, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.reports.audit_rows import Value

# The columns of rows that fit a page.
SHOWN: Final = ("child", "episode", "duty", "who", "due", "status", "late_by", "paragraph")
# What begins markup within a line, and what makes a link of an address.
_MARKS: Final = re.compile(r"([\\`*_\[\]#|~:@]|(?<=www)\.)", re.IGNORECASE)
_COUNTS: Final = ("time is up", "in time", "late", "not done", "rate", "undecided")


def plain(text: str) -> str:
    """A text in which nothing is markup, on one line."""
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", " ".join(entities.split()))


def audit_markdown(
    totals: Totals,
    protocols: Sequence[Protocol],
    clock: Clock,
    as_of: Instant,
    by: Sequence[By],
    findings: Sequence[Finding] = (),
    left_out: int = 0,
) -> str:
    """The totals of the groups asked for (none: all of them), and then the rows that are given."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    lines = [f"# Audit as of {moment(clock, as_of)}", ""]
    lines += [f"{plain(p.title)}, {plain(p.edition.label)}  " for p in protocols]
    lines += [f"{totals.cases} cases with {totals.episodes} episodes", ""]
    lines += _table(["", *_COUNTS], [_row("all duties", totals.whole)])
    for one in by or tuple(By):
        groups = in_order(one, totals.groups[one])
        several = len({group[0] for group in groups if group}) > 1
        rows = [_row(plain(group_name(one, group, names, several=several)), count) for group, count in groups.items()]
        lines += [f"## By {HEADS[one]}", "", *_table([HEADS[one], *_COUNTS], rows)]
    if totals.lacking:
        facts = [
            [plain(totals.asks[of] or of[1]), plain(of[1]), str(each.obligations), str(each.cases)]
            for of, each in totals.lacking.items()
        ]
        lines += ["## What the cases do not say", "", *_table(["question", "fact", "duties", "cases"], facts)]
    lines += [RATE_OF, ""]
    if findings:
        cells = [[_cell(COLUMNS[name](one)) for name in SHOWN] for one in findings]
        lines += ["## Duty by duty", "", *_table([name.replace("_", " ") for name in SHOWN], cells)]
        lines += [f"{left_out} more: `--format csv` has them all", ""] if left_out else []
    return "\n".join(lines).rstrip() + "\n"


def _cell(value: Value) -> str:
    return plain(value) if isinstance(value, str) else as_text(value)


def _row(name: str, count: Count) -> list[str]:
    numbers = (count.rated, count.in_time, count.late, count.missed + count.overdue)
    return [name, *map(str, numbers), rate(count), str(count.not_decidable)]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
