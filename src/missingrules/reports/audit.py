"""What an audit comes to, as text: a summary that needs no explaining, then tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from missingrules.domain.audit import By
from missingrules.reports.audit_names import HEADS, RATE_OF, cautions, group_name, in_order, rate
from missingrules.reports.audit_rows import late_text, paragraphs_of
from missingrules.reports.layout import Line, indented
from missingrules.reports.wording import duration, moment, people

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from missingrules.domain.audit import Breach, Count, Finding, Totals
    from missingrules.domain.audit import Group as GroupKey
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol

# So many are named where not all are asked for.
WORST: Final = 10
ASKED: Final = 10


def audit_report(
    totals: Totals, protocols: Sequence[Protocol], clock: Clock, as_of: Instant, by: Sequence[By]
) -> RenderableType:
    """The summary, then the groups asked for; if none are, by who acts, by month and area, and the worst duties."""
    parts: list[RenderableType] = [*_head(totals, protocols, clock, as_of), *_summary(totals)]
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    for one in by or (By.MODALITY, By.ROLE, By.MONTH, By.AREA):
        if by or len(totals.groups[one]) > 1:
            parts += _table(one, in_order(one, totals.groups[one]), names)
    if not by:
        parts += _worst(totals.groups[By.DUTY], names)
    parts += _broken(totals)
    parts += _lacking(totals)
    return Group(*parts)


def rows_report(findings: Sequence[Finding], left_out: int, breaches: Sequence[Breach] = ()) -> RenderableType:
    """Each finding and each breach in a few lines; the long form is what CSV and workbooks are for."""
    parts: list[RenderableType] = []
    before: tuple[str, str | None] | None = None
    for one in findings:
        if (one.case, one.episode) != before:
            before = one.case, one.episode
            parts.append(Text(f"\nCase {one.case}{f', episode {one.episode}' if one.episode else ''}", "bold"))
        due = "" if one.due is None else f", due {moment(one.clock, one.due)}"
        late = f", by {said}" if (said := late_text(one)) else ""
        entry = ", written down after it was due" if one.late_recording else ""
        lacks = f", for lack of {', '.join(one.lacking)}" if one.lacking else ""
        status = one.status.value.replace("_", " ")
        text = f"{one.title} ({people(one.by)}{due}) [{paragraphs_of(one)}]"
        parts.append(indented([Line("", f"{status}{late}{entry}{lacks}: {text}")]))
    if left_out:
        parts.append(Text(f"\n{left_out} more: --format csv has them all"))
    if breaches:
        parts.append(Text("\nDone though forbidden", "bold"))
    for breach in breaches:
        where = f"Case {breach.case}{f', episode {breach.episode}' if breach.episode else ''}, record {breach.record}"
        at = "" if breach.at is None else f", {moment(breach.clock, breach.at)}"
        lacks = f", for lack of {', '.join(breach.lacking)}" if breach.lacking else ""
        said = f"{breach.status.replace('_', ' ')}{lacks}: {breach.title} ({where}{at}) [{paragraphs_of(breach)}]"
        parts.append(indented([Line("", said)]))
    return Group(*parts)


def _head(totals: Totals, protocols: Sequence[Protocol], clock: Clock, as_of: Instant) -> Iterator[RenderableType]:
    yield Text(f"Audit as of {moment(clock, as_of)}", "bold")
    for protocol in protocols:
        yield Text(f"{protocol.title}, {protocol.edition.label}")
    yield Text(f"{_many(totals.cases, 'case')} with {_many(totals.episodes, 'episode')}")
    for told in cautions(totals):
        yield Text(told, "bold")


def _summary(totals: Totals) -> Iterator[RenderableType]:
    whole = totals.whole
    yield Text("\nDUTIES WHOSE TIME IS UP", "bold")
    bands = f" ({whole.late_day} by up to a day, {whole.late_week} by up to a week, {whole.late_longer} by more; "
    bands += f"the latest by {duration(whole.latest)})"
    lines = [
        ("in time", whole.in_time, f" of {whole.rated}: {rate(whole)}"),
        ("late", whole.late, bands if whole.latest else ""),
        ("not done", whole.missed + whole.overdue, f" ({whole.missed} missed for good, {whole.overdue} still to do)"),
    ]
    yield from _lines(lines)
    if whole.recorded:
        said = f" after their limit, of the {whole.recorded} done in time that say when they were written down"
        yield from _lines([("entered", whole.recorded_late, said)])
    yield Text("\nNOT IN THE RATE", "bold")
    yield from _lines(
        [
            ("undecided", whole.not_decidable, " for lack of a fact"),
            ("to do", whole.open, ", with time left or without a limit"),
            ("done", whole.done_ahead + whole.done_no_limit, f": {whole.done_ahead} before a limit still to come, "
             f"{whole.done_no_limit} without a limit"),
            ("ceased", whole.ceased, ": they ended before their time was up"),
            ("may", whole.permitted, " that may be done and need not be"),
            ("to come", whole.upcoming, ""),
        ]
    )  # fmt: skip


def _lines(lines: Sequence[tuple[str, int, str]]) -> Iterator[RenderableType]:
    always = ("in time", "late", "not done", "entered", "undecided")
    for label, number, text in lines:
        if number or label in always:
            yield indented([Line(label, f"{number}{text}")])


def _table(by: By, groups: Mapping[GroupKey, Count], names: Mapping[str, str]) -> Iterator[RenderableType]:
    several = len({group[0] for group in groups if group}) > 1
    yield Text(f"\nBY {HEADS[by].upper()}", "bold")
    yield _counts(
        HEADS[by], [(group_name(by, group, names, several=several), count) for group, count in groups.items()]
    )


def _worst(groups: Mapping[GroupKey, Count], names: Mapping[str, str]) -> Iterator[RenderableType]:
    """The duties least kept: those most often late or not done."""
    wrong = [(group, count) for group, count in groups.items() if count.rated > count.in_time]
    wrong.sort(key=lambda one: (one[1].in_time - one[1].rated, one[1].tenths or 0, str(one[0])))
    if wrong:
        several = len({group[0] for group in groups if group}) > 1
        yield Text("\nMOST OFTEN LATE OR NOT DONE", "bold")
        rows = [(group_name(By.DUTY, group, names, several=several), count) for group, count in wrong[:WORST]]
        yield _counts(HEADS[By.DUTY], rows)
        if len(wrong) > WORST:
            yield Text(f"{len(wrong) - WORST} more duties were late or not done: --by duty has all")


def _counts(head: str, rows: Sequence[tuple[str, Count]]) -> RenderableType:
    """Those of which something can be said: the time of a duty is up, or it cannot be decided."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(head, overflow="fold")
    for title in ("up", "in time", "late", "not done", "rate", "undecided"):
        table.add_column(title, justify="right", no_wrap=True)
    said = [(name, count) for name, count in rows if count.rated or count.not_decidable]
    for name, count in said:
        table.add_row(
            Text(name),
            str(count.rated),
            str(count.in_time),
            str(count.late),
            str(count.missed + count.overdue),
            rate(count),
            str(count.not_decidable),
        )
    if len(said) == len(rows):
        return table
    return Group(table, Text(f"and {len(rows) - len(said)} more with time left, without a limit or without need"))


