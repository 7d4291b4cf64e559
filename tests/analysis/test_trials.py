"""`missingrules test --mutants`, `--boundaries` and `--explain`, and what would make a silent rule fire."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.analysis.test_cli import change
from tests.test_cli import refused, run

HERE: Final = Path(__file__).with_name("invented")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("invented.yaml", "ledger.yaml", "scenarios/all.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(HERE / name, tmp_path / name)
    return tmp_path


def words(folder: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return ("test", folder / "scenarios", "--protocol", folder / "invented.yaml", *more)


def test_changes_that_no_scenario_notices(folder: Path) -> None:
    done = run(*words(folder, "--mutants", "--rule", "older"))
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode()
    assert told.startswith(
        "11 scenarios in 1 file: all hold\n"
        "invented: no scenario notices\n"
        "  older\n"
        "    modality: should in place of modality: must [6]\n"
        "\n"
        "protocol scenarios changes same noticed  score seconds\n"
    )
    # The number 16 twice, the scope's 18 twice, the condition, the moment, the act, the person and the modality.
    assert re.search(r"^invented +11 +9 +0 +8 88\.8 % +\d+\.\d\n$", told, re.MULTILINE)


def test_a_threshold(folder: Path) -> None:
    assert run(*words(folder, "--mutants", "--rule", "older", "--at-least", "88")).returncode == 0
    assert run(*words(folder, "--mutants", "--rule", "older", "--at-least", "89")).returncode == 1


REASONED: Final = """\
format: 1
protocol: invented
unnoticed:
  - why: the scenarios of this rule are about its age
    rules:
      older:
        - "modality: should in place of
          modality: must"
