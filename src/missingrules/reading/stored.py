"""Results as they were stored, whole: JSON that this library wrote."""

from __future__ import annotations

import os
from typing import Final

import pydantic

from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.interface.result import Result
from missingrules.reading.texts import bytes_from_file

MOST_BYTES: Final = 50_000_000


def read_result(path: str | os.PathLike[str]) -> Result:
    """The result in a file, as `evaluate --format json` or `to_json` wrote it. From a text:
    `Result.model_validate_json`.

    Raises `InvalidInput`: `file-unreadable`, `file-too-large`, `not-a-result` for what is no result of format 1.
    Source: docs/case-and-result.md, The receipt.
    """
    return read_result_text(bytes_from_file(path, MOST_BYTES), os.fspath(path))


def read_result_text(text: str | bytes, name: str = "result") -> Result:
    """As `read_result`, from JSON text; `name` is what messages call it."""
    try:
        return Result.model_validate_json(text)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{name} is no result of format 1: {first['msg']}{f' at {where}' if where else ''}"
        hint = "give what evaluate --format json wrote, with this version or one of the same format"
        raise InvalidInput([Diagnostic("not-a-result", message, hint=hint)]) from None
