"""Findings that the authors accept, each with its place and why. An acceptance that matches nothing is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from missingrules.domain.diagnostics import Diagnostic, Severity, did_you_mean
from missingrules.reading.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from missingrules.checks.frame import Subject

CODE = "accepts-nothing"


class Acceptance(NamedTuple):
    """One entry of `accepts`: which code, at which rule, act or name of the file."""

    code: Scalar
    at: Scalar


def acceptances(root: Mapping) -> list[Acceptance]:
    section = root.get("accepts")
    found = []
    for each in section.items if isinstance(section, Sequence) else ():
        if isinstance(each, Mapping):
            code, at = each.get("code"), each.get("at")
            if isinstance(code, Scalar) and isinstance(at, Scalar):
                found.append(Acceptance(code, at))
    return found


def without_accepted(
    found: Iterable[Diagnostic], subject: Subject, asked: Collection[str], known: Collection[str]
) -> list[Diagnostic]:
    """What is left of the findings, and the acceptances that match none.

    `asked`: the codes that were looked for just now; `known`: all that an acceptance can name.
    """
    entries = acceptances(subject.root)
    used: set[Acceptance] = set()
    left = []
    for diagnostic in found:
        match = [each for each in entries if each.code == diagnostic.code and _is_at(diagnostic, each.at, subject)]
        used.update(match)
        if not match:
            left.append(diagnostic)
    for each in entries:
        if each in used:
            continue
        code, at = each
        if code not in known:
            hint = did_you_mean(code, known) or "the codes that can be accepted are those of the linter"
            left.append(_nothing(f"no finding that can be accepted has the code '{code}'", code, hint))
        elif at not in subject.where.places:
            hint = did_you_mean(at, subject.where.places) or "name a rule, RULE.ITEM, a table, a role or another name"
            left.append(_nothing(f"nothing in this file is named '{at}'", at, hint))
        elif code in asked:
            hint = "take the entry out, or name the place where the finding is"
            left.append(_nothing(f"there is nothing to accept: '{at}' has no finding '{code}'", code, hint))
    return left


def _nothing(message: str, place: Scalar, hint: str) -> Diagnostic:
    return Diagnostic(CODE, message, place.span, hint, Severity.ERROR)


def _is_at(diagnostic: Diagnostic, name: Scalar, subject: Subject) -> bool:
    """Whether a finding stands inside what has this name."""
    span = diagnostic.span
    if span is None or span.source is not subject.root.page.source:
        return False
    here = span.line, span.column
    for start, end in subject.where.places.get(name, ()):
        place = subject.root.page.span(start, end)
        if (place.line, place.column) <= here < (place.end_line, place.end_column):
            return True
    return False
