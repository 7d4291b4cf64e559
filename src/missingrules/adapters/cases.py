"""The rows of one child -> a case, by the same border as every other case; or where and why they cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.adapters.layout import BORN, CHILD, ENDED, INSTANTS, RECORD, Empty, How
from missingrules.adapters.stamps import Unreadable, read_day, read_stamp
from missingrules.domain.audit import Rejected, Rejection, unspoken
from missingrules.domain.clock import Clock
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.interface.conversion import converted
from missingrules.interface.facts import first_of, last_of
from missingrules.tables.cells import is_empty, text_of
from missingrules.tables.layout import Strange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.adapters.layout import Column, Layout
    from missingrules.domain.case import Case, Stamp
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.findings import Path
    from missingrules.interface.words import CaseWords
    from missingrules.tables.layout import Cell

# The number of a row, and its cells in the order of the layout's columns.
Kept = tuple[int, tuple["Cell", ...]]
NOT_USED: Final = "child-not-used"
_LONGEST_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class ChildRows:
    """All rows of one child."""

    child: str
    kept: tuple[Kept, ...]
    label: str
    layout: Layout

    @property
    def rows(self) -> int:
        return len(self.kept)

    def places(self) -> Iterator[tuple[str, int | None]]:
        """Where each of its rows stands: the file and the row."""
        for number, _ in self.kept:
            yield self.label, number

    def data(self, clock: Clock, as_of: Instant | None) -> Mapping[str, object]:
        """The case as plain data of the shape of `CaseFile`; `Rejected` with at least one rejection for each row.

        `as_of` is the instant that will be asked about; None: any.
        """
        return _Making(self, clock).data(as_of)

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant | None) -> Case:
        """The same, as a case."""
        return self.both(protocols, words, as_of)[1]

    def both(
        self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant | None
    ) -> tuple[Mapping[str, object], Case]:
        """The plain data, and the case that the border makes of it."""
        making = _Making(self, protocols[0].clock if protocols else Clock())
        data = making.data(as_of)
        try:
            return data, converted(data, protocols, as_of, place=making.place, words=words)
        except InvalidInput as error:
            raise making.refused(error) from None


@dataclass(frozen=True, slots=True)
class Unusable:
    """Rows that cannot be used whatever stands in their cells."""

    rejections: tuple[Rejection, ...]

    @property
    def rows(self) -> int:
        return len(self.rejections)

    def places(self) -> Iterator[tuple[str, int | None]]:
        """Where each of its rows stands: the file and the row."""
        for one in self.rejections:
            yield one.file, one.row

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant | None) -> Case:
        raise Rejected(self.rejections)


class _Episode(NamedTuple):
    """A row, read."""

    number: int
    entry: dict[str, object]
    start: Stamp
    end: Stamp | None
    is_open: bool  # it is said that it has no end
    records: tuple[dict[str, object], ...]
    columns: dict[str, str]  # the column that each key of the entry is from


class _Making:
    """One case on its way; one use each."""

    def __init__(self, of: ChildRows, clock: Clock) -> None:
        self.of = of
        self.layout = of.layout
        self.clock = clock
        self.problems: dict[int, list[Rejection]] = {}
        self.spots: dict[Path, tuple[int, str | None]] = {}
        self.child: dict[str, object] = dict(of.layout.child)

    def data(self, as_of: Instant | None) -> Mapping[str, object]:
        read = [each for number, cells in self.of.kept if (each := self._row(number, cells, as_of)) is not None]
        read.sort(key=lambda each: (first_of(each.start, self.clock), self._last(each), each.number))
        self._check(read)
        if self.problems:
            raise self._rejected()
        episodes: list[dict[str, object]] = []
        records: list[dict[str, object]] = []
        for at, each in enumerate(read):
            each.entry.setdefault("id", f"E{at + 1}")
            self.spots[("episodes", at)] = (each.number, None)
            for key, column in each.columns.items():
                self.spots[("episodes", at, key)] = (each.number, column)
            episodes.append({"id": each.entry.pop("id"), **each.entry})
            for record in each.records:
                column = str(record.pop("column"))
                self.spots[("records", len(records))] = (each.number, column)
                named = {"id": f"R{len(records) + 1}", **record, "episode": episodes[-1]["id"]}
                records.append(named)
        data: dict[str, object] = {"format": 1, "case": self.of.child}
        if self.layout.complete_from is not None:
            data["history_from"] = self.layout.complete_from.isoformat()
        data["child"] = {key: value for key, value in self.child.items() if value is not None}
        data["episodes"] = episodes
        if records:
            data["records"] = records
        return data

    # --- one row --------------------------------------------------------------------------------------------------

    def _row(self, number: int, cells: Sequence[Cell], as_of: Instant | None) -> _Episode | None:
        """The episode of a row, or None with what is wrong."""
        entry: dict[str, object] = dict(self.layout.episode)
        stamps: dict[str, Stamp | None] = {}
        columns: dict[str, str] = {}
        records: list[dict[str, object]] = []
        is_open = False
        for column, cell in zip(self.layout.columns, cells, strict=True):
            if column.target == CHILD:
                continue
            if is_empty(cell):
                is_open |= self._empty(number, column, stamps, as_of)
                continue
            found = self._cell(cell, column)
            if isinstance(found, Unreadable):
                self._wrong(number, column.name, *found)
            elif column.target == RECORD:
                records.append(_record(column, self._written(found)))
            elif column.target.startswith(f"{CHILD}."):
                self._of_child(number, column, self._written(found))
            elif not isinstance(found, str) and (column.target == ENDED or column.target in INSTANTS):
                stamps[column.target] = found
                columns[column.target] = column.name
            else:
                entry[column.target] = self._written(found)
                columns[column.target] = column.name
        start = stamps.get("started_at")
        if number in self.problems or start is None:
            return None
        self._place_end(stamps, columns, entry.get("kind"))
        entry |= {key: None if value is None else self._written(value) for key, value in stamps.items()}
        returned, located = stamps.get("returned_at"), stamps.get("located_at")
        end = located if returned is None else returned
        return _Episode(number, entry, start, end, is_open, tuple(records), columns)

    def _empty(self, number: int, column: Column, stamps: dict[str, Stamp | None], as_of: Instant | None) -> bool:
        """What a cell without anything in it says; whether it says that the episode was not over."""
        if column.empty is Empty.REFUSED:
            self._wrong(number, column.name, "missing-key", "nothing stands here", "fill in the cell")
        if column.empty is not Empty.NOT_YET:
            return False
        to = self.layout.complete_to
        # What came after the export was made, it cannot say.
        if to is not None and as_of is not None and as_of <= self.clock.end_of(to):
            stamps[column.target] = None
        return column.target in (ENDED, "returned_at")

    def _cell(self, cell: Cell, column: Column) -> Stamp | str | Unreadable:
        if cell is Strange.TWICE:
            return Unreadable("element-twice", "this stands here twice", "leave one of the two")
        if isinstance(cell, Strange):
            reason = "a formula stands here, and formulas are not run"
            return Unreadable("cell-formula", reason, "write the value itself")
        if column.how is How.STAMP:
            return read_stamp(cell, self.layout.dates, self.clock, midnight=self.layout.midnight)
        if column.how is How.DATE:
            return read_day(cell, self.layout.dates, self.clock)
        text = text_of(cell)
        if column.how is How.CODE:
            value = dict(column.codes).get(text.casefold())
            return _unknown(text, column) if value is None else value
        return text

    def _of_child(self, number: int, column: Column, value: object) -> None:
        """What a row says of the child itself, which must be the same in all of them."""
        key = column.target.removeprefix(f"{CHILD}.")
        here = (CHILD, key)
        if key in dict(self.layout.child):
            return
        if key not in self.child:
            self.child[key] = value
            self.spots[here] = (number, column.name)
        elif self.child[key] != value:
            first = self.spots[here][0]
            code = "two-births" if column.target == BORN else "two-values"
            what = "another date of birth" if column.target == BORN else "something else"
            reason = f"row {first} of this child has {what}"
            self._wrong(number, column.name, code, reason, "correct the one that is wrong, or give them two numbers")

    def _place_end(self, stamps: dict[str, Stamp | None], columns: dict[str, str], kind: object) -> None:
        """Of a missing child the end is the finding, of one that is away the return."""
        if ENDED not in stamps:
            return
        end, column = stamps.pop(ENDED), columns.pop(ENDED, "")
        if kind == "missing":
            stamps["located_at"] = end
            columns["located_at"] = column
        if kind != "missing" or end is None or self.layout.found_is_return:
            stamps["returned_at"] = end
            columns["returned_at"] = column

    def _written(self, found: Stamp | str) -> str:
        if isinstance(found, date):
            return found.isoformat()
        return found if isinstance(found, str) else self.clock.local(found).isoformat()

    # --- one row and the others -----------------------------------------------------------------------------------

    def _check(self, read: Sequence[_Episode]) -> None:
        """Each row in itself, then one after the other, as they began."""
        seen: dict[tuple[object, ...], int] = {}
        latest: tuple[Instant, int] | None = None
        still_open: int | None = None
        for each in read:
            self._check_days(each)
            same = (each.entry.get("kind"), each.start, each.end, each.is_open)
            first = seen.setdefault(same, each.number)
            if first != each.number:
                reason = f"row {first} says the same: written twice, or twice on one day; the file does not say which"
                hint = "leave one out, or give the times"
                self._wrong(each.number, self._named("started_at"), "duplicate-episode", reason, hint)
            elif still_open is not None:
                reason = f"it starts while the child is still away by row {still_open}, which has no end"
                self._wrong(each.number, self._named("started_at"), "episode-still-open", reason, "give that its end")
            elif latest is not None and latest[0] > last_of(each.start, self.clock):
                reason = f"it starts before the episode of row {latest[1]} has ended"
                hint = "let one end before the next starts, or make them one"
                self._wrong(each.number, self._named("started_at"), "episodes-overlap", reason, hint)
            end = first_of(each.start if each.end is None else each.end, self.clock)
            if latest is None or end > latest[0]:
                latest = end, each.number
            if each.is_open:
                still_open = each.number

    def _check_days(self, each: _Episode) -> None:
        column = each.columns.get("returned_at") or each.columns.get("located_at")
        if each.end is not None and last_of(each.end, self.clock) < first_of(each.start, self.clock):
            self._wrong(each.number, column, "end-before-start", "the end is before the start", "exchange the two")
            return
        first, last = self.layout.complete_from, self.layout.complete_to
        if not self.layout.closed or first is None or last is None:
            return
        covers = f"{first.isoformat()} to {last.isoformat()}"
        hint = "see that --year is that of the return, and correct the date if it is"
        if last_of(each.start, self.clock) > self.clock.end_of(last):
            reason = f"it starts after what the return covers, {covers}"
            self._wrong(each.number, self._named("started_at"), "outside-return", reason, hint)
        elif each.end is not None and not (
            self.clock.midnight(first) <= last_of(each.end, self.clock)
            and first_of(each.end, self.clock) <= self.clock.end_of(last)
        ):
            reason = f"it ends outside what the return covers, {covers}"
            self._wrong(each.number, column, "outside-return", reason, hint)

    def _last(self, each: _Episode) -> float:
        return float("inf") if each.end is None else first_of(each.end, self.clock)

    def _named(self, target: str) -> str | None:
        return next((column.name for column in self.layout.columns if column.target == target), None)

    # --- what is wrong, and where ---------------------------------------------------------------------------------

    def place(self, path: Path, *, key: bool = False) -> Span | None:
        """A span that holds row and column, and nothing of what stands there."""
        for end in range(len(path), 0, -1):
            if (spot := self.spots.get(path[:end])) is not None:
                return self._span(*spot)
        # The case as a whole, its name, or what holds for all rows: the first row.
        of_child = CHILD if path[:1] == ("case",) else None
        return self._span(self.of.kept[0][0], None if of_child is None else self._named(of_child))

    def _span(self, number: int, column: str | None) -> Span:
        names = [each.name for each in self.layout.columns]
        at = names.index(column) + 1 if column in names else 0
        return Span(Source(self.of.label, ""), number, at, number, at)

    def refused(self, error: InvalidInput) -> Rejected:
        """What the border finds, at its row and column."""
        cells = dict(self.of.kept)
        for found in error.diagnostics:
            span = found.span or self._span(self.of.kept[0][0], None)
            at = span.column - 1
            said = cells[span.line][at] if at >= 0 else None
            told = () if is_empty(said) else (text_of(said),)
            message, hint = unspoken(found, (self.of.child, *told))
            self._wrong(span.line, self.layout.columns[at].name if at >= 0 else None, found.code, message, hint)
        return self._rejected()

    def _wrong(self, number: int, column: str | None, code: str, reason: str, hint: str | None) -> None:
        rejection = Rejection(self.of.label, number, column, code, reason, hint)
        self.problems.setdefault(number, []).append(rejection)

    def _rejected(self) -> Rejected:
        """Each row of the child: those with mistakes, and the rest because of the first of these."""
        return Rejected(tuple(self._each()))

    def _each(self) -> Iterator[Rejection]:
        first = next(number for number, _ in self.of.kept if number in self.problems)
        reason = f"not used, since another row of this child cannot be: {self.of.label}, row {first}"
        for number, _ in self.of.kept:
            yield from self.problems.get(number) or [Rejection(self.of.label, number, None, NOT_USED, reason)]


def _record(column: Column, at: str) -> dict[str, object]:
    """An act on a day; `column` is where it stands, and comes out again."""
    said: dict[str, object] = {"action": column.action, "at": at, "column": column.name}
    return said if column.outcome is None else {**said, "outcome": column.outcome}


def _unknown(text: str, column: Column) -> Unreadable:
    """A code that the column does not have; one as long as a word could be a name, and is not repeated."""
    shown = f"'{text}'" if len(text) <= _LONGEST_CODE and text.isprintable() else "what stands here"
    known = ", ".join(dict.fromkeys(code.upper() if len(code) == 1 else code for code, _ in column.codes))
    return Unreadable("unknown-code", f"{shown} is no code of this column", f"the codes are {known}")
