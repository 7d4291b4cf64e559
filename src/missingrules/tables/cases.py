"""The rows of one child -> a case, by the same border as every other case; or where and why they cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import Rejected, Rejection, unspoken
from missingrules.domain.clock import Clock
from missingrules.domain.diagnostics import InvalidInput
from missingrules.domain.source import Source, Span
from missingrules.interface.conversion import converted
from missingrules.tables.cells import Unreadable, is_empty, read, text_of, value_of
from missingrules.tables.layout import CHILD, MEETINGS, Kind, fact_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.findings import Path
    from missingrules.interface.words import CaseWords
    from missingrules.tables.layout import Head, Row

Spot = tuple[str, int]  # a table, and the number of a row in it
NOT_USED: Final = "child-not-used"


@dataclass(frozen=True, slots=True)
class ChildRows:
    """All rows of one child, table by table; `heads` say what their cells are. `meetings` are the organisation's, which
    every child has: their times by name, as the border takes them."""

    child: str
    tables: Mapping[str, tuple[Row, ...]]
    heads: Mapping[str, Head]
    meetings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self.tables.values())

    def spots(self) -> Iterator[Spot]:
        for kind, rows in self.tables.items():
            for number, _ in rows:
                yield kind, number

    def places(self) -> Iterator[tuple[str, int | None]]:
        """The file and row of each."""
        for kind, number in self.spots():
            yield self.heads[kind].label, number

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        """The case; `Rejected` with at least one rejection for each row."""
        return _Making(self, protocols[0].clock if protocols else Clock(), words).case(protocols, as_of)


@dataclass(frozen=True, slots=True)
class UnusableRows:
    """Rows that cannot be used whatever stands in their cells."""

    rejections: tuple[Rejection, ...]

    @property
    def rows(self) -> int:
        return len(self.rejections)

    def places(self) -> Iterator[tuple[str, int | None]]:
        for one in self.rejections:
            yield one.file, one.row

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        raise Rejected(self.rejections)


class _Making:
    """One case on its way; one use each."""

    def __init__(self, of: ChildRows, clock: Clock, words: CaseWords) -> None:
        self.of = of
        self.clock = clock
        self.words = words
        self.problems: dict[Spot, list[Rejection]] = {}
        self.spots: dict[Path, Spot] = {}
        self.told: dict[Spot, tuple[str, ...]] = {}

    def case(self, protocols: Sequence[Protocol], as_of: Instant) -> Case:
        data = self._data()
        if self.problems:
            raise self._rejected()
        try:
            return converted(data, protocols, as_of, place=self._place, words=self.words)
        except InvalidInput as error:
            for found in error.diagnostics:
                kind, number, column = self._spot(found.span)
                message, hint = unspoken(found, self._said(kind, number, column))
                if found.code == "missing-key":
                    hint = "fill in the cell"
                self._wrong(kind, number, column, found.code, message, hint)
            raise self._rejected() from None

    # --- rows to a case -------------------------------------------------------------------------------------------

    def _data(self) -> dict[str, object]:
        child: dict[str, object] = {}
        plan: dict[str, object] = {}
        meetings = {name: list(times) for name, times in self.of.meetings.items()}
        data: dict[str, object] = {
            "format": 1, "case": self.of.child, "child": child, "plan": plan, MEETINGS: meetings
        }  # fmt: skip
        for row in self.of.tables.get("children", ()):
            for name, value in self._cells("children", row):
                here: Path
                if name == "history_from":
                    data[name] = value
                    here = (name,)
                else:
                    owner, key = ("plan", name.removeprefix("plan.")) if name.startswith("plan.") else (CHILD, name)
                    (plan if owner == "plan" else child)[key] = value
                    here = (owner, key)
                self.spots[here] = ("children", row[0])
        for kind in ("episodes", "events", "records"):
            entries: list[dict[str, object]] = []
            for row in self.of.tables.get(kind, ()):
                self.spots[(kind, len(entries))] = (kind, row[0])
                entries.append(dict(self._cells(kind, row)))
            data[kind] = entries
        self._facts({"child": child, "plan": plan}, data["episodes"])
        return data

    def _cells(self, kind: str, row: Row) -> Iterator[tuple[str, object]]:
        """The cells that are not empty, by the names of their columns."""
        number, cells = row
        for column, cell in zip(self.of.heads[kind].columns, cells, strict=True):
            if column.name == CHILD or column.kind is Kind.IGNORED or is_empty(cell):
                continue
            found = read(cell, column, self.clock)
            if isinstance(found, Unreadable):
                self._wrong(kind, number, column.name, *found)
            else:
                yield column.name, found

    def _facts(self, of_child: Mapping[str, dict[str, object]], episodes: object) -> None:
        """Dated facts, one a row, put where a case has them."""
        rows: dict[tuple[str, str, str], list[tuple[int, dict[str, object]]]] = {}
        for row in self.of.tables.get("facts", ()):
            cells = dict(self._cells("facts", row))
            name, episode = str(cells.pop("fact", "")), str(cells.pop("episode", ""))
            if not name or "value" not in cells:
                missing = "value" if name else "fact"
                self._wrong("facts", row[0], missing, "missing-key", f"{missing} is missing here", "fill in the cell")
                continue
            owner = "episode" if episode else "plan" if name.startswith("plan.") else CHILD
            rows.setdefault((owner, episode, name.removeprefix("plan.")), []).append((row[0], cells))
        by_id = {str(one.get("id")): one for one in episodes} if isinstance(episodes, list) else {}
        places = {id_: place for place, id_ in enumerate(by_id)}
        for (owner, episode, name), several in rows.items():
            target = by_id.get(episode) if episode else of_child[owner]
            for number, _ in several if target is None else ():
                reason = "there is no such episode of this child"
                self._wrong("facts", number, "episode", "unknown-episode", reason, "name the id of one of its episodes")
            if target is None:
                continue
            if name in target:
                for number, _ in several:
                    reason = "this fact also has a column of its own, and is given there"
                    self._wrong("facts", number, "fact", "fact-twice", reason, "give it in one of the two places")
                continue
            here: Path = ("episodes", places[episode], name) if episode else (owner, name)
            word = fact_word(self.words, owner, name)
            for _, cells in several:
                cells["value"] = value_of(text_of(str(cells["value"])), None if word is None else word.type)
            self.spots[here] = ("facts", several[0][0])
            for place, (number, _) in enumerate(several):
                self.spots[(*here, place)] = ("facts", number)
            alone = len(several) == 1 and list(several[0][1]) == ["value"]
            target[name] = several[0][1]["value"] if alone else [cells for _, cells in several]

    # --- what is wrong, and where ---------------------------------------------------------------------------------

    def _place(self, path: Path, *, key: bool = False) -> Span | None:
        """A span that holds table, row and column, and nothing of what stands there."""
        for end in range(len(path), 0, -1):
            spot = self.spots.get(path[:end])
            if spot is not None:
                named = next((str(step) for step in path[end:] if isinstance(step, str)), None)
                return self._span(*spot, named or self._last_name(spot[0], path[:end]))
        # The case as a whole, or its name: its first row.
        return self._span(*next(self.of.spots()), CHILD)

    def _last_name(self, kind: str, path: Path) -> str | None:
        if kind == "facts":
            return "fact"
        owner = "plan." if path[0] == "plan" else ""
        return f"{owner}{path[-1]}" if isinstance(path[-1], str) else None

    def _span(self, kind: str, number: int, column: str | None) -> Span:
        names = [each.name for each in self.of.heads[kind].columns]
        at = names.index(column) + 1 if column in names else 0
        return Span(Source(kind, ""), number, at, number, at)

    def _spot(self, span: Span | None) -> tuple[str, int, str | None]:
        if span is None:
            kind, number = next(self.of.spots())
            return kind, number, None
        kind = span.source.name
        return kind, span.line, self.of.heads[kind].columns[span.column - 1].name if span.column else None

    def _said(self, kind: str, number: int, column: str | None) -> tuple[str, ...]:
        """What stands in a cell, so that no message says it."""
        cells = next(cells for at, cells in self.of.tables[kind] if at == number)
        named = zip(self.of.heads[kind].columns, cells, strict=True)
        return tuple(text_of(cell) for of, cell in named if of.name == column and not is_empty(cell))

    def _wrong(self, kind: str, number: int, column: str | None, code: str, reason: str, hint: str | None) -> None:
        rejection = Rejection(self.of.heads[kind].label, number, column, code, reason, hint)
        self.problems.setdefault((kind, number), []).append(rejection)

    def _rejected(self) -> Rejected:
        """Each row of the child: those with mistakes, and the rest because of the first of these."""
        first = next(self.problems[spot][0] for spot in self.of.spots() if spot in self.problems)
        reason = f"not used, since another row of this child cannot be: {first.file}, row {first.row}"
        found: list[Rejection] = []
        for spot in self.of.spots():
            label = self.of.heads[spot[0]].label
            found += self.problems.get(spot) or [Rejection(label, spot[1], None, NOT_USED, reason)]
        return Rejected(tuple(found))
