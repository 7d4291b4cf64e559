"""Diagnostics of one case, collected with their places; a hostile file does not make many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from missingrules.domain.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from missingrules.domain.source import Span

Path = tuple[str | int, ...]
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

# A case with more mistakes than this is not the file that was meant.
MOST: Final = 100

WANTS_LIST: Final = "a list is wanted here"
HOW_LIST: Final = "write [first, second], or lines that begin with -"
WANTS_NAMES: Final = "names with values are wanted here"
HOW_NAMES: Final = "write lines such as `name: value`"
IN_BRACKETS: Final = "if it goes with the value before it, put the two in brackets: [FIRST, SECOND]"
NOT_THERE: Final = "leave it out: neither the shared vocabulary nor the protocols given have it"

_LISTS = ("list_type", "tuple_type", "too_long")
_MAPS = ("dict_type", "model_type", "model_attributes_type")


class Place(Protocol):
    """Where something of the input was written: the value at a path, or with `key` its name. None: nowhere."""

    def __call__(self, path: Path, *, key: bool = False) -> Span | None: ...


def nowhere(path: Path, *, key: bool = False) -> Span | None:
    """The place of data that no file holds."""
    return None


class Findings:
    """What is wrong with one case so far."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._found: list[Diagnostic] = []

    @property
    def full(self) -> bool:
        return len(self._found) >= MOST

    def add(
        self,
        code: str,
        message: str,
        path: Path,
        hint: str | None = None,
        *,
        key: bool = False,
        near: tuple[str, Iterable[str]] | None = None,
    ) -> None:
        """One finding. `near`: a word and the known ones, for a hint where one is like it."""
        if self.full:
            return
        if near:
            hint = did_you_mean(*near) or hint
        span = self._place(path, key=key)
        if span is None and path:
            message = f"{_dotted(path)}: {message}"
        self._found.append(Diagnostic(code, message, span, hint))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        return tuple(self._found)

    def leaf(self, read: Callable[[object], T], value: object, path: Path) -> T | None:
        """The leaf as `read` gives it, or None with a finding."""
        try:
            return read(value)
        except PydanticCustomError as error:
            context = error.context or {}
            self.add(error.type, str(context.get("message")), path, context.get("hint"))
            return None

    def model(self, model: type[M], value: object, path: Path, *, known: Iterable[str] | None = None) -> M | None:
        """The value read as a model, or None with a finding for each mistake."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            keys = known if known is not None else _keys(model)
            errors = error.errors(include_url=False, include_input=False)
            extra = [one["loc"] for one in errors if one["type"] == "extra_forbidden"]
            for one in errors:
                if one["type"] == "missing" and any(_is_slip(one["loc"], other) for other in extra):
                    continue
                self._pydantic(one["type"], path + one["loc"], one.get("ctx") or {}, keys)
            return None

    def _pydantic(self, kind: str, path: Path, context: Mapping[str, Any], keys: Iterable[str]) -> None:
        # `[key]` is pydantic's own mark for a mistake in a name.
        in_key = bool(path) and path[-1] == "[key]"
        if in_key:
            path = path[:-1]
        if "message" in context:
            self.add(kind, context["message"], path, context.get("hint"), key=in_key)
        elif kind == "missing":
            self.add("missing-key", f"{path[-1]} is missing here", path[:-1], f"add `{path[-1]}: ...`")
        elif kind == "extra_forbidden":
            self.unknown_key(path, keys)
        elif kind in _LISTS:
            self.add("wrong-shape", WANTS_LIST, path, HOW_LIST)
        elif kind in _MAPS:
            self.add("wrong-shape", WANTS_NAMES, path, HOW_NAMES)
        else:
            self.add("wrong-shape", "this is not of the kind that is wanted here", path)

    def unknown_key(self, path: Path, known: Iterable[str]) -> None:
        word = str(path[-1])
        names = list(known)
        self.add(
            "unknown-key", f"no key is named {shown(word)} here", path, f"the keys are {', '.join(names)}",
            key=True, near=(word, names),
        )  # fmt: skip


def _is_slip(missing: Path, other: Path) -> bool:
    """Whether a missing key is there, but misspelt."""
    return missing[:-1] == other[:-1] and did_you_mean(str(other[-1]), [str(missing[-1])]) is not None


def shown(word: str) -> str:
    """A word of the author's in quotes, cut where it is long."""
    visible = "".join(c if c.isprintable() else " " for c in word)
    return f"'{visible if len(visible) <= 60 else visible[:57] + '...'}'"


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
