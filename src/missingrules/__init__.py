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
    from missingrules.domain.clock import Instant, instant_of
    from missingrules.domain.diagnostics import Diagnostic, InvalidInput
    from missingrules.domain.protocol import Protocol
    from missingrules.engine.evaluate import evaluate
    from missingrules.engine.explain import explain
    from missingrules.interface.case import CaseFile
    from missingrules.interface.conversion import case_of
    from missingrules.interface.leaves import read_instant
    from missingrules.interface.rendering import result_of, to_json
    from missingrules.interface.result import Result
    from missingrules.interface.rows import Row, rows_of
    from missingrules.reading.cases import read_case, read_case_text
    from missingrules.reading.protocols import read_protocol

__all__ = [
    "Answer",
    "Case",
    "CaseFile",
    "Diagnostic",
    "Explanation",
    "Instant",
    "InvalidInput",
    "Protocol",
    "Result",
    "Row",
    "case_of",
    "evaluate",
    "explain",
    "instant_of",
    "read_case",
    "read_case_text",
    "read_instant",
    "read_protocol",
    "result_of",
    "rows_of",
    "to_json",
]

_HOMES = MappingProxyType(
    {
        "Answer": "domain.answers",
        "Case": "domain.case",
        "CaseFile": "interface.case",
        "Diagnostic": "domain.diagnostics",
        "Explanation": "domain.answers",
        "Instant": "domain.clock",
        "InvalidInput": "domain.diagnostics",
        "Protocol": "domain.protocol",
        "Result": "interface.result",
        "Row": "interface.rows",
        "case_of": "interface.conversion",
        "evaluate": "engine.evaluate",
        "explain": "engine.explain",
        "instant_of": "domain.clock",
        "read_case": "reading.cases",
        "read_case_text": "reading.cases",
        "read_instant": "interface.leaves",
        "read_protocol": "reading.protocols",
        "result_of": "interface.rendering",
        "rows_of": "interface.rows",
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
