"""The order of keys, as docs/protocol-format.md lists them. Names of an author's own keep the author's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from missingrules.authoring.layout import STEP, WIDTH, Layout, is_safe_in_brackets
from missingrules.authoring.pieces import Entry, Group, Leaf
from missingrules.reading import forms, schema
from missingrules.reading.scenario_forms import FileForm, ScenarioForm

if TYPE_CHECKING:
    from pydantic import BaseModel

    from missingrules.authoring.pieces import Piece

PROTOCOL: Final = (
    "format", "protocol", "title", "authority", "applies_to", "areas", "zone", "working_days", "stands_on", "drops",
    "sources", "scope", "applies", "roles", "hours", "meetings", "facts", "events", "called", "actions", "conventions",
    "readings", "tables", "rules",
)  # fmt: skip
# Sections whose entries stand in one line each where they fit, and key by key where not.
IN_ONE_LINE: Final = ("roles", "hours", "meetings", "facts", "events", "actions")
EFFECTS: Final = ("require", "consider", "decide", "agree", "forbid", "conclude")
_WHO: Final = ("by", "chair", "attend", "to", "with")
RULE: Final = (
    "id", "topic", "title", "cite", "cites", "replaces", "why", "modality", "if_read", "rests_on", "in_force",
    "outside_scope", "kinds", "trigger", "when", "unless", "until", "superseded_by", *EFFECTS, "outcome", "cases",
    "about", "method", *_WHO, "counts_from", "deadline", "repeat", "met_by", "not_stated",
)  # fmt: skip
ITEM: Final = (
    "id", "title", "action", "modality", "if_read", "about", "method", *_WHO, "counts_from", "deadline", "repeat",
    "met_by", "when", "unless", "until", "superseded_by", "cite", "cites", "not_stated",
)  # fmt: skip
CASE: Final = ("when", "cite", "cites", *(key for key in RULE if key not in ("when", "cite", "cites")))


def _fields(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(info.alias or name for name, info in model.model_fields.items())


def ordered(root: Piece) -> None:
    """Puts the keys of a file into their order, in place; a file of another kind keeps its own."""
    _opened(root, Layout())
    if not isinstance(root, Group) or not root.is_map:
        return
    keys = {bare(entry.key) for entry in root.entries}
    if is_ledger(root):
        _sort(root, _fields(schema.LedgerFile))
        for each in _items(_get(root, "paragraphs")):
            _sort(each, _fields(schema.ParagraphForm))
    elif "scenarios" in keys:
        _sort(root, _fields(FileForm))
        _spaced(_get(root, "scenarios"))
        for each in _items(_get(root, "scenarios")):
            _sort(each, ("name", "why", "anchor", "as_of", "readings", "organisation", "case", *_fields(ScenarioForm)))
    elif "protocol" in keys:
        _protocol(root)


def is_ledger(root: Piece) -> bool:
    return isinstance(root, Group) and root.is_map and _get(root, "document") is not None


def _opened(piece: Piece | None, layout: Layout) -> None:
    """What stands in brackets and cannot stay there is a block from now on."""
    if isinstance(piece, Group):
        piece.flow = piece.flow and not layout.has_lines(piece)
        for entry in piece.entries:
            _opened(entry.value, layout)


def _protocol(root: Group) -> None:
    _sort(root, PROTOCOL)
    for section in IN_ONE_LINE:
        _settle(_get(root, section))
    sections: tuple[tuple[str, type[BaseModel]], ...] = (
        ("sources", schema.SourceForm),
        ("roles", schema.RoleForm),
        ("hours", schema.HoursForm),
        ("meetings", schema.MeetingForm),
        ("facts", schema.FactForm),
        ("actions", schema.ActionForm),
        ("events", schema.EventForm),
        ("readings", schema.ReadingForm),
        ("tables", schema.TableForm),
    )
    for section, model in sections:
        for each in _items(_get(root, section)):
            _sort(each, _fields(model))
    if isinstance(scope := _get(root, "scope"), Group):
        _sort(scope, _fields(schema.ScopeForm))
    if isinstance(conventions := _get(root, "conventions"), Group):
        _sort(conventions, _fields(schema.ConventionsForm))
    rules = _get(root, "rules")
    _spaced(rules)
    for rule in _items(rules):
        _sort(rule, RULE)
        _acts(rule)
        for case in _items(_get(rule, "cases")):
            _sort(case, CASE)
            _acts(case)


def _acts(said: Group) -> None:
    for key in EFFECTS[:4]:
        for item in _items(_get(said, key)):
            _sort(item, ITEM)
    deadline = _get(said, "deadline")
    if isinstance(deadline, Group):
        _sort(deadline, ("within", "on_day", "before", "at_next", "set_by", "table", "with", "rows", "of",
                         "same_day_counts", "first_day_is", "aim", "earlier_if"))  # fmt: skip
    repeat = _get(said, "repeat")
    if isinstance(repeat, Group):
        _sort(repeat, tuple(key for key in _fields(forms.RepeatForm) if key not in ("aim", "earlier_if")))


def _sort(group: Group, order: tuple[str, ...]) -> None:
    """Known keys in their order; one that is not known stays behind the one that it followed."""
    if not group.is_map:
        return
    known = {key: number for number, key in enumerate(dict.fromkeys(order))}
    place = -1.0
    places: list[tuple[float, int, Entry]] = []
    for number, entry in enumerate(group.entries):
        place = known.get(bare(entry.key), place)
        places.append((place, number, entry))
    group.entries = [entry for _, _, entry in sorted(places, key=lambda each: each[:2])]


def bare(key: str | None) -> str:
    """The key without quotes."""
    return (key or "").strip("\"'")


def _spaced(group: Piece | None) -> None:
    """One blank line between entries."""
    if isinstance(group, Group) and not group.flow:
        for entry in group.entries[1:]:
            if not entry.above or entry.above[0] is not None:
                entry.above.insert(0, None)


def _settle(section: Piece | None) -> None:
    """Each entry of a section in one line, or, where that is too long, in a block."""
    if not isinstance(section, Group) or section.flow:
        return
    layout = Layout()
    for entry in section.entries:
        value = entry.value
        if isinstance(value, Group) and value.entries and not layout.has_lines(value) and is_safe_in_brackets(value):
            line = f"{'':{STEP}}{entry.key}: {layout.one_line(value)}"
            value.flow = len(line) <= WIDTH and all(_is_short(each.value) for each in value.entries)


def _is_short(piece: Piece | None) -> bool:
    return isinstance(piece, Leaf) or (piece is not None and piece.flow)


def _get(group: Group, key: str) -> Piece | None:
    return next((entry.value for entry in group.entries if bare(entry.key) == key), None)


def _items(piece: Piece | None) -> list[Group]:
    """The maps in a list or in a section of names."""
    if piece is None or isinstance(piece, Leaf):
        return []
    return [entry.value for entry in piece.entries if isinstance(entry.value, Group)]
