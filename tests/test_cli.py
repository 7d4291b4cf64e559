from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from missingrules.interface.result import Result

ROOT = Path(__file__).parents[1]
EXAMPLES = {
    "first-episode-at-home": "2025-06-12T09:00:00+01:00",
    "looked-after-clock-change": "2025-03-31T12:00:00+01:00",
    "placed-in-another-county": "2025-11-14T10:00:00+00:00",
    "three-episodes-in-a-week": "2025-05-20T10:00:00+01:00",
}
COMMAND = [sys.executable, "-c", "from missingrules.cli import main; main()"]
ASKED = ("--protocol", "northamptonshire", "--as-of", "2025-03-31T12:00:00+01:00")


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name != "MISSINGRULES_PROTOCOLS"}
    return subprocess.run([*COMMAND, *words], capture_output=True, cwd=ROOT, env=kept | environment, check=False)


def test_the_command_is_a_module_too() -> None:
    """For desktops on which scripts of an environment are not on the path."""
    words = [sys.executable, "-m", "missingrules", "list"]
    done = subprocess.run(words, capture_output=True, cwd=ROOT, check=True)
    assert done.stdout == run("list").stdout
    assert done.stderr == b""


def refused(*words: str | Path) -> str:
    """What standard error says of bad input: exit 2, nothing on standard output, never a traceback."""
    done = run(*words)
    message = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(("name", "as_of"), EXAMPLES.items())
def test_every_example_gives_a_valid_result_and_the_same_twice(name: str, as_of: str) -> None:
    words = (
        "evaluate",
        f"examples/{name}.yaml",
        "--protocol",
        "northamptonshire",
        "--as-of",
        as_of,
        "--format",
        "json",
    )
    first, second = run(*words), run(*words, PYTHONHASHSEED="7")
    assert (first.returncode, first.stderr) == (0, b"")
    assert first.stdout == second.stdout
    result = Result.model_validate_json(first.stdout)
    assert result.as_of == as_of
    assert result.actions
    assert all(action.citations and action.because for action in result.actions)


def test_the_story_of_the_clock_change() -> None:
    # 48 hours from 22:30 GMT on the 28th run out at 23:30 British Summer Time on the 30th.
    done = run("evaluate", "examples/looked-after-clock-change.yaml", *ASKED)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "overdue   by 12 hours 30 minutes: it was due Sun 30 Mar 2025 23:30 BST" in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_readme_shows_how_the_demo_begins() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("It begins:\n\n```\n")[2].partition("  …\n```\n")[0]
    assert "OVERDUE\n" in shown
    assert run("evaluate", "examples/looked-after-clock-change.yaml", *ASKED).stdout.decode().startswith(shown)


def test_a_child_placed_in_another_county_is_under_three_papers_at_once() -> None:
    name = "placed-in-another-county"
    protocols = [
        word for one in ("northamptonshire", "buckinghamshire", "national_framework") for word in ("--protocol", one)
    ]
    words = ("evaluate", f"examples/{name}.yaml", *protocols, "--as-of", EXAMPLES[name])
    result = json.loads(run(*words, "--format", "json").stdout)
    # Missing since Wed 12 Nov 18:00, at medium risk: 72 hours (7.22 bullet 2 of the one) end on Saturday at 18:00,
    # three days (3.7.102 of the other) at the end of Saturday.
    meetings = [one for one in result["together"] if one["action"] == "strategy_meeting"]
    assert [(one["protocols"], one["modality"]) for one in meetings] == [
        (["northamptonshire", "buckinghamshire"], "must")
    ]
    assert meetings[0]["due"] == "2025-11-15T18:00:00+00:00"
    assert meetings[0]["keys"][:2] == [
        "northamptonshire/strategy-meeting-after-a-day/E1/1",
        "buckinghamshire/strategy-meeting-on-a-child-in-care/E1/1",
    ]
    assert (
        "\n  together  SHOULD A strategy meeting within three days on a child in care. " in run(*words).stdout.decode()
    )
    text = run(*words, "--full").stdout.decode()
    assert "\n  TOGETHER  strategy meeting (episode E1), in 2 papers\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_two_bank_holidays_are_no_working_days() -> None:
    asked = (*ASKED[:3], "2025-04-22T09:00:00+01:00", "--format", "json")
    due = {}
    for option in ("calendar-days", "working-days"):
        done = run("evaluate", "examples/looked-after-clock-change.yaml", *asked, "--reading", f"five-days={option}")
        (due[option],) = (
            action["due"]
            for action in json.loads(done.stdout)["actions"]
            if action["rule"] == "forms-after-an-unplanned-placement"
        )
    # The placement of Thursday 17 April is followed by Good Friday, a weekend and Easter Monday.
    assert due == {"calendar-days": "2025-04-22T23:59:59+01:00", "working-days": "2025-04-28T23:59:59+01:00"}


