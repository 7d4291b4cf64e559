"""What every command can be asked: --json gives one document, --quiet nothing beside what was asked for."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from typer.main import get_command

from missingrules.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
CASE: Final = ROOT / "examples" / "looked-after-clock-change.yaml"
WEXCOMBE: Final = ROOT / "examples" / "wexcombe"
PROTOCOL: Final = WEXCOMBE / "wexcombe.yaml"
AS_OF: Final = ("--as-of", "2025-03-31T12:00:00+01:00")
PAPER: Final = """\
1 Purpose

1.1 This protocol is about children who go missing.

2 Reporting

2.1 The carer must tell the police within 6 hours of the child going missing.
"""
EXPORT: Final = "CHILD,DOB,MISSING,MIS_START,MIS_END\n1001,14/05/2009,M,28/03/2025,30/03/2025\n"


class Told(NamedTuple):
    code: int
    out: str
    err: str


# Made once: typer would make it anew for every call.
_COMMAND: Final = get_command(app)


def run(*words: str | Path) -> Told:
    """What a command says, in this process, with streams that take bytes as well."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as done:
        _COMMAND([str(word) for word in words], prog_name="missingrules")
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    return Told(int(done.value.code or 0), *said)


class Recipe(NamedTuple):
    """One way to ask a command: its words, and with which codes it may end."""

    words: tuple[str | Path, ...]
    codes: tuple[int, ...] = (0,)


@pytest.fixture
def away(tmp_path: Path) -> Path:
    """A folder with one of each kind of file."""
    shutil.copytree(WEXCOMBE, tmp_path / "wexcombe")
    (tmp_path / "paper.txt").write_text(PAPER, encoding="utf-8")
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    asked = ("--protocol", PROTOCOL, "--as-of")
    for name, at in (("before", "2025-03-30T12:00:00+01:00"), ("after", "2025-03-31T12:00:00+01:00")):
        told = run("evaluate", _case(tmp_path), *asked, at, "--json")
        assert told.code == 0, told.err
        (tmp_path / f"{name}.json").write_text(told.out, encoding="utf-8")
    (tmp_path / "twin.yaml").write_text(
        PROTOCOL.read_text(encoding="utf-8").replace("label: ", "label: another "), encoding="utf-8"
    )
    shutil.copytree(WEXCOMBE / "sources", tmp_path / "sources")
    told = run("batch", tmp_path / "case.json", *asked, "2025-03-31T12:00:00+01:00", "--output", tmp_path / "kept")
    assert told.code == 0, told.err
    return tmp_path


