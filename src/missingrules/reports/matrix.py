"""The matrix in words, made once for every form in which it is shown: figure, modality, condition and paragraphs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.citations import NotStated
from missingrules.domain.comparisons import Aspect, Standing
from missingrules.domain.people import People
from missingrules.domain.rules import Conclusion, Duty, Effect, Modality, Prohibition
from missingrules.domain.triggers import OnInstant, WhileMissing
from missingrules.reports.differences import ASPECTS
from missingrules.reports.prose import Teller
from missingrules.reports.wording import listed, people, references

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from missingrules.domain.comparisons import Cell, Entry, Matrix, Otherwise, Row, Value
    from missingrules.domain.protocol import Protocol

NOTHING: Final = "—"
NOT_STATED: Final = "not stated"
_EFFECTS: Final = {Effect.REQUIRE: "", Effect.CONSIDER: " consider", Effect.DECIDE: " decide", Effect.AGREE: " agree"}
_NOT: Final = {
    Modality.MUST: "must not",
    Modality.SHOULD: "should not",
    Modality.MAY: "need not",
    Modality.STATED: "stated: not",
}
_JOINTS: Final = {
    Aspect.BY: "by ",
    Aspect.CHAIR: "in the chair ",
    Aspect.RECIPIENTS: "to ",
    Aspect.ATTENDEES: "",
    Aspect.WITH: "with ",
}
# What sets a duty off goes without saying where it is the episode itself, and not asked for.
_PLAIN: Final = (OnInstant, WhileMissing)


class Said(NamedTuple):
    """An entry in words: how strongly, the figure, what is said with it, where it holds, and its paragraphs.

    `row`: where it stands in a table, the condition of its row; `table`: entries of one number are rows of one table.
    """

    strength: str
    figure: str
    context: str
    where: str
    row: str
    table: int
    paragraphs: tuple[str, ...]
    row_paragraphs: tuple[str, ...]
    read_with: tuple[str, ...]

    @property
    def condition(self) -> str:
        """What is said with the figure, and where it holds."""
        return _joined((self.context, self.row, self.where))

    @property
    def cited(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.paragraphs, *self.row_paragraphs)))

    @property
    def source(self) -> Source:
        return Source(self.cited, self.read_with)


class Source(NamedTuple):
    """The paragraphs that say a thing, and further ones by which it is read so."""

    paragraphs: tuple[str, ...]
    further: tuple[str, ...] = ()

    def __str__(self) -> str:
        """[7.22 bullet 2; read with 7.22 bullet 3]"""
        also = ", ".join(self.further)
        return f"[{', '.join(self.paragraphs)}{f'; read with {also}' if also else ''}]"


class Piece(NamedTuple):
    """What is said in one place: how strongly (or nothing), what, and where the paper says it (or nothing new)."""

    strength: str
    text: str
    source: Source

    def __str__(self) -> str:
        said = _joined((self.strength, self.text))
        return f"{said} {self.source}" if self.source.paragraphs else said


class Line(NamedTuple):
    """A figure with every case in which it holds, strongest first; or a table, and of its rows the first that holds.

    `figure` is empty where there are `rows`.
    """

    figure: str
    cases: tuple[Piece, ...]
    rows: tuple[Piece, ...]

    def __str__(self) -> str:
        """must: 72 hours, where … [7.22]; of several cases the figure first."""
        if self.rows:
            return f"{'; '.join(map(str, self.cases))}: the first that holds of {'; '.join(map(str, self.rows))}"
        if len(self.cases) > 1:
            return f"{self.figure}: {'; '.join(map(str, self.cases))}"
        (one,) = self.cases
        strength = f"{one.strength}: " if one.strength else ""
        return f"{strength}{_joined((self.figure, one.text))} {one.source}"


class CellText(NamedTuple):
    """A cell in words: its entries, what readings would change, and how it stands beside the framework."""

    protocol: str
    entries: tuple[Said, ...]
    otherwise: tuple[str, ...]
    standing: Standing | None
    because: tuple[str, ...]

    @property
    def told(self) -> list[Line]:
        """One line a figure, or a table of figures, with every case in which it holds."""
        tables = [tuple(rows) for _, rows in groupby(self.entries, key=lambda one: one.table)]
        alike: dict[tuple[tuple[str, ...], ...], list[tuple[Said, ...]]] = {}
        for rows in tables:
            told = tuple([(one.figure, one.row, *(one.context,) * _varies(rows)) for one in rows])
            alike.setdefault(told, []).append(rows)
        return [_line(several) for several in alike.values()]

    @property
    def lines(self) -> list[str]:
        """The same as texts, and a dash where no rule answers."""
        return list(map(str, self.told)) or [NOTHING]

    @property
    def beside(self) -> str:
        """met; weaker (by when, applies to)"""
        if self.standing is None:
            return ""
        because = f" ({listed(self.because, 'and')})" if self.because else ""
        return f"{self.standing}{because}"


class RowText(NamedTuple):
    row: Row
    cells: tuple[CellText, ...]


class MatrixText(NamedTuple):
    """The whole in words: the names of the areas, that of the framework, and the rows."""

    names: tuple[str, ...]
    framework: str | None
    rows: tuple[RowText, ...]


def in_words(matrix: Matrix) -> MatrixText:
    names = titles(matrix.protocols)
    tellers = [Telling(protocol) for protocol in matrix.protocols]
    rows = [
        RowText(row, tuple([teller.cell(name, cell) for name, teller, cell in zip(names, tellers, cells, strict=True)]))
        for row, cells in matrix.rows
    ]
    framework = next((name for name, one in zip(names, matrix.protocols, strict=True) if one is matrix.against), None)
    return MatrixText(tuple(names), framework, tuple(rows))


def titles(protocols: Sequence[Protocol]) -> list[str]:
    """The areas' names; of several editions of one, with the edition."""
    names = [protocol.name for protocol in protocols]
    return [
        f"{one.name.replace('_', ' ').capitalize()}{f', {one.edition.label}' if names.count(one.name) > 1 else ''}"
        for one in protocols
    ]


