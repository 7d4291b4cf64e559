"""Names that Windows takes for something else than a file, or cannot have."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic

if TYPE_CHECKING:
    from pathlib import PurePath

WINDOWS: Final = os.name == "nt"
# With any ending: nul.txt is the null device too.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[. ].*)?", re.IGNORECASE)
HINT: Final = "take a name of letters, digits, - and _ with an ending"
_SIGNS: Final = re.compile(r'[<>:"|?*\x00-\x1f]')


def windows_reason(name: str) -> str | None:
    """Why Windows cannot have a file or folder of this name; None, if it can."""
    if _DEVICES.fullmatch(name):
        return "Windows takes this name for a device"
    if found := _SIGNS.search(name):
        return f"Windows has no {found[0]!r} in names"
    if name != name.rstrip(". "):
        return "Windows drops a full stop or space at the end of a name"
    return None


def unfit_name(path: PurePath, *, windows: bool = WINDOWS) -> Diagnostic | None:
    """What is wrong with the name of a file to be written, on Windows; elsewhere such names are names."""
    if not windows or path.name in ("", ".", ".."):
        return None
    reason = windows_reason(path.name)
    if reason is None:
        return None
    return Diagnostic("file-name", f"{path.name!r} can be no file: {reason}", hint=HINT)
