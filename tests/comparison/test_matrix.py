"""Several protocols side by side: invented ones in words worked out by hand, and the five areas as on their page."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest
import yaml

from missingrules.comparison.align import acts
from missingrules.comparison.matrix import matrix
from missingrules.comparison.points import of_people
from missingrules.comparison.questions import QUESTIONS
from missingrules.domain.comparisons import Aspect, Relation, Standing
from missingrules.domain.people import People, Role
from missingrules.reading.protocols import read_protocol
from missingrules.reports.matrix import in_words
from missingrules.reports.matrix_forms import matrix_markdown, matrix_report
from missingrules.reports.text import as_text
from tests.comparison.page import END, NAMES, PAGE, ROOT, areas, of_the_areas, tables, with_tables

if TYPE_CHECKING:
    from missingrules.reports.matrix import CellText

INVENTED: Final = Path(__file__).with_name("side_by_side")
HILL, DALE, COUNTRY = (read_protocol(INVENTED / f"{name}.yaml") for name in ("hill", "dale", "country"))

# Of each row that anybody answers: the lines of Hill, Dale and the framework, and how the two stand beside it.
EXPECTED: Final = {
    "lowest-grade": (
        ["at least medium, where the child's age is under 18 [1]"],
        ["—"],
        ["—"],
        ("framework silent", ""),
    ),
    "director-told": (
        ["must: once the child has been missing for at least 24 hours; by when not stated, to Director [2]"],
        [
            "should: once the child has been missing for more than 72 hours; by when not stated, to Director of Dale, "
            "where the child is looked after [5]"
        ],
        ["—"],
        ("framework silent", "framework silent"),
    ),
    "threshold": (
        ["should: when the child has gone missing 3 times from home or care in 90 days; intervention meeting [4]"],
        ["—"],
        ["—"],
        ("framework silent", ""),
    ),
    "repeat-chair": (
        [
            "should, intervention meeting; when the child has gone missing 3 times from home or care in 90 days [4, 4a]"
            ": the first that holds of in the chair Service Manager, where the child is looked after [4a]; "
            "in the chair Team Manager, otherwise [4]"
        ],
        ["—"],
        ["—"],
        ("framework silent", ""),
    ),
    "repeat-when": (
        [
            "should: within 5 working days from then, intervention meeting; when the child has gone missing 3 times "
            "from home or care in 90 days [4]"
        ],
        ["—"],
        ["—"],
        ("framework silent", ""),
    ),
    # The framework's is a must, and nothing else is otherwise.
    "return-told": (
        ["should: immediately, by the carers [4]"],
        ["—"],
        ["must: immediately [10]"],
        ("weaker (how strongly)", "silent"),
    ),
    # Hill makes no offer; Dale makes two, and together they reach every child.
    "interview-offered": (
        ["—"],
        [
            "when the child returns: must, to the child, where the child is placed outside the authority's area [7]; "
            "must, to the child, where the child is not placed outside the authority's area [7a]"
        ],
        ["must: when the child returns, to the child [9]"],
        ("silent", "met"),
    ),
    # The same time, and Dale's is a must.
    "interview-when": (
        ["should: within 72 hours of the return [3]"],
        ["must: within 72 hours of the return [6]"],
        ["should: within 72 hours of the return [9]"],
        ("met", "exceeded (how strongly)"),
    ),
    # A child of Hill who is placed elsewhere sees somebody else; the framework knows no such worker.
    "interview-by": (
        [
            "should [3]: the first that holds of by Worker for children elsewhere, where the child is placed outside "
            "the authority's area [3a]; by Interviewer, where the child is not placed outside the authority's area [3b]"
        ],
        ["must: by Interviewer [6]"],
        ["should: by Interviewer [9]"],
        ("different (applies to)", "exceeded (how strongly)"),
    ),
}


def test_the_cells_are_as_worked_out_by_hand() -> None:
    text = in_words(matrix([HILL, DALE, COUNTRY], COUNTRY))
    found = {
        row.row.id: (*[cell.lines for cell in row.cells], tuple([cell.beside for cell in row.cells[:2]]))
        for row in text.rows
        if any(cell.entries for cell in row.cells)
    }
    assert found == EXPECTED
    assert {cell.beside for row in text.rows for cell in row.cells[2:]} == {""}


def test_a_reading_that_changes_a_figure_is_shown() -> None:
    (row,) = [one for one in in_words(matrix([HILL])).rows if one.row.id == "director-told"]
    assert row.cells[0].otherwise == (
        "Read as director-when, at-24; if read as past-24, "
        "then also: must: once the child has been missing for more than 24 hours; by when not stated; "
        "then no longer: must: once the child has been missing for at least 24 hours; by when not stated",
    )


def test_the_order_of_the_protocols_is_that_of_the_columns_and_nothing_else() -> None:
    first = in_words(matrix([HILL, DALE, COUNTRY], COUNTRY))
    for several in permutations([HILL, DALE, COUNTRY]):
        text = in_words(matrix(several, COUNTRY))
        assert text.names == tuple(each.authority for each in several)
        for row, before in zip(text.rows, first.rows, strict=True):
            assert sorted(row.cells, key=_name) == sorted(before.cells, key=_name)


def _name(cell: CellText) -> str:
    return cell.protocol


def test_as_text() -> None:
    text = in_words(matrix([HILL, DALE, COUNTRY], COUNTRY, topics=["risk_floor", "return_interview"]))
    report = as_text(matrix_report(text))
    assert report.partition("RISK\n")[2].partition("THE RETURN")[0] == (
        "\nLowest grade of risk. Below which grade may a missing child not be put?\n"
        "  Hill    at least medium, where the child's age is under 18 [1]\n"
        "          Beside the framework: framework silent\n"
        "  Dale    —\n"
        "  Country —\n\n"
    )
    assert (
        "Return interview: by when. How soon is it held?\n"
        "  Hill    should: within 72 hours of the return [3]\n"
        "          Beside the framework: met\n"
        "  Dale    must: within 72 hours of the return [6]\n"
        "          Beside the framework: exceeded (how strongly)\n"
        "  Country should: within 72 hours of the return [9]\n"
    ) in report


def test_as_markdown() -> None:
    text = matrix_markdown(in_words(matrix([HILL, DALE, COUNTRY], COUNTRY, topics=["risk_floor"])))
    assert text.partition("## ")[2] == (
        "In short: beside Country\n\n"
        "|  | Hill | Dale |\n| --- | --- | --- |\n| Lowest grade of risk | framework silent | — |\n\n"
        "## Risk\n\n"
        "|  | Hill | Dale | Country |\n| --- | --- | --- | --- |\n"
        "| **Lowest grade of risk** Below which grade may a missing child not be put? | at least medium, where the "
        "child's age is under 18 \\[1\\]<br>*framework silent* | — | — |\n"
    )


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from missingrules.cli import main; main()", "compare", *words]
    return subprocess.run(command, capture_output=True, cwd=INVENTED, check=False)


def test_json_and_csv_have_every_cell() -> None:
    given = ("hill.yaml", "dale.yaml", "--against", "country.yaml", "--topic", "return_interview")
    said = json.loads(run(*given, "--format", "json").stdout)
    assert (said["protocols"], said["against"]) == (["Hill", "Dale", "Country"], "Country")
    held = next(row for row in said["rows"] if row["id"] == "interview-when")
    assert [(cell["standing"], cell["because"]) for cell in held["cells"]] == [
        ("met", []),
        ("exceeded", ["how strongly"]),
        (None, []),
    ]
    assert held["cells"][0]["entries"] == [
        {
            "strength": "should",
            "figure": "within 72 hours of the return",
            "context": "",
            "where": "",
            "row": "",
            "table": 1,
            "paragraphs": ["3"],
            "row_paragraphs": [],
            "read_with": [],
        }
    ]
    lines = list(csv.DictReader(io.StringIO(run(*given, "--format", "csv").stdout.decode("utf-8-sig"))))
    assert {line["row"] for line in lines} == {row["id"] for row in said["rows"]}
    found = [(line["protocol"], line["figure"]) for line in lines if line["row"] == "interview-offered"]
    twice = [("Dale", "when the child returns")] * 2
    assert found == [("Hill", "—"), *twice, ("Country", "when the child returns")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hill.yaml", "--topic", "meetings"), "error [unknown-topic] --topic meetings: no topic has this name"),
        (("hill.yaml", "dale.yaml", "hill.yaml"), "error [two-protocols] 'hill.yaml' is given twice"),
        (("hill.yaml", "nowhere.yaml", "--against", "country.yaml"), "nowhere.yaml"),
    ],
)
def test_what_cannot_be_compared_is_told(words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_the_framework_among_the_areas_is_not_given_twice() -> None:
    said = json.loads(run("hill.yaml", "country.yaml", "--against", "./country.yaml", "--format", "json").stdout)
    assert said["protocols"] == ["Hill", "Country"]


# --- the five areas -------------------------------------------------------------------------------------------------

NUMBER: Final = re.compile(r"(\d+) (minute|hour|working day|day|week|month|year|time)")
# "More often than" five times is six and more: the figure is worked out.
WORKED_OUT: Final = {("threshold", "staffordshire", "6")}


def cell(row_id: str, area: str) -> CellText:
    (row,) = [one for one in in_words(of_the_areas()).rows if one.row.id == row_id]
    return row.cells[NAMES.index(area)]


def test_what_is_aimed_at_and_what_is_sooner_stand_beside_the_limit() -> None:
    """Buckinghamshire 3.7.116: as soon as possible and within 24 hours; Northamptonshire 7.22: at most, and earlier."""
    (check,) = cell("check-when", "buckinghamshire").lines
    assert check.startswith("must: within 24 hours of the return, and as soon as possible if it can be, but not where")
    (manager,) = cell("managers-told", "northamptonshire").lines
    assert manager.startswith(
        "should: within 24 hours of going missing, and earlier where the episode's risk is high, to"
    )
    assert manager.endswith("[7.22 bullet 1, 7.22]")


def test_a_standing_names_in_what_by_the_duty_that_is_nearest() -> None:
    """Buckinghamshire sends the police to every child, and bars the telephone; the framework also lets a carer ask, and
    wants it in person: it is another person, not another act, by which the area falls short of the first.
    """
    assert cell("check-by", "buckinghamshire").because == ("applies to", "what", "who")
    assert (cell("who-grades", "staffordshire").standing, cell("who-grades", "staffordshire").because) == (
        Standing.EXCEEDED,
        ("who",),
    )


def test_a_post_of_an_agency_asks_for_more_than_the_agency() -> None:
    police, operator = Role("police", "Police", None, "police"), Role("operator", "Operator", None, "police")
    worker = Role("social_worker", "Social worker", "practitioner", "childrens_social_care")
    whole = People("all", (police,))

    def beside(mode: Literal["all", "any", "other_than"], *roles: Role) -> tuple[Relation, Relation]:
        mine = People(mode, roles)
        return of_people(Aspect.BY, mine, whole), of_people(Aspect.BY, whole, mine)

    assert beside("all", operator) == (Relation.STRICTER, Relation.LOOSER)
    assert beside("all", police) == (Relation.SAME, Relation.SAME)
    parted = (Relation.DIFFERENT, Relation.DIFFERENT)
    assert (beside("any", operator, worker), beside("all", worker)) == (parted, parted)
    assert beside("other_than", operator) == parted


# An area of one's own may have reviews of this name that repeat.
IDLE: Final = {("meeting-again", "acts", "urgent_care_review")}


def test_every_word_by_which_a_row_picks_takes_something() -> None:
    """A fact that is spelled otherwise in the protocols takes nothing, and nobody would miss it."""
    provisions = [act.provision for each in areas() for act in acts(each, {})]
    roles = {word for each in areas() for role in each.roles.values() for word in (role.name, role.grade)}
    idle = set()
    for question in QUESTIONS:
        for pick in question.picks:
            for words in ("acts", "topics", "about", "since", "reads"):
                for word in getattr(pick, words):
                    narrowed: dict[str, Any] = {words: (word,)}
                    alone = replace(pick, **narrowed)
                    if not any(alone.takes(each) for each in provisions):
                        idle.add((question.row.id, words, word))
            idle |= {(question.row.id, "whom", word) for word in pick.whom if word not in roles}
    assert idle == IDLE


def test_every_row_is_answered_by_two_areas_at_least() -> None:
    found = {row.id: sum(bool(cell.entries) for cell in cells) for row, cells in of_the_areas().rows}
    assert {id_: count for id_, count in found.items() if count < 2} == {}
    assert list(found) == list(dict.fromkeys(each.row.id for each in QUESTIONS))


def ledgers() -> dict[str, dict[str, list[str]]]:
    found = {}
    for path in (ROOT / "protocols" / "sources").glob("*.yaml"):
        ledger = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[ledger["document"]] = {str(each["ref"]): each.get("figures", []) for each in ledger["paragraphs"]}
    return found


def test_every_number_of_a_cell_is_in_a_paragraph_that_it_cites() -> None:
    """Every number with a unit, or of episodes, in a figure, beside it, or in the row of a table."""
    found, known = of_the_areas(), ledgers()
    for (row, cells), text in zip(found.rows, in_words(found).rows, strict=True):
        for cell, told in zip(cells, text.cells, strict=True):
            for entry, said in zip(cell.entries, told.entries, strict=True):
                cited = [*entry.citations, *entry.row_citations, *entry.read_with]
                printed = {str(each) for one in cited for each in known[one.document][one.paragraph]}
                digits = {each.split()[0] for each in printed}
                for number, unit in NUMBER.findall(f"{said.figure}, {said.condition}"):
                    if (row.id, cell.protocol.name, number) not in WORKED_OUT:
                        told_as = {f"{number} {unit}", f"{number} {unit}s"}
                        assert told_as & printed or number in digits, (row.id, cell.protocol.name, number, unit, said)


def test_only_the_framework_stands_beside_nothing() -> None:
    for _, cells in of_the_areas().rows:
        framework = next(cell for cell in cells if cell.protocol.name == "national_framework")
        for cell in cells:
            if cell is framework or not (cell.entries or framework.entries):
                assert cell.standing is None
            else:
                assert (cell.standing is Standing.SILENT) == (not cell.entries)
                assert (cell.standing is Standing.FRAMEWORK_SILENT) == (not framework.entries)


def test_the_page_has_the_matrix() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert tables() in page
    assert with_tables(page) == page


def test_the_foot_of_the_page_names_paragraphs_that_are_there() -> None:
    """What a paper says behind an empty cell, and no rule can keep."""
    foot = PAGE.read_text(encoding="utf-8").partition(END)[2]
    rows = [
        [part.strip() for part in line.strip("|").split("|")] for line in foot.splitlines() if line.startswith("| ")
    ]
    titles = {each.row.title for each in QUESTIONS}
    known = ledgers()
    areas_called = {name.replace("_", " ").capitalize(): name for name in NAMES}
    for title, area, paragraphs, *_ in rows[1:]:
        if title.startswith("---"):
            continue
        assert title in titles
        for one in paragraphs.split(", "):
            assert one in known[areas_called[area]], (area, one)