def test_explain_names_the_first_condition_that_failed() -> None:
    words = (
        "examples/first-episode-at-home.yaml",
        "--protocol",
        "northamptonshire",
        "--as-of",
        EXAMPLES["first-episode-at-home"],
    )
    done = run("explain", *words, "--rule", "allocated-worker-responds")
    assert done.returncode == 0
    assert "it has not fired" in done.stdout.decode()
    assert "The first condition that does not hold: (child.known_to_social_care: true or" in done.stdout.decode()
    fired = run("explain", *words, "--rule", "prevention-interview").stdout.decode()
    assert "Episode E1: it has fired." in fired
    assert "episode.returned: Wed 11 Jun 2025 14:30 BST (E1)" in fired


def test_two_editions_of_one_protocol_each_for_its_episodes(tmp_path: Path) -> None:
    """The boy of the example went missing on 28 March: of two editions the one from the 28th speaks, alone."""
    written = (ROOT / "protocols" / "northamptonshire.yaml").read_text(encoding="utf-8")
    label = "edition: {label: undated edition of the Northamptonshire Safeguarding Children Partnership, "
    assert label in written
    shutil.copytree(ROOT / "protocols" / "sources", tmp_path / "sources")
    for name, first in (("older", "2023-01-01"), ("newer", "2025-03-28"), ("later", "2025-03-29")):
        edition = f"edition: {{label: the {name} one, in_force: {{from: {first}}}, "
        (tmp_path / f"{name}.yaml").write_text(written.replace(label, edition), encoding="utf-8")
    asked = ("examples/looked-after-clock-change.yaml", *ASKED[2:], "--protocol")
    words = ("evaluate", *asked)
    both = json.loads(run(*words, tmp_path / "older.yaml", "--protocol", tmp_path / "newer.yaml",
                          "--format", "json").stdout)  # fmt: skip
    assert [one["edition"] for one in both["protocols"]] == ["the older one", "the newer one"]
    of_episode = {one["edition"] for one in both["actions"] if one["episode"] == "E1"}
    assert (of_episode, both["warnings"]) == ({"the newer one"}, [])
    alone = json.loads(run(*words, tmp_path / "later.yaml", "--format", "json").stdout)
    assert [(one["what"], one["episode"], one["on"]) for one in alone["warnings"]] == [
        ("not_yet_in_force", "E1", "2025-03-28")
    ]
    again = ("--protocol", tmp_path / "newer.yaml")
    why = run("explain", *asked, tmp_path / "older.yaml", *again, "--rule", "first-risk-assessment").stdout.decode()
    assert why.count("Episode E1:") == 1
    assert "[two-protocols]" in refused(*words, tmp_path / "newer.yaml", *again)


def test_a_report_in_full_and_by_role() -> None:
    asked = ("--protocol", "northamptonshire", "--as-of", "2025-06-30T12:00:00+01:00")
    words = ("evaluate", "examples/three-episodes-in-a-week.yaml", *asked)
    short, full = run(*words).stdout.decode(), run(*words, "--full").stdout.decode()
    # Three screens of some 55 lines.
    assert short.count("\n") < 170 < full.count("\n")
    assert "\nNorthamptonshire Police (" in run(*words, "--group", "role").stdout.decode()
    assert "--full and --group: not for json" in refused(*words, "--full", "--group", "role", "--format", "json")


def test_list_shows_where_a_protocol_comes_from() -> None:
    done = run("list")
    assert done.returncode == 0
    found = [line.split()[:3] for line in done.stdout.decode().splitlines()]
    assert ["northamptonshire", "built", "in"] in found
    assert found == sorted(found)