class Telling:
    """One protocol's cells in its own words."""

    def __init__(self, protocol: Protocol) -> None:
        self.teller = Teller(protocol)

    def cell(self, name: str, cell: Cell) -> CellText:
        because = tuple([ASPECTS[aspect] for aspect in cell.because])
        return CellText(name, tuple(self.entries(cell)), tuple(self.otherwise(cell.otherwise)), cell.standing, because)

    def entries(self, cell: Cell) -> Iterator[Said]:
        tables: dict[tuple[int, ...], int] = {}
        for entry in cell.entries:
            number = tables.setdefault(tuple([id(act) for act in entry.acts]), len(tables) + 1)
            yield self.entry(entry, number)

    def entry(self, entry: Entry, table: int = 0) -> Said:
        cited, of_row, further = (
            tuple(filter(None, references(each, self.teller.own).split(", ")))
            for each in (entry.citations, entry.row_citations, entry.read_with)
        )
        where, context, row = self._where(entry), self._context(entry), self._row(entry)
        return Said(self._strength(entry), self._figure(entry), context, where, row, table, cited, of_row, further)

    def otherwise(self, several: Sequence[Otherwise]) -> Iterator[str]:
        """Of each reading that changes a figure what it changes; of the others their names."""
        for one in several:
            comes, goes = (list(dict.fromkeys(map(self._short, each))) for each in (one.comes, one.goes))
            if comes == goes:
                continue
            told = [f"then also: {each}" for each in ("; ".join(comes),) if each]
            told += [f"then no longer: {each}" for each in ("; ".join(goes),) if each]
            if told:
                yield f"Read as {one.reading}, {one.taken}; if read as {one.option}, {'; '.join(told)}"
        others = dict.fromkeys(
            one.reading for one in several if {*map(self._short, one.comes)} == {*map(self._short, one.goes)}
        )
        if others:
            yield f"For whom, or what else is said, hangs on how {listed(list(others), 'and')} {_is(others)} read."

    def _short(self, entry: Entry) -> str:
        said = self.entry(entry)
        return f"{said.strength}: {said.figure}" if said.strength else said.figure

    def _strength(self, entry: Entry) -> str:
        provision = entry.acts[0].provision
        if isinstance(provision, Conclusion):
            return ""
        if isinstance(provision, Prohibition):
            return _NOT[provision.modality]
        return f"{provision.modality}{_EFFECTS[provision.effect]}"

    def _figure(self, entry: Entry) -> str:
        values = dict(entry.figure)
        stated = {aspect: value for aspect, value in values.items() if not isinstance(value, NotStated)}
        # The limit says from when it runs; who convenes is not asked where somebody chairs.
        idle = {Aspect.TRIGGER} if Aspect.DEADLINE in stated and _is_plain(entry) else set()
        idle |= {Aspect.BY} if Aspect.CHAIR in stated else set()
        said = [self._value(entry, aspect, value) for aspect, value in stated.items() if aspect not in idle]
        if said and Aspect.DEADLINE in values and Aspect.DEADLINE not in stated:
            said.append(f"{ASPECTS[Aspect.DEADLINE]} {NOT_STATED}")
        return "; ".join(said) or NOT_STATED

    def _context(self, entry: Entry) -> str:
        return "; ".join(
            self._value(entry, aspect, value)
            for aspect, value in entry.beside
            if not isinstance(value, NotStated) and not (aspect is Aspect.TRIGGER and _is_plain(entry))
        )

    def _value(self, entry: Entry, aspect: Aspect, value: Value) -> str:
        provision = entry.acts[0].provision
        if isinstance(provision, Conclusion):
            name = provision.fact.partition(".")[2].replace("_", " ")
            return f"at least {provision.floor}" if provision.floor else f"{name}: {_spaced(value)}"
        if aspect is Aspect.EFFECT:
            return self._act(provision)
        if isinstance(value, People):
            return f"{_JOINTS[aspect]}{people(value)}"
        assert isinstance(provision, Duty)
        if aspect is Aspect.TRIGGER:
            return self.teller.trigger(provision.trigger)
        if aspect is Aspect.SERIES:
            return f"{self.teller.repeat(provision).strip()}{self._sooner(provision)}"
        return f"{self.teller.deadline(value).lstrip(' ;,')}{self._sooner(provision)}"  # type: ignore[arg-type]

    def _sooner(self, duty: Duty) -> str:
        """What the paper aims at, and when it asks for it earlier; neither is the limit."""
        aim = f", and {duty.aim.text} if it can be" if duty.aim else ""
        if duty.earlier_if is None or duty.earlier_if.condition is None:
            return aim
        return f"{aim}, and earlier where {self.teller.condition(duty.earlier_if.condition)}"

    def _act(self, provision: Duty | Prohibition) -> str:
        name = self.teller.protocol.called.get(provision.action) or _spaced(provision.action)
        about = f", about {_spaced(provision.about)}" if provision.about else ""
        return f"{name}{about}"

    def _row(self, entry: Entry) -> str:
        """Which row of a table it is; those before it do not hold."""
        told = [self.teller.condition(each) for each in entry.when]
        if told:
            return f"where {' and '.join(told)}"
        return "otherwise" if entry.not_when else ""

    def _where(self, entry: Entry) -> str:
        """Of what the provision holds: its guard, and its exceptions."""
        provision = entry.acts[0].provision
        guard = provision.guard
        told = ["the child is absent"] * (guard.kinds == ("absent",)) + [self.teller.condition(guard.when)]
        method = getattr(provision, "method", None)
        said = [_spaced(method) if method.startswith(("in_", "by_")) else f"by {_spaced(method)}"] if method else []
        if any(told):
            said.append(f"where {' and '.join(filter(None, told))}")
        said += [f"but not where {self.teller.condition(each.condition)}" for each in guard.unless]
        return ", ".join(said)


