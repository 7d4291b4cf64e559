"""The command as at the end of a pipe, in this process."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, NamedTuple

from missingrules.cli.commands import app

if TYPE_CHECKING:
    from pathlib import Path


class Told(NamedTuple):
    code: int
    out: str
    err: str
    made: bytes


def run(*words: str | Path) -> Told:
    """What `missingrules` says and its exit code; one process, unless the words ask for more."""
    made, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(made, encoding="utf-8", errors="replace", newline="")
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app([str(word) for word in words], prog_name="missingrules")
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
    out.flush()
    data = made.getvalue()
    return Told(code, data.decode("utf-8-sig", "replace"), err.getvalue(), data)
