"""Histories as plain data, child by child, so that two can be compared whatever their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from missingrules.engine.columnar.histories import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from missingrules.engine.columnar.histories import Histories, Said, Spans

Told = dict[str, Any]


def told(histories: Histories) -> list[Told]:
    """Each child. Rows of episodes are told as places among the child's own."""
    h, e = histories, histories.episodes
    found: list[Told] = [
        {
            "case": h.case[child], "born": int(h.born[child]), "history_from": int(h.history_from[child]),
            "loose": bool(h.loose[child]), "meetings": dict(h.meetings[child]),
            "episodes": [], "events": [], "records": [],
        }
        for child in range(len(h))
    ]  # fmt: skip
    for owner, held in (("child", h.child), ("plan", h.plan)):
        for child, facts in enumerate(_spans(held, len(h))):
            found[child][owner] = facts
    first: dict[int, int] = {}
    for row, (child, facts) in enumerate(zip(e.child.tolist(), _spans(e.facts, len(e.child)), strict=True)):
        first.setdefault(child, row)
        instants = [int(getattr(e, name)[row]) for name in ("started", "located", "reported", "returned", "last_seen")]
        found[child]["episodes"].append((e.id[row], instants, facts))
    for row, child in enumerate(h.events.child.tolist()):
        one = h.events
        of = _place(int(one.episode[row]), first, child)
        event = (one.names[one.name[row]], int(one.at[row]), one.id[row], of, _said(one.fields, row))
        found[child]["events"].append(event)
    for row, child in enumerate(h.records.child.tolist()):
        r = h.records
        names = ("included", "outcome", "about", "method", "by", "to", "with_")
        others = _value(r.also_of, row) or ("", ())
        found[child]["records"].append(
            {
                "action": r.actions[r.action[row]], "at": int(r.at[row]), "id": r.id[row],
                "episode": _place(int(r.episode[row]), first, child),
                "also_of": [_place(one, first, child) for one in others[1]],
                "answers": bool(r.answers[row]), "fields": _said(r.fields, row),
                **{name: _value(getattr(r, name), row) for name in names},
            }
        )  # fmt: skip
    return found


def _spans(facts: Mapping[str, Spans], owners: int) -> list[dict[str, list[Any]]]:
    found: list[dict[str, list[Any]]] = [{} for _ in range(owners)]
    for name, spans in facts.items():
        assert spans.of.tolist() == sorted(spans.of.tolist())
        assert len({(type(value), value) for value in spans.values}) == len(spans.values)
        for row, of in enumerate(spans.of.tolist()):
            value = spans.values[spans.value[row]]
            found[of].setdefault(name, []).append(
                (int(spans.start[row]), int(spans.end[row]), type(value).__name__, value)
            )
    return found


def _said(fields: Mapping[str, Said], row: int) -> dict[str, Any]:
    return {name: _value(one, row) for name, one in fields.items() if one.value[row] != NONE}


def _value(one: Said, row: int) -> Any:
    number = int(one.value[row])
    return None if number == NONE else (type(one.values[number]).__name__, one.values[number])


def _place(row: int, first: Mapping[int, int], child: int) -> int:
    return row if row < 0 else row - first[child]
