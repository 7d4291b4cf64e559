"""`evaluate --format … --output FILE`: what is written, where, by whose leave, and what is refused in which words."""

from __future__ import annotations

import csv
import json
import os
import stat
import sys
import threading
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pytest
from typer.testing import CliRunner

from missingrules.cli.answering import Format
from missingrules.cli.commands import app
from missingrules.cli.target import Target, format_of
from missingrules.domain.diagnostics import InvalidInput
from missingrules.formats.whole import write_whole

ROOT = Path(__file__).parents[1]
CASE = ROOT / "examples" / "first-episode-at-home.yaml"
ASKED = ("--protocol", str(ROOT / "protocols" / "northamptonshire.yaml"), "--as-of", "2025-06-12T09:00:00+01:00")
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of Windows are not these")


def run(*words: str | Path, case: Path = CASE) -> Any:
    return CliRunner().invoke(app, ["evaluate", str(case), *ASKED, *map(str, words)])


def refused(*words: str | Path, case: Path = CASE) -> str:
    done = run(*words, case=case)
    assert (done.exit_code, done.stdout) == (2, ""), done.stderr
    return str(done.stderr)


@pytest.fixture(scope="module")
def keys() -> list[str]:
    return [one["key"] for one in json.loads(run("--format", "json").stdout)["actions"]]