def _case(folder: Path) -> Path:
    file = folder / "case.json"
    child = {"date_of_birth": "2011-01-23"}
    episode = {"id": "E1", "kind": "missing", "missing_from": "care", "started_at": "2025-03-28T22:30:00+00:00",
               "reported_at": "2025-03-28T23:05:00+00:00", "returned_at": None}  # fmt: skip
    data = {"format": 1, "case": "C1", "child": child, "episodes": [episode]}
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def recipes(folder: Path) -> dict[str, Recipe]:
    """Of each command, by its name, something that it can do."""
    case, given = folder / "case.json", ("--protocol", PROTOCOL)
    paper = folder / "paper.txt"
    scenarios = folder / "wexcombe" / "scenarios"
    return {
        "applies": Recipe(("applies", CASE, *AS_OF)),
        "evaluate": Recipe(("evaluate", case, *given, *AS_OF)),
        "evaluate --since": Recipe(("evaluate", case, *given, *AS_OF, "--since", folder / "before.json")),
        "evaluate --every-reading": Recipe(("evaluate", case, *given, *AS_OF, "--every-reading")),
        "audit": Recipe(("audit", case, *given, *AS_OF, "--jobs", "1")),
        "batch": Recipe(("batch", case, *given, *AS_OF, "--jobs", "1", "--output", folder / "batch")),
        "evidence": Recipe(("evidence", folder / "kept", "--case", "C1", *given)),
        "changes": Recipe(("changes", folder / "before.json", folder / "after.json")),
        "import": Recipe(("import", folder / "export.csv", "--from", "ssda903", "--year", "2025")),
        "replay": Recipe(("replay", folder / "after.json", case, *given)),
        "export": Recipe(("export", PROTOCOL, "--to", "durable")),
        "explain": Recipe(("explain", case, *given, *AS_OF, "--rule", _a_rule())),
        "list": Recipe(("list",)),
        "show": Recipe(("show", PROTOCOL)),
        "new": Recipe(("new", "newarea", "--source", paper, "--folder", folder / "new")),
        "next": Recipe(("next", folder / "wexcombe" / "wexcombe.yaml")),
        "check": Recipe(("check", PROTOCOL)),
        "fmt": Recipe(("fmt", PROTOCOL, "--check"), (0, 1)),
        "schema": Recipe(("schema", "--of", "case")),
        "test": Recipe(("test", scenarios, *given, "-k", "of 14 at home")),
        "test --boundaries": Recipe(("test", scenarios, *given, "-k", "of 14 at home", "--boundaries")),
        "coverage": Recipe(("coverage", PROTOCOL, "--scenarios", scenarios), (0, 1)),
        "compare": Recipe(("compare", PROTOCOL, "--topic", "return_interview")),
        "diff": Recipe(("diff", PROTOCOL, folder / "twin.yaml")),
        "diff --cases": Recipe(("diff", PROTOCOL, folder / "twin.yaml", "--cases", case, *AS_OF)),
        "diff --witness": Recipe(("diff", PROTOCOL, folder / "twin.yaml", "--witness", "--limit", "3")),
        "prove": Recipe(("prove", PROTOCOL, "--at-least-as-strict-as", folder / "twin.yaml", "--limit", "3")),
        "sources index": Recipe(("sources", "index", paper)),
        "sources show": Recipe(("sources", "show", WEXCOMBE / "wexcombe.txt", WEXCOMBE / "sources" / "wexcombe.yaml")),
        "sources check": Recipe(("sources", "check", PROTOCOL)),
        "sources impact": Recipe(("sources", "impact", PROTOCOL, WEXCOMBE / "wexcombe.txt")),
    }


def _a_rule() -> str:
    from missingrules.reading.protocols import read_protocol

    return read_protocol(PROTOCOL).families[0].id


def _commands() -> Iterator[tuple[str, Any]]:
    whole: Any = _COMMAND
    for name, one in whole.commands.items():
        inner = getattr(one, "commands", None)
        if inner is None:
            yield name, one
        else:
            yield from ((f"{name} {each}", command) for each, command in inner.items())


COMMANDS: Final = dict(_commands())


def test_every_command_has_both_options_and_a_recipe(tmp_path: Path) -> None:
    for name, command in COMMANDS.items():
        options = {option for param in command.params for option in param.opts}
        assert {"--json", "--quiet"} <= options, name
    assert {name.partition(" --")[0] for name in recipes(tmp_path)} == COMMANDS.keys()


def test_json_is_one_document_and_quiet_says_nothing_beside_it(away: Path) -> None:
    for name, recipe in recipes(away).items():
        plain = run(*_fresh(name, recipe, away))
        assert plain.code in recipe.codes, (name, plain)
        told = run(*_fresh(name, recipe, away), "--json")
        assert told.code == plain.code, (name, told)
        json.loads(told.out)
        quiet = run(*_fresh(name, recipe, away), "--quiet")
        assert quiet.code == plain.code, (name, quiet)
        # What is found stays, and nothing is said that would not be said aloud.
        assert set(quiet.err.splitlines()) <= set(plain.err.splitlines()), name
        assert set(quiet.out.splitlines()) <= set(plain.out.splitlines()), name
        both = run(*_fresh(name, recipe, away), "--quiet", "--json")
        assert (both.code, json.loads(both.out)) == (plain.code, json.loads(told.out)), name


def _fresh(name: str, recipe: Recipe, away: Path) -> tuple[str | Path, ...]:
    """The words of a recipe; what it would write is not there yet."""
    if name == "new":
        shutil.rmtree(away / "new", ignore_errors=True)
        (away / "new").mkdir()
    shutil.rmtree(away / "batch", ignore_errors=True)
    return recipe.words