def _is_plain(entry: Entry) -> bool:
    provision = entry.acts[0].provision
    return isinstance(provision, Duty) and isinstance(provision.trigger, _PLAIN)


def _line(several: Sequence[tuple[Said, ...]]) -> Line:
    first = several[0]
    if len(first) == 1:
        return Line(first[0].figure, tuple([Piece(one.strength, one.condition, one.source) for (one,) in several]), ())
    varies = _varies(first)
    cases = [
        Piece(one.strength, _joined(("" if varies else one.context, one.where)), Source(one.paragraphs, one.read_with))
        for one, *_ in several
    ]
    rows = [
        Piece("", _joined((one.figure, one.context if varies else "", one.row)), Source(one.row_paragraphs))
        for one in first
    ]
    return Line("", tuple(cases), tuple(rows))


def _varies(rows: Sequence[Said]) -> bool:
    """Whether what is said with the figure differs from row to row."""
    return len({one.context for one in rows}) > 1


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _is(several: Collection[str]) -> str:
    return "is" if len(several) == 1 else "are"


def _spaced(value: object) -> str:
    return str(value).replace("_", " ")


def overview(text: MatrixText) -> Iterator[tuple[Row, list[str]]]:
    """Of each row how every area but the framework stands beside it."""
    for row in text.rows:
        yield row.row, [cell.beside or NOTHING for cell in row.cells if cell.protocol != text.framework]


def legend(text: MatrixText) -> Iterable[str]:
    """What the words of the cells mean."""
    yield (
        "must, should, may: the paper's own word; stated: it says that it is so; not stated: the duty is there and the "
        f"figure is not; {NOTHING}: no rule of the area answers."
    )
    if text.framework:
        yield (
            f"Beside {text.framework}, for a missing child whom both are about and of whom all is known: met, the same "
            "is asked for; exceeded, the same and more; weaker, less; different, neither all of the one nor all of the "
            "other, or it cannot be told; silent, the area says nothing; framework silent, the framework does not."
        )
