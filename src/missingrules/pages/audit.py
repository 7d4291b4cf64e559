"""What an audit comes to as a page: every number in a table, and above the table the same numbers drawn.

Nothing on it is per child, unless rows were asked for: a large caseload has a page as long as a small one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from missingrules.domain.audit import MONTH_OPEN, NO_MONTH, By
from missingrules.pages.charts import Due, Month, Part, columns, segments
from missingrules.pages.page import page
from missingrules.reports.audit_markdown import SHOWN, SHOWN_OF_BREACHES
from missingrules.reports.audit_names import HEADS, RATE_OF, cautions, group_name, in_order, rate
from missingrules.reports.audit_rows import BREACHES, COLUMNS, as_text
from missingrules.reports.wording import duration, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from missingrules.domain.audit import Breach, Count, Finding, Group, Rejection, Totals
    from missingrules.domain.clock import Clock, Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.formats.tables import Cell
    from missingrules.pages.charts import Columns, Segment

# So many bars can be taken in; the table has all.
MOST_BARS: Final = 30
WORDS: Final = MappingProxyType(
    {"in_time": "in time", "late": "late", "not_done": "not done", "undecided": "not decidable"}
)
BANDS: Final = MappingProxyType(
    {"late_day": "by up to a day", "late_week": "by up to a week", "late_longer": "by more than a week"}
)
_TITLES: Final = MappingProxyType(
    {
        By.MODALITY: "By strength",
        By.DUTY: "By duty",
        By.ROLE: "By who acts",
        By.AGENCY: "By agency",
        By.MONTH: "By month due",
        By.AREA: "By area",
    }
)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


class Row(NamedTuple):
    """A group: its numbers as in every format, the rate in words, and its bar, if there is anything to draw."""

    name: str
    counts: Count
    rate: str
    bar: tuple[Segment, ...]

    @property
    def not_done(self) -> int:
        return self.counts.missed + self.counts.overdue

    @property
    def says(self) -> str:
        """The bar in words."""
        return ", ".join(f"{each.number} {WORDS[each.kind]}" for each in self.bar)


class Section(NamedTuple):
    """The groups of one kind. `drawn`: how many of the rows have bars; `columns`: months, drawn side by side."""

    anchor: str
    title: str
    head: str
    rows: tuple[Row, ...]
    drawn: tuple[Row, ...]
    columns: Columns | None


class Bar(NamedTuple):
    """A line of a chart beside others of one scale."""

    name: str
    number: int
    bar: tuple[Segment, ...]
    says: str


class Lacks(NamedTuple):
    """A fact that cases do not give."""

    ask: str
    fact: str
    obligations: int
    cases: int
    bar: tuple[Segment, ...]


class Forbidden(NamedTuple):
    """A prohibition that was broken, or of which nobody can tell."""

    name: str
    breached: int
    not_decidable: int
    cases: int
    bar: tuple[Segment, ...]

    @property
    def says(self) -> str:
        return f"{self.breached} broken, {self.not_decidable} not decidable"


class Intake(NamedTuple):
    """What was read: rows and files used and not used, what was wrong how often, and columns that nobody reads."""

    used: int
    not_used: int
    rejections: Sequence[Rejection] = ()
    columns: Sequence[Rejection] = ()


class Wrong(NamedTuple):
    code: str
    column: str
    times: int


class Listed(NamedTuple):
    """Duties one by one, where they were asked for."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    as_of: str
    papers: tuple[tuple[str, str], ...]  # title and edition
    cases: int
    episodes: int
    cautions: tuple[str, ...]
    whole: Row
    bands: tuple[Bar, ...]
    latest: str
    acting: tuple[Segment, ...]
    recording: tuple[Segment, ...]
    unrecorded: int  # done in time, and no record says when it was written down
    sections: tuple[Section, ...]
    lacking: tuple[Lacks, ...]
    forbidden: tuple[Forbidden, ...]
    broken_in: int  # cases
    beside: tuple[tuple[str, int], ...]
    rows_used: int
    rows_not_used: int
    wrong: tuple[Wrong, ...]
    columns_not_read: int
    listed: Listed | None
    listed_breaches: Listed | None
    rate_of: str = RATE_OF


def audit_page(
    totals: Totals,
    protocols: Sequence[Protocol],
    clock: Clock,
    as_of: Instant,
    by: Sequence[By],
    intake: Intake,
    findings: Sequence[Finding] = (),
    left_out: int = 0,
    breaches: Sequence[Breach] = (),
) -> str:
    """The totals of the groups asked for (none: all of them) as HTML. Raises `InvalidInput` without jinja2."""
    made = audit_of(totals, protocols, clock, as_of, by, intake, findings, left_out, breaches)
    return page("audit", {"page": made, "words": WORDS, "bands": BANDS})


