"""The matrix as a page: the words of the other formats, nothing more and nothing less, and inert whatever they are."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.comparison.matrix import matrix
from missingrules.domain.citations import Citation, Edition
from missingrules.domain.clock import Clock
from missingrules.domain.comparisons import Standing
from missingrules.domain.people import Role
from missingrules.pages.matrix import matrix_page, side_by_side
from missingrules.reading.protocols import read_protocol
from missingrules.reports.matrix import NOTHING, in_words
from tests.comparison.page import ROOT, of_the_areas
from tests.pages.made import SMALL, body, elements, name, quickly_sound, sound, told
from tests.pages.test_pages import ATTACKS, TURNED
from tests.test_cli import refused, run

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from missingrules.domain.comparisons import Matrix
    from missingrules.domain.protocol import Protocol

INVENTED: Final = ROOT / "tests" / "comparison" / "side_by_side"
HILL, DALE, COUNTRY = (read_protocol(INVENTED / f"{each}.yaml") for each in ("hill", "dale", "country"))


def small() -> Matrix:
    return matrix([HILL, DALE, COUNTRY], COUNTRY)


def cells(root: Element) -> dict[str, list[Element]]:
    """The cells of each question, by the anchor of its row."""
    rows = [one for one in elements(root) if name(one) == "tr" and one.get("class") == "question"]
    return {str(row.get("id")): [one for one in row if name(one) == "td"] for row in rows}


def words(text: str) -> list[str]:
    """Words and figures, without the marks that only a line of text needs."""
    return re.findall(r"[^\s:;,.\[\]]+", text)


@pytest.mark.parametrize("found", [small(), of_the_areas()], ids=["invented", "the five areas"])
def test_every_cell_says_what_the_text_says(found: Matrix) -> None:
    text = in_words(found)
    shown = cells(sound(matrix_page(found)))
    assert list(shown) == [f"row-{row.row.id}" for row in text.rows]
    for row in text.rows:
        for cell, td in zip(row.cells, shown[f"row-{row.row.id}"], strict=True):
            lines = [line.replace(": the first that holds of ", " The first that holds of ") for line in cell.lines]
            nothing = "no rule of the area answers" if cell.lines == [NOTHING] else ""
            expected = [cell.protocol, *lines, nothing, *cell.otherwise, cell.beside]
            assert words(told(td)) == words(" ".join(expected))
            assert td.get("data-standing") == (cell.standing or "").replace(" ", "-")


def test_the_small_matrix_as_it_stands_in_the_page() -> None:
    """`small/matrix.html`, read through by eye beside the three files and `EXPECTED` of tests/comparison."""
    found = matrix([HILL, DALE, COUNTRY], COUNTRY, topics=["risk_floor", "intervention_meeting", "return_interview"])
    assert body(matrix_page(found)) == (SMALL / "matrix.html").read_text(encoding="utf-8")


def test_how_often_an_area_stands_in_which_way() -> None:
    """Counted by hand in `EXPECTED` of tests/comparison/test_matrix.py; of the 51 questions the papers answer nine."""
    found = side_by_side(small())
    hill, dale = found.tallies
    assert list(Standing) == ["met", "exceeded", "weaker", "different", "silent", "framework silent"]
    assert (hill.area, hill.numbers, hill.neither) == ("Hill", (1, 0, 1, 1, 1, 5), 42)
    assert (dale.area, dale.numbers, dale.neither) == ("Dale", (1, 2, 0, 0, 1, 1), 46)
    assert found.rows == 51


def test_every_paragraph_leads_to_its_heading_and_back() -> None:
    found = side_by_side(small())
    hill = {one.name: one for one in found.paragraphs[0]}
    # 2a says something only if it is read otherwise.
    assert list(hill) == ["1", "2", "3", "3a", "3b", "4", "4a"]
    # The ledger calls paragraph 4a Part 4a, and the chair after several episodes is the only figure of its row.
    assert (hill["4a"].heading, hill["4a"].rows) == (
        "Part 4a",
        (("row-repeat-chair", "After several episodes: chair"),),
    )
    assert found.anchors[0]["4a"] == hill["4a"].anchor


def test_without_a_framework_nothing_stands_beside_it() -> None:
    found = matrix([HILL, DALE], None)
    text = told(sound(matrix_page(found)))
    assert "In short" not in text
    assert "framework" not in text.lower()
    assert side_by_side(found).standings == ()


@pytest.mark.parametrize("attack", [*ATTACKS, TURNED])
def test_what_protocols_say_is_shown_and_never_obeyed(attack: str) -> None:
    """Titles, editions, the names of areas, the people, the words of acts, the paragraphs and their headings."""
    spoilt = [_spoilt(each, attack) for each in (HILL, DALE, COUNTRY)]
    page = matrix_page(matrix(spoilt, spoilt[2]))
    quickly_sound(page)
    text = told(sound(page))
    shown = attack if attack != TURNED else "ab[U+202E]cd[U+200F]e"
    assert re.sub(r"\s+", " ", shown) in text
    assert not re.search("[‎‏‪-‮⁦-⁩]", page)


def _spoilt(protocol: Protocol, attack: str) -> Protocol:
    """The protocol with the attack for every text of it that a page shows."""

    def spoil(value: Any) -> Any:
        if isinstance(value, Citation):
            return replace(value, paragraph=f"{attack} {value.paragraph}", heading=attack)
        if isinstance(value, Role):
            return replace(value, title=attack)
        if isinstance(value, tuple):
            made = [spoil(each) for each in value]
            return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
        if isinstance(value, MappingProxyType):
            return MappingProxyType({key: spoil(each) for key, each in value.items()})
        if is_dataclass(value) and not isinstance(value, type | Clock):
            return replace(
                value, **{each.name: spoil(getattr(value, each.name)) for each in fields(value) if each.init}
            )
        return value

    whole = replace(protocol, families=spoil(protocol.families))
    edition = Edition(attack, attack, attack)
    return replace(whole, title=attack, name=attack, authority=attack, edition=edition)


# --- by command ---

NAMED: Final = tuple(str(INVENTED / f"{each}.yaml") for each in ("hill", "dale"))
BESIDE: Final = ("--against", str(INVENTED / "country.yaml"))


def test_the_same_bytes_each_time_and_nothing_but_the_file(tmp_path: Path) -> None:
    file = tmp_path / "matrix.html"
    done = run("compare", *NAMED, *BESIDE, "--output", str(file))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"{file} was written\n", b"")
    shown = run("compare", *NAMED, *BESIDE, "--format", "html", PYTHONHASHSEED="7")
    assert file.read_bytes() == shown.stdout == matrix_page(small()).encode()
    assert list(tmp_path.iterdir()) == [file]


def test_every_format_goes_into_a_file(tmp_path: Path) -> None:
    for form in ("text", "md", "json", "csv"):
        file = tmp_path / f"matrix.{form}"
        assert run("compare", *NAMED, "--format", form, "--output", str(file)).returncode == 0
        assert file.read_bytes() == run("compare", *NAMED, "--format", form).stdout


def test_a_file_that_is_there_or_is_read_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "matrix.html"
    file.write_text("mine", encoding="utf-8")
    message = refused("compare", *NAMED, "--output", str(file))
    assert message == (
        f"error [file-there] {file} is there already\n  = name another file, or add --force to replace it\n"
    )
    assert run("compare", *NAMED, "--output", str(file), "--force").returncode == 0
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    message = refused("compare", *NAMED, "--format", "html", "--output", NAMED[0], "--force")
    assert message.startswith("error [file-there] ")
    assert "what is read" in message
