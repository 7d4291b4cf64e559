"""Many cases as a caller gives them: files and tables, looked through, or a stream of what was read already."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.adapters.given import opened
from missingrules.batches.crew import pieces
from missingrules.domain.case import Case
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.domain.protocol import Protocol
from missingrules.interface.words import words_of
from missingrules.reading.caseloads import cases_in, files_in, number_in
from missingrules.reading.loading import load_protocols
from missingrules.tables.caseload import caseload_of, tables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from missingrules.adapters.given import Asked
    from missingrules.adapters.rows import Intake
    from missingrules.batches.crew import Chunk, Supplied
    from missingrules.domain.audit import Rejection
    from missingrules.domain.clock import Instant
    from missingrules.interface.words import CaseWords
    from missingrules.quick.caseloads import QuickCaseload
    from missingrules.tables.caseload import Caseload

_BLOCK: Final = 1 << 20


class Taken(NamedTuple):
    """Protocols that are loaded, and how another process loads them; cases one after the other, and what they were read
    from (None: from nothing here); how many processes there is work for."""

    protocols: tuple[Protocol, ...]
    load: Callable[[], Sequence[Protocol]]
    supplied: Iterator[Supplied]
    filed: Filed | None
    jobs: int


def taken(
    protocols: Sequence[Protocol | str | os.PathLike[str]],
    cases: Iterable[Case | str | os.PathLike[str]],
    jobs: int,
    size: int,
) -> Taken:
    """What a call was given, looked through; `size`: so many cases go to a process at once.

    InvalidInput: `no-protocol`, `not-in-processes`, and what `load_protocols` and `Filed` find.
    """
    named = [each for each in protocols if not isinstance(each, Protocol)]
    loaded = _loaded(protocols)
    stream = iter(cases)
    first = next(stream, None)
    filed: Filed | None = None
    supplied: Iterator[Supplied]
    if first is None or isinstance(first, Case):
        supplied = _supplied(stream if first is None else chain((first,), stream))
    else:
        filed = Filed([_path(each) for each in chain((first,), stream)], loaded)
        supplied, jobs = filed.cases(), min(jobs, filed.pieces(size))
    if jobs > 1 and (filed is None or len(named) < len(protocols)):
        message = "what is in memory cannot be shared among processes"
        hint = "give protocols by name or path and cases by path, or jobs=1"
        raise InvalidInput([Diagnostic("not-in-processes", message, hint=hint)])
    load = partial(load_protocols, *[os.fspath(each) for each in named]) if jobs > 1 else lambda: loaded
    return Taken(loaded, load, supplied, filed, jobs)


def _loaded(protocols: Sequence[Protocol | str | os.PathLike[str]]) -> tuple[Protocol, ...]:
    """Those that are loaded, then those that are named."""
    if not protocols:
        message = "no protocol was given"
        raise InvalidInput([Diagnostic("no-protocol", message, hint="name one, or load it first")])
    names = [each for each in protocols if not isinstance(each, Protocol)]
    return (*(each for each in protocols if isinstance(each, Protocol)), *(load_protocols(*names) if names else ()))


@dataclass(frozen=True, slots=True)
class _Read:
    """A case that somebody has read already, by its place in the stream."""

    number: int
    of: Case

    @property
    def rows(self) -> int:
        return 1

    def case(self, protocols: Sequence[Protocol], words: CaseWords, as_of: Instant) -> Case:
        return self.of

    def places(self) -> Iterator[tuple[str, int | None]]:
        yield f"case {self.number} of those given", None


def _supplied(cases: Iterable[Case | str | os.PathLike[str]]) -> Iterator[_Read]:
    for number, case in enumerate(cases, start=1):
        if not isinstance(case, Case):
            raise TypeError("cases, or paths of cases: not both")
        yield _Read(number, case)


def _path(given: Case | str | os.PathLike[str]) -> Path:
    if isinstance(given, Case):
        raise TypeError("cases, or paths of cases: not both")
    return Path(given)


class Filed:
    """Cases in files and tables, looked through: how many there are, and each as it comes. InvalidInput as `audit`.

    `asked`: they are exports of another system, and of which. `quick`: tables may be read as columns, which `chunks`
    alone gives then, and needs NumPy and Arrow.
    """

    def __init__(
        self, paths: Sequence[Path], protocols: Sequence[Protocol], asked: Asked | None = None, *, quick: bool = False
    ) -> None:
        self.files, tables = files_in(paths) if asked is None else ([], [])
        self.read = (*self.files, *tables) if asked is None else tuple(paths)
        self.stamps = {path: stamp_of(path) for path in self.read}  # before anything is read of them
        words = words_of(protocols)
        self.caseloads: list[Caseload | Intake] = []
        self.shared_rows = 0  # that are used, and of no case
        problems: list[Diagnostic] = []
        if asked is not None:
            for path in paths:
                try:
                    self.caseloads.append(opened(path, asked, words))
                except InvalidInput as error:
                    problems += error.diagnostics
        self.quick: QuickCaseload | None = None
        groups = tables_in(tables)
        if quick and len(groups) == 1 and not self.files:
            from missingrules.quick.caseloads import quick_caseload

            self.quick = quick_caseload(groups[0], words, protocols[0].clock)
        if self.quick is not None:
            self.shared_rows += self.quick.shared_rows
            groups = []
        for together in groups:
            try:
                found = caseload_of(together, words, protocols[0].clock)
            except InvalidInput as error:
                problems += error.diagnostics
            else:
                self.caseloads.append(found)
                self.shared_rows += found.shared_rows
        if problems:
            raise InvalidInput(problems)
        self.number = number_in(self.files) + sum(map(len, self._looked_through))

    @property
    def columns(self) -> tuple[Rejection, ...]:
        """Columns of the tables that nobody reads."""
        return tuple(column for caseload in self._looked_through for column in caseload.columns)

    @property
    def _looked_through(self) -> Sequence[Caseload | Intake | QuickCaseload]:
        return self.caseloads if self.quick is None else [self.quick]

    def pieces(self, size: int) -> int:
        """Into how many pieces of a size the work can be cut: more processes than these would only wait."""
        return max(1, -(-self.number // size))

    def chunks(self, size: int, begun: int = 0) -> Iterator[Chunk]:
        """So many at a time, from that place on."""
        if self.quick is not None:
            return self.quick.pieces(size, begun)
        return pieces(islice(self.cases(), begun, None), size)

    def cases(self) -> Iterator[Supplied]:
        """Each as something of which a case can be made elsewhere."""
        yield from cases_in(self.files)
        for caseload in self.caseloads:
            yield from caseload.children()


def stamp_of(path: Path) -> tuple[int, int]:
    """What tells whether a file was written anew: its size, and when it was."""
    try:
        found = path.stat()
    except OSError:
        return -1, -1
    return found.st_size, found.st_mtime_ns


def hashed(path: Path) -> dict[str, int | str]:
    """How long a file is and what its SHA-256 is, as a batch writes it down. InvalidInput where it cannot be read."""
    found, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
                size += len(block)
    except OSError as error:
        message = f"{path} could not be read: {(error.strerror or 'no reason given').lower()}"
        raise InvalidInput([Diagnostic("file-unreadable", message, hint="check its name and folder")]) from None
    return {"bytes": size, "sha256": found.hexdigest()}
