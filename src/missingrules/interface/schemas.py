"""The published JSON Schemas of the shapes that other systems build on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.interface.case import CaseFile
from missingrules.interface.changes import ChangesOut
from missingrules.interface.combinations import CombinationOut
from missingrules.interface.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The JSON Schema of a `case` as it is read, and of a `result`, one `combination` of readings and
    `changes` as written."""
    return {
        "case": CaseFile.model_json_schema(by_alias=True, mode="validation"),
        "result": Result.model_json_schema(by_alias=True, mode="serialization"),
        "changes": ChangesOut.model_json_schema(by_alias=True, mode="serialization"),
        "combination": CombinationOut.model_json_schema(by_alias=True, mode="serialization"),
    }