def audit_of(
    totals: Totals,
    protocols: Sequence[Protocol],
    clock: Clock,
    as_of: Instant,
    by: Sequence[By],
    intake: Intake,
    findings: Sequence[Finding] = (),
    left_out: int = 0,
    breaches: Sequence[Breach] = (),
) -> AuditPage:
    """All that the page says, before it is HTML."""
    names = {each.name: each.title for protocol in protocols for each in protocol.layers}
    whole = totals.whole
    most = max((each.obligations for each in totals.lacking.values()), default=0)
    return AuditPage(
        as_of=moment(clock, as_of),
        papers=tuple((each.title, each.edition.label) for each in protocols),
        cases=totals.cases,
        episodes=totals.episodes,
        cautions=tuple(cautions(totals)),
        whole=_row("All duties", whole),
        bands=tuple(_bands(whole)),
        latest=duration(whole.latest) if whole.latest else "",
        acting=segments((Part("in_time", whole.in_time), Part("late", whole.late)), whole.in_time + whole.late),
        recording=segments(
            (Part("in_time", whole.recorded - whole.recorded_late), Part("late", whole.recorded_late)), whole.recorded
        ),
        unrecorded=whole.in_time + whole.done_ahead - whole.recorded,
        sections=tuple(_section(one, totals.groups[one], names) for one in by or tuple(By)),
        lacking=tuple(
            Lacks(totals.asks[of] or of[1], of[1], *each, segments((Part("undecided", each.obligations),), most))
            for of, each in totals.lacking.items()
        ),
        forbidden=tuple(_forbidden(totals)),
        broken_in=totals.all_broken.cases,
        beside=tuple(_beside(whole)),
        rows_used=intake.used,
        rows_not_used=intake.not_used,
        wrong=tuple(_wrong(intake.rejections)),
        columns_not_read=len(intake.columns),
        listed=_listed(SHOWN, COLUMNS, findings, left_out) if findings else None,
        listed_breaches=_listed(SHOWN_OF_BREACHES, BREACHES, breaches, 0) if breaches else None,
    )


def _row(name: str, count: Count) -> Row:
    parts = _parts(count)
    return Row(name, count, rate(count), segments(parts, sum(part.number for part in parts)))


def _parts(count: Count) -> tuple[Part, ...]:
    """Those whose time is up, and those of which nobody can tell."""
    return (
        Part("in_time", count.in_time),
        Part("late", count.late),
        Part("not_done", count.missed + count.overdue),
        Part("undecided", count.not_decidable),
    )


def _section(by: By, groups: Mapping[Group, Count], names: Mapping[str, str]) -> Section:
    several = len({group[0] for group in groups if group}) > 1
    ordered = in_order(by, groups)
    rows = tuple(_row(group_name(by, group, names, several=several), count) for group, count in ordered.items())
    if by is not By.MONTH:
        drawn = tuple(row for row in rows if row.bar)[:MOST_BARS]
        return Section(f"by-{by.value}", _TITLES[by], HEADS[by], rows, drawn, None)
    months = [
        Due(month, _parts(row.counts), row.rate if row.counts.rated else "")
        for row in rows
        if (month := _month(row.name))
    ]
    named = tuple(row._replace(name=_month_name(row.name)) for row in rows)
    return Section(f"by-{by.value}", _TITLES[by], HEADS[by], named, (), columns(months))


def _month(name: str) -> Month | None:
    found = _MONTH.fullmatch(name)
    return Month(int(found[1]), int(found[2])) if found else None


def _month_name(name: str) -> str:
    month = _month(name)
    return str(month) if month else {NO_MONTH: "No limit", MONTH_OPEN: "The month is not known"}.get(name, name)


def _bands(whole: Count) -> Iterator[Bar]:
    for kind, name in BANDS.items():
        number = getattr(whole, kind)
        yield Bar(name, number, segments((Part("late", number),), whole.late), f"{number} late {name}")


def _beside(whole: Count) -> Iterator[tuple[str, int]]:
    """What is in no rate, beside what cannot be decided."""
    yield "To do, with time left or without a limit", whole.open
    yield "Done before a limit still to come", whole.done_ahead
    yield "Done, without a limit", whole.done_no_limit
    yield "Ended before their time was up", whole.ceased
    yield "May be done and need not be", whole.permitted
    yield "To come", whole.upcoming


def _wrong(rejections: Sequence[Rejection]) -> Iterator[Wrong]:
    """Never where: a file may be called by a child's name."""
    found = Counter((each.code, each.column or "") for each in rejections)
    for (code, column), times in sorted(found.items(), key=lambda one: (-one[1], one[0])):
        yield Wrong(code, column, times)


def _forbidden(totals: Totals) -> Iterator[Forbidden]:
    """Most often broken first; the bars are of one scale."""
    several = len({protocol for protocol, _, _ in totals.broken}) > 1
    most = max((one.breached + one.not_decidable for one in totals.broken.values()), default=0)
    worst = sorted(totals.broken.items(), key=lambda one: (-one[1].breached, -one[1].not_decidable, one[0]))
    for (of, rule, title), one in worst:
        name = f"{title} ({of}/{rule})" if several else f"{title} ({rule})"
        parts = (Part("not_done", one.breached), Part("undecided", one.not_decidable))
        yield Forbidden(name, one.breached, one.not_decidable, one.cases, segments(parts, most))


def _listed(
    shown: Sequence[str], columns: Mapping[str, Callable[[Any], Cell]], rows: Sequence[object], left_out: int
) -> Listed:
    return Listed(
        tuple(name.replace("_", " ") for name in shown),
        tuple(tuple(as_text(columns[name](one)) for name in shown) for one in rows),
        left_out,
    )
