"""Stopped and started again: the same files, nothing twice, nothing lost; and what is never gone on with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from missingrules.batches import folder as kept
from missingrules.batches import run as running
from missingrules.calls.batching import _size
from missingrules.formats.workbook import MOST_ROWS
from tests.audit.command import run
from tests.batch import made
from tests.batch.made import ASKED, CASES, HAND

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="Windows kills otherwise, and has no such lock")


def words(out: Path, *more: str | Path, jobs: str = "1") -> list[str | Path]:
    return ["batch", CASES, *ASKED, "--output", out, "--jobs", jobs, "--partition", "2", *more]


def killed(at: int, given: Sequence[str | Path]) -> int:
    """The command in a process of its own, which is killed at a step; how many steps there were, if it was not."""
    command = [sys.executable, "-m", "tests.batch.killed", str(at), *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if at:
        assert done.returncode == -signal.SIGKILL, done.stderr
        return at
    return int(done.stdout.split()[-1])


@posix
@pytest.mark.parametrize(("format", "jobs", "apart"), [("parquet", "1", 11), ("csv", "2", 40), ("xlsx", "1", 100)])
def test_killed_anywhere_and_started_again_it_is_as_if_nothing_had_been(
    format: str, jobs: str, apart: int, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    steps = killed(0, words(whole, "--format", format, jobs=jobs))
    wanted = made.tree(whole)
    # Here and there, and everywhere at the end, where the whole is put together.
    for at in sorted({*range(2, steps, apart), *range(steps - (6 if format == "xlsx" else 0), steps + 1)}):
        killed(at, words(out, "--format", format, jobs=jobs))
        told = run(*words(out, "--format", format))
        assert told.code == 1, (at, told)
        assert made.tree(out) == wanted, at
        assert {path.name for path in out.iterdir()} == {path.name for path in whole.iterdir()}
        shutil.rmtree(out)


@posix
def test_killed_again_and_again(tmp_path: Path) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert run(*words(whole)).code == 1
    finished = []
    # Three steps to begin with, and sixteen for each partition: in the second, in the third, in the third.
    for at in (22, 21, 5):
        killed(at, words(out))
        finished.append(len(journal(out)) - 1)
    assert finished == [1, 2, 2]
    assert run(*words(out)).code == 1
    assert made.tree(out) == made.tree(whole)


def journal(out: Path) -> list[bytes]:
    return (out / kept.JOURNAL).read_bytes().splitlines()


class Stopped(Exception):
    pass


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the first of three partitions is finished."""
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        real = running.Finished

        def once(*given: object) -> object:
            raise Stopped

        patched.setattr(running, "Finished", once)
        with pytest.raises(Stopped):
            run(*words(out))
        assert running.Finished is not real
    assert len(journal(out)) == 2
    return out


