"""The organisation's meetings, a row each -> their times by name; used whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.audit import Rejection, unspoken
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.interface.conversion import converted
from missingrules.tables.cells import Unreadable, is_empty, read, text_of
from missingrules.tables.layout import MEETINGS, wrong_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.clock import Clock
    from missingrules.interface.findings import Path
    from missingrules.interface.words import CaseWords
    from missingrules.tables.layout import Head, Row, Table

NOT_USED: Final = "meetings-not-used"
_NAME, _AT = "meeting", "at"


class Calendar(NamedTuple):
    """The times by name, as the border of cases takes them; how many rows there are; and of a table that is not used at
    least one rejection for each row."""

    times: Mapping[str, tuple[str, ...]]
    rows: int
    rejections: tuple[Rejection, ...] = ()


NO_CALENDAR: Final = Calendar({}, 0)


def calendar_of(table: Table, head: Head, words: CaseWords, clock: Clock) -> Calendar:
    """The meetings of a table. Of a calendar that is only half there the next meeting would be the wrong one: so one
    row that cannot be used is enough to use none."""
    found: dict[str, list[str]] = {}
    numbers: list[int] = []
    problems: dict[int, list[Rejection]] = {}
    for row in table.rows():
        numbers.append(row[0])
        made = _Meeting(head, row, clock, words)
        if wrong := list(made.problems()):
            problems[row[0]] = wrong
        else:
            found.setdefault(made.name, []).append(made.at)
    if not problems:
        return Calendar({name: tuple(times) for name, times in found.items()}, len(numbers))
    first = next(iter(problems))
    reason = f"not used, since another row of the meetings cannot be: {head.label}, row {first}"
    rest = {number: [Rejection(head.label, number, None, NOT_USED, reason)] for number in numbers}
    return Calendar({}, len(numbers), tuple(one for each in (rest | problems).values() for one in each))


class _Meeting:
    """One row on its way; one use each."""

    def __init__(self, head: Head, row: Row, clock: Clock, words: CaseWords) -> None:
        self.head = head
        self.number, self.cells = row
        self.clock = clock
        self.words = words
        self.name = self.at = ""

    def problems(self) -> Iterator[Rejection]:
        """What is wrong with it, as the border of cases says it; if nothing is, `name` and `at` are known."""
        if long := wrong_length(self.head, self.number, self.cells):
            yield long
            return
        told: dict[str, str] = {}
        for column, cell in zip(self.head.columns, self.cells, strict=True):
            if column.name not in (_NAME, _AT):
                continue
            if is_empty(cell):
                yield self._wrong(column.name, "missing-key", f"{column.name} is missing here", "fill in the cell")
            elif isinstance(found := read(cell, column, self.clock), Unreadable):
                yield self._wrong(column.name, *found)
            else:
                told[column.name] = str(found)
        if len(told) < 2:
            return
        self.name, self.at = told[_NAME], told[_AT]
        try:
            data = {"format": 1, "case": "-", MEETINGS: {self.name: [self.at]}}
            converted(data, (), None, place=_place, words=self.words)
        except InvalidInput as error:
            for each in error.diagnostics:
                name = _AT if each.span and each.span.column > 1 else _NAME
                yield self._wrong(name, each.code, *unspoken(each, self._said(name)))

    def _said(self, name: str) -> tuple[str, ...]:
        named = zip(self.head.columns, self.cells, strict=True)
        return tuple(text_of(cell) for column, cell in named if column.name == name)

    def _wrong(self, column: str, code: str, reason: str, hint: str | None) -> Rejection:
        return Rejection(self.head.label, self.number, column, code, reason, hint)


def _place(path: Path, *, key: bool = False) -> Span | None:
    """The first column for a name, the second for a time, and nothing of what stands there."""
    at = 1 if key or len(path) < 3 else 2
    return Span(Source(MEETINGS, ""), 1, at, 1, at)
