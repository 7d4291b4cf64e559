"""Whether a CSV file is one that Arrow's reader and the row by row one read alike; any other is read row by row.

Looked for are the few things in which they are known to differ. What is left out here costs time, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK: Final = 1 << 22
# In bytes: well within what the row by row reader takes as one cell.
_LONGEST_LINE: Final = 100_000
_BOM: Final = b"\xef\xbb\xbf"
_QUOTE, _RETURN, _LINE_FEED = b'"\r\n'


def read_alike(path: Path, separator: str) -> bool:
    """Whole lines of UTF-8, each a row: no NUL, no line break or stray mark within a cell, no line out of measure.

    OSError where it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(len(_BOM))
        block = start.removeprefix(_BOM) + file.read(_BLOCK)
        while block:
            if not block.endswith(b"\n"):
                block += file.readline(_LONGEST_LINE)
                if not block.endswith(b"\n") and file.read(1):
                    return False
            if not _is_plain(block, ord(separator)):
                return False
            block = file.read(_BLOCK)
    return True


def _is_plain(block: bytes, separator: int) -> bool:
    if b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
        return False
    if max(map(len, block.split(b"\n"))) > _LONGEST_LINE:
        return False
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return False
    return b'"' not in block or _well_quoted(block, separator)


def _well_quoted(block: bytes, separator: int) -> bool:
    """Every cell is quoted from its beginning to its end or not at all, and ends on its line."""
    found = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(found == _QUOTE)
    if len(marks) % 2:
        return False
    # A mark within quoted text is written twice: the one closes and the next opens.
    around = np.concatenate(([_LINE_FEED], found, [_LINE_FEED]))
    opens = np.isin(around[marks[::2]], (separator, _LINE_FEED, _QUOTE))
    closes = np.isin(around[marks[1::2] + 2], (separator, _RETURN, _LINE_FEED, _QUOTE))
    ends = np.searchsorted(marks, np.flatnonzero(found == _LINE_FEED))
    return bool(opens.all() and closes.all() and not (ends % 2).any())
