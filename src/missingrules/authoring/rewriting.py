"""A file written anew in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from missingrules.domain.diagnostics import InvalidInput, unwritable

if TYPE_CHECKING:
    from pathlib import Path


def rewrite(path: Path, text: str, hint: str) -> None:
    """Puts the text in the file's place. Lines keep the ends that they have, so that nothing else is seen to change.

    InvalidInput with the hint where it cannot be written.
    """
    try:
        ends = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
        path.write_text(text, encoding="utf-8", newline=ends)
    except OSError as error:
        raise InvalidInput([unwritable(path, error, hint)]) from None
