"""The pieces the schema is built from: texts that know their place, closed lists of words, forms told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    InstanceOf,
    PlainValidator,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from missingrules.reading.located import Blank, Tree
from missingrules.reading.places import Text

# Marks the parts of an error's path that are ours and not the author's.
TAG: Final = "·"
TEXT: Final = f"{TAG}text"
LIST: Final = f"{TAG}list"
MAP: Final = f"{TAG}map"


def shown(value: object) -> str:
    """What stands there, for a message."""
    if isinstance(value, dict):
        return "a map" if value else "an empty map"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, Blank):
        return "nothing"
    text = str(value)
    return f"'{text}'" if len(text) <= 60 else f"'{text[:60]}…'"


def listed(words: tuple[str, ...] | list[str]) -> str:
    """`a, b or c`."""
    return ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]


class OneOf:
    """One of a closed list of words."""

    def __init__(self, *words: str) -> None:
        self.words = words
        # "will" and "shall" are what papers have most, and none of the words.
        self.more = (
            " (must: also for will and shall; stated: where the source has no such word)" if "stated" in words else ""
        )

    def __call__(self, value: object) -> object:
        if isinstance(value, Text) and value not in self.words:
            raise PydanticCustomError(
                "not-one-of",
                "{found} cannot stand here",
                {"found": shown(value), "hint": f"write {listed(self.words)}{self.more}"},
            )
        return value


def only(*words: str) -> BeforeValidator:
    return BeforeValidator(OneOf(*words))


class _Form(Discriminator):
    """A discriminator with a context, which pydantic's own cannot hash."""

    def __hash__(self) -> int:
        return id(self)


def form(what: str, *keys: tuple[str, str], text: bool = False, list_: bool = False) -> Discriminator:
    """Tells a value's forms apart: a text, a list, or a map known by a key; `keys` pairs it with the map's model."""

    tags = [(key, TAG + model) for key, model in keys]

    def tell(value: object) -> str | None:
        if isinstance(value, Text):
            return TEXT if text else None
        if isinstance(value, dict):
            for key, tag_ in tags:
                if key in value:
                    return tag_
            return None
        return LIST if list_ and isinstance(value, list) else None

    marks = [key for key, _ in keys]
    ways = [*(["a word"] if text else []), *(["a list"] if list_ else []), f"a map with {listed(marks)}"]
    return _Form(
        tell,
        custom_error_type="unknown-form",
        custom_error_message="{what} cannot be written in this way",
        custom_error_context={"what": what, "hint": f"write {listed(ways)}", "marks": " ".join(marks)},
    )


def tag(model: str) -> Tag:
    return Tag(TAG + model)


def _one_as_list(value: object) -> object:
    return [value] if isinstance(value, Text) else value


def _entry_as_list(value: object) -> object:
    return [value] if isinstance(value, dict | Text) else value


WRITTEN_SO: Final = {
    **dict.fromkeys(("yes", "on", "true"), "write true"),
    **dict.fromkeys(("no", "off", "false"), "write false"),
}


def _yes_no(value: object) -> bool:
    if value in ("true", "false"):
        return value == "true"
    hint = WRITTEN_SO.get(str(value).lower())
    raise PydanticCustomError(
        "not-true-or-false",
        "only true or false can stand here, not {found}",
        {"found": shown(value), "hint": hint or "write true or false"},
    )


def _condition(value: object) -> dict[Text, Tree]:
    if isinstance(value, dict) and value:
        return value
    raise PydanticCustomError(
        "wrong-shape",
        "a condition is wanted here, found {found}",
        {"found": shown(value), "hint": "write facts and their tests, such as {child.looked_after: true}"},
    )


def _reference_form(value: object) -> str:
    return MAP if isinstance(value, dict) else TEXT


def _map_as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _as_it_is(value: object) -> object:
    return value


as_list: Final = BeforeValidator(_one_as_list)
entries: Final = BeforeValidator(_entry_as_list)
one_map: Final = BeforeValidator(_map_as_list)

Word = Annotated[Text, InstanceOf(), WithJsonSchema({"type": "string"})]
Number = Annotated[Text, InstanceOf(), WithJsonSchema({"type": ["string", "integer"]})]
YesNo = Annotated[bool, PlainValidator(_yes_no), WithJsonSchema({"type": "boolean"})]
if TYPE_CHECKING:
    from missingrules.domain.source import Span

    Condition: TypeAlias = dict[Text, Tree]
else:
    # pydantic would look into what the validator settles alone.
    Condition = Annotated[object, PlainValidator(_condition), WithJsonSchema({"type": "object"})]
Anything = Annotated[object, PlainValidator(_as_it_is), WithJsonSchema({})]
Words = Annotated[list[Word], as_list]
OtherDocument = Annotated[dict[Word, Word], Tag(MAP)]
Reference = Annotated[Annotated[Word, Tag(TEXT)] | OtherDocument, Discriminator(_reference_form)]
References = Annotated[list[Reference], entries]


class Closed(BaseModel):
    """A map with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


Cited: TypeAlias = Text | dict[Text, Text]


def where(value: object) -> Span | None:
    """Where a piece of what was validated begins; for messages only, it looks through all of it."""
    first: Text | None = None
    queue = [value]
    while queue:
        each = queue.pop()
        if isinstance(each, Text):
            first = each if first is None or each.start < first.start else first
        elif isinstance(each, dict):
            queue += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            queue += each
        elif isinstance(each, BaseModel):
            queue += [getattr(each, name) for name in each.model_fields_set]
    return None if first is None else first.span


def last_of(values: list[object]) -> Span | None:
    """Where the last in the file of several values begins."""
    spans = [span for value in values if (span := where(value))]
    return max(spans, key=lambda span: (span.line, span.column), default=None)
