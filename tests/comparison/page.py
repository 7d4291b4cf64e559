"""Writes the tables of docs/comparison.md anew: `python -m tests.comparison.page`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from missingrules.comparison.matrix import matrix
from missingrules.reading.protocols import read_protocol
from missingrules.reports.matrix import in_words
from missingrules.reports.matrix_forms import matrix_markdown

if TYPE_CHECKING:
    from missingrules.domain.comparisons import Matrix
    from missingrules.domain.protocol import Protocol

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "comparison.md"
NAMES: Final = ("barnet", "buckinghamshire", "national_framework", "northamptonshire", "staffordshire")
BEGIN: Final = "<!-- made by python -m tests.comparison.page -->\n\n"
END: Final = "\n<!-- made by hand from here -->\n"


@cache
def areas() -> tuple[Protocol, ...]:
    return tuple(read_protocol(ROOT / "protocols" / f"{name}.yaml") for name in NAMES)


@cache
def of_the_areas() -> Matrix:
    return matrix(areas(), next(each for each in areas() if each.name == "national_framework"))


def tables() -> str:
    return matrix_markdown(in_words(of_the_areas()))


def with_tables(page: str) -> str:
    """The page with its tables made anew; what stands before and after them stays."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{tables()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
