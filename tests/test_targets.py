"""Every command that writes a file refuses, replaces and finishes it in the same way."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from missingrules.cli.commands import app
from missingrules.cli.target import Target
from missingrules.formats.whole import whole
from tests.audit.command import run

ROOT = Path(__file__).parents[1]
HAND = ROOT / "tests" / "audit" / "hand"
RULES, OTHER = HAND / "rules.yaml", HAND / "forbidding.yaml"
NOW = ("--as-of", "2025-06-30T12:00:00+01:00")
COMMANDS: dict[str, tuple[str | Path, ...]] = {
    "audit": ("audit", HAND / "cases", "--protocol", RULES, *NOW),
    "show": ("show", RULES),
    "schema": ("schema", RULES),
    "compare": ("compare", RULES),
    "diff": ("diff", RULES, OTHER),
    "witness": ("diff", RULES, OTHER, "--witness", "--limit", "1"),
    "prove": ("prove", RULES, "--at-least-as-strict-as", RULES, "--limit", "1"),
}
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")


@posix
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_file_is_the_owner_s_alone_replaced_only_if_told_and_never_what_is_read(
    words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    file = tmp_path / "made.txt"
    shown = run(*words)
    told = run(*words, "--output", file)
    assert told.out.startswith(f"{file} was written"), told.err
    assert told.code == shown.code
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8") == shown.out
    file.write_text("mine", encoding="utf-8")
    told = run(*words, "--output", file)
    assert (told.code, told.out, told.err) == (
        2,
        "",
        f"error [file-there] {file} is there already\n  = name another file, or add --force to replace it\n",
    )
    assert file.read_text(encoding="utf-8") == "mine"
    assert run(*words, "--output", file, "--force").code == shown.code
    assert file.read_text(encoding="utf-8") == shown.out
    assert [path.name for path in tmp_path.iterdir()] == ["made.txt"]
    before = RULES.read_bytes()
    assert "is what is read: nothing is ever written over it" in run(*words, "--output", RULES, "--force").err
    assert RULES.read_bytes() == before
    assert "[option-alone] --force says something only with --output" in run(*words, "--force").err


def test_the_same_words_in_every_help_text() -> None:
    for name in ("evaluate", "audit", "show", "schema", "compare", "diff", "prove"):
        text = " ".join(CliRunner().invoke(app, [name, "--help"]).stdout.split())
        assert "Where to write it; left out: shown." in text
        assert "Replace the file of --output if it is there." in text


def test_a_witness_is_a_case_that_evaluate_replays(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    assert run("diff", RULES, OTHER, "--witness", "-o", file).code == 0
    assert run("evaluate", file, "--protocol", RULES, *NOW).code == 0


def test_the_matrix_as_csv_is_guarded_and_a_file_says_its_format(tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    assert run("compare", RULES, "-o", file).code == 0
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfrow,title,topic,")
    assert data.count(b"\r\n") == data.count(b"\n")
    assert json.loads(run("compare", RULES, "--format", "json").out)["protocols"] == ["Hand"]


def test_pieces_are_no_file_before_the_last(tmp_path: Path) -> None:
    file = tmp_path / "made"
    target = Target(file, force=False)
    with target.texts() as out:
        out.write("one\n")
        out.flush()
        assert not file.exists()
        out.write("two\r\n")
    assert file.read_bytes() == b"one\ntwo\r\n"


def test_a_file_that_somebody_makes_meanwhile_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "made"

    def meanwhile() -> None:
        with Target(file, force=False).opened() as out:
            out.write(b"ours")
            file.write_text("theirs", encoding="utf-8")

    with pytest.raises(typer.Exit) as left:
        meanwhile()
    assert left.value.exit_code == 2
    assert "is there already" in capsys.readouterr().err
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("made", "theirs")]


def test_what_could_not_be_read_is_not_said_to_be_unwritable(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    def copied() -> None:
        with whole(tmp_path / "made") as out:
            out.write(missing.read_bytes())

    with pytest.raises(FileNotFoundError) as error:
        copied()
    assert error.value.filename == str(missing)
    assert not list(tmp_path.iterdir())


def test_a_file_that_nobody_may_write_to_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "made"
    file.write_text("before", encoding="utf-8")
    readable = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and readable(path, mode))
    told = run(*COMMANDS["show"], "--output", file, "--force")
    assert told.err == (
        f"error [file-unwritable] {file} could not be written: permission denied\n"
        "  = name a file in a folder that is there and that you may write to\n"
    )
    assert file.read_text(encoding="utf-8") == "before"
