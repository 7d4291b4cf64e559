"""Which protocols there are, and where each comes from. The environment is read here and nowhere else."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final

from missingrules.domain.diagnostics import Diagnostic, InvalidInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VARIABLE: Final = "MISSINGRULES_PROTOCOLS"
GROUP: Final = "missingrules.protocols"
ENDINGS: Final = (".yaml", ".yml")
_NAMED = re.compile(rb"""^protocol:[ \t]*["']?([a-z0-9_-]+)""", re.MULTILINE)
_FAR_ENOUGH = 1 << 16


@dataclass(frozen=True, slots=True)
class Found:
    """A protocol of the catalogue: its name, its file, and who brought it."""

    name: str
    path: Path
    where_from: str


def find(name_or_path: str | os.PathLike[str], given: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """The file of a protocol, by its path or by its name among `given` paths and all that are available."""
    text = os.fspath(name_or_path)
    if _looks_like_a_path(text):
        return Path(text)
    protocols = available(given)
    for each in protocols:
        if each.name == text:
            return each.path
    names = [each.name for each in protocols]
    hint = did_you_mean(text, names) or (f"there are: {', '.join(names)}" if names else None)
    raise InvalidInput([Diagnostic("unknown-protocol", f"no protocol is named '{text}'", None, hint)])


def available(given: Iterable[str | os.PathLike[str]] = ()) -> tuple[Found, ...]:
    """Every protocol, by name. Two of one name are an error, whoever brought them."""
    by_name: dict[str, Found] = {}
    problems: list[Diagnostic] = []
    for path, where_from in _everywhere(given):
        name = _name(path)
        if name is None:
            continue
        first = by_name.setdefault(name, Found(name, path, where_from))
        if first.path.resolve() != path.resolve():
            problems.append(
                Diagnostic(
                    "two-protocols",
                    f"two protocols are named '{name}': {first.path} ({first.where_from}) and {path} ({where_from})",
                    None,
                    "rename one of them, or leave one out",
                )
            )
    if problems:
        raise InvalidInput(problems)
    return tuple(by_name[name] for name in sorted(by_name))


def _looks_like_a_path(text: str) -> bool:
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


def _name(path: Path) -> str | None:
    """The name that a file gives itself at the start of a line; reading the whole file is for whoever wants it."""
    with path.open("rb") as file:
        named = _NAMED.search(file.read(_FAR_ENOUGH))
    return named[1].decode() if named else None
