"""`missingrules check` as a command: its forms of output, and what `--fix` writes."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from missingrules.checks.every import about
from missingrules.cli.checking import check
from missingrules.cli.commands import app

BAD = Path(__file__).with_name("bad")
COMMAND = [sys.executable, "-c", "from missingrules.cli import main; main()", "check"]


def run(*words: str, folder: Path = BAD) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *words], capture_output=True, cwd=folder, check=False)


def written(*words: str, folder: Path = BAD) -> Any:
    done = run(*words, folder=folder)
    assert (done.returncode, done.stderr) == (1, b"")
    return json.loads(done.stdout)


def test_the_text_and_how_much_was_found() -> None:
    done = run("always-covered.yaml", "never-fires.yaml")
    said = [(BAD / f"{name}.txt").read_text(encoding="utf-8") for name in ("always-covered", "never-fires")]
    assert done.returncode == 1
    assert done.stdout.decode() == f"{''.join(said)}2 protocol files: 6 findings, 1 of them a warning\n"


def test_json() -> None:
    said = written("--format", "json", "due-after-its-end.yaml")
    assert said == {
        "format": 1,
        "findings": [
            {
                "file": "due-after-its-end.yaml",
                "line": 17,
                "column": 5,
                "end_line": 17,
                "end_column": 13,
                "code": "due-after-its-end",
                "severity": "error",
                "message": "this runs from 'returned', at which the duty has ended already: it is never due",
                "hint": "leave that out of 'until', or let the time run from another moment",
            }
        ],
    }


def test_sarif_has_what_code_hosts_read() -> None:
    """The essentials of SARIF 2.1.0, sections 3.13 (log), 3.14 (run), 3.19 (driver), 3.27 (result), 3.30 (region)."""
    said = written("--format", "sarif", "always-covered.yaml", "accepts-wrongly.yaml", "proof.yaml")
    assert said["version"] == "2.1.0"
    assert said["$schema"].endswith("sarif-2.1.0.json")
    (run_,) = said["runs"]
    driver = run_["tool"]["driver"]
    assert driver["name"] == "missingrules"
    rules = driver["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    assert set(ids) > about().keys()
    assert {rule["id"]: rule["shortDescription"]["text"] for rule in rules if "shortDescription" in rule} == {
        code: what for code, (_, what) in about().items()
    }
    files = [each["location"]["uri"] for each in run_["artifacts"]]
    assert files == ["always-covered.yaml", "accepts-wrongly.yaml", "proof.yaml"]
    assert [(each["ruleId"], each["level"]) for each in run_["results"]] == [
        ("always-covered", "warning"),
        ("missing-key", "error"),
        ("unknown-key", "error"),
        ("wrong-shape", "error"),
        ("number-not-in-paragraph", "error"),
        ("cited-and-not-encoded", "error"),
        ("encoded-and-not-cited", "error"),
        ("paragraph-not-accounted-for", "error"),
    ]
    for result in run_["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] in {*files, "sources/fates.yaml"}
        assert region["startLine"] >= 1
        assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])


def test_sarif_of_nothing_and_of_paths_with_other_signs(tmp_path: Path) -> None:
    folder = tmp_path / "ein Ordner"
    (folder / "sources").mkdir(parents=True)
    text = (BAD / "two-deadlines.yaml").read_text(encoding="utf-8").partition("  - id: tell-of-a-child-in-care")[0]
    (folder / "ä.yaml").write_text(text, encoding="utf-8")
    ledger = (BAD / "sources" / "ledger.yaml").read_text(encoding="utf-8")
    (folder / "sources" / "ledger.yaml").write_text(ledger, encoding="utf-8")
    done = run("--format", "sarif", "ein Ordner", folder=tmp_path)
    (run_,) = json.loads(done.stdout)["runs"]
    assert (done.returncode, run_["results"]) == (0, [])
    assert run_["artifacts"] == [{"location": {"uri": "ein%20Ordner/%C3%A4.yaml"}}]


def test_texts_that_are_not_there_are_told() -> None:
    done = run("--texts", "nowhere", "always-covered.yaml")
    assert done.returncode == 1
    assert b"there is no text" in done.stderr
    assert b"[always-covered]" in done.stdout


def test_texts() -> None:
    done = run("--texts", "papers", "modality-differs.yaml")
    said = (BAD / "modality-differs.txt").read_text(encoding="utf-8")
    assert done.stdout.decode() == f"{said}1 protocol file: 1 finding\n"


# --- --fix ------------------------------------------------------------------------------------------------------------

SLIPS = """\
format: 1
protocol: bad   # a comment   with  spaces
title: A protocol: of nowhere
authority:Nowhere
applies_to: children
sources: {p: {title: A protocol, edition: {label: first}, ledger: sources/ledger.yaml}}
roles: {police: {title: Police, agency: police}, lead: {title: the lead, agency: police}}