def test_a_pipe_and_a_file_get_the_same(tmp_path: Path, keys: list[str]) -> None:
    for format in ("csv", "xlsx", "ics", "md", "json", "text"):
        file = tmp_path / f"answer.{format}"
        done = run("--format", format, "--output", file)
        assert (done.exit_code, done.stdout.splitlines()[0]) == (0, f"{file} was written")
        assert file.read_bytes() == run("--format", format).stdout_bytes
    assert {path.name for path in tmp_path.iterdir()} == {
        f"answer.{f}" for f in ("csv", "xlsx", "ics", "md", "json", "text")
    }
    rows = list(csv.DictReader(StringIO((tmp_path / "answer.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert [row["key"] for row in rows] == keys
    sheet: Any = openpyxl.load_workbook(tmp_path / "answer.xlsx")["duties"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == keys
    # Excel has the wall clock and the offset, CSV both in one.
    head = [cell.value for cell in sheet[1]]
    for row, line in zip(rows, sheet.iter_rows(min_row=2, values_only=True), strict=True):
        told = dict(zip(head, line, strict=True))
        for name in ("triggered", "due", "due_earliest", "due_latest", "done_at", "as_of"):
            assert row[name] == ("" if told[name] is None else told[name].isoformat() + told[f"{name}_offset"])
    dated = sum(bool(row["due"]) and row["status"] not in ("met", "met_late", "missed", "ceased") for row in rows)
    assert dated
    assert len(icalendar.Calendar.from_ical((tmp_path / "answer.ics").read_bytes()).walk("VEVENT")) == dated


@pytest.mark.parametrize(("name", "format"), [("a.XLSX", "xlsx"), ("a.md", "md"), ("a", "text"), ("a.doc", "text")])
def test_the_ending_says_the_format(name: str, format: str) -> None:
    assert (format_of(Path(name), Format.TEXT), format_of(None, Format.TEXT)) == (format, "text")


def test_narrowed_and_named(tmp_path: Path) -> None:
    police = run("--format", "md", "--for", "police")
    assert police.stdout.rstrip().endswith("duties, because of --for police")
    calendar = run("--format", "ics", "--for", "police", "--name-case")
    assert "Not shown: " in calendar.stderr
    assert "Not in the calendar: " in calendar.stderr
    assert calendar.stdout_bytes[:15] == b"BEGIN:VCALENDAR"


@posix
def test_a_new_file_is_the_owner_s_alone_and_one_that_is_replaced_stays_as_open_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "answer.csv"
    assert run("--format", "csv", "-o", file).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("before")
    file.chmod(0o640)
    assert refused("--format", "csv", "-o", file) == (
        f"error [file-there] {file} is there already\n  = name another file, or add --force to replace it\n"
    )
    assert file.read_text() == "before"
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    assert run("--format", "csv", "-o", link, "--force").exit_code == 0
    assert link.is_symlink()
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text()[:5]) == (0o640, "\ufeffcase")


def test_never_over_what_is_read(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_bytes(CASE.read_bytes())
    assert refused("--format", "csv", "-o", case, "--force", case=case) == (
        f"error [file-there] {case} is what is read: nothing is ever written over it\n  = name another file\n"
    )
    assert "[file-there]" in refused("-o", ASKED[1], "--force")
    assert case.read_bytes() == CASE.read_bytes()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "none" / "answer.csv"
    assert refused("--format", "csv", "-o", file) == (
        f"error [file-unwritable] {file} could not be written: no such file or directory\n"
        "  = name a file in a folder that is there and that you may write to\n"
    )
    assert "it is a folder" in refused("--format", "csv", "-o", tmp_path, "--force")


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "answer.csv"
    file.write_text("before")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(InvalidInput, match="no space left on device"):
        write_whole(file, b"after")
    assert [path.name for path in tmp_path.iterdir()] == ["answer.csv"]
    assert file.read_text() == "before"


@posix
def test_a_pipe_with_a_name_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"answer")
    reader.join()
    assert got == [b"answer"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--format csv --for police", "error [whole-rows] --for: csv has every duty in a row\n"
         "  = leave them out, and filter the rows where they are opened\n"),
        ("--format xlsx --full", "error [whole-rows] --full: xlsx has every duty in a row\n"
         "  = leave them out, and filter the rows where they are opened\n"),
        ("--format md --full", "error [text-alone] --full: not for md\n  = leave it out\n"),
        ("--format ics --group role", "error [text-alone] --group: not for ics\n  = leave it out\n"),
        ("--format md --name-case", "error [option-alone] --name-case says something only with --format ics\n"
         "  = every other format names the case\n"),
        ("--force", "error [option-alone] --force says something only with --output\n"
         "  = add --output FILE, or leave it out\n"),
        ("--format csv --every-reading", "error [whole-answers] --every-reading cannot be written as csv\n"
         "  = ask for text or json\n"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(words: str, told: str) -> None:
    assert refused(*words.split()) == told


@pytest.mark.parametrize("format", [Format.XLSX, Format.ICS])
def test_never_onto_a_terminal(format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with pytest.raises(InvalidInput) as error:
        Target(None, force=False).refuse_unfit(format, ())
    assert str(error.value) == (
        f"error [output-wanted] {format} is for other programs, and not to be shown on a terminal\n"
        f"  = add --output FILE.{format}, or hand it on with | or >"
    )
    Target(None, force=False).refuse_unfit(Format.CSV, ())
    Target(Path("answer"), force=False).refuse_unfit(format, ())


@pytest.mark.parametrize(
    ("format", "package", "told"),
    [
        ("ics", "icalendar", "error [not-installed] a calendar needs icalendar, which is not installed\n"
         "  = python -m pip install 'missingrules[calendar]'\n"),
    ],
)  # fmt: skip
def test_without_an_extra(
    format: str, package: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert refused("--format", format, "-o", tmp_path / "answer") == told
    assert not list(tmp_path.iterdir())


def test_every_reading_goes_into_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "readings.json"
    assert run("--every-reading", "--format", "json", "-o", file).exit_code == 0
    assert isinstance(json.loads(file.read_bytes()), list)


def test_a_hostile_case_leaves_nothing_that_runs(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    text = CASE.read_text(encoding="utf-8")
    name = '=HYPERLINK("http://example.org","<b>|x|</b>")'
    lines = [f"case: '{name}'" if line.startswith("case:") else line for line in text.splitlines()]
    case.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = list(
        csv.DictReader(StringIO(run("--format", "csv", case=case).stdout_bytes.decode("utf-8-sig"), newline=""))
    )
    assert {row["case"] for row in rows} == {f"'{name}"}
    book: Any = openpyxl.load_workbook(BytesIO(run("--format", "xlsx", case=case).stdout_bytes))
    assert (book["duties"]["A2"].value, book["duties"]["A2"].data_type) == (name, "s")
    assert run("--format", "md", case=case).stdout.startswith(
        '# Case =HYPERLINK("http\\://example.org","&lt;b&gt;\\|x\\|&lt;/b&gt;"), as of '
    )
    assert "HYPERLINK" not in run("--format", "ics", case=case).stdout