def test_a_line_that_was_cut_off_and_files_without_one_count_for_nothing(begun: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    run(*words(whole))
    with (begun / kept.JOURNAL).open("ab") as file:
        file.write(b'{"partition":1,"childr')
    (begun / "obligations" / "part-00001.parquet").write_bytes(b"half")
    (begun / "obligations" / ".part-00001.parquet.abcd.part").write_bytes(b"half")
    (begun / ".journal.jsonl.abcd.part").write_bytes(b"half")
    assert run(*words(begun)).code == 1
    assert made.tree(begun) == made.tree(whole)


@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_partition_whose_files_are_not_as_its_line_says_is_done_anew(how: str, begun: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    run(*words(whole))
    file = begun / "questions" / "part-00000.parquet"
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[::-1])
    assert run(*words(begun)).code == 1
    assert made.tree(begun) == made.tree(whole)


def test_partitions_are_those_of_the_run_that_was_stopped(begun: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    run(*words(whole))
    assert run("batch", CASES, *ASKED, "--output", begun, "--jobs", "2").code == 1
    assert made.tree(begun) == made.tree(whole)
    # Left out where nothing was stopped: so many that every process has some, and no more than go into memory.
    assert [_size(number, jobs) for number, jobs in ((5, 2), (900, 2), (30_000, 2), (0, 1))] == [100, 450, 3750, 100]


def test_what_was_rejected_before_is_told_in_the_end(begun: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    first = run(*words(whole))
    told = run(*words(begun))
    assert made.made(begun).rejected == made.made(whole).rejected
    assert set(told.err.splitlines()) <= set(first.err.splitlines())


def refused(*given: str | Path) -> str:
    told = run(*given)
    assert (told.code, told.out) == (2, ""), told
    return told.err


GO_ON = "  = ask as before and it goes on, name a new folder, or add --force to begin anew\n"


@pytest.mark.parametrize(
    ("more", "differs"),
    [
        (("--as-of", "2025-07-01T12:00:00+01:00"),
         "asked as_of was 2025-06-30T12:00:00+01:00 and is 2025-07-01T12:00:00+01:00"),
        (("--reading", "how-long=four"), "asked readings how-long was not there and is four"),
        (("--horizon", "30"), "asked horizon_days was 90 and is 30"),
        (("--organisation",), "asked organisation was False and is True"),
        (("--format", "csv"), "asked format was parquet and is csv"),
        (("--partition", "3"), "asked partition was 2 and is 3"),
    ],
)  # fmt: skip
def test_another_question_is_refused_and_what_differs_named(more: tuple[str, ...], differs: str, begun: Path) -> None:
    before = made.tree(begun)
    message = f"error [other-batch] {begun} holds an unfinished batch of something else: {differs}\n{GO_ON}"
    assert refused(*words(begun, *more)) == message
    assert made.tree(begun) == before
    assert run(*words(begun)).code == 1


def test_other_rules_and_other_inputs_are_named(tmp_path: Path) -> None:
    away = tmp_path / "away"
    shutil.copytree(HAND, away)
    out = tmp_path / "out"
    given: list[str | Path] = [
        "batch",
        away / "cases",
        "--protocol",
        away / "town.yaml",
        *ASKED[-2:],
        "--output",
        out,
        "--jobs",
        "1",
    ]
    assert run(*given).code == 1
    whole = json.loads((out / "batch.json").read_text(encoding="utf-8"))
    asked = {"asked": {"asked": whole["asked"], "receipt": whole["receipt"]}}
    # As it was before anything was finished.
    shutil.rmtree(out)
    out.mkdir()
    (out / kept.JOURNAL).write_text(json.dumps(asked) + "\n", encoding="utf-8")
    for name in ("town.yaml", "cases/records.csv"):
        file = away / name
        file.write_text(file.read_text(encoding="utf-8").replace("Interview", "Talk").replace("A,R1", "A,R2"), "utf-8")
    (away / "cases" / "events.csv").write_text("child,event,at\n", encoding="utf-8")
    message = refused(*given)
    assert "inputs " + str(away / "cases" / "records.csv") + " sha256 was " in message
    assert f"inputs {away / 'cases' / 'events.csv'} was not there and is there" in message
    assert "receipt protocols town (first) fingerprint was sha256:" in message
    assert "children.csv" not in message


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(*words(out)).code == 1
    before = made.tree(out)
    hint = "  = name a new folder, or add --force to replace the batch in it\n"
    assert refused(*words(out)) == f"error [file-there] {out} is there already, and not empty\n{hint}"
    assert made.tree(out) == before
    assert run(*words(out, "--format", "csv", "--force")).code == 1
    assert {path.suffix for path in (out / "obligations").iterdir()} == {".csv"}
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    message = f"error [file-there] {out} is there already, with what is no batch in it: mine.txt\n"
    assert refused(*words(out, "--force")) == f"{message}  = name a new folder\n"
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    message = f"error [file-there] {file} is there already, and no folder\n  = name a folder\n"
    assert refused(*words(file)) == message


def test_nothing_is_written_where_something_is_read(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    shutil.copytree(CASES, cases)
    for out in (cases, cases / "out", tmp_path):
        message = refused("batch", cases, *ASKED, "--output", out)
        assert message.startswith(f"error [output-inside] {out} is where ")
    assert {path.name for path in cases.iterdir()} == {"children.csv", "episodes.csv", "records.csv"}


def test_an_input_that_changes_meanwhile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = tmp_path / "cases"
    shutil.copytree(CASES, cases)
    real = running.Finished

    def spoilt(*given: object) -> object:
        with (cases / "records.csv").open("a", encoding="utf-8") as file:
            file.write("A,R5,notify,E1,2025-06-03T10:00:00+01:00\n")
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "Finished", spoilt)
    out = tmp_path / "out"
    told = run("batch", cases, *ASKED, "--output", out, "--jobs", "1")
    assert told.code == 2
    message = f"error [input-changed] {cases / 'records.csv'} was changed while it was read\n"
    assert told.err.endswith(f"{message}  = begin anew with --force\n")
    assert not (out / "batch.json").exists()


@posix
def test_two_at_once_are_not_let_into_one_folder(begun: Path) -> None:
    with kept._alone(begun):
        message = f"error [batch-under-way] another batch is being written to {begun}\n"
        assert refused(*words(begun)) == f"{message}  = let it end, or name another folder\n"
    assert run(*words(begun)).code == 1


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert running.MOST == MOST_ROWS - 1 == 1_048_575
    monkeypatch.setattr(running, "MOST", 9)
    out = tmp_path / "out"
    told = run(*words(out, "--format", "xlsx"))
    assert told.code == 2
    message = "error [sheet-full] a sheet of a workbook has 9 rows, and there are more obligations\n"
    assert told.err.endswith(f"{message}  = write --format parquet or csv, with --force or to another folder\n")
    assert not (out / "batch.xlsx").exists()
    monkeypatch.setattr(running, "MOST", 10)
    assert run(*words(out, "--format", "xlsx")).code == 1


@posix
def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    message = refused(*words(tmp_path / "none" / "out"))
    assert message.startswith(f"error [file-unwritable] {tmp_path / 'none' / 'out'} could not be written: ")


def test_without_the_extra() -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from missingrules.cli import main; "
        "sys.argv[1:] = ['batch', 'x', '--protocol', 'barnet', '--output', 'out']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(
        "error [not-installed] a batch needs numpy and pyarrow, which are not installed\n"
        "  = python -m pip install 'missingrules[batch]'\n"
    )


def test_every_code_of_the_page_is_tried() -> None:
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8").partition("## Batches")[2].partition("\n## ")[0]
    tried = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE) if f"[{code}]" not in tried] == []