def _broken(totals: Totals) -> Iterator[RenderableType]:
    """Prohibitions, which are no duties: what was done all the same. Nothing where nothing was."""
    if not totals.broken:
        return
    whole = totals.all_broken
    yield Text("\nDONE THOUGH FORBIDDEN", "bold")
    undecided = f"; {whole.not_decidable} more that cannot be decided" if whole.not_decidable else ""
    broken = f"{_many(whole.breached, 'breach', 'breaches')} in {_many(whole.cases, 'case')}{undecided}"
    yield Padding(Text(broken), (0, 0, 0, 2))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("prohibition", overflow="fold")
    for title in ("broken", "undecided", "cases"):
        table.add_column(title, justify="right", no_wrap=True)
    several = len({protocol for protocol, _, _ in totals.broken}) > 1
    worst = sorted(totals.broken.items(), key=lambda one: (-one[1].breached, -one[1].not_decidable, one[0]))
    for (protocol, rule, title), one in worst:
        name = f"{title} ({protocol}/{rule})" if several else f"{title} ({rule})"
        table.add_row(Text(name), *map(str, one))
    yield table


def _lacking(totals: Totals) -> Iterator[RenderableType]:
    if totals.lacking:
        yield Text("\nWHAT THE CASES DO NOT SAY", "bold")
    facts = list(totals.lacking.items())
    for of, (obligations, cases) in facts[:ASKED]:
        asked = totals.asks.get(of) or of[1]
        hangs = f"{_many(obligations, 'duty', 'duties')} in {_many(cases, 'case')}"
        yield Padding(Text(f"{asked} ({of[1]}): {hangs}"), (0, 0, 0, 2))
    if len(facts) > ASKED:
        yield Text(f"  and {len(facts) - ASKED} more facts: --format json has all")
    yield Text(f"\n{RATE_OF}")


def _many(number: int, noun: str, several: str = "") -> str:
    return f"{number} {noun if number == 1 else several or noun + 's'}"
