"""A file that is written whole or not at all, and that only its owner can read."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, unwritable
from missingrules.formats.names import unfit_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

HINT: Final = "name a file in a folder that is there and that you may write to"


def refuse_unsafe(path: Path, read: Iterable[Path], *, force: bool) -> None:
    """InvalidInput where the file would take the place of something: of what was read always, else without `force`."""
    if unfit := unfit_name(path):
        raise InvalidInput([unfit])
    if path.is_dir():
        hint = "name a file in it"
        raise InvalidInput([Diagnostic("file-unwritable", f"{path} could not be written: it is a folder", hint=hint)])
    if path.exists() and any(each.exists() and path.samefile(each) for each in read):
        message = f"{path} is what is read: nothing is ever written over it"
        raise InvalidInput([Diagnostic("file-there", message, hint="name another file")])
    if not force and os.path.lexists(path) and not _takes_all(path):
        hint = "name another file, or add --force to replace it"
        raise InvalidInput([Diagnostic("file-there", f"{path} is there already", hint=hint)])


@contextmanager
def whole(path: Path, *, force: bool = True, hint: str = HINT) -> Iterator[IO[bytes]]:
    """A file to be written piece by piece: it stands under another name beside its own, and gets that at the end.

    Nobody ever sees a part of it, and of one that is not finished nothing is left. A new file is readable by its owner
    alone; one that is replaced keeps the permissions that it has, and without `force` none is. What is no file but
    takes what is written (a pipe, a device) is written to. InvalidInput where it cannot be written.
    """
    inside = False
    try:
        if _takes_all(path):
            with path.open("wb") as file:
                inside = True
                yield file
            return
        refuse_unsafe(path, (), force=force)
        real = path.resolve()
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else None
        if mode is not None and not os.access(real, os.W_OK):
            # Another could be put in its place all the same: but somebody has locked it.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        # It is made for the owner alone.
        handle, made = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                inside = True
                yield file
                inside = False
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                os.chmod(made, mode)
            # Somebody may have made the file meanwhile.
            refuse_unsafe(path, (), force=force)
            os.replace(made, real)
        except BaseException:
            os.unlink(made)
            raise
    except OSError as error:
        # What is written names no file: another one is what could not be read.
        if inside and error.filename is not None:
            raise
        raise InvalidInput([unwritable(path, error, hint)]) from None


def write_whole(path: Path, data: bytes, *, force: bool = True, hint: str = HINT) -> None:
    """The same, at once."""
    with whole(path, force=force, hint=hint) as file:
        file.write(data)


def _takes_all(path: Path) -> bool:
    """Whether it is there and is no file: a pipe, a terminal, the null device."""
    return path.exists() and not path.is_file() and not path.is_dir()
