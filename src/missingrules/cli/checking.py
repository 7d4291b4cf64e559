"""`missingrules check`: mistakes in protocol files, what looks wrong in those that read, and slips mended."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it when the command is made
from typing import TYPE_CHECKING, Annotated

import typer

from missingrules.cli import common

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.diagnostics import Diagnostic
    from missingrules.reading.ledgers import Ledger

# A mend can bring to light the next slip in the same place; beyond this nobody waits for it.
MOST_ROUNDS = 8


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Protocol files, or folders of them.", show_default=False),
    ],
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="A folder with the papers, DOCUMENT.txt each, to hold must, should and may against their words.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print the findings; sarif is for code hosts.")] = Format.TEXT,
    fix: Annotated[bool, typer.Option("--fix", help="Correct slips that have one right spelling, in place.")] = False,
) -> None:
    """Every mistake in protocol files, and what looks wrong in their rules, at its line and column."""
    files = [file for path in paths for file in _files(path)]
    mended = sum(_mend(file, told=format is Format.TEXT) for file in files) if fix else 0
    found: list[Diagnostic] = []
    missing: dict[str, None] = {}
    for file in files:
        of_file = _findings(file, texts, missing)
        found += of_file
        if format is Format.TEXT:
            for diagnostic in of_file:
                common.write(diagnostic.render() + "\n")
    for name in missing:
        typer.echo(f"there is no text {name}: no rule was held against its words", err=True)
    if format is Format.TEXT:
        common.say(_verdict(len(files), found, mended))
    elif format is Format.JSON:
        from missingrules.reports.findings import findings_json

        common.write(findings_json(found))
    else:
        from missingrules.checks.every import about
        from missingrules.interface.shared import library_version
        from missingrules.reports.findings import findings_sarif

        names = [str(file) for file in files]
        common.write(findings_sarif(found, about(), version=library_version(), files=names))
    if found or missing:
        raise typer.Exit(common.FOUND)


def _verdict(files: int, found: list[Diagnostic], mended: int) -> str:
    verdict = common.counted(len(found), "finding") if found else "nothing found"
    warnings = sum(each.severity == "warning" for each in found)
    if warnings and warnings < len(found):
        verdict += f", {common.counted(warnings, 'of them a warning', 'of them warnings')}"
    changed = f"{common.counted(mended, 'slip')} corrected, " if mended else ""
    return f"{common.counted(files, 'protocol file')}: {changed}{verdict}"


def _findings(file: Path, texts: Path | None, missing: dict[str, None]) -> list[Diagnostic]:
    """The mistakes of a file; of one without any, what the linter finds."""
    from missingrules.checks.every import lint
    from missingrules.checks.frame import Subject
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.reading.protocols import read_whole

    try:
        protocol, root, ledgers = read_whole(file)
    except InvalidInput as error:
        return list(error.diagnostics)
    said = {} if texts is None else _said(ledgers, texts, missing)
    return lint(Subject(protocol, root, ledgers, said))


def _said(ledgers: Mapping[str, Ledger], folder: Path, missing: dict[str, None]) -> dict[str, dict[str, str]]:
    """What the papers at hand say in each of their paragraphs, by document."""
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.papers.index import told
    from missingrules.papers.text import read_paper

    found = {}
    for ledger in ledgers.values():
        path = folder / f"{ledger.document}.txt"
        if not ledger.seen:
            continue
        if not path.is_file():
            missing[str(path)] = None
            continue
        try:
            found[ledger.document] = {paragraph.ref: words for paragraph, words in told(ledger, read_paper(path))}
        except InvalidInput as error:
            common.refuse(error.diagnostics)
    return found


def _mend(file: Path, *, told: bool) -> int:
    """Corrects what can be corrected, round by round, since a mend brings what stood behind it to light."""
    from missingrules.checks.mend import edits, mended
    from missingrules.domain.diagnostics import InvalidInput
    from missingrules.formats.whole import write_whole

    done = 0
    for _ in range(MOST_ROUNDS):
        made = edits(_findings(file, None, {}), file)
        if not made:
            break
        try:
            write_whole(file, mended(file.read_bytes(), made), hint="check that you may change it")
        except InvalidInput as error:
            common.refuse(error.diagnostics)
        done += len(made)
        for edit in made if told else ():
            common.say(f"{file}:{edit.line}:{edit.start + 1}: corrected '{edit.old}' to '{edit.new}'")
    return done


def _files(path: Path) -> list[Path]:
    """The file, or every file in the folder itself that is no ledger."""
    from missingrules.domain.diagnostics import Diagnostic

    if path.is_file():
        return [path]
    files = sorted(file for file in path.glob("*.y*ml") if file.is_file() and not _is_ledger(file))
    if not files:
        what = "has no protocol files in it" if path.is_dir() else "is not there"
        common.refuse(
            [Diagnostic("file-unreadable", f"{path} {what}", hint="name a protocol file, or a folder of them")]
        )
    return files


def _is_ledger(file: Path) -> bool:
    """A ledger names its document, a protocol itself; one that does neither is a protocol with a mistake."""
    with file.open("rb") as opened:
        keys = set(re.findall(rb"^(document|protocol):", opened.read(1 << 16), re.MULTILINE))
    return keys == {b"document"}
