"""What an answer was worked out from, so that it can be had again: the question, the rules, and the case's hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.domain.case import Case
    from missingrules.domain.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it was asked, beside what the answer says itself (`as_of`, `horizon_days`).

    `readings` are those that were chosen; `case_hash` is of all that the case says and of nothing else, so that the
    same history written otherwise has the same.
    """

    readings: Mapping[str, str]
    organisation: bool
    where_applies: bool
    protocols: tuple[Protocol, ...]
    case_hash: str


def hash_of(case: Case) -> str:
    """`sha256:` and 64 hexadecimal digits, of a case in one canonical form; it changes only with this form's number."""
    said = json.dumps([CANONICAL, _plain(case)], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


# The number of the form below, part of what is hashed.
CANONICAL = 1


def _plain(value: Any) -> Any:
    """Every part with its type told apart: a date is no text, and a length no number."""
    if is_dataclass(value):
        # Left out where it says nothing, so that a part that cases get later changes no older hash.
        parts = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: _plain(part) for name, part in parts.items() if part is not None and part != () and part != {}}
    if isinstance(value, Enum):
        return {"is": value.value}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, tuple):
        # In which order a file lists its episodes, events and records says nothing.
        return sorted((_plain(each) for each in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, str | int):
        return value
    return {name: _plain(value[name]) for name in sorted(value)}
