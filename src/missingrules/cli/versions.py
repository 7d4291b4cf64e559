"""`missingrules --version`: by which library, calendar and texts an answer given now would be worked out."""

from __future__ import annotations

import platform
from typing import Any


def versions() -> dict[str, Any]:
    """Of the library, of what decides days and hours, and of every protocol at hand. InvalidInput as they have it."""
    from importlib.metadata import PackageNotFoundError, version

    from missingrules.domain.clock import calendar_version
    from missingrules.interface.shared import library_version
    from missingrules.reading.loading import load_protocols
    from missingrules.reports.plain import named

    def of(package: str) -> str | None:
        try:
            return version(package)
        except PackageNotFoundError:
            return None

    return {
        "missingrules": library_version(),
        "calendar": calendar_version(),
        "holidays": of("holidays"),
        "tzdata": of("tzdata"),
        "python": platform.python_version(),
        "protocols": [named(each) for each in load_protocols()],
    }


def versions_text(found: dict[str, Any]) -> str:
    """The same in lines; a fingerprint by its first digits, of which --json has all."""
    protocols = found["protocols"]
    width = max((len(each["name"]) for each in protocols), default=0)
    lines = [
        f"missingrules {found['missingrules']}",
        f"calendar {found['calendar']}, tzdata {found['tzdata'] or 'of the system'}, Python {found['python']}",
        *(f"{each['name']:{width}}  {each['fingerprint'][:19]}  {each['edition']}" for each in protocols),
    ]
    return "\n".join(lines) + "\n"
