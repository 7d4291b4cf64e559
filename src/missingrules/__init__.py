"""Rules for children missing from home and care: what must be done, by whom, by when, and which paragraph says so.

This is the face of the library: everything here is meant for callers and keeps its name. Each name is loaded when it
is first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from missingrules.domain.answers import Answer, Explanation
    from missingrules.domain.case import Case
    from missingrules.domain.changes import Change, Changes, Refused, Standing, Standings
    from missingrules.domain.clock import Instant, instant_of
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.evaluate import evaluate
    from missingrules.engine.explain import explain
    from missingrules.interface.case import CaseFile
    from missingrules.interface.changes import changes_to_json
    from missingrules.interface.conversion import case_of
    from missingrules.interface.leaves import read_instant
    from missingrules.interface.rendering import result_of, to_json
    from missingrules.interface.result import Result
    from missingrules.interface.rows import Row, rows_of
    from missingrules.interface.standings import standings_of, standings_to_json
    from missingrules.live.compare import changes
    from missingrules.live.follow import follow
    from missingrules.live.tasks import Tasks
    from missingrules.reading.cases import read_case, read_case_text
    from missingrules.reading.protocols import read_protocol
    from missingrules.reading.results import read_standings, read_standings_text

__all__ = [
    "Answer",
    "Case",
    "CaseFile",
    "Change",
    "Changes",
    "Diagnostic",
    "Explanation",
    "Instant",
    "InvalidInput",
    "Protocol",
    "Refused",
    "Result",
    "Row",
    "Standing",
    "Standings",
    "Tasks",
    "case_of",
    "changes",
    "changes_to_json",
    "evaluate",
    "explain",
    "follow",
    "instant_of",
    "read_case",
    "read_case_text",
    "read_instant",
    "read_protocol",
    "read_standings",
    "read_standings_text",
    "result_of",
    "rows_of",
    "standings_of",
    "standings_to_json",
    "to_json",
]

_HOMES = MappingProxyType(
    {
        "Answer": "domain.answers",
        "Case": "domain.case",
        "CaseFile": "interface.case",
        "Change": "domain.changes",
        "Changes": "domain.changes",
        "Diagnostic": "domain.diagnostics",
        "Explanation": "domain.answers",
        "Instant": "domain.clock",
        "InvalidInput": "domain.diagnostics",
        "Protocol": "domain.protocol",
        "Refused": "domain.changes",
        "Result": "interface.result",
        "Row": "interface.rows",
        "Standing": "domain.changes",
        "Standings": "domain.changes",
        "Tasks": "live.tasks",
        "case_of": "interface.conversion",
        "changes": "live.compare",
        "changes_to_json": "interface.changes",
        "evaluate": "engine.evaluate",
        "explain": "engine.explain",
        "follow": "live.follow",
        "instant_of": "domain.clock",
        "read_case": "reading.cases",
        "read_case_text": "reading.cases",
        "read_instant": "interface.leaves",
        "read_protocol": "reading.protocols",
        "read_standings": "reading.results",
        "read_standings_text": "reading.results",
        "result_of": "interface.rendering",
        "rows_of": "interface.rows",
        "standings_of": "interface.standings",
        "standings_to_json": "interface.standings",
        "to_json": "interface.rendering",
    }
)


if not TYPE_CHECKING:
    # A type checker sees the imports above, and nothing else.
    def __getattr__(name: str) -> object:
        from importlib import import_module

        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
