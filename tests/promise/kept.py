"""What the promise is held against: the shapes as they stood in the last release. `python -m tests.promise.kept` writes
them anew, when a version is released and at no other time."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any, Final

from typer.main import get_command

import missingrules
from missingrules.authoring.schema import schema_of
from missingrules.cli.commands import app
from missingrules.reports.audit_rows import BREACHES, COLUMNS
from missingrules.reports.tables import DUTIES

HERE: Final = Path(__file__).parent
CODES: Final = HERE.parents[1] / "docs" / "codes.md"
READ: Final = ("case",)
WRITTEN: Final = ("result", "changes", "combination")


def shapes() -> dict[str, Any]:
    """What other systems build on beside the schemas, as it is now."""
    return {
        "face": {name: _parameters(name) for name in missingrules.__all__},
        "columns": {
            "evaluate": [each.name for each in DUTIES],
            "audit": list(COLUMNS),
            "breaches": list(BREACHES),
        },
        "commands": dict(_commands(get_command(app), "")),
        "codes": codes(),
    }


def codes() -> list[str]:
    """Every code that has its place on the page."""
    page = CODES.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE)
    return sorted({code for row in rows for code in re.findall(r"`([a-z0-9-]+)`", row)} | set(_sections(page)))


def _sections(page: str) -> list[str]:
    return re.findall(r"^### `([a-z0-9-]+)`$", page, re.MULTILINE)


def _parameters(name: str) -> list[str] | None:
    """Of a function its parameters, those without a default marked with `!`; of a type None."""
    value = getattr(missingrules, name)
    if not inspect.isfunction(value):
        return None
    parameters = inspect.signature(value).parameters.values()
    return [f"{each.name}{'!' if each.default is each.empty else ''}" for each in parameters]


def _commands(one: Any, name: str) -> list[tuple[str, list[str]]]:
    inner = getattr(one, "commands", None)
    own = [(name, sorted(option for param in one.params for option in param.opts if option.startswith("-")))]
    if inner is None:
        return own
    return own + [found for each, command in inner.items() for found in _commands(command, f"{name} {each}".strip())]


def schema_file(kind: str) -> Path:
    return HERE / f"{kind}.schema.json"


def write() -> None:
    for kind in (*READ, *WRITTEN):
        text = json.dumps(schema_of(kind), indent=1, ensure_ascii=False)
        schema_file(kind).write_text(text + "\n", encoding="utf-8", newline="\n")
    text = json.dumps(shapes(), indent=1, ensure_ascii=False)
    (HERE / "shapes.json").write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
