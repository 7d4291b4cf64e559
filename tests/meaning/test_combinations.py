"""Every combination of readings: what each changes, against answers worked out whole, and against hand and text."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from missingrules.cli import common
from missingrules.domain.combinations import COMPARED
from missingrules.engine.evaluate import evaluate
from missingrules.engine.readings import TooMany, every_combination
from missingrules.interface.combinations import CombinationOut, combinations_to_json
from missingrules.interface.leaves import read_instant
from missingrules.reading.cases import read_case_text
from missingrules.reading.protocols import read_protocol
from missingrules.reports.combinations import combinations_report
from missingrules.reports.text import as_text
from tests.meaning.test_worked_cases import HEADER, LEDGER, SECTIONS
from tests.test_cli import refused, run

if TYPE_CHECKING:
    from missingrules.domain.case import Case
    from missingrules.domain.combinations import Combination
    from missingrules.domain.protocol import Protocol

# `days` moves the visit, `who` gives it another person: two readings that meet in one rule. `risk` lifts the floor, on
# which a duty, a prohibition and a classification hang. `idle` changes nothing in this case.
RULES: Final = """\
readings:
  days: {question: "Days or working days?", default: plain, why: it is sooner,
         options: {plain: {value: 2 days, cite: "1"}, working: {value: 2 working days, cite: "1"}}}
  who: {question: "Who calls?", default: worker, why: nearer to the child,
        options: {worker: {value: social_worker, cite: "1"}, manager: {value: team_manager, cite: "1"}}}
  risk: {question: "Is there a floor?", default: floor, why: safer, options: {floor: {cite: "1"}, none: {cite: "1"}}}
  idle: {question: "Monday or not?", default: a, why: it is so, options: {a: {cite: "1"}, b: {cite: "1"}}}
rules:
  - {id: floor, topic: risk_floor, title: Never low, cite: "1", when: {child.age: under 18}, modality: must,
     if_read: {risk: floor}, conclude: {risk: at least medium}}
  - {id: visit, topic: support, title: Visit, cite: "1", modality: must, trigger: started, require: update_plan,
     by: {reading: who}, deadline: {within: {reading: days}, of: started}}
  - {id: alarm, topic: search, title: Alarm, cite: "1", modality: must, trigger: {becomes: {risk: at least medium}},
     until: returned, require: notify, by: police, not_stated: [deadline]}
  - {id: quiet, topic: media, title: No press, cite: "1", modality: must, when: {risk: at least medium},
     forbid: share_information}
  - {id: late, topic: support, title: Late, cite: "1", modality: must, trigger: {turns: 20}, if_read: {idle: a},
     require: update_plan, by: police, not_stated: [deadline]}
