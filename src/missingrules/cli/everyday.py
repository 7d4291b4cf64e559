"""What every command can be asked: `--quiet` and `--json`. They are added here, once, and not by each command."""

from __future__ import annotations

import inspect
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, get_args, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BAD_INPUT: Final = 2
QUIET: Final = "Nothing beside what was asked for: no progress, no word on what was written or that all is well."
JSON: Final = "As JSON, on standard output or in the file of --output; --format json for short."

_OPTIONS: Final = (
    ("asked_json", Annotated[bool, typer.Option("--json", help=JSON)]),
    ("asked_quiet", Annotated[bool, typer.Option("--quiet", help=QUIET)]),
)


class Asked(NamedTuple):
    """What was asked of the command that runs."""

    quiet: bool = False
    json: bool = False


# Holds for the command that runs, and for none beside it.
_ASKED: Final[ContextVar[Asked]] = ContextVar("asked")


def is_quiet() -> bool:
    """Whether the command that runs is to say nothing beside what was asked for."""
    return _ASKED.get(Asked()).quiet


def as_json() -> bool:
    """Whether the command that runs is to answer with JSON."""
    return _ASKED.get(Asked()).json


@contextmanager
def asked(*, quiet: bool, json: bool) -> Iterator[None]:
    """For as long as it lasts."""
    token = _ASKED.set(Asked(quiet, json))
    try:
        yield
    finally:
        _ASKED.reset(token)


class Commands(typer.Typer):
    """An app of which every command has both options."""

    def command(self, name: str | None = None, **about: Any) -> Callable[[Any], Any]:
        register = super().command(name, **about)

        def registered(function: Callable[..., None]) -> Callable[..., None]:
            register(everyday(function))
            return function

        return registered


def everyday(function: Callable[..., None]) -> Callable[..., None]:
    """The command with both options. Where it has a format, `--json` chooses that; otherwise it asks `as_json`."""
    hints = get_type_hints(function, include_extras=True)
    formats = {name: found for name, hint in hints.items() if (found := _formats(name, hint))}

    @wraps(function)
    def command(*, asked_json: bool, asked_quiet: bool, **given: Any) -> None:
        with asked(quiet=asked_quiet, json=asked_json):
            for name, known in formats.items() if asked_json else ():
                given[name] = _json_of(given[name], known, whole.parameters[name].default)
            function(**given)

    whole = inspect.signature(function)
    own = [each.replace(annotation=hints[each.name]) for each in whole.parameters.values()]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=of) for name, of in _OPTIONS
    ]
    command.__signature__ = whole.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {**hints, **dict(_OPTIONS)}
    return command


def _formats(name: str, hint: Any) -> type[StrEnum] | None:
    """The formats of an option that chooses one with JSON among them."""
    if name not in ("format", "form"):
        return None
    inner = get_args(hint)[0]
    kinds = [each for each in (inner, *get_args(inner)) if isinstance(each, type) and issubclass(each, StrEnum)]
    return next((kind for kind in kinds if "json" in list(kind)), None)


def _json_of(given: StrEnum | None, known: type[StrEnum], default: StrEnum | None) -> StrEnum:
    """The format that is JSON, where no other was asked for."""
    if given not in (None, default, known("json")):
        from missingrules.domain.diagnostics import Diagnostic

        message = f"--json and --format {given} cannot be asked for at once"
        print(Diagnostic("options-together", message, hint="leave one of them out").render(), file=sys.stderr)
        raise typer.Exit(BAD_INPUT)
    return known("json")
