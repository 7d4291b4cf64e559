"""Rules for children missing from home and care: what must be done, by whom, by when, and which paragraph says so.

This is the face of the library: twenty-two functions, and the types of what they take and give. Everything here is
meant for callers and keeps its name (docs/face.md, docs/promise.md). Each name is loaded when it is first used, so
that importing the package costs next to nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from missingrules.batches.tables import Batch
    from missingrules.calls.answering import batch
    from missingrules.calls.auditing import audit
    from missingrules.calls.comparing import diff, diff_cases, witness
    from missingrules.calls.written import to_json
    from missingrules.domain.answers import Answer, Applying, Explanation
    from missingrules.domain.audit import Audit
    from missingrules.domain.case import Case
    from missingrules.domain.changes import Change, Changes, Refused, Standing, Standings
    from missingrules.domain.clock import Instant
    from missingrules.domain.combinations import CaseDiff
    from missingrules.domain.comparisons import Diff, Searched
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.evaluate import evaluate
    from missingrules.engine.explain import explain
    from missingrules.engine.reach import applying
    from missingrules.interface.case import CaseFile
    from missingrules.interface.conversion import case_of
    from missingrules.interface.instants import instant_of
    from missingrules.interface.rendering import result_of
    from missingrules.interface.result import Result
    from missingrules.interface.rows import Row, rows_of
    from missingrules.interface.standings import standings_of
    from missingrules.live.compare import changes
    from missingrules.live.follow import Followed, follow
    from missingrules.live.replay import replay
    from missingrules.live.tasks import Tasks
    from missingrules.reading.cases import read_case, read_case_text
    from missingrules.reading.loading import load_protocols
    from missingrules.reading.results import read_result, read_standings

__all__ = [
    "Answer",
    "Applying",
    "Audit",
    "Batch",
    "Case",
    "CaseDiff",
    "CaseFile",
    "Change",
    "Changes",
    "Diagnostic",
    "Diff",
    "Explanation",
    "Followed",
    "Instant",
    "InvalidInput",
    "Protocol",
    "Refused",
    "Result",
    "Row",
    "Searched",
    "Standing",
    "Standings",
    "Tasks",
    "applying",
    "audit",
    "batch",
    "case_of",
    "changes",
    "diff",
    "diff_cases",
    "evaluate",
    "explain",
    "follow",
    "instant_of",
    "load_protocols",
    "read_case",
    "read_case_text",
    "read_result",
    "read_standings",
    "replay",
    "result_of",
    "rows_of",
    "standings_of",
    "to_json",
    "witness",
]

_HOMES = MappingProxyType(
    {
        "Answer": "domain.answers",
        "Applying": "domain.answers",
        "Audit": "domain.audit",
        "Batch": "batches.tables",
        "Case": "domain.case",
        "CaseDiff": "domain.combinations",
        "CaseFile": "interface.case",
        "Change": "domain.changes",
        "Changes": "domain.changes",
        "Diagnostic": "domain.diagnostics",
        "Diff": "domain.comparisons",
        "Explanation": "domain.answers",
        "Followed": "live.follow",
        "Instant": "domain.clock",
        "InvalidInput": "domain.diagnostics",
        "Protocol": "domain.protocol",
        "Refused": "domain.changes",
        "Result": "interface.result",
        "Row": "interface.rows",
        "Searched": "domain.comparisons",
        "Standing": "domain.changes",
        "Standings": "domain.changes",
        "Tasks": "live.tasks",
        "applying": "engine.reach",
        "audit": "calls.auditing",
        "batch": "calls.answering",
        "case_of": "interface.conversion",
        "changes": "live.compare",
        "diff": "calls.comparing",
        "diff_cases": "calls.comparing",
        "evaluate": "engine.evaluate",
        "explain": "engine.explain",
        "follow": "live.follow",
        "instant_of": "interface.instants",
        "load_protocols": "reading.loading",
        "read_case": "reading.cases",
        "read_case_text": "reading.cases",
        "read_result": "reading.results",
        "read_standings": "reading.results",
        "replay": "live.replay",
        "result_of": "interface.rendering",
        "rows_of": "interface.rows",
        "standings_of": "interface.standings",
        "to_json": "calls.written",
        "witness": "calls.comparing",
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
