"""A file that is written whole or not at all, and that only its owner can read."""

from __future__ import annotations

import os
import stat
import tempfile
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HINT: Final = "name a file in a folder that is there and that you may write to"


def refuse_unsafe(path: Path, read: Iterable[Path], *, force: bool) -> None:
    """InvalidInput where the file would take the place of something: of what was read always, else without `force`."""
    if path.is_dir():
        hint = "name a file in it"
        raise InvalidInput([Diagnostic("file-unwritable", f"{path} could not be written: it is a folder", hint=hint)])
    if any(path.exists() and each.exists() and path.samefile(each) for each in read):
        message = f"{path} is what is read: an answer is never written over it"
        raise InvalidInput([Diagnostic("file-there", message, hint="name another file")])
    if not force and os.path.lexists(path) and not _takes_all(path):
        hint = "name another file, or add --force to replace it"
        raise InvalidInput([Diagnostic("file-there", f"{path} is there already", hint=hint)])


def write_whole(path: Path, data: bytes) -> None:
    """Writes the file under another name beside it, then gives it its own: nobody ever sees a part of it.

    A new file is readable by its owner alone; one that is replaced keeps the permissions that it has. What is no file
    but takes what is written (a pipe, a device) is written to. InvalidInput where it cannot be written.
    """
    try:
        if _takes_all(path):
            path.write_bytes(data)
            return
        real = path.resolve()
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else None
        # It is made for the owner alone.
        handle, made = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                os.chmod(made, mode)
            os.replace(made, real)
        except BaseException:
            os.unlink(made)
            raise
    except OSError as error:
        raise InvalidInput([unwritable(path, error, _HINT)]) from None


def _takes_all(path: Path) -> bool:
    """Whether it is there and is no file: a pipe, a terminal, the null device."""
    return path.exists() and not path.is_file() and not path.is_dir()
