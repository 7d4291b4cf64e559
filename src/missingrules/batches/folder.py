"""The folder of a batch: a file for each table and partition, and a journal of the partitions that are finished.

A partition is finished when its files are in place and its line is in the journal: nothing else counts, whatever stood
in the folder when a run was stopped. At the end `batch.json` takes the journal's place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from missingrules.domain.audit import Rejection
from missingrules.domain.diagnostics import Diagnostic, InvalidInput, unwritable
from missingrules.formats.names import unfit_name
from missingrules.formats.whole import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

JOURNAL: Final = "journal.jsonl"
WHOLE: Final = "batch.json"
REJECTED: Final = "rejected.csv"
BOOK: Final = "batch.xlsx"
# Of a workbook the partitions are kept here until it is whole.
PARTS: Final = "parts"
_HINT: Final = "name a folder that you may write to, with room in it"

Line = dict[str, Any]


class Folder:
    """A folder that is written by this process alone; one use, within `opened`."""

    def __init__(self, path: Path, asked: Line, lines: Sequence[Line], *, whole: bool) -> None:
        self.path = path
        self.asked = asked
        self.is_whole = whole
        self.assembled = bool(lines and "assembled" in lines[-1])
        self.finished: list[Line] = [line for line in lines if "partition" in line]

    def begin(self) -> None:
        """The journal as far as it counts, and nothing beside it of what a stopped run has left."""
        lines = ({"asked": self.asked}, *self.finished, *([{"assembled": True}] if self.assembled else []))
        write_whole(self._journal, b"".join(map(_line, lines)), hint=_HINT)
        for left in list(_left(self.path)):
            left.unlink(missing_ok=True)

    def file(self, table: str, number: int, ending: str, *, under: str = "") -> Path:
        """Where a table of a partition stands."""
        return self.path / under / table / f"part-{number:05}.{ending}"

    def finish(self, number: int, line: Line, files: Mapping[Path, bytes]) -> None:
        """The partition's files, and then its line. InvalidInput where they cannot be written."""
        sums = {}
        for path, data in files.items():
            self._make(path.parent)
            write_whole(path, data, hint=_HINT)
            sums[path.relative_to(self.path).as_posix()] = {"bytes": len(data), "sha256": _sum(data)}
        done = {"partition": number, **line, "files": sums}
        self._append(done)
        self.finished.append(done)

    def has_assembled(self) -> None:
        """Of all partitions one file was made, which is in place."""
        self._append({"assembled": True})
        self.assembled = True

    def close(self, whole: Mapping[str, object]) -> None:
        """All is there: what was asked and what came of it takes the place of the journal."""
        shutil.rmtree(self.path / PARTS, ignore_errors=True)
        write_whole(self.path / WHOLE, json_bytes(whole), hint=_HINT)
        self._journal.unlink()
        self.is_whole = True

    def write(self, name: str, data: bytes) -> None:
        """One file of the whole."""
        write_whole(self.path / name, data, hint=_HINT)

    def rejections(self) -> Iterator[Rejection]:
        """What could not be used in all finished partitions."""
        for line in self.finished:
            for each in line["rejections"]:
                yield Rejection(*each)

    # --- the journal ----------------------------------------------------------------------------------------------

    @property
    def _journal(self) -> Path:
        return self.path / JOURNAL

    def _append(self, line: Line) -> None:
        with _told(self._journal), self._journal.open("ab") as file:
            file.write(_line(line))
            file.flush()
            os.fsync(file.fileno())

    def _make(self, folder: Path) -> None:
        with _told(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def opened(path: Path, asked: Line, tables: Sequence[str], *, force: bool) -> Iterator[Folder]:
    """The folder, new or with what a run of the same question has finished in it; nobody else has it meanwhile.

    InvalidInput where something else stands in it, or a run of another question (naming what differs); with `force`
    these are taken away, and nothing is that no batch has made.
    """
    if os.path.lexists(path) and not path.is_dir():
        raise InvalidInput([Diagnostic("file-there", f"{path} is there already, and no folder", hint="name a folder")])
    if unfit := unfit_name(path):
        raise InvalidInput([unfit])
    with _told(path):
        path.mkdir(mode=0o700, exist_ok=True)
    with _alone(path):
        folder = _found(path, asked, tables, force=force)
        folder.begin()
        yield folder


def _found(path: Path, asked: Line, tables: Sequence[str], *, force: bool) -> Folder:
    left = set(_left(path))
    found = [each for each in sorted(path.iterdir()) if each not in left]
    before, lines = read_journal(path)
    if before == asked:
        return _resumed(path, asked, lines)
    ours = {JOURNAL, WHOLE, REJECTED, BOOK, PARTS, *tables}
    strange = [each.name for each in found if each.name not in ours]
    if found and (strange or not force):
        raise InvalidInput([_refusal(path, before, asked, strange, force=force)])
    for each in found:
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
    return Folder(path, asked, (), whole=False)


def _left(path: Path) -> Iterator[Path]:
    """Files that a run had not finished when it was stopped, under the names that they have till then."""
    for name in (JOURNAL, WHOLE, REJECTED, BOOK):
        yield from path.glob(f".{name}.*.part")
    yield from path.rglob(".part-*.part")


def _resumed(path: Path, asked: Line, lines: Sequence[Line]) -> Folder:
    """As far as each partition is finished: its files as its line says that they are."""
    whole = (path / WHOLE).exists()
    assembled = bool(lines and "assembled" in lines[-1])
    kept: list[Line] = []
    for number, line in enumerate(lines):
        if "partition" in line and (line["partition"] != number or not (assembled or _in_place(path, line))):
            break
        kept.append(line)
    return Folder(path, asked, kept, whole=whole)


def _in_place(path: Path, line: Line) -> bool:
    for name, said in line["files"].items():
        file = path / name
        if not file.is_file() or file.stat().st_size != said["bytes"] or _sum(file.read_bytes()) != said["sha256"]:
            return False
    return True


def _refusal(path: Path, before: Line | None, asked: Line, strange: Sequence[str], *, force: bool) -> Diagnostic:
    if strange and (force or before is None):
        message = f"{path} is there already, with what is no batch in it: {', '.join(strange[:3])}"
        return Diagnostic("file-there", message, hint="name a new folder")
    if before is None:
        message = f"{path} is there already, and not empty"
        return Diagnostic("file-there", message, hint="name a new folder, or add --force to replace the batch in it")
    told = "; ".join(differences(before, asked))
    message = f"{path} holds an unfinished batch of something else: {told}"
    hint = "ask as before and it goes on, name a new folder, or add --force to begin anew"
    return Diagnostic("other-batch", message, hint=hint)


def differences(before: object, now: object, where: str = "") -> Iterator[str]:
    """What differs between two questions, each by its name."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*before, *now)):
            yield from differences(before.get(name), now.get(name), f"{where} {name}".strip())
    elif isinstance(before, list) and isinstance(now, list):
        # What has a name is told by it.
        was, is_now = ({_name(each): each for each in one} for one in (before, now))
        yield from differences(was, is_now, where)
    elif before != now:
        yield f"{where} was {_shown(before)} and is {_shown(now)}"


def _name(each: object) -> str:
    if isinstance(each, dict):
        return str(each.get("file") or f"{each.get('name')} ({each.get('edition')})")
    return str(each)


def _shown(value: object) -> str:
    if value is None or value == {}:
        return "not there"
    if isinstance(value, dict):
        return "there"
    # A fingerprint is told apart by its beginning.
    return str(value)[:26]


def read_journal(path: Path) -> tuple[Line | None, list[Line]]:
    """What the run asked that was stopped here (None: there is none), and the lines; one that was cut off when it was
    stopped counts for nothing."""
    try:
        data = (path / JOURNAL).read_bytes()
    except OSError:
        return None, []
    lines: list[Line] = []
    for each in data.split(b"\n")[:-1]:
        try:
            lines.append(json.loads(each))
        except ValueError:
            break
    if not lines or "asked" not in lines[0]:
        return None, []
    return lines[0]["asked"], lines[1:]


def json_bytes(data: Mapping[str, object]) -> bytes:
    """As `batch.json` has it."""
    return f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode()


def _line(data: Line) -> bytes:
    return f"{json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The folder is locked as long as this process has it, and no longer than it lives. Windows has no such lock."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"another batch is being written to {path}"
        raise InvalidInput(
            [Diagnostic("batch-under-way", message, hint="let it end, or name another folder")]
        ) from None
    except OSError:
        # Some file systems have no locks.
        pass
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InvalidInput([unwritable(path, error, _HINT)]) from None
