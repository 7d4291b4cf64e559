"""A caseload answered partition by partition into a folder, from the first or from where a run was stopped."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from missingrules.adapters.given import MAPPINGS
from missingrules.batches.folder import opened, read_journal
from missingrules.batches.run import XLSX, assemble, run
from missingrules.batches.tables import ANSWERED, TABLES
from missingrules.calls.caseloads import hashed, stamp_of
from missingrules.domain.clock import calendar_version
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.interface.shared import iso, library_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from missingrules.adapters.given import Asked
    from missingrules.batches.folder import Folder
    from missingrules.batches.run import Finished
    from missingrules.batches.tables import Question
    from missingrules.calls.caseloads import Filed
    from missingrules.domain.protocol import Protocol

# So many children in a partition, if nothing else is said: what stands in memory in every process.
PARTITION: Final = 4_000
_FEWEST: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made, and how. `partition`: children in each; None: as the run that was stopped, or so many that
    every process has some. `asked`: the input is an export, and of which."""

    output: Path
    format: str = "parquet"
    partition: int | None = None
    jobs: int = 1
    force: bool = False
    asked: Asked | None = None


class Batching:
    """A batch under way in its folder: `parts` runs it, once, and when that has ended `whole` says what it comes to."""

    def __init__(
        self,
        folder: Folder,
        given: Filed,
        protocols: Sequence[Protocol],
        question: Question,
        wanted: Wanted,
        size: int,
        stamps: Mapping[Path, tuple[int, int]],
    ) -> None:
        self.folder = folder
        self.given = given
        self.protocols = protocols
        self.question = question
        self.wanted = wanted
        self.size = size
        self.stamps = stamps
        self.begun = sum(line["children"] for line in folder.finished)  # children of partitions that are finished

    def parts(self, load: Callable[[], Sequence[Protocol]]) -> Iterator[Finished]:
        """Each partition as it is finished. `load` reads the protocols: every process calls it once."""
        if self.folder.is_whole:
            return
        left = -(-max(0, self.given.number - self.begun) // self.size)
        yield from run(
            self.folder,
            self.given.chunks(self.size, begun=len(self.folder.finished) * self.size),
            load,
            self.question,
            format=self.wanted.format,
            jobs=max(1, min(self.wanted.jobs, left)),
        )

    def whole(self) -> Mapping[str, object]:
        """What was asked and what came of it, as `batch.json` has it; the folder is then complete.

        InvalidInput where an input is not what it was at the beginning.
        """
        for path, stamp in self.stamps.items():
            if stamp_of(path) != stamp:
                message = f"{path} was changed while it was read"
                raise InvalidInput([Diagnostic("input-changed", message, hint="begin anew with --force")])
        clock = self.protocols[0].clock
        if not self.folder.is_whole:
            assemble(self.folder, self.given.columns, self.wanted.format, clock, self.question.as_of)
        made = self._said()
        self.folder.close(made)
        return made

    def _said(self) -> dict[str, object]:
        lines = self.folder.finished
        shared = self.given.shared_rows
        because: Counter[str] = Counter()
        for line in lines:
            because.update(line["by_evaluator"])
        counts = {name: sum(line[name] for line in lines) for name in ("rows_read", "rows_used", "rows_not_used")}
        counts["rows_read"] += shared
        counts["rows_used"] += shared
        cases = sum(len(line["cases"]) for line in lines)
        # Of a workbook the partitions' own files are gone.
        left_out = ("cases", "rejections", "rules_by_evaluator", *(("files",) if self.wanted.format == XLSX else ()))
        return {
            "format": 1,
            **self.folder.asked,
            "totals": {"cases": cases, **counts, "rows": _summed([line["rows"] for line in lines])},
            "by_evaluator": {
                "cases": because.total(),
                "because": dict(sorted(because.items())),
                "rules": {rule: why for line in lines for rule, why in sorted(line["rules_by_evaluator"].items())},
            },
            "partitions": [{key: each for key, each in line.items() if key not in left_out} for line in lines],
            "columns_not_read": [dict(each._asdict()) for each in self.given.columns],
        }


def _summed(several: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(each[name] for each in several) for name in TABLES}


@contextmanager
def batching(
    given: Filed, paths: Sequence[Path], protocols: Sequence[Protocol], question: Question, wanted: Wanted
) -> Iterator[Batching]:
    """A batch in its folder, begun or to be gone on with; its inputs are hashed before and looked at after.

    InvalidInput where the folder is not for it: `file-there`, `other-batch`, `batch-under-way`, `output-inside`; where
    an input cannot be read or was changed meanwhile: `file-unreadable`, `input-changed`.
    """
    _refuse_inside(wanted.output, paths, given.read)
    size = wanted.partition or _size_before(wanted.output) or _size(given.number, wanted.jobs)
    inputs = [*given.read, *_mapping(wanted.asked)]
    # Of the cases as they were before they were looked through: rows are told by their places then.
    stamps = {path: stamp_of(path) for path in inputs} | dict(given.stamps)
    asked = _asked(inputs, protocols, question, replace(wanted, partition=size))
    with opened(wanted.output, asked, tuple(TABLES), force=wanted.force) as folder:
        yield Batching(folder, given, protocols, question, wanted, size, stamps)


def _refuse_inside(output: Path, paths: Sequence[Path], read: Sequence[Path]) -> None:
    """What is written among what is read would be read the next time, or be written over it."""
    real = output.resolve()
    over = [path for path in paths if path.is_dir() and real.is_relative_to(path.resolve())]
    over += [path for path in read if path.resolve().is_relative_to(real)]
    if over:
        message = f"{output} is where {over[0]} is read"
        raise InvalidInput([Diagnostic("output-inside", message, hint="name a folder beside it")])


def _size_before(output: Path) -> int | None:
    before, _ = read_journal(output)
    return None if before is None else before["asked"]["partition"]


def _size(number: int, jobs: int) -> int:
    """All processes have as many, and none so few that starting it is not worth it."""
    jobs = max(1, jobs)
    rounds = max(1, -(-number // (PARTITION * jobs)))
    return max(_FEWEST, -(-number // (rounds * jobs)))


def _mapping(asked: Asked | None) -> list[Path]:
    return [Path(asked.kind)] if asked is not None and Path(asked.kind).suffix.lower() in MAPPINGS else []


def _asked(inputs: Sequence[Path], protocols: Sequence[Protocol], question: Question, wanted: Wanted) -> dict[str, Any]:
    """All that decides what comes out, as it stands in a journal."""
    export = None if wanted.asked is None else {key: each for key, each in asdict(wanted.asked).items() if each}
    return {
        "asked": {
            "as_of": iso(protocols[0].clock, question.as_of),
            "horizon_days": question.horizon_days,
            "readings": dict(sorted(question.readings.items())),
            "organisation": question.organisation,
            "tables": [name for name in ANSWERED if name not in question.without],
            "format": wanted.format,
            "partition": wanted.partition,
            "from": export
            and {key: each.isoformat() if isinstance(each, date) else each for key, each in export.items()},
            "inputs": [{"file": str(path), **hashed(path)} for path in inputs],
        },
        "receipt": {
            "missingrules": library_version(),
            "calendar": calendar_version(),
            "protocols": [
                {"name": each.name, "edition": each.edition.label, "fingerprint": each.fingerprint}
                for each in protocols
            ],
        },
    }
