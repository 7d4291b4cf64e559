"""`missingrules test` and `missingrules coverage`, as a policy officer types them outside this project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.test_cli import refused, run

HERE: Final = Path(__file__).with_name("invented")
PAGE: Final = Path(__file__).parents[2] / "docs" / "scenarios.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A protocol, its ledger and its scenarios, in a folder of their own."""
    for name in ("invented.yaml", "ledger.yaml", "scenarios/all.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(HERE / name, tmp_path / name)
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_scenarios_that_hold(folder: Path) -> None:
    # The folder has a protocol and a ledger in it too.
    done = run("test", folder, "--protocol", folder / "invented.yaml")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "11 scenarios in 1 file: all hold\n"
    named = run("test", folder / "scenarios" / "all.yaml", "-k", "sixteen", MISSINGRULES_PROTOCOLS=str(folder))
    assert (named.returncode, named.stdout.decode()) == (0, "2 scenarios in 1 file: all hold\n")


def test_a_scenario_that_does_not_hold(folder: Path) -> None:
    file = folder / "scenarios" / "all.yaml"
    change(file, "{key: plan/E1/1, status: due, due: day 2 22:30,", "{key: plan/E1/1, status: due, due: day 3 22:30,")
    done = run("test", file, "--protocol", folder / "invented.yaml", "-k", "gone from")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode() == (
        f"{file}:5:11: gone from home\n"
        "  why: missing since Monday 22:30; police have 48 hours, to Wednesday 22:30; a month on is 2 July, the 30th "
        "day after; the day of going missing is day one, so day seven is Sunday the 8th, six days on\n"
        f"  {file}:15:44: plan/E1/1, due\n"
        '    |       - {key: plan/E1/1, status: due, due: day 3 22:30, by: [police], action: update_plan, cite: "2"}\n'
        "    |                                            ^^^^^^^^^^^\n"
        "    expected  day 3 22:30 (Thursday 2025-06-05)\n"
        "    came      day 2 22:30 (Wednesday 2025-06-04)\n"
        "2 scenarios in 1 file: 1 does not hold\n"
    )


def test_the_page_shows_what_the_command_says(folder: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.split(r"^```.*\n", page, flags=re.MULTILINE)[1::2]
    (written,) = (block for block in blocks if block.startswith("format: 1") and "\nscenarios:" in block)
    (told,) = (block for block in blocks if "    came " in block)
    file = folder / "meetings.yaml"
    file.write_text(written, encoding="utf-8")
    assert run("test", file, "--protocol", folder / "invented.yaml").returncode == 0
    change(file, "due: day 2 22:30", "due: day 3 22:30")
    done = run("test", file, "--protocol", folder / "invented.yaml")
    assert done.stdout.decode().replace(f"{folder}/", "").startswith(told)


def test_bad_input(folder: Path) -> None:
    file = folder / "scenarios" / "all.yaml"
    assert "[unknown-protocol] no protocol is named 'invented'" in refused("test", file)
    assert "[no-scenario]" in refused("test", file, "--protocol", folder / "invented.yaml", "-k", "nobody")
    (folder / "nothing").mkdir()
    assert "has no scenario files in it" in refused("test", folder / "nothing")
    assert "there is no file" in refused("test", folder / "nowhere.yaml")
    change(file, "absent: [older]", "absent: [oldre]")
    for words in (("test", file, "--protocol", folder / "invented.yaml"), ("coverage", folder / "invented.yaml")):
        more = () if words[0] == "test" else ("--scenarios", folder)
        message = refused(*words, *more)
        assert message.startswith(f"{file}:90:14: error [unknown-rule] no rule is named 'oldre'\n")
        assert message.endswith("  = did you mean 'older'?\n")


def test_everything_is_covered(folder: Path) -> None:
    done = run("coverage", folder / "invented.yaml", "--scenarios", folder / "scenarios", "--missing")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "protocol scenarios paragraphs fired silent asserted boundaries\n"
        "invented    all 11      all 7 all 8  all 8   all 37     all 20\n"
    )


def test_what_is_missing(folder: Path) -> None:
    file = folder / "scenarios" / "all.yaml"
    # Sixteen that day goes; the day before is taken for it, and meetings of those of 18 are no longer named.
    text = file.read_text(encoding="utf-8")
    start, end = text.index("  - name: sixteen that day"), text.index("  - name: sixteen the next day")
    file.write_text((text[:start] + text[end:]).replace("absent: [meeting, plan, monthly]", "absent: [plan, monthly]"))
    change(folder / "ledger.yaml", ", fate: context", "")
    words = ("coverage", folder / "invented.yaml", "--scenarios", folder / "scenarios")
    table = (
        "protocol scenarios paragraphs fired silent asserted boundaries\n"
        "invented    all 10        6/7   7/8    7/8    33/37      19/20\n"
    )
    done = run(*words)
    assert done.returncode == 1
    assert done.stdout.decode() == f"{table}not everything is covered in invented: --missing lists what is not\n"
    done = run(*words, "--missing")
    assert done.returncode == 1
    # A long path of the temporary folder breaks anywhere.
    told = "".join(done.stdout.decode().removeprefix(table).split())
    wanted = (
        f"invented not accounted for {folder / 'ledger.yaml'}:11:11: '7' has no fate "
        "never expected to fire older [6] never named absent meeting [2] "
        "expected nowhere older [6]: status, action, cite, by "
        "not tried older: the conditions, child.age at least 16: no scenario fails with child.age at least 17 [6]"
    )
    assert told == "".join(wanted.split())