"""


def test_what_is_not_noticed_may_have_a_reason(folder: Path) -> None:
    file = folder / "reasons.yaml"
    asked = words(folder, "--mutants", "--rule", "older", "--reasons", file)
    file.write_text(REASONED)
    done = run(*asked)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(
        "11 scenarios in 1 file: all hold\ninvented: 1 more change is not noticed, each with its reason\n\nprotocol"
    )
    # Of which another has none.
    file.write_text(REASONED.replace("must", "may"))
    done = run(*asked)
    assert done.returncode == 1
    assert "  older\n    modality: should in place of modality: must [6]\n" in done.stdout.decode()


def test_a_reason_for_what_is_noticed(folder: Path) -> None:
    file = folder / "reasons.yaml"
    file.write_text(REASONED + "        - the trigger, returned in place of started\n")
    done = run(*words(folder, "--mutants", "--reasons", file))
    assert done.returncode == 1
    assert (
        f"{file}:9:11: error [reason-stale] no change of older that goes unnoticed is this one\n"
        "  |         - the trigger, returned in place of started\n"
        "  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  = leave it out, or write the change as --mutants prints it, without the paragraphs\n"
    ) in done.stdout.decode()


def test_reasons_with_mistakes(folder: Path) -> None:
    file = folder / "reasons.yaml"
    asked = words(folder, "--mutants", "--rule", "older", "--reasons", file)
    assert "[option-alone] --reasons: of use only with --mutants" in refused(*words(folder, "--reasons", file))
    assert "[file-unreadable]" in refused(*asked)
    file.write_text(REASONED.replace("invented", "inventde"))
    message = refused(*asked)
    assert "[unknown-protocol]" in message
    assert "did you mean 'invented'?" in message
    file.write_text(REASONED + '        - "modality: should in place of modality: must"\n')
    assert f"{file}:9:11: error [reason-twice] this change of older has its reason on line 7\n" in refused(*asked)
    file.write_text(REASONED.replace("why", "reason"))
    assert f"{file}:4:5: error [unknown-key]" in refused(*asked)


def test_a_sample_is_always_the_same(folder: Path) -> None:
    once, again = (run(*words(folder, "--mutants", "--sample", "7")).stdout.decode() for _ in range(2))
    assert re.sub(r"[\d.]+\n$", "", once) == re.sub(r"[\d.]+\n$", "", again)
    assert "7 of " in once


def test_what_does_not_hold_notices_nothing_and_fails(folder: Path) -> None:
    change(folder / "scenarios" / "all.yaml", "{key: older/E1/1, status: due", "{key: older/E1/1, status: overdue")
    done = run(*words(folder, "--mutants", "--rule", "older"))
    assert done.returncode == 1
    told = done.stdout.decode()
    assert "11 scenarios in 1 file: 1 does not hold\n" in told
    assert "the conditions, child.age at least 17 in place of child.age at least 16 [6]" in told


def test_options_that_say_nothing_by_themselves(folder: Path) -> None:
    assert "[option-alone] --sample and --at-least: of use only with --mutants" in refused(
        *words(folder, "--sample", "3", "--at-least", "3")
    )
    assert "[option-alone] --rule" in refused(*words(folder, "--rule", "older"))
    assert "[option-alone] --write" in refused(*words(folder, "--write", folder / "new.yaml"))
    assert "[options-together]" in refused(*words(folder, "--boundaries", "--mutants"))
    message = refused(*words(folder, "--mutants", "--rule", "oldre"))
    assert "[unknown-rule] --rule oldre: no rule of invented has this id" in message
    assert "did you mean 'older'?" in message


def test_a_file_in_which_no_scenario_has_the_name(folder: Path) -> None:
    other = folder / "scenarios" / "other.yaml"
    shutil.copy(folder / "scenarios" / "all.yaml", other)
    change(other, "name: sixteen that day", "name: of an age")
    change(other, "name: sixteen the next day", "name: not yet of an age")
    files = (folder / "scenarios" / "all.yaml", other)
    of = ("--protocol", folder / "invented.yaml", "-k", "sixteen")
    assert f"[no-scenario] no scenario in {other} has 'sixteen' in its name" in refused("test", *files, *of)
    # Of a folder, any file will do.
    assert run("test", folder / "scenarios", *of).returncode == 0


# --- edges ------------------------------------------------------------------------------------------------------------


def test_edges_to_accept_or_correct(folder: Path) -> None:
    done = run(*words(folder, "--boundaries", "--rule", "older", "--rule", "visit"))
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.count("why: proposed; accept or correct") == 9
    assert (
        '  - name: "older, child.age at least 16: one below"\n'
        "    why: proposed; accept or correct\n"
        "    # 6; made from sixteen that day\n"
        "    anchor: 2025-06-02\n"
        "    as_of: day 0 23:00\n"
        "    case:\n"
        "      child:\n"
        "        date_of_birth: turns 16 on day 1\n"
        "        looked_after: false\n"
        "      episodes:\n"
        "        - {id: E1, missing_from: home, kind: missing, started_at: day 0 22:30, returned_at: null}\n"
        "    absent: [older/E1]\n"
    ) in text
    # Five working days from Friday the 6th end with the 13th, day 11.
    assert "    as_of: day 12 00:00\n" in text
    assert "      - {key: visit/E1/1, status: overdue, due: end of day 11}\n" in text


def test_edges_written_to_a_new_file_hold(folder: Path) -> None:
    new = folder / "edges.yaml"
    done = run(*words(folder, "--boundaries", "--write", new))
    assert done.returncode == 0
    # All ten numbers; the scope's too.
    assert done.stdout.decode() == f"30 scenarios at 10 numbers written to {new}: proposed, to accept or correct\n"
    again = run("test", new, "--protocol", folder / "invented.yaml")
    assert (again.returncode, again.stdout.decode()) == (0, "30 scenarios in 1 file: all hold\n")
    before = new.read_bytes()
    assert "[file-there]" in refused(*words(folder, "--boundaries", "--write", new))
    assert new.read_bytes() == before
    assert "[file-unwritable]" in refused(*words(folder, "--boundaries", "--write", folder / "nowhere" / "new.yaml"))


# --- reasons ----------------------------------------------------------------------------------------------------------


def test_expected_and_actual_side_by_side(folder: Path) -> None:
    file = folder / "scenarios" / "all.yaml"
    change(file, "{key: plan/E1/1, status: due, due: day 2 22:30,", "{key: plan/E1/1, status: due, due: day 3 22:30,")
    change(file, "absent: [repeat, alert, visit, older]", "absent: [repeat, alert, visit, monthly]")
    done = run(*words(folder, "--explain", "-k", "gone from home"))
    assert done.returncode == 1
    told = done.stdout.decode()
    assert (
        "  plan/E1/1\n"
        "              expected                         came\n"
        "      status  due                              due\n"
        "      action  update_plan                      update_plan\n"
        "    * due     day 3 22:30 (Thursday            day 2 22:30 (Wednesday\n"
        "              2025-06-05)                      2025-06-04)\n"
    ) in told
    assert "expected absent, and there is monthly/E1/1, monthly/E1/2" in told
    assert told.endswith("1 scenario in 1 file: 1 does not hold\n")


CASE: Final = """\
format: 1
case: C
child: {date_of_birth: 2010-01-01, looked_after: false}
episodes: [{id: E1, missing_from: home, kind: missing, started_at: 2025-06-02T22:30:00+01:00, returned_at: null}]
"""


@pytest.mark.parametrize(
    ("rule", "case", "would"),
    [
        ("older", CASE, "the child's age were at least 16 on 2025-06-02 (15 then)"),
        ("visit", CASE, "the child had returned"),
        ("repeat", CASE, "there were 2 more episodes before it in 90 days (missing, from home or care or education)"),
        ("alert", CASE, "there were 2 more episodes before it in 90 days (missing, from home or care or education)"),
        ("meeting", CASE.replace("kind: missing", "kind: absent"), "kind were missing (it is absent)"),
        (
            "older",
            CASE.replace("kind: missing", "kind: absent"),
            "kind were missing (it is absent); and the child's age were at least 16 on 2025-06-02 (15 then)",
        ),
        (
            "older",
            CASE.replace("date_of_birth: 2010-01-01, ", ""),
            "the child's age were at least 16 on 2025-06-02 (the case does not give the date of birth)",
        ),
    ],
)
def test_what_would_make_a_silent_rule_fire(folder: Path, rule: str, case: str, would: str) -> None:
    file = folder / "case.yaml"
    file.write_text(case, encoding="utf-8")
    done = run(
        "explain", file, "--protocol", folder / "invented.yaml", "--rule", rule, "--as-of", "2025-06-03T12:00:00+01:00"
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"It would fire if {would}." in " ".join(done.stdout.decode().split())


def test_nothing_is_suggested_where_it_fires(folder: Path) -> None:
    file = folder / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    done = run(
        "explain", file, "--protocol", folder / "invented.yaml", "--rule", "meeting", "--as-of", "2025-06-03T12:00:00Z"
    )
    assert "It would fire" not in done.stdout.decode()


@pytest.mark.parametrize(("words_of_it", "code"), [("within 48 hours of started", 0), ("immediately", 1)])
def test_by_when_in_words(folder: Path, words_of_it: str, code: int) -> None:
    file = folder / "scenarios" / "all.yaml"
    change(file, "{key: plan/E1/1, status: due,", f"{{key: plan/E1/1, status: due, deadline: {words_of_it},")
    assert run(*words(folder, "-k", "gone from home")).returncode == code
