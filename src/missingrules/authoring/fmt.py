"""One layout for files that authors write, their comments kept. Only here does anything ask ruamel.yaml."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from missingrules.authoring.layout import WIDTH, Layout
from missingrules.authoring.orders import is_ledger, ordered
from missingrules.authoring.pieces import pieces
from missingrules.domain.diagnostics import Diagnostic, InvalidInput
from missingrules.reading.nodes import plain, read_nodes
from missingrules.reading.texts import source_from_text
from missingrules.reading.yaml_events import marks, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.authoring.pieces import Event

_SCENARIOS: Final = re.compile(r"^scenarios:", re.MULTILINE)
# Ledgers are made by `sources index`, one paragraph a line.
_NO_WIDTH: Final = 100_000


def formatted(text: str, name: str) -> str:
    """The text in the one layout. Raises `InvalidInput` for what our reader refuses, and without ruamel.yaml."""
    shared = _SCENARIOS.search(text) is not None
    before = plain(read_nodes(text, name, shared=shared))
    clean = source_from_text(text, name).text
    above, root, below = pieces(clean, _events(clean, name))
    ordered(root)
    made = Layout(_NO_WIDTH if is_ledger(root) else WIDTH).whole(above, root, below)
    # Whatever is not seen through here leaves the file as it is.
    try:
        same = plain(read_nodes(made, name, shared=shared)) == before
    except InvalidInput:
        same = False
    if not same or comments(made) != comments(clean):
        raise _unsafe(name)
    return made


def _unsafe(name: str) -> InvalidInput:
    message = f"{name} could not be laid out without changing what it says, and was left as it is"
    return InvalidInput([Diagnostic("layout-unsafe", message, hint="please report this, with the file")])


def comments(text: str) -> Counter[str]:
    """Every comment of a text, and how often it stands there."""
    found: Counter[str] = Counter()
    end = 0
    for start, stop in _places(text):
        found.update(_comments(text[end:start]))
        end = stop
    found.update(_comments(text[end:]))
    return found


def _comments(gap: str) -> list[str]:
    return [match[0].rstrip(" ") for match in re.finditer(r"#[^\n]*", gap)]


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where scalars stand; of those under `>` and `|` a comment in the first line is left out."""
    # By our reader's own parser: quick, and another than the one by which the text was taken apart.
    for event in parse(text, None):
        if type(event).__name__ != "ScalarEvent":
            continue
        start, end = (mark.index for mark in marks(event))
        if getattr(event, "style", None) not in ("|", ">"):
            yield start, end
            continue
        begin = re.compile(r"&[^\s,\[\]{}]+[ \n]*").match(text, start)
        head = begin.end() if begin else start
        line_end = text.find("\n", head)
        line = text[head : line_end if line_end >= 0 else len(text)]
        yield start, head + (line.find("#") if "#" in line else len(line))
        lines = text[line_end + 1 : end].split("\n") if line_end >= 0 else []
        first = next((each for each in lines if each.strip(" ")), "")
        indent = len(first) - len(first.lstrip(" "))
        index = stop = line_end + 1
        for each in lines:
            if each.strip(" ") and len(each) - len(each.lstrip(" ")) < indent:
                break
            index += len(each) + 1
            stop = min(index, end)
        yield line_end + 1 if line_end >= 0 else end, stop


def _events(text: str, name: str) -> Iterator[Event]:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ImportError:
        message = "fmt needs ruamel.yaml, which is not installed"
        hint = "python -m pip install 'missingrules[authoring]'"
        raise InvalidInput([Diagnostic("not-installed", message, hint=hint)]) from None
    try:
        # Its parser without comments: they are found in the text, and keeping them it stumbles over some.
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError:
        raise _unsafe(name) from None
