"""The forms of reading/, as JSON Schema: what an author may write, told apart as the reader tells it apart.

Where a value has several forms the reader looks at one key to know which is meant, and so does the schema (`if` that
key, `then` that form): a mistake is told at its own place, and not as "none of these matches".
"""

from __future__ import annotations

import re
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from annotated_types import MinLen
from pydantic import BaseModel, BeforeValidator, Discriminator, PlainValidator, Tag
from pydantic.fields import FieldInfo

from missingrules.authoring import places
from missingrules.authoring.meanings import MEANS
from missingrules.authoring.words import FACT_NAME, NAME, SCALAR, Schema, hints, offer, one_of, ref, taken
from missingrules.reading.places import Text
from missingrules.reading.shapes import LIST, MAP, TEXT, OneOf, as_list, entries, one_map
from missingrules.reading.shapes import Condition as OfFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTS: Final = (as_list.func, entries.func, one_map.func)
_CONDITION: Final = next(each.func for each in get_args(OfFacts) if isinstance(each, PlainValidator))


class Shapes:
    """Definitions of models, each made once. `bound`: readings may stand in the place of values."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def model(self, model: type[BaseModel], *, bound: bool) -> Schema:
        """A reference to the definition of a map with these keys."""
        name = model.__name__ if bound else f"{model.__name__}.plain"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.map(model, bound=bound)
        return ref(name)

    def map(self, model: type[BaseModel], *, bound: bool) -> Schema:
        """A map with these keys and no others."""
        properties: dict[str, Schema] = {}
        required: list[str] = []
        annotations = get_type_hints(model, include_extras=True)
        for name, info in model.model_fields.items():
            key = info.alias or name
            annotation = annotations[name]
            least = next((each.min_length for each in info.metadata if isinstance(each, MinLen)), 0)
            made = self.value(annotation, f"{model.__name__}.{key}", bound=bound, least=least)
            about = info.description or key
            if re.search(r"\bnull\b", about):
                made = {"if": {"type": "null"}, "else": made} | offer(*hints(made))
            properties[key] = {"description": about} | beside(made)
            if info.is_required() or key in places.REQUIRED.get(model.__name__, ()):
                required.append(key)
        if bound and "if_read" not in properties:
            # In an entry of a list it may stand anywhere; `check` says where it may not.
            about = "The readings under which this stands"
            properties["if_read"] = {"description": about, "doNotSuggest": True} | beside(ref("options"))
        said = {"description": model.__doc__} if "__doc__" in vars(model) and model.__doc__ else {}
        return {"type": "object", **said, "properties": properties, "required": required, "additionalProperties": False}

    def value(self, annotation: Any, place: str, *, bound: bool, least: int = 0) -> Schema:
        """Whatever an annotation allows, or a reading of it; `least` is how many at least."""
        made = self._value(annotation, place, bound, least)
        return taken(made) if bound and made else made

    def _value(self, annotation: Any, place: str, bound: bool, least: int = 0) -> Schema:
        if place.endswith(".if_read"):
            return ref("options")
        base: Any = annotation
        marks: tuple[Any, ...] = ()
        if get_origin(annotation) is Annotated:
            base, marks = annotation.__origin__, annotation.__metadata__
        origin, args = get_origin(base), get_args(base)
        if found := next((each for each in marks if isinstance(each, Discriminator)), None):
            return self._forms(found, args, place, bound)
        if origin in (Union, UnionType):
            (some,) = (each for each in args if each is not NoneType)
            return self._value(some, place, bound, least)
        for each in marks:
            if isinstance(each, BeforeValidator) and isinstance(each.func, OneOf):
                means = MEANS.get(place.partition(".")[2], {})
                return one_of({word: means.get(word, "") for word in map(str, each.func.words)})
            if isinstance(each, FieldInfo):
                least = max([least, *(mark.min_length for mark in each.metadata if isinstance(mark, MinLen))])
        if base is Text:
            return ref(places.kind_of(place, places.KINDS, "text"))
        if base is bool:
            return ref("yes_no")
        if base is object:
            is_condition = any(isinstance(each, PlainValidator) and each.func is _CONDITION for each in marks)
            return ref(places.kind_of(place, places.CONDITIONS, "condition")) if is_condition else {}
        if origin is list:
            made: Schema = {"type": "array", "items": self.value(args[0], place, bound=bound)}
            made |= {"minItems": least} if least else {}
            if any(isinstance(each, BeforeValidator) and each.func in _LISTS for each in marks):
                item = made["items"]
                return {**offer(*hints(item)), "if": {"type": "array"}, "then": made, "else": item}
            return made
        if origin is dict:
            return self._named(args[1], place, bound, least)
        assert issubclass(base, BaseModel), (place, annotation)
        return self.model(base, bound=bound)

    def _named(self, annotation: Any, place: str, bound: bool, least: int) -> Schema:
        """A map of names of the author's own."""
        made: Schema = {"type": "object", "additionalProperties": self.value(annotation, place, bound=bound)}
        if isinstance(annotation, type):
            facts = {"pattern": f"^{FACT_NAME}$"} if place == "ProtocolFile.facts" else NAME
            made["propertyNames"] = facts
        return made | ({"minProperties": least} if least else {})

    def _forms(self, form: Discriminator, choices: Sequence[Any], place: str, bound: bool) -> Schema:
        """One of several forms: a text, a list, or maps that are known by a key."""
        context = form.custom_error_context or {}
        tell: Any = form.discriminator
        marks: dict[str, Schema] = {}
        made: dict[str, Schema] = {}
        for choice in choices:
            name = next(str(each.tag) for each in choice.__metadata__ if isinstance(each, Tag))
            rest = tuple(each for each in choice.__metadata__ if not isinstance(each, Tag))
            base = choice.__origin__
            made[name] = (
                ref("document") if name == MAP else self._value(Annotated[base, *rest] if rest else base, place, bound)
            )
            keys = str(context.get("marks", "")).split()
            if isinstance(base, type) and issubclass(base, BaseModel):
                keys += [info.alias or key for key, info in base.model_fields.items()]
            marks |= {
                key: made[name] for key in dict.fromkeys(keys) if name not in (TEXT, LIST) and tell({key: ""}) == name
            }
        otherwise: str | None = tell({})
        wanted = [kind for tag, kinds in ((TEXT, SCALAR), (LIST, ["array"])) if tag in made for kind in kinds]
        hint = str(context.get("hint", "this cannot be written in this way"))
        check: Schema = made[otherwise] if otherwise else {"type": wanted, "errorMessage": hint}
        for key in reversed(order(marks, str(context.get("marks", "")).split())):
            check = {"if": {"type": "object", "required": [key]}, "then": marks[key], "else": check}
        if LIST in made:
            check = {"if": {"type": "array"}, "then": made[LIST], "else": check}
        if TEXT in made:
            check = {"if": {"type": SCALAR}, "then": made[TEXT], "else": check}
        keys_offered = {key: {"description": self._about(key, marks[key])} for key in marks}
        words = hints(made[TEXT]) if TEXT in made else []
        if place.partition(".")[2] in ("deadline", "aim"):
            words = [ref("deadline_words")]
        if LIST in made:
            words += [each for each in hints(made[LIST].get("items", {})) if each not in words]
        return {**(offer(*words)), **({"properties": keys_offered} if keys_offered else {}), **check}

    def _about(self, key: str, form: Schema) -> str:
        name = str(form.get("$ref", "")).rpartition("/")[2]
        properties = self.definitions.get(name, {}).get("properties", {})
        return str(properties.get(key, {}).get("description", "An event, each time that it happens"))


def order(marks: dict[str, Schema], said: list[str]) -> list[str]:
    """The keys by which forms are known, in the order in which the reader looks for them."""
    return [key for key in said if key in marks] + [key for key in marks if key not in said]


def beside(schema: Schema) -> Schema:
    """A schema that other keys may stand beside: beside a `$ref` none counts."""
    return {"allOf": [schema]} if "$ref" in schema else schema
