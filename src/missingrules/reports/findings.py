"""Findings for other programs: plain JSON, and SARIF 2.1.0, by which code hosts show them on the changed lines."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from missingrules.domain.diagnostics import Diagnostic, Severity
    from missingrules.domain.source import Span

SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"
FORMAT: Final = 1


def findings_json(found: Iterable[Diagnostic]) -> str:
    """A list of findings: where (lines and columns from 1, the end exclusive), code, severity, words and advice."""
    said = {"format": FORMAT, "findings": [_plain(each) for each in found]}
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _plain(diagnostic: Diagnostic) -> dict[str, object]:
    span = diagnostic.span
    return {
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def findings_sarif(
    found: Sequence[Diagnostic], about: Mapping[str, tuple[Severity, str]], *, version: str, files: Iterable[str]
) -> str:
    """One run of `missingrules check`: `about` has the codes that are described, `files` what was looked at."""
    codes = {code: number for number, code in enumerate(dict.fromkeys([*about, *(each.code for each in found)]))}
    driver = {
        "name": "missingrules",
        "semanticVersion": version,
        "rules": [_rule(code, about) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(name)}} for name in files],
        "results": [_result(each, codes) for each in found],
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str, about: Mapping[str, tuple[Severity, str]]) -> dict[str, object]:
    if code not in about:
        return {"id": code}
    severity, what = about[code]
    return {"id": code, "shortDescription": {"text": what}, "defaultConfiguration": {"level": str(severity)}}


def _result(diagnostic: Diagnostic, codes: Mapping[str, int]) -> dict[str, Any]:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\n{diagnostic.hint}"
    said: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes[diagnostic.code],
        "level": str(diagnostic.severity),
        "message": {"text": text},
    }
    if diagnostic.span:
        span = diagnostic.span
        place = {"artifactLocation": {"uri": _uri(span.source.name)}, "region": _region(span)}
        said["locations"] = [{"physicalLocation": place}]
    return said


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        # Nothing where something is missing: a region of one column can be seen.
        "endColumn": max(span.end_column, span.column + 1) if span.end_line == span.line else span.end_column,
    }


def _uri(name: str) -> str:
    """A path as it was given, with the signs of an address."""
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