rules:
  - id: tell
    topic: notificaton
    cite: "1"
    modality: must
    triger: started
    when: {child.looked_after: 'yes', risk: high}
    require: notify
    by: [polise, the lead]
    deadline: as soon as possible

  - id: quotes
    topic: media
    title: They say "now: at once"
    cite: "1"
    modality: must
    when: {risk: high}
    forbid: publicise
"""
RIGHT = {
    "title: A protocol: of nowhere": 'title: "A protocol: of nowhere"',
    "notificaton": "notification",
    "triger": "trigger",
    "authority:Nowhere": "authority: Nowhere",
    "'yes'": "'true'",
    "polise, the lead": "police, lead",
    "as soon as possible": "as_soon_as_possible",
    'They say "now: at once"': "'They say \"now: at once\"'",
}


def place(folder: Path, data: bytes) -> Path:
    (folder / "sources").mkdir()
    (folder / "sources" / "ledger.yaml").write_bytes((BAD / "sources" / "ledger.yaml").read_bytes())
    (folder / "slips.yaml").write_bytes(data)
    return folder / "slips.yaml"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_slips_are_corrected_and_nothing_else_changes(mark: str, end: str, tmp_path: Path) -> None:
    right = corrected()
    assert all(SLIPS.count(slip) == 1 for slip in RIGHT)
    file = place(tmp_path, (mark + SLIPS.replace("\n", end)).encode())
    done = run("--fix", "slips.yaml", folder=tmp_path)
    assert file.read_bytes().decode() == mark + right.replace("\n", end)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert "slips.yaml:11:12: corrected 'notificaton' to 'notification'" in lines
    assert lines[-1] == "1 protocol file: 9 slips corrected, nothing found"
    before = file.read_bytes()
    again = run("--fix", "slips.yaml", folder=tmp_path)
    assert (again.returncode, again.stdout, file.read_bytes()) == (0, b"1 protocol file: nothing found\n", before)


def corrected() -> str:
    text = SLIPS
    for slip, word in RIGHT.items():
        text = text.replace(slip, word)
    return text


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        pytest.param('cite: "1"', 'cite: "1 heading"', "unknown-paragraph", id="a citation is never guessed"),
        pytest.param("by: [police, lead]", "by: [pol, lead]", "unknown-role", id="too far from any name"),
        pytest.param("modality: must", "modality: muss", "not-one-of", id="one of several words"),
        pytest.param("authority: Nowhere\n", "authority: [Nowhere: here]\n", "wrong-shape", id="another shape"),
    ],
)
def test_what_is_not_certain_is_left_to_the_author(right: str, wrong: str, code: str, tmp_path: Path) -> None:
    text = corrected()
    assert right in text
    file = place(tmp_path, text.replace(right, wrong, 1).encode())
    before = file.read_bytes()
    done = run("--fix", "slips.yaml", folder=tmp_path)
    assert (done.returncode, file.read_bytes()) == (1, before)
    assert f"[{code}]" in done.stdout.decode()


def test_what_cannot_be_read_at_all_is_told_and_left(tmp_path: Path) -> None:
    file = place(tmp_path, b"title: \xff\n")
    done = run("--fix", "slips.yaml", folder=tmp_path)
    assert (done.returncode, done.stderr, file.read_bytes()) == (1, b"", b"title: \xff\n")
    assert b"[file-encoding]" in done.stdout


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place(tmp_path, SLIPS.encode())

    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    done = CliRunner().invoke(app, ["check", "--fix", str(file)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"error [file-unwritable] {file} could not be written: permission denied\n  = check that you may change it\n"
    )


def test_help_names_every_option() -> None:
    said = run("--help").stdout.decode()
    assert check.__doc__
    for word in ("--texts", "--format", "--fix", check.__doc__.partition(",")[0]):
        assert word in said