def test_version() -> None:
    assert run("--version").stdout.startswith(b"missingrules ")


def test_check_finds_nothing_in_the_protocols_of_the_project() -> None:
    done = run("check", "protocols")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().endswith("nothing found\n")


def test_check_reports_findings_with_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("format: 1\nprotocol: Bad Name\n", encoding="utf-8")
    (tmp_path / "ledger.yaml").write_text("format: 1\ndocument: no_protocol\n", encoding="utf-8")
    done = run("check", tmp_path)
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (1, b"")
    assert "bad.yaml:" in text
    assert "ledger.yaml" not in text
    assert text.splitlines()[-1].startswith("1 protocol file: ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("evaluate", "none.yaml", *ASKED), "there is no file none.yaml"),
        (("evaluate", "examples", *ASKED), "a folder"),
        (("evaluate", "x.yaml", "--protocol", "northamptonshir"), "did you mean 'northamptonshire'?"),
        (("evaluate", "x.yaml", "--protocol", "none.yaml"), "there is no file none.yaml"),
        (("evaluate", "x.yaml", *ASKED, "--protocol", "northamptonshire"), "[two-protocols]"),
        (("evaluate", "x.yaml", *ASKED[:3], "2025-03-31T12:00:00"), "write 2025-03-31T12:00:00+00:00"),
        (("evaluate", "x.yaml", *ASKED[:3], "2025-03-31"), "a date alone is no instant"),
        (("evaluate", "x.yaml", *ASKED[:3], "now"), "[bad-as-of]"),
        (("evaluate", "x.yaml", *ASKED, "--horizon", "soon"), "--horizon"),
        (("evaluate", "x.yaml", *ASKED, "--horizon", "-1"), "--horizon"),
        (("evaluate", "x.yaml", *ASKED, "--format", "xml"), "--format"),
        (("evaluate", "x.yaml", *ASKED, "--reading", "day-seven"), "write ID=OPTION"),
        (("evaluate", "x.yaml", *ASKED, "--reading", "day-sevn=x"), "did you mean 'day-seven'?"),
        (("evaluate", "x.yaml", *ASKED, "--reading", "day-seven=x"), "the options are"),
        (("explain", "examples/first-episode-at-home.yaml", *ASKED, "--rule", "return-intervew"), "'return-interview'"),
        (("check", "none"), "none is not there"),
        (("check", "docs"), "no protocol files"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_input_ends_with_exit_code_2(words: tuple[str, ...], says: str) -> None:
    assert says in refused(*words)


def test_a_child_of_whom_nothing_is_said_is_nobodys_until_somebody_is_named(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("format: 1\ncase: C-1\n", encoding="utf-8")
    message = refused("evaluate", tmp_path / "case.yaml", *ASKED[2:])
    assert "error [whose-child]" in message
    assert "--protocol" in message


def test_all_mistakes_of_a_case_at_their_places(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "format: 1\ncase: C\nchild: {looked_aftr: true}\nepisodes: [{id: E1, started_at: 2025-03-28T22:30:00}]\n"
    )
    message = refused("evaluate", path, *ASKED)
    assert ":3:9: error [unknown-fact]" in message
    assert ":4:33: error [naive-timestamp]" in message


@pytest.mark.parametrize("data", [b"", bytes(range(256)) * 10, b"[" * 100_000, b"\xff\xfe", b"\0"])
def test_hostile_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(data)
    assert "error [" in refused("evaluate", path, *ASKED)


def test_without_an_instant_the_clock_is_read_and_said_to_be() -> None:
    done = run("evaluate", "examples/first-episode-at-home.yaml", "--protocol", "northamptonshire")
    assert done.returncode == 0
    assert b"by this computer's clock" in done.stderr
    assert b"by this computer's clock" not in done.stdout


def test_a_reader_that_stops_reading_is_no_error() -> None:
    words = [
        *COMMAND,
        "evaluate",
        "examples/three-episodes-in-a-week.yaml",
        *ASKED[:2],
        "--as-of",
        "2025-05-20T10:00:00Z",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_output_is_utf_8_whatever_the_locale() -> None:
    done = run(
        "evaluate", "examples/looked-after-clock-change.yaml", "--full", *ASKED, LC_ALL="C", PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0
    assert "’" in done.stdout.decode("utf-8")
