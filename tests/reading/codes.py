"""The codes that the sources can give, found by looking through the sources."""

from __future__ import annotations

import ast
from pathlib import Path

import missingrules.reading

READING = Path(missingrules.reading.__file__).parent
# Who tells a mistake, and at which place among the arguments its code stands.
TELLERS = {"error": 0, "_wrong": 0, "report": 0, "stop": 0, "unknown": 0, "Diagnostic": 0, "PydanticCustomError": 0}


def codes(*modules: str) -> set[str]:
    """Every code that the named modules of reading give."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(ast.parse((READING / f"{module}.py").read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            said = [node.args[0]] if name in TELLERS and node.args else []
            said += [word.value for word in node.keywords if word.arg == "custom_error_type"]
            found.update(each.value for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return found
