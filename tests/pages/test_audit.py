"""The audit as a page: the numbers of the JSON totals, inert whatever they are called, and nothing per child."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.audits.totals import Tally
from missingrules.domain.audit import By, Count, Lacking, Rejection, Totals
from missingrules.domain.citations import Edition
from missingrules.domain.people import People, Role
from missingrules.interface.leaves import read_instant
from missingrules.pages import page as made
from missingrules.pages.audit import Intake, Section, audit_of, audit_page
from missingrules.pages.charts import Segment
from tests.answers import protocol
from tests.audit.command import run
from tests.audit.test_breaches import ROWS, RULES, TABLES
from tests.pages.made import SMALL, body, elements, name, quickly_sound, sound, told
from tests.pages.test_pages import ATTACKS, TURNED

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from missingrules.domain.audit import Group

HAND: Final = Path(__file__).parents[1] / "audit" / "hand"
ASKED: Final = ("audit", HAND / "cases", "--protocol", HAND / "rules.yaml", "--as-of", "2025-06-30T12:00:00+01:00")
NOW: Final = read_instant("2025-06-30T12:00:00+01:00")


def by_hand() -> str:
    return run(*ASKED, "--format", "html").out


def tables(root: Element) -> dict[str, list[list[str]]]:
    """Of each table its rows, as text, by its caption."""
    found = {}
    for table in (one for one in elements(root) if name(one) == "table"):
        (caption,) = (one for one in elements(table) if name(one) == "caption")
        rows = [one for one in elements(table) if name(one) == "tr"]
        found[told(caption)] = [[told(cell) for cell in elements(row) if name(cell) in ("th", "td")] for row in rows]
    return found


def test_the_audit_by_hand_as_it_stands_in_the_page() -> None:
    """`small/audit.html`, read through by eye beside `ROWS` of tests/audit/test_by_hand.py."""
    assert body(by_hand()) == (SMALL / "audit.html").read_text(encoding="utf-8")


def test_every_table_has_the_numbers_of_the_json_totals() -> None:
    found = tables(sound(by_hand()))
    said = json.loads(run(*ASKED, "--format", "json").out)
    totals = said["totals"]
    titles = {
        "modality": "By strength", "duty": "By duty", "role": "By who acts", "agency": "By agency",
        "month": "By month due", "area": "By area",
    }  # fmt: skip
    assert _row("All duties", totals["all"]) == found["All duties in numbers"][1]
    for by, title in titles.items():
        rows = found[f"{title}, in numbers"][1:]
        expected = [_row(one["name"], one) for one in totals["by"][by]]
        assert [row[1:] for row in rows] == [row[1:] for row in expected]
        if by == "month":
            assert [row[0] for row in rows] == ["Jun 2025", "Jul 2025", "No limit"]
        else:
            assert [row[0] for row in rows] == [row[0] for row in expected]
    whole = totals["all"]
    assert found["Acting and recording in numbers"][1:] == [
        ["Acting", str(whole["in_time"]), str(whole["late"]), "–"],
        ["Recording, of acts in time", str(whole["recorded"] - whole["recorded_late"]), str(whole["recorded_late"]),
         str(whole["in_time"] + whole["done_ahead"] - whole["recorded"])],
    ]  # fmt: skip
    assert found["Late acting in numbers"][1][:3] == [str(whole[f"late_{band}"]) for band in ("day", "week", "longer")]
    assert [row[1] for row in found["Duties that are in no rate"][1:]] == [
        str(whole[kind]) for kind in ("open", "done_ahead", "done_no_limit", "ceased", "permitted", "upcoming")
    ]
    assert [row[0].split()[-1:] + row[1:3] for row in found["Facts that lack, in how many duties and cases"][1:]] == [
        [one["fact"], str(one["obligations"]), str(one["cases"])] for one in totals["lacking"]
    ]
    # Each of C's rows is named once, and one of them for what is wrong with it.
    assert found["What was wrong with what was not used"][1:] == [
        ["child-not-used", "–", "2"], ["unknown-action", "action", "1"]
    ]  # fmt: skip
    assert len(said["not_used"]) == 3


def _row(of: str, numbers: dict[str, Any]) -> list[str]:
    rate = "-" if numbers["rate_in_time"] is None else f"{numbers['rate_in_time']:.1f} %"
    counts = [numbers["rated"], numbers["in_time"], numbers["late"], numbers["missed"] + numbers["overdue"]]
    rest = ("not_decidable", "late_day", "late_week", "late_longer", "recorded_late")
    return [of, *map(str, counts), rate, *(str(numbers[each]) for each in rest)]


def test_bars_are_worked_out_by_hand() -> None:
    """As in `TEXT` of tests/audit/test_by_hand.py: 3 in time, 1 late, 2 not done, 2 not decidable: of eight."""
    whole = Count(in_time=3, late=1, overdue=2, not_decidable=2, late_day=1, recorded=1, recorded_late=1, latest=5400)
    found = audit_of(totals(whole), [protocol()], protocol().clock, NOW, (), Intake(11, 3))
    assert found.whole.bar == (
        Segment("in_time", 3, 0, 375), Segment("late", 1, 375, 125), Segment("not_done", 2, 500, 250),
        Segment("undecided", 2, 750, 250),
    )  # fmt: skip
    assert found.whole.says == "3 in time, 1 late, 2 not done, 2 not decidable"
    # Of four that were done three were in time; of the three, one says when it was written down, and that was late.
    assert found.acting == (Segment("in_time", 3, 0, 750), Segment("late", 1, 750, 250))
    assert found.recording == (Segment("late", 1, 0, 1000),)
    assert found.unrecorded == 2
    assert [(one.name, one.number, one.bar) for one in found.bands] == [
        ("by up to a day", 1, (Segment("late", 1, 0, 1000),)),
        ("by up to a week", 0, ()),
        ("by more than a week", 0, ()),
    ]  # fmt: skip
    assert found.latest == "1 hour 30 minutes"


def totals(whole: Count, groups: dict[By, dict[Group, Count]] | None = None, **changes: Any) -> Totals:
    empty = Tally().totals()
    given = {by: MappingProxyType((groups or {}).get(by, {})) for by in By}
    return replace(empty, whole=whole, groups=MappingProxyType(given), **changes)


def test_bars_are_drawn_of_so_many_groups_and_the_table_has_all() -> None:
    duties: dict[Group, Count] = {("x", f"r{n}", f"Duty {n}"): Count(in_time=1 + n, late=1) for n in range(40)}
    duties["x", "idle", "Idle"] = Count(open=3)
    found = audit_of(totals(Count(), {By.DUTY: duties}), [protocol()], protocol().clock, NOW, (By.DUTY,), Intake(1, 0))
    (section,) = found.sections
    assert isinstance(section, Section)
    assert (len(section.rows), len(section.drawn)) == (41, 30)
    # Those of most duties first: the forty has 40 in time and one late.
    assert section.drawn[0].name == "Duty 39 (r39)"
    assert section.rows[-1].name == "Idle (idle)"


def test_months_are_drawn_and_what_has_no_month_stands_in_the_table() -> None:
    months: dict[Group, Count] = {
        ("2025-06",): Count(in_time=1, overdue=1), ("no limit",): Count(open=9), ("not known",): Count(not_decidable=4)
    }  # fmt: skip
    found = audit_of(
        totals(Count(), {By.MONTH: months}), [protocol()], protocol().clock, NOW, (By.MONTH,), Intake(1, 0)
    )
    (section,) = found.sections
    assert [row.name for row in section.rows] == ["Jun 2025", "No limit", "The month is not known"]
    assert section.columns is not None
    assert [(str(one.month), one.note) for one in section.columns.columns] == [("Jun 2025", "50.0 %")]
    assert section.drawn == ()


def test_by_one_thing_alone() -> None:
    page = run(*ASKED, "--format", "html", "--by", "area").out
    found = tables(sound(page))
    assert "By area, in numbers" in found
    assert not [caption for caption in found if caption.startswith("By") and "area" not in caption]


@pytest.mark.parametrize("attack", [*ATTACKS, TURNED])
def test_whatever_is_said_is_shown_and_never_obeyed(attack: str) -> None:
    """Titles, editions, roles, areas, agencies, questions, facts, columns: every text that can reach the page."""
    who = People("all", (Role(attack, attack, None, attack),))
    count = Count(in_time=1, late=1, missed=1, not_decidable=1, late_day=1, latest=60)
    groups: dict[By, dict[Group, Count]] = {
        By.MODALITY: {("must",): count}, By.DUTY: {(attack, attack, attack): count},
        By.ROLE: {(attack, who): count}, By.AGENCY: {(attack,): count}, By.MONTH: {(attack,): count},
        By.AREA: {(attack, attack): count},
    }  # fmt: skip
    of = (attack, attack)
    found = totals(
        count, groups, lacking={of: Lacking(2, 1)}, asks={of: attack}, not_in_force={of: 2}, with_organisation=2
    )
    asked = replace(protocol(), title=attack, edition=Edition(attack, attack, attack))
    wrong = Intake(1, 1, [Rejection(attack, 1, attack, attack, attack, attack)], [])
    page = audit_page(found, [asked], asked.clock, NOW, (), wrong)
    quickly_sound(page)
    shown = attack if attack != TURNED else "ab[U+202E]cd[U+200F]e"
    assert re.sub(r"\s+", " ", shown) in told(sound(page))
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", page)


def test_no_child_is_named_unless_rows_are_asked_for() -> None:
    page = by_hand()
    assert not re.search(r">\s*(A|B|C|E1|E2|R\d)\s*<", page)
    assert "records.csv" not in page
    root = sound(run(*ASKED, "--format", "html", "--rows").out)
    rows = tables(root)["Each duty of each child"]
    assert rows[0] == ["child", "episode", "duty", "who", "due", "status", "late by", "paragraph"]
    # Two children, of three episodes with five duties each.
    assert len(rows) == 16
    assert {row[0] for row in rows[1:]} == {"A", "B"}


def test_a_hostile_case_in_the_rows_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    for attack in ATTACKS:
        text = attack.replace('"', '""')
        (tmp_path / "episodes.csv").write_text(
            f'child,id,kind,missing_from,started_at\n"{text}",E1,missing,home,2025-06-02T20:00:00+01:00\n',
            encoding="utf-8",
        )
        asked = ("audit", tmp_path, *ASKED[2:], "--format", "html", "--rows")
        rows = tables(sound(run(*asked).out))["Each duty of each child"]
        assert {row[0] for row in rows[1:]} == {attack}


def test_a_large_caseload_has_a_page_as_long_as_a_small_one() -> None:
    """The counts of many children are those of few, times many: no more than digits longer."""
    few = Count(in_time=3, late=1, overdue=2, not_decidable=2, late_day=1, latest=5400)
    many = Count(*(number * 100_000 for number in few))
    pages = [
        audit_page(
            totals(one, {By.MODALITY: {("must",): one}}, cases=one.in_time),
            [protocol()],
            protocol().clock,
            NOW,
            (),
            Intake(one.in_time, 0),
        )
        for one in (few, many)
    ]
    assert len(pages[1]) < len(pages[0]) + 1000


def test_what_was_done_though_forbidden_stands_apart_from_the_duties(tmp_path: Path) -> None:
    """The tables of tests/audit/test_breaches.py: two breaches in one case, and a call of which nobody can tell."""
    for each, text in TABLES.items():
        (tmp_path / f"{each}.csv").write_text(text, encoding="utf-8")
    asked = ("audit", tmp_path, "--protocol", RULES, *ASKED[4:], "--format", "html")
    root = sound(run(*asked).out)
    assert "2 breaches in 1 case, 1 not decidable" in told(root)
    # Each was broken once, in A; of B's call nobody can tell. The bars tell the same, one number a part.
    assert tables(root)["Prohibitions that were broken, or of which nobody can tell"][1:] == [
        ["No check by telephone (no-call)", "1", "1", "1", "1 1"],
        ["No closing while missing (no-close)", "1", "0", "1", "1"],
    ]
    rows = tables(sound(run(*asked, "--rows").out))["Each breach of each child"]
    assert [row[:5] for row in rows[1:]] == [list(one[:5]) for one in ROWS]


def test_an_audit_of_nothing_is_a_page_too() -> None:
    text = told(sound(audit_page(totals(Count()), [protocol()], protocol().clock, NOW, (), Intake(0, 0))))
    assert "Every duty can be decided." in text
    assert "Nothing was done late." in text


# --- by command ---


def test_the_same_bytes_each_time_and_in_as_many_processes(tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    done = run(*ASKED, "--format", "html", "--output", file, "--jobs", "2")
    assert (done.code, done.out) == (
        1,
        f"{file} was written: 14 rows and files read, 11 used, 3 not used: named above\n",
    )
    assert file.read_text(encoding="utf-8") == by_hand()
    assert list(tmp_path.iterdir()) == [file]


def test_without_jinja2_it_says_how_to_get_it_and_touches_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    made._templates.cache_clear()
    file = tmp_path / "audit.html"
    done = run(*ASKED, "--format", "html", "--output", file)
    assert done.code == 2
    assert done.err.startswith("error [not-installed] HTML needs jinja2, which is not installed\n")
    assert not file.exists()
    done = run("compare", "barnet", "--format", "html", "--output", file)
    assert done.err.startswith("error [not-installed] ")
    assert not file.exists()
