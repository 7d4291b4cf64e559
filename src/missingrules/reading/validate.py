"""Nodes -> models. Every mistake of shape is told in our words, at the place where the author made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from missingrules.domain.diagnostics import did_you_mean
from missingrules.reading.located import Blank, first, located
from missingrules.reading.nodes import Mapping, Scalar, Sequence, at
from missingrules.reading.places import Text
from missingrules.reading.shapes import TAG, listed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from missingrules.domain.source import Span
    from missingrules.reading.located import Known, Tree
    from missingrules.reading.nodes import Node
    from missingrules.reading.report import Report

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")

# What to write where two at least are wanted and one is there.
_MORE = {
    "cases": "write another case, or take its keys into the rule",
    "options": "write another option, or take the reading out",
    "any": "write another trigger, or the one alone",
}
_FIRST_SCENARIO = "write the first beneath it: - name: NAME, with why, as_of, case and expect"
_SILENT = ("by", "chair", "attend", "to", "with", "deadline", "until")
# pydantic's names for "not the shape that was wanted", and the shape in our words.
_WANTED = {"is_instance_of": "a word or a line of text", "list_type": "a list"}


def check(
    model: type[Model],
    node: Node,
    report: Report,
    *,
    keys_of: type[BaseModel] | None = None,
    known: Known | None = None,
) -> Model | None:
    """The node as a model, or None with its mistakes reported.

    `keys_of`: whose keys to suggest at the top; `known`: what nodes became before, under another reading.
    """
    try:
        return model.model_validate(located(node, known))
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False)
        errors = list(_but_series(errors, node, report))
        misspelt = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
        for error in errors:
            if error["type"] == "missing" and any(_is_slip(error["loc"], other) for other in misspelt):
                continue
            _tell(dict(error), node, model, report, keys_of)
        return None


def _is_slip(missing: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether a missing key is there, but misspelt."""
    return missing[:-1] == other[:-1] and did_you_mean(str(other[-1]), [str(missing[-1])]) is not None


def _but_series(errors: list[Any], node: Node, report: Report) -> Iterator[Any]:
    """All but what is wrong with series that say their interval at once: told here, each in one."""
    ends = {(error["type"], error["loc"]) for error in errors}
    intervals = {loc[:-1] for kind, loc in ends if kind == "extra_forbidden" and loc[-1] == "every"}
    lacking = {loc[:-1] for kind, loc in ends if kind == "missing" and loc[-1] == "phases"}
    for loc in intervals & lacking:
        found = at(node, _written(node, tuple(step for step in loc if not str(step).startswith(TAG))))
        phase = ", ".join(_pairs(found, ("every", "for")))
        said = [next(_pairs(found, (key,)), f"{key}: {usual}") for key, usual in _PAIRED.items()]
        report.error(
            "series-without-phases",
            "a series says what it runs from, from when the next is counted, and its phases",
            _start(found),
            f"write {{{', '.join(said)}, phases: [{{{phase}}}]}}, and beside it until: returned, or what else ends it",
        )
    told = intervals & lacking
    for error in errors:
        if error["loc"][:-1] not in told or error["type"] not in ("missing", "extra_forbidden"):
            yield error


_PAIRED = {"of": "started", "next_from": "last_held"}


