"""An answer as Markdown: what the short text says, as headings and tables. Whatever a case says stays text in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.domain.obligations import Status
from missingrules.formats.markdown import grid, plain
from missingrules.reports.brief import Brief
from missingrules.reports.by import By
from missingrules.reports.groups import OPEN, dated, timed
from missingrules.reports.sheet import counted
from missingrules.reports.together import conflicts, numbered, paper

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from missingrules.domain.answers import Answer
    from missingrules.domain.obligations import Obligation
    from missingrules.reports.groups import Fold
    from missingrules.reports.layout import Line

_HEAD: Final = ("", "What", "By when", "Who", "Paragraph")
# Where all are named one by one.
_ALL: Final = "`--format csv` has a row for each"
Cells = tuple[str, ...]


def page(answer: Answer, by: By = By.PHASE) -> str:
    """The answer as Markdown with tables, as GitHub and most editors know them."""
    return "\n".join(_Page(answer).lines(by)) + "\n"


class _Page(Brief):
    """One answer on its way to a page."""

    def lines(self, by: By) -> Iterator[str]:
        yield from self.top()
        yield from _section("WHERE TWO PAPERS CANNOT BOTH BE KEPT", ("", ""), self.between_papers())
        yield from _section("OVERDUE", _HEAD, self.late_rows())
        yield from _section("NOT DONE", _HEAD, self.rows(self.shown(Status.MISSED)))
        yield from _section("FORBIDDEN, BUT RECORDED", ("", "What", "Paragraph"), self.prohibitions("breached"))
        for group in self.groups(by):
            of_group = (*self.rows([o for o in group.actions if timed(o)]), *self.rows_by_whom(group.actions))
            yield from _section(f"{group.title} ({counted(self.all_of(group.actions))})", _HEAD, of_group)
            title = f"{group.title}, LEFT OPEN FROM BEFORE ({counted(self.all_of(group.left))})"
            yield from _section(title, _HEAD, (*self.rows(filter(timed, group.left)), *self.rows_by_whom(group.left)))
        found = self.shown(*OPEN, Status.NOT_DECIDABLE, earlier=True)
        title = f"{self.earlier_title('OF EARLIER EPISODE')} ({counted(self.all_of(found))})"
        without = "without a date are folded away here"
        yield from self.those(title, found, [o for o in found if self.any_of(o, dated)], without)
        yield from _section("COMING UP, IF NOTHING CHANGES", _HEAD, self.rows(self.shown(Status.UPCOMING)))
        found = self.shown(Status.NOT_DECIDABLE, earlier=False)
        title = f"CANNOT BE DECIDED YET ({counted(self.all_of(found))})"
        without = "without a time hang on the questions below"
        yield from self.those(title, found, [o for o in found if self.any_of(o, timed)], without)
        asked = [(hanging, ask) for hanging, asks in self.asked() for ask in asks]
        yield from _section("PLEASE FIND OUT", ("On it hang", "Question"), asked)
        ahead = [(condition, title, cited) for condition, brought in self.ahead().items() for title, cited in brought]
        yield from _section("FURTHER AHEAD", ("If", "Then", "Paragraph"), ahead)
        yield from _section("MUST NOT BE DONE", ("", "What", "Paragraph"), self.prohibitions("in_force"))
        yield from _section("MAY BE FORBIDDEN", ("", "What", "Paragraph"), self.prohibitions("not_decidable"))
        yield from _section("HOW THE CASE STANDS", ("", "What", "Paragraph"), self.conclusions())
        if self.actions:
            yield from ("", f"{plain(self.counted_away())} {_ALL} duty.".strip())

    def top(self) -> Iterator[str]:
        answer = self.answer
        yield from (f"# Case {plain(answer.case)}, as of {plain(self.when(answer.as_of))}", "")
        for part in answer.protocols:
            name = f"{paper(part.protocol)}: " if self.several_papers else ""
            yield f"- {plain(f'{name}{part.protocol.title}, {part.protocol.edition.label}')}"
            for layer in part.protocol.layers[1:]:
                yield f"  - {plain(f'standing on {paper(layer)}: {layer.title}, {layer.edition.label}')}"
        yield from (f"- **WARNING:** {plain(self.warning(one))}" for one in answer.warnings)
        yield from (f"- {plain(self.episode(episode))}" for episode in self.current)
        yield f"- {plain(counted(self.actions)) or 'Nothing is due.'}"
        rows = self.counts()
        if len(rows) > 1:
            yield from (f"  - {plain(f'{title}: {counted(found)}')}" for title, found in rows)
        if answer.valid_until is not None:
            yield f"- {plain(f'If nothing is added, this holds until {self.when(answer.valid_until)}.')}"

    def between_papers(self) -> Iterator[Cells]:
        for block in conflicts(self.answer):
            yield from map(_cells, block)

    def late_rows(self) -> Iterator[Cells]:
        for fold, before in self.overdue_folds():
            yield self.row(fold, "; ".join(self.latenesses(fold)))
            yield from self.below(fold)
            yield from map(_below, self.also(before))

    def rows(self, found: Iterable[Obligation]) -> Iterator[Cells]:
        """In order of time; what other papers say of the same act stands below it."""
        return self.rows_of(self.folds(list(found), self.time))

    def rows_by_whom(self, found: Iterable[Obligation]) -> Iterator[Cells]:
        """What has no time, by who does it."""
        for folds in self.by_whom([one for one in found if not timed(one)]).values():
            yield from self.rows_of(folds)

    def rows_of(self, folds: Iterable[Fold]) -> Iterator[Cells]:
        for fold in folds:
            yield self.row(fold, self.time(fold.first))
            yield from self.below(fold)

    def below(self, fold: Fold) -> Iterator[Cells]:
        """What other papers say of the same act."""
        for other in self.beside(fold):
            one = other.first
            what = f"together with {one.duty.modality.upper()}: {numbered(one)}{self.acts(other)}"
            cited = self.own_references(other) + self.marks(one)
            yield "", what, self.stands(one), self.everybody(other), cited
        yield from (("", f"later: {text}", "", "", "") for text in self.later_of(fold))

    def row(self, fold: Fold, when: str) -> Cells:
        title = self.title(fold, with_people=False)
        cited = self.own_references(fold) + self.marks(fold.first)
        return title.label, title.text or "", when, self.everybody(fold), cited

    def those(
        self, title: str, found: Collection[Obligation], named: Collection[Obligation], without: str
    ) -> Iterator[str]:
        """Some of them by name, and how many are left."""
        if not found:
            return
        known = {id(one) for one in named}
        rest = len(self.all_of(one for one in found if id(one) not in known))
        more = ["", f"{rest} {without}; {_ALL}."] if rest else []
        yield from (*_heading(title), *more)
        rows = list(self.rows(named))
        yield from ("", *grid(_HEAD, rows)) if rows else ()


def _section(title: str, head: Cells, rows: Iterable[Cells]) -> Iterator[str]:
    """A heading and a table; nothing without rows."""
    found = list(rows)
    if found:
        yield from (*_heading(title), "", *grid(head, found))


def _heading(title: str) -> tuple[str, ...]:
    return "", f"## {plain(title)}"


def _cells(line: Line) -> Cells:
    return line.label, line.text or ""


def _below(line: Line) -> Cells:
    return "", f"{line.label} {line.text}", "", "", ""
