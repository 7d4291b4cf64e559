"""docs/promise.md, as far as it can be held mechanically: what is now against what stood in the last release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from missingrules.authoring.schema import PUBLISHED, schema_of
from tests.promise import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

THEN: Final[dict[str, Any]] = json.loads((kept.HERE / "shapes.json").read_text(encoding="utf-8"))
NOW: Final = kept.shapes()
# What says something to people alone.
WORDS: Final = frozenset({"title", "description", "$schema", "$id", "$defs", "default", "examples"})
# What stays as it is; a change of one of these has to be thought about.
BOUNDS: Final = frozenset(
    {
        "pattern",
        "patternProperties",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "prefixItems",
        "format",
        "const",
    }
)
KNOWN: Final = (
    WORDS | BOUNDS | {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
)


class Held:
    """One schema against the one before it.

    `written`: of what others read, everything that comes out now must be what came out then, and more keys; of what is
    read by us everything that was taken must be taken.
    """

    def __init__(self, then: Any, now: Any, *, written: bool) -> None:
        self.then, self.now, self.written = then, now, written
        self._seen: set[tuple[str, str]] = set()

    def breaches(self) -> list[str]:
        return list(self._held(self.then, self.now, ""))

    def _held(self, then: Any, now: Any, path: str) -> Iterator[str]:
        names = str(then.get("$ref")), str(now.get("$ref"))
        if "None" not in names:
            if names in self._seen:
                return
            self._seen.add(names)
        then, now = self._whole(then, self.then), self._whole(now, self.now)
        strange = (then.keys() | now.keys()) - KNOWN
        assert not strange, f"this test does not know how to compare {strange} at {path}"
        yield from self._choices(then, now, path)
        yield from self._keys(then, now, path)
        for word in sorted(BOUNDS):
            if then.get(word) != now.get(word):
                yield f"{path}: {word} was {then.get(word)}, and is {now.get(word)}"
        if "items" in then:
            yield from self._held(then["items"], now.get("items", {}), f"{path}[]")

    def _keys(self, then: Any, now: Any, path: str) -> Iterator[str]:
        was, has = then.get("properties", {}), now.get("properties", {})
        for name, inner in was.items():
            if name in has:
                yield from self._held(inner, has[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is gone"
        needed, needs = set(then.get("required", ())), set(now.get("required", ()))
        if lost := (needed - needs if self.written else needs - needed):
            yield f"{path}: {sorted(lost)} {'may be left out' if self.written else 'must be given'}"
        more, still = then.get("additionalProperties"), now.get("additionalProperties")
        if isinstance(more, dict) and isinstance(still, dict):
            yield from self._held(more, still, f"{path}.*")
        elif more != still and not (more is False and not self.written):
            yield f"{path}: other keys were {more}, and are {still}"

    def _choices(self, then: Any, now: Any, path: str) -> Iterator[str]:
        if "enum" in then or "enum" in now:
            was, has = (set(map(json.dumps, each.get("enum", ()))) for each in (then, now))
            # What is read may grow; the words of what is written stay as they are.
            if was - has or (self.written and has - was):
                yield f"{path}: the words were {sorted(was)}, and are {sorted(has)}"
        was, has = _types(then), _types(now)
        if (has - was) if self.written else (was - has):
            yield f"{path}: it was {sorted(was)}, and is {sorted(has)}"
        if "anyOf" not in then and "anyOf" not in now:
            return
        ones, others = then.get("anyOf", [then]), now.get("anyOf", [now])
        wanted, among = (others, ones) if self.written else (ones, others)
        for each in wanted:
            if not any(self._fits(*((one, each) if self.written else (each, one)), path) for one in among):
                yield f"{path}: {json.dumps(each)[:120]} is {'new' if self.written else 'gone'}"

    def _fits(self, then: Any, now: Any, path: str) -> bool:
        before = set(self._seen)
        held = not list(self._held(then, now, path))
        if not held:
            self._seen = before
        return held

    def _whole(self, part: Any, of: Any) -> Any:
        if "$ref" not in part:
            return part
        found = of
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return {**found, **{name: each for name, each in part.items() if name != "$ref"}}


def _types(part: Any) -> set[str]:
    found = part.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _then(kind: str) -> Any:
    return json.loads(kept.schema_file(kind).read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", kept.READ)
def test_what_was_read_is_read(kind: str) -> None:
    assert Held(_then(kind), schema_of(kind), written=False).breaches() == []


@pytest.mark.parametrize("kind", kept.WRITTEN)
def test_what_is_written_is_what_was_written_and_more(kind: str) -> None:
    assert Held(_then(kind), schema_of(kind), written=True).breaches() == []


@pytest.mark.parametrize("kind", PUBLISHED)
def test_a_schema_says_which_format_it_is_of(kind: str) -> None:
    assert schema_of(kind)["$id"] == f"urn:missingrules:schema:{kind}:1"


def test_no_name_of_the_face_goes_and_calls_go_on_working() -> None:
    for name, then in THEN["face"].items():
        assert name in NOW["face"], name
        now = NOW["face"][name]
        if then is None or now is None:
            assert then == now, name
            continue
        assert now[: len(then)] == then or {each.rstrip("!") for each in then} <= {each.rstrip("!") for each in now}, (
            name
        )
        # A parameter that is new may be left out.
        assert {each for each in now if each.endswith("!")} <= set(then), name


def test_columns_are_added_at_the_end() -> None:
    for name, then in THEN["columns"].items():
        assert NOW["columns"][name][: len(then)] == then, name


def test_no_command_option_or_code_goes() -> None:
    for name, options in THEN["commands"].items():
        assert set(options) <= set(NOW["commands"].get(name, ())), name
    assert set(THEN["codes"]) <= set(NOW["codes"])


# --- the comparison itself --------------------------------------------------------------------------------------------

SMALL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "status": {"enum": ["due", "met"]},
        "due": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
    },
    "required": ["status", "due"],
    "additionalProperties": False,
    "$defs": {"Part": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
}


def _with(path: str, value: Any) -> Any:
    made = json.loads(json.dumps(SMALL))
    *steps, last = path.split("/")
    inner = made
    for step in steps:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return made


@pytest.mark.parametrize(
    ("path", "value", "when_read", "when_written"),
    [
        ("properties/more", {"type": "string"}, True, True),
        ("properties/status", None, False, False),
        ("properties/status/enum", ["due"], False, False),
        ("properties/status/enum", ["due", "met", "late"], True, False),
        ("properties/due/anyOf", [{"type": "string"}], False, True),
        ("properties/due/anyOf", [{"type": "string"}, {"type": "null"}, {"type": "number"}], True, False),
        ("required", ["status"], True, False),
        ("required", ["status", "due", "parts"], False, True),
        ("$defs/Part/properties/id/type", "number", False, False),
        ("$defs/Part/properties/id/pattern", "[a-z]+", False, False),
        ("additionalProperties", True, True, False),
    ],
)
def test_what_breaks_the_promise_is_seen(path: str, value: Any, when_read: bool, when_written: bool) -> None:
    now = _with(path, value)
    assert (Held(SMALL, now, written=False).breaches() == []) is when_read
    assert (Held(SMALL, now, written=True).breaches() == []) is when_written
    assert Held(SMALL, SMALL, written=True).breaches() == Held(SMALL, SMALL, written=False).breaches() == []