def _pairs(node: Node, keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        if (value := _get(node, key)) is not None:
            yield f"{key}: {value.text if isinstance(value, Scalar) else '…'}"


def check_cell(adapter: TypeAdapter[Value], annotation: Any, key: Text, tree: Tree, report: Report) -> Value | None:
    """A value of a table row, found among the row's facts."""
    try:
        return adapter.validate_python(tree)
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            _tell(dict(error), _node(key, tree), annotation, report, None)
        return None


def _node(key: Text, tree: Tree) -> Node:
    """The node that a tree was, for its places."""
    here = first(tree) or key
    if isinstance(tree, Text | Blank):
        return here
    if isinstance(tree, dict):
        named = {name: _node(name, value) for name, value in tree.items()}
        return Mapping(named, here.page, here.start, here.end)
    return Sequence(tuple(_node(key, each) for each in tree), here.page, here.start, here.end)


def _tell(error: dict[str, Any], node: Node, model: Any, report: Report, keys_of: type[BaseModel] | None) -> None:
    loc: tuple[str | int, ...] = error["loc"]
    kind: str = error["type"]
    path = _written(node, tuple(step for step in loc if not (isinstance(step, str) and step.startswith(TAG))))
    context: dict[str, Any] = error.get("ctx", {})
    if kind == "missing":
        key = str(path[-1])
        owner = at(node, path[:-1])
        what = _description(model, loc)
        hint = f"add {key}: and after it {what[0].lower()}{what[1:]}" if what else None
        report.error("missing-key", f"'{key}' is missing here", _start(owner), hint)
    elif kind == "extra_forbidden":
        key = str(path[-1])
        known = sorted(_keys(keys_of if keys_of and len(path) == 1 else model, loc[:-1]))
        value = at(node, path)
        several = "if it goes with the value before it, put the two in brackets: [FIRST, SECOND]"
        is_empty = isinstance(value, Scalar) and not value.text
        otherwise = several if is_empty else f"the keys that can stand here: {', '.join(known)}"
        hint = did_you_mean(key, known) or otherwise
        report.error("unknown-key", f"'{key}' is no key that can stand here", _key_span(node, path), hint)
    elif kind in ("model_type", "dict_type", "model_attributes_type", *_WANTED):
        found = at(node, path)
        keys = sorted(_keys(model, loc))
        wanted = _WANTED.get(kind) or (f"a map with {listed(keys)}" if 0 < len(keys) < 8 else "a map of keys")
        is_empty = isinstance(found, Scalar) and not found
        span = _key_span(node, path) if is_empty else _start(found)
        hint = _shape_hint(kind, found, path, model, loc)
        message = f"{wanted} is wanted here, found {shown(located(found))}"
        if kind == "list_type" and is_empty and path == ("scenarios",):
            report.error("too-few", "there is no scenario here yet", span, _FIRST_SCENARIO)
            return
        if isinstance(found, Scalar) and "action" in _fields(model, loc):
            message = (
                f"one act of several has a name of its own, beside the act; here stands {shown(located(found))} alone"
            )
        report.error("wrong-shape", message, span, hint)
    elif kind == "too_short":
        wanted = f"at least {context['min_length']} are wanted here, found {context['actual_length']}"
        hint = _MORE.get(str(path[-1]), "write one more") if context["actual_length"] else "write at least one"
        is_list = isinstance(at(node, path), Sequence)
        empty = "this list is empty" if is_list else "there is nothing in it"
        message = wanted if context["actual_length"] else empty
        report.error("too-few", message, _key_span(node, path), hint)
    elif kind == "unknown-form" and _get(found_there := at(node, path), "episodes") is not None:
        report.error(
            "episodes-as-trigger",
            "'episodes' is a condition, and sets nothing off",
            _start(found_there),
            "write {episodes_reach: at least 3, …} for the episode that brings the count there; "
            "for every episode from then on, trigger: started and this under when",
        )
    elif "_" in kind:
        # pydantic's own words never reach an author; none of its other errors is known to be possible here.
        report.error("wrong-shape", "this cannot stand here", _start(at(node, path)))
    else:
        # Our own validators speak for themselves.
        found = at(node, path)
        advice: str | None = context.get("hint")
        if kind == "unknown-form":
            advice = _form_hint(found, context) or advice
        is_empty = isinstance(found, Scalar) and not found
        message = str(error["msg"])
        if kind == "unknown-form" and is_empty:
            message = f"'{path[-1]}' has nothing after it"
            advice = (
                f"write it; if the source leaves it out, not_stated: [{path[-1]}]" if path[-1] in _SILENT else advice
            )
        report.error(kind, message, _key_span(node, path) if is_empty else _start(found), advice)


def _get(node: Node, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _written(node: Node, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path as the author has it: what stands alone where a list may stand was taken for a list of one."""
    kept: tuple[str | int, ...] = ()
    for step in path:
        if not (isinstance(step, int) and not isinstance(at(node, kept), Sequence)):
            kept += (step,)
    return kept


def _shape_hint(
    kind: str, found: Node, path: tuple[str | int, ...], model: Any, loc: tuple[str | int, ...]
) -> str | None:
    """What to write instead of what has not the shape that is wanted."""
    if kind == "list_type":
        return "write [FIRST, SECOND], or lines that begin with a dash"
    if kind == "is_instance_of":
        if "cite" in path and isinstance(found, Sequence):
            return f"write a list of single references: [{{{path[-1]}: FIRST}}, {{{path[-1]}: SECOND}}]"
        if isinstance(found, Scalar):
            what = _description(model, loc)
            return f"write it after the colon: {what[0].lower()}{what[1:]}" if what else "write it after the colon"
        return "write it alone, without brackets" if isinstance(found, Sequence) else "write it alone, without a name"
    needed = [key for key, is_needed in _fields(model, loc).items() if is_needed]
    # A list of acts is often written without names for them.
    here = {}
    if isinstance(found, Scalar):
        here = {"action": found.text} | ({"id": found.text.replace("_", "-")} if "action" in needed else {})
    pairs = ", ".join(f"{key}: {here.get(key, '…')}" for key in needed)
    return f"write {{{pairs}}}" if pairs else "write names with values"


def _fields(model: Any, loc: tuple[str | int, ...]) -> dict[str, bool]:
    """The keys at a place, and whether they must be there."""
    found = _reach(model, loc)[:1]
    return {info.alias or name: info.is_required() for each in found for name, info in each.model_fields.items()}


def _form_hint(found: Node, context: dict[str, Any]) -> str | None:
    if isinstance(found, Sequence) and context["what"] == "a trigger":
        return "write one trigger, or {any: [FIRST, SECOND]}"
    if isinstance(found, Sequence) and context["what"] == "a deadline":
        return "write one deadline, without brackets"
    if isinstance(found, Mapping):
        for key, _ in found.entries:
            if near := did_you_mean(key, context["marks"].split()):
                return near
    return None


def _start(node: Node) -> Span | None:
    """A short place for a whole map or list: its first key or item."""
    if isinstance(node, Mapping) and (key := node.first_key) is not None:
        return key.span
    return node.span


def _key_span(node: Node, path: tuple[str | int, ...]) -> Span | None:
    """The place of the key that a path ends with, or of the item."""
    for end in range(len(path), 0, -1):
        owner = at(node, path[: end - 1])
        step = path[end - 1]
        if isinstance(owner, Mapping) and isinstance(step, str) and (span := owner.key_span(step)):
            return span
    return _start(at(node, path))


def _models(annotation: Any) -> Iterator[tuple[str | None, type[BaseModel]]]:
    """The models that an annotation allows, each with the tag of its form."""
    tag = next((m.tag for m in getattr(annotation, "__metadata__", ()) if hasattr(m, "tag")), None)
    for part in get_args(annotation) or (annotation,):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield tag, part
        elif get_args(part):
            for inner, found in _models(part):
                yield inner or tag, found


def _reach(model: Any, loc: tuple[str | int, ...]) -> list[type[BaseModel]]:
    """The models that may stand at a place of the path."""
    here: list[tuple[str | None, type[BaseModel]]] = list(_models(model))
    for step in loc:
        if isinstance(step, int):
            continue
        if step.startswith(TAG):
            here = [(tag, found) for tag, found in here if tag == step] or here
            continue
        nearer: list[tuple[str | None, type[BaseModel]]] = []
        for _, found in here:
            for name, info in found.model_fields.items():
                if (info.alias or name) == step:
                    nearer += _models(info.annotation)
        # A step that is no field is a key of an open map.
        here = nearer or here
    return [found for _, found in here]


def _keys(model: Any, loc: tuple[str | int, ...]) -> set[str]:
    found = _reach(model, loc)
    return {info.alias or name for each in found for name, info in each.model_fields.items()}


def _description(model: Any, loc: tuple[str | int, ...]) -> str | None:
    for found in _reach(model, loc[:-1]):
        for name, info in found.model_fields.items():
            if (info.alias or name) == loc[-1]:
                return info.description
    return None
