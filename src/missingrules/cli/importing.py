"""`missingrules import`: an export of another system as case files, every row used or named."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import IO, TYPE_CHECKING, Annotated, Final

import typer

from missingrules.cli import common, exports
from missingrules.cli.everyday import BAD_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from missingrules.adapters.rows import Intake
    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.words import CaseWords

    Put = Callable[[Mapping[str, object]], object]

LINES: Final = (".jsonl", ".ndjson")
_HINT: Final = "name a file or a new folder in a folder that you may write to"


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def import_(
    export: Annotated[
        Path, typer.Argument(metavar="FILE", help="One file: CSV, workbook, or a return as XML.", show_default=False)
    ],
    kind: exports.From = None,
    year: exports.Year = None,
    history_from: exports.HistoryFrom = None,
    complete_to: exports.CompleteTo = None,
    found_is_return: exports.FoundIsReturn = False,
    encoding: exports.EncodedAs = None,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME|PATH",
            help="A protocol whose own facts a mapping may name; may be given several times.",
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="INSTANT",
            help="The instant that will be asked about, if there is but one: what was not over then is said to be so.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER|FILE.jsonl",
            help="A new folder for a file a case, or a file for a line a case. Left out: the rows are only looked at.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a .jsonl file that is there already.")] = False,
    format: Annotated[Format, typer.Option(help="How to tell which rows were used, and which were not.")] = Format.TEXT,
) -> None:
    """Makes case files of an export: SSDA903, the Standard Safeguarding Dataset, or any columns with a mapping."""
    from missingrules.adapters.given import opened
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.interface.words import words_of

    now = None if as_of is None else common.instant(as_of)
    try:
        asked = exports.asked(kind, year, history_from, complete_to, encoding, found_is_return=found_is_return)
        if asked is None:
            hint = "write --from ssda903, --from ssd_missing, or --from and the path of a mapping"
            raise InvalidInput([Diagnostic("export-wanted", "what export it is, the file does not say", hint=hint)])
        if force and output is None:
            hint = "add --output, or leave it out"
            raise InvalidInput([Diagnostic("option-alone", "--force says something only with --output", hint=hint)])
        protocols = common.protocols(protocol or [])
        words = words_of(protocols)
        given = opened(export, asked, words)
        tell = _tell if format is Format.TEXT else _nothing
        for each in given.columns:
            tell(each)
        with _target(output, export, force=force) as put:
            work = _Work(given, protocols, words, now)
            work.through(put, tell)
    except InvalidInput as error:
        common.refuse(error.diagnostics)
    except OSError as error:
        from missingrules.domain.diagnostics import unwritable

        common.refuse([unwritable(output, error, _HINT)])
    _report(work, format, output)
    if not work.cases:
        typer.echo("nothing could be used: no case was made", err=True)
        raise typer.Exit(BAD_INPUT)
    if work.reported:
        raise typer.Exit(common.FOUND)


class _Work:
    """An import under way, and what it comes to."""

    def __init__(self, given: Intake, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant | None) -> None:
        self.given = given
        self.protocols = protocols
        self.words = words
        self.as_of = as_of
        self.cases = self.used = self.reported = 0
        self.rejections: list[Rejection] = []

    def through(self, put: Put, tell: Callable[[Rejection], None]) -> None:
        from missingrules.adapters.cases import ChildRows
        from missingrules.domain.audit import Rejected

        for each in self.given.children():
            try:
                if not isinstance(each, ChildRows):
                    raise Rejected(each.rejections)
                data, _ = each.both(self.protocols, self.words, self.as_of)
            except Rejected as rejected:
                self.reported += each.rows
                for one in rejected.rejections:
                    tell(one)
                self.rejections += rejected.rejections
                continue
            put(data)
            self.cases += 1
            self.used += each.rows

    @property
    def numbers(self) -> dict[str, int]:
        return {
            "rows_read": self.given.rows,
            "rows_used": self.used,
            "rows_not_used": self.reported,
            "cases": self.cases,
        }


def _tell(rejection: Rejection) -> None:
    print(rejection.render(), file=sys.stderr)


def _nothing(_: Rejection) -> None:
    """What JSON and CSV have in them is not told beside them."""


def _report(work: _Work, format: Format, output: Path | None) -> None:
    from missingrules.reports.audit_data import rejection_data, to_text

    if format is Format.JSON:
        data = {
            "input": work.numbers,
            "columns_not_read": [rejection_data(one) for one in work.given.columns],
            "not_used": [rejection_data(one) for one in work.rejections],
        }
        common.write(to_text(data) + "\n")
    elif format is Format.CSV:
        from missingrules.reports.imports import rejection_table

        common.write(rejection_table([*work.given.columns, *work.rejections]))
    else:
        read = common.counted(work.given.rows, "row")
        made = common.counted(work.cases, "case")
        named = ": named above" if work.reported else ""
        where = f"{output} was written" if output is not None else "Nothing was written: no --output"
        common.say(f"{where}\n{read} read, {work.used} used in {made}, {work.reported} not used{named}")


# --- where cases go ---------------------------------------------------------------------------------------------------


@contextmanager
def _target(output: Path | None, export: Path, *, force: bool) -> Iterator[Put]:
    """What takes the cases: nothing, a folder, or a file of lines. What is not finished is not left behind."""
    if output is None:
        yield lambda _: None
    elif output.suffix.lower() in LINES:
        with _lines(output, export, force=force) as put:
            yield put
    else:
        with _folder(output, force=force) as put:
            yield put


@contextmanager
def _lines(path: Path, export: Path, *, force: bool) -> Iterator[Put]:
    from missingrules.formats.whole import refuse_unsafe, whole

    refuse_unsafe(path, (export,), force=force)
    with whole(path, force=force) as file:
        yield lambda data: file.write(f"{json.dumps(data, ensure_ascii=False)}\n".encode())


@contextmanager
def _folder(path: Path, *, force: bool) -> Iterator[Put]:
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput

    if force:
        message = "--force replaces a file, and a folder is always a new one"
        raise InvalidInput([Diagnostic("option-alone", message, hint="name a new folder, or a .jsonl file")])
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        hint = "name a new folder, so that no case of another export is among them; or a file that ends with .jsonl"
        raise InvalidInput([Diagnostic("file-there", f"{path} is there already, and not empty", hint=hint)])
    is_new = not path.exists()
    if is_new:
        path.mkdir(mode=0o700)
    written: list[Path] = []

    def put(data: Mapping[str, object]) -> None:
        # By number: what a child is called may be no name for a file.
        file = path / f"case-{len(written) + 1:06}.json"
        with _made(file) as opened:
            written.append(file)
            opened.write(f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode())

    try:
        yield put
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        if is_new:
            path.rmdir()
        raise


@contextmanager
def _made(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
