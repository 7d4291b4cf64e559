"""Several protocols side by side as a page: how they stand beside a framework, then topic by topic what each says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.comparisons import Standing
from missingrules.pages.page import page
from missingrules.reports.matrix import in_words, legend, titles
from missingrules.reports.wording import listed, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.comparisons import Matrix, Row
    from missingrules.reports.matrix import CellText, Line, MatrixText, RowText

STANDINGS: Final = tuple(Standing)


class Area(NamedTuple):
    """A protocol of the matrix. `short`: how it is called in the tables."""

    short: str
    paper: str
    is_framework: bool


class Tally(NamedTuple):
    """In how many rows an area stands in which way: one number for each of `STANDINGS`, and those in which neither the
    area nor the framework says anything."""

    area: str
    numbers: tuple[int, ...]
    neither: int


class Cell(NamedTuple):
    """`area`: its place among the areas."""

    area: int
    lines: tuple[Line, ...]
    readings: tuple[str, ...]
    standing: Standing | None
    because: str

    @property
    def slug(self) -> str:
        return "" if self.standing is None else slug(self.standing)


class Question(NamedTuple):
    """A row: what areas are asked, and what each answers."""

    anchor: str
    title: str
    asks: str
    cells: tuple[Cell, ...]


class Topic(NamedTuple):
    anchor: str
    title: str
    rows: tuple[Question, ...]


class Paragraph(NamedTuple):
    """A paragraph that cells cite: how it is called, its heading, and the rows whose cells of its area cite it."""

    anchor: str
    name: str
    heading: str
    rows: tuple[tuple[str, str], ...]  # anchor and title


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`paragraphs` and `anchors` go by the place of the area; `anchors` lead from a paragraph to its place below."""

    areas: tuple[Area, ...]
    framework: str | None
    topics: tuple[Topic, ...]
    tallies: tuple[Tally, ...]
    standings: tuple[Standing, ...]
    rows: int
    legend: tuple[str, ...]
    paragraphs: tuple[tuple[Paragraph, ...], ...]
    anchors: tuple[Mapping[str, str], ...]


def matrix_page(matrix: Matrix) -> str:
    """The matrix as HTML. Raises `InvalidInput` without jinja2."""
    return page("matrix", {"page": side_by_side(matrix), "standings": STANDINGS, "slug": slug})


def side_by_side(matrix: Matrix) -> SideBySide:
    """All that the page says, before it is HTML."""
    text = in_words(matrix)
    topics = tuple(
        Topic(f"topic-{number}", title, tuple([_row(row) for row in rows]))
        for number, (title, rows) in enumerate(groupby(text.rows, key=lambda one: one.row.section), start=1)
    )
    paragraphs = tuple([tuple(_paragraphs(matrix, place)) for place in range(len(matrix.protocols))])
    held = {cell.standing for row in text.rows for cell in row.cells}
    return SideBySide(
        areas=tuple(
            Area(name, f"{one.title}, {one.edition.label}", one is matrix.against)
            for name, one in zip(titles(matrix.protocols), matrix.protocols, strict=True)
        ),
        framework=text.framework,
        topics=topics,
        tallies=tuple(_tallies(text)),
        standings=tuple(each for each in STANDINGS if each in held),
        rows=len(text.rows),
        legend=tuple(legend(text)),
        paragraphs=paragraphs,
        anchors=tuple(MappingProxyType({one.name: one.anchor for one in of_area}) for of_area in paragraphs),
    )


def slug(standing: Standing) -> str:
    """A standing as a part of names in the page: `framework-silent`."""
    return standing.value.replace(" ", "-")


def _row(row: RowText) -> Question:
    return Question(
        _anchor(row.row), row.row.title, row.row.asks, tuple(_cell(place, cell) for place, cell in enumerate(row.cells))
    )


def _anchor(row: Row) -> str:
    return f"row-{row.id}"


def _cell(place: int, cell: CellText) -> Cell:
    return Cell(place, tuple(cell.told), cell.otherwise, cell.standing, listed(cell.because, "and"))


def _tallies(text: MatrixText) -> Iterator[Tally]:
    """Of every area but the framework; nothing where there is none."""
    for place, name in enumerate(text.names):
        if text.framework and name != text.framework:
            found = [row.cells[place].standing for row in text.rows]
            yield Tally(name, tuple(map(found.count, STANDINGS)), found.count(None))


def _paragraphs(matrix: Matrix, place: int) -> Iterator[Paragraph]:
    """Every paragraph of one protocol that a cell cites, in the order of their numbers."""
    headings: dict[str, dict[str, None]] = {}
    rows: dict[str, dict[tuple[str, str], None]] = {}
    own = matrix.protocols[place].own_documents
    for row, cells in matrix.rows:
        for entry in cells[place].entries:
            for one in (*entry.citations, *entry.row_citations, *entry.read_with):
                name = references((one,), own)
                headings.setdefault(name, {}).update({one.heading: None} if one.heading not in one.paragraph else {})
                rows.setdefault(name, {})[_anchor(row), row.title] = None
    for number, name in enumerate(sorted(headings, key=_by_number), start=1):
        yield Paragraph(f"paragraph-{place + 1}-{number}", name, "; ".join(headings[name]), tuple(rows[name]))


def _by_number(name: str) -> list[tuple[int, str]]:
    """3.9 before 3.10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]
