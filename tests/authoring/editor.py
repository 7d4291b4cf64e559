"""A file as a YAML editor sees it: `7.10` a number, `true` a truth, nothing after a colon null."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from pathlib import Path


class Core(yaml.SafeLoader):
    """The core schema of YAML 1.2, by which language servers read."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}  # type: ignore[misc]


for _tag, _pattern, _first in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", "~|null|Null|NULL|", "~nN"),
    ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _signs = [*_first, *([""] if _tag == "null" else [])]
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _signs)


def core(path: Path) -> object:
    """As YAML 1.2 reads it."""
    return _as_json(yaml.load(path.read_text(encoding="utf-8"), Core))


def older(path: Path) -> object:
    """As YAML 1.1 reads it."""
    return _as_json(yaml.safe_load(path.read_text(encoding="utf-8")))


def _as_json(tree: object) -> object:
    if isinstance(tree, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): _as_json(each) for key, each in tree.items()}
    if isinstance(tree, list):
        return [_as_json(each) for each in tree]
    # Language servers leave dates as texts.
    return tree.isoformat() if isinstance(tree, date) else tree