def test_the_page_names_every_command_and_every_key_of_what_it_gives(away: Path) -> None:
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8").partition("## Every command in JSON")[2]
    rows = dict(re.findall(r"^\| `([a-z -]+)` \| (.+) \|$", page, re.MULTILINE))
    assert rows.keys() - {"--version"} == COMMANDS.keys()
    for name, recipe in recipes(away).items():
        if name in ("sources index", "schema", "export", "evaluate", "evaluate --since", "evidence"):
            continue  # they have pages of their own
        told = json.loads(run(*_fresh(name, recipe, away), "--json").out)
        row = rows["prove" if name == "diff --witness" else name.partition(" --")[0]]
        named = set(re.findall(r"`([a-z_]+)`", row))
        assert isinstance(told, list) is ("a list" in row and name != "diff"), name
        if isinstance(told, dict):
            assert told.keys() <= named, name
    assert json.loads(run("--version", "--json").out).keys() == set(re.findall(r"`([a-z_]+)`", rows["--version"]))


@pytest.mark.parametrize("name", ["replay", "new", "fmt", "test", "sources check", "check"])
def test_where_all_is_well_quiet_says_nothing_at_all(name: str, away: Path) -> None:
    recipe = recipes(away)[name]
    told = run(*_fresh(name, recipe, away), "--quiet")
    assert told == Told(0, "", "")


def test_quiet_leaves_findings_and_refusals(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1\nprotocol: bad\n", encoding="utf-8")
    loud, quiet = run("check", bad), run("check", bad, "--quiet")
    assert (loud.code, quiet.code) == (1, 1)
    assert loud.out.startswith(quiet.out)
    assert "[missing-key]" in quiet.out
    refused = run("evaluate", bad, "--protocol", PROTOCOL, *AS_OF, "--quiet", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "error [" in refused.err


def test_a_file_is_written_without_a_word(tmp_path: Path) -> None:
    words = ("schema", "--of", "case", "--output", tmp_path / "one.json")
    assert run(*words).out == f"{tmp_path / 'one.json'} was written\n"
    assert run(*words[:-1], tmp_path / "two.json", "--quiet") == Told(0, "", "")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_json_beside_another_format_is_refused() -> None:
    told = run("compare", PROTOCOL, "--format", "csv", "--json")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error [options-together] --json and --format csv cannot be asked for at once\n")
    told = run("schema", "--of", "case", "--json")
    assert told == run("schema", "--of", "case")


# --- versions ---------------------------------------------------------------------------------------------------------


def test_version_names_all_that_decides_an_answer() -> None:
    from importlib.metadata import version

    from missingrules.reading.loading import load_protocols

    told = run("--version")
    lines = told.out.splitlines()
    assert lines[0] == f"missingrules {version('missingrules')}"
    assert f"holidays {version('holidays')}" in lines[1]
    assert version("tzdata") in lines[1]
    found = json.loads(run("--version", "--json").out)
    at_hand = load_protocols()
    assert [each["fingerprint"] for each in found["protocols"]] == [each.fingerprint for each in at_hand]
    for line, each in zip(lines[2:], at_hand, strict=True):
        assert line.startswith(each.name)
        assert line.endswith(each.edition.label)
        assert each.fingerprint[:19] in line


# --- completion -------------------------------------------------------------------------------------------------------


def _completed(words: str) -> str:
    """What bash would be told."""
    asked = {
        "_MISSINGRULES_COMPLETE": "complete_bash",
        "COMP_WORDS": f"missingrules {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    kept = {name: value for name, value in os.environ.items() if name != "MISSINGRULES_PROTOCOLS"}
    command = [sys.executable, "-c", "from missingrules.cli import main; main()"]
    done = subprocess.run(command, capture_output=True, text=True, env=kept | asked, cwd=ROOT, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("show nor", ["northamptonshire"]),
        ("evaluate case.yaml --protocol b", ["barnet", "buckinghamshire"]),
        ("diff barnet staf", ["staffordshire"]),
        ("prove barnet --at-least-as-strict-as nat", ["national_framework"]),
        ("coverage bar", ["barnet"]),
        ("cov", ["coverage"]),
    ],
)
def test_a_shell_completes_commands_and_names_of_protocols(words: str, completed: list[str]) -> None:
    assert _completed(words).split() == completed


def test_completion_can_be_installed() -> None:
    assert "--install-completion" in run("--help").out