"""
CASE: Final = {
    "format": "1",
    "case": "c",
    "child": {"date_of_birth": "2010-05-05"},
    "episodes": [
        {
            "id": "E1",
            "kind": "missing",
            "started_at": "2025-06-13T12:00:00+01:00",
            "reported_at": "2025-06-13T13:00:00+01:00",
            "located_at": None,
            "returned_at": None,
            "risk": [{"value": "low", "at": "2025-06-13T13:00:00+01:00"}],
        }
    ],
}
AS_OF: Final = read_instant("2025-06-16T12:00:00+01:00")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Protocol, Case]:
    folder: Path = tmp_path_factory.mktemp("worked")
    (folder / "ledger.yaml").write_text(LEDGER, encoding="utf-8")
    (folder / "worked.yaml").write_text(HEADER + "".join(SECTIONS.values()) + RULES, encoding="utf-8")
    protocol = read_protocol(folder / "worked.yaml")
    return protocol, read_case_text(json.dumps(CASE, indent=1), "case", [protocol], AS_OF)


def test_what_each_combination_changes(asked: tuple[Protocol, Case]) -> None:
    # Friday 13 June: two days end on Sunday 15th and are over on Monday 16th, two working days on Tuesday 17th.
    protocol, case = asked
    (found,) = every_combination([protocol], case, AS_OF)
    assert [dict(one.otherwise) for one in found] == [
        {},
        {"days": "working"},
        {"who": "manager"},
        {"risk": "none"},
        {"days": "working", "who": "manager"},
        {"days": "working", "risk": "none"},
        {"who": "manager", "risk": "none"},
        {"days": "working", "who": "manager", "risk": "none"},
    ]
    plain, days, who, risk, both, *_, all_ = (one.differences for one in found)
    assert not any(plain)
    assert [(one.before.key, one.fields) for one in days.changed] == [("worked/visit/E1/1", ("due", "status"))]
    assert [(one.after.due, one.after.status) for one in days.changed] == [
        (read_instant("2025-06-17T23:59:59+01:00"), "due")
    ]
    assert [one.fields for one in who.changed] == [("by",)]
    assert [one.fields for one in both.changed] == [("due", "status", "by")]
    assert [one.key for one in risk.gone] == ["worked/alarm/E1/1"]
    assert [one.key for one in risk.allowed] == ["worked/quiet/E1"]
    assert [(one.what, one.before and one.before.effective, one.after) for one in risk.concluded] == [
        ("risk", "medium", None)
    ]
    assert all_ == both._replace(gone=risk.gone, allowed=risk.allowed, concluded=risk.concluded)


def _told(one: Combination) -> list[object]:
    found = one.differences
    return [
        sorted(each.key for each in found.added),
        sorted(each.key for each in found.gone),
        sorted((each.before.key, each.fields) for each in found.changed),
        sorted((each.key, each.status) for each in found.forbidden),
        sorted(each.key for each in found.allowed),
        sorted((each.what, each.episode or "") for each in found.concluded),
    ]


@lru_cache(maxsize=1)
def _northamptonshire() -> tuple[Protocol, Case]:
    protocol = read_protocol(Path("protocols/northamptonshire.yaml"))
    text = Path("examples/placed-in-another-county.yaml").read_text(encoding="utf-8")
    return protocol, read_case_text(text, "case", [protocol])


def test_only_what_meets_is_worked_out_together_and_the_whole_says_the_same() -> None:
    protocol, case = _northamptonshire()
    as_of = read_instant("2025-11-14T10:00:00+00:00")
    (found,) = every_combination([protocol], case, as_of)
    (plain,) = evaluate([protocol], case, as_of).protocols
    before = {one.key: one for one in plain.actions}
    assert len(found) > 4
    for one in found:
        (other,) = evaluate([protocol], case, as_of, readings=one.readings).protocols
        after = {each.key: each for each in other.actions}
        changed = {
            key: tuple(name for name, read in COMPARED.items() if read(each) != read(after[key]))
            for key, each in before.items()
            if key in after
        }
        was, now = ({each.key: each.status for each in part.forbidden} for part in (plain, other))
        held, holds = ({(c.what, c.episode or ""): c for c in part.conclusions} for part in (plain, other))
        assert _told(one) == [
            sorted(after.keys() - before.keys()),
            sorted(before.keys() - after.keys()),
            sorted((key, fields) for key, fields in changed.items() if fields),
            sorted((key, status) for key, status in now.items() if was.get(key) != status),
            sorted(was.keys() - now.keys()),
            sorted(
                what
                for what in held.keys() | holds.keys()
                if [c and (c.effective, c.floor) for c in (held.get(what),)]
                != [c and (c.effective, c.floor) for c in (holds.get(what),)]
            ),
        ], one.otherwise


def test_a_reading_that_is_chosen_is_fixed(asked: tuple[Protocol, Case]) -> None:
    protocol, case = asked
    (found,) = every_combination([protocol], case, AS_OF, readings={"days": "working", "risk": "none"})
    assert [dict(one.readings) for one in found] == [{"who": "worker"}, {"who": "manager"}]


def test_too_many_are_not_begun(asked: tuple[Protocol, Case]) -> None:
    protocol, case = asked
    with pytest.raises(TooMany, match="8 combinations of readings of worked, and 7 are the most") as told:
        every_combination([protocol], case, AS_OF, most=7)
    assert [reading.id for reading in told.value.readings] == ["days", "who", "risk"]
    assert common._too_many(told.value).render() == (
        "error [too-many-readings] the case touches 3 readings of worked in 8 combinations; "
        "7 are the most that are told\n"
        "  = fix some: --reading days=plain leaves 4; the others are who, risk"
    )


def test_the_text(asked: tuple[Protocol, Case]) -> None:
    protocol, case = asked
    text = as_text(combinations_report("c", AS_OF, every_combination([protocol], case, AS_OF)))
    assert text.startswith(
        "Case c, as of Mon 16 Jun 2025 12:00 BST\n"
        "\n"
        "Worked: 3 readings, 8 combinations\n"
        "  reading   days: Days or working days?\n"
        "  as asked  plain\n"
        "  or        working\n"
        "  reading   who: Who calls?\n"
        "  as asked  worker\n"
        "  or        manager\n"
        "  reading   risk: Is there a floor?\n"
        "  as asked  floor\n"
        "  or        none\n"
        "\n"
        "  READ AS   days: working\n"
        "  changes   Visit (episode E1): due Tue 17 Jun 2025, end of day (was Sun 15 Jun\n"
        "            2025, end of day); due (was overdue)\n"
        "\n"
        "  READ AS   who: manager\n"
        "  changes   Visit (episode E1): who Team Manager (was Social Worker)\n"
        "\n"
        "  READ AS   risk: none\n"
        "  drops     Alarm (episode E1)\n"
        "  allows    No press (in force)\n"
        "  counts    risk of episode E1 as recorded (was medium)\n"
        "\n"
        "  READ AS   days: working; who: manager\n"
        "  changes   Visit (episode E1): due Tue 17 Jun 2025, end of day (was Sun 15 Jun\n"
        "            2025, end of day); due (was overdue); who Team Manager (was Social\n"
        "            Worker)\n"
        "\n"
        "  READ AS   days: working; risk: none\n"
        "            changes what each of these changes alone, and no more\n"
    )
    assert text.endswith(
        "  READ AS   days: working; who: manager; risk: none\n"
        "            changes what these change, and no more:\n"
        "            - days: working; who: manager\n"
        "            - risk: none\n"
    )


def test_the_json_is_what_the_schema_says(asked: tuple[Protocol, Case]) -> None:
    protocol, case = asked
    (found,) = every_combination([protocol], case, AS_OF)
    written = json.loads(combinations_to_json(found))
    assert [CombinationOut.model_validate(one).otherwise for one in written] == [dict(one.otherwise) for one in found]
    assert written[1]["changed"] == [
        {
            "key": "worked/visit/E1/1",
            "before": {"due": "2025-06-15T23:59:59+01:00", "status": "overdue"},
            "after": {"due": "2025-06-17T23:59:59+01:00", "status": "due"},
        }
    ]
    assert written[3]["gone"] == ["worked/alarm/E1/1"]
    assert written[3]["conclusions"] == [{"what": "risk", "episode": "E1", "before": "medium", "after": None}]


ASKED: Final = ("evaluate", "examples/placed-in-another-county.yaml", "--as-of", "2025-11-14T10:00:00+00:00")


def test_on_the_command_line() -> None:
    protocols = ("--protocol", "northamptonshire", "--protocol", "national_framework")
    done = run(*ASKED, *protocols, "--every-reading", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert {one["protocol"] for one in found} == {"northamptonshire", "national_framework"}
    text = run(*ASKED, *protocols, "--every-reading").stdout.decode()
    assert "\nNorthamptonshire: " in text
    assert "\nNational framework: " in text
    assert max(map(len, text.splitlines())) <= 80


def test_whole_answers_are_compared() -> None:
    for one in (("--modality", "must"), ("--for", "police"), ("--full",), ("--group", "role")):
        message = refused(*ASKED, "--protocol", "northamptonshire", "--every-reading", *one)
        assert message.startswith(f"error [whole-answers] --every-reading compares whole answers; {one[0]}: for ")


def test_of_a_reading_that_two_protocols_have_each_takes_its_own_option() -> None:
    done = run(
        *ASKED, "--protocol", "northamptonshire", "--protocol", "staffordshire", "--reading", "search-adviser=possibly"
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
