"""What changed between two results, as text for people and as a table."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from missingrules.domain.changes import Kind, instant_in
from missingrules.domain.clock import Clock, Instant
from missingrules.formats.tables import Column, Table
from missingrules.reports.layout import bullets
from missingrules.reports.wording import day, listed, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from missingrules.domain.changes import Cause, Change, Changes, Standing
    from missingrules.formats.tables import Cell

# In the order in which somebody wants to know.
TITLES: Final = {
    Kind.RAISED: "NEW",
    Kind.ARISEN: "TO BE DONE NOW",
    Kind.OVERDUE: "OVERDUE NOW",
    Kind.REOPENED: "OPEN AGAIN",
    Kind.DECIDED: "DECIDED NOW",
    Kind.UNDECIDED: "NO LONGER DECIDABLE",
    Kind.MOVED: "DUE AT ANOTHER TIME",
    Kind.IN_TIME: "NO LONGER OVERDUE",
    Kind.DEFERRED: "NOT YET",
    Kind.DISCHARGED: "DONE",
    Kind.MISSED: "NOT DONE, AND OVER",
    Kind.CEASED: "CEASED",
    Kind.WITHDRAWN: "NOT ASKED FOR ANY MORE",
    Kind.RENUMBERED: "THE SAME DUTY UNDER ANOTHER NUMBER",
    Kind.PEOPLE: "OTHER PEOPLE",
    Kind.RESTATED: "SAID OTHERWISE",
}
# Told by their number alone: nobody acts on them.
_COUNTED: Final = {
    Kind.PHASE: "at another time somebody's business",
    Kind.GROUNDS: "on other grounds",
    Kind.CITED: "with other paragraphs",
}
_COLUMNS: Final = (
    *map(Column, ("case", "kind", "key", "key_before", "protocol", "rule", "title", "episode")),
    *map(Column, ("status_before", "status")),
    Column("due_before", "moment"),
    Column("due", "moment"),
    *map(Column, ("caused_by", "paragraphs")),
    Column("as_of_before", "moment"),
    Column("as_of", "moment"),
)
_CLOCK: Final = Clock()


def changes_report(changes: Changes) -> RenderableType:
    """By what happened, and there by what caused it."""
    parts: list[RenderableType] = [Text(visible(_head(changes)), "bold")]
    if changes.rules:
        parts.append(Text(visible(f"Not made by the same rules: {'; '.join(map(_rule, changes.rules))}")))
    by_kind: dict[Kind, list[Change]] = {}
    for each in changes.changes:
        by_kind.setdefault(each.kind, []).append(each)
    if not by_kind:
        parts.append(Text("Nothing has changed."))
    for kind, title in TITLES.items():
        if found := by_kind.get(kind):
            parts.append(Text(f"\n{title} ({len(found)})", "bold"))
            parts += _caused(found, is_first=changes.before is None)
    counted = [f"{len(by_kind[kind])} {words}" for kind, words in _COUNTED.items() if kind in by_kind]
    if counted:
        parts.append(Text(f"\nNot told one by one: {listed(counted, 'and')}; --format json has them."))
    return Group(*parts)


def _head(changes: Changes) -> str:
    now = moment(_CLOCK, changes.after.as_of)
    if changes.before is None:
        return f"Case {changes.case}, as of {now}: everything is new"
    return f"Case {changes.case}, from {moment(_CLOCK, changes.before.as_of)} to {now}"


def _caused(found: Sequence[Change], *, is_first: bool) -> Iterator[RenderableType]:
    """What has the same causes stands under them, in the order in which it comes."""
    order = {causes: number for number, causes in enumerate(dict.fromkeys(each.caused_by for each in found))}
    together = sorted(found, key=lambda each: order[each.caused_by])
    for causes, some in groupby(together, key=lambda each: each.caused_by):
        if not is_first:
            yield Padding(Text(visible(f"because {cause_text(causes)}")), (0, 0, 0, 2))
        yield bullets((visible(_row(each)) for each in some), 2)


def _row(change: Change) -> str:
    one = change.standing
    said = one.said
    strength = str(said.get("modality") or "").upper()
    occurrence = said.get("occurrence")
    parts = (said.get("episode") or said.get("subject"), said.get("item"), None if occurrence == "1" else occurrence)
    of = ", ".join(str(each) for each in parts if each)
    title = f"{one.title} ({of})" if of else one.title
    what = _what(change)
    return f"{strength} {title}{f': {what}' if what else ''}{_cited(one)}".strip()


def _what(change: Change) -> str:
    before, after = change.before, change.after
    if after is None:
        return f"was {_status(before)}" if before else ""
    if before is None:
        return _status(after) + _due(after)
    match change.kind:
        case Kind.RENUMBERED:
            return f"was {before.key.rpartition('/')[2]}"
        case Kind.MOVED:
            return f"{_when(after)} (was {_when(before)})"
        case Kind.PEOPLE:
            names = (name for name in change.names)
            return "; ".join(f"{name} {_who(after.said[name])} (was {_who(before.said[name])})" for name in names)
        case Kind.RESTATED:
            told = (n for n in change.names if not isinstance(after.said[n], list | dict))
            return "; ".join(f"{name} {after.said[name]} (was {before.said[name]})" for name in told)
        case Kind.DISCHARGED:
            at = after.instant("done_at")
            by = f" by {listed(after.records, 'and')}" if after.records else ""
            return f"{_status(after)}{by}{f', {moment(_CLOCK, at)}' if at is not None else ''}{_due(after)}"
    was = f" (was {_status(before)})" if before.status != after.status else ""
    return f"{_status(after)}{was}{_due(after)}"


def _status(one: Standing) -> str:
    return one.status.value.replace("_", " ")


def _due(one: Standing) -> str:
    return f", due {moment(_CLOCK, at)}" if (at := one.instant("due")) is not None else ""


def _when(one: Standing) -> str:
    between = [at for each in one.said.get("due_between") or () if (at := instant_in(each)) is not None]
    if between:
        return f"due between {' and '.join(moment(_CLOCK, at) for at in between)}"
    return _due(one).removeprefix(", ") or "due at no stated time"


def _cited(one: Standing) -> str:
    found = one.said.get("citations") or ()
    return f" [{', '.join(dict.fromkeys(_paragraph(each, one) for each in found))}]" if found else ""


def _paragraph(citation: Any, one: Standing) -> str:
    own = citation["document"] == one.said.get("protocol")
    return str(citation["paragraph"]) if own else f"{citation['document']} {citation['paragraph']}"


def _who(people: Any) -> str:
    """People as a result has them, by their titles."""
    match people:
        case None | []:
            return "nobody"
        case str():
            return people.replace("_", " ")
        case list():
            return listed([_person(each) for each in people], "and")
        case {"any": list(some)}:
            return listed([_person(each) for each in some], "or")
        case {"all": list(some)}:
            return listed([_person(each) for each in some], "and")
        case {"other_than": list(some)}:
            return f"anybody but {listed([_person(each) for each in some], 'and')}"
        case {"undecided": list(some)}:
            return f"undecided: {'; or '.join(_who(each) if not _is_person(each) else _person(each) for each in some)}"
    return "whoever made the record"


def _is_person(data: Any) -> bool:
    return isinstance(data, dict) and "role" in data


def _person(data: Any) -> str:
    return str(data.get("title") or data.get("role")) if isinstance(data, dict) else str(data)


# --- causes -----------------------------------------------------------------------------------------------------------


def cause_text(causes: Sequence[Cause]) -> str:
    """Causes in words; of several each may be it."""
    told = list(dict.fromkeys(map(_cause, causes)))
    return "".join(told) if len(told) < 2 else f"of one or more of these: {'; '.join(told)}"


def _cause(cause: Cause) -> str:
    match cause.kind:
        case "case":
            return (
                "something in the case that lay ahead"
                if cause.how
                else "something in the case that neither result names"
            )
        case "rules":
            return f"the rules: {_rule(cause)}"
        case "time":
            what = {"due": "it was due", "triggered_at": "it arises"}.get(cause.what or "")
            return f"time: {what} {_value(cause.after)}" if what else "time alone"
        case "record" | "event":
            name = (cause.what or "").partition(".")[2].replace("_", " ")
            of = f" ({name})" if name else ""
            return f"{cause.kind} {cause.source}{of}{_how(cause)}"
    name = (cause.what or "").rpartition(".")[2].replace("_", " ")
    owner = f"episode {cause.source}" if cause.kind == "episode" else f"the {cause.source}"
    was = f", was {_value(cause.before)}" if cause.before is not None and cause.after is not None else ""
    value = cause.after if cause.after is not None else cause.before
    told = f" {_value(value)}" if value is not None else ""
    return f"{owner}: {name}{told}{was}{_how(cause) if not was else ''}"


def _how(cause: Cause) -> str:
    return {
        "added": ", added",
        "changed": ", changed",
        "withdrawn": ", withdrawn",
        "happened": ", which lay ahead",
    }.get(cause.how or "", "")


def _rule(cause: Cause) -> str:
    of = f"{cause.source}, " if cause.source else ""
    what = (cause.what or "").replace("_", " ")
    if cause.how in ("added", "withdrawn"):
        return f"{of}{what} {cause.how}"
    if str(cause.before).startswith("sha256:"):
        return f"{of}{what} is another"
    return f"{of}{what}" + (f" {cause.after} (was {cause.before})" if cause.how else "")


def _value(value: object) -> str:
    """Instants and dates as people write them."""
    at = instant_in(value)
    if at is not None:
        return moment(_CLOCK, at)
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value).replace("_", " ")


# --- rows -------------------------------------------------------------------------------------------------------------


def changes_table(changes: Changes) -> Table:
    """Each change in a row; texts of causes and paragraphs in one cell each."""
    rows = (tuple(visible(cell) if isinstance(cell, str) else cell for cell in row) for row in _cells(changes))
    return Table("changes", _COLUMNS, tuple(rows))


def _cells(changes: Changes) -> Iterable[tuple[Cell, ...]]:
    was = None if changes.before is None else _local(changes.before.as_of)
    for each in changes.changes:
        before, one = each.before, each.standing
        other = before.key if before and before.key != each.key else None
        paragraphs = "; ".join(dict.fromkeys(_paragraph(c, one) for c in one.said.get("citations") or ()))
        yield (
            changes.case, each.kind.value, each.key, other, one.said.get("protocol"), one.said.get("rule"), one.title,
            one.said.get("episode"), before.status.value if before else None,
            each.after.status.value if each.after else None, _local(before.instant("due") if before else None),
            _local(each.after.instant("due") if each.after else None), cause_text(each.caused_by) or None,
            paragraphs or None, was, _local(changes.after.as_of),
        )  # fmt: skip


def _local(instant: Instant | None) -> datetime | None:
    return None if instant is None else _CLOCK.local(instant)


def visible(text: str) -> str:
    """A stored result may hold anything: no sign of it commands a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
