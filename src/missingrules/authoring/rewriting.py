"""A file written anew in its place, whole or not at all."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import InvalidInput, unwritable
from missingrules.formats.whole import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def rewrite(path: Path, text: str, hint: str) -> None:
    """Puts the text in the file's place. Its byte order mark and the ends of its lines stay as they are, so that
    nothing else is seen to change.

    InvalidInput with the hint where it cannot be written.
    """
    try:
        before = path.read_bytes()
    except OSError as error:
        raise InvalidInput([unwritable(path, error, hint)]) from None
    ends = "\r\n" if b"\r\n" in before else "\n" if b"\n" in before else "\r" if b"\r" in before else "\n"
    encoding = "utf-8-sig" if before.startswith(codecs.BOM_UTF8) else "utf-8"
    write_whole(path, text.replace("\n", ends).encode(encoding), hint=hint)
