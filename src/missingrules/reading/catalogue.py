"""Which protocols there are, and where each comes from. The environment is read here and nowhere else."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean
from missingrules.reading.nodes import Mapping, Scalar, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from missingrules.reading.nodes import Node

VARIABLE: Final = "MISSINGRULES_PROTOCOLS"
GROUP: Final = "missingrules.protocols"
ENDINGS: Final = (".yaml", ".yml")
_NAMED = re.compile(rb"""^protocol:[ \t]*["']?([a-z0-9_-]+)""", re.MULTILINE)
_FAR_ENOUGH = 1 << 16


NOT_TOLD_APART: Final = "leave one out, or let each edition say under in_force from when it holds"


@dataclass(frozen=True, slots=True)
class Found:
    """A protocol of the catalogue: its name, its file, and who brought it; and from when it holds, if it says so and
    another edition is there too."""

    name: str
    path: Path
    where_from: str
    holds_from: str = ""


def editions(name_or_path: str | os.PathLike[str], given: Iterable[str | os.PathLike[str]] = ()) -> tuple[Path, ...]:
    """The files of a protocol, by path or by name among `given` paths and all that are available: one for each edition,
    the oldest first."""
    text = os.fspath(name_or_path)
    if looks_like_a_path(text):
        return (Path(text),)
    protocols = available(given)
    if paths := tuple(each.path for each in protocols if each.name == text):
        return paths
    names = list(dict.fromkeys(each.name for each in protocols))
    hint = did_you_mean(text, names) or (f"there are: {', '.join(names)}" if names else None)
    raise InvalidInput([Diagnostic("unknown-protocol", f"no protocol is named '{text}'", None, hint)])


def find(name_or_path: str | os.PathLike[str], given: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """The file of a protocol, of several editions the newest."""
    return editions(name_or_path, given)[-1]


def available(given: Iterable[str | os.PathLike[str]] = ()) -> tuple[Found, ...]:
    """Every protocol, by name and age. Two of one name are an error, whoever brought them, unless they are editions
    that hold from different dates."""
    by_name: dict[str, dict[Path, Found]] = {}
    for path, where_from in _everywhere(given):
        name = _name(path)
        if name is not None:
            by_name.setdefault(name, {}).setdefault(path.resolve(), Found(name, path, where_from))
    found: list[Found] = []
    problems: list[Diagnostic] = []
    for name in sorted(by_name):
        first, *others = by_name[name].values()
        if not others:
            found.append(first)
            continue
        by_age: dict[str, Found] = {}
        for each in (first, *others):
            holds_from = _holds_from(each.path)
            other = by_age.setdefault(holds_from, replace(each, holds_from=holds_from))
            if other.path != each.path:
                both = f"{other.path} ({other.where_from}) and {each.path} ({each.where_from})"
                message = f"two protocols are named '{name}': {both}"
                problems.append(Diagnostic("two-protocols", message, None, f"rename one of them, {NOT_TOLD_APART}"))
        found += [by_age[age] for age in sorted(by_age)]
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def looks_like_a_path(text: str) -> bool:
    """Whether it is written as a path, and not as a name."""
    return text.endswith(ENDINGS) or "/" in text or os.sep in text


def _everywhere(given: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[Path, str]]:
    """Every file that may be a protocol, with who brought it."""
    for path in given:
        yield from ((each, "given") for each in _files(Path(path), "given"))
    for text in os.environ.get(VARIABLE, "").split(os.pathsep):
        if text:
            yield from ((each, VARIABLE) for each in _files(Path(text), VARIABLE))
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        where_from = f"package {point.dist.name}" if point.dist else f"entry point {point.name}"
        for path in _of_entry_point(point.load(), where_from):
            yield from ((each, where_from) for each in _files(path, where_from))
    for folder in _built_in():
        yield from ((each, "built in") for each in _files(folder, "built in"))


def _of_entry_point(loaded: object, where_from: str) -> list[Path]:
    """An entry point is a path, several, or a callable that gives one or several."""
    value = loaded() if callable(loaded) else loaded
    values = [value] if isinstance(value, str | os.PathLike) else value
    if isinstance(values, list | tuple | set | frozenset) and all(isinstance(v, str | os.PathLike) for v in values):
        return sorted(Path(each) for each in values)
    message = f"what {where_from} gives is {type(value).__name__} and no path"
    raise InvalidInput([Diagnostic("entry-point-no-path", message, None, "it should give a path, or a list of paths")])


def _built_in() -> list[Path]:
    """The project's own protocols: beside the sources of a checkout, or inside the installed package."""
    package = Path(str(resources.files("missingrules")))
    for folder in (package / "protocols", package.parent.parent / "protocols"):
        if folder.is_dir():
            return [folder]
    return []


def _files(path: Path, where_from: str) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.suffix in ENDINGS and each.is_file())
    if path.is_file():
        return [path]
    message = f"there is no file or folder {path} ({where_from})"
    raise InvalidInput([Diagnostic("protocol-not-found", message, None, "check the path")])


def _holds_from(path: Path) -> str:
    """From when the edition of a file says that it holds, as it is written there; nothing if it does not say."""
    try:
        found: Node | None = read_file(path)
    except InvalidInput:
        # Whoever reads the protocol is told.
        return ""
    found = found.get("sources") if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        found = next((node for _, node in found.entries), None)
        for key in ("edition", "in_force", "from"):
            found = found.get(key) if isinstance(found, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def _name(path: Path) -> str | None:
    """The name that a file gives itself at the start of a line; reading the whole file is for whoever wants it."""
    with path.open("rb") as file:
        named = _NAMED.search(file.read(_FAR_ENOUGH))
    return named[1].decode() if named else None
