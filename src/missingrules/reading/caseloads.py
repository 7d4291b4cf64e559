"""Caseloads of case files: which files there are, and each as something of which a case can be made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from missingrules.domain.audit import Rejected, Rejection, unspoken
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.reading.cases import case_in, case_in_file
from missingrules.reading.nodes import read_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from missingrules.domain.case import Case
    from missingrules.domain.clock import Instant
    from missingrules.domain.protocol import Protocol
    from missingrules.interface.words import CaseWords

ENDINGS: Final = (".yaml", ".yml", ".json")
LINES: Final = (".jsonl", ".ndjson")
TABLES: Final = (".csv", ".parquet", ".xlsx", ".xlsm")
# Locks and copies that programs leave beside a file.
_HIDDEN: Final = (".", "~$")


@dataclass(frozen=True, slots=True)
class FiledCase:
    """One child's history in a file of its own."""

    path: str

    @property
    def rows(self) -> int:
        return 1

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        try:
            return case_in_file(self.path, protocols, as_of, words)
        except InvalidInput as error:
            raise _rejected(error, self.path) from None

    def places(self) -> Iterator[tuple[str, int | None]]:
        yield self.path, None


@dataclass(frozen=True, slots=True)
class LinedCase:
    """One child's history in a line of a file, as JSON."""

    name: str
    line: int
    text: str

    @property
    def rows(self) -> int:
        return 1

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        try:
            return case_in(read_nodes(self.text, f"{self.name}, line {self.line}"), protocols, as_of, words)
        except InvalidInput as error:
            raise _rejected(error, f"{self.name}, line {self.line}") from None

    def places(self) -> Iterator[tuple[str, int | None]]:
        yield f"{self.name}, line {self.line}", None


def _rejected(error: InvalidInput, name: str) -> Rejected:
    """What is wrong with a file, without the author's own lines: they are about a child."""
    found = []
    for each in error.diagnostics:
        message, hint = unspoken(each)
        found.append(Rejection(str(each.span) if each.span else name, None, None, each.code, message, hint))
    return Rejected(tuple(found))


def files_in(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The case files and the tables at these paths, folders with all that is in them, in the order of their names.

    InvalidInput for a path that is not there, is of no kind that is read, or is a folder with nothing to read in it.
    """
    cases: list[Path] = []
    tables: list[Path] = []
    problems: list[Diagnostic] = []
    for path in paths:
        found = _files(path) if path.is_dir() else [path]
        if not found:
            hint = f"name a folder with files that end with {', '.join((*ENDINGS, *LINES, *TABLES))}"
            problems.append(Diagnostic("file-unreadable", f"{path} has no cases in it", hint=hint))
        for file in found:
            ending = file.suffix.lower()
            if not file.exists():
                message = f"there is no file {file}"
                problems.append(
                    Diagnostic("file-unreadable", message, hint="check the spelling of its name and folder")
                )
            elif ending in TABLES:
                tables.append(file)
            elif ending in (*ENDINGS, *LINES):
                cases.append(file)
            else:
                hint = f"case files end with {', '.join((*ENDINGS, *LINES))}, tables with {', '.join(TABLES)}"
                problems.append(Diagnostic("file-unknown", f"{file} is of no kind that is read", hint=hint))
    if problems:
        raise InvalidInput(problems)
    return cases, tables


def number_in(files: Iterable[Path]) -> int:
    """How many cases there are in the files."""
    return sum(sum(1 for _ in _lined(file)) if file.suffix.lower() in LINES else 1 for file in files)


def cases_in(files: Iterable[Path]) -> Iterator[FiledCase | LinedCase]:
    """Each case of the files, unread."""
    for file in files:
        if file.suffix.lower() in LINES:
            yield from _lined(file)
        else:
            yield FiledCase(str(file))


def _lined(file: Path) -> Iterator[FiledCase | LinedCase]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            if line.strip():
                yield LinedCase(str(file), number, line.decode("utf-8-sig", errors="replace"))


def _files(folder: Path) -> list[Path]:
    known = (*ENDINGS, *LINES, *TABLES)
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in known and file.is_file() and not file.name.startswith(_HIDDEN)
    )
